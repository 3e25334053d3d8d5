//! The same call has the same outcome from every language: status, state of every id, message, and the bytes on the wire.
//!
//! The cases are in `values.json`, `arguments.json` and `runs.json`. Rust and the program are driven from here; the other
//! languages by a driver each, a program that reads a call per line and prints its outcome. Those need what they are
//! written in: `make test-conformance` builds them and runs the cases through them.
#![cfg(all(feature = "cli", feature = "capi"))]
#![allow(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod case;
mod driver;
mod program;
mod rust;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde::Deserialize;
use support::exchange::{Exchange, Request, Then};
use support::{Server, Watchdog, until};
use usercom::Cancel;

use case::{Before, Call, Case, Expect, Function, How, Step, cases};

/// What a driver prints of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The number; None where the call failed as its callback did.
    status: Option<i32>,
    message: String,
    /// The letters of [`Expect::states`]; empty where there is no report.
    #[serde(default)]
    states: String,
    #[serde(default)]
    failures: Vec<(usize, u16, String)>,
    /// The class of the exception; empty where the call returned.
    #[serde(default)]
    raised: String,
}

/// Makes calls in one language.
pub trait Face {
    /// As in `not_in`.
    const NAME: &str;
    /// Whether the one-shot call tells of each id.
    const ONE_SHOT_HAS_REPORT: bool = true;
    fn call(&mut self, url: &str, call: &Call) -> Told;
    /// The exception that a status becomes; empty where the call returns. None where there are no exceptions.
    fn raises(_status: &Status, _function: Function) -> Option<String> {
        None
    }
}

/// A status as usercom.json has it.
#[derive(Deserialize)]
pub struct Status {
    number: i32,
    name: String,
    completed: bool,
    exception: String,
}

fn all_statuses() -> Vec<Status> {
    #[derive(Deserialize)]
    struct Interface {
        statuses: Vec<Status>,
    }
    let interface: Interface = serde_json::from_str(include_str!("../../include/usercom.json")).unwrap();
    interface.statuses
}

/// Runs every case through one language, and says what was wrong with each.
pub fn every_case<F: Face>(mut face: F) {
    let (cases, statuses) = (cases(), all_statuses());
    let mut wrong = Vec::new();
    for case in cases.iter().filter(|case| !case.not_in.contains_key(F::NAME)) {
        wrong.extend(
            differences(&mut face, case, &statuses).iter().map(|what| format!("{}: {what}", case.name)),
        );
    }
    assert!(wrong.is_empty(), "{}: {} wrong\n{}", F::NAME, wrong.len(), wrong.join("\n"));
}

fn differences<F: Face>(face: &mut F, case: &Case, statuses: &[Status]) -> Vec<String> {
    let _watchdog = Watchdog::new();
    let folder = tempfile::tempdir().unwrap();
    let steps = case.server.clone();
    let server = Server::start(move |exchange| serve(&steps, exchange));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let no_tls = Server::bare(listener, |mut tcp, _| {
        let _ = tcp.read(&mut [0; 4096]);
        let _ = tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let call = filled(case, folder.path().to_str().unwrap(), [&server, &no_tls]);
    let url = if case.call.client.contains_key("base_url") { String::new() } else { server.url() };
    if case.before.contains(&Before::File) {
        fs::write(folder.path().join("file"), "").unwrap();
    }
    let other = Cancel::new();
    thread::scope(|scope| {
        if case.before.contains(&Before::Running) {
            let (server, call) = (&server, &call);
            scope.spawn(|| rust::run(&server.url(), call, Some(&other)));
            until(|| !server.requests().is_empty());
        }
        let mut sent = server.requests().len();
        let mut wrong = Vec::new();
        for expect in std::iter::once(&case.expect).chain(&case.then) {
            let told = face.call(&url, &call);
            let requests = server.requests().split_off(sent);
            sent += requests.len();
            wrong.extend(compare::<F>(&call, expect, &told, &requests, statuses));
        }
        other.request();
        wrong
    })
}

/// With the server's token, what all calls have in common, and the folder's name instead of `$TEMP`.
fn filled(case: &Case, folder: &str, [server, no_tls]: [&Server; 2]) -> Call {
    let mut call = case.call.clone();
    if call.token.is_empty() {
        call.token.clone_from(&server.token);
    }
    let mut set = |name: &str, value: serde_json::Value| {
        call.client.entry(name.into()).or_insert(value);
    };
    // One after the other, so that their order is known.
    set("workers", 1.into());
    set("rate_limit", serde_json::json!({"requests": 0, "per_ms": 1000}));
    for value in call.client.values_mut().chain(call.run.values_mut()) {
        if let Some(text) = value.as_str() {
            *value = text.replace("$TEMP", folder).replace("$NO_TLS", &no_tls.address().to_string()).into();
        }
    }
    call
}

fn serve(steps: &[Step], exchange: &mut Exchange<'_>) -> Then {
    let Some(step) = steps.get(exchange.request.number).or(steps.last()) else { return exchange.ok() };
    let ids = exchange.request.ids();
    if !step.for_ids.is_empty() && !step.for_ids.iter().any(|id| ids.contains(id)) {
        return exchange.ok();
    }
    let headers: String = step.headers.lines().map(|line| format!("{line}\r\n")).collect();
    match step.how {
        How::Respond => {
            let token = exchange.request.header("authorization").unwrap_or_default().replace("Token ", "");
            exchange.reply_with(step.status, &headers, &step.body.replace("$TOKEN", &token))
        }
        How::Hang => exchange.hang(""),
        How::Drop => {
            exchange.apply();
            Then::Close
        }
        How::Truncate => {
            exchange.apply();
            exchange.end("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"sta", Then::Close)
        }
    }
}

fn compare<F: Face>(
    call: &Call,
    expect: &Expect,
    told: &Told,
    requests: &[Request],
    statuses: &[Status],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut is = |what: &str, actual: String, expected: String| {
        if actual != expected {
            wrong.push(format!("{what} is\n    {actual}\n  not\n    {expected}\n  {told:?}"));
        }
    };

    let status = statuses.iter().find(|status| Some(status.number) == told.status);
    is("status", status.map_or("callback", |status| &status.name).into(), expect.status.clone());
    let has_report = F::ONE_SHOT_HAS_REPORT || call.function != Function::OneShot;
    if has_report {
        is("states", told.states.clone(), expect.letters());
    }
    if let Some(raised) = status.and_then(|status| F::raises(status, call.function)) {
        is("exception", told.raised.clone(), raised);
    }
    match &expect.sizes {
        _ if expect.any_requests => {}
        Some(sizes) => {
            let actual: Vec<usize> = requests.iter().map(|request| request.ids().len()).collect();
            is("sizes of requests", format!("{actual:?}"), format!("{sizes:?}"));
        }
        None => is("requests", lines(requests).join("\n    "), expect.requests.join("\n    ")),
    }
    for request in requests {
        is("token", request.header("authorization").unwrap_or_default(), format!("Token {}", call.token));
        if request.line().starts_with("GET ") {
            continue;
        }
        is("type", request.header("content-type").unwrap_or_default(), "application/json".into());
    }
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    for word in expect.message_in.get(F::NAME).unwrap_or(&expect.message) {
        if !plain(&told.message).contains(&plain(word)) {
            is("message", told.message.clone(), format!("… {word} …"));
        }
    }
    is("token in the message", told.message.contains(&call.token).to_string(), "false".into());
    if let Some(failures) = &expect.failures {
        let heads = |list: &[(usize, u16, String)]| {
            format!("{:?}", list.iter().map(|f| (f.0, f.1)).collect::<Vec<_>>())
        };
        is("failures", heads(&told.failures), heads(failures));
        for (actual, expected) in told.failures.iter().zip(failures) {
            if !actual.2.contains(&expected.2) {
                is("reason", actual.2.clone(), format!("… {} …", expected.2));
            }
        }
    }
    wrong
}

/// Method, path below /api/public, and body.
fn lines(requests: &[Request]) -> Vec<String> {
    let line = |request: &Request| {
        let head = request.line().replace("/api/public", "");
        let head = head.trim_end_matches(" HTTP/1.1");
        format!("{head} {}", String::from_utf8_lossy(&request.body))
    };
    requests.iter().map(line).collect()
}

#[test]
fn there_are_enough_cases_with_names_of_their_own() {
    let mut names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 200, "{count}");
}

/// Each status is the outcome of a case, and each exception is one that a driver meets.
#[test]
fn every_status_has_a_case() {
    // A bug of the library, which no call can bring about.
    const NEVER: &str = "INTERNAL";
    let cases = cases();
    let of_case =
        |case: &Case, name: &str| std::iter::once(&case.expect).chain(&case.then).any(|e| e.status == name);
    for status in all_statuses().iter().filter(|status| status.name != NEVER) {
        assert!(cases.iter().any(|case| of_case(case, &status.name)), "no case ends with {}", status.name);
    }
}
