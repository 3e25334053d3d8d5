//! The ids and columns of a file in memory: each id as a number, each distinct text of a column once.

use std::collections::HashMap;
use std::rc::Rc;

use crate::input::source::Source;
use crate::input::{Again, Form, Input};
use crate::plan::ids::{self, Ids};

/// What was read.
pub struct Table {
    pub source: Source,
    /// "gzip, comma-separated UTF-8".
    pub format: String,
    pub has_names: bool,
    /// Whether the columns' texts are JSON.
    pub is_json: bool,
    /// The lines on which quoted cells begin that span several.
    pub long_cells: Vec<u64>,
    /// Whether rows were left out because of `--limit`.
    pub is_limited: bool,
    ids: Ids,
    /// Rows whose id is none, with its text.
    odd: Vec<(u32, String)>,
    columns: Vec<Column>,
    /// How its rows are written, and how they are read once more.
    pub form: Form,
    pub again: Again,
    /// What a place is called: line, row or entry.
    place: &'static str,
    lines: LineNumbers,
}

/// The texts of a column.
pub struct Column {
    /// Each distinct text, with the row in which it comes first.
    pub texts: Vec<(Rc<str>, u32)>,
    /// The text of each row, or [`EMPTY`].
    pub index: Vec<u32>,
    /// How many rows have none, and the first of them.
    pub empty: usize,
    pub first_empty: Option<u32>,
    numbers: HashMap<Rc<str>, u32>,
}

/// In the place of a text.
pub const EMPTY: u32 = u32::MAX;

impl Table {
    /// Reads at most `limit` rows of an input whose columns are the ids and `columns` others.
    pub fn read(
        mut input: Input,
        columns: usize,
        custom: bool,
        limit: Option<usize>,
    ) -> Result<Table, String> {
        let fail = |name: &str, problem: String| format!("{name}: {problem}");
        let mut table = Table {
            format: input.format,
            has_names: input.has_names,
            is_json: input.is_json,
            long_cells: Vec::new(),
            is_limited: false,
            ids: if custom { Ids::Custom(Vec::new()) } else { Ids::Numeric(Vec::new()) },
            odd: Vec::new(),
            columns: (0..columns).map(|_| Column::new()).collect(),
            form: input.form,
            again: input.again,
            place: input.place,
            lines: LineNumbers::default(),
            source: input.source,
        };
        while let Some(line) = input.rows.advance().map_err(|problem| fail(&table.source.name, problem))? {
            if limit.is_some_and(|limit| limit <= table.rows()) {
                table.is_limited = true;
                break;
            }
            let row = u32::try_from(table.rows())
                .ok()
                .filter(|row| *row < EMPTY)
                .ok_or_else(|| fail(&table.source.name, "has too many rows; split it".to_owned()))?;
            table.lines.push(line);
            table.push_id(row, input.rows.cell(0));
            for (at, column) in table.columns.iter_mut().enumerate() {
                column.push(row, input.rows.cell(at + 1));
            }
        }
        table.long_cells = input.rows.long_cells();
        for column in &mut table.columns {
            column.numbers = HashMap::new();
        }
        Ok(table)
    }

    fn push_id(&mut self, row: u32, cell: &str) {
        let unquoted = if self.is_json { unquoted(cell) } else { None };
        let text = unquoted.as_deref().unwrap_or(cell);
        match &mut self.ids {
            Ids::Numeric(ids) => ids.push(ids::numeric(text).unwrap_or_else(|_| {
                self.odd.push((row, text.to_owned()));
                0
            })),
            Ids::Custom(ids) => {
                if ids::custom(text).is_err() {
                    self.odd.push((row, text.to_owned()));
                }
                ids.push(text.to_owned());
            }
        }
    }

    /// Whether it was given on the command line, and not in a file.
    pub fn is_list(&self) -> bool {
        matches!(self.again, Again::List(..))
    }

    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    pub fn ids(&self) -> &Ids {
        &self.ids
    }

    pub fn column(&self, at: usize) -> &Column {
        &self.columns[at]
    }

    /// The id of a row as it is written.
    pub fn id(&self, row: usize) -> String {
        match self.odd.binary_search_by_key(&(row as u32), |(row, _)| *row) {
            Ok(at) => self.odd[at].1.clone(),
            Err(_) => self.ids.text(row),
        }
    }

    /// Whether all rows that are sent have an id; `is_sent` tells which are.
    pub fn check_ids(&self, is_sent: impl Fn(usize) -> bool) -> Result<(), String> {
        match self.invalid_ids().find(|(row, _)| is_sent(*row as usize)) {
            None => Ok(()),
            Some((row, problem)) => Err(format!("{}: {problem}", self.place(row as usize))),
        }
    }

    /// The rows whose id is none, and what is wrong with it.
    pub fn invalid_ids(&self) -> impl Iterator<Item = (u32, String)> {
        self.odd.iter().map(|(row, text)| {
            let problem = match self.ids {
                Ids::Numeric(_) => ids::numeric(text).err(),
                Ids::Custom(_) => ids::custom(text).err(),
            };
            (*row, problem.unwrap_or_default())
        })
    }

    /// "line 7".
    pub fn line(&self, row: usize) -> String {
        format!("{} {}", self.place, self.lines.at(row))
    }

    /// "scores.csv: line 7", for messages about a row.
    pub fn place(&self, row: usize) -> String {
        format!("{}: {}", self.source.name, self.line(row))
    }
}

impl Column {
    fn new() -> Column {
        Column { texts: Vec::new(), index: Vec::new(), empty: 0, first_empty: None, numbers: HashMap::new() }
    }

    fn push(&mut self, row: u32, text: &str) {
        if text.trim().is_empty() {
            self.empty += 1;
            self.first_empty.get_or_insert(row);
            self.index.push(EMPTY);
            return;
        }
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => {
                let text = Rc::<str>::from(text);
                let number = self.texts.len() as u32;
                self.texts.push((text.clone(), row));
                self.numbers.insert(text, number);
                number
            }
        };
        self.index.push(number);
    }
}

/// The text of a JSON string.
pub fn unquoted(json: &str) -> Option<String> {
    json.starts_with('"').then(|| serde_json::from_str(json).ok()).flatten()
}

/// The line of each row. Most rows follow the one before it, so that only the others are kept.
#[derive(Default)]
struct LineNumbers {
    /// Rows that do not follow, with their lines.
    jumps: Vec<(u32, u64)>,
    rows: u32,
    next: u64,
}

impl LineNumbers {
    fn push(&mut self, line: u64) {
        if self.jumps.is_empty() || line != self.next {
            self.jumps.push((self.rows, line));
        }
        self.rows += 1;
        self.next = line + 1;
    }

    fn at(&self, row: usize) -> u64 {
        let after = self.jumps.partition_point(|(first, _)| *first as usize <= row);
        let (first, line) = self.jumps[after.saturating_sub(1)];
        line + (row as u64 - u64::from(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_that_were_given() {
        let given = [2, 3, 4, 7, 8, 20];
        let mut lines = LineNumbers::default();
        given.into_iter().for_each(|line| lines.push(line));
        assert_eq!((0..given.len()).map(|row| lines.at(row)).collect::<Vec<_>>(), given);
        assert_eq!(lines.jumps.len(), 3);
    }
}
