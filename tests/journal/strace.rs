//! A second opinion on the faults: the kernel's own calls, broken or killed by strace instead of a library.
//!
//! Each call is found by its name and the journal's path, so nothing depends on how the C library is used.

use super::crash::finished;
use super::process::succeed;
use super::*;

/// All calls of a run that touch the journal or its directory, by the names that kernels give them.
const CALLS: [&str; 10] =
    ["openat", "flock", "statx", "read", "ftruncate", "lseek", "write", "fsync", "unlink", "mkdir"];

/// The name that the job's journal will have: from a run elsewhere that is interrupted.
fn path_of(place: &Place) -> String {
    place.interrupted(1);
    let path = place.dir.journal();
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_dir(place.dir.journals()).unwrap();
    place.sandbox.reset().unwrap();
    path.to_str().unwrap().to_owned()
}

/// Runs the job under strace; the last word says how often the fault came.
fn traced(place: &Place, path: &str, call: &str, fault: &str, nth: usize) -> (Option<Outcome>, usize) {
    let (log, dir) = (place.dir.path().join("trace"), place.dir.journals());
    let (trace, dir) = (log.to_str().unwrap(), dir.to_str().unwrap());
    let (calls, inject) = (format!("trace={call}"), format!("inject={call}:{fault}:when={nth}"));
    let program = ["strace", "-f", "-qq", "-o", trace, "-P", path, "-P", dir, "-e", &calls, "-e", &inject];
    let host = Host::of(place).under(program.iter().map(|word| (*word).to_owned()).collect());
    let told = host.run();
    (told, hits(&log))
}

fn hits(trace: &Path) -> usize {
    let text = std::fs::read_to_string(trace).unwrap_or_default();
    text.lines().filter(|line| line.contains("(INJECTED)") || line.contains("killed by SIGKILL")).count()
}

/// Kills at the calls of one kind, one after the other. Says how many there were.
fn killed_at_each(call: &str, most: usize) -> usize {
    for nth in 1..=most {
        let place = Place::small(24, &[9], 2);
        let path = path_of(&place);
        let (told, _) = traced(&place, &path, call, "signal=KILL", nth);
        let what = format!("killed at {call} {nth}");
        if let Some(told) = told {
            assert_eq!(told.status, Status::Partial.code(), "{what}: {}", told.json);
            return nth - 1;
        }
        if !finished(&place) {
            completes(&place, 1, &what);
        }
    }
    most
}

fn fails_at_each(call: &str, error: &str) -> usize {
    for nth in 1.. {
        let place = Place::small(24, &[9], 2);
        let path = path_of(&place);
        let (told, hits) = traced(&place, &path, call, &format!("error={error}"), nth);
        let what = format!("{error} at {call} {nth}");
        let told = told.unwrap_or_else(|| panic!("{what}: no report"));
        place.check_states(&told.states, &told.json);
        assert_eq!(told.requests, place.sandbox.total(), "{what}: {}", told.json);
        if hits == 0 {
            assert_eq!(told.status, Status::Partial.code(), "{what}: {}", told.json);
            return nth - 1;
        }
        assert_eq!(hits, 1, "{what}: called again");
        if told.status == Status::Partial.code() && finished(&place) {
            continue;
        }
        let ended = [Status::Journal.code(), Status::Partial.code()];
        assert!(ended.contains(&told.status), "{what}: {}", told.json);
        if ["write", "fsync", "openat", "unlink", "ftruncate", "mkdir"].contains(&call) {
            assert_eq!(told.status, Status::Journal.code(), "{what}: {}", told.json);
        }
        completes(&place, 1, &what);
    }
    unreachable!()
}

fn there_is_strace() {
    succeed(Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]));
}

/// Row 46.
#[test]
fn killed_at_some_calls() {
    there_is_strace();
    assert_eq!(killed_at_each("fsync", 2), 2);
    assert_eq!(killed_at_each("write", 3), 3);
    assert_eq!(killed_at_each("unlink", 9), 1);
}

/// Row 46.
#[test]
#[ignore = "torture: takes minutes"]
fn killed_at_every_call() {
    there_is_strace();
    let mut all = 0;
    for call in CALLS {
        let calls = killed_at_each(call, usize::MAX);
        println!("killed at {calls} × {call}");
        all += calls;
    }
    assert!(all > 20);
}

/// Row 49.
#[test]
#[ignore = "torture: takes minutes"]
fn every_call_fails() {
    there_is_strace();
    for error in ["EIO", "ENOSPC"] {
        for call in CALLS {
            println!("{error}: {} × {call}", fails_at_each(call, error));
        }
    }
}

/// Quarantine of an old journal, killed at each step.
#[test]
#[ignore = "torture: takes minutes"]
fn killed_while_an_old_one_is_quarantined() {
    there_is_strace();
    for call in ["rename", "openat", "flock", "ftruncate", "write", "fsync"] {
        for nth in 1..=3 {
            let place = Place::small(24, &[9], 2);
            place.interrupted(2);
            let path = place.dir.journal();
            std::fs::write(&path, "no journal\nat all\n").unwrap();
            traced(&place, path.to_str().unwrap(), call, "signal=KILL", nth);
            let told = Host::of(&place).report();
            assert_eq!(told.status, Status::Partial.code(), "{call} {nth}: {}", told.json);
            place.check_everybody_was_set();
        }
    }
}
