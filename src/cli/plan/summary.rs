//! What is about to be sent, in one paragraph on standard error, for whoever gave the wrong file.

use std::fmt::Write;

use usercom::Report;

use crate::plan::kind::Kind;
use crate::plan::rows::Rows;
use crate::plan::values::{Empty, Type};

/// What an update is made of.
pub struct Summary<'a> {
    pub rows: &'a Rows,
    pub had_byte_order_mark: bool,
    pub id_column: &'a str,
    /// The column of the values, if they have one.
    pub value_column: Option<&'a str>,
    pub kind: Type,
    pub distinct: usize,
    pub empty: usize,
    pub on_empty: Option<Empty>,
}

impl Summary<'_> {
    /// The paragraph; `dry_run` is the report of the same run as a dry run.
    pub fn text(&self, source: &str, dry_run: &Report) -> String {
        let table = self.rows.table();
        let mut text = format!(
            "{source}: {}-separated UTF-8{}; ids {}",
            table.delimiter.name(),
            if self.had_byte_order_mark { " with byte order mark" } else { "" },
            if table.has_header {
                format!("in column \"{}\"", self.id_column.escape_debug())
            } else {
                "one per line".to_owned()
            },
        );
        let kind = self.kind.words();
        let _ = match self.value_column {
            Some(column) => write!(text, ", values in column \"{}\" sent as {kind}", column.escape_debug()),
            None => write!(text, ", the value sent as {kind}"),
        };
        let empty = match (self.empty, self.on_empty) {
            (0, _) => "no empty cells".to_owned(),
            (n, Some(Empty::Skip)) => format!("{n} without a value skipped"),
            (n, _) => format!("{n} without a value sent as empty text"),
        };
        let _ = write!(
            text,
            "\nusercom: {}, {empty}, {}; {}",
            counted(table.rows(), "row"),
            counted(self.distinct, "distinct value"),
            cost(dry_run)
        );
        if let Some(first) = table.long_cells.first() {
            let n = table.long_cells.len();
            let _ = write!(
                text,
                "\nusercom: {} several lines, the first begins on line {first}: check its quotes if that is not meant",
                if n == 1 { "1 cell spans".to_owned() } else { format!("{n} cells span") },
            );
        }
        text
    }
}

impl Type {
    /// "integer (inferred; …)".
    pub fn words(self) -> String {
        match (self.inferred, self.kind) {
            (false, kind) => kind.name().to_owned(),
            (true, Kind::String) => "string (inferred; choose another type with --type)".to_owned(),
            (true, kind) => format!("{} (inferred; for text give --type string)", kind.name()),
        }
    }
}

/// "12 requests with 600 bytes of bodies, at least 2.2 s at this rate limit".
fn cost(dry_run: &Report) -> &str {
    let message = dry_run.message();
    message.rsplit_once("nothing was sent: ").map_or(message, |(_, cost)| cost)
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
