//! `--attribute points=score:int`: which column an attribute is set from, and the type.

use clap::ValueEnum;

use crate::plan::kind::Kind;

/// An attribute, and where its values come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub attribute: String,
    /// The column, if it has another name than the attribute.
    pub column: Option<String>,
    pub kind: Option<Kind>,
}

/// ATTRIBUTE, ATTRIBUTE=COLUMN, ATTRIBUTE:TYPE or ATTRIBUTE=COLUMN:TYPE. A backslash before = or : makes it a part of the
/// name.
pub fn parse(text: &str) -> Result<Mapping, String> {
    let (names, kind) = match find(text, ':', true) {
        Some(at) => (&text[..at], Some(kind(&text[at + 1..])?)),
        None => (text, None),
    };
    let (attribute, column) = match find(names, '=', false) {
        Some(at) => (&names[..at], Some(unescape(&names[at + 1..]))),
        None => (names, None),
    };
    if column.as_deref().is_some_and(|column| column.trim().is_empty()) {
        return Err("names no column after the =; write ATTRIBUTE=COLUMN".to_owned());
    }
    Ok(Mapping { attribute: self::attribute(&unescape(attribute))?, column, kind })
}

/// The same for a command that has one value for all ids.
pub fn parse_without_column(text: &str) -> Result<Mapping, String> {
    match parse(text)? {
        Mapping { column: Some(_), .. } => {
            Err("names a column, but one value is set; usercom apply sets those of a \
                                                column; write \\= if the = is part of the name"
                .to_owned())
        }
        mapping => Ok(mapping),
    }
}

/// The name of an attribute. With blanks around it, it would be another attribute, perhaps a new one.
pub fn attribute(text: &str) -> Result<String, String> {
    if text.trim() == text {
        Ok(text.to_owned())
    } else {
        Err("has blanks around it; remove them".to_owned())
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::from_str(name, true).map_err(|_| {
        let names: Vec<&str> = Kind::value_variants().iter().map(|kind| kind.name()).collect();
        format!(
            "\"{}\" after the colon is no type; types are {}; write \\: if the colon is part of the name",
            name.escape_debug(),
            names.join(", ")
        )
    })
}

/// The first or last `sign` without a backslash before it.
fn find(text: &str, sign: char, last: bool) -> Option<usize> {
    let plain = |at: &usize| !text[..*at].ends_with('\\');
    let mut found = text.match_indices(sign).map(|(at, _)| at).filter(plain);
    if last { found.next_back() } else { found.next() }
}

fn unescape(name: &str) -> String {
    name.replace("\\:", ":").replace("\\=", "=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_column_and_type() {
        for (text, attribute, column, kind) in [
            ("plan", "plan", None, None),
            ("points=score", "points", Some("score"), None),
            ("points=score:int", "points", Some("score"), Some(Kind::Integer)),
            ("points:float", "points", None, Some(Kind::Float)),
            ("points=a=b:text", "points", Some("a=b"), Some(Kind::String)),
            ("a\\:b=c\\:d:Date", "a:b", Some("c:d"), Some(Kind::Date)),
            ("a\\=b", "a=b", None, None),
        ] {
            let mapping =
                Mapping { attribute: attribute.to_owned(), column: column.map(str::to_owned), kind };
            assert_eq!(parse(text), Ok(mapping), "{text}");
        }
        for (text, says) in [
            ("points=score:integr", "\"integr\" after the colon is no type; types are auto, string"),
            ("points=", "names no column"),
            (" plan", "blanks around it"),
            ("plan =x", "blanks around it"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(says), "{text}: {problem}");
        }
        assert_eq!(parse_without_column("a\\=b:int").map(|mapping| mapping.attribute), Ok("a=b".to_owned()));
        assert!(parse_without_column("a=b").unwrap_err().contains("usercom apply"));
    }
}
