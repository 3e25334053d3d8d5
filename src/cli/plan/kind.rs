//! The types that a value can have, and how each is written.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate};
use usercom::Value;

/// The type in which a text is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Infer the type from how all values are written; an error if they differ or it is not clear
    Auto,
    /// A string, as it is written
    #[value(aliases = ["str", "text"])]
    String,
    /// true or false, in upper or lower case
    #[value(alias = "bool")]
    Boolean,
    /// A whole number, such as 1200
    #[value(alias = "int")]
    Integer,
    /// A number, such as 12.5; sent as written
    #[value(alias = "number")]
    Float,
    /// YYYY-MM-DD
    Date,
    /// A date & time in RFC 3339, such as 2026-11-23T10:00:00+01:00; sent in UTC
    Datetime,
    /// JSON, sent as written
    Json,
}

impl Kind {
    /// Whether `text` is the one way in which its value is written.
    pub fn is_canonical(self, text: &str) -> bool {
        match self {
            Kind::Boolean => matches!(text, "true" | "false"),
            Kind::Integer => i128::from_str(text).is_ok_and(|n| n.to_string() == text),
            Kind::Float => {
                let number = text.strip_prefix('-').unwrap_or(text);
                let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
                number.split_once('.').is_some_and(|(whole, fraction)| {
                    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
                })
            }
            Kind::Date => date(text).is_some(),
            Kind::Datetime => date_and_time(text).is_some(),
            Kind::Auto | Kind::String | Kind::Json => false,
        }
    }

    /// The value that `text` stands for.
    pub fn value(self, text: &str) -> Result<Value, String> {
        let refuse =
            |what: &str| format!("value: \"{}\" is not {what}", crate::words::shorten(text).escape_debug());
        match self {
            Kind::Auto | Kind::String => Ok(Value::from(text)),
            Kind::Boolean if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            Kind::Boolean if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            Kind::Boolean => Err(refuse("a boolean; write true or false")),
            Kind::Integer if self.is_canonical(text) => {
                text.parse().map(Value::Integer).map_err(|_| refuse("a whole number"))
            }
            Kind::Integer => {
                Err(refuse("a whole number; write it like 1200, without signs, zeros or blanks before it"))
            }
            // As written: 0.10 stays 0.10.
            Kind::Float if serde_json::from_str::<f64>(text).is_ok() && text.trim() == text => json(text),
            Kind::Float => Err(refuse("a number; write it like 12.5")),
            Kind::Date => {
                date(text).map(Value::Date).ok_or_else(|| refuse("a date; write it like 2026-11-23"))
            }
            Kind::Datetime => date_and_time(text)
                .map(Value::from)
                .ok_or_else(|| refuse("a date & time; write it like 2026-11-23T10:00:00+01:00")),
            Kind::Json => json(text),
        }
    }

    /// What it is called in a message.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Auto => "auto",
            Kind::String => "string",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Date => "date",
            Kind::Datetime => "datetime",
            Kind::Json => "json",
        }
    }
}

fn json(text: &str) -> Result<Value, String> {
    Value::json(text).map_err(|e| e.to_string())
}

/// The day, if there is such a day and it is written in the one way.
fn date(text: &str) -> Option<NaiveDate> {
    // The parser takes 26-11-23, 2026-1-3, -2026-11-23 and blanks, too.
    let written = |date: &NaiveDate| text.len() == 10 && date.format("%Y-%m-%d").to_string() == text;
    text.parse::<NaiveDate>().ok().filter(written)
}

/// The moment, if it is written as RFC 3339 has it.
fn date_and_time(text: &str) -> Option<DateTime<FixedOffset>> {
    // The parser takes a blank for the T, and drops what is finer than a nanosecond.
    let (_, time) = text.split_once('T')?;
    let fraction =
        time.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
    let upper = !text.contains(|c: char| c.is_ascii_lowercase());
    DateTime::parse_from_rfc3339(text).ok().filter(|_| upper && fraction <= 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_not_of_the_kind_are_refused() {
        for (kind, texts) in [
            (Kind::Boolean, &["yes", "", " true", "1"][..]),
            (Kind::Integer, &["1.0", "007", "+7", " 7", "7 ", "-0", "1e3", ""]),
            (Kind::Float, &["NaN", "1,5", ".5", "5.", "+5", "007", " 1.5", "1e999", ""]),
            (
                Kind::Date,
                &[
                    "23.11.2026",
                    "26-11-23",
                    "2026-1-3",
                    "2026-02-30",
                    "2026-13-01",
                    " 2026-11-23",
                    "2026-11-23 ",
                    "+2026-11-23",
                    "12026-11-23",
                    "-2026-11-23",
                    "2026- 1-03",
                ],
            ),
            (
                Kind::Datetime,
                &[
                    "2026-11-23 10:00",
                    "2026-11-23",
                    "2026-11-23T10:00:00",
                    "2026-11-23 10:00:00Z",
                    "2026-11-23T24:00:00Z",
                    "2026-02-30T10:00:00Z",
                    "26-11-23T10:00:00Z",
                    "2026-11-23t10:00:00z",
                    "2026-11-23T10:00:00.1234567891Z",
                    " 2026-11-23T10:00:00Z",
                ],
            ),
            (Kind::Json, &["{", "", "pro"]),
        ] {
            for text in texts {
                let problem = kind.value(text).map(|_| "taken").unwrap_err();
                assert!(problem.starts_with("value: "), "{kind:?} {text:?}: {problem}");
            }
        }
    }

    #[test]
    fn texts_of_the_kind_are_taken_as_they_are() {
        assert!(matches!(Kind::Float.value("0.10"), Ok(Value::Json(text)) if text.get() == "0.10"));
        assert!(matches!(Kind::String.value(" 7"), Ok(Value::String(text)) if text == " 7"));
        assert!(matches!(Kind::Boolean.value("FALSE"), Ok(Value::Bool(false))));
        assert!(matches!(Kind::Integer.value("-12"), Ok(Value::Integer(-12))));
        assert!(matches!(Kind::Date.value("2024-02-29"), Ok(Value::Date(_))));
        assert!(matches!(Kind::Datetime.value("2026-11-23T10:00:00.5+01:00"), Ok(Value::DateTime(_))));
    }
}
