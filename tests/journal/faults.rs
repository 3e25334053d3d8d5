//! Every call on the journal made to fail: the run stops, says JOURNAL, and its report stays exact.

use super::*;

/// The report says of every id what the service knows, too.
fn is_exact(place: &Place, told: &Outcome) {
    let applied = place.applied();
    for (id, state) in place.ids.iter().zip(&told.states) {
        let set = applied.contains_key(id);
        assert_eq!(*state == IdState::Confirmed as u8, set, "id {id} is {state}, set: {set}: {}", told.json);
    }
    assert_eq!(place.sandbox.total(), told.requests, "{}", told.json);
}

/// Runs with a fault; gives the outcome and the calls on the journal.
fn broken(place: &Place, fault: &Fault) -> (Outcome, Vec<Call>) {
    let host = Host::of(place).with(fault.clone());
    let told = host.run();
    (told.unwrap_or_else(|| panic!("{fault:?}: no report")), host.calls())
}

fn check_failed(place: &Place, fault: &Fault, told: &Outcome, calls: &[Call]) {
    let what = format!("{fault:?}: {}", told.json);
    assert_eq!(told.status, Status::Journal.code(), "{what}");
    is_exact(place, told);
    let at = calls.iter().position(|call| call.outcome == fault.what).unwrap_or_else(|| panic!("{what}"));
    // One worker: nothing is in flight while the journal is written, so nothing at all may come after. The first
    // line is written before anything, then what goes out before each of six requests, with what came of the one
    // before it, and in the end what came of the last one.
    let writes = calls[..at].iter().filter(|call| call.name == "write").count() as u64;
    assert_eq!(told.requests, writes.saturating_sub(1).min(6), "{what}");
    // What failed is not tried again: after a failed fsync the next one lies, and after a failed write the
    // file's end can't be trusted.
    let after = &calls[at + 1..];
    assert!(after.iter().all(|call| call.name != "fsync" && call.name != "write"), "{what}: {after:?}");
}

fn check_resumes(place: &Place, fault: &Fault) {
    completes(place, 1, &format!("after {fault:?}"));
}

/// All calls of this name that a whole run makes, each of them broken in a run of its own.
fn break_each(call: &'static str, errors: &[i32]) -> u32 {
    let mut broken_calls = 0;
    for error in errors {
        for nth in 1.. {
            let place = Place::small(24, &[], 1);
            let fault = Fault::new(call, nth, error);
            let (told, calls) = broken(&place, &fault);
            if calls.iter().all(|call| call.outcome == "passed") {
                assert_eq!(told.status, Status::Ok.code(), "{}", told.json);
                break;
            }
            let removed = calls.iter().position(|call| call.name == "unlink" && call.outcome == "passed");
            let failed = calls.iter().position(|call| call.outcome == fault.what);
            if removed.is_some() && failed > removed {
                // Only making the removal last has failed: the job is done, and nothing is left to resume.
                assert_eq!(told.status, Status::Ok.code(), "{fault:?}: {}", told.json);
                assert!(place.dir.names().is_empty());
                continue;
            }
            check_failed(&place, &fault, &told, &calls);
            check_resumes(&place, &fault);
            broken_calls += 1;
        }
    }
    broken_calls
}

/// Row 49.
#[test]
fn a_write_that_fails() {
    // The first line, one before each of six requests, and the last one.
    assert_eq!(break_each("write", &[libc::ENOSPC, libc::EIO]), 2 * 8);
}

/// Row 49.
#[test]
fn an_fsync_that_fails() {
    assert_eq!(break_each("fsync", &[libc::EIO, libc::ENOSPC]), 2 * 2);
}

/// Row 49.
#[test]
fn an_open_that_fails() {
    assert_eq!(break_each("open", &[libc::EIO, libc::ENOSPC]), 2 * 2);
}

/// Row 49.
#[test]
fn a_lock_or_a_removal_that_fails() {
    assert_eq!(break_each("flock", &[libc::ENOLCK]), 1);
    assert_eq!(break_each("unlink", &[libc::EIO]), 1);
}

#[test]
#[ignore = "torture: all errors on all calls"]
fn every_call_with_every_error() {
    let errors =
        [libc::ENOSPC, libc::EIO, libc::EDQUOT, libc::EROFS, libc::EACCES, libc::ENOMEM, libc::ESTALE];
    for call in ["open", "flock", "stat", "read", "ftruncate", "lseek", "write", "fsync", "mkdir", "unlink"] {
        println!("{call}: {} broken", break_each(call, &errors));
    }
}

/// Row 49: while resuming there are other calls: reading, truncating, seeking.
#[test]
fn calls_that_fail_while_resuming() {
    let mut seen = 0;
    for call in ["read", "ftruncate", "lseek"] {
        for nth in 1.. {
            let place = Place::small(24, &[], 1);
            place.interrupted(2);
            let fault = Fault::new(call, nth, libc::EIO);
            let (told, calls) = broken(&place, &fault);
            if calls.iter().all(|call| call.outcome == "passed") {
                break;
            }
            if told.status != Status::Ok.code() {
                assert_eq!(
                    (told.status, told.requests),
                    (Status::Journal.code(), 0),
                    "{fault:?}: {}",
                    told.json
                );
            }
            check_resumes(&place, &fault);
            seen += 1;
        }
    }
    assert!(seen >= 3);
}

#[test]
fn a_stale_one_that_can_not_be_quarantined() {
    let place = Place::small(24, &[], 1);
    place.interrupted(2);
    std::fs::write(place.dir.journal(), "no journal\nat all\n").unwrap();
    let sent = place.sandbox.total();
    let fault = Fault::new("rename", 1, libc::EIO);
    let (told, _) = broken(&place, &fault);
    assert_eq!((told.status, told.requests), (Status::Journal.code(), 0), "{}", told.json);
    assert_eq!(place.sandbox.total(), sent);
    assert_eq!(std::fs::read(place.dir.journal()).unwrap(), b"no journal\nat all\n");
}

/// Row 49: half of what was to be written, and then the rest.
#[test]
fn a_short_write_is_completed() {
    for nth in 1..=7 {
        let place = Place::small(24, &[], 1);
        let fault = Fault::new("write", nth, "short");
        let host = Host::of(&place).with(fault.clone()).set("HOST_MAX_REQUESTS", 5);
        assert_eq!(host.report().status, Status::RequestLimit.code());
        check_resumes(&place, &fault);
        assert_eq!(place.sent_again(), 0, "{fault:?}");
    }
}

/// Row 49: half of what was to be written, and then no more room.
#[test]
fn a_disk_that_becomes_full_within_a_line() {
    for nth in 1..=7 {
        let place = Place::small(24, &[], 1);
        let fault = Fault::new("write", nth, "full");
        let (told, calls) = broken(&place, &fault);
        assert_eq!(told.status, Status::Journal.code(), "{}", told.json);
        is_exact(&place, &told);
        assert_eq!(told.requests as u32, nth.saturating_sub(2), "{}", told.json);
        let tried = calls.iter().filter(|call| call.outcome == "full").count();
        assert_eq!(tried, 2, "the half, then once in vain: {calls:?}");
        check_resumes(&place, &fault);
    }
}

/// Row 49.
#[test]
fn an_interrupted_call_is_no_failure() {
    for (call, most) in [("open", 2), ("ftruncate", 1), ("write", 7), ("fsync", 2)] {
        for nth in 1..=most {
            let place = Place::small(24, &[], 1);
            let fault = Fault::new(call, nth, libc::EINTR);
            let (told, calls) = broken(&place, &fault);
            assert!(calls.iter().any(|call| call.outcome == fault.what), "{fault:?} never came");
            assert_eq!(told.status, Status::Ok.code(), "{fault:?}: {}", told.json);
            is_exact(&place, &told);
        }
    }
}

/// Requests that are in flight when the journal fails are awaited and reported; none is added.
#[test]
fn with_several_in_flight_nothing_is_added() {
    let mut place =
        Place::with(400, [], Options { latency: Duration::from_millis(15), ..Options::default() });
    (place.batch, place.workers) = (4, 4);
    let fault = Fault { always: true, ..Fault::new("write", 12, libc::ENOSPC) };
    let (told, calls) = broken(&place, &fault);
    assert_eq!(told.status, Status::Journal.code(), "{}", told.json);
    is_exact(&place, &told);
    // The first line, and then one write before each request.
    assert_eq!(told.requests, 10, "{}", told.json);
    let failed = calls.iter().filter(|call| call.outcome == fault.what).count();
    assert_eq!(failed, 1, "written again after a failure");
}

/// A run that stopped early and whose journal fails as well must report it: the next one sends more than is left.
#[test]
fn a_journal_that_fails_after_a_stop_is_reported() {
    // The first line, one before each of seven requests; then come the four responses that are still awaited.
    for nth in 9..=12 {
        let mut place =
            Place::with(400, [], Options { latency: Duration::from_millis(50), ..Options::default() });
        (place.batch, place.workers) = (4, 4);
        let fault = Fault { always: true, ..Fault::new("write", nth, libc::ENOSPC) };
        let host = Host::of(&place).with(fault).set("HOST_MAX_REQUESTS", 7);
        let told = host.report();
        is_exact(&place, &told);
        assert_eq!((told.status, told.requests), (Status::Journal.code(), 7), "{}", told.json);
    }
}

/// Row 49: a run that stopped early makes its journal durable at the end; when that fails, the report says so.
#[test]
fn a_failed_fsync_at_the_end_is_reported() {
    let place = Place::small(24, &[], 1);
    let fault = Fault::new("fsync", 3, libc::EIO);
    let host = Host::of(&place).with(fault.clone()).set("HOST_MAX_REQUESTS", 3);
    let (told, calls) = (host.report(), host.calls());
    assert_eq!(told.status, Status::Journal.code(), "{}", told.json);
    is_exact(&place, &told);
    let last = calls.iter().rfind(|call| call.name != "unlock").unwrap();
    assert_eq!(last.outcome, fault.what, "{calls:?}");
}

/// What makes a journal durable: its first line and its name before anything is sent, and all of it at the end.
#[test]
fn what_is_made_to_last_and_when() {
    let place = Place::small(24, &[], 1);
    let order = |host: Host| -> String {
        host.run();
        let looks = ["stat", "read", "lseek", "mkdir"];
        let calls = host.calls().into_iter().map(|call| call.name);
        calls.filter(|name| !looks.contains(&name.as_str())).collect::<Vec<_>>().join(" ")
    };
    let host = || Host::of(&place).with(Fault::none());
    // The file, its lock and first line; the directory; a write before each batch and one after the last; the end.
    assert_eq!(
        order(host().set("HOST_MAX_REQUESTS", 3)),
        "open flock ftruncate write fsync open fsync write write write write fsync unlock"
    );
    // No first line again; and its removal is made durable, too.
    assert_eq!(order(host()), "open flock ftruncate write write write write unlink open fsync unlock");
}

/// Row 44: a slow disk can't be made faster; a cancel meanwhile is obeyed as soon as the disk is done, and nothing more
/// is sent.
#[test]
fn cancelled_while_the_journal_is_written() {
    for nth in [1, 3, 4] {
        let place = Place::small(24, &[], 1);
        let host = Host::of(&place).with(Fault::new("write", nth, "late")).set("HOST_CANCEL_MS", 1000);
        let told = host.report();
        assert_eq!(told.status, Status::Cancelled.code(), "{nth}: {}", told.json);
        assert!(told.requests < u64::from(nth), "{nth}: {}", told.json);
        is_exact(&place, &told);
        check_resumes(&place, &Fault::none());
    }
}
