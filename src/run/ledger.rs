//! What has become of every slot, and why.

use std::collections::HashMap;
use std::iter::once;
use std::ops::Range;

use crate::wire::{Request, Words};

/// What has become of an id. The numbers are those of the C header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum IdState {
    /// Never sent, or sent only in requests that were refused as a whole for another reason.
    #[default]
    NotAttempted = 0,
    /// In a batch that the service accepted with a complete 2xx. That does not prove that the user exists.
    Confirmed = 1,
    /// Refused, with a reason.
    Rejected = 2,
    /// Sent at least once, and nothing proves that it was applied or that it wasn't.
    Unknown = 3,
}

impl IdState {
    /// One word, as in the report's JSON.
    pub fn name(self) -> &'static str {
        match self {
            IdState::NotAttempted => "not_attempted",
            IdState::Confirmed => "confirmed",
            IdState::Rejected => "rejected",
            IdState::Unknown => "unknown",
        }
    }

    /// Neither confirmed nor rejected.
    fn is_open(self) -> bool {
        matches!(self, IdState::NotAttempted | IdState::Unknown)
    }
}

/// A number for a reason that many ids may share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ReasonId(u32);

impl ReasonId {
    /// Its place in the list of reasons.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A slot and why it is not, or may not be, confirmed.
pub(crate) type Blamed = (usize, ReasonId);

/// Why an id was not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reason {
    pub http_status: Option<u16>,
    pub words: Words,
}

/// Something for the journal: slots that are settled, or about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub state: IdState,
    pub slots: Range<usize>,
    /// Of what is rejected.
    pub http_status: Option<u16>,
}

#[derive(Debug)]
pub(crate) struct Ledger {
    states: Vec<IdState>,
    confirmed: usize,
    rejected: usize,
    reasons: Vec<Reason>,
    numbers: HashMap<Reason, ReasonId>,
    /// Reasons of what is rejected or unknown.
    why: Vec<(Range<usize>, ReasonId)>,
    marks: Vec<Mark>,
}

impl Ledger {
    pub fn new(slots: usize) -> Ledger {
        Ledger {
            states: vec![IdState::NotAttempted; slots],
            confirmed: 0,
            rejected: 0,
            reasons: Vec::new(),
            numbers: HashMap::new(),
            why: Vec::new(),
            marks: Vec::new(),
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
        self.states[slot].is_open()
    }

    /// The first run of open slots in `within`, at most so many. Empty, at the end, where there is none.
    pub fn next_open(&self, within: Range<usize>, most: usize) -> Range<usize> {
        let start = self.states[within.clone()].iter().position(|state| state.is_open());
        let start = start.map_or(within.end, |at| within.start + at);
        let run = start..within.end.min(start.saturating_add(most));
        let length = self.states[run.clone()].iter().position(|state| !state.is_open());
        start..length.map_or(run.end, |n| start + n)
    }

    pub fn is_confirmed(&self, slot: usize) -> bool {
        self.states[slot] == IdState::Confirmed
    }

    /// The number of a reason; the same words always get the same one.
    pub fn reason(&mut self, http_status: Option<u16>, words: Words) -> ReasonId {
        let reason = Reason { http_status, words };
        if let Some(number) = self.numbers.get(&reason) {
            return *number;
        }
        let number = ReasonId(self.reasons.len() as u32);
        self.reasons.push(reason.clone());
        self.numbers.insert(reason, number);
        number
    }

    pub fn reason_of(&self, number: ReasonId) -> &Reason {
        &self.reasons[number.index()]
    }

    pub fn confirm(&mut self, request: &Request) {
        let settled = self.set(request.runs(), IdState::Confirmed);
        let mark = |slots| Mark { state: IdState::Confirmed, slots, http_status: None };
        self.marks.extend(settled.into_iter().map(mark));
    }

    pub fn reject(&mut self, runs: impl Iterator<Item = Range<usize>>, reason: ReasonId) {
        let http_status = self.reason_of(reason).http_status;
        for slots in self.set(runs, IdState::Rejected) {
            self.why.push((slots.clone(), reason));
            self.marks.push(Mark { state: IdState::Rejected, slots, http_status });
        }
    }

    /// Takes over what an earlier life of this job settled.
    pub fn restore(&mut self, marks: Vec<Mark>) {
        let rejected = Words::new("rejected by an earlier run of this job, whose report says why");
        let sent = Words::new("sent by an earlier run of this job that ended before the answer came");
        let sent = self.reason(None, sent);
        for Mark { state, slots, http_status } in marks {
            match state {
                IdState::Confirmed => drop(self.set(once(slots), state)),
                IdState::Rejected => {
                    let reason = self.reason(http_status, rejected.clone());
                    let settled = self.set(once(slots), state);
                    self.why.extend(settled.into_iter().map(|slots| (slots, reason)));
                }
                IdState::Unknown | IdState::NotAttempted => self.give_up(once(slots), sent),
            }
        }
    }

    /// For the journal: these are about to be sent.
    pub fn sending(&mut self, slots: Range<usize>) {
        self.marks.push(Mark { state: IdState::Unknown, slots, http_status: None });
    }

    /// What was sent and not settled, at the end of a run or by an earlier one.
    pub fn give_up(&mut self, runs: impl Iterator<Item = Range<usize>>, reason: ReasonId) {
        for run in runs {
            let mut at = run.start;
            for alike in self.states[run].chunk_by_mut(|a, b| a == b) {
                let slots = at..at + alike.len();
                at = slots.end;
                if alike[0].is_open() {
                    alike.fill(IdState::Unknown);
                    self.why.push((slots, reason));
                }
            }
        }
    }

    /// Settles those slots that were not confirmed before. Returns them.
    fn set(&mut self, runs: impl Iterator<Item = Range<usize>>, state: IdState) -> Vec<Range<usize>> {
        let mut settled: Vec<Range<usize>> = Vec::new();
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
                match settled.last_mut() {
                    Some(before) if before.end == slots.start => before.end = slots.end,
                    _ => settled.push(slots),
                }
            }
        }
        settled
    }

    /// What the journal must know since the last call.
    pub fn take_marks(&mut self) -> Vec<Mark> {
        std::mem::take(&mut self.marks)
    }

    /// The reason of every rejected or unknown slot, by slot.
    pub fn into_reasons(mut self) -> (Vec<IdState>, Vec<Reason>, Vec<Blamed>) {
        let mut by_slot: Vec<Blamed> = Vec::new();
        // The latest first: what was said last is what counts.
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
        let mut ledger = Ledger::new(6);
        let no = ledger.reason(Some(400), Words::new("no"));
        ledger.confirm(&request(0..3, &[1]));
        ledger.reject(once(0..3), no);
        assert_eq!((ledger.confirmed(), ledger.rejected()), (2, 1));
        ledger.confirm(&request(1..2, &[]));
        ledger.give_up(once(2..5), no);
        assert_eq!((ledger.confirmed(), ledger.rejected()), (3, 0));
        let marks = ledger.take_marks();
        assert_eq!(marks.len(), 4);
        let (states, _, why) = ledger.into_reasons();
        use IdState::*;
        assert_eq!(states, [Confirmed, Confirmed, Confirmed, Unknown, Unknown, NotAttempted]);
        assert_eq!(why, [(3, no), (4, no)]);
    }

    #[test]
    fn equal_reasons_are_kept_once() {
        let mut ledger = Ledger::new(1);
        let a = ledger.reason(Some(400), Words::new("no"));
        assert_eq!(a, ledger.reason(Some(400), Words::new("no")));
        assert_ne!(a, ledger.reason(None, Words::new("no")));
        assert_eq!(ledger.reason_of(a).http_status, Some(400));
    }

    proptest! {
        #[test]
        fn runs_come_to_the_same_as_slots(
            steps in proptest::collection::vec((0..3, 0usize..40, 0usize..12, any::<u16>()), 0..40)
        ) {
            use IdState::*;
            let mut ledger = Ledger::new(40);
            let mut model = [(NotAttempted, None); 40];
            let mut marks = Vec::new();
            for (number, (kind, start, length, left_out)) in steps.into_iter().enumerate() {
                let slots = start..40.min(start + length);
                let (skip, sent): (Vec<usize>, Vec<usize>) =
                    slots.clone().partition(|slot| left_out >> (slot - start) & 1 == 1);
                let request = request(slots, &skip);
                let why = ledger.reason(None, Words::new(&number.to_string()));
                let outcome = match kind {
                    0 => (Confirmed, None),
                    1 => (Rejected, Some(why)),
                    _ => (Unknown, Some(why)),
                };
                match outcome.0 {
                    Confirmed => ledger.confirm(&request),
                    Rejected => ledger.reject(request.runs(), why),
                    _ => ledger.give_up(request.runs(), why),
                }
                for slot in sent {
                    match (model[slot].0, outcome.0) {
                        (Confirmed, _) | (Rejected, Rejected | Unknown) => {}
                        _ => model[slot] = outcome,
                    }
                }
                marks.extend(ledger.take_marks());
            }
            let count = |state| model.iter().filter(|(s, _)| *s == state).count();
            prop_assert_eq!((ledger.confirmed(), ledger.rejected()), (count(Confirmed), count(Rejected)));
            let mut next_life = Ledger::new(40);
            next_life.restore(marks);
            for (slot, (state, _)) in model.iter().enumerate() {
                prop_assert_eq!(next_life.is_confirmed(slot), *state == Confirmed);
                prop_assert_eq!(next_life.is_open(slot), state.is_open());
            }
            let (states, _, why) = ledger.into_reasons();
            prop_assert!(states.iter().eq(model.iter().map(|(state, _)| state)));
            let blamed = model.iter().enumerate().filter_map(|(slot, (_, why))| Some((slot, (*why)?)));
            prop_assert!(why.into_iter().eq(blamed));
        }
    }
}
