//! Who looks on while a run goes: progress, cancel, deadline, journal and log, all on the caller's thread.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::journal::Journal;
use super::ledger::Mark;
use super::report::{Report, Status};
use super::stop::Stop;
use crate::wire::{Request, Verdict};

/// How often progress is told at the most while answers come in.
const OFTEN: Duration = Duration::from_millis(100);

/// Stops runs from any other thread, or from a signal handler. Clones stop the same runs.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// One that hasn't been requested.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Asks every run with this handle to stop. They return within 6 s; ids under way end unknown. Only looking up
    /// the host's name, for which the system sets the limit, and connecting, up to 10 s, can't be cut short.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Ids that are settled: confirmed or rejected.
    pub done: usize,
    /// Ids that are sent in this run; each id counts once.
    pub total: usize,
    /// Ids in batches that the service accepted.
    pub confirmed: usize,
    /// Ids that were refused.
    pub rejected: usize,
    /// Requests sent so far.
    pub requests: u64,
    /// How long the run will still hold back before it sends again; zero while requests are under way.
    pub waiting: Duration,
}

/// Called on the thread that started the run. `Break` cancels it.
pub(crate) type ProgressFn<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + 'a;

/// Called on the thread of each run.
pub(crate) type LogFn = dyn Fn(log::Level, &str) + Send + Sync;

/// Where a client's own log lines go.
#[derive(Clone)]
pub(crate) struct Log {
    pub level: log::LevelFilter,
    pub write: Arc<LogFn>,
}

#[derive(Default)]
pub(crate) struct Watch<'a> {
    pub progress: Option<Box<ProgressFn<'a>>>,
    pub cancel: Option<Cancel>,
    pub deadline: Option<Instant>,
    pub log: Option<Log>,
    pub journal: Option<Journal>,
    /// Nothing more is written then; the lock stays until the last request is back.
    journal_failed: Option<Stop>,
    told: Option<Instant>,
    broken_off: bool,
}

impl Watch<'_> {
    /// Whether nobody would notice if the caller's thread were busy for a while.
    pub fn is_nobody(&self) -> bool {
        self.progress.is_none() && self.cancel.is_none() && self.deadline.is_none()
    }

    pub fn reason_to_stop(&self, now: Instant) -> Option<Stop> {
        if self.broken_off || self.cancel.as_ref().is_some_and(Cancel::is_requested) {
            return Some(Stop::new(Status::Cancelled, "cancelled on request"));
        }
        let late = self.deadline.is_some_and(|deadline| now >= deadline);
        late.then(|| Stop::new(Status::Deadline, "the deadline passed before all ids were sent"))
    }

    /// When the loop must come round again, whatever it waits for.
    pub fn next_look(&self, now: Instant) -> Option<Instant> {
        let somebody = self.progress.is_some() || self.cancel.is_some();
        let deadline = self.deadline.filter(|deadline| *deadline > now);
        [somebody.then_some(now + OFTEN), deadline].into_iter().flatten().min()
    }

    /// Tells how far the run is, not more often than every 100 ms.
    pub fn progress(&mut self, engine: &Engine<'_>, now: Instant, resumes: Option<Instant>) {
        if self.told.is_none_or(|told| now >= told + OFTEN) {
            self.tell(engine, now, resumes);
        }
    }

    /// Tells the last state.
    pub fn finished(&mut self, engine: &Engine<'_>, now: Instant) {
        self.tell(engine, now, None);
    }

    fn tell(&mut self, engine: &Engine<'_>, now: Instant, resumes: Option<Instant>) {
        let Some(progress) = &mut self.progress else { return };
        self.told = Some(now);
        let (confirmed, rejected) = (engine.ledger.confirmed(), engine.ledger.rejected());
        let state = Progress {
            done: confirmed + rejected,
            total: engine.ledger.slots(),
            confirmed,
            rejected,
            requests: engine.requests(),
            waiting: resumes.map_or(Duration::ZERO, |at| at.saturating_duration_since(now)),
        };
        if progress(&state).is_break() {
            self.broken_off = true;
        }
    }

    pub fn sending(&self, ticket: u64, request: &Request) {
        self.log(log::Level::Debug, || format!("request {ticket}: {} ids", request.len()));
    }

    pub fn answered(&self, ticket: u64, verdict: &Verdict) {
        match verdict.complaint() {
            None => self.log(log::Level::Debug, || format!("request {ticket}: {}", verdict.name())),
            Some((status, words)) => self.log(log::Level::Warn, || {
                let http = status.map(|s| format!(" (http {s})")).unwrap_or_default();
                format!("request {ticket}: {}{http}: {}", verdict.name(), words.as_str())
            }),
        }
    }

    /// Notes what was settled and what is about to be sent. After a failure nothing more is written: the file's end can't be trusted.
    pub fn record(&mut self, marks: &[Mark]) -> Result<(), Stop> {
        let Some(journal) = self.journal.as_mut().filter(|_| self.journal_failed.is_none()) else {
            return Ok(());
        };
        journal.record(marks).map_err(|error| {
            let stop = journal_stop(journal.path(), &error);
            self.journal_failed.insert(stop).clone()
        })
    }

    /// Removes the journal of a finished job, and makes that of another one last.
    pub fn end_journal(&mut self, finished: bool) -> Result<(), Stop> {
        let Some(journal) = self.journal.take() else { return Ok(()) };
        if let Some(failed) = self.journal_failed.take() {
            // Whatever else stopped the run: the next one will send more than is left, and must not surprise.
            return Err(failed);
        }
        let path = journal.path().to_owned();
        let ended = if finished { journal.remove() } else { journal.keep() };
        ended.map_err(|error| journal_stop(&path, &error))
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

fn journal_stop(path: &std::path::Path, error: &std::io::Error) -> Stop {
    let message = format!(
        "the journal {}: {error}; this report is exact, but the same call made again may send more than is left",
        path.display()
    );
    Stop::new(Status::Journal, message)
}
