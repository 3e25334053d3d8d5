//! The throttle on a virtual clock.

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const INTERVAL: Interval = Some(Duration::from_millis(200));

fn throttle() -> (Arc<Throttle>, Instant, Rng) {
    (Arc::new(Throttle::default()), Instant::now(), Rng::new(1))
}

fn delay(throttle: &Arc<Throttle>, now: Instant) -> Duration {
    throttle.admit(now, INTERVAL).unwrap_err().until - now
}

#[test]
fn requests_are_evenly_spaced_and_never_in_a_burst() {
    let (throttle, start, _) = throttle();
    let mut now = start;
    let mut sent = Vec::new();
    while now < start + 60 * SECOND {
        match throttle.admit(now, INTERVAL) {
            Ok(_permit) => sent.push(now - start),
            // A sleep is never exact: up to 3 ms late.
            Err(delay) => now = delay.until + Duration::from_millis(sent.len() as u64 % 4),
        }
    }
    assert!(sent.len() >= 299, "kept the rate: {}", sent.len());
    let most = |window: Duration| {
        (0..sent.len()).map(|i| sent[i..].iter().take_while(|t| **t < sent[i] + window).count()).max()
    };
    assert!(most(SECOND) <= Some(6) && most(10 * SECOND) <= Some(51));
    // An idle minute is not caught up.
    now += 60 * SECOND;
    throttle.admit(now, INTERVAL).unwrap();
    assert!(delay(&throttle, now) > Duration::from_millis(170));
}

#[test]
fn late_ones_catch_up_but_keep_half_their_distance() {
    // Late by up to so much, and whether the rate is kept on average. 200 a second is kept if a sleep is exact to 4 ms.
    for (interval, late, kept) in [
        (1000, 500, true),
        (1000, 3000, false),
        (5000, 4000, true),
        (5000, 20_000, false),
        (10_000, 3000, true),
        (200_000, 20_000, true),
        (200_000, 400_000, false),
    ] {
        let (interval, late) = (Duration::from_micros(interval), Duration::from_micros(late));
        let (throttle, start, mut rng) = throttle();
        let (mut now, mut sent) = (start, vec![]);
        while sent.len() < 1000 {
            match throttle.admit(now, Some(interval)) {
                Ok(_permit) => sent.push(now),
                Err(delay) => now = delay.until + late.mul_f64(rng.unit()),
            }
        }
        assert!(sent.windows(2).all(|pair| pair[1] - pair[0] >= interval / 2), "{interval:?} {late:?}");
        let took = sent[999] - start;
        assert_eq!(took <= 1010 * interval, kept, "{interval:?} {late:?}: {took:?}");
    }
}

#[test]
fn a_failure_while_others_succeed_is_the_batchs_own() {
    let (throttle, now, mut rng) = throttle();
    let failing = throttle.admit(now, None).unwrap();
    throttle.admit(now, None).unwrap().succeeded(now + SECOND);
    assert_eq!(failing.failed(now + 2 * SECOND, now, Duration::MAX, &mut rng), Blame::Batch);
    assert!(throttle.admit(now + 2 * SECOND, None).is_ok());
}

/// A success at the same moment is none since.
#[test]
fn a_failure_without_a_success_since_is_the_services() {
    let (throttle, now, mut rng) = throttle();
    assert!(!throttle.has_succeeded() && !throttle.is_delayed(now));
    throttle.admit(now, None).unwrap().succeeded(now);
    assert!(throttle.has_succeeded());
    let failing = throttle.admit(now, None).unwrap();
    assert_eq!(failing.failed(now, now, Duration::MAX, &mut rng), Blame::Service);
    let until = throttle.admit(now, None).unwrap_err().until;
    assert!(throttle.is_delayed(now) && !throttle.is_delayed(until));
}

#[test]
fn without_a_success_everybody_waits_and_one_probes() {
    let (throttle, mut now, mut rng) = throttle();
    let together: Vec<Permit> = (0..8).map(|_| throttle.admit(now, None).unwrap()).collect();
    now += SECOND;
    for permit in together {
        assert_eq!(permit.failed(now, now - SECOND, Duration::MAX, &mut rng), Blame::Service);
    }
    assert_eq!(throttle.failures_in_a_row(), 1, "eight that were in flight together are one failure");
    assert!(throttle.admit(now, None).is_err());
    now += SECOND;
    let probe = throttle.admit(now, None).unwrap();
    assert_eq!(throttle.admit(now, None).unwrap_err().reason, Waiting::Service, "one probe at a time");
    drop(probe);
    let probe = throttle.admit(now, None).expect("a probe without a result makes room for the next one");
    probe.succeeded(now);
    assert_eq!(throttle.failures_in_a_row(), 0);
    let free: Vec<_> = (0..8).map(|_| throttle.admit(now, None)).collect();
    assert!(free.iter().all(Result::is_ok));
}

#[test]
fn a_429_is_obeyed_and_lowers_the_rate_once() {
    let (throttle, mut now, mut rng) = throttle();
    let together: Vec<Permit> = (0..3).map(|_| throttle.admit(now, None).unwrap()).collect();
    now += SECOND;
    for permit in together {
        permit.throttled(now, 429, Some(2 * SECOND), &mut rng);
        let Delay { until, reason } = throttle.admit(now, None).unwrap_err();
        assert_eq!(reason, Waiting::RetryAfter(429));
        assert!(until >= now + 2 * SECOND && until < now + Duration::from_millis(2800));
    }
    assert!(throttle.admit(now + 2 * SECOND - Duration::from_nanos(1), None).is_err());
    let learned = throttle.ceiling(now, None).unwrap();
    let later = now + 3 * SECOND;
    throttle.admit(later, None).unwrap();
    let spacing = throttle.admit(later, None).unwrap_err();
    assert_eq!(spacing.reason, Waiting::RateLimit, "the ceiling holds without a rate limit, too");
    let spacing = (spacing.until - later).as_secs_f64();
    // Late requests catch up a little.
    assert!((0.49..1.01).contains(&(spacing * learned)), "{spacing} at {learned} requests a second");
}

/// Sends requests one after the other to a service that allows ten a second, and returns how long they took and how
/// many were throttled.
fn requests(
    throttle: &Arc<Throttle>,
    now: &mut Instant,
    n: usize,
    interval: Interval,
    server: &mut dyn FnMut(Instant) -> bool,
) -> (f64, u32) {
    let (start, mut done, mut throttled, mut rng) = (*now, 0, 0, Rng::new(7));
    while done < n {
        match throttle.admit(*now, interval) {
            Err(delay) => *now = delay.until,
            Ok(permit) if server(*now) => {
                *now += Duration::from_millis(4);
                permit.succeeded(*now);
                done += 1;
            }
            Ok(permit) => {
                *now += Duration::from_millis(4);
                permit.throttled(*now, 429, None, &mut rng);
                throttled += 1;
            }
        }
    }
    ((*now - start).as_secs_f64(), throttled)
}

/// Whether a request at this time is accepted.
type Service = Box<dyn FnMut(Instant) -> bool>;

/// A leaky bucket, as nginx's `limit_req` is, and a window of one second.
fn services() -> [(&'static str, Service); 4] {
    let bucket = |burst: f64| {
        let (mut excess, mut last): (f64, Option<Instant>) = (0.0, None);
        move |now: Instant| {
            let leaked = last.map_or(0.0, |last| (now - last).as_secs_f64() * 10.0);
            let next = if last.is_some() { (excess - leaked + 1.0).max(0.0) } else { 0.0 };
            let accepted = next <= burst;
            if accepted {
                (excess, last) = (next, Some(now));
            }
            accepted
        }
    };
    let mut sent: Vec<Instant> = Vec::new();
    let window = move |now: Instant| {
        sent.retain(|at| *at + SECOND > now);
        sent.push(now);
        sent.len() <= 10
    };
    [
        ("no burst", Box::new(bucket(0.0))),
        ("a burst of 5", Box::new(bucket(5.0))),
        ("a burst of 20", Box::new(bucket(20.0))),
        ("a window", Box::new(window)),
    ]
}

#[test]
fn an_unlimited_run_settles_just_under_the_limit_of_the_service() {
    for (name, mut server) in services() {
        let (throttle, mut now, _) = throttle();
        let (took, throttled) = requests(&throttle, &mut now, 60, None, &mut server);
        println!(
            "{name}: 60 requests in {took:.1} s, {throttled} throttled, {:?}",
            throttle.ceiling(now, None)
        );
        assert!((3.9..8.5).contains(&took), "{name}: {took}");
        let (took, throttled) = requests(&throttle, &mut now, 300, None, &mut server);
        println!("{name}: 300 more in {took:.1} s, {throttled} throttled");
        assert!((29.0..38.0).contains(&took) && throttled < 15, "{name}: {took}, {throttled}");
        // The next run's own rate is what the service allows, so it is hardly lowered.
        let (took, _) = requests(&throttle, &mut now, 60, Some(SECOND.div_f64(9.5)), &mut server);
        println!("{name}: 60 at 9.5 a second in {took:.1} s");
        assert!((6.0..8.0).contains(&took), "{name}: {took}");
    }
}

#[test]
fn a_minute_after_the_last_429_the_rate_is_back() {
    let (throttle, now, mut rng) = throttle();
    for n in 0..50 {
        let at = now + n * 40 * SECOND;
        throttle.admit(at, INTERVAL).unwrap().throttled(at, 429, None, &mut rng);
    }
    let last = now + 49 * 40 * SECOND;
    assert!(throttle.ceiling(last, None).unwrap() < 5.0);
    let back = last + 60 * SECOND;
    throttle.admit(back, INTERVAL).unwrap();
    assert!(delay(&throttle, back) <= INTERVAL.unwrap());
    assert_eq!(throttle.ceiling(back, Some(5.0)), None);
    let ceiling = |at| throttle.ceiling(at, None).unwrap();
    assert!((ceiling(back) / ceiling(last) - 2.0).abs() < 0.01, "an unlimited run: twice as much");
}

#[test]
fn a_requested_delay_is_at_most_a_day_and_at_least_the_backoff() {
    let day = 24 * 3600 * SECOND;
    let (nothing, longest) = (Duration::ZERO, Duration::from_secs(u64::MAX));
    for (asked, at_least, reason) in [
        (Some(longest), day, Waiting::RetryAfter(503)),
        (Some(SECOND), SECOND, Waiting::RetryAfter(503)),
        (Some(nothing), nothing, Waiting::Service),
        (None, nothing, Waiting::Service),
    ] {
        let (throttle, now, mut rng) = throttle();
        throttle.admit(now, None).unwrap().throttled(now, 503, asked, &mut rng);
        let delay = throttle.admit(now, None).unwrap_err();
        assert_eq!(delay.reason, reason, "{asked:?}");
        assert!((at_least..at_least + SECOND).contains(&(delay.until - now)), "{asked:?}");
        assert_eq!(throttle.ceiling(now, None), None, "only a 429 lowers the rate");
    }
}

#[test]
fn a_late_success_does_not_end_a_delay() {
    let (throttle, now, mut rng) = throttle();
    let slow = throttle.admit(now, None).unwrap();
    throttle.admit(now, None).unwrap().throttled(now, 429, Some(9 * SECOND), &mut rng);
    slow.succeeded(now + SECOND);
    assert!(throttle.admit(now + 8 * SECOND, None).is_err());
}

#[test]
fn a_success_from_before_a_401_does_not_end_the_probing() {
    let (throttle, mut now, _) = throttle();
    let early: Vec<Permit> = (0..3).map(|_| throttle.admit(now, None).unwrap()).collect();
    let [first, rejected, late] = <[Permit; 3]>::try_from(early).unwrap();
    first.succeeded(now);
    now += SECOND;
    assert_eq!(rejected.unauthorized(now), Ok(()));
    late.succeeded(now);
    now += Duration::from_secs(5);
    let probe = throttle.admit(now, None).unwrap();
    assert!(throttle.admit(now, None).is_err(), "one probe at a time");
    probe.succeeded(now);
    let free = [throttle.admit(now, None), throttle.admit(now, None)];
    assert!(free.iter().all(Result::is_ok), "a successful probe ends the outage");
}

#[test]
fn a_401_is_final_at_first_and_probed_later() {
    let (throttle, mut now, _) = throttle();
    assert_eq!(throttle.admit(now, None).unwrap().unauthorized(now), Err(()));
    throttle.admit(now, None).unwrap().succeeded(now);
    let together: Vec<Permit> = (0..4).map(|_| throttle.admit(now, None).unwrap()).collect();
    now += SECOND;
    for permit in together {
        assert_eq!(permit.unauthorized(now), Ok(()));
    }
    for wait in [5, 15, 30] {
        let until = throttle.admit(now, None).unwrap_err().until;
        assert_eq!(until - now, Duration::from_secs(wait));
        now = until;
        let probe = throttle.admit(now, None).unwrap();
        assert!(throttle.admit(now, None).is_err(), "one probe at a time");
        assert_eq!(probe.unauthorized(now).is_err(), wait == 30);
    }
}

#[test]
fn one_throttle_for_one_endpoint_and_token() {
    assert!(Arc::ptr_eq(&Throttle::shared([1; 32]), &Throttle::shared([1; 32])));
    assert!(!Arc::ptr_eq(&Throttle::shared([1; 32]), &Throttle::shared([2; 32])));
}

#[test]
fn a_delay_outlives_the_clients_that_were_told_of_it() {
    let (now, mut rng) = (Instant::now(), Rng::new(1));
    let key = |n: u8| [200, n].into_iter().cycle().take(32).collect::<Vec<_>>().try_into().unwrap();
    let asked = Throttle::shared(key(0));
    asked.admit(now, None).unwrap().throttled(now, 429, Some(3600 * SECOND), &mut rng);
    drop(asked);
    (1..=2 * KEPT as u8).for_each(|n| drop(Throttle::shared(key(n))));
    assert!(Throttle::shared(key(0)).admit(now + 1800 * SECOND, None).is_err());
    assert!(THROTTLES.lock().len() <= KEPT + 1, "those that nobody needs are dropped");
    let used = Throttle::shared(key(1));
    (2..=2 * KEPT as u8).for_each(|n| drop(Throttle::shared(key(n))));
    assert!(Arc::ptr_eq(&used, &Throttle::shared(key(1))), "one that is in use is not");
    assert_eq!(used.key, key(1));
}

/// Throttles that share a directory, each as if in a process of its own.
#[cfg(target_os = "linux")]
mod shared_with_host {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    use std::path::PathBuf;

    use super::*;
    use crate::throttle::record::{LENGTH, decode, encode};

    /// A directory of its own, removed at the end.
    struct Dir(PathBuf);

    impl Dir {
        fn new(name: &str) -> Dir {
            let dir = std::env::temp_dir().join(format!("usercom-throttle-{name}-{}", std::process::id()));
            drop(fs::remove_dir_all(&dir));
            fs::create_dir(&dir).unwrap();
            let dir = Dir(dir);
            dir.mode(0o700);
            dir
        }

        fn mode(&self, mode: u32) {
            fs::set_permissions(&self.0, fs::Permissions::from_mode(mode)).unwrap();
        }

        fn throttle(&self) -> Arc<Throttle> {
            let throttle = Arc::new(Throttle { key: [5; 32], ..Throttle::default() });
            throttle.share_with_host(Some(&self.0));
            throttle
        }

        fn file(&self) -> PathBuf {
            fs::read_dir(&self.0).unwrap().next().unwrap().unwrap().path()
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    /// Why it is not shared; it must still keep a rate of its own.
    fn problem(throttle: &Arc<Throttle>) -> String {
        let now = Instant::now() + 100 * SECOND;
        throttle.admit(now, INTERVAL).unwrap();
        assert!(throttle.admit(now, INTERVAL).is_err(), "keeps a rate of its own");
        throttle.problem().expect("it is not shared")
    }

    #[test]
    fn twenty_processes_keep_one_rate() {
        let dir = Dir::new("twenty");
        let throttles: Vec<_> = (0..20).map(|_| dir.throttle()).collect();
        let (mut rng, start) = (Rng::new(3), Instant::now());
        let mut wakes = vec![start; 20];
        let (mut sent, mut by) = (Vec::new(), [0; 20]);
        loop {
            let at = (0..20).min_by_key(|at| wakes[*at]).unwrap();
            let now = wakes[at];
            if now > start + 60 * SECOND {
                break;
            }
            let late = Duration::from_millis(3).mul_f64(rng.unit());
            wakes[at] = match throttles[at].admit(now, INTERVAL) {
                Ok(permit) => {
                    sent.push(now - start);
                    by[at] += 1;
                    permit.succeeded(now);
                    now + Duration::from_millis(40) + late
                }
                Err(delay) => delay.until + late,
            };
        }
        let most = |window: Duration| {
            (0..sent.len()).map(|i| sent[i..].iter().take_while(|t| **t < sent[i] + window).count()).max()
        };
        assert!(most(SECOND) <= Some(6) && most(10 * SECOND) <= Some(51));
        assert!(sent.len() >= 295, "{} of 300", sent.len());
        assert!(by.iter().all(|n| *n > 0), "everybody sends: {by:?}");
        assert!(throttles.iter().all(|throttle| throttle.problem().is_none()));
    }

    #[test]
    fn what_one_process_is_told_all_obey() {
        let (dir, now, mut rng) = (Dir::new("told"), Instant::now(), Rng::new(1));
        let (one, other) = (dir.throttle(), dir.throttle());
        one.admit(now, None).unwrap().throttled(now, 429, Some(9 * SECOND), &mut rng);
        let delay = other.admit(now + 8 * SECOND, None).unwrap_err();
        assert_eq!(delay.reason, Waiting::RetryAfter(429));
        let later = now + 11 * SECOND;
        let permit = dir.throttle().admit(later, None).unwrap();
        permit.succeeded(later);
        assert!(other.admit(later, None).is_err(), "the rate that one has learned");
        // Who is told last says what holds, also for those who knew more.
        assert_eq!(other.state().pacer, decoded(&dir));
    }

    fn decoded(dir: &Dir) -> Pacer {
        let bytes: [u8; LENGTH] = fs::read(dir.file()).unwrap().try_into().unwrap();
        decode(&bytes, &bytes[16..32].try_into().unwrap()).unwrap()
    }

    /// The date is in no file, so setting it changes nothing. A file whose times are of another clock, however wrong, as
    /// of a machine that was restored from an image, neither stops a run nor lets it send faster.
    #[test]
    fn no_jump_of_a_clock_stops_or_floods() {
        const HOUR: Duration = Duration::from_secs(3600);
        let (dir, start, mut rng) = (Dir::new("jump"), Instant::now(), Rng::new(1));
        dir.throttle().admit(start, INTERVAL).unwrap();
        let (clock, boot) = (Clock::default(), fs::read(dir.file()).unwrap()[16..32].try_into().unwrap());
        let now = clock.time(start);
        assert!(decoded(&dir).next.abs_diff(now) < SECOND, "the time since the machine started");
        let moments = [Duration::ZERO, now.saturating_sub(SECOND), now + SECOND, now + HOUR];
        let years = [1, 100].map(|years| now + years * 365 * 24 * HOUR);
        for (then, throttled) in
            moments.into_iter().chain(years).flat_map(|then| [(then, false), (then, true)])
        {
            let mut pacer = Pacer::default();
            pacer.admit(then, INTERVAL).unwrap();
            if throttled {
                pacer.throttled((then, then), Some(5.0), 429, Some(9 * SECOND), &mut rng);
            }
            fs::write(dir.file(), encode(&pacer, &boot)).unwrap();
            let throttles = [dir.throttle(), dir.throttle()];
            let (mut at, mut sent) = (start, Vec::new());
            for turn in 0.. {
                match throttles[turn % 2].admit(at, INTERVAL) {
                    Ok(permit) => {
                        sent.push(at - start);
                        permit.succeeded(at);
                    }
                    Err(delay) => at = delay.until,
                }
                if sent.len() > 60 {
                    break;
                }
                assert!(turn < 200, "{then:?} of {now:?}: waits for ever");
            }
            let longest = if throttled { 24 * HOUR + 20 * SECOND } else { 11 * SECOND };
            assert!(sent[0] <= longest, "{then:?} of {now:?}: {:?}", sent[0]);
            assert!(sent.windows(6).all(|six| six[5] - six[0] >= 9 * SECOND / 10), "{then:?}: {sent:?}");
            // What was learned before a restart is not kept, and nothing is slower for long.
            assert!(*sent.last().unwrap() <= sent[0] + 60 * SECOND, "{then:?}: {sent:?}");
        }
    }

    #[test]
    fn a_place_that_is_not_ours_alone_is_not_used() {
        let dir = Dir::new("hostile");
        for mode in [0o777, 0o750, 0o701] {
            dir.mode(mode);
            let problem = problem(&dir.throttle());
            assert!(problem.contains("chmod 700"), "{problem}");
        }
        dir.mode(0o700);
        assert!(dir.throttle().problem().is_none());
        let file = dir.file();
        let replaced = |put: &dyn Fn()| {
            drop(fs::remove_file(&file));
            put();
            problem(&dir.throttle())
        };
        let elsewhere = dir.0.join("elsewhere");
        fs::write(&elsewhere, "precious").unwrap();
        replaced(&|| symlink(&elsewhere, &file).unwrap());
        let said = replaced(&|| fs::hard_link(&elsewhere, &file).unwrap());
        assert!(said.contains("remove it"), "{said}");
        assert_eq!(fs::read(&elsewhere).unwrap(), b"precious");
        drop(fs::remove_file(&file));
        fs::create_dir(&file).unwrap();
        problem(&dir.throttle());
        fs::remove_dir(&file).unwrap();

        let link = Dir(dir.0.with_extension("link"));
        drop(fs::remove_file(&link.0));
        symlink(&dir.0, &link.0).unwrap();
        assert!(problem(&link.throttle()).contains("not a directory"));
        fs::remove_file(&link.0).unwrap();
        let theirs = Dir::new("theirs");
        // Only root can give a directory away.
        if chown(&theirs.0, Some(65534), None).is_ok() {
            assert!(problem(&theirs.throttle()).contains("belongs to another user"));
        }
        let nowhere = Dir(dir.0.join("no/parent"));
        assert!(problem(&nowhere.throttle()).contains("rate_limit_dir"));
        // Of root, unless the tests run as root; read-only in any case.
        for place in ["/", "/proc/self", "/sys/kernel"] {
            let throttle = Arc::new(Throttle::default());
            throttle.share_with_host(Some(place.as_ref()));
            problem(&throttle);
        }
    }

    #[test]
    fn a_full_disk_is_said() {
        let dir = Dir::new("full");
        let throttle = dir.throttle();
        // The file of a disk that is full from now on.
        let full = fs::OpenOptions::new().read(true).write(true).open("/dev/full").unwrap();
        throttle.state().host.as_mut().unwrap().replace_file(full);
        assert!(problem(&throttle).contains("No space left"), "{:?}", throttle.problem());
        // The next run tries again.
        throttle.share_with_host(Some(&dir.0));
        assert_eq!(throttle.problem(), None);
    }

    #[test]
    fn a_file_that_is_not_understood_is_begun_anew() {
        let (dir, now) = (Dir::new("garbage"), Instant::now());
        dir.throttle().admit(now, INTERVAL).unwrap();
        let good = fs::read(dir.file()).unwrap();
        let other_version: Vec<u8> =
            good.iter().map(|byte| if *byte == b'1' { b'2' } else { *byte }).collect();
        for bytes in [&b""[..], b"garbage", &[0xff; 10_000], &good[..50], &other_version] {
            fs::write(dir.file(), bytes).unwrap();
            let (one, other) = (dir.throttle(), dir.throttle());
            let later = now + SECOND;
            one.admit(later, INTERVAL).unwrap();
            assert!(other.admit(later, INTERVAL).is_err(), "shared again");
            assert_eq!((one.problem(), other.problem()), (None, None));
        }
    }

    #[test]
    fn a_removed_file_is_shared_again_from_the_next_run_on() {
        let (dir, now) = (Dir::new("removed"), Instant::now());
        let one = dir.throttle();
        fs::remove_file(dir.file()).unwrap();
        let other = dir.throttle();
        one.share_with_host(Some(&dir.0));
        one.admit(now, INTERVAL).unwrap();
        assert!(other.admit(now, INTERVAL).is_err());
    }

    #[test]
    fn a_lock_that_is_never_released_stops_nobody() {
        let dir = Dir::new("locked");
        let throttle = dir.throttle();
        let file = fs::File::open(dir.file()).unwrap();
        file.lock().unwrap();
        assert!(problem(&throttle).contains("lock"));
    }

    #[test]
    #[ignore = "a measurement"]
    fn what_sharing_costs() {
        let dir = Dir::new("cost");
        for throttle in [Arc::new(Throttle::default()), dir.throttle()] {
            let mut now = Instant::now();
            // The median of many, since other programs run, too.
            let mut times: Vec<Duration> = (0..1001)
                .map(|_| {
                    let start = Instant::now();
                    for _ in 0..20 {
                        now += SECOND;
                        throttle.admit(now, INTERVAL).unwrap().succeeded(now);
                    }
                    start.elapsed() / 20
                })
                .collect();
            times.sort();
            let shared = throttle.state().host.is_some();
            println!("shared {shared}: {:.2?} a request, at best {:.2?}", times[500], times[0]);
        }
    }
}
