//! What the JSON of a 2xx says: success, failure, or something that proves neither.

#[cfg(test)]
mod tests;

use super::json::Json;

/// What a 2xx's JSON means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// `{"status": "ok"}`, which the vendor documents for a similar call.
    Documented,
    /// No sign of a failure, but nothing that is known either.
    Plausible,
    /// A clear failure.
    Failure,
    /// Neither.
    Ambiguous,
}

/// Names of fields that say what went wrong, if they are not empty. Names are compared without case and separators.
const ERRORS: [&str; 11] = [
    "error",
    "errors",
    "errormessage",
    "errormessages",
    "errormsg",
    "errorcode",
    "errordescription",
    "exception",
    "haserror",
    "haserrors",
    "iserror",
];
/// Names of fields that list or count what was not done, if they are not empty.
const FAILED: [&str; 17] = [
    "failed",
    "failedids",
    "failures",
    "invalid",
    "invalidids",
    "rejected",
    "rejectedids",
    "errorcount",
    "errorscount",
    "failedcount",
    "failurecount",
    "invalidcount",
    "rejectedcount",
    "notfound",
    "notfoundids",
    "notupdated",
    "unprocessed",
];
/// Names of fields that are false after a failure.
const SUCCESS: [&str; 6] = ["success", "ok", "succeeded", "successful", "issuccess", "issuccessful"];
/// Names of fields that hold a word, or a number like that of HTTP.
const STATUS: [&str; 2] = ["status", "result"];
/// Names of fields that hold a number like that of HTTP.
const CODE: [&str; 4] = ["code", "statuscode", "httpcode", "httpstatus"];
/// Names of fields that count ids.
const COUNT: [&str; 10] = [
    "updated",
    "updatedcount",
    "count",
    "affected",
    "affectedrows",
    "rowsaffected",
    "modified",
    "modifiedcount",
    "changed",
    "processed",
];

const GOOD_WORDS: [&str; 17] = [
    "ok",
    "okay",
    "true",
    "yes",
    "success",
    "successful",
    "successfully",
    "succeeded",
    "done",
    "complete",
    "completed",
    "updated",
    "accepted",
    "queued",
    "created",
    "noerror",
    "noerrors",
];
/// After a 202 they say nothing else than the 202.
const QUEUED_WORDS: [&str; 6] = ["pending", "processing", "scheduled", "started", "inprogress", "enqueued"];
const BAD_WORDS: [&str; 29] = [
    "error",
    "errors",
    "err",
    "fail",
    "fails",
    "failed",
    "failure",
    "failing",
    "invalid",
    "rejected",
    "refused",
    "denied",
    "forbidden",
    "unauthorized",
    "unauthenticated",
    "exception",
    "fatal",
    "nok",
    "ko",
    "no",
    "false",
    "notok",
    "notfound",
    "badrequest",
    "unsuccessful",
    "aborted",
    "unavailable",
    "unprocessable",
    "throttled",
];

/// What a field with a word or a number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Good,
    Bad,
    Unclear,
    /// Nothing.
    Silent,
}

/// What this JSON means as the body of a 2xx; `queued` after a 202.
pub(super) fn meaning(json: &Json, queued: bool) -> Meaning {
    match json {
        Json::Null | Json::Bool(true) => return Meaning::Plausible,
        Json::Bool(false) | Json::Number(_) => return Meaning::Ambiguous,
        Json::Text(text) if word(text, queued) == Sign::Good => return Meaning::Plausible,
        Json::Text(_) => return Meaning::Ambiguous,
        Json::List(_) | Json::Object(_) => {}
    }
    if fails(json, queued, 1) {
        return Meaning::Failure;
    }
    if is_documented(json) {
        return Meaning::Documented;
    }
    // A `result` may be anything, a `status` is a word.
    let unclear = |(name, value): &(String, Json)| {
        is_one_of(name, &["status"]) && status(value, queued) == Sign::Unclear
    };
    if json.fields().iter().any(unclear) { Meaning::Ambiguous } else { Meaning::Plausible }
}

fn is_documented(json: &Json) -> bool {
    let [(name, Json::Text(text))] = json.fields() else { return false };
    name.eq_ignore_ascii_case("status") && text.eq_ignore_ascii_case("ok")
}

/// Whether a failure is reported here, in a list, or in an object at most `depth` levels further down. Deeper ones may
/// be the users' own data.
fn fails(json: &Json, queued: bool, depth: u8) -> bool {
    match json {
        Json::List(items) => items.iter().any(|item| fails(item, queued, depth)),
        Json::Object(fields) => fields.iter().any(|(name, value)| {
            let bad = match () {
                () if is_one_of(name, &ERRORS) || is_one_of(name, &FAILED) => !is_empty(value),
                () if is_one_of(name, &SUCCESS) => status(value, queued) == Sign::Bad || is_zero(value),
                () if is_one_of(name, &STATUS) => status(value, queued) == Sign::Bad,
                () if is_one_of(name, &CODE) => {
                    value.as_number().is_some_and(|n| (400.0..600.0).contains(&n))
                }
                () => false,
            };
            bad || depth > 0 && fails(value, queued, depth - 1)
        }),
        _ => false,
    }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    let plain = plain(name);
    names.contains(&plain.as_str())
}

/// Without case and separators.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect()
}

fn is_zero(json: &Json) -> bool {
    json.as_number() == Some(0.0)
}

/// Whether a field for failures says that there are none.
fn is_empty(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(false) => true,
        Json::Bool(true) => false,
        Json::Number(number) => *number == 0.0,
        Json::Text(text) => {
            is_zero(json)
                || ["", "null", "none", "no", "false", "nil", "noerror", "noerrors", "ok"]
                    .contains(&plain(text).as_str())
        }
        Json::List(items) => items.iter().all(is_empty),
        Json::Object(fields) => fields.iter().all(|(_, value)| is_empty(value)),
    }
}

/// What the value of a `status` says.
fn status(value: &Json, queued: bool) -> Sign {
    match value {
        Json::Bool(true) => Sign::Good,
        Json::Bool(false) => Sign::Bad,
        Json::Number(number) => number_sign(*number),
        Json::Text(text) if text.trim().is_empty() => Sign::Silent,
        Json::Text(text) => match value.as_number() {
            Some(number) => number_sign(number),
            None => word(text, queued),
        },
        Json::Null | Json::List(_) | Json::Object(_) => Sign::Silent,
    }
}

fn number_sign(number: f64) -> Sign {
    match number {
        400.0.. => Sign::Bad,
        1.0 | 200.0..300.0 => Sign::Good,
        _ => Sign::Unclear,
    }
}

/// What a word says, or several: "200 OK", "validation_error", "not ok".
fn word(text: &str, queued: bool) -> Sign {
    let good = |word: &str| GOOD_WORDS.contains(&word) || queued && QUEUED_WORDS.contains(&word);
    let whole = plain(text);
    if good(&whole) {
        return Sign::Good;
    }
    if BAD_WORDS.contains(&whole.as_str()) {
        return Sign::Bad;
    }
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(plain).collect();
    let sign = |word: &String| match word.parse::<f64>() {
        Ok(number) => number_sign(number),
        Err(_) if good(word) => Sign::Good,
        Err(_) if BAD_WORDS.contains(&word.as_str()) => Sign::Bad,
        Err(_) => Sign::Unclear,
    };
    // "0 errors", "without failures", "not rejected": who knows.
    let negated =
        words.iter().any(|word| ["0", "no", "not", "non", "zero", "without"].contains(&word.as_str()));
    match words.as_slice() {
        _ if negated => Sign::Unclear,
        [] => Sign::Unclear,
        words if words.iter().any(|word| sign(word) == Sign::Bad) => Sign::Bad,
        words if words.iter().all(|word| sign(word) == Sign::Good) => Sign::Good,
        _ => Sign::Unclear,
    }
}

/// How many ids the server counted, under the names that such services use, here or one level down.
pub(super) fn count(json: &Json) -> Option<u64> {
    let of = |value: &Json| match value {
        Json::List(items) => Some(items.len() as u64),
        value => value.as_number().filter(|n| *n >= 0.0 && n.fract() == 0.0).map(|n| n as u64),
    };
    let here = |json: &Json| {
        json.fields().iter().find_map(|(name, value)| is_one_of(name, &COUNT).then(|| of(value)).flatten())
    };
    here(json).or_else(|| json.fields().iter().find_map(|(_, value)| here(value)))
}

/// The form of a response: names and types, and the words of those fields that are words. Two responses of the same form
/// say the same, but for ids and numbers.
pub(super) fn shape(json: &Json) -> String {
    let mut out = String::new();
    write_shape(json, 2, &mut out);
    out.chars().take(256).collect()
}

fn write_shape(json: &Json, depth: u8, out: &mut String) {
    // Enough to tell two forms apart.
    if out.len() > 256 {
        return;
    }
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Json::Number(_) => out.push('0'),
        Json::Text(_) => out.push('"'),
        Json::List(items) => {
            out.push('[');
            if let Some(first) = items.first().filter(|_| depth > 0) {
                write_shape(first, depth - 1, out);
            }
            out.push(']');
        }
        Json::Object(_) if depth == 0 => out.push_str("{}"),
        Json::Object(fields) => {
            let mut fields: Vec<&(String, Json)> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| name);
            out.push('{');
            for (name, value) in fields {
                out.push_str(name);
                out.push(':');
                match value {
                    Json::Text(text)
                        if ["detail", "message", "status", "result"].contains(&name.as_str()) =>
                    {
                        out.extend(text.chars().filter(|c| c.is_alphabetic()).take(40));
                    }
                    value => write_shape(value, depth - 1, out),
                }
                out.push(',');
            }
            out.push('}');
        }
    }
}
