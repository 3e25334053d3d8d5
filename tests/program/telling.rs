//! Exit codes, and what happens when nobody can be told.

use std::fs::{self, File};
use std::io::Read;
use std::net::TcpListener;
use std::process::Stdio;

use usercom::sandbox::{Options, UnknownIds};

use crate::support::{Outcome, Setup};

const UPDATE: &[&str] = &["update", "--attribute", "plan", "--value", "pro", "--ids", "ids.csv"];

fn full() -> Stdio {
    Stdio::from(File::options().write(true).open("/dev/full").unwrap())
}

/// The write end of a pipe that nobody reads.
fn closed() -> Stdio {
    Stdio::from(std::io::pipe().unwrap().1)
}

/// Row 71: a report that can't be printed has an exit code of its own, and the file is there before it.
#[test]
fn a_failed_print_is_not_a_refusal() {
    for out in [full, closed] {
        for more in [&[][..], &["--json"], &["--quiet"]] {
            let setup = Setup::new();
            setup.file("ids.csv", "1\n2\n");
            let mut command = setup.command(&[UPDATE, &["--report", "states.csv"], more].concat());
            let outcome = Outcome::of(command.stdout(out()).output().unwrap());
            assert_eq!(outcome.code, Some(4), "{outcome:?}");
            assert!(outcome.stderr.contains("can't print the report: "), "{outcome:?}");
            assert_eq!(setup.held("plan").len(), 2);
            let states = fs::read_to_string(setup.path("states.csv")).unwrap();
            assert_eq!(states, "id,state,http_status,message\n1,confirmed,,\n2,confirmed,,\n");
        }
    }
    // A file that can't be written in the end: the report is printed, and the code is the same.
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    let outcome = setup.run(&[UPDATE, &["--report", "/dev/full"]].concat());
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
    assert!(
        outcome.stdout.starts_with("ok: ") && outcome.stderr.contains("report: /dev/full: "),
        "{outcome:?}"
    );
}

/// Row 71: started without a standard output, as with `>&-` in a shell; without the others it is as ever.
#[test]
fn streams_that_are_closed_from_the_start() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n2\n");
    let run = |arguments: &[&str], streams: &str| {
        Outcome::of(setup.by_shell(&format!("exec \"$0\" \"$@\" {streams}"), arguments).output().unwrap())
    };
    let outcome = run(&[UPDATE, &["--report", "states.csv"]].concat(), ">&-");
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
    assert!(outcome.stderr.contains("can't print the report: standard output is closed"), "{outcome:?}");
    assert_eq!(fs::read_to_string(setup.path("states.csv")).unwrap().lines().count(), 3);
    assert_eq!(run(UPDATE, ">&- 2>&-").code, Some(4));
    assert_eq!(run(&["demo"], ">&-").code, Some(4));
    assert_eq!(run(&["--help"], ">&-").code, Some(4));
    run(UPDATE, "2>&-").ok();
    run(UPDATE, "<&-").ok();
    run(UPDATE, ">/dev/null").ok();
    let outcome = run(&["update", "--attribute", "plan", "--value", "pro", "--ids", "-"], "<&-");
    assert!(outcome.code == Some(2) && outcome.stderr.contains("standard input: "), "{outcome:?}");
}

/// Row 71: nothing panics when standard error is broken, and the outcome is the same.
#[test]
fn a_broken_standard_error_changes_nothing() {
    for err in [full, closed] {
        let setup = Setup::new();
        setup.file("ids.csv", "1\n2\n");
        let outcome = Outcome::of(setup.command(UPDATE).stderr(err()).output().unwrap());
        outcome.ok();
        assert_eq!(setup.held("plan").len(), 2);
        let outcome = Outcome::of(setup.command(UPDATE).stdout(full()).stderr(err()).output().unwrap());
        assert_eq!(outcome.code, Some(4));
        setup.file("ids.csv", "x\n");
        let outcome = Outcome::of(setup.command(UPDATE).stderr(err()).output().unwrap());
        assert_eq!(outcome.code, Some(2));
        let outcome = Outcome::of(setup.command(&["update", "--nonsense"]).stderr(err()).output().unwrap());
        assert_eq!(outcome.code, Some(2));
        let outcome = Outcome::of(setup.command(&["demo"]).stdout(err()).stderr(err()).output().unwrap());
        assert_eq!(outcome.code, Some(4));
    }
}

/// Row 71: help that nobody can read.
#[test]
fn help_that_can_not_be_printed() {
    let setup = Setup::new();
    let outcome = Outcome::of(setup.command(&["update", "--help"]).stdout(full()).output().unwrap());
    assert_eq!(outcome.code, Some(4));
    setup.run(&["--version"]).ok();
}

/// Exit codes, as `--help` documents them.
#[test]
fn exit_codes_say_how_it_ended() {
    let users = tempfile::NamedTempFile::new().unwrap();
    fs::write(users.path(), "id,plan\n1,x\n2,x\n3,x\n").unwrap();
    let options = Options {
        users: Some(users.path().to_owned()),
        unknown_ids: UnknownIds::Reject,
        ..Options::default()
    };
    let setup = Setup::with(options);
    assert_eq!(setup.update("1\n2\n", &[]).code, Some(0));
    assert_eq!(setup.update("id\n", &[]).code, Some(0));
    assert_eq!(setup.update("1\n99\n", &["--dry-run"]).code, Some(0));
    assert_eq!(setup.update("1\n99\n2\n", &[]).code, Some(1));
    assert_eq!(setup.update("x\n", &[]).code, Some(2));
    assert_eq!(setup.update("1\n2\n3\n", &["--batch-size", "1", "--max-requests", "1"]).code, Some(3));
    let help = setup.run(&["update", "--help"]);
    for words in [
        "0    every id is confirmed",
        "1    the run completed",
        "2    an argument or a file is invalid",
        "3    the run stopped early",
        "4    the run ended",
        "129, 130, 143",
    ] {
        assert!(help.ok().stdout.contains(words), "{words}: {}", help.stdout);
    }
    assert!(setup.run(&["apply", "--help"]).stdout.contains("Exit codes:"));
}

/// Row 66: a service that isn't there: exit code 3, yesterday's report stays.
#[test]
fn a_service_that_is_away_stops_the_run() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    setup.file("states.csv", "yesterday");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = setup.command(
        &[UPDATE, &["--report", "states.csv", "--stall-timeout", "1", "--rate-limit", "1000"]].concat(),
    );
    let outcome = Outcome::of(command.env("USERCOM_BASE_URL", format!("http://{nobody}")).output().unwrap());
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    let mut states = String::new();
    File::open(setup.path("states.csv")).unwrap().read_to_string(&mut states).unwrap();
    assert_eq!(states, "yesterday", "{outcome:?}");
    assert!(outcome.stderr.contains("nothing was sent, so states.csv is left as it was"), "{outcome:?}");
}
