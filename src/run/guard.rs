//! Tells a bad value from bad ids, before a thousand batches are refused one by one.
//!
//! While nothing of a value has been confirmed, what is refused of it is followed by three single ids from all
//! over that value. When all of them are refused alike it's not the ids' fault, or none of them exists. A refusal
//! that names the very id speaks for the value: only when nine ids of nine are refused by name does none exist.

use std::ops::Range;

/// How often single ids are tried before isolation is left to find out.
const ROUNDS: u8 = 3;
const PROBES: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Nothing confirmed yet; `rounds` have been tried in vain.
    Armed { rounds: u8 },
    /// Waiting for probes; nothing else of this value is sent.
    Probing { rounds: u8, left: usize, found: Vec<Finding> },
    /// The value is fine, or can't be judged this way.
    Off,
    /// The value is refused; nothing more is sent for it.
    Closed,
}

/// What one probe found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Refused, with this status and these words.
    Refused(u16, String),
    /// Refused because of this very id.
    Named,
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

    /// Whether single ids have been tried and nothing has been confirmed yet.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self, Guard::Armed { rounds: 1.. })
    }

    pub fn confirmed(&mut self) {
        if *self != Guard::Closed {
            *self = Guard::Off;
        }
    }

    /// Something was refused: the slots of `value` to try one by one, or none when that is settled.
    pub fn refused(&mut self, value: &Range<usize>, is_open: impl Fn(usize) -> bool) -> Vec<usize> {
        let Guard::Armed { rounds } = *self else {
            return Vec::new();
        };
        let slots = spread(value, rounds, is_open);
        *self = match slots.len() {
            0 => Guard::Closed,
            left => Guard::Probing { rounds, left, found: Vec::new() },
        };
        slots
    }

    /// A probe came back; `more` tells whether anything of the value is open. True when the value is refused
    /// from now on.
    pub fn probed(&mut self, finding: Finding, more: impl Fn() -> bool) -> bool {
        let Guard::Probing { rounds, left, found } = self else {
            return false;
        };
        *left -= 1;
        found.push(match finding {
            Finding::Refused(status, words) => Finding::Refused(status, without_numbers(&words)),
            other => other,
        });
        if *left > 0 {
            return false;
        }
        let tried = *rounds + 1;
        let alike = found.iter().all(|finding| *finding == found[0]);
        let closed = match found[0] {
            Finding::Refused(..) => alike,
            Finding::Named => alike && (tried == ROUNDS || !more()),
            Finding::Unclear => false,
        };
        *self = match closed {
            true => Guard::Closed,
            false if tried < ROUNDS => Guard::Armed { rounds: tried },
            false => Guard::Off,
        };
        closed
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
        Finding::Refused(400, words.into())
    }

    /// Three probes that find this.
    fn round(guard: &mut Guard, found: [Finding; 3]) -> Vec<usize> {
        let slots = guard.refused(&(0..1200), |_| true);
        assert!(!guard.may_send());
        let closed = found.map(|finding| guard.probed(finding, || true));
        assert_eq!(closed, [false, false, *guard == Guard::Closed]);
        slots
    }

    #[test]
    fn three_alike_close_the_value() {
        let mut guard = Guard::new();
        let found = ["no 17", "no 9", "no 123456"].map(refused);
        assert_eq!(round(&mut guard, found), [200, 600, 1000]);
        assert_eq!(guard, Guard::Closed);
        guard.confirmed();
        assert!(!guard.may_send());
    }

    #[test]
    fn nine_by_name_close_it_or_all_that_there_are() {
        let named = || [Finding::Named, Finding::Named, Finding::Named];
        let mut guard = Guard::new();
        let mut tried: Vec<usize> = Vec::new();
        for round_number in 1..=3 {
            assert!(guard.may_send(), "{round_number}");
            tried.extend(round(&mut guard, named()));
        }
        tried.sort_unstable();
        tried.dedup();
        assert_eq!((tried.len(), guard), (9, Guard::Closed));

        let mut guard = Guard::new();
        assert_eq!(guard.refused(&(5..7), |_| true), [5, 6]);
        assert!(!guard.probed(Finding::Named, || false));
        assert!(guard.probed(Finding::Named, || false), "nothing is left to try");

        let mut guard = Guard::new();
        round(&mut guard, named());
        assert!(guard.is_in_doubt());
        // Both kinds together say nothing, one of them alone does.
        round(&mut guard, [Finding::Named, refused("no"), refused("no")]);
        assert!(guard.is_in_doubt());
        guard.confirmed();
        assert!(!guard.is_in_doubt() && guard.may_send());
    }

    #[test]
    fn a_confirmed_id_opens_it() {
        let mut guard = Guard::new();
        guard.refused(&(0..1200), |_| true);
        guard.probed(refused("no"), || true);
        guard.confirmed();
        assert!(guard.may_send());
        assert!(!guard.probed(refused("no"), || true), "late probes change nothing");
        assert!(guard.refused(&(0..1200), |_| true).is_empty());
    }

    #[test]
    fn other_words_or_another_status_are_not_alike() {
        for other in [refused("no such user"), refused("no 1"), Finding::Refused(409, "no".into())] {
            let mut guard = Guard::new();
            round(&mut guard, [refused("no"), refused("no"), other.clone()]);
            assert_eq!(guard, Guard::Armed { rounds: 1 }, "{other:?}");
        }
    }

    #[test]
    fn three_rounds_at_other_places_then_isolation_decides() {
        let mut guard = Guard::new();
        for _ in 0..3 {
            round(&mut guard, [refused("this"), Finding::Unclear, refused("this")]);
        }
        assert_eq!(guard, Guard::Off);
    }

    #[test]
    fn few_ids_are_all_tried_and_settled_ones_are_not() {
        let mut guard = Guard::new();
        assert_eq!(guard.clone().refused(&(5..7), |_| true), [5, 6]);
        assert_eq!(guard.clone().refused(&(0..1200), |slot| slot != 600), [200, 601, 1000]);
        assert!(guard.refused(&(5..6), |_| false).is_empty());
        assert_eq!(guard, Guard::Closed, "its only id was refused: nothing is left to try");
    }
}
