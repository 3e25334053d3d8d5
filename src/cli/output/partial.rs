//! A file that grows page by page beside its place, and takes it when it is complete. Only its owner may read it.
//!
//! `FILE.part` holds the pages, `FILE.part.json` says how many bytes of it are complete pages and what comes next.
//! Whatever is behind those bytes was torn off and is written again.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// An older one starts afresh: the pages may have changed too much.
const MAX_AGE: Duration = Duration::from_secs(12 * 3600);

#[derive(Deserialize, Serialize)]
struct State {
    /// Of what: another account or other columns start afresh.
    account: String,
    columns: Vec<String>,
    /// In seconds since 1970.
    started: u64,
    /// How many bytes are complete.
    bytes: u64,
    entries: usize,
    cursor: Option<String>,
}

/// The file, locked while this lives.
pub struct Partial {
    target: PathBuf,
    part: PathBuf,
    file: File,
    state: State,
}

impl Partial {
    /// Opens it for `target`, with the complete pages of an earlier run of the same command.
    pub fn open(target: &Path, columns: &[&str], account: &str, header: &str) -> Result<Partial, String> {
        let fail = |path: &Path, problem: String| format!("output: {}: {problem}", path.display());
        match fs::metadata(target) {
            Ok(found) if !found.is_file() => {
                return Err(fail(target, "is no ordinary file; give the name of a file".into()));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(fail(target, error.to_string()));
            }
            _ if target.file_name().is_none() => return Err(fail(target, "has no file name".into())),
            _ => {}
        }
        let part = beside(target, ".part");
        let file = open_private(&part).map_err(|error| fail(&part, error.to_string()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(fail(&part, "another usercom is writing it; wait for its end".into()));
            }
            Err(TryLockError::Error(error)) => return Err(fail(&part, error.to_string())),
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let length = file.metadata().map_err(|error| fail(&part, error.to_string()))?.len();
        let earlier =
            fs::read(beside(&part, ".json")).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let usable = |state: &State| {
            state.account == account
                && state.columns == columns
                && state.bytes <= length
                && state.started <= now
                && now - state.started < MAX_AGE.as_secs()
        };
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let fresh =
            State { account: account.into(), columns, started: now, bytes: 0, entries: 0, cursor: None };
        let state = earlier.filter(usable).unwrap_or(fresh);
        let mut partial = Partial { target: target.to_owned(), part, file, state };
        let positioned =
            partial.file.set_len(partial.state.bytes).and_then(|()| partial.file.seek(SeekFrom::End(0)));
        positioned.map_err(|error| partial.failed(&error))?;
        if partial.state.bytes == 0 {
            partial.append(header, 0, None)?;
        }
        Ok(partial)
    }

    /// Where to continue.
    pub fn cursor(&self) -> Option<&str> {
        self.state.cursor.as_deref()
    }

    /// How many entries are complete.
    pub fn entries(&self) -> usize {
        self.state.entries
    }

    /// Adds a page; `cursor` is where to continue after it. At the end there is none: nothing is noted then, so that the
    /// last page is read again if the file does not take its place.
    pub fn append(&mut self, text: &str, entries: usize, cursor: Option<&str>) -> Result<(), String> {
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| self.failed(&error))?;
        self.state.entries += entries;
        self.state.bytes += text.len() as u64;
        if let Some(cursor) = cursor {
            self.state.cursor = Some(cursor.to_owned());
            // The page first: the note must not promise more than there is.
            self.file.sync_data().and_then(|()| self.note()).map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    fn note(&self) -> io::Result<()> {
        let folder =
            self.part.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut note = NamedTempFile::with_prefix_in(".usercom-part-", folder)?;
        serde_json::to_writer(&mut note, &self.state)?;
        note.persist(beside(&self.part, ".json")).map(drop).map_err(|failed| failed.error)
    }

    /// It is complete: it takes its place.
    pub fn complete(self) -> Result<(), String> {
        let moved = self.file.sync_all().and_then(|()| fs::rename(&self.part, &self.target));
        moved.map_err(|error| self.failed(&error))?;
        let _ = fs::remove_file(beside(&self.part, ".json"));
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> String {
        format!("output: {}: {error}; run the same command again to resume", self.part.display())
    }
}

/// The same path with something at its end.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// No link is followed: somebody else may have made it.
fn open_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("is no ordinary file; remove it"));
        }
        // An earlier one may have been made readable.
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}
