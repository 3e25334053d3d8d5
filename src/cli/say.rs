//! Messages on standard error. Nobody may be there to read them, which is no reason to stop or to panic.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes one message in one piece.
pub fn say(message: impl Display) {
    let _ = io::stderr().write_all(format!("usercom: {message}\n").as_bytes());
}

/// The same without the end of the line: an answer follows.
pub fn prompt(question: impl Display) {
    let _ = io::stderr().write_all(format!("usercom: {question}").as_bytes());
}
