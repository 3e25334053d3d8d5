//! What the API rejects, with which message, and that nothing is changed then.
use super::*;

#[test]
fn without_the_token_nothing_is_done() {
    let sandbox = start(Options::default());
    let missing = "Authentication credentials were not provided.";
    let wrong = format!("Authorization: Token {}\r\n", "x".repeat(64));
    let two = format!("Authorization: Token {TOKEN} {TOKEN}\r\n");
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let cases = [
        ("", missing),
        (bearer.as_str(), missing),
        ("Authorization: Token\r\n", "Invalid token header. No credentials provided."),
        (&two, "Invalid token header. Token string should not contain spaces."),
        ("Authorization: Token abcdef\r\n", "Invalid token."),
        (&wrong, "Invalid token."),
    ];
    for (header, detail) in cases {
        let head = format!("{header}Content-Type: application/json\r\n");
        let body = br#"{"ids": [1], "attribute": "plan", "value": 1}"#;
        let response = exchange(&sandbox, &format!("PUT {CUSTOM}"), &head, body);
        assert_eq!((response.status, response.json()), (401, json!({"detail": detail})), "{header}");
        assert_eq!(response.header("www-authenticate"), Some("Token"));
    }
    assert_eq!(sandbox.value(1, "plan"), None);
}

#[test]
fn a_path_without_its_slash_is_sent_there() {
    let sandbox = start(Options::default());
    let body = r#"{"ids": [1], "attribute": "plan", "value": 1}"#;
    for path in [CUSTOM, CUSTOM_BY_ID, STANDARD, STANDARD_BY_ID, "/api/public/users/5/"] {
        let response = put(&sandbox, path.trim_end_matches('/'), body);
        assert_eq!((response.status, response.header("location")), (301, Some(path)));
        let response = put(&sandbox, &format!("{}?a=b", path.trim_end_matches('/')), body);
        assert_eq!(response.header("location"), Some(format!("{path}?a=b").as_str()));
    }
    assert_eq!(sandbox.value(1, "plan"), None);
}

#[test]
fn a_path_that_leads_nowhere_is_a_page() {
    let sandbox = start(Options::default());
    let one_more = format!("{CUSTOM}/");
    for path in ["/", "/api/public/user/", "/api/v2/users/1/", one_more.as_str(), "/_sandbox/nothing"] {
        let response = put(&sandbox, path, "{}");
        assert_eq!(
            (response.status, response.header("content-type")),
            (404, Some("text/html; charset=utf-8")),
            "{path}"
        );
        assert!(response.body.contains("<h1>Not Found</h1>"));
    }
}

#[test]
fn other_methods_and_media_types_are_rejected() {
    let sandbox = start(Options::default());
    for method in ["GET", "PATCH", "DELETE"] {
        let response = exchange(&sandbox, &format!("{method} {CUSTOM}"), &authorized(), b"");
        let detail = format!("Method \"{method}\" not allowed.");
        assert_eq!((response.status, response.json()), (405, json!({"detail": detail})));
        assert_eq!(response.header("allow"), Some("PUT, POST"));
    }
    let body = br#"{"ids": [1], "attribute": "plan", "value": 1}"#;
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let head = format!("Authorization: Token {TOKEN}\r\nContent-Type: {media_type}\r\n");
        let response = exchange(&sandbox, &format!("PUT {CUSTOM}"), &head, body);
        let detail = format!("Unsupported media type \"{media_type}\" in request.");
        assert_eq!((response.status, response.json()), (415, json!({"detail": detail})));
    }
    let head = format!("Authorization: Token {TOKEN}\r\n");
    assert_eq!(exchange(&sandbox, &format!("PUT {CUSTOM}"), &head, body).status, 415);
    let head = format!("authorization: token {TOKEN}\r\ncontent-type: Application/JSON; charset=utf-8\r\n");
    assert_eq!(exchange(&sandbox, &format!("PUT {CUSTOM}"), &head, body).status, 200);
}

#[test]
fn an_invalid_body_gets_the_messages_of_django() {
    let sandbox = start(Options::default());
    let required = json!(["This field is required."]);
    let long = "ż".repeat(256);
    let too_long = format!(r#"{{"ids": [1], "attribute": "{long}", "value": 1}}"#);
    let ids = |ids: &str| format!(r#"{{"ids": {ids}, "attribute": "plan", "value": 1}}"#);
    let attribute = |name: &str| format!(r#"{{"ids": [1], "attribute": {name}, "value": 1}}"#);
    let cases = [
        (String::new(), json!({"ids": required, "attribute": required, "value": required})),
        ("{}".to_owned(), json!({"ids": required, "attribute": required, "value": required})),
        (r#"{"ids": [1], "attribute": "plan"}"#.to_owned(), json!({"value": required})),
        (
            "[1]".to_owned(),
            json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ),
        (ids("[]"), json!({"ids": ["This list may not be empty."]})),
        (ids("null"), json!({"ids": ["This field may not be null."]})),
        (ids(r#""1""#), json!({"ids": ["Expected a list of items but got type \"str\"."]})),
        (ids("7"), json!({"ids": ["Expected a list of items but got type \"int\"."]})),
        (ids("7.5"), json!({"ids": ["Expected a list of items but got type \"float\"."]})),
        (ids(r#"{"a": 1}"#), json!({"ids": ["Expected a list of items but got type \"dict\"."]})),
        (
            ids(r#"[5, "6", 1.5, null, true, 9223372036854775808]"#),
            json!({"ids": {
                "1": ["A valid integer is required."], "2": ["A valid integer is required."],
                "3": ["This field may not be null."], "4": ["A valid integer is required."],
                "5": ["A valid integer is required."],
            }}),
        ),
        (attribute("null"), json!({"attribute": ["This field may not be null."]})),
        (attribute("7"), json!({"attribute": ["Not a valid string."]})),
        (attribute(r#"" ""#), json!({"attribute": ["This field may not be blank."]})),
        (too_long, json!({"attribute": ["Ensure this field has no more than 255 characters."]})),
    ];
    for (body, complaint) in cases {
        let response = put(&sandbox, CUSTOM, &body);
        assert_eq!((response.status, response.json()), (400, complaint), "{body}");
    }
    let response = put(&sandbox, CUSTOM_BY_ID, &ids(r#"["u-1", 2, "", null]"#));
    let complaint = json!({"ids": {
        "1": ["Not a valid string."], "2": ["This field may not be blank."], "3": ["This field may not be null."],
    }});
    assert_eq!((response.status, response.json()), (400, complaint));
    assert_eq!(set(&sandbox, "[1]", &"ż".repeat(255), "1").status, 200);
    assert_eq!(sandbox.users(), 1, "a rejected request has changed something");
}

#[test]
fn a_body_that_is_not_json_is_named_so() {
    let sandbox = start(Options::default());
    let nan = br#"{"ids": [1], "attribute": "a", "value": NaN}"#;
    let cases: [&[u8]; 5] = [b"{", b"ids=1", b"{} {}", b"{\"ids\": \"\xff\"}", nan];
    for body in cases {
        let response = exchange(&sandbox, &format!("PUT {CUSTOM}"), &authorized(), body);
        let detail = response.json()["detail"].as_str().unwrap().to_owned();
        assert_eq!(response.status, 400);
        assert!(detail.starts_with("JSON parse error - "), "{detail}");
    }
}
