//! `Retry-After`, in every form that servers send it (RFC 9110 §10.2.3).

use std::time::{Duration, SystemTime};

use chrono::DateTime;

/// For a header that is there but can't be read: the service wants a delay, only its length is not known.
const UNREADABLE: Duration = Duration::from_secs(5);

/// How long to wait, by the longest of the headers; `None` if there is none.
///
/// Seconds, or an HTTP-date in any of its three forms (RFC 9110 §5.6.7). A date is measured from the response's own
/// `Date`, so that a skewed clock on either side does no harm. A date in the past is no wait.
pub(crate) fn retry_after(values: &[String], date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let server_now = date.and_then(parse_date).unwrap_or(now);
    values.iter().map(|value| parse(value, server_now)).max()
}

fn parse(value: &str, now: SystemTime) -> Duration {
    let value = value.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
    if let Some(wait) = seconds(value) {
        return wait;
    }
    if let Some(until) = parse_date(value) {
        return until.duration_since(now).unwrap_or(Duration::ZERO);
    }
    // "120, 120" when a proxy joins two headers; "120 s" from those who like units.
    let part = |part: &str| {
        let part = part.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
        let number = part.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
        let unit = part[number.len()..].trim().to_ascii_lowercase();
        let known = ["", "s", "sec", "secs", "second", "seconds"].contains(&unit.as_str());
        known.then(|| seconds(number)).flatten()
    };
    value.split(',').filter_map(part).max().unwrap_or_default().max(UNREADABLE)
}

/// Digits, with or without a fraction, which is rounded up.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    // More digits than fit are a very long time, not garbage.
    let most = u64::from(u32::MAX);
    let seconds = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(most) };
    let up = u64::from(fraction.bytes().any(|b| b != b'0'));
    Some(Duration::from_secs(seconds.saturating_add(up)))
}

/// An HTTP-date, also one whose time zone is called something else than GMT, or a date as in e-mail or in ISO 8601.
fn parse_date(value: &str) -> Option<SystemTime> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
    let in_gmt = ["UTC", "UT", "Z", "+0000", "-0000", "+00:00", "GMT"].into_iter().find_map(|zone| {
        let at = value.len().checked_sub(zone.len()).filter(|at| value.is_char_boundary(*at))?;
        let (rest, end) = value.split_at(at);
        let rest = rest.strip_suffix(' ').filter(|_| end.eq_ignore_ascii_case(zone))?;
        let rest = rest.trim_end();
        // The form of asctime has no zone at all.
        httpdate::parse_http_date(&format!("{rest} GMT")).or_else(|_| httpdate::parse_http_date(rest)).ok()
    });
    let others = || {
        let date =
            DateTime::parse_from_rfc2822(value).or_else(|_| DateTime::parse_from_rfc3339(value)).ok()?;
        let since = u64::try_from(date.timestamp()).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(since))
    };
    in_gmt.or_else(|| httpdate::parse_http_date(value).ok()).or_else(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn read(values: &[&str], date: Option<&str>) -> Option<u64> {
        let values: Vec<String> = values.iter().map(|v| v.to_string()).collect();
        let local = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:00 GMT").unwrap();
        retry_after(&values, date, local).map(|d| d.as_secs())
    }

    #[test]
    fn forms() {
        for (values, date, want) in [
            (&["2"][..], None, Some(2)),
            (&[" 2 "], None, Some(2)),
            (&["0"], None, Some(0)),
            (&["007"], None, Some(7)),
            (&["1000000"], None, Some(1_000_000)),
            (&["99999999999999999999999"], None, Some(u64::from(u32::MAX))),
            (&["99999999999999999999999.9"], None, Some(u64::from(u32::MAX) + 1)),
            (&["18446744073709551615.5"], None, Some(u64::MAX)),
            (&["5.0"], None, Some(5)),
            (&["1.5"], None, Some(2)),
            (&["1.000000000000000000000001"], None, Some(2)),
            (&[".5"], None, Some(1)),
            (&["7."], None, Some(7)),
            (&["\"120\""], None, Some(120)),
            (&["'120'"], None, Some(120)),
            (&["\" 1.5 \""], None, Some(2)),
            (&["120, 60"], None, Some(120)),
            (&["\"60\", \"120\""], None, Some(120)),
            (&["120s"], None, Some(120)),
            (&["120 Seconds"], None, Some(120)),
            (&[DATE], None, Some(37)),
            (&["\"Sun, 06 Nov 1994 08:49:37 GMT\""], None, Some(37)),
            (&["Sunday, 06-Nov-94 08:49:37 GMT"], None, Some(37)),
            (&["Sun Nov  6 08:49:37 1994"], None, Some(37)),
            (&["Sun, 06 Nov 1994 08:49:37 UTC"], None, Some(37)),
            (&["Sun, 06 Nov 1994 08:49:37 gmt"], None, Some(37)),
            (&["Sun, 06 Nov 1994 08:49:37 +0000"], None, Some(37)),
            (&["Sun, 06 Nov 1994 08:49:37 -0000"], None, Some(37)),
            (&["Sunday, 06-Nov-94 08:49:37 UTC"], None, Some(37)),
            (&["Sun Nov  6 08:49:37 1994 UTC"], None, Some(37)),
            (&["Sun, 06 Nov 1994 10:49:37 +0200"], None, Some(37)),
            (&["06 Nov 1994 08:49:37 +0000"], None, Some(37)),
            (&[" \"Sun, 06 Nov 1994 08:49:37 GMT\""], None, Some(37)),
            (&["1994-11-06T08:49:37Z"], None, Some(37)),
            (&[DATE], Some("Sun, 06 Nov 1994 08:49:30 GMT"), Some(7)),
            (&[DATE], Some("Sun, 06 Nov 1994 08:49:30 UTC"), Some(7)),
            (&[DATE], Some("\"Sun, 06 Nov 1994 08:49:30 GMT\""), Some(7)),
            (&[DATE], Some(" Sun, 06 Nov 1994 08:49:30 +0000 "), Some(7)),
            (&[DATE], Some("garbage"), Some(37)),
            (&[DATE], Some("Sun, 06 Nov 1994 09:00:00 GMT"), Some(0)),
            (&["2", "5"], None, Some(5)),
            (&["abc", "50"], None, Some(50)),
            (&[], None, None),
        ] {
            assert_eq!(read(values, date), want, "{values:?} {date:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_at_least_five_seconds() {
        for value in [
            "",
            " ",
            "abc",
            "-5",
            "+5",
            "1e30",
            "0x10",
            "3s",
            "3 m",
            "1,5",
            ".",
            "1.2.3",
            "\"",
            "NaN",
            "inf",
            "PT3S",
            "٣",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "\u{fffd}",
            "é",
        ] {
            assert_eq!(read(&[value], None), Some(5), "{value:?}");
        }
        assert_eq!(read(&["2", "abc"], None), Some(5));
    }
}
