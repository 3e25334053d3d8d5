//! The threads that send: workers that live as long as the run, or the caller's own thread if one request at a time
//! is enough or the system has no more threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Instant;

use super::transport::{Received, Transport};
use crate::wire::{Request, Verdict};

/// One attempt: renders and sends. The buffer is reused.
pub(crate) trait Attempt: Sync {
    fn attempt(&self, request: &Request, buffer: &mut Vec<u8>) -> Verdict;

    fn abort(&self);
}

pub(crate) struct WorkerPool<'scope, 'env, A> {
    scope: &'scope Scope<'scope, 'env>,
    attempt: &'env A,
    /// One request at a time on the caller's thread, which needs no other thread but blocks this one.
    on_this_thread: bool,
    buffer: Vec<u8>,
    /// A request that no worker was free for. The next free worker takes it, or the caller's thread if there is none.
    waiting: Option<Order>,
    workers: Vec<Worker<'scope>>,
    /// The workers that have nothing to do. The last one is used first: its connection and memory are warm.
    idle: Vec<usize>,
    /// Made with the first worker.
    responses: Option<(Sender<Finished>, Receiver<Finished>)>,
    /// The system has no more threads.
    no_more_threads: bool,
}

struct Worker<'scope> {
    orders: Sender<Order>,
    thread: ScopedJoinHandle<'scope, ()>,
}

/// A ticket and what to send.
type Order = (u64, Request);

/// A worker's number and the response to its order.
type Finished = (usize, Received);

impl<'scope, 'env, A: Attempt> WorkerPool<'scope, 'env, A> {
    pub fn new(scope: &'scope Scope<'scope, 'env>, attempt: &'env A, on_this_thread: bool) -> Self {
        WorkerPool {
            scope,
            attempt,
            on_this_thread,
            buffer: Vec::new(),
            waiting: None,
            workers: Vec::new(),
            idle: Vec::new(),
            responses: None,
            no_more_threads: false,
        }
    }

    fn spawn(&mut self) {
        let (number, attempt) = (self.workers.len(), self.attempt);
        let (respond_to, _) = self.responses.get_or_insert_with(mpsc::channel);
        let (respond_to, (orders, received)) = (respond_to.clone(), mpsc::channel::<Order>());
        let work = move || {
            let mut buffer = Vec::new();
            for (ticket, request) in received {
                let verdict = attempt_safely(attempt, &request, &mut buffer);
                if respond_to.send((number, Received { ticket, verdict })).is_err() {
                    return;
                }
            }
        };
        let spawned = thread::Builder::new().name("usercom".into()).spawn_scoped(self.scope, work);
        match spawned {
            Ok(thread) => {
                self.workers.push(Worker { orders, thread });
                self.idle.push(number);
            }
            Err(_) => self.no_more_threads = true,
        }
    }
}

/// A panic in here must not end the caller's process.
fn attempt_safely(attempt: &impl Attempt, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| attempt.attempt(request, buffer))).unwrap_or(Verdict::Panicked)
}

/// A scope only waits for its closures to return. The host may rely on the threads themselves having ended.
impl<A> Drop for WorkerPool<'_, '_, A> {
    fn drop(&mut self) {
        // Without a sender of orders a worker returns. Its panics have become verdicts.
        let threads: Vec<_> = self.workers.drain(..).map(|worker| worker.thread).collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    }
}

impl<A: Attempt> Transport for WorkerPool<'_, '_, A> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn send(&mut self, ticket: u64, request: Request) {
        if !self.on_this_thread && self.idle.is_empty() && !self.no_more_threads {
            self.spawn();
        }
        match self.idle.pop() {
            // A worker takes orders as long as the pool exists.
            Some(worker) => drop(self.workers[worker].orders.send((ticket, request))),
            None => self.waiting = Some((ticket, request)),
        }
    }

    fn wait(&mut self, until: Option<Instant>) -> Option<Received> {
        if self.workers.is_empty()
            && let Some((ticket, request)) = self.waiting.take()
        {
            let verdict = attempt_safely(self.attempt, &request, &mut self.buffer);
            return Some(Received { ticket, verdict });
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let finished = match (&self.responses, left) {
            // The pool has a sender itself, so a receive ends only with a response or by time.
            (Some((_, responses)), None) => responses.recv().ok(),
            (Some((_, responses)), Some(left)) => responses.recv_timeout(left).ok(),
            // Without workers there is nothing to wait for but time.
            (None, left) => {
                thread::sleep(left.unwrap_or_default());
                None
            }
        };
        let (worker, response) = finished?;
        match self.waiting.take() {
            Some(order) => drop(self.workers[worker].orders.send(order)),
            None => self.idle.push(worker),
        }
        Some(response)
    }

    fn abort(&mut self) {
        self.attempt.abort();
    }

    fn capacity(&self) -> usize {
        if self.on_this_thread || self.no_more_threads { self.workers.len().max(1) } else { usize::MAX }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex;
    use std::thread::ThreadId;
    use std::time::Duration;

    use super::*;
    use crate::interface::{IdState, Status};
    use crate::run::engine::{Engine, Limits};
    use crate::run::tests::support::{limits, one_value};
    use crate::run::{Hooks, Recorder, drive, finish};
    use crate::throttle::Rng;

    fn request(slot: usize) -> Request {
        Request::single(0, slot)
    }

    struct Panics;

    impl Attempt for Panics {
        fn attempt(&self, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
            buffer.push(0);
            assert!(request.slots.start != 1, "injected");
            Verdict::Confirmed(Vec::new())
        }

        fn abort(&self) {}
    }

    /// Where each attempt was made.
    #[derive(Default)]
    struct Places(Mutex<Vec<ThreadId>>);

    impl Attempt for Places {
        fn attempt(&self, _: &Request, _: &mut Vec<u8>) -> Verdict {
            self.0.lock().unwrap().push(thread::current().id());
            Verdict::Confirmed(Vec::new())
        }

        fn abort(&self) {}
    }

    #[test]
    fn without_more_threads_the_existing_ones_do_the_work() {
        let here = thread::current().id();
        for workers in 0..3 {
            let places = Places::default();
            thread::scope(|scope| {
                let mut pool = WorkerPool::new(scope, &places, false);
                (0..workers).for_each(|_| pool.spawn());
                pool.no_more_threads = true;
                // One more than there are workers, as if the last one could not be spawned.
                let most = pool.capacity().max(workers + 1);
                (0..most).for_each(|ticket| pool.send(ticket as u64, request(0)));
                let mut back: Vec<u64> = (0..most).map(|_| pool.wait(None).unwrap().ticket).collect();
                back.sort_unstable();
                assert!(back.into_iter().eq(0..most as u64));
                assert_eq!(pool.idle.len(), workers, "each of them is free again");
            });
            let places = places.0.into_inner().unwrap();
            assert!(places.iter().all(|place| (*place == here) == (workers == 0)), "{workers} workers");
        }
    }

    #[test]
    fn an_abort_reaches_what_is_in_flight() {
        #[derive(Default)]
        struct Aborted(Mutex<u32>);
        impl Attempt for Aborted {
            fn attempt(&self, _: &Request, _: &mut Vec<u8>) -> Verdict {
                Verdict::Panicked
            }
            fn abort(&self) {
                *self.0.lock().unwrap() += 1;
            }
        }
        let aborted = Aborted::default();
        thread::scope(|scope| WorkerPool::new(scope, &aborted, false).abort());
        assert_eq!(aborted.0.into_inner().unwrap(), 1);
    }

    /// Not only their work: what the host unloads must not be run any more.
    #[test]
    fn threads_have_ended_with_the_pool() {
        thread_local!(static LAST: std::cell::RefCell<Option<Ends>> = const { std::cell::RefCell::new(None) });
        struct Ends(Arc<Mutex<u32>>);
        impl Drop for Ends {
            fn drop(&mut self) {
                thread::sleep(Duration::from_millis(50));
                *self.0.lock().unwrap() += 1;
            }
        }
        struct Leaves(Arc<Mutex<u32>>);
        impl Attempt for Leaves {
            fn attempt(&self, _: &Request, _: &mut Vec<u8>) -> Verdict {
                LAST.set(Some(Ends(self.0.clone())));
                Verdict::Confirmed(Vec::new())
            }
            fn abort(&self) {}
        }
        let ended = Arc::new(Mutex::new(0));
        let leaves = Leaves(ended.clone());
        thread::scope(|scope| {
            let mut pool = WorkerPool::new(scope, &leaves, false);
            (0..2).for_each(|ticket| pool.send(ticket, request(0)));
            (0..2).for_each(|_| drop(pool.wait(None).unwrap()));
            assert_eq!(*ended.lock().unwrap(), 0);
            drop(pool);
            assert_eq!(*ended.lock().unwrap(), 2);
        });
    }

    #[test]
    fn as_many_requests_at_once_as_there_may_be_threads() {
        let places = Places::default();
        thread::scope(|scope| {
            let mut pool = WorkerPool::new(scope, &places, false);
            assert_eq!(pool.capacity(), usize::MAX);
            (0..3).for_each(|_| pool.spawn());
            assert_eq!(pool.capacity(), usize::MAX);
            pool.no_more_threads = true;
            assert_eq!(pool.capacity(), 3);
            assert_eq!(WorkerPool::new(scope, &places, true).capacity(), 1);
        });
    }

    #[test]
    fn a_panic_becomes_a_verdict() {
        for on_this_thread in [false, true] {
            thread::scope(|scope| {
                let mut pool = WorkerPool::new(scope, &Panics, on_this_thread);
                for slot in 0..3 {
                    pool.send(slot as u64, request(slot));
                    let response = pool.wait(Some(Instant::now() + Duration::from_secs(10))).unwrap();
                    assert_eq!(response.ticket, slot as u64);
                    assert_eq!(response.verdict == Verdict::Panicked, slot == 1);
                }
                assert_eq!(
                    pool.workers.len(),
                    usize::from(!on_this_thread),
                    "a worker survives and is used again"
                );
            });
        }
    }

    #[test]
    fn a_panic_costs_its_own_batch_only() {
        let ids: Vec<i64> = (1..=20).collect();
        let job = one_value(&ids);
        for on_this_thread in [false, true] {
            let report = thread::scope(|scope| {
                let limits = Limits { batch_size: 1, ..limits() };
                let mut engine = Engine::new(&job, limits, Arc::default(), Rng::new(1), Instant::now());
                let mut pool = WorkerPool::new(scope, &Panics, on_this_thread);
                let (mut recorder, mut hooks) = (Recorder::default(), Hooks::default());
                let (traffic, _) = drive(&mut engine, &mut pool, &mut recorder, &mut hooks);
                finish(&job, engine, traffic, recorder, &hooks)
            });
            assert_eq!((report.status(), report.confirmed()), (Status::Internal, 19), "{report}");
            assert_eq!((report.states()[1], report.unknown()), (IdState::Unknown, 1), "{report}");
        }
    }
}
