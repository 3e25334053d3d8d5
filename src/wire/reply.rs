//! Reads a response to its end, and tells whether it is whole.

use std::io::Read;
use std::time::SystemTime;

use ureq::Body;
use ureq::http::{HeaderValue, Response, Version, header};

use super::retry_after::retry_after;
use super::verdict::{Framing, Reply};

/// Longest body that is read. The service's own are a few bytes; a maintenance page is not worth more.
const MAX_BODY: u64 = 64 * 1024;

/// Reads a response. Always to its end, since otherwise the connection can't be used again.
pub(super) fn read_reply(mut response: Response<Body>) -> Reply {
    let headers = response.headers();
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let retry_afters: Vec<String> = headers
        .get_all(header::RETRY_AFTER)
        .iter()
        .filter_map(|v| v.to_str().ok().map(str::to_owned))
        .collect();
    let mut reply = Reply {
        status: response.status().as_u16(),
        framing: framing(&response),
        html: text(header::CONTENT_TYPE).is_some_and(names_html),
        retry_after: retry_after(&retry_afters, text(header::DATE), SystemTime::now()),
        // Enough for what the service sends, so that it need not grow.
        body: Vec::with_capacity(512),
    };
    let read = response.body_mut().as_reader().take(MAX_BODY).read_to_end(&mut reply.body);
    if read.is_err() || reply.body.len() as u64 == MAX_BODY {
        reply.framing = Framing::Truncated;
    }
    reply
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
