//! A file read as the program reads it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::{Args, Command, FromArgMatches};
use encoding_rs::Encoding;
use tempfile::TempDir;

use crate::input::{Input, InputArgs, Wanted};

/// Each row's line and its wanted cells.
pub type Rows = Vec<(u64, Vec<String>)>;

/// More rows than any input of a fuzzer has.
const MOST: usize = 1_000_000;

/// In memory where there is such a place.
pub static DIR: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    dir.expect("a directory")
});

/// The rows of a file with these bytes, given with these options.
pub fn read(bytes: &[u8], options: &[String], wanted: &[Wanted]) -> Result<Rows, String> {
    read_as(bytes, options, wanted).map(|(rows, _)| rows)
}

/// The rows, and the encoding if the file is a text as it stands.
pub fn read_as(
    bytes: &[u8],
    options: &[String],
    wanted: &[Wanted],
) -> Result<(Rows, Option<&'static Encoding>), String> {
    let path: PathBuf = DIR.path().join("file");
    std::fs::write(&path, bytes).expect("the file is written");
    let command = InputArgs::augment_args(Command::new("usercom").no_binary_name(true));
    let found = command.try_get_matches_from(options).map_err(|error| error.to_string())?;
    let args = InputArgs::from_arg_matches(&found).map_err(|error| error.to_string())?;
    let mut input = Input::open(&path, &args, wanted, true)?;
    let rows = rows(&mut input, wanted.len())?;
    let mut again = input.again.read(&input.source).expect("it is read again");
    let same = rows_read_again(&mut again);
    assert_eq!(same, Ok(rows.len()), "rows that are read again");
    Ok((rows, encoding(&input)))
}

/// Of "comma-separated UTF-16LE with byte order mark", not of "gzip, …" or "Excel workbook, …".
fn encoding(input: &Input) -> Option<&'static Encoding> {
    let format = input.format.trim_end_matches(" with byte order mark");
    let (_, name) = format.rsplit_once(' ').filter(|_| !format.contains(", "))?;
    Some(Encoding::for_label(name.as_bytes()).expect("the name of an encoding"))
}

fn rows(input: &mut Input, wanted: usize) -> Result<Rows, String> {
    let mut rows = Rows::new();
    while let Some(line) = input.rows.advance()? {
        assert!(rows.len() < MOST, "a file without an end");
        rows.push((line, (0..wanted).map(|at| input.rows.cell(at).to_owned()).collect()));
    }
    Ok(rows)
}

fn rows_read_again(input: &mut Input) -> Result<usize, String> {
    let mut n = 0;
    while input.rows.advance()?.is_some() {
        let (names, cells) = (input.rows.names().len(), input.rows.cells().len());
        assert!(names == cells || (names == 0 && cells == 1), "{names} names, {cells} cells");
        n += 1;
    }
    Ok(n)
}
