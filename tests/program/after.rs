//! What is told while a run lasts and after it, and to whom.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::Value as Json;
use usercom::sandbox::Options;

use crate::support::{FAST, Setup, nine};

/// The same reason is told once, with the number of ids.
#[test]
fn reasons_are_grouped() {
    let (setup, _users) = nine();
    let ids: String = (1..30).map(|id| format!("{id}\n")).collect();
    let outcome = setup.update(ids, &["--rate-limit", "1000"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.contains("\n20 ids rejected (http 400): "), "{outcome:?}");
    assert!(
        outcome.stdout.contains(": 10 on line 10, 11 on line 11, 12 on line 12, 17 more\n"),
        "{outcome:?}"
    );
}

/// `--json` prints an object per line; the last one of each attribute is its report.
#[test]
fn json_is_a_line_for_each_event() {
    let (setup, _users) = nine();
    setup.file("rows.csv", "id,plan,score\n1,a,1\n99,b,2\n2,b,2\n");
    let arguments = ["apply", "rows.csv", "--attribute", "plan", "--attribute", "score", "--json"];
    let events = |more: &[&str]| {
        let outcome = setup.run(&[&arguments[..], FAST, more].concat());
        let lines = outcome.stdout.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        (lines.collect::<Vec<_>>(), outcome)
    };
    let (lines, outcome) = events(&[]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let names: Vec<_> = lines.iter().map(|line| (line["event"].clone(), line["attribute"].clone())).collect();
    let expected = [("started", "plan"), ("started", "score"), ("finished", "plan"), ("finished", "score")];
    assert_eq!(names, expected.map(|(event, attribute)| (event.into(), attribute.into())));
    assert_eq!((&lines[0]["ids"], &lines[0]["first"]), (&3.into(), &0.into()));
    let report = &lines[2];
    assert_eq!((&report["status"], &report["rejected"]), (&"partial".into(), &1.into()));
    assert_eq!(report["failures"][0]["id"], "99");
    // Canaries and the rest are one report.
    let (lines, outcome) = events(&["--canary", "1", "--canary-wait", "0s", "--quiet"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["total"], &lines[0]["confirmed"]), (&3.into(), &2.into()), "{}", lines[0]);
    assert_eq!((&lines[0]["status"], &lines[0]["failures"][0]["index"]), (&"partial".into(), &1.into()));
    assert_eq!(lines[0]["not_attempted"], 0);
}

/// The events of a run that takes some seconds tell how far it is.
#[test]
fn progress_is_an_event() {
    let setup = Setup::new();
    let ids: String = (1..=12).map(|id| format!("{id}\n")).collect();
    let outcome = setup.update(ids, &["--json", "--batch-size", "1"]);
    let lines: Vec<Json> =
        outcome.ok().stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let progress: Vec<_> = lines.iter().filter(|line| line["event"] == "progress").collect();
    assert!(!progress.is_empty(), "{outcome:?}");
    for event in progress {
        assert_eq!(event["total"], 12);
        assert!(event["done"].as_u64().unwrap() <= 12 && event["time_left_ms"].is_u64(), "{event}");
    }
    assert_eq!(lines.last().unwrap()["event"], "finished");
}

/// Each run adds a line, which only its owner can read, and a torn line stays one.
#[test]
fn the_history_grows_by_a_line() {
    let (setup, _users) = nine();
    let history = ["--history", "runs.jsonl", "--rate-limit", "1000"];
    setup.update("1\n2\n", &history).ok();
    let mode = fs::metadata(setup.path("runs.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let torn = setup.text("runs.jsonl") + "{\"torn\": ";
    setup.file("runs.jsonl", torn);
    assert_eq!(setup.update("1\n99\n", &history).code, Some(1));
    setup.update("1\n2\n", &[&history[..], &["--dry-run"]].concat()).ok();
    let text = setup.text("runs.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[1]), (3, "{\"torn\": "), "{text}");
    for (line, status) in [(lines[0], "ok"), (lines[2], "partial")] {
        let line: Json = serde_json::from_str(line).unwrap();
        let run = &line["attributes"][0];
        assert_eq!(
            (&run["status"], &run["attribute"], &line["input"]),
            (&status.into(), &"plan".into(), &"ids.csv".into())
        );
        assert!(line["started"].as_str().unwrap().ends_with('Z') && run.get("failures").is_none(), "{line}");
    }
    // Many at once.
    let children: Vec<_> = (0..4)
        .map(|_| {
            let words =
                ["update", "--attribute", "plan", "--value", "a", "--ids", "3,4", "--quiet", "--no-journal"];
            setup.command(&[&words[..], FAST, &history[..2]].concat()).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(
        setup
            .text("runs.jsonl")
            .lines()
            .skip(2)
            .map(serde_json::from_str::<Json>)
            .filter(Result::is_ok)
            .count(),
        5
    );
}

/// The command gets the report, no token, no shell; its failure has an exit code.
#[test]
fn a_command_is_told() {
    let (setup, _users) = nine();
    let update = |command: &str| setup.update("1\n99\n", &["--rate-limit", "1000", "--on-finish", command]);
    let outcome = update("sh -c 'cat > report.json; env > env.txt; echo told; echo $0' '$HOME'");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let report: Json = serde_json::from_str(&setup.text("report.json")).unwrap();
    assert_eq!((&report["status"], &report["confirmed"]), (&"partial".into(), &1.into()));
    let env = setup.text("env.txt");
    assert!(env.contains("USERCOM_SUBDOMAIN=acme") && !env.contains("USERCOM_TOKEN"), "{env}");
    assert!(outcome.stderr.contains("told\n$HOME\n") && !outcome.stdout.contains("told"), "{outcome:?}");
    // One that does not read.
    assert_eq!(update("true").code, Some(1));
    for (command, words) in [
        ("false", "on_finish: false: ended with exit status: 1"),
        ("/nonexistent/x", "on_finish: /nonexistent/x: can't be started: "),
    ] {
        let outcome = update(command);
        assert_eq!(outcome.code, Some(4), "{outcome:?}");
        assert!(outcome.stderr.contains(words) && outcome.stdout.starts_with("partial: "), "{outcome:?}");
    }
    let setup = Setup::new();
    setup.refused(&setup.update("1\n", &["--on-finish", "echo 'x"]), "--on-finish");
    setup.update("1\n", &["--dry-run", "--on-finish", "touch touched"]).ok();
    assert!(!setup.path("touched").exists());
}

/// A file can have one purpose, and is never the input.
#[test]
fn files_that_would_be_lost_are_refused() {
    for option in ["--failed", "--html", "--history"] {
        let setup = Setup::new();
        let name = option.trim_start_matches('-');
        setup.refused(
            &setup.update("1\n", &[option, "ids.csv"]),
            &format!("{name}: ids.csv: is the same file as the input"),
        );
        setup.refused(
            &setup.update("1\n", &["--report", "out", option, "./out"]),
            &format!("{name}: ./out: is the file of --report"),
        );
        setup.refused(&setup.update("1\n", &[option, "."]), &format!("{name}: .: is a directory"));
        assert_eq!(crate::support::names(setup.folder.path()), ["ids.csv"]);
    }
}

/// With `--max-rejected` a run ends early, and the attributes after it are not attempted.
#[test]
fn too_many_rejected_ids_end_everything() {
    for (most, code) in [("3", 3), ("10%", 3), ("60%", 1), ("0", 1)] {
        let (setup, _users) = nine();
        let ids: String = (1..=20).map(|id| format!("{id},{id},{id}\n")).collect();
        setup.file("rows.csv", format!("id,plan,score\n{ids}"));
        let words = ["apply", "rows.csv", "--attribute", "plan:string", "--attribute", "score:string"];
        let outcome = setup.run(&[&words[..], FAST, &["--max-rejected", most]].concat());
        assert_eq!(outcome.code, Some(code), "{most}: {outcome:?}");
        let stopped = outcome.stdout.contains("too_many_rejected: ");
        assert_eq!(stopped, code == 3, "{outcome:?}");
        assert_eq!(
            outcome.stdout.contains("not attempted: the command stopped before this attribute"),
            stopped
        );
        assert_eq!(setup.held("score").is_empty(), stopped);
    }
    let setup = Setup::new();
    setup.refused(&setup.update("1\n", &["--max-rejected", "101%"]), "--max-rejected");
}

/// When a later attribute is refused, the report of the earlier one is not lost.
#[test]
fn what_was_sent_is_told_when_a_later_attribute_is_refused() {
    let options = Options { attributes: vec!["score:integer".parse().unwrap()], ..Options::default() };
    let setup = Setup::with(options);
    setup.file("rows.csv", "id,plan,score\n1,a,many\n");
    let words =
        ["apply", "rows.csv", "--attribute", "plan", "--attribute", "score", "--report", "states.csv"];
    let outcome = setup.run(&[&words[..], &["--verify", "0", "--rate-limit", "1000"]].concat());
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stdout.starts_with("attribute \"plan\":\nok: "), "{outcome:?}");
    assert!(outcome.stdout.contains("\"score\":\nnot attempted: "), "{outcome:?}");
    assert!(outcome.stderr.contains("many"), "{outcome:?}");
    assert!(setup.text("states.csv").contains("plan,1,confirmed,,\nscore,1,not_attempted,,"));
}

/// While the same update runs, another one ends with EX_TEMPFAIL.
#[test]
fn the_same_update_twice_is_busy() {
    let setup = Setup::with(Options { latency: std::time::Duration::from_secs(2), ..Options::default() });
    let journal = ["--journal-dir", "journals"];
    setup.file("ids.csv", "1\n");
    let words = [
        "update",
        "--attribute",
        "plan",
        "--value",
        "pro",
        "--ids",
        "ids.csv",
        "--no-preflight",
        "--verify",
        "0",
    ];
    let mut first = setup.command(&[&words[..], &journal].concat()).stdout(Stdio::null()).spawn().unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while setup.sandbox.total() == 0
        && !fs::read_dir(setup.path("journals")).is_ok_and(|mut found| found.next().is_some())
    {
        assert!(std::time::Instant::now() < deadline, "the first run does not begin");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let second = setup.run(&[&words[..], &journal].concat());
    assert_eq!(second.code, Some(75), "{second:?}");
    assert!(second.stdout.starts_with("busy: "), "{second:?}");
    assert!(first.wait().unwrap().success());
}
