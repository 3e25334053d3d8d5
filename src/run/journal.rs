//! What is settled, on disk, so that the same call made again after a crash goes on where it stopped.
//!
//! A text file of lines `<number> <CRC-32> <content>`. The first one says which job it belongs to and when
//! that began; every other one says which slots are about to be sent, confirmed or rejected. No id, value or
//! token is in it. Whatever the file holds, it can only make slots be sent again: a line counts when its number,
//! its checksum and every line before it are right.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest;

use super::ledger::{IdState, Mark};
use crate::update::{Ids, Job};

/// Of the file's form, and of the order in which slots are counted.
const VERSION: u32 = 1;
/// A clock may be a little wrong; a journal from further in the future can't be trusted about its age.
const CLOCK_SKEW: Duration = Duration::from_secs(300);
/// A job of four billion ids, each settled on its own, writes more; it starts afresh then.
const MAX_SIZE: u64 = 1 << 30;

/// Where journals are kept, and how old one may get.
#[derive(Clone, Debug)]
pub(crate) struct JournalOptions {
    pub dir: PathBuf,
    pub max_age: Duration,
}

/// An open, locked journal.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// The next line's number.
    number: u64,
}

/// A journal and what it knew.
#[derive(Debug)]
pub(crate) struct Opened {
    pub journal: Journal,
    /// What earlier lives of this job settled.
    pub marks: Vec<Mark>,
    /// Why an earlier life's journal was not used.
    pub warning: Option<String>,
}

/// Why there is no journal.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// Another process, or another thread, runs the same job now.
    Busy(PathBuf),
    Io(PathBuf, io::Error),
}

/// What identifies a job: everything that decides what is sent, in order.
pub(crate) fn fingerprint(job: &Job<'_>, method: &str, url: &str) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    let text = |hash: &mut digest::Context, text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    text(&mut hash, method);
    text(&mut hash, url);
    text(&mut hash, job.attribute.as_str());
    hash.update(&(job.ids.len() as u64).to_le_bytes());
    match &job.ids {
        Ids::Numeric(ids) => {
            // By what each differs from the one before, in as few bytes as that takes: hashing costs by the byte, and
            // ids that increase are mostly close together.
            let (mut bytes, mut before) = (Vec::with_capacity(8 * 1024), 0);
            for some in ids.chunks(1024) {
                bytes.clear();
                for id in some {
                    push_varint(&mut bytes, id.wrapping_sub(std::mem::replace(&mut before, *id)));
                }
                hash.update(&bytes);
            }
        }
        Ids::Custom(ids) => ids.iter().for_each(|id| text(&mut hash, id)),
    }
    for (value, slots) in job.values.iter().zip(job.groups()) {
        text(&mut hash, value.as_str());
        hash.update(&(slots.len() as u64).to_le_bytes());
        if job.values.len() > 1 {
            slots.clone().for_each(|slot| hash.update(&(job.position(slot) as u32).to_le_bytes()));
        }
    }
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(hash.finish().as_ref());
    fingerprint
}

/// Seven bits a byte, the lowest first and the highest bit set on all but the last byte; the sign is the lowest
/// bit, so that small negative numbers are short, too.
fn push_varint(out: &mut Vec<u8>, n: i64) {
    let mut rest = (n << 1 ^ n >> 63) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

impl Journal {
    /// Opens the journal of a job, or starts one. `slots` is how many the job has.
    pub fn open(
        options: &JournalOptions,
        fingerprint: &[u8; 32],
        slots: usize,
        now: SystemTime,
    ) -> Result<Opened, Unusable> {
        let name: String = fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = options.dir.join(format!("{name}.journal"));
        Journal::open_at(&path, options, &name, slots, now).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => Unusable::Busy(path),
            _ => Unusable::Io(path, error),
        })
    }

    fn open_at(
        path: &Path,
        options: &JournalOptions,
        fingerprint: &str,
        slots: usize,
        now: SystemTime,
    ) -> io::Result<Opened> {
        create_dir(&options.dir)?;
        let mut file = open_locked(path)?;
        let mut bytes = Vec::new();
        (&mut file).take(MAX_SIZE).read_to_end(&mut bytes)?;
        let warning = match read(&bytes, fingerprint, slots, now, options.max_age) {
            Ok(found) => {
                file.set_len(found.good_bytes as u64)?;
                file.seek(io::SeekFrom::End(0))?;
                let journal = Journal { path: path.to_owned(), file, number: found.lines };
                return Ok(Opened { journal, marks: found.marks, warning: found.warning });
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
        let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let header = format!("usercom-journal {VERSION} {fingerprint} slots {slots} started {seconds}");
        journal.append(std::iter::once(header))?;
        journal.file.sync_all()?;
        sync_dir(&options.dir)?;
        Ok(Opened { journal, marks: Vec::new(), warning })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes what was settled and what is about to be sent, in one write.
    pub fn record(&mut self, marks: &[Mark]) -> io::Result<()> {
        if marks.is_empty() {
            return Ok(());
        }
        self.append(marks.iter().map(|mark| {
            let (first, last) = (mark.slots.start, mark.slots.end - 1);
            match mark.state {
                IdState::Confirmed => format!("confirmed {first}-{last}"),
                IdState::Rejected => {
                    format!("rejected {first}-{last} http {}", mark.http_status.unwrap_or_default())
                }
                IdState::Unknown | IdState::NotAttempted => format!("sending {first}-{last}"),
            }
        }))
    }

    fn append(&mut self, contents: impl Iterator<Item = String>) -> io::Result<()> {
        let mut lines = String::new();
        for content in contents {
            lines.push_str(&line(self.number, &content));
            self.number += 1;
        }
        self.file.write_all(lines.as_bytes())
    }

    /// Makes what was noted last, for a run that stopped before its end.
    pub fn keep(self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Removes the journal of a finished job. One that is no longer in its place was removed by somebody
    /// else; what is there now, if anything, belongs to another run.
    pub fn remove(self) -> io::Result<()> {
        if is_at(&self.file, &self.path)? {
            std::fs::remove_file(&self.path)?;
            // A power cut must not bring it back: the next call would take the finished job for its own. But it
            // is removed, and a job that is done does not fail because of what may come.
            let _ = self.path.parent().map(sync_dir);
        }
        Ok(())
    }
}

impl Drop for Journal {
    /// Closing the file would do, but for children that were forked meanwhile: they share it, lock and all.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

fn line(number: u64, content: &str) -> String {
    format!("{number} {:08x} {content}\n", checksum(number, content))
}

fn checksum(number: u64, content: &str) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&number.to_le_bytes());
    crc.update(content.as_bytes());
    crc.finalize()
}

fn create_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| io::Error::new(e.kind(), format!("its directory can't be made: {e}")))
}

/// Makes what was created or removed in a directory last.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    // Elsewhere a directory can't be opened as a file.
    Ok(())
}

/// Opens or creates the file, its owner's alone, and takes its lock. Follows no link, and waits for nobody.
fn open_locked(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
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
        // Whoever had the lock before may have finished and removed the file meanwhile.
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
    // An open file can't be removed there.
    Ok(true)
}

/// What a journal's bytes say.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    marks: Vec<Mark>,
    lines: u64,
    good_bytes: usize,
    warning: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Unread {
    /// There is nothing to go on with.
    New,
    Unfit(String),
}

/// Reads a journal. Pure, and takes any bytes.
fn read(
    bytes: &[u8],
    fingerprint: &str,
    slots: usize,
    now: SystemTime,
    max_age: Duration,
) -> Result<Found, Unread> {
    let mut rest = bytes;
    let (mut lines, mut marks) = (0, Vec::new());
    while let Some(content) = next_line(&mut rest, lines) {
        if lines == 0 {
            check_header(content, fingerprint, slots, now, max_age)?;
        } else {
            let mark = parse_mark(content, slots)
                .ok_or_else(|| Unread::Unfit(format!("its line {} says nothing known", lines + 1)))?;
            marks.push(mark);
        }
        lines += 1;
    }
    // A crash tears at most the last line; anything good behind a broken line means other damage.
    let torn = rest;
    if torn.iter().position(|byte| *byte == b'\n').is_some_and(|end| end + 1 < torn.len()) {
        return Err(Unread::Unfit(format!("its line {} is damaged", lines + 1)));
    }
    if lines == 0 {
        // Not even a first line: the job had sent nothing when it ended, or somebody emptied the file.
        return Err(match is_torn_header(torn, fingerprint) {
            true => Unread::New,
            false => Unread::Unfit("its first line is damaged".into()),
        });
    }
    let warning = (!torn.is_empty()).then(|| "the journal's torn last line was cut off".to_owned());
    Ok(Found { marks, lines, good_bytes: bytes.len() - torn.len(), warning })
}

/// Takes the line with this number off the front, if it is whole.
fn next_line<'a>(rest: &mut &'a [u8], number: u64) -> Option<&'a str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let text = std::str::from_utf8(&rest[..end]).ok()?;
    let (found, text) = text.split_once(' ')?;
    let (crc, content) = text.split_once(' ')?;
    // Compared as it is written, so that every byte of the line counts.
    let whole = found == number.to_string() && crc == format!("{:08x}", checksum(number, content));
    if whole {
        *rest = &rest[end + 1..];
    }
    whole.then_some(content)
}

/// Whether this is as much as a crash may leave of a first line for this job.
fn is_torn_header(torn: &[u8], fingerprint: &str) -> bool {
    let before = "0 01234567 ".len();
    let content = format!("usercom-journal {VERSION} {fingerprint} ");
    let begins = content.bytes().zip(torn.iter().skip(before)).all(|(one, other)| one == *other);
    begins && b"0 ".iter().zip(torn).all(|(one, other)| one == other) && !torn.contains(&b'\n')
}

fn check_header(
    content: &str,
    fingerprint: &str,
    slots: usize,
    now: SystemTime,
    max_age: Duration,
) -> Result<(), Unread> {
    let unfit = |why: String| Err(Unread::Unfit(why));
    let words: Vec<&str> = content.split(' ').collect();
    let ["usercom-journal", version, rest @ ..] = words.as_slice() else {
        return unfit("it is no journal of this library".into());
    };
    if *version != VERSION.to_string() {
        return unfit(format!("it was written by another version of this library (form {version})"));
    }
    let [job, "slots", count, "started", started] = rest else {
        return unfit("its first line says nothing known".into());
    };
    if *job != fingerprint || *count != slots.to_string() {
        return unfit("it belongs to another job".into());
    }
    let Some(started) = started.parse().ok().and_then(|s| UNIX_EPOCH.checked_add(Duration::from_secs(s)))
    else {
        return unfit("its first line has no time".into());
    };
    match now.duration_since(started) {
        Ok(age) if age > max_age => unfit(format!(
            "it began {:.1} hours ago, the age limit is {:.1}: another run may have written newer values since",
            age.as_secs_f64() / 3600.0,
            max_age.as_secs_f64() / 3600.0
        )),
        Err(ahead) if ahead.duration() > CLOCK_SKEW => {
            unfit("it began in the future by this machine's clock".into())
        }
        _ => Ok(()),
    }
}

fn parse_mark(content: &str, slots: usize) -> Option<Mark> {
    let words: Vec<&str> = content.split(' ').collect();
    let (state, range, http_status) = match words.as_slice() {
        ["confirmed", range] => (IdState::Confirmed, range, None),
        ["sending", range] => (IdState::Unknown, range, None),
        ["rejected", range, "http", status] => (IdState::Rejected, range, status.parse().ok()),
        _ => return None,
    };
    let (first, last) = range.split_once('-')?;
    let range: Range<usize> = first.parse().ok()?..last.parse::<usize>().ok()?.checked_add(1)?;
    (range.start < range.end && range.end <= slots).then_some(Mark { state, slots: range, http_status })
}

/// The reader for the fuzz target: what a journal says, and how many of its bytes count.
#[cfg(fuzzing)]
pub fn read_journal(
    bytes: &[u8],
    fingerprint: &str,
    slots: usize,
    now: SystemTime,
    max_age: Duration,
) -> Option<(Vec<crate::fuzzing::Settled>, usize)> {
    let found = read(bytes, fingerprint, slots, now, max_age).ok()?;
    let settled = |mark: Mark| (mark.slots, mark.state == IdState::Confirmed, mark.http_status);
    Some((found.marks.into_iter().map(settled).collect(), found.good_bytes))
}

/// A line as it is written, for the fuzz target.
#[cfg(fuzzing)]
pub fn journal_line(number: u64, content: &str) -> String {
    line(number, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = "f00d";
    const SLOTS: usize = 100;
    const AGE: Duration = Duration::from_secs(12 * 3600);

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn confirmed(slots: Range<usize>) -> Mark {
        Mark { state: IdState::Confirmed, slots, http_status: None }
    }

    fn sending(slots: Range<usize>) -> Mark {
        Mark { state: IdState::Unknown, slots, http_status: None }
    }

    fn rejected(slots: Range<usize>) -> Mark {
        Mark { state: IdState::Rejected, slots, http_status: Some(400) }
    }

    fn header() -> String {
        line(0, &format!("usercom-journal 1 {JOB} slots {SLOTS} started 1000"))
    }

    fn journal() -> String {
        [
            header(),
            line(1, "sending 0-9"),
            line(2, "confirmed 0-9"),
            line(3, "rejected 10-10 http 400"),
            line(4, "confirmed 50-59"),
        ]
        .concat()
    }

    fn look(bytes: &[u8]) -> Result<Found, Unread> {
        read(bytes, JOB, SLOTS, at(1000), AGE)
    }

    fn why(bytes: &str) -> String {
        match look(bytes.as_bytes()) {
            Err(Unread::Unfit(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let found = look(journal().as_bytes()).unwrap();
        assert_eq!(found.marks, [sending(0..10), confirmed(0..10), rejected(10..11), confirmed(50..60)]);
        assert_eq!((found.lines, found.good_bytes, found.warning), (5, journal().len(), None));
        assert_eq!(look(b""), Err(Unread::New));
    }

    #[test]
    fn cut_anywhere_it_keeps_what_is_whole() {
        let whole = journal();
        let all = look(whole.as_bytes()).unwrap().marks;
        for end in 0..whole.len() {
            match look(&whole.as_bytes()[..end]) {
                Ok(found) => {
                    assert!(found.marks.len() < all.len() || end == whole.len());
                    assert_eq!(found.marks, all[..found.marks.len()], "cut at {end}");
                    assert!(whole[..found.good_bytes].ends_with('\n'));
                }
                Err(unread) => {
                    assert!(end < header().len(), "cut at {end}: {unread:?}");
                    assert_eq!(unread, Unread::New);
                }
            }
        }
    }

    #[test]
    fn a_flipped_bit_never_confirms_anything_new() {
        for whole in [journal(), header() + &line(1, "sending 0-9")] {
            let all = look(whole.as_bytes()).unwrap().marks;
            for (at, bit) in (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
                let mut damaged = whole.clone().into_bytes();
                damaged[at] ^= 1 << bit;
                match look(&damaged) {
                    // Only the end may be lost quietly.
                    Ok(found) => {
                        let fewer = all.starts_with(&found.marks) && found.marks.len() < all.len();
                        assert!(fewer, "byte {at}, bit {bit}");
                    }
                    Err(Unread::Unfit(_)) => {}
                    Err(Unread::New) => panic!("byte {at}, bit {bit}: taken for new"),
                }
            }
        }
    }

    #[test]
    fn what_is_not_the_start_of_a_journal_is_not_thrown_away() {
        let other_job = header().replace(JOB, "f00e");
        for bytes in [
            "a note to myself",
            "0 notes of other programs",
            "1 ",
            "\n",
            other_job.trim_end(),
            &header()[1..],
        ] {
            assert!(why(bytes).contains("first line is damaged"), "{bytes:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_not_used() {
        let with = |lines: &[&str]| -> String {
            let numbered = lines.iter().enumerate().map(|(at, content)| line(at as u64, content));
            numbered.collect()
        };
        let first = "usercom-journal 1 f00d slots 100 started 1000";
        assert!(
            why(&with(&["usercom-journal 2 f00d slots 100 started 1000", ""])).contains("another version")
        );
        assert!(why(&with(&["usercom-journal 1 beef slots 100 started 1000"])).contains("another job"));
        assert!(why(&with(&["usercom-journal 1 f00d slots 99 started 1000"])).contains("another job"));
        assert!(why(&with(&["usercom-journal 1 f00d slots 100 started x"])).contains("no time"));
        assert!(why(&with(&["something else"])).contains("no journal"));
        assert!(why(&with(&[first, "confirmed 0-100"])).contains("line 2"));
        assert!(why(&with(&[first, "confirmed 5-4"])).contains("line 2"));
        assert!(why(&with(&[first, "confirmed 0-18446744073709551615"])).contains("line 2"));
        assert!(why(&with(&[first, "unknown 0-1"])).contains("line 2"));
        // A life that ended between its last line and the removal: nothing is left to do, not everything.
        let finished = with(&[first, "confirmed 0-98", "rejected 99-99 http 400"]);
        assert_eq!(look(finished.as_bytes()).unwrap().marks, [confirmed(0..99), rejected(99..100)]);
        assert!(
            why(&format!("{}garbage\n{}", header(), line(1, "confirmed 0-9"))).contains("line 2 is damaged")
        );
        assert!(why("garbage\nmore\n").contains("line 1 is damaged"));
        let repeated = format!("{}{}{}", header(), line(1, "confirmed 0-9"), line(1, "confirmed 0-9"));
        assert_eq!(look(repeated.as_bytes()).unwrap().marks, [confirmed(0..10)]);
    }

    #[test]
    fn age_is_counted_from_the_first_line() {
        let bytes = journal();
        let at_age = |seconds: u64| read(bytes.as_bytes(), JOB, SLOTS, at(1000 + seconds), AGE);
        assert!(at_age(12 * 3600).is_ok());
        assert!(matches!(at_age(12 * 3600 + 1), Err(Unread::Unfit(why)) if why.contains("age limit")));
        let jumped_back = |seconds: u64| read(bytes.as_bytes(), JOB, SLOTS, at(1000 - seconds), AGE);
        assert!(jumped_back(300).is_ok());
        assert!(matches!(jumped_back(301), Err(Unread::Unfit(why)) if why.contains("future")));
    }

    proptest::proptest! {
        #[test]
        fn a_varint_can_be_read_back(numbers: Vec<i64>, shift in 0u32..64) {
            let numbers: Vec<i64> = numbers.iter().map(|n| n >> shift).collect();
            let mut bytes = Vec::new();
            numbers.iter().for_each(|n| push_varint(&mut bytes, *n));
            let (mut read, mut rest, mut bits) = (Vec::new(), 0u64, 0);
            for byte in bytes {
                rest |= u64::from(byte & 0x7f) << bits;
                bits += 7;
                if byte < 0x80 {
                    read.push((rest >> 1) as i64 ^ -((rest & 1) as i64));
                    (rest, bits) = (0, 0);
                }
            }
            proptest::prop_assert_eq!(read, numbers);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, tail in ".{0,40}") {
            let _ = look(&bytes);
            let _ = look(format!("{}{}", header(), line(1, &tail)).as_bytes());
        }
    }
}
