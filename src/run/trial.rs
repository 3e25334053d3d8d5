//! Tells a batch that makes the service fail from a service that fails for everybody.
//!
//! One bad id can do that: a server that does not catch an error of its database responds with 500. So a batch that
//! gets 500 again and again is put on trial: its two halves are sent, then, if both fail and nothing else of its value
//! is confirmed meanwhile, three single ids. Whatever the service accepts or rejects proves that it works. If all
//! five fail, it is an outage.

use std::time::{Duration, Instant};

use super::batch::Batch;

/// So many 500s are no chance.
const COUNT: u32 = 3;
/// And over so long a time they are no hiccup, also if there is nothing else that could be confirmed.
const TIME: Duration = Duration::from_secs(10);
/// A batch of a single id can't be split. If it fails for so long, others are tried first and it is sent again at the
/// end: an outage is seldom longer.
const TIME_ALONE: Duration = Duration::from_secs(60);
/// How many single ids are tried.
pub(crate) const SINGLES: usize = 3;
/// A part that is known to be bad and as small as this may be bad as a whole: it is bisected without single ids.
const SMALL: usize = 16;

/// The 500s on one batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerErrors {
    count: u32,
    /// When the first one came, and how many batches were confirmed until then.
    first: Option<(Instant, u64)>,
    /// A trial found an outage.
    after_outage: bool,
}

impl ServerErrors {
    /// After a trial that found an outage: the next failure after some time is enough for another one.
    pub fn after_outage(now: Instant, confirmed: u64) -> ServerErrors {
        ServerErrors { count: COUNT - 1, first: Some((now, confirmed)), after_outage: true }
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    pub fn record(&mut self, now: Instant, confirmed: u64) {
        self.count += 1;
        self.first.get_or_insert((now, confirmed));
    }

    /// Whether others were confirmed between these errors.
    pub fn are_its_own(&self, confirmed: u64, max_attempts: u32) -> bool {
        let others = self.first.is_some_and(|(_, before)| confirmed > before);
        others && self.count >= COUNT.min(max_attempts)
    }

    /// Whether it should be found out if the batch is the reason.
    pub fn are_suspicious(&self, now: Instant, confirmed: u64, max_attempts: u32) -> bool {
        let long = self.first.is_some_and(|(first, _)| now >= first + TIME);
        self.are_its_own(confirmed, max_attempts) || long && self.count >= COUNT
    }

    /// Whether a batch of a single id is given up for now.
    pub fn are_lasting(&self, now: Instant) -> bool {
        self.count >= COUNT && self.first.is_some_and(|(first, _)| now >= first + TIME_ALONE)
    }

    /// How long to wait at most before the next attempt: no longer than it takes to become suspicious, once.
    pub fn longest_wait(&self, now: Instant) -> Duration {
        match self.first {
            Some((first, _)) if !self.after_outage => (first + TIME).saturating_duration_since(now),
            _ => Duration::MAX,
        }
    }

    /// How long to wait before the next attempt with a single id that is known to be bad: so that as few attempts as
    /// possible take the time that is needed.
    pub fn pause(&self) -> Duration {
        TIME.mul_f64(0.35 * f64::from(self.count.clamp(1, 2)))
    }
}

/// What is being tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Halves,
    Singles,
}

/// What a trial has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Not all responses are here.
    Open,
    /// Both halves failed.
    TrySingles,
    /// The service works, so those halves that failed have a bad id each.
    BatchAtFault,
    Outage,
}

/// One batch on trial.
#[derive(Debug)]
pub(crate) struct Trial {
    pub number: u32,
    pub batch: Batch,
    /// Halves that failed.
    pub failed: Vec<Batch>,
    stage: Stage,
    left: usize,
    /// Something that was tried was accepted or rejected, or something else of its value was confirmed meanwhile.
    works: bool,
}

impl Trial {
    /// The trial of a batch, whose two halves are sent now.
    pub fn new(number: u32, batch: Batch) -> Trial {
        Trial { number, batch, failed: Vec::new(), stage: Stage::Halves, left: 2, works: false }
    }

    /// The service accepted or rejected something.
    pub fn passed(&mut self) {
        self.works = true;
        self.left -= 1;
    }

    /// Something else of its value was confirmed.
    pub fn others_confirmed(&mut self) {
        self.works = true;
    }

    /// Something failed. A single id that is of no more use is returned.
    pub fn failed(&mut self, probe: Batch) -> Option<Batch> {
        self.left -= 1;
        match self.stage {
            Stage::Halves => {
                self.failed.push(probe);
                None
            }
            Stage::Singles => Some(probe),
        }
    }

    pub fn finding(&self) -> Finding {
        let small = self.batch.at_fault && self.batch.len() <= SMALL;
        match self.stage {
            _ if self.left > 0 => Finding::Open,
            _ if self.works || small => Finding::BatchAtFault,
            Stage::Halves => Finding::TrySingles,
            Stage::Singles => Finding::Outage,
        }
    }

    /// Single ids are sent now.
    pub fn singles(&mut self, n: usize) {
        (self.stage, self.left) = (Stage::Singles, n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::batch::Role;
    use crate::wire::Request;

    fn batch(n: usize) -> Batch {
        Batch::new(Request { group: 0, slots: 0..n, skip: vec![] }, Role::Batch)
    }

    #[test]
    fn three_with_others_between_or_over_ten_seconds() {
        let (now, s) = (Instant::now(), Duration::from_secs(1));
        let mut errors = ServerErrors::default();
        errors.record(now, 5);
        errors.record(now, 5);
        assert!(!errors.are_suspicious(now + 60 * s, 6, 8), "two are not enough");
        errors.record(now + s, 5);
        assert!(!errors.are_suspicious(now + s, 5, 8));
        assert!(errors.are_suspicious(now + 10 * s, 5, 8) && !errors.are_its_own(5, 8));
        assert!(errors.are_suspicious(now + s, 6, 8) && errors.are_its_own(6, 8));
        let mut once = ServerErrors::default();
        once.record(now, 5);
        assert!(once.are_its_own(6, 1), "no more attempts are allowed");
        let pauses: Duration = (0..2)
            .map(|_| {
                let wait = once.pause();
                once.record(now, 5);
                wait
            })
            .sum();
        assert!(pauses >= TIME);
    }

    #[test]
    fn how_long_a_single_id_and_a_batch_after_an_outage_are_waited_for() {
        let (now, s) = (Instant::now(), Duration::from_secs(1));
        let mut errors = ServerErrors::default();
        assert_eq!((errors.count(), errors.longest_wait(now)), (0, Duration::MAX));
        assert!(!errors.are_lasting(now + 100 * s));
        (0..2).for_each(|_| errors.record(now, 5));
        assert!(!errors.are_lasting(now + 60 * s), "two are not enough");
        errors.record(now + s, 5);
        assert_eq!(errors.count(), 3);
        assert!(errors.are_lasting(now + 60 * s) && !errors.are_lasting(now + 59 * s));
        assert_eq!(errors.longest_wait(now + 4 * s), 6 * s);
        assert_eq!(errors.longest_wait(now + 40 * s), Duration::ZERO);
        assert_eq!(
            [1, 2, 3].map(|count| ServerErrors { count, ..errors }.pause()),
            [3.5, 7.0, 7.0].map(|n| s.mul_f64(n))
        );
        let mut again = ServerErrors::after_outage(now, 5);
        assert_eq!((again.count(), again.longest_wait(now)), (2, Duration::MAX));
        again.record(now + 10 * s, 5);
        assert!(again.are_suspicious(now + 10 * s, 5, 8), "one more is enough, after some time");
    }

    #[test]
    fn findings() {
        let halves = |a: bool, b: bool, others: bool| {
            let mut trial = Trial::new(1, batch(100));
            if others {
                trial.others_confirmed();
            }
            for (passes, half) in [a, b].into_iter().zip(batch(100).halves(Role::Part)) {
                assert_eq!(trial.finding(), Finding::Open);
                if passes { trial.passed() } else { assert!(trial.failed(half).is_none()) }
            }
            (trial.finding(), trial)
        };
        assert_eq!(halves(true, false, false).0, Finding::BatchAtFault);
        assert_eq!(halves(false, true, false).0, Finding::BatchAtFault);
        assert_eq!(halves(false, false, true).0, Finding::BatchAtFault, "others are confirmed");
        let (finding, mut trial) = halves(false, false, false);
        assert_eq!((finding, trial.failed.len()), (Finding::TrySingles, 2));
        trial.singles(2);
        assert!(trial.failed(batch(1)).is_some());
        assert_eq!(trial.finding(), Finding::Open);
        assert!(trial.failed(batch(1)).is_some());
        assert_eq!(trial.finding(), Finding::Outage);
        trial.batch.at_fault = true;
        assert_eq!(trial.finding(), Finding::Outage);
        trial.batch.request.slots = 0..SMALL;
        assert_eq!(trial.finding(), Finding::BatchAtFault);
        trial.singles(1);
        trial.passed();
        assert_eq!(trial.finding(), Finding::BatchAtFault);
    }
}
