//! How far a run is: a bar on a terminal, a line now and then where there is none, events for programs.

use std::collections::VecDeque;
use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use usercom::Progress;

use super::timeline::Timeline;
use crate::account::LastWarning;
use crate::say::{self, say};
use crate::stdout;
use crate::words::{self, shorten, thousands};

/// How often a line is written, and an event.
const LINE_EVERY: Duration = Duration::from_secs(30);
const EVENT_EVERY: Duration = Duration::from_secs(1);
/// The rate is that of the last so many seconds.
const RATE_OF: Duration = Duration::from_secs(15);

/// On a terminal with fewer columns the numbers are more than a bar.
const NARROW: u16 = 70;

/// Who is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    bar: bool,
    lines: bool,
    events: bool,
}

impl Audience {
    /// A person, and with `json` a program that reads the standard output.
    pub fn new(quiet: bool, json: bool) -> Audience {
        // A terminal that can't move its cursor (TERM=dumb) has no place for a bar.
        let has_place = !ProgressBar::no_length().is_hidden();
        // Both on one terminal would be torn.
        let bar = has_place && !(json && io::stdout().is_terminal());
        Audience { bar: bar && !quiet, lines: !has_place && !json && !quiet, events: json && !quiet }
    }

    pub fn has_events(self) -> bool {
        self.events
    }
}

/// What is told of one run.
pub struct Watch {
    audience: Audience,
    attribute: String,
    last_warning: LastWarning,
    bar: ProgressBar,
    started: Instant,
    line_due: Instant,
    event_due: Instant,
    /// How much was done when.
    recent: VecDeque<(Instant, usize)>,
    pub timeline: Timeline,
}

impl Watch {
    pub fn new(audience: Audience, attribute: &str, last_warning: LastWarning, now: Instant) -> Watch {
        let bar = if audience.bar { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let (_, width) = Term::stderr().size();
        let template = if width < NARROW { "{wide_msg}" } else { "{bar:20} {wide_msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if audience.bar {
            say::above(Some(bar.clone()));
        }
        Watch {
            audience,
            attribute: attribute.to_owned(),
            last_warning,
            bar,
            started: now,
            line_due: now + LINE_EVERY,
            event_due: now + EVENT_EVERY,
            recent: VecDeque::from([(now, 0)]),
            timeline: Timeline::default(),
        }
    }

    pub fn observe(&mut self, now: Instant, progress: &Progress) -> ControlFlow<()> {
        let warning = self.last_warning.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.timeline.add(now.saturating_duration_since(self.started), progress, &warning);
        let rate = self.rate(now, progress.done);
        if self.audience.bar {
            self.bar.set_length(progress.total as u64);
            self.bar.set_position(progress.done as u64);
            self.bar.set_message(line(progress, rate, &warning));
        }
        if self.audience.lines && is_due(&mut self.line_due, now, LINE_EVERY) {
            let attribute = self.attribute.escape_debug();
            say(format_args!("attribute \"{attribute}\": {}", line(progress, rate, &warning)));
        }
        if self.audience.events && is_due(&mut self.event_due, now, EVENT_EVERY) {
            let elapsed = now.saturating_duration_since(self.started);
            stdout::print_event("progress", &event(&self.attribute, progress, rate, &warning, elapsed));
        }
        ControlFlow::Continue(())
    }

    /// Ids per second.
    fn rate(&mut self, now: Instant, done: usize) -> f64 {
        while self.recent.len() > 1 && self.recent[1].0 + RATE_OF <= now {
            self.recent.pop_front();
        }
        self.recent.push_back((now, done));
        let (since, before) = self.recent[0];
        let seconds = now.saturating_duration_since(since).as_secs_f64();
        if seconds >= 1.0 { done.saturating_sub(before) as f64 / seconds } else { 0.0 }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        say::above(None);
        self.bar.finish_and_clear();
    }
}

/// Whether it is time; if so, it is again after `every`.
fn is_due(due: &mut Instant, now: Instant, every: Duration) -> bool {
    let is_due = now >= *due;
    if is_due {
        *due = now + every;
    }
    is_due
}

/// "12,000 of 1,000,000 ids, 4,800/s, 12 rejected, about 3 min left".
fn line(progress: &Progress, rate: f64, warning: &str) -> String {
    let mut text = format!("{} of {} ids", thousands(progress.done), thousands(progress.total));
    if rate >= 1.0 {
        text += &format!(", {}/s", thousands(rate.round() as usize));
    }
    for (n, what) in [(progress.rejected, "rejected"), (progress.unknown, "unknown")] {
        if n > 0 {
            text += &format!(", {} {what}", thousands(n));
        }
    }
    if progress.waiting >= Duration::from_secs(1) {
        text += &format!(", waiting {}", words::time(progress.waiting));
        if !warning.is_empty() {
            text += &format!(" ({})", shorten(warning));
        }
    }
    if progress.done < progress.total && progress.requests > 0 && !progress.time_left.is_zero() {
        text += &format!(", about {} left", words::time(progress.time_left));
    }
    text
}

fn event(
    attribute: &str,
    progress: &Progress,
    rate: f64,
    warning: &str,
    elapsed: Duration,
) -> serde_json::Value {
    let waiting = !progress.waiting.is_zero() && !warning.is_empty();
    serde_json::json!({
        "attribute": attribute,
        "elapsed_ms": elapsed.as_millis() as u64,
        "done": progress.done,
        "total": progress.total,
        "confirmed": progress.confirmed,
        "rejected": progress.rejected,
        "unknown": progress.unknown,
        "requests": progress.requests,
        "ids_per_second": (rate * 10.0).round() / 10.0,
        "waiting_ms": progress.waiting.as_millis() as u64,
        "waiting_for": waiting.then_some(warning),
        "expected_rejected": progress.expected_rejected,
        "requests_left": progress.requests_left,
        "time_left_ms": u64::try_from(progress.time_left.as_millis()).ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_there_is_to_tell() {
        let mut progress = Progress::default();
        progress.total = 1_000_000;
        assert_eq!(line(&progress, 0.0, ""), "0 of 1,000,000 ids");
        (progress.done, progress.confirmed, progress.requests) = (12_000, 11_988, 12);
        progress.time_left = Duration::from_secs(206);
        assert_eq!(line(&progress, 4_800.4, ""), "12,000 of 1,000,000 ids, 4,800/s, about 3 min left");
        (progress.rejected, progress.unknown) = (12, 1_000);
        progress.waiting = Duration::from_secs(30);
        assert_eq!(
            line(&progress, 0.0, "request 13: busy (http 503): try later"),
            "12,000 of 1,000,000 ids, 12 rejected, 1,000 unknown, waiting 30 s (request 13: busy (http 503): try \
             later), about 3 min left"
        );
    }

    #[test]
    fn a_line_is_due_every_thirty_seconds() {
        let start = Instant::now();
        let mut due = start + LINE_EVERY;
        let told: Vec<u64> = (0..100)
            .filter(|second| is_due(&mut due, start + Duration::from_secs(*second), LINE_EVERY))
            .collect();
        assert_eq!(told, [30, 60, 90]);
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let mut watch = Watch::new(Audience::default(), "plan", LastWarning::default(), start);
        let rates = (1..=60).map(|second| {
            // A hundred ids a second, then none.
            let done = 100 * second.min(30);
            watch.rate(start + Duration::from_secs(second), done as usize).round() as u64
        });
        let rates: Vec<u64> = rates.collect();
        assert_eq!((rates[0], rates[29], rates[59]), (100, 100, 0));
    }
}
