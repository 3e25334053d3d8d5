//! The token, as the program reads it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use usercom::sandbox::TOKEN;

use crate::support::{Outcome, Setup};

const UPDATE: &[&str] = &["update", "--attribute", "plan", "--value", "pro", "--ids", "ids.csv"];

/// Row 75: each wrong token has its own sentence, from the variable and from a file, and shows nothing of it.
#[test]
fn each_wrong_token_has_its_sentence() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    for (token, words) in [
        (String::new(), "is empty"),
        ("   ".to_owned(), "holds nothing but blanks"),
        (format!("\"{TOKEN}\""), "has quotes around the key; remove them (docker --env-file"),
        (format!("'{TOKEN}'"), "has quotes around the key"),
        (format!("\u{201e}{TOKEN}\u{201d}"), "has quotes around the key"),
        (format!("Token {TOKEN}"), "begins with the word \"Token\""),
        (format!("Bearer {TOKEN}"), "begins with the word \"Bearer\""),
        (format!("Authorization: Token {TOKEN}"), "holds a whole header"),
        (format!("USERCOM_TOKEN={TOKEN}"), "holds a whole line like USERCOM_TOKEN=…"),
        (format!("export USERCOM_TOKEN='{TOKEN}'"), "holds a whole line like USERCOM_TOKEN=…"),
        (format!("{TOKEN}\n{TOKEN}"), "has more than one line"),
        (format!("{TOKEN} "), "has blanks before or after the key"),
        (format!("\u{feff}{TOKEN}"), "begins with a byte order mark"),
        ("abc123".to_owned(), "app key"),
    ] {
        let outcome = Outcome::of(setup.command(UPDATE).env("USERCOM_TOKEN", &token).output().unwrap());
        setup.refused(&outcome, "usercom: token: ");
        assert!(
            outcome.stderr.contains(words) && !outcome.stderr.contains(&TOKEN[..8]),
            "{token}: {outcome:?}"
        );
        setup.file("token", &token);
        let outcome = setup.run(&[UPDATE, &["--token-file", "token"]].concat());
        setup.refused(&outcome, "usercom: token: ");
        assert!(
            outcome.stderr.contains(words) && !outcome.stderr.contains(&TOKEN[..8]),
            "{token}: {outcome:?}"
        );
    }
    let outcome = Outcome::of(setup.command(UPDATE).env_remove("USERCOM_TOKEN").output().unwrap());
    setup.refused(
        &outcome,
        "usercom: token: is missing; put the 64-character REST API key into USERCOM_TOKEN",
    );
    let binary = OsStr::from_bytes(b"\xff\xfek");
    let outcome = Outcome::of(setup.command(UPDATE).env("USERCOM_TOKEN", binary).output().unwrap());
    setup.refused(&outcome, "usercom: token: USERCOM_TOKEN is not plain text");
    setup.file("token", b"\xff\xfek\0k\0");
    let outcome = setup.run(&[UPDATE, &["--token-file", "token"]].concat());
    setup.refused(&outcome, "usercom: token: token is not plain text");
    let outcome = setup.run(&[UPDATE, &["--token-file", "nowhere"]].concat());
    setup.refused(&outcome, "usercom: token_file: nowhere: No such file");
    let outcome = Outcome::of(setup.command(UPDATE).env("USERCOM_TOKEN_FILE", "").output().unwrap());
    setup.refused(
        &outcome,
        "usercom: token_file: is empty; name a file in --token-file or USERCOM_TOKEN_FILE",
    );
    let outcome = setup.run(&[UPDATE, &["--token-file", "."]].concat());
    setup.refused(&outcome, "usercom: token_file: .: Is a directory");
}

/// Row 75: the end of a line, which editors add, is no mistake.
#[test]
fn a_token_file_may_end_its_line() {
    let setup = Setup::new();
    for end in ["", "\n", "\r\n"] {
        setup.file("token", format!("{TOKEN}{end}"));
        setup.file("ids.csv", "1\n");
        let mut command = setup.command(&[UPDATE, &["--token-file", "token"]].concat());
        Outcome::of(command.env("USERCOM_TOKEN", "ignored").output().unwrap()).ok();
    }
    assert_eq!(setup.held("plan").len(), 1);
}
