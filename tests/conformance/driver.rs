//! The cases through the drivers of the other languages: a program each that reads a call per line, as JSON, and prints its
//! outcome as a line of JSON.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Serialize;

use crate::case::{Call, Function};
use crate::{Face, Status, Told, every_case};

struct Driver {
    child: Child,
    calls: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Driver {
    fn start(command: &mut Command) -> Driver {
        let library =
            std::env::var_os("USERCOM_LIBRARY").expect("USERCOM_LIBRARY: use make test-conformance");
        command.env("USERCOM_LIBRARY", library).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (calls, told) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Driver { child, calls, told }
    }

    fn call(&mut self, url: &str, call: &Call) -> Told {
        #[derive(Serialize)]
        struct Line<'a> {
            url: &'a str,
            #[serde(flatten)]
            call: &'a Call,
        }
        writeln!(self.calls, "{}", serde_json::to_string(&Line { url, call }).unwrap()).unwrap();
        let mut line = String::new();
        self.told.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?} for {}", call.attribute))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A driver that is well ends with its input; one that isn't must not hold up the test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bindings(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings").join(path)
}

/// A test for each language: what it is called, what starts its driver, and which exception a status becomes.
macro_rules! languages {
    ($($name:ident, $driver:expr, $raises:expr;)*) => {$(
        #[test]
        #[ignore = "needs the drivers: make test-conformance"]
        fn $name() {
            struct Language(Driver);
            impl Face for Language {
                const NAME: &str = stringify!($name);
                const ONE_SHOT_HAS_REPORT: bool = !matches!(stringify!($name).as_bytes(), b"c");

                fn call(&mut self, url: &str, call: &Call) -> Told {
                    self.0.call(url, call)
                }

                fn raises(status: &Status, function: Function) -> Option<String> {
                    let raises: fn(&Status, Function) -> Option<String> = $raises;
                    raises(status, function)
                }
            }
            every_case(Language(Driver::start(&mut $driver)));
        }
    )*};
}

languages! {
    c, Command::new(bindings("c/build/conformance")), |_, _| None;
    cpp, Command::new(bindings("cpp/build/conformance")), |status, function| Some(match status.name.as_str() {
        "INVALID_ARGUMENT" => "InvalidArgument",
        _ if !completed(status, function) => if status.completed { "PartialUpdate" } else { "Stopped" },
        _ => "",
    }.into());
    python, with("PYTHON", "python3", "python/tests/conformance.py"), class_of_its_own;
    php, with("PHP", "php", "php/tests/conformance.php"), class_of_its_own;
    node, with("NODE", "node", "node/tests/conformance.js"), class_of_its_own;
}

/// A script, and the interpreter that the environment names.
fn with(variable: &str, interpreter: &str, script: &str) -> Command {
    let mut command = Command::new(std::env::var(variable).unwrap_or_else(|_| interpreter.to_owned()));
    command.arg(bindings(script));
    command
}

/// Whether the call returns.
fn completed(status: &Status, function: Function) -> bool {
    status.completed && (function != Function::OneShot || status.exception.is_empty())
}

fn class_of_its_own(status: &Status, function: Function) -> Option<String> {
    Some(if completed(status, function) { String::new() } else { status.exception.clone() })
}
