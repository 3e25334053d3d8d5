//! The `usercom` program as a shell sees it: exit codes, and what goes to standard output and standard error.
#![cfg(feature = "cli")]

use std::process::{Command, Output};

use usercom::sandbox::{Options, Sandbox, TOKEN};

/// Runs `usercom update` for ten batches of ids, which take two seconds at the pace, with more arguments.
fn update(sandbox: &Sandbox, folder: &std::path::Path, more: &[&str]) -> Output {
    let ids = folder.join("ids.csv");
    std::fs::write(&ids, (1..=10_000).map(|id| format!("{id}\n")).collect::<String>()).unwrap();
    Command::new(env!("CARGO_BIN_EXE_usercom"))
        .args(["update", "--subdomain", "acme", "--attribute", "plan", "--value", "pro", "--ids"])
        .arg(ids)
        .args(more)
        .env("USERCOM_BASE_URL", sandbox.url())
        .env("USERCOM_TOKEN", TOKEN)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_same_command_goes_on_where_it_stopped() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journals = folder.path().join("journals");
    let journal = ["--journal-dir", journals.to_str().unwrap()];
    let stopped = update(&sandbox, folder.path(), &[&journal[..], &["--deadline", "1"]].concat());
    assert_eq!(stopped.status.code(), Some(3), "{}", said(&stopped));
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 1);
    let sent = sandbox.ledger("plan").len();
    assert!((1000..10_000).contains(&sent), "{sent} ids were set before the deadline");

    let finished = update(&sandbox, folder.path(), &journal);
    assert_eq!(finished.status.code(), Some(0), "{}", said(&finished));
    assert!(said(&finished).contains(&format!("resumed: {sent} ids")), "{}", said(&finished));
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 0, "a finished run leaves no journal");
    let ledger = sandbox.ledger("plan");
    assert!(ledger.len() == 10_000 && ledger.iter().all(|entry| entry.applied == 1), "sent twice");
}
