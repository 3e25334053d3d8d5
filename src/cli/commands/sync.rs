//! `usercom sync`: `apply`, but only of what has changed since the last confirmed run.

use usercom::IdState;

use crate::account::LastWarning;
use crate::commands::update::{ApplyArgs, Around};
use crate::exit;
use crate::plan::{InvalidRows, Job};
use crate::run::Outcome;
use crate::say::say;
use crate::signals::Signals;
use crate::state::sent::{Changes, Key, Sent, Unopened};
use crate::words::{counted, thousands};

/// Send only the rows of a file that changed since the last confirmed sync
#[derive(clap::Args)]
#[command(after_help = exit::help(&EXAMPLES))]
pub struct SyncArgs {
    #[command(flatten)]
    pub apply: ApplyArgs,
    /// Send all rows, also those that did not change: after somebody else has changed the attribute
    #[arg(long)]
    full: bool,
}

const EXAMPLES: [&str; 3] = [
    "usercom sync scores.csv --profile shop-a --attribute score --dry-run",
    "usercom sync scores.csv --profile shop-a --attribute score --quiet --failed failed.csv",
    "usercom sync scores.csv --profile shop-a --attribute score --full",
];

pub fn run(mut args: SyncArgs, signals: &Signals) -> Result<u8, String> {
    // What is left is known without a journal.
    args.apply.job.without_journal()?;
    let last_warning = LastWarning::default();
    let client = args.apply.job.account.client(&last_warning)?;
    let planned = args.apply.plan()?;
    let dry_run = args.apply.job.flags.dry_run;
    let jobs = match planned.jobs(&args.apply) {
        Ok(jobs) => jobs.into_iter().map(|job| (job, InvalidRows::new())).collect(),
        // Counts all the same, if that is all that is wanted.
        Err(problem) if dry_run => planned.valid_jobs(&args.apply).map_err(|_| problem)?,
        Err(problem) => return Err(problem),
    };
    let endpoint = format!("{client:?}");
    let (mut states, mut changed, mut is_invalid) = (Vec::new(), Vec::new(), false);
    for (mut job, invalid) in jobs {
        let key = Key {
            endpoint: &endpoint,
            subdomain: args.apply.job.account.subdomain(),
            attribute: &job.attribute,
            custom_ids: args.apply.job.custom_ids,
            standard: args.apply.job.flags.standard_attributes,
        };
        let mut state = match Sent::open(&key, dry_run) {
            Ok(state) => state,
            Err(Unopened::Busy) => {
                say("the same sync is running already; nothing was sent");
                return Ok(exit::BUSY);
            }
            Err(Unopened::Unusable(problem)) => return Err(format!("state: {problem}")),
        };
        let mut changes = state.compare(&job, args.full).map_err(|problem| format!("state: {problem}"))?;
        if planned.table.is_limited {
            // Nobody knows what the rest of the file has.
            (changes.vanished, changes.first_vanished) = (0, Vec::new());
        }
        say(counts(&job, &changes, &invalid));
        is_invalid |= !invalid.is_empty();
        job.keep(&changes.positions);
        states.push(state);
        changed.push(job);
    }
    if is_invalid {
        return Err(
            "nothing would be sent: repair the invalid rows, or see --empty and --type; --limit N leaves out those after \
             row N"
                .to_owned(),
        );
    }
    let jobs = changed;
    let mut recorded = Recorded { states, jobs: &jobs };
    args.apply.job.send(client, last_warning, &planned.table, &jobs, signals, Some(&mut recorded))
}

/// The states of the jobs, in their order.
struct Recorded<'j, 't> {
    states: Vec<Sent>,
    jobs: &'j [Job<'t>],
}

impl Around for Recorded<'_, '_> {
    fn before(&mut self) -> Result<(), String> {
        let mut pairs = self.states.iter_mut().zip(self.jobs);
        pairs.try_for_each(|(state, job)| state.sending(job)).map_err(|problem| format!("state: {problem}"))
    }

    fn after(&mut self, outcomes: &[Outcome<'_, '_>]) {
        for (state, outcome) in self.states.iter_mut().zip(outcomes) {
            let confirmed = |position| outcome.state(position) == IdState::Confirmed;
            if let Err(problem) = state.confirm(outcome.job, confirmed) {
                say(format_args!("state: {problem}; the next sync sends the same ids again"));
            }
        }
    }
}

/// `invalid` are rows that the job does not have.
fn counts(job: &Job<'_>, changes: &Changes, invalid: &InvalidRows) -> String {
    const SHOWN: usize = 10;
    let (changed, vanished) = (changes.positions.len(), changes.vanished);
    let mut text = format!(
        "sync of \"{}\": {} in total: {} changed, {} unchanged, {} vanished, {} invalid",
        job.attribute.escape_debug(),
        counted(changes.ids + invalid.len(), "id"),
        thousands(changed),
        thousands(changes.ids - changed),
        thousands(vanished),
        thousands(invalid.len()),
    );
    if vanished > 0 {
        let first: Vec<String> =
            changes.first_vanished.iter().map(|id| id.escape_debug().to_string()).collect();
        let more = if vanished > first.len() { " and others" } else { "" };
        text +=
            &format!("\nusercom: no longer in the file, and left as they are: {}{more}", first.join(", "));
    }
    for (row, problem) in invalid.iter().take(SHOWN) {
        text += &format!("\nusercom: {}: {problem}", job.table.place(*row as usize));
    }
    if let more @ 1.. = invalid.len().saturating_sub(SHOWN) {
        text += &format!("\nusercom: and {more} more invalid rows");
    }
    text
}
