//! How long to wait before the next attempt: exponential backoff with full jitter.

use std::time::Duration;

use super::rng::Rng;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// A random wait before the attempt after the `failures`-th failure: between nothing and
/// min(30 s, 0.5 s · 2^(failures − 1)). Full jitter keeps clients that failed together from coming back
/// together.
pub(crate) fn backoff(failures: u32, rng: &mut Rng) -> Duration {
    ceiling(failures).mul_f64(rng.unit())
}

/// The longest that [`backoff`] waits.
fn ceiling(failures: u32) -> Duration {
    FIRST.saturating_mul(1 << failures.saturating_sub(1).min(6)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_cap_and_stays_within() {
        let ceilings: Vec<u64> = (0..10).map(|n| ceiling(n).as_millis() as u64).collect();
        assert_eq!(ceilings, [500, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(ceiling(u32::MAX), LONGEST);
        let mut rng = Rng::new(1);
        let waits: Vec<Duration> = (0..1000).map(|_| backoff(4, &mut rng)).collect();
        assert!(waits.iter().all(|w| *w < ceiling(4)));
        let mean = waits.iter().sum::<Duration>() / 1000;
        assert!((1800..2200).contains(&(mean.as_millis() as u64)), "{mean:?}");
    }
}
