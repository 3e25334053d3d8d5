//! A run that is continued by the same command.

use crate::support::Setup;

#[test]
fn the_same_command_resumes_the_run() {
    let setup = Setup::new();
    let journals = setup.path("journals");
    let journal = ["--journal-dir", journals.to_str().unwrap()];
    // Ten batches of ids, which take two seconds at the rate limit.
    let ids: String = (1..=10_000).map(|id| format!("{id}\n")).collect();
    let stopped = setup.update(&ids, &[&journal[..], &["--deadline", "1"]].concat());
    assert_eq!(stopped.code, Some(3), "{stopped:?}");
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 1);
    let sent = setup.held("plan").len();
    assert!((1000..10_000).contains(&sent), "{sent} ids were set before the deadline");

    let finished = setup.update(&ids, &journal);
    assert!(finished.ok().stdout.contains(&format!("resumed: {sent} ids")), "{finished:?}");
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 0, "a finished run leaves no journal");
    let ledger = setup.sandbox.ledger("plan");
    assert!(ledger.len() == 10_000 && ledger.iter().all(|entry| entry.applied == 1), "sent twice");
}
