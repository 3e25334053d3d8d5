//! A command that has not finished: what `usercom runs` shows of it, and what `usercom resume` needs. Never the token.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest;
use same_file::Handle;
use serde::{Deserialize, Serialize};
use usercom::{JobJournal, Kept};

use crate::account::trust;

/// No journal that is older can be resumed.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);
const EXTENSION: &str = "run";

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Record {
    /// The arguments after the program's name, and the directory in which they were given.
    pub arguments: Vec<String>,
    pub directory: PathBuf,
    pub input: InputRecord,
    /// In seconds since 1970.
    pub began: u64,
    /// In seconds: an older run is not resumed.
    pub max_age: u64,
    /// In the order in which they are sent.
    pub jobs: Vec<JobRecord>,
}

/// One of the library's runs.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct JobRecord {
    pub attribute: String,
    /// How many distinct ids it has.
    pub ids: usize,
    /// The journal's name.
    pub journal: String,
}

/// What was read.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum InputRecord {
    /// A list of ids among the arguments.
    Arguments,
    /// Or a pipe.
    StandardInput,
    File {
        path: PathBuf,
        size: u64,
        modified: Option<SystemTime>,
        sha256: String,
    },
}

impl InputRecord {
    pub fn of_file(path: &Path) -> io::Result<InputRecord> {
        // A pipe is gone when it has been read.
        if !fs::metadata(path)?.is_file() {
            return Ok(InputRecord::StandardInput);
        }
        let path = std::path::absolute(path)?;
        let mut file = File::open(&path)?;
        let found = file.metadata()?;
        let mut context = digest::Context::new(&digest::SHA256);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                n => context.update(&buffer[..n]),
            }
        }
        let sha256 = hex(context.finish().as_ref());
        Ok(InputRecord::File { path, size: found.len(), modified: found.modified().ok(), sha256 })
    }

    /// For people.
    pub fn name(&self) -> String {
        match self {
            InputRecord::Arguments => "(ids in the command)".to_owned(),
            InputRecord::StandardInput => "(a pipe)".to_owned(),
            InputRecord::File { path, .. } => path.display().to_string(),
        }
    }

    /// Whether the same can be read again, or why not.
    pub fn check(&self) -> Result<(), String> {
        let InputRecord::File { path, size, modified, sha256 } = self else {
            return match self {
                InputRecord::StandardInput => Err(
                    "the input was standard input or a pipe, which is gone; run the same command again with the same input and --resume"
                        .to_owned(),
                ),
                _ => Ok(()),
            };
        };
        let name = path.display();
        let found = fs::metadata(path).map_err(|error| format!("{name}: {error}"))?;
        if found.len() == *size && modified.is_some() && found.modified().ok() == *modified {
            return Ok(());
        }
        match InputRecord::of_file(path).map_err(|error| format!("{name}: {error}"))? {
            InputRecord::File { sha256: now, .. } if now == *sha256 => Ok(()),
            _ => Err(format!(
                "{name} has changed since the run began; run the command again to send what it holds now"
            )),
        }
    }
}

impl Record {
    /// The same for every run of the identical command.
    pub fn id(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        self.jobs.iter().for_each(|job| context.update(job.journal.as_bytes()));
        hex(&context.finish().as_ref()[..4])
    }

    /// The journals in `folder`, in order.
    pub fn journals(&self, folder: &Path) -> Vec<JobJournal> {
        self.jobs.iter().map(|job| JobJournal::new(folder, &job.journal, job.ids)).collect()
    }

    pub fn age(&self) -> Duration {
        let began = UNIX_EPOCH.checked_add(Duration::from_secs(self.began));
        began.and_then(|began| SystemTime::now().duration_since(began).ok()).unwrap_or_default()
    }

    pub fn is_too_old(&self) -> bool {
        self.age() > Duration::from_secs(self.max_age)
    }

    /// How many ids were confirmed and rejected so far, and whether it is running.
    pub fn progress(&self, folder: &Path) -> (usize, usize, bool) {
        let running = matches!(lock(&path(folder, &self.id()), false), Ok(Locked::Elsewhere));
        let (mut confirmed, mut rejected) = (0, 0);
        for journal in self.journals(folder) {
            if let Ok(Kept::Resumable { confirmed: some, rejected: others }) = journal.recorded(MAX_AGE) {
                confirmed += some;
                rejected += others;
            }
        }
        (confirmed, rejected, running)
    }

    /// The records in a folder, the latest first. What can't be read is none.
    pub fn all(folder: &Path) -> Result<Vec<Record>, String> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(format!("{}: {error}", folder.display())),
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let of_runs = paths.filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        let read = |path: PathBuf| serde_json::from_slice(&fs::read(path).ok()?).ok();
        let mut records: Vec<Record> = of_runs.filter_map(read).collect();
        records.sort_by_key(|record| std::cmp::Reverse(record.began));
        Ok(records)
    }

    /// Refused if somebody else can have written it: it says what to run.
    pub fn check_owner(&self, folder: &Path) -> Result<(), String> {
        let path = path(folder, &self.id());
        let fail = |problem: String| format!("{}: {problem}", path.display());
        let file = File::open(&path).map_err(|error| fail(error.to_string()))?;
        trust::only_ours(&path, &file).map_err(fail)
    }

    /// Removes what nobody can resume any more.
    pub fn prune(folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_stale = entry.path().extension().is_some_and(|extension| extension == "stale");
            let age =
                entry.metadata().and_then(|found| found.modified()).ok().and_then(|time| time.elapsed().ok());
            if is_stale && age.is_some_and(|age| age > MAX_AGE) {
                let _ = fs::remove_file(entry.path());
            }
        }
        let old = |record: &Record| record.age() > MAX_AGE;
        for record in Record::all(folder).unwrap_or_default().into_iter().filter(old) {
            if let Ok(Locked::Here(file)) = lock(&path(folder, &record.id()), false) {
                RecordFile { path: path(folder, &record.id()), file, journals: record.journals(folder) }
                    .remove();
            }
        }
    }

    /// Writes it; `None` if the same command is running.
    pub fn write(&self, folder: &Path) -> io::Result<Option<RecordFile>> {
        let path = path(folder, &self.id());
        // Whoever lists the runs holds the lock for a moment.
        let mut tries = 0;
        let mut file = loop {
            match lock(&path, true)? {
                Locked::Here(file) => break file,
                Locked::Elsewhere if tries == 5 => return Ok(None),
                Locked::Elsewhere => std::thread::sleep(Duration::from_millis(10)),
            }
            tries += 1;
        };
        file.set_len(0)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        Ok(Some(RecordFile { path, file, journals: self.journals(folder) }))
    }
}

/// A record on disk, locked while its command runs.
pub struct RecordFile {
    path: PathBuf,
    file: File,
    journals: Vec<JobJournal>,
}

impl RecordFile {
    /// Whether a journal has something to resume.
    pub fn is_resumable(&self) -> bool {
        let found = |journal: &JobJournal| matches!(journal.recorded(MAX_AGE), Ok(Kept::Resumable { .. }));
        self.journals.iter().any(found)
    }

    /// Removes it with its journals. One that can't be removed is only listed in vain.
    pub fn remove(self) {
        self.journals.iter().for_each(|journal| drop(journal.remove()));
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

enum Locked {
    Here(File),
    Elsewhere,
}

fn path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.{EXTENSION}"))
}

/// Opens the file for its owner only, and locks it.
fn lock(path: &Path, create: bool) -> io::Result<Locked> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(create);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    loop {
        let file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Locked::Elsewhere),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The command that held the lock may have finished and removed the file meanwhile.
        let ours = Handle::from_file(file.try_clone()?)?;
        match Handle::from_path(path) {
            Ok(there) if there == ours => return Ok(Locked::Here(file)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_does_not_exist_is_no_panic() {
        let record = |began| Record {
            arguments: Vec::new(),
            directory: PathBuf::new(),
            input: InputRecord::Arguments,
            began,
            max_age: u64::MAX,
            jobs: Vec::new(),
        };
        assert_eq!(record(u64::MAX).age(), Duration::ZERO);
        assert!(!record(u64::MAX).is_too_old());
        assert!(record(0).age() > MAX_AGE);
    }
}
