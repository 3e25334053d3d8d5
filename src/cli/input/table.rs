//! The columns of a CSV that are asked for, row by row, each with the line of the file that it began on.

use csv::{Position, StringRecord};

use crate::input::delimiter::Delimiter;
use crate::input::header::{self, Wanted};
use crate::input::lines::Lines;
use crate::input::quoting;
use crate::input::source::Source;

/// One list of texts for each wanted column, as they are in the file.
pub struct Table {
    pub columns: Vec<Vec<String>>,
    pub delimiter: Delimiter,
    /// Whether the first line names the columns; a list of ids may do without.
    pub has_header: bool,
    /// The lines on which quoted cells begin that span several.
    pub long_cells: Vec<u64>,
    /// The line of each row.
    lines: Vec<u64>,
    name: String,
}

impl Table {
    /// Reads the `wanted` columns: the ids' and perhaps the values'. A file of one column whose first line is itself an
    /// id is a list of ids without a header, which will do when nothing but ids is wanted.
    pub fn read(source: &Source, delimiter: Delimiter, wanted: &[Wanted<'_>]) -> Result<Table, String> {
        let name = source.name.clone();
        let text = source.text.as_str();
        let lines = Lines::of(text.as_bytes());
        let fail = |problem: String| format!("{name}: {problem}");
        let Some(header) = first_record(text, delimiter) else {
            return Err(fail("is empty; put a header and at least one id into it".to_owned()));
        };
        let columns = header::find(&header, wanted);
        let is_list = columns.is_err() && wanted.len() == 1 && header.len() == 1 && is_digits(&header[0]);
        if columns.is_err() && !is_list {
            refuse_other_delimiter(text, delimiter, wanted).map_err(fail)?;
        }
        let long_cells = quoting::check(text.as_bytes(), delimiter.byte())
            .map_err(|(offset, problem)| fail(format!("line {}: {problem}", lines.at(offset))))?
            .into_iter()
            .map(|offset| lines.at(offset))
            .collect();
        let columns = if is_list { vec![0] } else { columns.map_err(fail)? };
        let mut table = Table {
            columns: vec![Vec::new(); wanted.len()],
            delimiter,
            has_header: !is_list,
            long_cells,
            lines: Vec::new(),
            name,
        };
        let names: Vec<&str> = if is_list { vec!["id"] } else { header.iter().map(str::trim).collect() };
        let mut records = reader(text, delimiter).into_records();
        if !is_list {
            records.next();
        }
        for record in records {
            let record = record.map_err(|error| unreadable(&table.name, text, &lines, &error))?;
            let line = line(text, &lines, record.position());
            if repeats_header(&record, columns[0], &names) {
                return Err(format!(
                    "{}: line {line}: names the columns again; were two files joined? remove this line",
                    table.name
                ));
            }
            for (texts, column) in table.columns.iter_mut().zip(&columns) {
                texts.push(record[*column].to_owned());
            }
            table.lines.push(line);
        }
        Ok(table)
    }

    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The line of the file on which a row began.
    pub fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// "scores.csv: line 7", for messages about a row.
    pub fn place(&self, row: usize) -> String {
        format!("{}: line {}", self.name, self.lines[row])
    }
}

fn reader(text: &str, delimiter: Delimiter) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter.byte()).from_reader(text.as_bytes())
}

fn first_record(text: &str, delimiter: Delimiter) -> Option<StringRecord> {
    reader(text, delimiter).into_records().next()?.ok()
}

/// When the wanted columns are not there: whether they would be with another separator, which is never guessed, since
/// a wrong guess would tear values apart.
fn refuse_other_delimiter(text: &str, given: Delimiter, wanted: &[Wanted<'_>]) -> Result<(), String> {
    let first_line = text.lines().next().unwrap_or_default().trim().trim_matches('"');
    if first_line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")) {
        return Err(format!(
            "line 1: is \"{first_line}\", which only spreadsheets understand; delete this line and choose the \
             separator with --delimiter"
        ));
    }
    let fits = |other: &Delimiter| {
        *other != given
            && first_record(text, *other).is_some_and(|header| header::find(&header, wanted).is_ok())
    };
    match Delimiter::ALL.into_iter().find(fits) {
        Some(other) => Err(format!(
            "columns are separated by {}s, not by {}s; give {}",
            other.name(),
            given.name(),
            other.option()
        )),
        None => Ok(()),
    }
}

/// A second header, where files were joined, must not become an id.
fn repeats_header(record: &StringRecord, id_column: usize, names: &[&str]) -> bool {
    let is = |cell: &str, name: &str| cell.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name);
    let id = &record[id_column];
    // In the same order, or in another one.
    is(id, "id")
        || is(id, names[id_column])
        || (!id.is_empty() && record.iter().all(|cell| names.iter().any(|name| is(cell, name))))
}

/// What is wrong with a record. More columns than the first line's are refused, too: a comma in a number without
/// quotes would make two of it.
fn unreadable(name: &str, text: &str, lines: &Lines, error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => format!(
            "{name}: line {}: has {len} columns, the first line has {expected_len}; what has a separator in it needs \
             quotes",
            line(text, lines, pos.as_ref())
        ),
        _ => format!("{name}: {error}"),
    }
}

/// The line of a record. The reader's position may lie on the line ends before it.
fn line(text: &str, lines: &Lines, position: Option<&Position>) -> u64 {
    let from = position.map_or(0, Position::byte) as usize;
    let ends = text.as_bytes()[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    lines.at(from + ends)
}

fn is_digits(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
