//! The report for people: rows are called by their lines, the same reason is told once.

use std::env;

use usercom::Status;

use super::NOT_ATTEMPTED;
use super::reasons::{self, Reason};
use crate::plan::Table;
use crate::run::Outcome;
use crate::say::say;
use crate::words::{counted, thousands};

/// All outcomes.
pub fn text(outcomes: &[Outcome<'_, '_>]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        if outcomes.len() > 1 {
            text += &format!("attribute \"{}\":\n", outcome.job.attribute.escape_debug());
        }
        text += &of_one(outcome);
    }
    text
}

fn of_one(outcome: &Outcome<'_, '_>) -> String {
    const SHOWN: usize = 10;
    if outcome.parts.is_empty() {
        return format!("{NOT_ATTEMPTED}\n");
    }
    let reports = || outcome.parts.iter().map(|part| &part.report);
    let sum = |count: fn(&usercom::Report) -> usize| reports().map(count).sum::<usize>();
    let mut lines: Vec<String> =
        reports().map(|report| format!("{}: {}", report.status().name(), report.message())).collect();
    let counts = format!(
        "{}: {} confirmed, {} rejected, {} unknown, {} not attempted; requests: {}, retries: {}",
        counted(outcome.job.len(), "id"),
        thousands(sum(usercom::Report::confirmed)),
        thousands(sum(usercom::Report::rejected)),
        thousands(sum(usercom::Report::unknown)),
        thousands(outcome.not_attempted()),
        reports().map(usercom::Report::requests).sum::<u64>(),
        reports().map(usercom::Report::retries).sum::<u64>(),
    );
    // A dry run has said that nothing was sent.
    lines.extend(Some(counts).filter(|_| outcome.status() != Some(Status::DryRun)));
    let (same, other) = (sum(usercom::Report::verified), sum(usercom::Report::mismatched));
    if same + other > 0 {
        lines.push(format!("read back: {same} as sent, {other} otherwise"));
    }
    for part in &outcome.parts {
        let place = |position: usize| outcome.job.table.line(outcome.job.row(part.first + position));
        lines.extend(part.report.mismatches().iter().map(|mismatch| {
            let place = place(mismatch.index);
            format!("id {} on {place}: sent {}, stored {}", mismatch.id, mismatch.sent, mismatch.stored)
        }));
        let total = part.report.total();
        lines.extend(
            part.report.notes().iter().map(|note| format!("note: {}", with_places(note, total, place))),
        );
    }
    let reasons = reasons::of(outcome);
    lines.extend(reasons.iter().take(SHOWN).map(|reason| of_reason(reason, outcome.job.table)));
    if let more @ 1.. = reasons.len().saturating_sub(SHOWN) {
        let ids: usize = reasons[SHOWN..].iter().map(|reason| reason.count).sum();
        lines.push(format!("and {} more for {}", counted(ids, "id"), counted(more, "other reason")));
    }
    lines.join("\n") + "\n"
}

fn of_reason(reason: &Reason, table: &Table) -> String {
    let state = reason.state.name();
    let http = reason.http_status.map(|status| format!(" (http {status})")).unwrap_or_default();
    let message = &reason.message;
    let mut places =
        reason.examples.iter().map(|(id, row)| format!("{id} on {}", table.line(*row))).collect::<Vec<_>>();
    if reason.count == 1 {
        return format!("id {}: {state}{http}: {message}", places.remove(0));
    }
    if let more @ 1.. = reason.count.saturating_sub(places.len()) {
        places.push(format!("{} more", thousands(more)));
    }
    format!("{} {state}{http}: {message}: {}", counted(reason.count, "id"), places.join(", "))
}

/// The note on rows of the same id says where they are; no file has positions.
pub fn with_places(note: &str, total: usize, place: impl Fn(usize) -> String) -> String {
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

/// The command that starts a cancelled run again. One with a journal is told how to resume by whoever keeps the journal.
pub fn say_how_to_start_again(table: &Table, outcomes: &[Outcome<'_, '_>]) {
    let status = outcomes.iter().filter(|outcome| !outcome.is_complete()).find_map(Outcome::status);
    if status != Some(Status::Cancelled) {
        return;
    }
    let words = env::args_os().map(|word| word.into_string());
    let command = words.collect::<Result<Vec<_>, _>>().ok();
    let command = command.and_then(|words| shlex::try_join(words.iter().map(String::as_str)).ok());
    let command = command.unwrap_or_else(|| "the same command".to_owned());
    let input = if table.source.is_standard_input { ", with the same standard input" } else { "" };
    say(format_args!("without a journal a run can't be resumed; to start again{input}, run: {command}"));
}
