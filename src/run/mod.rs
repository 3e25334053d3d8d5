//! How a run goes: the one loop, which asks the engine what to do, has it done, and tells it what came of
//! it.

mod backoff;
mod crew;
mod engine;
mod gate;
mod guard;
mod isolate;
mod journal;
mod ledger;
mod report;
mod segment;
#[cfg(test)]
mod simulation;
mod stop;
mod watch;

use std::thread;
use std::time::{Duration, Instant, SystemTime};

pub(crate) use self::backoff::Dice;
use self::crew::{Attempt, Crew, World};
pub(crate) use self::engine::Limits;
use self::engine::{Engine, Step};
use self::gate::Waiting;
pub(crate) use self::gate::{Gate, Key};
pub(crate) use self::journal::JournalOptions;
use self::journal::{Journal, Opened, Unusable, fingerprint};
#[cfg(fuzzing)]
pub use self::journal::{journal_line, read_journal};
pub use self::ledger::IdState;
use self::report::Traffic;
pub use self::report::{Failure, Report, Status};
use self::segment::Cutter;
use self::stop::Stop;
pub use self::watch::{Cancel, Progress};
pub(crate) use self::watch::{Log, ProgressFn, Watch};
use crate::update::Job;
use crate::wire::{Line, Request, Verdict, render};

/// How long requests under way may still take once nobody wants to wait for them.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a job to its end, or to the reason to stop.
pub(crate) fn run(
    job: &Job<'_>,
    line: Line<'_>,
    limits: Limits,
    gate: std::sync::Arc<Gate>,
    journal: Option<&JournalOptions>,
    mut watch: Watch<'_>,
) -> Report {
    let sender = Sender { job, line: &line };
    let one_at_a_time = limits.workers == 1 || job.groups().len() == 1 && job.slots() <= limits.batch_size;
    let alone = one_at_a_time && watch.is_nobody();
    let mut engine = Engine::new(job, limits, gate, Dice::random(), Instant::now());
    if let Some(options) = journal {
        let fingerprint = fingerprint(job, line.method(), &line.url());
        match Journal::open(options, &fingerprint, job.slots(), SystemTime::now()) {
            Ok(opened) => resume(&mut engine, &mut watch, opened),
            Err(why) => engine.stop(no_journal(&why)),
        }
    }
    let (traffic, cut) =
        thread::scope(|scope| drive(&mut engine, &mut Crew::new(scope, &sender, alone), &mut watch));
    // After a cut the connections are dead; they go with the run.
    if !cut {
        line.keep();
    }
    close(job, engine, traffic, watch)
}

fn resume(engine: &mut Engine<'_>, watch: &mut Watch<'_>, opened: Opened) {
    if let Some(warning) = opened.warning {
        watch.warn(&warning);
        engine.note(warning);
    }
    if !opened.marks.is_empty() {
        engine.resume(opened.marks);
        let settled = engine.ledger.confirmed() + engine.ledger.rejected();
        engine.note(format!("resumed: {settled} ids had been settled by an earlier run of this job"));
    }
    watch.journal = Some(opened.journal);
}

fn no_journal(why: &Unusable) -> Stop {
    match why {
        Unusable::Busy(path) => {
            let message =
                format!("the same update is running already: {} is locked; nothing was sent", path.display());
            Stop::new(Status::Busy, message)
        }
        Unusable::Io(path, error) => {
            Stop::new(Status::Journal, format!("the journal {}: {error}; nothing was sent", path.display()))
        }
    }
}

/// Says what a run would send, and sends nothing.
pub(crate) fn rehearse(job: &Job<'_>, limits: &Limits) -> Report {
    let ledger = ledger::Ledger::new(job.slots());
    let mut cutter = Cutter::new(job, limits.batch_size);
    let (mut requests, mut bytes, mut body) = (0u64, 0u64, Vec::new());
    while let Some(request) = cutter.cut(job, &ledger, limits.batch_size, |_| true) {
        render(job, &request, &mut body);
        requests += 1;
        bytes += body.len() as u64;
    }
    let seconds = limits.interval.map_or(0.0, |i| i.as_secs_f64() * requests.saturating_sub(1) as f64);
    let message = format!(
        "dry run, nothing was sent: {requests} requests with {bytes} bytes of bodies, at least {seconds:.1} s at this pace"
    );
    let traffic = Traffic { requests, ..Traffic::default() };
    Report::new(job, ledger, Status::DryRun, message, Vec::new(), traffic)
}

struct Sender<'a> {
    job: &'a Job<'a>,
    line: &'a Line<'a>,
}

impl Attempt for Sender<'_> {
    fn attempt(&self, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
        render(self.job, request, buffer);
        self.line.send(buffer, request.len())
    }

    fn cut(&self) {
        self.line.cut();
    }
}

/// The loop. Returns what it cost and whether requests under way were cut off.
fn drive(engine: &mut Engine<'_>, world: &mut impl World, watch: &mut Watch<'_>) -> (Traffic, bool) {
    let mut traffic = Traffic::default();
    let mut grace: Option<Instant> = None;
    let mut cut = false;
    loop {
        let now = world.now();
        if let Some(stop) = watch.reason_to_stop(now) {
            engine.interrupt(stop);
            let ends = *grace.get_or_insert(now + GRACE);
            if now >= ends && !cut {
                world.cut();
                cut = true;
            }
        }
        let step = engine.next(now);
        // On paper before anything is sent or waited for: a run after a crash must know what was settled, and what
        // may have been applied.
        if let Err(stop) = watch.record(&engine.ledger.take_marks()) {
            engine.stop(stop);
            if let Step::Send { ticket, .. } = step {
                engine.recall(ticket);
            }
            continue;
        }
        let (until, reason) = match step {
            Step::Send { ticket, request } => {
                watch.sending(ticket, &request);
                world.send(ticket, request);
                engine.limit_workers(world.capacity());
                continue;
            }
            Step::Wait { until, reason } => (until, reason),
            Step::Done => break,
        };
        watch.progress(engine, now, until.filter(|_| engine.in_flight() == 0));
        let wake = [until, watch.next_look(now), grace.filter(|_| !cut)].into_iter().flatten().min();
        let answer = world.wait(wake);
        let waited = world.now().saturating_duration_since(now);
        match reason {
            Waiting::Pace => traffic.waited_for_pace += waited,
            Waiting::Service | Waiting::Asked(_) => traffic.waited_for_service += waited,
        }
        if let Some(answer) = answer {
            watch.answered(answer.ticket, &answer.verdict);
            engine.settle(answer.ticket, answer.verdict, world.now());
        }
    }
    watch.finished(engine, world.now());
    traffic.requests = engine.requests();
    traffic.retries = engine.retries();
    (traffic, cut)
}

fn close(job: &Job<'_>, engine: Engine<'_>, traffic: Traffic, mut watch: Watch<'_>) -> Report {
    let (ledger, mut end, notes) = engine.finish();
    let finished = ledger.confirmed() + ledger.rejected() == ledger.slots();
    if let Err(stop) = watch.end_journal(finished) {
        end = stop;
    }
    let report = Report::new(job, ledger, end.status, end.message, notes, traffic);
    watch.ended(&report);
    report
}
