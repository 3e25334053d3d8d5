//! Several attributes of one file.

use crate::support::Setup;

/// Each attribute has its column, its type and its run.
#[test]
fn several_attributes_of_one_file() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,score,plan,code\n1,5,pro,007\n2,7,,8\n3,5,free,9\n");
    let outcome = setup.run(&[
        "apply",
        "rows.csv",
        "--attribute",
        "points=score:int",
        "--attribute",
        "plan",
        "--attribute",
        "level=score:text",
        "--empty",
        "skip",
        "--report",
        "states.csv",
    ]);
    for words in [
        "rows.csv: comma-separated UTF-8; 3 rows, ids in column \"id\"",
        "attribute \"points\": values in column \"score\" sent as integer; 3 ids, 2 distinct values, no empty cells; 2 requests",
        "attribute \"plan\": values in column \"plan\" sent as string (inferred; choose another type with --type); 2 ids",
        "attribute \"level\": values in column \"score\" sent as string; 3 ids",
    ] {
        assert!(outcome.ok().stderr.contains(words), "{words}: {outcome:?}");
    }
    let held = |attribute| setup.held(attribute).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
    assert_eq!(held("points"), ["5", "7", "5"]);
    assert_eq!(held("plan"), ["\"pro\"", "\"free\""]);
    assert_eq!(held("level"), ["\"5\"", "\"7\"", "\"5\""]);
    assert!(outcome.stdout.contains("attribute \"points\":\nok: all 3 ids confirmed\n"), "{outcome:?}");
    assert!(outcome.stdout.contains("attribute \"plan\":\nok: all 2 ids confirmed\n"), "{outcome:?}");
    let states = std::fs::read_to_string(setup.path("states.csv")).unwrap();
    assert!(states.starts_with("attribute,id,state,http_status,message\npoints,1,confirmed,,\n"), "{states}");
    assert!(
        states.contains("\nplan,2,not_attempted,,skipped: the row has no value\nplan,3,confirmed,,\n"),
        "{states}"
    );
}

/// One that is rejected says nothing of the others; one whose run stops early leaves those after it alone.
#[test]
fn a_run_that_ends_early() {
    let options = usercom::sandbox::Options {
        unknown_attributes: usercom::sandbox::UnknownAttributes::Reject,
        users: None,
        ..Default::default()
    };
    let setup = Setup::with(options);
    setup.file("rows.csv", "id,a,b\n1,5,6\n2,7,8\n");
    let outcome = setup.run(&["apply", "rows.csv", "--attribute", "a", "--attribute", "b"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert_eq!(outcome.stdout.matches("\nrejected: ").count(), 2, "{outcome:?}");

    let setup = Setup::new();
    setup.file("rows.csv", "id,a,b\n1,5,6\n2,7,8\n");
    let command = ["apply", "rows.csv", "--attribute", "a", "--attribute", "b"];
    let wrong = "w".repeat(64);
    let mut command = setup.command(&command);
    let outcome = crate::support::Outcome::of(command.env("USERCOM_TOKEN", wrong).output().unwrap());
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stdout.contains("attribute \"b\":\nnot attempted: "), "{outcome:?}");
}

/// What can't be meant is refused.
#[test]
fn attributes_that_can_not_be_meant() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,score,plan\n1,5,pro\n");
    for (attributes, words) in [
        (&["points=scroe"][..], "did you mean --attribute points=\"score\"?"),
        (&["plan", "points"], "choose another with --attribute points=COLUMN"),
        (&["plan", "plan=score"], "attribute: \"plan\" is given twice"),
        (&["points=score:numbr"], "\"numbr\" after the colon is no type; types are auto, string"),
        (&["points="], "names no column after the ="),
        (&["plan:int"], "rows.csv: line 2, column \"plan\": value: \"pro\" is not a whole number"),
    ] {
        let given = attributes.iter().flat_map(|attribute| ["--attribute", attribute]);
        let outcome = setup.run(&["apply", "rows.csv"].into_iter().chain(given).collect::<Vec<_>>());
        setup.refused(&outcome, words);
    }
    let outcome = setup.run(&["apply", "rows.csv", "--attribute", "a=plan", "--value-column", "plan"]);
    setup.refused(&outcome, "value_column: is for a single attribute without a column");
}
