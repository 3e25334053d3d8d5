//! The ids of a run: numeric ones straight from the caller's array, or custom ones as text.

use crate::error::{Error, Result};

/// The ids to update, by position.
#[derive(Clone, Debug)]
pub(crate) enum Ids<'a> {
    /// User.com's own ids.
    Numeric(&'a [i64]),
    /// The customer's ids.
    Custom(Vec<&'a str>),
}

/// Longest custom id, in bytes. The vendor documents no limit; this one keeps a batch of a thousand ids small.
const MAX_CUSTOM_ID: usize = 1024;

impl Ids<'_> {
    pub fn len(&self) -> usize {
        match self {
            Ids::Numeric(ids) => ids.len(),
            Ids::Custom(ids) => ids.len(),
        }
    }

    /// Checks that the service can have assigned these ids. Names the first position that is invalid.
    ///
    /// Positions in `skipped`, which is sorted, have no id. The ids of a table are those of its `rows`.
    pub fn check(&self, skipped: &[u32], rows: bool) -> Result<()> {
        if u32::try_from(self.len()).is_err() {
            return Err(Error::invalid(
                "ids",
                format!("{} ids; one run takes at most {}", self.len(), u32::MAX),
            ));
        }
        let (list, found) = match self {
            Ids::Numeric(ids) => ("ids", first_problem(ids, skipped, |id| numeric_problem(*id))),
            Ids::Custom(ids) => ("custom_ids", first_problem(ids, skipped, |id| custom_problem(id))),
        };
        match found {
            Some((at, problem)) if rows => {
                Err(Error::invalid("rows", format!("the id of row {at} (counted from 0) {problem}")))
            }
            Some((at, problem)) => {
                Err(Error::invalid(list, format!("the id at position {at} (counted from 0) {problem}")))
            }
            None => Ok(()),
        }
    }

    /// How the ids at two positions compare.
    pub fn compare(&self, a: usize, b: usize) -> std::cmp::Ordering {
        match self {
            Ids::Numeric(ids) => ids[a].cmp(&ids[b]),
            Ids::Custom(ids) => ids[a].cmp(ids[b]),
        }
    }

    /// Appends the text of the id at `position`.
    pub fn write(&self, position: usize, out: &mut String) {
        match self {
            Ids::Numeric(ids) => out.push_str(&ids[position].to_string()),
            Ids::Custom(ids) => out.push_str(ids[position]),
        }
    }
}

/// Where the first id with a problem is, and the problem.
fn first_problem<T>(
    ids: &[T],
    skipped: &[u32],
    problem: impl Fn(&T) -> Option<String>,
) -> Option<(usize, String)> {
    let found = |(at, id)| Some((at, problem(id)?));
    if skipped.is_empty() {
        return ids.iter().enumerate().find_map(found);
    }
    let present = |(at, _): &(usize, &T)| skipped.binary_search(&(*at as u32)).is_err();
    ids.iter().enumerate().filter(present).find_map(found)
}

fn numeric_problem(id: i64) -> Option<String> {
    (id <= 0).then(|| format!("is {id}; User.com's ids are above 0"))
}

fn custom_problem(id: &str) -> Option<String> {
    match id.len() {
        0 => Some(format!("has 0 bytes: it is empty; use 1 to {MAX_CUSTOM_ID}, or leave this user out")),
        1..=MAX_CUSTOM_ID => None,
        bytes => Some(format!("has {bytes} bytes; use 1 to {MAX_CUSTOM_ID}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_is_named() {
        assert!(Ids::Numeric(&[1, i64::MAX]).check(&[], false).is_ok());
        assert!(Ids::Numeric(&[]).check(&[], false).is_ok());
        for bad in [0, -1, i64::MIN] {
            let message = Ids::Numeric(&[1, 2, bad]).check(&[], false).unwrap_err().to_string();
            assert!(message.contains("position 2") && message.contains(&format!("is {bad};")), "{message}");
        }
        let long = "x".repeat(1025);
        for bad in ["", &long] {
            let message = Ids::Custom(vec!["a", bad]).check(&[], false).unwrap_err().to_string();
            assert!(message.starts_with("custom_ids: ") && message.contains("position 1"), "{message}");
        }
        assert!(Ids::Numeric(&[1, 0, 2]).check(&[1], false).is_ok());
        let message = Ids::Numeric(&[1, 0, 0]).check(&[1], true).unwrap_err().to_string();
        assert!(message.starts_with("rows: the id of row 2 (counted from 0) is 0;"), "{message}");
        assert!(Ids::Custom(vec!["a", "\0\"\u{1F600}", "a@b.example", " "]).check(&[], false).is_ok());
    }
}
