//! Entry points for the fuzz targets in `fuzz/`, with plain types: everything that reads bytes of somebody else.
//!
//! Compiled with `--cfg fuzzing` only; not part of the crate's interface.

pub mod options;

use std::io::{self, Read};
use std::ops::Range;
use std::time::{Duration, SystemTime};

use ureq::Body;
use ureq::http::{HeaderName, HeaderValue, Response, Version};

use crate::account::{BaseUrl, Subdomain};
use crate::interface::IdState;
use crate::journal;
pub use crate::throttle::fuzzing::{Process, Sent};
use crate::wire::{Framing, MAX_BODY, RejectedId, Reply, Verdict, judge, read_reply};

/// A line of a journal: which slots, whether they are confirmed (otherwise rejected, or about to be sent), and the
/// HTTP status.
pub type Recorded = (Range<usize>, bool, Option<u16>);

/// Reads a journal: its entries, and how many of its bytes are whole lines.
pub fn read_journal(
    bytes: &[u8],
    fingerprint: &str,
    slots: usize,
    now: SystemTime,
    max_age: Duration,
) -> Option<(Vec<Recorded>, usize)> {
    let found = journal::read(bytes, fingerprint, slots, now, max_age).ok()?;
    let entries = found.entries.into_iter();
    let recorded = entries.map(|e| (e.slots, e.state == IdState::Confirmed, e.http_status)).collect();
    Some((recorded, found.good_bytes))
}

/// The content of the first line as it is written.
pub fn journal_header(fingerprint: &str, slots: usize, started: SystemTime) -> String {
    journal::header(fingerprint, slots, started)
}

/// The content of another line as it is written: confirmed, rejected if there is a status, or about to be sent.
pub fn journal_entry((slots, confirmed, http_status): Recorded) -> String {
    let state = match (confirmed, http_status) {
        (true, _) => IdState::Confirmed,
        (false, Some(_)) => IdState::Rejected,
        (false, None) => IdState::Unknown,
    };
    journal::Entry { state, slots, http_status }.content()
}

/// A line as it is written.
pub fn journal_line(number: u64, content: &str) -> String {
    journal::line(number, content)
}

/// The verdict on a response.
pub struct Judged {
    /// Whether its ids count as confirmed.
    pub confirmed: bool,
    /// What is shown of it.
    pub message: String,
    /// The places in the request that it names.
    pub named: Vec<usize>,
}

/// Judges the response to a request with `sent` ids. `framing`: 0 complete, 1 ended by closing, 2 truncated, else too long.
pub fn judge_response(
    status: u16,
    framing: u8,
    html: bool,
    retry_after: Option<Duration>,
    body: &[u8],
    sent: usize,
) -> Judged {
    let framing = match framing {
        0 => Framing::Complete,
        1 => Framing::CloseDelimited,
        2 => Framing::Truncated,
        _ => Framing::TooLong,
    };
    judged(&Reply { status, framing, html, coding: None, retry_after, body: body.to_vec() }, sent)
}

/// A response as it comes from the HTTP library.
pub struct HttpResponse {
    /// Its status.
    pub status: u16,
    /// Whether it is of HTTP/1.0.
    pub is_1_0: bool,
    /// Its headers; those that HTTP does not allow are left out.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether the connection fails after the body.
    pub is_cut: bool,
}

/// Reads and judges the response to a request with `sent` ids; `None` if HTTP does not have its status.
pub fn judge_http(response: HttpResponse, sent: usize) -> Option<Judged> {
    let HttpResponse { status, is_1_0, headers, body, is_cut } = response;
    let body = Body::builder().reader(CutBody { rest: io::Cursor::new(body), is_cut });
    let mut response = Response::new(body);
    *response.status_mut() = status.try_into().ok()?;
    *response.version_mut() = if is_1_0 { Version::HTTP_10 } else { Version::HTTP_11 };
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&value)) {
            response.headers_mut().append(name, value);
        }
    }
    Some(judged(&read_reply(response, MAX_BODY), sent))
}

struct CutBody {
    rest: io::Cursor<Vec<u8>>,
    is_cut: bool,
}

impl Read for CutBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.rest.read(buffer)? {
            0 if self.is_cut && !buffer.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            n => Ok(n),
        }
    }
}

fn judged(reply: &Reply, sent: usize) -> Judged {
    let verdict = judge(reply, sent);
    let message = verdict.problem().map(|(_, message)| message.as_str().to_owned()).unwrap_or_default();
    let named = match &verdict {
        Verdict::Rejected { rejected_ids, .. } => rejected_ids.iter().filter_map(place).collect(),
        _ => Vec::new(),
    };
    Judged { confirmed: matches!(verdict, Verdict::Confirmed(_)), message, named }
}

fn place(id: &RejectedId) -> Option<usize> {
    match id {
        RejectedId::Index(index, _) => Some(*index),
        RejectedId::Id(..) => None,
    }
}

/// How long `Retry-After` headers ask to wait.
pub fn retry_after(values: &[String], date: Option<&str>, now: SystemTime) -> Option<Duration> {
    crate::wire::retry_after(values, date, now)
}

/// A base URL as it would be used, and whether it is https and a loopback address; `None` if it is invalid.
pub fn base_url(text: &str) -> Option<(String, bool, bool)> {
    let url = BaseUrl::parse(text).ok()?;
    Some((url.as_str().to_owned(), url.is_https(), url.is_loopback()))
}

/// The address that a subdomain stands for; `None` if it is invalid.
pub fn subdomain_url(text: &str) -> Option<String> {
    Some(BaseUrl::of(&Subdomain::parse(text).ok()?).as_str().to_owned())
}
