//! The table of docs/conformance.md: every case of tests/conformance, and the languages that run it.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::Generated;
use super::values::shown;

/// As in the cases, in the order of the table. A driver for each is in tests/conformance.
pub const LANGUAGES: [&str; 7] = ["rust", "c", "cpp", "python", "php", "node", "program"];

pub fn files(root: &Path) -> io::Result<Vec<Generated>> {
    let mut table = format!("| case | {} |\n|---|", LANGUAGES.map(shown).join(" | "));
    table += &"---|".repeat(LANGUAGES.len());
    table.push('\n');
    let (mut reasons, mut counts, mut total) = (Vec::new(), [0; LANGUAGES.len()], 0);
    for (file, group) in [("values.json", "value: "), ("arguments.json", ""), ("runs.json", "")] {
        let path = root.join("tests/conformance").join(file);
        let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(path)?)?;
        for case in &cases {
            total += 1;
            let mut cells = vec![format!("{group}{}", case["name"].as_str().unwrap_or_default())];
            for (language, count) in LANGUAGES.iter().zip(&mut counts) {
                cells.push(match case["not_in"][language].as_str() {
                    None => {
                        *count += 1;
                        "✓".into()
                    }
                    Some(why) => note(&mut reasons, why),
                });
            }
            table += &format!("| {} |\n", cells.join(" | "));
        }
    }
    let counts = counts.map(|count| count.to_string()).join(" | ");
    table += &format!("| **{total} cases** | {counts} |\n\n");
    for (at, why) in reasons.iter().enumerate() {
        table += &format!("{}. {why}\n", at + 1);
    }
    Ok(vec![Generated::regions(root, "docs/conformance.md", &[("conformance", table)])?])
}

/// The number of a reason in the list below the table.
fn note(reasons: &mut Vec<String>, why: &str) -> String {
    let at = reasons.iter().position(|known| known == why).unwrap_or_else(|| {
        reasons.push(why.to_owned());
        reasons.len() - 1
    });
    (at + 1).to_string()
}
