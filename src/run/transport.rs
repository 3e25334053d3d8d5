//! What the loop of a run needs from outside: a clock, and somebody who sends requests.

use std::time::Instant;

use crate::wire::{Request, Verdict};

/// What came back for one request. Not called `Response`: cbindgen would take it for that of the HTTP library.
#[derive(Debug)]
pub(crate) struct Received {
    pub ticket: u64,
    pub verdict: Verdict,
}

/// Sends requests. Tests use a simulated one.
pub(crate) trait Transport {
    fn now(&self) -> Instant;

    /// Sends a request. [`Transport::wait`] returns its response.
    fn send(&mut self, ticket: u64, request: Request);

    /// Waits for a response, at most until then.
    fn wait(&mut self, until: Option<Instant>) -> Option<Received>;

    /// Aborts all requests in flight. Their responses still come.
    fn abort(&mut self);

    /// How many requests can be in flight at once.
    fn capacity(&self) -> usize;
}
