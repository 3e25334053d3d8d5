//! The paragraph before a run.

use crate::support::Desk;

/// What will be sent is said before it is sent.
#[test]
fn the_summary_says_what_will_be_sent() {
    let desk = Desk::new();
    let said = desk.apply(
        "score",
        "\u{feff}id;note;score\r\n1;a;5\r\n2;b;\r\n3;c;5\r\n",
        &["--delimiter", ";", "--empty", "skip"],
    );
    for words in [
        "usercom: rows.csv: semicolon-separated UTF-8 with byte order mark",
        "ids in column \"id\"",
        "values in column \"score\" sent as integer (inferred; for text give --type string)",
        "3 rows, 1 without a value skipped, 1 distinct value; 1 requests",
        "at least 0.0 s at this rate limit",
    ] {
        assert!(said.ok().stderr.contains(words), "{words}: {}", said.stderr);
    }
    let said = desk.update("1\n2\n", &["--type", "string", "--dry-run"]);
    assert!(
        said.stderr.contains(
            "usercom: ids.csv: comma-separated UTF-8; ids one per line, the value sent as string\n"
        ),
        "{said:?}"
    );
    assert!(said.stdout.starts_with("dry_run: "), "{said:?}");
    let said = desk.piped("id\n7\n", &["update", "--attribute", "plan", "--value", "pro", "--ids", "-"]);
    assert!(said.ok().stderr.starts_with("usercom: standard input: "), "{said:?}");
    let said = desk.piped("id,score\n8,5\n", &["apply", "-", "--attribute", "score"]);
    assert!(said.ok().stderr.starts_with("usercom: standard input: "), "{said:?}");
}

/// `--quiet` silences it; errors are still said.
#[test]
fn quiet_silences_the_summary() {
    let desk = Desk::new();
    for option in ["--quiet", "-q"] {
        let said = desk.update("1\n2\n", &[option]);
        assert!(said.ok().stderr.is_empty() && said.stdout.starts_with("ok: "), "{said:?}");
    }
    let said = desk.update("id\nx\n", &["--quiet"]);
    assert!(said.code == Some(2) && said.stderr.starts_with("usercom: ids.csv: line 2: "), "{said:?}");
}
