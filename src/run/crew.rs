//! Who sends: worker threads that live as long as the run, or the caller's own thread for a small one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Scope};
use std::time::Instant;

use crate::wire::{Request, Verdict};

/// What came of one request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub ticket: u64,
    pub verdict: Verdict,
}

/// Where a run takes place: its clock, and the other side. Tests put a simulated one here.
pub(crate) trait World {
    fn now(&self) -> Instant;

    /// Sends a request; its answer comes out of [`World::wait`].
    fn send(&mut self, ticket: u64, request: Request);

    /// Waits for an answer, at most until then.
    fn wait(&mut self, until: Option<Instant>) -> Option<Answer>;

    /// Ends all that is under way. The answers still come.
    fn cut(&mut self);

    /// How many requests can be under way at once.
    fn capacity(&self) -> usize;
}

/// One attempt: renders and sends. The buffer keeps its memory.
pub(crate) trait Attempt: Sync {
    fn attempt(&self, request: &Request, buffer: &mut Vec<u8>) -> Verdict;

    fn cut(&self);
}

type Queue = Mutex<Receiver<(u64, Request)>>;

pub(crate) struct Crew<'scope, 'env, A> {
    scope: &'scope Scope<'scope, 'env>,
    attempt: &'env A,
    /// One request on the caller's thread costs no thread; with somebody watching it must not block.
    alone: bool,
    buffer: Vec<u8>,
    done: Option<Answer>,
    /// Made for the first worker.
    desk: Option<Desk>,
    workers: usize,
    busy: usize,
    /// The system gave no more threads.
    refused: bool,
}

/// Where orders go out and answers come in.
struct Desk {
    orders: Sender<(u64, Request)>,
    queue: Arc<Queue>,
    answers: Receiver<Answer>,
    answer_to: Sender<Answer>,
}

impl Desk {
    fn new() -> Desk {
        let (orders, queue) = mpsc::channel();
        let (answer_to, answers) = mpsc::channel();
        Desk { orders, queue: Arc::new(Mutex::new(queue)), answers, answer_to }
    }
}

impl<'scope, 'env, A: Attempt> Crew<'scope, 'env, A> {
    pub fn new(scope: &'scope Scope<'scope, 'env>, attempt: &'env A, alone: bool) -> Self {
        Crew {
            scope,
            attempt,
            alone,
            buffer: Vec::new(),
            done: None,
            desk: None,
            workers: 0,
            busy: 0,
            refused: false,
        }
    }

    fn hire(&mut self) {
        let desk = self.desk.get_or_insert_with(Desk::new);
        let (queue, answers, attempt) = (desk.queue.clone(), desk.answer_to.clone(), self.attempt);
        let work = move || {
            let mut buffer = Vec::new();
            while let Some((ticket, request)) = next_order(&queue) {
                let verdict = sheltered(attempt, &request, &mut buffer);
                if answers.send(Answer { ticket, verdict }).is_err() {
                    return;
                }
            }
        };
        let hired = thread::Builder::new().name("usercom".into()).spawn_scoped(self.scope, work);
        match hired {
            Ok(_) => self.workers += 1,
            Err(_) => self.refused = true,
        }
    }
}

fn next_order(queue: &Queue) -> Option<(u64, Request)> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// A bug in here must not take the caller's process with it.
fn sheltered(attempt: &impl Attempt, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| attempt.attempt(request, buffer))).unwrap_or(Verdict::Panicked)
}

impl<A: Attempt> World for Crew<'_, '_, A> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn send(&mut self, ticket: u64, request: Request) {
        if !self.alone && self.busy == self.workers && !self.refused {
            self.hire();
        }
        match &self.desk {
            Some(desk) if self.workers > 0 => {
                // The queue outlives the sender: it is on the same desk.
                let _ = desk.orders.send((ticket, request));
                self.busy += 1;
            }
            _ => {
                let verdict = sheltered(self.attempt, &request, &mut self.buffer);
                self.done = Some(Answer { ticket, verdict });
            }
        }
    }

    fn wait(&mut self, until: Option<Instant>) -> Option<Answer> {
        if let Some(answer) = self.done.take() {
            return Some(answer);
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let answer = match (&self.desk, left) {
            // The sender is on the desk, so a receive can only end by an answer or by time.
            (Some(desk), None) => desk.answers.recv().ok(),
            (Some(desk), Some(left)) => desk.answers.recv_timeout(left).ok(),
            // Nobody is at work: only time can pass.
            (None, left) => {
                thread::sleep(left.unwrap_or_default());
                None
            }
        };
        self.busy -= usize::from(answer.is_some());
        answer
    }

    fn cut(&mut self) {
        self.attempt.cut();
    }

    fn capacity(&self) -> usize {
        if self.alone || self.refused { self.workers.max(1) } else { usize::MAX }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::run::backoff::Dice;
    use crate::run::engine::{Engine, Limits};
    use crate::run::ledger::IdState;
    use crate::run::report::Status;
    use crate::run::simulation::{limits, one_value};
    use crate::run::watch::Watch;
    use crate::run::{close, drive};

    struct Doubtful;

    impl Attempt for Doubtful {
        fn attempt(&self, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
            buffer.push(0);
            assert!(request.slots.start != 1, "injected");
            Verdict::Confirmed(Vec::new())
        }

        fn cut(&self) {}
    }

    #[test]
    fn a_panic_becomes_a_verdict() {
        let request = |slot| Request { group: 0, slots: slot..slot + 1, skip: vec![] };
        for alone in [false, true] {
            thread::scope(|scope| {
                let mut crew = Crew::new(scope, &Doubtful, alone);
                for slot in 0..3 {
                    crew.send(slot as u64, request(slot));
                    let answer = crew.wait(Some(Instant::now() + Duration::from_secs(10))).unwrap();
                    assert_eq!(answer.ticket, slot as u64);
                    assert_eq!(answer.verdict == Verdict::Panicked, slot == 1);
                }
                assert_eq!(crew.workers, usize::from(!alone), "a worker survives and is used again");
            });
        }
    }

    #[test]
    fn a_panic_costs_its_own_batch_only() {
        let ids: Vec<i64> = (1..=20).collect();
        let job = one_value(&ids);
        for alone in [false, true] {
            let report = thread::scope(|scope| {
                let limits = Limits { batch_size: 1, ..limits() };
                let mut engine = Engine::new(&job, limits, Arc::default(), Dice::new(1), Instant::now());
                let mut crew = Crew::new(scope, &Doubtful, alone);
                let (traffic, _) = drive(&mut engine, &mut crew, &mut Watch::default());
                close(&job, engine, traffic, Watch::default())
            });
            assert_eq!((report.status(), report.confirmed()), (Status::Internal, 19), "{report}");
            assert_eq!((report.states()[1], report.unknown()), (IdState::Unknown, 1), "{report}");
        }
    }
}
