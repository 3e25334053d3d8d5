//! Ids on the command line: `--ids 10,15,22`.

use super::Rows;
use super::open::{Again, Form, Input};
use super::source::Source;

struct List {
    cells: Vec<String>,
    /// The cell that comes next.
    next: usize,
}

impl Rows for List {
    fn advance(&mut self) -> Result<Option<u64>, String> {
        self.next += 1;
        Ok((self.next <= self.cells.len()).then_some(self.next as u64))
    }

    fn cell(&self, _: usize) -> &str {
        &self.cells[self.next - 1]
    }

    fn names(&self) -> Vec<&str> {
        vec!["id"]
    }

    fn cells(&self) -> Vec<&str> {
        vec![self.cell(0)]
    }
}

/// Whether the text is a list, and not the name of a file.
pub fn is_list(text: &str) -> bool {
    text.contains(',') || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The ids of a list; blanks around them don't count.
pub fn list(text: &str, option: &str) -> Input {
    // A comma at the end makes a list of a single id that looks like a name.
    let text = text.trim().strip_suffix(',').unwrap_or(text);
    let cells = text.split(',').map(|id| id.trim().to_owned()).collect();
    Input {
        source: Source::argument(option),
        format: "a list on the command line".to_owned(),
        place: "entry",
        has_names: false,
        is_json: false,
        form: Form::default(),
        again: Again::List(text.to_owned(), option.to_owned()),
        rows: Box::new(List { cells, next: 0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_on_the_command_line() {
        for (text, is) in [
            ("10,15", true),
            ("10", true),
            ("a,b", true),
            ("10,", true),
            ("", false),
            ("ids.csv", false),
            ("1a", false),
        ] {
            assert_eq!(is_list(text), is, "{text}");
        }
        for (text, ids) in [("10, 15 ,22", &["10", "15", "22"][..]), (" u-1, ", &["u-1"]), ("7", &["7"])] {
            let mut rows = list(text, "--ids").rows;
            assert_eq!(rows.names(), ["id"]);
            for (id, number) in ids.iter().zip(1..) {
                assert_eq!(rows.advance(), Ok(Some(number)));
                assert_eq!((rows.cell(0), rows.cells()), (*id, vec![*id]));
            }
            assert_eq!(rows.advance(), Ok(None));
        }
    }
}
