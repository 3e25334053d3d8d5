//! Which columns of a CSV are meant, by the names in its first line.

use csv::StringRecord;
use strsim::jaro_winkler;
use unicode_normalization::UnicodeNormalization;

use crate::words::{is_invisible, shorten};

/// A column that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    /// The option that names another: `--id-column `, `--attribute points=`.
    pub option: String,
}

impl Wanted {
    pub fn new(name: &str, option: &str) -> Wanted {
        Wanted { name: name.to_owned(), option: option.to_owned() }
    }

    /// The option without a value.
    fn option(&self) -> String {
        let option = self.option.trim_end();
        format!("{option}{}", if option.ends_with('=') { "COLUMN" } else { "" })
    }
}

/// Where each wanted column is, or what is wrong with the header.
pub fn find(header: &StringRecord, wanted: &[Wanted]) -> Result<Vec<usize>, String> {
    wanted.iter().map(|column| find_one(header, column)).collect()
}

fn find_one(header: &StringRecord, wanted: &Wanted) -> Result<usize, String> {
    let mut found = (0..header.len()).filter(|at| header[*at].trim() == wanted.name.trim());
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (Some(first), Some(second)) => Err(format!(
            "column \"{}\" is there twice, as columns {} and {}; rename one of them, or choose another with {}",
            wanted.name.escape_debug(),
            first + 1,
            second + 1,
            wanted.option()
        )),
        (None, _) => Err(format!(
            "has no column \"{}\"; its first line names {}; {}",
            wanted.name.escape_debug(),
            names(header),
            hint(header, wanted)
        )),
    }
}

/// The names as they are written, also what can't be seen in them.
fn names(header: &StringRecord) -> String {
    const SHOWN: usize = 20;
    let shown = header.iter().take(SHOWN).map(|name| format!("\"{}\"", shorten(name).escape_debug()));
    let list = shown.collect::<Vec<_>>().join(", ");
    match header.len().saturating_sub(SHOWN) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

fn hint(header: &StringRecord, wanted: &Wanted) -> String {
    let alike = |form: fn(&str) -> String| header.iter().find(|name| form(name) == form(&wanted.name));
    if alike(composed).is_some() {
        return format!(
            "one of them looks the same but is made of other Unicode characters; copy the name from the file into {}",
            wanted.option()
        );
    }
    if let Some(name) = alike(bare).or_else(|| similar(header, &wanted.name)) {
        return format!("did you mean {}\"{}\"?", wanted.option, name.trim().escape_debug());
    }
    if header.iter().any(|name| name.trim().parse::<f64>().is_ok()) {
        return "if that is data, add a line with the names of the columns on top (sqlite3 and mysql print it with \
                -header and --column-names)"
            .to_owned();
    }
    if header.len() == 1 && header[0].contains([':', ' ']) {
        return "if it has several columns, choose their separator with --delimiter".to_owned();
    }
    format!("choose another with {}", wanted.option())
}

/// The name that is most like the wanted one, if it is much like it.
fn similar<'a>(header: &'a StringRecord, wanted: &str) -> Option<&'a str> {
    const ENOUGH: f64 = 0.85;
    let wanted = bare(wanted);
    let rated = header.iter().map(|name| (jaro_winkler(&bare(name), &wanted), name));
    rated.filter(|(likeness, _)| *likeness > ENOUGH).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// In the form in which an accent and its letter are one character.
fn composed(name: &str) -> String {
    name.trim().nfc().collect()
}

/// Without the differences that people overlook: case, compatibility forms, characters that can't be seen.
fn bare(name: &str) -> String {
    let letters = name.nfkc().filter(|c| !is_invisible(*c));
    letters.flat_map(char::to_lowercase).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(header: &[&str], name: &str) -> String {
        let wanted = Wanted::new(name, "--value-column ");
        find(&StringRecord::from(header.to_vec()), &[wanted])
            .map_or_else(|problem| problem, |columns| format!("{}", columns[0]))
    }

    #[test]
    fn a_name_is_found_once_or_refused_with_a_hint() {
        assert_eq!(says(&["id", " plan "], "plan"), "1");
        assert_eq!(says(&["id", "plan", "Plan"], "plan"), "1");
        for (header, name, hint) in [
            (&["id", "plan", "plan"][..], "plan", "\"plan\" is there twice, as columns 2 and 3"),
            (&["id", "Plan"], "plan", "did you mean --value-column \"Plan\"?"),
            (&["id", "\u{feff}plan"], "plan", "did you mean"),
            (&["id", "zaz\u{307}"], "za\u{17c}", "made of other Unicode characters"),
            (&["id", "za\u{17c}"], "zaz\u{307}", "made of other Unicode characters"),
            (&["10", "pro"], "plan", "add a line with the names of the columns"),
            (&["id:plan"], "plan", "choose their separator with --delimiter"),
            (&["id", "palns"], "plans", "did you mean --value-column \"palns\"?"),
            (&["id", "tariff"], "plan", "choose another with --value-column"),
            (&["id", ""], "plan", "its first line names \"id\", \"\";"),
        ] {
            let said = says(header, name);
            assert!(said.contains(hint), "{header:?}: {said}");
        }
        assert!(says(&["x"; 50], "plan").contains("\"x\" and 30 more"));
    }
}
