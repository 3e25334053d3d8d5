//! The options for what goes wrong on the way: other forms of success, failures for a while, a firewall, a proxy.
use super::*;
use serde_json::json;
use usercom::sandbox::{SuccessBody, UnknownIds};

/// Status, media type and body of an update of one user, which must be applied.
fn applied(options: Options) -> (u16, String, String) {
    let sandbox = start(options);
    let response = set(&sandbox, "[1]", "plan", "1");
    assert_eq!(sandbox.value(1, "plan").as_deref(), Some("1"));
    let media_type = response.header("content-type").unwrap_or_default().to_owned();
    (response.status, media_type, response.body)
}

#[test]
fn success_in_other_forms() {
    let json = "application/json".to_owned();
    let ok = r#"{"status":"ok"}"#.to_owned();
    for status in [200, 201, 202, 203, 206, 207, 299] {
        let response = applied(Options { success_status: status, ..Options::default() });
        assert_eq!(response, (status, json.clone(), ok.clone()));
    }
    let (status, _, body) = applied(Options { success_status: 204, ..Options::default() });
    assert_eq!((status, body.as_str()), (204, ""));
    for (text, body) in [
        ("ok", ok.as_str()),
        ("empty", ""),
        ("count", r#"{"updated":1}"#),
        ("bom", "\u{feff}{\"status\":\"ok\"}"),
        (r#"{"ok":false}"#, r#"{"ok":false}"#),
        ("true", "true"),
        (r#"{"detail": "ok"}"#, r#"{"detail": "ok"}"#),
    ] {
        let success_body: SuccessBody = text.parse().unwrap();
        let response = applied(Options { success_body, ..Options::default() });
        assert_eq!(response, (200, json.clone(), body.to_owned()), "{text}");
    }
    for text in ["page", "<p>done</p>"] {
        let success_body: SuccessBody = text.parse().unwrap();
        let (status, media_type, body) =
            applied(Options { success_body, success_status: 201, ..Options::default() });
        assert_eq!((status, media_type.as_str()), (201, "text/html; charset=utf-8"));
        assert!(body.starts_with('<'), "{body}");
    }
}

#[test]
fn a_count_is_of_users_that_exist() {
    let file = File::new("count.csv", "id,plan\n1,a\n2,a\n");
    let sandbox = start(Options { success_body: SuccessBody::Count, ..file.options() });
    assert_eq!(set(&sandbox, "[1, 9, 2]", "plan", "1").json(), json!({"updated": 2}));
}

#[test]
fn the_first_updates_fail() {
    for (fail_status, delay, body) in [
        (423, Some("2"), r#"{"detail":"Locked."}"#),
        (423, None, r#"{"detail":"Locked."}"#),
        (409, Some("5.0"), r#"{"detail":"Conflict."}"#),
        (503, Some("Wed, 25 Nov 2026 20:00:00 GMT"), "<center>nginx</center>"),
        (500, None, "500 Internal Server Error"),
    ] {
        let fail_retry_after = delay.map(str::to_owned);
        let sandbox = start(Options { fail_first: 2, fail_status, fail_retry_after, ..Options::default() });
        for _ in 0..2 {
            let response = set(&sandbox, "[1]", "plan", "1");
            assert_eq!((response.status, response.header("retry-after")), (fail_status, delay));
            assert!(response.body.contains(body), "{}", response.body);
            assert_eq!(sandbox.value(1, "plan"), None);
            // Reading is not failing, and a wrong token does not count.
            assert_eq!(get(&sandbox, "/api/public/users/1/").status, 200);
            assert_eq!(exchange(&sandbox, &format!("PUT {CUSTOM}"), "", b"{}").status, 401);
        }
        assert_eq!(set(&sandbox, "[1]", "plan", "1").status, 200);
        sandbox.reset().unwrap();
        assert_eq!(set(&sandbox, "[1]", "plan", "1").status, fail_status, "a reset starts again");
    }
}

#[test]
fn a_firewall_rejects_one_request() {
    let sandbox = start(Options { firewall_once: Some(2), ..Options::default() });
    assert_eq!(set(&sandbox, "[1]", "plan", "1").status, 200);
    let response = set(&sandbox, "[2]", "plan", "1");
    assert_eq!((response.status, response.header("content-type")), (403, Some("text/html; charset=utf-8")));
    assert!(response.body.contains("you have been blocked"), "{}", response.body);
    assert_eq!(sandbox.value(2, "plan"), None);
    assert_eq!(set(&sandbox, "[2]", "plan", "1").status, 200);
    assert_eq!(sandbox.refused()[0].number, 2);
}

#[test]
fn unknown_ids_can_be_a_server_error() {
    let file = File::new("server_error.csv", "id,plan\n1,a\n");
    let sandbox = start(Options { unknown_ids: UnknownIds::ServerError, ..file.options() });
    let response = set(&sandbox, "[1, 9]", "plan", "1");
    assert_eq!((response.status, response.header("content-type")), (500, Some("text/html; charset=utf-8")));
    assert!(response.body.contains("Server Error (500)"), "{}", response.body);
    assert_eq!(sandbox.value(1, "plan").as_deref(), Some(r#""a""#));
    assert_eq!(set(&sandbox, "[1]", "plan", "1").status, 200);
}

#[test]
fn padded_responses() {
    let sandbox = start(Options { pad_response: 70_000, ..Options::default() });
    let response = set(&sandbox, "[1]", "plan", "1");
    assert_eq!((response.body.len(), response.header("content-length")), (70_000, Some("70000")));
    assert_eq!(response.json(), json!({"status": "ok"}));
    assert_eq!(put(&sandbox, "/nowhere/", "{}").body.len(), 70_000);
    assert!(get(&sandbox, "/_sandbox/").body.len() < 1000, "the control path is not the service");
    let short = start(Options { pad_response: 3, ..Options::default() });
    assert_eq!(set(&short, "[1]", "plan", "1").body, r#"{"status":"ok"}"#);
}

#[test]
fn compressed_responses() {
    let sandbox = start(Options { gzip: true, pad_response: 100_000, ..Options::default() });
    let mut stream = TcpStream::connect(sandbox.url().trim_start_matches("http://")).unwrap();
    let body = r#"{"ids": [1], "attribute": "plan", "value": 1}"#;
    let head = authorized() + "Host: sandbox\r\nConnection: close\r\nAccept-Encoding: identity\r\n";
    let request = format!("PUT {CUSTOM} HTTP/1.1\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    let end = response.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8(response[..end].to_vec()).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("content-encoding: gzip\r\n"), "{head}");
    assert!(response[end..].starts_with(b"\x1f\x8b") && response.len() < 2000, "{} bytes", response.len());
    // The length of what was compressed, in the last four bytes.
    assert!(response.ends_with(&100_000_u32.to_le_bytes()));
    assert!(get(&sandbox, "/_sandbox/").header("content-encoding").is_none());
}

#[test]
fn a_proxy_that_rejects() {
    let target = "CONNECT acme.user.com:443";
    let credentials = "Proxy-Authorization: Basic bWU6czNjcmV0QA==\r\n";
    for (status, header, value) in [
        (407, "proxy-authenticate", Some("Basic realm=\"sandbox\"")),
        (302, "location", Some("http://127.0.0.1:1/login")),
        (403, "location", None),
        (502, "location", None),
    ] {
        let sandbox = start(Options { refuse_connect: Some(status), ..Options::default() });
        let response = exchange(&sandbox, target, credentials, b"");
        assert_eq!((response.status, response.header(header)), (status, value));
        let request = &sandbox.requests()[0];
        assert_eq!((request.method.as_str(), request.path.as_str()), ("CONNECT", "acme.user.com:443"));
        assert_eq!(request.headers["proxy-authorization"], "Basic …(16)");
        assert_eq!(set(&sandbox, "[1]", "plan", "1").status, 200, "only CONNECT is rejected");
    }
    assert_eq!(exchange(&start(Options::default()), target, "", b"").status, 404);
}

/// The library with the sandbox as its proxy: the sandbox shares no code with it.
#[test]
fn the_library_behind_a_proxy_that_rejects() {
    let sandbox = start(Options { refuse_connect: Some(407), ..Options::default() });
    let client = usercom::Client::builder("acme", TOKEN).base_url(&sandbox.url()).proxy(&sandbox.url());
    let report = client.build().unwrap().mass_update(&[1, 2], "plan", "pro").unwrap();
    assert_eq!((report.status(), report.not_attempted()), (usercom::Status::Transport, 2), "{report}");
    assert!(report.message().contains("rejected the connection with status 407"), "{report}");
    assert_eq!(sandbox.total(), 1);
}

#[test]
fn options_that_are_invalid_are_named() {
    let with = |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        Sandbox::start(options).map(|_| ()).unwrap_err().to_string()
    };
    for (message, words) in [
        (with(|o| o.success_status = 199), "success-status: give a status from 200 to 299"),
        (with(|o| o.success_status = 300), "success-status: give a status from 200 to 299"),
        (with(|o| o.fail_status = 200), "fail-status: give a status from 400 to 599"),
        (with(|o| o.refuse_connect = Some(200)), "refuse-connect: give a status from 300 to 599"),
        (with(|o| o.firewall_once = Some(0)), "firewall-once: give at least 1"),
        (with(|o| o.pad_response = usize::MAX), "pad-response: give at most"),
        (with(|o| o.fail_retry_after = Some("1\r\nX: y".into())), "fail-retry-after: give visible ASCII"),
    ] {
        assert!(message.starts_with(words), "{message}");
    }
}

#[cfg(feature = "cli")]
mod flags {
    use super::*;
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };

    fn sandbox(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usercom"));
        command.env("USERCOM_TOKEN", TOKEN).arg("sandbox").args(arguments);
        command
    }

    #[test]
    fn every_option_has_one() {
        let help = sandbox(&["--help"]).output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        for flag in [
            "--success-status <200-299>",
            "--success-body <ok|empty|count|page|bom|TEXT>",
            "--fail-first <N>",
            "--fail-status <400-599>",
            "--fail-retry-after <TEXT>",
            "--firewall-once <N>",
            "--pad-response <BYTES>",
            "--gzip",
            "--refuse-connect <300-599>",
            "--unknown-ids <ignore|reject|404|500>",
        ] {
            assert!(help.contains(flag), "{flag} in {help}");
        }
        for (arguments, words) in [
            (["--success-status", "300"], "--success-status"),
            (["--fail-status", "200"], "--fail-status"),
            (["--fail-first", "many"], "--fail-first"),
            (["--firewall-once", "0"], "--firewall-once"),
            (["--refuse-connect", "200"], "--refuse-connect"),
            (["--pad-response", "-1"], "--pad-response"),
        ] {
            let output = sandbox(&arguments).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && stderr.contains(words), "{arguments:?}: {stderr}");
        }
    }

    #[test]
    fn they_are_passed_on() {
        let arguments = [
            ["--port", "0"],
            ["--success-status", "201"],
            ["--success-body", "count"],
            ["--fail-first", "1"],
            ["--fail-status", "423"],
            ["--fail-retry-after", "7"],
            ["--firewall-once", "3"],
            ["--pad-response", "500"],
            ["--refuse-connect", "403"],
        ];
        let mut child = sandbox(&arguments.concat()).stdout(Stdio::piped()).spawn().unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let address = line.strip_prefix("usercom sandbox listening on http://").unwrap().to_owned();
        let ask = |request_line: &str| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let body = r#"{"ids": [1], "attribute": "plan", "value": 1}"#;
            let head = authorized() + "Host: sandbox\r\nConnection: close\r\n";
            let head = format!("{request_line} HTTP/1.1\r\n{head}Content-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + body).as_bytes()).unwrap();
            read(stream)
        };
        let update = format!("PUT {CUSTOM}");
        let [first, second, third, fourth] = [0; 4].map(|_| ask(&update));
        let connect = ask("CONNECT acme.user.com:443");
        let _ = child.kill();
        let _ = child.wait();
        assert_eq!((first.status, first.header("retry-after")), (423, Some("7")));
        assert_eq!((second.status, second.body.len()), (201, 500));
        assert_eq!(second.json(), json!({"updated": 1}));
        assert_eq!([third.status, fourth.status, connect.status], [403, 201, 403]);
    }
}
