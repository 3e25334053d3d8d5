//! What separates the cells of a line.

/// A separator: any visible ASCII character that is no letter, digit or quote, or a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    pub const COMMA: Delimiter = Delimiter(b',');
    pub const TAB: Delimiter = Delimiter(b'\t');
    /// Those that are looked for, in this order.
    pub const USUAL: [Delimiter; 4] = [Delimiter::COMMA, Delimiter(b';'), Delimiter::TAB, Delimiter(b'|')];

    pub fn byte(self) -> u8 {
        self.0
    }

    /// What it is called in a message: "comma-separated".
    pub fn name(self) -> String {
        match self.0 {
            b',' => "comma".to_owned(),
            b';' => "semicolon".to_owned(),
            b'\t' => "tab".to_owned(),
            b'|' => "pipe".to_owned(),
            other => format!("\"{}\"", char::from(other)),
        }
    }

    /// The value of `--delimiter`.
    pub fn parse(text: &str) -> Result<Delimiter, &'static str> {
        let byte = match text {
            "comma" => b',',
            "semicolon" => b';',
            "tab" | "\t" | "\\t" => b'\t',
            "pipe" => b'|',
            _ => match text.as_bytes() {
                [byte] if byte.is_ascii_punctuation() && !b"\"'".contains(byte) => *byte,
                _ => {
                    return Err(
                        "use , or ; or tab or | (in quotes: a shell ends the command at a bare semicolon)",
                    );
                }
            },
        };
        Ok(Delimiter(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name_and_by_sign() {
        for (delimiter, name) in Delimiter::USUAL.into_iter().zip(["comma", "semicolon", "tab", "pipe"]) {
            assert_eq!(delimiter.name(), name);
            assert_eq!(Delimiter::parse(name), Ok(delimiter));
            assert_eq!(Delimiter::parse(&char::from(delimiter.byte()).to_string()), Ok(delimiter));
        }
        assert_eq!(Delimiter::parse("\\t"), Ok(Delimiter::TAB));
        assert_eq!(Delimiter::parse("~").map(Delimiter::name).as_deref(), Ok("\"~\""));
        for bad in ["", "a", "5", "\"", "'", " ", ",,", "é"] {
            assert!(Delimiter::parse(bad).is_err(), "{bad}");
        }
    }
}
