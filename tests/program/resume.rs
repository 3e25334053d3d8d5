//! Runs that end early: how they are resumed, and when they are not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use usercom::sandbox::{Options, TOKEN};

use crate::support::{Outcome, Setup, names};

/// One request per id, without a rate limit and without reads.
const SINGLY: &[&str] = &["--batch-size", "1", "--rate-limit", "0", "--no-preflight", "--verify", "0"];
/// Ends early after two requests; so do those that resume.
const TWO: &[&str] = &["--max-requests", "2"];

fn apply<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["apply", "rows.csv", "--attribute", "plan"], SINGLY, more].concat()
}

/// Three ids, of which two were sent.
fn ended_early(setup: &Setup) -> Outcome {
    setup.file("rows.csv", "id,plan\n1,a\n2,b\n3,c\n");
    let outcome = setup.run(&apply(TWO));
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    outcome
}

/// The id of the run, as the last message has it.
fn id(outcome: &Outcome) -> String {
    let found =
        outcome.stderr.lines().find_map(|line| line.strip_prefix("usercom: to resume, run: usercom resume "));
    found.unwrap_or_else(|| panic!("{outcome:?}")).to_owned()
}

fn applied(setup: &Setup) -> Vec<(i64, u32)> {
    setup.sandbox.ledger("plan").iter().map(|entry| (entry.id, entry.applied)).collect()
}

#[test]
fn a_run_that_ended_early_is_listed_and_resumed() {
    let setup = Setup::new();
    let id = id(&ended_early(&setup));
    let kept = setup.unfinished();
    assert_eq!(kept.len(), 2, "{kept:?}");
    for name in &kept {
        let path = setup.state().join("usercom/runs").join(name);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        assert!(!fs::read_to_string(&path).unwrap().contains(TOKEN), "{name}");
    }
    let mode = fs::metadata(setup.state().join("usercom/runs")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);

    let list = setup.run(&["runs"]);
    let row = list.ok().stdout.lines().nth(1).unwrap().to_owned();
    assert!(row.starts_with(&id) && row.contains("ago  ended early") && row.contains("3    2"), "{row}");
    assert!(row.contains("plan") && row.ends_with("rows.csv"), "{row}");
    let list = setup.run(&["runs", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&list.ok().stdout).unwrap();
    assert_eq!((&json["confirmed"], &json["state"]), (&2.into(), &"ended early".into()), "{json}");

    // From elsewhere, and by the beginning of its id.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = setup.command(&["resume", &id[..5]]);
    let outcome = Outcome::of(command.current_dir(elsewhere.path()).output().unwrap());
    assert!(outcome.ok().stdout.contains("3 ids: 3 confirmed"), "{outcome:?}");
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1)]);
    assert!(setup.unfinished().is_empty(), "a finished run leaves nothing: {:?}", setup.unfinished());
    let outcome = setup.run(&["resume", "--last"]);
    assert!(outcome.code == Some(2) && outcome.stderr.contains("there is no unfinished run"), "{outcome:?}");
    let outcome = setup.run(&["resume", &id]);
    assert!(outcome.code == Some(2) && outcome.stderr.contains("usercom runs lists them"), "{outcome:?}");
    assert!(setup.run(&["runs"]).ok().stdout.contains("there are no unfinished runs"));
}

/// A ends early, B is written, A again: what B wrote over must not be left out.
#[test]
fn the_same_command_starts_afresh() {
    let setup = Setup::new();
    ended_early(&setup);
    setup.update("1\n2\n3\n", &["--rate-limit", "0"]).ok();
    let outcome = setup.run(&apply(&[]));
    assert!(
        outcome
            .ok()
            .stderr
            .contains("ended early, after 2 of 3 ids; starting afresh; --resume would resume it")
    );
    let held: Vec<String> = setup.held("plan").into_iter().map(|(_, value)| value).collect();
    assert_eq!(held, ["\"a\"", "\"b\"", "\"c\""]);
    assert_eq!(applied(&setup), [(1, 3), (2, 3), (3, 2)]);
    let left = setup.unfinished();
    assert!(left.iter().all(|name| name.ends_with(".stale")), "{left:?}");
}

#[test]
fn a_job_resumes_with_the_option() {
    let setup = Setup::new();
    ended_early(&setup);
    let outcome = setup.run(&apply(&["--resume"]));
    assert!(outcome.ok().stderr.contains("after 2 of 3 ids; resuming it"), "{outcome:?}");
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1)]);
    // With nothing to resume it is an ordinary run.
    setup.run(&apply(&["--resume"])).ok();
    assert_eq!(applied(&setup), [(1, 2), (2, 2), (3, 2)]);
}

#[test]
fn a_terminal_asks() {
    for (answer, sent) in [("y\n", [(1, 1), (2, 1), (3, 1)]), ("n\n", [(1, 2), (2, 2), (3, 1)])] {
        let setup = Setup::new();
        ended_early(&setup);
        let outcome = setup.typed(answer, &apply(&[]));
        assert!(outcome.stdout.contains("resume it? (no starts afresh) [y/N]"), "{outcome:?}");
        assert_eq!((outcome.code, applied(&setup)), (Some(0), sent.to_vec()), "{outcome:?}");
    }
}

#[test]
fn what_would_not_be_the_same_is_not_resumed() {
    let setup = Setup::new();
    let id = id(&ended_early(&setup));
    let refused = |outcome: Outcome, words: &str| {
        assert!(outcome.code == Some(2) && outcome.stderr.contains(words), "{words}: {outcome:?}");
        assert_eq!(applied(&setup), [(1, 1), (2, 1)], "something was sent");
    };
    let rows = fs::read(setup.path("rows.csv")).unwrap();
    setup.file("rows.csv", "id,plan\n1,a\n2,b\n3,d\n");
    refused(setup.run(&["resume", &id]), "rows.csv has changed since the run began; run the command again");
    fs::remove_file(setup.path("rows.csv")).unwrap();
    refused(setup.run(&["resume", &id]), "rows.csv: No such file");
    let record = setup.unfinished().into_iter().find(|name| name.ends_with(".run")).unwrap();
    let record = setup.state().join("usercom/runs").join(record);
    fs::set_permissions(&record, fs::Permissions::from_mode(0o622)).unwrap();
    refused(setup.run(&["resume", &id]), "can be changed by others (mode 0622)");
    fs::set_permissions(&record, fs::Permissions::from_mode(0o600)).unwrap();
    // The same bytes, written again.
    setup.file("rows.csv", rows);
    let other = Setup::new();
    let mut command = setup.command(&["resume", &id]);
    command.env("USERCOM_BASE_URL", other.sandbox.url());
    refused(Outcome::of(command.output().unwrap()), "the command would send something else now: the account");
    assert_eq!(other.sandbox.total(), 0);
    setup.run(&["resume", &id]).ok();

    let setup = Setup::new();
    let piped = [&["apply", "-", "--attribute", "plan"], SINGLY, TWO].concat();
    let outcome = setup.piped("id,plan\n1,a\n2,b\n3,c\n", &piped);
    assert!(
        outcome.stderr.contains("run the same command again with the same input and --resume"),
        "{outcome:?}"
    );
    let outcome = setup.run(&["resume", "--last"]);
    assert!(
        outcome.code == Some(2) && outcome.stderr.contains("the input was standard input"),
        "{outcome:?}"
    );
    setup.piped("id,plan\n1,a\n2,b\n3,c\n", &[&piped[..], &["--resume"]].concat()).ok();
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1)]);
}

#[test]
fn an_old_run_is_not_resumed() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,plan\n1,a\n2,b\n3,c\n");
    let command = apply(&[TWO, &["--journal-max-age", "1"]].concat());
    let id = id(&setup.run(&command));
    std::thread::sleep(Duration::from_millis(2100));
    let outcome = setup.run(&["resume", &id]);
    assert!(
        outcome.code == Some(2) && outcome.stderr.contains("run the command again to send everything"),
        "{outcome:?}"
    );
    assert!(setup.run(&["runs"]).ok().stdout.contains("too old to resume"));
}

/// An attribute that is done is not sent again.
#[test]
fn all_runs_of_a_command_are_resumed() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,plan,score\n1,a,1\n2,b,2\n3,c,\n");
    let both = ["apply", "rows.csv", "--attribute", "score", "--attribute", "plan", "--empty", "skip"];
    let ended = [&both[..], SINGLY, TWO].concat();
    // score has two ids and is done; plan has three.
    let outcome = setup.run(&ended);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    let before = setup.sandbox.total();
    let outcome = setup.run(&["resume", "--last"]);
    assert!(
        outcome.ok().stdout.contains("2 ids: 2 confirmed") && outcome.stdout.contains("3 ids: 3 confirmed")
    );
    assert_eq!(setup.sandbox.total(), before + 1, "only the last id of plan was left");
    assert!(setup.unfinished().is_empty(), "{:?}", setup.unfinished());
}

/// Canaries have a run of their own.
#[test]
fn canaries_are_not_sent_again() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,plan\n1,a\n2,b\n3,c\n4,d\n");
    let command = apply(&[&["--canary", "1", "--canary-wait", "0.01s"], TWO].concat());
    assert_eq!(setup.run(&command).code, Some(3));
    setup.run(&["resume", "--last"]).ok();
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1), (4, 1)]);
    assert!(setup.unfinished().is_empty(), "{:?}", setup.unfinished());
}

#[test]
fn a_list_of_ids_is_resumed() {
    let setup = Setup::new();
    let list = [&["update", "--attribute", "plan", "--value", "a", "--ids", "1,2,3"], SINGLY, TWO].concat();
    let id = id(&setup.run(&list));
    setup.run(&["resume", &id]).ok();
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1)]);
}

#[test]
fn in_another_directory() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,plan\n1,a\n2,b\n3,c\n");
    let journals = ["--journal-dir", "journals"];
    let outcome = setup.run(&apply(&[TWO, &journals].concat()));
    let command = id(&outcome);
    assert!(command.contains(" --journal-dir /"), "{command}");
    assert!(setup.unfinished().is_empty() && names(&setup.path("journals")).len() == 2);
    assert!(setup.run(&["runs"]).ok().stdout.contains("no unfinished runs"));
    assert!(setup.run(&[&["runs"], &journals[..]].concat()).ok().stdout.contains("ended early"));
    setup.run(&[&["resume"], &command.split(' ').collect::<Vec<_>>()[..]].concat()).ok();
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1)]);
    assert!(names(&setup.path("journals")).is_empty());
}

/// A pipe with a name is read once only; a refusal before anything is sent leaves nothing.
#[test]
fn a_pipe_and_a_refusal() {
    let setup = Setup::new();
    let script = "mkfifo rows.csv; printf 'id,plan\\n1,a\\n2,b\\n3,c\\n' > rows.csv & exec \"$0\" \"$@\"";
    let outcome = Outcome::of(setup.by_shell(script, &apply(TWO)).output().unwrap());
    assert!(outcome.stderr.contains("the same input and --resume"), "{outcome:?}");
    assert!(setup.run(&["runs"]).ok().stdout.contains("(a pipe)"));

    let setup =
        Setup::with(Options { attributes: vec!["plan:integer".parse().unwrap()], ..Options::default() });
    setup.file("rows.csv", "id,plan\n1,a\n");
    let outcome = setup.run(&["apply", "rows.csv", "--attribute", "plan"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(setup.unfinished().is_empty(), "{:?}", setup.unfinished());
}

/// Nothing is kept of what can't be resumed: not on demand, not after a dry run, not when nothing was sent.
#[test]
fn without_a_journal() {
    let setup = Setup::new();
    setup.file("rows.csv", "id,plan\n1,a\n2,b\n3,c\n");
    let outcome = setup.run(&apply(&[TWO, &["--no-journal"]].concat()));
    assert!(outcome.code == Some(3) && !outcome.stderr.contains("resume"), "{outcome:?}");
    setup.run(&apply(&["--dry-run"])).ok();
    let wrong = "x".repeat(64);
    let outcome = Outcome::of(setup.command(&apply(&[])).env("USERCOM_TOKEN", wrong).output().unwrap());
    assert!(outcome.code == Some(3) && !outcome.stderr.contains("to resume"), "{outcome:?}");
    assert!(setup.unfinished().is_empty(), "{:?}", setup.unfinished());
    let outcome = setup.run(&apply(&["--no-journal", "--resume"]));
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    // A place that is none is no reason not to run.
    setup.file("file", "");
    let file = setup.path("file");
    let outcome = Outcome::of(setup.command(&apply(&[])).env("XDG_STATE_HOME", &file).output().unwrap());
    assert!(
        outcome.ok().stderr.contains("no journal can be kept, so that this run can't be resumed"),
        "{outcome:?}"
    );
    let outcome = setup.run(&apply(&["--journal-dir", "file"]));
    assert!(outcome.code == Some(3) && outcome.stdout.starts_with("journal: "), "{outcome:?}");
}

#[test]
fn the_same_update_runs_once_at_a_time() {
    let setup = Setup::with(Options { latency: Duration::from_secs(1), ..Options::default() });
    setup.file("rows.csv", "id,plan\n1,a\n2,b\n3,c\n");
    let mut first = setup.command(&apply(&["--workers", "1"]));
    let first = first.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while setup.sandbox.total() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(setup.run(&["runs"]).ok().stdout.contains("  running  "));
    let second = setup.run(&apply(&["--workers", "1"]));
    assert!(second.stdout.starts_with("busy: ") && second.stdout.contains("3 not attempted"), "{second:?}");
    Outcome::of(first.wait_with_output().unwrap()).ok();
    assert_eq!(applied(&setup), [(1, 1), (2, 1), (3, 1)]);
}

/// Who has answered after the canaries is not asked again, nor is there a second wait.
#[test]
fn canaries_are_asked_about_once() {
    let setup = Setup::new();
    setup.file("ids.csv", (1..=2_000).map(|id| format!("{id}\n")).collect::<String>());
    let update = |value: &'static str, more: &[&'static str]| {
        let words =
            "--attribute plan --ids ids.csv --no-preflight --verify 0 --rate-limit 0 --batch-size 100";
        let limits = ["--max-requests", "5", "--canary", "2", "--value", value];
        let words: Vec<&str> = ["update"].into_iter().chain(words.split(' ')).chain(limits).collect();
        [&words, more].concat()
    };
    let resumed = |setup: &Setup| setup.run(&["resume", "--last"]);
    // Not yet answered.
    let outcome = setup.typed("n\n", &update("pro", &[]));
    assert!(outcome.stdout.contains("update all others? [y/N]"), "{outcome:?}");
    assert_eq!(setup.held("plan").len(), 2);
    let outcome = resumed(&setup);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.stderr.contains("canary: there is no terminal to ask on"), "{outcome:?}");
    assert!(outcome.stderr.contains("to resume, run: usercom resume"), "{outcome:?}");
    // Answered: the limit of requests ends the run.
    let outcome = setup.typed("y\ny\n", &update("pro", &[]));
    assert!(
        outcome.stdout.contains("resume it?") && outcome.stdout.contains("\nrequest_limit: "),
        "{outcome:?}"
    );
    let held = setup.held("plan").len();
    let outcome = resumed(&setup);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(!outcome.stderr.contains("canary"), "{outcome:?}");
    assert!(held > 2 && setup.held("plan").len() > held, "{held}");
    // Started afresh, it asks again.
    let outcome = setup.typed("n\nn\n", &update("pro", &[]));
    assert!(outcome.stdout.contains("update all others? [y/N]"), "{outcome:?}");

    // The latest of two runs of the same second is any of them.
    std::fs::remove_dir_all(setup.state()).unwrap();
    let outcome = setup.run(&update("free", &["--canary-wait", "0s"]));
    assert!(
        outcome.stderr.contains("waiting 0 s before all others") && outcome.code == Some(3),
        "{outcome:?}"
    );
    let outcome = resumed(&setup);
    assert!(!outcome.stderr.contains("waiting") && outcome.code == Some(3), "{outcome:?}");
}
