//! What kind of file it is, found out or given, and its rows.

use std::io::{Cursor, Read};
use std::path::Path;

use encoding_rs::Encoding;

use super::Rows;
use super::csv_rows::{CsvRows, Layout};
use super::delimiter::Delimiter;
use super::header::Wanted;
use super::mysql::MysqlRows;
use super::ndjson::NdjsonRows;
use super::source::{self, Source};
use super::text::{self, Found, Text};
use super::xlsx::XlsxRows;

/// The file
#[derive(clap::Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// What the file is [default: found out from its first bytes]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// What separates the columns: , or ; or tab or | [default: the one with which the columns are there]
    #[arg(long, value_name = "CHARACTER", value_parser = Delimiter::parse)]
    delimiter: Option<Delimiter>,
    /// How the text is encoded, such as windows-1250 [default: UTF-8 or UTF-16, found out]
    #[arg(long, value_name = "NAME", value_parser = text::parse_encoding)]
    encoding: Option<&'static Encoding>,
    /// The sheet of a workbook [default: the only one]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns with a separator and quotes, as spreadsheets, psql --csv and sqlite3 -csv write them
    Csv,
    /// The same, separated by tabs
    Tsv,
    /// What mysql --batch prints: tabs, no quotes, backslashes, NULL for an empty cell
    Mysql,
    /// A JSON object per line
    Ndjson,
    /// An Excel workbook
    Xlsx,
}

/// An open file.
pub struct Input {
    pub source: Source,
    /// "gzip, comma-separated UTF-8".
    pub format: String,
    /// What a place in it is called: line, row or entry.
    pub place: &'static str,
    /// Whether its first line names the columns; a list of ids may do without.
    pub has_header: bool,
    /// Whether cells are JSON texts.
    pub is_json: bool,
    pub rows: Box<dyn Rows>,
}

impl Input {
    /// Opens a file for these columns, the ids' first. `-` is the standard input.
    pub fn open(path: &Path, args: &InputArgs, wanted: &[Wanted]) -> Result<Input, String> {
        let (source, bytes) = Source::open(path)?;
        let name = source.name.clone();
        args.read(source, bytes, wanted).map_err(|problem| format!("{name}: {problem}"))
    }
}

impl InputArgs {
    fn read(&self, source: Source, bytes: source::Bytes, wanted: &[Wanted]) -> Result<Input, String> {
        const START: usize = 64 * 1024;
        let unreadable = |error: std::io::Error| error.to_string();
        let (packed, bytes) = source::unpack(bytes).map_err(unreadable)?;
        let packed = packed.map_or(String::new(), |packed| format!("{packed}, "));
        let (start, mut bytes) = source::peek(bytes, START).map_err(unreadable)?;
        let is_workbook = start.starts_with(b"PK\x03\x04") && self.format.is_none();
        if is_workbook || self.format == Some(Format::Xlsx) {
            let mut workbook = Vec::new();
            bytes.read_to_end(&mut workbook).map_err(unreadable)?;
            let rows = XlsxRows::read(Cursor::new(workbook), self.sheet.as_deref(), wanted)?;
            let format = format!("{packed}Excel workbook, sheet \"{}\"", rows.sheet.escape_debug());
            let rows = Box::new(rows);
            return Ok(Input { source, format, place: "row", has_header: true, is_json: false, rows });
        }
        if let Some(what) = source::other_file(&start) {
            return Err(what.to_owned());
        }
        let found = Found::of(&start, self.encoding)?;
        let (start, text) = source::peek(Text::new(bytes, found), START).map_err(unreadable)?;
        let start = String::from_utf8_lossy(&start);
        let encoding = found.name();
        let (format, rows, has_header): (_, Box<dyn Rows>, _) = match self.format_of(&start) {
            Format::Ndjson => {
                (format!("NDJSON in {encoding}"), Box::new(NdjsonRows::new(text, wanted)), true)
            }
            Format::Mysql => {
                (format!("mysql --batch in {encoding}"), Box::new(MysqlRows::new(text, wanted)?), true)
            }
            format => {
                let tab = (format == Format::Tsv).then_some(Delimiter::TAB);
                let layout = Layout::of(&start, self.delimiter.or(tab), wanted)?;
                let format = format!("{}-separated {encoding}", layout.delimiter.name());
                let has_header = layout.has_header;
                (format, Box::new(CsvRows::new(text, layout)?), has_header)
            }
        };
        let is_json = format.starts_with("NDJSON");
        Ok(Input { source, format: packed + &format, place: "line", has_header, is_json, rows })
    }

    fn format_of(&self, start: &str) -> Format {
        let is_object = start.trim_start().starts_with('{');
        self.format.unwrap_or(if is_object { Format::Ndjson } else { Format::Csv })
    }
}
