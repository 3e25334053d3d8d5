//! What identifies a job: everything that decides what is sent, in order.

use ring::digest;

use crate::update::{Ids, Job};

/// What identifies a job: everything that decides what is sent, in order.
pub(crate) fn fingerprint(job: &Job<'_>, method: &str, url: &str) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    let text = |hash: &mut digest::Context, text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    text(&mut hash, method);
    text(&mut hash, url);
    text(&mut hash, job.attribute.as_str());
    hash.update(&(job.ids.len() as u64).to_le_bytes());
    match &job.ids {
        Ids::Numeric(ids) => {
            // By what each differs from the one before, in as few bytes as that takes: hashing costs by the byte, and
            // ids that increase are mostly close together.
            let (mut bytes, mut before) = (Vec::with_capacity(8 * 1024), 0);
            for some in ids.chunks(1024) {
                bytes.clear();
                for id in some {
                    push_varint(&mut bytes, id.wrapping_sub(std::mem::replace(&mut before, *id)));
                }
                hash.update(&bytes);
            }
        }
        Ids::Custom(ids) => ids.iter().for_each(|id| text(&mut hash, id)),
    }
    for (value, slots) in job.values.iter().zip(job.groups()) {
        text(&mut hash, value.as_str());
        hash.update(&(slots.len() as u64).to_le_bytes());
        if job.values.len() > 1 {
            slots.clone().for_each(|slot| hash.update(&(job.position(slot) as u32).to_le_bytes()));
        }
    }
    job.skipped.iter().for_each(|position| hash.update(&position.to_le_bytes()));
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(hash.finish().as_ref());
    fingerprint
}

/// Seven bits a byte, the lowest first and the highest bit set on all but the last byte; the sign is the lowest
/// bit, so that small negative numbers are short, too.
fn push_varint(out: &mut Vec<u8>, n: i64) {
    let mut rest = (n << 1 ^ n >> 63) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::update::{AttributeKind, Rules, Update};

    /// Also where each value has as many ids as in the other one.
    #[test]
    fn who_gets_which_value_makes_another_job() {
        let rules = Rules { kind: AttributeKind::Custom, allow_null: false, requests_per_second: None };
        let of = |index: [u32; 4]| {
            let update = Update::rows("score", vec![7.into(), 8.into()], index.to_vec());
            let job = Job::new(&update, Ids::Numeric(&[1, 2, 3, 4]), rules).unwrap();
            fingerprint(&job, "PUT", "https://acme.user.com/")
        };
        assert_eq!(of([0, 1, 0, 1]), of([0, 1, 0, 1]));
        assert_ne!(of([0, 1, 0, 1]), of([0, 1, 1, 0]));
    }

    proptest::proptest! {
        #[test]
        fn a_varint_can_be_read_back(numbers: Vec<i64>, shift in 0u32..64) {
            let numbers: Vec<i64> = numbers.iter().map(|n| n >> shift).collect();
            let mut bytes = Vec::new();
            numbers.iter().for_each(|n| push_varint(&mut bytes, *n));
            let (mut read, mut rest, mut bits) = (Vec::new(), 0u64, 0);
            for byte in bytes {
                rest |= u64::from(byte & 0x7f) << bits;
                bits += 7;
                if byte < 0x80 {
                    read.push((rest >> 1) as i64 ^ -((rest & 1) as i64));
                    (rest, bits) = (0, 0);
                }
            }
            proptest::prop_assert_eq!(read, numbers);
        }
    }
}
