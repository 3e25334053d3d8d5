//! Rows with anything in them that a format can hold.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::Value as Json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Mysql,
    Ndjson,
    Workbook,
}

pub struct Table {
    /// The names of the columns, "id" and "plan" among them.
    pub names: Vec<&'static str>,
    pub rows: Vec<Row>,
}

pub struct Row {
    /// What is written in each column. In NDJSON the JSON text, and nothing if the key is left out.
    pub cells: Vec<String>,
    /// What is read of "id" and "plan".
    pub expected: [String; 2],
}

impl Table {
    pub fn any(u: &mut Unstructured<'_>, format: Format) -> Result<Table> {
        let mut names = vec!["id", "plan"];
        if u.arbitrary()? {
            names.swap(0, 1);
        }
        let more = ["name", "a,b", "x;y", "t\tt", "Plan", "", "id2", "łódź", " padded "];
        for _ in 0..u.int_in_range(0..=3)? {
            let name = *u.choose(&more)?;
            let fits = match format {
                // Other separators than the one in use are looked for in the names.
                Format::Csv => !names.contains(&name),
                Format::Mysql => !name.contains('\t') && !names.contains(&name),
                Format::Ndjson => !names.contains(&name),
                Format::Workbook => !name.is_empty() && !name.contains('\t') && !names.contains(&name),
            };
            if fits {
                names.insert(u.int_in_range(0..=names.len())?, name);
            }
        }
        // The second letter of the file tells UTF-16.
        if !["id", "plan", "name"].contains(&names[0]) {
            names.swap(0, 1);
        }
        if !["id", "plan", "name"].contains(&names[0]) {
            names.retain(|name| ["id", "plan"].contains(name));
        }
        let n = u.int_in_range(1..=6)?;
        let rows = (0..n).map(|_| Row::any(u, format, &names)).collect::<Result<_>>()?;
        Ok(Table { names, rows })
    }
}

impl Row {
    fn any(u: &mut Unstructured<'_>, format: Format, names: &[&str]) -> Result<Row> {
        let mut cells = Vec::new();
        let mut expected = [String::new(), String::new()];
        for name in names {
            let cell = match *name {
                "id" => id(u, format)?,
                _ if format == Format::Ndjson => json(u)?,
                _ => text(u, format)?,
            };
            let read = if format == Format::Ndjson && cell == "null" { String::new() } else { cell.clone() };
            match *name {
                "id" => expected[0] = read,
                "plan" => expected[1] = read,
                _ => {}
            }
            cells.push(cell);
        }
        Ok(Row { cells, expected })
    }
}

fn id(u: &mut Unstructured<'_>, format: Format) -> Result<String> {
    let number = u.int_in_range(1..=99_999_999)?.to_string();
    let own = ["u-1", "anna@example.com", "a b", "000123", "\u{142}"];
    let id = if u.ratio(1, 4)? { (*u.choose(&own)?).to_owned() } else { number };
    Ok(match format {
        Format::Ndjson if id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0') => id,
        Format::Ndjson => Json::from(id).to_string(),
        _ => id,
    })
}

/// What a cell can be, also the longest and the strangest.
fn text(u: &mut Unstructured<'_>, format: Format) -> Result<String> {
    let odd = [
        "",
        "pro",
        "NULL",
        "a,b",
        "a;b",
        "a|b",
        "\"",
        "\"\"",
        "a\"b",
        " a ",
        "\\",
        "a\\nb",
        "\\t",
        "null",
        "true",
        "-1.5",
        "#N/A",
        "\u{feff}",
        "\u{200b}x",
        "e\u{301}",
        "\u{1F600}",
        "=1+1",
        "--",
        "{",
        "<b>&amp;</b>",
        "id",
        "plan",
        "sep=,",
    ];
    let lines = ["a\nb", "\n", "a\r\nb", "\r", "\r\n\r\n", "a\tb", "\t"];
    let text = match u.int_in_range(0..=9)? {
        0..=4 => (*u.choose(&odd)?).to_owned(),
        5 => (*u.choose(&lines)?).to_owned(),
        6 | 7 => u.arbitrary::<&str>()?.to_owned(),
        8 => "\u{142}ab".repeat(u.int_in_range(0..=30)?),
        // Longer than what is read at a time.
        _ if u.ratio(1, 16)? => "x\u{20ac}y".repeat(u.int_in_range(10_000..=30_000)?),
        _ => u.int_in_range(0..=1_000_000)?.to_string(),
    };
    Ok(match format {
        // No text has a NUL byte.
        Format::Csv => text.replace('\0', ""),
        // It is not told from an empty cell, nor a carriage return from the end of the line.
        Format::Mysql if text == "NULL" => String::new(),
        Format::Mysql => text.trim_end_matches('\r').to_owned(),
        // What XML has, in the form in which Excel reads it.
        _ => text
            .chars()
            .filter(|c| {
                *c >= ' ' && !matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' | '_')
                    || "\t\n".contains(*c)
            })
            .collect(),
    })
}

/// A value with blanks where JSON allows them.
fn json(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=6)? {
        0 => "null".to_owned(),
        1 => u.arbitrary::<bool>()?.to_string(),
        2 => (*u.choose(&["0", "-0", "5.0", "1e3", "12345678901234567890", "-1.5E-7"])?).to_owned(),
        3 => (*u.choose(&[
            "[1, \"x\"]",
            "{}",
            "{\"id\": 7, \"plan\": null}",
            "[[], {}]",
            "{\"a\":[\"\\n\"]}",
        ])?)
        .to_owned(),
        4 => "\"\\u0142\\uD83D\\uDE00\\/\\\"\"".to_owned(),
        _ => Json::from(text(u, Format::Csv)?).to_string(),
    })
}
