//! What becomes of the user's files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

use crate::support::{Outcome, Setup, names};

const UPDATE: &[&str] = &["update", "--attribute", "plan", "--value", "pro", "--ids"];

/// Row 66: the report never takes the place of what is read, whatever names they have.
#[test]
fn a_report_over_an_input_is_refused() {
    let setup = Setup::new();
    let ids = "id\n1\n2\n";
    setup.file("ids.csv", ids);
    setup.file("token", usercom::sandbox::TOKEN);
    fs::create_dir(setup.path("folder")).unwrap();
    fs::hard_link(setup.path("ids.csv"), setup.path("hard.csv")).unwrap();
    symlink(setup.path("ids.csv"), setup.path("soft.csv")).unwrap();
    symlink("soft.csv", setup.path("softer.csv")).unwrap();
    for (input, report) in [
        ("ids.csv", "ids.csv"),
        ("ids.csv", "./ids.csv"),
        ("ids.csv", "folder/../ids.csv"),
        ("ids.csv", "hard.csv"),
        ("ids.csv", "soft.csv"),
        ("soft.csv", "ids.csv"),
        ("hard.csv", "softer.csv"),
    ] {
        let outcome = setup.run(&[UPDATE, &[input, "--report", report]].concat());
        setup.refused(&outcome, &format!("usercom: report: {report}: is the same file as the input"));
        assert_eq!(fs::read_to_string(setup.path("ids.csv")).unwrap(), ids, "{report}");
    }
    let outcome = setup.run(&[UPDATE, &["ids.csv", "--token-file", "token", "--report", "token"]].concat());
    setup.refused(&outcome, "is the same file as token");
    // Standard input, redirected and through a pipe.
    for input in ["-", "/dev/stdin"] {
        let mut command = setup.command(&[UPDATE, &[input, "--report", "ids.csv"]].concat());
        command.stdin(Stdio::from(fs::File::open(setup.path("ids.csv")).unwrap()));
        setup.refused(&Outcome::of(command.output().unwrap()), "is the same file as the input");
    }
    let outcome = setup.piped(ids, &[UPDATE, &["-", "--report", "ids.csv"]].concat());
    setup.refused(&outcome, "is the same file as the input, which came through a pipe");
    // Where the summary goes.
    let said_to = fs::File::create(setup.path("out.txt")).unwrap();
    let mut command = setup.command(&[UPDATE, &["ids.csv", "--report", "out.txt"]].concat());
    let outcome = Outcome::of(command.stdout(said_to).output().unwrap());
    setup.refused(&outcome, "standard output");
    let end = fs::File::options().append(true).open(setup.path("ids.csv")).unwrap();
    let outcome = Outcome::of(setup.command(&[UPDATE, &["ids.csv"]].concat()).stdout(end).output().unwrap());
    setup.refused(&outcome, "ids.csv: is also where standard output goes");
    // The certificates.
    let names = vec!["localhost".to_owned()];
    let pem = rcgen::generate_simple_self_signed(names).unwrap().cert.pem();
    setup.file("ca.pem", &pem);
    for arguments in [&["--ca-file", "ca.pem"][..], &["--ca-file=ca.pem"]] {
        let outcome = setup.run(&[UPDATE, &["ids.csv", "--report", "./ca.pem"], arguments].concat());
        setup.refused(&outcome, "is the same file as ca.pem");
    }
    assert_eq!(fs::read_to_string(setup.path("ca.pem")).unwrap(), pem);
    assert_eq!(fs::read_to_string(setup.path("ids.csv")).unwrap(), ids);
    assert_eq!(fs::read_to_string(setup.path("token")).unwrap(), usercom::sandbox::TOKEN);
}

/// Row 66: a run that is refused, and one that sends nothing, leave yesterday's report.
#[test]
fn nothing_is_touched_when_nothing_is_sent() {
    let setup = Setup::new();
    setup.file("ids.csv", "id\n1\n");
    setup.file("bad.csv", "id\n1\nx\n");
    setup.file("none.csv", "id\n");
    let before = names(setup.folder.path());
    let refusals: &[(&str, &[&str], &[&str])] = &[
        ("bad.csv", &[], &[]),
        ("nowhere.csv", &[], &[]),
        ("ids.csv", &["--batch-size", "0"], &[]),
        ("ids.csv", &["--stall-timeout", "0"], &[]),
        ("ids.csv", &["--token-file", "nowhere"], &[]),
        ("ids.csv", &["--delimiter", "x"], &[]),
        ("ids.csv", &["--id-column", "user"], &[]),
    ];
    for existing in [true, false] {
        if existing {
            setup.file("states.csv", "yesterday");
        }
        for (ids, more, _) in refusals {
            let outcome = setup.run(&[UPDATE, &[ids, "--report", "states.csv"], more].concat());
            assert_eq!(outcome.code, Some(2), "{outcome:?}");
        }
        for (ids, more) in [("ids.csv", &["--dry-run"][..]), ("none.csv", &[])] {
            let outcome = setup.run(&[UPDATE, &[ids, "--report", "states.csv"], more].concat());
            assert!(
                outcome.ok().stderr.contains("nothing was sent, so states.csv is left as it was"),
                "{outcome:?}"
            );
        }
        if existing {
            assert_eq!(fs::read_to_string(setup.path("states.csv")).unwrap(), "yesterday");
            fs::remove_file(setup.path("states.csv")).unwrap();
        }
        assert_eq!(names(setup.folder.path()), before);
    }
    assert_eq!(setup.sandbox.total(), 0);
}

/// Row 66: what can't be written is refused before anything is sent.
#[test]
fn a_report_that_can_not_be_written_is_refused_at_once() {
    let setup = Setup::new();
    setup.file("ids.csv", "id\n1\n");
    fs::create_dir(setup.path("folder")).unwrap();
    for (report, words) in [
        ("folder", "report: folder: is a directory"),
        ("nowhere/states.csv", "report: nowhere/states.csv: there is no directory nowhere; create it first"),
        ("ids.csv/states.csv", "report: ids.csv/states.csv: Not a directory"),
        ("-", "report: -: is no file name"),
        ("new/", "report: new/: names a directory"),
    ] {
        let outcome = setup.run(&[UPDATE, &["ids.csv", "--report", report]].concat());
        setup.refused(&outcome, words);
    }
}

/// Row 66: a report is complete, replaces the old one with its permissions, follows links, and leaves devices alone.
#[test]
fn a_report_is_written_whole_and_renamed() {
    let setup = Setup::new();
    setup.file("ids.csv", "id\n1\n2\n");
    let states = "id,state,http_status,message\n1,confirmed,,\n2,confirmed,,\n";
    let run = |report: &str| setup.run(&[UPDATE, &["ids.csv", "--report", report]].concat());
    run("new.csv").ok();
    assert_eq!(fs::read_to_string(setup.path("new.csv")).unwrap(), states);
    let mode = fs::metadata(setup.path("new.csv")).unwrap().permissions().mode();
    let ordinary = fs::metadata(setup.path("ids.csv")).unwrap().permissions().mode();
    assert_eq!(mode, ordinary, "a report is made as other files are");

    let old =
        setup.file("old.csv", "yesterday, which was longer than today's report could ever be ".repeat(100));
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("old.csv", setup.path("link.csv")).unwrap();
    run("link.csv").ok();
    assert_eq!(fs::read_to_string(&old).unwrap(), states);
    assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(setup.path("link.csv").is_symlink());

    symlink("made.csv", setup.path("dangling.csv")).unwrap();
    run("dangling.csv").ok();
    assert_eq!(fs::read_to_string(setup.path("made.csv")).unwrap(), states);
    assert!(setup.path("dangling.csv").is_symlink());

    run("/dev/null").ok();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let outcome = run("/dev/stdout");
    assert!(outcome.ok().stdout.starts_with(states), "{outcome:?}");
    let left = names(setup.folder.path());
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}
