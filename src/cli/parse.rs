//! From the texts of flags to times and rates. Bounds are left to the library.

use std::time::Duration;

/// A time in seconds, such as `0.5`.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = decimal(text).ok_or("is not a time in seconds, 0 or more, such as 90 or 0.5")?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| "is longer than any time that can be waited for".to_owned())
}

/// A time with its unit, such as `10m`, `90 s` or `1.5h`; without one in seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E')) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let number = if unit.is_empty() { number } else { number.strip_suffix(' ').unwrap_or(number) };
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("has a unit that is none of s, m and h; write it like 90s, 10m or 1h".to_owned()),
    };
    seconds(number).map_err(|_| "is not a time, such as 90s, 10m or 1h".to_owned()).and_then(|time| {
        Duration::try_from_secs_f64(time.as_secs_f64() * factor)
            .map_err(|_| "is longer than any time that can be waited for".to_owned())
    })
}

/// Requests per second, such as `5` or `0.5`; 0 is no limit.
pub fn rate(text: &str) -> Result<(u32, Duration), String> {
    // Requests are evenly spaced, so 1,000 seconds say the same as one, with three more digits.
    const PER: u64 = 1000;
    let rate = decimal(text).ok_or("is not a number of requests per second, such as 5 or 0.5")?;
    let requests = (rate * PER as f64).round();
    if requests > f64::from(u32::MAX) {
        return Err("is more than can be counted".to_owned());
    }
    // A very low rate must not become 0, which is no limit.
    let requests = if rate > 0.0 { requests.max(1.0) } else { 0.0 };
    Ok((requests as u32, Duration::from_secs(PER)))
}

/// A whole number above 0.
pub fn count(text: &str) -> Result<u64, String> {
    let number =
        text.parse().ok().filter(|number| *number > 0 && text.bytes().all(|byte| byte.is_ascii_digit()));
    number.ok_or_else(|| "is not a whole number above 0".to_owned())
}

/// Digits with a point and an exponent at most: no sign, and none of the words that Rust's parser takes.
pub fn decimal(text: &str) -> Option<f64> {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if !(digits(whole) && digits(fraction) && digits(exponent)) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_times_that_exist() {
        let per = Duration::from_secs(1000);
        for (text, requests) in [("5", 5000), ("0.1", 100), ("1e-30", 1), ("0", 0), ("1000", 1_000_000)] {
            assert_eq!(rate(text), Ok((requests, per)), "{text}");
        }
        for bad in
            ["", "x", "-1", "-0", "-0.0001", "+5", "5.", ".5", "5/s", "0,5", "nan", "inf", "1e30", "1e999"]
        {
            assert!(rate(bad).is_err(), "{bad}");
        }
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for (text, seconds) in
            [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400), ("12 h", 43_200), ("5000 ms", 5)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "m", "-1m", "10d", "1m30s", "x"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!(count("12"), Ok(12));
        for bad in ["", "0", "-1", "+1", "1.0", "1,000", "x", "99999999999999999999"] {
            assert_eq!(count(bad), Err("is not a whole number above 0".to_owned()), "{bad}");
        }
        for bad in ["", "x", "-1", "-0", "+1", "1s", "0,5", "nan", "inf", "1e30"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
