//! The service, of which each fifth response goes wrong, and its ledger, which knows what a report may say.

use std::collections::{HashMap, HashSet};
use std::sync::{MutexGuard, PoisonError};

use super::support::exchange::State;
use super::*;

/// What the service has done, of the jobs that are not done, and what has come of all.
#[derive(Default)]
pub struct Ledger {
    /// When the first request came that set it.
    applied: HashMap<i64, Moment>,
    accepted: HashSet<i64>,
    /// Of which a report has said so, and rightly.
    pub settled: HashSet<i64>,
    pub figures: Figures,
}

#[derive(Default, Debug)]
pub struct Figures {
    pub requests: u64,
    pub faults: u64,
    pub runs: u64,
    pub cancelled: u64,
    /// Ended by the stall timeout; they are resumed, too.
    pub stalled: u64,
    pub killed: u64,
    pub jobs: u64,
    pub ids: usize,
}

/// Also after a thread has failed, so that the first failure is the only one that is shown.
pub fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn serve(x: &mut Exchange<'_>, ledger: &Mutex<Ledger>) -> Then {
    // It would remember all of them.
    *x.shared.state() = State::default();
    let ids: Vec<i64> = x.request.ids().iter().map(|id| id.parse().unwrap()).collect();
    let bad = ids.iter().any(|id| is_bad(*id));
    let (what, came) = (random(0..1000), Moment::now());
    let apply = |accepted: bool| {
        let mut ledger = lock(ledger);
        ids.iter().filter(|_| !bad).for_each(|id| _ = ledger.applied.entry(*id).or_insert(came));
        ledger.accepted.extend(ids.iter().filter(|_| accepted));
    };
    {
        let figures = &mut lock(ledger).figures;
        figures.requests += 1;
        figures.faults += u64::from(what < 200);
    }
    thread::sleep(ms(random(10..40)));
    let html = "Content-Type: text/html\r\n";
    match what {
        0..70 => x.reply_with([500, 502, 503, 504][what as usize % 4], html, HTML),
        70..80 => {
            x.reply_with(429, ["", "Retry-After: 0\r\n", "Retry-After: 1\r\n"][what as usize % 3], "{}")
        }
        80..110 => Then::Reset,
        110..120 => {
            apply(false);
            x.until_client_closes()
        }
        // Applied, and the response is lost: all of it, or its end.
        120..160 => {
            apply(false);
            Then::Close
        }
        160..180 => {
            apply(false);
            x.end("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\"", Then::Close)
        }
        180..200 => {
            apply(false);
            x.end("HTTP/1.1 200 OK\r\nContent-Le", Then::Reset)
        }
        _ if bad => x.reply(400, "{\"ids\":[\"Invalid pk - object does not exist.\"]}"),
        _ => {
            apply(true);
            x.end("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}", Then::Keep)
        }
    }
}

impl Ledger {
    /// A report of a run that ended then. `alone`: no run before it did anything that it can't know of.
    pub fn check(&mut self, ids: &[i64], states: &[u8], alone: bool, ended: Moment, said: &str) {
        self.figures.runs += 1;
        if said.contains("no progress") {
            self.figures.stalled += 1;
            println!("from id {} on: {said}", ids[0]);
        }
        assert_eq!(ids.len(), states.len(), "a state for each: {said}");
        for (id, state) in ids.iter().zip(states) {
            if *state == IdState::Confirmed as u8 {
                assert!(self.accepted.contains(id), "id {id} is confirmed, but never accepted: {said}");
                self.settled.insert(*id);
            } else if *state == IdState::Rejected as u8 {
                assert!(is_bad(*id), "id {id} is rejected, but not bad: {said}");
                self.settled.insert(*id);
            } else if *state == IdState::NotAttempted as u8 && alone {
                // The next run may have begun before anybody reads this report.
                let applied = self.applied.get(id).is_some_and(|came| *came < ended);
                assert!(!applied, "id {id} is not attempted, but applied: {said}");
            }
        }
    }

    /// A job of which no id may be left.
    pub fn done(&mut self, ids: &[i64]) {
        for id in ids {
            assert!(self.settled.remove(id), "id {id} is lost");
            self.applied.remove(id);
            self.accepted.remove(id);
        }
        self.figures.jobs += 1;
        self.figures.ids += ids.len();
    }

    /// What a process says with [`tell`] and [`tell_done`]. Gives whether the job is done.
    pub fn hear(&mut self, line: &str, alone: bool) -> bool {
        let numbers = |text: &str| text.split(',').map(|id| id.parse().unwrap()).collect::<Vec<i64>>();
        match line.split_once("@ ").map_or(vec![], |(_, text)| text.splitn(6, ' ').collect())[..] {
            ["told", ended, known, ids, states, said] => {
                let states: Vec<u8> = states.bytes().map(|digit| digit - b'0').collect();
                let ended = Moment(ended.parse().unwrap());
                self.check(&numbers(ids), &states, alone && known == "alone", ended, said);
                self.figures.cancelled += u64::from(said.starts_with("CANCELLED"));
                !states
                    .iter()
                    .any(|state| *state == IdState::Unknown as u8 || *state == IdState::NotAttempted as u8)
            }
            ["done", ids] => {
                self.done(&numbers(ids));
                true
            }
            _ => false,
        }
    }
}
