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

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_journal_is_used_by_one_and_removed_by_its_owner() {
        use crate::journal::{Entry, Journal, Unusable};

        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("journals");
        let open = || Journal::open(&dir, HOUR, &[7; 32], 3, SystemTime::now());
        let place = JobJournal::of(&dir, &[7; 32], 3);
        let mut opened = open().unwrap();
        assert!(matches!(open(), Err(Unusable::Busy(path)) if path == place.path()));
        assert_eq!(place.recorded(HOUR).unwrap(), Kept::Nothing, "nothing is recorded");
        let entry = |state, slots| Entry { state, slots, http_status: None };
        opened.journal.record(&[entry(IdState::Confirmed, 0..2), entry(IdState::Rejected, 2..3)]).unwrap();
        assert_eq!(place.recorded(HOUR).unwrap(), Kept::Resumable { confirmed: 2, rejected: 1 });
        opened.journal.remove().unwrap();
        assert!(!place.path().exists());
        // Somebody else's stays.
        let opened = open().unwrap();
        std::fs::remove_file(place.path()).unwrap();
        opened.journal.remove().unwrap();
        let opened = open().unwrap();
        std::fs::remove_file(place.path()).unwrap();
        std::fs::write(place.path(), "another run's").unwrap();
        opened.journal.remove().unwrap();
        assert_eq!(std::fs::read_to_string(place.path()).unwrap(), "another run's");
        std::fs::remove_file(place.path()).unwrap();
        // What can't be looked at is an error.
        let opened = open().unwrap();
        std::fs::rename(&dir, parent.path().join("moved")).unwrap();
        std::fs::write(&dir, "").unwrap();
        assert!(opened.journal.remove().is_err());
    }

    #[test]
    fn nothing_there_is_no_error_but_something_else_is() {
        let dir = tempfile::tempdir().unwrap();
        let place = JobJournal::new(dir.path(), "job", 3);
        assert_eq!((place.name(), place.ids()), ("job", 3));
        assert_eq!(place.look(HOUR).unwrap(), Kept::Nothing);
        assert_eq!(place.recorded(HOUR).unwrap(), Kept::Nothing);
        place.remove().unwrap();
        std::fs::create_dir(place.path()).unwrap();
        assert!(place.look(HOUR).is_err() && place.recorded(HOUR).is_err(), "a directory");
        std::fs::remove_dir(place.path()).unwrap();
        std::fs::write(place.path(), "").unwrap();
        let below = JobJournal::new(&place.path(), "job", 3);
        assert!(below.look(HOUR).is_err() && below.recorded(HOUR).is_err(), "below a file");
        let held = open_existing(&place.path()).unwrap().unwrap();
        assert_eq!(place.look(HOUR).unwrap(), Kept::Running);
        assert_eq!(place.recorded(HOUR).unwrap(), Kept::Nothing);
        drop(held);
        place.remove().unwrap();
        assert!(!place.path().exists());
    }
}
