//! The first line of a file, and files that are no CSV.

use crate::support::{FAST, Setup, nine};

/// Row 68: a name that is there twice is refused if it is used, and only then.
#[test]
fn an_ambiguous_name_is_refused() {
    let setup = Setup::new();
    for (text, words) in [
        ("id,plan,plan\n1,a,b\n", "rows.csv: column \"plan\" is there twice, as columns 2 and 3"),
        ("id,plan, plan \n1,a,b\n", "column \"plan\" is there twice"),
        ("id,id,plan\n1,2,b\n", "column \"id\" is there twice, as columns 1 and 2"),
        ("\u{feff}id,plan,id\n1,b,2\n", "column \"id\" is there twice, as columns 1 and 3"),
    ] {
        let outcome = setup.apply("plan", text, &[]);
        setup.refused(&outcome, words);
    }
    let outcome = setup.update("id,id\n1,2\n", &[]);
    setup.refused(&outcome, "column \"id\" is there twice, as columns 1 and 2; rename one of them, or choose another with --id-column");
    setup.apply("plan", "x,id,x,plan,Plan,\n1,10,2,pro,basic,\n", &[]).ok();
    assert_eq!(setup.held("plan"), [(10, "\"pro\"".to_owned())]);
}

/// Row 76: a header that doesn't match: what it is, and what to do.
#[test]
fn a_header_that_does_not_match_is_refused_with_the_way_out() {
    let setup = Setup::new();
    for (text, words) in [
        (
            "sep=;\r\nid;plan\r\n1;pro\r\n",
            "line 1: is \"sep=;\", which only spreadsheets understand; delete this line",
        ),
        ("\"sep=,\"\r\nid,plan\r\n1,pro\r\n", "line 1: is \"sep=,\""),
        ("id:plan\n1:pro\n", "choose their separator with --delimiter"),
        ("id,paln\n1,pro\n", "did you mean --value-column \"paln\"?"),
        ("id;note, long;Plan\n1;x;pro\n", "did you mean --value-column \"Plan\"?"),
        ("ID,plan\n1,pro\n", "did you mean --id-column \"ID\"?"),
        ("id,Plan\n1,pro\n", "did you mean --value-column \"Plan\"?"),
        ("id,\u{200b}plan\n1,pro\n", "did you mean --value-column"),
        (
            "user,plan\n1,pro\n",
            "has no column \"id\"; its first line names \"user\", \"plan\"; choose another with --id-column",
        ),
        (
            "id,tariff\n1,pro\n",
            "has no column \"plan\"; its first line names \"id\", \"tariff\"; choose another with --value-column",
        ),
    ] {
        let outcome = setup.apply("plan", text, &[]);
        setup.refused(&outcome, words);
    }
    let outcome = setup.apply("plan", "id,plan\n1,pro\n", &["--delimiter", ";"]);
    setup.refused(&outcome, "columns are separated by commas, not by semicolons; leave --delimiter out");
    for delimiter in ["x", "", "\"", "5", ";;"] {
        let outcome = setup.apply("plan", "id,plan\n1,pro\n", &["--delimiter", delimiter]);
        setup.refused(&outcome, "--delimiter");
    }
    // The same letters, composed and decomposed.
    let outcome = setup.apply("za\u{17c}", "id,zaz\u{307}\n1,pro\n", &[]);
    setup.refused(&outcome, "looks the same but is made of other Unicode characters; copy the name from the file into --value-column");
    let outcome = setup.apply("zaz\u{307}", "id,za\u{17c}\n1,pro\n", &[]);
    setup.refused(&outcome, "looks the same but is made of other Unicode characters");
}

/// Row 76: an attribute's name with blanks around it would be found in the header, but be another attribute.
#[test]
fn an_attribute_with_blanks_around_its_name_is_refused() {
    let setup = Setup::new();
    for name in ["plan ", " plan", "plan\u{a0}", "plan\n"] {
        let outcome = setup.apply(name, "id,plan\n1,pro\n", &[]);
        setup.refused(&outcome, "has blanks around it; remove them");
    }
}

/// Row 76: files of another kind.
#[test]
fn a_file_of_another_kind_is_called_what_it_is() {
    let setup = Setup::new();
    for (bytes, words) in [
        (b"PK\x03\x04\x14\0\x06\0".to_vec(), "is not a workbook that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), "is an old Excel workbook (.xls)"),
        (b"\x1f\x8b\x08\0".to_vec(), "is compressed with gzip and can't be unpacked"),
        (b"\x28\xb5\x2f\xfd\0".to_vec(), "is compressed with zstd and can't be unpacked"),
        (b"id,plan\n1,a\0b\n".to_vec(), "line 2: has a NUL byte"),
        (
            b"id,plan\n1,caf\xe9\n".to_vec(),
            "line 2: is not UTF-8; if \"1,caf\u{e9}\" is how it should read, give --encoding windows-1250",
        ),
        (b"id,plan,note\r\n1,pro,x\r\n2,pro,\xb3\xf3d\xbc\r\n".to_vec(), "line 3: is not UTF-8"),
        (b"[{\"id\": 1}]".to_vec(), "is a JSON array; give one object per line"),
        (b"<!DOCTYPE html>\n<title>Log in</title>".to_vec(), "is HTML or XML"),
        (b"".to_vec(), "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n".to_vec(), "is empty"),
    ] {
        let outcome = setup.apply("plan", &bytes, &[]);
        setup.refused(&outcome, words);
        assert!(outcome.stderr.starts_with("usercom: rows.csv: "), "{outcome:?}");
    }
    let outcome = setup.run(&["apply", "nowhere.csv", "--attribute", "plan"]);
    setup.refused(&outcome, "usercom: nowhere.csv: No such file");
    let outcome = setup.run(&["apply", ".", "--attribute", "plan"]);
    setup.refused(&outcome, "usercom: .: Is a directory");
}

/// Row 76: other separators, chosen and found out; the last column and the last line, too.
#[test]
fn the_right_separator_is_used() {
    for (delimiter, text) in [
        (";", "id;note;plan\r\n10;\"a;b, c\";pro, max\r\n15;;x"),
        ("tab", "id\tnote\tplan\n10\ta\tpro, max\n15\t\tx\n"),
        ("|", "id|note|plan\n10|a|pro, max\n15||x\n"),
        (",", "\u{feff}note,plan,id\r\n,\"pro, max\",10\r\n\"a\nb\",x,15"),
    ] {
        for options in [&["--delimiter", delimiter][..], &[]] {
            let setup = Setup::new();
            setup.apply("plan", text, options).ok();
            assert_eq!(setup.held("plan"), [(10, "\"pro, max\"".to_owned()), (15, "\"x\"".to_owned())]);
        }
    }
}

/// A file without a header, as sqlite3 prints it: its columns get names.
#[test]
fn columns_without_a_header_are_named() {
    for (text, columns, more) in [
        ("10,5\n15,7\n", "id,v", &[][..]),
        ("5,x,10\r\n7,\"y, z\",15\r\n", "v,,id", &[]),
        ("10;5\n15;7\n", "id,v", &[]),
        ("10,\"5;\",5\n15,,7\n", "id,,v", &[]),
        ("x,y;10;5\nz;15;7\n", ",id,v", &[]),
        ("10\t5\n15\t7\n", "id,v", &["--format", "tsv"]),
        ("10\t5\n15\t7\n", "id,v", &["--format", "mysql"]),
        // It has one all the same.
        ("id,v\n10,5\n15,7\n", "id,v", &[]),
        ("id\tv\tw\n10\t5\t\n15\t7\t\n", "id,v", &["--format", "mysql"]),
        ("id,v,usercom_state,usercom_message\n10,5,rejected,x\n15,7,,\n", "id,v", &[]),
        ("10,5\n15,7\n", "user,\"the, value\"", &["--id-column", "user", "--value-column", "the, value"]),
    ] {
        let setup = Setup::new();
        setup.apply("v", text, &[&["--columns", columns], more].concat()).ok();
        assert_eq!(setup.held("v"), [(10, "5".to_owned()), (15, "7".to_owned())], "{text}");
    }
    let setup = Setup::new();
    for (text, more, words) in [
        (
            "10,5\n15,7\n",
            &[][..],
            "rows.csv: has no column \"id\"; its first line names \"10\", \"5\"; if that is data, \
                                   name its columns, as in --columns id,v (sqlite3 prints the names with -header)",
        ),
        ("10\n15\n", &[], "if that is data, name its columns"),
        ("10,5,x\n", &[], "name its columns, as in --columns id,v,\u{2026} (sqlite3"),
        (
            "10,5\n",
            &["--columns", "id,w"],
            "has no column \"v\"; --columns names \"id\", \"w\"; choose another",
        ),
        ("10,5\n", &["--columns", "id,V"], "did you mean --value-column \"V\"?"),
        ("10,5\n", &["--columns", "id,v,w"], "line 1: has 2 columns, and --columns names 3"),
        ("10,5\n", &["--columns", "id,id"], "column \"id\" is there twice"),
        ("10,5\n15\n", &["--columns", "id,v"], "line 2: has 1 column, the first line has 2"),
        (
            "u;1,5\n",
            &["--columns", "id,v", "--custom-ids"],
            "line 1: has 2 columns with commas and with semicolons between them",
        ),
        (
            "10\t5\n",
            &["--columns", "id", "--format", "mysql"],
            "line 1: has 2 columns, and --columns names 1",
        ),
        ("10,5\nid,v\n", &["--columns", "id,v"], "line 2: names the columns again"),
        (
            "{\"id\": 1, \"v\": 5}\n",
            &["--columns", "id,v"],
            "rows.csv: each object names its own; leave --columns out",
        ),
        ("", &["--columns", "id,v"], "is empty"),
        ("10,5\n", &["--columns", ","], "names no columns; write them like id,plan"),
    ] {
        setup.refused(&setup.apply("v", text, more), words);
    }
    let outcome = setup.apply("score", include_bytes!("fixtures/scores.xlsx"), &["--columns", "id,score"]);
    setup.refused(&outcome, "a workbook names its columns in its first row; leave --columns out");
    let outcome = setup.update("10\n15\n", &["--columns", "id"]);
    assert!(outcome.ok().stderr.contains("2 rows, ids in column \"id\""), "{outcome:?}");
    let outcome = setup.update("10,x\n22,y\n", &["--columns", "id,name"]);
    assert!(outcome.ok().stderr.contains("2 rows, ids in column \"id\""), "{outcome:?}");
    assert_eq!(setup.held("plan").len(), 3);
}

/// What failed of such a file can be fed back.
#[test]
fn failed_rows_of_a_file_without_a_header() {
    let (setup, _users) = nine();
    let apply = |name: &str| {
        let words = ["apply", name, "--attribute", "v", "--columns", "id,v", "--failed", "failed.csv"];
        setup.run(&[&words[..], FAST].concat())
    };
    setup.file("rows.csv", "1,5\n99,7\n2,5\n");
    assert_eq!(apply("rows.csv").code, Some(1));
    let failed = setup.text("failed.csv");
    assert!(failed.starts_with("id,v,usercom_state,usercom_message\n99,7,rejected,"), "{failed}");
    setup.file("mended.csv", failed.replace("99,", "3,"));
    apply("mended.csv").ok();
    assert_eq!(setup.held("v"), [(1, "5".to_owned()), (2, "5".to_owned()), (3, "7".to_owned())]);
}
