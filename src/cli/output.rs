//! What the program tells: progress while it runs, the report, and an exit code for scripts.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use usercom::{Cancel, Progress, Report, Status};

use crate::flags::OPTIONS;
use crate::input::Ids;

/// Some ids were not confirmed.
const PARTIAL: u8 = 1;
/// Nothing was sent: an argument or a file was refused.
pub const REFUSED: u8 = 2;
/// The run stopped before its end.
const STOPPED: u8 = 3;
/// As shells have it for Ctrl-C.
const CANCELLED: u8 = 130;

/// How the outcome is told
#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Write the state of every row as CSV: id, state, http_status, message
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// A handle that Ctrl-C requests; a second one leaves at once.
pub fn cancel_on_ctrl_c() -> Result<Cancel, String> {
    let cancel = Cancel::new();
    let handle = cancel.clone();
    ctrlc::set_handler(move || {
        if handle.is_requested() {
            std::process::exit(CANCELLED.into());
        }
        eprintln!("waiting up to 5 s for requests in flight; press Ctrl-C again to quit now");
        handle.request();
    })
    .map_err(|e| format!("can't listen for Ctrl-C: {e}"))?;
    Ok(cancel)
}

/// An invalid argument, called as it is on the command line.
pub fn invalid(error: usercom::Error) -> String {
    let usercom::Error::InvalidArgument { argument, problem } = error else { return error.to_string() };
    let flag = |name: &str| format!("--{}", name.replace('_', "-"));
    let name = if OPTIONS.contains(&argument) { flag(argument) } else { argument.to_owned() };
    format!("{name}: {}", problem.replace("allow_null", &flag("allow_null")))
}

/// The client's last warning: what a wait is for.
pub type LastWarning = Arc<Mutex<String>>;

/// A bar on a terminal, nothing elsewhere.
pub fn progress_bar(last_warning: LastWarning) -> impl FnMut(&Progress) -> ControlFlow<()> {
    let bar = if io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} ids, {msg}, {eta} left{prefix}")
    {
        bar.set_style(style);
    }
    move |progress| {
        let waiting = progress.waiting.as_secs();
        let warning = last_warning.lock().unwrap_or_else(PoisonError::into_inner);
        bar.set_prefix(if waiting > 0 { format!("\nwaiting {waiting} s; {warning}") } else { String::new() });
        bar.set_message(format!("{} rejected, {} requests", progress.rejected, progress.requests));
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
        if progress.done == progress.total {
            bar.finish_and_clear();
        }
        ControlFlow::Continue(())
    }
}

impl OutputArgs {
    /// Refuses what can't be written before anything is sent.
    pub fn check(&self) -> Result<(), String> {
        self.report.as_deref().map_or(Ok(()), |path| create(path).map(drop))
    }

    /// Prints the report and returns the exit code.
    pub fn tell(&self, report: &Report, ids: &Ids) -> Result<ExitCode, String> {
        let mut out = io::stdout().lock();
        let printed = if self.json { writeln!(out, "{}", report.to_json()) } else { write!(out, "{report}") };
        printed.map_err(|e| format!("can't print the report: {e}"))?;
        if let Some(path) = &self.report {
            write_states(path, report, ids).map_err(|e| format!("report: {}: {e}", path.display()))?;
        }
        Ok(match report.status() {
            Status::Ok | Status::DryRun => ExitCode::SUCCESS,
            Status::Partial => ExitCode::from(PARTIAL),
            Status::Cancelled => ExitCode::from(CANCELLED),
            _ => ExitCode::from(STOPPED),
        })
    }
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|e| format!("report: {}: {e}", path.display()))
}

fn write_states(path: &Path, report: &Report, ids: &Ids) -> Result<(), csv::Error> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["id", "state", "http_status", "message"])?;
    let mut failures = report.failures().peekable();
    for (position, state) in report.states().iter().enumerate() {
        let failure = failures.next_if(|failure| failure.index == position);
        let http = failure.and_then(|f| f.http_status).map(|s| s.to_string()).unwrap_or_default();
        out.write_record([
            ids.text(position).as_str(),
            state.name(),
            &http,
            failure.map_or("", |f| f.message),
        ])?;
    }
    Ok(out.flush()?)
}
