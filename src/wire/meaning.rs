//! What the JSON of a 2xx says: success, failure, or something that proves neither.

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
/// Names of fields that list what was not done, if they are not empty.
const FAILED: [&str; 7] =
    ["failed", "failedids", "failures", "invalid", "invalidids", "rejected", "rejectedids"];
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
    let unclear =
        |(name, value): &(String, Json)| is_one_of(name, &STATUS) && status(value, queued) == Sign::Unclear;
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
    out.truncate(out.floor_char_boundary(256));
    out
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Meaning {
        meaning(&Json::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}")), false)
    }

    #[test]
    fn good_shapes() {
        for text in [r#"{"status":"ok"}"#, r#"{"status":"OK"}"#, r#"{ "Status" : "Ok" }"#] {
            assert_eq!(of(text), Meaning::Documented, "{text}");
        }
        for text in [
            "{}",
            "[]",
            "null",
            "true",
            "\"ok\"",
            "\"OK\"",
            "\"Success\"",
            "\"200 OK\"",
            "[1,2,3]",
            "[true]",
            "[{\"id\":1}]",
            r#"{"detail":"ok"}"#,
            r#"{"detail":"Not found."}"#,
            r#"{"detail":["x"]}"#,
            r#"{"message":"4 users updated"}"#,
            r#"{"updated":4}"#,
            r#"{"updated":0}"#,
            r#"{"status":"success"}"#,
            r#"{"status":200}"#,
            r#"{"status":"200"}"#,
            r#"{"status":true}"#,
            r#"{"status":null}"#,
            r#"{"status":""}"#,
            r#"{"status":{"code":200}}"#,
            r#"{"result":"done"}"#,
            r#"{"result":{"updated":4}}"#,
            r#"{"ok":true}"#,
            r#"{"ok":1}"#,
            r#"{"success":"true"}"#,
            r#"{"success":4,"failed":0}"#,
            r#"{"success":[1,2],"failed":[],"invalid":{}}"#,
            r#"{"error":null,"errors":[],"detail":""}"#,
            r#"{"error":false}"#,
            r#"{"error":""}"#,
            r#"{"error":"0","errors":"none","error_code":0}"#,
            r#"{"errors":{"ids":[],"value":[]}}"#,
            r#"{"errors":[[],{},null]}"#,
            r#"{"failed":"0","invalid":false}"#,
            r#"{"code":0}"#,
            r#"{"code":1000}"#,
            r#"{"users":[{"id":1,"error":null,"status":"visitor"}]}"#,
            r#"{"user":{"attributes":[{"deep":{"error":"a user's own text"}}]}}"#,
        ] {
            assert_eq!(of(text), Meaning::Plausible, "{text}");
        }
    }

    #[test]
    fn clear_failures() {
        for text in [
            r#"{"error":"x"}"#,
            r#"{"Error":"x"}"#,
            r#"{"ERRORS":["x"]}"#,
            r#"{"error":true}"#,
            r#"{"error":5}"#,
            r#"{"error":{"code":1}}"#,
            r#"{"error_message":"x"}"#,
            r#"{"hasErrors":true}"#,
            r#"{"errors":{"value":["x"]}}"#,
            r#"{"status":"ok","errors":["x"]}"#,
            r#"{"errors":["x"],"status":"ok"}"#,
            r#"{"status":"error","status":"ok"}"#,
            r#"{"status":"ok","status":"error"}"#,
            r#"{"success":false,"success":true}"#,
            r#"{"data":{"error":"x"}}"#,
            r#"{"data":{"success":false}}"#,
            r#"{"data":[{"error":"x"}]}"#,
            r#"[{"id":1},{"error":"x"}]"#,
            r#"[[{"status":"failed"}]]"#,
            r#"[{"result":{"ok":false}}]"#,
            r#"{"ok":false}"#,
            r#"{"ok":0}"#,
            r#"{"ok":"false"}"#,
            r#"{"ok":"0"}"#,
            r#"{"success":false}"#,
            r#"{"success":"False"}"#,
            r#"{"success":"no"}"#,
            r#"{"Success":0}"#,
            r#"{"is_success":false}"#,
            r#"{"status":"error"}"#,
            r#"{"status":" FAILED "}"#,
            r#"{"status":"fail","data":null}"#,
            r#"{"status":"validation_error"}"#,
            r#"{"status":"400 Bad Request"}"#,
            r#"{"status":"not_found"}"#,
            r#"{"status":false}"#,
            r#"{"status":400}"#,
            r#"{"status":"422"}"#,
            r#"{"status":500.0}"#,
            r#"{"result":"failure"}"#,
            r#"{"result":404}"#,
            r#"{"code":400}"#,
            r#"{"status_code":"500"}"#,
            r#"{"failed":[7]}"#,
            r#"{"failed":1}"#,
            r#"{"failed":"3"}"#,
            r#"{"invalid":["7"]}"#,
            r#"{"invalid_ids":[7],"updated":3}"#,
            r#"{"failed":{"7":"gone"}}"#,
        ] {
            assert_eq!(of(text), Meaning::Failure, "{text}");
        }
    }

    #[test]
    fn what_proves_nothing() {
        for text in [
            "false",
            "0",
            "1",
            "200",
            "\"\"",
            "\"error\"",
            "\"maybe\"",
            "\"no users updated\"",
            r#"{"status":"partial"}"#,
            r#"{"status":"pending"}"#,
            r#"{"status":"not ok, 0 errors"}"#,
            r#"{"status":"ok","status":"strange"}"#,
            r#"{"status":"…"}"#,
            r#"{"status":0}"#,
            r#"{"status":-1}"#,
            r#"{"status":302}"#,
            r#"{"result":"hm"}"#,
        ] {
            assert_eq!(of(text), Meaning::Ambiguous, "{text}");
        }
        let pending = Json::parse(br#"{"status":"in_progress"}"#).unwrap();
        assert_eq!(meaning(&pending, true), Meaning::Plausible);
    }

    #[test]
    fn counts() {
        let count = |text: &str| count(&Json::parse(text.as_bytes()).unwrap());
        for (text, want) in [
            (r#"{"updated":4}"#, Some(4)),
            (r#"{"Updated":"4"}"#, Some(4)),
            (r#"{"updated_count":0}"#, Some(0)),
            (r#"{"updated":[1,2]}"#, Some(2)),
            (r#"{"data":{"affected":3}}"#, Some(3)),
            (r#"{"a":1,"count":2}"#, Some(2)),
            (r#"{"count":-1}"#, None),
            (r#"{"count":1.5}"#, None),
            (r#"{"count":true}"#, None),
            (r#"{"updated":"2026-11-25"}"#, None),
            ("[4]", None),
            ("4", None),
        ] {
            assert_eq!(count(text), want, "{text}");
        }
    }

    #[test]
    fn forms() {
        let shape = |text: &str| shape(&Json::parse(text.as_bytes()).unwrap());
        assert_eq!(shape(r#"{"b":"x","a":1}"#), shape(r#"{"a":2,"b":"y"}"#));
        assert_eq!(shape(r#"{"detail":"user 7 updated"}"#), shape(r#"{"detail":"user 123 updated"}"#));
        assert_ne!(shape(r#"{"detail":"ok"}"#), shape(r#"{"detail":"Not found."}"#));
        assert_ne!(shape("{}"), shape("[]"));
        assert_ne!(shape(r#"{"a":[]}"#), shape(r#"{"a":[1]}"#));
        assert!(shape(&format!("{{\"{}\":1}}", "ł".repeat(1000))).len() <= 256);
    }
}
