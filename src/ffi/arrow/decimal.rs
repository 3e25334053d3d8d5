//! A decimal as text, with every digit that it has. The same as Python's `Decimal` and Java's `BigDecimal`: without an
//! exponent unless it is a power of ten that has none of its digits, or more than six zeros after the point.

/// A two's complement integer in the machine's order of bytes, times 10 to the power of minus `scale`.
pub(super) fn text(unscaled: &[u8], scale: i32) -> String {
    let (negative, digits) = digits(unscaled);
    let sign = if negative { "-" } else { "" };
    let point = digits.len() as i64 - i64::from(scale); // digits before the point
    if scale >= 0 && point > -6 {
        return match usize::try_from(point) {
            Ok(point) if scale == 0 || point >= digits.len() => format!("{sign}{digits}"),
            Ok(point @ 1..) => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        };
    }
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{dot}{rest}E{:+}", point - 1)
}

/// Whether it is below 0, and the digits without zeros in front.
fn digits(bytes: &[u8]) -> (bool, String) {
    let mut words: Vec<u32> =
        bytes.chunks_exact(4).map(|b| u32::from_ne_bytes([b[0], b[1], b[2], b[3]])).collect();
    if cfg!(target_endian = "little") {
        words.reverse();
    }
    let negative = words.first().is_some_and(|most| most >> 31 == 1);
    if negative {
        let mut carry = true;
        for word in words.iter_mut().rev() {
            (*word, carry) = (!*word).overflowing_add(u32::from(carry));
        }
    }
    let mut groups = Vec::new();
    while words.iter().any(|word| *word != 0) {
        let mut rest = 0;
        for word in &mut words {
            let all = rest << 32 | u64::from(*word);
            (*word, rest) = ((all / 1_000_000_000) as u32, all % 1_000_000_000);
        }
        groups.push(format!("{rest:09}"));
    }
    groups.reverse();
    let digits = groups.concat();
    let digits = digits.trim_start_matches('0');
    (negative, if digits.is_empty() { "0".into() } else { digits.into() })
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn every_digit() {
        for (unscaled, scale, expected) in [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (150, 2, "1.50"),
            (-5, 1, "-0.5"),
            (-5, 3, "-0.005"),
            (1, 6, "0.000001"),
            (1, 7, "1E-7"),
            (-12, 8, "-1.2E-7"),
            (0, 7, "0E-7"),
            (12, -2, "1.2E+3"),
            (i128::MAX, 0, "170141183460469231731687303715884105727"),
            (i128::MIN, 38, "-1.70141183460469231731687303715884105728"),
            (1_000_000_000, 0, "1000000000"),
            (1_000_000_000_000_000_001, 9, "1000000000.000000001"),
        ] {
            assert_eq!(text(&unscaled.to_ne_bytes(), scale), expected, "{unscaled} {scale}");
        }
        assert_eq!(text(&(-7i32).to_ne_bytes(), 0), "-7");
        assert_eq!(text(&i64::MIN.to_ne_bytes(), 4), "-922337203685477.5808");
        let mut wide = [0; 32];
        wide[31] = if cfg!(target_endian = "little") { 0x80 } else { 0 };
        wide[0] = if cfg!(target_endian = "little") { 0 } else { 0x80 };
        let least = "-57896044618658097711785492504343953926634992332820282019728792003956564819968";
        assert_eq!(text(&wide, 0), least);
    }
}
