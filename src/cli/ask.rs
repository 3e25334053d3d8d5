//! Questions on the terminal.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

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

/// The same, unless `given_up` becomes true meanwhile, which is no. The thread that reads ends with the program.
pub fn confirm_unless(
    terminal: &Arc<Terminal>,
    question: &str,
    given_up: impl Fn() -> bool,
) -> Result<bool, String> {
    const STEP: Duration = Duration::from_millis(50);
    let (answered, answer) = mpsc::channel();
    let (terminal, question) = (terminal.clone(), question.to_owned());
    thread::spawn(move || drop(answered.send(confirm(&terminal, &question))));
    loop {
        match answer.recv_timeout(STEP) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Timeout) if !given_up() => {}
            Err(_) => return Ok(false),
        }
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
