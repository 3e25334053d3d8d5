//! Plays a whole job against the simulated service, and checks what must always hold.

use std::cell::RefCell;
use std::ops::{ControlFlow, Range};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::service::{Names, Simulated, Weather};
use crate::interface::{IdState, Status};
use crate::journal::Journal;
use crate::report::Report;
use crate::run::engine::{Engine, Limits};
use crate::run::hooks::ProgressFn;
use crate::run::{Cancel, Hooks, Progress, Recorder, drive, finish, resume};
use crate::throttle::{Rng, Throttle};
use crate::update::Job;

pub struct Played {
    pub report: Report,
    pub took: Duration,
    pub requests: u64,
    pub sent: Vec<u32>,
    pub applied: Vec<bool>,
    pub accepted: Vec<bool>,
    pub accepted_after: Vec<u32>,
    pub rejected_alone: Vec<bool>,
    /// What the progress callback was told, and when.
    pub told: Vec<(Duration, Progress)>,
}

/// What happens to the caller during a run.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    pub cancel: Option<Duration>,
    /// So long after each start the process dies, and the call is repeated.
    pub crashes: Vec<Duration>,
    /// The end of the journal doesn't always reach the disk, as in a power failure.
    pub torn: bool,
    /// There is a progress callback.
    pub watched: bool,
}

/// The panic that stands for the death of the process.
pub struct Crash;

/// Plays a job with these limits. After each crash the call is repeated, with a real journal.
pub fn play(job: &Job<'_>, weather: Weather, limits: &Limits, seed: u64, fate: Fate) -> Played {
    let mut rng = Rng::new(seed);
    let start = Instant::now();
    let n = job.slots();
    let mut transport = Simulated::new(job, weather, Rng::new(rng.next()), start);
    transport.cancel = fate.cancel.map(|after| (start + after, Cancel::new()));
    let dir = std::env::temp_dir().join(format!("usercom-simulation-{}-{seed}", std::process::id()));
    let mut crashes = fate.crashes.iter().copied();
    let journaled = !fate.crashes.is_empty();
    let told = Rc::new(RefCell::new(Vec::new()));
    let report = loop {
        transport.crash = crashes.next().map(|after| transport.now + after);
        let run = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let mut hooks = Hooks::default();
            let (clock, told) = (transport.clock.clone(), told.clone());
            hooks.progress = fate.watched.then(|| -> Box<ProgressFn<'_>> {
                Box::new(move |progress| {
                    told.borrow_mut().push((clock.get() - start, *progress));
                    ControlFlow::Continue(())
                })
            });
            hooks.cancel = transport.cancel.as_ref().map(|(_, handle)| handle.clone());
            let (throttle, rng) = (Arc::new(Throttle::default()), Rng::new(rng.next()));
            let mut engine = Engine::new(job, limits.clone(), throttle, rng, transport.now);
            let mut recorder = Recorder::default();
            if journaled {
                let opened =
                    Journal::open(&dir, Duration::from_secs(12 * 3600), &[7; 32], n, SystemTime::now())
                        .expect("a journal");
                recorder = resume(&mut engine, &hooks, opened);
            }
            let (traffic, _) = drive(&mut engine, &mut transport, &mut recorder, &mut hooks);
            finish(job, engine, traffic, recorder, &hooks)
        }));
        match run {
            Ok(report) => break report,
            Err(cause) if cause.is::<Crash>() => {
                // What was in flight may have been applied, but its responses are lost.
                transport.responses.clear();
                if fate.torn {
                    tear(&dir, &mut rng);
                }
            }
            Err(cause) => std::panic::resume_unwind(cause),
        }
    };
    assert!(transport.responses.is_empty(), "a run ended with requests in flight");
    assert!(transport.most_in_flight <= limits.workers, "more requests at once than workers");
    if journaled {
        let settled = report.confirmed() + report.rejected() == n;
        assert_eq!(std::fs::read_dir(&dir).expect("its directory").count(), usize::from(!settled));
        std::fs::remove_dir_all(&dir).expect("its directory");
    }
    Played {
        report,
        took: transport.now - start,
        requests: transport.requests,
        sent: transport.sent,
        applied: transport.applied,
        accepted: transport.accepted,
        accepted_after: transport.accepted_after,
        rejected_alone: transport.rejected_alone,
        told: told.take(),
    }
}

/// Sometimes removes the end of the journal.
fn tear(dir: &Path, rng: &mut Rng) {
    let journal = std::fs::read_dir(dir).ok().and_then(|mut files| files.next()?.ok()).expect("a journal");
    let file = std::fs::OpenOptions::new().write(true).open(journal.path()).expect("a journal");
    let length = file.metadata().expect("a journal").len();
    let lost = if rng.unit() < 0.5 { rng.next() % 100 } else { 0 };
    // The first line is on the disk before anything is sent.
    file.set_len(length.saturating_sub(lost).max(length.min(120))).expect("a journal");
}

/// What must hold whatever happens.
pub fn check(job: &Job<'_>, weather: &Weather, limits: &Limits, played: &Played, fate: &Fate) {
    let crashes = fate.crashes.len() as u64;
    let report = &played.report;
    let total = report.confirmed() + report.rejected() + report.unknown() + report.not_attempted();
    assert_eq!(total, report.total(), "the four states partition the input");
    assert_eq!(report.failure_count(), report.rejected() + report.unknown());
    // A value of which nothing was confirmed may have been rejected itself.
    let state_of = |slot: usize| report.states()[job.position(slot)];
    let nothing_confirmed = |slots: &Range<usize>| slots.clone().all(|s| state_of(s) != IdState::Confirmed);
    let given_up: Vec<&Range<usize>> = job.groups().iter().filter(|g| nothing_confirmed(g)).collect();
    for slot in 0..job.slots() {
        let state = state_of(slot);
        let given_up = || given_up.iter().any(|group| group.contains(&slot));
        match state {
            IdState::Confirmed => assert!(played.accepted[slot], "slot {slot}: a false confirmation"),
            IdState::Rejected => {
                assert!(weather.bad.contains(&slot) || given_up(), "slot {slot}: a good id rejected");
                // Or it was named, and the rest was confirmed.
                let alone = played.rejected_alone[slot] || weather.names != Names::None;
                assert!(alone || given_up(), "slot {slot}: not alone");
            }
            IdState::NotAttempted => {
                assert!(!played.applied[slot] || fate.torn, "slot {slot}: applied, but not attempted");
            }
            IdState::Unknown => assert!(played.sent[slot] > 0, "slot {slot}: unknown, but never sent"),
        }
    }
    let planned: u64 = job.groups().iter().map(|g| g.len().div_ceil(limits.batch_size) as u64).sum();
    let limit = limits.requests(job.slots(), planned as usize);
    assert!(played.requests <= limit * (1 + crashes), "more requests than the limit");
    assert!(report.requests() == played.requests || crashes > 0);
    if report.status() == Status::Ok {
        assert_eq!(report.confirmed(), job.slots());
    }
    if fate.cancel.is_none() && report.status().completed() {
        let left_out = |slot: &usize| state_of(*slot) == IdState::NotAttempted;
        let known = |slot: usize| given_up.iter().any(|group| group.contains(&slot));
        assert!((0..job.slots()).filter(left_out).all(known), "completed, but left ids out");
    }
}
