//! What is about to be sent, in one paragraph, for whoever gave the wrong file.

use std::fmt::Write;

use usercom::Report;

use crate::plan::kind::Kind;
use crate::plan::values::{Empty, Type};
use crate::plan::{Job, Table};
use crate::words::{counted, thousands};

/// The paragraph: the file, then each job with the report of its dry run.
pub fn paragraph(table: &Table, id_column: &str, jobs: &[(&Job<'_>, &Report)]) -> String {
    let mut text = format!(
        "{}: {}; {}{}{}",
        table.source.name,
        table.format,
        counted(table.rows(), if table.is_list() { "id" } else { "row" }),
        if table.is_limited { " (the rest is left out by --limit)" } else { "" },
        match table.has_names {
            true => format!(", ids in column \"{}\"", id_column.escape_debug()),
            false if table.is_list() => String::new(),
            false => ", ids one per line".to_owned(),
        },
    );
    for (job, dry_run) in jobs {
        let _ = write!(text, "\nusercom: {}", of_job(job, dry_run));
    }
    text += "\nusercom: an attribute that changes can start automations on the service";
    if let Some(first) = table.long_cells.first() {
        let n = table.long_cells.len();
        let _ = write!(
            text,
            "\nusercom: {} several lines, the first begins on line {first}: check its quotes if that is not meant",
            if n == 1 { "1 cell spans".to_owned() } else { format!("{} cells span", thousands(n)) },
        );
    }
    text
}

fn of_job(job: &Job<'_>, dry_run: &Report) -> String {
    let kind = job.kind.words();
    let from = match &job.column {
        Some(column) => format!("values in column \"{}\" sent as {kind}", column.escape_debug()),
        None => format!("one value sent as {kind}"),
    };
    let empty = match job.empty {
        (0, _) => "no empty cells".to_owned(),
        (n, Some(Empty::Skip)) => format!("{} without a value skipped", thousands(n)),
        (n, _) => format!("{} without a value sent as empty text", thousands(n)),
    };
    format!(
        "attribute \"{}\": {from}; {}, {}, {empty}; {}",
        job.attribute.escape_debug(),
        counted(job.len(), "id"),
        counted(job.distinct(), "distinct value"),
        cost(dry_run)
    )
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

/// "12 requests with 1,600 bytes of bodies, at least 2.2 s at this rate limit".
fn cost(dry_run: &Report) -> &str {
    let message = dry_run.message();
    message.rsplit_once("nothing was sent: ").map_or(message, |(_, cost)| cost)
}
