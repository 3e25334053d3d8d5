//! Single decisions, with the engine's own state in sight. Whole runs are in `run::tests`.

use std::ops::Range;

use super::*;
use crate::run::batch::Role;
use crate::run::canary::Finding;
use crate::run::share::{Asked, cost};
use crate::run::tests::support::{RULES, SECOND, ids, limits, one_value};
use crate::run::trial::ServerErrors;
use crate::update::{Ids, Update, Value};
use crate::wire::{Fault, Message, RejectedId, Verdict};

/// Without a rate limit.
fn engine<'a>(job: &'a Job<'a>, limits: Limits) -> Engine<'a> {
    Engine::new(job, Limits { interval: None, ..limits }, Arc::default(), Rng::new(1), Instant::now())
}

/// Three values with a hundred ids each.
fn three_values(ids: &[i64]) -> Job<'_> {
    let update = Update::rows("plan", (0..3).map(Value::from).collect(), (0..300).map(|i| i / 100).collect());
    Job::new(&update, Ids::Numeric(ids), RULES).unwrap()
}

fn batch(slots: Range<usize>) -> Batch {
    of(0, slots, Role::Batch)
}

fn of(group: usize, slots: Range<usize>, role: Role) -> Batch {
    Batch::new(Request { group, slots, skip: vec![] }, role)
}

/// Sends something at this time, or nothing.
fn send(engine: &mut Engine<'_>, now: Instant) -> Option<(u64, Request)> {
    match engine.next(now) {
        Step::Send { ticket, request } => Some((ticket, request)),
        Step::Wait { .. } | Step::Done => None,
    }
}

fn ok() -> Verdict {
    Verdict::Confirmed(Vec::new())
}

fn transient(fault: Fault, status: Option<u16>) -> Verdict {
    Verdict::Transient { fault, status, message: Message::new("down") }
}

fn permit(engine: &Engine<'_>, now: Instant) -> Permit {
    engine.throttle.admit(now, None).unwrap()
}

/// Leaves nothing to split off.
fn empty(engine: &mut Engine<'_>) {
    (0..engine.job.groups().len()).for_each(|group| engine.batcher.drop_value(group));
}

/// So many ids from the start on are confirmed, so many after them rejected.
fn settle(engine: &mut Engine<'_>, confirmed: usize, rejected: usize) {
    let whole = |slots| Request { group: 0, slots, skip: vec![] };
    engine.outcomes.confirm(&whole(0..confirmed));
    let reason = engine.outcomes.reason(Some(400), Message::new("no"));
    engine.outcomes.reject(std::iter::once(confirmed..confirmed + rejected), reason);
}

#[test]
fn what_a_tally_says() {
    let dense = |settled, rejected| Tally { settled, rejected, ..Tally::default() }.dense();
    assert!(!dense(3, 3) && !dense(4, 2) && dense(4, 3) && dense(5, 3) && !dense(100, 50));
    let named = |named, unnamed| Tally { named, unnamed, ..Tally::default() }.named();
    assert!(!named(0, 0) && !named(1, 1) && named(2, 1) && !named(1, 2));
    let each = |settled, requests| Tally { settled, ..Tally::default() }.named_requests(requests);
    assert_eq!((each(4, 10), each(0, 3), each(2, 2)), (2.5, 3.0, 1.0));
}

#[test]
fn one_request_until_something_is_confirmed() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    let (first, _) = send(&mut engine, now).unwrap();
    assert!(send(&mut engine, now).is_none());
    engine.handle_response(first, ok(), now);
    assert!((0..4).all(|_| send(&mut engine, now).is_some()));
    assert!(send(&mut engine, now).is_none(), "no more than there are workers");
    assert_eq!((engine.requests(), engine.in_flight()), (5, 4));
}

#[test]
fn a_request_that_was_not_sent_after_all_does_not_count() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    let recalled = |engine: &mut Engine<'_>, requests, retries| {
        let (ticket, request) = send(engine, now).unwrap();
        assert_eq!((engine.requests(), engine.retries()), (requests + 1, retries));
        engine.recall(ticket);
        assert_eq!((engine.requests(), engine.in_flight()), (requests, 0));
        request
    };
    let first = recalled(&mut engine, 0, 0);
    assert_eq!(engine.retries(), 0);
    let (ticket, again) = send(&mut engine, now).unwrap();
    assert_eq!((again.clone(), engine.retries()), (first, 0));
    engine.handle_response(ticket, transient(Fault::Dropped, None), now);
    assert_eq!(recalled(&mut engine, 1, 1), again);
    assert_eq!(engine.retries(), 0);
    engine.recall(99);
    assert_eq!(engine.requests(), 1);
}

#[test]
fn whether_there_is_work() {
    let ids = ids(10);
    let job = one_value(&ids);
    let now = Instant::now();
    let works = |change: &dyn Fn(&mut Engine<'_>)| {
        let mut engine = engine(&job, limits());
        empty(&mut engine);
        change(&mut engine);
        engine.has_work()
    };
    assert!(engine(&job, limits()).has_work());
    assert!(!works(&|_| {}));
    assert!(works(&|engine| engine.queue.push_back(batch(0..2))));
    assert!(works(&|engine| {
        let permit = permit(engine, now);
        engine.in_flight.push((1, batch(0..2), permit));
    }));
    assert!(works(&|engine| engine.quarantined.push(Quarantined { batch: batch(0..2), named: vec![] })));
    assert!(works(&|engine| engine.searches.rejected(batch(0..2))));
    // What used up its attempts gets its last chance, however long nothing has come.
    assert!(!works(&|engine| engine.exhausted.push(batch(0..2))));
}

/// As long as nothing of a value is confirmed, what was rejected is sent again.
#[test]
fn an_earlier_run_is_resumed_by_value() {
    let ids = ids(300);
    let job = three_values(&ids);
    let mut engine = engine(&job, limits());
    let entry = |state, slots| Entry { state, slots, http_status: Some(400) };
    engine.resume(vec![
        entry(IdState::Rejected, 0..5),
        entry(IdState::Confirmed, 5..100),
        entry(IdState::Rejected, 100..110),
        entry(IdState::Confirmed, 299..300),
    ]);
    let open: Vec<usize> = job
        .groups()
        .iter()
        .map(|g| g.clone().filter(|slot| engine.outcomes.is_open(*slot)).count())
        .collect();
    assert_eq!(open, [0, 100, 99]);
    assert_eq!(engine.canaries, [Canary::Passed, Canary::new(), Canary::Passed]);
    assert!(engine.share.any_bad());
}

#[test]
fn only_a_lack_of_resources_costs_workers() {
    let ids = ids(1000);
    let job = one_value(&ids);
    for (fault, workers) in [
        (Fault::NoResources, 3),
        (Fault::Unreached, 4),
        (Fault::Dropped, 4),
        (Fault::DroppedLarge, 4),
        (Fault::TimedOut, 4),
        (Fault::Server, 4),
        (Fault::Unreadable, 4),
    ] {
        let (mut engine, now) = (engine(&job, limits()), Instant::now());
        let (first, _) = send(&mut engine, now).unwrap();
        engine.handle_response(first, ok(), now);
        let tickets: Vec<u64> = (0..4).map(|_| send(&mut engine, now).unwrap().0).collect();
        engine.handle_response(tickets[0], transient(fault, None), now);
        assert_eq!(engine.limits.workers, workers, "{fault:?}");
    }
}

/// The server may just have closed a kept connection: once, and not while everything fails.
#[test]
fn what_was_dropped_is_sent_again_at_once() {
    let ids = ids(1000);
    let job = one_value(&ids);
    // A large one that is dropped twice is too large.
    for (fault, batches) in [(Fault::Dropped, 1), (Fault::DroppedLarge, 2)] {
        let (mut engine, now) = (engine(&job, limits()), Instant::now());
        let (first, request) = send(&mut engine, now).unwrap();
        engine.handle_response(first, transient(fault, None), now);
        let (again, same) = send(&mut engine, now).unwrap();
        assert_eq!((same, engine.throttle.failures_in_a_row()), (request, 0));
        engine.handle_response(again, transient(fault, None), now);
        assert_eq!(engine.throttle.failures_in_a_row(), 1);
        assert_eq!((engine.queue.len(), engine.queue[0].attempts), (batches, 0), "no fault of its own");
    }
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    let (first, _) = send(&mut engine, now).unwrap();
    engine.handle_response(first, ok(), now);
    let [down, dropped] = [send(&mut engine, now).unwrap().0, send(&mut engine, now).unwrap().0];
    engine.handle_response(down, transient(Fault::Server, Some(502)), now + SECOND);
    assert_eq!(engine.throttle.failures_in_a_row(), 1);
    engine.handle_response(dropped, transient(Fault::Dropped, None), now + SECOND);
    assert_eq!(engine.queue.len(), 2);
    assert!(engine.queue.iter().all(|batch| !batch.retried_stale));
}

#[test]
fn what_is_too_large_is_split_down_to_single_ids() {
    let ids = ids(1000);
    let job = one_value(&ids);
    for (fault, n, sizes) in [
        (Fault::TimedOut, 5, &[2, 3][..]),
        (Fault::DroppedLarge, 2, &[1, 1]),
        (Fault::TimedOut, 1, &[1]),
        (Fault::Server, 5, &[5]),
        (Fault::Dropped, 5, &[5]),
    ] {
        let (mut engine, now) = (engine(&job, limits()), Instant::now());
        let large = Batch { retried_stale: true, ..batch(0..n) };
        let first = permit(&engine, now);
        engine.transient(large, first, fault, None, &Message::new("down"), now);
        assert_eq!(engine.queue.len(), 1, "one may be chance");
        let large = engine.queue.pop_front().unwrap();
        assert_eq!(large.len(), n);
        let later = now + 60 * SECOND;
        let second = permit(&engine, later);
        engine.transient(large, second, fault, None, &Message::new("down"), later);
        assert!(engine.queue.iter().map(Batch::len).eq(sizes.iter().copied()), "{fault:?} {n}");
        let size = if sizes.len() > 1 { n.div_ceil(2) } else { 100 };
        assert_eq!(engine.batcher.size, size);
    }
}

/// A batch for which the service asks for a delay is charged if others were confirmed in between, three times.
#[test]
fn a_delay_is_charged_after_three() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    let mut delayed = batch(0..100);
    for (confirmed, delays, attempts) in
        [(0, 1, 0), (0, 1, 0), (1, 2, 0), (1, 2, 0), (2, 3, 1), (2, 3, 2), (9, 4, 3)]
    {
        engine.confirmed_batches = confirmed;
        engine.delayed(delayed, 7 * SECOND, now);
        delayed = engine.queue.pop_front().unwrap();
        assert_eq!((delayed.delays, delayed.attempts), (delays, attempts), "{confirmed}");
        assert!(delayed.not_before >= Some(now + 8 * SECOND) && delayed.failed_at == Some(now));
    }
    engine.delayed(batch(0..100), 1_000_000 * SECOND, now);
    assert_eq!(engine.queue[0].not_before, Some(now + 86_401 * SECOND), "a day at most");
}

#[test]
fn attempts_are_counted() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, Limits { max_attempts: 3, ..limits() }), Instant::now());
    let mut charged = batch(0..100);
    for attempts in 1..3 {
        engine.charge(charged, now);
        charged = engine.queue.pop_front().unwrap();
        assert_eq!(charged.attempts, attempts);
        assert!(charged.not_before.is_some_and(|at| at >= now && at < now + SECOND));
    }
    engine.charge(charged, now);
    assert!(engine.queue.is_empty() && engine.exhausted.len() == 1);
    // Its last chance is a second set of attempts, when nothing else is left.
    engine.exhausted[0].too_large = 1;
    engine.exhausted[0].server_errors.record(now, 0);
    engine.queue.push_back(batch(100..200));
    assert!(engine.last_chance().is_none());
    engine.queue.clear();
    let permit = permit(&engine, now);
    engine.in_flight.push((7, batch(100..200), permit));
    assert!(engine.last_chance().is_none());
    engine.in_flight.clear();
    let last = engine.last_chance().unwrap();
    assert!(last.last_chance && last.attempts == 0 && last.too_large == 0 && last.not_before.is_none());
    assert_eq!(last.server_errors.count(), 0);
    assert!(engine.exhausted.is_empty() && engine.last_chance().is_none());
    engine.exhaust(last);
    assert_eq!((engine.lost.len(), engine.exhausted.len()), (1, 0));
}

/// A batch that nothing else can be compared with is waited for until it is suspicious, not longer.
#[test]
fn how_long_a_500_is_waited_for() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let waits = |n: usize, status: u16, others: bool, waiting: bool| {
        let (mut engine, start) = (engine(&job, limits()), Instant::now());
        let mut now = start;
        for _ in 0..8 {
            now += 31 * SECOND;
            let failing = permit(&engine, now);
            failing.failed(now, now, Duration::MAX, &mut Rng::new(4));
        }
        now += 31 * SECOND;
        if !others {
            empty(&mut engine);
        }
        if waiting {
            engine.queue.push_back(batch(900..1000));
        }
        let mut failing = batch(0..n);
        failing.server_errors.record(now - 9 * SECOND, 0);
        let permit = permit(&engine, now);
        engine.transient(failing, permit, Fault::Server, Some(status), &Message::new("down"), now);
        engine.throttle.admit(now, None).unwrap_err().until - now
    };
    assert!(waits(2, 500, false, false) <= SECOND);
    for (n, status, others, waiting) in
        [(2, 502, false, false), (1, 500, false, false), (2, 500, true, false), (2, 500, false, true)]
    {
        let wait = waits(n, status, others, waiting);
        assert!(wait > SECOND, "{n} {status} {others} {waiting}: {wait:?}");
    }
}

/// A canary that comes to nothing is a result; of another batch of the value it is none.
#[test]
fn a_canary_without_a_result() {
    let ids = ids(1000);
    let job = one_value(&ids);
    for role in [Role::Canary, Role::Part] {
        let after = |change: &dyn Fn(&mut Engine<'_>, Batch, Instant)| {
            let (mut engine, now) = (engine(&job, limits()), Instant::now());
            engine.canaries[0] = Canary::Running { rounds: 0, left: 1, found: vec![] };
            change(&mut engine, of(0, 7..8, role), now);
            engine.canaries[0].clone()
        };
        let expected = match role {
            Role::Canary => Canary::Ready { rounds: 1 },
            _ => Canary::Running { rounds: 0, left: 1, found: vec![] },
        };
        assert_eq!(after(&|engine, batch, _| engine.exhaust(batch)), expected);
        assert_eq!(after(&|engine, batch, _| engine.ambiguous(batch, 207, &Message::new("?"))), expected);
        let too_large = |engine: &mut Engine<'_>, mut batch: Batch, now: Instant| {
            batch.reason = Some(engine.outcomes.reason(Some(413), Message::new("large")));
            let permit = permit(engine, now);
            engine.too_large(batch, permit, None, now);
            assert_eq!(engine.outcomes.rejected(), 1);
        };
        assert_eq!(after(&too_large), expected);
    }
}

/// A single id can't be made smaller: a delay is tried twice.
#[test]
fn a_single_id_that_is_too_large() {
    let ids = ids(10);
    let job = one_value(&ids);
    let (mut engine, mut now) = (engine(&job, limits()), Instant::now());
    let mut large = of(0, 3..4, Role::Part);
    large.reason = Some(engine.outcomes.reason(Some(413), Message::new("large")));
    for delays in 1..=3 {
        let permit = permit(&engine, now);
        engine.confirmed_batches += 1;
        engine.too_large(large.clone(), permit, Some(SECOND), now);
        now += 10 * SECOND;
        if delays == 3 {
            assert!(engine.queue.is_empty() && engine.outcomes.rejected() == 1);
        } else {
            large = engine.queue.pop_front().unwrap();
            assert_eq!((large.delays, engine.outcomes.rejected()), (delays, 0));
        }
    }
}

#[test]
fn what_a_rejection_counts_as() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let name = |index| RejectedId::Index(index, Message::new("no such user"));
    // What was rejected and whether it has suspects; which ids are named; then the tally, how many ids are rejected,
    // quarantined, and searched, and whether the share of bad ids was learned.
    for (number, (role, n, suspects, named, tally, rejected, quarantined, searched, learned)) in [
        (Role::Batch, 5, false, &[][..], (1, 1, 0, 1), 0, 0, true, true),
        (Role::Batch, 5, false, &[2], (1, 1, 1, 0), 0, 1, false, false),
        (Role::Part, 5, false, &[], (0, 0, 0, 1), 0, 0, true, true),
        (Role::Part, 5, true, &[], (0, 0, 0, 1), 0, 1, false, false),
        (Role::Part, 5, true, &[1, 2], (0, 0, 1, 0), 0, 1, false, false),
        (Role::Batch, 1, false, &[], (1, 1, 0, 0), 1, 0, false, true),
        (Role::Batch, 1, false, &[0], (1, 1, 0, 0), 1, 0, false, false),
        (Role::Suspect, 1, false, &[0], (0, 0, 0, 0), 1, 0, false, false),
        (Role::Part, 1, true, &[], (0, 0, 0, 0), 0, 1, false, false),
        (Role::Part, 1, true, &[0], (0, 0, 0, 0), 0, 1, false, false),
    ]
    .into_iter()
    .enumerate()
    {
        let mut engine = engine(&job, limits());
        engine.canaries[0] = Canary::Passed;
        let mut batch = Batch { at_fault: true, ..of(0, 10..10 + n, role) };
        let reason = engine.outcomes.reason(Some(400), Message::new("bad"));
        batch.reason = Some(reason);
        if suspects {
            batch.suspects.push((7, reason));
        }
        let named = named.iter().map(|index| name(*index)).collect();
        engine.rejected(batch, 400, &Message::new("bad"), named);
        let is = engine.tally;
        assert_eq!((is.settled, is.rejected, is.named, is.unnamed), tally, "{number}");
        assert_eq!(engine.outcomes.rejected(), rejected, "{number}");
        assert_eq!(engine.quarantined.len(), quarantined, "{number}");
        assert_eq!(!engine.searches.is_empty(), searched, "{number}");
        assert_eq!(engine.share.any_bad(), learned, "{number}");
        let mut waiting = engine.searches.end(|_| true);
        waiting.extend(engine.quarantined.drain().map(|quarantined| quarantined.batch));
        assert!(waiting.iter().all(|batch| !batch.at_fault), "{number}: a rejection is no failure");
    }
}

#[test]
fn a_batch_that_leaves_its_search() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let mut engine = engine(&job, limits());
    engine.searches.rejected(batch(0..100));
    let mut group = engine.next_group().unwrap();
    assert_eq!(engine.searches.next_group(), None);
    engine.leave_search(&mut group);
    assert_eq!(
        (group.search, engine.searches.next_group()),
        (None, Some(0)),
        "the search goes on without it"
    );
}

#[test]
fn a_value_that_is_rejected() {
    let ids = ids(300);
    let job = three_values(&ids);
    let mut engine = engine(&job, limits());
    let reason = Some(engine.outcomes.reason(Some(400), Message::new("bad value")));
    let both =
        |slots: Range<usize>| [0, 1].map(|g| of(g, slots.start + 100 * g..slots.end + 100 * g, Role::Part));
    engine.queue.extend(both(0..10));
    engine.exhausted.extend(both(10..20));
    for batch in both(20..30) {
        engine.quarantined.push(Quarantined { batch: Batch { reason, ..batch }, named: vec![] });
    }
    for batch in both(30..40) {
        engine
            .quarantined
            .push(Quarantined { batch: Batch { reason, at_fault: true, ..batch }, named: vec![] });
    }
    for batch in both(40..50) {
        engine.searches.rejected(Batch { reason, ..batch });
    }
    for batch in both(50..60) {
        engine.trials.push(Trial::new(batch.request.group as u32, batch));
    }
    engine.canaries[0] = Canary::Failed;
    engine.reject_value(0, reason);
    // Of what was rejected, the ids are rejected; what failed in another way may have been applied.
    assert_eq!(engine.outcomes.rejected(), 20);
    let mut lost: Vec<usize> = engine.lost.iter().map(|batch| batch.request.slots.start).collect();
    lost.sort_unstable();
    assert_eq!(lost, [0, 10, 30, 50]);
    let starts = |batches: &mut dyn Iterator<Item = &Batch>| {
        batches.map(|b| b.request.slots.start).collect::<Vec<_>>()
    };
    assert_eq!(starts(&mut engine.queue.iter()), [100]);
    assert_eq!(starts(&mut engine.exhausted.iter()), [110]);
    assert_eq!(starts(&mut engine.trials.iter().map(|trial| &trial.batch)), [150]);
    assert_eq!(engine.quarantined.len(), 2);
    assert_eq!(engine.next_group().map(|group| group.request.group), Some(1));
    assert_eq!(engine.batcher.batches(), 2);
    assert!(engine.stop.is_none());
    (engine.canaries[1], engine.canaries[2]) = (Canary::Failed, Canary::Failed);
    engine.reject_value(1, reason);
    assert_eq!(engine.stop.map(|stop| stop.status), Some(Status::Rejected));
}

#[test]
fn single_ids_are_spread_over_the_others() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let mut engine = engine(&job, limits());
    let request = |slots| Request { group: 0, slots, skip: vec![] };
    let firsts: HashSet<usize> = (0..20).map(|_| engine.spread(&request(0..100))[0]).collect();
    assert!(firsts.len() > 10, "at random places: {firsts:?}");
    for _ in 0..20 {
        let slots = engine.spread(&request(0..100));
        assert!(slots.iter().all(|slot| *slot >= 100));
        let apart = |a: usize, b: usize| slots[b] - slots[a];
        assert_eq!((apart(0, 1), apart(1, 2)), (300, 300), "{slots:?}");
    }
    // Where there are not enough others, its own.
    assert_eq!(engine.spread(&request(0..997)), [997, 998, 999]);
    assert!(engine.spread(&request(0..998)).iter().all(|slot| *slot < 998));
    settle(&mut engine, 998, 0);
    assert_eq!(engine.spread(&request(0..1000)), [998, 999]);
    settle(&mut engine, 1000, 0);
    assert_eq!(engine.spread(&request(0..1000)), [0; 0]);
}

#[test]
fn when_too_many_are_rejected() {
    let ids = ids(10);
    let job = one_value(&ids);
    for (most, confirmed, rejected, too_many) in [
        (Some(2), 0, 3, true),
        (Some(2), 0, 2, false),
        (Some(2), 6, 3, true),
        (Some(2), 7, 3, false),
        (None, 0, 9, false),
    ] {
        let mut engine = engine(&job, Limits { max_rejected: most, ..limits() });
        settle(&mut engine, confirmed, rejected);
        assert_eq!(engine.too_many_rejected(), too_many, "{most:?} {confirmed} {rejected}");
    }
}

#[test]
fn the_rest_of_a_run_is_forecast() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let begun = |change: &dyn Fn(&mut Engine<'_>)| {
        let mut engine = engine(&job, limits());
        // Four batches of a hundred are done, of which forty ids were rejected.
        (0..4).for_each(|_| drop(engine.batcher.next_request(&job, &engine.outcomes, 100, |_| true)));
        settle(&mut engine, 360, 40);
        (engine.requests, engine.now) = (10, engine.started + 20 * SECOND);
        change(&mut engine);
        let forecast = engine.forecast();
        (forecast.bad, forecast.requests, forecast.time)
    };
    let learn = |engine: &mut Engine<'_>| {
        engine.share.learn(None, Asked { ids: 100, bad_among: None }, true);
    };
    // As many requests as there are batches, at the rate of before.
    assert_eq!(begun(&|_| {}), (40, 6, 12 * SECOND));
    assert_eq!(begun(&|engine| engine.queue.push_back(batch(0..1))), (40, 7, 14 * SECOND));
    let in_flight = |engine: &mut Engine<'_>| {
        let permit = permit(engine, engine.now);
        engine.in_flight.push((1, batch(0..1), permit));
        engine.requests += 1;
    };
    assert_eq!(begun(&in_flight), (40, 7, 14 * SECOND), "what is in flight has taken no time yet");
    assert_eq!(begun(&|engine| engine.limits.interval = Some(3 * SECOND)), (40, 6, 18 * SECOND));
    // Where ids are named, a batch takes two and a half.
    let named = Tally { settled: 4, rejected: 3, named: 2, unnamed: 1 };
    assert_eq!(begun(&|engine| engine.tally = named), (100, 15, 30 * SECOND));
    // A tenth is bad, so a tenth of the others is.
    let each = cost(0.1, 100);
    let requests = (600.0 * each).ceil();
    let (bad, left, time) = begun(&learn);
    assert_eq!((bad, left), (100, requests as u64));
    assert!((time.as_secs_f64() - 1200.0 * each).abs() < 1e-6);
    // One hundred of them are being searched.
    let searched = |engine: &mut Engine<'_>| {
        learn(engine);
        engine.searches.rejected(batch(400..500));
    };
    let mut engine = engine(&job, limits());
    searched(&mut engine);
    let share = engine.searches.likely_share(400, 40);
    let of_search = engine.searches.left(share, 100);
    let (bad, left, _) = begun(&searched);
    assert_eq!(bad, 40 + (of_search.bad + 500.0 * share).round() as usize);
    assert_eq!(left, (of_search.requests + 500.0 * cost(share, 100)).ceil() as u64);
    // At least what is waiting, and nothing for nobody.
    let many = |engine: &mut Engine<'_>| {
        learn(engine);
        engine.queue.extend((0..900).map(|slot| batch(slot..slot + 1)));
    };
    assert_eq!(begun(&many).1, 906);
    let none = |engine: &mut Engine<'_>| {
        many(engine);
        settle(engine, 1000, 0);
    };
    assert_eq!(begun(&none), (0, 0, Duration::ZERO));
}

#[test]
fn what_the_log_is_told_of_the_rest() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    settle(&mut engine, 360, 40);
    engine.requests = 20;
    assert_eq!(engine.news(now), None, "nothing is bad");
    engine.share.learn(None, Asked { ids: 100, bad_among: None }, true);
    engine.requests = 19;
    assert_eq!(engine.news(now), None, "too early");
    engine.requests = 20;
    let said = engine.news(now).unwrap();
    assert!(
        said.starts_with("about 10.0 % of the ids are bad, and the remaining 600 ids would take about "),
        "{said}"
    );
    assert_eq!(engine.news(now + 29 * SECOND), None);
    assert!(engine.news(now + 30 * SECOND).is_some());
    assert_eq!(engine.news(now + 59 * SECOND), None);
    engine.stop(Stop::new(Status::Cancelled, "enough"));
    assert_eq!(engine.news(now + 100 * SECOND), None);
}

/// What was confirmed while canaries ran is learned when they have come to something.
#[test]
fn what_is_learned_while_canaries_run() {
    let ids = ids(1000);
    let job = one_value(&ids);
    for (ends_as, learned) in [(Canary::Passed, true), (Canary::Failed, false)] {
        let mut engine = engine(&job, limits());
        engine.canaries[0] = Canary::Running { rounds: 0, left: 1, found: vec![] };
        engine.learn(&batch(0..100), true);
        engine.judge();
        assert!(!engine.share.any_bad() && engine.unjudged.len() == 1);
        engine.canaries[0] = ends_as;
        engine.judge();
        assert_eq!((engine.share.any_bad(), engine.unjudged.len()), (learned, 0));
    }
    let mut engine = engine(&job, limits());
    assert!(!engine.canary_result(0, Finding::Unclear), "none is running");
}

/// A half that fails on trial brings the single ids; one that passes, the search for the reason in the other half.
#[test]
fn a_trial() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    empty(&mut engine);
    let mut failing = batch(0..100);
    failing.server_errors = ServerErrors::after_outage(now, 0);
    failing.failed_at = Some(now);
    failing.suspects.push((7, Default::default()));
    engine.start_trial(failing);
    let sizes = |engine: &Engine<'_>| engine.queue.iter().map(Batch::len).collect::<Vec<_>>();
    assert_eq!((sizes(&engine), engine.trials.len()), (vec![50, 50, 1], 1));
    assert!(engine.trials[0].batch.suspects.is_empty(), "they are sent on their own");
    assert!(engine.queue.iter().take(2).all(|half| half.failed_at.is_none()));
    let [mut first, second] = [engine.queue.pop_front().unwrap(), engine.queue.pop_front().unwrap()];
    assert_eq!((first.request.slots.clone(), second.request.slots.clone()), (0..50, 50..100));
    engine.failed_at_fault(Batch { failed_at: Some(now), not_before: Some(now), ..second }, now);
    engine.end_probe(&mut first, now);
    assert_eq!((engine.trials.len(), engine.quarantined.len(), first.trial), (0, 1, None));
    let at_fault = engine.quarantined.pop().unwrap().batch;
    assert!(at_fault.at_fault && at_fault.request.slots == (50..100));
    assert_eq!((at_fault.failed_at, at_fault.not_before), (None, None), "it has not failed alone yet");
}

/// If both halves fail, and three single ids, the service is down: the batch is sent again when it is back.
#[test]
fn a_trial_that_finds_an_outage() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    empty(&mut engine);
    engine.start_trial(batch(0..100));
    for probes in [2, 3] {
        assert_eq!(engine.queue.len(), probes);
        for probe in engine.queue.split_off(0) {
            assert_eq!(probe.trial, Some(1));
            engine.failed_at_fault(probe, now);
        }
    }
    assert_eq!((engine.trials.len(), engine.queue.len()), (0, 1));
    let again = &engine.queue[0];
    assert_eq!((again.request.slots.clone(), again.failed_at), (0..100, Some(now)));
    assert!(again.maybe_applied && !again.at_fault && again.server_errors.count() == 2);
}

#[test]
fn what_is_confirmed_counts() {
    let ids = ids(300);
    let job = three_values(&ids);
    for (role, settled) in [(Role::Batch, 1), (Role::Part, 0), (Role::Canary, 0), (Role::Suspect, 0)] {
        let mut engine = engine(&job, limits());
        for group in [0, 1] {
            engine.trials.push(Trial::new(group, of(group as usize, 0..2, Role::Part)));
        }
        engine.confirmed(of(0, 50..52, role));
        assert_eq!((engine.tally.settled, engine.tally.rejected), (settled, 0));
        assert_eq!((engine.confirmed_batches, engine.outcomes.confirmed()), (1, 2));
        assert_eq!(engine.trust_names, role != Role::Suspect);
        // It proves something for a batch on trial of the same value only.
        let findings = [0, 1].map(|at| {
            let trial = &mut engine.trials[at];
            (0..2).for_each(|_| drop(trial.failed(of(0, 0..1, Role::Part))));
            trial.finding()
        });
        assert_eq!(
            findings,
            [crate::run::trial::Finding::BatchAtFault, crate::run::trial::Finding::TrySingles]
        );
    }
}

/// A part of a rejected batch goes before another batch while the value is in doubt, while nothing is confirmed, and
/// where most batches are rejected with named ids.
#[test]
fn what_is_sent_next() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let tally = |rejected, named| Tally { settled: 10, rejected, named, unnamed: 1 };
    for (canary, confirmed, tally, part_first) in [
        (Canary::Passed, 1, tally(0, 0), false),
        (Canary::Ready { rounds: 1 }, 1, tally(0, 0), true),
        (Canary::Passed, 0, tally(0, 0), true),
        (Canary::Passed, 1, tally(9, 5), true),
        (Canary::Passed, 1, tally(9, 0), false),
        (Canary::Passed, 1, tally(1, 5), false),
    ] {
        let (mut engine, now) = (engine(&job, limits()), Instant::now());
        engine.searches.rejected(batch(900..1000));
        (engine.canaries[0], engine.confirmed_batches, engine.tally) = (canary.clone(), confirmed, tally);
        let next = engine.pick_new(now).unwrap();
        assert_eq!(next.search.is_some(), part_first, "{canary:?} {confirmed} {tally:?}");
        engine.queue.push_back(batch(0..7));
        assert_eq!(engine.pick_new(now).unwrap().len(), 7, "what waits goes before both");
    }
}

#[test]
fn what_is_in_flight_at_the_end_is_unknown() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let (mut engine, now) = (engine(&job, limits()), Instant::now());
    send(&mut engine, now).unwrap();
    engine.stop(Stop::new(Status::Cancelled, "enough"));
    let (outcomes, stop, _) = engine.finish();
    assert_eq!(stop.status, Status::Cancelled);
    assert_eq!(outcomes.example(IdState::Unknown).map(|(count, slot, _)| (count, slot)), Some((100, 0)));
}

#[test]
fn what_the_report_says_of_the_end() {
    let ids = ids(1000);
    let job = one_value(&ids);
    let now = Instant::now();
    let mut noted = engine(&job, limits());
    noted.note("remarkable".into());
    assert_eq!(noted.finish().2, ["remarkable"]);
    // The last error, if there is an outage.
    for (failed, message) in [(false, "enough"), (true, "enough; last error: http 502: down")] {
        let mut engine = engine(&job, limits());
        if failed {
            let (ticket, _) = send(&mut engine, now).unwrap();
            engine.handle_response(ticket, transient(Fault::Server, Some(502)), now);
        }
        engine.interrupt(Stop::new(Status::Cancelled, "enough"));
        assert_eq!(engine.finish().1.message, message);
    }
    // How many are bad, if something is left.
    for (confirmed, notes) in [(900, 1), (960, 0)] {
        let mut engine = engine(&job, limits());
        settle(&mut engine, confirmed, 40);
        engine.share.learn(None, Asked { ids: 100, bad_among: None }, true);
        engine.stop(Stop::new(Status::Cancelled, "enough"));
        assert_eq!(engine.finish().2.len(), notes, "{confirmed}");
    }
}
