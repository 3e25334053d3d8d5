//! What separates the cells of a line.

/// A separator that `--delimiter` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    #[default]
    Comma,
    Semicolon,
    Tab,
}

impl Delimiter {
    pub const ALL: [Delimiter; 3] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab];

    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
        }
    }

    /// What it is called in a message.
    pub fn name(self) -> &'static str {
        match self {
            Delimiter::Comma => "comma",
            Delimiter::Semicolon => "semicolon",
            Delimiter::Tab => "tab",
        }
    }

    /// The option that chooses it, as a shell takes it.
    pub fn option(self) -> &'static str {
        match self {
            Delimiter::Comma => "--delimiter ,",
            Delimiter::Semicolon => "--delimiter ';'",
            Delimiter::Tab => "--delimiter tab",
        }
    }

    /// The value of `--delimiter`.
    pub fn parse(text: &str) -> Result<Delimiter, &'static str> {
        match text {
            "," | "comma" => Ok(Delimiter::Comma),
            ";" | "semicolon" => Ok(Delimiter::Semicolon),
            "\t" | "\\t" | "tab" => Ok(Delimiter::Tab),
            _ => Err("use , or ; or tab (in quotes: a shell ends the command at a bare semicolon)"),
        }
    }
}
