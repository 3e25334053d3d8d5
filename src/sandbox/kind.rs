//! The types that an attribute can have, and which of them a value has.
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A number without fraction and exponent.
    Integer,
    /// Any other number.
    Float,
    /// A string `YYYY-MM-DD`.
    Date,
    /// A string in ISO 8601, with or without an offset.
    Datetime,
    /// Any other string.
    String,
    /// A choice, or a list of them: recognised by a list of strings.
    Fixed,
    /// Any other list, an object, or null.
    Json,
}

impl Kind {
    /// The type of one JSON value.
    pub(super) fn of(json: &str) -> Kind {
        match json.as_bytes().first() {
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'-' | b'0'..=b'9') if json.contains(['.', 'e', 'E']) => Kind::Float,
            Some(b'-' | b'0'..=b'9') => Kind::Integer,
            Some(b'"') => {
                serde_json::from_str::<String>(json).map_or(Kind::String, |text| Kind::of_text(&text))
            }
            Some(b'[') if serde_json::from_str::<Vec<String>>(json).is_ok_and(|list| !list.is_empty()) => {
                Kind::Fixed
            }
            _ => Kind::Json,
        }
    }

    fn of_text(text: &str) -> Kind {
        if text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() {
            return Kind::Date;
        }
        let naive = |format| NaiveDateTime::parse_from_str(text, format).is_ok();
        if DateTime::parse_from_rfc3339(text).is_ok()
            || naive("%Y-%m-%dT%H:%M:%S%.f")
            || naive("%Y-%m-%d %H:%M:%S%.f")
        {
            return Kind::Datetime;
        }
        Kind::String
    }

    /// The type of a cell of a CSV file, were it alone in its column.
    pub(super) fn of_cell(cell: &str) -> Kind {
        let bare =
            cell.starts_with(['-', '[', '{']) || cell.starts_with(|first: char| first.is_ascii_digit());
        if is_boolean(cell) {
            Kind::Boolean
        } else if bare && is_json(cell) {
            Kind::of(cell)
        } else {
            Kind::of_text(cell)
        }
    }

    /// The type of a column that has both.
    pub(super) fn join(self, other: Kind) -> Kind {
        match (self, other) {
            (one, same) if one == same => one,
            (Kind::Integer | Kind::Float, Kind::Integer | Kind::Float) => Kind::Float,
            (Kind::Fixed | Kind::Json, Kind::Fixed | Kind::Json) => Kind::Json,
            _ => Kind::String,
        }
    }

    /// A cell of a column of this type as JSON.
    pub(super) fn json_of_cell(self, cell: &str) -> String {
        match self {
            Kind::Boolean => cell.to_ascii_lowercase(),
            Kind::Integer | Kind::Float | Kind::Fixed | Kind::Json => cell.to_owned(),
            Kind::Date | Kind::Datetime | Kind::String => serde_json::Value::from(cell).to_string(),
        }
    }

    /// A value of another type as one of this type.
    pub(super) fn converted(self, json: &str) -> Option<String> {
        match (self, Kind::of(json)) {
            (Kind::String, Kind::Integer | Kind::Float) => Some(format!("\"{json}\"")),
            (Kind::Integer, Kind::Float) => {
                let number: f64 = json.parse().ok()?;
                (number.fract() == 0.0 && number.abs() < 1e15).then(|| format!("{number:.0}"))
            }
            (_, Kind::String | Kind::Date | Kind::Datetime) => {
                of_text_as(self, &serde_json::from_str::<String>(json).ok()?)
            }
            _ => None,
        }
    }

    /// Whether an attribute of this type accepts that value; if not, what Django REST framework would say.
    pub(super) fn check(self, json: &str) -> Result<(), &'static str> {
        let given = Kind::of(json);
        let is_text = matches!(given, Kind::String | Kind::Date | Kind::Datetime);
        let (fits, message) = match self {
            Kind::Boolean => (given == Kind::Boolean, "Must be a valid boolean."),
            Kind::Integer => (given == Kind::Integer, "A valid integer is required."),
            Kind::Float => (matches!(given, Kind::Integer | Kind::Float), "A valid number is required."),
            Kind::Date => {
                (given == Kind::Date, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
            }
            Kind::Datetime => (
                given == Kind::Datetime,
                "Datetime has wrong format. Use one of these formats instead: \
                 YYYY-MM-DDThh:mm:ss[.uuuuuu][+HH:MM|-HH:MM|Z].",
            ),
            Kind::String => (is_text, "Not a valid string."),
            Kind::Fixed => (is_text || given == Kind::Fixed, "Not a valid choice."),
            Kind::Json => (true, ""),
        };
        if fits || json == "null" { Ok(()) } else { Err(message) }
    }
}

/// A number in a text for a number and the like, as the vendor describes it for another way into the service.
fn of_text_as(kind: Kind, text: &str) -> Option<String> {
    let text = text.trim();
    match kind {
        Kind::Boolean if is_boolean(text) => Some(text.to_ascii_lowercase()),
        Kind::Integer => text.parse().ok().map(|number: i64| number.to_string()),
        Kind::Float => text.parse().ok().filter(|n: &f64| n.is_finite()).map(|number| number.to_string()),
        Kind::Date => text.get(..10).map(|date| serde_json::Value::from(date).to_string()),
        Kind::Datetime if Kind::of_text(text) == Kind::Date => Some(format!("\"{text}T00:00:00Z\"")),
        _ => None,
    }
}

fn is_boolean(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false")
}

fn is_json(cell: &str) -> bool {
    serde_json::from_str::<&RawValue>(cell).is_ok_and(|value| value.get() == cell)
}
