//! What an attribute is set to, and the exact JSON text that each kind becomes.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeZone, Utc};
use serde_json::value::RawValue;

use crate::error::{Error, Result};

/// A value for an attribute. Native types convert with `From`: `true`, `3`, `2.5`, `"pro"`, chrono's
/// dates, a list of strings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction. NaN and the infinities do not exist in JSON and are invalid.
    Float(f64),
    /// Text, never converted: `"007"` stays text.
    String(String),
    /// A calendar date, sent as `YYYY-MM-DD`.
    Date(NaiveDate),
    /// A moment, sent in RFC 3339 in UTC with `Z`.
    DateTime(DateTime<Utc>),
    /// Several choices of an attribute of the fixed kind. One choice is a [`Value::String`].
    Choices(Vec<String>),
    /// JSON that is sent byte for byte.
    Json(Box<RawValue>),
}

impl Value {
    /// A date from year (1 to 9999), month (1 to 12) and day.
    ///
    /// # Errors
    /// When there is no such date.
    pub fn date(year: i32, month: u32, day: u32) -> Result<Value> {
        NaiveDate::from_ymd_opt(year, month, day)
            .map(Value::Date)
            .ok_or_else(|| Error::invalid("value", format!("there is no date {year}-{month}-{day}")))
    }

    /// JSON text, sent byte for byte: `9007199254740993`, `0.10` and `1e3` arrive as written.
    ///
    /// # Errors
    /// When the text is not exactly one JSON value of at most 64 KiB.
    pub fn json(text: &str) -> Result<Value> {
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        if text.is_empty() {
            return Err(Error::invalid("value", "is empty; a JSON string has quotes: \"\""));
        }
        // Before parsing, so that a huge text costs nothing.
        check_size(text)?;
        serde_json::from_str::<Box<RawValue>>(text).map(Value::Json).map_err(|e| not_json(text, &e))
    }
}

fn check_size(text: &str) -> Result<()> {
    if text.len() > JsonText::MAX {
        return Err(Error::invalid(
            "value",
            format!("is {} bytes of JSON; at most 65536 can be sent", text.len()),
        ));
    }
    Ok(())
}

/// Names the mistake, with a hint if it may be missing quotes.
fn not_json(text: &str, error: &serde_json::Error) -> Error {
    if ["NaN", "Infinity", "-Infinity"].contains(&text) {
        return Error::invalid(
            "value",
            "NaN and Infinity do not exist in JSON; send a number or leave the ids out",
        );
    }
    let meant_as_text = !text.contains(['"', '[', ']', '{', '}']);
    let hint = if meant_as_text { "; text needs quotes inside the JSON: \"…\"" } else { "" };
    Error::invalid("value", format!("is not one JSON value: {error}{hint}"))
}

/// A value as it is sent: one JSON value of at most 64 KiB.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JsonText(Box<str>);

impl JsonText {
    const MAX: usize = 65_536;

    /// The text of `value`; null only if the caller allows it, because the vendor documents nothing about it.
    pub fn of(value: &Value, allow_null: bool) -> Result<JsonText> {
        let text = match value {
            Value::Bool(v) => v.to_string(),
            Value::Integer(v) => v.to_string(),
            Value::Float(v) if !v.is_finite() => {
                return Err(Error::invalid(
                    "value",
                    format!("{v} does not exist in JSON; send a number or leave the ids out"),
                ));
            }
            Value::Float(v) => encode(v)?,
            Value::String(v) => encode(v)?,
            Value::Choices(v) => encode(v)?,
            Value::Date(v) if !is_sendable_year(*v) => return Err(outside_years(v)),
            Value::Date(v) => format!("\"{v}\""),
            Value::DateTime(v) if !is_sendable_year(v.date_naive()) => return Err(outside_years(v)),
            // Most languages, and most databases, have no second 60.
            Value::DateTime(v) if v.timestamp_subsec_nanos() >= NANOS_PER_SECOND => {
                return Err(Error::invalid(
                    "value",
                    format!("{v} is a leap second; use the second before or after"),
                ));
            }
            Value::DateTime(v) => format!("\"{}\"", v.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Value::Json(v) => v.get().to_owned(),
        };
        check_size(&text)?;
        if text == "null" && !allow_null {
            return Err(Error::invalid(
                "value",
                "null is not allowed because the service documents nothing about it; set allow_null to send it",
            ));
        }
        Ok(JsonText(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters a text has; `None` for values of other types.
    pub fn characters(&self) -> Option<usize> {
        // A value of another type never starts with a quote.
        let text: Cow<'_, str> = self.0.starts_with('"').then(|| serde_json::from_str(&self.0).ok())??;
        Some(text.chars().count())
    }
}

fn encode(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::invalid("value", e.to_string()))
}

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// What has four digits and exists in every language: some dates, Python's for one, have no year 0.
fn is_sendable_year(date: NaiveDate) -> bool {
    (1..=9999).contains(&chrono::Datelike::year(&date))
}

fn outside_years(moment: &impl std::fmt::Display) -> Error {
    let problem = format!("the year of {moment} does not have four digits from 0001 to 9999");
    Error::invalid("value", problem)
}

macro_rules! from_integers {
    ($($t:ty)*) => {$(
        impl From<$t> for Value {
            fn from(v: $t) -> Value {
                Value::Integer(v.into())
            }
        }
    )*};
}
from_integers!(i8 i16 i32 i64 u8 u16 u32 u64);

impl From<bool> for Value {
    fn from(v: bool) -> Value {
        Value::Bool(v)
    }
}

/// The shortest number that is read back as the same `f32`: `0.1`, not `0.10000000149011612`.
impl From<f32> for Value {
    fn from(v: f32) -> Value {
        Value::Float(v.to_string().parse().unwrap_or_else(|_| v.into()))
    }
}

impl From<f64> for Value {
    fn from(v: f64) -> Value {
        Value::Float(v)
    }
}

impl From<&str> for Value {
    fn from(v: &str) -> Value {
        Value::String(v.to_owned())
    }
}

impl From<String> for Value {
    fn from(v: String) -> Value {
        Value::String(v)
    }
}

impl From<NaiveDate> for Value {
    fn from(v: NaiveDate) -> Value {
        Value::Date(v)
    }
}

impl<Tz: TimeZone> From<DateTime<Tz>> for Value {
    fn from(v: DateTime<Tz>) -> Value {
        Value::DateTime(v.with_timezone(&Utc))
    }
}

impl<S: Into<String>> From<Vec<S>> for Value {
    fn from(v: Vec<S>) -> Value {
        Value::Choices(v.into_iter().map(Into::into).collect())
    }
}

impl From<&[&str]> for Value {
    fn from(v: &[&str]) -> Value {
        Value::Choices(v.iter().map(|s| s.to_string()).collect())
    }
}

impl From<Box<RawValue>> for Value {
    fn from(v: Box<RawValue>) -> Value {
        Value::Json(v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: impl Into<Value>) -> String {
        JsonText::of(&value.into(), false).unwrap().as_str().to_owned()
    }

    fn invalid(value: Value) -> String {
        JsonText::of(&value, false).unwrap_err().to_string()
    }

    #[test]
    fn native_types_become_json() {
        assert_eq!(sent(true), "true");
        assert_eq!(sent(-3), "-3");
        assert_eq!(sent(9_007_199_254_740_993_i64), "9007199254740993");
        assert_eq!(sent(u64::MAX), "18446744073709551615");
        assert_eq!(sent(0.1), "0.1");
        assert_eq!(sent(-0.0), "-0.0");
        assert_eq!(sent(1e308), "1e+308");
        assert_eq!(sent("007"), "\"007\"");
        assert_eq!(sent("true"), "\"true\"");
        assert_eq!(sent("a\"\\\n\u{1F600}"), "\"a\\\"\\\\\\n\u{1F600}\"");
        assert_eq!(sent(vec!["a", "b"]), r#"["a","b"]"#);
        assert_eq!(sent(Value::date(2026, 11, 23).unwrap()), "\"2026-11-23\"");
        assert_eq!(sent(Value::date(7, 1, 2).unwrap()), "\"0007-01-02\"");
    }

    #[test]
    fn moments_are_sent_in_utc_with_z() {
        let warsaw = chrono::FixedOffset::east_opt(3600).unwrap();
        let noon = warsaw.with_ymd_and_hms(2026, 1, 2, 0, 30, 0).unwrap();
        assert_eq!(sent(noon), "\"2026-01-01T23:30:00Z\"");
        let precise = Utc.timestamp_opt(0, 120_000_000).unwrap();
        assert_eq!(sent(precise), "\"1970-01-01T00:00:00.120Z\"");
    }

    #[test]
    fn a_leap_second_is_invalid() {
        let leap: DateTime<Utc> = "2016-12-31T23:59:60Z".parse().unwrap();
        assert!(invalid(leap.into()).contains("leap second"));
    }

    #[test]
    fn years_that_readers_may_not_know_are_invalid() {
        for (seconds, fits) in [(253_402_300_799, true), (253_402_300_800, false), (-62_167_219_201, false)] {
            let moment = Value::from(Utc.timestamp_opt(seconds, 0).unwrap());
            assert_eq!(JsonText::of(&moment, false).is_ok(), fits, "{moment:?}");
        }
    }

    #[test]
    fn json_keeps_its_text() {
        for text in ["9007199254740993", "0.10", "1e3", "-0", "[1, 2]", "{\"a\": 1}", "\"\\u00e9\"", "false"]
        {
            assert_eq!(sent(Value::json(&format!(" {text}\n")).unwrap()), text);
        }
        let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(sent(Value::json(&nested).unwrap()), nested);
    }

    #[test]
    fn what_is_not_one_json_value_is_invalid() {
        for (bad, says) in [
            ("", "is empty"),
            ("  ", "is empty"),
            ("pro", "needs quotes"),
            ("2026-11-23", "needs quotes"),
            ("'pro'", "needs quotes"),
            ("NaN", "do not exist in JSON"),
            ("-Infinity", "do not exist in JSON"),
            ("1 2", "not one JSON value"),
            ("{\"a\":1", "not one JSON value"),
            ("\"a\nb\"", "not one JSON value"),
            ("[1,]", "not one JSON value"),
            ("01", "not one JSON value"),
        ] {
            let message = Value::json(bad).unwrap_err().to_string();
            assert!(message.starts_with("value: ") && message.contains(says), "{bad:?}: {message}");
        }
        assert!(invalid(Value::Float(f64::NAN)).contains("NaN does not exist"));
        assert!(invalid(Value::Float(f64::NEG_INFINITY)).contains("-inf does not exist"));
        assert!(invalid(Value::json("null").unwrap()).contains("allow_null"));
        assert!(JsonText::of(&Value::json("null").unwrap(), true).is_ok());
        assert!(Value::date(2026, 2, 30).unwrap_err().to_string().contains("2026-2-30"));
        assert!(invalid(Value::date(10_000, 1, 1).unwrap()).contains("four digits"));
        assert!(invalid(Value::date(0, 12, 31).unwrap()).contains("0001 to 9999"));
    }

    #[test]
    fn at_most_64_kib() {
        let fits = "x".repeat(65_534);
        assert_eq!(sent(fits.as_str()).len(), 65_536);
        assert!(invalid(Value::from(format!("{fits}x"))).contains("65537 bytes"));
        assert!(Value::json(&format!("\"{fits}x\"")).unwrap_err().to_string().contains("65537 bytes"));
    }
}
