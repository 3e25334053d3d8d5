//! How the report of a run is delivered: first the file, then standard output, then an exit code for scripts.

pub mod partial;
mod report_file;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use usercom::{IdState, Status};

use self::report_file::ReportFile;
use crate::input::source::Source;
use crate::plan::Job;
use crate::run::{Outcome, Part};
use crate::say::say;
use crate::{exit, stdout};

/// The report
#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Write the state of every row as CSV: id, state, http_status, message. The file is replaced when the run has
    /// ended; if nothing was sent, it stays as it was
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print no summary before the run and no progress
    #[arg(long, short)]
    pub quiet: bool,
}

impl OutputArgs {
    /// The file for the states, if one is wanted; refused if it is one of the `inputs` or can't be written.
    pub fn report_file(&self, source: &Source, inputs: &[&Path]) -> Result<Option<ReportFile>, String> {
        if stdout::file().is_some_and(|file| source.is_file(&file)) {
            return Err(format!("{}: is also where standard output goes; print elsewhere", source.name));
        }
        self.report.as_deref().map(|path| ReportFile::check(path, source, inputs)).transpose()
    }

    /// Writes the file for the states; false if that failed.
    pub fn write(&self, outcomes: &[Outcome<'_, '_>], file: Option<ReportFile>) -> bool {
        let Some(file) = file else { return true };
        if outcomes.iter().all(Outcome::nothing_sent) {
            say(format_args!("nothing was sent, so {} is left as it was", file.name()));
            return true;
        }
        file.write(|out| write_states(out, outcomes)).inspect_err(|problem| say(problem)).is_ok()
    }

    /// Prints the reports; false if that failed.
    pub fn print(&self, outcomes: &[Outcome<'_, '_>]) -> bool {
        let mut text = String::new();
        for outcome in outcomes {
            if outcomes.len() > 1 && !self.json {
                text += &format!("attribute \"{}\":\n", outcome.job.attribute.escape_debug());
            }
            if outcome.parts.is_empty() && !self.json {
                text += "not attempted: the run before it ended early\n";
            }
            for part in &outcome.parts {
                let report = &part.report;
                text += &if self.json { report.to_json() + "\n" } else { self::text(outcome.job, part) };
            }
        }
        let printed = stdout::print(&text).inspect_err(|error| {
            let told = outcomes.iter().flat_map(|outcome| &outcome.parts).map(|part| part.report.message());
            let told = told.collect::<Vec<_>>().join("; ");
            say(format_args!("can't print the report: {error}; the run has ended: {told}"));
        });
        printed.is_ok()
    }
}

/// The exit code of the runs; `delivered` is whether their reports could be printed and written.
pub fn code(outcomes: &[Outcome<'_, '_>], cancelled_by: Option<i32>, delivered: bool) -> u8 {
    match cancelled_by {
        // A signal that came when all was done has changed nothing.
        Some(signal) if !outcomes.iter().all(Outcome::is_complete) => exit::of_signal(signal),
        _ if !delivered => exit::NOT_REPORTED,
        _ if !outcomes.iter().all(Outcome::is_complete) => exit::STOPPED_EARLY,
        _ if outcomes
            .iter()
            .any(|outcome| matches!(outcome.status(), Some(Status::Partial | Status::Mismatch))) =>
        {
            exit::PARTIAL
        }
        _ => 0,
    }
}

/// A report for people; rows are called by their lines.
fn text(job: &Job<'_>, part: &Part) -> String {
    const SHOWN: usize = 10;
    let report = &part.report;
    let ids = if report.total() == 1 { "id" } else { "ids" };
    let mut lines = vec![
        format!("{}: {}", report.status().name(), report.message()),
        format!(
            "{} {ids}: {} confirmed, {} rejected, {} unknown, {} not attempted; requests: {}, retries: {}",
            report.total(),
            report.confirmed(),
            report.rejected(),
            report.unknown(),
            report.not_attempted(),
            report.requests(),
            report.retries()
        ),
    ];
    let place = |position: usize| job.table.line(job.row(part.first + position));
    if report.verified() + report.mismatched() > 0 {
        let (same, other) = (report.verified(), report.mismatched());
        lines.push(format!("read back: {same} as sent, {other} otherwise"));
    }
    lines.extend(report.mismatches().iter().map(|mismatch| {
        let place = place(mismatch.index);
        format!("id {} on {place}: sent {}, stored {}", mismatch.id, mismatch.sent, mismatch.stored)
    }));
    lines.extend(
        report.notes().iter().map(|note| format!("note: {}", with_places(note, report.total(), place))),
    );
    lines.extend(report.failures().take(SHOWN).map(|failure| {
        let http = failure.http_status.map(|status| format!(" (http {status})")).unwrap_or_default();
        let place = place(failure.index);
        format!("id {} on {place}: {}{http}: {}", failure.id, failure.state.name(), failure.message)
    }));
    if report.failure_count() > SHOWN {
        lines.push(format!("and {} more", report.failure_count() - SHOWN));
    }
    lines.join("\n") + "\n"
}

/// The note on rows of the same id says where they are; no file has positions.
fn with_places(note: &str, total: usize, place: impl Fn(usize) -> String) -> String {
    const SUPERSEDED: &str = "was superseded by position ";
    let mut parts = note.split("position ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    if !note.contains(SUPERSEDED) {
        return note.to_owned();
    }
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match part[..digits].parse().ok().filter(|position| *position < total) {
            Some(position) => text += &format!("{}{}", place(position), &part[digits..]),
            None => text += &format!("position {part}"),
        }
    }
    text
}

/// Every row of every job; with the attribute in front when there are several.
fn write_states(out: &mut dyn Write, outcomes: &[Outcome<'_, '_>]) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    let shown = usize::from(outcomes.len() < 2);
    out.write_record(&["attribute", "id", "state", "http_status", "message"][shown..])?;
    for outcome in outcomes {
        let job = outcome.job;
        let mut failures = outcome.failures().peekable();
        for (row, position) in job.positions() {
            let id = job.table.id(row);
            let Some(position) = position else {
                let state = IdState::NotAttempted.name();
                let message = job.left_out();
                out.write_record(&[&job.attribute, id.as_str(), state, "", message][shown..])?;
                continue;
            };
            let failure =
                failures.next_if(|failure| failure.position == position).map(|failed| failed.failure);
            let http =
                failure.as_ref().and_then(|f| f.http_status).map(|s| s.to_string()).unwrap_or_default();
            let message = failure.as_ref().map_or("", |f| f.message);
            let state = outcome.state(position).name();
            out.write_record(&[&job.attribute, id.as_str(), state, &http, message][shown..])?;
        }
    }
    out.flush()
}
