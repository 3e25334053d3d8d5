//! Stretches with bad ids, and what each response changes.

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
        assert_eq!((group.maybe_applied, group.sent, group.reason.is_some()), expected, "{tried} {applied}");
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
    assert_eq!((search.tried, search.bad_before, search.batch.request.slots.clone()), (6, Some(6), 0..10));
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
