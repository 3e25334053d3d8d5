//! Numbers in options.

use crate::support::Setup;

/// Row 74: a number that can't be meant is refused with the bounds.
#[test]
fn a_number_that_can_not_be_meant_is_refused_with_the_bounds() {
    let setup = Setup::new();
    let rate = "0.1 to 1,000 requests per second; 0 is no limit";
    for (option, value, words) in [
        ("--rate-limit", "1e-30", rate),
        ("--rate-limit", "-1", rate),
        ("--rate-limit", "-0", rate),
        ("--rate-limit", "-1e-30", rate),
        ("--rate-limit", "0.01", rate),
        ("--rate-limit", "5000", rate),
        ("--rate-limit", "1e300", rate),
        ("--rate-limit", "1e999", rate),
        ("--rate-limit", "nan", rate),
        ("--rate-limit", "inf", rate),
        ("--rate-limit", "5/s", rate),
        ("--rate-limit", "0,5", rate),
        ("--rate-limit", "", rate),
        ("--batch-size", "0", "1 to 10,000 ids"),
        ("--batch-size", "-1", "1 to 10,000 ids"),
        ("--batch-size", "10001", "1 to 10,000 ids"),
        ("--batch-size", "1.5", "1 to 10,000 ids"),
        ("--batch-size", "99999999999999999999", "1 to 10,000 ids"),
        ("--workers", "0", "1 to 32 workers"),
        ("--workers", "-1", "1 to 32 workers"),
        ("--workers", "4294967296", "1 to 32 workers"),
        ("--max-attempts", "-1", "1 to 20 attempts"),
        ("--max-requests", "0", "1 and more requests"),
        ("--max-requests", "-5", "1 and more requests"),
        ("--stall-timeout", "0", "1 s to 24 h"),
        ("--stall-timeout", "-5", "1 s to 24 h"),
        ("--stall-timeout", "1e-30", "1 s to 24 h"),
        ("--stall-timeout", "1e30", "1 s to 24 h"),
        ("--request-timeout", "0", "1 ms to 1 h"),
        ("--request-timeout", "1e-30", "1 ms to 1 h"),
        ("--request-timeout", "nan", "1 ms to 1 h"),
        ("--journal-max-age", "-1", "1 s to 30 days"),
        ("--journal-max-age", "1e9", "1 s to 30 days"),
        ("--deadline", "-5", "0 or more"),
        ("--deadline", "-0.5", "0 or more"),
        ("--deadline", "nan", "0 or more"),
        ("--deadline", "5s", "0 or more"),
        ("--deadline", "1e30", "longer than any time"),
        ("--api-version", "-1", "--api-version"),
    ] {
        let outcome = setup.update("1\n", &[option, value]);
        setup.refused(&outcome, words);
        assert!(outcome.stderr.contains(option), "{option} {value}: {outcome:?}");
        let outcome = setup.update("1\n", &[&format!("{option}={value}")]);
        setup.refused(&outcome, words);
    }
}

/// Row 74: the sandbox's numbers, too.
#[test]
fn the_sandbox_refuses_such_numbers_by_the_option() {
    let setup = Setup::new();
    for option in ["--port", "--latency", "--rate", "--max-ids", "--max-body", "--burst-401"] {
        for value in ["-1", "1e-30", "99999999999999999999", "x"] {
            let outcome = setup.run(&["sandbox", option, value]);
            setup.refused(&outcome, &format!("'{option} "));
        }
    }
}

/// Row 74: numbers at the bounds are taken.
#[test]
fn numbers_at_the_bounds_are_taken() {
    let setup = Setup::new();
    for arguments in [
        ["--rate-limit", "0.1"],
        ["--rate-limit", "1000"],
        ["--rate-limit", "1e1"],
        ["--rate-limit", "0"],
        ["--workers", "32"],
        ["--batch-size", "10000"],
        ["--stall-timeout", "86400"],
        ["--request-timeout", "0.001"],
        ["--deadline", "1e12"],
    ] {
        setup.update("1\n", &[&arguments[..], &["--dry-run"]].concat()).ok();
    }
    // A deadline that has passed when it begins: nothing is sent.
    let outcome = setup.update("1\n", &["--deadline", "0"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert_eq!(setup.sandbox.total(), 0);
}
