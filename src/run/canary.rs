//! Tells a bad value from bad ids before a thousand batches are rejected one by one.
//!
//! As long as nothing of a value is confirmed, a rejected batch is followed by three single ids, the canaries, spread
//! over that value. If all three are rejected alike, the value is bad or none of the ids exist. A rejection that names
//! the id does not count against the value: only nine of nine named ids mean that none of the ids exist.

use std::ops::Range;

/// How many rounds of single ids are tried before it is left to bisection.
const ROUNDS: u8 = 3;
const SINGLES: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Canary {
    /// Nothing is confirmed yet; `rounds` were tried without a result.
    Ready { rounds: u8 },
    /// Single ids are being tried; nothing else of this value is sent.
    Running { rounds: u8, left: usize, found: Vec<Finding> },
    /// The value is good, or can't be judged this way.
    Passed,
    /// The value is rejected; nothing more of it is sent.
    Failed,
}

/// The result of one single id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Rejected, with this status and message.
    Rejected(u16, String),
    /// Rejected because of this id, which the response names.
    Named,
    /// Anything else but a confirmation, for which there is [`Canary::confirmed`].
    Unclear,
}

impl Canary {
    pub fn new() -> Canary {
        Canary::Ready { rounds: 0 }
    }

    /// Whether batches of this value may be sent.
    pub fn may_send(&self) -> bool {
        matches!(self, Canary::Ready { .. } | Canary::Passed)
    }

    /// Whether single ids were tried and nothing is confirmed yet.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self, Canary::Ready { rounds: 1.. })
    }

    pub fn confirmed(&mut self) {
        if *self != Canary::Failed {
            *self = Canary::Passed;
        }
    }

    /// Something was rejected. Returns the slots of `value` to try one by one, none if the value is judged already.
    pub fn start(&mut self, value: &Range<usize>, is_open: impl Fn(usize) -> bool) -> Vec<usize> {
        let Canary::Ready { rounds } = *self else {
            return Vec::new();
        };
        let slots = spread(value, rounds, is_open);
        *self = match slots.len() {
            0 => Canary::Failed,
            left => Canary::Running { rounds, left, found: Vec::new() },
        };
        slots
    }

    /// Records the result of a single id; `more` tells whether anything of the value is open. True if the value is
    /// rejected from now on.
    pub fn record(&mut self, finding: Finding, more: impl Fn() -> bool) -> bool {
        let Canary::Running { rounds, left, found } = self else {
            return false;
        };
        *left -= 1;
        found.push(match finding {
            Finding::Rejected(status, message) => Finding::Rejected(status, without_numbers(&message)),
            other => other,
        });
        if *left > 0 {
            return false;
        }
        let tried = *rounds + 1;
        let alike = found.iter().all(|finding| *finding == found[0]);
        let failed = match found[0] {
            Finding::Rejected(..) => alike,
            Finding::Named => alike && (tried == ROUNDS || !more()),
            Finding::Unclear => false,
        };
        *self = match failed {
            true => Canary::Failed,
            false if tried < ROUNDS => Canary::Ready { rounds: tried },
            false => Canary::Passed,
        };
        failed
    }
}

/// Up to three open slots spread over `value`, different ones in each round.
fn spread(value: &Range<usize>, round: u8, is_open: impl Fn(usize) -> bool) -> Vec<usize> {
    if value.len() <= SINGLES {
        return value.clone().filter(|slot| is_open(*slot)).collect();
    }
    // Twelfths: 2, 6, 10 · 1, 5, 9 · 3, 7, 11.
    let first = [2, 1, 3][usize::from(round) % 3];
    let mut slots: Vec<usize> = (0..SINGLES)
        .filter_map(|k| {
            let at = value.start + value.len() * (first + 4 * k) / 12;
            (at..value.end).chain(value.start..at).find(|slot| is_open(*slot))
        })
        .collect();
    slots.dedup();
    slots
}

/// Rejections that differ only in the id that they name are alike.
fn without_numbers(message: &str) -> String {
    let mut plain: String = message.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    while plain.contains("00") {
        plain = plain.replace("00", "0");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(message: &str) -> Finding {
        Finding::Rejected(400, message.into())
    }

    /// One round with these results.
    fn round(canary: &mut Canary, found: [Finding; 3]) -> Vec<usize> {
        let slots = canary.start(&(0..1200), |_| true);
        assert!(!canary.may_send());
        let failed = found.map(|finding| canary.record(finding, || true));
        assert_eq!(failed, [false, false, *canary == Canary::Failed]);
        slots
    }

    #[test]
    fn three_alike_reject_the_value() {
        let mut canary = Canary::new();
        let found = ["no 17", "no 9", "no 123456"].map(rejected);
        assert_eq!(round(&mut canary, found), [200, 600, 1000]);
        assert_eq!(canary, Canary::Failed);
        canary.confirmed();
        assert!(!canary.may_send());
    }

    #[test]
    fn nine_named_ones_reject_it_or_all_that_there_are() {
        let named = || [Finding::Named, Finding::Named, Finding::Named];
        let mut canary = Canary::new();
        let mut tried: Vec<usize> = Vec::new();
        for round_number in 1..=3 {
            assert!(canary.may_send(), "{round_number}");
            tried.extend(round(&mut canary, named()));
        }
        tried.sort_unstable();
        tried.dedup();
        assert_eq!((tried.len(), canary), (9, Canary::Failed));

        let mut canary = Canary::new();
        assert_eq!(canary.start(&(5..7), |_| true), [5, 6]);
        assert!(!canary.record(Finding::Named, || false));
        assert!(canary.record(Finding::Named, || false), "nothing is left to try");

        let mut canary = Canary::new();
        round(&mut canary, named());
        assert!(canary.is_in_doubt());
        // Both kinds together prove nothing, each kind alone does.
        round(&mut canary, [Finding::Named, rejected("no"), rejected("no")]);
        assert!(canary.is_in_doubt());
        canary.confirmed();
        assert!(!canary.is_in_doubt() && canary.may_send());
    }

    #[test]
    fn a_confirmed_id_ends_the_doubt() {
        let mut canary = Canary::new();
        canary.start(&(0..1200), |_| true);
        canary.record(rejected("no"), || true);
        canary.confirmed();
        assert!(canary.may_send());
        assert!(!canary.record(rejected("no"), || true), "late results change nothing");
        assert!(canary.start(&(0..1200), |_| true).is_empty());
    }

    #[test]
    fn other_messages_or_another_status_are_not_alike() {
        for other in [rejected("no such user"), rejected("no 1"), Finding::Rejected(409, "no".into())] {
            let mut canary = Canary::new();
            round(&mut canary, [rejected("no"), rejected("no"), other.clone()]);
            assert_eq!(canary, Canary::Ready { rounds: 1 }, "{other:?}");
        }
    }

    #[test]
    fn three_rounds_at_other_places_then_bisection_decides() {
        let mut canary = Canary::new();
        for _ in 0..3 {
            round(&mut canary, [rejected("this"), Finding::Unclear, rejected("this")]);
        }
        assert_eq!(canary, Canary::Passed);
    }

    #[test]
    fn few_ids_are_all_tried_and_settled_ones_are_not() {
        let mut canary = Canary::new();
        assert_eq!(canary.clone().start(&(5..7), |_| true), [5, 6]);
        assert_eq!(canary.clone().start(&(0..1200), |slot| slot != 600), [200, 601, 1000]);
        assert!(canary.start(&(5..6), |_| false).is_empty());
        assert_eq!(canary, Canary::Failed, "its only id was rejected: nothing is left to try");
    }
}
