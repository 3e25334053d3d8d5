//! The journal's file: opened, locked, appended to and removed.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::JobJournal;
use super::format::{Entry, Unread, header, line, read};

/// The most that is read. Only a job of four billion ids, each with an entry of its own, writes more; it starts afresh.
pub(super) const MAX_SIZE: u64 = 1 << 30;

/// An open, locked journal.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// The next line's number.
    number: u64,
}

/// An open journal and what it recorded before.
#[derive(Debug)]
pub(crate) struct Opened {
    pub journal: Journal,
    /// What earlier runs of this job recorded.
    pub entries: Vec<Entry>,
    /// Something to tell: the end was torn, or an earlier run's journal was not used.
    pub warning: Option<String>,
}

/// Why there is no journal.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// Another process or thread is running the same job.
    Busy(PathBuf),
    Io(PathBuf, io::Error),
}

impl Journal {
    /// Opens the journal of a job in this directory, or starts one. One that is older than `max_age` is not used.
    /// `slots` is how many the job has.
    pub fn open(
        dir: &Path,
        max_age: Duration,
        fingerprint: &[u8; 32],
        slots: usize,
        now: SystemTime,
    ) -> Result<Opened, Unusable> {
        let place = JobJournal::of(dir, fingerprint, slots);
        let path = place.path();
        Journal::open_at(dir, &path, max_age, place.name(), slots, now).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => Unusable::Busy(path),
            _ => Unusable::Io(path, error),
        })
    }

    fn open_at(
        dir: &Path,
        path: &Path,
        max_age: Duration,
        fingerprint: &str,
        slots: usize,
        now: SystemTime,
    ) -> io::Result<Opened> {
        create_dir(dir)?;
        let mut file = open_locked(path)?;
        let mut bytes = Vec::new();
        (&mut file).take(MAX_SIZE).read_to_end(&mut bytes)?;
        let warning = match read(&bytes, fingerprint, slots, now, max_age) {
            Ok(found) => {
                file.set_len(found.good_bytes as u64)?;
                file.seek(io::SeekFrom::End(0))?;
                let journal = Journal { path: path.to_owned(), file, number: found.lines };
                return Ok(Opened { journal, entries: found.entries, warning: found.warning });
            }
            Err(Unread::New) => None,
            Err(Unread::Unfit(why)) => {
                let stale = path.with_extension("journal.stale");
                std::fs::rename(path, &stale)?;
                file = open_locked(path)?;
                Some(format!("an earlier journal was not used: {why}; it is kept as {}", stale.display()))
            }
        };
        let mut journal = Journal { path: path.to_owned(), file, number: 0 };
        journal.file.set_len(0)?;
        journal.append(std::iter::once(header(fingerprint, slots, now)))?;
        journal.file.sync_all()?;
        sync_dir(dir)?;
        Ok(Opened { journal, entries: Vec::new(), warning })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends these entries in one write.
    pub fn record(&mut self, entries: &[Entry]) -> io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.append(entries.iter().map(Entry::content))
    }

    fn append(&mut self, contents: impl Iterator<Item = String>) -> io::Result<()> {
        let mut lines = String::new();
        for content in contents {
            lines.push_str(&line(self.number, &content));
            self.number += 1;
        }
        self.file.write_all(lines.as_bytes())
    }

    /// Flushes the journal of a run that stopped early to the disk.
    pub fn keep(self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Removes the journal of a finished job. If somebody else has removed it, a file at the same path belongs to
    /// another run and stays.
    pub fn remove(self) -> io::Result<()> {
        if is_at(&self.file, &self.path)? {
            std::fs::remove_file(&self.path)?;
            // Without a sync the file could be back after a power failure, and the next identical call would resume a
            // finished job. A failed sync does not make the finished job fail.
            let _ = self.path.parent().map(sync_dir);
        }
        Ok(())
    }
}

impl Drop for Journal {
    /// Closing the file is not enough: children that were forked meanwhile share it and its lock.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

fn create_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| io::Error::new(e.kind(), format!("its directory can't be made: {e}")))
}

/// Flushes what was created or removed in a directory to the disk.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    // Windows can't open a directory as a file.
    Ok(())
}

/// Opens or creates the file for its owner only, and locks it. Follows no link and never waits.
fn open_locked(path: &Path) -> io::Result<File> {
    open_and_lock(path, OpenOptions::new().create(true))
}

/// The same, if it exists.
pub(super) fn open_existing(path: &Path) -> io::Result<Option<File>> {
    match open_and_lock(path, &mut OpenOptions::new()) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn open_and_lock(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.read(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    loop {
        let file = options.open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a regular file"));
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The previous owner of the lock may have finished and removed the file meanwhile.
        if is_at(&file, path)? {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match std::fs::symlink_metadata(path) {
        Ok(there) => Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    // Windows can't remove an open file.
    Ok(true)
}
