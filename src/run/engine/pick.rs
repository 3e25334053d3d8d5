//! Picks the batch that is sent next.

use std::time::Instant;

use super::Engine;
use crate::run::batch::{Batch, Role};
use crate::run::bisect::{Quarantined, next_parts};
use crate::run::trial::ServerErrors;

impl Engine<'_> {
    /// The most useful batch: a retry that is due, then something new, then exhausted batches for the last time.
    pub(super) fn pick(&mut self, now: Instant) -> Option<Batch> {
        // The first batches may be rejected for good: one of them is enough to find out.
        if self.confirmed_batches == 0 && self.queue.iter().any(|batch| batch.doubts > 0) {
            return self.due(now, |_| true);
        }
        // In an outage every fourth probe is something new: one bad batch must not look like an outage.
        let new_first = self.throttle.failures_in_a_row() % 4 == 3;
        let new = if new_first { self.pick_new(now) } else { None };
        new.or_else(|| self.retry(now)).or_else(|| self.pick_new(now)).or_else(|| self.last_chance())
    }

    /// A retry that is due. In an outage, with one probe at a time, that is the batch that failed most often: were they
    /// tried in turn where every batch has a bad id, none would become suspicious before the run is stalled.
    fn retry(&mut self, now: Instant) -> Option<Batch> {
        if self.throttle.failures_in_a_row() == 0 || self.queue.iter().any(|batch| batch.trial.is_some()) {
            return self.due(now, |_| true);
        }
        let due = self.queue.iter().filter(|batch| batch.is_due(now));
        let most = due.map(|batch| batch.server_errors.count()).max()?;
        self.due(now, |batch| batch.server_errors.count() == most)
    }

    fn due(&mut self, now: Instant, wanted: impl Fn(&Batch) -> bool) -> Option<Batch> {
        let at = self.queue.iter().position(|batch| batch.is_due(now) && wanted(batch))?;
        self.queue.remove(at)
    }

    /// Something that has not failed yet: a batch of the job, or a part of a rejected one.
    pub(super) fn pick_new(&mut self, now: Instant) -> Option<Batch> {
        let waiting = self.due(now, |batch| batch.failed_at.is_none());
        if waiting.is_some() {
            return waiting;
        }
        // While a value is in doubt, a part of a rejected batch tells more than another batch. If most batches are
        // rejected with named ids, bisecting at once is cheap, and the run has more to show if it must stop early. While
        // nothing is confirmed, a run with a low request limit that is resumed again and again would else have nothing.
        let quarantined = self.quarantined.peek().map(|q| q.batch.request.group);
        let mut waiting = quarantined.into_iter().chain(self.searches.next_group());
        let in_doubt = waiting.any(|group| self.canaries[group].is_in_doubt());
        let at_once = self.tally.dense() && self.tally.named();
        match at_once || in_doubt || self.confirmed_batches == 0 {
            true => self.bisect(now).or_else(|| self.search()).or_else(|| self.split_off()),
            false => self.split_off().or_else(|| self.bisect(now)).or_else(|| self.search()),
        }
    }

    /// The next group of a search.
    fn search(&mut self) -> Option<Batch> {
        self.next_group().or_else(|| {
            // All of them wait for a response, so one worker has nothing to do.
            self.searches.split(self.batcher.size).then(|| self.next_group())?
        })
    }

    pub(super) fn next_group(&mut self) -> Option<Batch> {
        let canaries = &self.canaries;
        let may_send = |group: usize| canaries[group].may_send();
        self.searches.next(&self.outcomes, &self.share, self.batcher.size, may_send)
    }

    /// A part of a quarantined batch, the largest first.
    fn bisect(&mut self, now: Instant) -> Option<Batch> {
        // The canaries may have settled every id of a short list.
        let open = |q: &Quarantined| q.batch.request.slots.clone().any(|slot| self.outcomes.is_open(slot));
        let Quarantined { batch, named } = std::iter::from_fn(|| self.quarantined.pop()).find(open)?;
        if batch.at_fault {
            self.start_trial(batch);
        } else {
            let (parts, rest) = next_parts(batch, &named);
            self.queue.extend(parts);
            rest.into_iter().for_each(|rest| self.searches.rejected(rest));
        }
        self.due(now, |batch| batch.failed_at.is_none())
    }

    pub(super) fn last_chance(&mut self) -> Option<Batch> {
        if !self.queue.is_empty() || !self.in_flight.is_empty() {
            return None;
        }
        let again = |batch| Batch {
            attempts: 0,
            too_large: 0,
            server_errors: ServerErrors::default(),
            last_chance: true,
            not_before: None,
            ..batch
        };
        self.queue.extend(self.exhausted.drain(..).map(again));
        self.queue.pop_front()
    }

    fn split_off(&mut self) -> Option<Batch> {
        let size = self.batcher.size;
        // A batch that will be rejected tells nothing, unless the service names the ids.
        let searched = !self.tally.named() && self.share.is_high(size);
        let canaries = &self.canaries;
        let may_send = |group: usize| canaries[group].may_send();
        let request = self.batcher.next_request(self.job, &self.outcomes, size, may_send)?;
        if !searched {
            return Some(Batch::new(request, Role::Batch));
        }
        self.searches.unsent(request);
        self.search()
    }
}
