//! A process in which eight threads run job after job through the C functions, and what it holds meanwhile.

use super::*;

/// What a process holds: bytes of memory, threads, descriptors.
#[derive(Clone, Copy, Debug, Default)]
struct Held([u64; 3]);

impl Held {
    fn now() -> Held {
        let entries = |path: &str| fs::read_dir(path).unwrap().count() as u64;
        let statm = fs::read_to_string("/proc/self/statm").unwrap();
        let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
        Held([pages * 4096, entries("/proc/self/task"), entries("/proc/self/fd")])
    }

    fn most(samples: &[Held]) -> Held {
        Held([0, 1, 2].map(|at| samples.iter().map(|held| held.0[at]).max().unwrap()))
    }
}

/// One process for the whole time, whose threads begin job after job with a client each, and cancel some.
pub fn use_threads(url: &str, time: Duration) {
    let before = Held::now();
    let (start, next) = (Instant::now(), AtomicI64::new(FIRST[0]));
    let mut samples = Vec::new();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while start.elapsed() < time {
                    let n = random(20..200) as i64;
                    one_job(url, &job(next.fetch_add(n, SeqCst), n));
                }
            });
        }
        while start.elapsed() < time {
            samples.push(Held::now());
            thread::sleep(ms(100));
        }
    });
    let quarters = samples.chunks(samples.len().div_ceil(4)).map(Held::most).collect::<Vec<_>>();
    let each =
        |at: usize, unit: f64| quarters.iter().map(|held| held.0[at] as f64 / unit).collect::<Vec<_>>();
    let [memory, threads, descriptors] = [each(0, 1_048_576.0), each(1, 1.0), each(2, 1.0)];
    println!("@ held {memory:.1?} MiB, {threads:.0?} threads, {descriptors:.0?} descriptors");
    // The first quarter is to warm up.
    assert!(memory[3] <= 1.25 * memory[1] + 4.0, "memory grows: {memory:.1?} MiB");
    assert!(threads[3] <= 2.0 * threads[1], "threads grow: {threads:?}");
    assert!(descriptors[3] <= 2.0 * descriptors[1], "descriptors grow: {descriptors:?}");
    // The system shows a thread for a moment after it was joined.
    until(|| Held::now().0[1] <= before.0[1]);
    let after = Held::now();
    assert_eq!(before.0[1..], after.0[1..], "threads and descriptors");
}

fn one_job(url: &str, ids: &[i64]) {
    let journals = tempfile::tempdir().unwrap();
    let journals = (random(0..2) == 0).then_some(journals.path());
    let server = Server::elsewhere(url, &server::fresh_token());
    let mut rest = ids.to_vec();
    for time in 0.. {
        let (cancel, over) = (AnyCancel::new(), AtomicUsize::new(0));
        let ask = ask(&server, &rest, journals).cancel(&cancel);
        let told = thread::scope(|scope| {
            if time < 4 && random(0..3) == 0 {
                let end = Instant::now() + ms(random(0..1000));
                let (cancel, over) = (&cancel, &over);
                scope.spawn(move || {
                    until(|| Instant::now() > end || over.load(SeqCst) > 0);
                    cancel.request();
                });
            }
            let told = ask.through(Api::C);
            over.store(1, SeqCst);
            told
        });
        assert!(!told.texts.contains(&server.token), "the token is in the report");
        tell(&rest, &told, time == 0 || journals.is_some());
        if is_done(&told) {
            return tell_done(ids);
        }
        assert!(time < 100, "the job does not end: {told}");
        if journals.is_none() {
            let open = |state: u8| state == IdState::Unknown as u8 || state == IdState::NotAttempted as u8;
            let left = rest.iter().zip(&told.states).filter(|(_, state)| open(**state));
            rest = left.map(|(id, _)| *id).collect();
        }
    }
}
