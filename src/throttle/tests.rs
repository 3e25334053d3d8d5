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
    for (interval, late) in [(1000, 500), (1000, 3000), (10_000, 5000), (200_000, 20_000), (200_000, 400_000)]
    {
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
        let kept = sent[999] - start <= 999 * interval + late;
        assert_eq!(kept, late <= CATCH_UP.min(interval / 2), "{interval:?} {late:?}");
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
    let learned = throttle.ceiling(now).unwrap();
    let later = now + 3 * SECOND;
    throttle.admit(later, None).unwrap();
    let spacing = throttle.admit(later, None).unwrap_err();
    assert_eq!(spacing.reason, Waiting::RateLimit, "the ceiling holds without a rate limit, too");
    let spacing = (spacing.until - later).as_secs_f64();
    assert!((spacing * learned - 1.0).abs() < 0.01, "{spacing} at {learned} requests a second");
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
        println!("{name}: 60 requests in {took:.1} s, {throttled} throttled, {:?}", throttle.ceiling(now));
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
    assert!(throttle.ceiling(last).unwrap() < 5.0);
    let back = last + 60 * SECOND;
    throttle.admit(back, INTERVAL).unwrap();
    assert!(delay(&throttle, back) <= INTERVAL.unwrap());
    assert_eq!(throttle.ceiling(back), None);
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
        assert_eq!(throttle.ceiling(now), None, "only a 429 lowers the rate");
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
fn one_gate_for_one_endpoint_and_token() {
    assert!(Arc::ptr_eq(&Throttle::shared([1; 32]), &Throttle::shared([1; 32])));
    assert!(!Arc::ptr_eq(&Throttle::shared([1; 32]), &Throttle::shared([2; 32])));
}
