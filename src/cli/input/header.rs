//! Which columns are meant, by their names: those of the first line, of an object, or of `--columns`.

use csv::StringRecord;
use strsim::jaro_winkler;
use unicode_normalization::UnicodeNormalization;

use crate::words::{counted, is_invisible, shorten};

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

/// The value of `--columns`: the names of a file whose first line has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(StringRecord);

impl Columns {
    /// Separated by commas, in quotes where a name has one. A column that is not used needs no name.
    pub fn parse(text: &str) -> Result<Columns, &'static str> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut lines = reader.records();
        match (lines.next(), lines.next()) {
            (Some(Ok(names)), None) if names.iter().any(|name| !name.trim().is_empty()) => Ok(Columns(names)),
            _ => Err("names no columns; write them like id,plan"),
        }
    }

    pub fn names(&self) -> &StringRecord {
        &self.0
    }

    /// Whether a first line has these names all the same, as in a file of `--failed`, where more follow.
    pub fn are_in(&self, first: &StringRecord) -> bool {
        first.len() >= self.0.len() && self.0.iter().zip(first).all(|(name, cell)| name.trim() == cell.trim())
    }

    /// What is said of a first line with another number of cells.
    pub fn do_not_fit(&self, found: usize) -> String {
        format!("line 1: has {}, and --columns names {}", counted(found, "column"), self.0.len())
    }

    pub fn find(&self, wanted: &[Wanted]) -> Result<Vec<usize>, String> {
        find(&self.0, wanted, "--columns names")
    }
}

/// What has the names, for a message.
pub const FIRST_LINE: &str = "its first line names";

/// Where each wanted column is, or what is wrong with the names.
pub fn find(header: &StringRecord, wanted: &[Wanted], who_names: &str) -> Result<Vec<usize>, String> {
    let find =
        |column| find_one(header, column).map_err(|problem| problem.in_words(header, wanted, who_names));
    wanted.iter().map(find).collect()
}

/// Why a column was not found.
enum Problem<'a> {
    Twice(&'a Wanted, usize, usize),
    Missing(&'a Wanted),
}

fn find_one<'a>(header: &StringRecord, wanted: &'a Wanted) -> Result<usize, Problem<'a>> {
    let mut found = (0..header.len()).filter(|at| header[*at].trim() == wanted.name.trim());
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (Some(first), Some(second)) => Err(Problem::Twice(wanted, first, second)),
        (None, _) => Err(Problem::Missing(wanted)),
    }
}

impl Problem<'_> {
    fn in_words(self, header: &StringRecord, all: &[Wanted], who_names: &str) -> String {
        match self {
            Problem::Twice(wanted, first, second) => format!(
                "column \"{}\" is there twice, as columns {} and {}; rename one of them, or choose another with {}",
                wanted.name.escape_debug(),
                first + 1,
                second + 1,
                wanted.option()
            ),
            Problem::Missing(wanted) => format!(
                "has no column \"{}\"; {who_names} {}; {}",
                wanted.name.escape_debug(),
                names(header),
                hint(header, wanted, all)
            ),
        }
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

fn hint(header: &StringRecord, wanted: &Wanted, all: &[Wanted]) -> String {
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
        let names = all.iter().map(|one| one.name.trim()).collect::<Vec<_>>().join(",");
        let more = if header.len() > all.len() { ",…" } else { "" };
        return format!(
            "if that is data, name its columns, as in --columns {names}{more} (sqlite3 prints the names with -header)"
        );
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
        find(&StringRecord::from(header.to_vec()), &[wanted], FIRST_LINE)
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
            (&["10", "pro"], "plan", "if that is data, name its columns, as in --columns plan,… (sqlite3"),
            (&["id:plan"], "plan", "choose their separator with --delimiter"),
            (&["id", "palns"], "plans", "did you mean --value-column \"palns\"?"),
            (&["id", "tariff"], "plan", "choose another with --value-column"),
            (&["a:b", "x"], "plan", "choose another with --value-column"),
            (&["x"], "plan", "choose another with --value-column"),
            (&["id", ""], "plan", "its first line names \"id\", \"\";"),
        ] {
            let said = says(header, name);
            assert!(said.contains(hint), "{header:?}: {said}");
        }
        let both = [Wanted::new("id", ""), Wanted::new("plan", "")];
        let said = find(&StringRecord::from(vec!["10", "pro"]), &both, FIRST_LINE).unwrap_err();
        assert!(said.contains("as in --columns id,plan (sqlite3"), "{said}");
        assert!(says(&["x"; 50], "plan").contains("\"x\" and 30 more"));
    }

    #[test]
    fn names_that_are_given() {
        let names = |text: &str| {
            Columns::parse(text).map(|columns| columns.0.iter().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(names("id,plan"), Ok(vec!["id".to_owned(), "plan".to_owned()]));
        assert_eq!(names("id,\"a,b\","), Ok(vec!["id".to_owned(), "a,b".to_owned(), String::new()]));
        for bad in ["", ",", " , ", "id\nplan"] {
            assert!(names(bad).is_err(), "{bad:?}");
        }
        let columns = Columns::parse("id,plan").unwrap();
        for (first, are_in) in [
            (&["id", "plan"][..], true),
            (&["id", " plan", "usercom_state"], true),
            (&["id"], false),
            (&["plan", "id"], false),
            (&["10", "pro"], false),
        ] {
            assert_eq!(columns.are_in(&StringRecord::from(first.to_vec())), are_in, "{first:?}");
        }
    }
}
