//! The rows of a file that make up a job: who is to be updated, and where in the file each stands.

use crate::input::table::Table;
use crate::plan::ids::{self, Ids};

/// Ids by position, and the row of each.
pub struct Rows {
    pub ids: Ids,
    table: Table,
    /// The row of each position.
    rows: Vec<usize>,
}

impl Rows {
    /// The ids in these rows of the first column.
    pub fn new(table: Table, rows: Vec<usize>, custom: bool) -> Result<Rows, String> {
        let texts = &table.columns[0];
        let place = |row: usize| move |problem: String| (row, problem);
        let ids = if custom {
            rows.iter()
                .map(|row| ids::custom(&texts[*row]).map_err(place(*row)))
                .collect::<Result<_, _>>()
                .map(Ids::Custom)
        } else {
            rows.iter()
                .map(|row| ids::numeric(&texts[*row]).map_err(place(*row)))
                .collect::<Result<_, _>>()
                .map(Ids::Numeric)
        };
        let ids = ids.map_err(|(row, problem)| format!("{}: {problem}", table.place(row)))?;
        Ok(Rows { ids, table, rows })
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The line of the file that the id at a position is on.
    pub fn line(&self, position: usize) -> u64 {
        self.table.line(self.rows[position])
    }

    /// "ids.csv: line 7".
    pub fn place(&self, position: usize) -> Option<String> {
        self.rows.get(position).map(|row| self.table.place(*row))
    }

    /// Every row of the file with its id as it is written, and its position if it is part of the job.
    pub fn all(&self) -> impl Iterator<Item = (&str, Option<usize>)> {
        let mut positions = self.rows.iter().copied().enumerate().peekable();
        self.table.columns[0].iter().enumerate().map(move |(row, id)| {
            (id.as_str(), positions.next_if(|(_, of)| *of == row).map(|(position, _)| position))
        })
    }
}
