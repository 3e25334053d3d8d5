//! Rows of an Excel workbook, each cell as a CSV in the program's own notation would have it.

use std::io::{Read, Seek};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use csv::StringRecord;

use super::Rows;
use super::header::{self, Wanted};

pub struct XlsxRows {
    /// The sheet, for the summary.
    pub sheet: String,
    /// The names of the columns that are kept.
    names: StringRecord,
    /// Which of them are wanted.
    wanted: Vec<usize>,
    /// Their cells, row after row.
    cells: Vec<Box<str>>,
    /// The number of each row in the sheet.
    numbers: Vec<u32>,
    width: usize,
    /// The row that comes next.
    next: usize,
}

impl XlsxRows {
    /// The sheet of this name; without one the only sheet. Keeps the wanted columns, or all.
    pub fn read(
        file: impl Read + Seek,
        sheet: Option<&str>,
        wanted: &[Wanted],
        all: bool,
    ) -> Result<XlsxRows, String> {
        let unreadable = |error: calamine::XlsxError| format!("is not a workbook that can be read: {error}");
        let mut workbook = Xlsx::new(std::io::BufReader::new(file)).map_err(unreadable)?;
        let names = workbook.sheet_names();
        let sheet = match (sheet, names.as_slice()) {
            (Some(sheet), _) if names.iter().any(|name| name == sheet) => sheet.to_owned(),
            (None, [only]) => only.clone(),
            (given, _) => {
                let list =
                    names.iter().map(|name| format!("\"{}\"", name.escape_debug())).collect::<Vec<_>>();
                let problem = given.map_or("has several sheets".to_owned(), |given| {
                    format!("has no sheet \"{}\"", given.escape_debug())
                });
                return Err(format!("{problem}; choose one with --sheet: {}", list.join(", ")));
            }
        };
        let place = |problem: String| format!("sheet \"{}\": {problem}", sheet.escape_debug());
        let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(unreadable)?;
        let mut rows = XlsxRows {
            sheet: sheet.clone(),
            names: StringRecord::new(),
            wanted: (0..wanted.len()).collect(),
            cells: Vec::new(),
            numbers: Vec::new(),
            width: wanted.len(),
            next: 0,
        };
        let (mut header, mut columns): (Option<(u32, StringRecord)>, Vec<u32>) = (None, Vec::new());
        while let Some(cell) = reader.next_cell().map_err(unreadable)? {
            let (row, column) = cell.get_position();
            let text = text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            match &mut header {
                None => header = Some((row, padded(StringRecord::new(), column, &text))),
                Some((first, names)) if *first == row => {
                    *names = padded(std::mem::take(names), column, &text)
                }
                Some((_, names)) => {
                    if columns.is_empty() {
                        let found = header::find(names, wanted, header::FIRST_LINE).map_err(place)?;
                        if all {
                            columns = (0..names.len() as u32).collect();
                            (rows.names, rows.width, rows.wanted) = (names.clone(), names.len(), found);
                        } else {
                            columns = found.into_iter().map(|at| at as u32).collect();
                        }
                    }
                    rows.put(row, &columns, column, &text);
                }
            }
        }
        match header {
            None => Err(place("is empty; put a header and at least one id into it".to_owned())),
            Some((_, names)) => header::find(&names, wanted, header::FIRST_LINE).map(|_| rows).map_err(place),
        }
    }

    fn put(&mut self, row: u32, columns: &[u32], column: u32, text: &str) {
        if self.numbers.last() != Some(&(row + 1)) {
            self.numbers.push(row + 1);
            self.cells.resize(self.cells.len() + self.width, Box::default());
        }
        let start = self.cells.len() - self.width;
        for (at, _) in columns.iter().enumerate().filter(|(_, wanted)| **wanted == column) {
            self.cells[start + at] = text.into();
        }
    }
}

impl Rows for XlsxRows {
    fn advance(&mut self) -> Result<Option<u64>, String> {
        self.next += 1;
        Ok(self.numbers.get(self.next - 1).map(|number| u64::from(*number)))
    }

    fn cell(&self, wanted: usize) -> &str {
        &self.cells[(self.next - 1) * self.width + self.wanted[wanted]]
    }

    fn names(&self) -> Vec<&str> {
        self.names.iter().collect()
    }

    fn cells(&self) -> Vec<&str> {
        let start = (self.next - 1) * self.width;
        self.cells[start..start + self.width].iter().map(|cell| &**cell).collect()
    }
}

/// The header with this name in its column; cells between that are empty have no name.
fn padded(mut header: StringRecord, column: u32, name: &str) -> StringRecord {
    while header.len() < column as usize {
        header.push_field("");
    }
    header.push_field(name);
    header
}

fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// With the 15 digits that a workbook shows; a longer number has lost digits and is written so that nobody takes it.
fn float(number: f64) -> String {
    const DIGITS: f64 = 1e15;
    if number.abs() >= DIGITS {
        return format!("{number:E}").replace('E', "E+");
    }
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    shown.to_string()
}

/// A day, or a date & time without a zone, which a workbook does not have.
fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) if !moment.is_duration() => date,
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_see_them() {
        for (number, text) in [
            (12.0, "12"),
            (-3.0, "-3"),
            (0.1 + 0.2, "0.3"),
            (2.5, "2.5"),
            (999_999_999_999_999.0, "999999999999999"),
            (1.2e17, "1.2E+17"),
        ] {
            assert_eq!(float(number), text);
        }
    }
}
