//! Everything at once, for as long as SOAK_SECONDS says: each fifth response of the service goes wrong, ids are bad, eight
//! threads use the C functions and cancel, processes with the C functions and the program are killed at any moment and
//! resume. Nothing may be lost or falsely confirmed, and memory, threads and descriptors must not grow.

use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;

use service::{Figures, Ledger, lock, serve};
use threads::use_threads;
use victims::{Program, ThroughC, kill_and_resume};

use super::support::process::Running;
use super::*;

mod service;
mod threads;
mod victims;

/// In `make test`.
const SECONDS: u64 = 10;
const THREADS: usize = 8;
/// Of each kind of process that is killed.
const VICTIMS: usize = 2;
/// Where the ids begin of the threads, of the processes that are killed, and of the program.
const FIRST: [i64; 3] = [1_000_000_000, 10_000_000_000, 20_000_000_000];

/// Rows 46, 63: on a real clock, with real processes.
#[test]
fn soak() {
    let Some(role) = child::role() else { return soak_for(seconds()) };
    match role.split(' ').collect::<Vec<_>>()[..] {
        [url, _, "threads", seconds] => use_threads(url, s(seconds.parse().unwrap())),
        [_, _, first, n, journals] => {
            let ids = job(first.parse().unwrap(), n.parse().unwrap());
            let told = ask(&child::server_of(&role), &ids, Some(Path::new(journals))).through(Api::C);
            tell(&ids, &told, true);
        }
        _ => panic!("{role}"),
    }
}

fn seconds() -> u64 {
    std::env::var("SOAK_SECONDS").map_or(SECONDS, |text| text.parse().expect("SOAK_SECONDS is a number"))
}

/// Microseconds of a clock that all processes share.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Moment(i64);

impl Moment {
    fn now() -> Moment {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: it is written to.
        assert_eq!(unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) }, 0);
        Moment(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)
    }
}

fn random(range: Range<u64>) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    range.start + RandomState::new().hash_one(0) % (range.end - range.start)
}

fn job(first: i64, n: i64) -> Vec<i64> {
    (first..first + n).collect()
}

/// No such user: a batch with it is rejected. One of a hundred, without a pattern: the three ids that are tried alone when
/// the first batch is rejected must not all be bad.
fn is_bad(id: i64) -> bool {
    ((id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).is_multiple_of(100)
}

fn ask<'a>(server: &'a Server, ids: &'a [i64], journals: Option<&Path>) -> support::Ask<'a> {
    let ask = server.ask(ids).batch_size(20).workers(2).request_timeout(s(1)).stall_timeout(s(60));
    match journals {
        Some(dir) => ask.journal_dir(dir.to_owned()),
        None => ask,
    }
}

/// The job is done: no id is left without a proof.
fn is_done(told: &Outcome) -> bool {
    told.count(IdState::Unknown) + told.count(IdState::NotAttempted) == 0
}

fn tell(ids: &[i64], told: &Outcome, alone: bool) {
    let states: String = told.states.iter().map(|state| char::from(b'0' + state)).collect();
    let status = if told.is(Status::Cancelled) { "CANCELLED " } else { "" };
    let alone = if alone { "alone" } else { "again" };
    let Moment(ended) = Moment::now();
    println!("@ told {ended} {alone} {} {states} {status}{told}", joined(ids));
}

fn tell_done(ids: &[i64]) {
    println!("@ done {}", joined(ids));
}

fn joined(ids: &[i64]) -> String {
    texts(ids).join(",")
}

/// Ends the process when the whole does not end.
fn watch(limit: Duration) {
    thread::spawn(move || {
        thread::sleep(limit);
        eprintln!("soak hangs");
        std::process::abort();
    });
}

fn soak_for(seconds: u64) {
    watch(s(seconds + 240));
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let served = ledger.clone();
    let server = Server::start(move |x| serve(x, &served)).without_watchdog();
    let (start, next) = (Instant::now(), [1, 2].map(|kind| AtomicI64::new(FIRST[kind])));
    let jobs = |kind: usize, run: &(dyn Fn(&[i64], &Path) + Sync)| {
        while start.elapsed() < s(seconds) && !ledger.is_poisoned() {
            let (n, folder) = (random(100..400) as i64, tempfile::tempdir().unwrap());
            run(&job(next[kind].fetch_add(n, SeqCst), n), folder.path());
        }
    };
    let through_c = |ids: &[i64], folder: &Path| {
        let token = server::fresh_token();
        let role = format!("{} {token} {} {} {}", server.url(), ids[0], ids.len(), folder.display());
        kill_and_resume(ids, &ledger, &ThroughC { role: &role });
    };
    let program = |ids: &[i64], folder: &Path| {
        fs::write(folder.join("ids.csv"), format!("id\n{}\n", texts(ids).join("\n"))).unwrap();
        let server = Server::elsewhere(&server.url(), &server::fresh_token());
        kill_and_resume(ids, &ledger, &Program { server, folder });
    };
    let mut held = String::new();
    thread::scope(|scope| {
        for _ in 0..VICTIMS {
            scope.spawn(|| jobs(0, &through_c));
            scope.spawn(|| jobs(1, &program));
        }
        let role = format!("{} - threads {seconds}", server.url());
        let mut child = Running(child::command(soak, &role).stdout(Stdio::piped()).spawn().unwrap());
        for line in BufReader::new(child.0.stdout.take().unwrap()).lines().map(Result::unwrap) {
            // By a thread that failed.
            if ledger.is_poisoned() {
                return;
            }
            match line.split_once("@ held ") {
                Some((_, text)) => text.clone_into(&mut held),
                None => drop(lock(&ledger).hear(&line, true)),
            }
        }
        assert!(child.0.wait().unwrap().success(), "the threads failed");
    });
    let ledger = lock(&ledger);
    println!(
        "{seconds} s: {:?}\nmost that the process with {THREADS} threads held in each quarter of the time: {held}",
        ledger.figures
    );
    assert!(ledger.settled.is_empty(), "a job was not done");
    let Figures { requests, faults, jobs, cancelled, killed, .. } = ledger.figures;
    assert!([jobs, cancelled, killed].iter().all(|figure| *figure > 0), "{:?}", ledger.figures);
    let share = faults as f64 / requests as f64;
    assert!((0.05..0.4).contains(&share), "{share} of the responses went wrong");
}
