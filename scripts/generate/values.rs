//! The table of docs/values.md, from the cases that every language runs.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::Generated;

pub fn files(root: &Path) -> io::Result<Vec<Generated>> {
    let cases: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(root.join("tests/conformance/values.json"))?)?;
    let mut table = String::from("| type | value | sent | |\n|---|---|---|---|\n");
    for case in &cases {
        table.push_str(&row(case));
    }
    Ok(vec![Generated::regions(root, "docs/values.md", &[("values", table)])?])
}

fn row(case: &Value) -> String {
    let text = |key: &str| case[key].as_str();
    let value = match &case["value"] {
        Value::String(value) => code(value),
        Value::Null => String::new(),
        other => code(&other.to_string()),
    };
    let sent = text("sent").map_or("invalid".into(), code);
    let name = text("name").unwrap_or_default();
    let languages = case["not_in"].as_object().into_iter().flatten();
    let without: Vec<String> = languages
        .map(|(language, why)| format!("{}: {}", shown(language), why.as_str().unwrap_or_default()))
        .collect();
    let without =
        if without.is_empty() { String::new() } else { format!(" (not in {})", without.join("; not in ")) };
    format!("| {} | {value} | {sent} | {name}{without} |\n", text("type").unwrap_or_default())
}

/// What a language is called.
pub fn shown(language: &str) -> &str {
    match language {
        "rust" => "Rust",
        "c" => "C",
        "cpp" => "C++",
        "node" => "Node.js",
        "python" => "Python",
        "php" => "PHP",
        "program" => "the program",
        other => other,
    }
}

/// What can't be seen, and what Markdown would take for its own, as an escape.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::from("(empty)");
    }
    let shown: String = text
        .chars()
        .map(|c| match c {
            '\u{200d}' | '\u{2028}' | '\u{2029}' => c.escape_unicode().to_string(),
            c if c.is_control() => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect();
    format!("`{shown}`")
}
