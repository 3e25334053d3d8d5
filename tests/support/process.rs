//! Processes that tests start: this binary again, the program, compilers and other tools. What they said is
//! collected, and what is missing or fails makes the test fail: a test that skips proves nothing.
// Each test binary uses a part of this.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A process that has ended, and what it wrote.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs a command until it ends, however it ends.
pub fn finish(command: &mut Command) -> Finished {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.output().unwrap_or_else(|error| panic!("{name} is missing: run make setup: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Finished { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The same, and it must succeed.
pub fn succeed(command: &mut Command) -> Finished {
    let finished = finish(command);
    assert!(finished.status.success(), "{command:?}: {:?}\n{}", finished.status, finished.output());
    finished
}

/// A process that is killed when the test ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program, without the variables that it reads.
#[cfg(feature = "cli")]
pub fn usercom(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usercom"));
    for name in ["BASE_URL", "SUBDOMAIN", "TOKEN", "TOKEN_FILE"] {
        command.env_remove(format!("USERCOM_{name}"));
    }
    command.args(arguments);
    command
}

/// This binary, to run only the test function `test`, started by `tool` if that names one. The environment
/// tells the test that it is the child; it names no proxy.
pub fn again<F: Fn()>(test: F, tool: &[&str]) -> Command {
    let _ = test;
    let name = std::any::type_name::<F>().split_once("::").unwrap().1;
    let this = std::env::current_exe().unwrap();
    let words = [tool, &[this.to_str().unwrap(), name]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

/// Runs what [`again`] gives; a child that fails, or that ran no test, fails the parent.
pub fn succeed_as_test(command: &mut Command) -> Finished {
    let finished = succeed(command);
    assert!(finished.stdout.contains("1 passed"), "the child ran no test: {}", finished.output());
    finished
}

/// Peak memory of this process in bytes.
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// A path for a test's own file, in the target directory.
pub fn temporary(name: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles a C source of `tests/` to a library that stands between a process and its system calls (`LD_PRELOAD`).
pub fn preload(source: &str) -> PathBuf {
    let built = temporary(format!("{}-{}.so", source.replace('/', "-"), std::process::id()));
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&built);
    succeed(cc.arg(Path::new(ROOT).join("tests").join(source)).arg("-ldl"));
    built
}
