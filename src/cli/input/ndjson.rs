//! Rows of NDJSON: an object a line, its keys are the columns, its values keep their JSON types.

use std::fmt;
use std::io::{BufReader, Read};

use csv::StringRecord;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::header::{self, Wanted};
use super::{Rows, read_line};

pub struct NdjsonRows<R> {
    lines: BufReader<R>,
    line: u64,
    text: String,
    wanted: Vec<Wanted>,
    /// The JSON text of each wanted key; empty for null and for a key that is not there.
    cells: Vec<String>,
    /// Whether each wanted key was ever there.
    found: Vec<bool>,
    /// Keys of the first objects, for a message.
    keys: Vec<String>,
}

impl<R: Read> NdjsonRows<R> {
    pub fn new(text: R, wanted: &[Wanted]) -> NdjsonRows<R> {
        NdjsonRows {
            lines: BufReader::with_capacity(64 * 1024, text),
            line: 0,
            text: String::new(),
            wanted: wanted.to_vec(),
            cells: vec![String::new(); wanted.len()],
            found: vec![false; wanted.len()],
            keys: Vec::new(),
        }
    }

    /// A key that no object has is a wrong name, and not a column without values.
    fn end(&self) -> Result<Option<u64>, String> {
        if self.line == 0 {
            return Err("is empty; put at least one object into it".to_owned());
        }
        match self.found.iter().position(|found| !found) {
            Some(missing) => {
                let keys = StringRecord::from(self.keys.clone());
                header::find(&keys, &self.wanted[missing..=missing], "its objects name").map(|_| None)
            }
            _ => Ok(None),
        }
    }
}

impl<R: Read> Rows for NdjsonRows<R> {
    fn advance(&mut self) -> Result<Option<u64>, String> {
        loop {
            if !read_line(&mut self.lines, &mut self.text, self.line + 1)? {
                return self.end();
            }
            self.line += 1;
            if !self.text.trim().is_empty() {
                break;
            }
        }
        self.cells.iter_mut().for_each(String::clear);
        let mut parser = serde_json::Deserializer::from_str(&self.text);
        let object = Object {
            wanted: &self.wanted,
            cells: &mut self.cells,
            found: &mut self.found,
            keys: &mut self.keys,
        };
        let line = self.line;
        parser.deserialize_map(object).and_then(|()| parser.end()).map_err(|error| {
            let text = error.to_string();
            let (problem, place) = text.rsplit_once(" at line 1 ").unwrap_or((&text, ""));
            format!(
                "line {line}: is not one JSON object: {problem}{}{place}",
                if place.is_empty() { "" } else { ", " }
            )
        })?;
        Ok(Some(self.line))
    }

    fn cell(&self, wanted: usize) -> &str {
        &self.cells[wanted]
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn cells(&self) -> Vec<&str> {
        vec![self.text.trim()]
    }
}

/// Keeps what is wanted of an object.
struct Object<'a> {
    wanted: &'a [Wanted],
    cells: &'a mut [String],
    found: &'a mut [bool],
    keys: &'a mut Vec<String>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object such as {\"id\": 1, \"plan\": \"pro\"}")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        const KEYS: usize = 50;
        let mut taken = vec![false; self.wanted.len()];
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let value: &RawValue = map.next_value()?;
            if self.keys.len() < KEYS && !self.keys.iter().any(|known| *known == key) {
                self.keys.push(key.to_string());
            }
            for (at, _) in self.wanted.iter().enumerate().filter(|(_, wanted)| wanted.name == key) {
                if std::mem::replace(&mut taken[at], true) {
                    return Err(M::Error::custom(format_args!(
                        "the key \"{}\" is there twice",
                        key.escape_debug()
                    )));
                }
                self.found[at] = true;
                if value.get() != "null" {
                    self.cells[at].push_str(value.get());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::LONGEST;

    #[test]
    fn values_keep_their_types() {
        let text = "{\"id\": 1, \"v\": \"5\"}\n\n{\"v\": 5.0, \"id\": 2, \"x\": [1]}\r\n{\"id\": 3, \"v\": null}\n{\"id\": 4}\n";
        let wanted = [Wanted::new("id", ""), Wanted::new("v", "")];
        let mut rows = NdjsonRows::new(text.as_bytes(), &wanted);
        for (line, id, value) in [(1, "1", "\"5\""), (3, "2", "5.0"), (4, "3", ""), (5, "4", "")] {
            assert_eq!(rows.advance(), Ok(Some(line)));
            assert_eq!((rows.cell(0), rows.cell(1)), (id, value));
        }
        assert_eq!(rows.advance(), Ok(None));
        assert!(rows.names().is_empty(), "each object names its own");
        assert!(rows.long_cells().is_empty(), "each is on one line");
        let keys: Vec<String> = (1..=60).map(|n| format!("\"k{n}\": {n}")).collect();
        let long = format!("{{\"id\": 1}}\n{}", "x".repeat(LONGEST as usize + 1));
        let many = format!("{{{}}}\n{{\"id\": 1}}\n", keys.join(", "));
        for (text, says) in [
            ("{\"id\": 1}\n{\"id\": }\n", "line 2: is not one JSON object: expected value"),
            ("", "is empty"),
            ("[1]\n", "line 1: is not one JSON object: invalid type: sequence, expected an object such as {"),
            ("{\"id\": 1, \"id\": 2}\n", "the key \"id\" is there twice"),
            ("{\"id\": 1} {\"id\": 2}\n", "line 1: is not one JSON object: trailing characters"),
            ("{\"id\": 1, \"w\": 2}\n", "has no column \"v\"; its objects name \"id\", \"w\""),
            ("{\"id\": 1, \"w\": 2}\n{\"w\": 3}\n", "name \"id\", \"w\";"),
            // Of fifty keys twenty are shown.
            (&many, " and 30 more;"),
            (&long, "line 2: is longer than"),
        ] {
            let mut rows = NdjsonRows::new(text.as_bytes(), &wanted);
            let problem = loop {
                match rows.advance() {
                    Ok(Some(_)) => {}
                    other => break other.unwrap_err(),
                }
            };
            assert!(problem.contains(says), "{text}: {problem}");
        }
    }
}
