//! `Retry-After` in every form, and a rate limit that is learned.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use usercom::{Status, Update};

use super::server::{Server, ok, status};
use super::{s, side_by_side};

/// How long nobody sent after the sixth of ten requests got such a response.
fn pause(code: u16, headers: String) -> Duration {
    let server = Server::start(move |r| if r.number == 5 { status(code, &headers, "") } else { ok() });
    let report = server.update(20, 2, 2, s(60));
    assert_eq!(report.status(), Status::Ok, "{code}: {report}");
    let at: Vec<Instant> = server.requests().iter().map(|r| r.at).collect();
    at.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
}

#[test]
fn each_form_of_the_header() {
    let in_3_s = SystemTime::now() + s(3);
    let date = httpdate::fmt_http_date(in_3_s);
    let now = httpdate::fmt_http_date(SystemTime::now());
    let dated = |text: String| format!("Date: {now}\r\nRetry-After: {text}\r\n");
    let header = |value: &str| format!("Retry-After: {value}\r\n");
    let cases = [
        (header("2"), 2.0),
        (header(" 2 "), 2.0),
        (header("1.5"), 2.0),
        (header("2.0"), 2.0),
        (header("\"2\""), 2.0),
        (header("2") + &header("1"), 2.0),
        (header("abc"), 5.0),
        (header("-5"), 5.0),
        (header("1e30"), 5.0),
        (header(""), 5.0),
        (header("3s"), 5.0),
        (header("\u{fc}"), 5.0),
        (dated(date.clone()), 3.0),
        (dated(date.replace("GMT", "UTC")), 3.0),
        (dated(date.replace("GMT", "+0000")), 3.0),
    ];
    side_by_side(&cases, |(headers, seconds)| {
        let pause = pause(429, headers.clone()).as_secs_f64();
        assert!(pause >= seconds - 0.1 && pause < seconds + 1.5, "{headers}: {pause}");
    });
}

#[test]
fn where_it_is_obeyed() {
    side_by_side(&[429, 503, 408, 409, 413, 423, 425], |code| {
        let pause = pause(*code, "Retry-After: 3\r\n".to_owned());
        assert!(pause >= s(3) - Duration::from_millis(100), "{code}: {pause:?}");
    });
    side_by_side(&[500, 502, 504, 424, 499], |code| {
        let pause = pause(*code, "Retry-After: 30\r\n".to_owned());
        assert!(pause < s(5), "{code}: {pause:?}");
    });
}

#[test]
fn one_batch_that_asks_for_a_delay_again_and_again() {
    side_by_side(&[503, 423], |code| {
        let code = *code;
        let server =
            Server::start(move |r| if r.has(3) { status(code, "Retry-After: 1\r\n", "") } else { ok() });
        let client = server.builder().batch_size(2).workers(1).max_attempts(2).build().unwrap();
        let ids: Vec<i64> = (1..=20).collect();
        let report = client.run(Update::new("plan", "pro")).ids(&ids).stall_timeout(s(5)).send().unwrap();
        assert_eq!((report.confirmed(), report.unknown()), (18, 2), "{report}");
    });
}

/// A server that allows ten requests a second, as nginx does without a burst.
fn ten_a_second() -> Server {
    let next = Mutex::new(Instant::now());
    Server::start(move |_| {
        let mut next = next.lock().unwrap();
        if *next > Instant::now() {
            return status(429, "", "");
        }
        *next = (*next).max(Instant::now()) + Duration::from_millis(100);
        ok()
    })
}

#[test]
fn an_unlimited_run_settles_just_under_the_limit() {
    let server = ten_a_second();
    let begun = Instant::now();
    let report = server.update(60, 1, 8, s(60));
    assert_eq!(report.status(), Status::Ok, "{report}");
    let took = begun.elapsed();
    assert!(took < s(12), "{took:?}: {report}");
    // The next run, which keeps to what is allowed, is not punished for the first one.
    let client = server.builder().batch_size(1).rate_limit(19, s(2)).build().unwrap();
    let ids: Vec<i64> = (1..=60).collect();
    let begun = Instant::now();
    let report = client.mass_update(&ids, "plan", "pro").unwrap();
    assert_eq!(report.status(), Status::Ok, "{report}");
    let took = begun.elapsed();
    assert!(took < s(11), "{took:?}: {report}");
}
