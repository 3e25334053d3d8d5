//! A file of any kind with any bytes in it, given with any options: no panic, no memory beyond the file's own size, and
//! no cell that is not in the file. Packed it has the same rows, cut or damaged it has them or is refused.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program has more than is read here")]

#[path = "../../../src/cli/input/mod.rs"]
mod input;
mod reading;
#[path = "../../../src/cli/words.rs"]
mod words;
mod workbook;

use std::io::Write;

use input::Wanted;
use libfuzzer_sys::fuzz_target;
use reading::{Rows, read, read_as};

fuzz_target!(|bytes: &[u8]| {
    let [options, packing, at, byte, content @ ..] = bytes else { return };
    let wanted = [Wanted::new("id", "--id-column "), Wanted::new("plan", "--value-column ")];
    let wanted = &wanted[..if options & 0x80 == 0 { 2 } else { 1 }];
    let content = if options & 0x40 == 0 { content.to_vec() } else { workbook::of_parts(content) };
    let options = given(options & 0x1f);
    let found = read_as(&content, &options, wanted).map(|(rows, encoding)| {
        if let Some(encoding) = encoding {
            in_the_file(&rows, &encoding.decode_with_bom_removal(&content).0);
        }
        rows
    });
    packed(&content, (*packing, *at, *byte), &found, &|bytes| read(bytes, &options, wanted));
});

fn given(how: u8) -> Vec<String> {
    let words: &[&str] = match how {
        0..=7 => &[],
        8 => &["--format", "csv"],
        9 => &["--format", "tsv"],
        10 => &["--format", "mysql"],
        11 => &["--format", "ndjson"],
        12 => &["--format", "xlsx"],
        13 => &["--delimiter", ";"],
        14 => &["--delimiter", "|"],
        15 => &["--columns", "id,plan"],
        16 => &["--columns", "id,plan", "--format", "mysql"],
        17 => &["--columns", "x,\"id\",plan", "--delimiter", "tab"],
        18 => &["--encoding", "utf-16le"],
        19 => &["--encoding", "utf-16be"],
        20 => &["--encoding", "windows-1250"],
        21 => &["--encoding", "gb18030"],
        22 => &["--encoding", "iso-2022-jp"],
        23 => &["--encoding", "shift_jis"],
        24 => &["--encoding", "x-user-defined"],
        25 => &["--sheet", "S"],
        26 => &["--sheet", "T", "--format", "xlsx"],
        27 => &["--columns", "id", "--format", "csv"],
        _ => &["--encoding", "utf-8"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Where a text has neither quotes nor escapes its cells stand in it.
fn in_the_file(rows: &Rows, text: &str) {
    if text.contains(['"', '\\']) && !text.trim_start().starts_with('{') {
        return;
    }
    for (line, cells) in rows {
        for cell in cells {
            assert!(text.contains(cell.as_str()), "line {line}: {cell:?} is not in the file");
        }
    }
}

/// What comes of the same content when it is packed, and when that is cut or changed.
fn packed(
    content: &[u8],
    (packing, at, byte): (u8, u8, u8),
    found: &Result<Rows, String>,
    read: &dyn Fn(&[u8]) -> Result<Rows, String>,
) {
    // Packed twice is refused, and once is unpacked.
    if content.starts_with(b"\x1f\x8b")
        || content.get(1..4).is_some_and(|end| end == b"\x2a\x4d\x18")
        || content.starts_with(b"\x28\xb5\x2f\xfd")
    {
        return;
    }
    let mut file = match packing % 4 {
        1 => {
            let mut gz =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(u32::from(packing) % 10));
            gz.write_all(content).and_then(|()| gz.finish()).expect("packed")
        }
        2 => {
            let mut zst = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
            zst.include_checksum(true).and_then(|()| zst.write_all(content)).expect("packed");
            zst.finish().expect("packed")
        }
        _ => return,
    };
    let unpacked = read(&file);
    match found {
        Ok(rows) => assert_eq!(unpacked.as_ref(), Ok(rows), "packed"),
        Err(_) => assert!(unpacked.is_err(), "packed: {unpacked:?}"),
    }
    let at = usize::from(at) * file.len() / 256;
    match packing / 4 % 3 {
        0 => {
            file.truncate(at);
            assert!(read(&file).is_err(), "cut at {at}");
        }
        1 => {
            file[at] ^= byte.max(1);
            // Some bytes of a header say nothing that matters, and without its mark it is another file.
            let (damaged, is_packed) = (read(&file), at >= 4);
            assert!(
                !is_packed || damaged.is_err() || damaged.as_ref().ok() == found.as_ref().ok(),
                "{damaged:?}"
            );
        }
        _ => {
            file.push(byte);
            let longer = read(&file);
            assert!(longer.is_err() || longer.as_ref().ok() == found.as_ref().ok(), "{longer:?}");
        }
    }
}
