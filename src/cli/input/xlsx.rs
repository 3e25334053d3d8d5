//! Rows of an Excel workbook, each cell as a CSV in the program's own notation would have it.

use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use csv::StringRecord;
use zip::ZipArchive;

use super::Rows;
use super::header::{self, Wanted};

/// What Excel allows.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;

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
    pub fn read(file: &[u8], sheet: Option<&str>, wanted: &[Wanted], all: bool) -> Result<XlsxRows, String> {
        let unreadable = |error: calamine::XlsxError| format!("is not a workbook that can be read: {error}");
        check_strings(file)?;
        let mut workbook = Xlsx::new(Cursor::new(file)).map_err(unreadable)?;
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
        let mut last = None;
        while let Some(cell) = reader.next_cell().map_err(unreadable)? {
            let (row, column) = cell.get_position();
            if row >= MOST_ROWS || column >= MOST_COLUMNS {
                return Err(place("is damaged: it has a cell outside of what a sheet can hold".to_owned()));
            }
            // Cells in any other order would get each other's names and rows.
            if last.replace((row, column)).is_some_and(|last| last >= (row, column)) {
                return Err(place(format!("is damaged: its cells are not in order in row {}", row + 1)));
            }
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

/// Memory is reserved for as many strings as the file says that it has: no more than can be in it.
fn check_strings(file: &[u8]) -> Result<(), String> {
    /// Of the XML of all strings.
    const MOST: u64 = 1 << 30;
    /// The most that a byte of the archive can become.
    const PACKED: u64 = 1032;
    /// The shortest string is `<si/>`.
    const SHORTEST: u64 = 5;
    // What else is wrong with the archive is said by who reads it.
    let Ok(mut archive) = ZipArchive::new(Cursor::new(file)) else { return Ok(()) };
    for at in 0..archive.len() {
        let Ok(part) = archive.by_index(at) else { continue };
        if !part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml")) {
            continue;
        }
        let size = part.size().min(part.compressed_size().saturating_mul(PACKED));
        if size > MOST {
            return Err("has more than 1 GiB of text; save it as CSV UTF-8".to_owned());
        }
        let mut head = Vec::new();
        // One that can't be unpacked is reported by who reads it to its end.
        let _ = part.take(64 * 1024).read_to_end(&mut head);
        if said_strings(&String::from_utf8_lossy(&head)) > size / SHORTEST {
            return Err("is not a workbook that can be read: it has fewer texts than it says".to_owned());
        }
    }
    Ok(())
}

/// The highest `uniqueCount` that stands before the first string.
fn said_strings(head: &str) -> u64 {
    let before = head.split("<si").next().unwrap_or_default();
    let numbers = before.split("uniqueCount").skip(1).map(|rest| {
        let digits = rest.trim_start_matches(|c: char| c.is_whitespace() || "=\"'+".contains(c));
        let digits = &digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())];
        if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }
    });
    numbers.max().unwrap_or_default()
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

    #[test]
    fn days_and_moments() {
        use calamine::ExcelDateTimeType::{DateTime, TimeDelta};
        for (number, kind, text) in [
            (46349.0, DateTime, "2026-11-23"),
            (46349.5, DateTime, "2026-11-23T12:00:00"),
            (46349.0 + 1.0 / 86_400.0, DateTime, "2026-11-23T00:00:01"),
            // No day, although it has neither hours nor minutes.
            (1.0, TimeDelta, "1900-01-01T00:00:00"),
        ] {
            assert_eq!(date(&ExcelDateTime::new(number, kind, false)), text);
        }
    }

    #[test]
    fn how_many_strings_it_says() {
        for (head, n) in [
            ("<sst count=\"9\" uniqueCount=\"4\"><si>uniqueCount=\"7\"", 4),
            ("<x:sst uniqueCount = '18446744073709551616'>", u64::MAX),
            ("<sst uniqueCount=''>", 0),
            ("", 0),
        ] {
            assert_eq!(said_strings(head), n, "{head}");
        }
    }

    /// A workbook whose sheet and strings are these.
    fn book(sheet: &str, strings: &str) -> Vec<u8> {
        use std::io::Write;
        const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let link = |id, kind, to| {
            format!(
                "<Relationships><Relationship Id='{id}' Type='{KIND}/{kind}' Target='{to}'/></Relationships>"
            )
        };
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            ("_rels/.rels", link("a", "officeDocument", "xl/workbook.xml")),
            (
                "xl/workbook.xml",
                format!("<workbook xmlns:r='{KIND}'><sheets><sheet name='S' r:id='b'/></sheets></workbook>"),
            ),
            ("xl/_rels/workbook.xml.rels", link("b", "worksheet", "worksheets/sheet1.xml")),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
            ("xl/sharedStrings.xml", strings.to_owned()),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(sheet: &str, strings: &str) -> Result<Vec<(u64, String)>, String> {
        let mut rows = XlsxRows::read(&book(sheet, strings), None, &[Wanted::new("id", "")], false)?;
        let mut found = Vec::new();
        while let Some(row) = rows.advance()? {
            found.push((row, rows.cell(0).to_owned()));
        }
        Ok(found)
    }

    const NAMES: &str = "<row r='2'><c r='C2' t='inlineStr'><is><t>id</t></is></c></row>";

    #[test]
    fn cells_are_where_they_say() {
        let found =
            read(&format!("{NAMES}<row r='4'><c r='B4'><v>5</v></c><c r='C4'><v>7</v></c></row>"), "<sst/>");
        assert_eq!(found, Ok(vec![(4, "7".to_owned())]));
        let cell =
            |place: &str, text: &str| format!("<c r='{place}' t='inlineStr'><is><t>{text}</t></is></c>");
        let row = |n: u32, a: &str, b: &str| {
            format!("<row r='{n}'>{}{}</row>", cell(&format!("A{n}"), a), cell(&format!("B{n}"), b))
        };
        let sheet = [row(1, "plan", "id"), row(2, "a", "1"), row(3, "b", "2"), row(4, "c", "3")].concat();
        for all in [false, true] {
            let wanted = [Wanted::new("id", ""), Wanted::new("plan", "")];
            let mut rows = XlsxRows::read(&book(&sheet, "<sst/>"), None, &wanted, all).unwrap();
            for (line, id, plan) in [(2, "1", "a"), (3, "2", "b"), (4, "3", "c")] {
                assert_eq!(rows.advance(), Ok(Some(line)));
                assert_eq!((rows.cell(0), rows.cell(1)), (id, plan));
                assert_eq!(rows.cells(), if all { [plan, id] } else { [id, plan] });
            }
            assert_eq!(rows.advance(), Ok(None));
        }
        for (cells, says) in [
            ("<row r='4'><c r='D4'><v>5</v></c><c r='C4'><v>7</v></c></row>", "not in order in row 4"),
            ("<row r='4'><c r='C4'><v>5</v></c><c r='C4'><v>7</v></c></row>", "not in order in row 4"),
            ("<row r='4'><c r='C4'><v>5</v></c></row><row r='3'><c r='C3'><v>7</v></c></row>", "in row 3"),
            ("<row r='4'><c r='XFE4'><v>5</v></c></row>", "outside"),
            ("<row r='1048577'><c r='C1048577'><v>5</v></c></row>", "outside"),
            ("<row r='4294967295'><c r='C4294967295'><v>5</v></c></row>", "outside"),
        ] {
            let problem = read(&format!("{NAMES}{cells}"), "<sst/>").unwrap_err();
            assert!(problem.contains(says), "{cells}: {problem}");
        }
    }

    #[test]
    fn memory_is_not_reserved_for_strings_that_cannot_be_there() {
        let texts = "<si><t>x</t></si>".repeat(100);
        assert_eq!(check_strings(&book(NAMES, &format!("<sst uniqueCount='100'>{texts}</sst>"))), Ok(()));
        for n in [20, 4_000_000_000, u64::MAX] {
            let problem =
                read(NAMES, &format!("<sst uniqueCount='{n}'><si><t>x</t></si></sst>")).unwrap_err();
            assert!(problem.contains("fewer texts than it says"), "{problem}");
        }
    }
}
