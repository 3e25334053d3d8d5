//! From the texts of a command line or a CSV column to values with a type.

use std::str::FromStr;

use usercom::Value;

/// What a text is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Boolean, integer or float where every value is written like one, else string
    Auto,
    /// Text, as it is; dates too: 2026-11-23
    String,
    /// true or false
    Boolean,
    /// A whole number
    Integer,
    /// A number
    Float,
    /// YYYY-MM-DD
    Date,
    /// A date & time in RFC 3339, such as 2026-11-23T10:00:00+01:00; sent in UTC
    Datetime,
    /// JSON, sent as written
    Json,
}

impl Kind {
    /// The kind that all of `texts` are written like. Codes such as 007 stay text.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Kind {
        let all = |kind: Kind| texts.clone().all(|text| kind.is_canonical(text));
        if texts.clone().next().is_none() {
            return Kind::String;
        }
        [Kind::Boolean, Kind::Integer, Kind::Float]
            .into_iter()
            .find(|kind| all(*kind))
            .unwrap_or(Kind::String)
    }

    fn is_canonical(self, text: &str) -> bool {
        match self {
            Kind::Boolean => matches!(text, "true" | "false"),
            Kind::Integer => i64::from_str(text).is_ok_and(|n| n.to_string() == text),
            Kind::Float => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let leading_zero = digits.starts_with('0') && digits.len() > 1 && !digits.starts_with("0.");
                let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                plain && !leading_zero && serde_json::from_str::<f64>(text).is_ok_and(f64::is_finite)
            }
            _ => false,
        }
    }

    /// The value that `text` stands for.
    pub fn value(self, text: &str) -> Result<Value, String> {
        let refuse = |what: &str| format!("value: \"{}\" is not {what}", text.escape_debug());
        match self {
            Kind::Auto => Kind::of(std::iter::once(text)).value(text),
            Kind::String => Ok(Value::from(text)),
            Kind::Boolean => match text {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(refuse("a boolean; write true or false")),
            },
            Kind::Integer => i64::from_str(text).map(Value::from).map_err(|_| refuse("a whole number")),
            // As written: 0.10 stays 0.10.
            Kind::Float if serde_json::from_str::<f64>(text).is_ok() => json(text),
            Kind::Float => Err(refuse("a number; write it like 12.5")),
            Kind::Date => {
                text.parse().map(Value::Date).map_err(|_| refuse("a date; write it like 2026-11-23"))
            }
            Kind::Datetime => chrono::DateTime::parse_from_rfc3339(text)
                .map(Value::from)
                .map_err(|_| refuse("a date & time; write it like 2026-11-23T10:00:00+01:00")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_the_kind_that_all_of_it_is_written_in() {
        for (texts, kind) in [
            (&["true", "false"][..], Kind::Boolean),
            (&["True"], Kind::String),
            (&["1", "-5", "0"], Kind::Integer),
            (&["007", "12"], Kind::String),
            (&["1", "2.50"], Kind::Float),
            (&["1e3"], Kind::String),
            (&["1", "x"], Kind::String),
            (&["2026-11-23"], Kind::String),
            (&["99999999999999999999"], Kind::Float),
            (&[""], Kind::String),
            (&[], Kind::String),
        ] {
            assert_eq!(Kind::of(texts.iter().copied()), kind, "{texts:?}");
        }
    }

    #[test]
    fn texts_that_are_not_of_the_kind_are_refused() {
        for (kind, text) in [
            (Kind::Boolean, "yes"),
            (Kind::Integer, "1.0"),
            (Kind::Float, "NaN"),
            (Kind::Date, "23.11.2026"),
            (Kind::Datetime, "2026-11-23 10:00"),
            (Kind::Json, "{"),
        ] {
            assert!(kind.value(text).unwrap_err().starts_with("value: "), "{kind:?} {text}");
        }
        assert!(matches!(Kind::Float.value("0.10"), Ok(Value::Json(text)) if text.get() == "0.10"));
        assert!(matches!(Kind::String.value("7"), Ok(Value::String(text)) if text == "7"));
    }
}
