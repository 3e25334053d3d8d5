//! A journal that is looked at without running its job: for the `usercom` program, which asks before it resumes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::file::{MAX_SIZE, open_existing};
use super::format::{Unread, read};
use crate::interface::IdState;

/// The journal of one job, whether it exists or not.
#[derive(Clone, Debug)]
pub struct JobJournal {
    dir: PathBuf,
    name: String,
    ids: usize,
}

/// What is found at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing, or nothing that a run could resume.
    Nothing,
    /// The job is running.
    Running,
    /// A run that ended early would resume: so many ids are confirmed and rejected.
    Resumable {
        /// Ids that are confirmed.
        confirmed: usize,
        /// Ids that are rejected.
        rejected: usize,
    },
    /// A run would not use it, for this reason.
    Unfit(String),
}

impl JobJournal {
    /// The journal with this name in a directory, of a job with so many distinct ids.
    pub fn new(dir: &Path, name: &str, ids: usize) -> JobJournal {
        JobJournal { dir: dir.to_owned(), name: name.to_owned(), ids }
    }

    pub(crate) fn of(dir: &Path, fingerprint: &[u8; 32], ids: usize) -> JobJournal {
        let name: String = fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        JobJournal { dir: dir.to_owned(), name, ids }
    }

    /// The same for every run of the identical job.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many distinct ids the job has.
    pub fn ids(&self) -> usize {
        self.ids
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.join(format!("{}.journal", self.name))
    }

    /// What is there. Changes nothing, but takes the lock for a moment.
    ///
    /// # Errors
    /// If there is something that can't be read.
    pub fn look(&self, max_age: Duration) -> io::Result<Kept> {
        match open_existing(&self.path()) {
            Ok(Some(file)) => {
                let found = self.read(&file, max_age);
                // A forked child may share the file: closing it would not unlock it.
                file.unlock()?;
                found
            }
            Ok(None) => Ok(Kept::Nothing),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Kept::Running),
            Err(error) => Err(error),
        }
    }

    /// What is recorded, also while the job is running.
    ///
    /// # Errors
    /// If there is something that can't be read.
    pub fn recorded(&self, max_age: Duration) -> io::Result<Kept> {
        match File::open(self.path()) {
            Ok(file) => self.read(&file, max_age),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::Nothing),
            Err(error) => Err(error),
        }
    }

    fn read(&self, file: &File, max_age: Duration) -> io::Result<Kept> {
        let mut bytes = Vec::new();
        file.take(MAX_SIZE).read_to_end(&mut bytes)?;
        Ok(match read(&bytes, &self.name, self.ids, SystemTime::now(), max_age) {
            Err(Unread::New) => Kept::Nothing,
            Err(Unread::Unfit(why)) => Kept::Unfit(why),
            Ok(found) if found.entries.is_empty() => Kept::Nothing,
            Ok(found) => {
                let mut states = vec![IdState::NotAttempted; self.ids];
                for entry in found.entries {
                    states[entry.slots].fill(entry.state);
                }
                let count = |wanted| states.iter().filter(|state| **state == wanted).count();
                Kept::Resumable { confirmed: count(IdState::Confirmed), rejected: count(IdState::Rejected) }
            }
        })
    }

    /// Renames it, so that the next run of the job starts from the beginning. A running job keeps its journal.
    ///
    /// # Errors
    /// If the job is running (`WouldBlock`), or the file can't be renamed.
    pub fn put_away(&self) -> io::Result<()> {
        let path = self.path();
        self.locked(|| std::fs::rename(&path, path.with_extension("journal.stale")))
    }

    /// Removes it. A running job keeps its journal.
    ///
    /// # Errors
    /// If the job is running (`WouldBlock`), or the file can't be removed.
    pub fn remove(&self) -> io::Result<()> {
        let path = self.path();
        self.locked(|| std::fs::remove_file(&path))
    }

    fn locked(&self, change: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let Some(file) = open_existing(&self.path())? else { return Ok(()) };
        let changed = change();
        file.unlock()?;
        changed
    }
}
