//! Reads a response to its end, and tells whether it is whole.

use std::io::Read;
use std::time::SystemTime;

use ureq::Body;
use ureq::http::{HeaderValue, Response, Version, header};

use super::retry_after::retry_after;
use super::verdict::{Framing, Reply};

/// Longest body that is read. The service's own are a few bytes; a web page in its place may be long.
pub(crate) const MAX_BODY: u64 = 1024 * 1024;

/// Reads a response: to its end, since otherwise the connection can't be used again, unless it is too long.
pub(crate) fn read_reply(mut response: Response<Body>, longest: u64) -> Reply {
    let headers = response.headers();
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let retry_afters: Vec<String> = headers
        .get_all(header::RETRY_AFTER)
        .iter()
        // One that is no text is there, too.
        .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned())
        .collect();
    let mut reply = Reply {
        status: response.status().as_u16(),
        framing: framing(&response),
        html: text(header::CONTENT_TYPE).is_some_and(names_html),
        coding: text(header::CONTENT_ENCODING).and_then(coding),
        retry_after: match retry_afters.is_empty() {
            true => None, // as in nearly every response
            false => retry_after(&retry_afters, text(header::DATE), SystemTime::now()),
        },
        // Enough for what the service sends, so that it need not grow.
        body: Vec::with_capacity(512),
    };
    let mut reader = response.body_mut().as_reader();
    let read =
        reader.by_ref().take(longest).read_to_end(&mut reply.body).and_then(|read| match read as u64 {
            read if read == longest => reader.read(&mut [0]),
            _ => Ok(0),
        });
    reply.framing = match read {
        Ok(0) => reply.framing,
        Ok(_) => Framing::TooLong,
        Err(_) => Framing::Truncated,
    };
    reply
}

/// How a body is compressed, by `Content-Encoding`.
fn coding(value: &str) -> Option<&'static str> {
    let value = value.trim().to_ascii_lowercase();
    match value.as_str() {
        "" | "identity" => None,
        "gzip" | "x-gzip" => Some("gzip"),
        "deflate" => Some("deflate"),
        "br" => Some("br"),
        "zstd" => Some("zstd"),
        _ => Some("an unknown method"),
    }
}

fn names_html(content_type: &str) -> bool {
    content_type.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"html"))
}

/// How the end of this response's body is marked (RFC 9112 §6.3).
fn framing<T>(response: &Response<T>) -> Framing {
    let headers = response.headers();
    let first_two = |name| {
        let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
        [values.next(), values.next()]
    };
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let since_1_1 = response.version() >= Version::HTTP_11;
    let (encodings, lengths) = (first_two(header::TRANSFER_ENCODING), first_two(header::CONTENT_LENGTH));
    match (response.status().as_u16(), encodings, lengths) {
        (204 | 304, ..) => Framing::Complete,
        (_, [None, _], [None, _]) => Framing::CloseDelimited,
        (_, [None, _], [Some(length), None]) if is_number(length) => Framing::Complete,
        (_, [Some(how), None], [None, _]) if how.eq_ignore_ascii_case(b"chunked") && since_1_1 => {
            Framing::Complete
        }
        // Two lengths, a length and chunks, or something else: other readers may see another end.
        _ => Framing::Truncated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_body_ends() {
        let seen = |version, headers: &[(&str, &str)]| {
            let response = Response::builder().version(version);
            let add = |response: ureq::http::response::Builder, (name, value): &(&str, &str)| {
                response.header(*name, *value)
            };
            framing(&headers.iter().fold(response, add).body(()).unwrap())
        };
        let (length, chunks) = (("content-length", "5"), ("transfer-encoding", "Chunked"));
        for (version, headers, expected) in [
            (Version::HTTP_11, &[length][..], Framing::Complete),
            (Version::HTTP_10, &[length], Framing::Complete),
            (Version::HTTP_11, &[chunks], Framing::Complete),
            (Version::HTTP_10, &[chunks], Framing::Truncated),
            (Version::HTTP_11, &[("transfer-encoding", "gzip")], Framing::Truncated),
            (Version::HTTP_11, &[chunks, chunks], Framing::Truncated),
            (Version::HTTP_11, &[length, chunks], Framing::Truncated),
            (Version::HTTP_11, &[length, length], Framing::Truncated),
            (Version::HTTP_11, &[("content-length", "+5")], Framing::Truncated),
            (Version::HTTP_11, &[("content-length", "")], Framing::Truncated),
            (Version::HTTP_11, &[], Framing::CloseDelimited),
        ] {
            assert_eq!(seen(version, headers), expected, "{version:?} {headers:?}");
        }
        // Some never have a body, whatever their headers say.
        for status in [204, 304] {
            for (name, value) in [length, chunks, ("content-length", "x")] {
                let response = Response::builder().status(status).header(name, value).body(()).unwrap();
                assert_eq!(framing(&response), Framing::Complete, "{status} {name}");
            }
        }
    }

    #[test]
    fn a_body_that_is_too_long() {
        for (length, framing) in
            [(0, Framing::Complete), (9, Framing::Complete), (10, Framing::Complete), (11, Framing::TooLong)]
        {
            let body = Body::builder().data(vec![b'x'; length]);
            let response =
                Response::builder().header("content-length", length.to_string()).body(body).unwrap();
            let reply = read_reply(response, 10);
            assert_eq!((reply.framing, reply.body.len()), (framing, length.min(10)), "{length}");
        }
    }

    #[test]
    fn how_a_body_is_compressed() {
        for (value, method) in [
            ("", None),
            (" Identity ", None),
            ("gzip", Some("gzip")),
            ("X-GZIP", Some("gzip")),
            ("deflate", Some("deflate")),
            ("br", Some("br")),
            ("zstd", Some("zstd")),
            ("gzip, br", Some("an unknown method")),
        ] {
            assert_eq!(coding(value), method, "{value}");
        }
    }
}
