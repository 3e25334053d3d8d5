//! From files to rows of cells, each with its place in the file. Knows nothing of what is to be sent.
//!
//! Data flows one way: [`source`] opens and unpacks, [`text`] decodes, one of the formats ([`csv_rows`], [`mysql`],
//! [`ndjson`], [`xlsx`], [`list`]) makes rows. Nothing here holds the whole file, but for a workbook.

mod csv_rows;
pub mod delimiter;
mod guard;
mod header;
mod list;
mod mysql;
mod ndjson;
mod open;
pub mod source;
mod text;
mod xlsx;

use std::io::{self, BufRead, Read};

pub use self::header::Wanted;
pub use self::list::{is_list, list};
pub use self::open::{Again, Form, Input, InputArgs, RowForm};

/// The longest row: a file that is no text, or that unpacks to nothing but one line, must not fill the memory.
const LONGEST: u64 = if cfg!(test) { 1 << 20 } else { 64 << 20 };
const TOO_LONG: &str = "is longer than 64 MiB; is it a file with lines?";

/// Reads a line with its end; `false` if there is none. `line` is its number.
fn read_line(from: &mut impl BufRead, text: &mut String, line: u64) -> Result<bool, String> {
    text.clear();
    match from.take(LONGEST).read_line(text) {
        Ok(read) if (read as u64) < LONGEST => Ok(read > 0),
        // Cut off within a character.
        Err(error) if error.kind() != io::ErrorKind::InvalidData => Err(error.to_string()),
        _ => Err(format!("line {line}: {TOO_LONG}")),
    }
}

/// Rows of the wanted columns, one at a time.
pub trait Rows {
    /// Goes to the next row and says on which line of the file it begins; `None` at the end.
    fn advance(&mut self) -> Result<Option<u64>, String>;

    /// The cell of a wanted column in this row.
    fn cell(&self, wanted: usize) -> &str;

    /// The names of all columns; none where each row names its own.
    fn names(&self) -> Vec<&str>;

    /// All cells of this row, in the order of the names; where there are none, the row as it is written.
    fn cells(&self) -> Vec<&str>;

    /// The lines, so far, on which quoted cells begin that span several.
    fn long_cells(&self) -> Vec<u64> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_an_end() {
        let (mut text, half) = (String::new(), LONGEST as usize / 2);
        assert_eq!(read_line(&mut &b"a\nb"[..], &mut text, 1), Ok(true));
        assert_eq!(text, "a\n");
        assert_eq!(read_line(&mut &b""[..], &mut text, 2), Ok(false));
        struct Gone;
        impl Read for Gone {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("is gone"))
            }
        }
        assert_eq!(read_line(&mut io::BufReader::new(Gone), &mut text, 1), Err("is gone".to_owned()));
        for endless in ["x".repeat(3 * half), format!("x{}", "\u{e9}".repeat(2 * half))] {
            let problem = read_line(&mut endless.as_bytes(), &mut text, 7).unwrap_err();
            assert!(problem.starts_with("line 7: is longer than"), "{problem}");
        }
    }
}
