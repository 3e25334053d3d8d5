//! From the texts of a column to values of one type. Where the type is not given and not clear, nothing is sent.

use std::collections::HashMap;

use usercom::Value;

use crate::input::header::shorten;
use crate::input::table::Table;
use crate::plan::kind::Kind;
use crate::plan::notation::Notation;

/// What to do with rows that have no value
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Empty {
    /// Leave those ids as they are
    Skip,
    /// Send an empty string
    Send,
}

/// The type of all values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    pub kind: Kind,
    /// Whether it was inferred, and not given.
    pub inferred: bool,
}

/// The distinct values of a column, and which each row has.
pub struct Values {
    pub kind: Type,
    pub distinct: Vec<Value>,
    /// The position, among the rows that are sent, at which each of them comes first.
    pub firsts: Vec<usize>,
    /// One for each row that is sent.
    pub index: Vec<u32>,
    /// The rows that are sent.
    pub rows: Vec<usize>,
    /// How many rows had no value.
    pub empty: usize,
}

impl Values {
    /// The values of a column; `name` is what the column is called.
    pub fn of(
        table: &Table,
        column: &[String],
        name: &str,
        given: Kind,
        empty: Option<Empty>,
    ) -> Result<Values, String> {
        let is_empty = |text: &str| text.trim().is_empty();
        let empty_rows: Vec<usize> = (0..column.len()).filter(|row| is_empty(&column[*row])).collect();
        if let (Some(first), None) = (empty_rows.first(), empty) {
            return Err(format!(
                "{}: has no value in the column \"{}\", {}; --empty skip leaves such ids as they are, --empty send \
                 sends an empty text",
                table.place(*first),
                name.escape_debug(),
                match empty_rows.len() {
                    1 => "the only such line".to_owned(),
                    n => format!("the first of {n} such lines"),
                },
            ));
        }
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let (mut rows, mut index, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
        for (row, text) in column.iter().enumerate() {
            let text = if is_empty(text) { "" } else { text };
            if text.is_empty() && empty == Some(Empty::Skip) {
                continue;
            }
            index.push(*numbers.entry(text).or_insert_with(|| {
                firsts.push(rows.len());
                firsts.len() as u32 - 1
            }));
            rows.push(row);
        }
        // Each distinct text once, with the row in which it comes first.
        let texts = || firsts.iter().map(|first| (rows[*first], column[rows[*first]].as_str()));
        let kind = match given {
            Kind::Auto => Type { kind: infer(texts(), |row| table.place(row))?, inferred: true },
            kind => Type { kind, inferred: false },
        };
        let value = |(row, text)| match text {
            text if is_empty(text) => Ok(Value::from("")),
            text => kind.kind.value(text).map_err(|problem| format!("{}: {problem}", table.place(row))),
        };
        let distinct = texts().map(value).collect::<Result<_, _>>()?;
        Ok(Values { kind, distinct, firsts, index, rows, empty: empty_rows.len() })
    }
}

/// The type of one value that was given on the command line.
pub fn type_of(text: &str, given: Kind) -> Result<Type, String> {
    match (given, Notation::of(text)) {
        (Kind::Auto, Notation::Empty) => {
            Err("value: is empty; if that is meant, give --type string".to_owned())
        }
        (Kind::Auto, _) => {
            let kind = infer(std::iter::once((0, text)), |_| "value".to_owned())?;
            Ok(Type { kind, inferred: true })
        }
        (kind, _) => Ok(Type { kind, inferred: false }),
    }
}

/// The type that all `texts` are written like, each with its row.
fn infer<'a>(
    texts: impl Iterator<Item = (usize, &'a str)>,
    place: impl Fn(usize) -> String,
) -> Result<Kind, String> {
    let mut found: Option<(Kind, usize, &str)> = None;
    for (row, text) in texts {
        let kind = match Notation::of(text) {
            Notation::Canonical(kind) => kind,
            Notation::Empty => continue,
            Notation::Unclear(why) => {
                return Err(format!(
                    "{}: \"{}\" {why}; repair it, or give --type: --type string sends it as it is",
                    place(row),
                    shorten(text).escape_debug()
                ));
            }
        };
        found = Some(match found {
            None => (kind, row, text),
            Some(first) if first.0 == kind => first,
            Some((Kind::Integer | Kind::Float, row, text)) if matches!(kind, Kind::Integer | Kind::Float) => {
                (Kind::Float, row, text)
            }
            Some((other, first, before)) => {
                return Err(format!(
                    "{}: \"{}\" looks like {}, and \"{}\" ({}) like {}; choose one type for all with --type, such as \
                     --type string",
                    place(row),
                    shorten(text).escape_debug(),
                    described(kind, text),
                    shorten(before).escape_debug(),
                    place(first),
                    described(other, before),
                ));
            }
        });
    }
    Ok(found.map_or(Kind::String, |(kind, ..)| kind))
}

fn described(kind: Kind, text: &str) -> &'static str {
    match kind {
        Kind::Boolean => "a boolean",
        Kind::Integer => "an integer",
        Kind::Float => "a number with a fraction",
        Kind::Date => "a date",
        Kind::Datetime => "a date & time",
        _ if text.bytes().all(|b| b.is_ascii_digit()) => "a code of digits",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(texts: &[&str]) -> Result<Kind, String> {
        infer(texts.iter().copied().enumerate(), |row| format!("line {row}"))
    }

    #[test]
    fn a_column_has_the_type_that_all_of_it_is_written_in() {
        for (texts, kind) in [
            (&["true", "FALSE"][..], Kind::Boolean),
            (&["1", "-5", "0"], Kind::Integer),
            (&["1", "2.50"], Kind::Float),
            (&["2.50", "1"], Kind::Float),
            (&["007", "abc"], Kind::String),
            (&["99999999999999999999"], Kind::String),
            (&["2026-11-23"], Kind::Date),
            (&["2026-11-23T10:00:00Z"], Kind::Datetime),
            (&["pro", ""], Kind::String),
            (&[""], Kind::String),
            (&[], Kind::String),
        ] {
            assert_eq!(inferred(texts), Ok(kind), "{texts:?}");
        }
    }

    #[test]
    fn a_column_of_several_types_is_refused() {
        for texts in [
            &["90210", "02134"][..],
            &["1", "x"],
            &["x", "1"],
            &["true", "1"],
            &["true", "maybe"],
            &["1", "12345678901234567890123456"],
            &["2026-11-23", "soon"],
            &["2026-11-23", "2026-11-23T10:00:00Z"],
            &["1.5", "true"],
        ] {
            let problem = inferred(texts).unwrap_err();
            assert!(problem.starts_with("line 1: ") && problem.contains("--type"), "{texts:?}: {problem}");
        }
        assert!(inferred(&["1", "1,5"]).unwrap_err().contains("line 1: \"1,5\" looks like a number"));
    }
}
