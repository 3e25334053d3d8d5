//! Answers that are cut, garbled, false, or that mean no.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::thread;

use super::support::{Exchange, FACES, Server, Then, Watchdog, ids, ms, s, side_by_side, texts};
use usercom::{Failure, IdState, Report, Status};

const HTML: &str = "<!DOCTYPE html><html><head><title>Log in</title></head><body>…</body></html>";
const OK_BODY: &str = "{\"status\":\"ok\"}";

/// Every request gets these bytes, and the connection is closed.
fn always(bytes: impl Into<Vec<u8>>) -> Server {
    let bytes = bytes.into();
    Server::start(move |x| {
        x.apply();
        x.raw(&bytes);
        Then::Close
    })
}

/// None of these proves anything: they are tried again and end unknown.
fn proves_nothing(answers: &[(String, Vec<u8>)]) {
    side_by_side(s(15), answers, |(what, bytes)| {
        let server = always(bytes.clone());
        let report = server.ask(&ids(3)).impatient().send();
        assert_eq!((report.confirmed(), report.unknown()), (0, 3), "{what}: {report}");
        let stopped = [Status::BadResponse, Status::Transport];
        assert!(stopped.contains(&report.status()), "{what}: {report}");
        assert!((2..20).contains(&report.requests()), "{what}: {report}");
    });
}

fn named(answers: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    answers.iter().map(|(what, bytes)| (what.to_string(), bytes.as_bytes().to_vec())).collect()
}

#[test]
fn a_length_that_is_not_reached() {
    proves_nothing(&named(&[
        ("cut in JSON", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":"),
        ("cut at its first byte", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"),
        ("cut after whole JSON", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"status\":\"ok\"}"),
        ("202 that is cut", "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{"),
        ("201 that is cut", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n"),
        ("a huge length", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n{}"),
    ]));
}

#[test]
fn closing_is_no_proof_of_the_end() {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let cuts =
        (0..OK_BODY.len()).map(|n| (format!("cut at {n}"), format!("{head}{}", &OK_BODY[..n]).into_bytes()));
    proves_nothing(&cuts.collect::<Vec<_>>());
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
        x.raw(format!("{head}{OK_BODY}"));
        Then::Close
    });
    let report = server.ask(&ids(3)).send();
    assert_eq!(report.status(), Status::Ok, "whole JSON closes itself: {report}");
}

#[test]
fn chunks_that_are_cut_or_wrong() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let bodies: &[(&str, &str)] = &[
        ("no chunk", ""),
        ("cut in a chunk", "f\r\n{\"status\""),
        ("whole JSON, no last chunk", "f\r\n{\"status\":\"ok\"}\r\n"),
        ("a size cut", "f"),
        ("not hexadecimal", "zz\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("negative", "-1\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("beyond all bounds", "fffffffffffffffff\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("too small", "5\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("too large", "10\r\n{\"status\":\"ok\"}\r\n0\r\n\r\n"),
        ("an empty size", "\r\n\r\n"),
    ];
    let answers = bodies.iter().map(|(what, body)| (what.to_string(), format!("{head}{body}").into_bytes()));
    proves_nothing(&answers.collect::<Vec<_>>());
}

#[test]
fn what_is_hardly_http() {
    let mut answers = named(&[
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
    answers.push(("500 headers".into(), format!("{many}Content-Length: 0\r\n\r\n").into()));
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(70_000));
    answers.push(("a head of 70 KB".into(), long.into()));
    answers.push((
        "a nul in a header".into(),
        b"HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 0\r\n\r\n".to_vec(),
    ));
    answers.push(("no UTF-8".into(), b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\"\xff\xfe\"".to_vec()));
    let deep = "[".repeat(20_000);
    answers
        .push(("deep JSON".into(), format!("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n{deep}").into()));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(70_000));
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{long}", long.len());
    answers.push(("more than is read".into(), long.into()));
    proves_nothing(&answers);
}

#[test]
fn what_is_success() {
    let answers = [
        ("204", "HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("length 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("an empty page", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", ""),
        ("no chunk but the last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
        (
            "chunks with extension and trailer",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n",
            "unfamiliar answer, taken as success: {}",
        ),
        ("202", "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", "queued"),
        ("201", "HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}", ""),
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}", ""),
        ("names in small letters", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "success: []"),
    ];
    side_by_side(s(10), &answers, |(what, bytes, note)| {
        let bytes = *bytes;
        let server = Server::start(move |x| {
            x.accept();
            x.raw(bytes);
            Then::Keep
        });
        let report = server.ask(&ids(4)).batch_size(2).workers(1).send();
        assert_eq!((report.status(), report.requests()), (Status::Ok, 2), "{what}: {report}");
        let text = report.to_string();
        assert_eq!(text.matches("note: ").count(), usize::from(!note.is_empty()), "{what}: {text}");
        assert!(text.contains(note), "{what}: {text}");
    });
}

#[test]
fn a_login_page_is_not_the_service() {
    let length = HTML.len();
    let answers = named(&[
        (
            "as HTML",
            &format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{HTML}"),
        ),
        (
            "as JSON",
            &format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{HTML}"
            ),
        ),
        (
            "in chunks",
            &format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{HTML}\r\n0\r\n\r\n"
            ),
        ),
        (
            "until it closes",
            &format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{HTML}"),
        ),
        (
            "after blank lines",
            &format!("HTTP/1.1 203 OK\r\nContent-Length: {}\r\n\r\n\n\n{HTML}", length + 2),
        ),
    ]);
    side_by_side(s(10), &answers, |(what, bytes)| {
        let server = Server::start({
            let bytes = bytes.clone();
            move |x| {
                x.raw(&bytes);
                Then::Close
            }
        });
        let report = server.ask(&ids(3000)).impatient().send();
        assert_eq!((report.status(), report.requests()), (Status::WrongEndpoint, 1), "{what}: {report}");
        assert_eq!((report.confirmed(), report.not_attempted()), (0, 2000), "{what}: {report}");
        assert!(report.message().contains("Log in"), "{what}: {report}");
    });

    // In the middle of a run it is a proxy's hiccup.
    let server = Server::start(|x| match x.request.number {
        3 | 5 => {
            x.raw(format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{HTML}",
                HTML.len()
            ));
            Then::Keep
        }
        _ => x.ok(),
    });
    let report = server.ask(&ids(100)).batch_size(10).workers(1).send();
    assert_eq!((report.status(), report.requests()), (Status::Ok, 12), "{report}");
}

#[test]
fn redirects_are_never_followed() {
    let cases: Vec<(u16, bool)> =
        [301, 302, 303, 307, 308].into_iter().flat_map(|status| [(status, true), (status, false)]).collect();
    side_by_side(s(10), &cases, |(status, elsewhere)| {
        let other = Server::untouched();
        let target = if *elsewhere { other.url() } else { String::new() };
        let status = *status;
        let server = Server::start(move |x| {
            let location = format!("Location: {target}/api/public/users/mass_update_custom_attributes\r\n");
            x.reply_with(status, &location, "")
        });
        let report = server.ask(&ids(3000)).impatient().send();
        assert_eq!((report.status(), report.requests()), (Status::WrongEndpoint, 1), "{status}: {report}");
        assert_eq!(report.not_attempted(), 3000, "{status}: {report}");
        assert!(report.message().contains(&status.to_string()), "{status}: {report}");
        assert!(report.message().contains("subdomain"), "says what to do: {report}");
        assert_eq!((server.requests().len(), other.connections()), (1, 0), "{status}");
    });
}

#[test]
fn what_stops_a_run() {
    let cases: &[(u16, &str, Status, &str)] = &[
        (401, "{\"detail\":\"Invalid token.\"}", Status::Unauthorized, "Invalid token."),
        (403, "{\"detail\":\"You do not have permission.\"}", Status::Unauthorized, "permission"),
        (403, HTML, Status::Unauthorized, "403"),
        (404, HTML, Status::WrongEndpoint, "check the subdomain"),
        (404, "", Status::WrongEndpoint, "404"),
        (405, "{\"detail\":\"Method \\\"PUT\\\" not allowed.\"}", Status::WrongEndpoint, "set method POST"),
        (406, "{}", Status::WrongEndpoint, "406"),
        (402, "", Status::WrongEndpoint, "402"),
        (410, "", Status::WrongEndpoint, "410"),
        (418, "", Status::WrongEndpoint, "418"),
        (407, "", Status::WrongEndpoint, "407"),
        (451, HTML, Status::WrongEndpoint, "451"),
        (431, "", Status::WrongEndpoint, "431"),
    ];
    side_by_side(s(10), cases, |(status, body, stopped, says)| {
        let (status, body) = (*status, *body);
        let server = Server::start(move |x| x.reply(status, body));
        let report = server.ask(&ids(5000)).impatient().send();
        assert_eq!((report.status(), report.requests()), (*stopped, 1), "{status}: {report}");
        assert_eq!(report.not_attempted(), 5000, "{status}: {report}");
        assert!(report.message().contains(says), "{status}: {report}");

        if status == 401 {
            return;
        }
        let server =
            Server::start(move |x| if x.request.number < 10 { x.ok() } else { x.reply(status, body) });
        let report = server.ask(&ids(500)).batch_size(10).workers(4).impatient().uneven().send();
        assert_eq!((report.status(), report.confirmed()), (*stopped, 100), "{status}: {report}");
        assert_eq!(report.not_attempted(), 400, "{status}: {report}");
        assert!(server.requests().len() <= 14, "{status}: at most workers more: {}", server.requests().len());
    });
}

/// The service answers 401 for a short time after a burst; the first of three probes comes after 5 s.
#[test]
fn a_401_in_the_middle_is_survived() {
    let _watchdog = Watchdog::new(s(30));
    let server = Server::start(|x| match x.request.number {
        30..34 => x.reply(401, "{\"detail\":\"Invalid token.\"}"),
        _ => x.ok(),
    });
    let report = server.ask(&ids(60)).batch_size(1).workers(4).send();
    assert_eq!(report.status(), Status::Ok, "{report}");
    let at: Vec<_> = server.requests().iter().map(|r| r.at).collect();
    let pause = at.windows(2).map(|two| two[1] - two[0]).max().unwrap();
    // From when the server saw the last of the refused ones, which was a little later than the first was answered.
    assert!(pause >= ms(4900), "{pause:?}");
}

#[test]
fn a_401_in_the_middle_outlasts_patience() {
    let _watchdog = Watchdog::new(s(15));
    let server = Server::start(|x| match x.request.number {
        0..30 => x.ok(),
        _ => x.reply(401, "{\"detail\":\"Invalid token.\"}"),
    });
    let report = server.ask(&ids(60)).batch_size(1).workers(4).impatient().uneven().send();
    assert_eq!((report.confirmed(), report.not_attempted()), (30, 30), "{report}");
    assert_eq!(report.status(), Status::Unauthorized, "{report}");
}

#[test]
#[ignore = "takes 50 s, the time of the three probes"]
fn a_401_in_the_middle_for_ever() {
    let _watchdog = Watchdog::new(s(80));
    let server = Server::start(|x| match x.request.number {
        0..30 => x.ok(),
        _ => x.reply(401, "{\"detail\":\"Invalid token.\"}"),
    });
    let report = server.ask(&ids(60)).batch_size(1).workers(4).uneven().send();
    assert_eq!(report.status(), Status::Unauthorized, "{report}");
    assert_eq!((report.confirmed(), report.not_attempted()), (30, 30), "{report}");
    assert!(report.requests() <= 30 + 4 + 3, "{report}");
}

#[test]
fn a_few_failures_of_the_service() {
    side_by_side(s(20), &[500, 502, 503, 504, 520, 408, 425], |status| {
        let status = *status;
        let server = Server::start(move |x| match x.request.number {
            0..3 => x.reply(status, HTML),
            _ => x.ok(),
        });
        let report = server.ask(&ids(10)).send();
        assert_eq!(report.status(), Status::Ok, "{status}: {report}");
        // Two 504 halve the batch.
        assert_eq!(report.requests(), if status == 504 { 5 } else { 4 }, "{status}: {report}");
        let at: Vec<_> = server.requests().iter().map(|r| r.at).collect();
        for (n, pair) in at.windows(2).take(3).enumerate() {
            assert!(pair[1] - pair[0] < ms(500 << n) + ms(300), "{status}: wait {n}");
        }
    });
    let server = Server::start(|x| x.reply(503, HTML));
    let report = server.ask(&ids(10)).impatient().send();
    assert_eq!((report.status(), report.unknown()), (Status::Server, 10), "{report}");
}

#[test]
fn a_429_is_waited_out_and_costs_no_attempt() {
    let _watchdog = Watchdog::new(s(20));
    let server = Server::start(|x| match x.request.number {
        5 => x.reply_with(429, "Retry-After: 1\r\n", "{\"detail\":\"Request was throttled.\"}"),
        _ => x.ok(),
    });
    let report = server.ask(&ids(20)).batch_size(1).workers(2).max_attempts(1).send();
    assert_eq!((report.status(), report.requests()), (Status::Ok, 21), "{report}");
    let at: Vec<_> = server.requests().iter().map(|r| r.at).collect();
    assert!(at.windows(2).any(|two| two[1] - two[0] >= s(1)), "nobody sends for a second");
}

/// Also by the next run, which need not ask again to know.
#[test]
fn a_wait_beyond_its_patience_stops_a_run() {
    let _watchdog = Watchdog::new(s(20));
    for asked in ["3600", "9223372036854775807", "18446744073709551615", "99999999999999999999999"] {
        let server = Server::start(move |x| x.reply_with(429, &format!("Retry-After: {asked}\r\n"), ""));
        for requests in [1, 0] {
            let report = server.ask(&ids(20)).impatient().send();
            assert_eq!((report.status(), report.requests()), (Status::RateLimited, requests), "{report}");
            assert_eq!(report.not_attempted(), 20, "{report}");
            let said = "longer than this run's patience of 1 s; run it again later";
            assert!(report.message().contains(said), "{report}");
        }
    }
}

/// Refuses requests of more than `most` ids.
fn at_most(most: usize, refuse: fn(&mut Exchange<'_>) -> Then) -> Server {
    Server::start(move |x| if x.request.ids().len() > most { refuse(x) } else { x.ok() })
}

#[test]
fn too_large_is_halved_and_stays_small() {
    type Refuse = fn(&mut Exchange<'_>) -> Then;
    let cases: &[(&str, Refuse, usize)] = &[
        ("413", |x| x.reply(413, HTML), 2),
        ("504", |x| x.reply(504, HTML), 4),
        ("timeout", |x| x.until_client_closes(), 4),
    ];
    side_by_side(s(30), cases, |(what, refuse, in_vain)| {
        let server = at_most(300, *refuse);
        let report = server.ask(&ids(4000)).workers(1).request_timeout(ms(300)).send();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 4000), "{what}: {report}");
        let large = server.requests().iter().filter(|r| r.ids().len() > 300).count();
        // Only the first batch and its two halves; and, where a timeout may be an outage, one fresh batch that
        // tells the two apart.
        assert!(large <= 2 * in_vain, "{what}: {large} in vain");
        assert!(report.requests() <= 16 + large as u64 + 2, "{what}: {report}");
    });
}

/// What a server says before it has read the body may get lost with the connection.
#[test]
fn a_413_before_the_body_was_read() {
    let answers: &[&str] = &["HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ""];
    side_by_side(s(30), answers, |says| {
        let says = *says;
        let server = Server::hasty(
            move |head, tcp| {
                use std::io::Write;
                (super::support::server::content_length(head) > 100_000).then(|| {
                    let _ = tcp.write_all(says.as_bytes());
                    Then::Reset
                })
            },
            |x| x.ok(),
        );
        let ids: Vec<String> = (0..2000).map(|i| format!("{i:0>240}")).collect();
        let report = server.ask_custom(&ids).patience(s(20)).send();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 2000), "{says}: {report}");
        assert!(report.requests() < 60, "{says}: {} requests", report.requests());
    });
}

#[test]
fn a_413_for_a_single_id() {
    let _watchdog = Watchdog::new(s(20));
    let server = Server::start(|x| x.reply(413, ""));
    let report = server.ask(&[7]).send();
    assert_eq!((report.rejected(), report.requests()), (1, 1), "{report}");
    assert_eq!(report.failure(0).unwrap().http_status, Some(413));

    let server = Server::start(|x| if x.request.has(3) { x.reply(413, "") } else { x.ok() });
    let report = server.ask(&ids(8)).send();
    assert_eq!((report.status(), report.confirmed(), report.rejected()), (Status::Partial, 7, 1), "{report}");
    assert_eq!(report.states()[2], IdState::Rejected);
}

/// Refuses requests with one of `poison` in them.
fn poisoned(poison: &[i64]) -> Server {
    let poison: Vec<String> = poison.iter().map(i64::to_string).collect();
    Server::start(move |x| match x.request.ids().iter().any(|id| poison.contains(id)) {
        true => x.reply(400, "{\"detail\":\"bad id\"}"),
        false => x.ok(),
    })
}

fn rejected(report: &Report, ids: &[i64]) -> BTreeSet<i64> {
    let is = |state: &IdState| *state == IdState::Rejected;
    ids.iter().zip(report.states()).filter(|(_, state)| is(state)).map(|(id, _)| *id).collect()
}

/// The bound of halving, with the batch itself and the guard's three probes.
fn bound(n: usize, k: usize) -> u64 {
    let log = |x: usize| x.next_power_of_two().trailing_zeros() as usize;
    (2 * k * (log(n) - k.ilog2() as usize + 1) + 4) as u64
}

#[test]
fn poisonous_ids_are_found() {
    let spread: Vec<i64> = (1..=20).map(|n| n * 47).collect();
    let cases: &[(&str, Vec<i64>)] = &[
        ("one", vec![617]),
        ("the first", vec![1]),
        ("the last", vec![1000]),
        ("where the guard asks", vec![167, 168, 501, 502, 834, 835]),
        ("adjacent", (400..410).collect()),
        ("spread", spread),
        ("the first half", (1..=500).collect()),
        ("all but one", (1..=999).collect()),
        ("all", (1..=1000).collect()),
    ];
    side_by_side(s(60), cases, |(what, poison)| {
        let server = poisoned(poison);
        let report = server.ask(&ids(1000)).max_requests(100_000).send();
        if ["all", "all but one", "where the guard asks"].contains(what) {
            // The guard takes it for a bad value and says that ids may be meant; nothing stays unknown.
            assert_eq!((report.status(), report.unknown()), (Status::Rejected, 0), "{what}: {report}");
            return;
        }
        assert_eq!(report.status(), Status::Partial, "{what}: {report}");
        assert_eq!(rejected(&report, &ids(1000)), poison.iter().copied().collect(), "{what}");
        assert_eq!(report.confirmed(), 1000 - poison.len(), "{what}: {report}");
        assert!(report.requests() <= bound(1000, poison.len()), "{what}: {}", report.requests());
        let failure = report.failure(0).unwrap();
        assert_eq!((failure.http_status, failure.message), (Some(400), "bad id"), "{what}");
    });
}

#[test]
fn clean_batches_go_first() {
    let _watchdog = Watchdog::new(s(20));
    let server = poisoned(&[5, 105, 205]);
    let report = server.ask(&ids(1000)).batch_size(100).workers(1).send();
    assert_eq!(rejected(&report, &ids(1000)), [5, 105, 205].into());
    let requests = server.requests();
    let last_batch = requests.iter().position(|r| r.has(1000)).unwrap();
    let first_part = requests.iter().position(|r| r.ids().len() == 50).unwrap();
    assert!(last_batch < first_part, "{last_batch} {first_part}");
}

#[test]
fn the_request_limit_stops_a_hopeless_isolation() {
    let _watchdog = Watchdog::new(s(20));
    let poison: Vec<i64> = (1..=1000).filter(|id| id % 3 == 0).collect();
    let server = poisoned(&poison);
    let report = server.ask(&ids(1000)).batch_size(100).max_requests(60).uneven().send();
    assert_eq!((report.status(), report.requests()), (Status::RequestLimit, 60), "{report}");
    assert!(report.message().contains("would take") && report.message().contains('%'), "{report}");
    assert!(rejected(&report, &ids(1000)).is_subset(&poison.into_iter().collect()));
}

#[test]
fn a_wrong_attribute_is_found_with_four_requests() {
    let _watchdog = Watchdog::new(s(10));
    for body in ["{\"attribute\":[\"Unknown attribute.\"]}", "{\"detail\":\"Not found.\"}", ""] {
        let status = if body.contains("Not found") { 404 } else { 400 };
        let server = Server::start(move |x| x.reply(status, body));
        let report = server.ask(&ids(50_000)).send();
        assert_eq!(report.status(), Status::Rejected, "{report}");
        assert!(report.requests() <= 4, "{report}");
        assert_eq!((report.confirmed(), report.unknown()), (0, 0), "{report}");
        assert!(report.message().contains("attribute or value refused"), "{report}");
    }
}

#[test]
fn one_wrong_value_among_rows() {
    side_by_side(s(10), FACES, |face| {
        let server = Server::start(|x| match x.request.json()["value"] == "bad" {
            true => x.reply(400, "{\"value\":[\"Not a valid choice.\"]}"),
            false => x.ok(),
        });
        let (ids, values) = (ids(6000), ["a", "bad", "c"]);
        let index: Vec<u32> = ids.iter().map(|id| *id as u32 % 3).collect();
        let told = server.ask_rows(&ids, &values, &index).batch_size(100).workers(4).through(*face);
        told.check(&texts(&ids), &server);
        assert!(told.is(Status::Partial) && told.count(IdState::Confirmed) == 4000, "{told}");
        for (value, state) in index.iter().map(|n| values[*n as usize]).zip(&told.states) {
            assert_eq!(value != "bad", *state == IdState::Confirmed as u8, "{value} {state}");
            assert_ne!(*state, IdState::Unknown as u8);
        }
        let wrong = server.requests().iter().filter(|r| r.json()["value"] == "bad").count();
        assert!(wrong <= 4 + 3, "{wrong} requests with the wrong value");
    });
}

#[test]
fn a_purged_beginning_is_no_wrong_value() {
    let _watchdog = Watchdog::new(s(30));
    let poison = ids(160);
    let server = poisoned(&poison);
    let report = server.ask(&ids(200)).batch_size(10).send();
    assert_eq!((report.status(), report.confirmed()), (Status::Partial, 40), "{report}");
    assert_eq!(rejected(&report, &ids(200)), poison.into_iter().collect());
}

/// The server says a thing; the truth is `bad`.
fn accuses(says: &'static str, bad: i64) -> (Server, Report) {
    let server = Server::start(move |x| if x.request.has(bad) { x.reply(400, says) } else { x.ok() });
    let report = server.ask(&[5, 7, 1, 9, 11, 13]).send();
    (server, report)
}

#[test]
fn named_culprits_are_tried_and_believed_after_the_rest_has_passed() {
    let cases: &[(&str, &str, i64, u64)] = &[
        ("a position", "{\"ids\":{\"1\":[\"A valid integer is required.\"]}}", 7, 5),
        ("a position that lies", "{\"ids\":{\"2\":[\"A valid integer is required.\"]}}", 5, 14),
        ("a key", "{\"ids\":[\"Invalid pk \\\"7\\\" - object does not exist.\"]}", 7, 5),
        ("a key that lies", "{\"ids\":[\"Invalid pk \\\"7\\\" - object does not exist.\"]}", 9, 14),
        ("a number in prose", "{\"detail\":\"user 7 is bad\"}", 9, 12),
        ("a key that was not sent", "{\"ids\":[\"Invalid pk \\\"999\\\" - object does not exist.\"]}", 9, 12),
        ("a position that was not sent", "{\"ids\":{\"50\":[\"?\"]}}", 9, 12),
        ("a negative position", "{\"ids\":{\"-1\":[\"?\"]}}", 9, 12),
        (
            "everybody",
            "{\"ids\":{\"0\":[\"?\"],\"1\":[\"?\"],\"2\":[\"?\"],\"3\":[\"?\"],\"4\":[\"?\"],\"5\":[\"?\"]}}",
            9,
            14,
        ),
        ("twice the same", "{\"ids\":[\"Invalid pk \\\"7\\\"\",\"Invalid pk \\\"7\\\"\"]}", 7, 5),
    ];
    side_by_side(s(10), cases, |(what, says, bad, most)| {
        let (_, report) = accuses(says, *bad);
        assert_eq!(report.status(), Status::Partial, "{what}: {report}");
        assert_eq!(rejected(&report, &[5, 7, 1, 9, 11, 13]), [*bad].into(), "{what}: {report}");
        assert!(report.requests() <= *most, "{what}: {} requests: {report}", report.requests());
    });
    let server = Server::start(|x| match x.request.ids().iter().position(|id| id == "1") {
        Some(at) => x.reply(400, &format!("{{\"ids\":{{\"{at}\":[\"A valid integer is required.\"]}}}}")),
        None => x.ok(),
    });
    let report = server.client().mass_update(&[5, 7, 1, 9, 11, 13], "plan", "pro").unwrap();
    let failure: Failure<'_> = report.failure(0).unwrap();
    assert_eq!((failure.id, failure.message), ("1", "A valid integer is required."));
}

/// Ids that are refused by name don't speak against the value, not even those that the guard tries first; a list
/// of which no id exists is still found out soon.
#[test]
fn named_culprits_are_no_wrong_value() {
    let _watchdog = Watchdog::new(s(20));
    let by_name = |poison: Vec<i64>| {
        let poison: BTreeSet<String> = poison.iter().map(i64::to_string).collect();
        Server::start(move |x| match x.request.ids().iter().find(|id| poison.contains(*id)) {
            Some(id) => {
                x.reply(400, &format!("{{\"ids\":[\"Invalid pk \\\"{id}\\\" - object does not exist.\"]}}"))
            }
            None => x.ok(),
        })
    };
    let poison = vec![167, 168, 501, 502, 834, 835];
    let server = by_name(poison.clone());
    let report = server.ask(&ids(1000)).send();
    assert_eq!((report.status(), report.confirmed()), (Status::Partial, 994), "{report}");
    assert_eq!(rejected(&report, &ids(1000)), poison.into_iter().collect());
    // Six rounds of leaving one out, and all but the last answer for themselves; six of the guard's.
    assert!(report.requests() <= 1 + 6 + 5 + 6, "{report}");

    for n in [1, 2, 3, 4, 50, 5000] {
        let server = by_name(ids(n));
        let report = server.ask(&ids(n)).send();
        assert_eq!((report.status(), report.confirmed()), (Status::Rejected, 0), "{n}: {report}");
        assert_eq!((report.unknown(), report.requests() <= 12), (0, true), "{n}: {report}");
    }
}

/// The answer names position 2 whatever it is; once that is the bad one, by chance.
#[test]
fn a_wrong_name_before_a_right_one() {
    let (_, report) = accuses("{\"ids\":{\"2\":[\"A valid integer is required.\"]}}", 9);
    assert_eq!(rejected(&report, &[5, 7, 1, 9, 11, 13]), [9].into(), "{report}");
}

#[test]
fn success_that_complains() {
    let cases: &[(&str, Status)] = &[
        ("{\"errors\":[\"x\"]}", Status::Rejected),
        ("{\"error\":\"x\"}", Status::Rejected),
        ("{\"detail\":\"Not found.\"}", Status::Rejected),
        ("{\"status\":\"error\"}", Status::Rejected),
        ("{\"status\":\"Failed\"}", Status::Rejected),
        ("{\"success\":false}", Status::Rejected),
        ("{\"status\":\"success\"}", Status::Ok),
        ("{\"updated\":4}", Status::Ok),
        ("[]", Status::Ok),
        ("null", Status::Ok),
        ("true", Status::Ok),
        ("{\"status\":\"ok\",\"errors\":[]}", Status::Ok),
    ];
    side_by_side(s(10), cases, |(body, status)| {
        let body = *body;
        let server = Server::start(move |x| x.reply(200, body));
        let report = server.ask(&ids(12)).batch_size(4).send();
        assert_eq!(report.status(), *status, "{body}: {report}");
        let text = report.to_string();
        match status {
            Status::Ok => {
                assert!(text.contains(&format!("taken as success: {body}")), "{body}: {text}");
                assert_eq!(text.matches("note: ").count(), 1, "only the first: {text}");
            }
            _ => {
                assert_eq!((report.confirmed(), report.unknown()), (0, 0), "{body}: {text}");
                assert!(report.requests() <= 4, "{body}: {text}");
            }
        }
    });
}

#[test]
fn a_count_is_noted_and_nothing_else() {
    for counted in [0, 500] {
        let server = Server::start(move |x| x.reply(200, &format!("{{\"updated\":{counted}}}")));
        let report = server.ask(&ids(1000)).send();
        assert_eq!(
            (report.status(), report.confirmed(), report.requests()),
            (Status::Ok, 1000, 1),
            "{report}"
        );
        assert!(report.to_string().contains(&format!("server counted {counted} of 1000")), "{report}");
    }
}

#[test]
fn interim_answers() {
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
    side_by_side(s(10), cases, |(what, script)| {
        let server = Server::start(*script);
        let report = server.ask(&ids(6)).batch_size(2).workers(1).impatient().send();
        assert_eq!((report.status(), report.requests()), (Status::Ok, 3), "{what}: {report}");
        assert_eq!(server.connections(), 1, "{what}");
    });
}

#[test]
fn a_bad_answer_spoils_no_other() {
    // What is left of one answer must not be read as the next one's.
    let _watchdog = Watchdog::new(s(20));
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
