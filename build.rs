//! Rewrites `include/usercom.h` when built with the feature `header`; otherwise does nothing.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "header")]
    write_header();
}

#[cfg(feature = "header")]
fn write_header() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    match cbindgen::generate(".") {
        Ok(header) => {
            header.write_to_file("include/usercom.h");
        }
        Err(error) => println!("cargo::error=include/usercom.h was not written: {error}"),
    }
}
