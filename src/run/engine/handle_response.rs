//! What a response changes: the one place where every verdict is handled.

use std::iter::once;
use std::time::{Duration, Instant};

use super::Engine;
use crate::interface::Status;
use crate::run::batch::{Batch, Role};
use crate::run::canary::Finding;
use crate::run::stop::Stop;
use crate::run::trial::Trial;
use crate::throttle::Permit;
use crate::wire::{Fatal, Fault, Message, Unreadable, Verdict};

/// So many responses in a row that prove nothing are a pattern.
const PATTERN: u32 = 3;

impl Engine<'_> {
    /// Handles the response to a request.
    pub fn handle_response(&mut self, ticket: u64, verdict: Verdict, now: Instant) {
        let Some((mut batch, permit)) = self.take_in_flight(ticket) else { return };
        let first_response = !self.got_response;
        self.got_response |= verdict.is_response();
        if let Some((status, message)) = verdict.problem() {
            batch.reason = Some(self.outcomes.reason(status, message));
        }
        if matches!(verdict, Verdict::Confirmed(_) | Verdict::Rejected { .. }) {
            self.unreadable = None;
        }
        match verdict {
            Verdict::Confirmed(remarks) => {
                self.made_progress(&mut batch, permit, now);
                self.confirmed(batch);
                remarks.into_iter().for_each(|remark| self.notes.remark(remark));
            }
            Verdict::Rejected { status, message, rejected_ids } => {
                self.made_progress(&mut batch, permit, now);
                self.rejected(batch, status, &message, rejected_ids);
            }
            Verdict::PerhapsRejected { status, retry_after, message, rejected_ids } => {
                if batch.may_pass() {
                    self.last_error = Stop::throttled(status, &message);
                    self.doubt(batch, permit, status, retry_after, now);
                } else {
                    self.made_progress(&mut batch, permit, now);
                    self.rejected(batch, status, &message, rejected_ids);
                }
            }
            Verdict::TooLarge { retry_after, message } => {
                self.last_error = Stop::throttled(413, &message);
                self.too_large(batch, permit, retry_after, now);
            }
            Verdict::Throttled { status, retry_after, message } => {
                permit.throttled(now, status, retry_after, &mut self.rng);
                self.last_error = Stop::throttled(status, &message);
                match status {
                    429 => self.queue.push_front(batch),
                    _ => {
                        batch.maybe_applied = true;
                        self.delayed(batch, retry_after.unwrap_or_default(), now);
                    }
                }
            }
            Verdict::Unauthorized { message } => self.unauthorized(batch, permit, &message, now),
            Verdict::Html { status, message } if first_response => {
                batch.maybe_applied = true;
                self.lost.push(batch);
                self.stop(Stop::not_the_api(status, &message));
            }
            Verdict::Html { status, message } => {
                self.transient(batch, permit, Fault::Unreadable, Some(status), &message, now);
            }
            Verdict::Foreign { status, message } if !self.service_responded => {
                self.queue.push_front(batch);
                self.stop(Stop::foreign(status, &message));
            }
            Verdict::Foreign { status, message } => {
                self.transient(batch, permit, Fault::Foreign, Some(status), &message, now);
            }
            Verdict::Ambiguous { status, message } => {
                self.made_progress(&mut batch, permit, now);
                self.ambiguous(batch, status, &message);
            }
            Verdict::Unreadable { status, what } => self.unreadable(batch, permit, status, what, now),
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
                self.end_probe(&mut batch, now);
                self.leave_search(&mut batch);
                self.lost.push(batch);
                self.panicked = true;
            }
        }
        self.judge();
    }

    /// The service works and judged the request, whatever the result.
    pub(super) fn made_progress(&mut self, batch: &mut Batch, permit: Permit, now: Instant) {
        permit.succeeded(now);
        self.last_progress = now;
        self.service_responded = true;
        self.end_probe(batch, now);
    }

    pub(super) fn confirmed(&mut self, batch: Batch) {
        let group = batch.request.group;
        self.confirmed_batches += 1;
        let of_value = self.trials.iter_mut().filter(|trial| trial.batch.request.group == group);
        of_value.for_each(Trial::others_confirmed);
        self.ambiguous = 0;
        self.outcomes.confirm(&batch.request);
        self.canaries[group].confirmed();
        if batch.suspects.is_empty() && batch.role != Role::Suspect {
            self.learn(&batch, false);
        }
        if let Some(search) = batch.search {
            self.searches.group_confirmed(search, self.batcher.size);
        }
        let (unproven, bad) = batch.suspects_by_proof();
        for (slot, reason) in bad {
            self.outcomes.reject(once(*slot..*slot + 1), *reason);
        }
        self.queue.extend(unproven.iter().map(|(slot, _)| batch.single(*slot)));
        match batch.role {
            Role::Batch => self.tally.settled += 1,
            Role::Suspect => self.trust_names = false,
            Role::Canary | Role::Part => {}
        }
    }

    fn unauthorized(&mut self, batch: Batch, permit: Permit, message: &Message, now: Instant) {
        let had_succeeded = self.throttle.has_succeeded();
        self.last_error = Stop::new(Status::Unauthorized, format!("http 401: {}", message.as_str()));
        if permit.unauthorized(now).is_err() {
            self.stop(Stop::unauthorized(had_succeeded, message));
        }
        self.queue.push_front(batch);
    }

    /// Whether it was applied is unknown and stays so: sending it again would bring the same response.
    pub(super) fn ambiguous(&mut self, mut batch: Batch, status: u16, message: &Message) {
        batch.maybe_applied = true;
        self.leave_search(&mut batch);
        let (group, role) = (batch.request.group, batch.role);
        self.lost.push(batch);
        self.ambiguous += 1;
        if self.ambiguous >= PATTERN {
            self.stop(Stop::ambiguous(self.ambiguous, status, message));
        }
        if role == Role::Canary {
            self.canary_result(group, Finding::Unclear);
        }
    }

    fn unreadable(&mut self, mut batch: Batch, permit: Permit, status: u16, what: Unreadable, now: Instant) {
        let before = self.unreadable.filter(|(before, _)| *before == what).map_or(0, |(_, count)| count);
        self.unreadable = Some((what, before + 1));
        if before + 1 >= PATTERN && self.confirmed_batches == 0 {
            batch.maybe_applied = true;
            self.queue.push_front(batch);
            self.stop(Stop::unreadable(before + 1, status, what));
        } else {
            let message = Message::new(&what.to_string());
            self.transient(batch, permit, Fault::Unreadable, Some(status), &message, now);
        }
    }

    pub(super) fn too_large(
        &mut self,
        mut batch: Batch,
        permit: Permit,
        retry_after: Option<Duration>,
        now: Instant,
    ) {
        match retry_after {
            // A single id can't be made smaller, so the delay is all there is to try.
            Some(wait) if batch.len() == 1 && batch.delays < 2 => {
                permit.throttled(now, 413, retry_after, &mut self.rng);
                return self.delayed(batch, wait, now);
            }
            Some(_) => {
                permit.throttled(now, 413, retry_after, &mut self.rng);
                self.last_progress = now;
                self.end_probe(&mut batch, now);
            }
            None => self.made_progress(&mut batch, permit, now),
        }
        if batch.len() > 1 {
            return self.halve(batch);
        }
        self.leave_search(&mut batch);
        self.queue.extend(batch.suspects.iter().map(|(slot, _)| batch.single(*slot)));
        if let Some(reason) = batch.reason {
            self.outcomes.reject(batch.request.runs(), reason);
        }
        if batch.role == Role::Canary {
            self.canary_result(batch.request.group, Finding::Unclear);
        }
    }
}
