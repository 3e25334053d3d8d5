//! What all of a process shares, such that a forked child starts afresh.
//!
//! A child inherits its parent's memory with every lock as it was, also those that some other thread of the
//! parent held at that moment and that nobody will ever open. So each process gets a list of its own, found
//! without a lock.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many forks deep the lists reach; deeper ones share the last.
const DEPTH: usize = 32;

/// A list for each process.
pub(crate) struct PerProcess<T> {
    lists: [List<T>; DEPTH],
}

struct List<T> {
    /// Whose it is; 0: nobody's yet.
    pid: AtomicU32,
    items: Mutex<Vec<T>>,
}

impl<T> PerProcess<T> {
    pub const fn new() -> PerProcess<T> {
        PerProcess {
            lists: [const { List { pid: AtomicU32::new(0), items: Mutex::new(Vec::new()) } }; DEPTH],
        }
    }

    /// This process's list.
    pub fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        let list = self.find(std::process::id());
        list.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, pid: u32) -> &List<T> {
        let own = |list: &&List<T>| {
            let taken = list.pid.compare_exchange(0, pid, Ordering::Relaxed, Ordering::Relaxed);
            taken.is_ok() || taken == Err(pid)
        };
        self.lists.iter().find(own).unwrap_or(&self.lists[DEPTH - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_has_its_own() {
        let shared: PerProcess<u8> = PerProcess::new();
        let locked_for_ever = shared.find(100).items.lock().unwrap();
        shared.find(101).items.lock().unwrap().push(1);
        assert_eq!(*shared.find(101).items.lock().unwrap(), [1]);
        drop(locked_for_ever);
        assert!(shared.find(100).items.lock().unwrap().is_empty());
        assert!((200..300).all(|pid| std::ptr::eq(shared.find(pid), shared.find(pid))));
    }
}
