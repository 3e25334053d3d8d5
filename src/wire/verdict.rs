//! What an answer means. Pure: an answer goes in, a verdict comes out.

use std::time::Duration;

use serde_json::Value as Json;

/// How the end of an answer's body was marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By its length, its last chunk, or a status that has no body: nothing can be missing.
    Complete,
    /// By closing the connection: a cut can't be told from the end.
    CloseDelimited,
    /// Something is missing, or there was more than is read.
    Cut,
}

/// An answer as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub framing: Framing,
    /// Whether the server calls it HTML.
    pub html: bool,
    /// `Retry-After`, where it could be read.
    pub retry_after: Option<Duration>,
    /// At most 64 KiB.
    pub body: Vec<u8>,
}

/// What somebody else's server said, made safe to show: at most 256 characters, none of them able to
/// move a cursor or hide text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Words(Box<str>);

impl Words {
    const MAX: usize = 256;

    pub fn new(text: &str) -> Words {
        let mut safe = String::new();
        let mut length = 0;
        for c in text.trim().chars() {
            // Quotes and backslashes are harmless, and escaping them makes JSON unreadable.
            let escaped: String = if "\"'\\".contains(c) { c.into() } else { c.escape_debug().collect() };
            length += escaped.chars().count();
            if length > Words::MAX - 1 {
                safe.push('…');
                break;
            }
            safe.push_str(&escaped);
        }
        Words(safe.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An id that an answer blames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Culprit {
    /// By its place in the request's `ids`: `{"ids": {"<index>": […]}}`.
    Index(usize, Words),
    /// By the id itself: `Invalid pk "<id>"`.
    Id(String, Words),
}

/// Something worth telling about an answer that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// 202: accepted, to be done later.
    Queued,
    /// The first answer of a form that isn't known.
    Unfamiliar(Words),
    /// The server says that it changed fewer than were sent.
    Counted { counted: u64, sent: usize },
}

/// Why an attempt proved nothing but may do better later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection: nothing was sent.
    Unreached,
    /// This machine is out of file descriptors or memory: nothing was sent.
    NoResources,
    /// The connection ended before the first byte of an answer.
    Dropped,
    /// The same with a large body: a server that finds it too large may say so and close before it is sent, and
    /// what it said is lost.
    DroppedLarge,
    /// A phase took longer than it may, or the proxy in front of the service says so (504).
    TimedOut,
    /// The server says that it failed.
    Server,
    /// What came back can't be read as an answer.
    Unreadable,
}

impl Fault {
    /// Whether the request may have reached the service.
    pub fn was_sent(self) -> bool {
        !matches!(self, Fault::Unreached | Fault::NoResources)
    }
}

/// Why nothing more should be sent at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fatal {
    Forbidden,
    WrongEndpoint,
    /// The handshake failed: nothing was sent.
    Tls,
    /// What came is no TLS, perhaps after the request had gone out.
    TlsBroken,
}

/// What is to be believed after one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A complete, understood 2xx.
    Confirmed(Vec<Remark>),
    /// Not applied, because of what is in it.
    Refused { status: u16, words: Words, culprits: Vec<Culprit> },
    /// Not applied, because there is too much in it.
    TooLarge { words: Words },
    /// Not applied; everybody is to wait.
    Throttled { status: u16, wait: Option<Duration>, words: Words },
    /// 401: not applied. Either the token is wrong or it is the service's answer to a burst.
    Unauthorized { words: Words },
    /// A 2xx with a web page: as the first answer of a run it means that this isn't the service.
    Html { status: u16, words: Words },
    /// Not applied, and nothing else will be.
    Fatal { fatal: Fatal, status: Option<u16>, words: Words },
    /// No proof either way.
    Transient { fault: Fault, status: Option<u16>, words: Words },
    /// This library failed while it handled the request.
    Panicked,
}

impl Verdict {
    /// Whether something came back that had an HTTP status.
    pub fn is_an_answer(&self) -> bool {
        !matches!(
            self,
            Verdict::Panicked | Verdict::Transient { status: None, .. } | Verdict::Fatal { status: None, .. }
        )
    }

    /// One word for the log.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Confirmed(_) => "confirmed",
            Verdict::Refused { .. } => "refused",
            Verdict::TooLarge { .. } => "too large",
            Verdict::Throttled { .. } => "throttled",
            Verdict::Unauthorized { .. } => "unauthorized",
            Verdict::Html { .. } => "a web page",
            Verdict::Fatal { .. } => "stopping",
            Verdict::Transient { .. } => "failed",
            Verdict::Panicked => "panicked",
        }
    }

    /// What the other side had against it.
    pub fn complaint(&self) -> Option<(Option<u16>, &Words)> {
        match self {
            Verdict::Confirmed(_) | Verdict::Panicked => None,
            Verdict::Refused { status, words, .. }
            | Verdict::Throttled { status, words, .. }
            | Verdict::Html { status, words } => Some((Some(*status), words)),
            Verdict::TooLarge { words } => Some((Some(413), words)),
            Verdict::Unauthorized { words } => Some((Some(401), words)),
            Verdict::Fatal { status, words, .. } | Verdict::Transient { status, words, .. } => {
                Some((*status, words))
            }
        }
    }
}

/// Reads an answer to a request that had `sent` ids.
pub(crate) fn judge(reply: &Reply, sent: usize) -> Verdict {
    let status = reply.status;
    let json = || serde_json::from_slice::<Json>(&reply.body).ok();
    let fatal = |fatal, words| Verdict::Fatal { fatal, status: Some(status), words };
    let transient = |fault| Verdict::Transient { fault, status: Some(status), words: words_of(reply) };
    match status {
        200..=299 => success(reply, sent),
        400 | 409 | 415 | 422 => refused(reply, json().as_ref()),
        404 if reply.framing == Framing::Cut => transient(Fault::Unreadable),
        404 => match json() {
            Some(json) => refused(reply, Some(&json)),
            None => fatal(Fatal::WrongEndpoint, words_of(reply)),
        },
        401 => Verdict::Unauthorized { words: words_of(reply) },
        403 => fatal(Fatal::Forbidden, words_of(reply)),
        413 => Verdict::TooLarge { words: words_of(reply) },
        429 => Verdict::Throttled { status, wait: reply.retry_after, words: words_of(reply) },
        503 if reply.retry_after.is_some() => {
            Verdict::Throttled { status, wait: reply.retry_after, words: words_of(reply) }
        }
        504 => transient(Fault::TimedOut),
        405 => fatal(
            Fatal::WrongEndpoint,
            Words::new("the server refused this method; set method POST (or PUT)"),
        ),
        408 | 425 => transient(Fault::Server),
        300..=499 => fatal(Fatal::WrongEndpoint, words_of(reply)),
        500..=599 => transient(Fault::Server),
        _ => transient(Fault::Unreadable),
    }
}

fn refused(reply: &Reply, json: Option<&Json>) -> Verdict {
    let culprits = json.map(culprits).unwrap_or_default();
    Verdict::Refused { status: reply.status, words: words_of(reply), culprits }
}

/// A 2xx is believed only when it is whole and doesn't complain.
fn success(reply: &Reply, sent: usize) -> Verdict {
    let unreadable = || Verdict::Transient {
        fault: Fault::Unreadable,
        status: Some(reply.status),
        words: words_of(reply),
    };
    let text = reply.body.trim_ascii();
    let queued = (reply.status == 202).then_some(Remark::Queued);
    match reply.framing {
        Framing::Cut => return unreadable(),
        Framing::Complete if text.is_empty() => return Verdict::Confirmed(queued.into_iter().collect()),
        Framing::Complete | Framing::CloseDelimited => {}
    }
    let Ok(json) = serde_json::from_slice::<Json>(text) else {
        let html = reply.html || text.starts_with(b"<");
        return if html && !text.is_empty() {
            Verdict::Html { status: reply.status, words: words_of(reply) }
        } else {
            unreadable()
        };
    };
    // The beginning of a longer number is a number too; only what closes its own brackets is whole.
    let closes_itself = json.is_object() || json.is_array() || json.is_string();
    if reply.framing == Framing::CloseDelimited && !closes_itself {
        return unreadable();
    }
    if complains(&json) {
        return refused(reply, Some(&json));
    }
    let mut remarks: Vec<Remark> = queued.into_iter().collect();
    if let Some(counted) = count(&json).filter(|n| *n < sent as u64) {
        remarks.push(Remark::Counted { counted, sent });
    }
    if !is_the_siblings_answer(&json) {
        remarks.push(Remark::Unfamiliar(words_of(reply)));
    }
    Verdict::Confirmed(remarks)
}

/// `{"status": "ok"}`, which the vendor documents for the call's sibling.
fn is_the_siblings_answer(json: &Json) -> bool {
    json.as_object().is_some_and(|fields| fields.len() == 1) && json["status"] == "ok"
}

/// Success statuses with a body that says the opposite are common among JSON services.
fn complains(json: &Json) -> bool {
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

/// How many the server says it changed, under the names that such services use.
fn count(json: &Json) -> Option<u64> {
    ["updated", "count", "updated_count", "affected"].into_iter().find_map(|key| json.get(key)?.as_u64())
}

/// The ids that an answer in one of the two known shapes blames.
fn culprits(json: &Json) -> Vec<Culprit> {
    if let Some(Json::Object(by_index)) = json.get("ids") {
        let named = by_index.iter().filter_map(|(index, why)| {
            let index = index.parse().ok()?;
            Some(Culprit::Index(index, Words::new(&plain(why))))
        });
        return named.collect();
    }
    let mut found = Vec::new();
    invalid_pks(json, &mut found);
    found
}

fn invalid_pks(json: &Json, found: &mut Vec<Culprit>) {
    match json {
        Json::String(text) => {
            let named = text.split_once("Invalid pk \"").and_then(|(_, rest)| rest.split_once('"'));
            found.extend(named.map(|(id, _)| Culprit::Id(id.to_owned(), Words::new(text))));
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

/// The answer's own words: a page's title, a `detail`, or the body as it is.
fn words_of(reply: &Reply) -> Words {
    let text = String::from_utf8_lossy(&reply.body);
    let text = text.trim();
    if text.is_empty() {
        return Words::new("(no body)");
    }
    if text.starts_with('<') {
        let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        return Words::new(&match title {
            Some((title, _)) => format!("an HTML page titled \"{}\"", title.trim()),
            None => "an HTML page".to_owned(),
        });
    }
    match serde_json::from_str::<Json>(text) {
        Ok(json) => match json.get("detail").and_then(Json::as_str) {
            Some(detail) => Words::new(detail),
            None => Words::new(text),
        },
        Err(_) => Words::new(text),
    }
}

#[cfg(test)]
mod tests {
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
            Verdict::Refused { .. } => "refused".into(),
            Verdict::TooLarge { .. } => "too large".into(),
            Verdict::Throttled { wait, .. } => format!("throttled {:?}", wait.map(|w| w.as_secs())),
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
            (200, r#"{"status":"error"}"#, "refused"),
            (200, r#"{"status":"FAILED"}"#, "refused"),
            (200, r#"{"success":false}"#, "refused"),
            (200, r#"{"errors":["x"]}"#, "refused"),
            (200, r#"{"error":{"code":1}}"#, "refused"),
            (200, r#"{"detail":"Not found."}"#, "refused"),
            (200, html, "html"),
            (200, "\n <!doctype html>", "html"),
            (200, "OK", "Unreadable"),
            (200, r#"{"status":"o"#, "Unreadable"),
            (301, "", "WrongEndpoint"),
            (302, html, "WrongEndpoint"),
            (304, "", "WrongEndpoint"),
            (308, "", "WrongEndpoint"),
            (400, r#"{"detail":"JSON parse error"}"#, "refused"),
            (400, html, "refused"),
            (401, "", "unauthorized"),
            (402, "", "WrongEndpoint"),
            (403, "", "Forbidden"),
            (404, r#"{"detail":"Not found."}"#, "refused"),
            (404, html, "WrongEndpoint"),
            (404, "", "WrongEndpoint"),
            (405, "{}", "WrongEndpoint"),
            (406, "{}", "WrongEndpoint"),
            (408, "", "Server"),
            (409, "", "refused"),
            (410, "", "WrongEndpoint"),
            (413, html, "too large"),
            (415, "", "refused"),
            (418, "", "WrongEndpoint"),
            (422, "{}", "refused"),
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
    fn a_body_that_may_be_cut_confirms_nothing() {
        let whole = r#"{"status":"ok"}"#;
        for end in 0..whole.len() {
            for framing in [Framing::CloseDelimited, Framing::Cut] {
                let cut = Reply { framing, ..reply(200, &whole[..end]) };
                assert_eq!(name(&cut), "Unreadable", "{framing:?} cut at {end}");
            }
        }
        let framed = |framing, body| name(&Reply { framing, ..reply(200, body) });
        assert_eq!(framed(Framing::CloseDelimited, whole), "confirmed");
        assert_eq!(framed(Framing::CloseDelimited, "12"), "Unreadable");
        assert_eq!(framed(Framing::Cut, whole), "Unreadable");
        assert_eq!(name(&Reply { framing: Framing::Cut, ..reply(404, "{") }), "Unreadable");
        assert_eq!(
            name(&Reply { html: true, ..reply(200, "") }),
            "confirmed",
            "an empty page is an empty answer"
        );
    }

    #[test]
    fn waits_that_are_asked_for() {
        let wait = Some(Duration::from_secs(7));
        assert_eq!(name(&Reply { retry_after: wait, ..reply(429, "") }), "throttled Some(7)");
        assert_eq!(name(&Reply { retry_after: wait, ..reply(503, "") }), "throttled Some(7)");
        assert_eq!(name(&Reply { retry_after: wait, ..reply(500, "") }), "Server");
    }

    #[test]
    fn who_is_blamed() {
        let blamed = |body: &str| match judge(&reply(400, body), 5) {
            Verdict::Refused { culprits, .. } => culprits,
            other => panic!("{other:?}"),
        };
        let says = |text: &str| Words::new(text);
        assert_eq!(
            blamed(r#"{"ids":{"1":["A valid integer is required."],"x":["?"]}}"#),
            [Culprit::Index(1, says("A valid integer is required."))]
        );
        assert_eq!(
            blamed(r#"{"ids":["Invalid pk \"17\" - object does not exist."]}"#),
            [Culprit::Id("17".into(), says("Invalid pk \"17\" - object does not exist."))]
        );
        assert_eq!(blamed(r#"{"detail":"user 17 is unknown"}"#), []);
        assert_eq!(blamed(r#"{"ids":["Invalid pk 17"]}"#), []);
        assert_eq!(blamed("not json"), []);
    }

    #[test]
    fn words_are_safe_to_show() {
        assert_eq!(Words::new(" a\r\nb\u{1b}[31m\u{202e}x ").as_str(), "a\\r\\nb\\u{1b}[31m\\u{202e}x");
        let long = Words::new(&"\0".repeat(10_000));
        assert!(long.as_str().chars().count() <= 256 && long.as_str().ends_with('…'));
        let title = |body| words_of(&reply(502, body)).as_str().to_owned();
        assert_eq!(title("<html><title> Bad gateway </title>"), "an HTML page titled \"Bad gateway\"");
        assert_eq!(title("<html>"), "an HTML page");
        assert_eq!(title(""), "(no body)");
        assert_eq!(title(r#"{"detail":"Invalid token."}"#), "Invalid token.");
    }
}
