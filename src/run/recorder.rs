//! Keeps a run's journal up to date, and turns its failures into reasons to stop.

use std::io;
use std::path::Path;

use super::stop::Stop;
use crate::interface::Status;
use crate::journal::{Entry, Journal, Unusable};

/// The journal of a run, or none.
#[derive(Default)]
pub(super) struct Recorder {
    journal: Option<Journal>,
    /// After a failure nothing more is written, since the end of the file can't be trusted. The journal stays open:
    /// its lock must last until the last response.
    failed: Option<Stop>,
}

impl Recorder {
    pub fn new(journal: Journal) -> Recorder {
        Recorder { journal: Some(journal), failed: None }
    }

    /// Records what was settled and what is about to be sent.
    pub fn record(&mut self, entries: &[Entry]) -> Result<(), Stop> {
        let Some(journal) = self.journal.as_mut().filter(|_| self.failed.is_none()) else {
            return Ok(());
        };
        journal.record(entries).map_err(|error| {
            let stop = write_failed(journal.path(), &error);
            self.failed.insert(stop).clone()
        })
    }

    /// Removes the journal of a finished job and flushes that of an unfinished one.
    pub fn end(self, finished: bool) -> Result<(), Stop> {
        let Some(journal) = self.journal else { return Ok(()) };
        if let Some(failed) = self.failed {
            // This comes before any other reason to stop: the next run will send more than what is left.
            return Err(failed);
        }
        let path = journal.path().to_owned();
        let ended = if finished { journal.remove() } else { journal.keep() };
        ended.map_err(|error| write_failed(&path, &error))
    }
}

fn write_failed(path: &Path, error: &io::Error) -> Stop {
    let message = format!(
        "the journal {}: {error}; this report is exact, but repeating the call may send more than what is left",
        path.display()
    );
    Stop::new(Status::Journal, message)
}

/// Why a run can't begin without its journal.
pub(super) fn no_journal(why: &Unusable) -> Stop {
    match why {
        Unusable::Busy(path) => {
            let message =
                format!("the same update is running already: {} is locked; nothing was sent", path.display());
            Stop::new(Status::Busy, message)
        }
        Unusable::Io(path, error) => {
            Stop::new(Status::Journal, format!("the journal {}: {error}; nothing was sent", path.display()))
        }
    }
}
