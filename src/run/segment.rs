//! A piece of the job that goes out in one request, with what has become of it so far; and the cutter
//! that makes the first ones.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;

use super::ledger::{Blamed, Ledger, ReasonId};
use crate::update::Job;
use crate::wire::{Request, fitting};

/// Largest body that is sent, in bytes: up to about this size an early 413 can still be read.
const MAX_BODY: usize = 256 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub request: Request,
    pub role: Role,
    /// Charged failures.
    pub attempts: u32,
    /// Signs that it is too large for the service: timeouts, and connections that ended while it was sent.
    pub too_large: u8,
    /// Whether it was sent again for free after a connection that had gone stale.
    pub retried_stale: bool,
    /// Sent at least once without proof that it was not applied.
    pub maybe_applied: bool,
    /// How many requests had it, or what it is a part of. From the first one on the journal knows of it.
    pub sent: u32,
    /// The last thing that went wrong with it.
    pub reason: Option<ReasonId>,
    pub failed_at: Option<Instant>,
    pub not_before: Option<Instant>,
    /// Slots that answers blamed, left out of the request.
    pub suspects: Vec<Blamed>,
    /// How many of the suspects, at the end, the last answer blamed: these are believed once the rest has
    /// passed. Those before them were not enough, so that each answers for itself.
    pub blamed_last: usize,
    pub rounds: u8,
    /// Has used up its attempts once; this is the fresh set at the end.
    pub last_chance: bool,
}

/// What a segment is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The job itself.
    Batch,
    /// A single id, to find out whether the value is refused as such.
    Probe,
    /// A part of a refused batch.
    Part,
    /// A single id that an answer blamed.
    Suspect,
}

impl Segment {
    pub fn new(request: Request, role: Role) -> Segment {
        Segment {
            request,
            role,
            attempts: 0,
            too_large: 0,
            retried_stale: false,
            maybe_applied: false,
            sent: 0,
            reason: None,
            failed_at: None,
            not_before: None,
            suspects: Vec::new(),
            blamed_last: 0,
            rounds: 0,
            last_chance: false,
        }
    }

    /// How many ids the request has.
    pub fn len(&self) -> usize {
        self.request.len()
    }

    /// One slot of it, blamed by an answer, to answer for itself.
    pub fn single(&self, slot: usize) -> Segment {
        let request = Request::single(self.request.group, slot);
        Segment { request, role: Role::Suspect, suspects: Vec::new(), ..self.clone() }
    }

    /// Two halves by ids, each with this one's history. Settled slots and suspects are in neither.
    pub fn halves(&self, role: Role) -> [Segment; 2] {
        let middle = self.request.sent().nth(self.len() / 2).unwrap_or(self.request.slots.end);
        let part = |slots: Range<usize>| {
            let skip = self.request.skip.iter().copied().filter(|s| slots.contains(s)).collect();
            Segment {
                request: Request { group: self.request.group, slots, skip },
                role,
                too_large: 0,
                suspects: Vec::new(),
                rounds: 0,
                not_before: None,
                ..self.clone()
            }
        };
        [part(self.request.slots.start..middle), part(middle..self.request.slots.end)]
    }
}

/// Cuts batches off what has not been sent yet.
#[derive(Debug)]
pub(crate) struct Cutter {
    /// What is left of each value.
    open: VecDeque<(usize, Range<usize>)>,
    /// Ids per batch; falls when the service can't take as many.
    pub size: usize,
    /// Bytes that every body has beside its ids and value.
    frame: usize,
}

impl Cutter {
    pub fn new(job: &Job<'_>, size: usize) -> Cutter {
        let open = job.groups().iter().cloned().enumerate().filter(|(_, slots)| !slots.is_empty()).collect();
        // A character of the attribute takes at most six bytes as JSON.
        Cutter { open, size, frame: 64 + 6 * job.attribute.as_str().len() }
    }

    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// How many batches are left, about.
    pub fn batches(&self) -> usize {
        self.open.iter().map(|(_, slots)| slots.len().div_ceil(self.size)).sum()
    }

    /// Gives up what is left of a value.
    pub fn close(&mut self, group: usize) {
        self.open.retain(|(g, _)| *g != group);
    }

    /// The next batch of the first value that may be sent now, at most `size` ids; settled ones are left
    /// out.
    pub fn cut(
        &mut self,
        job: &Job<'_>,
        ledger: &Ledger,
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
            let request = take(job, ledger, *group, slots, size, budget);
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

/// Takes up to `size` open ids within `room` bytes off the front of `slots`. One always fits: the longest id and the
/// longest value together are far smaller than a body may be.
fn take(
    job: &Job<'_>,
    ledger: &Ledger,
    group: usize,
    slots: &mut Range<usize>,
    size: usize,
    mut room: usize,
) -> Option<Request> {
    let (mut start, mut ids, mut skip) = (slots.start, 0, Vec::new());
    while ids < size {
        let open = ledger.next_open(slots.clone(), size - ids);
        let settled = slots.start..open.start;
        if ids == 0 {
            start = open.start;
        } else if skip.len() + settled.len() > size {
            // What is left out is listed slot by slot: rather another request than a long list.
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
    use crate::update::{AttributeKind, Ids, Rules, Update};

    const RULES: Rules = Rules { kind: AttributeKind::Custom, allow_null: false, requests_per_second: None };

    proptest! {
        #[test]
        fn every_open_id_is_cut_once_and_into_few_batches(
            lengths in proptest::collection::vec(0usize..30, 1..12), size in 1usize..25, room in 20usize..500
        ) {
            // Open and settled ones in turn.
            let settled: Vec<bool> =
                lengths.iter().enumerate().flat_map(|(n, length)| vec![n % 2 == 1; *length]).collect();
            let n = settled.len();
            let ids: Vec<i64> = (1..=n as i64).collect();
            let job = Job::new(&Update::new("plan", "pro"), Ids::Numeric(&ids), RULES).unwrap();
            let mut ledger = Ledger::new(n);
            let (done, open): (Vec<usize>, Vec<usize>) = (0..n).partition(|slot| settled[*slot]);
            done.into_iter().for_each(|slot| ledger.confirm(&Request::single(0, slot)));
            let (mut left, mut batches) = (0..n, Vec::new());
            while let Some(batch) = take(&job, &ledger, 0, &mut left, size, room) {
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
