//! One attribute of a table: which rows are sent, and with which values.

use std::borrow::Cow;
#[cfg(feature = "sync")]
use std::collections::BTreeMap;
use std::ops::Range;

use usercom::{Client, Run, Update, Value};

use crate::plan::ids::Ids;
use crate::plan::table::{EMPTY, Table};
use crate::plan::values::{self, Empty, Reading, Type};

/// What is wrong with each row that is not sent.
#[cfg(feature = "sync")]
pub type InvalidRows = BTreeMap<u32, String>;

/// What one run sends. A position counts the ids of the job, a row those of the table.
pub struct Job<'t> {
    pub table: &'t Table,
    pub attribute: String,
    /// The column that the values come from; none if all ids get the same.
    pub column: Option<String>,
    pub kind: Type,
    values: Vec<Value>,
    /// The value of each position, if there are several.
    index: Option<Vec<u32>>,
    /// The row at which each value comes first.
    firsts: Vec<u32>,
    /// The row of each position, unless all rows are sent.
    rows: Option<Vec<u32>>,
    /// Whether rows are left out that have a value.
    is_filtered: bool,
    /// How many rows have no value, and what becomes of them.
    pub empty: (usize, Option<Empty>),
}

impl<'t> Job<'t> {
    /// The same value for all ids.
    pub fn one_value(
        table: &'t Table,
        attribute: String,
        value: &str,
        reading: Reading,
    ) -> Result<Job<'t>, String> {
        let (kind, value) = values::one(value, reading)?;
        table.check_ids(|_| true)?;
        let (values, firsts) = (vec![value], vec![0]);
        Ok(Job {
            table,
            attribute,
            column: None,
            kind,
            values,
            index: None,
            firsts,
            rows: None,
            is_filtered: false,
            empty: (0, None),
        })
    }

    /// A value for each row, from column number `at`, which is called `name`.
    pub fn of_column(
        table: &'t Table,
        attribute: String,
        (at, name): (usize, &str),
        reading: Reading,
        on_empty: Option<Empty>,
    ) -> Result<Job<'t>, String> {
        let column = table.column(at);
        let cell = |row: u32| match table.has_names {
            true => format!("{}, column \"{}\"", table.place(row as usize), name.escape_debug()),
            false => table.place(row as usize),
        };
        if let (Some(first), None) = (column.first_empty, on_empty) {
            return Err(format!(
                "{}: has no value, {}; --empty skip leaves such ids as they are, --empty send sends an empty text",
                cell(first),
                match column.empty {
                    1 => "the only such row".to_owned(),
                    n => format!("the first of {n} such rows"),
                },
            ));
        }
        let texts = column.texts.iter().map(|(text, row)| (&**text, *row));
        let (kind, mut values) = values::many(texts, reading, cell)?;
        let mut firsts: Vec<u32> = column.texts.iter().map(|(_, row)| *row).collect();
        let mut index = Cow::Borrowed(&column.index);
        let mut rows = None;
        if let (Some(first), Some(on_empty)) = (column.first_empty, on_empty) {
            match on_empty {
                Empty::Send => {
                    let empty = values.len() as u32;
                    values.push(Value::from(""));
                    firsts.push(first);
                    index.to_mut().iter_mut().filter(|at| **at == EMPTY).for_each(|at| *at = empty);
                }
                Empty::Skip => {
                    let sent = (0u32..).zip(&column.index).filter(|(_, at)| **at != EMPTY);
                    let (some, of_some) = sent.unzip::<u32, &u32, Vec<u32>, Vec<&u32>>();
                    index = Cow::Owned(of_some.into_iter().copied().collect());
                    rows = Some(some);
                }
            }
        }
        match &rows {
            None => table.check_ids(|_| true)?,
            Some(_) => table.check_ids(|row| column.index[row] != EMPTY)?,
        }
        Ok(Job {
            table,
            attribute,
            column: Some(name.to_owned()),
            kind,
            values,
            index: Some(index.into_owned()),
            firsts,
            rows,
            is_filtered: false,
            empty: (column.empty, on_empty),
        })
    }

    /// The rows that could be sent if all others were mended, and what is wrong with each of those.
    #[cfg(feature = "sync")]
    pub fn of_valid_rows(
        table: &'t Table,
        attribute: String,
        (at, name): (usize, &str),
        reading: Reading,
        on_empty: Option<Empty>,
    ) -> Result<(Job<'t>, InvalidRows), String> {
        let column = table.column(at);
        let texts = column.texts.iter().map(|(text, row)| (&**text, *row));
        let (kind, read) = values::each(texts, reading, |row| table.place(row as usize))?;
        let mut invalid: InvalidRows = table.invalid_ids().collect();
        let empty = read.len() as u32;
        let (mut rows, mut index) = (Vec::new(), Vec::new());
        for (row, text) in (0u32..).zip(&column.index) {
            let problem = match (*text, on_empty) {
                (EMPTY, None) => Some("has no value"),
                (EMPTY, _) => None,
                (text, _) => read[text as usize].as_ref().err().map(String::as_str),
            };
            if let Some(problem) = problem {
                invalid.entry(row).or_insert_with(|| problem.to_owned());
            }
            if !invalid.contains_key(&row) && (*text != EMPTY || on_empty == Some(Empty::Send)) {
                rows.push(row);
                index.push(if *text == EMPTY { empty } else { *text });
            }
        }
        // Nothing of the job is a text that could not be read; the last value is that of an empty cell.
        let values = read.into_iter().map(|value| value.unwrap_or(Value::from(""))).chain([Value::from("")]);
        let firsts = column.texts.iter().map(|(_, row)| *row).chain(column.first_empty.or(Some(0)));
        let job = Job {
            table,
            attribute,
            column: Some(name.to_owned()),
            kind,
            values: values.collect(),
            index: Some(index),
            firsts: firsts.collect(),
            rows: Some(rows),
            is_filtered: true,
            empty: (column.empty, on_empty),
        };
        Ok((job, invalid))
    }

    /// How many ids are sent.
    pub fn len(&self) -> usize {
        self.rows.as_ref().map_or(self.table.rows(), Vec::len)
    }

    /// Sends only these positions, which are sorted, and forgets the values of all others.
    pub fn keep(&mut self, positions: &[usize]) {
        let rows = positions.iter().map(|position| self.row(*position) as u32).collect();
        if let Some(index) = &self.index {
            let mut numbers = vec![None; self.values.len()];
            let (mut values, mut firsts) = (Vec::new(), Vec::new());
            let kept = positions.iter().map(|position| {
                let old = index[*position] as usize;
                *numbers[old].get_or_insert_with(|| {
                    values.push(self.values[old].clone());
                    firsts.push(self.firsts[old]);
                    values.len() as u32 - 1
                })
            });
            let kept: Vec<u32> = kept.collect();
            self.index = Some(kept);
            (self.values, self.firsts) = (values, firsts);
        }
        self.rows = Some(rows);
        self.is_filtered = true;
    }

    /// Why a row has no position.
    pub fn left_out(&self) -> &'static str {
        match self.is_filtered {
            true => {
                "skipped: the row has not changed, has no value, or is followed by another of the same id"
            }
            false => "skipped: the row has no value",
        }
    }

    /// Each distinct value.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Which of the values a position has.
    pub fn value_number(&self, position: usize) -> usize {
        self.index.as_ref().map_or(0, |index| index[position] as usize)
    }

    /// How many distinct values.
    pub fn distinct(&self) -> usize {
        self.values.len()
    }

    /// The row of a position.
    pub fn row(&self, position: usize) -> usize {
        self.rows.as_ref().map_or(position, |rows| rows[position] as usize)
    }

    /// Every row of the table with its position, if it is sent.
    pub fn positions(&self) -> impl Iterator<Item = (usize, Option<usize>)> {
        let mut sent = (0..self.len()).map(|position| (self.row(position), position)).peekable();
        (0..self.table.rows())
            .map(move |row| (row, sent.next_if(|(of, _)| *of == row).map(|(_, position)| position)))
    }

    /// Calls `run` with a run for these positions.
    pub fn with_run<T>(&self, client: &Client, positions: Range<usize>, run: impl FnOnce(Run<'_>) -> T) -> T {
        let update = match &self.index {
            Some(index) => {
                Update::rows(self.attribute.clone(), self.values.clone(), index[positions.clone()].to_vec())
            }
            None => Update::new(self.attribute.clone(), self.values[0].clone()),
        };
        let to = client.run(update);
        match (self.table.ids(), &self.rows) {
            (Ids::Numeric(ids), None) => run(to.ids(&ids[positions])),
            (Ids::Custom(ids), None) => run(to.custom_ids(&ids[positions])),
            (Ids::Numeric(ids), Some(rows)) => {
                let ids: Vec<i64> = rows[positions].iter().map(|row| ids[*row as usize]).collect();
                run(to.ids(&ids))
            }
            (Ids::Custom(ids), Some(rows)) => {
                let ids: Vec<&str> = rows[positions].iter().map(|row| ids[*row as usize].as_str()).collect();
                run(to.custom_ids(&ids))
            }
        }
    }

    /// Where in the file an entry of one of the library's lists came from, for a run of the positions from `first` on.
    pub fn place(&self, list: &str, entry: usize, first: usize) -> Option<String> {
        match list {
            "values" => {
                self.column.as_ref().and_then(|_| Some(self.table.place(*self.firsts.get(entry)? as usize)))
            }
            "ids" | "custom_ids" | "rows" => {
                let position = (0..self.len()).nth(first + entry)?;
                Some(self.table.place(self.row(position)))
            }
            _ => None,
        }
    }
}
