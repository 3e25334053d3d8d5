//! What can be read: users, attributes, pages and searches, and what a key may do.
use super::*;
use usercom::sandbox::{AttributeType, Scope};

const USERS: &str = "id,custom_id,email,plan,since\n\
                     3,u/3,c@x.example,pro,2026-01-02T10:00:00+01:00\n\
                     1,u-1,a+b@x.example,free,\n\
                     2,u-2,,,\n";

#[test]
fn users_and_attributes() {
    let file = File::new("reading.csv", USERS);
    let attributes = vec!["plan:fixed:free|pro".parse().unwrap()];
    let sandbox = start(Options { attributes, page_size: 2, ..file.options() });
    let page = get(&sandbox, "/api/public/users/").json();
    let next = format!("{}/api/public/users/?page=2", "http://sandbox");
    assert_eq!((&page["next"], &page["results"][1]["id"]), (&json!(next), &json!(2)));
    let last = get(&sandbox, "/api/public/users/?page=2").json();
    assert_eq!(last["next"], Value::Null);
    let third = &last["results"][0];
    assert_eq!((&third["user_id"], &third["email"]), (&json!("u/3"), &json!("c@x.example")));
    assert_eq!(third["attributes"][0]["value"], json!(["pro"]), "choices are read as a list");
    assert_eq!(third["attributes"][1]["value"], json!("2026-01-02T09:00:00Z"), "moments in UTC");
    assert_eq!(get(&sandbox, "/api/public/users/3/").json(), *third);
    assert_eq!(get(&sandbox, "/api/public/users-by-id/u%2F3/").json(), *third);
    for path in ["users/?page=3", "users/?page=0", "users/?page=x", "users/9/", "users-by-id/9/"] {
        assert_eq!(get(&sandbox, &format!("/api/public/{path}")).status, 404, "{path}");
    }
    let listed = get(&sandbox, "/api/public/attributes/").json();
    assert_eq!(listed["results"][0]["choices"], json!(["free", "pro"]));
    assert_eq!(listed["results"][0]["allow_multiple_choices"], json!(false));
}

#[test]
fn a_search() {
    let file = File::new("search.csv", USERS);
    let sandbox = start(file.options());
    let found = |query: &str| get(&sandbox, &format!("/api/public/users/search/?{query}"));
    assert_eq!(found("email=a%2Bb%40x.example").json()["id"], json!(1));
    assert_eq!(found("email=c@x.example&many=true").json()[0]["id"], json!(3));
    assert_eq!(found("email=nobody@x.example").status, 404);
    assert_eq!(found("").status, 404);
}

#[test]
fn what_a_key_may_do() {
    for (scope, may_read, may_write) in
        [(Scope::All, 200, 200), (Scope::Read, 200, 403), (Scope::Write, 403, 200)]
    {
        let sandbox = start(Options { scope, ..Options::default() });
        assert_eq!(get(&sandbox, "/api/public/users/").status, may_read);
        assert_eq!(set(&sandbox, "[1]", "plan", "1").status, may_write);
    }
}

#[test]
fn values_that_are_converted_or_ignored() {
    let attributes = ["n:integer", "f:fixed:a|b", "d:date"].map(|text| text.parse().unwrap()).to_vec();
    let sandbox = start(Options { attributes, ignore_bad_values: true, ..Options::default() });
    for (attribute, value, stored) in [
        ("n", "\"123\"", Some("123")),
        ("n", "2.0", Some("2")),
        ("n", "\"many\"", Some("2")),
        ("f", "[\"a\",\"b\"]", None),
        ("f", "\"c\"", None),
        ("f", "\"b\"", Some("\"b\"")),
        ("d", "\"2026-11-23T10:00:00Z\"", Some("\"2026-11-23\"")),
        ("d", "true", Some("\"2026-11-23\"")),
    ] {
        assert_eq!(set(&sandbox, "[1]", attribute, value).status, 200, "it says nothing");
        assert_eq!(sandbox.value(1, attribute).as_deref(), stored, "{attribute} {value}");
    }
}

#[test]
fn types_as_they_are_written() {
    for bad in ["", "a", "a:number", ":integer", "a:integer:x", "a:integer+"] {
        assert!(bad.parse::<AttributeType>().is_err(), "{bad}");
    }
    let file = File::new("types.csv", USERS);
    let attributes = vec!["plan:integer".parse().unwrap()];
    let message =
        Sandbox::start(Options { attributes, ..file.options() }).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("give plan another type"), "{message}");
}
