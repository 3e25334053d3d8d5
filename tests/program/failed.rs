//! `--failed`: the rows that failed can be mended and fed back.

use std::fs;
use std::process::Stdio;

use crate::support::{FAST, Outcome, nine, with_users};

/// Runs `apply` for a file whose row with id 99 fails, and the file of `--failed` through the same command once more.
fn failed_rows(name: &str, text: &[u8], more: &[&str]) -> (String, String) {
    let (setup, _users) = nine();
    setup.file(name, text);
    let run = |input: &str, output: &str| {
        let arguments = ["apply", input, "--attribute", "plan", "--failed", output];
        setup.run(&[&arguments[..], FAST, more].concat())
    };
    let outcome = run(name, "failed");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let first = String::from_utf8_lossy(&fs::read(setup.path("failed")).unwrap()).into_owned();
    // Without a good id it is the attribute or the value that is rejected.
    let outcome = run("failed", "again");
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    let second = String::from_utf8_lossy(&fs::read(setup.path("again")).unwrap()).into_owned();
    (first, second)
}

/// Of a packed file and of a workbook, and not beyond the limit.
#[test]
fn failed_rows_of_packed_files_and_workbooks() {
    let (setup, _users) = nine();
    let plain = "id,plan,note\n1,pro,a\n99,pro,b\n2,pro,c\n98,pro,d\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, plain.as_bytes()).unwrap();
    setup.file("rows.csv.gz", packed.finish().unwrap());
    let words = ["apply", "rows.csv.gz", "--attribute", "plan", "--failed", "failed.csv", "--limit", "3"];
    let outcome = setup.run(&[&words[..], FAST].concat());
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let failed = setup.text("failed.csv");
    assert!(failed.starts_with("id,plan,note,usercom_state,usercom_message\n99,pro,b,rejected,"), "{failed}");
    assert_eq!(failed.lines().count(), 2);
    let (setup, _users) = with_users([10, 22]);
    setup.file("book.xlsx", include_bytes!("fixtures/scores.xlsx"));
    let words = ["apply", "book.xlsx", "--attribute", "score", "--failed", "failed.csv", "--sheet", "Scores"];
    let outcome = setup.run(&[&words[..], FAST].concat());
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let failed = setup.text("failed.csv");
    let (names, row) = failed.split_once('\n').unwrap();
    assert!(names.contains("id,") && names.contains("since") && names.ends_with("_message"), "{failed}");
    assert!(row.contains("\"a, \"\"b\"\"\"") && row.contains("2024-02-29"), "{failed}");
    assert_eq!(failed.lines().count(), 2);
}

/// The file has the failed rows as they were, and is an input itself, in which its own two columns don't count.
#[test]
fn failed_rows_can_be_fed_back() {
    let (first, second) =
        failed_rows("rows.csv", b"note,id,plan\n\"a, b\",1,pro\n\"x \"\"y\"\"\n\",99,pro\nc,2,pro\n", &[]);
    let (header, row) = first.split_once('\n').unwrap();
    assert_eq!(header, "note,id,plan,usercom_state,usercom_message");
    assert!(row.starts_with("\"x \"\"y\"\"\n\",99,pro,rejected,"), "{first}");
    assert!(row.contains("99") && first.lines().count() == 3, "{first}");
    assert_eq!(first, second);

    let (first, second) =
        failed_rows("rows.csv", b"\xef\xbb\xbfid;plan\n99;pro\n1;pro\n", &["--delimiter", ";"]);
    assert!(first.starts_with("\u{feff}id;plan;usercom_state;usercom_message\n99;pro;rejected;"), "{first}");
    assert_eq!(first, second);

    let latin = failed_rows(
        "rows.csv",
        b"id,plan,name\n99,pro,\xa3ukasz\n1,pro,a\n",
        &["--encoding", "windows-1250"],
    );
    assert_eq!(latin.0, latin.1);

    let json = b"{\"id\": 1, \"plan\": \"pro\"}\n{\"x\": [1.50], \"plan\": \"pro\", \"id\": 99}\n";
    let (first, second) = failed_rows("rows.ndjson", json, &[]);
    assert!(
        first.starts_with("{\"x\": [1.50], \"plan\": \"pro\", \"id\": 99, \"usercom_state\": \"rejected\", ")
    );
    assert_eq!(first, second);

    let (first, second) =
        failed_rows("rows.txt", b"id\tplan\tnote\n99\tpro\ta\\tb\n1\tpro\tNULL\n", &["--format", "mysql"]);
    assert!(first.contains("\n99\tpro\ta\\tb\trejected\t"), "{first}");
    assert_eq!(first, second);
}

/// Standard input is kept until the run has ended; lists and files of ids alone become CSV; nothing failed is a header.
#[test]
fn failed_rows_of_other_inputs() {
    let (setup, _users) = nine();
    let arguments = ["apply", "-", "--attribute", "plan", "--failed", "failed.csv"];
    let outcome = setup.piped("id,plan,note\n1,pro,a\n99,pro,b\n", &[&arguments[..], FAST].concat());
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(setup.text("failed.csv").contains("\n99,pro,b,rejected,"));
    let update = |ids: &str| {
        let words = ["update", "--attribute", "plan", "--value", "a", "--failed", "failed.csv", "--ids", ids];
        setup.run(&[&words[..], FAST].concat())
    };
    setup.file("ids.txt", "1\n98\n");
    for (ids, id) in [("1,97", "97"), ("ids.txt", "98")] {
        assert_eq!(update(ids).code, Some(1));
        let failed = setup.text("failed.csv");
        assert!(failed.starts_with(&format!("id,usercom_state,usercom_message\n{id},rejected,")), "{failed}");
    }
    fs::rename(setup.path("failed.csv"), setup.path("again.csv")).unwrap();
    assert_eq!(update("again.csv").code, Some(3), "it is an input");
    update("1,2").ok();
    assert_eq!(setup.text("failed.csv"), "id,usercom_state,usercom_message\n");
    // Of several attributes a row is there once.
    setup.file("rows.csv", "id,plan,score\n1,a,1\n99,b,2\n");
    let words =
        ["apply", "rows.csv", "--attribute", "plan", "--attribute", "score", "--failed", "failed.csv"];
    assert_eq!(setup.run(&[&words[..], FAST].concat()).code, Some(1));
    let failed = setup.text("failed.csv");
    assert!(failed.lines().count() == 2 && failed.contains("plan: rejected: "), "{failed}");
    assert!(failed.contains("; score: rejected: "), "{failed}");
}

/// Another file than the one that was read would give other rows.
#[test]
fn an_input_that_changed_meanwhile_is_not_taken_for_the_same() {
    let (setup, _users) = nine();
    setup.file("rows.csv", "id,plan\n99,pro\n");
    let script = ["apply", "rows.csv", "--attribute", "plan", "--failed", "failed.csv", "--report", "pipe"];
    let fifo = setup.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    // The report is written first: whoever reads it can change the input before it is read again.
    let mut command = setup.command(&[&script[..], FAST].concat());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let reader = fs::File::open(&fifo).unwrap();
    setup.file("rows.csv", "id,plan\n1,pro\n98,pro\n");
    assert!(std::io::read_to_string(reader).unwrap().contains("99,rejected"));
    let outcome = Outcome::of(child.wait_with_output().unwrap());
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
    assert!(
        outcome.stderr.contains("failed: failed.csv: rows.csv: was changed while the run lasted"),
        "{outcome:?}"
    );
    assert!(!setup.path("failed.csv").exists());
}
