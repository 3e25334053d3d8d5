//! The pacer in a file that all processes of one user on this machine share, each locking it for a few microseconds.
//!
//! The place depends on the user alone, not on the environment, which cron, a web server and a login shell have
//! each their own. A process that dies releases its lock. Whatever is in the file, no wait is longer than a day.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Key;
use super::pacer::Pacer;
use super::record::{BootId, LENGTH, decode, encode};

/// How long to wait for the lock. Nobody holds it that long, unless stopped or malicious.
const PATIENT: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Host {
    path: PathBuf,
    file: File,
    boot: BootId,
}

impl Host {
    /// The file of this endpoint and token, in `dir` or where all processes of this user look for it. The error says
    /// what is wrong with it and what to do.
    pub fn open(dir: Option<&Path>, key: &Key) -> Result<Host, String> {
        let dir = dir.map_or_else(usual_dir, Path::to_path_buf);
        prepare(&dir)?;
        let name: String = key.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let path = dir.join(name + ".rate");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&path)
            .map_err(|error| said(&path, &error.to_string()))?;
        let about = file.metadata().map_err(|error| said(&path, &error.to_string()))?;
        if !about.is_file() || about.uid() != user() || about.nlink() != 1 || about.mode() & 0o077 != 0 {
            return Err(said(&path, "it is not a file of this user alone; remove it"));
        }
        let boot = boot_id().map_err(|error| format!("/proc/sys/kernel/random/boot_id: {error}"))?;
        Ok(Host { path, file, boot })
    }

    /// Whether this is the file that [`Host::open`] would open now.
    pub fn is_current(&self, dir: Option<&Path>) -> bool {
        let dir = dir.map_or_else(usual_dir, Path::to_path_buf);
        let same = |there: fs::Metadata| {
            self.file.metadata().is_ok_and(|ours| (ours.dev(), ours.ino()) == (there.dev(), there.ino()))
        };
        self.path.parent() == Some(&dir) && fs::symlink_metadata(&self.path).is_ok_and(same)
    }

    /// Lets `work` change what all processes share; `mirror` is what this one knows of it. An error after `work` was
    /// done comes with its result.
    pub fn locked<T>(
        &self,
        now: Duration,
        mirror: &mut Pacer,
        work: impl FnOnce(&mut Pacer) -> T,
    ) -> (T, Result<(), String>) {
        if let Err(problem) = self.lock(PATIENT) {
            return (work(mirror), Err(problem));
        }
        let before = self.read();
        if let Ok(Some(shared)) = before {
            *mirror = shared.within_bounds(now);
        }
        let done = work(mirror);
        // Nothing of use was in it, or it has changed.
        let written = match before {
            Ok(Some(shared)) if shared == *mirror => Ok(()),
            Ok(_) => self.file.write_all_at(&encode(mirror, &self.boot), 0),
            Err(error) => Err(error),
        };
        let unlocked = written.and(self.file.unlock());
        (done, unlocked.map_err(|error| said(&self.path, &error.to_string())))
    }

    #[cfg(test)]
    pub fn replace_file(&mut self, file: File) {
        self.file = file;
    }

    fn read(&self) -> io::Result<Option<Pacer>> {
        let mut bytes = [0; LENGTH];
        match self.file.read_exact_at(&mut bytes, 0) {
            Ok(()) => Ok(decode(&bytes, &self.boot)),
            // New, or cut off.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn lock(&self, longest: Duration) -> Result<(), String> {
        let mut since = None;
        loop {
            match self.file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(said(&self.path, &error.to_string())),
                Err(TryLockError::WouldBlock) => {}
            }
            if since.get_or_insert_with(Instant::now).elapsed() > longest {
                return Err(said(&self.path, "another process holds its lock"));
            }
            thread::sleep(Duration::from_micros(50));
        }
    }
}

fn said(path: &Path, problem: &str) -> String {
    format!("{}: {problem}", path.display())
}

/// Where all processes of this user look. systemd removes the first when the user's last session ends.
fn usual_dir() -> PathBuf {
    let user = user();
    usual_dir_of(user, Path::new(&format!("/run/user/{user}")))
}

fn usual_dir_of(user: u32, run: &Path) -> PathBuf {
    let ours = |about: fs::Metadata| about.is_dir() && about.uid() == user;
    match fs::symlink_metadata(run).is_ok_and(ours) {
        true => run.join("usercom"),
        false => PathBuf::from(format!("/tmp/usercom-{user}")),
    }
}

/// Makes the directory if it is not there. It must be this user's alone, so that nobody else can put a link into it.
fn prepare(dir: &Path) -> Result<(), String> {
    let ways = "set rate_limit_dir to a directory of your own";
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(said(dir, &format!("{error}; {ways}")));
        }
        _ => {}
    }
    let about = fs::symlink_metadata(dir).map_err(|error| said(dir, &error.to_string()))?;
    let problem = match () {
        () if !about.is_dir() => "it is not a directory",
        () if about.uid() != user() => "it belongs to another user",
        () if about.mode() & 0o077 != 0 => return Err(said(dir, "others may use it; run chmod 700 on it")),
        () => return Ok(()),
    };
    Err(said(dir, &format!("{problem}; {ways}")))
}

#[allow(unsafe_code)] // only the system knows the user
fn user() -> u32 {
    // SAFETY: has no arguments and always succeeds.
    unsafe { libc::geteuid() }
}

/// Linux's random number of this boot.
fn boot_id() -> io::Result<BootId> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    u128::from_str_radix(&digits, 16).map(u128::to_be_bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    /// A directory that is not there yet, in one that is removed at the end.
    fn place() -> (tempfile::TempDir, PathBuf) {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("usercom");
        (parent, dir)
    }

    fn open(dir: &Path) -> Host {
        Host::open(Some(dir), &[5; 32]).unwrap()
    }

    #[test]
    fn the_usual_place_is_the_users_own() {
        let (_parent, dir) = place();
        let shared = PathBuf::from(format!("/tmp/usercom-{}", user()));
        assert_eq!(usual_dir_of(user(), &dir), shared, "nothing is there");
        let host = open(&dir);
        assert_eq!(usual_dir_of(user(), &dir), dir.join("usercom"));
        assert_eq!(usual_dir_of(user(), &host.path), shared, "a file");
        assert_eq!(usual_dir_of(user() + 1, &dir), PathBuf::from(format!("/tmp/usercom-{}", user() + 1)));
        assert!(usual_dir().is_absolute());
    }

    #[test]
    fn a_file_is_current_as_long_as_it_is_where_it_was() {
        let ((_parent, dir), other) = (place(), Path::new("/other"));
        let host = open(&dir);
        assert!(host.is_current(Some(&dir)));
        assert!(!host.is_current(Some(other)) && !host.is_current(None));
        fs::rename(&host.path, dir.join("moved")).unwrap();
        assert!(!host.is_current(Some(&dir)), "gone");
        let new = open(&dir);
        assert!(!host.is_current(Some(&dir)) && new.is_current(Some(&dir)), "replaced");
    }

    #[test]
    fn who_holds_the_lock_for_a_moment_is_waited_for() {
        let (_parent, dir) = place();
        let (mine, theirs) = (open(&dir), open(&dir));
        assert_ne!(mine.file.as_raw_fd(), theirs.file.as_raw_fd());
        theirs.lock(PATIENT).unwrap();
        let problem = mine.lock(Duration::ZERO).unwrap_err();
        assert!(problem.contains("another process holds its lock"), "{problem}");
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(20));
                theirs.file.unlock().unwrap();
            });
            mine.lock(Duration::from_secs(600)).unwrap();
        });
    }

    #[test]
    fn only_a_file_of_this_user_alone_is_used() {
        let (_parent, dir) = place();
        let path = open(&dir).path;
        let opens = || Host::open(Some(&dir), &[5; 32]);
        let link = dir.join("link");
        // Each in one way only.
        fs::hard_link(&path, &link).unwrap();
        assert!(opens().unwrap_err().ends_with("remove it"));
        fs::remove_file(&link).unwrap();
        for mode in [0o604, 0o640] {
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
            assert!(opens().unwrap_err().ends_with("remove it"), "{mode:o}");
        }
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&path).status().unwrap();
        assert!(made.success() && opens().unwrap_err().ends_with("remove it"), "a pipe");
        fs::remove_file(&path).unwrap();
        // Only root can give a file away.
        drop(opens().unwrap());
        if std::os::unix::fs::chown(&path, Some(65534), None).is_ok() {
            assert!(opens().unwrap_err().ends_with("remove it"), "another user's");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_said() {
        let (_parent, dir) = place();
        let mut host = open(&dir);
        let (now, mut pacer) = (Duration::from_secs(100), Pacer::default());
        assert_eq!(host.locked(now, &mut pacer, |_| 1), (1, Ok(())));
        host.replace_file(OpenOptions::new().write(true).open(&host.path).unwrap());
        let (done, result) = host.locked(now, &mut pacer, |_| 2);
        assert_eq!(done, 2);
        assert!(result.unwrap_err().contains("Bad file descriptor"));
    }
}
