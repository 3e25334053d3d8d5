//! `include/usercom.h`: C and C++ of every age, and the same functions that the library exports.
#![cfg(feature = "capi")]
#![allow(missing_docs)]

#[path = "support/process.rs"]
mod process;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use process::{ROOT, succeed, temporary};

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

fn header() -> String {
    fs::read_to_string(Path::new(ROOT).join("include/usercom.h")).unwrap()
}

/// The header without its comments.
fn code() -> String {
    let header = header();
    let mut parts = header.split("/*");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |code, part| code + part.split_once("*/").unwrap().1)
}

#[test]
fn the_version_is_that_of_the_crate() {
    for (name, number) in [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ] {
        let line = format!("#define UC_VERSION_{name} {number}");
        assert!(code().lines().any(|l| l == line), "cbindgen.toml lacks: {line}");
    }
}

#[test]
fn every_name_is_ours() {
    for line in code().lines().filter_map(|line| line.strip_prefix("#define ")) {
        let name = line.split_whitespace().next().unwrap();
        assert!(name.starts_with("UC_") || name == "USERCOM_H", "{name} would be defined for everybody");
    }
    let all = code();
    let words: Vec<&str> = all.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    for two in words.windows(2).filter(|two| ["struct", "enum"].contains(&two[0])) {
        // Arrow's own name: its headers declare the same.
        let is_ours = two[1].starts_with("uc_") || two[1] == "ArrowArrayStream";
        assert!(is_ours, "the type {} would be there for everybody", two[1]);
    }
    // Names of Unicorn Engine, which programs may use beside this library.
    for taken in ["uc_version", "uc_free", "uc_strerror", "uc_errno", "uc_open", "uc_close"] {
        assert!(!functions().contains(taken), "{taken} belongs to Unicorn Engine");
    }
    assert!(!code().contains("UC_ERR_") && !code().contains("uc_context_"));
}

#[test]
fn every_function_is_explained() {
    let header = header();
    let lines: Vec<&str> = header.lines().collect();
    let mut explained = BTreeSet::new();
    for pair in lines.windows(2).filter(|pair| pair[1].starts_with(|c: char| c.is_ascii_lowercase())) {
        let name = pair[1].split('(').next().unwrap().rsplit([' ', '*']).next().unwrap();
        if name.starts_with("uc_") && pair[0] == " */" {
            explained.insert(name.to_owned());
        }
    }
    assert!(explained.is_superset(&functions()), "{:?}", functions().difference(&explained));
}

/// Compiles a file as this language, with every warning an error.
fn compile(compiler: &str, language: &str, standard: &str, source: &Path) {
    succeed(
        Command::new(compiler)
            .args(WARNINGS)
            .args(["-fsyntax-only", "-x", language, &format!("-std={standard}"), "-I"])
            .arg(Path::new(ROOT).join("include"))
            .arg(source),
    );
}

/// A file that has only this in it.
fn source(name: &str, text: &str) -> PathBuf {
    let path = temporary(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn it_is_c_and_cpp_of_every_age() {
    // Twice, for its guard; nothing before it, for its own includes.
    let text = "#include <usercom.h>\n#include <usercom.h>\n\
                int use(void);\nint use(void) { return uc_mass_update(0, 0, 0, 0, 0, 0) == UC_STATUS_OK; }\n";
    let c = source("header.c", text);
    let cpp = source("header.cpp", &text.replace("(void)", "()"));
    for (c_compiler, cpp_compiler) in [("gcc", "g++"), ("clang", "clang++")] {
        for standard in ["c99", "c11", "c17"] {
            compile(c_compiler, "c", standard, &c);
        }
        for standard in ["c++11", "c++20"] {
            compile(cpp_compiler, "c++", standard, &cpp);
        }
    }
}

/// A wrong number or type must not compile, or the next test would prove nothing.
#[test]
#[should_panic(expected = "mass_update")]
fn a_wrong_signature_is_noticed() {
    let text = "#include <usercom.h>\nvoid use(void);\n\
                void use(void) { int (*f)(const char *) = uc_mass_update; (void)f; }\n";
    compile("gcc", "c", "c11", &source("wrong.c", text));
}

#[test]
fn numbers_and_signatures_are_those_that_programs_know() {
    let declared =
        fs::read_to_string(Path::new(ROOT).join("bindings/c/packaging/usercom-declarations.txt")).unwrap();
    for name in functions() {
        assert!(declared.contains(&format!(" {name}(")), "{name} is not in the baseline: make abi-baseline");
    }
    for line in code().lines().map(|line| line.trim().trim_end_matches(',')) {
        if line.starts_with("UC_STATUS_") || line.starts_with("UC_ID_") {
            assert!(
                declared.lines().any(|known| known == line),
                "{line} is not in the baseline: make abi-baseline"
            );
        }
    }
}

/// What the header declares: `uc_` names before a parenthesis.
fn functions() -> BTreeSet<String> {
    let code = code();
    let names = code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '('));
    let called = names.filter_map(|word| word.split_once('(')).map(|(name, _)| name);
    called.filter(|name| name.starts_with("uc_")).map(str::to_owned).collect()
}

/// Built here, because `cargo test` builds no C library: the crate has no crate type of its own.
fn library() -> PathBuf {
    let mut make = Command::new("make");
    make.current_dir(ROOT).args(["--no-print-directory", "lib", "PROFILE=dev"]);
    // Cargo's variables about this test would make the inner cargo compile everything anew.
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("CARGO_")) {
        if name != "CARGO_HOME" && name != "CARGO_TARGET_DIR" {
            make.env_remove(name);
        }
    }
    succeed(&mut make);
    let target = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    Path::new(ROOT).join(target).join("lib/libusercom.so")
}

/// The names of a library's defined symbols.
#[cfg(target_os = "linux")]
fn symbols(flags: &[&str], library: &Path) -> BTreeSet<String> {
    let lines = succeed(Command::new("nm").args(flags).arg("--defined-only").arg(library)).stdout;
    lines.lines().filter_map(|line| line.split_whitespace().last()).map(str::to_owned).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn the_libraries_export_what_the_header_declares() {
    assert!(functions().len() > 50, "the header's functions were not found");
    let shared = library();
    assert_eq!(symbols(&["-D"], &shared), functions());
    // An archive shows its inner parts, too; those of Rust and of its crates have other names.
    let mut archive = symbols(&["-g", "--no-sort"], &shared.with_extension("a"));
    archive.retain(|name| name.starts_with("uc_"));
    assert_eq!(archive, functions());
}

/// Python's and PHP's declarations are compared by their own tests, type by type. In C++ the compiler does that,
/// as usercom.hpp includes the header; here is seen that it leaves nothing out.
#[test]
fn the_cpp_header_uses_every_function() {
    let hpp = fs::read_to_string(Path::new(ROOT).join("bindings/cpp/usercom.hpp")).unwrap();
    let mut unused = functions();
    unused.retain(|name| !hpp.contains(&format!("{name}(")) && !hpp.contains(&format!("{name})")));
    // A number is set by name, so that C's type can't convert it.
    unused.retain(|name| {
        let by_name = name.replace("_set_", "_set(options_.get(), \"");
        by_name == *name || !hpp.contains(&format!("{by_name}\""))
    });
    // Called as they are: they own nothing and can't fail. The one-line call is made of the shared client's, which has a
    // scope. A heartbeat is for runtimes that end in the middle of a callback.
    let as_they_are = [
        "uc_abi_version",
        "uc_client_shared",
        "uc_library_version",
        "uc_mass_update",
        "uc_run_options_set_heartbeat",
        "uc_shutdown",
        "uc_status_message",
    ];
    assert_eq!(unused, as_they_are.map(str::to_owned).into());
}
