//! Isolates the bad ids in a rejected batch that the response names: they are left out. A named id that is bad costs one
//! or two requests. Where no id is named, or names were not enough, the batch is searched.

use std::cmp::{Ordering, Reverse};

use super::batch::{Batch, Role};
use super::outcomes::SlotReason;

/// How often named slots are left out of a batch before it is bisected.
const ROUNDS: u8 = 8;

/// What to send instead of a rejected batch, and what to search for bad ids. `named` are the slots that the response
/// named.
pub(crate) fn next_parts(mut rejected: Batch, named: &[SlotReason]) -> (Vec<Batch>, Option<Batch>) {
    rejected.role = Role::Part;
    if !named.is_empty() && rejected.rounds < ROUNDS && named.len() < rejected.len() {
        rejected.leave_out(named);
        rejected.rounds += 1;
        return (vec![rejected], None);
    }
    // Leaving out named slots was not enough: each suspect is sent on its own, the rest is searched.
    let suspects = std::mem::take(&mut rejected.suspects);
    (suspects.iter().map(|(slot, _)| rejected.single(*slot)).collect(), Some(rejected))
}

/// A rejected batch with the slots that the response named. The largest is bisected first, so that good ids are
/// confirmed early.
pub(crate) struct Quarantined {
    pub batch: Batch,
    pub named: Vec<SlotReason>,
}

impl PartialEq for Quarantined {
    fn eq(&self, other: &Quarantined) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Quarantined {}

impl PartialOrd for Quarantined {
    fn partial_cmp(&self, other: &Quarantined) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quarantined {
    fn cmp(&self, other: &Quarantined) -> Ordering {
        let key = |r: &Quarantined| (r.batch.len(), Reverse(r.batch.request.slots.start));
        key(self).cmp(&key(other))
    }
}

impl Batch {
    /// If it is confirmed: the suspects that must be sent on their own, and those that are bad.
    pub fn suspects_by_proof(&self) -> (&[SlotReason], &[SlotReason]) {
        self.suspects.split_at(self.suspects.len().saturating_sub(self.named_last))
    }

    fn leave_out(&mut self, named: &[SlotReason]) {
        self.suspects.extend_from_slice(named);
        self.named_last = named.len();
        self.request.skip.extend(named.iter().map(|(slot, _)| *slot));
        self.request.skip.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BinaryHeap;

    use super::*;
    use crate::report::ReasonId;
    use crate::wire::Request;

    #[test]
    fn the_largest_first_and_of_equal_ones_the_first() {
        let waiting = |slots| {
            let batch = Batch::new(Request { group: 0, slots, skip: vec![] }, Role::Batch);
            Quarantined { batch, named: Vec::new() }
        };
        let mut heap: BinaryHeap<Quarantined> = [5..10, 70..79, 10..17, 50..57, 20..22].map(waiting).into();
        let order: Vec<usize> =
            std::iter::from_fn(|| heap.pop()).map(|next| next.batch.request.slots.start).collect();
        assert_eq!(order, [70, 10, 50, 5, 20]);
    }

    #[test]
    fn eight_rounds_of_names_then_each_is_sent_on_its_own() {
        let mut parts = vec![Batch::new(Request { group: 0, slots: 0..100, skip: vec![] }, Role::Batch)];
        for slot in 0..8 {
            let (next, rest) = next_parts(parts.remove(0), &[(slot, ReasonId::default())]);
            assert_eq!((next.len(), next[0].len(), rest.is_none()), (1, 99 - slot, true));
            parts = next;
        }
        let (singles, rest) = next_parts(parts.remove(0), &[(8, ReasonId::default())]);
        assert!(singles.iter().map(|single| single.request.slots.start).eq(0..8));
        assert_eq!(rest.map(|rest| (rest.len(), rest.suspects.len())), Some((92, 0)));
    }
}
