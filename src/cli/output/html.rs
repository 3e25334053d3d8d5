//! The page of `--html`: one file that loads nothing, for the person who asked for the update.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::Environment;
use minijinja::value::Serde;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use usercom::{IdState, Report};

use super::NOT_ATTEMPTED;
use super::json;
use super::reasons;
use super::summary::with_places;
use crate::plan::Table;
use crate::run::Outcome;
use crate::run::timeline::Timeline;
use crate::words::{self, thousands};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// So many failed ids are listed, and warnings.
const FAILED: usize = 1000;
const WARNINGS: usize = 20;
/// The size of the time line in its own units.
const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 160.0;

#[derive(Serialize)]
struct Page {
    style: &'static str,
    style_hash: String,
    version: &'static str,
    input: String,
    rows: String,
    started: String,
    finished: String,
    complete: bool,
    attributes: Vec<Attribute>,
}

#[derive(Serialize)]
struct Attribute {
    name: String,
    status: &'static str,
    /// The class of the status: good, bad or stopped.
    tone: &'static str,
    messages: Vec<String>,
    total: String,
    totals: Vec<Total>,
    facts: Vec<(&'static str, String)>,
    notes: Vec<String>,
    line: Option<Line>,
    reasons: Vec<Reason>,
    failed: Vec<Failed>,
    more_failed: Option<String>,
    mismatches: Vec<(String, String, String)>,
}

#[derive(Serialize)]
struct Total {
    name: &'static str,
    class: &'static str,
    count: String,
    /// The part of the bar, from 0 to 100.
    start: String,
    share: String,
}

#[derive(Serialize)]
struct Reason {
    count: String,
    state: &'static str,
    http_status: Option<u16>,
    message: String,
    examples: String,
}

#[derive(Serialize)]
struct Failed {
    id: String,
    line: String,
    state: &'static str,
    http_status: Option<u16>,
    message: String,
}

/// A time line, ready to be drawn.
#[derive(Serialize)]
struct Line {
    done: String,
    area: String,
    rejected: Option<String>,
    waits: Vec<(String, String)>,
    warnings: Vec<Warning>,
    listed: Vec<(String, String)>,
    more: Option<String>,
    took: String,
    top: String,
}

#[derive(Serialize)]
struct Warning {
    x: String,
    at: String,
    text: String,
}

/// The whole page.
pub fn page(
    table: &Table,
    outcomes: &[Outcome<'_, '_>],
    started: SystemTime,
    finished: SystemTime,
) -> Result<String, String> {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let page = Page {
        style: STYLE,
        style_hash: format!("sha256-{hash}"),
        version: env!("CARGO_PKG_VERSION"),
        input: table.source.name.clone(),
        rows: thousands(table.rows()),
        started: json::time(started),
        finished: json::time(finished),
        complete: outcomes.iter().all(Outcome::is_complete),
        attributes: outcomes.iter().map(attribute).collect(),
    };
    // Its name ends in .html, so that everything is escaped.
    let mut environment = Environment::new();
    environment
        .add_template("page.html", PAGE)
        .and_then(|()| environment.get_template("page.html")?.render(minijinja::Value::from(Serde(page))))
        .map_err(|error| format!("html: {error}"))
}

fn attribute(outcome: &Outcome<'_, '_>) -> Attribute {
    let job = outcome.job;
    let reports = || outcome.parts.iter().map(|part| &part.report);
    let sum = |count: fn(&Report) -> usize| reports().map(count).sum::<usize>();
    let status = outcome.status();
    let place = |position: usize| job.table.line(job.row(position));
    let mut notes = Vec::new();
    for part in &outcome.parts {
        let place = |position: usize| place(part.first + position);
        let total = part.report.total();
        notes.extend(part.report.notes().iter().map(|note| with_places(note, total, place)));
    }
    let failed_ids = outcome.failures().count();
    Attribute {
        name: job.attribute.clone(),
        status: status.map_or("not attempted", |status| status.name()),
        tone: match status {
            Some(status) if !status.completed() => "stopped",
            None => "stopped",
            Some(usercom::Status::Ok) => "good",
            Some(_) => "bad",
        },
        messages: match outcome.parts.is_empty() {
            true => vec![NOT_ATTEMPTED.to_owned()],
            false => reports().map(|report| report.message().to_owned()).collect(),
        },
        total: words::counted(job.len(), "id"),
        totals: totals(
            job.len(),
            &[
                ("confirmed", "confirmed", sum(Report::confirmed)),
                ("rejected", "rejected", sum(Report::rejected)),
                ("unknown", "unknown", sum(Report::unknown)),
                ("not attempted", "rest", outcome.not_attempted()),
            ],
        ),
        facts: facts(outcome),
        notes,
        line: line(outcome),
        reasons: reasons::of(outcome)
            .into_iter()
            .map(|reason| Reason {
                count: thousands(reason.count),
                state: reason.state.name(),
                http_status: reason.http_status,
                message: reason.message,
                examples: reason.examples.into_iter().map(|(id, _)| id).collect::<Vec<_>>().join(", "),
            })
            .collect(),
        failed: outcome
            .failures()
            .take(FAILED)
            .map(|failed| Failed {
                id: failed.failure.id.to_owned(),
                line: place(failed.position),
                state: failed.failure.state.name(),
                http_status: failed.failure.http_status,
                message: failed.failure.message.to_owned(),
            })
            .collect(),
        more_failed: (failed_ids > FAILED).then(|| thousands(failed_ids - FAILED)),
        mismatches: reports()
            .flat_map(|report| report.mismatches())
            .map(|found| (found.id.to_string(), found.sent.to_string(), found.stored.to_string()))
            .collect(),
    }
}

fn facts(outcome: &Outcome<'_, '_>) -> Vec<(&'static str, String)> {
    let reports = || outcome.parts.iter().map(|part| &part.report);
    let requests: u64 = reports().map(Report::requests).sum();
    let retries: u64 = reports().map(Report::retries).sum();
    let took = outcome.parts.iter().map(|part| part.took).sum();
    let waited = |of: fn(&Report) -> Duration| words::time(reports().map(of).sum());
    let mut facts = vec![
        ("Duration", words::time(took)),
        ("Requests", thousands(requests as usize)),
        ("of these retries", thousands(retries as usize)),
        ("Waited for the rate limit", waited(Report::waited_for_rate_limit)),
        ("Waited for the service", waited(Report::waited_for_service)),
    ];
    let same: usize = reports().map(Report::verified).sum();
    let other: usize = reports().map(Report::mismatched).sum();
    if same + other > 0 {
        facts.push(("Read back", format!("{same} as sent, {other} otherwise")));
    }
    facts
}

fn totals(all: usize, counts: &[(&'static str, &'static str, usize)]) -> Vec<Total> {
    let mut start = 0.0;
    let of_one = |(name, class, count): &(&'static str, &'static str, usize)| {
        let share = 100.0 * *count as f64 / all.max(1) as f64;
        let total = Total {
            name,
            class,
            count: thousands(*count),
            start: format!("{start:.3}"),
            share: format!("{share:.3}"),
        };
        start += share;
        total
    };
    counts.iter().map(of_one).collect()
}

/// One part after the other; a question between them is no part of the time line.
fn line(outcome: &Outcome<'_, '_>) -> Option<Line> {
    let whole: Duration = outcome.parts.iter().map(|part| part.took).sum();
    let total = outcome.job.len();
    if whole.is_zero() || total == 0 || outcome.parts.iter().all(|part| part.timeline.points.is_empty()) {
        return None;
    }
    let x = |at: Duration| format!("{:.1}", WIDTH * (at.as_secs_f64() / whole.as_secs_f64()).min(1.0));
    let y = |n: usize| format!("{:.1}", HEIGHT * (1.0 - n as f64 / total as f64));
    let (mut done, mut rejected) = (format!("0,{}", y(0)), format!("0,{}", y(0)));
    let (mut waits, mut warnings) = (Vec::new(), Vec::new());
    let (mut before, mut offset, mut more) = ((0, 0), Duration::ZERO, 0);
    for part in &outcome.parts {
        let Timeline { warnings: part_warnings, more_warnings, .. } = &part.timeline;
        let mut waiting_since: Option<Duration> = None;
        let mut wait = |since: Duration, until: Duration| {
            let (from, to) = (since.as_secs_f64(), until.max(since).as_secs_f64());
            let scale = WIDTH / whole.as_secs_f64();
            waits.push((format!("{:.1}", from * scale), format!("{:.1}", ((to - from) * scale).max(1.0))));
        };
        for point in part.timeline.all() {
            let at = offset + point.at;
            done += &format!(" {},{}", x(at), y(before.0 + point.done));
            rejected += &format!(" {},{}", x(at), y(before.1 + point.rejected));
            match (point.waiting, waiting_since) {
                (true, None) => waiting_since = Some(at),
                (false, Some(since)) => {
                    wait(since, at);
                    waiting_since = None;
                }
                _ => {}
            }
        }
        if let Some(since) = waiting_since {
            wait(since, offset + part.took);
        }
        for (at, text) in part_warnings {
            let at = offset + *at;
            warnings.push(Warning { x: x(at), at: words::time(at), text: text.clone() });
        }
        more += more_warnings;
        offset += part.took;
        let report = &part.report;
        let settled = |state: IdState| report.states().iter().filter(|found| **found == state).count();
        before.1 += settled(IdState::Rejected);
        before.0 += settled(IdState::Confirmed) + settled(IdState::Rejected);
        done += &format!(" {},{}", x(offset), y(before.0));
        rejected += &format!(" {},{}", x(offset), y(before.1));
    }
    let listed = warnings.iter().take(WARNINGS).map(|warning| (warning.at.clone(), warning.text.clone()));
    let unlisted = warnings.len().saturating_sub(WARNINGS) + more;
    Some(Line {
        area: format!("{done} {WIDTH},{HEIGHT} 0,{HEIGHT}"),
        done,
        rejected: (before.1 > 0).then_some(rejected),
        waits,
        listed: listed.collect(),
        more: (unlisted > 0).then(|| thousands(unlisted)),
        warnings,
        took: words::time(whole),
        top: thousands(total),
    })
}
