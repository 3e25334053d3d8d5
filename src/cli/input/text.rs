//! From bytes to UTF-8, whatever the file's encoding is. A byte that has no meaning in it is an error, never a
//! replacement character.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250};

use crate::words::shorten;

/// What a text is encoded in, and how that is known.
#[derive(Clone, Copy)]
pub struct Found {
    pub encoding: &'static Encoding,
    pub has_mark: bool,
}

impl Found {
    /// What the file begins with decides; what was given, if it begins with no byte order mark.
    pub fn of(start: &[u8], given: Option<&'static Encoding>) -> Result<Found, String> {
        if let Some((encoding, _)) = Encoding::for_bom(start) {
            return match given {
                Some(given) if given != encoding => Err(format!(
                    "has the byte order mark of {}, but --encoding is {}; leave --encoding out",
                    encoding.name(),
                    given.name()
                )),
                _ => Ok(Found { encoding, has_mark: true }),
            };
        }
        // Of two Latin letters, one byte each is zero.
        let guessed = match start {
            [1..=255, 0, 1..=255, 0, ..] => UTF_16LE,
            [0, 1..=255, 0, 1..=255, ..] => UTF_16BE,
            _ => UTF_8,
        };
        Ok(Found { encoding: given.unwrap_or(guessed), has_mark: false })
    }

    /// "UTF-8 with byte order mark".
    pub fn name(self) -> String {
        format!("{}{}", self.encoding.name(), if self.has_mark { " with byte order mark" } else { "" })
    }
}

/// The value of `--encoding`.
pub fn parse_encoding(label: &str) -> Result<&'static Encoding, &'static str> {
    Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or("is not a known encoding; some are utf-8, utf-16le, windows-1250, windows-1252, iso-8859-2")
}

/// Bytes in, UTF-8 without a byte order mark out.
pub struct Text<R> {
    bytes: R,
    found: Found,
    decoder: Decoder,
    raw: Vec<u8>,
    decoded: String,
    /// How much of `decoded` has been passed on.
    passed: usize,
    ended: bool,
    line_feeds: u64,
    carriage_returns: u64,
}

impl<R: Read> Text<R> {
    pub fn new(bytes: R, found: Found) -> Text<R> {
        Text {
            bytes,
            found,
            decoder: found.encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 64 * 1024],
            decoded: String::new(),
            passed: 0,
            ended: false,
            line_feeds: 0,
            carriage_returns: 0,
        }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        let n = self.bytes.read(&mut self.raw)?;
        self.ended = n == 0;
        self.count_lines();
        self.decoded.clear();
        self.passed = 0;
        self.decoded.reserve(self.decoder.max_utf8_buffer_length_without_replacement(n).unwrap_or(4 * n));
        let raw = &self.raw[..n];
        let (result, read) =
            self.decoder.decode_to_string_without_replacement(raw, &mut self.decoded, self.ended);
        if let DecoderResult::Malformed(length, _) = result {
            // In UTF-8, the one encoding where the place is shown, nothing after it is read.
            let at = read.saturating_sub(usize::from(length));
            let problem = not_in(self.found.encoding, raw, at);
            self.count_lines();
            return Err(io::Error::other(format!("line {}: {problem}", self.line())));
        }
        if let Some(at) = self.decoded.bytes().position(|byte| byte == 0) {
            self.decoded.truncate(at);
            self.count_lines();
            return Err(io::Error::other(format!(
                "line {}: has a NUL byte, which no text has; export the file again, or name its --encoding",
                self.line()
            )));
        }
        Ok(())
    }

    /// Counts those of the text that is decoded.
    fn count_lines(&mut self) {
        let count = |end: u8| self.decoded.bytes().filter(|byte| *byte == end).count() as u64;
        let (line_feeds, carriage_returns) = (count(b'\n'), count(b'\r'));
        self.line_feeds += line_feeds;
        self.carriage_returns += carriage_returns;
    }

    /// The line that the end of what was decoded is on.
    fn line(&self) -> u64 {
        1 + if self.line_feeds > 0 { self.line_feeds } else { self.carriage_returns }
    }
}

/// What is wrong at this byte; for UTF-8 with the line as it would be in the encoding of Polish spreadsheets.
fn not_in(encoding: &'static Encoding, raw: &[u8], at: usize) -> String {
    if encoding != UTF_8 {
        return format!("is not {}; name the right --encoding", encoding.name());
    }
    let ends_line = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let start = raw[..at].iter().rposition(ends_line).map_or(0, |end| end + 1);
    let end = raw[at..].iter().position(ends_line).map_or(raw.len(), |end| at + end);
    let (line, ..) = WINDOWS_1250.decode(&raw[start.max(at.saturating_sub(30))..end]);
    format!(
        "is not UTF-8; if \"{}\" is how it should read, give --encoding windows-1250; else save the file as UTF-8, or \
         name its --encoding",
        shorten(&line).escape_debug()
    )
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.passed == self.decoded.len() {
            if self.ended {
                return Ok(0);
            }
            self.decode_more()?;
        }
        let n = buffer.len().min(self.decoded.len() - self.passed);
        buffer[..n].copy_from_slice(&self.decoded.as_bytes()[self.passed..self.passed + n]);
        self.passed += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], given: Option<&str>) -> Result<String, String> {
        let found = Found::of(bytes, given.map(|label| parse_encoding(label).unwrap()))?;
        let mut text = String::new();
        Text::new(bytes, found).read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    #[test]
    fn every_encoding_becomes_utf_8() {
        for (bytes, given, text) in [
            (&b"\xef\xbb\xbfid\n1\n"[..], None, "id\n1\n"),
            (b"", None, ""),
            (b"\xff\xfei\0d\0", None, "id"),
            (b"\xff\xfei\0d\0", Some("utf-16le"), "id"),
            (b"\xfe\xff\0i\0d", None, "id"),
            (b"i\0d\0\n\0", None, "id\n"),
            (b"\0i\0d\0\n", None, "id\n"),
            (b"\xb3\xf3d\x9f", Some("windows-1250"), "\u{142}\u{f3}d\u{17a}"),
            (b"caf\xe9", Some("latin1"), "caf\u{e9}"),
        ] {
            assert_eq!(read(bytes, given).as_deref(), Ok(text), "{bytes:?}");
        }
        for (bytes, given, says) in [
            (&b"id\r\n1\r\n\xb3"[..], None, "line 3: is not UTF-8; if \"\u{142}\" is how"),
            (b"id\r1\r\xb3", None, "line 3: is not UTF-8"),
            (b"a\nb\0c", None, "line 2: has a NUL byte"),
            (b"\xff\xfei\0", Some("utf-8"), "has the byte order mark of UTF-16LE"),
            (b"\xff\xfe\0\xd8i\0", None, "line 1: is not UTF-16LE"),
            (b"\xe2\x82", None, "line 1: is not UTF-8"),
        ] {
            let problem = read(bytes, given).unwrap_err();
            assert!(problem.starts_with(says), "{bytes:?}: {problem}");
        }
        let context = format!("{}\u{142}!", "x".repeat(30));
        let bytes = [&b"id\nyyyyyyyyyy"[..], &[b'x'; 30], b"\xb3!\nz"].concat();
        let problem = read(&bytes, None).unwrap_err();
        assert!(problem.contains(&format!("if \"{context}\" is how")), "{problem}");
        let long = "\u{142}\u{20ac}x\n".repeat(100_000);
        assert_eq!(read(long.as_bytes(), None).as_deref(), Ok(long.as_str()));
    }
}
