//! Lines of the file in messages.

use crate::support::Setup;

/// Row 73: the file's own line, whatever ends the lines before it.
#[test]
fn a_line_is_the_one_that_an_editor_shows() {
    let setup = Setup::new();
    for (text, line) in [
        ("id,plan\n1,pro\nx,pro\n", 3),
        ("id,plan\r\n1,pro\r\nx,pro\r\n", 3),
        ("id,plan\r1,pro\rx,pro\r", 3),
        ("\n\nid,plan\n1,pro\n\n\nx,pro\n", 7),
        ("\r\n\r\nid,plan\r\n1,pro\r\n\r\n\r\nx,pro", 7),
        ("\u{feff}id,plan\r\n1,\"two\r\nlines\"\r\nx,pro\r\n", 4),
        ("id,plan\n1,\"two\nlines\"\nx,\"also\ntwo\"\n", 4),
        ("id,plan\n1,pro\nx,pro", 3),
    ] {
        let outcome = setup.apply("plan", text, &["--type", "string"]);
        setup.refused(
            &outcome,
            &format!("usercom: rows.csv: line {line}: \"x\" is not one of User.com's ids"),
        );
    }
    for (text, words) in [
        (
            "id,plan\r\n1,pro\r\n1,000,pro\r\n",
            "line 3: has 3 columns, the first line has 2; what has a separator in it needs quotes",
        ),
        ("id,plan\r\n\r\n1\r\n", "line 3: has 1 column, the first line has 2"),
        ("id,plan\r\n\r\n1,5\r\n2,\r\n", "line 4, column \"plan\": has no value, the only such row"),
        ("id,plan\r\n\r\n1,5\r\n2,x\r\n", "line 4, column \"plan\": \"x\" looks like text"),
        ("id,plan\r\n\r\n1,5\r\n2,\"1,5\"\r\n", "line 4, column \"plan\": \"1,5\" looks like a number"),
    ] {
        let outcome = setup.apply("plan", text, &[]);
        setup.refused(&outcome, &format!("usercom: rows.csv: {words}"));
    }
    let outcome = setup.apply("plan", "id,plan\r\n\r\n1,5\r\n2,x\r\n", &["--type", "integer"]);
    setup.refused(&outcome, "usercom: rows.csv: line 4, column \"plan\": value: \"x\" is not a whole number");
}

/// Row 73: what the library refuses by its position is named by its line, too.
#[test]
fn what_the_library_refuses_is_named_by_its_line() {
    let setup = Setup::new();
    let outcome = setup.apply("plan", "id,plan\r\n\r\n1,1\r\n2,1\r\n3,null\r\n", &["--type", "json"]);
    setup.refused(&outcome, "usercom: rows.csv: line 5: ");
    assert!(outcome.stderr.contains("--allow-null") && !outcome.stderr.contains("entry"), "{outcome:?}");
    let long = "x".repeat(70_000);
    let outcome = setup.apply("plan", format!("id,plan\n1,a\n2,b\n\n3,{long}\n"), &["--type", "string"]);
    setup.refused(&outcome, "usercom: rows.csv: line 5: ");
    assert!(outcome.stderr.contains("at most 65536"), "{outcome:?}");
    // With rows skipped before it.
    let outcome = setup.apply(
        "plan",
        format!("id,plan\n1,\n2,b\n3,{long}\n"),
        &["--type", "string", "--empty", "skip"],
    );
    setup.refused(&outcome, "usercom: rows.csv: line 4: ");
}

/// Row 73: the report, too.
#[test]
fn the_report_names_lines() {
    let users = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(users.path(), "id,plan\n1,x\n2,x\n3,x\n").unwrap();
    let options = usercom::sandbox::Options {
        users: Some(users.path().to_owned()),
        unknown_ids: usercom::sandbox::UnknownIds::Reject,
        ..Default::default()
    };
    let setup = Setup::with(options);
    let outcome = setup.apply("plan", "id,plan\r\n\r\n1,a\r\n99,a\r\n2,a\r\n1,b\r\n", &[]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.contains("id 99 on line 4: rejected (http 400): "), "{outcome:?}");
    assert!(outcome.stdout.contains("line 3 was superseded by line 6"), "{outcome:?}");
}
