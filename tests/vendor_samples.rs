//! Programs as the vendor's page prints them run against the sandbox, unchanged but for host and token.
#![cfg(feature = "sandbox")]

#[path = "support/process.rs"]
mod process;

use std::path::Path;
use std::{fs, process::Command};

use process::{ROOT, finish, succeed, temporary};
use usercom::sandbox::{Options, Sandbox, TOKEN};

/// Where make setup puts Python with the package requests; tests run in the package's folder.
const PYTHON: &str = ".venv/bin/python";

/// The sample on the sandbox's host, which is scheme, name and port, and with its token.
fn adapted(sample: &str, sandbox: &Sandbox) -> String {
    let url = sandbox.url();
    let host = url.trim_start_matches("http://");
    let port = host.trim_start_matches("127.0.0.1:");
    let changes = [
        ("https://<your_app_subdomain>.user.com", url.as_str()),
        (r#"HTTPSConnection("<your_app_subdomain>.user.com")"#, &format!(r#"HTTPConnection("{host}")"#)),
        (r#"require("https")"#, r#"require("http")"#),
        (r#""<your_app_subdomain>.user.com""#, r#""127.0.0.1""#),
        (r#""port": null"#, &format!(r#""port": {port}"#)),
        ("<your_64_char_api_key>", TOKEN),
    ];
    changes.iter().fold(sample.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Fails where something that a sample needs is missing.
fn need(probe: &[&str]) {
    succeed(Command::new(probe[0]).args(&probe[1..]));
}

/// Runs a sample after `change` and holds it to what the sandbox then has.
fn run(interpreter: &str, file: &str, method: &str, change: impl Fn(String) -> String) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let sample = fs::read_to_string(Path::new(ROOT).join("tests/samples").join(file)).unwrap();
    let path = temporary(format!("{method}_{file}"));
    fs::write(&path, change(adapted(&sample, &sandbox))).unwrap();

    let finished = finish(Command::new(interpreter).arg(&path).env("NO_PROXY", "127.0.0.1"));
    assert_eq!(finished.stdout.trim(), r#"{"status":"ok"}"#, "{file}: {}", finished.stderr);

    let requests = sandbox.requests();
    assert_eq!((requests.len(), requests[0].method.as_str()), (1, method));
    let ledger = sandbox.ledger("Name of the attribute");
    let ids: Vec<i64> = ledger.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [10, 15, 22, 23]);
    for entry in ledger {
        assert_eq!((&*entry.value, entry.applied), (r#""Value for the attribute""#, 1));
    }
}

#[test]
fn curl() {
    need(&["curl", "--version"]);
    run("sh", "curl.sh", "POST", |sample| sample);
}

/// The page's text says PUT, its samples POST.
#[test]
fn curl_with_put() {
    need(&["curl", "--version"]);
    run("sh", "curl.sh", "PUT", |sample| sample.replace("-X POST", "-X PUT"));
}

#[test]
fn python_requests() {
    need(&[PYTHON, "-c", "import requests"]);
    run(PYTHON, "python_requests.py", "POST", |sample| sample);
}

#[test]
fn python_http_client() {
    need(&[PYTHON, "--version"]);
    run(PYTHON, "python_http_client.py", "POST", |sample| sample);
}

#[test]
fn node_https() {
    need(&["node", "--version"]);
    run("node", "node_https.js", "POST", |sample| sample);
}

#[test]
fn php_curl() {
    need(&["php", "--version"]);
    need(&["php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"]);
    run("php", "php_curl.php", "POST", |sample| sample);
}

#[test]
#[should_panic(expected = "no-such-program is missing: run make setup")]
fn what_is_missing_is_a_failure_that_says_what_to_do() {
    need(&["no-such-program", "--version"]);
}
