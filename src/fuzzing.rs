//! Doors for the fuzz targets in `fuzz/`: what reads bytes that somebody else wrote, with plain types around it.
//!
//! Compiled with `--cfg fuzzing` only; no part of the crate's interface.

use std::ops::Range;
use std::time::{Duration, SystemTime};

use crate::account::{BaseUrl, Subdomain};
pub use crate::run::{journal_line, read_journal};
use crate::wire::{Culprit, Framing, Reply, Verdict, judge};

/// A line of a journal: which slots, whether they are confirmed (else rejected, or about to be sent), and with
/// which HTTP status.
pub type Settled = (Range<usize>, bool, Option<u16>);

/// What was made of an answer.
pub struct Judged {
    /// Whether its ids count as confirmed.
    pub confirmed: bool,
    /// What is shown of it.
    pub words: String,
    /// The places in the request that are blamed.
    pub blamed: Vec<usize>,
}

/// Judges an answer to a request that had `sent` ids. `framing`: 0 complete, 1 ended by closing, else cut.
pub fn judge_answer(
    status: u16,
    framing: u8,
    html: bool,
    wait: Option<Duration>,
    body: &[u8],
    sent: usize,
) -> Judged {
    let framing = match framing {
        0 => Framing::Complete,
        1 => Framing::CloseDelimited,
        _ => Framing::Cut,
    };
    let verdict = judge(&Reply { status, framing, html, retry_after: wait, body: body.to_vec() }, sent);
    let words = verdict.complaint().map(|(_, words)| words.as_str().to_owned()).unwrap_or_default();
    let blamed = match &verdict {
        Verdict::Refused { culprits, .. } => culprits.iter().filter_map(place).collect(),
        _ => Vec::new(),
    };
    Judged { confirmed: matches!(verdict, Verdict::Confirmed(_)), words, blamed }
}

fn place(culprit: &Culprit) -> Option<usize> {
    match culprit {
        Culprit::Index(index, _) => Some(*index),
        Culprit::Id(..) => None,
    }
}

/// How long `Retry-After` headers ask to wait.
pub fn retry_after(values: &[String], date: Option<&str>, now: SystemTime) -> Option<Duration> {
    crate::wire::retry_after(values, date, now)
}

/// A base URL as it would be used, and whether it is https and a loopback address; `None` when refused.
pub fn base_url(text: &str) -> Option<(String, bool, bool)> {
    let url = BaseUrl::parse(text).ok()?;
    Some((url.as_str().to_owned(), url.is_https(), url.is_loopback()))
}

/// The address that a subdomain stands for; `None` when refused.
pub fn subdomain_url(text: &str) -> Option<String> {
    Some(BaseUrl::of(&Subdomain::parse(text).ok()?).as_str().to_owned())
}
