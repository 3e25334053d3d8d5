//! Remarkable things of a run that didn't change its outcome.

use crate::wire::{Message, Remark};

/// What a run notes once the service has responded with 202.
pub(crate) const QUEUED: &str = "queued: the service responded with 202 and applies the update later";

/// How many responses of different forms are quoted.
const QUOTED: usize = 8;

#[derive(Debug, Default)]
pub(crate) struct Notes {
    lines: Vec<String>,
    queued: bool,
    /// The forms of responses that were quoted already.
    shapes: Vec<String>,
    /// How many responses of further forms there were.
    not_quoted: u64,
    counted: u64,
    /// Of so many that were sent.
    sent: u64,
}

impl Notes {
    pub fn add(&mut self, line: String) {
        self.lines.push(line);
    }

    pub fn remark(&mut self, remark: Remark) {
        match remark {
            Remark::Queued if self.queued => {}
            Remark::Queued => {
                self.queued = true;
                self.add(QUEUED.to_owned());
            }
            Remark::Unfamiliar { shape, message } => self.unfamiliar(shape, &message),
            Remark::Counted { counted, sent } => {
                self.counted += counted.min(sent as u64);
                self.sent += sent as u64;
            }
        }
    }

    fn unfamiliar(&mut self, shape: String, message: &Message) {
        if self.shapes.contains(&shape) {
            return;
        }
        if self.shapes.len() == QUOTED {
            self.not_quoted += 1;
            return;
        }
        self.shapes.push(shape);
        self.add(format!("unfamiliar response, taken as success: {}", message.as_str()));
    }

    /// All of them, at the end of a run.
    pub fn into_lines(mut self) -> Vec<String> {
        if self.not_quoted > 0 {
            self.add(format!(
                "{} more responses of other unfamiliar forms, taken as success",
                self.not_quoted
            ));
        }
        if self.counted < self.sent {
            let (counted, sent) = (self.counted, self.sent);
            self.add(format!(
                "the server counted {counted} of {sent}: it may count only what changed, or have skipped ids that do not \
                 exist"
            ));
        }
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfamiliar(shape: &str, text: &str) -> Remark {
        Remark::Unfamiliar { shape: shape.to_owned(), message: Message::new(text) }
    }

    #[test]
    fn each_form_is_quoted_once_and_counts_are_summed() {
        let mut notes = Notes::default();
        notes.add("first".to_owned());
        for remark in [
            Remark::Queued,
            unfamiliar("a", "[1]"),
            Remark::Queued,
            unfamiliar("a", "[2]"),
            unfamiliar("b", "{}"),
            Remark::Counted { counted: 300, sent: 500 },
            Remark::Counted { counted: 100, sent: 80 },
        ] {
            notes.remark(remark);
        }
        let lines = notes.into_lines();
        assert_eq!(lines.len(), 5, "{lines:?}");
        assert!(lines[2].ends_with("success: [1]") && lines[3].ends_with("success: {}"), "{lines:?}");
        assert!(lines[4].starts_with("the server counted 380 of 580"), "{lines:?}");
    }

    #[test]
    fn a_server_cannot_flood_the_notes() {
        let mut notes = Notes::default();
        (0..100).for_each(|n| notes.remark(unfamiliar(&n.to_string(), "x")));
        notes.remark(Remark::Counted { counted: 500, sent: 500 });
        let lines = notes.into_lines();
        assert_eq!((lines.len(), lines[8].starts_with("92 more")), (9, true), "{lines:?}");
    }
}
