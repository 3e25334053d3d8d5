//! The token, as the program reads it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use usercom::sandbox::TOKEN;

use crate::support::{Desk, Said};

const UPDATE: &[&str] = &["update", "--attribute", "plan", "--value", "pro", "--ids", "ids.csv"];

/// Row 75: each wrong token has its own sentence, from the variable and from a file, and shows nothing of it.
#[test]
fn each_wrong_token_has_its_sentence() {
    let desk = Desk::new();
    desk.file("ids.csv", "1\n");
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
        let said = Said::of(desk.command(UPDATE).env("USERCOM_TOKEN", &token).output().unwrap());
        desk.refused(&said, "usercom: token: ");
        assert!(said.stderr.contains(words) && !said.stderr.contains(&TOKEN[..8]), "{token}: {said:?}");
        desk.file("token", &token);
        let said = desk.run(&[UPDATE, &["--token-file", "token"]].concat());
        desk.refused(&said, "usercom: token: ");
        assert!(said.stderr.contains(words) && !said.stderr.contains(&TOKEN[..8]), "{token}: {said:?}");
    }
    let said = Said::of(desk.command(UPDATE).env_remove("USERCOM_TOKEN").output().unwrap());
    desk.refused(&said, "usercom: token: is missing; put the 64-character REST API key into USERCOM_TOKEN");
    let binary = OsStr::from_bytes(b"\xff\xfek");
    let said = Said::of(desk.command(UPDATE).env("USERCOM_TOKEN", binary).output().unwrap());
    desk.refused(&said, "usercom: token: USERCOM_TOKEN is not plain text");
    desk.file("token", b"\xff\xfek\0k\0");
    let said = desk.run(&[UPDATE, &["--token-file", "token"]].concat());
    desk.refused(&said, "usercom: token: token is not plain text");
    let said = desk.run(&[UPDATE, &["--token-file", "nowhere"]].concat());
    desk.refused(&said, "usercom: token_file: nowhere: No such file");
    let said = Said::of(desk.command(UPDATE).env("USERCOM_TOKEN_FILE", "").output().unwrap());
    desk.refused(&said, "usercom: token_file: is empty; name a file in --token-file or USERCOM_TOKEN_FILE");
    let said = desk.run(&[UPDATE, &["--token-file", "."]].concat());
    desk.refused(&said, "usercom: token_file: .: Is a directory");
}

/// Row 75: the end of a line, which editors add, is no mistake.
#[test]
fn a_token_file_may_end_its_line() {
    let desk = Desk::new();
    for end in ["", "\n", "\r\n"] {
        desk.file("token", format!("{TOKEN}{end}"));
        desk.file("ids.csv", "1\n");
        let mut command = desk.command(&[UPDATE, &["--token-file", "token"]].concat());
        Said::of(command.env("USERCOM_TOKEN", "ignored").output().unwrap()).ok();
    }
    assert_eq!(desk.held("plan").len(), 1);
}
