//! How the report of a run is delivered: first the files, then the command of `--on-finish`, then standard output, then
//! an exit code for scripts.

mod failed;
mod history;
mod html;
mod json;
mod on_finish;
pub mod partial;
mod reasons;
mod report_file;
mod states;
mod summary;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use usercom::Status;

use self::history::History;
use self::on_finish::OnFinish;
use self::report_file::ReportFile;
use crate::plan::Table;
use crate::run::Outcome;
use crate::run::progress::Audience;
use crate::say::say;
use crate::{exit, stdout};

/// What is told of an attribute after the one at which the command stopped.
const NOT_ATTEMPTED: &str = "not attempted: the command stopped before this attribute";

/// The report
#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print JSON, one object per line: events while the run lasts, and the report of each attribute at the end
    #[arg(long)]
    json: bool,
    /// Write the state of every row as CSV: id, state, http_status, message. The file is replaced when the run has
    /// ended; if nothing was sent, it stays as it was
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the rows that failed, as they are in the input, with two more columns: usercom_state and usercom_message.
    /// Mend them and give the file to the same command
    #[arg(long, value_name = "FILE")]
    failed: Option<PathBuf>,
    /// Write a page for a browser: what was sent, what became of it, how long it took
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Append a line of JSON for each run
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Run a command when the run has ended; its standard input gets the report as JSON. The command is not given to a
    /// shell, and has no token in its environment
    #[arg(long, value_name = "COMMAND", value_parser = OnFinish::parse)]
    on_finish: Option<OnFinish>,
    /// Print no summary before the run and no progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// What is delivered, and to where; checked before the run.
pub struct Delivery<'a> {
    args: &'a OutputArgs,
    table: &'a Table,
    /// Whether the run can be resumed.
    pub has_journal: bool,
    started: SystemTime,
    report: Option<ReportFile>,
    failed: Option<ReportFile>,
    html: Option<ReportFile>,
    history: Option<History>,
}

impl OutputArgs {
    /// Whether the input is read once more after the run.
    pub fn reads_again(&self) -> bool {
        self.failed.is_some()
    }

    /// Who is told while a run lasts.
    pub fn audience(&self) -> Audience {
        Audience::new(self.quiet, self.json)
    }

    /// Checks the files: refused if one of them is one of the `inputs` or can't be written. Changes none.
    pub fn prepare<'a>(&'a self, table: &'a Table, inputs: &[&Path]) -> Result<Delivery<'a>, String> {
        let source = &table.source;
        if stdout::file().is_some_and(|file| source.is_file(&file)) {
            return Err(format!("{}: is also where standard output goes; print elsewhere", source.name));
        }
        let given = [
            ("report", &self.report),
            ("failed", &self.failed),
            ("html", &self.html),
            ("history", &self.history),
        ];
        let given: Vec<_> =
            given.iter().filter_map(|(option, path)| Some((*option, path.as_deref()?))).collect();
        for (at, (option, path)) in given.iter().enumerate() {
            if let Some((other, _)) = given[..at].iter().find(|(_, earlier)| is_same(earlier, path)) {
                return Err(format!(
                    "{option}: {}: is the file of --{other}, too; give another name",
                    path.display()
                ));
            }
        }
        let check = |option, path: &Option<PathBuf>| {
            path.as_deref().map(|path| ReportFile::check(option, path, source, inputs)).transpose()
        };
        Ok(Delivery {
            args: self,
            table,
            has_journal: false,
            started: SystemTime::now(),
            report: check("report", &self.report)?,
            failed: check("failed", &self.failed)?,
            html: check("html", &self.html)?,
            history: check("history", &self.history)?.map(History::of).transpose()?,
        })
    }
}

/// Whether two paths name one file, whether it exists or not.
fn is_same(a: &Path, b: &Path) -> bool {
    let folder = |path: &Path| match path.parent() {
        Some(folder) if folder != Path::new("") => folder.canonicalize().ok(),
        _ => Path::new(".").canonicalize().ok(),
    };
    let is_stream = a.exists() && !a.is_file();
    !is_stream
        && (same_file::is_same_file(a, b).unwrap_or(false)
            || (a.file_name() == b.file_name() && folder(a).is_some() && folder(a) == folder(b)))
}

impl Delivery<'_> {
    /// Delivers everything; false if something could not be delivered. The files first: whoever reads standard output may
    /// be gone, or may never read on.
    pub fn deliver(self, outcomes: &[Outcome<'_, '_>]) -> bool {
        let Delivery { args, table, has_journal, started, report, failed, html, history } = self;
        let finished = SystemTime::now();
        let is_dry = outcomes.iter().any(|outcome| outcome.status() == Some(Status::DryRun));
        let mut delivered = true;
        let mut check = |done: Result<(), String>| {
            delivered &= done.inspect_err(|problem| say(problem)).is_ok();
        };
        let nothing_sent = outcomes.iter().all(Outcome::nothing_sent);
        if nothing_sent {
            for file in [&report, &failed].into_iter().flatten() {
                say(format_args!("nothing was sent, so {} is left as it was", file.name()));
            }
        } else {
            if let Some(file) = report {
                check(file.write(|out| states::write(out, outcomes)));
            }
            if let Some(file) = failed {
                check(file.write(|out| failed::write(out, table, outcomes)));
            }
        }
        if !is_dry {
            if let Some(file) = html {
                let page = html::page(table, outcomes, started, finished);
                check(page.and_then(|page| file.write(|out| out.write_all(page.as_bytes()))));
            }
            if let Some(history) = history {
                check(history.append(&json::history(table, outcomes, started, finished)));
            }
            if let Some(command) = &args.on_finish {
                check(command.run(&json::reports(outcomes)));
            }
        }
        if stdout::lost_event() {
            check(Err("an event could not be printed while the run lasted".to_owned()));
        }
        check(args.print(outcomes));
        if !has_journal {
            summary::say_how_to_start_again(table, outcomes);
        }
        delivered
    }
}

impl OutputArgs {
    fn print(&self, outcomes: &[Outcome<'_, '_>]) -> Result<(), String> {
        let text = if self.json { json::reports(outcomes) } else { summary::text(outcomes) };
        stdout::print(&text).map_err(|error| {
            let told = outcomes.iter().flat_map(|outcome| &outcome.parts).map(|part| part.report.message());
            let told = told.collect::<Vec<_>>().join("; ");
            format!("can't print the report: {error}; the run has ended: {told}")
        })
    }
}

/// The exit code of the runs; `delivered` is whether their reports could be printed and written.
pub fn code(outcomes: &[Outcome<'_, '_>], cancelled_by: Option<i32>, delivered: bool) -> u8 {
    let any = |wanted: &[Status]| {
        outcomes.iter().any(|outcome| outcome.status().is_some_and(|status| wanted.contains(&status)))
    };
    let complete = outcomes.iter().all(Outcome::is_complete);
    match cancelled_by {
        // A signal that came when all was done has changed nothing.
        Some(signal) if !complete => exit::of_signal(signal),
        _ if !delivered => exit::NOT_REPORTED,
        _ if any(&[Status::Busy]) => exit::BUSY,
        _ if !complete => exit::STOPPED_EARLY,
        _ if any(&[Status::Partial, Status::Mismatch]) => exit::PARTIAL,
        _ => 0,
    }
}

/// The words of a server, with an apostrophe in front if a spreadsheet would take them for a formula.
fn no_formula(words: &str) -> Cow<'_, str> {
    const SIGNS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if words.starts_with(SIGNS) { format!("'{words}").into() } else { words.into() }
}

/// Adds the words of a server in a cell of their own, in which no spreadsheet sees several, whatever its separator is.
fn push_cell(line: &mut String, delimiter: char, words: &str) {
    line.push(delimiter);
    push_quoted(line, &no_formula(words), &[delimiter, ',', ';', '\t', '|', '"', '\r', '\n']);
}

/// One line of CSV, without its end.
fn csv_line<'a>(delimiter: char, cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            line.push(delimiter);
        }
        push_quoted(&mut line, cell, &[delimiter, '"', '\r', '\n']);
    }
    line
}

fn push_quoted(line: &mut String, cell: &str, quoted_for: &[char]) {
    if cell.contains(quoted_for) {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_are_no_formula() {
        for (words, cell) in [
            ("", ","),
            ("no such user", ",no such user"),
            ("=HYPERLINK(\"x\")", ",\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", ",'+1"),
            ("-1", ",'-1"),
            ("@a", ",'@a"),
            ("a;=1", ",\"a;=1\""),
            ("a\t=1", ",\"a\t=1\""),
            ("\u{ff1d}1", ",'\u{ff1d}1"),
        ] {
            let mut line = String::new();
            push_cell(&mut line, ',', words);
            assert_eq!(line, cell, "{words}");
        }
    }
}
