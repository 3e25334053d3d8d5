//! What each 429 and each success changes, by numbers. That this finds a service's limit is tested in `simulated`.

use super::*;

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// Throttled at 100 s, sending again at 102 s.
fn learned() -> Learned {
    Learned {
        rate: 10.0,
        fine: 0.0,
        too_high: 20.0,
        throttled_at: at(100.0),
        resumed_at: at(102.0),
        sent: 50.0,
        accepted: 41.0,
        changed_at: at(102.0),
        successes: 0.0,
    }
}

fn ceiling(learned: Learned) -> Ceiling {
    Ceiling { learned: Some(learned), ..Ceiling::default() }
}

#[track_caller]
fn near(is: f64, should: f64) {
    assert!((is - should).abs() < 1e-4 * should.abs().max(1.0), "{is}, not {should}");
}

#[test]
fn how_fast_requests_are_sent() {
    let mut sending = Sending::default();
    let rates = [
        // The first one says nothing, nor does the first one after a pause.
        (100.0, 100.0, GUESS),
        (100.25, 100.5, 2.0),
        (100.5, 100.5, 4.0),
        // The second before counts, too.
        (101.25, 101.25, 3.0 / 1.25),
        (102.0, 102.5, 1.0 / 1.5),
        (110.0, 110.5, GUESS),
        (110.0, 110.0, HIGHEST),
        (110.0, 110.0, HIGHEST),
    ];
    for (sent, asked, rate) in rates {
        sending.add(at(sent));
        near(sending.rate(at(asked)), rate);
    }
    let mut ceiling = ceiling(learned());
    ceiling.sent(at(103.0));
    assert_eq!(ceiling.learned.unwrap().sent, 51.0);
    assert_eq!(ceiling.sending.count, 1.0);
}

#[test]
fn how_time_takes_a_rate_back() {
    let ceiling = ceiling(Learned { rate: 2.0, ..learned() });
    for (seconds, allowed, rate) in [
        (0.0, Some(8.0), Some(2.0)),
        (30.0, Some(8.0), Some(2.0 * 4_f64.powf(0.5_f64.powi(8)))),
        (54.0, Some(8.0), Some(2.0 * 4_f64.powf(0.9_f64.powi(8)))),
        (60.0, Some(8.0), None),
        (30.0, None, Some(2.0 * 2_f64.powf(0.5_f64.powi(8)))),
        (54.0, None, Some(2.0 * 2_f64.powf(0.9_f64.powi(8)))),
        (60.0, None, Some(4.0)),
        (90.0, None, Some(2.0 * 2_f64.powf(1.5))),
        (120.0, None, Some(8.0)),
        (120.0, Some(100.0), None),
        (540.0, None, None),
    ] {
        match (ceiling.rate(at(100.0 + seconds), allowed), rate) {
            (Some(is), Some(should)) => near(is, should),
            (is, should) => assert_eq!(is, should, "{seconds} {allowed:?}"),
        }
    }
    assert_eq!(Ceiling::default().rate(at(1.0), None), None);
}

#[test]
fn what_is_close_and_what_is_below() {
    for (rate, is_close, is_below) in [(3.9, 1.15, 3.588), (4.0, 1.07, 3.76), (10.0, 1.07, 9.4)] {
        near(close(rate), is_close);
        near(below(rate), is_below);
    }
    for (fine, too_high, next) in [
        (10.0, 20.0, 200_f64.sqrt()),
        (10.0, 10.8, 108_f64.sqrt()),
        (10.0, 10.0 * CLOSE, 10.7 * BELOW),
        (10.0, 10.5, 10.0),
        (2.0, 2.2, 2.2 * BELOW_IF_SLOW),
        (2.0, 2.4, 4.8_f64.sqrt()),
    ] {
        near(between(fine, too_high), next);
    }
}

#[test]
fn when_a_rate_has_been_tried_for_long_enough() {
    for (rate, too_high, resumed_at, successes, seconds, tried) in [
        // What was saved in a second, and two requests, at ten a second more than the service may allow.
        (10.0, 20.0, 101.0, 10.0, 1.25, true),
        (10.0, 20.0, 101.0, 10.0, 1.15, false),
        (10.0, 20.0, 101.0, 9.0, 1.25, false),
        // The difference is at least a hundredth.
        (10.0, 10.05, 101.0, 1000.0, 121.0, true),
        (10.0, 10.05, 101.0, 1000.0, 119.0, false),
        (10.0, 10.05, 101.0, 1000.0, 1.25, false),
        // At least three, for at least a second.
        (0.5, 2.0, 101.0, 3.0, 1.7, true),
        (0.5, 2.0, 101.0, 2.0, 1.7, false),
        (0.5, 2.0, 101.0, 3.0, 1.6, false),
        (100.0, 1000.0, 100.0, 100.0, 1.0, true),
        (100.0, 1000.0, 100.0, 100.0, 0.9, false),
    ] {
        let learned = Learned {
            rate,
            too_high,
            resumed_at: at(resumed_at),
            changed_at: at(200.0),
            successes,
            ..learned()
        };
        assert_eq!(learned.is_tried(at(200.0 + seconds)), tried, "{rate} {too_high} {successes} {seconds}");
    }
}

#[test]
fn what_a_success_changes() {
    // When it was sent, and whether it counts as accepted since the 429, and at this rate.
    for (sent_at, accepted, successes) in
        [(99.9, 41.0, 0.0), (100.0, 42.0, 0.0), (101.9, 42.0, 0.0), (102.0, 42.0, 1.0), (103.0, 42.0, 1.0)]
    {
        let mut ceiling = ceiling(learned());
        ceiling.succeeded(at(104.0), at(sent_at));
        let expected = Learned { accepted, successes, ..learned() };
        assert_eq!(ceiling.learned, Some(expected), "{sent_at}");
    }
    // A rate that is fine is raised, unless the one that is too high is close.
    for (rate, too_high, raised) in [
        (10.0, 20.0, true),
        (10.0, 10.9, true),
        (10.0, 10.0 * CLOSE, false),
        (10.0, 10.5, false),
        (4.0, 4.4, true),
        (2.0, 2.4, true),
        (2.0, 2.0 * CLOSE_IF_SLOW, false),
        (2.0, 2.2, false),
    ] {
        let tried = Learned { rate, fine: 1.0, too_high, successes: 1000.0, ..learned() };
        let mut ceiling = ceiling(tried);
        ceiling.succeeded(at(900.0), at(800.0));
        let is = ceiling.learned.unwrap();
        let expected = match raised {
            true => (rate, between(rate, too_high), at(900.0), 0.0),
            false => (1.0, rate, at(102.0), 1001.0),
        };
        assert_eq!((is.fine, is.rate, is.changed_at, is.successes), expected, "{rate} {too_high}");
    }
    // What was fine at a higher rate stays fine.
    let mut ceiling = ceiling(Learned { fine: 12.0, successes: 1000.0, ..learned() });
    ceiling.succeeded(at(900.0), at(800.0));
    assert_eq!(ceiling.learned.unwrap().fine, 12.0);
}

#[test]
fn what_the_first_429_changes() {
    for (allowed, too_high, rate) in [(Some(8.0), 8.0, 4.0), (Some(0.1), 0.1, 0.1), (None, 40.0, 10.0)] {
        let sending = Sending { since: at(99.0), count: 41.0, before: 0.0 };
        let mut ceiling = Ceiling { sending, learned: None };
        ceiling.throttled(at(100.5), at(100.0), allowed);
        let now = at(100.5);
        let times = Learned { throttled_at: now, resumed_at: now, changed_at: now, ..Learned::default() };
        assert_eq!(ceiling.learned, Some(Learned { rate, too_high, ..times }), "{allowed:?}");
    }
}

#[test]
fn what_the_next_429_changes() {
    let fast = learned();
    let raised = Learned { changed_at: at(105.0), ..fast };
    let slow = Learned { rate: 2.0, too_high: 3.0, resumed_at: at(101.0), changed_at: at(101.0), ..fast };
    let (one, two) = (Learned { sent: 1.0, ..slow }, Learned { sent: 2.0, ..slow });
    let twenty = Some(20.0);
    for (number, (last, sent_at, allowed, fine, too_high, rate)) in [
        // It took 41 in 10 s. Of the 50 that were sent in the 8 s after the delay, not all.
        (fast, 110.0, twenty, 4.0, 6.25, (4.1 * 6.25_f64).sqrt()),
        // The rate was raised since: only that one is too high, and what was fine stays fine, if it is below.
        (raised, 110.0, twenty, 4.0, 10.0, (4.1 * 10.0_f64).sqrt()),
        (Learned { fine: 8.0, ..raised }, 110.0, twenty, 8.0, 10.0, 80_f64.sqrt()),
        (Learned { fine: 8.0, ..fast }, 110.0, twenty, 4.0, 6.25, (4.1 * 6.25_f64).sqrt()),
        (Learned { fine: 8.0, ..raised }, 110.0, Some(8.5), 7.99, 8.5, 7.99),
        (Learned { fine: 8.0, ..raised }, 110.0, Some(8.0), 4.0, 8.0, (4.1 * 8.0_f64).sqrt()),
        (Learned { fine: 8.0, ..raised }, 110.0, Some(8.0 * 1.02), 4.0, 8.16, (4.1 * 8.16_f64).sqrt()),
        // Time has raised it.
        (fast, 154.0, twenty, 40.0 / 54.0, 13.4766, (41.0 / 54.0 * 13.4766_f64).sqrt()),
        (fast, 170.0, Some(10.0 * CLOSE), 40.0 / 70.0, 10.7, (41.0 / 70.0 * 10.7_f64).sqrt()),
        // It saves up: of 20 in 9 s it took 18.
        (Learned { sent: 20.0, accepted: 18.0, ..slow }, 110.0, twenty, 1.7, 1.854, 1.70568),
        (Learned { sent: 9.0, accepted: 5.0, ..slow }, 110.0, twenty, 0.4, 0.515, 0.5_f64 * 0.9476),
        // Too few to say so, or too short a time, or not slow.
        (Learned { sent: 9.0, accepted: 4.0, ..slow }, 110.0, twenty, 0.3, 1.0, 0.4_f64.sqrt()),
        (
            Learned { sent: 20.0, accepted: 18.0, resumed_at: at(102.0), ..slow },
            110.0,
            twenty,
            1.7,
            2.0,
            1.84,
        ),
        (
            Learned { rate: 4.0, sent: 20.0, accepted: 18.0, ..slow },
            110.0,
            Some(4.0),
            1.7,
            20.0 / 9.0,
            (1.8_f64 * 20.0 / 9.0).sqrt(),
        ),
        // A single one was not sent at a rate: there is still not one more.
        (Learned { accepted: 0.0, too_high: 5.0, ..one }, 100.25, twenty, 0.0, 4.0, 2.0),
        (Learned { accepted: 0.0, too_high: 3.0, ..one }, 100.25, twenty, 0.0, 3.0, 1.5),
        (Learned { accepted: 0.0, too_high: 3.0, ..one }, 110.0, twenty, 0.0, 2.0, 1.0),
        (Learned { accepted: 0.0, too_high: 3.0, ..two }, 101.5, twenty, 0.0, 2.0, 1.0),
        // The lowest, and the lowest while nothing gets through.
        (Learned { accepted: 1.0, ..two }, 130.0, twenty, 0.0, 0.2, 0.2),
        (Learned { accepted: 0.0, ..two }, 130.0, twenty, 0.0, 1.0, 1.0),
    ]
    .into_iter()
    .enumerate()
    {
        let mut ceiling = ceiling(last);
        ceiling.throttled(at(sent_at + 0.5), at(sent_at), allowed);
        let is = ceiling.learned.unwrap();
        for (is, should) in [(is.fine, fine), (is.too_high, too_high), (is.rate, rate)] {
            assert!((is - should).abs() < 1e-3, "{number}: {:?}, not {should}", ceiling.learned);
        }
        let since = (is.sent, is.accepted, is.successes, is.throttled_at, is.resumed_at, is.changed_at);
        let now = at(sent_at + 0.5);
        assert_eq!(since, (0.0, 0.0, 0.0, now, now, now), "{number}");
    }
}

#[test]
fn when_requests_resume_after_a_429() {
    assert_eq!(Ceiling::default().resumes(at(7.0)), at(7.0));
    // Not before there may be one more.
    for (asked, resumes) in [(100.2, 100.5), (103.0, 103.0)] {
        let before = Learned { rate: 2.0, resumed_at: at(100.0), changed_at: at(101.0), ..learned() };
        let mut ceiling = ceiling(before);
        assert_eq!(ceiling.resumes(at(asked)), at(resumes));
        let is = ceiling.learned.unwrap();
        assert_eq!((is.resumed_at, is.changed_at), (at(resumes), at(resumes.max(101.0))));
    }
    let mut later = ceiling(learned());
    later.resumes(at(101.0));
    assert_eq!(later.learned, Some(learned()));
}

#[test]
fn only_what_can_be_is_believed() {
    let now = at(100.0);
    for (learned, kept) in [
        (learned(), true),
        (Learned { rate: 0.05, ..learned() }, true),
        (Learned { rate: 0.04, ..learned() }, false),
        (Learned { rate: HIGHEST, ..learned() }, true),
        (Learned { rate: 1000.1, ..learned() }, false),
        (Learned { rate: f64::NAN, ..learned() }, false),
        (Learned { fine: -0.1, ..learned() }, false),
        (Learned { fine: f64::INFINITY, ..learned() }, false),
        (Learned { too_high: 1000.1, ..learned() }, false),
        (Learned { too_high: f64::NAN, ..learned() }, false),
        (Learned { throttled_at: at(100.1), ..learned() }, false),
    ] {
        let is = ceiling(learned).within_bounds(now).learned;
        assert_eq!(is.is_some(), kept, "{learned:?}");
    }
    let sending = Sending { since: at(200.0), ..Sending::default() };
    let is = Ceiling { sending, learned: None }.within_bounds(now);
    assert_eq!(is.sending.since, now);
}
