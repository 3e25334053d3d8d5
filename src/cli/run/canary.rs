//! `--canary N`: what happens between the first ids and all others.

use std::sync::Arc;
use std::time::Duration;

use super::Outcome;
use crate::ask::{self, Terminal};
use crate::parse::{count, duration};
use crate::say::say;
use crate::signals::Signals;
use crate::words::counted;

/// The first ids
#[derive(clap::Args)]
#[command(next_help_heading = "Before the run")]
pub struct CanaryArgs {
    /// Update the first N ids, show them, and ask before all others are updated
    #[arg(long, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    canary: Option<u64>,
    /// Do not ask but wait this long, such as 10m; a signal ends it. If an id was not confirmed, nothing more is sent
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "canary")]
    canary_wait: Option<Duration>,
}

/// What to do after the first ids.
pub struct Pause {
    /// How many ids come first.
    pub ids: usize,
    then: Then,
}

enum Then {
    Wait(Duration),
    /// None if there is nobody to ask.
    Ask(Option<Arc<Terminal>>),
    /// An earlier run has gone on to the others.
    GoOn,
}

impl CanaryArgs {
    pub fn pause(&self, reads_standard_input: bool) -> Option<Pause> {
        let then = match self.canary_wait {
            Some(wait) => Then::Wait(wait),
            None => Then::Ask(Terminal::open(reads_standard_input).map(Arc::new)),
        };
        Some(Pause { ids: usize::try_from(self.canary?).unwrap_or(usize::MAX), then })
    }
}

impl Pause {
    /// Refused if there is nobody to ask.
    pub fn check(&self) -> Result<(), String> {
        match self.then {
            Then::Ask(None) => Err(NOBODY.to_owned()),
            _ => Ok(()),
        }
    }

    /// The same ids come first, but nobody is asked again.
    pub fn go_on(&mut self) {
        self.then = Then::GoOn;
    }

    /// Shows the first ids, then asks or waits.
    pub fn goes_on(&self, outcomes: &[Outcome<'_, '_>], signals: &Signals) -> Result<bool, String> {
        if matches!(self.then, Then::GoOn) {
            return Ok(true);
        }
        say(shown(outcomes));
        let failed = outcomes.iter().any(|outcome| outcome.failures().next().is_some());
        match &self.then {
            Then::GoOn => Ok(true),
            Then::Ask(None) => Err(NOBODY.to_owned()),
            Then::Ask(Some(terminal)) => {
                // What was sent must be told, also when the answer is a signal.
                let cancel = signals.cancel_run();
                let answer = ask::confirm_unless(terminal, "update all others?", || cancel.is_requested());
                signals.run_ended();
                answer
            }
            Then::Wait(_) if failed => {
                say("not all canaries were confirmed, so nothing more is sent");
                Ok(false)
            }
            Then::Wait(wait) => {
                say(format_args!("waiting {} s before all others are updated", wait.as_secs()));
                let woken = signals.wait(*wait);
                if woken {
                    say("the wait was ended by a signal, so nothing more is sent");
                }
                Ok(!woken)
            }
        }
    }
}

const NOBODY: &str = "canary: there is no terminal to ask on; give --canary-wait with a time, such as 10m";

fn shown(outcomes: &[Outcome<'_, '_>]) -> String {
    const SHOWN: usize = 20;
    let mut text = String::new();
    for outcome in outcomes {
        let (job, n) = (outcome.job, outcome.parts.iter().map(|part| part.report.total()).sum::<usize>());
        let attribute = job.attribute.escape_debug();
        text += &format!(
            "{}canary: attribute \"{attribute}\": {} of {} confirmed:",
            if text.is_empty() { "" } else { "\nusercom: " },
            outcome.confirmed(),
            counted(n, "id")
        );
        for position in 0..n.min(SHOWN) {
            text += &format!(" {} ({})", job.table.id(job.row(position)), outcome.state(position).name());
        }
        if n > SHOWN {
            text += &format!(" and {} more", n - SHOWN);
        }
        for failed in outcome.failures().take(SHOWN) {
            text += &format!("\nusercom: id {}: {}", failed.failure.id, failed.failure.message);
        }
    }
    text
}
