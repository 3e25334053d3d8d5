//! A file or the standard input as text: UTF-8, or a sentence on what it is instead.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use same_file::Handle;

use crate::input::lines::Lines;

/// What was read, and from where.
pub struct Source {
    /// How it is called in messages.
    pub name: String,
    pub text: String,
    /// Whether the file began with a byte order mark, which is not in `text`.
    pub had_byte_order_mark: bool,
    pub is_standard_input: bool,
    handle: Option<Handle>,
}

impl Source {
    /// Reads it to its end; `-` is the standard input.
    pub fn read(path: &Path) -> Result<Source, String> {
        let is_standard_input = path == Path::new("-");
        let name = if is_standard_input { "standard input".to_owned() } else { path.display().to_string() };
        let unreadable = |error: io::Error| format!("{name}: {error}");
        let mut bytes = Vec::new();
        let handle = if is_standard_input {
            io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
            Handle::stdin().ok()
        } else {
            let mut file = File::open(path).map_err(unreadable)?;
            file.read_to_end(&mut bytes).map_err(unreadable)?;
            Handle::from_file(file).ok()
        };
        let had_byte_order_mark = bytes.starts_with(BYTE_ORDER_MARK);
        let text = decode(bytes).map_err(|problem| format!("{name}: {problem}"))?;
        Ok(Source { name, text, had_byte_order_mark, is_standard_input, handle })
    }

    /// Whether it was read from this file, whatever the names.
    pub fn is_file(&self, handle: &Handle) -> bool {
        self.handle.as_ref() == Some(handle)
    }

    /// Whether a file holds the very text that was read.
    pub fn is_text_of(&self, path: &Path) -> bool {
        let mark = if self.had_byte_order_mark { BYTE_ORDER_MARK } else { b"" };
        let length = (mark.len() + self.text.len()) as u64;
        std::fs::metadata(path).is_ok_and(|file| file.len() == length)
            && std::fs::read(path).is_ok_and(|bytes| bytes.strip_prefix(mark) == Some(self.text.as_bytes()))
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What other files begin with, what they are, and what to do.
const OTHER_FILES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "is an Excel workbook (.xlsx) or another zip archive; save it as \"CSV UTF-8\" first"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls); save it as \"CSV UTF-8\" first"),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first: gunzip -c FILE | usercom … -"),
    (b"BZh", "is compressed with bzip2; unpack it first: bunzip2 -c FILE | usercom … -"),
    (b"\xfd7zXZ", "is compressed with xz; unpack it first: xz -dc FILE | usercom … -"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first: zstd -dc FILE | usercom … -"),
    (b"%PDF", "is a PDF; give a CSV"),
    (b"PAR1", "is a Parquet file; give a CSV"),
    (b"{\"", JSON),
    (b"[{", JSON),
    (b"{\n", JSON),
    (b"[\n", JSON),
    (b"<!", MARKUP),
    (b"<html", MARKUP),
    (b"<?xml", MARKUP),
    (b"\xff\xfe\0\0", UTF_32),
    (b"\0\0\xfe\xff", UTF_32),
    (b"\xff\xfe", UTF_16),
    (b"\xfe\xff", UTF_16),
];
const JSON: &str = "is JSON; give a CSV";
const MARKUP: &str = "is HTML or XML, perhaps an error page or a login page that was saved; give a CSV";
const UTF_32: &str = "is UTF-32; save it as UTF-8, or convert it: iconv -f UTF-32 -t UTF-8 FILE";
const UTF_16: &str = "is UTF-16, Excel's \"Unicode text\"; save it as \"CSV UTF-8\", or convert it: iconv -f UTF-16 \
                      -t UTF-8 FILE";

/// The text without a byte order mark, or what is wrong.
fn decode(mut bytes: Vec<u8>) -> Result<String, String> {
    if let Some((_, what)) = OTHER_FILES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err((*what).to_owned());
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let line = Lines::of(&bytes[..at]).at(at);
        return Err(format!(
            "line {line}: has a NUL byte; a file of UTF-16 without a byte order mark looks like this: save it as UTF-8"
        ));
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = Lines::of(&error.as_bytes()[..valid]).at(valid);
        format!(
            "line {line}: is not UTF-8; save the file as UTF-8 (\"CSV UTF-8\" in Excel), or convert it, for example: \
             iconv -f WINDOWS-1250 -t UTF-8 FILE"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_or_a_sentence() {
        assert_eq!(decode(b"\xef\xbb\xbfid\n1\n".to_vec()), Ok("id\n1\n".to_owned()));
        assert_eq!(decode(Vec::new()), Ok(String::new()));
        for (bytes, says) in [
            (&b"PK\x03\x04\x14"[..], "is an Excel workbook (.xlsx)"),
            (b"\x1f\x8b\x08", "is compressed with gzip"),
            (b"\xff\xfei\0d\0", "is UTF-16"),
            (b"\xfe\xff\0i\0d", "is UTF-16"),
            (b"\xff\xfe\0\0i\0\0\0", "is UTF-32"),
            (b"i\0d\0\n\0", "line 1: has a NUL byte"),
            (b"id\r\n1\r\n\xe9", "line 3: is not UTF-8; save the file as UTF-8"),
        ] {
            let problem = decode(bytes.to_vec()).unwrap_err();
            assert!(problem.starts_with(says), "{bytes:?}: {problem}");
        }
    }
}
