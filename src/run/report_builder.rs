//! Builds the report of a run from its outcomes: slots become positions, duplicates share the outcome of the id that
//! was sent.

use super::outcomes::Outcomes;
use super::stop::Stop;
use crate::interface::IdState;
use crate::report::{FailureList, ReasonId, Report, Traffic};
use crate::update::Job;

pub(super) fn build_report(
    job: &Job<'_>,
    outcomes: Outcomes,
    end: Stop,
    mut notes: Vec<String>,
    traffic: Traffic,
) -> Report {
    let (by_slot, reasons, why) = outcomes.into_reasons();
    let mut states = if job.is_in_order() { by_slot } else { by_position(job, &by_slot) };
    let mut failures: Vec<(u32, ReasonId)> =
        why.iter().map(|(slot, reason)| (job.position(*slot) as u32, *reason)).collect();
    failures.sort_unstable_by_key(|(position, _)| *position);
    add_duplicates(job, &mut states, &mut failures);
    let lost = job.superseded.iter().find(|s| !s.same_value);
    notes.extend(lost.map(|first| {
        let all = job.superseded.len();
        format!(
            "{all} positions were not sent because a later row has the same id; the first: position {} was \
             superseded by position {}",
            first.position, first.by
        )
    }));
    notes.extend(job.skipped.first().map(|first| {
        let all = job.skipped.len();
        format!("{all} rows were not sent because their id or value is missing; the first: row {first} (counted from 0)")
    }));
    let failures = FailureList::new(failures, |position, text| job.ids.write(position, text));
    Report::new(end.status, end.message.into_owned(), states, failures, reasons, notes, traffic)
}

fn by_position(job: &Job<'_>, by_slot: &[IdState]) -> Vec<IdState> {
    let mut states = vec![IdState::NotAttempted; job.ids.len()];
    for (position, state) in job.positions(0..by_slot.len()).zip(by_slot) {
        states[position] = *state;
    }
    states
}

/// A duplicate ends like the position whose id was sent.
fn add_duplicates(job: &Job<'_>, states: &mut [IdState], failures: &mut Vec<(u32, ReasonId)>) {
    let sent = failures.len();
    for duplicate in job.superseded.iter().filter(|s| s.same_value) {
        states[duplicate.position as usize] = states[duplicate.by as usize];
        let reason = failures[..sent].binary_search_by_key(&duplicate.by, |(position, _)| *position);
        if let Ok(at) = reason {
            failures.push((duplicate.position, failures[at].1));
        }
    }
    failures.sort_unstable_by_key(|(position, _)| *position);
}
