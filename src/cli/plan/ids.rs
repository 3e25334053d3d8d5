//! The ids of a job. An id is taken only if it is written as the service writes it: anything else may be somebody else.

use crate::plan::notation::is_spreadsheet_error;
use crate::words::{is_invisible, shorten};

/// The ids in the order of the file.
pub enum Ids {
    Numeric(Vec<i64>),
    Custom(Vec<String>),
}

impl Ids {
    pub fn len(&self) -> usize {
        match self {
            Ids::Numeric(ids) => ids.len(),
            Ids::Custom(ids) => ids.len(),
        }
    }

    /// The id at `position`, as text.
    pub fn text(&self, position: usize) -> String {
        match self {
            Ids::Numeric(ids) => ids[position].to_string(),
            Ids::Custom(ids) => ids[position].clone(),
        }
    }
}

/// One of User.com's ids, or what is wrong with the text.
pub fn numeric(text: &str) -> Result<i64, String> {
    // Digits only, the first of them above 0: the one way in which it is written.
    let is_canonical = text.starts_with(|first: char| matches!(first, '1'..='9'))
        && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = if is_canonical { text.parse().ok() } else { None };
    id.ok_or_else(|| {
        if text.trim().is_empty() {
            return "has no id; add it, or remove the line".to_owned();
        }
        let why = match text.trim() {
            id if id != text => "; there are blanks around it: remove them".to_owned(),
            id if id.bytes().all(|b| b.is_ascii_digit()) && id.len() > 18 => {
                "; it is larger than they can be".to_owned()
            }
            id if id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit()) => {
                format!("; without its zeros it would be user {}", id.trim_start_matches('0'))
            }
            id if id.contains(['e', 'E', '.', ',']) && id.starts_with(|c: char| c.is_ascii_digit()) => {
                "; if a spreadsheet wrote it, format the column as whole numbers and save again".to_owned()
            }
            _ => String::new(),
        };
        format!(
            "\"{}\" is not one of User.com's ids, which are whole numbers above 0{why}; for ids of your own give \
             --custom-ids",
            shorten(text).escape_debug()
        )
    })
}

/// One of the customer's ids, or what is wrong with the text.
pub fn custom(text: &str) -> Result<String, String> {
    let problem = if text.trim().is_empty() {
        return Err("has no id; add it, or remove the line".to_owned());
    } else if text.len() > 1024 {
        "is longer than 1,024 bytes"
    } else if text.trim() != text {
        "has blanks around it; remove them"
    } else if text.contains(is_invisible) {
        "has a line break or a character in it that can't be seen; remove it"
    } else if text.contains('\u{fffd}') {
        "has lost characters in an earlier conversion; export the file again as UTF-8"
    } else if is_spreadsheet_error(text) {
        "is a spreadsheet's error, not an id; repair the cell, or remove the line"
    } else if is_rounded(text) {
        "is a number that a spreadsheet has rounded; format the column as text and export it again"
    } else {
        return Ok(text.to_owned());
    };
    Err(format!("the id \"{}\" {problem}", shorten(text).escape_debug()))
}

/// Such as 1.23457E+11: what spreadsheets make of long numbers. The other digits are lost.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    whole.len() == 1 && digits(whole) && digits(fraction) && exponent.strip_prefix('+').is_some_and(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_id_is_written_in_one_way() {
        assert_eq!(numeric("1"), Ok(1));
        assert_eq!(numeric("9223372036854775807"), Ok(i64::MAX));
        for (bad, says) in [
            ("", "has no id"),
            (" ", "has no id"),
            ("000123", "without its zeros it would be user 123; for ids of your own give --custom-ids"),
            ("0", "without its zeros"),
            ("000000000000000123", "without its zeros it would be user 123"),
            ("-5", "--custom-ids"),
            ("+5", "--custom-ids"),
            (" 5", "blanks around it"),
            ("5\u{a0}", "blanks around it"),
            ("12.0", "if a spreadsheet wrote it"),
            ("1E+06", "if a spreadsheet wrote it"),
            ("12,345", "if a spreadsheet wrote it"),
            ("9223372036854775808", "larger than they can be"),
            ("\u{665}", "--custom-ids"),
            ("\u{feff}5", "\"\\u{feff}5\" is not one of User.com's ids"),
            ("anna@example.com", "above 0; for ids of your own give --custom-ids"),
            ("0x1234567890123456789", "above 0; for ids"),
            ("e5", "above 0; for ids"),
            ("5a", "above 0; for ids"),
        ] {
            let problem = numeric(bad).unwrap_err();
            assert!(problem.contains(says), "{bad:?}: {problem}");
        }
    }

    #[test]
    fn a_custom_id_is_text_without_accidents() {
        for good in [
            "000123",
            "u-1",
            "1E+06x",
            "anna@example.com",
            "a b",
            "MTIz",
            "-5",
            "12.0",
            "\u{1F600}",
            "aE+05",
            "12E+05",
            "1.xE+05",
        ] {
            assert_eq!(custom(good).as_deref(), Ok(good));
        }
        for bad in ["", "  ", " u-1", "u\n1", "u\u{200b}", "#N/A", "1.23457E+11", "1E+06", "caf\u{fffd}"] {
            assert!(custom(bad).is_err(), "{bad:?}");
        }
        assert!(custom(&"x".repeat(1024)).is_ok() && custom(&"x".repeat(1025)).is_err());
    }
}
