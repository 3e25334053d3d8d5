//! What to set and for whom. Everything becomes a checked type here, so that nothing else checks it again.

mod attribute;
mod ids;
mod job;
mod value;

pub(crate) use attribute::Attribute;
pub use attribute::AttributeKind;
pub(crate) use ids::Ids;
pub(crate) use job::{Job, Rules};
pub(crate) use value::JsonText;
pub use value::Value;

use crate::error::Error;

/// One attribute and what to set it to: one [`Value`] for every id, or rows with a value each.
#[derive(Clone, Debug)]
pub struct Update {
    pub(crate) attribute: String,
    pub(crate) values: Vec<Value>,
    pub(crate) value_index: Option<Vec<u32>>,
    /// For a column or a table: what its rows are.
    pub(crate) table: Option<TableRows>,
}

/// What is known of the rows of a column or a table beyond ids and values. Messages then name rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableRows {
    /// Rows that are not sent because their id or value is missing, sorted. What `Ids` has for them is 0 or empty.
    pub skipped: Vec<u32>,
    /// For each value, the first row that has it. Empty for one value.
    pub first: Vec<u32>,
}

impl Update {
    /// The same value for every id.
    pub fn new(attribute: impl Into<String>, value: impl Into<Value>) -> Update {
        Update { attribute: attribute.into(), values: vec![value.into()], value_index: None, table: None }
    }

    /// A value for each id: the id at position `i` gets `values[value_index[i]]`.
    ///
    /// Ids are grouped by value, so that there are as few requests as possible.
    pub fn rows(attribute: impl Into<String>, values: Vec<Value>, value_index: Vec<u32>) -> Update {
        Update { attribute: attribute.into(), values, value_index: Some(value_index), table: None }
    }

    /// The rows that are not sent because something in them is missing.
    pub(crate) fn skipped(&self) -> &[u32] {
        self.table.as_ref().map_or(&[], |table| &table.skipped)
    }

    /// The problem of `values[at]`, named as the caller knows it.
    fn of_value(&self, at: usize, error: Error) -> Error {
        match self.table.as_ref().and_then(|table| table.first.get(at)) {
            Some(row) => error.of_row(*row as usize),
            None => error.of_entry("values", at),
        }
    }

    /// Whether each row of a table has its own value.
    fn is_table(&self) -> bool {
        self.table.is_some() && self.value_index.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who gave a table knows rows, who gave an index knows values.
    #[test]
    fn what_a_message_calls_the_rows() {
        let rules = Rules { kind: AttributeKind::Custom, allow_null: false, requests_per_second: None };
        let ids: Vec<i64> = (1..=50_001).collect();
        let rows = Update::rows("score", (0..50_001).map(Value::from).collect(), (0..50_001).collect());
        let one = Update::new("score", 1);
        for (table, list, of_id) in [
            (None, "values: 50001 distinct", "ids: the id at position 0"),
            (Some(TableRows::default()), "rows: 50001 distinct", "rows: the id of row 0"),
        ] {
            let rows = Update { table: table.clone(), ..rows.clone() };
            let problem = |update: &Update, ids: &[i64]| {
                Job::new(update, Ids::Numeric(ids), rules).unwrap_err().to_string()
            };
            assert!(problem(&rows, &ids).starts_with(list));
            let few = Update::rows("score", vec![1.into()], vec![0]);
            let few = Update { table: table.clone(), ..few };
            assert!(problem(&few, &[-1]).starts_with(of_id), "{}", problem(&few, &[-1]));
            let column = Update { table, ..one.clone() };
            assert!(problem(&column, &[-1]).starts_with("ids: the id at position 0"));
        }
    }
}
