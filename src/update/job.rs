//! A checked update in sending order: the positions, grouped by value, each id once.
//!
//! A *position* counts the caller's ids, a *slot* counts the ids that are sent. If no id is repeated and all get the
//! same value, they are equal and nothing is stored.

use std::collections::HashMap;
use std::ops::Range;

use super::{Attribute, AttributeKind, Ids, JsonText, Update};
use crate::error::{Error, Result};

/// More distinct values are most likely a mistake, since each needs its own request.
const MAX_VALUES: usize = 50_000;

/// What to send. Nothing in here changes during a run.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub attribute: Attribute,
    pub kind: AttributeKind,
    pub ids: Ids<'a>,
    /// The distinct values; group `g` of the slots gets `values[g]`.
    pub values: Vec<JsonText>,
    groups: Vec<Range<usize>>,
    order: Option<Vec<u32>>,
    /// Positions whose id is sent for another position.
    pub superseded: Vec<Superseded>,
    /// Positions of a table that have no id or no value, sorted.
    pub skipped: Vec<u32>,
}

/// A position that is not sent because another one has the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Superseded {
    pub position: u32,
    pub by: u32,
    /// Whether it ends like the other position. Not in rows, where the last value of an id wins.
    pub same_value: bool,
}

/// What the caller allows beyond the defaults, and the rate limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub kind: AttributeKind,
    pub allow_null: bool,
    /// To say how long a job with too many values would take.
    pub requests_per_second: Option<f64>,
}

impl<'a> Job<'a> {
    /// Checks everything that can be checked without the network.
    pub fn new(update: &Update, ids: Ids<'a>, rules: Rules) -> Result<Job<'a>> {
        let attribute = Attribute::parse(&update.attribute, rules.kind)?;
        ids.check(update.skipped(), update.is_table())?;
        let (values, group_of) = distinct_values(update, &attribute, ids.len(), rules)?;
        let (order, superseded) = arrange(&ids, group_of.as_deref(), update.skipped());
        let slots = order.as_ref().map_or(ids.len(), Vec::len);
        let groups = match (&order, &group_of) {
            (Some(order), Some(group_of)) => {
                runs_of(values.len(), order.iter().map(|p| group_of[*p as usize]))
            }
            _ => std::iter::once(0..slots).collect(),
        };
        let skipped = update.skipped().to_vec();
        Ok(Job { attribute, kind: rules.kind, ids, values, groups, order, superseded, skipped })
    }

    /// How many ids are sent.
    pub fn slots(&self) -> usize {
        self.order.as_ref().map_or(self.ids.len(), Vec::len)
    }

    /// The slots of each value, in order; together they are all slots.
    pub fn groups(&self) -> &[Range<usize>] {
        &self.groups
    }

    /// Whether every slot is the position of the same number.
    pub fn is_in_order(&self) -> bool {
        self.order.is_none()
    }

    /// The positions of these slots, in order.
    pub fn positions(&self, slots: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        slots.map(|slot| self.position(slot))
    }

    /// The position of this slot.
    pub fn position(&self, slot: usize) -> usize {
        self.order.as_ref().map_or(slot, |order| order[slot] as usize)
    }
}

/// The distinct values and, for rows of more than one, each position's index into them.
fn distinct_values(
    update: &Update,
    attribute: &Attribute,
    ids: usize,
    rules: Rules,
) -> Result<(Vec<JsonText>, Option<Vec<u32>>)> {
    let text = |value| {
        let text = JsonText::of(value, rules.allow_null)?;
        attribute.check(&text).map(|()| text)
    };
    let Some(index) = &update.value_index else {
        return Ok((update.values.iter().map(text).collect::<Result<_>>()?, None));
    };
    let entry = |(at, value)| text(value).map_err(|error| update.of_value(at, error));
    let texts: Vec<JsonText> = update.values.iter().enumerate().map(entry).collect::<Result<_>>()?;
    if index.len() != ids {
        let problem = format!("has {} entries for {ids} ids; give one for each id", index.len());
        return Err(Error::invalid("value_index", problem));
    }
    if let Some(at) = index.iter().position(|v| *v as usize >= texts.len()) {
        let problem = format!(
            "entry {at} (counted from 0) is {}, but there are {} values, counted from 0",
            index[at],
            texts.len()
        );
        return Err(Error::invalid("value_index", problem));
    }
    // Only values that are used, numbered as they first appear, equal texts once.
    let mut numbers: HashMap<&JsonText, u32> = HashMap::new();
    let mut renumbered: Vec<Option<u32>> = vec![None; texts.len()];
    let mut distinct = Vec::new();
    let group_of: Vec<u32> = index
        .iter()
        .map(|v| {
            let text = &texts[*v as usize];
            *renumbered[*v as usize].get_or_insert_with(|| {
                *numbers.entry(text).or_insert_with(|| {
                    distinct.push(text.clone());
                    distinct.len() as u32 - 1
                })
            })
        })
        .collect();
    check_count(
        distinct.len(),
        rules.requests_per_second,
        if update.is_table() { "rows" } else { "values" },
    )?;
    let several = distinct.len() > 1;
    Ok((distinct, several.then_some(group_of)))
}

fn check_count(values: usize, requests_per_second: Option<f64>, list: &'static str) -> Result<()> {
    if values <= MAX_VALUES {
        return Ok(());
    }
    let time = match requests_per_second {
        Some(rate) => {
            format!("would take {:.1} hours at {rate} requests a second", values as f64 / rate / 3600.0)
        }
        None => format!("would take {values} requests"),
    };
    let problem = format!(
        "{values} distinct values need a request each and {time}; at most {MAX_VALUES} are allowed: round the values"
    );
    Err(Error::invalid(list, problem))
}

/// The positions in sending order (`None`: as they are), and those that are not sent.
fn arrange(ids: &Ids<'_>, group_of: Option<&[u32]>, skipped: &[u32]) -> (Option<Vec<u32>>, Vec<Superseded>) {
    let superseded = duplicates(ids, group_of.is_some(), skipped);
    if superseded.is_empty() && group_of.is_none() && skipped.is_empty() {
        return (None, superseded);
    }
    let mut dropped = superseded.iter().map(|s| s.position).peekable();
    let mut missing = skipped.iter().peekable();
    let mut order: Vec<u32> = Vec::with_capacity(ids.len() - superseded.len() - skipped.len());
    for position in 0..ids.len() as u32 {
        if dropped.next_if_eq(&position).is_none() && missing.next_if_eq(&&position).is_none() {
            order.push(position);
        }
    }
    if let Some(group_of) = group_of {
        // A stable sort: within a value the caller's order stays.
        order.sort_by_key(|p| group_of[*p as usize]);
    }
    (Some(order), superseded)
}

/// The positions of repeated ids that are not sent, sorted. With one value the first position of an id is sent, in
/// rows the last one.
fn duplicates(ids: &Ids<'_>, rows: bool, skipped: &[u32]) -> Vec<Superseded> {
    let increasing = match ids {
        Ids::Numeric(ids) => ids.is_sorted_by(|a, b| a < b),
        Ids::Custom(ids) => ids.is_sorted_by(|a, b| a < b),
    };
    if increasing {
        return Vec::new();
    }
    if let (Ids::Numeric(ids), []) = (ids, skipped) {
        // A plain sort of the ids is cheap and mostly shows that none is repeated.
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        if sorted.windows(2).all(|pair| pair[0] != pair[1]) {
            return Vec::new();
        }
    }
    let mut missing = skipped.iter().peekable();
    let mut by_id: Vec<u32> =
        (0..ids.len() as u32).filter(|position| missing.next_if_eq(&position).is_none()).collect();
    by_id.sort_unstable_by(|a, b| ids.compare(*a as usize, *b as usize).then(a.cmp(b)));
    let mut found = Vec::new();
    for same in by_id.chunk_by(|a, b| ids.compare(*a as usize, *b as usize).is_eq()) {
        let kept = if rows { same[same.len() - 1] } else { same[0] };
        let others = same.iter().filter(|position| **position != kept);
        found.extend(others.map(|position| Superseded { position: *position, by: kept, same_value: !rows }));
    }
    found.sort_unstable_by_key(|s| s.position);
    found
}

/// Where each of `n` values starts and ends in a sequence sorted by value.
fn runs_of(n: usize, sorted: impl Iterator<Item = u32>) -> Vec<Range<usize>> {
    let mut counts = vec![0; n];
    sorted.for_each(|value| counts[value as usize] += 1);
    let mut end = 0;
    counts
        .into_iter()
        .map(|count| {
            let start = end;
            end += count;
            start..end
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::update::Value;

    const RULES: Rules =
        Rules { kind: AttributeKind::Custom, allow_null: false, requests_per_second: Some(5.0) };

    fn job<'a>(update: &Update, ids: &'a [i64]) -> Job<'a> {
        Job::new(update, Ids::Numeric(ids), RULES).unwrap()
    }

    fn positions(job: &Job<'_>) -> Vec<Vec<usize>> {
        job.groups().iter().map(|g| g.clone().map(|s| job.position(s)).collect()).collect()
    }

    #[test]
    fn one_value() {
        let update = Update::new("plan", "pro");
        let increasing = job(&update, &[1, 5, 9]);
        assert!(increasing.order.is_none());
        assert_eq!(positions(&increasing), [[0, 1, 2]]);
        assert!(job(&update, &[9, 1, 5]).order.is_none());
        assert_eq!(job(&update, &[]).slots(), 0);
    }

    #[test]
    fn a_repeated_id_is_sent_once() {
        let job = job(&Update::new("plan", "pro"), &[7, 3, 7, 7, 3]);
        assert_eq!(positions(&job), [[0, 1]]);
        let again = |position, by| Superseded { position, by, same_value: true };
        assert_eq!(job.superseded, [again(2, 0), again(3, 0), again(4, 1)]);
    }

    #[test]
    fn rows_are_grouped_and_the_last_value_wins() {
        let values = vec![Value::from(10), Value::from(20), Value::json("10").unwrap(), Value::from(99)];
        let update = Update::rows("score", values, vec![1, 0, 2, 1, 0]);
        let job = job(&update, &[4, 5, 6, 7, 4]);
        let texts: Vec<_> = job.values.iter().map(JsonText::as_str).collect();
        assert_eq!(texts, ["20", "10"], "equal texts are one value, unused ones are none");
        assert_eq!(positions(&job), [vec![3], vec![1, 2, 4]]);
        assert_eq!(job.superseded, [Superseded { position: 0, by: 4, same_value: false }]);
    }

    #[test]
    fn a_value_that_lost_all_its_rows_costs_nothing() {
        let update = Update::rows("score", vec![Value::from(1), Value::from(2)], vec![0, 1]);
        assert_eq!(positions(&job(&update, &[4, 4])), [vec![], vec![1]]);
    }

    #[test]
    fn rows_are_checked() {
        let invalid = |values: Vec<Value>, index: Vec<u32>, ids: &[i64]| {
            Job::new(&Update::rows("score", values, index), Ids::Numeric(ids), RULES).unwrap_err().to_string()
        };
        assert!(invalid(vec![1.into()], vec![0], &[1, 2]).contains("1 entries for 2 ids"));
        assert!(invalid(vec![1.into()], vec![0, 1], &[1, 2]).contains("entry 1"));
        let null = invalid(vec![1.into(), Value::json("null").unwrap()], vec![0, 1], &[1, 2]);
        assert!(null.starts_with("values: entry 1 (counted from 0): null is not allowed"), "{null}");
        let standard = Rules { kind: AttributeKind::Standard, ..RULES };
        let names = vec!["Ala".into(), "x".repeat(41).into()];
        let long = Job::new(&Update::rows("first_name", names, vec![0, 1]), Ids::Numeric(&[1, 2]), standard);
        assert_eq!(
            long.unwrap_err().to_string(),
            "values: entry 1 (counted from 0): has 41 characters; the service takes at most 40 for first_name; shorten it"
        );
        let n = 50_001;
        let ids: Vec<i64> = (1..=n).collect();
        let many = invalid((0..n).map(Value::from).collect(), (0..n as u32).collect(), &ids);
        assert!(many.contains("2.8 hours at 5 requests") && many.contains("round the values"), "{many}");
    }

    #[test]
    fn custom_ids() {
        let ids = Ids::Custom(vec!["b", "a", "b"]);
        let job = Job::new(&Update::new("plan", 1), ids, RULES).unwrap();
        assert_eq!(positions(&job), [[0, 1]]);
        let job = Job::new(&Update::new("plan", 1), Ids::Custom(vec!["a", "a"]), RULES).unwrap();
        assert_eq!(positions(&job), [[0]]);
    }

    #[test]
    fn rows_of_one_value_are_sent_as_they_are() {
        let update = Update::rows("score", vec![Value::from(1), Value::from(1)], vec![1, 0, 1]);
        assert!(job(&update, &[3, 5, 4]).is_in_order());
    }
}
