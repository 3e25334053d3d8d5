//! The request's body: exactly the keys `ids`, `attribute` and `value`, without a byte too many.

use std::ops::Range;

use crate::update::{Ids, Job};

/// Which slots go into one request. Small enough to hand to another thread; the ids stay where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The value's number.
    pub group: usize,
    pub slots: Range<usize>,
    /// Slots within `slots` that are left out, increasing.
    pub skip: Vec<usize>,
}

impl Request {
    /// For one id only.
    pub fn single(group: usize, slot: usize) -> Request {
        Request { group, slots: slot..slot + 1, skip: Vec::new() }
    }

    /// The slots that are sent.
    pub fn sent(&self) -> impl Iterator<Item = usize> + '_ {
        let mut skip = self.skip.iter().peekable();
        self.slots.clone().filter(move |slot| skip.next_if_eq(&slot).is_none())
    }

    /// How many ids it has.
    pub fn len(&self) -> usize {
        self.slots.len() - self.skip.len()
    }
}

/// Writes the body into `out`, which keeps its memory from request to request.
pub(crate) fn render(job: &Job<'_>, request: &Request, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(b"{\"ids\":[");
    let start = out.len();
    for slot in request.sent() {
        if out.len() > start {
            out.push(b',');
        }
        match &job.ids {
            Ids::Numeric(ids) => push_number(out, ids[job.position(slot)] as u64),
            Ids::Custom(ids) => push_string(out, ids[job.position(slot)]),
        }
    }
    out.extend_from_slice(b"],\"attribute\":");
    push_string(out, job.attribute.as_str());
    out.extend_from_slice(b",\"value\":");
    out.extend_from_slice(job.values[request.group].as_str().as_bytes());
    out.push(b'}');
}

/// An upper bound of what the id in a slot adds to a body, in bytes.
pub(crate) fn body_size(job: &Job<'_>, slot: usize) -> usize {
    match &job.ids {
        Ids::Numeric(_) => 20,
        Ids::Custom(ids) => {
            let id = ids[job.position(slot)];
            let escaped = id.bytes().filter(|b| *b < 0x20 || *b == b'"' || *b == b'\\').count();
            id.len() + 5 * escaped + 3
        }
    }
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    // Writing JSON text into memory cannot fail; a `Vec` takes what it is given.
    let _ = serde_json::to_writer(out, text);
}

/// All numbers of four digits as text: with it an id of seven digits takes two look-ups, which is half
/// the time of the usual two-digit table.
static FOUR_DIGITS: [[u8; 4]; 10_000] = {
    let mut table = [[0; 4]; 10_000];
    let mut n = 0;
    while n < 10_000 {
        table[n] = [
            b'0' + (n / 1000) as u8,
            b'0' + (n / 100 % 10) as u8,
            b'0' + (n / 10 % 10) as u8,
            b'0' + (n % 10) as u8,
        ];
        n += 1;
    }
    table
};

fn push_number(out: &mut Vec<u8>, mut n: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    while n >= 10_000 {
        at -= 4;
        digits[at..at + 4].copy_from_slice(&FOUR_DIGITS[(n % 10_000) as usize]);
        n /= 10_000;
    }
    at -= 4;
    digits[at..at + 4].copy_from_slice(&FOUR_DIGITS[n as usize]);
    at += match n {
        1000.. => 0,
        100.. => 1,
        10.. => 2,
        _ => 3,
    };
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::update::{AttributeKind, Rules, Update, Value};

    const RULES: Rules = Rules { kind: AttributeKind::Custom, allow_null: false, requests_per_second: None };

    fn body(job: &Job<'_>, slots: Range<usize>, skip: &[usize]) -> String {
        let mut out = b"what was there before".to_vec();
        render(job, &Request { group: 0, slots, skip: skip.to_vec() }, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn exactly_three_keys_and_no_spaces() {
        let update = Update::new("plan \"x\"", Value::json("{\"a\": 1e3}").unwrap());
        let job = Job::new(&update, Ids::Numeric(&[10, 15, 22, 23]), RULES).unwrap();
        assert_eq!(
            body(&job, 0..4, &[]),
            r#"{"ids":[10,15,22,23],"attribute":"plan \"x\"","value":{"a": 1e3}}"#
        );
        assert_eq!(body(&job, 1..4, &[1, 3]), r#"{"ids":[22],"attribute":"plan \"x\"","value":{"a": 1e3}}"#);
    }

    #[test]
    fn custom_ids_are_strings() {
        let ids = Ids::Custom(vec!["u-1", "7", "a\"\n\0", "\u{1F600}"]);
        let job = Job::new(&Update::new("plan", true), ids, RULES).unwrap();
        assert_eq!(
            body(&job, 0..4, &[]),
            "{\"ids\":[\"u-1\",\"7\",\"a\\\"\\n\\u0000\",\"\u{1F600}\"],\"attribute\":\"plan\",\"value\":true}"
        );
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_the_standard_library_does(n: u64, shift in 0u32..64) {
            let mut out = Vec::new();
            push_number(&mut out, n >> shift);
            prop_assert_eq!(String::from_utf8(out).unwrap(), (n >> shift).to_string());
        }

        #[test]
        fn bodies_are_json_and_within_their_bound(ids in proptest::collection::vec(".{1,20}", 1..20)) {
            let mut unique: Vec<&str> = ids.iter().map(String::as_str).collect();
            unique.sort_unstable();
            unique.dedup();
            let n = unique.len();
            let job = Job::new(&Update::new("é", "v"), Ids::Custom(unique.clone()), RULES).unwrap();
            let text = body(&job, 0..n, &[]);
            let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&parsed["ids"], &serde_json::json!(unique));
            let bound: usize = (0..n).map(|slot| body_size(&job, slot)).sum();
            prop_assert!(text.len() <= bound + 40);
        }
    }
}
