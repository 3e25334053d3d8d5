//! A simulated service and its clock. Faults are random; a seed replays them.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::play::Crash;
use super::support::SECOND;
use crate::run::Cancel;
use crate::run::transport::{Received, Transport};
use crate::throttle::Rng;
use crate::update::Job;
use crate::wire::{Fault, Message, RejectedId, Request, Verdict};

/// How the service behaves in one run; probabilities out of 1.
#[derive(Clone, Debug)]
pub struct Weather {
    pub bad: BTreeSet<usize>,
    pub rejected_value: Option<usize>,
    /// Slots that make the service respond with 500.
    pub poison: BTreeSet<usize>,
    pub latency: Duration,
    pub server_error: f64,
    /// 400 for requests of more than one id, whatever they are.
    pub groups_rejected: f64,
    pub dropped: f64,
    pub timeout: f64,
    /// 2xx that prove nothing.
    pub ambiguous: f64,
    /// 503 with `Retry-After: 1`.
    pub busy: f64,
    /// The status of random server errors and of an outage.
    pub error_status: u16,
    /// How likely a request is applied in spite of a fault.
    pub applies_anyway: f64,
    /// From when to when everything fails.
    pub outage: Option<(Duration, Duration)>,
    pub burst_401: Option<(Duration, Duration)>,
    /// From when to when something responds with 409.
    pub locked: Option<(Duration, Duration)>,
    /// From when to when a firewall refuses everything.
    pub firewall: Option<(Duration, Duration)>,
    pub requests_per_second: Option<usize>,
    pub max_ids: usize,
    pub names: Names,
}

/// Which ids a rejection names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    None,
    First,
    All,
    /// A good one.
    Wrong,
}

/// The service and the clock.
pub struct Simulated<'a> {
    pub job: &'a Job<'a>,
    pub weather: Weather,
    pub rng: Rng,
    pub start: Instant,
    pub now: Instant,
    /// The same, for whoever is called during a run.
    pub clock: Rc<Cell<Instant>>,
    /// By the time at which they come.
    pub responses: BTreeMap<(Instant, u64), Verdict>,
    pub sent_at: VecDeque<Instant>,
    /// What the service did, by slot.
    pub applied: Vec<bool>,
    /// In a request whose complete 2xx came back.
    pub accepted: Vec<bool>,
    /// How many ids were in accepted requests, after each request.
    pub accepted_after: Vec<u32>,
    /// In a request of its own that was rejected.
    pub rejected_alone: Vec<bool>,
    pub sent: Vec<u32>,
    pub requests: u64,
    pub cancel: Option<(Instant, Cancel)>,
    pub crash: Option<Instant>,
    pub most_in_flight: usize,
}

impl<'a> Simulated<'a> {
    pub fn new(job: &'a Job<'a>, weather: Weather, rng: Rng, start: Instant) -> Simulated<'a> {
        let n = job.slots();
        Simulated {
            job,
            weather,
            rng,
            start,
            now: start,
            clock: Rc::new(Cell::new(start)),
            responses: BTreeMap::new(),
            sent_at: VecDeque::new(),
            applied: vec![false; n],
            accepted: vec![false; n],
            accepted_after: Vec::new(),
            rejected_alone: vec![false; n],
            sent: vec![0; n],
            requests: 0,
            cancel: None,
            crash: None,
            most_in_flight: 0,
        }
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.rng.unit() < probability
    }

    fn within(&self, window: Option<(Duration, Duration)>) -> bool {
        let since = self.now - self.start;
        window.is_some_and(|(from, to)| since >= from && since < to)
    }

    /// The verdict on a request, and how long it takes.
    fn respond(&mut self, request: &Request) -> (Duration, Verdict) {
        let latency = self.weather.latency.mul_f64(0.5 + self.rng.unit());
        let message = Message::new;
        let transient = |fault, status| Verdict::Transient { fault, status, message: message("simulated") };
        self.sent_at.push_back(self.now);
        while self.sent_at.front().is_some_and(|at| *at + SECOND <= self.now) {
            self.sent_at.pop_front();
        }
        if self.within(self.weather.burst_401) {
            return (latency, Verdict::Unauthorized { message: message("Invalid token.") });
        }
        if self.weather.requests_per_second.is_some_and(|most| self.sent_at.len() > most) {
            let retry_after = self.chance(0.5).then_some(SECOND);
            return (latency, Verdict::Throttled { status: 429, retry_after, message: message("throttled") });
        }
        if self.within(self.weather.firewall) {
            return (latency, Verdict::Foreign { status: 403, message: message("blocked") });
        }
        if self.within(self.weather.locked) {
            let (retry_after, message) = (self.chance(0.3).then_some(SECOND), message("locked"));
            let verdict =
                Verdict::PerhapsRejected { status: 409, retry_after, message, rejected_ids: vec![] };
            return (latency, verdict);
        }
        let outage = self.within(self.weather.outage);
        if outage && self.chance(0.3) {
            return (latency, transient(Fault::Unreached, None));
        }
        let weather = &self.weather;
        let faults =
            [weather.server_error, weather.dropped, weather.timeout, weather.ambiguous, weather.busy];
        if let Some(fault) = faults.into_iter().position(|probability| self.chance(probability)) {
            if self.chance(self.weather.applies_anyway) {
                self.apply(request);
            }
            let busy = |message| Verdict::Throttled { status: 503, retry_after: Some(SECOND), message };
            return match fault {
                0 => (latency, transient(Fault::Server, Some(self.weather.error_status))),
                1 => (latency, transient(Fault::Dropped, None)),
                2 => (60 * SECOND, transient(Fault::TimedOut, None)),
                3 => (latency, Verdict::Ambiguous { status: 207, message: message("perhaps") }),
                _ => (latency, busy(message("busy"))),
            };
        }
        if outage {
            return (latency, transient(Fault::Server, Some(self.weather.error_status)));
        }
        if request.len() > self.weather.max_ids {
            return (latency, Verdict::TooLarge { retry_after: None, message: message("too large") });
        }
        if request.runs().any(|run| self.weather.poison.range(run).next().is_some()) {
            return (latency, transient(Fault::Server, Some(500)));
        }
        if self.weather.rejected_value == Some(request.group) {
            return (
                latency,
                Verdict::Rejected { status: 400, message: message("bad value"), rejected_ids: vec![] },
            );
        }
        let bad: Vec<usize> = request.runs().flat_map(|run| self.weather.bad.range(run).copied()).collect();
        if !bad.is_empty() || request.len() > 1 && self.chance(self.weather.groups_rejected) {
            // A rejection without a reason names nobody.
            let named = (!bad.is_empty()).then(|| self.rejected_ids(request, &bad));
            let rejected_ids = named.unwrap_or_default();
            return (latency, Verdict::Rejected { status: 400, message: message("bad ids"), rejected_ids });
        }
        self.apply(request);
        (latency, Verdict::Confirmed(Vec::new()))
    }

    fn rejected_ids(&mut self, request: &Request, bad: &[usize]) -> Vec<RejectedId> {
        let name = |(index, _)| RejectedId::Index(index, Message::new("bad"));
        let (is_bad, is_good): (Vec<_>, Vec<_>) =
            request.sent().enumerate().partition(|(_, slot)| bad.binary_search(slot).is_ok());
        match self.weather.names {
            Names::None => Vec::new(),
            Names::First => is_bad.into_iter().take(1).map(name).collect(),
            Names::All => is_bad.into_iter().map(name).collect(),
            Names::Wrong => {
                let any = (self.rng.next() % (is_good.len() as u64 + 1)) as usize;
                is_good.into_iter().nth(any).map(name).into_iter().collect()
            }
        }
    }

    fn apply(&mut self, request: &Request) {
        request.runs().for_each(|run| self.applied[run].fill(true));
    }
}

impl Transport for Simulated<'_> {
    fn now(&self) -> Instant {
        self.now
    }

    fn send(&mut self, ticket: u64, request: Request) {
        assert!(request.len() > 0, "an empty request");
        let group = &self.job.groups()[request.group];
        assert!(group.start <= request.slots.start && request.slots.end <= group.end, "foreign slots");
        self.requests += 1;
        request.runs().for_each(|run| self.sent[run].iter_mut().for_each(|sent| *sent += 1));
        let (after, verdict) = self.respond(&request);
        let mut accepted = self.accepted_after.last().copied().unwrap_or(0);
        match verdict {
            Verdict::Confirmed(_) => {
                for run in request.runs() {
                    accepted +=
                        self.accepted[run.clone()].iter().map(|before| u32::from(!before)).sum::<u32>();
                    self.accepted[run].fill(true);
                }
            }
            Verdict::Rejected { .. } | Verdict::PerhapsRejected { .. } | Verdict::TooLarge { .. }
                if request.len() == 1 =>
            {
                request.sent().for_each(|slot| self.rejected_alone[slot] = true);
            }
            _ => {}
        }
        self.accepted_after.push(accepted);
        self.responses.insert((self.now + after, ticket), verdict);
        self.most_in_flight = self.most_in_flight.max(self.responses.len());
    }

    fn wait(&mut self, until: Option<Instant>) -> Option<Received> {
        let first = self.responses.first_key_value().map(|((at, _), _)| *at);
        let cancel = self.cancel.as_ref().map(|(at, _)| *at).filter(|at| *at > self.now);
        let wake = [until, first, cancel, self.crash].into_iter().flatten().min().expect("waits for ever");
        // A little later, so that a run that waits for the past does not stand still.
        self.now = wake.max(self.now + Duration::from_micros(1));
        self.clock.set(self.now);
        if self.crash.is_some_and(|at| at <= self.now) {
            std::panic::resume_unwind(Box::new(Crash));
        }
        if let Some((_, handle)) = self.cancel.as_ref().filter(|(at, _)| *at <= self.now) {
            handle.request();
        }
        let entry = self.responses.first_entry().filter(|entry| entry.key().0 <= self.now)?;
        let ((_, ticket), verdict) = entry.remove_entry();
        Some(Received { ticket, verdict })
    }

    fn abort(&mut self) {
        let aborted = std::mem::take(&mut self.responses);
        for (at, ((_, ticket), _)) in aborted.into_iter().enumerate() {
            let message = Message::new("aborted");
            let verdict = Verdict::Transient { fault: Fault::Dropped, status: None, message };
            self.responses.insert((self.now + Duration::from_nanos(at as u64), ticket), verdict);
        }
    }

    fn capacity(&self) -> usize {
        usize::MAX
    }
}
