//! The switches for what is not known of the service, and options that cannot be meant.
use super::*;
use usercom::sandbox::{Methods, UnknownAttributes, UnknownIds};

const USERS: &str = "id,plan,score\n1,free,5\n2,free,6\n3,pro,7\n";

#[test]
fn methods() {
    let body = br#"{"ids": [1], "attribute": "plan", "value": 1}"#;
    for (methods, allowed, rejected) in [(Methods::Put, "PUT", "POST"), (Methods::Post, "POST", "PUT")] {
        let sandbox = start(Options { methods, ..Options::default() });
        let response = exchange(&sandbox, &format!("{rejected} {CUSTOM}"), &authorized(), body);
        assert_eq!((response.status, response.header("allow")), (405, Some(allowed)));
        assert_eq!(sandbox.value(1, "plan"), None);
        assert_eq!(exchange(&sandbox, &format!("{allowed} {CUSTOM}"), &authorized(), body).status, 200);
    }
}

#[test]
fn unknown_ids() {
    let file = File::new("unknown_ids.csv", USERS);
    let responses = [
        (UnknownIds::Ignore, 200, json!({"status": "ok"})),
        (
            UnknownIds::Reject,
            400,
            json!({"ids": {
                "1": ["Invalid pk \"99\" - object does not exist."],
                "3": ["Invalid pk \"-4\" - object does not exist."],
            }}),
        ),
        (UnknownIds::NotFound, 404, json!({"detail": "Not found."})),
    ];
    for (unknown_ids, status, body) in responses {
        let sandbox = start(Options { unknown_ids, ..file.options() });
        let response = set(&sandbox, "[1, 99, 2, -4]", "plan", r#""pro""#);
        assert_eq!((response.status, response.json()), (status, body));
        let now = if status == 200 { r#""pro""# } else { r#""free""# };
        assert_eq!(sandbox.value(1, "plan").as_deref(), Some(now));
        assert_eq!(sandbox.value(99, "plan"), None);
        assert_eq!(sandbox.requests()[0].ignored, if status == 200 { 2 } else { 0 });
        assert_eq!(set(&sandbox, "[1, 2]", "plan", "1").status, 200, "all of these exist");
    }
    let sandbox = start(Options { unknown_ids: UnknownIds::Reject, ..file.options() });
    let response = put(&sandbox, CUSTOM_BY_ID, r#"{"ids": ["1", "u-1"], "attribute": "plan", "value": 1}"#);
    assert_eq!(response.json(), json!({"ids": {"1": ["Invalid pk \"u-1\" - object does not exist."]}}));
}

#[test]
fn without_a_file_only_ids_above_zero_exist() {
    let sandbox = start(Options { unknown_ids: UnknownIds::Reject, ..Options::default() });
    assert_eq!(set(&sandbox, "[1, 9223372036854775807]", "plan", "1").status, 200);
    assert_eq!(set(&sandbox, "[1, 0]", "plan", "1").status, 400);
}

#[test]
fn unknown_attributes() {
    let file = File::new("unknown_attributes.csv", USERS);
    let unknown_attributes = UnknownAttributes::Reject;
    let sandbox = start(Options { unknown_attributes, ..file.options() });
    let response = set(&sandbox, "[1]", "colour", "1");
    let complaint = json!({"attribute": ["Object with name=colour does not exist."]});
    assert_eq!((response.status, response.json()), (400, complaint));
    assert_eq!(sandbox.kind("colour"), None);
    assert_eq!(set(&sandbox, "[1]", "plan", r#""pro""#).status, 200);
    let body = r#"{"ids": [1], "attribute": "city", "value": "Łódź"}"#;
    assert_eq!(put(&sandbox, STANDARD, body).status, 200, "standard attributes are always there");
}

#[test]
fn check_types() {
    let sandbox = start(Options { check_types: true, ..Options::default() });
    // Of each type: what makes it, what it takes, what it rejects, and the message for that.
    let date = r#""2026-11-23""#;
    let datetime = r#""2026-11-23T10:00:00Z""#;
    let cases: [(&str, &[&str], &[&str], &str); 8] = [
        ("true", &["false", "null"], &["1", r#""true""#], "Must be a valid boolean."),
        ("1", &["-5"], &["1.5", r#""1""#, "true"], "A valid integer is required."),
        ("1.5", &["2"], &[r#""1.5""#], "A valid number is required."),
        (date, &[r#""2024-02-29""#], &[r#""23.11.2026""#, datetime, "1"], "Date has wrong format."),
        (datetime, &[r#""2026-11-23 10:00:00""#], &[date, "1"], "Datetime has wrong format."),
        (r#""a""#, &[r#""1""#, date], &["1", "true", r#"["a"]"#], "Not a valid string."),
        (r#"["a"]"#, &[r#""a""#, r#"["b", "c"]"#], &["1", "[1]"], "Not a valid choice."),
        (r#"{"a": 1}"#, &["1", r#""a""#, "[]"], &[], ""),
    ];
    for (name, (first, taken, rejected, words)) in (0..).zip(cases) {
        let name = format!("attribute {name}");
        assert_eq!(set(&sandbox, "[1]", &name, first).status, 200);
        for value in taken {
            assert_eq!(set(&sandbox, "[1]", &name, value).status, 200, "{first} then {value}");
        }
        let before = sandbox.value(1, &name);
        for value in rejected {
            let response = set(&sandbox, "[1]", &name, value);
            assert_eq!(response.status, 400, "{first} then {value}");
            assert!(response.json()["value"][0].as_str().unwrap().starts_with(words), "{}", response.body);
        }
        assert_eq!(sandbox.value(1, &name), before);
    }
}

#[test]
fn invalid_options_are_named() {
    let file = File::new("taken.csv", USERS);
    let taken = start(file.options());
    let port: u16 = taken.url().rsplit(':').next().unwrap().parse().unwrap();
    let secret = "abcdef".to_owned();
    let cases = [
        (Options { token: secret.clone(), ..Options::default() }, "token: give 64 visible ASCII characters"),
        (Options { token: " ".repeat(64), ..Options::default() }, "token: give 64 visible ASCII characters"),
        (Options { rate: Some(0), ..Options::default() }, "rate: give at least 1"),
        (Options { burst_401: Some(0), ..Options::default() }, "burst-401: give at least 1"),
        (Options { max_ids: Some(0), ..Options::default() }, "max-ids: give at least 1"),
        (Options { max_body: Some(0), ..Options::default() }, "max-body: give at least 1"),
        (Options { port, ..Options::default() }, "choose another, or 0 for a free one"),
        (Options { users: Some("no/such.csv".into()), ..Options::default() }, "no/such.csv: "),
    ];
    for (options, words) in cases {
        let message = Sandbox::start(options).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
        assert!(!message.contains(&secret), "{message}");
    }
}
