//! Whether a value can be right for an attribute's type. Pure. Only what can't be right is impossible; what the service
//! may convert is a doubt.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::attribute::{Attribute, nearest};

/// How a value and a type go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Fits,
    /// Why it may not be stored as it is.
    Doubtful(String),
    /// Why it can't be right.
    Impossible(String),
}

/// Whether the value, as JSON, fits the attribute.
pub(super) fn fit(json: &str, attribute: &Attribute) -> Fit {
    let kind = attribute.value_type.as_str();
    let Ok(value) = serde_json::from_str::<Value>(json) else { return Fit::Fits };
    let given = type_of(&value, json);
    let doubt = || Fit::Doubtful(format!("{} is {given}, the attribute's type is {kind}", short(json)));
    let unreadable =
        || Fit::Impossible(format!("{} can't be read as {kind}, the attribute's type", short(json)));
    let text = value.as_str().map(str::trim);
    let number = |text: &str| text.replacen(',', ".", 1).parse::<f64>().is_ok();
    match (kind, &value) {
        (_, Value::Null) | ("json", _) => Fit::Fits,
        ("boolean", Value::Bool(_)) | ("string", Value::String(_)) | ("float", Value::Number(_)) => Fit::Fits,
        ("integer", Value::Number(_)) if given == "an integer" => Fit::Fits,
        ("boolean", _) => match text {
            Some(text) if !is_truth(text) => unreadable(),
            _ => doubt(),
        },
        ("integer" | "float", _) => match text {
            Some(text) if !number(text) => unreadable(),
            _ => doubt(),
        },
        ("date" | "datetime", _) => match text {
            Some(text) if is_as_sent(kind, text) => Fit::Fits,
            Some(text) if can_be_a_date(text) => doubt(),
            Some(_) => unreadable(),
            None => doubt(),
        },
        ("fixed", _) => choice(&value, json, attribute),
        ("string", _) => doubt(),
        // A type that is not documented.
        _ => Fit::Fits,
    }
}

fn choice(value: &Value, json: &str, attribute: &Attribute) -> Fit {
    let Some(choices) = attribute.choices() else { return Fit::Fits };
    let given: Vec<&Value> = match value {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(unknown) = given.iter().map(|value| text(value)).find(|text| !choices.contains(text)) {
        let meant = nearest(&unknown, choices.iter().map(String::as_str));
        let meant = meant.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default();
        let shown: Vec<String> = choices.iter().take(10).map(|choice| format!("{choice:?}")).collect();
        let more =
            if choices.len() > 10 { format!(" and {} more", choices.len() - 10) } else { String::new() };
        return Fit::Impossible(format!(
            "{} is not one of the attribute's choices: {}{more}{meant}",
            short(&Value::from(unknown).to_string()),
            shown.join(", ")
        ));
    }
    if given.iter().any(|value| !value.is_string()) {
        return Fit::Doubtful(format!("{} is not a string, the attribute's choices are", short(json)));
    }
    if given.len() > 1 && attribute.has_one_choice() {
        return Fit::Doubtful(format!("{} has several choices, the attribute allows one", short(json)));
    }
    Fit::Fits
}

/// What JSON calls it, but whole numbers apart from others.
fn type_of(value: &Value, json: &str) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) if !json.contains(['.', 'e', 'E']) => "an integer",
        Value::Number(_) => "a number with a fraction or an exponent",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn is_truth(text: &str) -> bool {
    const WORDS: [&str; 14] =
        ["true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n", "", "null"];
    WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// In the form that this library sends.
fn is_as_sent(kind: &str, text: &str) -> bool {
    match kind {
        "date" => is_date_form(text) && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        _ => DateTime::parse_from_rfc3339(text).is_ok(),
    }
}

fn is_date_form(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, c)| match at {
            4 | 7 => c == b'-',
            _ => c.is_ascii_digit(),
        })
}

/// The service may read other forms; none without a digit, and no day that does not exist.
fn can_be_a_date(text: &str) -> bool {
    let day = text.get(..10).filter(|day| is_date_form(day));
    text.bytes().any(|c| c.is_ascii_digit()) && day.is_none_or(|day| is_as_sent("date", day))
}

/// A value in a message.
fn short(json: &str) -> String {
    match json.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &json[..at]),
        None => json.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, json: &str) -> &'static str {
        let mut attribute = Attribute::of_type("a", kind);
        if kind.starts_with("fixed") {
            let text = r#"{"value_type":"fixed","choices":["free","pro"],"allow_multiple_choices":false}"#;
            attribute = serde_json::from_str(text).unwrap();
        }
        match fit(json, &attribute) {
            Fit::Fits => "fits",
            Fit::Doubtful(_) => "doubt",
            Fit::Impossible(_) => "no",
        }
    }

    #[test]
    fn each_type() {
        for (kind, fits, doubt, no) in [
            (
                "boolean",
                &["true", "null"][..],
                &["1", "\"true\"", "\"0\"", "[]"][..],
                &["\"many\"", "\"2\""][..],
            ),
            (
                "integer",
                &["1", "-5"],
                &["1.5", "1e3", "\"123\"", "\"1,5\"", "true", "{}"],
                &["\"many\"", "\"\""],
            ),
            ("float", &["1", "1.5", "1e3"], &["\"1.5\"", "true"], &["\"many\"", "\"1.5.2\""]),
            (
                "date",
                &["\"2026-11-23\""],
                &["\"23.11.2026\"", "\"2026-11-23T10:00:00Z\"", "20261123"],
                &["\"soon\"", "\"2026-02-30\"", "\"\""],
            ),
            (
                "datetime",
                &["\"2026-11-23T10:00:00Z\"", "\"2026-11-23T10:00:00+02:00\""],
                &["\"2026-11-23\"", "\"2026-11-23 10:00\"", "5"],
                &["\"soon\"", "\"2026-02-30T10:00:00Z\""],
            ),
            ("string", &["\"x\"", "\"\""], &["1", "true", "[]"], &[]),
            (
                "fixed",
                &["\"pro\"", "[\"free\"]", "[]"],
                &["[\"free\",\"pro\"]"],
                &["\"Pro\"", "[\"free\",\"x\"]", "1"],
            ),
            ("json", &["1", "\"x\"", "{}"], &[], &[]),
            ("money", &["1", "\"x\""], &[], &[]),
        ] {
            fits.iter().for_each(|json| assert_eq!(said(kind, json), "fits", "{kind} {json}"));
            doubt.iter().for_each(|json| assert_eq!(said(kind, json), "doubt", "{kind} {json}"));
            no.iter().for_each(|json| assert_eq!(said(kind, json), "no", "{kind} {json}"));
        }
        assert_eq!(fit("\"x\"", &Attribute::of_type("a", "fixed")), Fit::Fits, "the choices are not known");
    }
}
