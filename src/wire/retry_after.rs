//! `Retry-After`, in every form that servers send it (RFC 9110 §10.2.3).

use std::time::{Duration, SystemTime};

/// How long to wait, by the longest of the headers that can be read; `None` if none can.
///
/// Seconds or an HTTP-date in any of its three forms (RFC 9110 §5.6.7). A date is measured from the
/// response's own `Date`, so that a skewed clock on either side does no harm. A date in the past is no wait.
pub(crate) fn retry_after(values: &[String], date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let server_now = date.and_then(|d| httpdate::parse_http_date(d.trim()).ok()).unwrap_or(now);
    values.iter().filter_map(|value| parse(value.trim(), server_now)).max()
}

fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are a very long time, not garbage.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(now).unwrap_or(Duration::ZERO))
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
            (&["1000000"], None, Some(1_000_000)),
            (&["99999999999999999999999"], None, Some(u64::from(u32::MAX))),
            (&[DATE], None, Some(37)),
            (&["Sunday, 06-Nov-94 08:49:37 GMT"], None, Some(37)),
            (&["Sun Nov  6 08:49:37 1994"], None, Some(37)),
            (&[DATE], Some("Sun, 06 Nov 1994 08:49:30 GMT"), Some(7)),
            (&[DATE], Some("garbage"), Some(37)),
            (&[DATE], Some("Sun, 06 Nov 1994 09:00:00 GMT"), Some(0)),
            (&["2", "5"], None, Some(5)),
            (&["abc", "5"], None, Some(5)),
            (&[], None, None),
            (&[""], None, None),
            (&["abc"], None, None),
            (&["-5"], None, None),
            (&["1e30"], None, None),
            (&["1.5"], None, None),
        ] {
            assert_eq!(read(values, date), want, "{values:?} {date:?}");
        }
    }
}
