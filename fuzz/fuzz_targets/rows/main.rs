//! Rows that are written in a format of the program, with any quotes, encoding, line ends and compression: what is read
//! are these rows, each with its line. A file that is cut is refused, and never read as a shorter one.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program has more than is read here")]

mod cells;
#[path = "../../../src/cli/input/mod.rs"]
mod input;
#[path = "../input/reading.rs"]
mod reading;
#[path = "../../../src/cli/words.rs"]
mod words;
#[path = "../input/workbook.rs"]
mod workbook;
mod written;

use std::io::Write;

use cells::{Format, Table};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1250};
use input::Wanted;
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use reading::read;
use written::Written;

fuzz_target!(|bytes: &[u8]| {
    let _ = play(&mut Unstructured::new(bytes));
});

fn play(u: &mut Unstructured<'_>) -> Result<()> {
    let format = *u.choose(&[
        Format::Csv,
        Format::Csv,
        Format::Mysql,
        Format::Ndjson,
        Format::Ndjson,
        Format::Workbook,
    ])?;
    let table = Table::any(u, format)?;
    let Written { bytes: plain, mut options, lines } = match format {
        Format::Csv => written::csv(u, &table)?,
        Format::Mysql => written::mysql(u, &table)?,
        Format::Ndjson => written::ndjson(u, &table)?,
        Format::Workbook => written::workbook(u, &table)?,
    };
    let mut cut_at_odd = false;
    let plain = match format {
        Format::Workbook => plain,
        _ => {
            let text = String::from_utf8(plain).expect("a text");
            encoded(u, &text, &mut options, &mut cut_at_odd)?
        }
    };
    let (file, whole) = packed(u, &plain)?;
    let wanted = [Wanted::new("id", "--id-column "), Wanted::new("plan", "--value-column ")];
    let expected: Vec<(u64, Vec<String>)> =
        lines.into_iter().zip(&table.rows).map(|(line, row)| (line, row.expected.to_vec())).collect();
    let found = read(&file, &options, &wanted);
    let shown =
        || format!("{format:?} {options:?} {:?}", String::from_utf8_lossy(&plain[..plain.len().min(2000)]));
    assert_eq!(found.as_ref(), Ok(&expected), "{}", shown());

    let is_packed = file != plain;
    if is_packed || format == Format::Workbook {
        let end = u.int_in_range(0..=file.len() - 1)?;
        // Nobody can tell whether another part followed.
        if !whole.contains(&end) {
            let cut = read(&file[..end], &options, &wanted);
            assert!(cut.is_err(), "cut at {end} of {}: {cut:?}; {}", file.len(), shown());
        }
    } else if cut_at_odd && plain.len() > 8 {
        let end = u.int_in_range(4..=plain.len() / 2 - 1)? * 2 - 1;
        let cut = read(&plain[..end], &options, &wanted);
        assert!(cut.is_err(), "cut at {end} of {}: {cut:?}; {}", plain.len(), shown());
    }
    Ok(())
}

/// The text in an encoding that has all of it.
fn encoded(
    u: &mut Unstructured<'_>,
    text: &str,
    options: &mut Vec<String>,
    wide: &mut bool,
) -> Result<Vec<u8>> {
    let mut give = |name: &str| options.extend(["--encoding".to_owned(), name.to_owned()]);
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let marked = format!("\u{feff}{text}");
    Ok(match u.int_in_range(0..=9)? {
        0..=2 => text.as_bytes().to_vec(),
        3 => marked.into_bytes(),
        how @ (4 | 5) => {
            *wide = true;
            let text = if u.arbitrary()? { &marked } else { text };
            if how == 4 { big(text) } else { little(text) }
        }
        how @ (6 | 7) => {
            *wide = true;
            give(if how == 6 { UTF_16BE.name() } else { UTF_16LE.name() });
            if how == 6 { big(text) } else { little(text) }
        }
        8 => {
            give("utf-8");
            text.as_bytes().to_vec()
        }
        _ => match WINDOWS_1250.encode(text) {
            (bytes, _, false) => {
                give("windows-1250");
                bytes.into_owned()
            }
            _ => text.as_bytes().to_vec(),
        },
    })
}

/// Packed in one or several parts that follow each other, and where each of them ends.
fn packed(u: &mut Unstructured<'_>, plain: &[u8]) -> Result<(Vec<u8>, Vec<usize>)> {
    let how = u.int_in_range(0..=3)?;
    if how < 2 {
        return Ok((plain.to_vec(), Vec::new()));
    }
    let (mut file, mut ends, mut rest) = (Vec::new(), Vec::new(), plain);
    for part in 1..=3 {
        let n = if part == 3 { rest.len() } else { u.int_in_range(0..=rest.len())? };
        let (these, others) = rest.split_at(n);
        let level = u.int_in_range(0..=9)?;
        if how == 2 {
            let mut gz = flate2::write::GzEncoder::new(&mut file, flate2::Compression::new(level));
            gz.write_all(these).and_then(|()| gz.finish().map(drop)).expect("packed");
        } else {
            let mut zst = zstd::Encoder::new(&mut file, level as i32 - 2).expect("an encoder");
            zst.include_checksum(u.arbitrary()?).expect("a checksum or none");
            zst.write_all(these).and_then(|()| zst.finish().map(drop)).expect("packed");
        }
        ends.push(file.len());
        rest = others;
        if rest.is_empty() {
            break;
        }
    }
    ends.pop();
    Ok((file, ends))
}
