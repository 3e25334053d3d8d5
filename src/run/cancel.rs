//! The handle that cancels runs from elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cancels runs from any other thread or from a signal handler. Clones cancel the same runs.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A handle that has not been requested.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Asks every run with this handle to stop. They return within 6 s; ids in flight end unknown. Only a name lookup,
    /// which the system limits, and connecting, up to 10 s, can't be aborted.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether a cancel was requested.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
