//! One run: the loop that asks the engine what to do, does it, and tells the engine what it came to.

mod batch;
mod batcher;
mod bisect;
mod canary;
mod cancel;
mod engine;
mod hooks;
mod log;
mod notes;
mod outcomes;
mod progress;
mod recorder;
mod report_builder;
mod search;
mod share;
mod stop;
#[cfg(test)]
mod tests;
mod transport;
mod trial;
mod worker_pool;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use self::batcher::Batcher;
pub use self::cancel::Cancel;
use self::engine::{Engine, Limits, Step};
pub(crate) use self::hooks::Hooks;
#[cfg(feature = "capi")]
pub(crate) use self::hooks::ProgressFn;
pub(crate) use self::log::Log;
pub(crate) use self::notes::QUEUED;
use self::outcomes::Outcomes;
pub use self::progress::Progress;
use self::recorder::{Recorder, no_journal};
use self::report_builder::build_report;
use self::stop::Stop;
use self::transport::Transport;
use self::worker_pool::{Attempt, WorkerPool};
use crate::interface::{Status, grouped};
use crate::journal::{Journal, Opened, fingerprint};
use crate::options::{ClientOptions, RateLimitScope, RunOptions};
use crate::report::{Report, Traffic};
use crate::throttle::{Rng, Throttle, Waiting};
use crate::update::Job;
use crate::wire::{Request, Session, Verdict, render};

/// How long a run that must stop still waits for requests in flight.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a job until it completes or there is a reason to stop.
pub(crate) fn run(
    job: &Job<'_>,
    session: Session<'_>,
    client: &ClientOptions,
    options: &RunOptions,
    throttle: Arc<Throttle>,
    hooks: &mut Hooks<'_>,
) -> Report {
    let limits = Limits::new(client, options);
    let sender = Sender { job, session: &session };
    let on_this_thread = is_for_one_thread(job, &limits, hooks.allow_blocking(), session.has_proxy());
    let mut engine = Engine::new(job, limits, throttle, Rng::random(), Instant::now());
    let mut recorder = Recorder::default();
    if let Some(dir) = &options.journal_dir {
        let fingerprint = fingerprint(job, session.method(), &session.url());
        match Journal::open(dir, options.journal_max_age, &fingerprint, job.slots(), SystemTime::now()) {
            Ok(opened) => recorder = resume(&mut engine, hooks, opened),
            Err(why) => engine.stop(no_journal(&why)),
        }
    }
    let (traffic, aborted) = thread::scope(|scope| {
        let mut pool = WorkerPool::new(scope, &sender, on_this_thread);
        drive(&mut engine, &mut pool, &mut recorder, hooks)
    });
    if client.rate_limit_scope == RateLimitScope::Host
        && let Some(problem) = engine.throttle_problem()
    {
        hooks.warn(&problem);
        engine.note(problem);
    }
    // After an abort the connections are dead.
    if !aborted {
        session.keep_connections();
    }
    finish(job, engine, traffic, recorder, hooks)
}

/// Whether the caller's own thread can send everything.
fn is_for_one_thread(job: &Job<'_>, limits: &Limits, may_block: bool, has_proxy: bool) -> bool {
    let one_at_a_time = limits.workers == 1 || job.groups().len() == 1 && job.slots() <= limits.batch_size;
    // What a proxy does before the request has no limit as a whole, so that somebody must be there to abort it.
    one_at_a_time && may_block && !has_proxy
}

/// Resumes from what the journal says.
fn resume(engine: &mut Engine<'_>, hooks: &Hooks<'_>, opened: Opened) -> Recorder {
    if let Some(warning) = opened.warning {
        hooks.warn(&warning);
        engine.note(warning);
    }
    if !opened.entries.is_empty() {
        engine.resume(opened.entries);
        let settled = engine.outcomes.confirmed() + engine.outcomes.rejected();
        engine
            .note(format!("resumed: {settled} ids were confirmed or rejected by an earlier run of this job"));
    }
    Recorder::new(opened.journal)
}

/// Says what a run would send, and sends nothing.
pub(crate) fn dry_run(job: &Job<'_>, options: &ClientOptions) -> Report {
    let outcomes = Outcomes::new(job.slots());
    let mut batcher = Batcher::new(job, options.batch_size);
    let (mut requests, mut bytes, mut body) = (0u64, 0u64, Vec::new());
    while let Some(request) = batcher.next_request(job, &outcomes, options.batch_size, |_| true) {
        render(job, &request, &mut body);
        requests += 1;
        bytes += body.len() as u64;
    }
    let seconds = options.interval().map_or(0.0, |i| i.as_secs_f64() * requests.saturating_sub(1) as f64);
    let time = in_short(seconds);
    let message = format!(
        "dry run, nothing was sent: {} request{} with {} bytes of bodies, at least {time} at this rate limit",
        grouped(requests),
        if requests == 1 { "" } else { "s" },
        grouped(bytes),
    );
    let traffic = Traffic { requests, ..Traffic::default() };
    build_report(job, outcomes, Stop::new(Status::DryRun, message), Vec::new(), traffic)
}

fn in_short(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

struct Sender<'a> {
    job: &'a Job<'a>,
    session: &'a Session<'a>,
}

impl Attempt for Sender<'_> {
    fn attempt(&self, request: &Request, buffer: &mut Vec<u8>) -> Verdict {
        render(self.job, request, buffer);
        self.session.send(buffer, request.len())
    }

    fn abort(&self) {
        self.session.abort();
    }
}

/// The loop. Returns what it cost, and whether requests in flight were aborted.
fn drive(
    engine: &mut Engine<'_>,
    transport: &mut impl Transport,
    recorder: &mut Recorder,
    hooks: &mut Hooks<'_>,
) -> (Traffic, bool) {
    let mut traffic = Traffic::default();
    let mut abort_at: Option<Instant> = None;
    let mut aborted = false;
    loop {
        let now = transport.now();
        let interrupted = hooks.reason_to_stop(now).map(|stop| engine.interrupt(stop)).is_some();
        let step = engine.next(now);
        // Requests in flight are waited for: their responses say what became of their ids. But not for ever.
        let last_wait = if interrupted { Some(GRACE) } else { engine.last_wait() };
        abort_at = abort_at.into_iter().chain(last_wait.map(|wait| now + wait)).min();
        if abort_at.is_some_and(|at| now >= at) && !aborted {
            transport.abort();
            aborted = true;
        }
        // The journal comes before sending and waiting: after a crash the next run must know what was settled, and
        // what may have been applied.
        let recorded = recorder.record(engine.outcomes.take_entries().as_slice());
        if let Err(stop) = recorded {
            engine.stop(stop);
            if let Step::Send { ticket, .. } = step {
                engine.recall(ticket);
            }
            continue;
        }
        let (until, reason) = match step {
            Step::Send { ticket, request } => {
                hooks.sending(ticket, &request);
                transport.send(ticket, request);
                engine.limit_workers(transport.capacity());
                continue;
            }
            Step::Wait { until, reason } => (until, reason),
            Step::Done => break,
        };
        hooks.progress(now, || engine.progress(now, until.filter(|_| engine.in_flight() == 0)));
        if let Some(news) = engine.news(now) {
            hooks.info(&news);
        }
        let wake = [until, hooks.next_check(now), abort_at.filter(|_| !aborted)].into_iter().flatten().min();
        let response = transport.wait(wake);
        let after = transport.now();
        let waited = after.saturating_duration_since(now);
        match reason {
            Waiting::RateLimit => traffic.waited_for_rate_limit += waited,
            Waiting::Service | Waiting::RetryAfter(_) => traffic.waited_for_service += waited,
        }
        if let Some(response) = response {
            hooks.received(response.ticket, &response.verdict);
            engine.handle_response(response.ticket, response.verdict, after);
        }
    }
    hooks.final_progress(|| engine.progress(transport.now(), None));
    traffic.requests = engine.requests();
    traffic.retries = engine.retries();
    (traffic, aborted)
}

fn finish(
    job: &Job<'_>,
    engine: Engine<'_>,
    traffic: Traffic,
    recorder: Recorder,
    hooks: &Hooks<'_>,
) -> Report {
    let (outcomes, mut end, notes) = engine.finish();
    let finished = outcomes.confirmed() + outcomes.rejected() == outcomes.slots();
    if let Err(stop) = recorder.end(finished && !hooks.keeps_journal) {
        end = stop;
    }
    let report = build_report(job, outcomes, end, notes, traffic);
    hooks.ended(&report);
    report
}
