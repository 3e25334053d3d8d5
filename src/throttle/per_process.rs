//! A list that all threads of a process share and that a forked child starts empty.
//!
//! A child inherits its parent's memory with every lock as it was. A lock that another thread of the parent held at
//! that moment is never released in the child. So each process has a list of its own, found without a lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many generations of forks have a list of their own; deeper ones share the last.
const DEPTH: usize = 32;

/// A list for each process.
pub(crate) struct PerProcess<T> {
    lists: [Mutex<Vec<T>>; DEPTH],
}

impl<T> PerProcess<T> {
    pub const fn new() -> PerProcess<T> {
        PerProcess { lists: [const { Mutex::new(Vec::new()) }; DEPTH] }
    }

    /// This process's list.
    pub fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.of(generation()).lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, generation: u32) -> &Mutex<Vec<T>> {
        &self.lists[(generation as usize).min(DEPTH) - 1]
    }
}

/// The generation of this process: 1, and in a forked child a number above those of all its ancestors.
pub(crate) use generation::generation;

/// Kept in a page that the kernel empties in every child, so that no system call is needed. `pthread_atfork` is no
/// alternative: its handlers don't run after a bare `clone`, and must be removed when the library is unloaded.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)] // only the system can provide such memory
mod generation {
    use std::ptr;
    use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering::SeqCst};

    use super::by_pid;

    pub(crate) fn generation() -> u32 {
        static HIGHEST: AtomicU32 = AtomicU32::new(0);
        let Some(page) = page() else { return by_pid::generation() };
        match page.load(SeqCst) {
            0 => {
                let next = HIGHEST.load(SeqCst) + 1;
                HIGHEST.fetch_max(next, SeqCst); // first, since a child may be forked at any moment
                // Another thread of this process may have been first.
                page.compare_exchange(0, next, SeqCst, SeqCst).map_or_else(|first| first, |_| next)
            }
            known => known,
        }
    }

    /// Not a `OnceLock`: a child that is forked while it is being set would wait for ever.
    fn page() -> Option<&'static AtomicU32> {
        static PAGE: AtomicPtr<AtomicU32> = AtomicPtr::new(ptr::null_mut());
        static NONE: AtomicU32 = AtomicU32::new(0);
        let none = ptr::from_ref(&NONE).cast_mut();
        let mut page = PAGE.load(SeqCst);
        if page.is_null() {
            let new = new_page().unwrap_or(none);
            // If another thread was first, this page is leaked.
            page = PAGE.compare_exchange(page, new, SeqCst, SeqCst).map_or_else(|first| first, |_| new);
        }
        // SAFETY: the static, or a page that is never unmapped.
        (page != none).then(|| unsafe { &*page })
    }

    /// `None` before Linux 4.14.
    fn new_page() -> Option<*mut AtomicU32> {
        const SIZE: usize = size_of::<AtomicU32>(); // the kernel rounds it up to a page
        // SAFETY: maps new memory.
        let page = unsafe {
            libc::mmap(
                ptr::null_mut(),
                SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if page == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: the page is ours.
        let emptied = unsafe { libc::madvise(page, SIZE, libc::MADV_WIPEONFORK) } == 0;
        emptied.then_some(page.cast())
    }
}

#[cfg(not(target_os = "linux"))]
use by_pid as generation;

/// Without help from the kernel: a child has another process id.
mod by_pid {
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    pub(crate) fn generation() -> u32 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let last = LAST.load(SeqCst);
        let next = following(last, std::process::id());
        // Another thread of this process may have been first.
        LAST.compare_exchange(last, next, SeqCst, SeqCst).map_or_else(|first| first, |_| next) as u32
    }

    /// The id is above, the generation below, so that both change at once.
    pub(super) fn following(last: u64, id: u32) -> u64 {
        match (last >> 32) as u32 == id {
            true => last,
            false => u64::from(id) << 32 | (u64::from(last as u32) + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_has_its_own() {
        let shared: PerProcess<u8> = PerProcess::new();
        let locked_for_ever = shared.of(1).lock().unwrap();
        shared.of(2).lock().unwrap().push(1);
        assert_eq!(*shared.of(2).lock().unwrap(), [1]);
        drop(locked_for_ever);
        assert!(shared.of(1).lock().unwrap().is_empty());
        assert!((200..300).all(|deep| std::ptr::eq(shared.of(deep), shared.of(deep + 1))));
    }

    #[test]
    fn a_child_has_the_next_number() {
        let mut last = 0;
        for (id, number) in [(7, 1), (7, 1), (9, 2), (7, 3), (7, 3)] {
            last = by_pid::following(last, id);
            assert_eq!((last >> 32, last as u32), (u64::from(id), number));
        }
    }

    #[test]
    fn a_process_keeps_its_number() {
        assert_eq!(by_pid::generation(), 1);
        let number = || (generation(), by_pid::generation());
        let others: Vec<_> = (0..8).map(|_| std::thread::spawn(number)).collect();
        assert!(others.into_iter().all(|other| other.join().unwrap() == number()));
    }
}
