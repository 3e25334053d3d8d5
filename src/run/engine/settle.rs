//! What an answer changes: which ids it settles, and what is to be sent instead of the others.

use std::iter::once;
use std::time::Instant;

use super::Engine;
use crate::run::backoff::backoff;
use crate::run::gate::{Blame, Pass};
use crate::run::guard::{Finding, Guard};
use crate::run::isolate::Refused;
use crate::run::ledger::Blamed;
use crate::run::report::Status;
use crate::run::segment::{Role, Segment};
use crate::run::stop::Stop;
use crate::wire::{Culprit, Fatal, Fault, Remark, Request, Verdict, Words};

impl Engine<'_> {
    /// Takes in what became of a request.
    pub fn settle(&mut self, ticket: u64, verdict: Verdict, now: Instant) {
        let Some((mut segment, pass)) = self.landed(ticket) else { return };
        let first_answer = !self.answered;
        self.answered |= verdict.is_an_answer();
        if let Some((status, words)) = verdict.complaint() {
            segment.reason = Some(self.ledger.reason(status, words.clone()));
        }
        match verdict {
            Verdict::Confirmed(remarks) => {
                self.understood(pass, now);
                self.warm = true;
                self.confirmed(segment);
                remarks.into_iter().for_each(|remark| self.remark(remark));
            }
            Verdict::Refused { status, words, culprits } => {
                self.understood(pass, now);
                self.refuse(segment, status, &words, culprits);
            }
            Verdict::TooLarge { .. } => {
                self.understood(pass, now);
                self.too_large(segment);
            }
            Verdict::Throttled { status, wait, words } => {
                pass.throttled(now, status, wait, &mut self.dice);
                self.trouble = Stop::throttled(status, &words);
                self.queue.push_front(segment);
            }
            Verdict::Unauthorized { words } => {
                let had_succeeded = self.gate.has_succeeded();
                self.trouble = Stop::new(Status::Unauthorized, format!("http 401: {}", words.as_str()));
                if pass.unauthorized(now).is_err() {
                    self.stop(Stop::unauthorized(had_succeeded, &words));
                }
                self.queue.push_front(segment);
            }
            Verdict::Html { words, .. } if first_answer => {
                segment.maybe_applied = true;
                self.lost.push(segment);
                let message =
                    format!("a 2xx answer with {}: this is not the API; check the subdomain", words.as_str());
                self.stop(Stop::new(Status::WrongEndpoint, message));
            }
            Verdict::Html { status, words } => {
                self.transient(segment, pass, Fault::Unreadable, Some(status), &words, now);
            }
            Verdict::Fatal { fatal, status, words } => {
                segment.maybe_applied |= fatal == Fatal::TlsBroken;
                self.queue.push_front(segment);
                self.stop(Stop::fatal(fatal, status, &words));
            }
            Verdict::Transient { fault, status, words } => {
                self.transient(segment, pass, fault, status, &words, now);
            }
            Verdict::Panicked => {
                segment.maybe_applied = true;
                segment.reason =
                    Some(self.ledger.reason(None, Words::new("a worker of this library failed")));
                self.lost.push(segment);
                self.panicked = true;
            }
        }
    }

    /// The service is there and said what it makes of the request, be it yes or no.
    fn understood(&mut self, pass: Pass, now: Instant) {
        pass.succeeded(now);
        self.last_progress = now;
    }

    fn confirmed(&mut self, segment: Segment) {
        let group = segment.request.group;
        self.ledger.confirm(&segment.request);
        let (earlier, last) = segment.believe();
        for (slot, reason) in last {
            self.ledger.reject(once(*slot..*slot + 1), *reason);
        }
        self.queue.extend(earlier.iter().map(|(slot, _)| segment.single(*slot)));
        self.guards[group].confirmed();
        match segment.role {
            Role::Batch => self.batches.settled += 1,
            Role::Suspect => self.trust_names = false,
            Role::Probe | Role::Part => {}
        }
    }

    fn refuse(&mut self, mut segment: Segment, status: u16, words: &Words, culprits: Vec<Culprit>) {
        let group = segment.request.group;
        let alone = segment.len() == 1;
        let named = if alone || self.trust_names { self.blamed(&segment, culprits) } else { Vec::new() };
        segment.maybe_applied = true;
        segment.failed_at = None;
        if segment.role == Role::Batch {
            self.batches.settled += 1;
            self.batches.refused += 1;
            self.batches.named += u32::from(!named.is_empty());
        }
        if alone && segment.suspects.is_empty() {
            // What was said of the very id says more than the whole answer.
            let said = named.first().map(|(_, reason)| *reason).or(segment.reason);
            if let Some(reason) = said {
                self.ledger.reject(segment.request.runs(), reason);
            }
        }
        if segment.role == Role::Probe {
            let finding = match named.is_empty() {
                true => Finding::Refused(status, words.as_str().to_owned()),
                false => Finding::Named,
            };
            return self.probed(group, finding);
        }
        if !alone || !segment.suspects.is_empty() {
            self.refused.push(Refused { segment, named });
        }
        match self.guards[group] {
            Guard::Closed => self.close(group),
            _ => self.ask_single_ids(group),
        }
    }

    fn ask_single_ids(&mut self, group: usize) {
        let ledger = &self.ledger;
        let slots = self.guards[group].refused(&self.job.groups()[group], |slot| ledger.is_open(slot));
        let probe = |slot| Segment::new(Request::single(group, slot), Role::Probe);
        slots.into_iter().rev().for_each(|slot| self.queue.push_front(probe(slot)));
        if self.guards[group] == Guard::Closed {
            self.close(group);
        }
    }

    fn probed(&mut self, group: usize, finding: Finding) {
        let (ledger, value) = (&self.ledger, &self.job.groups()[group]);
        if self.guards[group].probed(finding, || value.clone().any(|slot| ledger.is_open(slot))) {
            self.close(group);
        }
    }

    /// The value is refused as such: what was refused of it stays so, the rest of it is not sent.
    fn close(&mut self, group: usize) {
        self.cutter.close(group);
        let (closed, others): (Vec<Refused>, Vec<Refused>) =
            self.refused.drain().partition(|r| r.segment.request.group == group);
        self.refused.extend(others);
        for Refused { segment, .. } in closed {
            if let Some(reason) = segment.reason {
                self.ledger.reject(once(segment.request.slots.clone()), reason);
            }
        }
        let (dropped, kept) = self.queue.drain(..).partition::<Vec<_>, _>(|s| s.request.group == group);
        self.queue.extend(kept);
        self.lost.extend(dropped);
        self.lost.extend(self.exhausted.extract_if(.., |s| s.request.group == group));
        if self.guards.iter().all(|guard| *guard == Guard::Closed) {
            self.stop(Stop::new(Status::Rejected, "attribute or value refused, or none of these ids exist"));
        }
    }

    /// The slots that an answer means. Places and ids that were not sent mean nothing.
    fn blamed(&mut self, segment: &Segment, culprits: Vec<Culprit>) -> Vec<Blamed> {
        let status = segment.reason.and_then(|r| self.ledger.reason_of(r).http_status);
        let mut named: Vec<Blamed> = Vec::new();
        for culprit in culprits {
            let (slot, words) = match culprit {
                Culprit::Index(index, words) => (segment.request.sent().nth(index), words),
                Culprit::Id(id, words) => {
                    (segment.request.sent().find(|s| self.job.ids.is(self.job.position(*s), &id)), words)
                }
            };
            if let Some(slot) = slot.filter(|slot| named.iter().all(|(s, _)| s != slot)) {
                named.push((slot, self.ledger.reason(status, words)));
            }
        }
        named
    }

    fn too_large(&mut self, segment: Segment) {
        if segment.len() == 1 {
            if let Some(reason) = segment.reason {
                self.ledger.reject(segment.request.runs(), reason);
            }
            if segment.role == Role::Probe {
                self.probed(segment.request.group, Finding::Unclear);
            }
            return;
        }
        self.halve(segment);
    }

    /// Sends the two halves instead, and no more batches of this size.
    fn halve(&mut self, segment: Segment) {
        self.cutter.size = self.cutter.size.min(segment.len().div_ceil(2));
        let [first, second] = segment.halves(segment.role);
        // Suspects go back in: whoever named them may be wrong.
        self.queue.extend(segment.suspects.iter().map(|(slot, _)| segment.single(*slot)));
        self.queue.push_front(second);
        self.queue.push_front(first);
    }

    fn transient(
        &mut self,
        mut segment: Segment,
        pass: Pass,
        fault: Fault,
        status: Option<u16>,
        words: &Words,
        now: Instant,
    ) {
        segment.maybe_applied |= fault.was_sent();
        if fault == Fault::NoResources {
            self.limit_workers(self.in_flight.len());
        }
        segment.too_large += u8::from(matches!(fault, Fault::TimedOut | Fault::DroppedLarge));
        let dropped = matches!(fault, Fault::Dropped | Fault::DroppedLarge);
        if dropped && !segment.retried_stale && self.gate.troubles() == 0 {
            // Most likely a kept connection that the server was just closing: once, at once, for free. Not
            // in trouble, or a service that drops everything would get every batch without a wait.
            segment.retried_stale = true;
            segment.failed_at = Some(now);
            self.queue.push_front(segment);
            return;
        }
        let since = segment.failed_at.replace(now).unwrap_or(pass.sent_at());
        let blame = pass.failed(now, since, &mut self.dice);
        self.trouble = Stop::trouble(fault, status, words);
        if segment.too_large >= 2 && segment.len() > 1 {
            return self.halve(segment);
        }
        if blame == Blame::Service && !segment.last_chance {
            self.queue.push_back(segment);
            return;
        }
        segment.attempts += 1;
        if segment.attempts < self.limits.max_attempts {
            segment.not_before = Some(now + backoff(segment.attempts, &mut self.dice));
            self.queue.push_back(segment);
        } else {
            self.used_up(segment);
        }
    }

    fn used_up(&mut self, segment: Segment) {
        if segment.role == Role::Probe {
            self.probed(segment.request.group, Finding::Unclear);
        }
        if segment.last_chance { self.lost.push(segment) } else { self.exhausted.push(segment) }
    }

    fn remark(&mut self, remark: Remark) {
        let (kind, note) = match remark {
            Remark::Queued => {
                ("queued", "queued: the service answered 202, so it applies the update later".into())
            }
            Remark::Unfamiliar(words) => {
                ("unfamiliar", format!("unfamiliar answer, taken as success: {}", words.as_str()))
            }
            Remark::Counted { counted, sent } => {
                ("server counted", format!("server counted {counted} of {sent}"))
            }
        };
        if !self.notes.iter().any(|n| n.starts_with(kind)) {
            self.notes.push(note);
        }
    }
}
