//! Whether a value that was read back is the one that was sent, as the attribute's type means it. Pure.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use serde_json::Value;

/// Floats may be written with fewer digits than they were sent with.
const CLOSE: f64 = 1e-9;

/// Whether both are the same value. Both are JSON; `kind` is the attribute's type where it is known.
pub(super) fn is_same(sent: &str, stored: &str, kind: Option<&str>) -> bool {
    if sent == stored {
        return true;
    }
    let (Ok(a), Ok(b)) = (serde_json::from_str::<Value>(sent), serde_json::from_str::<Value>(stored)) else {
        return false;
    };
    let texts = || Some((text(&a, sent)?, text(&b, stored)?));
    match kind {
        Some("boolean") => texts().is_some_and(|(a, b)| truth(&a).is_some() && truth(&a) == truth(&b)),
        Some("integer" | "float") => texts().is_some_and(|(a, b)| is_same_number(&a, &b)),
        Some("string") => texts().is_some_and(|(a, b)| a == b),
        Some("date") => texts().is_some_and(|(a, b)| day(&a).is_some() && day(&a) == day(&b)),
        Some("datetime") => texts().is_some_and(|(a, b)| is_same_moment(&a, &b)),
        Some("fixed") => choices(&a) == choices(&b),
        Some("json") => {
            is_same_json(&a, &b) || b.as_str().is_some_and(|b| inner(b).is_some_and(|b| is_same_json(&a, &b)))
        }
        // Without its type, whatever either of them can mean.
        _ => {
            is_same_json(&a, &b)
                || choices(&a).is_some() && choices(&a) == choices(&b)
                || matches!((&a, &b), (Value::String(a), Value::String(b)) if is_same_moment(a, b))
        }
    }
}

fn inner(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// The text of a value that is no list and no object: of a number as it is written.
fn text(value: &Value, json: &str) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(json.trim().to_owned()),
        // A field of choices may be read as a list of one.
        Value::Array(list) if list.len() == 1 => text(&list[0], &list[0].to_string()),
        _ => None,
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn is_same_number(a: &str, b: &str) -> bool {
    if let (Ok(a), Ok(b)) = (a.trim().parse::<i128>(), b.trim().parse::<i128>()) {
        return a == b;
    }
    match (a.trim().parse::<f64>(), b.trim().parse::<f64>()) {
        (Ok(a), Ok(b)) => a == b || (a - b).abs() <= CLOSE * a.abs().max(b.abs()),
        _ => false,
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    let rest = text.get(10..)?;
    let day = NaiveDate::parse_from_str(&text[..10], "%Y-%m-%d").ok()?;
    let midnight = || moment(text).is_some_and(|moment| moment.time() == NaiveTime::MIN);
    (rest.is_empty() || midnight()).then_some(day)
}

/// Without an offset it is UTC; a day alone is its midnight.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let naive = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN));
    let local = || naive("%Y-%m-%dT%H:%M:%S%.f").or_else(|| naive("%Y-%m-%d %H:%M:%S%.f")).or_else(day);
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.with_timezone(&Utc));
    moment.or_else(|| local().map(|local| local.and_utc()))
}

/// The service shows whole seconds.
fn is_same_moment(sent: &str, stored: &str) -> bool {
    let (Some(sent), Some(stored)) = (moment(sent), moment(stored)) else { return false };
    let shown = if stored.nanosecond() == 0 { sent.with_nanosecond(0).unwrap_or(sent) } else { sent };
    shown == stored
}

/// In order, since the service may keep them in another one.
fn choices(value: &Value) -> Option<Vec<String>> {
    let list = match value {
        Value::Array(list) => list.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => None,
        other => Some(other.to_string()),
    };
    let mut texts: Vec<String> = list.iter().map(text).collect::<Option<_>>()?;
    texts.sort();
    Some(texts)
}

/// Objects in any order, numbers by their value.
fn is_same_json(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => is_same_number(&a.to_string(), &b.to_string()),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_json(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_same_json(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_type() {
        for (kind, sent, same, other) in [
            ("boolean", "true", &["true", "\"true\"", "1"][..], &["false", "null", "\"x\"", "2"][..]),
            (
                "integer",
                "9007199254740993",
                &["9007199254740993", "\"9007199254740993\""],
                &["9007199254740992", "null"],
            ),
            ("integer", "\"123\"", &["123"], &["124", "\"12\"", "[]"]),
            ("float", "0.1", &["0.10", "0.1000000000001", "\"0.1\""], &["0.10000000149011612", "0"]),
            ("float", "3", &["3.0"], &["3.1"]),
            ("string", "\"007\"", &["\"007\""], &["7", "\"7\"", "null", "\"007 \""]),
            ("string", "5", &["\"5\""], &["\"5.0\""]),
            (
                "date",
                "\"2026-11-23\"",
                &["\"2026-11-23T00:00:00Z\""],
                &["\"2026-11-24\"", "\"2026-11-23T01:00:00Z\"", "null"],
            ),
            (
                "datetime",
                "\"2026-11-23T10:00:00.5Z\"",
                &[
                    "\"2026-11-23T10:00:00Z\"",
                    "\"2026-11-23T12:00:00+02:00\"",
                    "\"2026-11-23T10:00:00.500Z\"",
                ],
                &["\"2026-11-23T10:00:01Z\"", "\"2026-11-23\"", "null", "5"],
            ),
            ("datetime", "\"2026-11-23\"", &["\"2026-11-23T00:00:00Z\""], &["\"2026-11-23T00:00:01Z\""]),
            ("fixed", "\"pro\"", &["[\"pro\"]"], &["[]", "null", "[\"free\"]", "[\"pro\",\"free\"]"]),
            ("fixed", "[\"b\",\"a\"]", &["[\"a\",\"b\"]"], &["[\"a\"]"]),
            (
                "json",
                "{\"a\":[1,2.0],\"b\":null}",
                &["{\"b\":null,\"a\":[1.0,2]}", "\"{\\\"a\\\":[1,2],\\\"b\\\":null}\""],
                &["{\"a\":[2,1],\"b\":null}", "{}"],
            ),
        ] {
            same.iter()
                .for_each(|stored| assert!(is_same(sent, stored, Some(kind)), "{kind}: {sent} = {stored}"));
            other
                .iter()
                .for_each(|stored| assert!(!is_same(sent, stored, Some(kind)), "{kind}: {sent} ≠ {stored}"));
        }
    }

    #[test]
    fn without_a_type() {
        for (sent, stored) in [
            ("1", "1.0"),
            ("\"pro\"", "[\"pro\"]"),
            ("\"2026-11-23T10:00:00Z\"", "\"2026-11-23T11:00:00+01:00\""),
            ("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"),
        ] {
            assert!(is_same(sent, stored, None), "{sent} = {stored}");
        }
        for (sent, stored) in [("\"007\"", "7"), ("1", "\"2\""), ("\"a\"", "null"), ("true", "false")] {
            assert!(!is_same(sent, stored, None), "{sent} ≠ {stored}");
        }
    }
}
