//! The file of `--failed`: the rows that failed in the form of the input, so that they can be mended and read again. The
//! table does not keep all columns: the input is read once more.

use std::fmt;
use std::io::{self, Write};
use std::iter::Peekable;

use encoding_rs::{Encoding, UTF_8};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{csv_line, no_formula, push_cell};
use crate::input::{Form, RowForm};
use crate::plan::Table;
use crate::run::{Failure, Outcome};

/// The columns that are added. In an input they are those of an earlier run, and left out.
const ADDED: [&str; 2] = ["usercom_state", "usercom_message"];

/// Writes the rows, and the names of the columns if the form has a line for them.
pub fn write(out: &mut dyn Write, table: &Table, outcomes: &[Outcome<'_, '_>]) -> io::Result<()> {
    let failed = |problem: String| io::Error::other(format!("{}: {problem}", table.source.name));
    let mut out = Lines { out: io::BufWriter::new(out), form: table.form };
    let mut failures = Failures::of(outcomes);
    let mut input = table.again.read(&table.source).map_err(failed)?;
    // A workbook and a list are read at once; of the other forms the first line is read.
    let names: Vec<String> = input.rows.names().into_iter().map(str::to_owned).collect();
    let own: Vec<usize> = (0..names.len()).filter(|at| !ADDED.contains(&names[*at].as_str())).collect();
    out.start()?;
    if table.form.rows != RowForm::Ndjson {
        out.separated(own.iter().map(|at| names[*at].as_str()), ADDED)?;
    }
    let mut row = 0;
    while !failures.is_empty() {
        input
            .rows
            .advance()
            .map_err(failed)?
            .ok_or_else(|| failed("has fewer rows than before".to_owned()))?;
        if let Some((state, message)) = failures.of_row(row) {
            let cells = input.rows.cells();
            match table.form.rows {
                RowForm::Ndjson => out.line(&object(cells[0], &state, &message)?)?,
                _ => {
                    out.separated(own.iter().filter_map(|at| cells.get(*at).copied()), [&state, &message])?
                }
            }
        }
        row += 1;
    }
    out.out.flush()
}

struct Lines<W: Write> {
    out: io::BufWriter<W>,
    form: Form,
}

impl<W: Write> Lines<W> {
    fn start(&mut self) -> io::Result<()> {
        let is_marked = self.form.has_mark && self.form.encoding == UTF_8;
        self.out.write_all(if is_marked { b"\xef\xbb\xbf" } else { b"" })
    }

    fn separated<'a>(&mut self, own: impl Iterator<Item = &'a str>, added: [&str; 2]) -> io::Result<()> {
        let mut line;
        match self.form.rows {
            RowForm::Separated(delimiter) => {
                let delimiter = char::from(delimiter);
                line = csv_line(delimiter, own);
                added.iter().for_each(|words| push_cell(&mut line, delimiter, words));
            }
            // Its own cells are as they were written.
            _ => {
                line = own.collect::<Vec<_>>().join("\t");
                for words in added {
                    let words = words.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n");
                    line = format!("{line}\t{}", no_formula(&words));
                }
            }
        }
        self.line(&line)
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        let encoding: &Encoding = self.form.encoding;
        self.out.write_all(&encoding.encode(line).0)?;
        self.out.write_all(b"\n")
    }
}

/// The failures of all jobs, row by row.
struct Failures<'a, I: Iterator<Item = Failure<'a>>> {
    jobs: Vec<(&'a Outcome<'a, 'a>, Peekable<I>)>,
}

impl<'a> Failures<'a, Box<dyn Iterator<Item = Failure<'a>> + 'a>> {
    fn of(outcomes: &'a [Outcome<'a, 'a>]) -> Self {
        let of = |outcome: &'a Outcome<'a, 'a>| {
            let failures: Box<dyn Iterator<Item = Failure<'a>> + 'a> = Box::new(outcome.failures());
            (outcome, failures.peekable())
        };
        Failures { jobs: outcomes.iter().map(of).collect() }
    }
}

impl<'a, I: Iterator<Item = Failure<'a>>> Failures<'a, I> {
    fn is_empty(&mut self) -> bool {
        self.jobs.iter_mut().all(|(_, failures)| failures.peek().is_none())
    }

    /// State and message of a row; of several attributes, the worst state and each message behind its attribute.
    fn of_row(&mut self, row: usize) -> Option<(String, String)> {
        let several = self.jobs.len() > 1;
        let mut states: Vec<&str> = Vec::new();
        let mut messages: Vec<String> = Vec::new();
        for (outcome, failures) in &mut self.jobs {
            let job = outcome.job;
            let Some(failed) = failures.next_if(|failure| job.row(failure.position) == row) else { continue };
            let (state, message) = (failed.failure.state.name(), failed.failure.message);
            states.push(state);
            messages.push(match several {
                true => format!("{}: {state}: {message}", job.attribute),
                false => message.to_owned(),
            });
        }
        let state = states.iter().find(|state| **state == "unknown").or(states.first())?;
        Some(((*state).to_owned(), messages.join("; ")))
    }
}

/// An object with the two keys at its end.
fn object(text: &str, state: &str, message: &str) -> io::Result<String> {
    let Pairs(pairs) = serde_json::from_str(text)?;
    let own = pairs.iter().filter(|(key, _)| !ADDED.contains(&key.as_str()));
    let mut members = Vec::new();
    for (key, value) in own {
        members.push(format!("{}: {}", serde_json::to_string(key)?, value.get()));
    }
    for (key, value) in ADDED.iter().zip([state, message]) {
        members.push(format!("{}: {}", serde_json::to_string(key)?, serde_json::to_string(value)?));
    }
    Ok(format!("{{{}}}", members.join(", ")))
}

/// The members of an object, in their order.
struct Pairs(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Pairs, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Pairs;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Pairs, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_keeps_its_own_members() {
        let text = "{\"id\": 1, \"x\": 1.50, \"usercom_state\": \"rejected\", \"usercom_message\": \"old\"}";
        assert_eq!(
            object(text, "unknown", "a \"b\"").unwrap(),
            "{\"id\": 1, \"x\": 1.50, \"usercom_state\": \"unknown\", \"usercom_message\": \"a \\\"b\\\"\"}"
        );
    }
}
