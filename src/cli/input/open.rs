//! What kind of file it is, found out or given, and its rows.

use std::io::Read;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};

use super::Rows;
use super::csv_rows::{CsvRows, Layout};
use super::delimiter::Delimiter;
use super::header::{Columns, Wanted};
use super::mysql::MysqlRows;
use super::ndjson::NdjsonRows;
use super::source::{self, Source};
use super::text::{self, Found, Text};
use super::xlsx::XlsxRows;

/// The file
#[derive(Clone, clap::Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// What the file is [default: found out from its first bytes]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The names of the columns, where the first line does not name them, as in sqlite3 -csv: id,plan
    #[arg(long, value_name = "NAMES", value_parser = Columns::parse)]
    columns: Option<Columns>,
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
    /// Whether its columns have names; a list of ids may do without.
    pub has_names: bool,
    /// Whether cells are JSON texts.
    pub is_json: bool,
    /// How its rows are written.
    pub form: Form,
    pub again: Again,
    pub rows: Box<dyn Rows>,
}

/// How rows are written, for a file of the same form.
#[derive(Clone, Copy)]
pub struct Form {
    pub rows: RowForm,
    /// The encoding that was given; a file in another one would be misread with the same options.
    pub encoding: &'static Encoding,
    /// Whether it begins with a byte order mark.
    pub has_mark: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RowForm {
    Separated(u8),
    Mysql,
    Ndjson,
}

impl Default for Form {
    fn default() -> Form {
        Form { rows: RowForm::Separated(b','), encoding: UTF_8, has_mark: false }
    }
}

/// How an input is read once more.
pub enum Again {
    File(InputArgs, Vec<Wanted>),
    List(String, String),
}

impl Again {
    /// The same rows, with all their columns.
    pub fn read(&self, source: &Source) -> Result<Input, String> {
        match self {
            Again::List(text, option) => Ok(super::list(text, option)),
            Again::File(args, wanted) => {
                let named = Source::argument(&source.name);
                args.read(named, source.reopen()?, wanted, true)
            }
        }
    }
}

impl Input {
    /// Opens a file for these columns, the ids' first. `-` is the standard input. `twice` is whether it will be read
    /// [again](Again).
    pub fn open(path: &Path, args: &InputArgs, wanted: &[Wanted], twice: bool) -> Result<Input, String> {
        let (source, bytes) = Source::open(path, twice)?;
        let name = source.name.clone();
        args.read(source, bytes, wanted, false).map_err(|problem| format!("{name}: {problem}"))
    }
}

impl InputArgs {
    fn read(
        &self,
        source: Source,
        bytes: source::Bytes,
        wanted: &[Wanted],
        all: bool,
    ) -> Result<Input, String> {
        const START: usize = 64 * 1024;
        let unreadable = |error: std::io::Error| error.to_string();
        let (packed, bytes) = source::unpack(bytes).map_err(unreadable)?;
        let packed = packed.map_or(String::new(), |packed| format!("{packed}, "));
        let (start, mut bytes) = source::peek(bytes, START).map_err(unreadable)?;
        let is_workbook = start.starts_with(b"PK\x03\x04") && self.format.is_none();
        if is_workbook || self.format == Some(Format::Xlsx) {
            self.names_itself("a workbook names its columns in its first row")?;
            let mut workbook = Vec::new();
            bytes.read_to_end(&mut workbook).map_err(unreadable)?;
            let rows = XlsxRows::read(&workbook, self.sheet.as_deref(), wanted, all)?;
            let format = format!("{packed}Excel workbook, sheet \"{}\"", rows.sheet.escape_debug());
            let (rows, again) = (Box::new(rows), Again::File(self.clone(), wanted.to_vec()));
            let form = Form::default();
            return Ok(Input {
                source,
                format,
                place: "row",
                has_names: true,
                is_json: false,
                form,
                again,
                rows,
            });
        }
        if let Some(what) = source::other_file(&start) {
            return Err(what.to_owned());
        }
        let found = Found::of(&start, self.encoding)?;
        let (start, text) = source::peek(Text::new(bytes, found), START).map_err(unreadable)?;
        let start = String::from_utf8_lossy(&start);
        let encoding = found.name();
        let (format, rows, has_names, row_form): (_, Box<dyn Rows>, _, _) = match self.format_of(&start) {
            Format::Ndjson => {
                self.names_itself("each object names its own")?;
                let rows = NdjsonRows::new(text, wanted);
                (format!("NDJSON in {encoding}"), Box::new(rows), true, RowForm::Ndjson)
            }
            Format::Mysql => {
                let rows = MysqlRows::new(text, wanted, self.columns.as_ref())?;
                (format!("mysql --batch in {encoding}"), Box::new(rows), true, RowForm::Mysql)
            }
            format => {
                let tab = (format == Format::Tsv).then_some(Delimiter::TAB);
                let layout = Layout::of(&start, self.delimiter.or(tab), wanted, self.columns.as_ref())?;
                let format = format!("{}-separated {encoding}", layout.delimiter.name());
                let has_names = layout.has_header || self.columns.is_some();
                let form = RowForm::Separated(layout.delimiter.byte());
                (format, Box::new(CsvRows::new(text, layout)?), has_names, form)
            }
        };
        Ok(Input {
            source,
            format: packed + &format,
            place: "line",
            has_names,
            is_json: row_form == RowForm::Ndjson,
            form: Form {
                rows: row_form,
                encoding: self.encoding.map_or(UTF_8, Encoding::output_encoding),
                // Nothing writes UTF-16: the mark tells UTF-8 from it.
                has_mark: found.has_mark || found.encoding.output_encoding() != found.encoding,
            },
            again: Again::File(self.clone(), wanted.to_vec()),
            rows,
        })
    }

    fn names_itself(&self, why: &str) -> Result<(), String> {
        match self.columns {
            None => Ok(()),
            Some(_) => Err(format!("{why}; leave --columns out")),
        }
    }

    fn format_of(&self, start: &str) -> Format {
        let is_object = start.trim_start().starts_with('{');
        self.format.unwrap_or(if is_object { Format::Ndjson } else { Format::Csv })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_file_of_the_same_form_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let columns = Some(Columns::parse("id").unwrap());
        let args = InputArgs { format: None, columns: None, delimiter: None, encoding: None, sheet: None };
        let named = InputArgs { columns, ..args.clone() };
        let wanted = [Wanted::new("id", "--id-column ")];
        for (content, format, rows, has_mark) in [
            (&b"id\n1\n"[..], "comma-separated UTF-8", RowForm::Separated(b','), false),
            (b"\xef\xbb\xbfid;x\n1;2\n", "semicolon-separated UTF-8 with", RowForm::Separated(b';'), true),
            (b"i\0d\0\n\0", "comma-separated UTF-16LE", RowForm::Separated(b','), true),
            (b"\0i\0d\0\n", "comma-separated UTF-16BE", RowForm::Separated(b','), true),
            (b"{\"id\": 1}\n", "NDJSON in UTF-8", RowForm::Ndjson, false),
        ] {
            std::fs::write(&path, content).unwrap();
            let Ok(input) = Input::open(&path, &args, &wanted, false) else { panic!("{format}") };
            assert!(input.format.starts_with(format), "{}", input.format);
            assert!(input.form.rows == rows && input.form.has_mark == has_mark, "{format}");
            assert_eq!((input.place, input.has_names), ("line", true));
            // Who names its own columns is given none.
            let problem = Input::open(&path, &named, &wanted, false).err();
            let refused = rows == RowForm::Ndjson;
            assert_eq!(problem.is_some_and(|why| why.contains("leave --columns out")), refused, "{format}");
        }
    }
}
