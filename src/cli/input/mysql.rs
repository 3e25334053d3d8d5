//! Rows as `mysql --batch` prints them: cells between tabs, no quotes, backslashes for what would end a cell or a line.

use std::io::{BufReader, Read};

use csv::StringRecord;

use super::header::{self, Columns, Wanted};
use super::{Rows, read_line};
use crate::words::counted;

pub struct MysqlRows<R> {
    lines: BufReader<R>,
    line: u64,
    text: String,
    names: StringRecord,
    columns: Vec<usize>,
    record: StringRecord,
    /// How many cells the first line has.
    width: usize,
    /// Whether the line that was read is a row that nobody has had.
    is_pending: bool,
}

impl<R: Read> MysqlRows<R> {
    pub fn new(text: R, wanted: &[Wanted], named: Option<&Columns>) -> Result<MysqlRows<R>, String> {
        let lines = BufReader::with_capacity(64 * 1024, text);
        let (record, columns) = (StringRecord::new(), Vec::new());
        let mut rows = MysqlRows {
            lines,
            line: 0,
            text: String::new(),
            names: StringRecord::new(),
            columns,
            record,
            width: 0,
            is_pending: false,
        };
        if rows.read()?.is_none() {
            return Err("is empty; mysql prints nothing at all when there are no rows".to_owned());
        }
        rows.width = rows.record.len();
        match named.filter(|named| !named.are_in(&rows.record)) {
            None => {
                rows.columns = header::find(&rows.record, wanted, header::FIRST_LINE)?;
                rows.names = rows.record.clone();
            }
            Some(named) if named.names().len() == rows.width => {
                rows.columns = named.find(wanted)?;
                rows.names = named.names().clone();
                rows.is_pending = true;
            }
            Some(named) => return Err(named.do_not_fit(rows.width)),
        }
        Ok(rows)
    }

    fn read(&mut self) -> Result<Option<u64>, String> {
        if std::mem::take(&mut self.is_pending) {
            return Ok(Some(self.line));
        }
        if !read_line(&mut self.lines, &mut self.text, self.line + 1)? {
            return Ok(None);
        }
        self.line += 1;
        let line = self.text.strip_suffix('\n').unwrap_or(&self.text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        self.record.clear();
        for cell in line.split('\t') {
            match cell {
                "NULL" => self.record.push_field(""),
                cell if cell.contains('\\') => self.record.push_field(&unescape(cell)),
                cell => self.record.push_field(cell),
            }
        }
        Ok(Some(self.line))
    }
}

impl<R: Read> Rows for MysqlRows<R> {
    fn advance(&mut self) -> Result<Option<u64>, String> {
        let line = self.read()?;
        let found = self.record.len();
        match line {
            Some(line) if found != self.width => Err(format!(
                "line {line}: has {}, the first line has {}; is it what mysql --batch prints, without --raw?",
                counted(found, "column"),
                self.width
            )),
            line => Ok(line),
        }
    }

    fn cell(&self, wanted: usize) -> &str {
        &self.record[self.columns[wanted]]
    }

    fn names(&self) -> Vec<&str> {
        self.names.iter().collect()
    }

    /// As they are written, with their backslashes: an unquoted NULL could not be told from the text.
    fn cells(&self) -> Vec<&str> {
        self.text.trim_end_matches(['\r', '\n']).split('\t').collect()
    }
}

fn unescape(cell: &str) -> String {
    let mut text = String::new();
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('0') => '\0',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_unescaped_and_null_is_empty() {
        let text = "id\tnote\n1\ta\\tb\\\\\\n\"c\"\n2\tNULL\n";
        let wanted = [Wanted::new("id", ""), Wanted::new("note", "")];
        let mut rows = MysqlRows::new(text.as_bytes(), &wanted, None).unwrap();
        assert_eq!(rows.advance(), Ok(Some(2)));
        assert_eq!((rows.cell(0), rows.cell(1)), ("1", "a\tb\\\n\"c\""));
        assert_eq!(rows.advance(), Ok(Some(3)));
        assert_eq!(rows.cell(1), "");
        assert_eq!(rows.advance(), Ok(None));
        let mut rows = MysqlRows::new("id\tnote\n1\n".as_bytes(), &wanted, None).unwrap();
        assert!(rows.advance().unwrap_err().starts_with("line 2: has 1 column"));
        let long = format!("id\tnote\n{}", "x".repeat(crate::input::LONGEST as usize + 1));
        let mut rows = MysqlRows::new(long.as_bytes(), &wanted, None).unwrap();
        assert!(rows.advance().unwrap_err().starts_with("line 2: is longer than"));
        assert!(rows.long_cells().is_empty(), "each is on one line");
    }
}
