//! `usercom sandbox`: what it prints, which options are invalid, and that it passes the others on.
use super::process::{Running, finish, usercom};
use super::*;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

fn program(arguments: &[&str]) -> Command {
    let mut command = usercom(&["sandbox"]);
    command.args(arguments);
    command
}

#[test]
fn it_says_where_it_listens_and_how_to_look() {
    let file = File::new("program.csv", "id,plan\n1,free\n");
    let users = file.0.to_str().unwrap();
    let switches = "--port 0 --methods put --unknown-ids 404 --unknown-attributes reject --check-types --max-ids 2 \
                    --max-body 5000 --rate 50 --burst-401 60 --latency 1";
    let switches: Vec<&str> = switches.split_whitespace().chain(["--users", users]).collect();
    let child = program(&switches).env("USERCOM_TOKEN", TOKEN).stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.strip_prefix("usercom sandbox listening on http://").unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:"));
    let rest: Vec<String> =
        lines.by_ref().map_while(|line| line.ok().filter(|text| !text.contains("/reset"))).collect();
    let rest = rest.join("\n");
    assert!(rest.contains("/_sandbox/requests") && rest.contains("curl -X PUT"), "{rest}");
    assert!(!rest.contains(TOKEN) && !first.contains(TOKEN));

    let ask =
        |request_line: &str, body: &str| exchange_at(&address, request_line, &authorized(), body.as_bytes());
    let update = |ids: &str, name: &str, value: &str| {
        let body = format!(r#"{{"ids": {ids}, "attribute": "{name}", "value": {value}}}"#);
        ask(&format!("PUT {CUSTOM}"), &body).status
    };
    assert_eq!(update("[1]", "plan", r#""pro""#), 200);
    assert_eq!(update("[9]", "plan", r#""pro""#), 404);
    assert_eq!(update("[1]", "colour", "1"), 400);
    assert_eq!(update("[1]", "plan", "1"), 400);
    assert_eq!(update("[1, 1, 1]", "plan", r#""pro""#), 400);
    assert_eq!(update("[1]", "plan", &format!("\"{}\"", "x".repeat(5000))), 413);
    assert_eq!(ask(&format!("POST {CUSTOM}"), "{}").status, 405);
    assert!(ask("GET /_sandbox/users/1", "").body.contains(r#""plan":"pro""#));
}

#[test]
fn invalid_switches_are_named() {
    let cases: [(&[&str], &str); 12] = [
        (&["--port", "99999"], "--port"),
        (&["--port", "http"], "--port"),
        (&["--token", "abcdef"], "token: give 64 visible ASCII characters"),
        (&["--methods", "patch"], "give both, put or post"),
        (&["--unknown-ids", "skip"], "give ignore, reject or 404"),
        (&["--unknown-attributes", "skip"], "give create or reject"),
        (&["--max-ids", "0"], "'--max-ids <N>': give a whole number above 0"),
        (&["--max-body", "-1"], "'--max-body <BYTES>': give a whole number above 0"),
        (&["--rate", "0"], "'--rate <N>': give a whole number above 0"),
        (&["--burst-401", "many"], "'--burst-401 <N>': give a whole number above 0"),
        (&["--latency", "1s"], "--latency"),
        (&["--users", "no/such.csv"], "no/such.csv: "),
    ];
    for (arguments, words) in cases {
        let mut command = program(arguments);
        if !arguments.contains(&"--token") {
            command.args(["--token", TOKEN]);
        }
        let finished = finish(&mut command);
        let stderr = &finished.stderr;
        assert_eq!(finished.code(), Some(2), "{stderr}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
        assert!(!stderr.contains(TOKEN) && !stderr.contains("abcdef"), "{stderr}");
    }
    let finished = finish(&mut program(&[]));
    assert_eq!(finished.code(), Some(2));
    assert!(
        finished.stderr.contains("token: is missing; put any 64 visible ASCII characters into USERCOM_TOKEN")
    );
}
