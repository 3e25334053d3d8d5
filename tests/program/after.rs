//! What is left after a run: the failed rows, the page, the history, the command that is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::Value as Json;
use usercom::sandbox::{Options, UnknownIds};

use crate::support::{Outcome, Setup};

/// A sandbox in which users 1 to 9 exist, and others are rejected.
fn nine() -> (Setup, tempfile::NamedTempFile) {
    with_users(1..10)
}

fn with_users(ids: impl IntoIterator<Item = u32>) -> (Setup, tempfile::NamedTempFile) {
    let users = tempfile::NamedTempFile::new().unwrap();
    let ids: String = ids.into_iter().map(|id| format!("{id},x\n")).collect();
    fs::write(users.path(), format!("id,plan\n{ids}")).unwrap();
    let options = Options {
        users: Some(users.path().to_owned()),
        unknown_ids: UnknownIds::Reject,
        ..Options::default()
    };
    (Setup::with(options), users)
}

const BLIND: &[&str] = &["--no-preflight", "--verify", "0", "--rate-limit", "1000"];

fn read(setup: &Setup, name: &str) -> String {
    fs::read_to_string(setup.path(name)).unwrap()
}

/// Runs `apply` for a file whose row with id 99 fails, and the file of `--failed` through the same command once more.
fn failed_rows(name: &str, text: &[u8], more: &[&str]) -> (String, String) {
    let (setup, _users) = nine();
    setup.file(name, text);
    let run = |input: &str, output: &str| {
        let arguments = ["apply", input, "--attribute", "plan", "--failed", output];
        setup.run(&[&arguments[..], BLIND, more].concat())
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
    let outcome = setup.run(&[&words[..], BLIND].concat());
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let failed = read(&setup, "failed.csv");
    assert!(failed.starts_with("id,plan,note,usercom_state,usercom_message\n99,pro,b,rejected,"), "{failed}");
    assert_eq!(failed.lines().count(), 2);
    let (setup, _users) = with_users([10, 22]);
    setup.file("book.xlsx", include_bytes!("fixtures/scores.xlsx"));
    let words = ["apply", "book.xlsx", "--attribute", "score", "--failed", "failed.csv", "--sheet", "Scores"];
    let outcome = setup.run(&[&words[..], BLIND].concat());
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let failed = read(&setup, "failed.csv");
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
    let outcome = setup.piped("id,plan,note\n1,pro,a\n99,pro,b\n", &[&arguments[..], BLIND].concat());
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(read(&setup, "failed.csv").contains("\n99,pro,b,rejected,"));
    let update = |ids: &str| {
        let words = ["update", "--attribute", "plan", "--value", "a", "--failed", "failed.csv", "--ids", ids];
        setup.run(&[&words[..], BLIND].concat())
    };
    setup.file("ids.txt", "1\n98\n");
    for (ids, id) in [("1,97", "97"), ("ids.txt", "98")] {
        assert_eq!(update(ids).code, Some(1));
        let failed = read(&setup, "failed.csv");
        assert!(failed.starts_with(&format!("id,usercom_state,usercom_message\n{id},rejected,")), "{failed}");
    }
    fs::rename(setup.path("failed.csv"), setup.path("again.csv")).unwrap();
    assert_eq!(update("again.csv").code, Some(3), "it is an input");
    update("1,2").ok();
    assert_eq!(read(&setup, "failed.csv"), "id,usercom_state,usercom_message\n");
    // Of several attributes a row is there once.
    setup.file("rows.csv", "id,plan,score\n1,a,1\n99,b,2\n");
    let words =
        ["apply", "rows.csv", "--attribute", "plan", "--attribute", "score", "--failed", "failed.csv"];
    assert_eq!(setup.run(&[&words[..], BLIND].concat()).code, Some(1));
    let failed = read(&setup, "failed.csv");
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
    let mut command = setup.command(&[&script[..], BLIND].concat());
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
        let outcome = setup.run(&[&arguments[..], BLIND, more].concat());
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
    let torn = read(&setup, "runs.jsonl") + "{\"torn\": ";
    setup.file("runs.jsonl", torn);
    assert_eq!(setup.update("1\n99\n", &history).code, Some(1));
    setup.update("1\n2\n", &[&history[..], &["--dry-run"]].concat()).ok();
    let text = read(&setup, "runs.jsonl");
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
            let words = ["update", "--attribute", "plan", "--value", "a", "--ids", "3,4", "--quiet"];
            setup.command(&[&words[..], BLIND, &history[..2]].concat()).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(
        read(&setup, "runs.jsonl")
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
    let report: Json = serde_json::from_str(&read(&setup, "report.json")).unwrap();
    assert_eq!((&report["status"], &report["confirmed"]), (&"partial".into(), &1.into()));
    let env = read(&setup, "env.txt");
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

/// The page loads and runs nothing, and shows a server's text as text.
#[test]
fn the_page_is_inert() {
    let (setup, _users) = nine();
    let name = "<script>alert(1)<b>&.csv";
    setup.file(name, "id,plan\n1,a\n99,a\n98,a\n");
    let outcome = setup.run(
        &[&["apply", name, "--attribute", "\"><img src\\=x>=plan", "--html", "page.html"], BLIND].concat(),
    );
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let page = read(&setup, "page.html");
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, style.as_bytes());
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest);
    let policy = format!("content=\"default-src 'none'; style-src 'sha256-{hash}'\"");
    assert!(page.contains(&policy), "{policy} is not in: {page}");
    for never in ["<script", "<img", " style=", "http://", "https://", "url(", "@import"] {
        assert!(!page.contains(never), "{never}: {page}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("<polyline class=\"done\""), "{page}");
    assert!(page.contains("<td>99</td>") && page.contains("partial"), "{page}");
    // Every tag that opens is closed.
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        assert!(![" src=", " href=", " on"].iter().any(|loads| tag.contains(loads)), "{tag}");
        let word = tag.split_whitespace().next().unwrap();
        match word.strip_prefix('/') {
            Some(word) => assert_eq!(open.pop(), Some(word), "{tag}"),
            None if tag.starts_with('!') || tag.ends_with('/') || word == "meta" => {}
            None => open.push(word),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// With `--max-rejected` a run ends early, and the attributes after it are not attempted.
#[test]
fn too_many_rejected_ids_end_everything() {
    for (most, code) in [("3", 3), ("10%", 3), ("60%", 1), ("0", 1)] {
        let (setup, _users) = nine();
        let ids: String = (1..=20).map(|id| format!("{id},{id},{id}\n")).collect();
        setup.file("rows.csv", format!("id,plan,score\n{ids}"));
        let words = ["apply", "rows.csv", "--attribute", "plan:string", "--attribute", "score:string"];
        let outcome = setup.run(&[&words[..], BLIND, &["--max-rejected", most]].concat());
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
    assert!(read(&setup, "states.csv").contains("plan,1,confirmed,,\nscore,1,not_attempted,,"));
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

/// Chromium shows the page in light, in dark and on paper, and its policy forbids nothing of it.
#[test]
#[ignore = "needs Debian's chromium; make torture"]
fn chromium_shows_the_page() {
    const FORBIDDEN: &str = "Content Security Policy";
    let (setup, _users) = nine();
    let outcome = setup.update("1\n99\n2\n", &["--rate-limit", "1000", "--html", "page.html"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let chromium = |action: &[&str]| {
        let profile = tempfile::tempdir().unwrap();
        let output = std::process::Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--window-size=1000,1200", "--enable-logging=stderr"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(action)
            .arg(format!("file://{}", setup.path("page.html").display()))
            .current_dir(setup.folder.path())
            .output()
            .expect("chromium is missing: scripts/setup torture installs it");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    const DARK: &str = "--blink-settings=preferredColorScheme=0";
    for action in
        [&["--screenshot=light.png"][..], &[DARK, "--screenshot=dark.png"], &["--print-to-pdf=page.pdf"]]
    {
        let said = chromium(action);
        assert!(!said.contains(FORBIDDEN), "{said}");
    }
    let file = |name: &str| fs::read(setup.path(name)).unwrap();
    assert!(file("light.png").starts_with(b"\x89PNG") && file("page.pdf").starts_with(b"%PDF"));
    assert_ne!(file("light.png"), file("dark.png"), "the dark page is the light one");
    // With another style the policy forbids it: else the words above prove nothing.
    setup.file("page.html", read(&setup, "page.html").replace("<style>", "<style>b { color: red; }"));
    let said = chromium(&["--screenshot=other.png"]);
    assert!(said.contains(FORBIDDEN), "{said}");
}
