//! The control path and its equals in Rust: what is shown, and that the token never is.
use super::*;
use usercom::sandbox::UnknownIds;

const USERS: &str = "id,plan,score\n1,free,5\n2,free,6\n3,pro,\n";

/// Without a token.
fn show(sandbox: &Sandbox, path: &str) -> Response {
    exchange(sandbox, &format!("GET /_sandbox/{path}"), "", b"")
}

#[test]
fn the_summary_counts_users_attributes_requests_and_connections() {
    let file = File::new("summary.csv", USERS);
    let sandbox = start(file.options());
    set(&sandbox, "[1, 2, 3]", "score", "9");
    set(&sandbox, "[]", "score", "9");
    set(&sandbox, "[1]", "colour", r#""red""#);
    let expected = json!({
        "users": 3,
        "any_id_exists": false,
        "attributes": {
            "colour": {"type": "string", "users": 1},
            "plan": {"type": "string", "users": 3},
            "score": {"type": "integer", "users": 3},
        },
        "requests": {"total": 3, "by_status": {"200": 2, "400": 1}, "peak_per_second": 3},
        "connections": 4,
    });
    assert_eq!(show(&sandbox, "").json(), expected);
    assert_eq!((sandbox.total(), sandbox.peak_per_second(), sandbox.connections()), (3, 3, 4));
}

#[test]
fn an_attribute_shows_its_type_and_how_many_have_each_value() {
    let file = File::new("attribute.csv", USERS);
    let sandbox = start(file.options());
    let plan = |values: Value| json!({"name": "plan", "type": "string", "users": 3, "distinct": 2, "values": values});
    let before = plan(json!([{"value": "free", "users": 2}, {"value": "pro", "users": 1}]));
    assert_eq!(show(&sandbox, "attributes/plan").json(), before);
    set(&sandbox, "[1, 3]", "plan", r#""pro""#);
    let after = plan(json!([{"value": "pro", "users": 2}, {"value": "free", "users": 1}]));
    assert_eq!(show(&sandbox, "attributes/plan").json(), after);

    set(&sandbox, "[1]", "a name", "0.10");
    assert!(show(&sandbox, "attributes/a%20name").body.contains(r#"{"value":0.10,"users":1}"#));
    assert_eq!(show(&sandbox, "attributes/nothing").status, 404);
}

#[test]
fn a_user_shows_its_values_to_the_byte() {
    let file = File::new("user.csv", USERS);
    let sandbox = start(file.options());
    set(&sandbox, "[3]", "exact", "[1e3, 9007199254740993]");
    let expected = r#"{"id":3,"attributes":{"exact":[1e3, 9007199254740993],"plan":"pro"}}"#;
    assert_eq!(show(&sandbox, "users/3").body, expected);
    assert_eq!(show(&sandbox, "users/4").status, 404);
}

#[test]
fn the_ledger_is_csv_by_id() {
    let file = File::new("ledger_csv.csv", USERS);
    let sandbox = start(file.options());
    set(&sandbox, "[3, 1]", "plan", r#""a, \"b\"""#);
    let response = show(&sandbox, "ledger?attribute=plan");
    let expected = "id,value,applied\n\
                    1,\"\"\"a, \\\"\"b\\\"\"\"\"\",1\n\
                    2,\"\"\"free\"\"\",0\n\
                    3,\"\"\"a, \\\"\"b\\\"\"\"\"\",1\n";
    assert_eq!(response.body, expected);
    assert_eq!(response.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(show(&sandbox, "ledger?attribute=nothing").body, "id,value,applied\n");
    assert_eq!(show(&sandbox, "ledger").status, 400);
}

#[test]
fn requests_are_shown_with_what_matters_and_those_rejected_with_the_reason() {
    let file = File::new("requests.csv", USERS);
    let sandbox = start(Options { unknown_ids: UnknownIds::Reject, ..file.options() });
    set(&sandbox, "[1, 2]", "score", "0.10");
    set(&sandbox, "[1, 9]", "score", "7");
    set(&sandbox, "[1]", "long", &format!("\"{}\"", "x".repeat(2000)));
    put(&sandbox, "/nowhere", "");
    let shown = show(&sandbox, "requests").json();
    assert_eq!(shown["total"], 4);
    let first = json!({
        "number": 1, "method": "PUT", "path": CUSTOM, "status": 200, "reason": null, "ids": 2, "ignored": 0,
        "attribute": "score", "value": 0.10,
        "headers": {
            "authorization": "Token …(64)", "connection": "close", "content-length": "52",
            "content-type": "application/json", "host": "sandbox",
        },
    });
    assert_eq!(shown["requests"][0], first);
    assert_eq!(shown["requests"][2]["value"], "2002 bytes");

    let rejected = show(&sandbox, "refused").json();
    let reasons: Vec<_> = rejected["requests"].as_array().unwrap().iter().map(|one| &one["reason"]).collect();
    assert_eq!(reasons, [r#"{"ids":{"1":["Invalid pk \"9\" - object does not exist."]}}"#, "Not Found"]);
    assert_eq!(rejected["requests"][0]["number"], 2);

    let values: Vec<_> =
        sandbox.requests().iter().map(|one| one.value.as_deref().map(str::to_owned)).collect();
    assert_eq!(values[..2], [Some("0.10".to_owned()), Some("7".to_owned())]);
    let numbers: Vec<_> = sandbox.refused().iter().map(|one| (one.number, one.status)).collect();
    assert_eq!(numbers, [(2, 400), (4, 404)]);
}

#[test]
fn the_token_is_shown_nowhere() {
    let sandbox = start(Options::default());
    let everywhere = format!(
        "Authorization: Token {TOKEN}\r\nUser-Agent: agent/{TOKEN}\r\nContent-Type: text/{TOKEN}\r\n"
    );
    exchange(&sandbox, &format!("PUT {CUSTOM}?token={TOKEN}"), &everywhere, b"{}");
    exchange(&sandbox, &format!("PUT {CUSTOM}"), &format!("Authorization: {TOKEN}\r\n"), b"");
    exchange(&sandbox, &format!("PUT /{TOKEN}/"), "", b"");
    assert_eq!(sandbox.refused().len(), 3);
    assert_eq!(sandbox.requests()[1].headers["authorization"], "…(64)");
    for path in ["", "requests", "refused"] {
        assert!(!show(&sandbox, path).body.contains(TOKEN), "{path}");
    }
    assert!(!format!("{:?}", sandbox.requests()).contains(TOKEN));
}

#[test]
fn a_reset_goes_back_to_the_file() {
    let file = File::new("reset.csv", USERS);
    let sandbox = start(file.options());
    set(&sandbox, "[1]", "plan", r#""pro""#);
    let response = exchange(&sandbox, "POST /_sandbox/reset", "", b"");
    assert_eq!((response.status, response.body.as_str()), (200, r#"{"status":"ok"}"#));
    assert_eq!(sandbox.value(1, "plan").as_deref(), Some(r#""free""#));
    assert_eq!((sandbox.total(), sandbox.peak_per_second(), sandbox.connections()), (0, 0, 0));

    set(&sandbox, "[1]", "plan", r#""pro""#);
    std::fs::write(&file.0, "nothing").unwrap();
    let response = exchange(&sandbox, "POST /_sandbox/reset", "", b"");
    assert_eq!(response.status, 409);
    assert!(response.json()["detail"].as_str().unwrap().contains("reset.csv, line 1"));
    assert_eq!(sandbox.total(), 1, "something was forgotten");
}

#[test]
fn the_log_keeps_the_last_ten_thousand() {
    let sandbox = start(Options::default());
    let mut stream = TcpStream::connect(sandbox.url().trim_start_matches("http://")).unwrap();
    let one = "GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n".repeat(9_999);
    let mut reader = stream.try_clone().unwrap();
    let writer = std::thread::spawn(move || {
        stream.write_all(one.as_bytes()).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\nGET / HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n").unwrap();
    });
    reader.read_to_end(&mut Vec::new()).unwrap();
    writer.join().unwrap();
    let requests = sandbox.requests();
    assert_eq!((requests.len(), requests[0].number, sandbox.total()), (10_000, 2, 10_001));
    assert_eq!(sandbox.connections(), 1);
}

#[test]
fn dropping_it_closes_its_port_and_its_connections() {
    let sandbox = start(Options::default());
    let address = sandbox.url().trim_start_matches("http://").to_owned();
    let mut idle = TcpStream::connect(&address).unwrap();
    set(&sandbox, "[1]", "plan", "1");
    drop(sandbox);
    assert!(matches!(idle.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(&address).is_err());
}
