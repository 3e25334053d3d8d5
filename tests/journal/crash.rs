//! Processes that are killed: at random moments, and before or after every single call on the journal.

use super::*;

/// A run that was killed after it had removed its journal, and before it could report, has left nothing to do.
pub fn finished(place: &Place) -> bool {
    let set = place.applied().len() == place.ids.len() - place.bad.len();
    set && place.dir.names().iter().all(|name| !name.ends_with(".journal"))
}

/// Kills at random and repeats the identical call until one completes.
fn kill_at_random(place: &Place, rng: &mut Rng, most_ms: u64) -> usize {
    let mut kills = 0;
    loop {
        let host = Host::of(place);
        let before = place.sandbox.total();
        let mut running = host.start();
        // The start of a process is long and dull: count from its first request, mostly.
        let start = Instant::now();
        while rng.below(0..10) > 0 && place.sandbox.total() == before && start.elapsed().as_secs() < 2 {
            thread::sleep(Duration::from_micros(500));
        }
        thread::sleep(Duration::from_micros(rng.below(0..most_ms * 1000)));
        running.kill();
        match running.finish() {
            (_, Some(told)) => {
                check_completed(place, &told, kills, "killed at random");
                return kills;
            }
            (status, None) => assert!(!status.success(), "ended without a report"),
        }
        kills += 1;
        if finished(place) {
            return kills;
        }
        assert!(kills < 1000, "it never ends");
    }
}

fn random_kills(seeds: std::ops::Range<u64>) {
    let mut kills = 0;
    for seed in seeds.clone() {
        let mut rng = Rng(seed);
        let options = Options { latency: Duration::from_millis(rng.below(0..4)), ..Options::default() };
        let n = 200 + rng.below(0..3000) as usize;
        let bad: Vec<i64> = if seed % 2 == 0 {
            Vec::new()
        } else {
            (0..rng.below(1..4)).map(|_| rng.below(1..n as u64) as i64).collect()
        };
        let mut place = Place::with(n, bad, options);
        place.batch = 5 + rng.below(0..20) as usize;
        place.workers = 1 + rng.below(0..6) as usize;
        let most = 80 + rng.below(0..120);
        println!(
            "seed {seed}: {n} ids, {} bad, {} at once by {}",
            place.bad.len(),
            place.workers,
            place.batch
        );
        kills += kill_at_random(&place, &mut rng, most);
    }
    println!("{kills} kills");
    assert!(kills >= seeds.count(), "hardly anything was killed");
}

/// Row 46.
#[test]
fn killed_at_random_moments() {
    random_kills(0..6);
}

#[test]
#[ignore = "torture: takes minutes"]
fn killed_at_random_moments_for_long() {
    let most: u64 = std::env::var("USERCOM_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    random_kills(1000..1000 + most.min(200));
}

const BAD: &[i64] = &[9, 20];

/// Kills a run at its `nth` call on the journal; `false` when it completed before.
fn killed_at(place: &Place, nth: u32, how: &str) -> bool {
    let (status, told) = Host::of(place).with(Fault::new("*", nth, how)).start().finish();
    if let Some(told) = told {
        assert!(status.success());
        place.check_states(&told.states, &told.json);
        return false;
    }
    true
}

fn kill_at_every_call(bad: &[i64], how: &str) -> u32 {
    for nth in 1.. {
        let place = Place::small(24, bad, 2);
        if !killed_at(&place, nth, how) {
            return nth - 1;
        }
        if finished(&place) {
            continue;
        }
        completes(&place, 1, &format!("call {nth}"));
    }
    unreachable!()
}

/// Row 46.
#[test]
fn killed_before_every_call_on_the_journal() {
    let calls = kill_at_every_call(&[], "kill");
    assert!(calls > 15, "only {calls} calls were seen");
    println!("killed before each of {calls} calls");
}

/// Row 46.
#[test]
fn killed_after_every_call_on_the_journal() {
    assert!(kill_at_every_call(BAD, "killafter") > 15);
}

/// Row 46.
#[test]
fn killed_in_the_middle_of_every_write() {
    for nth in 1.. {
        let place = Place::small(24, BAD, 2);
        let told = Host::of(&place).with(Fault::new("write", nth, "tear")).run();
        if told.is_some() {
            assert!(nth > 6);
            break;
        }
        completes(&place, 1, &format!("call {nth}"));
    }
}

/// Row 46: a second run that is killed, too, wherever the first one was.
#[test]
#[ignore = "torture: takes minutes"]
fn killed_twice_at_every_pair_of_calls() {
    let mut pairs = 0;
    for first in 1.. {
        let mut second = 1;
        loop {
            let place = Place::small(24, BAD, 2);
            if !killed_at(&place, first, "kill") {
                println!("{pairs} pairs of kills");
                return;
            }
            if finished(&place) {
                break;
            }
            let killed_again = killed_at(&place, second, if second % 2 == 0 { "kill" } else { "killafter" });
            if !killed_again {
                break;
            }
            second += 1;
            if finished(&place) {
                continue;
            }
            completes(&place, 2, &format!("calls {first} and {second}"));
            pairs += 1;
        }
    }
}
