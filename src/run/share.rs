//! What a run believes about the share of bad ids, and how large the next group should therefore be.
//!
//! A group that is confirmed as often as it is rejected tells most (generalised binary splitting, Hwang 1972). The
//! share is not known beforehand, so each of some shares has a weight, which every response changes.

use std::sync::LazyLock;

/// The shares that are thought possible.
const SHARES: [f64; 28] = [
    0.00005, 0.0001, 0.00015, 0.00025, 0.0004, 0.0006, 0.001, 0.0015, 0.0025, 0.004, 0.006, 0.01, 0.015,
    0.02, 0.03, 0.04, 0.055, 0.075, 0.1, 0.14, 0.19, 0.25, 0.32, 0.4, 0.5, 0.65, 0.85, 0.98,
];

/// The logarithm of the share of good ids, for each.
static LOG_GOOD: LazyLock<[f64; SHARES.len()]> = LazyLock::new(|| SHARES.map(|share| (-share).ln_1p()));

/// A group is as large as it may be to be clean with these odds. An id is never rejected because the rest of its group
/// was confirmed, so that pairs cost more than single ids from 29 % on: there, the odds of a pair are 0.5.
const CLEAN: f64 = 0.52;
const CLEAN_PART: f64 = 0.49;
/// Both while groups have saved nothing yet.
const CLEAN_FOR_SURE: f64 = 0.75;

/// How likely the share is another one from one group to the next: bad ids often come together.
const CHANGE: f64 = 0.03;
/// How much a response counts among the shares that were met so far, and all of them together before the first.
const COUNTS: f64 = 0.2;
const BEFORE: f64 = 2.0;

/// A group whose response has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub ids: usize,
    /// It is the first part of so many ids, of which one at least is bad.
    pub bad_among: Option<usize>,
}

/// The weight of each share.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Belief([f64; SHARES.len()]);

impl Belief {
    /// Before the first response. Most lists have few bad ids.
    fn first() -> Belief {
        let weights = SHARES.map(|share| share.powf(-0.3));
        let sum: f64 = weights.iter().sum();
        Belief(weights.map(|weight| weight / sum))
    }

    /// Multiplies each weight with the likelihood of what was seen, which follows from the logarithm of the share of
    /// good ids.
    fn saw(&mut self, likelihood: impl Fn(f64) -> f64) {
        let shares = self.0.iter_mut().zip(&*LOG_GOOD);
        shares.for_each(|(weight, log_good)| *weight *= likelihood(*log_good).max(1e-12));
        let sum: f64 = self.0.iter().sum();
        self.0.iter_mut().for_each(|weight| *weight /= sum);
    }

    fn mix(&mut self, other: &Belief, part: f64) {
        self.0.iter_mut().zip(&other.0).for_each(|(weight, other)| *weight += part * (other - *weight));
    }

    /// How likely `ids` are all good.
    fn clean(&self, ids: usize) -> f64 {
        self.0.iter().zip(&*LOG_GOOD).map(|(weight, log_good)| weight * clean(*log_good, ids)).sum()
    }

    /// How many ids to send next, at most `most`; of `bad_among`, if one at least of these is bad.
    pub fn group_size(&self, most: usize, bad_among: Option<usize>) -> usize {
        self.size(most, bad_among, if bad_among.is_none() { CLEAN } else { CLEAN_PART })
    }

    /// The same where a rejected group would cost more than one request an id.
    pub fn cautious_size(&self, most: usize, bad_among: Option<usize>) -> usize {
        self.size(most, bad_among, CLEAN_FOR_SURE)
    }

    fn size(&self, most: usize, bad_among: Option<usize>, odds: f64) -> usize {
        let below = bad_among.map_or(usize::MAX, |ids| ids.saturating_sub(1));
        let (mut least, mut most) = (1, most.min(below).max(1));
        let all = bad_among.map_or(0.0, |ids| self.clean(ids));
        while least < most {
            let ids = (least + most).div_ceil(2);
            match self.clean(ids) - all >= odds * (1.0 - all) {
                true => least = ids,
                false => most = ids - 1,
            }
        }
        least
    }
}

fn clean(log_good: f64, ids: usize) -> f64 {
    (ids as f64 * log_good).exp()
}

/// How likely this result is if so many of the ids are good.
fn likelihood(log_good: f64, asked: Asked, rejected: bool) -> f64 {
    let good = clean(log_good, asked.ids);
    let all_good = asked.bad_among.map_or(0.0, |all| clean(log_good, all));
    let both = if rejected { 1.0 - good } else { good - all_good };
    both / (1.0 - all_good)
}

/// About how many requests an id takes if `share` of the ids are bad, in batches of `most`: the simulator's figures.
pub(crate) fn cost(share: f64, most: usize) -> f64 {
    match share {
        0.29.. => 1.0,
        _ => (1.11 * entropy(share.max(1e-9))).clamp(1.0 / most.max(1) as f64, 1.0),
    }
}

/// Bits per id.
pub(crate) fn entropy(share: f64) -> f64 {
    -share * share.log2() - (1.0 - share) * (1.0 - share).log2()
}

/// What all responses of a run together say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Share {
    /// Nothing until the first rejection, which most runs don't have.
    learned: Option<Box<Learned>>,
    /// How many requests were rejected.
    rejected: u32,
    /// The sizes of the batches that were confirmed until then, to learn from.
    clean: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Learned {
    /// What the last responses say.
    recent: Belief,
    /// The shares that were met, in places that differ, with their weights.
    met: [f64; SHARES.len()],
}

impl Share {
    /// Whether anything was rejected for the sake of its ids.
    pub fn any_bad(&self) -> bool {
        self.rejected > 0
    }

    /// Whether a batch of `most` ids is too likely to be rejected. One rejection may be chance.
    pub fn is_high(&self, most: usize) -> bool {
        self.rejected > 1 && self.expected().group_size(most, None) * 2 <= most
    }

    /// What to expect of ids of which nothing is known.
    pub fn expected(&self) -> Belief {
        match &self.learned {
            Some(learned) if self.clean.is_empty() => learned.recent.clone(),
            _ => self.clone().learned().recent.clone(),
        }
    }

    /// What to expect of `ids` of which one at least is bad.
    pub fn expected_of_rejected(&self, ids: usize) -> Belief {
        let mut belief = self.expected();
        belief.saw(|log_good| 1.0 - clean(log_good, ids));
        belief
    }

    /// Learns from the counts of an earlier run.
    pub fn resume(&mut self, confirmed: usize, rejected: usize) {
        self.rejected += u32::try_from(rejected).unwrap_or(u32::MAX);
        // As if they were few: the earlier ones need not be like the ones that are left.
        let part = (50.0 / (confirmed + rejected).max(1) as f64).min(1.0);
        let (good, bad) = (confirmed as f64 * part, rejected as f64 * part);
        self.learned().recent.saw(|log_good| (bad * (-log_good.exp_m1()).ln() + good * log_good).exp());
    }

    /// Learns from a response, also what it says of the place that it is about.
    pub fn learn(&mut self, place: Option<&mut Belief>, asked: Asked, rejected: bool) {
        if !rejected && !self.any_bad() && place.is_none() {
            return self.clean.push(asked.ids);
        }
        self.rejected = self.rejected.saturating_add(rejected.into());
        self.learned().learn(place, asked, rejected);
    }

    fn learned(&mut self) -> &mut Learned {
        let learned = self.learned.get_or_insert_with(|| Box::new(Learned::new()));
        for ids in self.clean.drain(..) {
            learned.learn(None, Asked { ids, bad_among: None }, false);
        }
        learned
    }
}

impl Learned {
    fn new() -> Learned {
        let recent = Belief::first();
        Learned { met: recent.0.map(|weight| BEFORE * weight), recent }
    }

    fn learn(&mut self, mut place: Option<&mut Belief>, asked: Asked, rejected: bool) {
        let mut seen = None;
        for belief in std::iter::once(&mut self.recent).chain(place.as_deref_mut()) {
            belief.saw(|log_good| likelihood(log_good, asked, rejected));
            seen = Some(belief.0);
        }
        self.met.iter_mut().zip(seen.into_iter().flatten()).for_each(|(met, weight)| *met += COUNTS * weight);
        let sum: f64 = self.met.iter().sum();
        let met = Belief(self.met.map(|weight| weight / sum));
        for belief in std::iter::once(&mut self.recent).chain(place) {
            belief.mix(&met, CHANGE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certain(share: f64) -> Belief {
        let nearest = SHARES.iter().position(|s| *s >= share).unwrap();
        let mut belief = Belief([0.0; SHARES.len()]);
        belief.0[nearest] = 1.0;
        belief
    }

    #[test]
    fn the_cost_of_an_id() {
        for (share, bits) in [(0.5, 1.0), (0.25, 0.811278), (0.11, 0.499916), (0.001, 0.011408)] {
            assert!((entropy(share) - bits).abs() < 1e-6, "{share}: {}", entropy(share));
        }
        for (share, most, requests) in [
            (0.5, 1000, 1.0),
            (0.29, 1000, 1.0),
            (0.28, 1000, 0.949550),
            (0.01, 1000, 0.089681),
            (0.0, 1000, 0.001),
            (0.0, 0, 1.0),
        ] {
            assert!((cost(share, most) - requests).abs() < 1e-5, "{share}: {}", cost(share, most));
        }
    }

    #[test]
    fn how_likely_a_result_is() {
        let half = 0.5_f64.ln();
        for (ids, bad_among, rejected, likely) in [
            (1, None, true, 0.5),
            (2, None, true, 0.75),
            (2, None, false, 0.25),
            // All four are good in one of sixteen cases, which is not so.
            (1, Some(4), true, 0.5 / 0.9375),
            (1, Some(4), false, 0.4375 / 0.9375),
            (3, Some(4), false, 0.0625 / 0.9375),
        ] {
            let is = likelihood(half, Asked { ids, bad_among }, rejected);
            assert!((is - likely).abs() < 1e-12, "{ids} {bad_among:?} {rejected}: {is}");
        }
    }

    /// What two shares that were equally likely have become.
    fn odds(change: impl Fn(&mut Share)) -> f64 {
        let (low, high) = (20, 22);
        assert_eq!((SHARES[low], SHARES[high]), (0.19, 0.32));
        let mut share = Share::default();
        let recent = &mut share.learned().recent.0;
        *recent = [0.0; SHARES.len()];
        (recent[low], recent[high]) = (0.5, 0.5);
        change(&mut share);
        let recent = share.expected().0;
        recent[low] / recent[high]
    }

    #[test]
    fn what_an_earlier_run_and_a_rejection_say() {
        let near = |is: f64, should: f64| assert!((is / should - 1.0).abs() < 1e-6, "{is}, not {should}");
        // By the binomial distribution, as if there had been fifty ids.
        let bad = |k: i32, n: i32| (0.19_f64 / 0.32).powi(k) * (0.81_f64 / 0.68).powi(n - k);
        near(odds(|share| share.resume(8, 2)), bad(2, 10));
        near(odds(|share| share.resume(40, 10)), bad(10, 50));
        near(odds(|share| share.resume(900, 100)), bad(5, 50));
        near(odds(|share| share.resume(0, 0)), 1.0);
        let mut share = Share::default();
        share.resume(8, 2);
        assert_eq!((share.rejected, share.any_bad()), (2, true));
        share.resume(8, 1);
        assert_eq!(share.rejected, 3);
        share.resume(8, 0);
        assert_eq!(share.rejected, 3);

        let even = Share { rejected: 1, learned: None, clean: Vec::new() };
        let (before, after) = (even.expected().0, even.expected_of_rejected(3).0);
        let likely = |at: usize| 1.0 - (1.0 - SHARES[at]).powi(3);
        near(after[5] / after[20], before[5] / before[20] * likely(5) / likely(20));
    }

    #[test]
    fn a_batch_is_too_large_where_a_group_would_be_half_of_it() {
        let with = |rejected, share| {
            let recent = certain(share);
            let learned = Some(Box::new(Learned { met: recent.0, recent }));
            Share { learned, rejected, clean: Vec::new() }
        };
        assert!(!with(0, 0.01).any_bad() && with(1, 0.01).any_bad() && with(2, 0.01).any_bad());
        assert!(!with(1, 0.01).is_high(1000), "one may be chance");
        // Groups of 65, and of 653.
        assert!(with(2, 0.01).is_high(1000) && with(2, 0.01).is_high(130) && !with(2, 0.01).is_high(129));
        assert!(!with(9, 0.001).is_high(1000));
    }

    #[test]
    fn what_a_response_says_of_the_next_place() {
        let mut learned = Learned::new();
        let (before, mut place) = (Belief::first(), Belief::first());
        learned.learn(Some(&mut place), Asked { ids: 1, bad_among: None }, true);
        let likely: f64 = before.0.iter().zip(SHARES).map(|(weight, share)| weight * share).sum();
        for (at, share) in SHARES.into_iter().enumerate() {
            let seen = before.0[at] * share / likely;
            let met = BEFORE * before.0[at] + COUNTS * seen;
            assert!((learned.met[at] - met).abs() < 1e-9, "{share}");
            let mixed = seen + CHANGE * (met / (BEFORE + COUNTS) - seen);
            assert!((learned.recent.0[at] - mixed).abs() < 1e-9 && place.0[at] == learned.recent.0[at]);
        }
    }

    /// What was confirmed before the first rejection counts, also after an earlier run.
    #[test]
    fn what_was_confirmed_first_counts() {
        let clean = |earlier: bool, batches: usize| {
            let mut share = Share::default();
            if earlier {
                share.resume(100, 0);
            }
            let asked = Asked { ids: 100, bad_among: None };
            (0..batches).for_each(|_| share.learn(None, asked, false));
            share.expected().clean(100)
        };
        for earlier in [false, true] {
            assert!(clean(earlier, 3) > clean(earlier, 0) + 0.01, "{earlier}");
        }
    }

    /// Hwang's size is 2^⌊log2((n−k+1)/k)⌋ for k bad ids of n; ours is the same up to the rounding.
    #[test]
    fn the_size_of_the_next_group() {
        for (share, of_1000, of_16_with_a_bad_one, of_2) in [
            (0.00005, 1000, 8, 1),
            (0.0004, 1000, 8, 1),
            (0.001, 653, 8, 1),
            (0.01, 65, 7, 1),
            (0.055, 11, 6, 1),
            (0.1, 6, 5, 1),
            (0.19, 3, 3, 1),
            (0.25, 2, 2, 1),
            (0.32, 1, 1, 1),
            (0.98, 1, 1, 1),
        ] {
            let belief = certain(share);
            let sizes =
                [(1000, None), (1000, Some(16)), (1000, Some(2))].map(|(m, b)| belief.group_size(m, b));
            assert_eq!(sizes, [of_1000, of_16_with_a_bad_one, of_2], "{share}");
            let hwang = ((1.0 - share) / share).log2().floor().max(0.0).exp2() as usize;
            assert!(of_1000 * 3 > hwang.min(1000) && of_1000 <= 2 * hwang, "{share}: {of_1000} {hwang}");
            assert!(belief.cautious_size(1000, None) <= of_1000);
            assert_eq!(belief.group_size(1000, Some(1)), 1);
            assert_eq!(belief.group_size(1, None), 1);
        }
    }

    #[test]
    fn the_share_is_learned_and_a_change_is_noticed() {
        for share in [0.055, 0.25] {
            let mut learned = Share::default();
            let one = |rejected| (Asked { ids: 1, bad_among: None }, rejected);
            for n in 0..2000 {
                let (asked, rejected) = one((f64::from(n) * share).fract() < share);
                learned.learn(None, asked, rejected);
            }
            let (size, right) =
                (learned.expected().group_size(1000, None), certain(share).group_size(1000, None));
            assert!(size * 4 >= right && size <= right * 4, "{share}: {size}, not {right}");
            let mut place = learned.expected();
            (0..12).for_each(|_| learned.learn(Some(&mut place), one(true).0, true));
            assert_eq!(place.group_size(1000, None), 1, "twelve bad ones in a row");
        }
    }

    #[test]
    fn results_that_contradict_each_other_are_survived() {
        let mut learned = Share::default();
        let mut place = learned.expected_of_rejected(2);
        for rejected in [true, false] {
            for bad_among in [Some(1), Some(1000), None] {
                learned.learn(Some(&mut place), Asked { ids: 1, bad_among }, rejected);
                learned.learn(Some(&mut place), Asked { ids: 1000, bad_among }, rejected);
            }
        }
        assert!(place.0.iter().chain(&learned.learned().recent.0).all(|weight| weight.is_finite()));
        learned.resume(0, 0);
        learned.resume(usize::MAX / 2, 5);
        assert!(learned.expected().group_size(1000, None) == 1000);
    }
}
