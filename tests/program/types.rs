//! What values are taken for.

use usercom::sandbox::Options;

use crate::support::Setup;

fn column(values: &[&str]) -> String {
    let quoted = values.iter().enumerate().map(|(n, value)| format!("{},\"{value}\"\n", n + 1));
    "id,score\n".to_owned() + &quoted.collect::<String>()
}

/// Rows 69, 70: a type is inferred where every value is written in its one way.
#[test]
fn a_type_is_inferred_where_it_is_clear() {
    for (values, json, kind) in [
        (&["5", "-7", "0"][..], &["5", "-7", "0"][..], "integer"),
        (&["999999999999999"], &["999999999999999"], "integer"),
        (&["5", "0.50"], &["5", "0.50"], "float"),
        (&["TRUE", "FALSE"], &["true", "false"], "boolean"),
        (&["true", "False"], &["true", "false"], "boolean"),
        (&["02134", "00501"], &["\"02134\"", "\"00501\""], "string"),
        (&["12345678901234567890123456"], &["\"12345678901234567890123456\""], "string"),
        (&["1234567890123456"], &["\"1234567890123456\""], "string"),
        (&["pro", "basic"], &["\"pro\"", "\"basic\""], "string"),
        (&["2026-11-23"], &["\"2026-11-23\""], "date"),
        (&["2026-11-23T10:00:00Z"], &["\"2026-11-23T10:00:00Z\""], "datetime"),
        (&["+48600100200"], &["\"+48600100200\""], "string"),
        (&["1.2.3", "192.168.1.1"], &["\"1.2.3\"", "\"192.168.1.1\""], "string"),
    ] {
        let setup = Setup::new();
        let outcome = setup.apply("score", column(values), &[]);
        assert!(
            outcome.ok().stderr.contains(&format!("sent as {kind} (inferred")),
            "{values:?}: {outcome:?}"
        );
        let held: Vec<String> = setup.held("score").into_iter().map(|(_, value)| value).collect();
        assert_eq!(held, json);
        if values.len() == 1 {
            let setup = Setup::new();
            setup.file("ids.csv", "1\n");
            setup.run(&["update", "--attribute", "score", "--value", values[0], "--ids", "ids.csv"]).ok();
            assert_eq!(setup.held("score")[0].1, json[0]);
        }
    }
}

/// Rows 69, 70: a column that looks like several types is refused, with both lines and the option.
#[test]
fn a_mixed_column_is_refused() {
    let setup = Setup::new();
    for (values, words) in [
        (["90210", "02134"], "\"02134\" looks like a code of digits"),
        (["02134", "90210"], "\"90210\" looks like an integer"),
        (["1", "12345678901234567890123456"], "\"12345678901234567890123456\" looks like a code of digits"),
        (["5", "high"], "\"high\" looks like text"),
        (["high", "5"], "\"5\" looks like an integer"),
        (["TRUE", "1"], "\"1\" looks like an integer"),
        (["true", "maybe"], "\"maybe\" looks like text"),
        (["2026-11-23", "soon"], "\"soon\" looks like text"),
        (["0.5", "-"], "\"-\" looks like text"),
    ] {
        let outcome = setup.apply("score", column(&values), &[]);
        setup.refused(&outcome, &format!("usercom: rows.csv: line 3, column \"score\": {words}"));
        assert!(
            outcome.stderr.contains("(rows.csv: line 2") && outcome.stderr.contains("--type"),
            "{outcome:?}"
        );
    }
    setup.apply("score", column(&["90210", "02134"]), &["--type", "string"]).ok();
    assert_eq!(setup.held("score"), [(1, "\"90210\"".to_owned()), (2, "\"02134\"".to_owned())]);
}

/// Row 70: what looks like another type that is written otherwise is refused, with the option that settles it.
#[test]
fn a_value_in_a_spreadsheets_way_is_refused() {
    let setup = Setup::new();
    for odd in [
        "1,5",
        "1.234,56",
        "1,234",
        "1 000",
        "1\u{a0}000",
        "1E+06",
        "1.5e-7",
        "1e3",
        "+5",
        ".5",
        "5.",
        "-0",
        "-007",
        "5%",
        "5 zł",
        "€5",
        "#N/A",
        "#REF!",
        "#DIV/0!",
        "#ADR!",
        "#VALUE!",
        "######",
        "NULL",
        "null",
        "NaN",
        "nan",
        "\\N",
        "None",
        "n/a",
        "26-11-23",
        "23.11.2026",
        "11/23/2026",
        "2026-1-3",
        "2026-02-30",
        "2026-13-01",
        "2026/11/23",
        "2026-11-23 10:00",
        "2026-11-23T10:00:00+01:00",
        " pro",
        "pro ",
        " 5",
        "\tpro",
        "caf\u{fffd}",
        "PRAWDA",
        "pro\u{200b}",
        "\u{feff}pro",
        "a\tb",
        "a\r\nb",
        "0.1234567890123456",
        "-1234567890123456",
    ] {
        let outcome = setup.apply("score", column(&[odd]), &[]);
        setup.refused(&outcome, "usercom: rows.csv: line 2, column \"score\": ");
        assert!(outcome.stderr.contains("--type string"), "{odd}: {outcome:?}");
        setup.file("ids.csv", "1\n");
        let outcome = setup.run(&["update", "--attribute", "score", "--value", odd, "--ids", "ids.csv"]);
        setup.refused(&outcome, "usercom: value: ");
        assert!(outcome.stderr.contains("--type string"), "{odd}: {outcome:?}");
    }
    let odd = ["1,5", "#N/A", "1E+06", " x ", "26-11-23", "NULL", "TRUE"];
    setup.apply("score", column(&odd), &["--type", "string"]).ok();
    let held: Vec<String> = setup.held("score").into_iter().map(|(_, value)| value).collect();
    assert_eq!(held, odd.map(|text| format!("\"{text}\"")));
}

/// Row 67: with a type, a value is taken only in the type's own way.
#[test]
fn a_type_that_is_given_is_kept_to() {
    let setup = Setup::new();
    for (kind, values) in [
        (
            "date",
            &[
                "26-11-23",
                "2026-1-3",
                "2026-02-30",
                "2026-02-29",
                "2026-13-01",
                "23.11.2026",
                "2026-11-23 ",
                "-2026-11-23",
            ][..],
        ),
        (
            "datetime",
            &[
                "2026-11-23",
                "2026-11-23 10:00",
                "2026-11-23 10:00:00Z",
                "2026-11-23T10:00:00",
                "2026-02-30T10:00:00Z",
            ],
        ),
        ("integer", &["007", "+7", " 7", "7.0", "1e3", "1,000", "-0", "x"]),
        ("float", &["1,5", ".5", "+1", "NaN", "inf", "007", "1 000"]),
        ("boolean", &["yes", "1", "0", " true", "T"]),
        ("json", &["{", "'x'", "NaN"]),
    ] {
        for value in values {
            let outcome = setup.apply("score", column(&["", value]), &["--type", kind, "--empty", "skip"]);
            setup.refused(&outcome, "usercom: rows.csv: line 3, column \"score\": value: ");
            setup.file("ids.csv", "1\n");
            let outcome = setup.run(&[
                "update",
                "--attribute",
                "score",
                "--type",
                kind,
                "--value",
                value,
                "--ids",
                "ids.csv",
            ]);
            setup.refused(&outcome, "usercom: value: ");
        }
    }
    for (kind, text, json) in [
        ("boolean", "TRUE", "true"),
        ("date", "2024-02-29", "\"2024-02-29\""),
        ("datetime", "2026-11-23T10:00:00+01:00", "\"2026-11-23T09:00:00Z\""),
        ("integer", "12345678901234567890123456", "12345678901234567890123456"),
        ("float", "0.10", "0.10"),
        ("string", "5", "\"5\""),
    ] {
        setup.apply("score", column(&[text]), &["--type", kind]).ok();
        assert_eq!(setup.held("score")[0].1, json);
    }
}

/// Row 70: rows without a value need an answer to what is meant.
#[test]
fn an_empty_cell_needs_an_option() {
    let text = "id,score\n1,5\n2,\n3,7\n4,\"  \"\n";
    let setup = Setup::new();
    for kind in ["auto", "integer", "string", "json", "boolean", "date"] {
        let outcome = setup.apply("score", text, &["--type", kind]);
        setup.refused(
            &outcome,
            "usercom: rows.csv: line 3, column \"score\": has no value, the first of 2 such rows;",
        );
        assert!(
            outcome.stderr.contains("--empty skip") && outcome.stderr.contains("--empty send"),
            "{outcome:?}"
        );
    }
    let outcome = setup.apply("score", text, &["--empty", "skip", "--report", "states.csv"]);
    assert!(outcome.ok().stderr.contains("2 without a value skipped"), "{outcome:?}");
    assert_eq!(setup.held("score"), [(1, "5".to_owned()), (3, "7".to_owned())]);
    let states = std::fs::read_to_string(setup.path("states.csv")).unwrap();
    let skipped = "not_attempted,,skipped: the row has no value";
    assert_eq!(
        states,
        format!("id,state,http_status,message\n1,confirmed,,\n2,{skipped}\n3,confirmed,,\n4,{skipped}\n")
    );

    let setup = Setup::new();
    let outcome = setup.apply("score", text, &["--empty", "send"]);
    assert!(outcome.ok().stderr.contains("2 without a value sent as empty text"), "{outcome:?}");
    let held: Vec<String> = setup.held("score").into_iter().map(|(_, value)| value).collect();
    assert_eq!(held, ["5", "\"\"", "7", "\"\""]);

    // Of a row that is skipped, the id does not matter; of one that is sent it does.
    let setup = Setup::new();
    setup.apply("score", "id,score\n1,5\nnobody,\n", &["--empty", "skip"]).ok();
    let setup = Setup::new();
    let outcome = setup.apply("score", "id,score\n1,\nnobody,5\n", &["--empty", "skip"]);
    setup.refused(&outcome, "usercom: rows.csv: line 3: \"nobody\" is not one of User.com's ids");

    let setup = Setup::new();
    let outcome = setup.apply("score", "id,score\n1,\n2,\n", &["--empty", "skip"]);
    assert!(outcome.ok().stderr.contains("nothing to send"), "{outcome:?}");
    assert_eq!(setup.sandbox.total(), 0);
    setup.file("ids.csv", "1\n");
    let outcome = setup.run(&["update", "--attribute", "score", "--value", "", "--ids", "ids.csv"]);
    setup.refused(&outcome, "usercom: value: is empty; if that is meant, give --type string");
    setup
        .run(&["update", "--attribute", "score", "--value", "", "--type", "string", "--ids", "ids.csv"])
        .ok();
    assert_eq!(setup.held("score")[0].1, "\"\"");
}

/// Row 69: when the service rejects the values, the type that was inferred is said, and how to choose another.
#[test]
fn a_rejection_says_which_type_was_inferred() {
    let users = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(users.path(), "id,zip\n1,abc\n2,def\n3,ghi\n").unwrap();
    let options = Options { users: Some(users.path().to_owned()), check_types: true, ..Options::default() };
    let setup = Setup::with(options);
    let outcome = setup.apply("zip", "id,zip\n1,90210\n2,90210\n3,90211\n", &[]);
    assert!(outcome.code == Some(3) || outcome.code == Some(1), "{outcome:?}");
    let hint = "the values were sent as integer, which was inferred from how they are written";
    assert!(outcome.stderr.contains(hint) && outcome.stderr.contains("--type"), "{outcome:?}");
    let outcome = setup.apply("zip", "id,zip\n1,90210\n2,90210\n3,90211\n", &["--type", "integer"]);
    assert!(!outcome.stderr.contains("inferred"), "{outcome:?}");
}
