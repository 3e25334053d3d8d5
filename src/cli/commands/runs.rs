//! `usercom runs`: what has not finished.

use std::path::{Path, PathBuf};

use crate::exit;
use crate::say::say;
use crate::state::{Folder, Record};
use crate::stdout;
use crate::words::{ago, thousands};

/// List the runs that ended early and can be resumed
#[derive(clap::Args)]
pub struct RunsArgs {
    /// Print a JSON object per run
    #[arg(long)]
    json: bool,
    /// Where the journals are, if the run had this option
    #[arg(long, value_name = "DIR")]
    journal_dir: Option<PathBuf>,
}

pub fn run(args: &RunsArgs) -> Result<u8, String> {
    let folder = Folder::of_runs(args.journal_dir.as_deref())?.path;
    let records = Record::all(&folder)?;
    let text = match args.json {
        true => records.iter().map(|record| json(record, &folder)).collect(),
        false if records.is_empty() => "there are no unfinished runs\n".to_owned(),
        false => table(&records, &folder),
    };
    match stdout::print(&text) {
        Ok(()) => Ok(0),
        Err(error) => {
            say(format_args!("can't print the list: {error}"));
            Ok(exit::NOT_REPORTED)
        }
    }
}

fn state(record: &Record, running: bool) -> &'static str {
    match (running, record.is_too_old()) {
        (true, _) => "running",
        (_, true) => "too old to resume",
        _ => "ended early",
    }
}

fn json(record: &Record, folder: &Path) -> String {
    let (confirmed, rejected, running) = record.progress(folder);
    let attributes: Vec<&str> = attributes(record);
    let line = serde_json::json!({
        "id": record.id(),
        "state": state(record, running),
        "began": record.began,
        "attributes": attributes,
        "ids": ids(record),
        "confirmed": confirmed,
        "rejected": rejected,
        "input": record.input.name(),
        "directory": record.directory,
        "arguments": record.arguments,
    });
    format!("{line}\n")
}

fn attributes(record: &Record) -> Vec<&str> {
    let mut names: Vec<&str> = record.jobs.iter().map(|job| job.attribute.as_str()).collect();
    // The canaries have a run of their own.
    names.sort_unstable();
    names.dedup();
    names
}

fn ids(record: &Record) -> usize {
    record.jobs.iter().map(|job| job.ids).sum()
}

fn table(records: &[Record], folder: &Path) -> String {
    let head =
        ["ID", "BEGAN", "STATE", "IDS", "CONFIRMED", "REJECTED", "ATTRIBUTE", "FILE"].map(str::to_owned);
    let row = |record: &Record| {
        let (confirmed, rejected, running) = record.progress(folder);
        [
            record.id(),
            ago(record.age()),
            state(record, running).to_owned(),
            thousands(ids(record)),
            thousands(confirmed),
            thousands(rejected),
            attributes(record).join(", ").escape_debug().to_string(),
            record.input.name(),
        ]
    };
    let rows: Vec<_> = std::iter::once(head).chain(records.iter().map(row)).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
            line += &format!("{cell:width$}  ");
        }
        text += line.trim_end();
        text += "\n";
    }
    text
}
