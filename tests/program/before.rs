//! What happens before a run: the question, the canaries, a part of the file.

use crate::support::Setup;

fn many() -> String {
    (1..=10_001).map(|id| format!("{id}\n")).collect()
}

const UPDATE: &[&str] = &["update", "--attribute", "plan", "--value", "pro", "--rate-limit", "0", "--ids"];

/// Above 10,000 ids a terminal is asked; a job is not.
#[test]
fn many_ids_are_confirmed_by_a_person() {
    let setup = Setup::new();
    setup.file("ids.csv", many());
    let ask = |answers: &str, more: &[&str]| setup.typed(answers, &[UPDATE, &["ids.csv"], more].concat());
    for answers in ["n\n", "\n", "what\n", "\u{4}"] {
        let outcome = ask(answers, &[]);
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
        assert!(outcome.stdout.contains("update 10,001 ids? [y/N]"), "{outcome:?}");
        assert!(outcome.stdout.contains("nothing was sent; --yes answers the question"), "{outcome:?}");
    }
    assert_eq!(setup.sandbox.total(), 0);
    for (answers, more) in
        [("", &["--dry-run"][..]), ("", &["--limit", "10000"]), ("", &["--yes"]), ("y\n", &[])]
    {
        let outcome = ask(answers, more);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert_eq!(outcome.stdout.contains("[y/N]"), !answers.is_empty(), "{outcome:?}");
    }
    assert_eq!(setup.held("plan").len(), 10_001);
    let setup = Setup::new();
    setup.update(many(), &["--rate-limit", "0"]).ok();
    assert_eq!(setup.held("plan").len(), 10_001);
}

/// `--limit` uses the first rows.
#[test]
fn a_limit_uses_the_first_rows() {
    let setup = Setup::new();
    let outcome = setup.apply("plan", "id,plan\n3,a\n1,b\nx,\n", &["--limit", "2"]);
    assert!(outcome.ok().stderr.contains("2 rows (the rest is left out by --limit)"), "{outcome:?}");
    assert_eq!(setup.held("plan"), [(1, "\"b\"".to_owned()), (3, "\"a\"".to_owned())]);
    let outcome = setup.update("1\n2\n", &["--limit", "2"]);
    assert!(!outcome.ok().stderr.contains("--limit"), "{outcome:?}");
}

/// The first ids are updated and shown; the others when the answer is yes.
#[test]
fn canaries_come_first() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,plan\n3,a\n1,b\n5,c\n7,\n");
    let arguments = [
        "apply",
        "rows.csv",
        "--attribute",
        "plan",
        "--empty",
        "skip",
        "--canary",
        "2",
        "--report",
        "states.csv",
    ];
    let outcome = setup.typed("n\n", &arguments);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(
        outcome
            .stdout
            .contains("canary: attribute \"plan\": 2 of 2 ids confirmed: 3 (confirmed) 1 (confirmed)"),
        "{outcome:?}"
    );
    assert_eq!(setup.held("plan").len(), 2);
    let states = std::fs::read_to_string(setup.path("states.csv")).unwrap();
    assert!(states.contains("\n1,confirmed,,\n5,not_attempted,,\n7,not_attempted,,skipped"), "{states}");
    // Not resumed, then the canaries.
    let outcome = setup.typed("n\ny\n", &arguments);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(setup.held("plan").len(), 3);
    let states = std::fs::read_to_string(setup.path("states.csv")).unwrap();
    assert!(states.contains("\n5,confirmed,,\n7,not_attempted,,skipped"), "{states}");
}

/// A job waits instead, and stops when a canary was not confirmed.
#[test]
fn canaries_of_a_job() {
    let setup = Setup::new();
    let outcome = setup.update("1\n2\n3\n", &["--canary", "1"]);
    setup.refused(&outcome, "canary: there is no terminal to ask on; give --canary-wait");
    let outcome = setup.update("1\n2\n3\n", &["--canary", "1", "--canary-wait", "0.01s"]);
    assert!(outcome.ok().stderr.contains("1 of 1 id confirmed: 1 (confirmed)"), "{outcome:?}");
    assert_eq!(setup.held("plan").len(), 3);

    let users = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(users.path(), "id,plan\n2,x\n3,x\n").unwrap();
    let options = usercom::sandbox::Options {
        users: Some(users.path().to_owned()),
        unknown_ids: usercom::sandbox::UnknownIds::Reject,
        ..Default::default()
    };
    let setup = Setup::with(options);
    let outcome = setup.update("2\n1\n3\n", &["--canary", "2", "--canary-wait", "1h"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stderr.contains("not all canaries were confirmed"), "{outcome:?}");
}
