//! Questions on the terminal.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};

use crate::say;

/// Where a person can answer.
pub struct Terminal(Answers);

enum Answers {
    StandardInput,
    /// The terminal of the process, when the standard input is the file.
    Controlling(File),
}

impl Terminal {
    /// The terminal, if somebody is there to read questions and to answer.
    pub fn open(reads_standard_input: bool) -> Option<Terminal> {
        if !io::stderr().is_terminal() {
            return None;
        }
        if !reads_standard_input {
            return io::stdin().is_terminal().then_some(Terminal(Answers::StandardInput));
        }
        let controlling = if cfg!(unix) { File::open("/dev/tty").ok() } else { None };
        controlling.map(|file| Terminal(Answers::Controlling(file)))
    }
}

/// Whether the answer is yes. The end of the input is no.
pub fn confirm(terminal: &Terminal, question: &str) -> Result<bool, String> {
    say::prompt(format_args!("{question} [y/N] "));
    let mut answer = String::new();
    let read = match &terminal.0 {
        Answers::StandardInput => io::stdin().lock().read_line(&mut answer),
        Answers::Controlling(file) => BufReader::new(file).read_line(&mut answer),
    };
    read.map_err(|error| format!("can't read the answer: {error}"))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
