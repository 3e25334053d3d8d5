//! The requests and their responses; the token is never kept.
use super::raw;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// How many requests are kept; the totals count all.
const KEPT: usize = 10_000;
/// Of a longer value only the length is kept.
const LONGEST_VALUE: usize = 1024;
/// The headers that tell one client from another.
const HEADERS: [&str; 11] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "proxy-authorization",
    "transfer-encoding",
    "user-agent",
];

/// A request to the API and its response, as the sandbox saw them.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// Counted from 1.
    pub number: u64,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers that tell one client from another, the token as `Token …(64)`.
    pub headers: BTreeMap<String, String>,
    /// The status of the response.
    pub status: u16,
    /// Why it was rejected; nothing for a success.
    pub reason: Option<String>,
    /// How many ids it had, as far as it could be read.
    pub ids: usize,
    /// How many of them were ignored because they do not exist.
    pub ignored: usize,
    /// The attribute, as far as it could be read.
    pub attribute: Option<String>,
    /// The value as JSON; of one longer than 1 KiB only how long it is, as a JSON string.
    #[serde(serialize_with = "raw::option")]
    pub value: Option<Arc<str>>,
}

/// What a request's body has, as far as it could be read.
#[derive(Default)]
pub(super) struct Note {
    pub(super) ids: usize,
    pub(super) ignored: usize,
    pub(super) attribute: Option<String>,
    pub(super) value: Option<Arc<str>>,
}

impl Note {
    pub(super) fn value_of(json: &str) -> Arc<str> {
        match json.len() {
            ..=LONGEST_VALUE => json.into(),
            length => format!("\"{length} bytes\"").into(),
        }
    }
}

/// The last requests, and the totals over all.
#[derive(Default)]
pub(super) struct Log {
    requests: VecDeque<Request>,
    total: u64,
    by_status: BTreeMap<u16, u64>,
}

impl Log {
    pub(super) fn add(&mut self, request: Request) {
        self.total += 1;
        *self.by_status.entry(request.status).or_default() += 1;
        if self.requests.len() == KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(Request { number: self.total, ..request });
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter()
    }

    pub(super) fn refused(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|request| request.status >= StatusCode::MULTIPLE_CHOICES.as_u16())
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn by_status(&self) -> &BTreeMap<u16, u64> {
        &self.by_status
    }
}

/// The headers worth keeping, without the secret.
pub(super) fn headers(all: &HeaderMap, token: &str) -> BTreeMap<String, String> {
    let shown = |name: &&str| {
        let text = String::from_utf8_lossy(all.get(*name)?.as_bytes()).into_owned();
        let text = match *name {
            "authorization" | "proxy-authorization" => hidden(&text),
            _ => text.replace(token, "…"),
        };
        Some(((*name).to_owned(), text))
    };
    HEADERS.iter().filter_map(shown).collect()
}

/// `Token …(64)`: the scheme, if it is a known one, and the length of what follows.
fn hidden(authorization: &str) -> String {
    let scheme =
        ["Token ", "Basic "].into_iter().find(|scheme| authorization.starts_with(scheme)).unwrap_or("");
    format!("{scheme}…({})", authorization[scheme.len()..].chars().count())
}
