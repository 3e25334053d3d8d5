//! How a run ends: the request limit, and what is left unknown.

use std::iter::once;

use super::Engine;
use crate::interface::{IdState, Status};
use crate::run::batch::Batch;
use crate::run::outcomes::Outcomes;
use crate::run::stop::{Stop, http};
use crate::wire::Message;

impl Engine<'_> {
    /// The request limit is reached.
    pub(super) fn request_limit(&self) -> Stop {
        let message = format!(
            "{} requests were sent, the limit of this run; {}; remove the bad ids and run again, or use a journal to \
             resume with a higher limit",
            self.requests,
            self.outlook()
        );
        Stop::new(Status::RequestLimit, message)
    }

    pub(super) fn too_many_rejected(&self) -> bool {
        let rejected = self.outcomes.rejected();
        let open = self.outcomes.confirmed() + rejected < self.outcomes.slots();
        open && self.limits.max_rejected.is_some_and(|most| rejected as u64 > most)
    }

    /// More ids were rejected than the caller wants.
    pub(super) fn rejected_limit(&self) -> Stop {
        let message = format!(
            "{} ids are rejected, more than the {} of max_rejected; {}; check the list, or allow more",
            self.outcomes.rejected(),
            self.limits.max_rejected.unwrap_or_default(),
            self.outlook()
        );
        Stop::new(Status::TooManyRejected, message)
    }

    /// Ends the run: what was sent without proof either way is unknown.
    pub fn finish(mut self) -> (Outcomes, Stop, Vec<String>) {
        let mut outlook = None;
        if self.outcomes.confirmed() + self.outcomes.rejected() < self.outcomes.slots() {
            outlook = self.share.any_bad().then(|| self.outlook());
            self.give_up();
        }
        let (total, good) = (self.outcomes.slots(), self.outcomes.confirmed());
        if let Some(outlook) = outlook.filter(|_| self.stop.is_some()) {
            self.notes.add(outlook);
        }
        // A reason to stop came too late if there was nothing left to do.
        let end = self.stop.take().filter(|_| good < total).unwrap_or_else(|| {
            if self.panicked {
                Stop::new(Status::Internal, "a bug in usercom: a worker failed; please report it")
            } else if good == total {
                Stop::new(Status::Ok, format!("all {total} ids confirmed"))
            } else {
                match self.others() {
                    // Batches that never got through, although others did.
                    others if others.is_empty() => {
                        let message = format!("{good} of {total} ids confirmed; {}", self.last_error.message);
                        Stop::new(self.last_error.status, message)
                    }
                    others => Stop::new(Status::Partial, format!("{good} of {total} ids confirmed{others}")),
                }
            }
        });
        (self.outcomes, end, self.notes.into_lines())
    }

    /// How many ids are rejected and unknown, and the first reasons.
    fn others(&self) -> String {
        let about = |state: IdState| {
            let (count, slot, reason) = self.outcomes.example(state)?;
            let sent = match state {
                IdState::Rejected => format!(" (value sent as {})", self.sent_as(slot)),
                _ => String::new(),
            };
            let said = http(reason.http_status, &reason.message);
            Some(format!("; {count} {}: {said}{sent}", state.name()))
        };
        [IdState::Rejected, IdState::Unknown].into_iter().filter_map(about).collect()
    }

    /// The JSON type of the value that this slot gets.
    pub(super) fn sent_as(&self, slot: usize) -> &'static str {
        let group = self.job.groups().iter().position(|group| group.contains(&slot)).unwrap_or_default();
        match self.job.values[group].as_str().as_bytes().first() {
            Some(b'"') => "a string",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            Some(b'[') => "a list",
            Some(b'{') => "an object",
            _ => "a number",
        }
    }

    fn give_up(&mut self) {
        let in_flight = std::mem::take(&mut self.in_flight)
            .into_iter()
            .map(|(_, batch, _)| Batch { maybe_applied: true, ..batch });
        let searched = self.searches.end(|_| true);
        let quarantined = self.quarantined.drain().map(|q| q.batch).chain(searched);
        let tried = self.exhausted.drain(..).chain(self.lost.drain(..));
        let on_trial = self.trials.drain(..).flat_map(|trial| trial.failed.into_iter().chain([trial.batch]));
        let open: Vec<Batch> =
            self.queue.drain(..).chain(quarantined).chain(on_trial).chain(tried).chain(in_flight).collect();
        let no_response = self.outcomes.reason(None, Message::new("no response before the run ended"));
        for batch in open.iter().filter(|batch| batch.maybe_applied) {
            self.outcomes.give_up(batch.request.runs(), batch.reason.unwrap_or(no_response));
            for (slot, reason) in &batch.suspects {
                self.outcomes.give_up(once(*slot..*slot + 1), *reason);
            }
        }
    }
}
