//! Who is updated.

use crate::support::Setup;

/// Row 67: an id is taken only if it is written as the service writes it.
#[test]
fn an_id_that_is_written_in_another_way_is_refused() {
    let setup = Setup::new();
    for id in [
        "000123",
        "0123",
        "+123",
        "-123",
        " 123",
        "123 ",
        "\u{a0}123",
        "12.0",
        "1E+06",
        "1e3",
        "12,0",
        "0",
        "-0",
        "0x10",
        "9223372036854775808",
        "99999999999999999999999999",
        "#N/A",
        "1_000",
        "\u{661}",
        "anna@example.com",
    ] {
        let outcome = setup.update(format!("id\n7\n\"{id}\"\n"), &[]);
        setup.refused(&outcome, "usercom: ids.csv: line 3: ");
        assert!(outcome.stderr.contains("--custom-ids"), "{id}: {outcome:?}");
        let outcome = setup.apply("plan", format!("id,plan\n7,pro\n\"{id}\",pro\n"), &[]);
        setup.refused(&outcome, "usercom: rows.csv: line 3: ");
    }
    let outcome = setup.update("000123\n", &[]);
    setup.refused(&outcome, "ids.csv: line 1: \"000123\" is not one of User.com's ids");
    assert!(outcome.stderr.contains("without its zeros it would be user 123"), "{outcome:?}");
    let outcome = setup.update("id,x\n7,1\n,2\n", &[]);
    setup.refused(&outcome, "ids.csv: line 3: has no id");
}

/// Row 67: the largest id is taken, custom ids stay as they are written.
#[test]
fn ids_arrive_as_they_are_written() {
    let setup = Setup::new();
    setup.update("id\n9223372036854775807\n1\n", &[]).ok();
    assert_eq!(setup.held("plan").iter().map(|held| held.0).collect::<Vec<_>>(), [1, i64::MAX]);
    let setup = Setup::new();
    setup.update("id\n000123\nu-1\na b\n12.0\n", &["--custom-ids"]).ok();
    for id in ["000123", "u-1", "a b", "12.0"] {
        assert!(setup.sandbox.id_of(id).is_some(), "{id}");
    }
    let updates = setup.sandbox.requests().into_iter().filter(|request| request.method == "PUT");
    let paths: Vec<String> = updates.map(|request| request.path).collect();
    assert!(!paths.is_empty() && paths.iter().all(|path| path.contains("users-by-id")), "{paths:?}");
}

/// Row 67: custom ids that a spreadsheet or an editor has spoilt.
#[test]
fn a_spoilt_custom_id_is_refused() {
    let setup = Setup::new();
    for (id, words) in [
        ("1.23457E+11", "a spreadsheet has rounded"),
        ("1,23457E+11", "a spreadsheet has rounded"),
        ("#N/A", "a spreadsheet's error"),
        (" u-1", "blanks around it"),
        ("u-1\u{a0}", "blanks around it"),
        ("u\n1", "line break"),
        ("\u{200b}u-1", "can't be seen"),
        ("caf\u{fffd}", "lost characters"),
        ("", "has no id"),
        ("  ", "has no id"),
    ] {
        let outcome = setup.update(format!("id,x\nu-0,1\n\"{id}\",2\n"), &["--custom-ids"]);
        setup.refused(&outcome, "ids.csv: line 3: ");
        assert!(outcome.stderr.contains(words), "{id}: {outcome:?}");
    }
    let outcome = setup.update(format!("id\nu-0\n{}\n", "x".repeat(1025)), &["--custom-ids"]);
    setup.refused(&outcome, "ids.csv: line 3: ");
}

/// Row 99: a list without a header is taken right; a header in the middle of a file is never an id.
#[test]
fn a_header_is_never_an_id_and_an_id_never_a_header() {
    let setup = Setup::new();
    let outcome = setup.update("10\n15\n", &[]);
    assert!(outcome.ok().stderr.contains("ids one per line"), "{outcome:?}");
    assert_eq!(setup.held("plan").len(), 2);
    let setup = Setup::new();
    setup.update("\u{feff}10\r\n\r\n15", &[]).ok();
    assert_eq!(setup.held("plan").len(), 2);
    let setup = Setup::new();
    setup.update("000123\n7\n", &["--custom-ids"]).ok();
    assert!(setup.sandbox.id_of("000123").is_some());

    let setup = Setup::new();
    for custom in [&[][..], &["--custom-ids"]] {
        for text in
            ["id\n10\nid\n15\n", "id\n10\n\u{feff}id\n15\n", "10\nid\n15\n", "id\r\n10\r\n\r\nID\r\n15"]
        {
            let outcome = setup.update(text, custom);
            setup.refused(&outcome, ": names the columns again; were two files joined?");
        }
        let outcome = setup.apply(
            "plan",
            "customer,plan\n10,pro\ncustomer,plan\n15,pro\n",
            &[&["--id-column", "customer"], custom].concat(),
        );
        setup.refused(&outcome, "rows.csv: line 3: names the columns again");
    }
    // A second header with its columns in another order.
    let outcome = setup.apply("plan", "id,plan\nu-1,pro\nplan,id\nbasic,u-2\n", &["--custom-ids"]);
    setup.refused(&outcome, "rows.csv: line 3: names the columns again");
    // Data where the names of the columns should be.
    let outcome = setup.apply("plan", "10,pro\n15,basic\n", &[]);
    setup.refused(&outcome, "if that is data, name its columns, as in --columns");
    let outcome = setup.update("10,pro\n15,basic\n", &[]);
    setup.refused(&outcome, "if that is data, name its columns, as in --columns");
    let outcome = setup.update("u-1\nu-2\n", &["--custom-ids"]);
    setup.refused(&outcome, "has no column \"id\"; its first line names \"u-1\"");
}

/// Row 67: a file with a header only is an empty list.
#[test]
fn an_empty_list_is_fine_and_said() {
    let setup = Setup::new();
    for text in ["id\n", "id", "\u{feff}id\r\n", "id\n\n\n"] {
        let outcome = setup.update(text, &[]);
        assert!(outcome.ok().stderr.contains("there are no ids; nothing to send"), "{outcome:?}");
    }
    let outcome = setup.apply("plan", "id,plan\n", &[]);
    assert!(outcome.ok().stderr.contains("there are no ids"), "{outcome:?}");
    assert_eq!(setup.sandbox.total(), 0);
    let outcome = setup.update("", &[]);
    setup.refused(&outcome, "ids.csv: is empty; put a header and at least one id into it");
}
