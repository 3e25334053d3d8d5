//! Quotes of a CSV.

use crate::support::Setup;

/// Row 65: a quote that isn't closed takes the rows after it; the line where it opened is named.
#[test]
fn a_quote_in_the_wrong_place_is_refused_with_the_line_where_it_opened() {
    let setup = Setup::new();
    for (text, line) in [
        ("id,plan\n10,basic\n15,\"pro\n22,basic\n23,pro\n", 3),
        ("id,plan\n10,basic\n15,\"pro\n22,basic\n23,\"pro\"\n", 3),
        ("id,plan\n10,basic\n15,\"pro\n22,basic\n23,pro\"x\n", 3),
        ("id,plan\r\n10,basic\r\n15,\"pro\r\n22,basic\r\n", 3),
        ("id,plan\n\n\n10,basic\n15,\"pro\n", 5),
        ("id,plan\n10,\"basic\" \n", 2),
        ("id,plan\n10, \"basic\"\n", 2),
        ("id,plan\n10,\"ba\"sic\"\n", 2),
        ("id,plan\n10,ba\"sic\n", 2),
        ("id,plan\n10,\"", 2),
        ("id,plan\n10,\"\"\"\n", 2),
        ("id,plan\n\"10,basic\n15,pro\n", 2),
        ("\u{feff}id,plan\n10,\"basic\n", 2),
        // Columns that nobody asked for.
        ("id,plan,note\n10,basic,\"x\n15,pro,y\n", 2),
        ("note,id,plan\n\"two\nlines\",10,basic\n5\" pipe,15,pro\n", 4),
        ("id,plan,\"note\n10,basic,x\n", 1),
        ("id,plan,no\"te\n10,basic,x\n", 1),
    ] {
        let outcome = setup.apply("plan", text, &[]);
        setup.refused(&outcome, &format!("usercom: rows.csv: line {line}: "));
        assert!(outcome.stderr.contains("quote"), "{text:?}: {outcome:?}");
    }
    let outcome = setup.update("id\n\"10\n15\n", &[]);
    setup.refused(&outcome, "ids.csv: line 2: a quote opens here and is never closed");
    let outcome =
        setup.piped("10\n\"15\n", &["update", "--attribute", "plan", "--value", "pro", "--ids", "-"]);
    setup.refused(&outcome, "standard input: line 2: a quote opens here");
    let outcome = setup.apply("plan", "id;plan\n10;\"pro\"x\n", &["--delimiter", ";"]);
    setup.refused(&outcome, "rows.csv: line 2: ");
    let outcome = setup.apply("plan", "id\tplan\n10\t\"pro\n", &["--delimiter", "tab"]);
    setup.refused(&outcome, "rows.csv: line 2: ");
}

/// Row 65: what RFC 4180 allows is read as it is meant.
#[test]
fn quotes_as_they_should_be_are_read() {
    let setup = Setup::new();
    let text = "\u{feff}\"id\",\"plan\",note\r\n\"10\",\"a, \"\"b\"\"\",\"two\r\nlines\"\r\n15,\"\"\"\",x\r\n22,ok,\"\"";
    let outcome = setup.apply("plan", text, &[]);
    assert!(
        outcome.ok().stderr.contains("1 cell spans several lines, the first begins on line 2"),
        "{outcome:?}"
    );
    let expected = [(10, r#""a, \"b\"""#), (15, r#""\"""#), (22, r#""ok""#)];
    assert_eq!(setup.held("plan"), expected.map(|(id, value)| (id, value.to_owned())));
}

/// Row 65: two quotes that are missing in two rows make one well-formed cell of them; the line breaks in it tell.
#[test]
fn a_value_that_spans_lines_is_sent_only_if_it_is_meant() {
    let setup = Setup::new();
    let text = "id,plan\n10,basic\n15,\"pro\n22,basic\n23,pro\"\n";
    let outcome = setup.apply("plan", text, &[]);
    setup.refused(&outcome, "rows.csv: line 3, column \"plan\": ");
    assert!(outcome.stderr.contains("line break") && outcome.stderr.contains("--type string"), "{outcome:?}");
    setup.apply("plan", text, &["--type", "string"]).ok();
    assert_eq!(setup.held("plan")[1].1, r#""pro\n22,basic\n23,pro""#);
}
