//! `Retry-After` and `Date`. In whatever form: no panic, no overflow, and seconds are what they say. In each form that
//! servers use: exactly the time that was meant, and everybody waits so long, but no longer than a day.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use usercom::fuzzing::{Process, retry_after};

/// The longest wait, with the jitter that spreads those who come back.
const LONGEST: Duration = Duration::from_secs(24 * 3600 + 1);
/// The longest that is waited at the lowest rate that is learned from a 429.
const SLOWEST: Duration = Duration::from_secs(30);

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        in_any_form(text);
    }
    let _ = in_known_forms(&mut Unstructured::new(bytes));
});

fn in_any_form(text: &str) {
    let lines: Vec<&str> = text.split('\n').collect();
    let (date, values) = lines.split_first().map_or((None, &[][..]), |(date, values)| (Some(*date), values));
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    for now in [UNIX_EPOCH, UNIX_EPOCH + Duration::from_secs(1_800_000_000)] {
        let wait = retry_after(&values, date, now);
        assert_eq!(wait.is_some(), !values.is_empty(), "a header that is there is obeyed");
        for value in &values {
            if let Ok(seconds) = value.parse::<u64>() {
                let plain = !value.starts_with('+');
                assert!(!plain || wait >= Some(Duration::from_secs(seconds)), "{value:?}: {wait:?}");
            }
        }
        if let Some(wait) = wait {
            waits(wait, 429);
            // Whoever waits adds it to a clock.
            let _ = now.checked_add(wait);
        }
    }
}

/// Headers whose meaning is known, and what they mean.
fn in_known_forms(u: &mut Unstructured<'_>) -> Result<()> {
    // Between 1970 and 2105; of two digits of a year everybody knows the century for the next 40 years only.
    let now = u.int_in_range(0..=4_000_000_000_u64)?;
    let mut date = None;
    let server_now = if u.arbitrary()? {
        let skewed = u.int_in_range(0..=4_000_000_000_u64)?;
        date = Some(http_date(u, skewed, "GMT")?);
        skewed
    } else {
        now
    };
    let (mut values, mut meant) = (Vec::new(), Duration::ZERO);
    for _ in 0..u.int_in_range(1..=3)? {
        let seconds = if u.ratio(1, 8)? { u.arbitrary::<u64>()? } else { u.int_in_range(0..=200_000)? };
        let (value, seconds) = header(u, seconds, server_now)?;
        let quotes = u.choose(&["", "", "", "\"", "'"])?;
        let blank = u.choose(&["", "", " ", "\t"])?;
        values.push(format!("{blank}{quotes}{value}{quotes}{blank}"));
        meant = meant.max(Duration::from_secs(seconds));
    }
    let at = UNIX_EPOCH + Duration::from_secs(now);
    let wait = retry_after(&values, date.as_deref(), at);
    assert_eq!(wait, Some(meant), "{values:?}, with Date {date:?} at {at:?}");
    waits(meant, *u.choose(&[429, 503, 408, 423, 425])?);
    Ok(())
}

/// A value, and the seconds that it means.
fn header(u: &mut Unstructured<'_>, seconds: u64, now: u64) -> Result<(String, u64)> {
    Ok(match u.int_in_range(0..=6)? {
        0 => (seconds.to_string(), seconds),
        1 => (format!("{seconds:025}"), seconds),
        // What begins is waited for.
        2 => (format!("{seconds}.{}", u.int_in_range(1..=999_999)?), seconds.saturating_add(1)),
        3 => (format!("{seconds}.000"), seconds),
        4 => {
            let unit = u.choose(&["s", " s", " sec", " Seconds", "SECS"])?;
            // In a list or with a unit it is no less than what a header that can't be read means.
            (format!("{seconds}{unit}"), seconds.max(5))
        }
        5 => {
            let (first, second) = (seconds, u.int_in_range(0..=100_000)?);
            (format!("{first}, {second}"), first.max(second).max(5))
        }
        _ => {
            // An HTTP-date has four digits for the year.
            let until = now.saturating_add(seconds).min(5_000_000_000);
            let zone = *u.choose(&["GMT", "UTC", "gmt", "+0000", "-0000"])?;
            (http_date(u, until, zone)?, until - now)
        }
    })
}

/// A date in one of the forms of HTTP, e-mail and ISO 8601.
fn http_date(u: &mut Unstructured<'_>, seconds: u64, zone: &str) -> Result<String> {
    let civil = Civil::of(seconds);
    let Civil { year, month, day, hour, minute, second, weekday } = civil;
    let long = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][weekday];
    let (short, name) = (&long[..3], MONTHS[month as usize - 1]);
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let forms = if (1970..2060).contains(&year) { 5 } else { 4 };
    Ok(match u.int_in_range(0..=forms)? {
        0 => format!("{short}, {day:02} {name} {year} {time} {zone}"),
        1 => format!("{short} {name} {day:2} {time} {year}"),
        2 => format!("{year:04}-{month:02}-{day:02}T{time}Z"),
        3 => format!("{day:02} {name} {year} {time} +0000"),
        4 => {
            // The same moment by another clock.
            let Civil { year, month, day, hour, minute, second, .. } = Civil::of(seconds + 2 * 3600);
            format!("{day:02} {} {year} {hour:02}:{minute:02}:{second:02} +0200", MONTHS[month as usize - 1])
        }
        _ => format!("{long}, {day:02}-{name}-{:02} {time} {zone}", year % 100),
    })
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

struct Civil {
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    /// From Monday on.
    weekday: usize,
}

impl Civil {
    /// Day by day, to have nothing in common with the code under test.
    fn of(seconds: u64) -> Civil {
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let is_leap =
            |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let (mut year, mut left) = (1970, days);
        while left >= 365 + u64::from(is_leap(year)) {
            left -= 365 + u64::from(is_leap(year));
            year += 1;
        }
        let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month = 1;
        for length in lengths {
            if left < length {
                break;
            }
            left -= length;
            month += 1;
        }
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        // 1970 began on a Thursday.
        Civil { year, month, day: left + 1, hour, minute, second, weekday: ((days + 3) % 7) as usize }
    }
}

/// After a response that asks to wait so long nobody sends earlier, and somebody does soon after.
fn waits(asked: Duration, status: u16) {
    let mut process = Process::new(None, start(), 1);
    let now = Duration::from_secs(10);
    let interval = Some(Duration::from_millis(200));
    let sent = process.send(now, interval).ok().expect("the first request is sent");
    process.throttled(now, sent, status, Some(asked));
    let (mut until, mut waits) = (now, 0);
    // After the service's wait there may be that of a lower rate.
    while let Err(later) = process.send(until, interval) {
        assert!(later > until && waits < 2, "asked for {asked:?}, still waits at {until:?}");
        (until, waits) = (later, waits + 1);
    }
    let (least, most) = (asked.min(Duration::from_secs(24 * 3600)), asked.min(LONGEST).max(SLOWEST));
    let wait = until - now;
    assert!(wait >= least, "asked for {asked:?}, waits {wait:?} after {status}");
    assert!(wait <= most + Duration::from_secs(1), "asked for {asked:?}, waits {wait:?} after {status}");
    assert!(wait <= LONGEST, "asked for {asked:?}, waits {wait:?} after {status}");
}

/// One moment for all inputs: nothing depends on the real time.
fn start() -> Instant {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    *START
}
