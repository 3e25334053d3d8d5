//! `usercom sync`: only what has changed, and never less.
#![cfg(feature = "sync")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use usercom::sandbox::{Options, UnknownIds};

use crate::support::{Outcome, Setup, names};

const SYNC: &[&str] =
    &["sync", "rows.csv", "--attribute", "score", "--rate-limit", "0", "--no-preflight", "--verify", "0"];

fn sync(setup: &Setup, rows: &str, more: &[&str]) -> Outcome {
    setup.file("rows.csv", rows);
    setup.run(&[SYNC, more].concat())
}

/// How often each id was set.
fn applied(setup: &Setup) -> Vec<(i64, u32)> {
    setup.sandbox.ledger("score").iter().map(|entry| (entry.id, entry.applied)).collect()
}

#[track_caller]
fn counted(outcome: &Outcome, words: &str) {
    assert!(outcome.ok().stderr.contains(words), "{words}: {outcome:?}");
}

#[test]
fn only_changes_are_sent() {
    let setup = Setup::new();
    let all = sync(&setup, "id,score\n1,10\n2,20\n3,30\n", &["--dry-run"]);
    counted(&all, "3 ids in total: 3 changed, 0 unchanged, 0 vanished, 0 invalid");
    assert!(!setup.state().exists(), "a dry run leaves nothing");
    counted(&sync(&setup, "id,score\n1,10\n2,20\n3,30\n", &[]), "3 changed, 0 unchanged");
    counted(&sync(&setup, "id,score\n1,10\n2,20\n3,30\n", &[]), "0 changed, 3 unchanged");
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1)]);
    // One changed, one vanished, one is new; the last row of an id wins.
    let outcome = sync(&setup, "id,score\n4,1\n1,10\n2,1\n4,40\n2,21\n", &["--report", "states.csv"]);
    counted(&outcome, "3 ids in total: 2 changed, 1 unchanged, 1 vanished");
    counted(&outcome, "no longer in the file, and left as they are: 3\n");
    assert_eq!(applied(&setup), [(1, 1), (2, 2), (3, 1), (4, 1)]);
    let held: Vec<String> = setup.held("score").into_iter().map(|(_, value)| value).collect();
    assert_eq!(held, ["10", "21", "30", "40"]);
    let states = fs::read_to_string(setup.path("states.csv")).unwrap();
    assert!(states.contains("\n1,not_attempted,,\"skipped: the row has not changed"), "{states}");
    assert!(states.ends_with("\n4,confirmed,,\n2,confirmed,,\n"), "{states}");
    // What vanished is still known when it comes back.
    counted(&sync(&setup, "id,score\n3,30\n", &[]), "0 changed, 1 unchanged, 3 vanished");
    counted(&sync(&setup, "id,score\n3,30\n1,10\n", &["--full"]), "2 changed, 0 unchanged");
    assert_eq!(applied(&setup), [(1, 2), (2, 2), (3, 2), (4, 1)]);
    counted(&sync(&setup, "id,score\n3,31\n1,10\n", &["--dry-run"]), "1 changed, 1 unchanged");
    counted(&sync(&setup, "id,score\n3,31\n1,10\n", &["--limit", "1"]), "1 changed, 0 unchanged, 0 vanished");
    assert!(setup.unfinished().is_empty());
}

/// Another type, attribute, kind of ids or account has a state of its own.
#[test]
fn each_attribute_has_its_own_state() {
    let setup = Setup::new();
    let rows = "id,score,plan\n1,10,a\n2,20,\n";
    counted(&sync(&setup, rows, &[]), "2 changed");
    counted(&sync(&setup, rows, &["--type", "string"]), "2 changed");
    let both = sync(&setup, rows, &["--attribute", "plan", "--empty", "skip", "--type", "string"]);
    counted(&both, "sync of \"score\": 2 ids in total: 0 changed, 2 unchanged");
    counted(&both, "sync of \"plan\": 1 id in total: 1 changed, 0 unchanged, 0 vanished");
    counted(&sync(&setup, rows, &["--custom-ids"]), "2 changed");
    let mut other = setup.command(SYNC);
    counted(&Outcome::of(other.env("USERCOM_SUBDOMAIN", "other").output().unwrap()), "2 changed");
    // A row that has lost its value has not vanished.
    counted(&sync(&setup, "id,score,plan\n1,,a\n2,20,\n", &["--empty", "skip"]), "0 vanished");
}

#[test]
fn only_the_user_can_read_it() {
    let setup = Setup::new();
    counted(&sync(&setup, "id,score\n1,secret-value\n", &[]), "1 changed");
    let folder = setup.state().join("usercom/sync");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files = names(&folder);
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(mode(&folder.join(&files[0])), 0o600);
    let bytes = fs::read(folder.join(&files[0])).unwrap();
    assert!(
        bytes.starts_with(b"SQLite format 3\0") && !bytes.windows(12).any(|part| part == b"secret-value")
    );
    // Damaged: nothing is assumed.
    fs::write(folder.join(&files[0]), "nonsense".repeat(1000)).unwrap();
    let outcome = sync(&setup, "id,score\n1,secret-value\n", &[]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.stderr.contains("remove it, and the next sync sends everything"), "{outcome:?}");
}

/// What the state says of an id it says of this id alone, and another file in its place is refused.
#[test]
fn a_state_that_was_changed_leaves_nothing_out() {
    let setup = Setup::new();
    counted(&sync(&setup, "id,score\n1,5\n", &[]), "1 changed");
    let folder = setup.state().join("usercom/sync");
    let file = folder.join(&names(&folder)[0]);
    let change = |sql: &str| rusqlite::Connection::open(&file).unwrap().execute_batch(sql).unwrap();
    change("UPDATE sent SET id = 2");
    counted(&sync(&setup, "id,score\n2,5\n", &[]), "1 changed");
    counted(&sync(&setup, "id,score\n2,5\n", &[]), "0 changed");
    let good = fs::read(&file).unwrap();
    for damage in [
        "CREATE TRIGGER other AFTER INSERT ON sent BEGIN UPDATE sent SET digest = NULL; END",
        "ALTER TABLE sent ADD COLUMN other",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 7",
        "DELETE FROM salt",
        "UPDATE salt SET bytes = 'x'",
    ] {
        change(damage);
        let outcome = sync(&setup, "id,score\n2,5\n", &[]);
        assert_eq!(outcome.code, Some(2), "{damage}: {outcome:?}");
        let named = format!("state: {}: ", file.display());
        assert!(outcome.stderr.contains(&named), "{damage}: {outcome:?}");
        assert!(
            outcome.stderr.contains("; remove it, and the next sync sends everything"),
            "{damage}: {outcome:?}"
        );
        fs::write(&file, &good).unwrap();
    }
    counted(&sync(&setup, "id,score\n2,5\n", &[]), "0 changed");
}

/// Until they pass.
#[test]
fn rows_that_failed_are_sent_again() {
    let users = tempfile::NamedTempFile::new().unwrap();
    fs::write(users.path(), "id,score\n1,0\n3,0\n").unwrap();
    let options = Options {
        users: Some(users.path().to_owned()),
        unknown_ids: UnknownIds::Reject,
        ..Options::default()
    };
    let setup = Setup::with(options);
    for changed in ["3 changed, 0 unchanged", "1 changed, 2 unchanged", "1 changed, 2 unchanged"] {
        let outcome = sync(&setup, "id,score\n1,1\n2,2\n3,3\n", &[]);
        assert!(outcome.stderr.contains(changed) && outcome.code != Some(0), "{changed}: {outcome:?}");
    }
}

#[test]
fn what_is_invalid_is_counted() {
    let setup = Setup::new();
    let outcome = sync(&setup, "id,score\n1,1\nx,2\ny,3\n", &["--dry-run"]);
    setup.refused(&outcome, "3 ids in total: 1 changed, 0 unchanged, 0 vanished, 2 invalid\n");
    setup.refused(&outcome, "\nusercom: rows.csv: line 3: \"x\" is not one of User.com's ids");
    setup.refused(&outcome, "\nusercom: rows.csv: line 4: \"y\" is not one of User.com's ids");
    setup.refused(&outcome, "\nusercom: nothing would be sent: repair the invalid rows");
    assert!(!setup.state().exists(), "a dry run leaves nothing");
    setup.refused(&sync(&setup, "id,score\n1,1\n", &["--resume"]), "resume: sync always");
    // Each kind of invalid row; the same text twice; an id that vanished, and one whose row is invalid has not.
    sync(&setup, "id,score\n1,1\n2,2\n3,3\n4,4\n", &[]).ok();
    let rows = "id,score\n1,1\n2,x\n3,\n,5\n6,6\n7,x\n";
    let outcome = sync(&setup, rows, &["--dry-run", "--type", "int"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    for words in [
        "6 ids in total: 1 changed, 1 unchanged, 1 vanished, 4 invalid\n",
        "left as they are: 4\n",
        "rows.csv: line 3: value: \"x\" is not a whole number",
        "rows.csv: line 4: has no value\n",
        "rows.csv: line 5: has no id",
        "rows.csv: line 7: value: \"x\"",
    ] {
        assert!(outcome.stderr.contains(words), "{words:?} is not in {}", outcome.stderr);
    }
    let outcome = sync(&setup, rows, &["--dry-run", "--type", "int", "--empty", "skip"]);
    assert!(outcome.stderr.contains("1 vanished, 3 invalid"), "{outcome:?}");
    let outcome = sync(&setup, rows, &["--dry-run", "--type", "string", "--empty", "send"]);
    assert!(
        outcome.stderr.contains("6 ids in total: 5 changed, 0 unchanged, 1 vanished, 1 invalid"),
        "{outcome:?}"
    );
    // Without a type nothing can be compared.
    let outcome = sync(&setup, rows, &["--dry-run", "--empty", "skip"]);
    assert!(outcome.stderr.contains("looks like") && outcome.code == Some(2), "{outcome:?}");
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1), (4, 1)]);
}

#[test]
fn the_same_sync_runs_once_at_a_time() {
    let setup = Setup::with(Options { latency: Duration::from_secs(1), ..Options::default() });
    setup.file("rows.csv", "id,score\n1,1\n");
    let mut first = setup.command(SYNC);
    let first = first.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while setup.sandbox.total() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = setup.run(SYNC);
    assert!(second.code == Some(75) && second.stderr.contains("the same sync is running"), "{second:?}");
    Outcome::of(first.wait_with_output().unwrap()).ok();
    assert_eq!(applied(&setup), [(1, 1)]);
}

/// Killed at any moment, between two contents of the file: in the end the service has what the file has. `torture` makes
/// it long.
#[test]
fn a_sync_that_is_killed_leaves_nothing_out() {
    let rounds = std::env::var("USERCOM_SYNC_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let setup = Setup::with(Options { latency: Duration::from_millis(3), ..Options::default() });
    let ids = 1..=20;
    let content = |turn: u64| -> String {
        let row = |id: u64| format!("{id},{}\n", if (id + turn).is_multiple_of(3) { turn % 2 } else { 7 });
        std::iter::once("id,score\n".to_owned()).chain(ids.clone().map(row)).collect()
    };
    let (mut killed, mut ended) = (0, 0);
    for round in 0..rounds {
        setup.file("rows.csv", content(round));
        let mut command = setup.command(&[SYNC, &["--batch-size", "1", "--workers", "1"]].concat());
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let before = setup.sandbox.total();
        // At another request each time, some before the first.
        let wanted = round * 7 % 12;
        while setup.sandbox.total() < before + wanted && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(round * 613 % 5000));
        child.kill().unwrap();
        match child.wait().unwrap().success() {
            true => ended += 1,
            false => killed += 1,
        }
        if round % 4 == 3 {
            // A content that was there before: what was confirmed before the kill may be overwritten since.
            let turn = round.saturating_sub(2);
            sync(&setup, &content(turn), &[]).ok();
            let wanted: Vec<String> = content(turn).lines().skip(1).map(str::to_owned).collect();
            let held: Vec<String> =
                setup.held("score").into_iter().map(|(id, value)| format!("{id},{value}")).collect();
            assert_eq!(held, wanted, "round {round}");
        }
    }
    assert!(killed > ended, "{killed} killed, {ended} ended before");
}
