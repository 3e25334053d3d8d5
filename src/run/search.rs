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
mod tests;
