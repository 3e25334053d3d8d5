//! INDEX.md holds nothing that isn't there: each test that it names exists, and those below `tests/` name their rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::support::process::ROOT;

type Rows = BTreeMap<String, BTreeSet<usize>>;

/// The text of all sources below a folder.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = entries.map(|path| match path.extension().and_then(|name| name.to_str()) {
        _ if path.is_dir() => sources(&path),
        Some("rs" | "c" | "py") => fs::read_to_string(path).unwrap(),
        _ => String::new(),
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The rows of each test, and how many rows there are.
fn index() -> (Rows, usize) {
    let mut rows = Rows::new();
    let lines = include_str!("INDEX.md").lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    for (row, line) in (1..).zip(lines.clone()) {
        let [number, _, _, tests] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert_eq!(number, row.to_string(), "rows are in order");
        for name in tests.split('`').skip(1).step_by(2) {
            rows.entry(name.to_owned()).or_default().insert(row);
        }
        assert!(tests.contains('`'), "row {row} has no test");
    }
    (rows, lines.count())
}

/// What the comments of tests say: `/// Rows 8, 9: …`, or `/// Row 8.`
fn commented(tests: &str) -> Rows {
    let mut rows = Rows::new();
    let mut numbers = BTreeSet::new();
    for line in tests.lines() {
        if let Some(text) = line.strip_prefix("/// Row") {
            let text = text.trim_start_matches('s');
            let end = text.find(|c: char| !c.is_ascii_digit() && c != ',' && c != ' ').unwrap_or(text.len());
            numbers = text[..end].split(',').filter_map(|number| number.trim().parse().ok()).collect();
        } else if let Some(name) = line.strip_prefix("fn ").and_then(|line| line.split('(').next()) {
            let numbers = std::mem::take(&mut numbers);
            if !numbers.is_empty() {
                rows.insert(name.to_owned(), numbers);
            }
        }
    }
    rows
}

#[test]
fn every_row_has_its_tests() {
    let (index, rows) = index();
    assert_eq!(rows, 102);
    let folder = |name: &str| sources(&Path::new(ROOT).join(name));
    let (tests, bindings) = (folder("tests"), folder("bindings"));
    let others = folder("src") + &bindings;
    let mut expected = commented(&tests);
    for (name, rows) in index {
        let is_test = |text: &str| {
            let functions =
                ["fn ", "static void ", "static int ", "def "].map(|word| format!("{word}{name}("));
            functions.iter().any(|function| text.contains(function))
        };
        match expected.remove(&name) {
            Some(commented) => {
                assert_eq!(commented, rows, "the rows of {name} in its comment and in INDEX.md")
            }
            None if name.contains('/') => assert!(Path::new(ROOT).join(&name).exists(), "{name} is missing"),
            None => {
                assert!(!is_test(&tests), "{name} does not name rows {rows:?} in its comment");
                assert!(is_test(&others), "{name} is nowhere");
            }
        }
    }
    assert!(expected.is_empty(), "not in INDEX.md: {expected:?}");
}
