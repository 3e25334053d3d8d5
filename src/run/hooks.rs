//! What the caller attached to a run: progress, cancel, deadline and log. All are called on the caller's thread.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::cancel::Cancel;
use super::log::Log;
use super::progress::Progress;
use super::stop::Stop;
use crate::interface::Status;
use crate::report::Report;
use crate::wire::{Request, Verdict};

/// The shortest time between two calls of the progress callback.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// Called on the thread that started the run. `Break` cancels it.
pub(crate) type ProgressFn<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + 'a;

#[derive(Default)]
pub(crate) struct Hooks<'a> {
    pub progress: Option<Box<ProgressFn<'a>>>,
    pub cancel: Option<Cancel>,
    pub deadline: Option<Instant>,
    pub log: Option<Log>,
    /// Whether the journal of a finished job stays, because the caller removes it.
    pub keeps_journal: bool,
    last_progress: Option<Instant>,
    cancelled_by_progress: bool,
}

impl Hooks<'_> {
    /// Whether the caller's thread may block: nothing must be called or checked meanwhile.
    pub fn allow_blocking(&self) -> bool {
        self.progress.is_none() && self.cancel.is_none() && self.deadline.is_none()
    }

    pub fn reason_to_stop(&self, now: Instant) -> Option<Stop> {
        if self.cancelled_by_progress || self.cancel.as_ref().is_some_and(Cancel::is_requested) {
            return Some(Stop::new(Status::Cancelled, "cancelled on request"));
        }
        let late = self.deadline.is_some_and(|deadline| now >= deadline);
        late.then(|| Stop::new(Status::Deadline, "the deadline passed before all ids were sent"))
    }

    /// When the hooks must be served next, whatever the run waits for.
    pub fn next_check(&self, now: Instant) -> Option<Instant> {
        let periodic = self.progress.is_some() || self.cancel.is_some();
        let deadline = self.deadline.filter(|deadline| *deadline > now);
        [periodic.then_some(now + PROGRESS_INTERVAL), deadline].into_iter().flatten().min()
    }

    /// Calls the progress callback, at most every 100 ms.
    pub fn progress(&mut self, now: Instant, progress: impl FnOnce() -> Progress) {
        if self.last_progress.is_none_or(|last| now >= last + PROGRESS_INTERVAL) {
            self.last_progress = Some(now);
            self.final_progress(progress);
        }
    }

    /// Calls the progress callback for the last time.
    pub fn final_progress(&mut self, progress: impl FnOnce() -> Progress) {
        if let Some(callback) = &mut self.progress
            && callback(&progress()).is_break()
        {
            self.cancelled_by_progress = true;
        }
    }

    pub fn sending(&self, ticket: u64, request: &Request) {
        self.log(log::Level::Debug, || format!("request {ticket}: {} ids", request.len()));
    }

    pub fn received(&self, ticket: u64, verdict: &Verdict) {
        match verdict.problem() {
            None => self.log(log::Level::Debug, || format!("request {ticket}: {}", verdict.name())),
            Some((status, message)) => self.log(log::Level::Warn, || {
                let http = status.map(|s| format!(" (http {s})")).unwrap_or_default();
                format!("request {ticket}: {}{http}: {}", verdict.name(), message.as_str())
            }),
        }
    }

    pub fn info(&self, message: &str) {
        self.log(log::Level::Info, || message.to_owned());
    }

    pub fn warn(&self, message: &str) {
        self.log(log::Level::Warn, || message.to_owned());
    }

    pub fn ended(&self, report: &Report) {
        let level = if report.status() == Status::Ok { log::Level::Info } else { log::Level::Warn };
        self.log(level, || format!("run ended, {}: {}", report.status().name(), report.message()));
    }

    fn log(&self, level: log::Level, message: impl Fn() -> String) {
        log::log!(target: "usercom", level, "{}", message());
        if let Some(log) = self.log.as_ref().filter(|log| level <= log.level) {
            (log.write)(level, &message());
        }
    }
}
