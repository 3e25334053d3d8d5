//! A run that is continued by the same command.

use crate::support::Desk;

#[test]
fn the_same_command_resumes_the_run() {
    let desk = Desk::new();
    let journals = desk.path("journals");
    let journal = ["--journal-dir", journals.to_str().unwrap()];
    // Ten batches of ids, which take two seconds at the rate limit.
    let ids: String = (1..=10_000).map(|id| format!("{id}\n")).collect();
    let stopped = desk.update(&ids, &[&journal[..], &["--deadline", "1"]].concat());
    assert_eq!(stopped.code, Some(3), "{stopped:?}");
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 1);
    let sent = desk.held("plan").len();
    assert!((1000..10_000).contains(&sent), "{sent} ids were set before the deadline");

    let finished = desk.update(&ids, &journal);
    assert!(finished.ok().stdout.contains(&format!("resumed: {sent} ids")), "{finished:?}");
    assert_eq!(std::fs::read_dir(&journals).unwrap().count(), 0, "a finished run leaves no journal");
    let ledger = desk.sandbox.ledger("plan");
    assert!(ledger.len() == 10_000 && ledger.iter().all(|entry| entry.applied == 1), "sent twice");
}
