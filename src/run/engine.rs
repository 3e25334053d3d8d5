//! All decisions of a run: what to send next and what an answer changes.
//!
//! Pure: no thread, socket or clock in here. Time comes in as an argument, requests go out as values, so
//! that a whole run can be played on a virtual clock.

mod settle;

use std::collections::{BinaryHeap, VecDeque};
use std::iter::once;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::backoff::Dice;
use super::gate::{Gate, Interval, Pass, Waiting};
use super::guard::Guard;
use super::isolate::{Refused, next_parts};
use super::ledger::{Ledger, Mark};
use super::report::Status;
use super::segment::{Cutter, Role, Segment};
use super::stop::Stop;
use crate::update::Job;
use crate::wire::{Request, Words};

/// What a run may use and how long it may try.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub batch_size: usize,
    pub workers: usize,
    pub interval: Interval,
    pub max_attempts: u32,
    /// The run stops when no batch was confirmed or refused for so long.
    pub patience: Duration,
    /// `None`: twenty times what the job needs when all goes well, at least a thousand.
    pub max_requests: Option<u64>,
}

/// What to do now.
#[derive(Debug)]
pub(crate) enum Step {
    Send {
        ticket: u64,
        request: Request,
    },
    /// Nothing until an answer comes, or until then.
    Wait {
        until: Option<Instant>,
        reason: Waiting,
    },
    Done,
}

pub(crate) struct Engine<'a> {
    job: &'a Job<'a>,
    limits: Limits,
    max_requests: u64,
    gate: Arc<Gate>,
    dice: Dice,
    pub ledger: Ledger,
    cutter: Cutter,
    guards: Vec<Guard>,
    /// Ready, or ready at their time.
    queue: VecDeque<Segment>,
    refused: BinaryHeap<Refused>,
    exhausted: Vec<Segment>,
    /// Nothing more will be tried.
    lost: Vec<Segment>,
    /// By ticket; no more than there are workers.
    in_flight: Vec<(u64, Segment, Pass)>,
    requests: u64,
    retries: u64,
    answered: bool,
    /// Something of this run, not of an earlier life, was confirmed.
    warm: bool,
    batches: Tally,
    trust_names: bool,
    last_progress: Instant,
    trouble: Stop,
    stop: Option<Stop>,
    panicked: bool,
    notes: Vec<String>,
}

/// How many batches came back, how many of them refused, and how many of these with names of ids.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    settled: u32,
    refused: u32,
    named: u32,
}

impl Tally {
    /// Most batches are refused.
    fn dense(self) -> bool {
        self.settled >= 4 && self.refused * 2 > self.settled
    }

    /// Most refusals name the ids.
    fn named(self) -> bool {
        self.named * 2 > self.refused
    }
}

impl<'a> Engine<'a> {
    pub fn new(
        job: &'a Job<'a>,
        mut limits: Limits,
        gate: Arc<Gate>,
        dice: Dice,
        now: Instant,
    ) -> Engine<'a> {
        // A run that is healthy but slow, by its own pace or after 429s, must not look stuck.
        let slowest = limits.interval.map_or(Duration::ZERO, |interval| interval * 21);
        limits.patience = limits.patience.max(slowest);
        let planned: usize = job.groups().iter().map(|g| g.len().div_ceil(limits.batch_size)).sum();
        Engine {
            job,
            max_requests: limits.max_requests.unwrap_or((planned as u64).saturating_mul(20).max(1000)),
            ledger: Ledger::new(job.slots()),
            cutter: Cutter::new(job, limits.batch_size),
            guards: vec![Guard::new(); job.groups().len()],
            limits,
            gate,
            dice,
            queue: VecDeque::new(),
            refused: BinaryHeap::new(),
            exhausted: Vec::new(),
            lost: Vec::new(),
            in_flight: Vec::new(),
            requests: 0,
            retries: 0,
            answered: false,
            warm: false,
            batches: Tally::default(),
            trust_names: true,
            last_progress: now,
            trouble: Stop::new(Status::Transport, "nothing was answered"),
            stop: None,
            panicked: false,
            notes: Vec::new(),
        }
    }

    /// Goes on from what an earlier life of this job settled.
    pub fn resume(&mut self, marks: Vec<Mark>) {
        self.ledger.restore(marks);
        for (group, slots) in self.job.groups().iter().enumerate() {
            if slots.clone().any(|slot| self.ledger.is_confirmed(slot)) {
                self.guards[group].confirmed();
            }
        }
    }

    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub fn requests(&self) -> u64 {
        self.requests
    }

    pub fn retries(&self) -> u64 {
        self.retries
    }

    /// How many requests are under way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Sends nothing more; what is under way may still come back. The first reason stays.
    pub fn stop(&mut self, stop: Stop) {
        self.stop.get_or_insert(stop);
    }

    /// Stops for the caller, and says what has kept the run from its end until now.
    pub fn interrupt(&mut self, stop: Stop) {
        let message = match self.gate.troubles() {
            0 => stop.message,
            _ => format!("{}; last trouble: {}", stop.message, self.trouble.message),
        };
        self.stop(Stop::new(stop.status, message));
    }

    /// Uses no more than `n` workers from now on.
    pub fn limit_workers(&mut self, n: usize) {
        self.limits.workers = self.limits.workers.min(n).max(1);
    }

    /// What to do now.
    pub fn next(&mut self, now: Instant) -> Step {
        let patience_ends = self.last_progress + self.limits.patience;
        if self.stop.is_none() && now >= patience_ends && self.has_work() {
            self.run_out_of_patience();
        }
        if self.stop.is_some() {
            return self.wait_or_done(None);
        }
        // Until the first success one request at a time: a wrong token costs one batch, not eight.
        let room = if self.warm { self.limits.workers } else { 1 };
        if self.in_flight.len() >= room {
            return Step::Wait { until: Some(patience_ends), reason: Waiting::Service };
        }
        let Some(segment) = self.pick(now) else {
            let next_retry = self.queue.iter().filter_map(|s| s.not_before).min();
            let until = next_retry.or((!self.in_flight.is_empty()).then_some(patience_ends));
            return self.wait_or_done(until.map(|at| at.min(patience_ends)));
        };
        if self.requests >= self.max_requests {
            self.queue.push_front(segment);
            self.stop(self.request_limit());
            return self.wait_or_done(None);
        }
        match self.gate.admit(now, self.limits.interval) {
            Ok(pass) => self.send(segment, pass),
            Err(hold) => {
                self.queue.push_front(segment);
                let left = hold.until - now;
                if let Waiting::Asked(status) = hold.reason
                    && left > self.limits.patience
                {
                    self.stop(Stop::asked_to_wait(status, left, self.limits.patience));
                    return self.wait_or_done(None);
                }
                Step::Wait { until: Some(hold.until.min(patience_ends)), reason: hold.reason }
            }
        }
    }

    fn has_work(&self) -> bool {
        !(self.in_flight.is_empty()
            && self.queue.is_empty()
            && self.cutter.is_empty()
            && self.refused.is_empty())
    }

    fn wait_or_done(&self, until: Option<Instant>) -> Step {
        match until {
            None if self.in_flight.is_empty() => Step::Done,
            until => Step::Wait { until, reason: Waiting::Service },
        }
    }

    fn send(&mut self, mut segment: Segment, pass: Pass) -> Step {
        self.requests += 1;
        match segment.sent {
            0 => self.ledger.sending(segment.request.slots.clone()),
            _ => self.retries += 1,
        }
        segment.sent += 1;
        let ticket = self.requests;
        let request = segment.request.clone();
        self.in_flight.push((ticket, segment, pass));
        Step::Send { ticket, request }
    }

    /// The most useful thing to send: what is due again, then what is new, then a last set of attempts for
    /// what has used its attempts up.
    fn pick(&mut self, now: Instant) -> Option<Segment> {
        // In trouble every fourth probe is something new: one poisonous batch must not look like an outage.
        let fresh_first = self.gate.troubles() % 4 == 3;
        let fresh = if fresh_first { self.fresh(now) } else { None };
        fresh.or_else(|| self.due(now, |_| true)).or_else(|| self.fresh(now)).or_else(|| self.last_chance())
    }

    fn due(&mut self, now: Instant, wanted: impl Fn(&Segment) -> bool) -> Option<Segment> {
        let due = |s: &Segment| s.not_before.is_none_or(|at| at <= now) && wanted(s);
        let at = self.queue.iter().position(due)?;
        self.queue.remove(at)
    }

    /// Something that hasn't failed yet: a batch, or a part of a refused one.
    fn fresh(&mut self, now: Instant) -> Option<Segment> {
        let waiting = self.due(now, |s| s.failed_at.is_none());
        if waiting.is_some() {
            return waiting;
        }
        // While a value is in doubt, a part of what was refused tells more than another batch; and where most
        // batches are refused by name, a run that may be stopped soon gets on by taking them apart at once.
        let in_doubt = |r: &Refused| self.guards[r.segment.request.group].is_in_doubt();
        let at_once = self.batches.dense() && self.batches.named();
        match at_once || self.refused.peek().is_some_and(in_doubt) {
            true => self.part(now).or_else(|| self.cut()),
            false => self.cut().or_else(|| self.part(now)),
        }
    }

    /// A part of what was refused, the largest first.
    fn part(&mut self, now: Instant) -> Option<Segment> {
        // A short list may have been settled id by id by the guard.
        let open = |r: &Refused| r.segment.request.slots.clone().any(|slot| self.ledger.is_open(slot));
        let Refused { segment, named } = std::iter::from_fn(|| self.refused.pop()).find(open)?;
        self.queue.extend(next_parts(segment, &named));
        self.due(now, |s| s.failed_at.is_none())
    }

    fn last_chance(&mut self) -> Option<Segment> {
        if !self.queue.is_empty() || !self.in_flight.is_empty() {
            return None;
        }
        let again = |s| Segment { attempts: 0, too_large: 0, last_chance: true, not_before: None, ..s };
        self.queue.extend(self.exhausted.drain(..).map(again));
        self.queue.pop_front()
    }

    fn cut(&mut self) -> Option<Segment> {
        // Where most batches are refused and nobody says why, small ones lose less.
        let small = self.batches.dense() && !self.batches.named();
        let size = if small { (self.cutter.size / 8).max(1) } else { self.cutter.size };
        let guards = &self.guards;
        let request = self.cutter.cut(self.job, &self.ledger, size, |group| guards[group].may_send())?;
        Some(Segment::new(request, Role::Batch))
    }

    /// A request that was not sent after all.
    pub fn recall(&mut self, ticket: u64) {
        if let Some((mut segment, _pass)) = self.landed(ticket) {
            self.requests -= 1;
            segment.sent -= 1;
            self.retries -= u64::from(segment.sent > 0);
            self.queue.push_front(segment);
        }
    }

    /// What was under way with this ticket.
    fn landed(&mut self, ticket: u64) -> Option<(Segment, Pass)> {
        let at = self.in_flight.iter().position(|(sent, ..)| *sent == ticket)?;
        let (_, segment, pass) = self.in_flight.swap_remove(at);
        Some((segment, pass))
    }

    fn run_out_of_patience(&mut self) {
        let message = format!(
            "nothing was confirmed or refused for {} s; last trouble: {}",
            self.limits.patience.as_secs(),
            self.trouble.message
        );
        self.stop(Stop::new(self.trouble.status, message));
    }

    /// In each refused piece is one bad id at least, which halving finds.
    fn request_limit(&self) -> Stop {
        let pieces = || self.refused.iter().map(|r| r.segment.len());
        let settled = self.ledger.confirmed() + self.ledger.rejected();
        let bad = self.ledger.rejected() + self.refused.len();
        let share = 100.0 * bad as f64 / (settled + pieces().sum::<usize>()).max(1) as f64;
        let left = self.ledger.slots() - settled;
        let halving: u64 = pieces().map(|ids| 2 * u64::from(ids.next_power_of_two().trailing_zeros())).sum();
        let retries = self.requests * left as u64 / settled.max(1) as u64;
        let more = retries.max(halving + (self.queue.len() + self.cutter.batches()) as u64);
        let hours = |interval: Duration| {
            format!(", {:.1} hours at this pace", more as f64 * interval.as_secs_f64() / 3600.0)
        };
        let hours = self.limits.interval.map(hours).unwrap_or_default();
        let message = format!(
            "{} requests were sent, the limit of this run; at least {share:.1} % of the ids that were tried are bad, and \
             the {left} ids that are left would take about {more} requests more{hours}; run it again without the \
             bad ids, or with a journal, which goes on where it stopped",
            self.requests
        );
        Stop::new(Status::RequestLimit, message)
    }

    /// Closes the books: what was sent and never settled is unknown.
    pub fn finish(mut self) -> (Ledger, Stop, Vec<String>) {
        if self.ledger.confirmed() + self.ledger.rejected() < self.ledger.slots() {
            self.give_up();
        }
        let (total, good) = (self.ledger.slots(), self.ledger.confirmed());
        // Whatever wanted to stop it came too late when there was nothing left to do.
        let end = self.stop.filter(|_| good < total).unwrap_or_else(|| {
            if self.panicked {
                Stop::new(Status::Internal, "a bug in usercom: a worker failed; please report it")
            } else if good == total {
                Stop::new(Status::Ok, format!("all {total} ids confirmed"))
            } else {
                Stop::new(Status::Partial, format!("{good} of {total} ids confirmed"))
            }
        });
        (self.ledger, end, self.notes)
    }

    fn give_up(&mut self) {
        let flying = std::mem::take(&mut self.in_flight)
            .into_iter()
            .map(|(_, segment, _)| Segment { maybe_applied: true, ..segment });
        let refused = self.refused.drain().map(|r| r.segment);
        let tried = self.exhausted.drain(..).chain(self.lost.drain(..));
        let open: Vec<Segment> = self.queue.drain(..).chain(refused).chain(tried).chain(flying).collect();
        let no_answer = self.ledger.reason(None, Words::new("no answer before the run ended"));
        for segment in open.iter().filter(|segment| segment.maybe_applied) {
            self.ledger.give_up(segment.request.runs(), segment.reason.unwrap_or(no_answer));
            for (slot, reason) in &segment.suspects {
                self.ledger.give_up(once(*slot..*slot + 1), *reason);
            }
        }
    }
}
