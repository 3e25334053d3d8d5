//! What becomes of a rejected batch: it is quarantined until it is bisected, and its value is put to the test.

use std::collections::{HashMap, HashSet};
use std::iter::once;

use super::Engine;
use crate::report::ReasonId;
use crate::run::batch::{Batch, Role};
use crate::run::bisect::Quarantined;
use crate::run::canary::{Canary, Finding};
use crate::run::outcomes::SlotReason;
use crate::run::share::Asked;
use crate::run::stop::Stop;
use crate::wire::{Message, RejectedId, Request};

/// How many of the ids that were tried a message names, and how long each may be.
const NAMED: usize = 9;
const LENGTH: usize = 40;

impl Engine<'_> {
    pub(super) fn rejected(
        &mut self,
        mut batch: Batch,
        status: u16,
        message: &Message,
        ids: Vec<RejectedId>,
    ) {
        let group = batch.request.group;
        let single = batch.len() == 1;
        let named = if single || self.trust_names { self.named_slots(&batch, ids) } else { Vec::new() };
        batch.search = batch.search.filter(|search| self.searches.contains(*search));
        batch.maybe_applied = true;
        batch.failed_at = None;
        batch.not_before = None;
        batch.doubts = 0;
        if batch.role == Role::Batch {
            self.tally.settled += 1;
            self.tally.rejected += 1;
        }
        if !single {
            *if named.is_empty() { &mut self.tally.unnamed } else { &mut self.tally.named } += 1;
        }
        if single && batch.suspects.is_empty() {
            // The message about the id says more than the response as a whole.
            let reason = named.first().map(|(_, reason)| *reason).or(batch.reason);
            if let Some(reason) = reason {
                self.outcomes.reject(batch.request.runs(), reason);
            }
        }
        let reason = batch.reason;
        if batch.role == Role::Canary {
            self.searches.rejected_elsewhere(batch.request.slots.start);
            if named.is_empty() {
                self.learn(&batch, true);
            }
            let finding = match named.is_empty() {
                true => Finding::Rejected(status, message.as_str().to_owned()),
                false => Finding::Named,
            };
            if self.canary_result(group, finding) {
                self.reject_value(group, reason);
            }
            return;
        }
        let by_name = !named.is_empty() || !batch.suspects.is_empty();
        if !by_name {
            self.learn(&batch, true);
        }
        match batch.search.filter(|_| !by_name || single) {
            Some(search) => self.searches.group_rejected(search, &batch, self.batcher.size),
            None if by_name && (!single || !batch.suspects.is_empty()) => {
                self.leave_search(&mut batch);
                self.quarantined.push(Quarantined { batch: Batch { at_fault: false, ..batch }, named });
            }
            None if single => self.searches.rejected_elsewhere(batch.request.slots.start),
            None => self.searches.rejected(Batch { at_fault: false, ..batch }),
        }
        if self.canaries[group] != Canary::Failed {
            self.send_canaries(group);
        }
        if self.canaries[group] == Canary::Failed {
            self.reject_value(group, reason);
        }
    }

    /// Learns from a response how many ids are bad.
    pub(super) fn learn(&mut self, batch: &Batch, rejected: bool) {
        let group = batch.request.group;
        if matches!(self.canaries[group], Canary::Running { .. }) {
            self.unjudged.push((group, batch.len(), rejected));
            return;
        }
        match batch.search.and_then(|search| self.searches.asked(search)) {
            Some((asked, place)) => self.share.learn(place, asked, rejected),
            None => self.share.learn(None, Asked { ids: batch.len(), bad_among: None }, rejected),
        }
    }

    /// Learns from what was held back while canaries were running.
    pub(super) fn judge(&mut self) {
        let canaries = &self.canaries;
        let judged =
            |(group, ..): &mut (usize, usize, bool)| !matches!(canaries[*group], Canary::Running { .. });
        for (group, ids, rejected) in self.unjudged.extract_if(.., judged) {
            if canaries[group] != Canary::Failed {
                self.share.learn(None, Asked { ids, bad_among: None }, rejected);
            }
        }
    }

    /// The batch is no longer part of a search.
    pub(super) fn leave_search(&mut self, batch: &mut Batch) {
        if let Some(search) = batch.search.take() {
            self.searches.group_lost(search, self.batcher.size);
        }
    }

    fn send_canaries(&mut self, group: usize) {
        let outcomes = &self.outcomes;
        let slots = self.canaries[group].start(&self.job.groups()[group], |slot| outcomes.is_open(slot));
        self.tried_alone.extend(&slots);
        let canary = |slot| Batch::new(Request::single(group, slot), Role::Canary);
        slots.into_iter().rev().for_each(|slot| self.queue.push_front(canary(slot)));
    }

    /// Records what became of a canary. True if the value is rejected from now on.
    pub(super) fn canary_result(&mut self, group: usize, finding: Finding) -> bool {
        let (outcomes, value) = (&self.outcomes, &self.job.groups()[group]);
        self.canaries[group].record(finding, || value.clone().any(|slot| outcomes.is_open(slot)))
    }

    /// The value itself is rejected: its quarantined ids are rejected, the others are not sent.
    pub(super) fn reject_value(&mut self, group: usize, reason: Option<ReasonId>) {
        self.batcher.drop_value(group);
        let (rejected, others): (Vec<Quarantined>, Vec<Quarantined>) =
            self.quarantined.drain().partition(|q| q.batch.request.group == group);
        self.quarantined.extend(others);
        for Quarantined { batch, .. } in rejected {
            match batch.reason {
                Some(reason) if !batch.at_fault => {
                    self.outcomes.reject_for_now(once(batch.request.slots.clone()), reason);
                }
                // It made the service fail, which is no rejection.
                _ => self.lost.push(batch),
            }
        }
        for batch in self.searches.end(|of| of == group) {
            match batch.reason {
                Some(reason) => {
                    self.outcomes.reject_for_now(once(batch.request.slots.clone()), reason);
                }
                None => self.lost.push(batch),
            }
        }
        for trial in self.trials.extract_if(.., |trial| trial.batch.request.group == group) {
            self.lost.extend(trial.failed.into_iter().chain([trial.batch]));
        }
        let (dropped, kept) = self.queue.drain(..).partition::<Vec<_>, _>(|b| b.request.group == group);
        self.queue.extend(kept);
        self.lost.extend(dropped);
        self.lost.extend(self.exhausted.extract_if(.., |b| b.request.group == group));
        if self.canaries.iter().all(|canary| *canary == Canary::Failed) {
            self.stop(self.value_rejected(group, reason));
        }
    }

    fn value_rejected(&self, group: usize, reason: Option<ReasonId>) -> Stop {
        let value = &self.job.groups()[group];
        let mut tried: Vec<usize> =
            self.tried_alone.iter().copied().filter(|slot| value.contains(slot)).take(NAMED).collect();
        // A value of one id has no canaries.
        tried.extend(value.clone().take(usize::from(tried.is_empty())));
        let id = |slot: usize| {
            let mut text = String::new();
            self.job.ids.write(self.job.position(slot), &mut text);
            Message::new(&text).as_str().chars().take(LENGTH).collect::<String>()
        };
        let (status, said) = match reason.map(|reason| self.outcomes.reason_of(reason)) {
            Some(reason) => (reason.http_status, &*reason.message),
            None => (None, "no reason was given"),
        };
        let ids: Vec<String> = tried.into_iter().map(id).collect();
        Stop::rejected(status, said, self.job.attribute.as_str(), self.sent_as(value.start), &ids)
    }

    /// The slots that a response names. Places and ids that were not sent are ignored.
    fn named_slots(&mut self, batch: &Batch, ids: Vec<RejectedId>) -> Vec<SlotReason> {
        let status = batch.reason.and_then(|r| self.outcomes.reason_of(r).http_status);
        let sent: Vec<usize> = batch.request.sent().collect();
        // A response may name many ids: looking for each in the whole batch would take too long.
        let mut by_text: HashMap<String, usize> = HashMap::new();
        if ids.iter().any(|id| matches!(id, RejectedId::Id(..))) {
            by_text.extend(sent.iter().map(|slot| {
                let mut text = String::new();
                self.job.ids.write(self.job.position(*slot), &mut text);
                (text, *slot)
            }));
        }
        let (mut named, mut seen): (Vec<SlotReason>, HashSet<usize>) = Default::default();
        for id in ids {
            let (slot, message) = match id {
                RejectedId::Index(index, message) => (sent.get(index).copied(), message),
                RejectedId::Id(id, message) => (by_text.get(id.as_str()).copied(), message),
            };
            if let Some(slot) = slot.filter(|slot| seen.insert(*slot)) {
                named.push((slot, self.outcomes.reason(status, message)));
            }
        }
        named
    }
}
