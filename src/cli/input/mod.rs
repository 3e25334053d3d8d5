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

pub use self::header::Wanted;
pub use self::list::{is_list, list};
pub use self::open::{Again, Form, Input, InputArgs, RowForm};

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
