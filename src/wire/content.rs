//! What kind of thing a response's body is, by its bytes.

use std::fmt;

use super::json::Json;
use super::verdict::{Framing, Reply};

/// What a body is.
#[derive(Debug)]
pub(super) enum Content {
    /// Nothing but blanks.
    Empty,
    Json(Json),
    /// A web page. JSON never begins with `<`.
    Html,
    /// It can't be read, now or later.
    Unreadable(Unreadable),
    /// Something else that can be read.
    Text,
}

/// Why a complete body can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    TooLong,
    /// With what.
    Compressed(&'static str),
    /// In which encoding.
    Encoded(&'static str),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::TooLong => f.write_str("a body of more than 1 MiB, which is more than usercom reads"),
            Unreadable::Compressed(how) => {
                write!(f, "a body compressed with {how}, although \"Accept-Encoding: identity\" was sent")
            }
            Unreadable::Encoded(how) => write!(f, "a body in {how}, not in UTF-8"),
        }
    }
}

impl Content {
    pub fn of(reply: &Reply) -> Content {
        let text = trimmed(&reply.body);
        let too_long = reply.framing == Framing::TooLong;
        if text.is_empty() && !too_long {
            return Content::Empty;
        }
        if text.starts_with(b"<") {
            return Content::Html;
        }
        if let Some(how) = compression(text) {
            return Content::Unreadable(Unreadable::Compressed(how));
        }
        if let Some(wide) = wide_encoding(text) {
            let first =
                text.iter().find(|byte| !matches!(byte, 0 | 0xfe | 0xff) && !byte.is_ascii_whitespace());
            return if first == Some(&b'<') {
                Content::Html
            } else {
                Content::Unreadable(Unreadable::Encoded(wide))
            };
        }
        if too_long {
            return if reply.html { Content::Html } else { Content::Unreadable(Unreadable::TooLong) };
        }
        match Json::parse(text) {
            Some(json) => Content::Json(json),
            None if reply.html => Content::Html,
            None => match (reply.coding, std::str::from_utf8(text)) {
                (Some(coding), _) => Content::Unreadable(Unreadable::Compressed(coding)),
                (None, Err(_)) => Content::Unreadable(Unreadable::Encoded("another encoding")),
                (None, Ok(_)) => Content::Text,
            },
        }
    }
}

/// Without blanks and byte order marks of UTF-8 around it.
pub(super) fn trimmed(body: &[u8]) -> &[u8] {
    let mut text = body.trim_ascii();
    while let Some(rest) = text.strip_prefix(b"\xef\xbb\xbf") {
        text = rest.trim_ascii();
    }
    text
}

/// What compressed data begins with. Neither JSON nor a web page begins so.
fn compression(body: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 8] = [
        (b"\x1f\x8b", "gzip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\x78\x01", "deflate"),
        (b"\x78\x5e", "deflate"),
        (b"\x78\x9c", "deflate"),
        (b"\x78\xda", "deflate"),
        (b"\xfd7zXZ\0", "xz"),
        (b"PK\x03\x04", "zip"),
    ];
    MAGIC.into_iter().find(|(magic, _)| body.starts_with(magic)).map(|(_, name)| name)
}

/// UTF-16 or UTF-32, by a byte order mark or by the zero bytes of its first character, which is ASCII in JSON and in
/// web pages.
fn wide_encoding(body: &[u8]) -> Option<&'static str> {
    match body {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, _, ..] | [_, 0, 0, 0, ..] => {
            Some("UTF-32")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => Some("UTF-16"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::verdict::tests::reply;

    fn name(reply: &Reply) -> String {
        match Content::of(reply) {
            Content::Empty => "empty".into(),
            Content::Json(_) => "json".into(),
            Content::Html => "html".into(),
            Content::Unreadable(what) => what.to_string(),
            Content::Text => "text".into(),
        }
    }

    #[test]
    fn by_the_first_bytes() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let utf16_be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let utf32 = |text: &str| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>();
        let blanks = " \r\n\t".repeat(100_000);
        for (body, want) in [
            (b"".to_vec(), "empty"),
            (b" \r\n\t ".to_vec(), "empty"),
            (b"\xef\xbb\xbf".to_vec(), "empty"),
            (b"\xef\xbb\xbf{\"status\":\"ok\"}\n".to_vec(), "json"),
            (b" \xef\xbb\xbf \xef\xbb\xbf []".to_vec(), "json"),
            (b"true".to_vec(), "json"),
            (b"OK".to_vec(), "text"),
            (b"{} {}".to_vec(), "text"),
            (b"<html>".to_vec(), "html"),
            (b"\xef\xbb\xbf \n<!-- a comment --><!DOCTYPE html>".to_vec(), "html"),
            (b"<?xml version=\"1.0\"?><html/>".to_vec(), "html"),
            (format!("{blanks}<html>").into_bytes(), "html"),
            (format!("<!--{blanks}--><html>{blanks}").into_bytes(), "html"),
            (utf16("\u{feff}<html>"), "html"),
            (utf16_be("\u{feff} <html>"), "html"),
            (utf32("<html>"), "html"),
            (utf16("\u{feff}{\"status\":\"ok\"}"), "UTF-16"),
            (utf16("{\"status\":\"ok\"}"), "UTF-16"),
            (utf16_be("{\"status\":\"ok\"}"), "UTF-16"),
            (utf32("\u{feff}{}"), "UTF-32"),
            (b"{\"a\":\"caf\xe9\"}".to_vec(), "another encoding"),
            (b"\x1f\x8b\x08\0\0\0".to_vec(), "gzip"),
            (b"\x28\xb5\x2f\xfd\0".to_vec(), "zstd"),
            (b"\x78\x9c\x01".to_vec(), "deflate"),
        ] {
            let name = name(&Reply { body: body.clone(), ..reply(200, "") });
            assert!(name.contains(want), "{want}: {name}: {body:?}");
        }
        let coded = Reply { coding: Some("br"), body: b"\x0b\x02\x80{}\x03".to_vec(), ..reply(200, "") };
        assert!(name(&coded).contains("compressed with br"));
        assert_eq!(
            name(&Reply { coding: Some("br"), ..reply(200, "{}") }),
            "json",
            "the header may be wrong"
        );
    }

    #[test]
    fn too_long_is_said_unless_it_is_a_page() {
        let long = |body: &str| Reply { framing: Framing::TooLong, ..reply(200, body) };
        assert!(name(&long("{\"a\":")).contains("1 MiB"));
        assert!(name(&long(" \n ")).contains("1 MiB"), "who knows what comes after the blanks");
        assert_eq!(name(&long(" <html>")), "html");
        assert_eq!(name(&Reply { html: true, ..long("Please log in") }), "html");
        assert_eq!(name(&Reply { html: true, ..reply(200, "Please log in") }), "html");
    }
}
