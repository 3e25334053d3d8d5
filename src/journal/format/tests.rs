//! What a journal says, whole, torn and damaged.

use super::*;

const JOB: &str = "f00d";
const SLOTS: usize = 100;
const AGE: Duration = Duration::from_secs(12 * 3600);

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn confirmed(slots: Range<usize>) -> Entry {
    Entry { state: IdState::Confirmed, slots, http_status: None }
}

fn sending(slots: Range<usize>) -> Entry {
    Entry { state: IdState::Unknown, slots, http_status: None }
}

fn rejected(slots: Range<usize>) -> Entry {
    Entry { state: IdState::Rejected, slots, http_status: Some(400) }
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
    assert_eq!(found.entries, [sending(0..10), confirmed(0..10), rejected(10..11), confirmed(50..60)]);
    assert_eq!((found.lines, found.good_bytes, found.warning), (5, journal().len(), None));
    assert_eq!(look(b""), Err(Unread::New));
}

#[test]
fn truncated_anywhere_it_keeps_what_is_whole() {
    let whole = journal();
    let all = look(whole.as_bytes()).unwrap().entries;
    for end in 0..whole.len() {
        match look(&whole.as_bytes()[..end]) {
            Ok(found) => {
                assert!(found.entries.len() < all.len() || end == whole.len());
                assert_eq!(found.entries, all[..found.entries.len()], "truncated at {end}");
                assert!(whole[..found.good_bytes].ends_with('\n'));
            }
            Err(unread) => {
                assert!(end < header().len(), "truncated at {end}: {unread:?}");
                assert_eq!(unread, Unread::New);
            }
        }
    }
}

#[test]
fn a_flipped_bit_never_confirms_anything_new() {
    for whole in [journal(), header() + &line(1, "sending 0-9")] {
        let all = look(whole.as_bytes()).unwrap().entries;
        for (at, bit) in (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut damaged = whole.clone().into_bytes();
            damaged[at] ^= 1 << bit;
            match look(&damaged) {
                // Only the end may be lost without a warning.
                Ok(found) => {
                    let fewer = all.starts_with(&found.entries) && found.entries.len() < all.len();
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
    for bytes in
        ["a note to myself", "0 notes of other programs", "1 ", "\n", other_job.trim_end(), &header()[1..]]
    {
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
    assert!(why(&with(&["usercom-journal 2 f00d slots 100 started 1000", ""])).contains("another version"));
    assert!(why(&with(&["usercom-journal 1 beef slots 100 started 1000"])).contains("another job"));
    assert!(why(&with(&["usercom-journal 1 f00d slots 99 started 1000"])).contains("another job"));
    assert!(why(&with(&["usercom-journal 1 f00d slots 100 started x"])).contains("no time"));
    assert!(why(&with(&["something else"])).contains("not a journal"));
    assert!(why(&with(&[first, "confirmed 0-100"])).contains("line 2"));
    assert!(why(&with(&[first, "confirmed 5-4"])).contains("line 2"));
    assert!(why(&with(&[first, "confirmed 0-18446744073709551615"])).contains("line 2"));
    assert!(why(&with(&[first, "unknown 0-1"])).contains("line 2"));
    // A run that ended between its last line and the removal: nothing is left to do.
    let finished = with(&[first, "confirmed 0-98", "rejected 99-99 http 400"]);
    assert_eq!(look(finished.as_bytes()).unwrap().entries, [confirmed(0..99), rejected(99..100)]);
    assert!(why(&format!("{}garbage\n{}", header(), line(1, "confirmed 0-9"))).contains("line 2 is damaged"));
    assert!(why("garbage\nmore\n").contains("line 1 is damaged"));
    let repeated = format!("{}{}{}", header(), line(1, "confirmed 0-9"), line(1, "confirmed 0-9"));
    assert_eq!(look(repeated.as_bytes()).unwrap().entries, [confirmed(0..10)]);
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
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, tail in ".{0,40}") {
        let _ = look(&bytes);
        let _ = look(format!("{}{}", header(), line(1, &tail)).as_bytes());
    }
}
