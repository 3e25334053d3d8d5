//! Libraries in C that stand between a process and its system calls (`LD_PRELOAD`).

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles a source of `tests/`.
pub fn library(source: &str) -> PathBuf {
    let name = format!("{}-{}.so", source.replace('/', "-"), std::process::id());
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&built)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(source))
        .arg("-ldl")
        .status()
        .expect("no C compiler: run .ci/setup");
    assert!(compiled.success());
    built
}
