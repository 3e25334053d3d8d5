//! The `usercom` program as a shell sees it: exit codes, and what goes to standard output and standard error.
#![cfg(feature = "cli")]

#[path = "support/process.rs"]
mod process;

use std::path::Path;

use process::{Finished, finish};
use usercom::sandbox::{Options, Sandbox, TOKEN};

/// Runs the program for the sandbox's account.
fn usercom(sandbox: &Sandbox, command: &str, file: &Path, more: &[&str]) -> Finished {
    let mut program = process::usercom(&[command, "--subdomain", "acme"]);
    finish(program.args(more).arg(file).env("USERCOM_BASE_URL", sandbox.url()).env("USERCOM_TOKEN", TOKEN))
}

/// `usercom update` for ten batches of ids, which take two seconds at the rate limit, with more arguments.
fn update(sandbox: &Sandbox, folder: &Path, more: &[&str]) -> Finished {
    let ids = folder.join("ids.csv");
    std::fs::write(&ids, (1..=10_000).map(|id| format!("{id}\n")).collect::<String>()).unwrap();
    let arguments = [more, &["--attribute", "plan", "--value", "pro", "--ids"]].concat();
    usercom(sandbox, "update", &ids, &arguments)
}

/// `usercom apply` for a file.
fn apply(sandbox: &Sandbox, attribute: &str, file: &Path) -> Finished {
    usercom(sandbox, "apply", file, &["--attribute", attribute])
}

#[test]
fn the_same_command_resumes() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journals = folder.path().join("journals");
    let journal = ["--journal-dir", journals.to_str().unwrap()];
    let first = update(&sandbox, folder.path(), &[&journal[..], &["--deadline", "1"]].concat());
    assert_eq!(first.code(), Some(3), "{}", first.output());
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 1);
    let sent = sandbox.ledger("plan").len();
    assert!((1000..10_000).contains(&sent), "{sent} ids were set before the deadline");

    let second = update(&sandbox, folder.path(), &journal);
    assert_eq!(second.code(), Some(0), "{}", second.output());
    assert!(second.output().contains(&format!("resumed: {sent} ids")), "{}", second.output());
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 0, "a second run leaves no journal");
    let ledger = sandbox.ledger("plan");
    assert!(ledger.len() == 10_000 && ledger.iter().all(|entry| entry.applied == 1), "sent twice");
}

#[test]
fn an_invalid_file_is_reported_with_the_way_out() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plans.csv");
    for (text, says) in [
        (&b""[..], "is empty"),
        (
            b"user,plan\n1,pro\n",
            "no column \"id\"; its first line names \"user\", \"plan\"; choose another with --id-column",
        ),
        (
            b"id,tariff\n1,pro\n",
            "no column \"plan\"; its first line names \"id\", \"tariff\"; choose another with --value-",
        ),
        (b"id;plan\r\n1;pro\r\n", "columns are separated by commas"),
        (b"id\tplan\n1\tpro\n", "columns are separated by commas"),
        (
            b"id,plan\n1,pro\n1,000,pro\n",
            "line 3: has 3 columns, the first line has 2; what has a comma in it needs quotes",
        ),
        (b"id,plan\n1\n", "line 2: has 1 columns, the first line has 2"),
        (b"id,plan\n1,caf\xe9\n", "line 2: is not UTF-8; save the file as UTF-8"),
        (b"id,plan\n1,pro\n2.0,pro\n", "line 3: \"2.0\" is not one of User.com's ids"),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = apply(&sandbox, "plan", &file);
        let said = output.output();
        assert_eq!(output.code(), Some(2), "{text:?}: {said}");
        assert!(
            said.starts_with(&format!("usercom: {}: ", file.display())) && said.contains(says),
            "{text:?}: {said}"
        );
    }
    assert!(sandbox.ledger("plan").is_empty());
}

#[test]
fn a_column_that_is_sent_as_text_though_some_of_it_is_numbers_is_reported() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scores.csv");
    for (text, says) in [
        ("id,score\n1,5\n2,\n", "usercom: values are sent as string, as not all are written like integer;"),
        ("id,score\n1,5\n2,7\n", "usercom: values are sent as integer;"),
        ("id,score\n1,high\n2,low\n", ""),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = apply(&sandbox, "score", &file);
        let told = &output.stderr;
        assert_eq!(output.code(), Some(0), "{}", output.output());
        assert!(told.starts_with(says) && told.is_empty() == says.is_empty(), "{text:?}: {told}");
    }
}

#[test]
fn an_invalid_option_is_named() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (arguments, says) in [
        (&["--rate-limit", "5000"][..], "usercom: --rate-limit: is outside 0.1 to 1,000"),
        (&["--batch-size", "0"], "usercom: --batch-size: is outside 1 to 10,000 ids"),
        (&["--stall-timeout", "0"], "usercom: --stall-timeout: is outside 1 s to 24 h"),
    ] {
        let finished = update(&sandbox, folder.path(), arguments);
        assert_eq!(finished.code(), Some(2), "{}", finished.output());
        assert!(finished.output().contains(says), "{}", finished.output());
    }
    assert_eq!(sandbox.requests().len(), 0);
}
