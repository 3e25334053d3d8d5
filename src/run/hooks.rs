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

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::options::ClientOptions;
    use crate::run::tests::support::{SECOND, one_value};
    use crate::wire::{Fault, Message};

    #[test]
    fn when_to_look_again_and_when_to_stop() {
        let now = Instant::now();
        let (soon, later) = (Duration::from_millis(50), SECOND);
        for (progress, cancel, deadline, blocks, check, stops) in [
            (false, false, None, true, None, false),
            (true, false, None, false, Some(PROGRESS_INTERVAL), false),
            (false, true, None, false, Some(PROGRESS_INTERVAL), false),
            (false, false, Some(later), false, Some(later), false),
            (true, true, Some(later), false, Some(PROGRESS_INTERVAL), false),
            (true, false, Some(soon), false, Some(soon), false),
            // One that has passed is no reason to look again: the run is stopping.
            (false, false, Some(Duration::ZERO), false, None, true),
        ] {
            let hooks = Hooks {
                progress: progress
                    .then(|| -> Box<ProgressFn<'_>> { Box::new(|_| ControlFlow::Continue(())) }),
                cancel: cancel.then(Cancel::new),
                deadline: deadline.map(|after| now + after),
                ..Hooks::default()
            };
            assert_eq!(hooks.allow_blocking(), blocks);
            assert_eq!(hooks.next_check(now).map(|at| at - now), check, "{progress} {cancel} {deadline:?}");
            assert_eq!(hooks.reason_to_stop(now).map(|stop| stop.status), stops.then_some(Status::Deadline));
            if let Some(cancel) = &hooks.cancel {
                cancel.request();
                assert_eq!(hooks.reason_to_stop(now).map(|stop| stop.status), Some(Status::Cancelled));
            }
        }
    }

    #[test]
    fn progress_is_told_every_100_ms_and_may_cancel() {
        let (now, calls) = (Instant::now(), Cell::new(0));
        let mut hooks = Hooks {
            progress: Some(Box::new(|_| {
                calls.set(calls.get() + 1);
                if calls.get() < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })),
            ..Hooks::default()
        };
        for (ms, told) in [(0, 1), (99, 1), (100, 2), (101, 2), (199, 2), (200, 3)] {
            hooks.progress(now + Duration::from_millis(ms), Progress::default);
            assert_eq!(calls.get(), told, "{ms} ms");
        }
        assert!(hooks.reason_to_stop(now).is_none());
        hooks.final_progress(Progress::default);
        assert_eq!(hooks.reason_to_stop(now).map(|stop| stop.status), Some(Status::Cancelled));
    }

    #[test]
    fn what_the_log_is_told() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let log = |level| {
            let told = told.clone();
            let write = Arc::new(move |level: log::Level, said: &str| {
                told.lock().unwrap().push(format!("{level} {said}"))
            });
            Hooks { log: Some(Log { level, write }), ..Hooks::default() }
        };
        for (level, lines) in [
            (log::LevelFilter::Off, 0),
            (log::LevelFilter::Warn, 2),
            (log::LevelFilter::Info, 3),
            (log::LevelFilter::Debug, 5),
        ] {
            let hooks = log(level);
            hooks.sending(7, &Request::single(0, 3));
            hooks.received(7, &Verdict::Confirmed(Vec::new()));
            let (fault, message) = (Fault::Server, Message::new("down"));
            hooks.received(8, &Verdict::Transient { fault, status: Some(502), message });
            hooks.warn("careful");
            hooks.info("by the way");
            assert_eq!(told.lock().unwrap().drain(..).count(), lines, "{level}");
        }
        let hooks = log(log::LevelFilter::Trace);
        hooks.sending(7, &Request::single(0, 3));
        hooks.info("by the way");
        assert_eq!(told.lock().unwrap().split_off(0), ["DEBUG request 7: 1 ids", "INFO by the way"]);
        let ids = [1, 2, 3];
        hooks.ended(&crate::run::dry_run(&one_value(&ids), &ClientOptions::default()));
        let said = told.lock().unwrap().remove(0);
        assert!(said.starts_with("WARN run ended, ") && said.contains("dry run, nothing was sent"), "{said}");
    }
}
