//! What a run has settled, on disk, so that repeating the identical call after a crash resumes the run.

mod file;
mod fingerprint;
mod format;
mod kept;

pub(crate) use file::{Journal, Opened, Unusable};
pub(crate) use fingerprint::fingerprint;
pub(crate) use format::Entry;
#[cfg(fuzzing)]
pub(crate) use format::{header, line, read};
pub use kept::{JobJournal, Kept};
