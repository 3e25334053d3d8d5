//! Messages on standard error. Nobody may be there to read them, which is no reason to stop or to panic.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;

/// The bar that is shown. A message would be torn by it, and it by the message.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// From now on messages are written above this bar, or there is none any more.
pub fn above(bar: Option<ProgressBar>) {
    *BAR.lock().unwrap_or_else(PoisonError::into_inner) = bar;
}

fn write(text: &str) {
    let write = || drop(io::stderr().write_all(text.as_bytes()));
    match &*BAR.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Writes one message in one piece.
pub fn say(message: impl Display) {
    write(&format!("usercom: {message}\n"));
}

/// The same without the end of the line: an answer follows.
pub fn prompt(question: impl Display) {
    write(&format!("usercom: {question}"));
}
