//! What is read, and what becomes of a run that is checked before and after.

use std::time::Duration;

use usercom::sandbox::{Options, Scope};
use usercom::{Error, Finding, Status, Update, Value};

use crate::{Shop, USERS};

fn many(n: usize) -> String {
    let rows: String = (1..=n).map(|id| format!("{id},u{id}@x.example,{}\n", id % 7)).collect();
    format!("id,email,visits\n{rows}")
}

#[test]
fn all_users_come_once_in_pages() {
    for next_after_last in [false, true] {
        let shop = Shop::new(&many(250), Options { next_after_last, ..Options::default() });
        let client = shop.client();
        let users: Vec<_> = client.users().map(Result::unwrap).collect();
        assert_eq!(users.iter().map(|user| user.id()).collect::<Vec<_>>(), (1..=250).collect::<Vec<i64>>());
        let last = &users[249];
        assert_eq!((last.custom_id(), last.email()), (Some("250"), Some("u250@x.example")));
        assert_eq!((last.attribute("visits"), last.attribute("nothing")), (Some("5"), None));
        assert_eq!(shop.seen().len(), 3 + usize::from(next_after_last));
        assert_eq!(shop.sandbox.connections(), 1, "the connection is kept");
    }
    assert_eq!(Shop::new("id\n", Options::default()).client().users().count(), 0);
}

#[test]
fn a_cursor_continues_and_a_wrong_one_is_invalid() {
    let shop = Shop::new(&many(5), Options { page_size: 2, ..Options::default() });
    let mut users = shop.client().users();
    assert_eq!(users.cursor(), Some(""));
    assert_eq!(users.next_page().unwrap().unwrap().len(), 2);
    let cursor = users.cursor().unwrap().to_owned();
    let rest: Vec<i64> =
        shop.client().users().resume(&cursor).unwrap().map(|user| user.unwrap().id()).collect();
    assert_eq!(rest, [3, 4, 5]);
    assert_eq!(shop.client().users().resume("page=99").unwrap().count(), 0, "behind the end");
    for bad in ["a b", "x\r\nHost: evil", "page=1#x", "ż"] {
        let error = shop.client().users().resume(bad).unwrap_err();
        assert!(error.to_string().starts_with("cursor: "), "{error}");
    }
}

#[test]
fn chosen_attributes_in_json() {
    let shop = Shop::new(USERS, Options::default());
    let client = shop.client();
    let json = |user: usercom::Result<usercom::User>| user.unwrap().to_json();
    let all: Vec<String> = client.users().map(json).collect();
    assert_eq!(
        all[0],
        r#"{"id":1,"custom_id":"u/1","email":"a@x.example","attributes":{"plan":"free","since":"2026-01-02","visits":5}}"#
    );
    let chosen: Vec<String> = client.users().attributes(["visits", "custom_id", "none"]).map(json).collect();
    assert_eq!(
        chosen[2],
        r#"{"id":3,"custom_id":"..","email":"c,d@x.example","attributes":{"custom_id":"..","none":null,"visits":null}}"#
    );
}

#[test]
fn a_value_that_was_ignored_silently_is_seen() {
    let shop = Shop::new(USERS, Options { ignore_bad_values: true, ..Options::default() });
    let client = shop.client();
    for strict in [false, true] {
        let run = client.run(Update::new("visits", "many")).ids(&[1, 2, 3]).verify(2);
        // The deadline is for the waits before a mismatch is read again.
        let run = run.deadline(Duration::from_secs(3));
        let report = if strict { run.verify_strict() } else { run }.send().unwrap();
        assert_eq!(report.status(), if strict { Status::Mismatch } else { Status::Ok }, "{report}");
        assert_eq!((report.confirmed(), report.verified(), report.mismatched()), (3, 0, 2), "{report}");
        let first = &report.mismatches()[0];
        assert_eq!((first.index, &*first.sent, &*first.stored), (0, "\"many\"", "5"));
        assert_eq!(report.requests(), 1, "reads are not counted");
        assert!(
            report.status().completed() && report.to_string().contains("sent \"many\", stored 5"),
            "{report}"
        );
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!((&json["mismatched"], &json["mismatches"][0]["id"]), (&2.into(), &"1".into()));
    }
    // "7" becomes 7, which is what was meant.
    let report = client.run(Update::new("visits", "7")).ids(&[1, 2, 3]).verify(3).preflight().send().unwrap();
    assert_eq!((report.verified(), report.mismatched()), (3, 0), "{report}");
    assert!(report.notes()[0].starts_with("preflight: 3 ids"), "{report}");
}

#[test]
fn every_kind_of_id_and_value_is_verified() {
    let attributes = ["plan:fixed:free|pro", "at:datetime", "tags:fixed+:a|b", "of:json"];
    let attributes = attributes.map(|text| text.parse().unwrap()).to_vec();
    let shop = Shop::new(USERS, Options { attributes, ..Options::default() });
    let client = shop.client();
    let values: [(&str, Value); 6] = [
        ("plan", "pro".into()),
        ("tags", vec!["b", "a"].into()),
        ("at", Value::json("\"2026-11-23T10:00:00.25+01:00\"").unwrap()),
        ("since", Value::date(2026, 11, 23).unwrap()),
        ("visits", 9_007_199_254_740_993_i64.into()),
        ("of", Value::json("{\"b\":1,\"a\":[1.50]}").unwrap()),
    ];
    for (attribute, value) in values {
        let update = || Update::new(attribute, value.clone());
        let report = client.run(update()).ids(&[1, 3]).verify(9).verify_strict().preflight().send().unwrap();
        assert_eq!((report.status(), report.verified()), (Status::Ok, 2), "{attribute}: {report}");
        assert!(report.notes().is_empty(), "{report}");
        let ids = ["u/1", "ü 2", ".."];
        let report = client.run(update()).custom_ids(&ids).verify(9).verify_strict().send().unwrap();
        assert_eq!((report.status(), report.verified()), (Status::Ok, 3), "{attribute}: {report}");
    }
    let update = Update::new("city", "Łódź");
    let report = client.run(update).ids(&[1]).standard_attributes().verify(1).preflight().send().unwrap();
    assert_eq!((report.status(), report.verified()), (Status::Ok, 1), "{report}");
}

#[test]
fn a_key_that_may_only_write_is_enough_for_an_update() {
    let shop = Shop::new(USERS, Options { scope: Scope::Write, ..Options::default() });
    let client = shop.client();
    let report = client.run(Update::new("plan", "pro")).ids(&[1, 2]).preflight().verify(2).send().unwrap();
    assert_eq!((report.status(), report.confirmed(), report.requests()), (Status::Ok, 2, 1), "{report}");
    assert_eq!((report.verified(), report.mismatched(), report.notes().len()), (0, 0, 2), "{report}");
    assert!(report.notes().iter().all(|note| note.contains("Write Only")), "{report}");
    let check = client.check("plan", &["pro".into()]).unwrap();
    assert!(check.passed(), "{check}");
    let warnings = check.lines().iter().filter(|line| line.finding == Finding::Warning);
    assert_eq!(
        warnings.map(|line| line.about).collect::<Vec<_>>(),
        ["token", "scope", "attribute"],
        "{check}"
    );
    let error = client.users().next().unwrap().unwrap_err();
    assert!(matches!(error, Error::Read { status: Status::Unauthorized, .. }), "{error}");
    assert!(error.to_string().contains("Read Only or All"), "{error}");
}

#[test]
fn what_cannot_be_right_is_refused_before_anything_is_sent() {
    let attributes = vec!["plan:fixed:free|pro".parse().unwrap()];
    let shop = Shop::new(USERS, Options { attributes, ..Options::default() });
    let client = shop.client();
    for (attribute, value, says) in [
        ("visits", "many", "value: \"many\" can't be read as integer"),
        ("since", "soon", "value: \"soon\" can't be read as date"),
        ("plan", "Pro", "did you mean \"pro\"?"),
    ] {
        let error = client.run(Update::new(attribute, value)).ids(&[1]).preflight().send().unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(shop.seen().iter().all(|request| request.starts_with("GET ")), "{:?}", shop.seen());
    let before = shop.sandbox.total();
    let report =
        client.run(Update::new("visits", "many")).ids(&[1]).preflight().verify(1).dry_run().send().unwrap();
    assert_eq!(report.status(), Status::DryRun);
    let report = client.run(Update::new("visits", "many")).ids(&[]).preflight().verify(1).send().unwrap();
    assert_eq!(
        (report.status(), shop.sandbox.total()),
        (Status::Ok, before),
        "nothing is looked up for nothing"
    );
}

fn lines(check: &usercom::Check) -> Vec<String> {
    check.lines().iter().map(|line| format!("{} {}", line.finding.name(), line.about)).collect()
}

#[test]
fn a_check_in_order() {
    let attributes = vec!["plan:fixed:free|pro".parse().unwrap()];
    let shop = Shop::new(USERS, Options { attributes, ..Options::default() });
    let client = shop.client();
    let usual = ["ok name", "ok connection", "ok tls", "ok clock", "ok token", "ok scope"];
    let check = client.check(None, &[]).unwrap();
    assert_eq!(lines(&check), usual, "{check}");
    assert!(check.to_string().contains("whether it may write can't be known"), "{check}");
    for (attribute, value, status, more, says) in [
        ("plan", Some("pro"), Status::Ok, "ok choices", "fixed: free, pro; the value fits"),
        ("plan", None, Status::Ok, "ok choices", "fixed: free, pro"),
        ("plan", Some("por"), Status::InvalidArgument, "failed choices", "did you mean \"pro\"?"),
        (
            "visits",
            Some("5"),
            Status::Ok,
            "warning type",
            "\"5\" is a string, the attribute's type is integer",
        ),
        ("visits", Some("many"), Status::InvalidArgument, "failed type", "can't be read as integer"),
        ("vists", Some("5"), Status::Rejected, "failed attribute", "did you mean \"visits\"?"),
        ("first_name", Some("x"), Status::Ok, "warning attribute", "standard_attributes"),
    ] {
        let values: Vec<Value> = value.into_iter().map(Value::from).collect();
        let check = client.check(attribute, &values).unwrap();
        assert_eq!((check.status(), lines(&check).last().unwrap().as_str()), (status, more), "{check}");
        assert!(check.to_string().contains(says), "{check}");
        assert_eq!(check.passed(), status == Status::Ok);
    }
    assert!(client.check("plan", &[f64::NAN.into()]).unwrap_err().to_string().contains("NaN"));
    assert_eq!(shop.sandbox.refused().len(), 0);
}

#[test]
fn a_check_stops_at_what_everything_else_needs() {
    let shop = Shop::new(USERS, Options::default());
    let wrong =
        usercom::Client::builder("acme", &"x".repeat(64)).base_url(&shop.sandbox.url()).build().unwrap();
    let check = wrong.check("plan", &[]).unwrap();
    assert_eq!(check.status(), Status::Unauthorized, "{check}");
    assert_eq!(lines(&check)[4..], ["failed token"], "{check}");
    let url = shop.sandbox.url();
    drop(shop);
    let gone = usercom::Client::builder("acme", &"y".repeat(64)).base_url(&url).build().unwrap();
    let check = gone.check("plan", &[]).unwrap();
    assert_eq!(
        (check.status(), lines(&check)),
        (Status::Transport, vec!["ok name".into(), "failed connection".into()])
    );
    // A name that RFC 6761 says never exists.
    let nowhere = usercom::Client::builder("acme", &"z".repeat(64))
        .base_url("https://nowhere.invalid")
        .build()
        .unwrap();
    let check = nowhere.check(None, &[]).unwrap();
    assert_eq!(
        (check.status(), lines(&check)),
        (Status::Transport, vec!["failed name".to_owned()]),
        "{check}"
    );
}
