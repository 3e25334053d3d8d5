//! Every byte of a real journal changed, and the file truncated at every offset, each followed by the identical call.

use super::*;

/// A job that was interrupted, with confirmed and rejected ids in its journal.
struct Interrupted {
    place: Place,
    path: PathBuf,
    bytes: Vec<u8>,
    report: Report,
}

fn interrupted() -> Interrupted {
    let mut place = Place::at(Dir::in_memory(), 20, [6, 18], Options::default());
    place.batch = 4;
    let report = place.interrupted(6);
    assert!(report.confirmed() >= 12 && report.rejected() >= 1 && report.unknown() > 0, "{report}");
    let path = place.dir.journal();
    let bytes = fs::read(&path).unwrap();
    Interrupted { place, path, bytes, report }
}

impl Interrupted {
    /// The same call with this journal. What an earlier run had confirmed is in the service already.
    fn again(&self, bytes: &[u8], what: &str) -> Report {
        for name in self.place.dir.names() {
            fs::remove_file(self.place.dir.journals().join(name)).unwrap();
        }
        fs::write(&self.path, bytes).unwrap();
        self.place.sandbox.reset().unwrap();
        let client = self.place.client();
        let update = usercom::Update::new(super::support::ATTRIBUTE, "pro");
        let run = client.run(update).ids(&self.place.ids).journal_dir(self.place.dir.journals());
        let report = run.send().unwrap();
        assert_eq!(report.status(), Status::Partial, "{what}: {report}");
        let now = self.place.applied();
        for (at, id) in self.place.ids.iter().enumerate() {
            let before = self.report.states()[at];
            let set = now.contains_key(id) || before == usercom::IdState::Confirmed;
            let bad = self.place.bad.contains(id);
            let state = report.states()[at];
            match state {
                usercom::IdState::Confirmed => assert!(set, "{what}: id {id}: a false confirmation"),
                usercom::IdState::Rejected => assert!(bad, "{what}: id {id}: a good id rejected"),
                _ => panic!("{what}: id {id} is {state:?}: {report}"),
            }
            assert!(set || bad, "{what}: id {id} was skipped");
        }
        let left = self.place.dir.names();
        assert!(left.iter().all(|name| name.ends_with(".stale")), "{what}: {left:?}");
        report
    }
}

/// Row 48.
#[test]
fn every_byte_changed() {
    // One bit, another by place, and now and then the lowest, so that digits become other digits.
    change_every_byte(|at| vec![if at % 3 == 0 { 1 } else { 1u8 << (at % 8) }]);
}

/// Row 48.
#[test]
#[ignore = "torture: all bits of all bytes"]
fn every_bit_changed() {
    change_every_byte(|_| (0..8).map(|bit| 1 << bit).chain([0xff, 0x03, 0x0f]).collect());
}

fn change_every_byte(flips: impl Fn(usize) -> Vec<u8>) {
    let interrupted = interrupted();
    let last_line =
        interrupted.bytes[..interrupted.bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let mut quarantined = 0;
    for at in 0..interrupted.bytes.len() {
        for flip in flips(at) {
            let mut bytes = interrupted.bytes.clone();
            bytes[at] ^= flip;
            let what = format!("byte {at} ^ {flip:#04x}");
            let report = interrupted.again(&bytes, &what);
            let warned = note(&report, "an earlier journal was not used").is_some();
            assert_eq!(warned, !resumed(&report), "{what}: {report}");
            // Without its end the last line but one and the last one are a single torn line.
            assert_eq!(warned, at + 1 < last_line, "{what}: {report}");
            assert_eq!(warned, interrupted.place.dir.stale().is_some(), "{what}");
            quarantined += u32::from(warned);
        }
    }
    assert!(quarantined > 150);
}

/// Row 47.
#[test]
fn truncated_at_every_offset() {
    let interrupted = interrupted();
    let header = interrupted.bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for end in 0..interrupted.bytes.len() {
        let report = interrupted.again(&interrupted.bytes[..end], &format!("truncated at {end}"));
        let whole_lines = end == 0 || interrupted.bytes[end - 1] == b'\n';
        assert!(note(&report, "an earlier journal was not used").is_none(), "truncated at {end}: {report}");
        let repaired = note(&report, "the journal's last line was torn and has been removed").is_some();
        assert_eq!(repaired, end > header && !whole_lines, "truncated at {end}: {report}");
        let records = interrupted.bytes[..end].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(resumed(&report), records > 1, "truncated at {end}: {report}");
    }
}

/// Row 47: what a file system may leave after a power failure: a tail of zeros, or of another file.
#[test]
fn a_tail_of_something_else() {
    let interrupted = interrupted();
    for tail in [&[0u8; 512][..], b"\xff\xfe garbage", b"7", b"\n", b"19 00000000 confirmed 0-39"] {
        let bytes = [&interrupted.bytes[..], tail].concat();
        let report = interrupted.again(&bytes, &format!("with {:?}…", &tail[..1]));
        assert!(resumed(&report), "{report}");
    }
    // More than one broken line is no tear.
    let bytes = [&interrupted.bytes[..], b"1\n2\n"].concat();
    assert!(!resumed(&interrupted.again(&bytes, "two lines")));
}

/// Row 48.
#[test]
fn lines_lost_repeated_or_exchanged() {
    let interrupted = interrupted();
    let text = String::from_utf8(interrupted.bytes.clone()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let mut lost = lines.clone();
        lost.remove(at);
        interrupted.again(lost.concat().as_bytes(), &format!("without line {at}"));
        let mut repeated = lines.clone();
        repeated.insert(at, lines[at]);
        interrupted.again(repeated.concat().as_bytes(), &format!("line {at} twice"));
        if at > 0 {
            let mut exchanged = lines.clone();
            exchanged.swap(at - 1, at);
            interrupted.again(exchanged.concat().as_bytes(), &format!("line {at} one earlier"));
        }
    }
}
