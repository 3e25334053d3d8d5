//! Searches a stretch of the list for bad ids, from its start to its end, with groups of the size that tells most.
//!
//! A group that is confirmed is done. Of one that is rejected, a part is sent, and so on until an id is rejected alone:
//! then everything before it is done, and nothing is known about what follows. If the first part was confirmed, the
//! rest is known to have a bad id and is split without being asked again; but no id is rejected unasked.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;

use super::batch::{Batch, Role};
use super::outcomes::Outcomes;
use super::share::{Asked, Belief, Share, cost};
use crate::wire::Request;

/// What is left of a search is shared with an idle worker if it is at least so many groups, and so many ids.
const SHARED_GROUPS: usize = 4;
const SHARED_IDS: usize = 16;
/// Each part learns anew how many ids are bad, which takes a few requests: one may be split off per so many.
const SHARED_EVERY: u64 = 16;

/// In a forecast, the share of the whole list counts as much as so many bad ids of one stretch.
const EVERYWHERE: f64 = 5.0;
/// So many rounds bring the likely share close enough.
const ROUNDS: usize = 12;

/// One stretch.
#[derive(Debug)]
struct Search {
    /// What is left of it, with its history as far as it was sent.
    batch: Batch,
    /// Up to here it was in a rejected request.
    tried: usize,
    /// There is a bad id before this slot.
    bad_before: Option<usize>,
    /// Of this stretch; none before the first group.
    belief: Option<Belief>,
    /// What was asked last, and where it ends.
    asked: (Asked, usize),
    /// How many ids of it were confirmed and rejected.
    confirmed: usize,
    rejected: usize,
    /// How many were rejected since one was confirmed.
    in_a_row: usize,
}

impl Search {
    /// Open ids from the start of what is left, at most `most`, before `end`.
    fn open(&self, outcomes: &Outcomes, end: usize, most: usize) -> Request {
        let Request { group, slots, skip } = &self.batch.request;
        let (mut left_out, mut range) = (Vec::new(), slots.end..slots.end);
        let mut ids = 0;
        let mut skip = skip.iter().copied().peekable();
        for slot in slots.start..end {
            if ids == most {
                break;
            }
            let skipped = skip.next_if_eq(&slot).is_some();
            if skipped || !outcomes.is_open(slot) {
                left_out.push(slot);
                continue;
            }
            if ids == 0 {
                (range.start, left_out) = (slot, Vec::new());
            }
            ids += 1;
            range.end = slot + 1;
        }
        left_out.retain(|slot| range.contains(slot));
        Request { group: *group, slots: range, skip: left_out }
    }

    /// Everything before this slot is done.
    fn advance(&mut self, to: usize) {
        let request = &mut self.batch.request;
        request.slots.start = to.min(request.slots.end);
        request.skip.retain(|slot| *slot >= to);
    }

    /// The ids from here on of which nothing is known, while a group is asked.
    fn unasked(&self) -> Range<usize> {
        let end = self.batch.request.slots.end;
        self.bad_before.unwrap_or_default().max(self.asked.1).min(end)..end
    }

    /// How many ids it is known to have a bad one among.
    fn rejected_ids(&self) -> Option<usize> {
        let (end, Request { slots, skip, .. }) = (self.bad_before?, &self.batch.request);
        let skipped = skip.partition_point(|slot| *slot < end);
        Some(end.saturating_sub(slots.start + skipped).clamp(1, self.batch.len().max(1)))
    }

    /// What is left of it and was sent: neither confirmed nor rejected.
    fn sent(mut self) -> Option<Batch> {
        let request = &mut self.batch.request;
        request.slots.end = request.slots.end.min(self.tried);
        request.skip.retain(|slot| *slot < self.tried);
        (request.slots.start < request.slots.end).then_some(self.batch)
    }
}

/// A search of which no group is being asked: the size of its next group, how many ids were just rejected in a row, where it
/// starts, and its number. The largest group confirms most; of equal ones, one that is not among many bad ids.
type Ready = (usize, Reverse<usize>, Reverse<usize>, u32);

/// What is left to search.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Left {
    pub ids: f64,
    pub bad: f64,
    pub requests: f64,
}

/// All stretches that are searched.
#[derive(Debug, Default)]
pub(crate) struct Searches {
    all: BTreeMap<u32, Search>,
    started: u32,
    /// How many requests more than one an id there were: a rejected group is one more, a confirmed one saves some. A
    /// group whose response has not come counts as rejected.
    excess: i64,
    /// How many groups were asked, and how many searches were split for it.
    groups: u64,
    splits: u64,
    ready: BinaryHeap<Ready>,
}

impl Searches {
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn contains(&self, number: u32) -> bool {
        self.all.contains_key(&number)
    }

    /// The value of the search that is next.
    pub fn next_group(&self) -> Option<usize> {
        self.ready.peek().and_then(|(.., number)| Some(self.all.get(number)?.batch.request.group))
    }

    /// Searches a rejected batch.
    pub fn rejected(&mut self, batch: Batch) {
        let end = batch.request.slots.end;
        self.start(batch, end, Some(end), None);
    }

    /// Searches ids that were not sent yet.
    pub fn unsent(&mut self, request: Request) {
        let start = request.slots.start;
        self.start(Batch::new(request, Role::Part), start, None, None);
    }

    fn start(&mut self, batch: Batch, tried: usize, bad_before: Option<usize>, belief: Option<Belief>) {
        self.started += 1;
        let nothing = (Asked { ids: 0, bad_among: None }, 0);
        self.ready.push((batch.len(), Reverse(0), Reverse(batch.request.slots.start), self.started));
        self.all.insert(
            self.started,
            Search {
                batch,
                tried,
                bad_before,
                belief,
                asked: nothing,
                confirmed: 0,
                rejected: 0,
                in_a_row: 0,
            },
        );
    }

    /// The next group to send: of at most `most` ids, and of a value that may be sent.
    pub fn next(
        &mut self,
        outcomes: &Outcomes,
        share: &Share,
        most: usize,
        may_send: impl Fn(usize) -> bool,
    ) -> Option<Batch> {
        let mut held = Vec::new();
        let mut found = None;
        while let Some((size, rejected, start, number)) = self.ready.pop() {
            let Some(search) = self.all.get_mut(&number) else { continue };
            if !may_send(search.batch.request.group) {
                held.push((size, rejected, start, number));
                continue;
            }
            let bad_among = search
                .bad_before
                .map(|end| search.open(outcomes, end, usize::MAX).len())
                .filter(|ids| *ids > 0);
            if search.belief.is_none() {
                let belief =
                    bad_among.map_or_else(|| share.expected(), |ids| share.expected_of_rejected(ids));
                let next = size_of(&belief, self.excess, most, bad_among);
                search.belief = Some(belief);
                if next < size {
                    self.ready.push((next, rejected, start, number));
                    continue;
                }
            }
            let size = size.min(most).min(bad_among.map_or(usize::MAX, |ids| (ids - 1).max(1)));
            let request = search.open(outcomes, search.batch.request.slots.end, size);
            if request.len() == 0 {
                self.all.remove(&number);
                continue;
            }
            self.groups += 1;
            self.excess += i64::from(request.len() > 1);
            search.asked = (Asked { ids: request.len(), bad_among }, request.slots.end);
            let fresh = Batch::new(request, Role::Part);
            let known = fresh.request.slots.end <= search.tried;
            found = Some(Batch {
                search: Some(number),
                maybe_applied: known && search.batch.maybe_applied,
                sent: u32::from(known),
                reason: search.batch.reason.filter(|_| known),
                last_chance: search.batch.last_chance,
                ..fresh
            });
            break;
        }
        self.ready.extend(held);
        found
    }

    /// What was asked for this search last.
    pub fn asked(&mut self, number: u32) -> Option<(Asked, Option<&mut Belief>)> {
        self.all.get_mut(&number).map(|search| (search.asked.0, search.belief.as_mut()))
    }

    /// The group that was asked last was confirmed.
    pub fn group_confirmed(&mut self, number: u32, most: usize) {
        if let Some(search) = self.all.get_mut(&number) {
            let end = search.asked.1;
            search.advance(end);
            search.confirmed += search.asked.0.ids;
            search.in_a_row = 0;
            let ids = search.asked.0.ids;
            self.excess -= if ids > 1 { ids as i64 } else { 0 };
            search.bad_before = search.bad_before.filter(|bad| *bad > end);
            self.resume(number, most);
        }
    }

    /// The group that was asked last was rejected.
    pub fn group_rejected(&mut self, number: u32, batch: &Batch, most: usize) {
        let Some(search) = self.all.get_mut(&number) else { return };
        let end = search.asked.1;
        search.batch.reason = batch.reason;
        search.batch.maybe_applied = true;
        search.batch.last_chance |= batch.last_chance;
        search.tried = search.tried.max(end);
        if search.asked.0.ids > 1 {
            search.bad_before = Some(end);
        } else {
            search.advance(end);
            search.rejected += 1;
            search.in_a_row += 1;
            search.bad_before = None;
        }
        self.resume(number, most);
    }

    /// The group that was asked last is no longer part of the search: it failed or is dealt with in another way.
    pub fn group_lost(&mut self, number: u32, most: usize) {
        if let Some(search) = self.all.get_mut(&number) {
            search.advance(search.asked.1);
            search.bad_before = None;
            self.resume(number, most);
        }
    }

    fn resume(&mut self, number: u32, most: usize) {
        let Some(search) = self.all.get(&number) else { return };
        let slots = &search.batch.request.slots;
        if slots.is_empty() {
            self.all.remove(&number);
            return;
        }
        let bad_among = search.rejected_ids();
        let size = search.belief.as_ref().map_or(1, |belief| size_of(belief, self.excess, most, bad_among));
        self.ready.push((size, Reverse(search.in_a_row), Reverse(slots.start), number));
    }

    /// This id was rejected in another request: nothing is known any more of the others.
    pub fn rejected_elsewhere(&mut self, slot: usize) {
        for search in self.all.values_mut() {
            if search.batch.request.slots.contains(&slot) {
                search.bad_before = search.bad_before.filter(|end| *end <= slot);
            }
        }
    }

    /// Splits a search of which a group is being asked, for a worker that has nothing to do.
    pub fn split(&mut self, most: usize) -> bool {
        let (Some((number, left)), true) = (
            self.all.iter().map(|(n, s)| (*n, s.unasked())).max_by_key(|(n, r)| (r.len(), *n)),
            self.ready.is_empty(),
        ) else {
            return false;
        };
        let Some(search) = self.all.get_mut(&number) else { return false };
        let size = search.belief.as_ref().map_or(1, |belief| size_of(belief, self.excess, most, None));
        if self.splits * SHARED_EVERY >= self.groups || left.len() < (SHARED_GROUPS * size).max(SHARED_IDS) {
            return false;
        }
        self.splits += 1;
        let middle = left.start + left.len() / 2;
        let mut batch = search.batch.clone();
        batch.request.slots.start = middle;
        batch.request.skip.retain(|slot| *slot >= middle);
        search.batch.request.slots.end = middle;
        search.batch.request.skip.retain(|slot| *slot < middle);
        let (tried, belief) = (search.tried, search.belief.clone());
        self.start(batch, tried, None, belief);
        // Its next group is not all of it.
        if let Some((_, rejected, start, number)) = self.ready.pop() {
            self.ready.push((size, rejected, start, number));
        }
        true
    }

    /// Ends all searches of which `wanted` is true of the value. Returns what of them was sent.
    pub fn end(&mut self, wanted: impl Fn(usize) -> bool) -> Vec<Batch> {
        let (ended, others) = std::mem::take(&mut self.all)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(_, search)| wanted(search.batch.request.group));
        self.all = others;
        ended.into_values().filter_map(Search::sent).collect()
    }

    /// The share of bad ids that makes what is known most likely: so many are settled, so many of them rejected, and
    /// each rejected group has one at least.
    pub fn likely_share(&self, settled: usize, rejected: usize) -> f64 {
        let groups: Vec<f64> =
            self.all.values().filter_map(Search::rejected_ids).map(|ids| ids as f64).collect();
        let all = settled as f64 + groups.iter().sum::<f64>();
        let share = |bad: f64| ((rejected as f64 + bad) / all.max(1.0)).min(1.0);
        let mut bad = groups.len() as f64;
        for _ in 0..ROUNDS {
            bad = groups.iter().map(|ids| bad_among(share(bad), *ids)).sum();
        }
        share(bad)
    }

    /// What is left if about this share of the ids is bad.
    pub fn left(&self, share: f64, most: usize) -> Left {
        let mut left = Left::default();
        for search in self.all.values() {
            let ids = search.batch.len() as f64;
            let group = search.rejected_ids().map(|ids| ids as f64);
            // What is seen here counts, and what is seen everywhere as much as a few bad ids.
            let here = group.map_or(0.0, |ids| bad_among(share, ids)) + search.rejected as f64 + EVERYWHERE;
            let of = group.unwrap_or_default() + (search.confirmed + search.rejected) as f64;
            let share = (here / (of + EVERYWHERE / share.max(1e-6))).min(1.0);
            let each = cost(share, most);
            left.ids += ids;
            left.bad += ids * share;
            left.requests += ids * each;
            if let Some(ids) = group {
                left.bad += bad_among(share, ids) - ids * share;
                // The first bad id is found by halving; what follows it is as if it had not been asked.
                left.requests += ids.log2() + 0.5 - each * ids / 2.0;
            }
        }
        left
    }
}

/// The size of the next group: with care as long as groups have not saved more than they have cost. A list costs hardly
/// more than one request an id then. It can't be none more: who sends two ids at once can be wrong.
fn size_of(belief: &Belief, excess: i64, most: usize, bad_among: Option<usize>) -> usize {
    match excess >= 0 {
        true => belief.cautious_size(most, bad_among),
        false => belief.group_size(most, bad_among),
    }
}

/// How many ids are about bad of `ids` of which one at least is.
fn bad_among(share: f64, ids: f64) -> f64 {
    // At least one, also where 0 / 0 is no number.
    (ids * share / (1.0 - (1.0 - share).powf(ids))).max(1.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const MOST: usize = 1000;

    /// Searches a rejected batch of `n` ids; `workers` groups are asked at once. Returns the ids that were rejected
    /// alone and the number of requests.
    fn search(n: usize, workers: usize, is_bad: impl Fn(usize) -> bool) -> (BTreeSet<usize>, usize) {
        let (mut searches, mut share, outcomes) = (Searches::default(), Share::default(), Outcomes::new(n));
        searches.rejected(Batch::new(Request { group: 0, slots: 0..n, skip: vec![] }, Role::Batch));
        let (mut found, mut requests, mut done) = (BTreeSet::new(), 0, 0);
        while !searches.is_empty() {
            let mut asked = Vec::new();
            while asked.len() < workers {
                let next = searches.next(&outcomes, &share, MOST, |_| true);
                match next {
                    Some(batch) => asked.push(batch),
                    None if searches.split(MOST) => {}
                    None => break,
                }
            }
            assert!(!asked.is_empty(), "nothing is asked, and nothing ends");
            for batch in asked {
                requests += 1;
                let number = batch.search.unwrap();
                let rejected = batch.request.sent().any(&is_bad);
                let (what, place) = searches.asked(number).unwrap();
                assert_eq!(what.ids, batch.len());
                share.learn(place, what, rejected);
                match (rejected, batch.len()) {
                    (true, 1) => assert!(found.insert(batch.request.slots.start)),
                    (true, _) => {}
                    (false, ids) => done += ids,
                }
                match rejected {
                    true => searches.group_rejected(number, &batch, MOST),
                    false => searches.group_confirmed(number, MOST),
                }
            }
        }
        assert_eq!(done + found.len(), n, "every id once");
        (found, requests)
    }

    proptest! {
        #[test]
        fn exactly_the_bad_ones_are_found(
            n in 2usize..2000, workers in 1usize..9,
            picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..40)
        ) {
            let bad: BTreeSet<usize> = picks.iter().map(|p| p.index(n)).collect();
            let (found, requests) = search(n, workers, |slot| bad.contains(&slot));
            let bound = 40 + bad.len() * (2 + n.next_power_of_two().trailing_zeros() as usize);
            prop_assert!(requests <= bound, "{} > {} for {} of {}", requests, bound, bad.len(), n);
            prop_assert_eq!(found, bad);
        }
    }

    #[test]
    fn a_batch_with_one_bad_id_costs_little_more_than_halving() {
        for bad in [0, 1, 500, 998, 999] {
            let (found, requests) = search(1000, 1, |slot| slot == bad);
            assert_eq!(found, [bad].into());
            assert!(requests <= 22, "{bad}: {requests}");
        }
    }

    #[test]
    fn where_all_or_every_second_is_bad_no_id_is_asked_twice() {
        assert!(search(1000, 1, |_| true).1 <= 1010);
        assert!(search(1000, 8, |slot| slot % 2 == 0).1 <= 1025);
        assert!(search(1000, 8, |slot| slot < 500).1 <= 550);
    }

    #[test]
    fn what_is_about_bad_of_a_rejected_group() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(bad_among(0.5, 2.0), 4.0 / 3.0);
        near(bad_among(1.0, 7.0), 7.0);
        // One at least, whatever the share.
        near(bad_among(0.0001, 3.0), 1.000100006667);
        near(bad_among(0.0, 3.0), 1.0);
    }

    #[test]
    fn what_is_left_counts_a_rejected_group() {
        let mut searches = Searches::default();
        let (share, outcomes) = (Share::default(), Outcomes::new(1000));
        searches.rejected(Batch::new(Request { group: 0, slots: 0..1000, skip: vec![] }, Role::Batch));
        let left = searches.left(0.001, MOST);
        assert_eq!(left.ids, 1000.0);
        // One bad id is found by halving, in ten requests; then half of the ids are left, on average.
        assert!((1.5..1.7).contains(&left.bad), "{left:?}");
        assert!((17.2..17.5).contains(&left.requests), "{left:?}");
        // What is seen here counts, and what is seen everywhere as much as five bad ids.
        let seen = Search { confirmed: 30, rejected: 2, ..one(None, 10, &[]) };
        let of_ten = only(seen, 1).left(0.05, MOST);
        let here = 7.0 / (32.0 + 5.0 / 0.05);
        assert!((of_ten.bad - 10.0 * here).abs() < 1e-9, "{of_ten:?}");
        assert!((of_ten.requests - 10.0 * cost(here, MOST)).abs() < 1e-9, "{of_ten:?}");
        let batch = searches.next(&outcomes, &share, 2, |_| true).unwrap();
        searches.group_rejected(batch.search.unwrap(), &batch, 2);
        // Of ten ids eight are good: the share is the root of s² − 2s + 0.2.
        let likely = searches.likely_share(8, 0);
        assert!((likely - 0.105573).abs() < 1e-4, "{likely}");
        let likely = searches.likely_share(998, 9);
        assert!((0.010..0.0101).contains(&likely), "{likely}");
    }

    /// A search of 0..10 of which everything is known.
    fn one(bad_before: Option<usize>, tried: usize, skip: &[usize]) -> Search {
        let mut batch = Batch::new(Request { group: 0, slots: 0..10, skip: skip.to_vec() }, Role::Batch);
        (batch.maybe_applied, batch.sent) = (true, 1);
        let mut searches = Searches::default();
        searches.start(batch, tried, bad_before, Some(Share::default().expected()));
        searches.all.remove(&1).unwrap()
    }

    #[test]
    fn what_was_rejected_and_what_was_sent_of_a_search() {
        let rejected = |bad_before, skip: &[usize]| one(bad_before, 10, skip).rejected_ids();
        assert_eq!(rejected(None, &[]), None);
        assert_eq!(rejected(Some(5), &[]), Some(5));
        assert_eq!(rejected(Some(5), &[2, 8]), Some(4));
        assert_eq!(rejected(Some(8), &[2, 8]), Some(7));
        assert_eq!(rejected(Some(9), &[2, 8]), Some(7));
        let sent = |tried, skip: &[usize]| {
            one(None, tried, skip).sent().map(|batch| (batch.request.slots, batch.request.skip))
        };
        assert_eq!(sent(0, &[]), None);
        assert_eq!(sent(1, &[]), Some((0..1, vec![])));
        assert_eq!(sent(8, &[2, 8]), Some((0..8, vec![2])));
        assert_eq!(sent(9, &[2, 8]), Some((0..9, vec![2, 8])));
        assert_eq!(sent(99, &[]), Some((0..10, vec![])));
    }

    /// Searches with one of them, whose next group has this size.
    fn only(search: Search, size: usize) -> Searches {
        let ready = [(size, Reverse(0), Reverse(search.batch.request.slots.start), 1)].into();
        Searches { all: [(1, search)].into(), started: 1, ready, ..Searches::default() }
    }

    #[test]
    fn the_history_of_a_group() {
        let (share, outcomes) = (Share::default(), Outcomes::new(10));
        for (tried, applied, expected) in [
            (10, true, (true, 1, true)),
            (4, true, (true, 1, true)),
            (3, true, (false, 0, false)),
            (10, false, (false, 1, true)),
        ] {
            let mut search = one(None, tried, &[]);
            search.batch.maybe_applied = applied;
            search.batch.reason = Some(crate::report::ReasonId::default());
            search.batch.last_chance = true;
            let group = only(search, 4).next(&outcomes, &share, MOST, |_| true).unwrap();
            assert_eq!((group.request.slots.clone(), group.last_chance), (0..4, true));
            assert_eq!(
                (group.maybe_applied, group.sent, group.reason.is_some()),
                expected,
                "{tried} {applied}"
            );
        }
    }

    /// A group is smaller than what is known to have a bad id, or it would tell nothing.
    #[test]
    fn a_group_is_a_part_of_what_is_rejected() {
        let share = Share::default();
        for (open, ids) in [(4, 3), (3, 2), (2, 1), (1, 1)] {
            let mut outcomes = Outcomes::new(10);
            (0..4 - open).for_each(|slot| outcomes.confirm(&Request::single(0, slot)));
            let group = only(one(Some(4), 10, &[]), 3).next(&outcomes, &share, MOST, |_| true).unwrap();
            assert_eq!(group.len(), ids, "{open} are open");
        }
        let (mut searches, outcomes) = (Searches::default(), Outcomes::new(1000));
        searches.rejected(Batch::new(Request { group: 0, slots: 0..1000, skip: vec![] }, Role::Batch));
        let size = share.expected_of_rejected(1000).cautious_size(MOST, Some(1000));
        assert!((2..500).contains(&size), "{size}");
        assert_eq!(searches.next(&outcomes, &share, MOST, |_| true).unwrap().len(), size);
        // The one that will be larger goes first, whatever they were before.
        let (mut searches, outcomes) = (Searches::default(), Outcomes::new(1010));
        searches.rejected(Batch::new(Request { group: 0, slots: 0..1000, skip: vec![] }, Role::Batch));
        searches.all.get_mut(&1).unwrap().belief = Some(share.expected_of_rejected(2));
        searches.unsent(Request { group: 0, slots: 1000..1010, skip: vec![] });
        let order: Vec<usize> = std::iter::from_fn(|| searches.next(&outcomes, &share, MOST, |_| true))
            .map(|group| group.request.slots.start)
            .collect();
        assert_eq!(order, [0, 1000]);
    }

    #[test]
    fn what_a_response_changes() {
        let (share, outcomes) = (Share::default(), Outcomes::new(10));
        let asked = |bad_before, size| {
            let mut searches = only(one(bad_before, 5, &[]), size);
            let group = searches.next(&outcomes, &share, MOST, |_| true).unwrap();
            assert_eq!((searches.groups, searches.excess), (1, i64::from(size > 1)));
            (searches, group)
        };
        for (bad_before, size, left) in
            [(None, 3, None), (Some(3), 2, Some(3)), (Some(9), 3, Some(9)), (Some(1), 1, None)]
        {
            let (mut searches, _) = asked(bad_before, size);
            searches.all.get_mut(&1).unwrap().in_a_row = 2;
            searches.group_confirmed(1, MOST);
            let search = &searches.all[&1];
            assert_eq!((search.confirmed, search.rejected, search.in_a_row), (size, 0, 0));
            assert_eq!((search.batch.request.slots.clone(), search.bad_before), (size..10, left));
            assert_eq!(searches.excess, if size > 1 { 1 - size as i64 } else { 0 });
        }
        let (mut searches, group) = asked(None, 6);
        searches.group_rejected(1, &Batch { last_chance: true, ..group.clone() }, MOST);
        let search = &searches.all[&1];
        assert_eq!((search.confirmed, search.rejected, search.in_a_row), (0, 0, 0));
        assert_eq!(
            (search.tried, search.bad_before, search.batch.request.slots.clone()),
            (6, Some(6), 0..10)
        );
        assert!(search.batch.last_chance && search.batch.maybe_applied);
        let (mut searches, group) = asked(Some(3), 1);
        (searches.all.get_mut(&1).unwrap().in_a_row, searches.all.get_mut(&1).unwrap().rejected) = (2, 4);
        searches.group_rejected(1, &group, MOST);
        let search = &searches.all[&1];
        assert_eq!((search.rejected, search.in_a_row, search.tried), (5, 3, 5));
        assert_eq!((search.batch.request.slots.clone(), search.bad_before), (1..10, None));
        assert!(!search.batch.last_chance);
    }

    #[test]
    fn an_id_that_was_rejected_elsewhere() {
        // What is known of ids before it stays known.
        for (slot, bad_before) in [(3, None), (4, None), (5, Some(5)), (6, Some(5)), (10, Some(5))] {
            let mut searches = only(one(Some(5), 5, &[]), 1);
            searches.rejected_elsewhere(slot);
            assert_eq!(searches.all[&1].bad_before, bad_before, "{slot}");
        }
    }

    #[test]
    fn which_searches_there_are() {
        let mut searches = only(one(None, 5, &[]), 1);
        assert!(searches.contains(1) && !searches.contains(2) && !searches.is_empty());
        assert_eq!(searches.next_group(), Some(0));
        searches.end(|_| true);
        assert!(!searches.contains(1) && searches.is_empty());
    }

    /// A worker that has nothing to do gets the second half of what nobody has asked about.
    #[test]
    fn what_is_split_off() {
        let (share, outcomes) = (Share::default(), Outcomes::new(1000));
        let asked = |n: usize, groups: u64, splits: u64| {
            let mut search = one(None, n, &[]);
            let middle = 8 + (n - 8) / 2;
            (search.batch.request.slots, search.batch.request.skip) = (0..n, vec![9, middle, n - 2]);
            search.belief = Some(share.expected_of_rejected(1000));
            let mut searches = Searches { groups, splits, ..only(search, 8) };
            searches.next(&outcomes, &share, MOST, |_| true).unwrap();
            searches
        };
        let size = size_of(&share.expected_of_rejected(1000), 0, MOST, None);
        assert!((5..200).contains(&size), "{size}");
        let least = 8 + 4 * size;
        for (n, groups, splits, is_split) in [
            (least, 100, 0, true),
            (least - 1, 100, 0, false),
            (1000, 32, 2, true),
            (1000, 31, 2, false),
            (1000, 0, 0, true),
        ] {
            let mut searches = asked(n, groups, splits);
            assert_eq!(searches.split(MOST), is_split, "{n} {groups} {splits}");
            if is_split {
                let middle = 8 + (n - 8) / 2;
                let parts: Vec<Request> = searches.all.values().map(|s| s.batch.request.clone()).collect();
                assert_eq!((&parts[0].slots, &parts[1].slots), (&(0..middle), &(middle..n)));
                assert_eq!((&parts[0].skip, &parts[1].skip), (&vec![9], &vec![middle, n - 2]));
                assert_eq!(searches.splits, splits + 1);
                assert_eq!(searches.ready.peek().map(|ready| ready.0), Some(size), "not all of it");
                assert!(!searches.split(MOST), "one is ready");
            }
        }
        // At least so many ids, however small the groups are.
        let bad = |n| {
            let mut searches = asked(n, 100, 0);
            let mut belief = share.expected();
            (0..50).for_each(|_| {
                Share::default().learn(Some(&mut belief), Asked { ids: 1, bad_among: None }, true);
            });
            searches.all.get_mut(&1).unwrap().belief = Some(belief);
            searches.split(MOST)
        };
        assert!(!bad(8 + SHARED_IDS - 1) && bad(8 + SHARED_IDS));
    }

    #[test]
    fn what_is_settled_elsewhere_is_left_out() {
        let (mut searches, share, mut outcomes) = (Searches::default(), Share::default(), Outcomes::new(4));
        searches.rejected(Batch::new(Request { group: 0, slots: 0..4, skip: vec![2] }, Role::Batch));
        outcomes.confirm(&Request::single(0, 0));
        let batch = searches.next(&outcomes, &share, MOST, |_| true).unwrap();
        assert_eq!((batch.request.slots.clone(), batch.sent), (1..2, 1));
        assert!(searches.next(&outcomes, &share, MOST, |_| true).is_none(), "one group at a time");
        searches.group_lost(batch.search.unwrap(), MOST);
        let batch = searches.next(&outcomes, &share, MOST, |_| true).unwrap();
        assert_eq!(batch.request.slots, 3..4);
        searches.group_confirmed(batch.search.unwrap(), MOST);
        assert!(searches.is_empty());
    }

    #[test]
    fn what_was_never_sent_is_not_given_back() {
        let mut searches = Searches::default();
        searches.unsent(Request { group: 1, slots: 0..9, skip: vec![] });
        let (share, outcomes) = (Share::default(), Outcomes::new(9));
        let batch = searches.next(&outcomes, &share, 3, |_| true).unwrap();
        assert_eq!((batch.request.slots.clone(), batch.sent, batch.maybe_applied), (0..3, 0, false));
        searches.group_rejected(batch.search.unwrap(), &batch, 3);
        assert!(searches.end(|group| group == 0).is_empty());
        let sent = searches.end(|_| true);
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].request.slots.clone(), sent[0].maybe_applied), (0..3, true));
        assert!(searches.is_empty());
    }
}
