//! Everything that is generated is what `make generate` would write now.
#![allow(missing_docs)]

#[path = "../scripts/generate/mod.rs"]
mod generate;

#[test]
fn generated_files_are_up_to_date() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let outdated: Vec<_> = generate::outdated(root).unwrap().into_iter().map(|file| file.path).collect();
    assert!(outdated.is_empty(), "{outdated:?} are not what would be generated: run `make generate`");
}
