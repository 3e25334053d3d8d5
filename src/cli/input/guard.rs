//! Whether the quotes of a CSV are those of RFC 4180, and on which line each record begins. A reader that forgives would
//! turn a missing quote into other rows.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

use super::{LONGEST, TOO_LONG};

/// What the guard knows of the text that has passed.
#[derive(Default)]
pub struct Seen {
    /// The lines on which records begin that nobody has asked for yet.
    pub records: VecDeque<u64>,
    /// The lines on which quoted cells begin that span several.
    pub long_cells: Vec<u64>,
}

/// Passes a text on, and fails at a quote in the wrong place.
pub struct Guard<R> {
    text: R,
    delimiter: u8,
    state: State,
    /// Counted from 1.
    line: u64,
    after_carriage_return: bool,
    /// The line on which the quote opened.
    opened: u64,
    /// How much of the record has passed, and the line on which it begins.
    length: u64,
    begins: u64,
    seen: Rc<RefCell<Seen>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    RecordStart,
    CellStart,
    Plain,
    Quoted,
    AfterQuote,
}

impl<R: Read> Guard<R> {
    pub fn new(text: R, delimiter: u8) -> (Guard<R>, Rc<RefCell<Seen>>) {
        let seen = Rc::<RefCell<Seen>>::default();
        let guard = Guard {
            text,
            delimiter,
            state: State::RecordStart,
            line: 1,
            after_carriage_return: false,
            opened: 0,
            length: 0,
            begins: 0,
            seen: seen.clone(),
        };
        (guard, seen)
    }

    fn check(&mut self, text: &[u8]) -> Result<(), String> {
        let seen = &mut *self.seen.borrow_mut();
        for byte in text.iter().copied() {
            let ends_line = byte == b'\n' || byte == b'\r';
            if self.state == State::RecordStart && !ends_line {
                seen.records.push_back(self.line);
                self.state = State::CellStart;
                (self.length, self.begins) = (0, self.line);
            }
            if self.state != State::RecordStart {
                self.length += 1;
                if self.length > LONGEST {
                    return Err(format!("line {}: {TOO_LONG}", self.begins));
                }
            }
            self.state = match (self.state, byte) {
                (State::CellStart, b'"') => {
                    self.opened = self.line;
                    State::Quoted
                }
                (State::Quoted, b'"') => State::AfterQuote,
                (State::AfterQuote, b'"') => State::Quoted,
                (State::Quoted, _) => {
                    if ends_line && seen.long_cells.last() != Some(&self.opened) {
                        seen.long_cells.push(self.opened);
                    }
                    State::Quoted
                }
                _ if ends_line => State::RecordStart,
                _ if byte == self.delimiter => State::CellStart,
                (State::AfterQuote, _) => {
                    return Err(format!(
                        "line {}: a cell opens with a quote here and has more text after the closing one; a quote \
                         within a cell is written twice, and nothing but a separator may follow the closing quote",
                        self.opened
                    ));
                }
                (State::Plain, b'"') => {
                    return Err(format!(
                        "line {}: has a quote in a cell that does not begin with one; put the whole cell into quotes \
                         and write the quote within it twice",
                        self.line
                    ));
                }
                _ => State::Plain,
            };
            // A line ends with a line feed, a carriage return, or both.
            if byte == b'\r' || (byte == b'\n' && !self.after_carriage_return) {
                self.line += 1;
            }
            self.after_carriage_return = byte == b'\r';
        }
        Ok(())
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.text.read(buffer)?;
        if n == 0 && self.state == State::Quoted {
            return Err(io::Error::other(format!(
                "line {}: a quote opens here and is never closed; close it at the end of its cell",
                self.opened
            )));
        }
        self.check(&buffer[..n]).map_err(io::Error::other)?;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of records and of long cells; the same however the text arrives.
    fn lines(text: &str, delimiter: u8) -> Result<(Vec<u64>, Vec<u64>), String> {
        let read = |size: usize| {
            let (mut guard, seen) = Guard::new(text.as_bytes(), delimiter);
            let mut buffer = vec![0; size];
            while guard.read(&mut buffer).map_err(|error| error.to_string())? > 0 {}
            let seen = seen.take();
            Ok((seen.records.into(), seen.long_cells))
        };
        let whole = read(4096);
        assert_eq!(read(1), whole, "{text:?}");
        whole
    }

    #[test]
    fn quotes_as_in_rfc_4180() {
        for (good, long) in [
            ("", vec![]),
            ("a,b\n\"\",\"\"\"\"\n", vec![]),
            ("\"a\",\"b, c\"\r\n\"1\",\"2\"", vec![]),
            ("a\n\"x\r\ny\nz\",\n", vec![2]),
        ] {
            assert_eq!(lines(good, b',').map(|(_, long)| long), Ok(long), "{good:?}");
        }
        for (bad, at) in [
            ("10,basic\n15,\"pro\n22,basic\n", "line 2: a quote opens"),
            ("1,\"pro\" \n", "line 1: a cell opens"),
            ("1,\"pro\"x,\"y\"\n", "line 1: a cell opens"),
            ("1,\"a\n2,\"b\"\n", "line 1: a cell opens"),
            ("1,5\" pipe\n", "line 1: has a quote"),
            ("\r\n1, \"pro\"\n", "line 2: has a quote"),
            ("1,\"\"\"", "line 1: a quote opens"),
            ("\"", "line 1: a quote opens"),
            ("1;\"a\";2", "line 1: has a quote"),
        ] {
            let problem = lines(bad, b',').unwrap_err();
            assert!(bad == "1;\"a\";2" || problem.starts_with(at), "{bad:?}: {problem}");
        }
        assert!(lines("1;\"a,\";2", b';').is_ok());
    }

    #[test]
    fn a_record_has_an_end() {
        for (start, says) in [("id\n1\n", "line 3: is longer"), ("\"\n", "line 1: is longer")] {
            let endless = start.as_bytes().chain(io::repeat(b'x'));
            let problem = Guard::new(endless, b',').0.read_to_end(&mut Vec::new()).unwrap_err();
            assert!(problem.to_string().starts_with(says), "{problem}");
        }
        for (length, fits) in [(LONGEST, true), (LONGEST + 1, false)] {
            let text = "id\n".as_bytes().chain(io::repeat(b'x').take(length - 1)).chain(&b"\n1\n"[..]);
            assert_eq!(Guard::new(text, b',').0.read_to_end(&mut Vec::new()).is_ok(), fits, "{length}");
        }
        let blank = io::repeat(b'\n').take(2 * LONGEST);
        assert!(Guard::new(blank, b',').0.read_to_end(&mut Vec::new()).is_ok());
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!(lines("a\nb\r\nc\rd\n\n\r\ne", b',').map(|(records, _)| records), Ok(vec![1, 2, 3, 4, 7]));
        assert_eq!(lines("\n\"a\n\",b\nc", b',').map(|(records, _)| records), Ok(vec![2, 4]));
    }
}
