//! Who sends: worker threads that live as long as the run, or the caller's own thread where one request at a time
//! is enough or no thread is to be had.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Scope, ScopedJoinHandle};
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

pub(crate) struct Crew<'scope, 'env, A> {
    scope: &'scope Scope<'scope, 'env>,
    attempt: &'env A,
    /// One request at a time on the caller's thread costs no thread; with somebody watching it must not block.
    alone: bool,
    buffer: Vec<u8>,
    /// What nobody was free for: the first worker that is takes it, or the caller's thread where there is none.
    kept: Option<Order>,
    workers: Vec<Worker<'scope>>,
    /// Who has nothing to do. Who came back last goes first: its connection and its memory are warm.
    idle: Vec<usize>,
    /// Made for the first worker.
    answers: Option<(Sender<Delivery>, Receiver<Delivery>)>,
    /// The system gave no more threads.
    refused: bool,
}

struct Worker<'scope> {
    orders: Sender<Order>,
    thread: ScopedJoinHandle<'scope, ()>,
}

/// A ticket and what to send.
type Order = (u64, Request);

/// A worker's number and what came of its order.
type Delivery = (usize, Answer);

impl<'scope, 'env, A: Attempt> Crew<'scope, 'env, A> {
    pub fn new(scope: &'scope Scope<'scope, 'env>, attempt: &'env A, alone: bool) -> Self {
        Crew {
            scope,
            attempt,
            alone,
            buffer: Vec::new(),
            kept: None,
            workers: Vec::new(),
            idle: Vec::new(),
            answers: None,
            refused: false,
        }
    }

    fn hire(&mut self) {
        let (number, attempt) = (self.workers.len(), self.attempt);
        let (answer_to, _) = self.answers.get_or_insert_with(mpsc::channel);
        let (answer_to, (orders, received)) = (answer_to.clone(), mpsc::channel::<Order>());
        let work = move || {
            let mut buffer = Vec::new();
            for (ticket, request) in received {
                let verdict = sheltered(attempt, &request, &mut buffer);
                if answer_to.send((number, Answer { ticket, verdict })).is_err() {
                    return;
                }
            }
        };
        let hired = thread::Builder::new().name("usercom".into()).spawn_scoped(self.scope, work);
        match hired {
            Ok(thread) => {
                self.workers.push(Worker { orders, thread });
                self.idle.push(number);
            }
            Err(_) => self.refused = true,
        }
    }
}

/// A bug in here must not take the caller's process with it.
fn sheltered(attempt: &impl Attempt, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| attempt.attempt(request, buffer))).unwrap_or(Verdict::Panicked)
}

/// A scope waits until its closures have returned; the host may count on it that the threads have ended, too.
impl<A> Drop for Crew<'_, '_, A> {
    fn drop(&mut self) {
        // Without a sender of orders a worker returns. What it panics with has become a verdict.
        let threads: Vec<_> = self.workers.drain(..).map(|worker| worker.thread).collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    }
}

impl<A: Attempt> World for Crew<'_, '_, A> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn send(&mut self, ticket: u64, request: Request) {
        if !self.alone && self.idle.is_empty() && !self.refused {
            self.hire();
        }
        match self.idle.pop() {
            // A worker takes orders until the crew is gone.
            Some(worker) => drop(self.workers[worker].orders.send((ticket, request))),
            None => self.kept = Some((ticket, request)),
        }
    }

    fn wait(&mut self, until: Option<Instant>) -> Option<Answer> {
        if self.workers.is_empty()
            && let Some((ticket, request)) = self.kept.take()
        {
            let verdict = sheltered(self.attempt, &request, &mut self.buffer);
            return Some(Answer { ticket, verdict });
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let delivery = match (&self.answers, left) {
            // A sender is in here, so that a receive can only end by an answer or by time.
            (Some((_, answers)), None) => answers.recv().ok(),
            (Some((_, answers)), Some(left)) => answers.recv_timeout(left).ok(),
            // Nobody is at work: only time can pass.
            (None, left) => {
                thread::sleep(left.unwrap_or_default());
                None
            }
        };
        let (worker, answer) = delivery?;
        match self.kept.take() {
            Some(order) => drop(self.workers[worker].orders.send(order)),
            None => self.idle.push(worker),
        }
        Some(answer)
    }

    fn cut(&mut self) {
        self.attempt.cut();
    }

    fn capacity(&self) -> usize {
        if self.alone || self.refused { self.workers.len().max(1) } else { usize::MAX }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex;
    use std::thread::ThreadId;
    use std::time::Duration;

    use super::*;
    use crate::run::backoff::Dice;
    use crate::run::engine::{Engine, Limits};
    use crate::run::ledger::IdState;
    use crate::run::report::Status;
    use crate::run::simulation::{limits, one_value};
    use crate::run::watch::Watch;
    use crate::run::{close, drive};

    fn request(slot: usize) -> Request {
        Request::single(0, slot)
    }

    struct Doubtful;

    impl Attempt for Doubtful {
        fn attempt(&self, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
            buffer.push(0);
            assert!(request.slots.start != 1, "injected");
            Verdict::Confirmed(Vec::new())
        }

        fn cut(&self) {}
    }

    /// Where each attempt was made.
    #[derive(Default)]
    struct Places(Mutex<Vec<ThreadId>>);

    impl Attempt for Places {
        fn attempt(&self, _: &Request, _: &mut Vec<u8>) -> Verdict {
            self.0.lock().unwrap().push(thread::current().id());
            Verdict::Confirmed(Vec::new())
        }

        fn cut(&self) {}
    }

    #[test]
    fn without_more_threads_those_that_there_are_do_the_work() {
        let here = thread::current().id();
        for workers in 0..3 {
            let places = Places::default();
            thread::scope(|scope| {
                let mut crew = Crew::new(scope, &places, false);
                (0..workers).for_each(|_| crew.hire());
                crew.refused = true;
                // One more than there are workers, as when the last one could not be had.
                let most = crew.capacity().max(workers + 1);
                (0..most).for_each(|ticket| crew.send(ticket as u64, request(0)));
                let mut back: Vec<u64> = (0..most).map(|_| crew.wait(None).unwrap().ticket).collect();
                back.sort_unstable();
                assert!(back.into_iter().eq(0..most as u64));
                assert_eq!(crew.idle.len(), workers, "each of them is free again");
            });
            let places = places.0.into_inner().unwrap();
            assert!(places.iter().all(|place| (*place == here) == (workers == 0)), "{workers} workers");
        }
    }

    #[test]
    fn a_panic_becomes_a_verdict() {
        for alone in [false, true] {
            thread::scope(|scope| {
                let mut crew = Crew::new(scope, &Doubtful, alone);
                for slot in 0..3 {
                    crew.send(slot as u64, request(slot));
                    let answer = crew.wait(Some(Instant::now() + Duration::from_secs(10))).unwrap();
                    assert_eq!(answer.ticket, slot as u64);
                    assert_eq!(answer.verdict == Verdict::Panicked, slot == 1);
                }
                assert_eq!(crew.workers.len(), usize::from(!alone), "a worker survives and is used again");
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
