//! The file of `--report`: the state of every row.

use std::io::{self, Write};

use usercom::IdState;

use super::{csv_line, push_cell};
use crate::run::Outcome;

/// Every row of every job; with the attribute in front when there are several.
pub fn write(out: &mut dyn Write, outcomes: &[Outcome<'_, '_>]) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let shown = usize::from(outcomes.len() < 2);
    let header =
        csv_line(',', ["attribute", "id", "state", "http_status", "message"][shown..].iter().copied());
    writeln!(out, "{header}")?;
    for outcome in outcomes {
        let job = outcome.job;
        let mut failures = outcome.failures().peekable();
        for (row, position) in job.positions() {
            let failure = match position {
                Some(at) => failures.next_if(|failure| failure.position == at).map(|failed| failed.failure),
                None => None,
            };
            let state = position.map_or(IdState::NotAttempted, |position| outcome.state(position)).name();
            let http = failure.as_ref().and_then(|failure| failure.http_status);
            let http = http.map_or(String::new(), |status| status.to_string());
            let message = match position {
                Some(_) => failure.as_ref().map_or("", |failure| failure.message),
                None => job.left_out(),
            };
            let id = job.table.id(row);
            let cells = [job.attribute.as_str(), &id, state, &http];
            let mut line = csv_line(',', cells[shown..].iter().copied());
            push_cell(&mut line, ',', message);
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}
