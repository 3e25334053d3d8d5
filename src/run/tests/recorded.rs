//! What the journal says at every moment of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::service::{Simulated, Weather};
use super::support::{SECOND, fine, ids, limits, one_value};
use crate::interface::IdState;
use crate::journal::{Entry, Journal};
use crate::report::Traffic;
use crate::run::engine::Engine;
use crate::run::transport::{Received, Transport};
use crate::run::{Hooks, Recorder, drive, finish, resume};
use crate::throttle::Rng;
use crate::wire::{Fault, Message, Request, Verdict};

/// The slots of all entries with this word in the journal of this directory.
fn recorded(dir: &Path, word: &str) -> BTreeSet<usize> {
    let journal = std::fs::read_dir(dir).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(journal).unwrap();
    let lines = text.lines().map(|line| line.split(' ').skip(2).collect::<Vec<_>>());
    let ranges = lines.filter(|words| words[0] == word).map(|words| {
        let (first, last) = words[1].split_once('-').unwrap();
        first.parse().unwrap()..=last.parse::<usize>().unwrap()
    });
    ranges.flatten().collect()
}

#[test]
fn everything_is_recorded_before_sending_and_waiting() {
    struct Audited<'a> {
        service: Simulated<'a>,
        dir: &'a Path,
        in_flight: BTreeMap<u64, Request>,
        confirmed: BTreeSet<usize>,
    }
    impl Transport for Audited<'_> {
        fn now(&self) -> Instant {
            self.service.now()
        }
        fn send(&mut self, ticket: u64, request: Request) {
            assert!(recorded(self.dir, "sending").is_superset(&request.sent().collect()));
            assert_eq!(recorded(self.dir, "confirmed"), self.confirmed);
            self.in_flight.insert(ticket, request.clone());
            self.service.send(ticket, request);
        }
        fn wait(&mut self, until: Option<Instant>) -> Option<Received> {
            assert_eq!(recorded(self.dir, "confirmed"), self.confirmed);
            let response = self.service.wait(until)?;
            let request = self.in_flight.remove(&response.ticket).unwrap();
            if matches!(response.verdict, Verdict::Confirmed(_)) {
                self.confirmed.extend(request.sent());
            }
            Some(response)
        }
        fn abort(&mut self) {
            self.service.abort();
        }
        fn capacity(&self) -> usize {
            self.service.capacity()
        }
    }
    let ids = ids(3000);
    let job = one_value(&ids);
    let weather = Weather { bad: [7, 1500].into(), server_error: 0.2, ..fine() };
    let dir = std::env::temp_dir().join(format!("usercom-recorded-{}", std::process::id()));
    let start = Instant::now();
    let mut engine = Engine::new(&job, limits(), Arc::default(), Rng::new(18), start);
    let mut hooks = Hooks::default();
    let opened = Journal::open(&dir, 3600 * SECOND, &[7; 32], 3000, SystemTime::now()).unwrap();
    let mut recorder = resume(&mut engine, &hooks, opened);
    let service = Simulated::new(&job, weather, Rng::new(19), start);
    let mut transport =
        Audited { service, dir: &dir, in_flight: BTreeMap::new(), confirmed: BTreeSet::new() };
    drive(&mut engine, &mut transport, &mut recorder, &mut hooks);
    assert_eq!(recorded(&dir, "confirmed"), transport.confirmed);
    assert_eq!(recorded(&dir, "rejected"), [7, 1500].into());
    assert_eq!(transport.confirmed.len(), 2998);
    drop(recorder);
    std::fs::remove_dir_all(&dir).unwrap();
}

/// The attribute may exist by now: as long as nothing was confirmed, what was rejected is sent again.
#[test]
fn after_a_rejected_value_everything_is_sent_again() {
    let ids = ids(10);
    let job = one_value(&ids);
    let entry = |state, slots| Entry { state, slots, http_status: Some(400) };
    for (state, open) in [(IdState::Rejected, 10), (IdState::Confirmed, 3)] {
        let mut engine = Engine::new(&job, limits(), Arc::default(), Rng::new(1), Instant::now());
        engine.resume(vec![entry(IdState::Rejected, 0..5), entry(state, 5..7)]);
        assert_eq!((0..10).filter(|slot| engine.outcomes.is_open(*slot)).count(), open, "{state:?}");
    }
}

/// A service that never responds, and never lets go either.
struct Silent {
    now: Instant,
    sent: Vec<u64>,
    aborted: Option<Instant>,
}

impl Transport for Silent {
    fn now(&self) -> Instant {
        self.now
    }
    fn send(&mut self, ticket: u64, _: Request) {
        self.sent.push(ticket);
    }
    fn wait(&mut self, until: Option<Instant>) -> Option<Received> {
        if self.aborted.is_some() {
            let verdict =
                Verdict::Transient { fault: Fault::Dropped, status: None, message: Message::new("aborted") };
            return self.sent.pop().map(|ticket| Received { ticket, verdict });
        }
        self.now = until.expect("a wait without an end");
        None
    }
    fn abort(&mut self) {
        self.aborted = Some(self.now);
    }
    fn capacity(&self) -> usize {
        8
    }
}

#[test]
fn a_request_without_an_end_is_aborted_after_a_stop() {
    let ids = ids(10);
    let job = one_value(&ids);
    let start = Instant::now();
    let limits = limits();
    let longest = limits.stall_timeout + limits.longest_request;
    let mut engine = Engine::new(&job, limits, Arc::default(), Rng::new(1), start);
    let mut silent = Silent { now: start, sent: Vec::new(), aborted: None };
    drive(&mut engine, &mut silent, &mut Recorder::default(), &mut Hooks::default());
    assert_eq!(silent.aborted, Some(start + longest));
}

/// The journal of a finished job is removed, unless the caller does that.
#[test]
fn a_job_that_was_finished_is_resumed_and_ended() {
    let ids = ids(3);
    let job = one_value(&ids);
    for keeps_journal in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let open = || Journal::open(dir.path(), 3600 * SECOND, &[7; 32], 3, SystemTime::now()).unwrap();
        let entry = |state, slots| Entry { state, slots, http_status: Some(400) };
        open().journal.record(&[entry(IdState::Confirmed, 0..2), entry(IdState::Rejected, 2..3)]).unwrap();
        let mut engine = Engine::new(&job, limits(), Arc::default(), Rng::new(1), Instant::now());
        let mut hooks = Hooks::default();
        hooks.keeps_journal = keeps_journal;
        let recorder = resume(&mut engine, &hooks, open());
        let report = finish(&job, engine, Traffic::default(), recorder, &hooks);
        assert_eq!(
            report.notes()[0],
            "resumed: 3 ids were confirmed or rejected by an earlier run of this job"
        );
        assert_eq!((report.confirmed(), report.rejected()), (2, 1));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), usize::from(keeps_journal));
    }
}
