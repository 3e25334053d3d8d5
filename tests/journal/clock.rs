//! Wall clocks that are wrong, or jump in the middle of a run.

use super::*;

const HOUR: i64 = 3600;

fn at(place: &Place, clock: i64) -> Outcome {
    Host::of(place).with(Fault { clock: (clock, 0), ..Fault::none() }).report()
}

/// Row 43.
#[test]
fn thirteen_hours_later() {
    let place = Place::small(40, &[], 1);
    place.interrupted(3);
    let told = at(&place, 13 * HOUR);
    assert_eq!((told.status, told.requests), (Status::Ok.code(), 10), "{}", told.json);
    assert!(told.json.contains("it began 13.0 hours ago, the age limit is 12.0"), "{}", told.json);
    assert!(told.json.contains("another run may have written newer values since"), "{}", told.json);
    assert!(!told.json.contains("resumed"), "{}", told.json);
    assert!(place.dir.stale().is_some());
    place.check_everybody_was_set();
}

/// Row 43.
#[test]
fn eleven_hours_later() {
    let place = Place::small(40, &[], 1);
    place.interrupted(3);
    let told = at(&place, 11 * HOUR);
    assert_eq!((told.status, told.requests), (Status::Ok.code(), 7), "{}", told.json);
    assert!(told.json.contains("resumed: 12 ids"), "{}", told.json);
    assert_eq!(place.sent_again(), 0);
}

/// Row 43: a nightly job whose runs never complete: every night the old journal is quarantined.
#[test]
fn night_after_night() {
    let place = Place::small(40, &[], 1);
    for night in 0..4 {
        let host = Host::of(&place).with(Fault { clock: (24 * HOUR * night, 0), ..Fault::none() });
        let told = host.set("HOST_MAX_REQUESTS", 3).report();
        assert_eq!((told.status, told.requests), (Status::RequestLimit.code(), 3), "{}", told.json);
        assert_eq!(place.dir.names().len(), if night == 0 { 1 } else { 2 }, "{:?}", place.dir.names());
    }
}

/// Row 43.
#[test]
fn a_clock_that_was_set_back() {
    // A little is a clock that was put right; a day is one that can't be trusted.
    for (back, resumes) in [(200, true), (24 * HOUR, false)] {
        let place = Place::small(40, &[], 1);
        place.interrupted(3);
        let told = at(&place, -back);
        assert_eq!(told.status, Status::Ok.code(), "{}", told.json);
        assert_eq!(told.json.contains("resumed"), resumes, "{}", told.json);
        assert_eq!(told.json.contains("began in the future"), !resumes, "{}", told.json);
        place.check_everybody_was_set();
    }
}

/// Row 43: a clock before 1970 is no reason to panic.
#[test]
fn a_clock_before_the_epoch() {
    let place = Place::small(40, &[], 1);
    let host = Host::of(&place).with(Fault { clock: (-4_000_000_000, 0), ..Fault::none() });
    assert_eq!(host.set("HOST_MAX_REQUESTS", 3).report().status, Status::RequestLimit.code());
    let told = at(&place, 0);
    assert_eq!((told.status, told.requests), (Status::Ok.code(), 10), "{}", told.json);
}

/// Row 43: waits are measured by another clock.
#[test]
fn a_jump_in_the_middle_of_a_run_changes_nothing() {
    for jump in [24 * HOUR, -24 * HOUR] {
        let mut place = Place::with(40, [], Options { rate: Some(10), ..Options::default() });
        (place.batch, place.workers) = (2, 2);
        let fault = Fault { clock: (jump, 4), ..Fault::none() };
        let started = Instant::now();
        let (told, took) = (Host::of(&place).with(fault).report(), started.elapsed());
        assert_eq!(told.status, Status::Ok.code(), "{}", told.json);
        place.check_states(&told.states, &told.json);
        assert!(took > Duration::from_millis(900) && took < Duration::from_secs(30), "{took:?}");
        assert!(place.dir.names().is_empty());
    }
}
