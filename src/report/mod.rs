//! The report of a run: a state for every position, the totals, and the reasons. Plain data.

mod output;
mod verification;

use std::time::Duration;

use crate::interface::{IdState, Status};

/// An id that is rejected or unknown.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Failure<'a> {
    /// Its position in the caller's list, counted from 0.
    pub index: usize,
    /// The id itself, as text.
    pub id: &'a str,
    /// [`IdState::Rejected`] or [`IdState::Unknown`].
    #[serde(serialize_with = "output::state_name")]
    pub state: IdState,
    /// The HTTP status of the response that decided it; `None` if there was no response.
    pub http_status: Option<u16>,
    /// The server's message, at most 256 characters with control characters escaped, or what went wrong.
    pub message: &'a str,
}

pub use verification::Mismatch;
pub(crate) use verification::Verification;

/// Why an id was not confirmed. Many ids may share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reason {
    pub http_status: Option<u16>,
    /// Safe to show.
    pub message: Box<str>,
}

/// The number of a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ReasonId(u32);

impl ReasonId {
    /// The number of the reason at this place in the list of reasons.
    pub fn new(index: usize) -> ReasonId {
        ReasonId(index as u32)
    }

    /// Its place in the list of reasons.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The rejected and unknown ids by position, all their texts in one allocation.
#[derive(Clone, Debug, Default)]
pub(crate) struct FailureList {
    list: Vec<(u32, ReasonId)>,
    ids: String,
    /// Where each text ends.
    ends: Vec<usize>,
}

impl FailureList {
    /// A list of these positions and reasons; `write_id` appends the text of the id at a position.
    pub fn new(list: Vec<(u32, ReasonId)>, write_id: impl Fn(usize, &mut String)) -> FailureList {
        let (mut ids, mut ends) = (String::new(), Vec::with_capacity(list.len()));
        for (position, _) in &list {
            write_id(*position as usize, &mut ids);
            ends.push(ids.len());
        }
        FailureList { list, ids, ends }
    }

    fn id(&self, k: usize) -> &str {
        let start = k.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[start..self.ends[k]]
    }
}

/// What became of a run and of each of its ids. Every run has one, also one that sent nothing.
#[derive(Clone, Debug)]
pub struct Report {
    status: Status,
    message: String,
    states: Vec<IdState>,
    counts: [usize; 4],
    failures: FailureList,
    reasons: Vec<Reason>,
    notes: Vec<String>,
    traffic: Traffic,
    verification: Verification,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub requests: u64,
    pub retries: u64,
    pub waited_for_rate_limit: Duration,
    pub waited_for_service: Duration,
}

impl Report {
    pub(crate) fn new(
        status: Status,
        message: String,
        states: Vec<IdState>,
        failures: FailureList,
        reasons: Vec<Reason>,
        notes: Vec<String>,
        traffic: Traffic,
    ) -> Report {
        let mut counts = [0; 4];
        states.iter().for_each(|state| counts[*state as usize] += 1);
        Report {
            status,
            message,
            states,
            counts,
            failures,
            reasons,
            notes,
            traffic,
            verification: Verification::default(),
        }
    }

    /// The report of a run that did not begin.
    #[cfg(feature = "capi")]
    pub(crate) fn not_started(status: Status, message: String) -> Report {
        let (states, reasons, notes) = (Vec::new(), Vec::new(), Vec::new());
        Report::new(status, message, states, FailureList::default(), reasons, notes, Traffic::default())
    }

    /// How the run ended.
    pub fn status(&self) -> Status {
        self.status
    }

    /// One line on how the run ended: what happened, and what to do where there is something to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How many positions there were.
    pub fn total(&self) -> usize {
        self.states.len()
    }

    /// How many ids were in a batch that the service accepted.
    pub fn confirmed(&self) -> usize {
        self.counts[IdState::Confirmed as usize]
    }

    /// How many ids were rejected.
    pub fn rejected(&self) -> usize {
        self.counts[IdState::Rejected as usize]
    }

    /// How many ids were sent without proof either way.
    pub fn unknown(&self) -> usize {
        self.counts[IdState::Unknown as usize]
    }

    /// How many ids were not sent, or sent only in requests that were rejected for a reason that concerns the whole run; also
    /// the earlier rows of an id.
    pub fn not_attempted(&self) -> usize {
        self.counts[IdState::NotAttempted as usize]
    }

    /// The state of every position, in the order of the caller's list.
    pub fn states(&self) -> &[IdState] {
        &self.states
    }

    /// Every rejected or unknown id, in the order of the caller's list.
    pub fn failures(&self) -> impl ExactSizeIterator<Item = Failure<'_>> {
        (0..self.failures.list.len()).map(|k| self.describe(k))
    }

    /// The `k`-th of [`Report::failures`].
    pub fn failure(&self, k: usize) -> Option<Failure<'_>> {
        (k < self.failures.list.len()).then(|| self.describe(k))
    }

    fn describe(&self, k: usize) -> Failure<'_> {
        let (position, reason) = self.failures.list[k];
        let reason = &self.reasons[reason.index()];
        Failure {
            index: position as usize,
            id: self.failures.id(k),
            state: self.states[position as usize],
            http_status: reason.http_status,
            message: &reason.message,
        }
    }

    /// Every reason that [`Report::failure_reason`] numbers.
    #[cfg(feature = "capi")]
    pub(crate) fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The number of the `k`-th failure's reason, which many failures may share.
    #[cfg(feature = "capi")]
    pub(crate) fn failure_reason(&self, k: usize) -> Option<usize> {
        self.failures.list.get(k).map(|(_, reason)| reason.index())
    }

    /// The id of every failure as text, in their order.
    #[cfg(feature = "capi")]
    pub(crate) fn failure_ids(&self) -> impl Iterator<Item = &str> {
        (0..self.failures.list.len()).map(|k| self.failures.id(k))
    }

    /// How many ids are rejected or unknown.
    pub fn failure_count(&self) -> usize {
        self.failures.list.len()
    }

    /// Remarkable things that didn't change the outcome, such as the first response of an unfamiliar form.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many ids were read back and had the value that was sent. None without the option `verify`.
    pub fn verified(&self) -> usize {
        self.verification.verified
    }

    /// How many ids were read back and had another value, also after some time.
    pub fn mismatched(&self) -> usize {
        self.verification.mismatched
    }

    /// The first ten of them, with both values.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.verification.mismatches
    }

    /// Adds what was noticed before the run, in front of the other notes.
    pub(crate) fn noticed(&mut self, notes: Vec<String>) {
        self.notes.splice(0..0, notes);
    }

    /// Adds what a verification found; `strict` makes a mismatch the status.
    pub(crate) fn verified_by(&mut self, mut verification: Verification, strict: bool) {
        if strict && verification.mismatched > 0 {
            self.status = Status::Mismatch;
            let (mismatched, sampled) = (verification.mismatched, verification.sampled);
            self.message = format!(
                "{mismatched} of {sampled} ids read back have another value than was sent; {}",
                self.message
            );
        }
        self.notes.append(&mut verification.notes);
        self.verification = verification;
    }

    /// Requests that were sent, or that a dry run would send.
    pub fn requests(&self) -> u64 {
        self.traffic.requests
    }

    /// How many of the requests repeated ids of an earlier request, whatever its outcome.
    pub fn retries(&self) -> u64 {
        self.traffic.retries
    }

    /// How long requests waited for the rate limit.
    pub fn waited_for_rate_limit(&self) -> Duration {
        self.traffic.waited_for_rate_limit
    }

    /// How long the run waited for the service: for responses, and for delays that it asked for or caused.
    pub fn waited_for_service(&self) -> Duration {
        self.traffic.waited_for_service
    }

    /// The report as JSON, for programs. Details of the first 1,000 failures.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
