//! What becomes of a batch that failed in a way that may pass: when it is sent again, and when no more.

use std::time::{Duration, Instant};

use super::Engine;
use crate::run::batch::{Batch, Role};
use crate::run::canary::Finding;
use crate::run::stop::Stop;
use crate::throttle::{Blame, Permit, backoff};
use crate::wire::{Fault, Message};

/// How often a batch is sent again that was rejected in a way that may pass: after 1, 2 and 4 s.
const DOUBTS: u8 = 3;
/// How often the service may ask for a delay because of the same batch, while others are confirmed, without charge.
const DELAYS: u8 = 3;
const SECOND: Duration = Duration::from_secs(1);
/// No stall timeout is longer.
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Batch {
    /// Whether the next rejection of the kind that may pass is still not taken for a rejection.
    pub fn may_pass(&self) -> bool {
        self.doubts < DOUBTS
    }
}

impl Engine<'_> {
    pub(super) fn transient(
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
        self.last_error = Stop::transient(fault, status, message);
        let since = batch.failed_at.replace(now).unwrap_or(permit.sent_at());
        if status == Some(500) {
            batch.server_errors.record(now, self.confirmed_batches);
        }
        let its_own = status == Some(500) && (batch.at_fault || self.suspect(&mut batch, now));
        if batch.trial.is_some() || its_own {
            // The service responds, and what it says may concern this batch only. To find out takes a few requests.
            drop(permit);
            return self.failed_at_fault(batch, now);
        }
        let longest = match status {
            // With other batches, one of them is tried meanwhile.
            Some(500) if batch.len() > 1 && self.queue.is_empty() && self.batcher.is_empty() => {
                batch.server_errors.longest_wait(now)
            }
            _ => Duration::MAX,
        };
        let blame = permit.failed(now, since, longest, &mut self.rng);
        if batch.too_large >= 2 && batch.len() > 1 {
            return self.halve(batch);
        }
        if blame == Blame::Service && !batch.last_chance {
            self.queue.push_back(batch);
            return;
        }
        self.charge(batch, now);
    }

    /// One attempt less.
    pub(super) fn charge(&mut self, mut batch: Batch, now: Instant) {
        batch.attempts += 1;
        if batch.attempts < self.limits.max_attempts {
            let retry_at = now + backoff(batch.attempts, &mut self.rng);
            batch.not_before = Some(batch.not_before.map_or(retry_at, |at| at.max(retry_at)));
            self.queue.push_back(batch);
        } else {
            self.exhaust(batch);
        }
    }

    pub(super) fn exhaust(&mut self, mut batch: Batch) {
        self.leave_search(&mut batch);
        let (group, canary) = (batch.request.group, batch.role == Role::Canary);
        if batch.last_chance {
            self.lost.push(batch)
        } else {
            self.exhausted.push(batch)
        }
        if canary {
            self.canary_result(group, Finding::Unclear);
        }
    }

    /// Sends the two halves instead, and no more batches of this size.
    pub(super) fn halve(&mut self, mut batch: Batch) {
        self.leave_search(&mut batch);
        self.batcher.size = self.batcher.size.min(batch.len().div_ceil(2));
        let [first, second] = batch.halves(batch.role);
        // Suspects are sent again: the response that named them may be wrong.
        self.queue.extend(batch.suspects.iter().map(|(slot, _)| batch.single(*slot)));
        self.queue.push_front(second);
        self.queue.push_front(first);
    }

    /// A rejection that may pass: the batch is sent again a little later. That says nothing about the service.
    pub(super) fn doubt(
        &mut self,
        mut batch: Batch,
        permit: Permit,
        status: u16,
        retry_after: Option<Duration>,
        now: Instant,
    ) {
        if retry_after.is_some() {
            permit.throttled(now, status, retry_after, &mut self.rng);
        }
        let pause = SECOND * (1 << batch.doubts);
        batch.doubts += 1;
        batch.maybe_applied = true;
        batch.failed_at = Some(now);
        batch.not_before = Some(now + pause.max(retry_after.unwrap_or_default().min(DAY)));
        self.queue.push_back(batch);
    }

    /// The service asked for a delay because of this batch. Others go first then, or one batch could stop them all.
    pub(super) fn delayed(&mut self, mut batch: Batch, wait: Duration, now: Instant) {
        if batch.delays == 0 || self.confirmed_batches > batch.delayed_at {
            batch.delays = batch.delays.saturating_add(1);
        }
        batch.delayed_at = self.confirmed_batches;
        batch.failed_at = Some(now);
        batch.not_before = Some(now + wait.min(DAY) + SECOND);
        if batch.delays < DELAYS {
            self.queue.push_back(batch);
        } else if batch.trial.is_some() {
            self.failed_at_fault(batch, now);
        } else {
            self.charge(batch, now);
        }
    }
}
