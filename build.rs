//! Writes everything that is generated when built with the feature `generate`; otherwise does nothing.

#[cfg(feature = "generate")]
#[path = "scripts/generate/mod.rs"]
mod generate;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "generate")]
    {
        // The generated files, too: one that was edited by hand is written anew.
        for input in [
            "src",
            "scripts/generate",
            "include",
            "bindings",
            "docs",
            "README.md",
            "cbindgen.toml",
            "tests/conformance",
        ] {
            println!("cargo:rerun-if-changed={input}");
        }
        if let Err(error) = generate::write(std::path::Path::new(".")) {
            println!("cargo::error=make generate: {error}");
        }
    }
}
