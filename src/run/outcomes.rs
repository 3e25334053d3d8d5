//! The state of every slot, and the reasons for it.

use std::collections::HashMap;
use std::iter::once;
use std::ops::Range;
use std::vec::Drain;

use crate::interface::IdState;
use crate::journal::Entry;
use crate::report::{Reason, ReasonId};
use crate::wire::{Message, Request};

/// A slot and why it is not confirmed, or may not be.
pub(super) type SlotReason = (usize, ReasonId);

/// Neither confirmed nor rejected.
fn is_open(state: IdState) -> bool {
    matches!(state, IdState::NotAttempted | IdState::Unknown)
}

/// The state of every slot, and what the journal does not know yet.
#[derive(Debug)]
pub(crate) struct Outcomes {
    states: Vec<IdState>,
    confirmed: usize,
    rejected: usize,
    reasons: Vec<Reason>,
    numbers: HashMap<Reason, ReasonId>,
    /// The reasons of rejected and unknown slots, the latest last.
    why: Vec<(Range<usize>, ReasonId)>,
    /// For the journal.
    entries: Vec<Entry>,
}

impl Outcomes {
    pub fn new(slots: usize) -> Outcomes {
        Outcomes {
            states: vec![IdState::NotAttempted; slots],
            confirmed: 0,
            rejected: 0,
            reasons: Vec::new(),
            numbers: HashMap::new(),
            why: Vec::new(),
            entries: Vec::new(),
        }
    }

    pub fn slots(&self) -> usize {
        self.states.len()
    }

    pub fn confirmed(&self) -> usize {
        self.confirmed
    }

    pub fn rejected(&self) -> usize {
        self.rejected
    }

    pub fn is_open(&self, slot: usize) -> bool {
        is_open(self.states[slot])
    }

    /// The first run of open slots in `within`, at most `most` of them. Without any it is empty, at the end.
    pub fn next_open(&self, within: Range<usize>, most: usize) -> Range<usize> {
        let start = self.states[within.clone()].iter().position(|state| is_open(*state));
        let start = start.map_or(within.end, |at| within.start + at);
        let run = start..within.end.min(start.saturating_add(most));
        let length = self.states[run.clone()].iter().position(|state| !is_open(*state));
        start..length.map_or(run.end, |n| start + n)
    }

    pub fn is_confirmed(&self, slot: usize) -> bool {
        self.states[slot] == IdState::Confirmed
    }

    /// The number of a reason. Equal reasons have the same number.
    pub fn reason(&mut self, http_status: Option<u16>, message: Message) -> ReasonId {
        let reason = Reason { http_status, message: message.into_text() };
        if let Some(number) = self.numbers.get(&reason) {
            return *number;
        }
        let number = ReasonId::new(self.reasons.len());
        self.reasons.push(reason.clone());
        self.numbers.insert(reason, number);
        number
    }

    pub fn reason_of(&self, number: ReasonId) -> &Reason {
        &self.reasons[number.index()]
    }

    /// How many slots are in this state, and the first reason for it.
    pub fn example(&self, state: IdState) -> Option<(usize, usize, &Reason)> {
        let slot_of = |slots: &Range<usize>| slots.clone().find(|slot| self.states[*slot] == state);
        let slot = self.why.iter().find_map(|(slots, _)| slot_of(slots))?;
        let reason = self.why.iter().rev().find(|(slots, _)| slots.contains(&slot))?.1;
        let count = self.states.iter().filter(|s| **s == state).count();
        Some((count, slot, self.reason_of(reason)))
    }

    pub fn confirm(&mut self, request: &Request) {
        let changed = self.set(request.runs(), IdState::Confirmed);
        let entry = |slots| Entry { state: IdState::Confirmed, slots, http_status: None };
        self.entries.extend(changed.into_iter().map(entry));
    }

    pub fn reject(&mut self, runs: impl Iterator<Item = Range<usize>>, reason: ReasonId) {
        let http_status = self.reason_of(reason).http_status;
        for slots in self.reject_for_now(runs, reason) {
            self.entries.push(Entry { state: IdState::Rejected, slots, http_status });
        }
    }

    /// Rejects ids for a reason that is not their own, such as a wrong value. The journal does not learn of it: when the
    /// cause is mended, the next run must send them.
    pub fn reject_for_now(
        &mut self,
        runs: impl Iterator<Item = Range<usize>>,
        reason: ReasonId,
    ) -> Vec<Range<usize>> {
        let rejected = self.set(runs, IdState::Rejected);
        self.why.extend(rejected.iter().map(|slots| (slots.clone(), reason)));
        rejected
    }

    /// Restores what an earlier run of this job recorded.
    pub fn restore(&mut self, entries: Vec<Entry>) {
        let rejected = Message::new("rejected by an earlier run of this job, whose report says why");
        let sent = Message::new("sent by an earlier run of this job that ended before the response came");
        let sent = self.reason(None, sent);
        for Entry { state, slots, http_status } in entries {
            match state {
                IdState::Confirmed => drop(self.set(once(slots), state)),
                IdState::Rejected => {
                    let reason = self.reason(http_status, rejected.clone());
                    let changed = self.set(once(slots), state);
                    self.why.extend(changed.into_iter().map(|slots| (slots, reason)));
                }
                IdState::Unknown | IdState::NotAttempted => self.give_up(once(slots), sent),
            }
        }
    }

    /// Tells the journal that these slots are about to be sent.
    pub fn sending(&mut self, slots: Range<usize>) {
        self.entries.push(Entry { state: IdState::Unknown, slots, http_status: None });
    }

    /// Marks slots as unknown that were sent, by this run or an earlier one, and are still open.
    pub fn give_up(&mut self, runs: impl Iterator<Item = Range<usize>>, reason: ReasonId) {
        for run in runs {
            let mut at = run.start;
            for alike in self.states[run].chunk_by_mut(|a, b| a == b) {
                let slots = at..at + alike.len();
                at = slots.end;
                if is_open(alike[0]) {
                    alike.fill(IdState::Unknown);
                    self.why.push((slots, reason));
                }
            }
        }
    }

    /// Confirms or rejects those slots that were not confirmed before. Returns them.
    fn set(&mut self, runs: impl Iterator<Item = Range<usize>>, state: IdState) -> Vec<Range<usize>> {
        let mut changed: Vec<Range<usize>> = Vec::new();
        for run in runs {
            let mut at = run.start;
            for alike in self.states[run].chunk_by_mut(|a, b| a == b) {
                let slots = at..at + alike.len();
                at = slots.end;
                match alike[0] {
                    IdState::Confirmed => continue,
                    old if old == state => continue,
                    IdState::Rejected => self.rejected -= slots.len(),
                    IdState::NotAttempted | IdState::Unknown => {}
                }
                alike.fill(state);
                match state {
                    IdState::Confirmed => self.confirmed += slots.len(),
                    _ => self.rejected += slots.len(),
                }
                match changed.last_mut() {
                    Some(before) if before.end == slots.start => before.end = slots.end,
                    _ => changed.push(slots),
                }
            }
        }
        changed
    }

    /// The journal entries since the last call.
    pub fn take_entries(&mut self) -> Drain<'_, Entry> {
        self.entries.drain(..)
    }

    /// Every state, all reasons, and the reason of each rejected or unknown slot.
    pub fn into_reasons(mut self) -> (Vec<IdState>, Vec<Reason>, Vec<SlotReason>) {
        let mut by_slot: Vec<SlotReason> = Vec::new();
        // The latest first: the last reason counts.
        for (slots, reason) in std::mem::take(&mut self.why).into_iter().rev() {
            for slot in slots {
                if matches!(self.states[slot], IdState::Rejected | IdState::Unknown) {
                    by_slot.push((slot, reason));
                }
            }
        }
        by_slot.sort_by_key(|(slot, _)| *slot);
        by_slot.dedup_by_key(|(slot, _)| *slot);
        (self.states, self.reasons, by_slot)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(slots: Range<usize>, skip: &[usize]) -> Request {
        Request { group: 0, slots, skip: skip.to_vec() }
    }

    #[test]
    fn confirmed_stays_and_wins() {
        let mut outcomes = Outcomes::new(6);
        let no = outcomes.reason(Some(400), Message::new("no"));
        outcomes.confirm(&request(0..3, &[1]));
        outcomes.reject(once(0..3), no);
        assert_eq!((outcomes.confirmed(), outcomes.rejected()), (2, 1));
        outcomes.confirm(&request(1..2, &[]));
        outcomes.give_up(once(2..5), no);
        assert_eq!((outcomes.confirmed(), outcomes.rejected()), (3, 0));
        assert_eq!(outcomes.take_entries().len(), 4);
        outcomes.confirm(&request(0..0, &[]));
        assert_eq!(outcomes.take_entries().len(), 0);
        let (states, _, why) = outcomes.into_reasons();
        use IdState::*;
        assert_eq!(states, [Confirmed, Confirmed, Confirmed, Unknown, Unknown, NotAttempted]);
        assert_eq!(why, [(3, no), (4, no)]);
    }

    #[test]
    fn what_is_settled_together_is_one_entry() {
        let mut outcomes = Outcomes::new(6);
        let no = outcomes.reason(Some(400), Message::new("no"));
        outcomes.give_up(once(0..2), no);
        outcomes.reject(once(2..3), no);
        outcomes.take_entries();
        outcomes.confirm(&request(0..6, &[4]));
        let slots: Vec<Range<usize>> = outcomes.take_entries().map(|entry| entry.slots).collect();
        assert_eq!(slots, [0..4, 5..6]);
    }

    #[test]
    fn equal_reasons_are_kept_once() {
        let mut outcomes = Outcomes::new(1);
        let a = outcomes.reason(Some(400), Message::new("no"));
        assert_eq!(a, outcomes.reason(Some(400), Message::new("no")));
        assert_ne!(a, outcomes.reason(None, Message::new("no")));
        assert_eq!(outcomes.reason_of(a).http_status, Some(400));
    }

    proptest! {
        #[test]
        fn runs_come_to_the_same_as_slots(
            steps in proptest::collection::vec((0..3, 0usize..40, 0usize..12, any::<u16>()), 0..40)
        ) {
            use IdState::*;
            let mut outcomes = Outcomes::new(40);
            let mut model = [(NotAttempted, None); 40];
            let mut entries = Vec::new();
            for (number, (kind, start, length, left_out)) in steps.into_iter().enumerate() {
                let slots = start..40.min(start + length);
                let (skip, sent): (Vec<usize>, Vec<usize>) =
                    slots.clone().partition(|slot| left_out >> (slot - start) & 1 == 1);
                let request = request(slots, &skip);
                let why = outcomes.reason(None, Message::new(&number.to_string()));
                let outcome = match kind {
                    0 => (Confirmed, None),
                    1 => (Rejected, Some(why)),
                    _ => (Unknown, Some(why)),
                };
                match outcome.0 {
                    Confirmed => outcomes.confirm(&request),
                    Rejected => outcomes.reject(request.runs(), why),
                    _ => outcomes.give_up(request.runs(), why),
                }
                for slot in sent {
                    match (model[slot].0, outcome.0) {
                        (Confirmed, _) | (Rejected, Rejected | Unknown) => {}
                        _ => model[slot] = outcome,
                    }
                }
                entries.extend(outcomes.take_entries());
            }
            let count = |state| model.iter().filter(|(s, _)| *s == state).count();
            prop_assert_eq!((outcomes.confirmed(), outcomes.rejected()), (count(Confirmed), count(Rejected)));
            let mut next_run = Outcomes::new(40);
            next_run.restore(entries);
            for (slot, (state, _)) in model.iter().enumerate() {
                prop_assert_eq!(next_run.is_confirmed(slot), *state == Confirmed);
                prop_assert_eq!(next_run.is_open(slot), is_open(*state));
            }
            let (states, _, why) = outcomes.into_reasons();
            prop_assert!(states.iter().eq(model.iter().map(|(state, _)| state)));
            let reasons = model.iter().enumerate().filter_map(|(slot, (_, why))| Some((slot, (*why)?)));
            prop_assert!(why.into_iter().eq(reasons));
        }
    }
}
