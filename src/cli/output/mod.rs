//! How the report of a run is delivered: first the file, then standard output, then an exit code for scripts.

mod report_file;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use usercom::{IdState, Report, Status};

use self::report_file::ReportFile;
use crate::input::source::Source;
use crate::plan::rows::Rows;
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
    pub fn write(&self, report: &Report, rows: &Rows, file: Option<ReportFile>) -> bool {
        let Some(file) = file else { return true };
        if nothing_sent(report) {
            say(format_args!("nothing was sent, so {} is left as it was", file.name()));
            return true;
        }
        file.write(|out| write_states(out, report, rows)).inspect_err(|problem| say(problem)).is_ok()
    }

    /// Prints the report; false if that failed.
    pub fn print(&self, report: &Report, rows: &Rows) -> bool {
        let text = if self.json { report.to_json() + "\n" } else { text(report, rows) };
        let printed = stdout::print(&text).inspect_err(|error| {
            say(format_args!("can't print the report: {error}; the run has ended: {}", report.message()));
        });
        printed.is_ok()
    }
}

/// The exit code of a run; `delivered` is whether its report could be printed and written.
pub fn code(status: Status, cancelled_by: Option<i32>, delivered: bool) -> u8 {
    match (status, cancelled_by) {
        (Status::Cancelled, Some(signal)) => exit::of_signal(signal),
        _ if !delivered => exit::NOT_REPORTED,
        (Status::Ok | Status::DryRun, _) => 0,
        (Status::Partial, _) => exit::PARTIAL,
        _ => exit::STOPPED_EARLY,
    }
}

fn nothing_sent(report: &Report) -> bool {
    let never_connected =
        matches!(report.status(), Status::Transport | Status::Tls) || report.requests() == 0;
    let none_attempted = || report.states().iter().all(|state| *state == IdState::NotAttempted);
    report.status() == Status::DryRun || (never_connected && none_attempted())
}

/// The report for people; rows are called by their lines.
fn text(report: &Report, rows: &Rows) -> String {
    const SHOWN: usize = 10;
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
    lines.extend(report.notes().iter().map(|note| format!("note: {}", with_lines(note, rows))));
    lines.extend(report.failures().take(SHOWN).map(|failure| {
        let http = failure.http_status.map(|status| format!(" (http {status})")).unwrap_or_default();
        let line = rows.line(failure.index);
        format!("id {} on line {line}: {}{http}: {}", failure.id, failure.state.name(), failure.message)
    }));
    if report.failure_count() > SHOWN {
        lines.push(format!("and {} more", report.failure_count() - SHOWN));
    }
    lines.join("\n") + "\n"
}

/// The note on rows of the same id says where they are; no file has positions.
fn with_lines(note: &str, rows: &Rows) -> String {
    const SUPERSEDED: &str = "was superseded by position ";
    let mut parts = note.split("position ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    if !note.contains(SUPERSEDED) {
        return note.to_owned();
    }
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let position = part[..digits].parse().ok().filter(|position| *position < rows.ids.len());
        match position {
            Some(position) => text += &format!("line {}{}", rows.line(position), &part[digits..]),
            None => text += &format!("position {part}"),
        }
    }
    text
}

fn write_states(out: &mut dyn Write, report: &Report, rows: &Rows) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record(["id", "state", "http_status", "message"])?;
    let mut failures = report.failures().peekable();
    for (id, position) in rows.all() {
        let Some(position) = position else {
            out.write_record([id, IdState::NotAttempted.name(), "", "skipped: the row has no value"])?;
            continue;
        };
        let failure = failures.next_if(|failure| failure.index == position);
        let http = failure.and_then(|f| f.http_status).map(|s| s.to_string()).unwrap_or_default();
        let state = report.states()[position].name();
        out.write_record([
            rows.ids.text(position).as_str(),
            state,
            &http,
            failure.map_or("", |f| f.message),
        ])?;
    }
    out.flush()
}
