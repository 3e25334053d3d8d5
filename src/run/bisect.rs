//! Isolates the bad ids in a rejected batch: ids that the response names are left out, otherwise it is bisected.
//!
//! Bisection costs at most 2k(⌈log2 n⌉ − ⌊log2 k⌋ + 1) requests for k bad ids of n; a named id that is
//! bad costs one or two.

use std::cmp::{Ordering, Reverse};

use super::batch::{Batch, Role};
use super::outcomes::SlotReason;

/// How often named slots are left out of a batch before it is bisected.
const ROUNDS: u8 = 8;

/// What to send instead of a rejected batch of more than one id. `named` are the slots that the response named, empty
/// if there are none or if names proved wrong.
pub(crate) fn next_parts(mut rejected: Batch, named: &[SlotReason]) -> Vec<Batch> {
    if rejected.suspects.is_empty() && named.is_empty() {
        return rejected.halves(Role::Part).to_vec();
    }
    rejected.role = Role::Part;
    if !named.is_empty() && rejected.rounds < ROUNDS && named.len() < rejected.len() {
        rejected.leave_out(named);
        rejected.rounds += 1;
        return vec![rejected];
    }
    // Leaving out named slots was not enough: each suspect is sent on its own, the rest is bisected.
    let suspects = std::mem::take(&mut rejected.suspects);
    let singles = suspects.iter().map(|(slot, _)| rejected.single(*slot));
    let rest = if rejected.len() > 1 { rejected.halves(Role::Part).to_vec() } else { vec![rejected.clone()] };
    singles.chain(rest).collect()
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
    use std::collections::{BTreeSet, VecDeque};

    use proptest::prelude::*;

    use super::*;
    use crate::report::ReasonId;
    use crate::wire::Request;

    /// Simulates a service that rejects every request with a bad id in it. Returns the ids found bad and the number of
    /// requests.
    fn bisect(
        n: usize,
        bad: &BTreeSet<usize>,
        name: impl Fn(&[usize]) -> Vec<usize>,
    ) -> (BTreeSet<usize>, usize) {
        let whole = Batch::new(Request { group: 0, slots: 0..n, skip: vec![] }, Role::Batch);
        let mut rejected: VecDeque<(Batch, Vec<SlotReason>)> = VecDeque::new();
        let (mut found, mut requests) = (BTreeSet::new(), 0);
        let named = |batch: &Batch| -> Vec<SlotReason> {
            let inside: Vec<usize> = batch.request.sent().filter(|s| bad.contains(s)).collect();
            name(&inside).into_iter().map(|slot| (slot, ReasonId::default())).collect()
        };
        let first = named(&whole);
        rejected.push_back((whole, first));
        while let Some((batch, names)) = rejected.pop_front() {
            for part in next_parts(batch, &names) {
                requests += 1;
                if !part.request.sent().any(|slot| bad.contains(&slot)) {
                    let (earlier, last) = part.suspects_by_proof();
                    requests += earlier.len();
                    found.extend(last.iter().map(|(slot, _)| *slot));
                    found.extend(earlier.iter().map(|(slot, _)| *slot).filter(|slot| bad.contains(slot)));
                } else if part.len() == 1 && part.suspects.is_empty() {
                    found.extend(part.request.sent());
                } else {
                    let names = named(&part);
                    rejected.push_back((part, names));
                }
            }
        }
        (found, requests)
    }

    fn bound(n: usize, k: usize) -> usize {
        let ceil_log = |x: usize| x.next_power_of_two().trailing_zeros() as usize;
        2 * k * (ceil_log(n) - k.ilog2() as usize + 1)
    }

    proptest! {
        #[test]
        fn bisection_finds_exactly_the_bad_ones_within_its_bound(
            n in 2usize..2000, picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..40)
        ) {
            let bad: BTreeSet<usize> = picks.iter().map(|p| p.index(n)).collect();
            let (found, requests) = bisect(n, &bad, |_| vec![]);
            prop_assert_eq!(&found, &bad);
            prop_assert!(requests <= bound(n, bad.len()), "{} > {}", requests, bound(n, bad.len()));
        }

        #[test]
        fn named_ones_cost_at_most_two_requests_each(
            n in 2usize..2000, picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..40), all: bool
        ) {
            let bad: BTreeSet<usize> = picks.iter().map(|p| p.index(n)).collect();
            let name = |inside: &[usize]| inside[..if all { inside.len() } else { 1 }].to_vec();
            let (found, requests) = bisect(n, &bad, name);
            prop_assert_eq!(&found, &bad);
            let worst = if all && bad.len() < n { 1 } else { bound(n, bad.len()).max(2 * bad.len()) };
            prop_assert!(requests <= worst, "{} > {} for {} of {}", requests, worst, bad.len(), n);
        }
    }

    #[test]
    fn eight_rounds_of_names_then_each_is_sent_on_its_own() {
        let mut parts = vec![Batch::new(Request { group: 0, slots: 0..100, skip: vec![] }, Role::Batch)];
        for slot in 0..8 {
            parts = next_parts(parts.remove(0), &[(slot, ReasonId::default())]);
            assert_eq!((parts.len(), parts[0].len()), (1, 99 - slot));
        }
        parts = next_parts(parts.remove(0), &[(8, ReasonId::default())]);
        let sizes: Vec<usize> = parts.iter().map(Batch::len).collect();
        assert_eq!(sizes, [1, 1, 1, 1, 1, 1, 1, 1, 46, 46]);
    }

    #[test]
    fn a_named_id_is_one_request() {
        assert_eq!(bisect(1000, &[500].into(), |inside| inside.to_vec()).1, 1);
        assert_eq!(bisect(1000, &[3, 500, 999].into(), |inside| inside.to_vec()).1, 1);
        assert_eq!(bisect(1000, &[3, 500, 999].into(), |inside| inside[..1].to_vec()).1, 3 + 2);
    }
}
