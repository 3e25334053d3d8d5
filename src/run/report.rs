//! What a run tells afterwards: a state for every position, totals, and why.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::ser::{SerializeSeq, SerializeStruct, Serializer};

use super::ledger::{IdState, Ledger, Reason, ReasonId};
use crate::error::{Error, Result};
use crate::update::Job;

/// How a run ended. The numbers are those of the C header and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// Ran to its end, every id confirmed.
    Ok = 0,
    /// Ran to its end, some ids rejected or unknown.
    Partial = 1,
    /// Stopped because it was asked to.
    Cancelled = 2,
    /// Stopped because its time was up.
    Deadline = 3,
    /// Nothing was sent: the report says what would have been.
    DryRun = 4,
    /// Stopped: the token was refused.
    Unauthorized = 20,
    /// Stopped: the service asked for a longer wait than the run's patience.
    RateLimited = 21,
    /// Stopped: attribute or value refused, or none of the ids exist.
    Rejected = 22,
    /// Stopped: the service kept failing.
    Server = 23,
    /// Stopped: this is not the service, or not with this method.
    WrongEndpoint = 24,
    /// Stopped: more requests than a job of this size should need.
    RequestLimit = 25,
    /// Stopped: no connection, or none that lasted.
    Transport = 30,
    /// Stopped: answers that can't be understood.
    BadResponse = 31,
    /// Stopped: the certificate or the handshake failed.
    Tls = 32,
    /// Stopped: the journal can't be written.
    Journal = 40,
    /// Nothing was sent: the same update is running already.
    Busy = 42,
    /// A bug in this library; the ids that it concerns are unknown.
    Internal = 99,
}

impl Status {
    /// The number that the C interface returns.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// One word, as in the report's JSON.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Partial => "partial",
            Status::Cancelled => "cancelled",
            Status::Deadline => "deadline",
            Status::DryRun => "dry_run",
            Status::Unauthorized => "unauthorized",
            Status::RateLimited => "rate_limited",
            Status::Rejected => "rejected",
            Status::Server => "server",
            Status::WrongEndpoint => "wrong_endpoint",
            Status::RequestLimit => "request_limit",
            Status::Transport => "transport",
            Status::BadResponse => "bad_response",
            Status::Tls => "tls",
            Status::Journal => "journal",
            Status::Busy => "busy",
            Status::Internal => "internal",
        }
    }

    /// Whether the run came to its end: every id was tried as often as it may be.
    pub fn ran_to_its_end(self) -> bool {
        matches!(self, Status::Ok | Status::Partial | Status::DryRun)
    }
}

/// An id that is rejected or unknown.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Failure<'a> {
    /// Its position in the caller's list, counted from 0.
    pub index: usize,
    /// The id itself, as text.
    pub id: &'a str,
    /// [`IdState::Rejected`] or [`IdState::Unknown`].
    #[serde(serialize_with = "state_name")]
    pub state: IdState,
    /// The HTTP status of the answer that decided it; `None` where there was no answer.
    pub http_status: Option<u16>,
    /// The server's words, at most 256 characters with control characters escaped, or what went wrong.
    pub message: &'a str,
}

fn state_name<S: Serializer>(state: &IdState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.name())
}

/// What became of a run and of each of its ids. Every run has one, also one that sent nothing.
#[derive(Clone, Debug)]
pub struct Report {
    status: Status,
    message: String,
    states: Vec<IdState>,
    counts: [usize; 4],
    failures: Vec<(u32, ReasonId)>,
    /// The failures' ids, one after the other, and where each ends.
    ids: String,
    id_ends: Vec<usize>,
    reasons: Vec<Reason>,
    notes: Vec<String>,
    traffic: Traffic,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub requests: u64,
    pub retries: u64,
    pub waited_for_pace: Duration,
    pub waited_for_service: Duration,
}

impl Report {
    pub(crate) fn new(
        job: &Job<'_>,
        ledger: Ledger,
        status: Status,
        message: impl Into<String>,
        mut notes: Vec<String>,
        traffic: Traffic,
    ) -> Report {
        let (by_slot, reasons, why) = ledger.into_reasons();
        let mut states = if job.is_in_order() { by_slot } else { by_position(job, &by_slot) };
        let mut failures: Vec<(u32, ReasonId)> =
            why.iter().map(|(slot, reason)| (job.position(*slot) as u32, *reason)).collect();
        failures.sort_unstable_by_key(|(position, _)| *position);
        share_fate(job, &mut states, &mut failures);
        let lost = job.superseded.iter().find(|s| !s.same_value);
        notes.extend(lost.map(|first| {
            let all = job.superseded.len();
            format!(
                "{all} positions were not sent because a later row has the same id; the first: position {} was \
                 superseded by position {}",
                first.position, first.by
            )
        }));
        let (mut ids, mut id_ends) = (String::new(), Vec::with_capacity(failures.len()));
        for (position, _) in &failures {
            job.ids.write(*position as usize, &mut ids);
            id_ends.push(ids.len());
        }
        let mut counts = [0; 4];
        states.iter().for_each(|state| counts[*state as usize] += 1);
        Report {
            status,
            message: message.into(),
            states,
            counts,
            failures,
            ids,
            id_ends,
            reasons,
            notes,
            traffic,
        }
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

    /// How many ids were refused.
    pub fn rejected(&self) -> usize {
        self.counts[IdState::Rejected as usize]
    }

    /// How many ids were sent without proof either way.
    pub fn unknown(&self) -> usize {
        self.counts[IdState::Unknown as usize]
    }

    /// How many ids were not sent.
    pub fn not_attempted(&self) -> usize {
        self.counts[IdState::NotAttempted as usize]
    }

    /// The state of every position, in the order of the caller's list.
    pub fn states(&self) -> &[IdState] {
        &self.states
    }

    /// Every rejected or unknown id, in the order of the caller's list.
    pub fn failures(&self) -> impl ExactSizeIterator<Item = Failure<'_>> {
        (0..self.failures.len()).map(|k| self.describe(k))
    }

    /// The `k`-th of [`Report::failures`].
    pub fn failure(&self, k: usize) -> Option<Failure<'_>> {
        (k < self.failures.len()).then(|| self.describe(k))
    }

    fn describe(&self, k: usize) -> Failure<'_> {
        let (position, reason) = self.failures[k];
        let reason = &self.reasons[reason.index()];
        let start = k.checked_sub(1).map_or(0, |before| self.id_ends[before]);
        Failure {
            index: position as usize,
            id: &self.ids[start..self.id_ends[k]],
            state: self.states[position as usize],
            http_status: reason.http_status,
            message: reason.words.as_str(),
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
        self.failures.get(k).map(|(_, reason)| reason.index())
    }

    /// How many ids are rejected or unknown.
    pub fn failure_count(&self) -> usize {
        self.failures.len()
    }

    /// Remarkable things that didn't change the outcome, such as the first answer of an unfamiliar form.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Requests that were sent; in a dry run, that would be.
    pub fn requests(&self) -> u64 {
        self.traffic.requests
    }

    /// How many of the requests had ids that an earlier one had, whatever became of it.
    pub fn retries(&self) -> u64 {
        self.traffic.retries
    }

    /// Time in which requests were held back for the pace.
    pub fn waited_for_pace(&self) -> Duration {
        self.traffic.waited_for_pace
    }

    /// Time spent waiting for the service: answers, and waits that it asked for or made necessary.
    pub fn waited_for_service(&self) -> Duration {
        self.traffic.waited_for_service
    }

    /// The report when every id was confirmed (or nothing was to be sent), else an error that carries it.
    ///
    /// # Errors
    /// [`Error::Incomplete`] with this report for every other status than [`Status::Ok`] and
    /// [`Status::DryRun`].
    pub fn into_result(self) -> Result<Report> {
        match self.status {
            Status::Ok | Status::DryRun => Ok(self),
            _ => Err(Error::Incomplete(Box::new(self))),
        }
    }

    /// The report as JSON, for programs. Details of the first 1,000 failures.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn by_position(job: &Job<'_>, by_slot: &[IdState]) -> Vec<IdState> {
    let mut states = vec![IdState::NotAttempted; job.ids.len()];
    for (position, state) in job.positions(0..by_slot.len()).zip(by_slot) {
        states[position] = *state;
    }
    states
}

/// Duplicates of an id that was sent for another position end like that position.
fn share_fate(job: &Job<'_>, states: &mut [IdState], failures: &mut Vec<(u32, ReasonId)>) {
    let first_ones = failures.len();
    for twin in job.superseded.iter().filter(|s| s.same_value) {
        states[twin.position as usize] = states[twin.by as usize];
        let reason = failures[..first_ones].binary_search_by_key(&twin.by, |(position, _)| *position);
        if let Ok(at) = reason {
            failures.push((twin.position, failures[at].1));
        }
    }
    failures.sort_unstable_by_key(|(position, _)| *position);
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.status.name(), self.message)?;
        writeln!(
            f,
            "{} id{}: {} confirmed, {} rejected, {} unknown, {} not attempted; requests: {}, retries: {}",
            self.total(),
            if self.total() == 1 { "" } else { "s" },
            self.confirmed(),
            self.rejected(),
            self.unknown(),
            self.not_attempted(),
            self.requests(),
            self.retries(),
        )?;
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        const SHOWN: usize = 10;
        for failure in (0..SHOWN).filter_map(|k| self.failure(k)) {
            let state = failure.state.name();
            let http = failure.http_status.map(|s| format!(" (http {s})")).unwrap_or_default();
            writeln!(
                f,
                "id {} at position {}: {state}{http}: {}",
                failure.id, failure.index, failure.message
            )?;
        }
        match self.failures.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => writeln!(f, "and {more} more"),
            _ => Ok(()),
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Report", 15)?;
        out.serialize_field("status", self.status.name())?;
        out.serialize_field("code", &self.status.code())?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("total", &self.total())?;
        out.serialize_field("confirmed", &self.confirmed())?;
        out.serialize_field("rejected", &self.rejected())?;
        out.serialize_field("unknown", &self.unknown())?;
        out.serialize_field("not_attempted", &self.not_attempted())?;
        out.serialize_field("requests", &self.requests())?;
        out.serialize_field("retries", &self.retries())?;
        out.serialize_field("waited_for_pace_ms", &(self.waited_for_pace().as_millis() as u64))?;
        out.serialize_field("waited_for_service_ms", &(self.waited_for_service().as_millis() as u64))?;
        out.serialize_field("notes", &self.notes)?;
        out.serialize_field("failure_count", &self.failure_count())?;
        out.serialize_field("failures", &FirstFailures(self))?;
        out.end()
    }
}

/// The failures that fit into a JSON report.
struct FirstFailures<'a>(&'a Report);

impl Serialize for FirstFailures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = self.0.failure_count().min(1000);
        let mut list = serializer.serialize_seq(Some(shown))?;
        for failure in (0..shown).filter_map(|k| self.0.failure(k)) {
            list.serialize_element(&failure)?;
        }
        list.end()
    }
}
