//! `usercom check` and `usercom users`, and what a run of the program looks at before and after.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;
use std::time::Duration;

use usercom::sandbox::{Options, Scope};

use crate::support::{Outcome, Setup, names};

fn with_users(options: Options) -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let users = folder.path().join("users.csv");
    let rows: String = (1..=5).map(|id| format!("{id},u-{id},u{id}@x.example,{id},\"a, {id}\"\n")).collect();
    fs::write(&users, format!("id,custom_id,email,visits,city\n{rows}")).unwrap();
    Setup::with(Options { users: Some(users), page_size: 2, ..options })
}

const CSV: &str = "id,custom_id,email,city,visits,none\n\
                   1,u-1,u1@x.example,\"a, 1\",1,\n\
                   2,u-2,u2@x.example,\"a, 2\",2,\n\
                   3,u-3,u3@x.example,\"a, 3\",3,\n\
                   4,u-4,u4@x.example,\"a, 4\",4,\n\
                   5,u-5,u5@x.example,\"a, 5\",5,\n";

const USERS: [&str; 7] = ["users", "--attribute", "city", "--attribute", "visits", "--attribute", "none"];

#[test]
fn users_as_csv() {
    let setup = with_users(Options { next_after_last: true, ..Options::default() });
    assert_eq!(setup.run(&USERS).ok().stdout, CSV);
    let outcome = setup.run(&[&USERS[..], &["--output", "out.csv"]].concat());
    assert!(outcome.ok().stderr.contains("5 users in out.csv") && outcome.stdout.is_empty(), "{outcome:?}");
    assert_eq!(fs::read_to_string(setup.path("out.csv")).unwrap(), CSV);
    let mode = fs::metadata(setup.path("out.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "personal data");
    assert_eq!(names(setup.folder.path()), ["out.csv"]);
    // Again: it is replaced, and stays private.
    setup.run(&["users", "--output", "out.csv"]).ok();
    assert!(fs::read_to_string(setup.path("out.csv")).unwrap().starts_with("id,custom_id,email\n1,u-1,u1@x"));
}

#[test]
fn choices_are_separated_as_in_the_vendors_import() {
    let attributes = vec!["tags:fixed+".parse().unwrap()];
    let setup = with_users(Options { attributes, ..Options::default() });
    let rows = "id,tags\n1,\"[\"\"a\"\",\"\"b\"\"]\"\n";
    setup.apply("tags", rows, &["--type", "json"]).ok();
    let outcome = setup.run(&["users", "--attribute", "tags"]);
    assert!(outcome.ok().stdout.contains("1,u-1,u1@x.example,a|b\n"), "{outcome:?}");
}

#[test]
fn a_file_is_resumed_after_a_failure() {
    // The second request meets a firewall.
    let setup = with_users(Options { firewall_once: Some(2), ..Options::default() });
    let command = [&USERS[..], &["--output", "out.csv"]].concat();
    let outcome = setup.run(&command);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stderr.contains("2 users are read: run the same command again"), "{outcome:?}");
    assert_eq!(names(setup.folder.path()), ["out.csv.part", "out.csv.part.json"]);
    for name in ["out.csv.part", "out.csv.part.json"] {
        assert_eq!(fs::metadata(setup.path(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // What was torn off is written again.
    let part = fs::read_to_string(setup.path("out.csv.part")).unwrap();
    fs::write(setup.path("out.csv.part"), part + "3,u-").unwrap();
    let outcome = setup.run(&command);
    assert!(outcome.ok().stderr.contains("resuming after 2 users"), "{outcome:?}");
    assert_eq!(fs::read_to_string(setup.path("out.csv")).unwrap(), CSV);
    assert_eq!(names(setup.folder.path()), ["out.csv"]);
    let pages: Vec<_> =
        setup.sandbox.requests().iter().map(|r| r.path.replace("/api/public/users/", "")).collect();
    assert_eq!(pages, ["", "?page=2", "?page=2", "?page=3"]);
}

#[test]
fn other_columns_and_other_accounts_do_not_resume() {
    let setup = with_users(Options { firewall_once: Some(2), ..Options::default() });
    assert_eq!(setup.run(&["users", "--output", "out.csv"]).code, Some(3));
    let outcome = setup.run(&["users", "--attribute", "city", "--output", "out.csv"]);
    assert!(!outcome.ok().stderr.contains("resuming"), "{outcome:?}");
    assert!(fs::read_to_string(setup.path("out.csv")).unwrap().starts_with("id,custom_id,email,city\n1,"));
}

#[test]
fn standard_output_is_continued_with_a_cursor() {
    let setup = with_users(Options { firewall_once: Some(2), ..Options::default() });
    let first = setup.run(&USERS);
    assert_eq!(first.code, Some(3), "{first:?}");
    assert!(first.stderr.contains("continue with --from \"page=2\""), "{first:?}");
    let rest = setup.run(&[&USERS[..], &["--from", "page=2"]].concat());
    assert_eq!(first.stdout + &rest.ok().stdout, CSV);
    let wrong = setup.run(&["users", "--from", "a b"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("--from: is no cursor"), "{wrong:?}");
}

#[test]
fn ctrl_c_leaves_complete_pages_behind() {
    let setup = with_users(Options { latency: Duration::from_millis(300), ..Options::default() });
    let command = [&USERS[..], &["--output", "out.csv"]].concat();
    let mut child = setup.command(&command);
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !setup.path("out.csv.part.json").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    // SAFETY: sends a signal to a child that is waited for below.
    #[allow(unsafe_code)]
    let sent = unsafe { libc::kill(child.id() as i32, libc::SIGINT) };
    assert_eq!(sent, 0);
    let outcome = Outcome::of(child.wait_with_output().unwrap());
    assert_eq!(outcome.code, Some(130), "{outcome:?}");
    assert!(!setup.path("out.csv").exists());
    setup.run(&command).ok();
    assert_eq!(fs::read_to_string(setup.path("out.csv")).unwrap(), CSV);
}

#[test]
fn what_is_no_place_for_users_is_refused() {
    let setup = with_users(Options::default());
    let refused = |output: &str, says: &str| setup.refused(&setup.run(&["users", "--output", output]), says);
    refused("/dev/null", "is no ordinary file");
    refused(".", "is no ordinary file");
    refused("no/such/folder.csv", "No such file");
    symlink(setup.path("elsewhere"), setup.path("linked.csv.part")).unwrap();
    refused("linked.csv", "linked.csv.part");
    assert!(!setup.path("elsewhere").exists());
    let part = setup.file("busy.csv.part", "");
    let locked = fs::File::open(part).unwrap();
    locked.lock().unwrap();
    refused("busy.csv", "another usercom is writing it");
}

#[test]
fn a_key_that_cannot_read_the_users() {
    let setup = with_users(Options { scope: Scope::Write, ..Options::default() });
    let outcome = setup.run(&["users"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(3), "id,custom_id,email\n"), "{outcome:?}");
    assert!(outcome.stderr.contains("whose scope is Read Only or All"), "{outcome:?}");
}

#[test]
fn a_check_and_its_exit_codes() {
    let setup = with_users(Options::default());
    let outcome = setup.run(&["check"]);
    assert_eq!(outcome.ok().stdout.lines().count(), 6, "{outcome:?}");
    let outcome = setup.run(&["check", "--attribute", "visits", "--value", "7"]);
    assert!(outcome.ok().stdout.ends_with("ok       type: integer; the value fits\n"), "{outcome:?}");
    let outcome = setup.run(&["check", "--attribute", "visits", "--value", "7", "--value", "many"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    let outcome = setup.run(&["check", "--attribute", "vists", "--json"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((&json["status"], &json["lines"][6]["about"]), (&"rejected".into(), &"attribute".into()));
    let outcome = setup.run(&["check", "--value", "7"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
}

#[test]
fn a_run_is_checked_before_and_read_back_after() {
    let setup = with_users(Options { ignore_bad_values: true, ..Options::default() });
    let update = |value: &str, more: &[&str]| {
        setup.file("ids.csv", "1\n2\n3\n4\n5\n");
        let command = ["update", "--ids", "ids.csv", "--attribute", "visits", "--value", value];
        setup.run(&[&command, more].concat())
    };
    let outcome = update("7", &[]);
    assert!(outcome.ok().stdout.contains("\nread back: 5 as sent, 0 otherwise\n"), "{outcome:?}");
    assert_eq!(setup.sandbox.total(), 1 + 1 + 5);
    let outcome = update("many", &[]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.stderr.contains("\"many\" can't be read as integer"), "{outcome:?}");
    // The deadline is for the waits before a mismatch is read again.
    let outcome = update("many", &["--no-preflight", "--verify", "1", "--verify-strict", "--deadline", "3"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.starts_with("mismatch: 1 of 1 ids read back"), "{outcome:?}");
    assert!(outcome.stdout.contains("id 3 on line 3: sent \"many\", stored 7\n"), "{outcome:?}");
    let before = setup.sandbox.total();
    update("7", &["--no-preflight", "--verify", "0"]).ok();
    assert_eq!(setup.sandbox.total(), before + 1);
    // A row that can't be right is called by its line.
    setup.file("rows.csv", "id,visits\n1,5\n2,many\n");
    let outcome = setup.run(&["apply", "rows.csv", "--attribute", "visits", "--type", "string"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.stderr.contains("rows.csv: line 3: \"many\" can't be read as integer"), "{outcome:?}");
}
