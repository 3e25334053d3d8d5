//! What becomes of a batch that gets 500 again and again: a trial, and then bisection or waiting for the service.

use std::time::Instant;

use super::Engine;
use crate::run::batch::{Batch, Role};
use crate::run::bisect::Quarantined;
use crate::run::trial::{Finding, SINGLES, ServerErrors, Trial};
use crate::wire::Request;

impl Engine<'_> {
    /// Whether this batch may be the reason for its 500s. A single id is, if others are confirmed meanwhile, or if it
    /// fails long after others were confirmed.
    pub(super) fn suspect(&mut self, batch: &mut Batch, now: Instant) -> bool {
        let (errors, most) = (batch.server_errors, self.limits.max_attempts);
        if batch.len() > 1 {
            return errors.are_suspicious(now, self.confirmed_batches, most);
        }
        let alone = self.confirmed_batches > 0 && errors.are_lasting(now);
        // While a canary is tried, nothing else of its value is.
        let canary = batch.role == Role::Canary && errors.are_suspicious(now, self.confirmed_batches, most);
        batch.at_fault = canary || alone || errors.are_its_own(self.confirmed_batches, most);
        batch.at_fault
    }

    /// A batch failed that is on trial, or that is known or suspected to make the service fail.
    pub(super) fn failed_at_fault(&mut self, mut batch: Batch, now: Instant) {
        if let Some(number) = batch.trial.take() {
            let Some(trial) = self.trials.iter_mut().find(|trial| trial.number == number) else {
                return self.lost.push(batch); // its value was given up
            };
            self.lost.extend(trial.failed(batch));
            return self.conclude(number, now);
        }
        if batch.len() > 1 {
            return self.start_trial(batch);
        }
        if batch.server_errors.are_suspicious(now, self.confirmed_batches, self.limits.max_attempts) {
            // This is a result, too.
            self.last_progress = now;
            return self.exhaust(batch);
        }
        batch.not_before = Some(now + batch.server_errors.pause());
        self.queue.push_back(batch);
    }

    /// Sends the two halves of a batch to find out whether it makes the service fail.
    pub(super) fn start_trial(&mut self, mut batch: Batch) {
        self.leave_search(&mut batch);
        self.trial_count += 1;
        let number = self.trial_count;
        // Suspects are sent again: the response that named them may be wrong.
        self.queue.extend(batch.suspects.iter().map(|(slot, _)| batch.single(*slot)));
        let halves = batch.halves(Role::Part);
        for half in halves.into_iter().rev() {
            self.queue.push_front(Batch { trial: Some(number), failed_at: None, ..half });
        }
        self.trials.push(Trial::new(number, Batch { suspects: Vec::new(), ..batch }));
    }

    /// If this batch was sent for a trial, the service has proved that it works.
    pub(super) fn end_probe(&mut self, batch: &mut Batch, now: Instant) {
        let Some(number) = batch.trial.take() else { return };
        if let Some(trial) = self.trials.iter_mut().find(|trial| trial.number == number) {
            trial.passed();
            self.conclude(number, now);
        }
    }

    fn conclude(&mut self, number: u32, now: Instant) {
        let Some(at) = self.trials.iter().position(|trial| trial.number == number) else { return };
        let group = self.trials[at].batch.request.group;
        match self.trials[at].finding() {
            Finding::Open => {}
            Finding::TrySingles => {
                let request = self.trials[at].batch.request.clone();
                let slots = self.spread(&request);
                self.trials[at].singles(slots.len());
                for slot in slots.into_iter().rev() {
                    let single = Batch::new(Request::single(group, slot), Role::Part);
                    self.queue.push_front(Batch { trial: Some(number), ..single });
                }
            }
            Finding::BatchAtFault => {
                for half in self.trials.swap_remove(at).failed {
                    self.isolate(half, now);
                }
            }
            Finding::Outage => {
                let batch = self.trials.swap_remove(at).batch;
                self.queue.push_back(Batch {
                    at_fault: false,
                    maybe_applied: true,
                    server_errors: ServerErrors::after_outage(now, self.confirmed_batches),
                    failed_at: Some(now),
                    ..batch
                });
            }
        }
    }

    /// A part that is known to make the service fail: it is bisected like a rejected one, after the clean batches.
    fn isolate(&mut self, part: Batch, now: Instant) {
        let part = Batch { at_fault: true, ..part };
        if part.len() == 1 {
            return self.failed_at_fault(part, now);
        }
        let part = Batch { failed_at: None, not_before: None, ..part };
        self.quarantined.push(Quarantined { batch: part, named: Vec::new() });
    }

    /// Up to three open ids of the same value at random places: of those that are not in `request`, if there are
    /// enough.
    pub(super) fn spread(&mut self, request: &Request) -> Vec<usize> {
        let value = self.job.groups()[request.group].clone();
        let open: Vec<usize> = value.filter(|slot| self.outcomes.is_open(*slot)).collect();
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            open.into_iter().partition(|slot| request.slots.contains(slot));
        let from = if outside.len() < SINGLES { inside } else { outside };
        let first = (self.rng.unit() * from.len() as f64) as usize;
        let n = SINGLES.min(from.len());
        let mut slots: Vec<usize> = (0..n).map(|k| from[(first + k * from.len() / n) % from.len()]).collect();
        slots.sort_unstable();
        slots
    }
}
