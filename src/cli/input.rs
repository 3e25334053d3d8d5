//! Ids and values from files: a CSV with a header, or one id per line.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The ids of a job, in the order of the file.
pub enum Ids {
    Numeric(Vec<i64>),
    Custom(Vec<String>),
}

impl Ids {
    pub fn len(&self) -> usize {
        match self {
            Ids::Numeric(ids) => ids.len(),
            Ids::Custom(ids) => ids.len(),
        }
    }

    /// The id at `position`, as text.
    pub fn text(&self, position: usize) -> String {
        match self {
            Ids::Numeric(ids) => ids[position].to_string(),
            Ids::Custom(ids) => ids[position].clone(),
        }
    }
}

/// A file's columns that are asked for, row by row, with the line each began on.
pub struct Table {
    /// One list for each column that was asked for.
    columns: Vec<Vec<String>>,
    lines: Vec<u64>,
    /// How the file is called in messages.
    name: String,
}

impl Table {
    /// Reads the columns `wanted` of a CSV with a header, the ids' and perhaps the values'; `-` is the standard input.
    /// A file whose first line is itself an id is a list of ids without a header, which will do when only the first
    /// column is wanted.
    pub fn read(path: &Path, wanted: &[&str]) -> Result<Table, String> {
        let standard_input = path == Path::new("-");
        let name = if standard_input { "standard input".to_owned() } else { path.display().to_string() };
        let source: Box<dyn Read> = if standard_input {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path).map_err(|e| format!("{name}: {e}"))?)
        };
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(source);
        let mut records = reader.records();
        let Some(first) = records.next().transpose().map_err(|e| unreadable(&name, &e))? else {
            return Err(format!("{name}: is empty; put a header and at least one id into it"));
        };
        let mut table = Table { columns: vec![Vec::new(); wanted.len()], lines: Vec::new(), name };
        let columns = match table.find(&first, wanted) {
            Ok(columns) => columns,
            Err(_) if wanted.len() == 1 && first.len() == 1 && is_number(&first[0]) => {
                table.push(&first, &[0]);
                vec![0]
            }
            Err(message) => return Err(message),
        };
        for record in records {
            table.push(&record.map_err(|e| unreadable(&table.name, &e))?, &columns);
        }
        Ok(table)
    }

    fn find(&self, header: &csv::StringRecord, wanted: &[&str]) -> Result<Vec<usize>, String> {
        // A byte order mark, which spreadsheets write, is not part of the first name.
        let names: Vec<&str> = header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
        let hint = |at: usize| match names[..] {
            [name] if name.contains([';', '\t']) => "columns are separated by commas",
            _ => ["choose another with --id-column", "choose another with --value-column"][at],
        };
        let find = |(at, column): (usize, &&str)| {
            names.iter().position(|name| name == column).ok_or_else(|| {
                format!(
                    "{}: has no column \"{column}\"; its first line names {}; {}",
                    self.name,
                    names.iter().map(|n| format!("\"{}\"", n.escape_debug())).collect::<Vec<_>>().join(", "),
                    hint(at)
                )
            })
        };
        wanted.iter().enumerate().map(find).collect()
    }

    fn push(&mut self, record: &csv::StringRecord, columns: &[usize]) {
        for (texts, column) in self.columns.iter_mut().zip(columns) {
            texts.push(record[*column].trim_start_matches('\u{feff}').to_owned());
        }
        self.lines.push(line(record.position()));
    }

    /// A column as texts.
    pub fn column(&self, at: usize) -> impl Iterator<Item = &str> + Clone {
        self.columns[at].iter().map(String::as_str)
    }

    /// "scores.csv: line 7", for messages about a row.
    pub fn place(&self, row: usize) -> String {
        format!("{}: line {}", self.name, self.lines[row])
    }

    /// The first column as ids.
    pub fn ids(&self, custom: bool) -> Result<Ids, String> {
        if custom {
            return Ok(Ids::Custom(self.columns[0].clone()));
        }
        let parse = |(row, text): (usize, &String)| {
            text.parse::<i64>().ok().filter(|id| *id > 0).ok_or_else(|| {
                format!(
                    "{}: \"{}\" is not one of User.com's ids, which are whole numbers above 0; for ids of your own \
                     give --custom-ids",
                    self.place(row),
                    text.escape_debug()
                )
            })
        };
        self.columns[0].iter().enumerate().map(parse).collect::<Result<_, _>>().map(Ids::Numeric)
    }
}

/// What is wrong with a line, and what to do. More columns than the first line's are refused, too: a comma in a
/// number without quotes would make two of it.
fn unreadable(name: &str, error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => {
            format!("{name}: line {}: is not UTF-8; save the file as UTF-8", line(pos.as_ref()))
        }
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => format!(
            "{name}: line {}: has {len} columns, the first line has {expected_len}; what has a comma in it needs quotes",
            line(pos.as_ref())
        ),
        _ => format!("{name}: {error}"),
    }
}

fn line(position: Option<&csv::Position>) -> u64 {
    position.map_or(0, csv::Position::line)
}

fn is_number(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
