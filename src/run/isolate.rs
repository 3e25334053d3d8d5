//! Finds the bad ids in a refused batch: those that the answer names are left out, otherwise it is halved.
//!
//! Halving costs at most 2k(⌈log2 n⌉ − ⌊log2 k⌋ + 1) requests for k bad ids of n; a name that proves right
//! costs one or two.

use std::cmp::{Ordering, Reverse};

use super::ledger::Blamed;
use super::segment::{Role, Segment};

/// How often the named ones are left out of a batch before it is halved.
const ROUNDS: u8 = 8;

/// What to send instead of a refused segment of more than one id. `named` are the slots that the answer
/// blamed, empty where none or where names proved wrong.
pub(crate) fn next_parts(mut refused: Segment, named: &[Blamed]) -> Vec<Segment> {
    if refused.suspects.is_empty() && named.is_empty() {
        return refused.halves(Role::Part).to_vec();
    }
    refused.role = Role::Part;
    if !named.is_empty() && refused.rounds < ROUNDS && named.len() < refused.len() {
        refused.leave_out(named);
        refused.rounds += 1;
        return vec![refused];
    }
    // Names didn't lead to a batch that passes: each suspect answers for itself, the rest is halved.
    let suspects = std::mem::take(&mut refused.suspects);
    let singles = suspects.iter().map(|(slot, _)| refused.single(*slot));
    let rest = if refused.len() > 1 { refused.halves(Role::Part).to_vec() } else { vec![refused.clone()] };
    singles.chain(rest).collect()
}

/// A refused segment with the slots that the answer blamed; the largest first, so that the good ids are
/// confirmed early.
pub(crate) struct Refused {
    pub segment: Segment,
    pub named: Vec<Blamed>,
}

impl PartialEq for Refused {
    fn eq(&self, other: &Refused) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Refused {}

impl PartialOrd for Refused {
    fn partial_cmp(&self, other: &Refused) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Refused {
    fn cmp(&self, other: &Refused) -> Ordering {
        let key = |r: &Refused| (r.segment.len(), Reverse(r.segment.request.slots.start));
        key(self).cmp(&key(other))
    }
}

impl Segment {
    /// Once it has passed: the suspects that must answer for themselves, and those that are believed bad.
    pub fn believe(&self) -> (&[Blamed], &[Blamed]) {
        self.suspects.split_at(self.suspects.len().saturating_sub(self.blamed_last))
    }

    fn leave_out(&mut self, named: &[Blamed]) {
        self.suspects.extend_from_slice(named);
        self.blamed_last = named.len();
        self.request.skip.extend(named.iter().map(|(slot, _)| *slot));
        self.request.skip.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, VecDeque};

    use proptest::prelude::*;

    use super::*;
    use crate::run::ledger::ReasonId;
    use crate::wire::Request;

    /// Plays a service that refuses every request with a bad id in it. Returns the ids found bad and the
    /// requests it took.
    fn isolate(
        n: usize,
        bad: &BTreeSet<usize>,
        name: impl Fn(&[usize]) -> Vec<usize>,
    ) -> (BTreeSet<usize>, usize) {
        let whole = Segment::new(Request { group: 0, slots: 0..n, skip: vec![] }, Role::Batch);
        let mut refused: VecDeque<(Segment, Vec<Blamed>)> = VecDeque::new();
        let (mut found, mut requests) = (BTreeSet::new(), 0);
        let named = |segment: &Segment| -> Vec<Blamed> {
            let inside: Vec<usize> = segment.request.sent().filter(|s| bad.contains(s)).collect();
            name(&inside).into_iter().map(|slot| (slot, ReasonId::default())).collect()
        };
        let first = named(&whole);
        refused.push_back((whole, first));
        while let Some((segment, names)) = refused.pop_front() {
            for part in next_parts(segment, &names) {
                requests += 1;
                if !part.request.sent().any(|slot| bad.contains(&slot)) {
                    let (earlier, last) = part.believe();
                    requests += earlier.len();
                    found.extend(last.iter().map(|(slot, _)| *slot));
                    found.extend(earlier.iter().map(|(slot, _)| *slot).filter(|slot| bad.contains(slot)));
                } else if part.len() == 1 && part.suspects.is_empty() {
                    found.extend(part.request.sent());
                } else {
                    let names = named(&part);
                    refused.push_back((part, names));
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
        fn halving_finds_exactly_the_bad_ones_within_its_bound(
            n in 2usize..2000, picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..40)
        ) {
            let bad: BTreeSet<usize> = picks.iter().map(|p| p.index(n)).collect();
            let (found, requests) = isolate(n, &bad, |_| vec![]);
            prop_assert_eq!(&found, &bad);
            prop_assert!(requests <= bound(n, bad.len()), "{} > {}", requests, bound(n, bad.len()));
        }

        #[test]
        fn named_ones_cost_at_most_two_requests_each(
            n in 2usize..2000, picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..40), all: bool
        ) {
            let bad: BTreeSet<usize> = picks.iter().map(|p| p.index(n)).collect();
            let name = |inside: &[usize]| inside[..if all { inside.len() } else { 1 }].to_vec();
            let (found, requests) = isolate(n, &bad, name);
            prop_assert_eq!(&found, &bad);
            let worst = if all && bad.len() < n { 1 } else { bound(n, bad.len()).max(2 * bad.len()) };
            prop_assert!(requests <= worst, "{} > {} for {} of {}", requests, worst, bad.len(), n);
        }
    }

    #[test]
    fn eight_rounds_of_names_then_each_answers_for_itself() {
        let mut parts = vec![Segment::new(Request { group: 0, slots: 0..100, skip: vec![] }, Role::Batch)];
        for slot in 0..8 {
            parts = next_parts(parts.remove(0), &[(slot, ReasonId::default())]);
            assert_eq!((parts.len(), parts[0].len()), (1, 99 - slot));
        }
        parts = next_parts(parts.remove(0), &[(8, ReasonId::default())]);
        let sizes: Vec<usize> = parts.iter().map(Segment::len).collect();
        assert_eq!(sizes, [1, 1, 1, 1, 1, 1, 1, 1, 46, 46]);
    }

    #[test]
    fn a_name_is_one_request() {
        assert_eq!(isolate(1000, &[500].into(), |inside| inside.to_vec()).1, 1);
        assert_eq!(isolate(1000, &[3, 500, 999].into(), |inside| inside.to_vec()).1, 1);
        assert_eq!(isolate(1000, &[3, 500, 999].into(), |inside| inside[..1].to_vec()).1, 3 + 2);
    }
}
