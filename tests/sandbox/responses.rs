//! What the API does when all is well.
use super::*;

#[test]
fn an_update_is_made_by_put_and_by_post() {
    let sandbox = start(Options::default());
    for (method, value) in [("PUT", r#""pro""#), ("POST", r#""free""#)] {
        let body = format!(r#"{{"ids": [10, 15, 22, 23], "attribute": "plan", "value": {value}}}"#);
        let response = exchange(&sandbox, &format!("{method} {CUSTOM}"), &authorized(), body.as_bytes());
        assert_eq!((response.status, response.body.as_str()), (200, r#"{"status":"ok"}"#));
        assert_eq!(response.header("content-type"), Some("application/json"));
        for id in [10, 15, 22, 23] {
            assert_eq!(sandbox.value(id, "plan").as_deref(), Some(value));
        }
    }
    assert_eq!(sandbox.value(11, "plan"), None);
    assert_eq!(sandbox.users(), 4);
}

#[test]
fn values_are_kept_to_the_byte_and_give_the_attribute_its_type() {
    let sandbox = start(Options::default());
    let values = [
        ("true", "boolean"),
        ("9007199254740993", "integer"),
        ("-0", "integer"),
        ("0.10", "float"),
        ("1e3", "float"),
        (r#""2026-11-23""#, "date"),
        (r#""2026-02-30""#, "string"),
        (r#""2026-11-23T10:00:00Z""#, "datetime"),
        (r#""2026-11-23T10:00:00.5+02:00""#, "datetime"),
        (r#""007""#, "string"),
        (r#""true""#, "string"),
        (r#""za\u017c\/ółć""#, "string"),
        (r#"["a", "b"]"#, "fixed"),
        (r#"{"z":1.50, "a":[null]}"#, "json"),
        ("[1]", "json"),
        ("[]", "json"),
        ("null", "json"),
    ];
    for (index, (value, kind)) in values.iter().enumerate() {
        let name = format!("attribute {index}");
        assert_eq!(set(&sandbox, "[1]", &name, value).status, 200, "{value}");
        assert_eq!(sandbox.value(1, &name).as_deref(), Some(*value));
        let seen = get(&sandbox, &format!("/api/public/attribute-type/attribute%20{index}/users/"));
        assert_eq!(seen.json(), json!({"name": name, "value_type": kind}), "{value}");
    }
    let user = get(&sandbox, "/api/public/users/1/");
    for (value, _) in values {
        // Moments are read in UTC, to the second.
        let value = value.replace("10:00:00.5+02:00", "08:00:00Z");
        assert!(user.body.contains(&format!("\"value\":{value}")), "{value} in {}", user.body);
    }
}

#[test]
fn custom_ids_are_strings_and_find_their_users() {
    let sandbox = start(Options::default());
    let response =
        put(&sandbox, CUSTOM_BY_ID, r#"{"ids": ["17", "u-1", "017"], "attribute": "plan", "value": 1}"#);
    assert_eq!(response.status, 200);
    assert_eq!(sandbox.id_of("17"), Some(17));
    assert_eq!(sandbox.value(17, "plan").as_deref(), Some("1"));
    let made_up = sandbox.id_of("u-1").unwrap();
    assert!(made_up > 1_000_000_000_000 && sandbox.id_of("017") != sandbox.id_of("u-1"));
    assert_eq!(sandbox.value(made_up, "plan").as_deref(), Some("1"));
    assert_eq!(sandbox.users(), 3);

    put(&sandbox, STANDARD, r#"{"ids": [17], "attribute": "custom_id", "value": "u-17"}"#);
    put(&sandbox, CUSTOM_BY_ID, r#"{"ids": ["u-17"], "attribute": "plan", "value": 2}"#);
    assert_eq!(sandbox.value(17, "plan").as_deref(), Some("2"));
}

#[test]
fn standard_attributes_are_those_of_the_list() {
    let sandbox = start(Options::default());
    let body = r#"{"ids": [10], "attribute": "country", "value": "USA"}"#;
    assert_eq!(put(&sandbox, STANDARD, body).body, r#"{"status":"ok"}"#);
    let body = r#"{"ids": ["10"], "attribute": "google_url", "value": "x"}"#;
    assert_eq!(put(&sandbox, STANDARD_BY_ID, body).status, 200);
    assert_eq!(sandbox.value(10, "country").as_deref(), Some(r#""USA""#));
    assert_eq!(sandbox.value(10, "google_url").as_deref(), Some(r#""x""#));

    let response = put(&sandbox, STANDARD, r#"{"ids": [10], "attribute": "plan", "value": "pro"}"#);
    assert_eq!(
        (response.status, response.json()),
        (400, json!({"attribute": ["\"plan\" is not a valid choice."]}))
    );
    assert_eq!(sandbox.value(10, "plan"), None);
}

#[test]
fn reading_needs_a_user_and_an_attribute_that_exist() {
    let sandbox = start(Options::default());
    assert_eq!(
        get(&sandbox, "/api/public/users/5/").json(),
        json!({"id": 5, "user_id": "5", "email": null, "attributes": []})
    );
    for path in ["/api/public/users/0/", "/api/public/attribute-type/plan/users/"] {
        let response = get(&sandbox, path);
        assert_eq!((response.status, response.json()), (404, json!({"detail": "Not found."})), "{path}");
    }
    assert_eq!(put(&sandbox, "/api/public/users/5/", "{}").header("allow"), Some("GET"));
}
