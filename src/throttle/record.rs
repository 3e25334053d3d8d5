//! The pacer as bytes, for the file that processes share.

use std::time::Duration;

use super::ceiling::{Ceiling, Learned, Sending};
use super::pacer::Pacer;

/// The boot that the times belong to: the clock starts anew with each.
pub(super) type BootId = [u8; 16];

/// What a file of this version begins with.
const MAGIC: &[u8; 16] = b"usercom rate 1\n\0";
const NUMBERS: usize = 20;
pub(super) const LENGTH: usize = MAGIC.len() + size_of::<BootId>() + NUMBERS * 8 + 4;

pub(super) fn encode(pacer: &Pacer, boot: &BootId) -> [u8; LENGTH] {
    let time = |time: Duration| time.as_nanos().min(u128::from(u64::MAX)) as u64;
    let (sending, learned) = (pacer.ceiling.sending, pacer.ceiling.learned.unwrap_or_default());
    let numbers: [u64; NUMBERS] = [
        time(pacer.due),
        time(pacer.next),
        time(pacer.delay),
        u64::from(pacer.delay_status),
        time(pacer.last_throttled),
        u64::from(pacer.throttles),
        time(sending.since),
        sending.count.to_bits(),
        sending.before.to_bits(),
        learned.rate.to_bits(),
        learned.fine.to_bits(),
        learned.too_high.to_bits(),
        time(learned.throttled_at),
        time(learned.resumed_at),
        learned.sent.to_bits(),
        learned.accepted.to_bits(),
        time(learned.changed_at),
        learned.successes.to_bits(),
        u64::from(pacer.ceiling.learned.is_some()),
        u64::from(pacer.awaited),
    ];
    let mut bytes = [0; LENGTH];
    bytes[..16].copy_from_slice(MAGIC);
    bytes[16..32].copy_from_slice(boot);
    for (place, number) in bytes[32..].chunks_exact_mut(8).zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    let sum = crc32fast::hash(&bytes[..LENGTH - 4]);
    bytes[LENGTH - 4..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// `None` for anything that this version has not written since the machine started.
pub(super) fn decode(bytes: &[u8; LENGTH], boot: &BootId) -> Option<Pacer> {
    let (body, sum) = bytes.split_at(LENGTH - 4);
    if !body.starts_with(MAGIC) || body[16..32] != boot[..] || sum != crc32fast::hash(body).to_le_bytes() {
        return None;
    }
    let mut numbers = [0; NUMBERS];
    for (number, place) in numbers.iter_mut().zip(body[32..].chunks_exact(8)) {
        *number = u64::from_le_bytes(place.try_into().ok()?);
    }
    let (time, float) =
        (|at: usize| Duration::from_nanos(numbers[at]), |at: usize| f64::from_bits(numbers[at]));
    let learned = Learned {
        rate: float(9),
        fine: float(10),
        too_high: float(11),
        throttled_at: time(12),
        resumed_at: time(13),
        sent: float(14),
        accepted: float(15),
        changed_at: time(16),
        successes: float(17),
    };
    Some(Pacer {
        due: time(0),
        next: time(1),
        awaited: numbers[19] == 1,
        delay: time(2),
        delay_status: numbers[3] as u16,
        last_throttled: time(4),
        throttles: numbers[5] as u32,
        ceiling: Ceiling {
            sending: Sending { since: time(6), count: float(7), before: float(8) },
            learned: (numbers[18] == 1).then_some(learned),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::throttle::rng::Rng;

    const BOOT: BootId = [7; 16];

    fn some() -> Pacer {
        let (mut pacer, now) = (Pacer::default(), Duration::from_secs(100));
        pacer.admit(now, Some(Duration::from_millis(200))).unwrap();
        pacer.throttled((now, now), Some(5.0), 429, Some(Duration::from_secs(3)), &mut Rng::new(1));
        pacer
    }

    #[test]
    fn there_and_back() {
        for pacer in [Pacer::default(), some()] {
            assert_eq!(decode(&encode(&pacer, &BOOT), &BOOT), Some(pacer));
        }
    }

    #[test]
    fn nothing_else_is_read() {
        let bytes = encode(&some(), &BOOT);
        assert_eq!(decode(&bytes, &[8; 16]), None, "of another boot");
        assert_eq!(decode(&[0; LENGTH], &BOOT), None);
        for at in 0..LENGTH {
            let mut changed = bytes;
            changed[at] ^= 1;
            assert_eq!(decode(&changed, &BOOT), None, "byte {at}");
        }
    }

    #[test]
    fn a_wait_of_a_thousand_years_is_one_of_a_day() {
        let (now, far) = (Duration::from_secs(1000), Duration::from_nanos(u64::MAX));
        let learned = Learned { rate: 1e-9, throttled_at: now, ..Learned::default() };
        let written =
            Pacer { due: far, next: far, delay: far, delay_status: 429, last_throttled: far, ..some() };
        for learned in
            [None, Some(learned), Some(Learned { rate: f64::NAN, ..learned }), some().ceiling.learned]
        {
            let mut pacer = Pacer { ceiling: Ceiling { learned, ..written.ceiling }, ..written };
            pacer = decode(&encode(&pacer, &BOOT), &BOOT).unwrap().within_bounds(now);
            let (until, _) = pacer.admit(now, None).unwrap_err();
            assert!(until <= now + Duration::from_secs(24 * 3600 + 1), "{until:?}");
            pacer.admit(until, None).unwrap();
        }
        let mut late = Pacer { delay: now, ..written }.within_bounds(now);
        let (until, _) = late.admit(now, Some(Duration::from_millis(200))).unwrap_err();
        assert!(until <= now + Duration::from_secs(10), "{until:?}");
    }
}
