//! Runs the jobs of a plan, one after the other: first a dry run of each, then the canaries, then the rest.

mod canary;
mod limit;
pub mod progress;
pub mod timeline;

use std::cell::RefCell;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use usercom::{Client, Error, IdState, JobJournal, Report, Run, Status};

use crate::account::LastWarning;
use crate::flags::RunFlags;
use crate::plan::Job;
use crate::signals::Signals;
use crate::{invalid, say, stdout};

pub use self::canary::{CanaryArgs, Pause};
pub use self::limit::LimitArgs;
use self::progress::{Audience, Watch};
use self::timeline::Timeline;

/// What came of a job: reports of consecutive positions, from 0 on.
pub struct Outcome<'j, 't> {
    pub job: &'j Job<'t>,
    pub parts: Vec<Part>,
}

/// What came of the positions from `first` on.
pub struct Part {
    pub first: usize,
    pub report: Report,
    pub took: Duration,
    pub timeline: Timeline,
}

/// A row that was not confirmed.
pub struct Failure<'a> {
    pub position: usize,
    pub failure: usercom::Failure<'a>,
}

impl Outcome<'_, '_> {
    /// Of the last part; not attempted is stopped early.
    pub fn status(&self) -> Option<Status> {
        let stopped = self.parts.iter().map(|part| part.report.status()).find(|status| !is_complete(*status));
        let of_all =
            |wanted| self.parts.iter().map(|part| part.report.status()).find(|status| *status == wanted);
        stopped
            .or_else(|| of_all(Status::Partial))
            .or_else(|| of_all(Status::Mismatch))
            .or_else(|| self.parts.last().map(|part| part.report.status()))
    }

    /// Whether every position was part of a run that completed.
    pub fn is_complete(&self) -> bool {
        let run: usize = self.parts.iter().map(|part| part.report.total()).sum();
        run == self.job.len() && self.parts.iter().all(|part| is_complete(part.report.status()))
    }

    pub fn state(&self, position: usize) -> IdState {
        let part = self.parts.iter().rfind(|part| part.first <= position);
        part.and_then(|part| part.report.states().get(position - part.first).copied())
            .unwrap_or(IdState::NotAttempted)
    }

    pub fn failures(&self) -> impl Iterator<Item = Failure<'_>> {
        self.parts.iter().flat_map(|part| {
            part.report.failures().map(|failure| Failure { position: part.first + failure.index, failure })
        })
    }

    /// Also the positions of runs that did not begin.
    pub fn not_attempted(&self) -> usize {
        let run: usize = self.parts.iter().map(|part| part.report.total()).sum();
        self.job.len() - run + self.parts.iter().map(|part| part.report.not_attempted()).sum::<usize>()
    }

    pub fn confirmed(&self) -> usize {
        self.parts.iter().map(|part| part.report.confirmed()).sum()
    }

    pub fn rejected(&self) -> usize {
        self.parts.iter().map(|part| part.report.rejected()).sum()
    }

    /// Whether not one id can have been changed.
    pub fn nothing_sent(&self) -> bool {
        self.parts.iter().all(|part| {
            let report = &part.report;
            let never_connected =
                matches!(report.status(), Status::Transport | Status::Tls) || report.requests() == 0;
            let none_attempted = || report.states().iter().all(|state| *state == IdState::NotAttempted);
            report.status() == Status::DryRun || (never_connected && none_attempted())
        })
    }
}

fn is_complete(status: Status) -> bool {
    matches!(status, Status::Ok | Status::Partial | Status::Mismatch | Status::DryRun)
}

/// Where journals are, and whether those of finished jobs stay until the command has finished.
pub struct Journals {
    pub dir: PathBuf,
    pub stay: bool,
}

/// The journal of one run.
pub struct RunJournal {
    pub attribute: String,
    pub journal: JobJournal,
    pub follows_canaries: bool,
}

/// What all runs of a command need.
pub struct Runner<'a> {
    pub client: Client,
    pub flags: &'a RunFlags,
    pub signals: &'a Signals,
    /// Where journals are kept.
    pub journals: Option<Journals>,
    pub last_warning: LastWarning,
    pub limit: &'a LimitArgs,
    pub audience: Audience,
}

impl Runner<'_> {
    /// Checks a job; the report tells what it costs.
    pub fn dry_run(&self, job: &Job<'_>) -> Result<Report, String> {
        let report = job.with_run(&self.client, 0..job.len(), |run| self.flags.apply(run).dry_run().send());
        report.map_err(|error| refusal(error, job, 0))
    }

    /// The journals of all runs that [`Runner::run`] makes of these jobs.
    pub fn journals(
        &self,
        jobs: &[Job<'_>],
        pause: Option<&Pause>,
        dir: &Path,
    ) -> Result<Vec<RunJournal>, String> {
        let mut found = Vec::new();
        for job in jobs {
            let first = pause.map_or(0, |pause| pause.ids.min(job.len()));
            for positions in
                [0..first, first..job.len()].into_iter().filter(|positions| !positions.is_empty())
            {
                let start = positions.start;
                let journal = |run: Run<'_>| self.flags.apply(run).journal_dir(dir).journal();
                let journal = job.with_run(&self.client, positions, journal);
                let journal = journal.map_err(|error| refusal(error, job, start))?;
                found.extend(journal.map(|journal| RunJournal {
                    attribute: job.attribute.clone(),
                    journal,
                    follows_canaries: start > 0,
                }));
            }
        }
        Ok(found)
    }

    /// Runs the jobs, and the canaries before them; `pause` is asked whether to go on after those. From the first job to
    /// the last a signal cancels.
    pub fn run<'j, 't>(
        &self,
        jobs: &'j [Job<'t>],
        pause: Option<&Pause>,
    ) -> Result<Vec<Outcome<'j, 't>>, String> {
        let outcomes = self.run_all(jobs, pause);
        self.signals.run_ended();
        outcomes
    }

    fn run_all<'j, 't>(
        &self,
        jobs: &'j [Job<'t>],
        pause: Option<&Pause>,
    ) -> Result<Vec<Outcome<'j, 't>>, String> {
        let mut outcomes: Vec<_> = jobs.iter().map(|job| Outcome { job, parts: Vec::new() }).collect();
        if let Some(pause) = pause {
            for at in 0..outcomes.len() {
                self.extend(&mut outcomes, at, 0..pause.ids.min(jobs[at].len()))?;
                if self.is_over(&outcomes[at]) {
                    return Ok(outcomes);
                }
            }
            self.signals.run_ended();
            if outcomes.iter().all(Outcome::is_complete) || !pause.goes_on(&outcomes, self.signals)? {
                return Ok(outcomes);
            }
        }
        for at in 0..outcomes.len() {
            let parts = &outcomes[at].parts;
            let first = parts.last().map_or(0, |part| part.first + part.report.total());
            if first < jobs[at].len() || parts.is_empty() {
                self.extend(&mut outcomes, at, first..jobs[at].len())?;
            }
            if self.is_over(&outcomes[at]) {
                break;
            }
        }
        Ok(outcomes)
    }

    /// Runs these positions of the job at `at`.
    fn extend(
        &self,
        outcomes: &mut [Outcome<'_, '_>],
        at: usize,
        positions: Range<usize>,
    ) -> Result<(), String> {
        let sent_before = outcomes.iter().any(|outcome| !outcome.parts.is_empty());
        let outcome = &mut outcomes[at];
        let (job, first) = (outcome.job, positions.start);
        let cancel = self.signals.cancel_run();
        if self.audience.has_events() {
            let fields = serde_json::json!({
                "attribute": job.attribute,
                "first": first,
                "ids": positions.len(),
                "dry_run": self.flags.dry_run,
            });
            stdout::print_event("started", &fields);
        }
        self.last_warning.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let started = Instant::now();
        let watch = Watch::new(self.audience, &job.attribute, self.last_warning.clone(), started);
        let watch = Rc::new(RefCell::new(watch));
        let watching = watch.clone();
        let rejected = outcome.rejected();
        let report = job.with_run(&self.client, positions, |run| {
            let run = self.limit.apply(self.flags.apply(run), job.len(), rejected).cancel(&cancel);
            let run = match &self.journals {
                Some(journals) if journals.stay => run.journal_dir(&journals.dir).keep_journal(),
                Some(journals) => run.journal_dir(&journals.dir),
                None => run,
            };
            run.progress(move |progress| watching.borrow_mut().observe(Instant::now(), progress)).send()
        });
        let timeline = std::mem::take(&mut watch.borrow_mut().timeline);
        match report {
            Ok(report) => outcome.parts.push(Part { first, report, took: started.elapsed(), timeline }),
            // What was sent before must be told.
            Err(error) if sent_before => say::say(refusal(error, job, first)),
            Err(error) => return Err(refusal(error, job, first)),
        }
        Ok(())
    }

    /// Whether the next job would end for the same reason. What is wrong with one attribute says nothing of another.
    fn is_over(&self, outcome: &Outcome<'_, '_>) -> bool {
        let status = outcome.status();
        self.signals.cancelled_by().is_some()
            || status.is_none_or(|status| !is_complete(status) && status != Status::Rejected)
    }
}

/// The library's refusal, with the place in the file.
fn refusal(error: Error, job: &Job<'_>, first: usize) -> String {
    invalid::entry(error, |list, entry| job.place(list, entry, first))
}
