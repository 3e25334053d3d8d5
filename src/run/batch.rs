//! A part of the job that goes out in one request, and its history.

use std::ops::Range;
use std::time::Instant;

use super::outcomes::SlotReason;
use super::trial::ServerErrors;
use crate::report::ReasonId;
use crate::wire::Request;

#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub request: Request,
    pub role: Role,
    /// Charged failures.
    pub attempts: u32,
    /// How many signs say that it is too large: timeouts, and connections that ended while it was sent.
    pub too_large: u8,
    /// Whether it was already sent again, without charge, because a kept connection was stale.
    pub retried_stale: bool,
    /// How often it was rejected in a way that may pass.
    pub doubts: u8,
    /// How often the service asked for a delay because of it, with others confirmed in between, and how many batches
    /// were confirmed when it did so last.
    pub delays: u8,
    pub delayed_at: u64,
    pub server_errors: ServerErrors,
    /// The number of the trial that it is sent for.
    pub trial: Option<u32>,
    /// The number of the search that it is a group of.
    pub search: Option<u32>,
    /// A trial has proved that it has an id that makes the service fail.
    pub at_fault: bool,
    /// Sent at least once without proof that it was not applied.
    pub maybe_applied: bool,
    /// How many requests contained it, or a batch that it is a part of. The journal knows of it from the first one on.
    pub sent: u32,
    /// Why it failed last.
    pub reason: Option<ReasonId>,
    pub failed_at: Option<Instant>,
    pub not_before: Option<Instant>,
    /// Slots that responses named, left out of the request.
    pub suspects: Vec<SlotReason>,
    /// How many of the suspects, at the end, the last response named: if the rest is confirmed, these are rejected. The
    /// suspects before them were not the only ones, so each of them is sent on its own.
    pub named_last: usize,
    /// How often named slots were left out.
    pub rounds: u8,
    /// It exhausted its attempts once; this is the second set, at the end of the run.
    pub last_chance: bool,
}

/// Why a batch is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// As a part of the job.
    Batch,
    /// A single id, to find out whether the value itself is rejected.
    Canary,
    /// A part of a rejected batch.
    Part,
    /// A single id that a response named.
    Suspect,
}

impl Batch {
    /// Whether it may be sent now.
    pub fn is_due(&self, now: Instant) -> bool {
        self.not_before.is_none_or(|at| at <= now)
    }

    pub fn new(request: Request, role: Role) -> Batch {
        Batch {
            request,
            role,
            attempts: 0,
            too_large: 0,
            retried_stale: false,
            doubts: 0,
            delays: 0,
            delayed_at: 0,
            server_errors: ServerErrors::default(),
            trial: None,
            search: None,
            at_fault: false,
            maybe_applied: false,
            sent: 0,
            reason: None,
            failed_at: None,
            not_before: None,
            suspects: Vec::new(),
            named_last: 0,
            rounds: 0,
            last_chance: false,
        }
    }

    /// How many ids the request has.
    pub fn len(&self) -> usize {
        self.request.len()
    }

    /// One slot of it, named by a response, on its own.
    pub fn single(&self, slot: usize) -> Batch {
        let request = Request::single(self.request.group, slot);
        Batch {
            request,
            role: Role::Suspect,
            suspects: Vec::new(),
            doubts: 0,
            trial: None,
            search: None,
            ..self.clone()
        }
    }

    /// Two halves by ids, each with this batch's history. Skipped slots are in neither.
    pub fn halves(&self, role: Role) -> [Batch; 2] {
        let middle = self.request.sent().nth(self.len() / 2).unwrap_or(self.request.slots.end);
        let part = |slots: Range<usize>| {
            let skip = self.request.skip.iter().copied().filter(|s| slots.contains(s)).collect();
            Batch {
                request: Request { group: self.request.group, slots, skip },
                role,
                too_large: 0,
                suspects: Vec::new(),
                rounds: 0,
                not_before: None,
                doubts: 0,
                delays: 0,
                server_errors: ServerErrors::default(),
                trial: None,
                search: None,
                ..self.clone()
            }
        };
        [part(self.request.slots.start..middle), part(middle..self.request.slots.end)]
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What a part knows of the batch that it was, and what begins anew.
    #[test]
    fn the_history_of_a_part() {
        let (now, reason) = (Instant::now(), ReasonId::default());
        let mut errors = ServerErrors::default();
        errors.record(now, 1);
        let whole = Batch {
            attempts: 1,
            too_large: 2,
            retried_stale: true,
            doubts: 3,
            delays: 2,
            delayed_at: 7,
            server_errors: errors,
            trial: Some(4),
            search: Some(5),
            at_fault: true,
            maybe_applied: true,
            sent: 6,
            reason: Some(reason),
            failed_at: Some(now),
            not_before: Some(now + Duration::from_secs(1)),
            suspects: vec![(3, reason)],
            named_last: 1,
            rounds: 2,
            last_chance: true,
            ..Batch::new(Request { group: 9, slots: 0..10, skip: vec![3, 8] }, Role::Batch)
        };
        let single = whole.single(3);
        assert_eq!((single.request.group, single.request.slots.clone(), single.len()), (9, 3..4, 1));
        let [first, second] = whole.halves(Role::Part);
        assert_eq!((first.request.slots.clone(), first.request.skip.clone()), (0..5, vec![3]));
        assert_eq!((second.request.slots.clone(), second.request.skip.clone()), (5..10, vec![8]));
        for (part, role) in [(&single, Role::Suspect), (&first, Role::Part), (&second, Role::Part)] {
            assert_eq!((part.role, part.doubts, part.trial, part.search), (role, 0, None, None));
            assert!(part.suspects.is_empty());
            assert!(part.retried_stale && part.at_fault && part.maybe_applied && part.last_chance);
            assert_eq!(
                (part.attempts, part.sent, part.reason, part.failed_at),
                (1, 6, Some(reason), Some(now))
            );
        }
        for half in [first, second] {
            assert_eq!((half.too_large, half.rounds, half.delays, half.not_before), (0, 0, 0, None));
            assert_eq!(half.server_errors, ServerErrors::default());
        }
    }
}
