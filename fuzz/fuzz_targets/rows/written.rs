//! A table as a text or as a workbook.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::Value as Json;
use zip::CompressionMethod;

use crate::cells::Table;
use crate::workbook;

pub struct Written {
    pub bytes: Vec<u8>,
    /// With which it is read.
    pub options: Vec<String>,
    /// Where each row begins.
    pub lines: Vec<u64>,
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The line that comes after a text.
fn line_after(text: &str) -> u64 {
    let ends = text.replace("\r\n", "\n");
    1 + ends.chars().filter(|c| matches!(c, '\n' | '\r')).count() as u64
}

pub fn csv(u: &mut Unstructured<'_>, table: &Table) -> Result<Written> {
    let delimiter = *u.choose(&[',', ',', ';', '\t', '|'])?;
    let given = delimiter.to_string();
    let options = match delimiter {
        // Without it a backslash between tabs is taken for mysql's.
        '\t' => words(&["--format", "tsv"]),
        _ if u.arbitrary()? => words(&["--delimiter", &given]),
        _ if u.arbitrary()? => words(&["--format", "csv"]),
        _ => Vec::new(),
    };
    let ends = ["\n", "\r\n", "\r"];
    let (end, mixed, quotes) = (*u.choose(&ends)?, u.ratio(1, 8)?, u.int_in_range(0..=2)?);
    let (mut text, mut lines) = (String::new(), Vec::new());
    let names: Vec<String> = table.names.iter().map(|name| (*name).to_owned()).collect();
    let rows = std::iter::once(&names).chain(table.rows.iter().map(|row| &row.cells));
    let last = table.rows.len();
    for (number, row) in rows.enumerate() {
        if number > 0 {
            lines.push(line_after(&text));
        }
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                text.push(delimiter);
            }
            let must = cell.contains([delimiter, '"', '\r', '\n']);
            if must || quotes == 1 || (quotes == 2 && u.arbitrary()?) {
                text.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
            } else {
                text.push_str(cell);
            }
        }
        let end = if mixed { u.choose(&ends)? } else { end };
        if number < last || u.arbitrary()? {
            text.push_str(end);
            if u.ratio(1, 8)? {
                text.push_str(end);
            }
        }
    }
    Ok(Written { bytes: text.into_bytes(), options, lines })
}

pub fn mysql(u: &mut Unstructured<'_>, table: &Table) -> Result<Written> {
    let end = *u.choose(&["\n", "\r\n"])?;
    let (mut text, mut lines) = (table.names.join("\t"), Vec::new());
    for row in &table.rows {
        text.push_str(end);
        lines.push(2 + lines.len() as u64);
        for (at, cell) in row.cells.iter().enumerate() {
            if at > 0 {
                text.push('\t');
            }
            if cell.is_empty() && u.arbitrary()? {
                text.push_str("NULL");
            }
            for c in cell.chars() {
                match c {
                    '\n' => text.push_str("\\n"),
                    '\t' => text.push_str("\\t"),
                    '\0' => text.push_str("\\0"),
                    '\\' => text.push_str("\\\\"),
                    other => text.push(other),
                }
            }
        }
    }
    if u.arbitrary()? {
        text.push_str(end);
    }
    Ok(Written { bytes: text.into_bytes(), options: words(&["--format", "mysql"]), lines })
}

pub fn ndjson(u: &mut Unstructured<'_>, table: &Table) -> Result<Written> {
    let blanks = ["", "", " ", "\t", "  "];
    let end = *u.choose(&["\n", "\r\n"])?;
    let (mut text, mut lines) = (String::new(), Vec::new());
    for row in &table.rows {
        if !lines.is_empty() && u.ratio(1, 8)? {
            text.push_str(end);
        }
        lines.push(line_after(&text.replace('\r', "")));
        let mut fields: Vec<(String, &str)> = Vec::new();
        for (name, cell) in table.names.iter().zip(&row.cells) {
            // The first object has all keys.
            if cell == "null" && lines.len() > 1 && u.arbitrary()? {
                continue;
            }
            let name = match u.ratio(1, 8)? {
                true => {
                    format!("\"{}\"", name.encode_utf16().map(|c| format!("\\u{c:04X}")).collect::<String>())
                }
                false => Json::from(*name).to_string(),
            };
            fields.insert(u.int_in_range(0..=fields.len())?, (name, cell));
        }
        text.push('{');
        for (at, (name, cell)) in fields.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let (a, b, c) = (u.choose(&blanks)?, u.choose(&blanks)?, u.choose(&blanks)?);
            // A blank after the bracket hides that the first letter is a quote.
            let a = if text == "{" { "" } else { a };
            text.push_str(&format!("{comma}{a}{name}{b}:{c}{cell}{a}"));
        }
        text.push('}');
        text.push_str(end);
    }
    if u.arbitrary()? {
        text.truncate(text.len() - end.len());
    }
    let options = if u.arbitrary()? { words(&["--format", "ndjson"]) } else { Vec::new() };
    Ok(Written { bytes: text.into_bytes(), options, lines })
}

pub fn workbook(u: &mut Unstructured<'_>, table: &Table) -> Result<Written> {
    let (mut sheet, mut strings, mut n_strings) = (String::new(), String::new(), 0);
    let (mut row_number, mut lines) = (u.int_in_range(1..=3)?, Vec::new());
    let names: Vec<String> = table.names.iter().map(|name| (*name).to_owned()).collect();
    let rows = std::iter::once(&names).chain(table.rows.iter().map(|row| &row.cells));
    for (number, row) in rows.enumerate() {
        if number > 0 {
            row_number += u.int_in_range(1..=2)?;
            lines.push(row_number);
        }
        sheet.push_str(&format!("<row r=\"{row_number}\">"));
        for (at, cell) in row.iter().enumerate() {
            let place = format!("{}{row_number}", char::from(b'B' + at as u8));
            let text = format!("<t xml:space=\"preserve\">{}</t>", escaped(cell));
            let is_number =
                cell.len() < 15 && cell.bytes().all(|byte| byte.is_ascii_digit()) && !cell.starts_with('0');
            sheet.push_str(&match u.int_in_range(0..=2)? {
                _ if cell.is_empty() && u.arbitrary()? => String::new(),
                0 if is_number && !cell.is_empty() => format!("<c r=\"{place}\"><v>{cell}</v></c>"),
                1 => format!("<c r=\"{place}\" t=\"inlineStr\"><is>{text}</is></c>"),
                _ => {
                    strings.push_str(&format!("<si>{text}</si>"));
                    n_strings += 1;
                    format!("<c r=\"{place}\" t=\"s\"><v>{}</v></c>", n_strings - 1)
                }
            });
        }
        sheet.push_str("</row>");
    }
    let method = if u.arbitrary()? { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    Ok(Written { bytes: workbook::of(&sheet, &strings, method), options: Vec::new(), lines })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
