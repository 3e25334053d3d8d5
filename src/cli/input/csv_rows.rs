//! Rows of a CSV, with the separator that fits its first line.

use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;

use csv::{ReaderBuilder, StringRecord};

use super::Rows;
use super::delimiter::Delimiter;
use super::guard::{Guard, Seen};
use super::header::{self, Columns, Wanted};
use crate::words::{counted, shorten};

/// How the first line is to be read.
pub struct Layout {
    pub delimiter: Delimiter,
    pub has_header: bool,
    /// The names of all columns.
    names: Vec<String>,
    /// Where the wanted ones are.
    columns: Vec<usize>,
    /// Whether mysql --batch may have written it, in which a cell would mean something else.
    is_mysql_like: bool,
}

impl Layout {
    /// From the start of a text. Without a `given` separator it is the one with which the wanted columns are there.
    pub fn of(
        start: &str,
        given: Option<Delimiter>,
        wanted: &[Wanted],
        columns: Option<&Columns>,
    ) -> Result<Layout, String> {
        refuse_drawn_table(start)?;
        let candidates = given.map_or_else(|| Delimiter::USUAL.to_vec(), |given| vec![given]);
        let is_mysql_like = |delimiter| given.is_none() && delimiter == Delimiter::TAB;
        if let Some(columns) = columns
            && let Some(layout) = Layout::of_data(start, &candidates, wanted, columns)?
        {
            return Ok(Layout { is_mysql_like: is_mysql_like(layout.delimiter), ..layout });
        }
        // What is wrong with the line, read with the separator with which most of the wanted columns are there.
        let (mut problem, mut most) = (String::new(), None);
        for delimiter in candidates {
            let Some(header) = first_record(start, delimiter) else {
                return Err(EMPTY.to_owned());
            };
            let columns = match header::find(&header, wanted, header::FIRST_LINE) {
                Ok(columns) => columns,
                // A file of one column whose first line is itself an id is a list of ids without a header.
                Err(_) if wanted.len() == 1 && header.len() == 1 && is_digits(&header[0]) => {
                    return Ok(Layout {
                        delimiter,
                        has_header: false,
                        names: vec![wanted[0].name.trim().to_owned()],
                        columns: vec![0],
                        is_mysql_like: false,
                    });
                }
                Err(why) => {
                    let there =
                        wanted.iter().filter(|one| header.iter().any(|name| name.trim() == one.name.trim()));
                    let fits = Some((there.count(), header.len() > 1));
                    if fits > most {
                        (problem, most) = (why, fits);
                    }
                    continue;
                }
            };
            let names = header.iter().map(|name| name.trim().to_owned()).collect();
            let is_mysql_like = is_mysql_like(delimiter);
            return Ok(Layout { delimiter, has_header: true, names, columns, is_mysql_like });
        }
        refuse_separator_line(start)?;
        if let Some(given) = given {
            refuse_other_delimiter(start, given, wanted)?;
        }
        Err(problem)
    }

    /// Of a text without a header, by the number of its columns; `None` if it has one all the same.
    fn of_data(
        start: &str,
        candidates: &[Delimiter],
        wanted: &[Wanted],
        columns: &Columns,
    ) -> Result<Option<Layout>, String> {
        let firsts = candidates.iter().map(|delimiter| first_record(start, *delimiter));
        let firsts = firsts.collect::<Option<Vec<_>>>().ok_or(EMPTY)?;
        if firsts.iter().any(|first| columns.are_in(first)) {
            return Ok(None);
        }
        let (names, found) = (columns.names(), columns.find(wanted)?);
        let fitting = candidates.iter().zip(&firsts).filter(|(_, first)| first.len() == names.len());
        let mut fitting: Vec<_> = fitting.collect();
        // With the wrong separator the id has more in it.
        if fitting.iter().any(|(_, first)| is_digits(&first[found[0]])) {
            fitting.retain(|(_, first)| is_digits(&first[found[0]]));
        }
        let delimiter = match fitting[..] {
            // A single column has no separator in it, whichever it is.
            [(first, _), ..] if names.len() == 1 && fitting.len() == firsts.len() => *first,
            [(one, _)] if names.len() > 1 => *one,
            [(first, _), .., (last, _)] if names.len() > 1 => {
                return Err(format!(
                    "line 1: has {} columns with {}s and with {}s between them; choose one with --delimiter",
                    names.len(),
                    first.name(),
                    last.name()
                ));
            }
            _ => {
                return Err(
                    columns.do_not_fit(firsts.iter().map(StringRecord::len).max().unwrap_or_default())
                );
            }
        };
        Ok(Some(Layout {
            delimiter,
            has_header: false,
            names: names.iter().map(|name| name.trim().to_owned()).collect(),
            columns: found,
            is_mysql_like: false,
        }))
    }
}

const EMPTY: &str = "is empty; put a header and at least one id into it";

/// The rows after the header.
pub struct CsvRows<R> {
    reader: csv::Reader<Guard<R>>,
    seen: Rc<RefCell<Seen>>,
    layout: Layout,
    record: StringRecord,
}

impl<R: Read> CsvRows<R> {
    pub fn new(text: R, layout: Layout) -> Result<CsvRows<R>, String> {
        let (guard, seen) = Guard::new(text, layout.delimiter.byte());
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .buffer_capacity(64 * 1024)
            .delimiter(layout.delimiter.byte())
            .from_reader(guard);
        let mut rows = CsvRows { reader, seen, layout, record: StringRecord::new() };
        if rows.layout.has_header {
            rows.read()?;
        }
        Ok(rows)
    }

    fn read(&mut self) -> Result<Option<u64>, String> {
        let found = self.reader.read_record(&mut self.record);
        let line = self.seen.borrow_mut().records.pop_front().unwrap_or_default();
        match found {
            Ok(found) => Ok(found.then_some(line)),
            // More columns than the first line's are refused, too: a comma in a number without quotes would make two
            // of it.
            Err(error) => Err(match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
                    "line {line}: has {}, the first line has {expected_len}; what has a separator in it needs quotes",
                    counted(*len as usize, "column")
                ),
                _ => error.to_string(),
            }),
        }
    }

    /// What stands between tabs with a backslash, or as NULL, is not what it seems if mysql has written it.
    fn refuse_mysql(&self, line: u64) -> Result<(), String> {
        if !self.layout.is_mysql_like {
            return Ok(());
        }
        let is_escaped = |cell: &&str| {
            *cell == "NULL" || ["\\n", "\\t", "\\0", "\\\\"].iter().any(|escape| cell.contains(escape))
        };
        match self.layout.columns.iter().map(|at| &self.record[*at]).find(is_escaped) {
            None => Ok(()),
            Some(cell) => Err(format!(
                "line {line}: has \"{}\" between tabs, as mysql --batch writes it; give --format mysql, or --format tsv \
                 to take it as it is",
                shorten(cell)
            )),
        }
    }

    /// A second header, where files were joined, must not become an id.
    fn repeats_header(&self) -> bool {
        let (names, column) = (&self.layout.names, self.layout.columns[0]);
        let is =
            |cell: &str, name: &str| cell.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name);
        let id = &self.record[column];
        if id.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        // In the same order, or in another one.
        is(id, "id")
            || is(id, &names[column])
            || self.record.iter().all(|cell| names.iter().any(|name| is(cell, name)))
    }
}

impl<R: Read> Rows for CsvRows<R> {
    fn advance(&mut self) -> Result<Option<u64>, String> {
        let line = self.read()?;
        match line {
            Some(line) if self.repeats_header() => {
                Err(format!("line {line}: names the columns again; were two files joined? remove this line"))
            }
            Some(line) => self.refuse_mysql(line).map(|()| Some(line)),
            None => Ok(None),
        }
    }

    fn cell(&self, wanted: usize) -> &str {
        &self.record[self.layout.columns[wanted]]
    }

    fn names(&self) -> Vec<&str> {
        self.layout.names.iter().map(String::as_str).collect()
    }

    fn cells(&self) -> Vec<&str> {
        self.record.iter().collect()
    }

    fn long_cells(&self) -> Vec<u64> {
        self.seen.borrow().long_cells.clone()
    }
}

fn first_record(text: &str, delimiter: Delimiter) -> Option<StringRecord> {
    let reader =
        ReaderBuilder::new().has_headers(false).delimiter(delimiter.byte()).from_reader(text.as_bytes());
    reader.into_records().next()?.ok()
}

/// What psql, mysql and duckdb draw for people.
fn refuse_drawn_table(text: &str) -> Result<(), String> {
    let is_rule = |line: &str| {
        let of_a_box = |c: char| ('\u{2500}'..='\u{257f}').contains(&c);
        let line = line.trim();
        (line.contains("--") || line.contains(of_a_box))
            && line.chars().all(|c| matches!(c, '-' | '+' | '|' | ' ' | ':') || of_a_box(c))
    };
    match text.lines().take(2).any(is_rule) {
        true => Err("is a table that is drawn for people; print it as CSV: psql --csv, duckdb -csv, sqlite3 -csv, or \
                     mysql --batch with --format mysql"
            .to_owned()),
        false => Ok(()),
    }
}

fn refuse_separator_line(text: &str) -> Result<(), String> {
    let first_line = text.lines().next().unwrap_or_default().trim().trim_matches('"');
    if first_line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")) {
        return Err(format!(
            "line 1: is \"{}\", which only spreadsheets understand; delete this line",
            first_line.escape_debug()
        ));
    }
    Ok(())
}

/// When the wanted columns are not there: whether they would be with another separator than the given one.
fn refuse_other_delimiter(text: &str, given: Delimiter, wanted: &[Wanted]) -> Result<(), String> {
    let fits = |other: &Delimiter| {
        first_record(text, *other)
            .is_some_and(|header| header::find(&header, wanted, header::FIRST_LINE).is_ok())
    };
    match Delimiter::USUAL.into_iter().find(fits) {
        Some(other) => Err(format!(
            "columns are separated by {}s, not by {}s; leave --delimiter out",
            other.name(),
            given.name(),
        )),
        None => Ok(()),
    }
}

fn is_digits(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
