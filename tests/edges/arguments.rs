//! Rows 73, 75 and 100: arguments that are invalid before anything is sent, each with what to do.

use std::net::TcpListener;

use usercom::{Client, ClientBuilder, Error, Update, Value};

use super::{client, token};

/// Row 75.
#[test]
fn each_wrong_token_has_its_own_sentence() {
    let key = token();
    let cases = [
        (format!("\"{key}\""), "remove the quotes"),
        (format!("'{key}'"), "remove the quotes"),
        (format!("Token {key}"), "starts with the word Token"),
        (format!("Bearer {key}"), "starts with the word Bearer"),
        (format!("USERCOM_TOKEN={key}"), "starts with the variable's name"),
        (format!("Authorization: Token {key}"), "is a whole Authorization header"),
        (format!("{key}\n"), "character 65 is a line end"),
        (format!(" {key}"), "character 1 is a space"),
        (format!("{}\u{430}", &key[..63]), "character 64 is not ASCII"),
        (format!("\u{feff}{key}"), "character 1 is invisible"),
        ("a1b2c3".to_owned(), "short app key of the tracking widget"),
        (key[..60].to_owned(), "has 60 characters, but a REST API key has 64"),
        ("${USERCOM_TOKEN}".to_owned(), "name of a variable"),
        (String::new(), "is empty"),
    ];
    let mut sentences = Vec::new();
    for (wrong, says) in &cases {
        let message = Client::new("acme", wrong).err().unwrap().to_string();
        assert!(message.starts_with("token: ") && message.contains(says), "{message}");
        assert!(!message.contains(&key[..8]) && !message.contains('\n'), "{message}");
        sentences.push(message);
    }
    sentences.dedup_by(|a, b| a == b);
    assert!(sentences.len() >= cases.len() - 1, "only the kinds of quotes share one: {sentences:#?}");
}

/// A client whose server notices every connection.
fn unreached() -> (TcpListener, ClientBuilder) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, client(&url))
}

/// Row 100.
#[test]
fn texts_of_standard_attributes_that_are_too_long() {
    let (listener, builder) = unreached();
    let client = builder.build().unwrap();
    for (name, longest) in [("first_name", 40), ("last_name", 40), ("city", 64), ("phone_number", 64)] {
        let standard =
            |update: Update| client.run(update).ids(&[1, 2]).standard_attributes().dry_run().send();
        let fits = "ż".repeat(longest);
        assert!(standard(Update::new(name, fits.as_str())).is_ok(), "{name}");
        let long = format!("{fits}x");
        let problem = format!(
            "has {} characters; the service takes at most {longest} for {name}; shorten it",
            longest + 1
        );
        for value in [Value::from(long.as_str()), Value::json(&format!("\"{long}\"")).unwrap()] {
            let error = standard(Update::new(name, value)).unwrap_err();
            assert_eq!(error.to_string(), format!("value: {problem}"));
            assert!(matches!(error, Error::InvalidArgument { argument: "value", .. }), "{error:?}");
        }
        let rows = Update::rows(name, vec!["a".into(), long.as_str().into()], vec![0, 1]);
        let error = standard(rows).unwrap_err();
        assert_eq!(error.to_string(), format!("values: entry 1 (counted from 0): {problem}"));
        // Another type, another attribute, a custom attribute of the same name.
        assert!(standard(Update::new(name, vec![long.as_str()])).is_ok(), "{name}");
        assert!(standard(Update::new("region", "x".repeat(500))).is_ok());
        let custom = client.run(Update::new(name, long.as_str())).ids(&[1]).dry_run().send();
        assert!(custom.is_ok(), "{name}");
    }
    assert!(listener.accept().is_err(), "something was sent");
}

/// Row 73: what is invalid inside a list is named by its position, counted from 0.
#[test]
fn positions_in_lists() {
    let (listener, builder) = unreached();
    let client = builder.build().unwrap();
    let long = "x".repeat(1025);
    let of = |result: usercom::Result<usercom::Report>| result.unwrap_err().to_string();
    for (message, want) in [
        (
            of(client.mass_update(&[5, 0], "plan", 1)),
            "ids: the id at position 1 (counted from 0) is 0; User.com's ids are above 0",
        ),
        (
            of(client.mass_update_rows([(5, 1), (6, 1), (-7, 1)], "plan")),
            "ids: the id at position 2 (counted from 0) is -7; User.com's ids are above 0",
        ),
        (
            of(client.mass_update_custom_ids(&["a", ""], "plan", 1)),
            "custom_ids: the id at position 1 (counted from 0) has 0 bytes: it is empty; use 1 to 1024, or leave this \
             user out",
        ),
        (
            of(client.mass_update_custom_ids(&["a", "b", long.as_str()], "plan", 1)),
            "custom_ids: the id at position 2 (counted from 0) has 1025 bytes; use 1 to 1024",
        ),
        (
            of(client.mass_update_rows([(5, 1.0), (6, f64::NAN)], "plan")),
            "rows: entry 1 (counted from 0): NaN does not exist in JSON; send a number or leave the ids out",
        ),
        (
            of(client.run(Update::rows("plan", vec![1.into()], vec![0, 9])).ids(&[5, 6]).send()),
            "value_index: entry 1 (counted from 0) is 9, but there are 1 values, counted from 0",
        ),
        (
            of(client.mass_update(&[5], "", 1)),
            "attribute: has 0 characters; use its name in User.com, 1 to 255 characters",
        ),
    ] {
        assert_eq!(message, want);
    }
    assert!(listener.accept().is_err(), "something was sent");
}
