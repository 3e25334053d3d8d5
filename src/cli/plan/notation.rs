//! How a value of unknown type is written: as one type's values are, or as a spreadsheet or another country writes them.

use crate::plan::kind::Kind;
use crate::words::is_invisible;

/// What a text is written like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Nothing, or nothing but blanks.
    Empty,
    /// As values of this type are written; text that looks like nothing else is a string.
    Canonical(Kind),
    /// Like another type but in another notation, or damaged; in words, why.
    Unclear(&'static str),
}

/// More digits than this don't survive a spreadsheet or a float, and mostly identify something: they are text.
const MAX_DIGITS: usize = 15;

impl Notation {
    pub fn of(text: &str) -> Notation {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        match text {
            _ if text.trim().is_empty() => Notation::Empty,
            _ if text.trim() != text => Notation::Unclear("has blanks around it"),
            _ if text.contains('\u{fffd}') => {
                Notation::Unclear("has lost characters in an earlier conversion")
            }
            _ if text.contains(['\n', '\r']) => {
                Notation::Unclear("has a line break in it, as after a quote in the wrong place")
            }
            _ if text.contains(is_invisible) => Notation::Unclear("has a character in it that can't be seen"),
            _ if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => {
                Notation::Canonical(Kind::Boolean)
            }
            _ if text.bytes().all(|b| b.is_ascii_digit()) && (digits > MAX_DIGITS || leading_zero(text)) => {
                Notation::Canonical(Kind::String)
            }
            _ if Kind::Integer.is_canonical(text) && digits <= MAX_DIGITS => {
                Notation::Canonical(Kind::Integer)
            }
            _ if Kind::Float.is_canonical(text) && digits <= MAX_DIGITS => Notation::Canonical(Kind::Float),
            _ if Kind::Date.is_canonical(text) => Notation::Canonical(Kind::Date),
            _ if text.ends_with('Z') && Kind::Datetime.is_canonical(text) => {
                Notation::Canonical(Kind::Datetime)
            }
            _ if is_spreadsheet_error(text) => Notation::Unclear("is a spreadsheet's error"),
            _ if MISSING.contains(&text) => Notation::Unclear("stands for a missing value"),
            _ if BOOLEANS.contains(&text) => {
                Notation::Unclear("is a spreadsheet's boolean in another language")
            }
            _ if is_like_date(text) => Notation::Unclear(other_date(text)),
            _ if is_like_number(text) => {
                Notation::Unclear("looks like a number that is written in another way")
            }
            _ => Notation::Canonical(Kind::String),
        }
    }
}

const MISSING: &[&str] = &[
    "NULL",
    "null",
    "(null)",
    "<null>",
    "None",
    "nil",
    "NaN",
    "nan",
    "-nan",
    "NA",
    "<NA>",
    "N/A",
    "n/a",
    "\\N",
    "undefined",
    "NaT",
    "inf",
    "-inf",
    "Infinity",
    "-Infinity",
];

/// What Excel writes for TRUE and FALSE in Polish, German, French, Spanish and Italian.
const BOOLEANS: &[&str] =
    &["PRAWDA", "FAŁSZ", "WAHR", "FALSCH", "VRAI", "FAUX", "VERDADERO", "FALSO", "VERO"];

/// Such as #N/A, #REF!, #NAZWA? or a row of hash signs.
pub fn is_spreadsheet_error(text: &str) -> bool {
    let Some(name) = text.strip_prefix('#') else { return false };
    let upper = !name.is_empty()
        && name.chars().all(|c| c.is_uppercase() || matches!(c, '/' | '0' | '!' | '?' | '_'));
    (upper && name.ends_with(['!', '?']))
        || matches!(name, "N/A" | "N/D" | "NV")
        || is_all(name, |c| c == '#')
}

fn is_all(text: &str, is: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is)
}

fn leading_zero(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0')
}

/// Three groups of digits with the same sign between them, one of them a year; a time may follow.
fn is_like_date(text: &str) -> bool {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if time.is_some_and(|time| !time.starts_with(|c: char| c.is_ascii_digit()) || !time.contains(':')) {
        return false;
    }
    let Some(sign) = date.chars().find(|c| matches!(c, '-' | '.' | '/')) else { return false };
    let groups: Vec<&str> = date.split(sign).collect();
    let is_number = |group: &&str| (1..=4).contains(&group.len()) && is_all(group, |c| c.is_ascii_digit());
    groups.len() == 3 && groups.iter().all(is_number) && [groups[0], groups[2]].iter().any(|g| g.len() > 1)
}

/// What a text is that is like a date and none in the one notation.
fn other_date(text: &str) -> &'static str {
    if text.contains(':') {
        return "looks like a date & time in another notation than 2026-11-23T10:00:00Z (--type datetime takes an offset \
                such as +01:00, too)";
    }
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    match groups[..] {
        [4, 2, 2] => "looks like a date, but there is no such day",
        _ => "looks like a date in another notation than 2026-11-23",
    }
}

/// A number with a sign, a decimal comma, thousands, an exponent, a percent sign or a currency.
fn is_like_number(text: &str) -> bool {
    // A number with a plus and this many digits is a telephone's.
    const TELEPHONE: usize = 8;
    if text
        .strip_prefix('+')
        .is_some_and(|rest| rest.len() >= TELEPHONE && is_all(rest, |c| c.is_ascii_digit()))
    {
        return false;
    }
    let number = without_unit(text);
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (number, None),
    };
    let separator = |c: char| matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    exponent.is_none_or(|digits| is_all(digits, |c| c.is_ascii_digit()))
        && is_all(mantissa, |c| c.is_ascii_digit() || separator(c))
        && mantissa.contains(|c: char| c.is_ascii_digit())
        && is_grouped(&mantissa.split(separator).collect::<Vec<_>>())
}

/// Without signs, brackets (an accountant's minus), percent sign and currency.
fn without_unit(text: &str) -> &str {
    const CURRENCIES: &[&str] = &["zł", "PLN", "EUR", "USD", "GBP", "CHF", "€", "$", "£"];
    let trim = |text| {
        let before = |c: char| matches!(c, '-' | '+' | '\u{2212}' | '(' | ' ' | '\u{a0}');
        let after = |c: char| matches!(c, '-' | '%' | ')' | ' ' | '\u{a0}');
        str::trim_end_matches(str::trim_start_matches(text, before), after)
    };
    let number = trim(text);
    let unit =
        CURRENCIES.iter().find_map(|unit| number.strip_suffix(unit).or_else(|| number.strip_prefix(unit)));
    trim(unit.unwrap_or(number))
}

/// With more than one separator there are three digits between two of them; a version or an address has fewer.
fn is_grouped(groups: &[&str]) -> bool {
    groups.len() <= 2 || groups[1..groups.len() - 1].iter().all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_like_a_date_or_an_error_of_a_spreadsheet() {
        for (text, is) in [
            ("23.11.2026", true),
            ("23.11.2026 10:00", true),
            ("2026/11/23T1:00", true),
            ("23.11.2026 5", false),
            ("23.11.2026 at:5", false),
            ("1.2.3", false),
            ("1.2.26", true),
            ("ab.2.26", false),
            ("2026-11", false),
        ] {
            assert_eq!(is_like_date(text), is, "{text}");
        }
        for (text, is) in
            [("#REF!", true), ("#N/A", true), ("###", true), ("#new!", false), ("#NEW", false), ("#", false)]
        {
            assert_eq!(is_spreadsheet_error(text), is, "{text}");
        }
    }

    #[test]
    fn why_it_is_none() {
        for (text, says) in [
            ("2026-02-30", "there is no such day"),
            ("23.11.2026", "in another notation than 2026-11-23"),
            ("2026-1-3", "in another notation than 2026-11-23"),
            ("23.11.2026 10:00", "a date & time in another notation"),
        ] {
            let Notation::Unclear(why) = Notation::of(text) else { panic!("{text}") };
            assert!(why.contains(says), "{text}: {why}");
        }
    }

    #[test]
    fn one_way_of_writing_or_odd() {
        for (text, kind) in [
            ("pro", Kind::String),
            ("true", Kind::Boolean),
            ("TRUE", Kind::Boolean),
            ("False", Kind::Boolean),
            ("5", Kind::Integer),
            ("-5", Kind::Integer),
            ("0", Kind::Integer),
            ("999999999999999", Kind::Integer),
            ("1000000000000000", Kind::String),
            ("02134", Kind::String),
            ("2.50", Kind::Float),
            ("-0.5", Kind::Float),
            ("2026-11-23", Kind::Date),
            ("2026-11-23T10:00:00Z", Kind::Datetime),
            ("+48600100200", Kind::String),
            ("#FFAA00", Kind::String),
            ("#NEW", Kind::String),
            ("1.2.3", Kind::String),
            ("e5", Kind::String),
            ("18+", Kind::String),
            ("$", Kind::String),
            ("(a)", Kind::String),
            ("5 years", Kind::String),
            ("yes", Kind::String),
            ("-", Kind::String),
            ("a, b", Kind::String),
        ] {
            assert_eq!(Notation::of(text), Notation::Canonical(kind), "{text}");
        }
        for odd in [
            "1,5",
            "1.234,56",
            "1 000",
            "1\u{a0}000",
            "1E+06",
            "1e3",
            "+5",
            ".5",
            "5.",
            "-0",
            "5%",
            "12 zł",
            "€ 5",
            "-$5",
            "5 EUR",
            "USD 1,000.50",
            "(5)",
            "5-",
            "#N/A",
            "#REF!",
            "#DIV/0!",
            "#NAZWA?",
            "#####",
            "NULL",
            "NaN",
            "\\N",
            "26-11-23",
            "2026-1-3",
            "2026-02-30",
            "23.11.2026",
            "11/23/2026",
            "2026-11-23 10:00",
            "2026-11-23T10:00:00+01:00",
            "2026-11-23T10:00:00",
            " pro",
            "pro ",
            "caf\u{fffd}",
            "a\nb",
            "PRAWDA",
            "-007",
            "00.5",
            "0.12345678901234567",
            "-9999999999999999",
        ] {
            assert!(matches!(Notation::of(odd), Notation::Unclear(_)), "{odd}: {:?}", Notation::of(odd));
        }
        assert_eq!(Notation::of(" "), Notation::Empty);
    }
}
