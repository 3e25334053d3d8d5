//! What the journal says at every moment of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::service::{Simulated, Weather};
use super::support::{SECOND, fine, ids, limits, one_value};
use crate::journal::Journal;
use crate::run::engine::Engine;
use crate::run::transport::{Received, Transport};
use crate::run::{Hooks, drive, resume};
use crate::throttle::Rng;
use crate::wire::{Request, Verdict};

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
