//! What a response changes: which ids it settles, and what is sent instead of the others.

use std::iter::once;
use std::time::Instant;

use super::Engine;
use crate::interface::Status;
use crate::run::batch::{Batch, Role};
use crate::run::bisect::Quarantined;
use crate::run::canary::{Canary, Finding};
use crate::run::outcomes::SlotReason;
use crate::run::stop::Stop;
use crate::throttle::{Blame, Permit, backoff};
use crate::wire::{Fatal, Fault, Message, RejectedId, Remark, Request, Verdict};

impl Engine<'_> {
    /// Handles the response to a request.
    pub fn handle_response(&mut self, ticket: u64, verdict: Verdict, now: Instant) {
        let Some((mut batch, permit)) = self.take_in_flight(ticket) else { return };
        let first_response = !self.got_response;
        self.got_response |= verdict.is_response();
        if let Some((status, message)) = verdict.problem() {
            batch.reason = Some(self.outcomes.reason(status, message.clone()));
        }
        match verdict {
            Verdict::Confirmed(remarks) => {
                self.made_progress(permit, now);
                self.confirmed_any = true;
                self.confirmed(batch);
                remarks.into_iter().for_each(|remark| self.remark(remark));
            }
            Verdict::Rejected { status, message, rejected_ids } => {
                self.made_progress(permit, now);
                self.rejected(batch, status, &message, rejected_ids);
            }
            Verdict::TooLarge { .. } => {
                self.made_progress(permit, now);
                self.too_large(batch);
            }
            Verdict::Throttled { status, retry_after, message } => {
                permit.throttled(now, status, retry_after, &mut self.rng);
                self.last_error = Stop::throttled(status, &message);
                self.queue.push_front(batch);
            }
            Verdict::Unauthorized { message } => {
                let had_succeeded = self.throttle.has_succeeded();
                self.last_error = Stop::new(Status::Unauthorized, format!("http 401: {}", message.as_str()));
                if permit.unauthorized(now).is_err() {
                    self.stop(Stop::unauthorized(had_succeeded, &message));
                }
                self.queue.push_front(batch);
            }
            Verdict::Html { message, .. } if first_response => {
                batch.maybe_applied = true;
                self.lost.push(batch);
                let message = format!(
                    "a 2xx response with {}: this is not the API; check the subdomain",
                    message.as_str()
                );
                self.stop(Stop::new(Status::WrongEndpoint, message));
            }
            Verdict::Html { status, message } => {
                self.transient(batch, permit, Fault::Unreadable, Some(status), &message, now);
            }
            Verdict::Fatal { fatal, status, message } => {
                batch.maybe_applied |= fatal == Fatal::TlsBroken;
                self.queue.push_front(batch);
                self.stop(Stop::fatal(fatal, status, &message));
            }
            Verdict::Transient { fault, status, message } => {
                self.transient(batch, permit, fault, status, &message, now);
            }
            Verdict::Panicked => {
                batch.maybe_applied = true;
                batch.reason =
                    Some(self.outcomes.reason(None, Message::new("a worker of this library failed")));
                self.lost.push(batch);
                self.panicked = true;
            }
        }
    }

    /// The service works and judged the request, whatever the result.
    fn made_progress(&mut self, permit: Permit, now: Instant) {
        permit.succeeded(now);
        self.last_progress = now;
    }

    fn confirmed(&mut self, batch: Batch) {
        let group = batch.request.group;
        self.outcomes.confirm(&batch.request);
        let (unproven, bad) = batch.suspects_by_proof();
        for (slot, reason) in bad {
            self.outcomes.reject(once(*slot..*slot + 1), *reason);
        }
        self.queue.extend(unproven.iter().map(|(slot, _)| batch.single(*slot)));
        self.canaries[group].confirmed();
        match batch.role {
            Role::Batch => self.tally.settled += 1,
            Role::Suspect => self.trust_names = false,
            Role::Canary | Role::Part => {}
        }
    }

    fn rejected(&mut self, mut batch: Batch, status: u16, message: &Message, ids: Vec<RejectedId>) {
        let group = batch.request.group;
        let single = batch.len() == 1;
        let named = if single || self.trust_names { self.named_slots(&batch, ids) } else { Vec::new() };
        batch.maybe_applied = true;
        batch.failed_at = None;
        if batch.role == Role::Batch {
            self.tally.settled += 1;
            self.tally.rejected += 1;
            self.tally.named += u32::from(!named.is_empty());
        }
        if single && batch.suspects.is_empty() {
            // The message about the id says more than the response as a whole.
            let reason = named.first().map(|(_, reason)| *reason).or(batch.reason);
            if let Some(reason) = reason {
                self.outcomes.reject(batch.request.runs(), reason);
            }
        }
        if batch.role == Role::Canary {
            let finding = match named.is_empty() {
                true => Finding::Rejected(status, message.as_str().to_owned()),
                false => Finding::Named,
            };
            return self.canary_result(group, finding);
        }
        if !single || !batch.suspects.is_empty() {
            self.quarantined.push(Quarantined { batch, named });
        }
        match self.canaries[group] {
            Canary::Failed => self.reject_value(group),
            _ => self.send_canaries(group),
        }
    }

    fn send_canaries(&mut self, group: usize) {
        let outcomes = &self.outcomes;
        let slots = self.canaries[group].start(&self.job.groups()[group], |slot| outcomes.is_open(slot));
        let canary = |slot| Batch::new(Request::single(group, slot), Role::Canary);
        slots.into_iter().rev().for_each(|slot| self.queue.push_front(canary(slot)));
        if self.canaries[group] == Canary::Failed {
            self.reject_value(group);
        }
    }

    fn canary_result(&mut self, group: usize, finding: Finding) {
        let (outcomes, value) = (&self.outcomes, &self.job.groups()[group]);
        if self.canaries[group].record(finding, || value.clone().any(|slot| outcomes.is_open(slot))) {
            self.reject_value(group);
        }
    }

    /// The value itself is rejected: its quarantined ids are rejected, the others are not sent.
    fn reject_value(&mut self, group: usize) {
        self.batcher.drop_value(group);
        let (rejected, others): (Vec<Quarantined>, Vec<Quarantined>) =
            self.quarantined.drain().partition(|q| q.batch.request.group == group);
        self.quarantined.extend(others);
        for Quarantined { batch, .. } in rejected {
            if let Some(reason) = batch.reason {
                self.outcomes.reject(once(batch.request.slots.clone()), reason);
            }
        }
        let (dropped, kept) = self.queue.drain(..).partition::<Vec<_>, _>(|b| b.request.group == group);
        self.queue.extend(kept);
        self.lost.extend(dropped);
        self.lost.extend(self.exhausted.extract_if(.., |b| b.request.group == group));
        if self.canaries.iter().all(|canary| *canary == Canary::Failed) {
            self.stop(Stop::new(Status::Rejected, "attribute or value rejected, or none of these ids exist"));
        }
    }

    /// The slots that a response names. Places and ids that were not sent are ignored.
    fn named_slots(&mut self, batch: &Batch, ids: Vec<RejectedId>) -> Vec<SlotReason> {
        let status = batch.reason.and_then(|r| self.outcomes.reason_of(r).http_status);
        let mut named: Vec<SlotReason> = Vec::new();
        for id in ids {
            let (slot, message) = match id {
                RejectedId::Index(index, message) => (batch.request.sent().nth(index), message),
                RejectedId::Id(id, message) => {
                    (batch.request.sent().find(|s| self.job.ids.is(self.job.position(*s), &id)), message)
                }
            };
            if let Some(slot) = slot.filter(|slot| named.iter().all(|(s, _)| s != slot)) {
                named.push((slot, self.outcomes.reason(status, message)));
            }
        }
        named
    }

    fn too_large(&mut self, batch: Batch) {
        if batch.len() > 1 {
            return self.halve(batch);
        }
        if let Some(reason) = batch.reason {
            self.outcomes.reject(batch.request.runs(), reason);
        }
        if batch.role == Role::Canary {
            self.canary_result(batch.request.group, Finding::Unclear);
        }
    }

    /// Sends the two halves instead, and no more batches of this size.
    fn halve(&mut self, batch: Batch) {
        self.batcher.size = self.batcher.size.min(batch.len().div_ceil(2));
        let [first, second] = batch.halves(batch.role);
        // Suspects are sent again: the response that named them may be wrong.
        self.queue.extend(batch.suspects.iter().map(|(slot, _)| batch.single(*slot)));
        self.queue.push_front(second);
        self.queue.push_front(first);
    }

    fn transient(
        &mut self,
        mut batch: Batch,
        permit: Permit,
        fault: Fault,
        status: Option<u16>,
        message: &Message,
        now: Instant,
    ) {
        batch.maybe_applied |= fault.was_sent();
        if fault == Fault::NoResources {
            self.limit_workers(self.in_flight.len());
        }
        batch.too_large += u8::from(matches!(fault, Fault::TimedOut | Fault::DroppedLarge));
        let dropped = matches!(fault, Fault::Dropped | Fault::DroppedLarge);
        if dropped && !batch.retried_stale && self.throttle.failures_in_a_row() == 0 {
            // Most likely the server was just closing a kept connection: one retry at once, without charge. Not in an
            // outage, or every batch would be sent at once to a service that drops everything.
            batch.retried_stale = true;
            batch.failed_at = Some(now);
            self.queue.push_front(batch);
            return;
        }
        let since = batch.failed_at.replace(now).unwrap_or(permit.sent_at());
        let blame = permit.failed(now, since, &mut self.rng);
        self.last_error = Stop::transient(fault, status, message);
        if batch.too_large >= 2 && batch.len() > 1 {
            return self.halve(batch);
        }
        if blame == Blame::Service && !batch.last_chance {
            self.queue.push_back(batch);
            return;
        }
        batch.attempts += 1;
        if batch.attempts < self.limits.max_attempts {
            batch.not_before = Some(now + backoff(batch.attempts, &mut self.rng));
            self.queue.push_back(batch);
        } else {
            self.exhaust(batch);
        }
    }

    fn exhaust(&mut self, batch: Batch) {
        if batch.role == Role::Canary {
            self.canary_result(batch.request.group, Finding::Unclear);
        }
        if batch.last_chance { self.lost.push(batch) } else { self.exhausted.push(batch) }
    }

    fn remark(&mut self, remark: Remark) {
        let (kind, note) = match remark {
            Remark::Queued => {
                ("queued", "queued: the service responded with 202 and applies the update later".into())
            }
            Remark::Unfamiliar(message) => {
                ("unfamiliar", format!("unfamiliar response, taken as success: {}", message.as_str()))
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
