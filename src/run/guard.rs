//! Tells a bad value from bad ids, before a thousand batches are refused one by one.
//!
//! While nothing of a value has been confirmed, a refused batch is followed by three single ids from all
//! over that value. When all of them are refused alike it's not the ids' fault, or none of them exists.

use std::ops::Range;

/// How often single ids are tried before isolation is left to find out.
const ROUNDS: u8 = 3;
const PROBES: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Nothing confirmed yet; `rounds` have been tried in vain.
    Armed { rounds: u8 },
    /// Waiting for probes; nothing else of this value is sent.
    Probing { rounds: u8, left: usize, refusals: Vec<String>, other: bool },
    /// The value is fine, or can't be judged this way.
    Off,
    /// The value is refused; nothing more is sent for it.
    Closed,
}

/// What one probe found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Refused, with this status and these words.
    Refused(String),
    /// Anything else, except a confirmation, which ends the guard on its own.
    Unclear,
}

impl Guard {
    pub fn new() -> Guard {
        Guard::Armed { rounds: 0 }
    }

    /// Whether batches of this value may be sent.
    pub fn may_send(&self) -> bool {
        matches!(self, Guard::Armed { .. } | Guard::Off)
    }

    pub fn confirmed(&mut self) {
        if *self != Guard::Closed {
            *self = Guard::Off;
        }
    }

    /// A batch was refused: the slots of `value` to try one by one, or none when that is settled.
    pub fn batch_refused(&mut self, value: &Range<usize>, is_open: impl Fn(usize) -> bool) -> Vec<usize> {
        let Guard::Armed { rounds } = *self else {
            return Vec::new();
        };
        let slots = spread(value, rounds, is_open);
        if slots.is_empty() {
            *self = Guard::Closed;
        } else {
            *self = Guard::Probing { rounds, left: slots.len(), refusals: Vec::new(), other: false };
        }
        slots
    }

    /// A probe came back. True when the value is refused from now on.
    pub fn probed(&mut self, finding: Finding) -> bool {
        let Guard::Probing { rounds, left, refusals, other } = self else {
            return false;
        };
        *left -= 1;
        match finding {
            Finding::Refused(words) => refusals.push(without_numbers(&words)),
            Finding::Unclear => *other = true,
        }
        if *left > 0 {
            return false;
        }
        let alike = !*other && refusals.windows(2).all(|pair| pair[0] == pair[1]);
        let tried = *rounds + 1;
        *self = match alike {
            true => Guard::Closed,
            false if tried < ROUNDS => Guard::Armed { rounds: tried },
            false => Guard::Off,
        };
        alike
    }
}

/// Up to three open slots all over `value`, others in each round.
fn spread(value: &Range<usize>, round: u8, is_open: impl Fn(usize) -> bool) -> Vec<usize> {
    if value.len() <= PROBES {
        return value.clone().filter(|slot| is_open(*slot)).collect();
    }
    // Twelfths: 2, 6, 10 · 1, 5, 9 · 3, 7, 11.
    let first = [2, 1, 3][usize::from(round) % 3];
    let mut slots: Vec<usize> = (0..PROBES)
        .filter_map(|k| {
            let at = value.start + value.len() * (first + 4 * k) / 12;
            (at..value.end).chain(value.start..at).find(|slot| is_open(*slot))
        })
        .collect();
    slots.dedup();
    slots
}

/// Two refusals that differ only in the id that they name are alike.
fn without_numbers(words: &str) -> String {
    let mut plain: String = words.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    while plain.contains("00") {
        plain = plain.replace("00", "0");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(words: &str) -> Finding {
        Finding::Refused(words.into())
    }

    #[test]
    fn three_alike_close_the_value() {
        let mut guard = Guard::new();
        assert_eq!(guard.batch_refused(&(0..1200), |_| true), [200, 600, 1000]);
        assert!(!guard.may_send());
        assert!(!guard.probed(refused("400 Invalid pk \"17\"")));
        assert!(!guard.probed(refused("400 Invalid pk \"9\"")));
        assert!(guard.probed(refused("400 Invalid pk \"123456\"")));
        assert_eq!(guard, Guard::Closed);
        guard.confirmed();
        assert!(!guard.may_send());
    }

    #[test]
    fn a_confirmed_id_opens_it() {
        let mut guard = Guard::new();
        guard.batch_refused(&(0..1200), |_| true);
        guard.probed(refused("400 no"));
        guard.confirmed();
        assert!(guard.may_send());
        assert!(!guard.probed(refused("400 no")), "late probes change nothing");
        assert!(guard.batch_refused(&(0..1200), |_| true).is_empty());
    }

    #[test]
    fn three_rounds_at_other_places_then_isolation_decides() {
        let mut guard = Guard::new();
        let mut tried = Vec::new();
        for round in 0..3 {
            let slots = guard.batch_refused(&(0..1200), |_| true);
            assert_eq!(slots.len(), 3, "round {round}");
            tried.extend(slots);
            guard.probed(refused("400 this"));
            guard.probed(Finding::Unclear);
            assert!(!guard.probed(refused("400 this")));
        }
        tried.sort_unstable();
        tried.dedup();
        assert_eq!(tried.len(), 9);
        assert_eq!(guard, Guard::Off);
    }

    #[test]
    fn few_ids_are_all_tried_and_settled_ones_are_not() {
        let mut guard = Guard::new();
        assert_eq!(guard.clone().batch_refused(&(5..7), |_| true), [5, 6]);
        assert_eq!(guard.clone().batch_refused(&(0..1200), |slot| slot != 600), [200, 601, 1000]);
        assert!(guard.batch_refused(&(5..6), |_| false).is_empty());
        assert_eq!(guard, Guard::Closed, "its only id was refused: nothing is left to try");
    }
}
