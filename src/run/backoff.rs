//! How long to wait before trying again: exponential with full jitter, and the dice for it.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// A random wait before the attempt after the `failures`-th failure: between nothing and
/// min(30 s, 0.5 s · 2^(failures − 1)). Full jitter keeps clients that failed together from coming back
/// together.
pub(crate) fn backoff(failures: u32, dice: &mut Dice) -> Duration {
    ceiling(failures).mul_f64(dice.unit())
}

/// The longest that [`backoff`] waits.
pub(crate) fn ceiling(failures: u32) -> Duration {
    FIRST.saturating_mul(1 << failures.saturating_sub(1).min(6)).min(LONGEST)
}

/// SplitMix64: a small generator whose seed replays a whole run. Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Rolls the same again for the same seed.
    #[cfg(test)]
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Seeded differently at each call, from the standard library's hash keys.
    pub fn random() -> Dice {
        use std::hash::{BuildHasher, RandomState};
        Dice(RandomState::new().hash_one(0))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_cap_and_stays_within() {
        let ceilings: Vec<u64> = (0..10).map(|n| ceiling(n).as_millis() as u64).collect();
        assert_eq!(ceilings, [500, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(ceiling(u32::MAX), LONGEST);
        let mut dice = Dice::new(1);
        let waits: Vec<Duration> = (0..1000).map(|_| backoff(4, &mut dice)).collect();
        assert!(waits.iter().all(|w| *w < ceiling(4)));
        let mean = waits.iter().sum::<Duration>() / 1000;
        assert!((1800..2200).contains(&(mean.as_millis() as u64)), "{mean:?}");
    }

    #[test]
    fn a_seed_replays() {
        let roll = |seed| (0..4).map(|_| 0).scan(Dice::new(seed), |d, _| Some(d.next())).collect::<Vec<_>>();
        assert_eq!(roll(7), roll(7));
        assert_ne!(roll(7), roll(8));
        // As published for SplitMix64.
        let published = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(roll(1_234_567)[..3], published);
    }
}
