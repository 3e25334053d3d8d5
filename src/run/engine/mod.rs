//! All decisions of a run: what to send next, and what a response changes.
//!
//! Pure: no thread, socket or clock. Time comes in as an argument and requests go out as values, so that tests can run
//! a whole job on a virtual clock.

mod end;
mod failed;
mod forecast;
mod handle_response;
mod limits;
mod pick;
mod rejected;
mod server_errors;
#[cfg(test)]
mod tests;

use std::collections::{BinaryHeap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use self::limits::Limits;
use super::batch::Batch;
use super::batcher::Batcher;
use super::bisect::Quarantined;
use super::canary::Canary;
use super::notes::Notes;
use super::outcomes::Outcomes;
use super::progress::Progress;
use super::search::Searches;
use super::share::Share;
use super::stop::Stop;
use super::trial::Trial;
use crate::interface::{IdState, Status};
use crate::journal::Entry;
use crate::throttle::{Permit, Rng, Throttle, Waiting};
use crate::update::Job;
use crate::wire::{Request, Unreadable};

/// What to do now.
#[derive(Debug)]
pub(crate) enum Step {
    Send {
        ticket: u64,
        request: Request,
    },
    /// Nothing, until a response comes or until then.
    Wait {
        until: Option<Instant>,
        reason: Waiting,
    },
    Done,
}

/// The state of a run.
pub(crate) struct Engine<'a> {
    job: &'a Job<'a>,
    limits: Limits,
    max_requests: u64,
    throttle: Arc<Throttle>,
    rng: Rng,
    pub outcomes: Outcomes,
    batcher: Batcher,
    /// By value.
    canaries: Vec<Canary>,
    /// The slots that were sent as canaries.
    tried_alone: Vec<usize>,
    /// To be sent now, or at their time.
    queue: VecDeque<Batch>,
    /// Rejected batches with named ids, and batches that make the service fail: they wait for bisection.
    quarantined: BinaryHeap<Quarantined>,
    /// Other rejected batches, and what follows when many are rejected.
    searches: Searches,
    share: Share,
    /// What was confirmed and rejected while canaries of its value were running: if they fail, it says nothing about ids.
    unjudged: Vec<(usize, usize, bool)>,
    /// Batches of which is being found out whether they make the service fail.
    trials: Vec<Trial>,
    /// How many there were.
    trial_count: u32,
    /// To be sent once more at the end.
    exhausted: Vec<Batch>,
    /// Nothing more is tried.
    lost: Vec<Batch>,
    /// With their tickets; never more than there are workers.
    in_flight: Vec<(u64, Batch, Permit)>,
    requests: u64,
    retries: u64,
    /// Whether there was any HTTP response.
    got_response: bool,
    /// Whether the service itself has responded to this run.
    service_responded: bool,
    /// How many batches this run, not an earlier one, got confirmed.
    confirmed_batches: u64,
    /// Ambiguous responses since the last batch was confirmed.
    ambiguous: u32,
    /// Unreadable responses since the last one that was understood, all for the same reason.
    unreadable: Option<(Unreadable, u32)>,
    tally: Tally,
    trust_names: bool,
    last_progress: Instant,
    started: Instant,
    /// When the engine was asked or told something last.
    now: Instant,
    /// When the log was told last how many ids are bad.
    told_at: Option<Instant>,
    /// What the run would stop with if it stalled now.
    last_error: Stop,
    stop: Option<Stop>,
    panicked: bool,
    notes: Notes,
}

/// How many batches were confirmed or rejected, how many of them rejected; and of all rejections of several ids, how many
/// named ids and how many did not.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    settled: u32,
    rejected: u32,
    named: u32,
    unnamed: u32,
}

impl Tally {
    /// Most batches are rejected.
    fn dense(self) -> bool {
        self.settled >= 4 && self.rejected * 2 > self.settled
    }

    /// How many requests a batch takes, if `requests` were sent for those that are settled.
    fn named_requests(self, requests: u64) -> f64 {
        requests as f64 / f64::from(self.settled.max(1))
    }

    /// Most rejections name the ids.
    fn named(self) -> bool {
        self.named > self.unnamed
    }
}

impl<'a> Engine<'a> {
    pub fn new(
        job: &'a Job<'a>,
        mut limits: Limits,
        throttle: Arc<Throttle>,
        rng: Rng,
        now: Instant,
    ) -> Engine<'a> {
        // A healthy run that is slow, because of its own rate limit or after 429s, must not look stalled.
        let slowest = limits.interval.map_or(Duration::ZERO, |interval| interval * 21);
        limits.stall_timeout = limits.stall_timeout.max(slowest);
        let planned: usize = job.groups().iter().map(|g| g.len().div_ceil(limits.batch_size)).sum();
        Engine {
            job,
            max_requests: limits.requests(job.slots(), planned),
            outcomes: Outcomes::new(job.slots()),
            batcher: Batcher::new(job, limits.batch_size),
            canaries: vec![Canary::new(); job.groups().len()],
            tried_alone: Vec::new(),
            limits,
            throttle,
            rng,
            queue: VecDeque::new(),
            quarantined: BinaryHeap::new(),
            searches: Searches::default(),
            share: Share::default(),
            unjudged: Vec::new(),
            trials: Vec::new(),
            trial_count: 0,
            exhausted: Vec::new(),
            lost: Vec::new(),
            in_flight: Vec::new(),
            requests: 0,
            retries: 0,
            got_response: false,
            service_responded: false,
            confirmed_batches: 0,
            ambiguous: 0,
            unreadable: None,
            tally: Tally::default(),
            trust_names: true,
            last_progress: now,
            started: now,
            now,
            told_at: None,
            last_error: Stop::new(Status::Transport, "there was no response"),
            stop: None,
            panicked: false,
            notes: Notes::default(),
        }
    }

    /// Resumes from what an earlier run of this job recorded.
    pub fn resume(&mut self, mut entries: Vec<Entry>) {
        // As long as nothing of a value is confirmed, the value itself may be what was rejected, and may be accepted now.
        let groups = self.job.groups();
        let group_of = |entry: &Entry| groups.partition_point(|slots| slots.end <= entry.slots.start);
        let is = |state| move |entry: &&mut Entry| entry.state == state;
        let accepted: HashSet<usize> =
            entries.iter_mut().filter(is(IdState::Confirmed)).map(|entry| group_of(entry)).collect();
        for entry in entries.iter_mut().filter(is(IdState::Rejected)) {
            if !accepted.contains(&group_of(entry)) {
                entry.state = IdState::Unknown;
            }
        }
        self.outcomes.restore(entries);
        self.share.resume(self.outcomes.confirmed(), self.outcomes.rejected());
        for (group, slots) in self.job.groups().iter().enumerate() {
            if slots.clone().any(|slot| self.outcomes.is_confirmed(slot)) {
                self.canaries[group].confirmed();
            }
        }
    }

    pub fn note(&mut self, note: String) {
        self.notes.add(note);
    }

    /// Why the rate limit is not shared with other processes although it should be.
    pub fn throttle_problem(&self) -> Option<String> {
        self.throttle.problem()
    }

    pub fn requests(&self) -> u64 {
        self.requests
    }

    pub fn retries(&self) -> u64 {
        self.retries
    }

    /// How many requests are in flight.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// How far the run is. `sends_again` is when it will send again, if it waits.
    pub fn progress(&self, now: Instant, sends_again: Option<Instant>) -> Progress {
        let (confirmed, rejected) = (self.outcomes.confirmed(), self.outcomes.rejected());
        let forecast = self.forecast();
        let given_up = self.exhausted.iter().chain(&self.lost).filter(|batch| batch.maybe_applied);
        let unknown = given_up.map(|batch| batch.request.len()).sum();
        Progress {
            done: confirmed + rejected,
            total: self.outcomes.slots(),
            confirmed,
            rejected,
            unknown,
            requests: self.requests,
            expected_rejected: forecast.bad,
            requests_left: forecast.requests,
            time_left: forecast.time,
            waiting: sends_again.map_or(Duration::ZERO, |at| at.saturating_duration_since(now)),
        }
    }

    /// Sends nothing more. Requests in flight may still come back. The first reason counts.
    pub fn stop(&mut self, stop: Stop) {
        self.stop.get_or_insert(stop);
    }

    /// After a stop: how long to wait for what is in flight.
    pub fn last_wait(&self) -> Option<Duration> {
        self.stop.as_ref().map(|_| self.limits.longest_request)
    }

    /// Stops because of the caller, and adds the last error if there is an outage.
    pub fn interrupt(&mut self, stop: Stop) {
        let message = match self.throttle.failures_in_a_row() {
            0 => stop.message,
            _ => format!("{}; last error: {}", stop.message, self.last_error.message).into(),
        };
        self.stop(Stop::new(stop.status, message));
    }

    /// Uses at most `n` workers from now on.
    pub fn limit_workers(&mut self, n: usize) {
        self.limits.workers = self.limits.workers.min(n).max(1);
    }

    /// What to do now.
    pub fn next(&mut self, now: Instant) -> Step {
        self.now = now;
        if self.too_many_rejected() {
            self.stop(self.rejected_limit());
        }
        let stalls_at = self.last_progress + self.limits.stall_timeout;
        if self.stop.is_none() && now >= stalls_at && self.has_work() {
            self.stop(Stop::stalled(self.limits.stall_timeout, &self.last_error));
        }
        if self.stop.is_some() {
            return self.wait_or_done(None);
        }
        // One request at a time until the first success: a wrong token costs one batch, not eight.
        let room = if self.confirmed_batches == 0 { 1 } else { self.limits.workers };
        if self.in_flight.len() >= room {
            return Step::Wait { until: Some(stalls_at), reason: Waiting::Service };
        }
        let Some(batch) = self.pick(now) else {
            let next_retry = self.queue.iter().filter_map(|batch| batch.not_before).min();
            let until = next_retry.or((!self.in_flight.is_empty()).then_some(stalls_at));
            return self.wait_or_done(until.map(|at| at.min(stalls_at)));
        };
        if self.requests >= self.max_requests {
            self.queue.push_front(batch);
            self.stop(self.request_limit());
            return self.wait_or_done(None);
        }
        match self.throttle.admit(now, self.limits.interval) {
            Ok(permit) => self.send(batch, permit),
            Err(delay) => {
                self.queue.push_front(batch);
                let left = delay.until - now;
                if let Waiting::RetryAfter(status) = delay.reason
                    && left > self.limits.stall_timeout
                {
                    self.stop(Stop::delay_too_long(status, left, self.limits.stall_timeout));
                    return self.wait_or_done(None);
                }
                Step::Wait { until: Some(delay.until.min(stalls_at)), reason: delay.reason }
            }
        }
    }

    fn has_work(&self) -> bool {
        !(self.in_flight.is_empty()
            && self.queue.is_empty()
            && self.batcher.is_empty()
            && self.quarantined.is_empty()
            && self.searches.is_empty())
    }

    fn wait_or_done(&self, until: Option<Instant>) -> Step {
        match until {
            None if self.in_flight.is_empty() => Step::Done,
            until => Step::Wait { until, reason: Waiting::Service },
        }
    }

    fn send(&mut self, mut batch: Batch, permit: Permit) -> Step {
        self.requests += 1;
        match batch.sent {
            0 => self.outcomes.sending(batch.request.slots.clone()),
            _ => self.retries += 1,
        }
        batch.sent += 1;
        let ticket = self.requests;
        let request = batch.request.clone();
        self.in_flight.push((ticket, batch, permit));
        Step::Send { ticket, request }
    }

    /// Takes back a request that was not sent after all.
    pub fn recall(&mut self, ticket: u64) {
        if let Some((mut batch, _permit)) = self.take_in_flight(ticket) {
            self.requests -= 1;
            batch.sent -= 1;
            self.retries -= u64::from(batch.sent > 0);
            self.queue.push_front(batch);
        }
    }

    fn take_in_flight(&mut self, ticket: u64) -> Option<(Batch, Permit)> {
        let at = self.in_flight.iter().position(|(sent, ..)| *sent == ticket)?;
        let (_, batch, permit) = self.in_flight.swap_remove(at);
        Some((batch, permit))
    }
}
