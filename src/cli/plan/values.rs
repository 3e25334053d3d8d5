//! From the texts of a column to values of one type. Where the type is not given and not clear, nothing is sent.

use std::borrow::Cow;

use usercom::Value;

use crate::plan::kind::Kind;
use crate::plan::notation::Notation;
use crate::plan::table;
use crate::words::shorten;

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

/// How texts are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub kind: Kind,
    /// Whether a comma is a decimal point.
    pub decimal_comma: bool,
    /// Whether texts are JSON, with types of their own.
    pub is_json: bool,
}

/// The values of distinct texts, each with its row; `place` says where a row's cell is.
pub fn many<'a>(
    texts: impl Iterator<Item = (&'a str, u32)> + Clone,
    reading: Reading,
    place: impl Fn(u32) -> String,
) -> Result<(Type, Vec<Value>), String> {
    let (kind, values) = each(texts.clone(), reading, &place)?;
    let named = values
        .into_iter()
        .zip(texts)
        .map(|(value, (_, row))| value.map_err(|problem| format!("{}: {problem}", place(row))));
    Ok((kind, named.collect::<Result<_, _>>()?))
}

/// The same with what is wrong with each text, if they can have one type.
pub fn each<'a>(
    texts: impl Iterator<Item = (&'a str, u32)> + Clone,
    reading: Reading,
    place: impl Fn(u32) -> String,
) -> Result<(Type, Vec<Result<Value, String>>), String> {
    let kind = match reading.kind {
        Kind::Auto if reading.is_json => Type { kind: infer_json(texts.clone(), &place)?, inferred: false },
        Kind::Auto => {
            let plain = texts.clone().map(|(text, row)| (reading.with_point(text), row));
            Type { kind: infer(plain, &place)?, inferred: true }
        }
        kind => Type { kind, inferred: false },
    };
    let value = |(text, _)| match reading.kind {
        // As written: the type is the text's own.
        Kind::Auto if reading.is_json => Kind::Json.value(text),
        Kind::Json => Kind::Json.value(text),
        _ if reading.is_json => kind.kind.value(table::unquoted(text).as_deref().unwrap_or(text)),
        _ if kind.kind == Kind::String => kind.kind.value(text),
        _ => kind.kind.value(&reading.with_point(text)),
    };
    Ok((kind, texts.map(value).collect()))
}

/// One value that was given on the command line.
pub fn one(text: &str, reading: Reading) -> Result<(Type, Value), String> {
    if reading.kind == Kind::Auto && Notation::of(text) == Notation::Empty {
        return Err("value: is empty; if that is meant, give --type string".to_owned());
    }
    let kind = match reading.kind {
        Kind::Auto => {
            let plain = std::iter::once((reading.with_point(text), 0));
            Type { kind: infer(plain, |_| "value".to_owned())?, inferred: true }
        }
        kind => Type { kind, inferred: false },
    };
    let plain = if kind.kind == Kind::String { Cow::Borrowed(text) } else { reading.with_point(text) };
    Ok((kind, kind.kind.value(&plain)?))
}

impl Reading {
    /// A number with a point in the place of its comma. Its points become commas, so that 1.500 and 1.234,56, which can
    /// be read in two ways, stay numbers that are written in another way.
    fn with_point(self, text: &str) -> Cow<'_, str> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"-.,".contains(&byte));
        let points = text.bytes().filter(|byte| *byte == b'.').count();
        if !self.decimal_comma || !is_number || (points != 1 && !text.contains(',')) {
            return Cow::Borrowed(text);
        }
        let swapped = text.chars().map(|character| match character {
            '.' => ',',
            ',' => '.',
            other => other,
        });
        Cow::Owned(swapped.collect())
    }
}

/// The type that JSON values have; an error if they differ.
fn infer_json<'a>(
    texts: impl Iterator<Item = (&'a str, u32)>,
    place: impl Fn(u32) -> String,
) -> Result<Kind, String> {
    let mut found: Option<(Kind, u32)> = None;
    for (text, row) in texts {
        let kind = match text.as_bytes().first() {
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'{' | b'[') => Kind::Json,
            _ if text.contains(['.', 'e', 'E']) => Kind::Float,
            _ => Kind::Integer,
        };
        let is_number = |kind| matches!(kind, Kind::Integer | Kind::Float);
        found = Some(match found {
            None => (kind, row),
            Some(first) if first.0 == kind => first,
            Some((other, first)) if is_number(kind) && is_number(other) => (Kind::Float, first),
            Some((other, first)) => {
                return Err(format!(
                    "{}: {} is of the type {}, and the value on {} of the type {}; choose one type for all with \
                     --type, or --type json to send each as it is",
                    place(row),
                    shorten(text).escape_debug(),
                    kind.name(),
                    place(first),
                    other.name(),
                ));
            }
        });
    }
    Ok(found.map_or(Kind::String, |(kind, _)| kind))
}

/// The type that all `texts` are written like, each with its row.
fn infer<'a>(
    texts: impl Iterator<Item = (Cow<'a, str>, u32)>,
    place: impl Fn(u32) -> String,
) -> Result<Kind, String> {
    let mut found: Option<(Kind, u32, Cow<'a, str>)> = None;
    for (text, row) in texts {
        let kind = match Notation::of(&text) {
            Notation::Canonical(kind) => kind,
            Notation::Empty => continue,
            Notation::Unclear(why) => {
                return Err(format!(
                    "{}: \"{}\" {why}; repair it, or give --type: --type string sends it as it is",
                    place(row),
                    shorten(&text).escape_debug()
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
                    shorten(&text).escape_debug(),
                    described(kind, &text),
                    shorten(&before).escape_debug(),
                    place(first),
                    described(other, &before),
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
        infer(texts.iter().map(|text| Cow::Borrowed(*text)).zip(0..), |row| format!("line {row}"))
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
    fn values_of_json_have_one_type() {
        let inferred =
            |texts: &[&'static str]| infer_json(texts.iter().copied().zip(0..), |row| format!("line {row}"));
        for (texts, kind) in [
            (&["\"a\"", "\"1\""][..], Kind::String),
            (&["true", "false"], Kind::Boolean),
            (&["{}", "[1]"], Kind::Json),
            (&["1", "2"], Kind::Integer),
            (&["1", "2.5"], Kind::Float),
            (&["1e3", "1"], Kind::Float),
            (&[], Kind::String),
        ] {
            assert_eq!(inferred(texts), Ok(kind), "{texts:?}");
        }
        for texts in [["1", "\"1\""], ["true", "1"], ["{}", "1"], ["2.5", "\"a\""]] {
            assert!(inferred(&texts).unwrap_err().starts_with("line 1: "), "{texts:?}");
        }
    }

    /// Each as it is written, whatever type all of them have.
    #[test]
    fn values_of_json_stay_as_they_are() {
        let reading = Reading { kind: Kind::Auto, decimal_comma: false, is_json: true };
        for (texts, kind) in [(["1e3", "2.50"], Kind::Float), (["\"\\u00e9\"", "\"1\""], Kind::String)] {
            let (found, values) =
                many(texts.into_iter().zip(0..), reading, |row| format!("line {row}")).unwrap();
            assert_eq!(found.kind, kind);
            for (value, text) in values.iter().zip(texts) {
                assert!(matches!(value, Value::Json(json) if json.get() == text), "{text}: {value:?}");
            }
        }
    }

    #[test]
    fn a_type_in_words() {
        for (kind, text, words) in [
            (Kind::Boolean, "true", "a boolean"),
            (Kind::Integer, "1", "an integer"),
            (Kind::Float, "1.5", "a number with a fraction"),
            (Kind::Date, "2026-11-23", "a date"),
            (Kind::Datetime, "2026-11-23T10:00:00Z", "a date & time"),
            (Kind::String, "02134", "a code of digits"),
            (Kind::String, "0x", "text"),
        ] {
            assert_eq!(described(kind, text), words);
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
