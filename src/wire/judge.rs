//! Decides what a response means. Pure: a response goes in, a verdict comes out.

use serde_json::Value as Json;

use super::message::Message;
use super::verdict::{Fatal, Fault, Framing, RejectedId, Remark, Reply, Verdict};

/// Judges the response to a request with `sent` ids.
pub(crate) fn judge(reply: &Reply, sent: usize) -> Verdict {
    let status = reply.status;
    let json = || serde_json::from_slice::<Json>(&reply.body).ok();
    let fatal = |fatal, message| Verdict::Fatal { fatal, status: Some(status), message };
    let transient = |fault| Verdict::Transient { fault, status: Some(status), message: message_of(reply) };
    match status {
        200..=299 => success(reply, sent),
        400 | 409 | 415 | 422 => rejected(reply, json().as_ref()),
        404 if reply.framing == Framing::Truncated => transient(Fault::Unreadable),
        404 => match json() {
            Some(json) => rejected(reply, Some(&json)),
            None => fatal(Fatal::WrongEndpoint, message_of(reply)),
        },
        401 => Verdict::Unauthorized { message: message_of(reply) },
        403 => fatal(Fatal::Forbidden, message_of(reply)),
        413 => Verdict::TooLarge { message: message_of(reply) },
        429 => Verdict::Throttled { status, retry_after: reply.retry_after, message: message_of(reply) },
        503 if reply.retry_after.is_some() => {
            Verdict::Throttled { status, retry_after: reply.retry_after, message: message_of(reply) }
        }
        504 => transient(Fault::TimedOut),
        405 => fatal(
            Fatal::WrongEndpoint,
            Message::new("the server does not allow this method; set method POST (or PUT)"),
        ),
        408 | 425 => transient(Fault::Server),
        300..=499 => fatal(Fatal::WrongEndpoint, message_of(reply)),
        500..=599 => transient(Fault::Server),
        _ => transient(Fault::Unreadable),
    }
}

fn rejected(reply: &Reply, json: Option<&Json>) -> Verdict {
    let rejected_ids = json.map(rejected_ids).unwrap_or_default();
    Verdict::Rejected { status: reply.status, message: message_of(reply), rejected_ids }
}

/// A 2xx confirms only if it is complete and reports no failure.
fn success(reply: &Reply, sent: usize) -> Verdict {
    let unreadable = || Verdict::Transient {
        fault: Fault::Unreadable,
        status: Some(reply.status),
        message: message_of(reply),
    };
    let text = reply.body.trim_ascii();
    let queued = (reply.status == 202).then_some(Remark::Queued);
    match reply.framing {
        Framing::Truncated => return unreadable(),
        Framing::Complete if text.is_empty() => return Verdict::Confirmed(queued.into_iter().collect()),
        Framing::Complete | Framing::CloseDelimited => {}
    }
    let Ok(json) = serde_json::from_slice::<Json>(text) else {
        let html = reply.html || text.starts_with(b"<");
        return if html && !text.is_empty() {
            Verdict::Html { status: reply.status, message: message_of(reply) }
        } else {
            unreadable()
        };
    };
    // A truncated number is a number too. Only objects, lists and strings show their own end.
    let shows_its_end = json.is_object() || json.is_array() || json.is_string();
    if reply.framing == Framing::CloseDelimited && !shows_its_end {
        return unreadable();
    }
    if reports_failure(&json) {
        return rejected(reply, Some(&json));
    }
    let mut remarks: Vec<Remark> = queued.into_iter().collect();
    if let Some(counted) = count(&json).filter(|n| *n < sent as u64) {
        remarks.push(Remark::Counted { counted, sent });
    }
    if !is_documented_response(&json) {
        remarks.push(Remark::Unfamiliar(message_of(reply)));
    }
    Verdict::Confirmed(remarks)
}

/// `{"status": "ok"}`, which the vendor documents for a similar call.
fn is_documented_response(json: &Json) -> bool {
    json.as_object().is_some_and(|fields| fields.len() == 1) && json["status"] == "ok"
}

/// JSON services often send a success status with a body that reports a failure.
fn reports_failure(json: &Json) -> bool {
    let says_something = |key: &str| match json.get(key) {
        None | Some(Json::Null | Json::Bool(false)) => false,
        Some(Json::String(s)) => !s.is_empty(),
        Some(Json::Array(a)) => !a.is_empty(),
        Some(Json::Object(o)) => !o.is_empty(),
        Some(Json::Number(n)) => n.as_f64() != Some(0.0),
        Some(Json::Bool(true)) => true,
    };
    let status = json.get("status").and_then(Json::as_str).map(str::to_ascii_lowercase);
    ["error", "errors", "detail"].into_iter().any(says_something)
        || json.get("success") == Some(&Json::Bool(false))
        || status.is_some_and(|s| ["error", "fail", "failed", "invalid"].contains(&s.as_str()))
}

/// How many ids the server counted, under the names that such services use.
fn count(json: &Json) -> Option<u64> {
    ["updated", "count", "updated_count", "affected"].into_iter().find_map(|key| json.get(key)?.as_u64())
}

/// The ids that a response names, in one of the two known shapes.
fn rejected_ids(json: &Json) -> Vec<RejectedId> {
    if let Some(Json::Object(by_index)) = json.get("ids") {
        let named = by_index.iter().filter_map(|(index, why)| {
            let index = index.parse().ok()?;
            Some(RejectedId::Index(index, Message::new(&plain(why))))
        });
        return named.collect();
    }
    let mut found = Vec::new();
    invalid_pks(json, &mut found);
    found
}

fn invalid_pks(json: &Json, found: &mut Vec<RejectedId>) {
    match json {
        Json::String(text) => {
            let named = text.split_once("Invalid pk \"").and_then(|(_, rest)| rest.split_once('"'));
            found.extend(named.map(|(id, _)| RejectedId::Id(id.to_owned(), Message::new(text))));
        }
        Json::Array(items) => items.iter().for_each(|item| invalid_pks(item, found)),
        Json::Object(fields) => fields.values().for_each(|item| invalid_pks(item, found)),
        _ => {}
    }
}

/// A list of messages as one text.
fn plain(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// What the response says: a page's title, a `detail`, or the body as it is.
fn message_of(reply: &Reply) -> Message {
    let text = String::from_utf8_lossy(&reply.body);
    let text = text.trim();
    if text.is_empty() {
        return Message::new("(no body)");
    }
    if text.starts_with('<') {
        let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        return Message::new(&match title {
            Some((title, _)) => format!("an HTML page titled \"{}\"", title.trim()),
            None => "an HTML page".to_owned(),
        });
    }
    match serde_json::from_str::<Json>(text) {
        Ok(json) => match json.get("detail").and_then(Json::as_str) {
            Some(detail) => Message::new(detail),
            None => Message::new(text),
        },
        Err(_) => Message::new(text),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            framing: Framing::Complete,
            html: body.starts_with('<'),
            retry_after: None,
            body: body.into(),
        }
    }

    fn name(reply: &Reply) -> String {
        match judge(reply, 1000) {
            Verdict::Confirmed(remarks) => match remarks.as_slice() {
                [] => "confirmed".into(),
                [Remark::Queued] => "confirmed, queued".into(),
                [Remark::Unfamiliar(_)] => "confirmed, unfamiliar".into(),
                [Remark::Counted { counted, sent }, Remark::Unfamiliar(_)] => {
                    format!("counted {counted} of {sent}")
                }
                other => format!("{other:?}"),
            },
            Verdict::Rejected { .. } => "rejected".into(),
            Verdict::TooLarge { .. } => "too large".into(),
            Verdict::Throttled { retry_after, .. } => {
                format!("throttled {:?}", retry_after.map(|w| w.as_secs()))
            }
            Verdict::Unauthorized { .. } => "unauthorized".into(),
            Verdict::Html { .. } => "html".into(),
            Verdict::Fatal { fatal, .. } => format!("{fatal:?}"),
            Verdict::Transient { fault, .. } => format!("{fault:?}"),
            Verdict::Panicked => "panicked".into(),
        }
    }

    #[test]
    fn statuses() {
        let html = "<html><title>Log in</title></html>";
        for (status, body, want) in [
            (200, "", "confirmed"),
            (204, "", "confirmed"),
            (202, "", "confirmed, queued"),
            (200, r#"{"status":"ok"}"#, "confirmed"),
            (200, " {\"status\" : \"ok\"}\n", "confirmed"),
            (200, r#"{"status":"success"}"#, "confirmed, unfamiliar"),
            (200, "[]", "confirmed, unfamiliar"),
            (200, r#"{"error":null,"errors":[],"detail":""}"#, "confirmed, unfamiliar"),
            (200, r#"{"updated":1000}"#, "confirmed, unfamiliar"),
            (200, r#"{"updated":0}"#, "counted 0 of 1000"),
            (200, r#"{"count":500}"#, "counted 500 of 1000"),
            (200, r#"{"status":"error"}"#, "rejected"),
            (200, r#"{"status":"FAILED"}"#, "rejected"),
            (200, r#"{"success":false}"#, "rejected"),
            (200, r#"{"errors":["x"]}"#, "rejected"),
            (200, r#"{"error":{"code":1}}"#, "rejected"),
            (200, r#"{"detail":"Not found."}"#, "rejected"),
            (200, html, "html"),
            (200, "\n <!doctype html>", "html"),
            (200, "OK", "Unreadable"),
            (200, r#"{"status":"o"#, "Unreadable"),
            (301, "", "WrongEndpoint"),
            (302, html, "WrongEndpoint"),
            (304, "", "WrongEndpoint"),
            (308, "", "WrongEndpoint"),
            (400, r#"{"detail":"JSON parse error"}"#, "rejected"),
            (400, html, "rejected"),
            (401, "", "unauthorized"),
            (402, "", "WrongEndpoint"),
            (403, "", "Forbidden"),
            (404, r#"{"detail":"Not found."}"#, "rejected"),
            (404, html, "WrongEndpoint"),
            (404, "", "WrongEndpoint"),
            (405, "{}", "WrongEndpoint"),
            (406, "{}", "WrongEndpoint"),
            (408, "", "Server"),
            (409, "", "rejected"),
            (410, "", "WrongEndpoint"),
            (413, html, "too large"),
            (415, "", "rejected"),
            (418, "", "WrongEndpoint"),
            (422, "{}", "rejected"),
            (425, "", "Server"),
            (429, "", "throttled None"),
            (500, html, "Server"),
            (503, "", "Server"),
            (504, "", "TimedOut"),
            (599, "", "Server"),
            (999, "", "Unreadable"),
        ] {
            assert_eq!(name(&reply(status, body)), want, "{status} {body}");
        }
    }

    #[test]
    fn a_body_that_may_be_truncated_confirms_nothing() {
        let whole = r#"{"status":"ok"}"#;
        for end in 0..whole.len() {
            for framing in [Framing::CloseDelimited, Framing::Truncated] {
                let truncated = Reply { framing, ..reply(200, &whole[..end]) };
                assert_eq!(name(&truncated), "Unreadable", "{framing:?} truncated at {end}");
            }
        }
        let framed = |framing, body| name(&Reply { framing, ..reply(200, body) });
        assert_eq!(framed(Framing::CloseDelimited, whole), "confirmed");
        assert_eq!(framed(Framing::CloseDelimited, "12"), "Unreadable");
        assert_eq!(framed(Framing::Truncated, whole), "Unreadable");
        assert_eq!(name(&Reply { framing: Framing::Truncated, ..reply(404, "{") }), "Unreadable");
        assert_eq!(
            name(&Reply { html: true, ..reply(200, "") }),
            "confirmed",
            "an empty page is an empty response"
        );
    }

    #[test]
    fn requested_delays() {
        let wait = Some(Duration::from_secs(7));
        assert_eq!(name(&Reply { retry_after: wait, ..reply(429, "") }), "throttled Some(7)");
        assert_eq!(name(&Reply { retry_after: wait, ..reply(503, "") }), "throttled Some(7)");
        assert_eq!(name(&Reply { retry_after: wait, ..reply(500, "") }), "Server");
    }

    #[test]
    fn named_ids() {
        let named = |body: &str| match judge(&reply(400, body), 5) {
            Verdict::Rejected { rejected_ids, .. } => rejected_ids,
            other => panic!("{other:?}"),
        };
        let says = |text: &str| Message::new(text);
        assert_eq!(
            named(r#"{"ids":{"1":["A valid integer is required."],"x":["?"]}}"#),
            [RejectedId::Index(1, says("A valid integer is required."))]
        );
        assert_eq!(
            named(r#"{"ids":["Invalid pk \"17\" - object does not exist."]}"#),
            [RejectedId::Id("17".into(), says("Invalid pk \"17\" - object does not exist."))]
        );
        assert_eq!(named(r#"{"detail":"user 17 is unknown"}"#), []);
        assert_eq!(named(r#"{"ids":["Invalid pk 17"]}"#), []);
        assert_eq!(named("not json"), []);
    }

    #[test]
    fn messages_are_quoted_from_the_response() {
        let title = |body| message_of(&reply(502, body)).as_str().to_owned();
        assert_eq!(title("<html><title> Bad gateway </title>"), "an HTML page titled \"Bad gateway\"");
        assert_eq!(title("<html>"), "an HTML page");
        assert_eq!(title(""), "(no body)");
        assert_eq!(title(r#"{"detail":"Invalid token."}"#), "Invalid token.");
    }
}
