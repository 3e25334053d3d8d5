//! The journal's reader. Any bytes: no panic, nothing outside the job. A real journal with one byte changed or its
//! end truncated: nothing that wasn't in it.
#![no_main]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use usercom::fuzzing::{Recorded, journal_entry, journal_header, journal_line, read_journal};

const JOB: &str = "f00d";
const SLOTS: usize = 1000;
const STARTED: u64 = 1_800_000_000;

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(STARTED + 60)
}

fn read(bytes: &[u8]) -> Option<(Vec<Recorded>, usize)> {
    let found = read_journal(bytes, JOB, SLOTS, now(), Duration::from_secs(3600));
    if let Some((entries, good)) = &found {
        assert!(*good <= bytes.len() && bytes[..*good].ends_with(b"\n"));
        assert!(entries.iter().all(|(slots, ..)| slots.start < slots.end && slots.end <= SLOTS));
    }
    found
}

/// Lines whose checksums are right and whose content is the fuzzer's: what it could hardly guess.
fn with_right_checksums(text: &str) -> String {
    let first = first_line();
    let contents = std::iter::once(first.as_str()).chain(text.split('\n'));
    contents.enumerate().map(|(number, content)| journal_line(number as u64, content)).collect()
}

fn first_line() -> String {
    journal_header(JOB, SLOTS, UNIX_EPOCH + Duration::from_secs(STARTED))
}

/// A real journal with lines of every kind: two bytes a line.
fn real(bytes: &[u8]) -> (String, Vec<Recorded>) {
    let mut contents = vec![first_line()];
    let mut entries: Vec<Recorded> = Vec::new();
    for pair in bytes.chunks_exact(2) {
        let first = usize::from(pair[0]) * 3;
        let slots = first..first + usize::from(pair[1] >> 2) + 1;
        let entry = match pair[1] & 3 {
            0 => (slots, false, None),
            1 => (slots, false, Some([400, 404, 409, 422][usize::from(pair[0] & 3)])),
            _ => (slots, true, None),
        };
        contents.push(journal_entry(entry.clone()));
        entries.push(entry);
    }
    let lines = contents.iter().enumerate().map(|(number, content)| journal_line(number as u64, content));
    (lines.collect(), entries)
}

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        read(with_right_checksums(text).as_bytes());
    }
    let [a, b, flip, how, records @ ..] = bytes else { return };
    let (text, entries) = real(records);
    assert_eq!(read(text.as_bytes()).expect("a real journal is read").0, entries);
    let at = (usize::from(*a) << 8 | usize::from(*b)) % text.len();
    let mut damaged = text.clone().into_bytes();
    match how % 3 {
        0 => damaged[at] ^= (*flip).max(1),
        1 => damaged.truncate(at),
        _ => {
            damaged.truncate(at);
            damaged.extend(std::iter::repeat_n(*flip, 700));
        }
    }
    if let Some((found, _)) = read(&damaged) {
        assert!(entries.starts_with(&found), "something new in it: {found:?}");
    }
});
