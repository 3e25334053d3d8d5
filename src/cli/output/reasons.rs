//! Why ids failed: the same reason once, with the number of its ids and some of them.

use std::collections::HashMap;

use usercom::IdState;

use crate::run::Outcome;

/// So many reasons are told apart; what comes later counts as one.
const REASONS: usize = 500;
const EXAMPLES: usize = 3;

pub struct Reason {
    pub state: IdState,
    pub http_status: Option<u16>,
    /// Of several ids, with "…" in the place of each.
    pub message: String,
    /// The message of the first id, as it was.
    first: String,
    pub count: usize,
    /// The first ids, with their rows.
    pub examples: Vec<(String, usize)>,
}

/// The reasons of an outcome, the most frequent first.
pub fn of(outcome: &Outcome<'_, '_>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let mut numbers: HashMap<(u8, Option<u16>, String), usize> = HashMap::new();
    for failed in outcome.failures() {
        let (state, http_status) = (failed.failure.state, failed.failure.http_status);
        let mut message = without_id(failed.failure.message, failed.failure.id);
        let mut key = (state as u8, http_status, message);
        if numbers.len() >= REASONS && !numbers.contains_key(&key) {
            key = (state as u8, None, "other reasons".to_owned());
        }
        message = key.2.clone();
        let at = *numbers.entry(key).or_insert(reasons.len());
        if at == reasons.len() {
            let first = failed.failure.message.to_owned();
            reasons.push(Reason { state, http_status, message, first, count: 0, examples: Vec::new() });
        }
        let reason = &mut reasons[at];
        reason.count += 1;
        if reason.examples.len() < EXAMPLES {
            reason.examples.push((failed.failure.id.to_owned(), outcome.job.row(failed.position)));
        }
    }
    for reason in reasons.iter_mut().filter(|reason| reason.count == 1) {
        reason.message = std::mem::take(&mut reason.first);
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons
}

/// Messages that differ in the id only are the same reason.
fn without_id(message: &str, id: &str) -> String {
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(id).filter(|_| !id.is_empty()) {
        let (before, after) = (&rest[..at], &rest[at + id.len()..]);
        let stands_alone =
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        text += before;
        text += if stands_alone { "\u{2026}" } else { id };
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_out_where_it_stands_alone() {
        for (message, id, without) in [
            ("no user 99", "99", "no user …"),
            ("99: no user 199 or 99", "99", "…: no user 199 or …"),
            ("no", "", "no"),
            ("u-1 is gone", "u-1", "… is gone"),
        ] {
            assert_eq!(without_id(message, id), without);
        }
    }
}
