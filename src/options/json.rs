//! The value of an option as JSON, for interfaces that set options by name.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

use super::setting::Given;
use crate::interface::Kind;

/// A rate as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonRate {
    requests: u32,
    per_ms: u64,
}

impl Given<'static> {
    /// Reads a value of this kind from JSON; the error says what is wrong with it.
    pub fn from_json(kind: Kind, json: &str) -> Result<Given<'static>, String> {
        let json: Json = serde_json::from_str(json).map_err(|e| format!("is not JSON: {e}"))?;
        let wrong = |wanted: &str| Err(format!("is {}; use {wanted}", described(&json)));
        Ok(match (kind, &json) {
            (_, Json::Null) => Given::Default,
            (Kind::BaseUrl | Kind::Method | Kind::Proxy | Kind::Scope, Json::String(text)) => {
                Given::Text(text.clone().into())
            }
            (Kind::CaFile | Kind::Directory, Json::String(text)) if text.contains('\0') => {
                return Err("has a NUL character, which no path can have".into());
            }
            (Kind::CaFile | Kind::Directory, Json::String(text)) => Given::Path(PathBuf::from(text).into()),
            (Kind::BaseUrl | Kind::Method | Kind::Proxy | Kind::Scope, _) => return wrong("a text"),
            (Kind::CaFile | Kind::Directory, _) => return wrong("the text of a path"),
            (Kind::Flag, Json::Bool(on)) => Given::Flag(*on),
            (Kind::Flag, _) => return wrong("true or false"),
            (Kind::Count { .. }, Json::Number(number)) => match number.as_u64() {
                Some(number) => Given::Integer(number),
                None => return wrong("a whole number from 0 on"),
            },
            (Kind::Count { .. }, _) => return wrong("a whole number"),
            (Kind::Time { .. }, Json::Number(number)) => match number.as_u64() {
                Some(ms) => Given::Time(Duration::from_millis(ms)),
                None => return wrong("whole milliseconds from 0 on"),
            },
            (Kind::Time { .. }, _) => return wrong("a number of milliseconds"),
            (Kind::Rate, Json::Object(_)) => {
                let rate = JsonRate::deserialize(&json).map_err(|e| format!("is no rate: {e}"))?;
                Given::Rate(rate.requests, Duration::from_millis(rate.per_ms))
            }
            (Kind::Rate, _) => return wrong("{\"requests\": 5, \"per_ms\": 1000}"),
        })
    }
}

/// The value in a message. Texts are left out: a proxy's holds a password.
fn described(json: &Json) -> String {
    match json {
        Json::Null => "null".into(),
        Json::Bool(on) => on.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(_) => "a text".into(),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "an object".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::{CLIENT, RUN};

    #[test]
    fn what_json_becomes() {
        let kind = |name: &str| CLIENT.iter().chain(RUN).find(|option| option.name == name).unwrap().kind;
        for (name, json, becomes) in [
            ("batch_size", "7", "Integer(7)"),
            ("batch_size", " 18446744073709551615 ", "Integer(18446744073709551615)"),
            ("batch_size", "null", "Default"),
            ("batch_size", "-1", "is -1; use a whole number from 0 on"),
            ("batch_size", "1.5", "is 1.5; use a whole number from 0 on"),
            ("batch_size", "\"7\"", "is a text; use a whole number"),
            ("batch_size", "true", "is true; use a whole number"),
            ("deadline", "1500", "Time(1.5s)"),
            ("deadline", "1.5", "is 1.5; use whole milliseconds from 0 on"),
            ("deadline", "[]", "is a list; use a number of milliseconds"),
            ("dry_run", "true", "Flag(true)"),
            ("dry_run", "1", "is 1; use true or false"),
            ("method", "\"POST\"", "Text(\"POST\")"),
            ("method", "{}", "is an object; use a text"),
            ("proxy", "\"\"", "Text(\"\")"),
            ("journal_dir", "\"/var/\\u00e9\"", "Path(\"/var/é\")"),
            ("journal_dir", "\"a\\u0000b\"", "has a NUL character, which no path can have"),
            ("ca_file", "5", "is 5; use the text of a path"),
            ("rate_limit", "{\"requests\":5,\"per_ms\":1000}", "Rate(5, 1s)"),
            ("rate_limit", "{\"requests\":5}", "is no rate: missing field `per_ms`"),
            (
                "rate_limit",
                "{\"requests\":5,\"per_ms\":1,\"per\":1}",
                "is no rate: unknown field `per`, expected `requests` or `per_ms`",
            ),
            ("rate_limit", "5", "is 5; use {\"requests\": 5, \"per_ms\": 1000}"),
            ("dry_run", "tru", "is not JSON: EOF while parsing a value at line 1 column 3"),
            ("dry_run", "true false", "is not JSON: trailing characters at line 1 column 6"),
        ] {
            let said = Given::from_json(kind(name), json)
                .map_or_else(|problem| problem, |given| format!("{given:?}"));
            assert_eq!(said, becomes, "{name} {json}");
        }
    }
}
