//! Responses whose framing is truncated, wrong or unusual: what proves success, and what proves nothing.

use super::*;

const OK_BODY: &str = "{\"status\":\"ok\"}";

/// Every request gets these bytes, and the connection is closed.
fn always(bytes: impl Into<Vec<u8>>) -> Server {
    let bytes = bytes.into();
    Server::start(move |x| {
        x.apply();
        x.end(&bytes, Then::Close)
    })
}

/// None of these proves anything: they are retried and end unknown.
fn proves_nothing(responses: &[(String, Vec<u8>)]) {
    side_by_side(responses, |(what, bytes)| {
        let server = always(bytes.clone());
        let report = server.ask(&ids(3)).stall_timeout(s(3)).send();
        assert_eq!((report.confirmed(), report.unknown()), (0, 3), "{what}: {report}");
        let expected = [Status::BadResponse, Status::Transport];
        assert!(expected.contains(&report.status()), "{what}: {report}");
        assert!((2..20).contains(&report.requests()), "{what}: {report}");
    });
}

fn named(responses: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    responses.iter().map(|(what, bytes)| (what.to_string(), bytes.as_bytes().to_vec())).collect()
}

/// Row 12: the response ends before its Content-Length, in a 200, 201 or 202.
#[test]
fn a_content_length_that_is_not_reached() {
    proves_nothing(&named(&[
        ("truncated in JSON", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":"),
        ("truncated at its first byte", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"),
        ("truncated after whole JSON", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"status\":\"ok\"}"),
        ("202 that is truncated", "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{"),
        ("201 that is truncated", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n"),
        ("a huge length", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n{}"),
    ]));
}

/// Row 13: a 200 without a length, truncated anywhere, also at its first byte.
#[test]
fn a_closed_connection_does_not_prove_the_end() {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let truncated = (0..OK_BODY.len())
        .map(|n| (format!("truncated at {n}"), format!("{head}{}", &OK_BODY[..n]).into_bytes()));
    proves_nothing(&truncated.collect::<Vec<_>>());
    proves_nothing(&named(&[
        ("HTTP/1.0, empty", "HTTP/1.0 200 OK\r\n\r\n"),
        ("a number", "HTTP/1.1 200 OK\r\n\r\n12"),
        ("an unknown encoding, empty", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n"),
        ("gzip as transfer, empty", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
        ("chunked isn't last, empty", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n"),
        ("chunked by HTTP/1.0, empty", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("an empty encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n"),
    ]));
    let server = Server::start(move |x| {
        x.accept();
        x.end(format!("{head}{OK_BODY}"), Then::Close)
    });
    let report = server.ask(&ids(3)).send();
    assert_eq!(report.status(), Status::Ok, "whole JSON closes itself: {report}");
}

/// Row 14: a chunked body that is truncated, or whose chunk size is wrong.
#[test]
fn chunks_that_are_truncated_or_wrong() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let bodies: &[(&str, &str)] = &[
        ("no chunk", ""),
        ("truncated in a chunk", "f\r\n{\"status\""),
        ("whole JSON, no last chunk", "f\r\n{\"status\":\"ok\"}\r\n"),
        ("a truncated size", "f"),
        ("not hexadecimal", "zz\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("negative", "-1\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("beyond all bounds", "fffffffffffffffff\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("too small", "5\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("too large", "10\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("an empty size", "\r\n\r\n"),
    ];
    let responses =
        bodies.iter().map(|(what, body)| (what.to_string(), format!("{head}{body}").into_bytes()));
    proves_nothing(&responses.collect::<Vec<_>>());
}

/// Row 15: garbage, two lengths, odd statuses, 500 headers, a head of 70 KB: transient, in the end unknown.
#[test]
fn malformed_http() {
    let mut responses = named(&[
        ("garbage", "\u{1}\u{2}garbage\r\n\r\n"),
        ("only line ends", "\r\n\r\n\r\n\r\n"),
        ("another protocol", "SSH-2.0-OpenSSH_9.6\r\n"),
        ("a body without a head", "{\"status\":\"ok\"}"),
        ("no status", "HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"),
        ("status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
        ("status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
        ("status 999", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
        ("status 600", "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n"),
        ("status 000", "HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n"),
        ("switching protocols", "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
        ("HTTP/2", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ("two lengths, alike", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        ("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 2\r\n\r\n{}"),
        ("a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 0, 0\r\n\r\n"),
        ("a length in words", "HTTP/1.1 200 OK\r\nContent-Length: none\r\n\r\n"),
        ("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        ("a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +0\r\n\r\n"),
        ("an empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n"),
        ("a length in hex", "HTTP/1.1 200 OK\r\nContent-Length: 0x0\r\n\r\n"),
        (
            "length and chunks",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        ("a header without a colon", "HTTP/1.1 200 OK\r\nContent-Length 0\r\n\r\n"),
        ("a header name with a space", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n"),
        ("a body that is no JSON", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"),
        ("two JSON values", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{} {}"),
    ]);
    let mut many = "HTTP/1.1 200 OK\r\n".to_owned();
    (0..500).for_each(|n| write!(many, "X-{n}: y\r\n").unwrap());
    responses.push(("500 headers".into(), format!("{many}Content-Length: 0\r\n\r\n").into()));
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(70_000));
    responses.push(("a head of 70 KB".into(), long.into()));
    responses.push((
        "a nul in a header".into(),
        b"HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 0\r\n\r\n".to_vec(),
    ));
    responses.push(("no UTF-8".into(), b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\"\xff\xfe\"".to_vec()));
    let deep = "[".repeat(20_000);
    responses
        .push(("deep JSON".into(), format!("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n{deep}").into()));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(1024 * 1024));
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{long}", long.len());
    responses.push(("more than is read".into(), long.into()));
    proves_nothing(&responses);
}

/// Row 16: 204, empty bodies, a finished chunked body, 201 and 202.
#[test]
fn success_in_every_form() {
    let responses = [
        ("204", "HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("length 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("an empty page", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", ""),
        ("no chunk but the last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
        (
            "chunks with extension and trailer",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n",
            "unfamiliar response, taken as success: {}",
        ),
        ("202", "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", "queued"),
        ("201", "HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}", ""),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}", ""),
        ("names in small letters", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "success: []"),
    ];
    side_by_side(&responses, |(what, bytes, note)| {
        let bytes = *bytes;
        let server = Server::start(move |x| {
            x.accept();
            x.end(bytes, Then::Keep)
        });
        let report = server.ask(&ids(4)).batch_size(2).workers(1).send();
        assert_eq!((report.status(), report.requests()), (Status::Ok, 2), "{what}: {report}");
        let text = report.to_string();
        assert_eq!(text.matches("note: ").count(), usize::from(!note.is_empty()), "{what}: {text}");
        assert!(text.contains(note), "{what}: {text}");
    });
}

/// Row 41: 100, 102 and 103 before the response, also slow ones.
#[test]
fn interim_responses() {
    type Script = fn(&mut Exchange<'_>) -> Then;
    let cases: &[(&str, Script)] = &[
        ("100", |x| {
            x.raw("HTTP/1.1 100 Continue\r\n\r\n");
            x.ok()
        }),
        ("103", |x| {
            x.raw("HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n");
            x.ok()
        }),
        ("three of them", |x| {
            x.raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
            x.ok()
        }),
        ("slow ones", |x| {
            for _ in 0..3 {
                thread::sleep(ms(100));
                x.raw("HTTP/1.1 102 Processing\r\n\r\n");
            }
            thread::sleep(ms(100));
            x.ok()
        }),
    ];
    side_by_side(cases, |(what, script)| {
        let server = Server::start(*script);
        let report = server.ask(&ids(6)).batch_size(2).workers(1).send();
        assert_eq!((report.status(), report.requests()), (Status::Ok, 3), "{what}: {report}");
        assert_eq!(server.connections(), 1, "{what}");
    });
}

/// Row 15: what is left of one response must not be read as the next one.
#[test]
fn a_malformed_response_does_not_affect_the_next() {
    let server = Server::start(|x| {
        if x.request.number == 1 {
            x.raw(format!("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{OK_BODY}"));
            return Then::Keep;
        }
        if x.request.has(4) {
            return x.reply(400, "{\"detail\":\"no\"}");
        }
        x.ok()
    });
    let report = server.ask(&ids(6)).batch_size(1).workers(1).send();
    assert_eq!(rejected(&report, &ids(6)), [4].into(), "{report}");
    assert_eq!(report.confirmed(), 5, "{report}");
}
