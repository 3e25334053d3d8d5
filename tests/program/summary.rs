//! The paragraph before a run.

use crate::support::Setup;

/// What will be sent is said before it is sent.
#[test]
fn the_summary_says_what_will_be_sent() {
    let setup = Setup::new();
    let outcome = setup.apply(
        "score",
        "\u{feff}id;note;score\r\n1;a;5\r\n2;b;\r\n3;c;5\r\n",
        &["--delimiter", ";", "--empty", "skip"],
    );
    for words in [
        "usercom: rows.csv: semicolon-separated UTF-8 with byte order mark",
        "ids in column \"id\"",
        "values in column \"score\" sent as integer (inferred; for text give --type string)",
        "; 3 rows, ids in column",
        "; 2 ids, 1 distinct value, 1 without a value skipped; 1 request with ",
        "an attribute that changes can start automations on the service",
        "at least 0.0 s at this rate limit",
    ] {
        assert!(outcome.ok().stderr.contains(words), "{words}: {}", outcome.stderr);
    }
    let outcome = setup.update("1\n2\n", &["--type", "string", "--dry-run"]);
    assert!(
        outcome.stderr.contains(
            "usercom: ids.csv: comma-separated UTF-8; 2 rows, ids one per line\nusercom: attribute \"plan\": one value sent as string; 2 ids"
        ),
        "{outcome:?}"
    );
    assert!(outcome.stdout.starts_with("dry_run: "), "{outcome:?}");
    let outcome = setup.piped("id\n7\n", &["update", "--attribute", "plan", "--value", "pro", "--ids", "-"]);
    assert!(outcome.ok().stderr.starts_with("usercom: standard input: "), "{outcome:?}");
    let outcome = setup.piped("id,score\n8,5\n", &["apply", "-", "--attribute", "score"]);
    assert!(outcome.ok().stderr.starts_with("usercom: standard input: "), "{outcome:?}");
}

/// `--quiet` silences it; errors are still said.
#[test]
fn quiet_silences_the_summary() {
    let setup = Setup::new();
    for option in ["--quiet", "-q"] {
        let outcome = setup.update("1\n2\n", &[option]);
        assert!(outcome.ok().stderr.is_empty() && outcome.stdout.starts_with("ok: "), "{outcome:?}");
    }
    let outcome = setup.update("id\nx\n", &["--quiet"]);
    assert!(
        outcome.code == Some(2) && outcome.stderr.starts_with("usercom: ids.csv: line 2: "),
        "{outcome:?}"
    );
}
