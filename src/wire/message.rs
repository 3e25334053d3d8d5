//! Text that is safe to show, whoever wrote it.

/// A message of a server or of this library, made safe to show: at most 256 characters, none of which can move a
/// cursor or hide text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Message(Box<str>);

impl Message {
    const MAX: usize = 256;

    pub fn new(text: &str) -> Message {
        let mut safe = String::new();
        let mut length = 0;
        for c in text.trim().chars() {
            let start = safe.len();
            // Quotes and backslashes are harmless, and escaping them makes JSON unreadable.
            if "\"'\\".contains(c) {
                safe.push(c)
            } else {
                safe.extend(c.escape_debug())
            }
            length += safe[start..].chars().count();
            if length > Message::MAX - 1 {
                safe.truncate(start);
                safe.push('…');
                break;
            }
        }
        Message(safe.into())
    }

    /// The text itself.
    pub fn into_text(self) -> Box<str> {
        self.0
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_safe_to_show() {
        assert_eq!(Message::new(" a\r\nb\u{1b}[31m\u{202e}x ").as_str(), "a\\r\\nb\\u{1b}[31m\\u{202e}x");
        let long = Message::new(&"\0".repeat(10_000));
        assert!(long.as_str().chars().count() <= 256 && long.as_str().ends_with('…'));
    }
}
