//! Decides what a response means. Pure: a response goes in, a verdict comes out.

use super::content::Content;
use super::json::Json;
use super::meaning::{Meaning, count, meaning, shape};
use super::message::Message;
use super::quote::{body, rejected_ids, server_message};
use super::verdict::{Fatal, Fault, Framing, Remark, Reply, Verdict};

/// The documented response of a similar call. Nearly every response is this one, byte by byte.
const DOCUMENTED: &[u8] = br#"{"status":"ok"}"#;

/// Whether the API itself responded: a firewall or a proxy sends a page or nothing.
pub(super) fn is_json_of_the_api(content: &Content) -> bool {
    matches!(content, Content::Json(Json::Object(_) | Json::List(_)))
}

/// Judges the response to a request with `sent` ids.
pub(crate) fn judge(reply: &Reply, sent: usize) -> Verdict {
    let whole = matches!(reply.framing, Framing::Complete | Framing::CloseDelimited);
    if reply.status == 200 && whole && reply.coding.is_none() && reply.body == DOCUMENTED {
        return Verdict::Confirmed(Vec::new());
    }
    let content = Content::of(reply);
    let message = server_message(reply, &content);
    if (200..300).contains(&reply.status) {
        return success(reply, &content, message, sent);
    }
    let (status, retry_after) = (reply.status, reply.retry_after);
    // The API responds with JSON; a firewall or a proxy sends a page or nothing.
    let own = match &content {
        Content::Json(json @ (Json::Object(_) | Json::List(_))) => Some(json),
        _ => None,
    };
    let named = || own.map(rejected_ids).unwrap_or_default();
    match status {
        400 | 422 if own.is_some() || status == 422 => {
            Verdict::Rejected { status, rejected_ids: named(), message }
        }
        400 | 409 => Verdict::PerhapsRejected { status, retry_after, rejected_ids: named(), message },
        401 => Verdict::Unauthorized { message },
        // A response that is cut off may be either.
        403 | 404 | 406 if reply.framing == Framing::Truncated => {
            Verdict::Transient { fault: Fault::Unreadable, status: Some(status), message }
        }
        300..=399 | 403 | 404 | 406 if own.is_none() || status < 400 => Verdict::Foreign { status, message },
        403 => Verdict::Fatal { fatal: Fatal::Forbidden, status: Some(status), message },
        404 => Verdict::Rejected { status, rejected_ids: named(), message },
        413 => Verdict::TooLarge { retry_after, message },
        429 => Verdict::Throttled { status, retry_after, message },
        408 | 423 | 425 | 503 if retry_after.is_some() => Verdict::Throttled { status, retry_after, message },
        504 => Verdict::Transient { fault: Fault::TimedOut, status: Some(status), message },
        408 | 423 | 424 | 425 | 449 | 460 | 499 | 500..=599 => {
            Verdict::Transient { fault: Fault::Server, status: Some(status), message }
        }
        400..=499 => Verdict::Fatal { fatal: Fatal::WrongEndpoint, status: Some(status), message },
        _ => Verdict::Transient { fault: Fault::Unreadable, status: Some(status), message },
    }
}

/// A 2xx confirms only if it is complete and has one of the good shapes.
fn success(reply: &Reply, content: &Content, message: Message, sent: usize) -> Verdict {
    let status = reply.status;
    let transient = |message| Verdict::Transient { fault: Fault::Unreadable, status: Some(status), message };
    let queued = status == 202;
    // The others say that something is different from what was asked for.
    let plain = matches!(status, 200 | 201 | 202 | 204);
    let json = match content {
        Content::Html => return Verdict::Html { status, message },
        _ if reply.framing == Framing::Truncated => {
            return transient(Message::new(&format!("a response that is cut off: {}", message.as_str())));
        }
        Content::Unreadable(what) => return Verdict::Unreadable { status, what: *what },
        Content::Text => {
            return transient(Message::new(&format!("a response that is not JSON: {}", message.as_str())));
        }
        Content::Empty if reply.framing == Framing::CloseDelimited => {
            return transient(Message::new("an empty response without a length, which may be cut off"));
        }
        Content::Empty if plain => return Verdict::Confirmed(queued_remark(queued).collect()),
        Content::Empty => return Verdict::Ambiguous { status, message },
        Content::Json(json) => json,
    };
    // A truncated number is a number too. Only objects, lists and strings show their own end.
    if reply.framing == Framing::CloseDelimited
        && !matches!(json, Json::Object(_) | Json::List(_) | Json::Text(_))
    {
        return transient(Message::new(&format!("a response that may be cut off: {}", message.as_str())));
    }
    match meaning(json, queued) {
        _ if !plain => Verdict::Ambiguous { status, message },
        Meaning::Ambiguous => Verdict::Ambiguous { status, message },
        Meaning::Failure => Verdict::Rejected { status, message, rejected_ids: rejected_ids(json) },
        meaning => {
            let counted = count(json).map(|counted| Remark::Counted { counted, sent });
            let unfamiliar = (meaning == Meaning::Plausible)
                .then(|| Remark::Unfamiliar { shape: shape(json), message: body(reply) });
            Verdict::Confirmed(queued_remark(queued).chain(counted).chain(unfamiliar).collect())
        }
    }
}

fn queued_remark(queued: bool) -> impl Iterator<Item = Remark> {
    queued.then_some(Remark::Queued).into_iter()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wire::verdict::tests::reply;

    fn name(reply: &Reply) -> String {
        match judge(reply, 1000) {
            Verdict::Confirmed(remarks) => {
                let remark = |remark: &Remark| match remark {
                    Remark::Queued => ", queued".to_owned(),
                    Remark::Unfamiliar { .. } => ", unfamiliar".to_owned(),
                    Remark::Counted { counted, sent } => format!(", counted {counted} of {sent}"),
                };
                format!("confirmed{}", remarks.iter().map(remark).collect::<String>())
            }
            Verdict::Throttled { retry_after, .. } => {
                format!("throttled {:?}", retry_after.map(|w| w.as_secs()))
            }
            Verdict::Fatal { fatal, .. } => format!("{fatal:?}"),
            Verdict::Transient { fault, .. } => format!("{fault:?}"),
            Verdict::Unreadable { what, .. } => format!("{what:?}"),
            other => other.name().to_owned(),
        }
    }

    const PAGE: &str = "<html><title>Log in</title></html>";
    const JSON: &str = r#"{"detail":"why"}"#;

    #[test]
    fn success_statuses() {
        for (status, body, want) in [
            (200, "", "confirmed"),
            (201, "", "confirmed"),
            (202, "", "confirmed, queued"),
            (204, "", "confirmed"),
            (200, r#"{"status":"ok"}"#, "confirmed"),
            (202, r#"{"status":"ok"}"#, "confirmed, queued"),
            (200, "\u{feff} {\"status\" : \"ok\"}\n", "confirmed"),
            (200, "[]", "confirmed, unfamiliar"),
            (200, JSON, "confirmed, unfamiliar"),
            (202, r#"{"status":"pending"}"#, "confirmed, queued, unfamiliar"),
            (200, r#"{"status":"pending"}"#, "ambiguous"),
            (200, r#"{"updated":1000}"#, "confirmed, counted 1000 of 1000, unfamiliar"),
            (200, r#"{"updated":0}"#, "confirmed, counted 0 of 1000, unfamiliar"),
            (200, r#"{"count":"500"}"#, "confirmed, counted 500 of 1000, unfamiliar"),
            (200, r#"{"errors":["x"]}"#, "rejected"),
            (202, r#"{"errors":["x"]}"#, "rejected"),
            (200, "false", "ambiguous"),
            (200, "\"why\"", "ambiguous"),
            (200, PAGE, "a web page"),
            (203, PAGE, "a web page"),
            (299, PAGE, "a web page"),
            (200, "OK", "Unreadable"),
            (200, "{} {}", "Unreadable"),
            (200, "{\0}\0", "Encoded(\"UTF-16\")"),
        ] {
            assert_eq!(name(&reply(status, body)), want, "{status} {body}");
        }
        for status in [203, 205, 206, 207, 208, 226, 250, 299] {
            for body in ["", r#"{"status":"ok"}"#, r#"{"errors":["x"]}"#, "[]", JSON] {
                assert_eq!(name(&reply(status, body)), "ambiguous", "{status} {body}");
            }
        }
    }

    #[test]
    fn statuses() {
        let each = |statuses: &[u16], [json, page, empty]: [&str; 3]| {
            for status in statuses {
                for (body, want) in [(JSON, json), ("[]", json), (PAGE, page), ("no JSON", page), ("", empty)]
                {
                    assert_eq!(name(&reply(*status, body)), want, "{status} {body}");
                }
            }
        };
        let all = |statuses: &[u16], want| each(statuses, [want; 3]);
        each(&[400], ["rejected", "rejected for now", "rejected for now"]);
        each(&[404], ["rejected", "not from the service", "not from the service"]);
        each(&[403], ["Forbidden", "not from the service", "not from the service"]);
        each(&[406], ["WrongEndpoint", "not from the service", "not from the service"]);
        all(&[422], "rejected");
        all(&[409], "rejected for now");
        all(&[401], "unauthorized");
        all(&[413], "too large");
        all(&[429], "throttled None");
        all(&[300, 301, 302, 303, 304, 307, 308, 399], "not from the service");
        all(
            &[402, 405, 407, 410, 411, 412, 414, 415, 416, 417, 418, 421, 426, 428, 431, 444, 451],
            "WrongEndpoint",
        );
        all(&[408, 423, 424, 425, 449, 460, 499, 500, 501, 502, 503, 505, 507, 511, 520, 599], "Server");
        all(&[504], "TimedOut");
        all(&[100, 101, 199, 600, 700, 999], "Unreadable");
    }

    #[test]
    fn a_body_that_may_be_truncated_confirms_nothing() {
        let whole = r#"{"status":"ok"}"#;
        for end in 0..whole.len() {
            for framing in [Framing::CloseDelimited, Framing::Truncated] {
                for status in [200, 201, 202, 203, 207] {
                    let truncated = Reply { framing, ..reply(status, &whole[..end]) };
                    assert_eq!(name(&truncated), "Unreadable", "{framing:?} truncated at {end}");
                }
            }
        }
        let framed = |framing, body| name(&Reply { framing, ..reply(200, body) });
        assert_eq!(framed(Framing::CloseDelimited, whole), "confirmed");
        assert_eq!(framed(Framing::CloseDelimited, "\"ok\""), "confirmed, unfamiliar");
        for scalar in ["12", "true", "null", "false"] {
            assert_eq!(framed(Framing::CloseDelimited, scalar), "Unreadable");
        }
        assert_eq!(framed(Framing::Truncated, whole), "Unreadable");
        assert_eq!(framed(Framing::Truncated, "<html>"), "a web page");
        assert_eq!(framed(Framing::TooLong, "<html>"), "a web page");
        assert_eq!(framed(Framing::TooLong, whole), "TooLong");
        for status in [403, 404, 406] {
            assert_eq!(name(&Reply { framing: Framing::Truncated, ..reply(status, "{") }), "Unreadable");
        }
        assert_eq!(
            name(&Reply { html: true, ..reply(200, "") }),
            "confirmed",
            "an empty page is an empty response"
        );
    }

    #[test]
    fn requested_delays() {
        let wait = Some(Duration::from_secs(7));
        for status in [408, 423, 425, 429, 503] {
            assert_eq!(
                name(&Reply { retry_after: wait, ..reply(status, "") }),
                "throttled Some(7)",
                "{status}"
            );
        }
        for status in [424, 499, 500, 502, 504] {
            let ignored = name(&Reply { retry_after: wait, ..reply(status, "") });
            assert_eq!(ignored, name(&reply(status, "")), "{status}");
        }
        let asked = |status| match judge(&Reply { retry_after: wait, ..reply(status, "") }, 1) {
            Verdict::PerhapsRejected { retry_after, .. } | Verdict::TooLarge { retry_after, .. } => {
                retry_after
            }
            _ => None,
        };
        assert_eq!((asked(409), asked(413), asked(403)), (wait, wait, None));
    }
}
