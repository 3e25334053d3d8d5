//! The report for programs: the last lines of `--json`, the standard input of `--on-finish`, and the lines of
//! `--history`.

use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::NOT_ATTEMPTED;
use crate::plan::Table;
use crate::run::Outcome;

/// How many failures a report lists, as the library's.
const FAILURES: usize = 1000;

/// One line for each outcome.
pub fn reports(outcomes: &[Outcome<'_, '_>]) -> String {
    outcomes.iter().map(|outcome| report(outcome) + "\n").collect()
}

/// The library's report with the event and the attribute in front.
fn report(outcome: &Outcome<'_, '_>) -> String {
    let attribute = Value::from(outcome.job.attribute.as_str());
    let own = match &outcome.parts[..] {
        [part] if part.report.total() == outcome.job.len() => part.report.to_json(),
        _ => merged(outcome).to_string(),
    };
    format!("{{\"event\":\"finished\",\"attribute\":{attribute},{}", own.trim_start_matches('{'))
}

/// One report of several: numbers are added, lists joined, and the words are those of the one that decides.
fn merged(outcome: &Outcome<'_, '_>) -> Value {
    let parsed = outcome.parts.iter().filter_map(|part| {
        let report: Value = serde_json::from_str(&part.report.to_json()).ok()?;
        Some((part, report))
    });
    let mut all = json!({
        "status": null, "code": null, "message": NOT_ATTEMPTED, "confirmed": 0,
        "rejected": 0, "unknown": 0, "requests": 0, "retries": 0, "waited_for_rate_limit_ms": 0,
        "waited_for_service_ms": 0, "verified": 0, "mismatched": 0, "mismatches": [], "notes": [],
        "failure_count": 0, "failures": [],
    });
    for (part, report) in parsed {
        for (name, value) in all.as_object_mut().into_iter().flatten() {
            match (&mut *value, &report[name]) {
                (Value::Array(all), Value::Array(more)) => {
                    all.extend(more.iter().cloned().map(|mut entry| {
                        if let Some(index) = entry.get("index").and_then(Value::as_u64) {
                            entry["index"] = (index + part.first as u64).into();
                        }
                        entry
                    }))
                }
                (value, more) if name != "code" && more.is_u64() => {
                    *value = (value.as_u64().unwrap_or(0) + more.as_u64().unwrap_or(0)).into();
                }
                (value, more) if Some(part.report.status()) == outcome.status() => *value = more.clone(),
                _ => {}
            }
        }
    }
    if let Some(failures) = all["failures"].as_array_mut() {
        failures.truncate(FAILURES);
    }
    all["total"] = outcome.job.len().into();
    all["not_attempted"] = outcome.not_attempted().into();
    all
}

/// A line on the whole run, without the ids.
pub fn history(
    table: &Table,
    outcomes: &[Outcome<'_, '_>],
    started: SystemTime,
    finished: SystemTime,
) -> String {
    let attributes: Vec<Value> = outcomes
        .iter()
        .map(|outcome| {
            let mut report: Value = serde_json::from_str(&report(outcome)).unwrap_or_default();
            if let Some(fields) = report.as_object_mut() {
                for name in ["event", "failures", "mismatches"] {
                    fields.remove(name);
                }
            }
            report
        })
        .collect();
    let line = json!({
        "started": time(started),
        "finished": time(finished),
        "version": env!("CARGO_PKG_VERSION"),
        "input": table.source.name,
        "rows": table.rows(),
        "attributes": attributes,
    });
    line.to_string() + "\n"
}

/// "2026-11-28T21:00:00Z".
pub fn time(at: SystemTime) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let moment = DateTime::<Utc>::from_timestamp(since.as_secs() as i64, 0).unwrap_or_default();
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}
