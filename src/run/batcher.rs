//! Splits batches off what has not been sent yet.

use std::collections::VecDeque;
use std::ops::Range;

use super::outcomes::Outcomes;
use crate::update::Job;
use crate::wire::{Request, fitting};

/// Largest body that is sent, in bytes: up to about this size an early 413 can still be read.
const MAX_BODY: usize = 256 * 1024;

/// The part of the job that has not been sent yet.
#[derive(Debug)]
pub(crate) struct Batcher {
    /// What is left, by value.
    open: VecDeque<(usize, Range<usize>)>,
    /// Ids per batch. Decreases if the service can't take as many.
    pub size: usize,
    /// Bytes that every body has besides its ids and value.
    frame: usize,
}

impl Batcher {
    pub fn new(job: &Job<'_>, size: usize) -> Batcher {
        let open = job.groups().iter().cloned().enumerate().filter(|(_, slots)| !slots.is_empty()).collect();
        // A character of the attribute takes at most six bytes as JSON.
        Batcher { open, size, frame: 64 + 6 * job.attribute.as_str().len() }
    }

    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// About how many batches are left.
    pub fn batches(&self) -> usize {
        self.open.iter().map(|(_, slots)| slots.len().div_ceil(self.size)).sum()
    }

    /// Drops what is left of a value.
    pub fn drop_value(&mut self, group: usize) {
        self.open.retain(|(g, _)| *g != group);
    }

    /// Splits off the next batch of the first value that may be sent now: at most `size` ids, only open ones.
    pub fn next_request(
        &mut self,
        job: &Job<'_>,
        outcomes: &Outcomes,
        size: usize,
        may_send: impl Fn(usize) -> bool,
    ) -> Option<Request> {
        let mut at = 0;
        while let Some((group, slots)) = self.open.get_mut(at) {
            if !may_send(*group) {
                at += 1;
                continue;
            }
            let budget = MAX_BODY.saturating_sub(self.frame + job.values[*group].as_str().len());
            let request = take(job, outcomes, *group, slots, size, budget);
            if slots.start == slots.end {
                self.open.remove(at);
            }
            if request.is_some() {
                return request;
            }
        }
        None
    }
}

/// Takes up to `size` open ids within `room` bytes off the front of `slots`. One always fits: even the longest id with
/// the longest value is far below the limit.
fn take(
    job: &Job<'_>,
    outcomes: &Outcomes,
    group: usize,
    slots: &mut Range<usize>,
    size: usize,
    mut room: usize,
) -> Option<Request> {
    let (mut start, mut ids, mut skip) = (slots.start, 0, Vec::new());
    while ids < size {
        let open = outcomes.next_open(slots.clone(), size - ids);
        let settled = slots.start..open.start;
        if ids == 0 {
            start = open.start;
        } else if skip.len() + settled.len() > size {
            // Skipped slots are listed one by one: another request is better than a long list.
            break;
        } else {
            skip.extend(settled);
        }
        let fitting = fitting(job, open.clone(), &mut room);
        slots.start = open.start + fitting;
        ids += fitting;
        if open.is_empty() || fitting < open.len() {
            break;
        }
    }
    (ids > 0).then_some(Request { group, slots: start..slots.start, skip })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::run::tests::support::{RULES, one_value};
    use crate::update::{Ids, Update};

    #[test]
    fn values_in_turn() {
        let ids = [1, 2, 3, 4];
        let update = Update::rows("score", vec![1.into(), 2.into(), 3.into()], vec![0, 1, 0, 2]);
        let job = Job::new(&update, Ids::Numeric(&ids), RULES).unwrap();
        let outcomes = Outcomes::new(4);
        let mut batcher = Batcher::new(&job, 10);
        let next = |batcher: &mut Batcher, skip: usize| {
            batcher.next_request(&job, &outcomes, 10, |group| group != skip).map(|request| request.slots)
        };
        assert_eq!((batcher.batches(), batcher.is_empty()), (3, false));
        assert_eq!(next(&mut batcher, 0), Some(2..3), "the second value");
        assert_eq!(next(&mut batcher, 0), Some(3..4), "the third");
        assert_eq!((next(&mut batcher, 0), batcher.is_empty()), (None, false));
        batcher.drop_value(0);
        assert_eq!((next(&mut batcher, 9), batcher.is_empty()), (None, true));
    }

    #[test]
    fn a_body_is_no_larger_than_may_be() {
        let ids: Vec<String> = (0..1000).map(|n| format!("{n:01000}")).collect();
        for value in ["x".repeat(65_000), String::new()] {
            let custom = Ids::Custom(ids.iter().map(String::as_str).collect());
            let job = Job::new(&Update::new("plan", value), custom, RULES).unwrap();
            let request = Batcher::new(&job, 1000).next_request(&job, &Outcomes::new(1000), 1000, |_| true);
            let mut body = Vec::new();
            crate::wire::render(&job, &request.unwrap(), &mut body);
            assert!(body.len() <= MAX_BODY && body.len() > MAX_BODY - 2000, "{}", body.len());
        }
    }

    proptest! {
        #[test]
        fn every_open_id_is_in_one_batch_and_there_are_few_batches(
            lengths in proptest::collection::vec(0usize..30, 1..12), size in 1usize..25, room in 20usize..500
        ) {
            // Open and settled ones alternate.
            let settled: Vec<bool> =
                lengths.iter().enumerate().flat_map(|(n, length)| vec![n % 2 == 1; *length]).collect();
            let n = settled.len();
            let ids: Vec<i64> = (1..=n as i64).collect();
            let job = one_value(&ids);
            let mut outcomes = Outcomes::new(n);
            let (done, open): (Vec<usize>, Vec<usize>) = (0..n).partition(|slot| settled[*slot]);
            done.into_iter().for_each(|slot| outcomes.confirm(&Request::single(0, slot)));
            let (mut left, mut batches) = (0..n, Vec::new());
            while let Some(batch) = take(&job, &outcomes, 0, &mut left, size, room) {
                batches.push(batch);
            }
            prop_assert!(left.is_empty());
            prop_assert!(batches.iter().flat_map(Request::sent).eq(open));
            let full = size.min(room / 20);
            prop_assert!(batches.iter().all(|b| (1..=full).contains(&b.len()) && b.skip.len() <= size));
            for pair in batches.windows(2) {
                let gap = pair[1].slots.start - pair[0].slots.end;
                prop_assert!(pair[0].len() == full || pair[0].skip.len() + gap > size);
            }
        }
    }
}
