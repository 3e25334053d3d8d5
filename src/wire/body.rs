//! The request's body: exactly the keys `ids`, `attribute` and `value`, without spaces.

use std::ops::Range;

use crate::update::{Ids, Job};

/// The slots of one request. Cheap to send to another thread, since the ids stay where they are.
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

    /// The slots that are sent, as runs without a gap.
    pub fn runs(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let ends = self.skip.iter().copied().chain(std::iter::once(self.slots.end));
        let mut start = self.slots.start;
        ends.map(move |end| std::mem::replace(&mut start, end + 1)..end).filter(|run| !run.is_empty())
    }

    /// The slots that are sent, one by one.
    pub fn sent(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs().flatten()
    }

    /// How many ids it has.
    pub fn len(&self) -> usize {
        self.slots.len() - self.skip.len()
    }
}

/// Writes the body into `out`, which keeps its memory from request to request.
pub(crate) fn render(job: &Job<'_>, request: &Request, out: &mut Vec<u8>) {
    out.clear();
    // About the size with ids of seven digits.
    out.reserve(64 + 8 * request.len() + job.values[request.group].as_str().len());
    out.extend_from_slice(b"{\"ids\":");
    let (mut before, mut digits) = (b'[', itoa::Buffer::new());
    for run in request.runs() {
        for position in job.positions(run) {
            out.push(std::mem::replace(&mut before, b','));
            match &job.ids {
                Ids::Numeric(ids) => out.extend_from_slice(digits.format(ids[position]).as_bytes()),
                Ids::Custom(ids) => push_string(out, ids[position]),
            }
        }
    }
    out.extend_from_slice(b"],\"attribute\":");
    push_string(out, job.attribute.as_str());
    out.extend_from_slice(b",\"value\":");
    out.extend_from_slice(job.values[request.group].as_str().as_bytes());
    out.push(b'}');
}

/// How many ids of these slots, from the first one on, fit into `room` bytes of a body. Subtracts from `room` what
/// they need at most.
pub(crate) fn fitting(job: &Job<'_>, slots: Range<usize>, room: &mut usize) -> usize {
    const NUMBER: usize = "9223372036854775807,".len();
    match &job.ids {
        Ids::Numeric(_) => {
            let fitting = slots.len().min(*room / NUMBER);
            *room -= fitting * NUMBER;
            fitting
        }
        Ids::Custom(ids) => {
            let mut fitting = 0;
            for position in job.positions(slots) {
                let Some(left) = room.checked_sub(string_size(ids[position])) else { break };
                *room = left;
                fitting += 1;
            }
            fitting
        }
    }
}

/// An upper bound of what a text takes as JSON, with a comma.
fn string_size(text: &str) -> usize {
    let escaped = text.bytes().filter(|b| *b < 0x20 || *b == b'"' || *b == b'\\').count();
    text.len() + 5 * escaped + 3
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    // Writing JSON text into a `Vec` cannot fail.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

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

    #[test]
    fn the_bound_of_a_text_counts_its_escapes() {
        for (text, size) in [("", 3), ("ab", 5), ("a\"b", 11), ("\\", 9), ("\u{1f}", 9), (" ", 4), ("é", 5)]
        {
            assert_eq!(string_size(text), size, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn runs_are_what_is_not_left_out(start in 0usize..5, left_out in proptest::collection::vec(any::<bool>(), 0..12)) {
            let slots = start..start + left_out.len();
            let (skip, sent): (Vec<usize>, Vec<usize>) = slots.clone().partition(|slot| left_out[slot - start]);
            let request = Request { group: 0, slots, skip };
            prop_assert!(request.sent().eq(sent));
            prop_assert_eq!(request.len(), request.sent().count());
            let runs: Vec<Range<usize>> = request.runs().collect();
            prop_assert!(runs.iter().all(|run| !run.is_empty()));
            prop_assert!(runs.windows(2).all(|pair| pair[0].end < pair[1].start), "{:?}", runs);
        }

        #[test]
        fn numbers_are_written_as_the_standard_library_does(n in 1i64.., shift in 0u32..63) {
            let id = (n >> shift).max(1);
            let job = Job::new(&Update::new("plan", 1), Ids::Numeric(std::slice::from_ref(&id)), RULES).unwrap();
            prop_assert_eq!(body(&job, 0..1, &[]), format!("{{\"ids\":[{id}],\"attribute\":\"plan\",\"value\":1}}"));
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
            let mut room = 1_000_000;
            prop_assert_eq!(fitting(&job, 0..n, &mut room), n);
            let bound = 1_000_000 - room;
            prop_assert!(text.len() <= bound + 40);
            prop_assert_eq!(fitting(&job, 0..n, &mut (bound - 1)), n - 1);
        }
    }

    #[test]
    #[ignore = "a measurement: cargo test --release"]
    fn the_cost_of_rendering() {
        const N: usize = 1_000_000;
        let ids: Vec<i64> = (0..N as i64).map(|i| 1_000_000 + i).collect();
        let job = Job::new(&Update::new("plan", "pro"), Ids::Numeric(&ids), RULES).unwrap();
        let mut body = Vec::new();
        let mut rounds: Vec<f64> = (0..15)
            .map(|_| {
                let start = Instant::now();
                for first in (0..N).step_by(1000) {
                    render(
                        &job,
                        &Request { group: 0, slots: first..first + 1000, skip: Vec::new() },
                        &mut body,
                    );
                    std::hint::black_box(&body);
                }
                start.elapsed().as_nanos() as f64 / N as f64
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        println!(
            "{:.1} ns an id of seven digits, the median of {} rounds",
            rounds[rounds.len() / 2],
            rounds.len()
        );
    }
}
