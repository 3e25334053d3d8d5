//! The journal's text: how lines are written, read and checked. Pure.
//!
//! Lines have the form `<number> <CRC-32> <content>`. The first one names the job and the time at which it began. Every
//! other one says which slots are about to be sent, are confirmed or are rejected. No id, value or token is in it. A
//! line counts only if its number, its checksum and every line before it are right, so damage can only make slots be
//! sent again.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::interface::IdState;

/// The version of this format, and of the order in which slots are counted.
const VERSION: u32 = 1;
/// A clock may be a little wrong. The age of a journal from further in the future can't be trusted.
const CLOCK_SKEW: Duration = Duration::from_secs(300);

/// Slots that are about to be sent (`Unknown`), confirmed or rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub state: IdState,
    pub slots: Range<usize>,
    /// Of rejected slots.
    pub http_status: Option<u16>,
}

impl Entry {
    /// The content of its line.
    pub fn content(&self) -> String {
        let (first, last) = (self.slots.start, self.slots.end - 1);
        match self.state {
            IdState::Confirmed => format!("confirmed {first}-{last}"),
            IdState::Rejected => {
                format!("rejected {first}-{last} http {}", self.http_status.unwrap_or_default())
            }
            IdState::Unknown | IdState::NotAttempted => format!("sending {first}-{last}"),
        }
    }
}

/// The content of the first line.
pub(crate) fn header(fingerprint: &str, slots: usize, started: SystemTime) -> String {
    let seconds = started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    format!("usercom-journal {VERSION} {fingerprint} slots {slots} started {seconds}")
}

/// A whole line.
pub(crate) fn line(number: u64, content: &str) -> String {
    format!("{number} {:08x} {content}\n", checksum(number, content))
}

fn checksum(number: u64, content: &str) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&number.to_le_bytes());
    crc.update(content.as_bytes());
    crc.finalize()
}

/// What a journal says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub entries: Vec<Entry>,
    pub lines: u64,
    /// How many bytes, from the start, are whole lines.
    pub good_bytes: usize,
    pub warning: Option<String>,
}

/// Why a journal is not used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Nothing was recorded yet.
    New,
    Unfit(String),
}

/// Reads a journal from any bytes.
pub(crate) fn read(
    bytes: &[u8],
    fingerprint: &str,
    slots: usize,
    now: SystemTime,
    max_age: Duration,
) -> Result<Found, Unread> {
    let mut rest = bytes;
    let (mut lines, mut entries) = (0, Vec::new());
    while let Some(content) = next_line(&mut rest, lines) {
        if lines == 0 {
            check_header(content, fingerprint, slots, now, max_age)?;
        } else {
            let entry = parse_entry(content, slots)
                .ok_or_else(|| Unread::Unfit(format!("its line {} is not understood", lines + 1)))?;
            entries.push(entry);
        }
        lines += 1;
    }
    // A crash tears only the last line. A line break inside the rest means other damage.
    let torn = rest;
    if torn.iter().position(|byte| *byte == b'\n').is_some_and(|end| end + 1 < torn.len()) {
        return Err(Unread::Unfit(format!("its line {} is damaged", lines + 1)));
    }
    if lines == 0 {
        // Not even a first line: the job ended before it sent anything, or somebody emptied the file.
        return Err(match is_torn_header(torn, fingerprint) {
            true => Unread::New,
            false => Unread::Unfit("its first line is damaged".into()),
        });
    }
    let warning =
        (!torn.is_empty()).then(|| "the journal's last line was torn and has been removed".to_owned());
    Ok(Found { entries, lines, good_bytes: bytes.len() - torn.len(), warning })
}

/// Takes the line with this number off the front if it is whole.
fn next_line<'a>(rest: &mut &'a [u8], number: u64) -> Option<&'a str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let text = std::str::from_utf8(&rest[..end]).ok()?;
    let (found, text) = text.split_once(' ')?;
    let (crc, content) = text.split_once(' ')?;
    // Compared with the exact text that is written, so that every byte of the line counts.
    let whole = found == number.to_string() && crc == format!("{:08x}", checksum(number, content));
    if whole {
        *rest = &rest[end + 1..];
    }
    whole.then_some(content)
}

/// Whether this can be what a crash left of the first line for this job.
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
        return unfit("it is not a journal of this library".into());
    };
    if *version != VERSION.to_string() {
        return unfit(format!("it was written by another version of this library (format {version})"));
    }
    let [job, "slots", count, "started", started] = rest else {
        return unfit("its first line is not understood".into());
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

fn parse_entry(content: &str, slots: usize) -> Option<Entry> {
    let words: Vec<&str> = content.split(' ').collect();
    let (state, range, http_status) = match words.as_slice() {
        ["confirmed", range] => (IdState::Confirmed, range, None),
        ["sending", range] => (IdState::Unknown, range, None),
        ["rejected", range, "http", status] => (IdState::Rejected, range, status.parse().ok()),
        _ => return None,
    };
    let (first, last) = range.split_once('-')?;
    let range: Range<usize> = first.parse().ok()?..last.parse::<usize>().ok()?.checked_add(1)?;
    (range.start < range.end && range.end <= slots).then_some(Entry { state, slots: range, http_status })
}
