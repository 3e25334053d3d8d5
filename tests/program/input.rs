//! What is read: formats, packed files, encodings, lists, and what databases print.

use std::io::Write;

use crate::support::{FAST, Setup};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

/// Whatever the bytes are, the same is sent, and what the file was taken for is said.
#[test]
fn every_format_and_encoding() {
    let utf_16 = |big: bool, mark: &[u8]| {
        let units = "id,plan\n1,\u{142}\u{f3}d\u{17a}\n2,x\n".encode_utf16();
        let bytes = units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        mark.iter().copied().chain(bytes).collect::<Vec<u8>>()
    };
    let utf_8 = "id,plan\n1,\u{142}\u{f3}d\u{17a}\n2,x\n".as_bytes();
    let zstd = include_bytes!("fixtures/plan.csv.zst").to_vec();
    let json =
        "{\"id\": 1, \"plan\": \"\u{142}\u{f3}d\u{17a}\"}\n{\"plan\": \"x\", \"id\": 2, \"more\": [1]}\n";
    for (bytes, options, said) in [
        (utf_8.to_vec(), &[][..], "comma-separated UTF-8;"),
        (gzip(utf_8), &[], "gzip, comma-separated UTF-8;"),
        ([gzip(&utf_8[..20]), gzip(&utf_8[20..])].concat(), &[], "gzip, comma-separated UTF-8;"),
        (zstd.clone(), &[], "zstd, comma-separated UTF-8;"),
        (utf_16(false, b"\xff\xfe"), &[], "comma-separated UTF-16LE with byte order mark;"),
        (utf_16(true, b"\xfe\xff"), &[], "comma-separated UTF-16BE with byte order mark;"),
        (utf_16(false, b""), &[], "comma-separated UTF-16LE;"),
        (
            b"id;plan\r\n1;\xb3\xf3d\x9f\r\n2;x\r\n".to_vec(),
            &["--encoding", "windows-1250"],
            "semicolon-separated windows-1250;",
        ),
        (json.as_bytes().to_vec(), &[], "NDJSON in UTF-8;"),
        (gzip(json.as_bytes()), &[], "gzip, NDJSON in UTF-8;"),
        (
            "id\tplan\n1\t\u{142}\u{f3}d\u{17a}\n2\tx\n".as_bytes().to_vec(),
            &["--format", "tsv"],
            "tab-separated UTF-8;",
        ),
    ] {
        let setup = Setup::new();
        let outcome = setup.apply("plan", &bytes, options);
        assert!(outcome.ok().stderr.contains(&format!("rows.csv: {said} 2 rows")), "{said}: {outcome:?}");
        assert_eq!(
            setup.held("plan"),
            [(1, "\"\u{142}\u{f3}d\u{17a}\"".to_owned()), (2, "\"x\"".to_owned())]
        );
    }
    let setup = Setup::new();
    let truncated = &zstd[..zstd.len() - 5];
    setup.refused(&setup.apply("plan", truncated, &[]), "is compressed with zstd and can't be unpacked");
    let packed = gzip(utf_8);
    let truncated = &packed[..packed.len() - 5];
    setup.refused(&setup.apply("plan", truncated, &[]), "is compressed with gzip and can't be unpacked");
    setup.refused(&setup.apply("plan", utf_8, &["--encoding", "utf-9"]), "is not a known encoding");
    setup.refused(
        &setup.apply("plan", "id,plan\n1,\u{142}\n", &["--encoding", "utf-16le"]),
        "is not UTF-16LE",
    );
}

/// JSON has types of its own.
#[test]
fn json_types_are_kept() {
    let setup = Setup::new();
    let apply = |text: &str, more: &[&str]| setup.apply("v", text, more);
    apply("{\"id\": 1, \"v\": \"5\"}\n\n{\"id\": \"2\", \"v\": \"true\"}\n", &[]).ok();
    assert_eq!(setup.held("v"), [(1, "\"5\"".to_owned()), (2, "\"true\"".to_owned())]);
    apply("{\"id\": 1, \"v\": 5.0}\n{\"id\": 2, \"v\": 7}\n", &[]).ok();
    assert_eq!(setup.held("v"), [(1, "5.0".to_owned()), (2, "7".to_owned())]);
    apply("{\"id\": 1, \"v\": \"5\"}\n{\"id\": 2, \"v\": 7}\n", &["--type", "int"]).ok();
    assert_eq!(setup.held("v"), [(1, "5".to_owned()), (2, "7".to_owned())]);
    apply("{\"id\": 1, \"v\": \"a\"}\n{\"id\": 2, \"v\": [true]}\n", &["--type", "json"]).ok();
    assert_eq!(setup.held("v"), [(1, "\"a\"".to_owned()), (2, "[true]".to_owned())]);
    apply("{\"id\": 1, \"v\": false}\n{\"id\": 2, \"v\": null}\n{\"id\": 3}\n", &["--empty", "skip"]).ok();
    assert_eq!(setup.held("v")[0].1, "false");
    let setup = Setup::new();
    for (text, words) in [
        (
            "{\"id\": 1, \"v\": \"5\"}\n{\"id\": 2, \"v\": 5}\n",
            "line 2, column \"v\": 5 is of the type integer",
        ),
        ("{\"id\": 1, \"v\": 5}\n{\"id\": 2}\n", "line 2, column \"v\": has no value"),
        ("{\"id\": 1, \"V\": 5}\n", "did you mean --value-column \"V\"?"),
        ("{\"id\": 1, \"v\": 5}\nid,v\n", "line 2: is not one JSON object"),
        ("{\"id\": 1.0, \"v\": 5}\n", "line 1: \"1.0\" is not one of User.com's ids"),
    ] {
        setup.refused(&setup.apply("v", text, &[]), words);
    }
}

/// A workbook: numbers, days, booleans, formulas' results, an empty row, two sheets.
#[test]
fn workbooks() {
    let book = include_bytes!("fixtures/scores.xlsx");
    for (attribute, values) in [
        ("score", ["5", "0.3", "1200"]),
        ("since", ["\"2026-11-23\"", "\"2024-02-29\"", "\"2026-01-01\""]),
        ("active", ["true", "false", "true"]),
        ("name", ["\"\u{141}ucja\"", "\"a, \\\"b\\\"\"", "\"x\""]),
    ] {
        let setup = Setup::new();
        let outcome = setup.apply(attribute, book, &["--sheet", "Scores"]);
        assert!(outcome.ok().stderr.contains("Excel workbook, sheet \"Scores\"; 3 rows"), "{outcome:?}");
        assert_eq!(
            setup.held(attribute),
            [10, 15, 22].into_iter().zip(values.map(str::to_owned)).collect::<Vec<_>>()
        );
    }
    let setup = Setup::new();
    let outcome = setup.apply("score", book, &[]);
    setup.refused(&outcome, "has several sheets; choose one with --sheet: \"Scores\", \"Odd\"");
    let outcome = setup.apply("score", book, &["--sheet", "scores"]);
    setup.refused(&outcome, "has no sheet \"scores\"");
    for (attribute, words) in [
        ("error", "row 3, column \"error\": \"#N/A\" is a spreadsheet's error"),
        (
            "moment",
            "row 3, column \"moment\": \"2026-11-23T10:30:00\" looks like a date & time in another notation",
        ),
        ("long", "row 3, column \"long\": \"1.234567890123457E+17\" looks like a number"),
        ("nothing", "sheet \"Odd\": has no column \"nothing\""),
    ] {
        setup.refused(&setup.apply(attribute, book, &["--sheet", "Odd"]), words);
    }
}

/// Ids without a file.
#[test]
fn ids_on_the_command_line() {
    let setup = Setup::new();
    let update = |ids: &str, more: &[&str]| {
        setup.run(&[&["update", "--attribute", "plan", "--value", "pro", "--ids", ids], more].concat())
    };
    let outcome = update("10, 15,22", &[]);
    assert!(outcome.ok().stderr.contains("--ids: a list on the command line; 3 ids\n"), "{outcome:?}");
    assert_eq!(setup.held("plan").len(), 3);
    update("7", &[]).ok();
    update("u-1,", &["--custom-ids"]).ok();
    update("u-1,anna@example.com", &["--custom-ids"]).ok();
    assert!(setup.sandbox.id_of("anna@example.com").is_some());
    let setup = Setup::new();
    let update = |ids: &str| setup.run(&["update", "--attribute", "plan", "--value", "pro", "--ids", ids]);
    setup.refused(&update("10,x"), "--ids: entry 2: \"x\" is not one of User.com's ids");
    setup.refused(&update("10,,15"), "--ids: entry 2: has no id");
    setup.file("10", "1\n");
    setup.refused(&update("10"), "ids: 10 is a list and the name of a file; write ./10 for the file");
    update("./10").ok();
    assert_eq!(setup.held("plan").len(), 1);
}

/// A comma for the decimal point.
#[test]
fn decimal_commas() {
    let setup = Setup::new();
    let apply = |text: &str, more: &[&str]| setup.apply("v", text, &[&["--decimal-comma"], more].concat());
    apply("id;v\n1;1,5\n2;-3\n", &[]).ok();
    assert_eq!(setup.held("v"), [(1, "1.5".to_owned()), (2, "-3".to_owned())]);
    apply("id;v\n1;1,5\n", &["--type", "float"]).ok();
    apply("id;v\n1;1,5\n", &["--type", "string"]).ok();
    assert_eq!(setup.held("v")[0].1, "\"1,5\"");
    let setup = Setup::new();
    for value in ["1.500", "1.234,56", "1.234.567", "23.11.2026", "1,5 z\u{142}"] {
        let outcome = setup.apply("v", format!("id;v\n1;{value}\n"), &["--decimal-comma"]);
        setup.refused(&outcome, "rows.csv: line 2, column \"v\": \"");
    }
}

/// What databases print: `recorded/record` has recorded it, and `make torture` compares it with the real programs.
#[test]
fn what_databases_print() {
    const NAMES: &str = "id,plan,note,points,day";
    for (text, options) in [
        (include_str!("recorded/psql.csv"), &[][..]),
        (include_str!("recorded/mysql.tsv"), &["--format", "mysql"]),
        (include_str!("recorded/mysql-no-names.tsv"), &["--format", "mysql", "--columns", NAMES]),
        (include_str!("recorded/sqlite.csv"), &[]),
        (include_str!("recorded/sqlite-no-header.csv"), &["--columns", NAMES]),
        (include_str!("recorded/duckdb-nullvalue.csv"), &[]),
        // Decimals are strings there.
        (include_str!("recorded/duckdb.ndjson"), &["--type", "float"]),
    ] {
        let setup = Setup::new();
        let attributes =
            ["plan:string", "note:string", "points", "day:date"].map(|name| ["--attribute", name]);
        let arguments = [&["apply", "-", "--empty", "skip"], attributes.as_flattened(), FAST, options];
        setup.piped(text, &arguments.concat()).ok();
        for (attribute, values) in [
            (
                "plan",
                &[(10, "\"pro\""), (15, "\"za\u{17c}\u{f3}\u{142}\u{107} \u{1f389}\""), (22, "\"it's\"")][..],
            ),
            ("note", &[(10, "\"a, \\\"b\\\"; c|d\""), (15, "\"two\\nlines\"")]),
            ("points", &[(10, "1.50"), (15, "-0.25")]),
            ("day", &[(10, "\"2026-11-23\""), (15, "\"2024-02-29\""), (22, "\"2026-01-01\"")]),
        ] {
            let values: Vec<_> = values.iter().map(|(id, value)| (*id, (*value).to_owned())).collect();
            assert_eq!(setup.held(attribute), values, "{attribute} of {text}");
        }
    }
    let setup = Setup::new();
    let outcome = setup.piped(include_str!("recorded/duckdb.csv"), &["apply", "-", "--attribute", "points"]);
    setup.refused(&outcome, "standard input: line 5, column \"points\": \"NULL\"");
    for text in [
        " id | plan \n----+------\n 10 | pro\n(1 row)\n",
        "+----+------+\n| id | plan |\n+----+------+\n| 10 | pro  |\n",
        "\u{250c}\u{2500}\u{2510}\n\u{2502} id \u{2502}\n",
        "| id | plan |\n|:---|---|\n| 10 | pro |\n",
    ] {
        let outcome = setup.piped(text, &["apply", "-", "--attribute", "plan"]);
        setup.refused(
            &outcome,
            "standard input: is a table that is drawn for people; print it as CSV: psql --csv",
        );
    }
    for cell in ["two\\nlines", "a\\tb", "c:\\\\d", "NULL"] {
        for columns in [&[][..], &["--columns", "id,plan"]] {
            let header = if columns.is_empty() { "id\tplan\n" } else { "" };
            let words = ["apply", "-", "--attribute", "plan", "--type", "string"];
            let outcome = setup.piped(&format!("{header}10\t{cell}\n"), &[&words[..], columns].concat());
            setup.refused(
                &outcome,
                "between tabs, as mysql --batch writes it; give --format mysql, or --format tsv",
            );
        }
    }
    let outcome = setup.piped("id\tplan\n1\t5\" pipe\n", &["apply", "-", "--attribute", "plan"]);
    setup.refused(&outcome, "standard input: line 2: has a quote in a cell that does not begin with one");
}
