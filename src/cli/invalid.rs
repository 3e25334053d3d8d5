//! The library's refusals in the program's words: options as flags, positions as lines of the file.

use usercom::Error;

use crate::flags::OPTIONS;

/// An invalid argument, called as it is on the command line.
pub fn argument(error: Error) -> String {
    match error {
        Error::InvalidArgument { argument, problem } => worded(argument, &problem),
        other => other.to_string(),
    }
}

/// The same; `place` is where in the file an entry of a list came from, such as "ids.csv: line 7".
pub fn entry(error: Error, place: impl Fn(&str, usize) -> Option<String>) -> String {
    let Error::InvalidArgument { argument: list, problem } = error else { return argument(error) };
    let named = find_position(&problem).and_then(|(range, at)| Some((range, place(list, at)?)));
    match named {
        Some((range, place)) => {
            let (before, after) = (problem[..range.start].trim_end(), &problem[range.end..]);
            let before = before.strip_suffix(" at").unwrap_or(before);
            let text = format!("{before}{after}");
            format!("{place}: {}", flags_in(text.trim_start_matches(": ")))
        }
        None => worded(list, &problem),
    }
}

fn worded(argument: &str, problem: &str) -> String {
    let name = if OPTIONS.contains(&argument) { flag(argument) } else { argument.to_owned() };
    format!("{name}: {}", flags_in(problem))
}

fn flag(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

fn flags_in(problem: &str) -> String {
    problem.replace("allow_null", &flag("allow_null"))
}

/// "entry 7 (counted from 0)" or "position 7 (counted from 0)": where it is in the text, and its number.
fn find_position(problem: &str) -> Option<(std::ops::Range<usize>, usize)> {
    const COUNTED: &str = " (counted from 0)";
    let end = problem.find(COUNTED)?;
    let digits = problem[..end].rfind(|c: char| !c.is_ascii_digit())? + 1;
    let start = ["entry ", "position "].iter().find_map(|word| problem[..digits].strip_suffix(word))?.len();
    Some((start..end + COUNTED.len(), problem[digits..end].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_becomes_a_line() {
        let said = |argument, problem: &str| {
            let error = Error::InvalidArgument { argument, problem: problem.to_owned() };
            entry(error, |list, at| (list != "rows").then(|| format!("ids.csv: line {}", at + 2)))
        };
        assert_eq!(
            said("ids", "the id at position 5 (counted from 0) is -1; User.com's ids are above 0"),
            "ids.csv: line 7: the id is -1; User.com's ids are above 0"
        );
        assert_eq!(
            said("values", "entry 5 (counted from 0): null is refused; set allow_null to send it"),
            "ids.csv: line 7: null is refused; set --allow-null to send it"
        );
        assert_eq!(
            said("rows", "entry 5 (counted from 0): is odd"),
            "rows: entry 5 (counted from 0): is odd"
        );
        assert_eq!(said("batch_size", "is outside 1 to 10"), "--batch-size: is outside 1 to 10");
        assert_eq!(said("attribute", "has 0 characters"), "attribute: has 0 characters");
    }
}
