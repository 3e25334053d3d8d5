//! Servers that misbehave: what is read never changes what becomes of an update, and never leads elsewhere.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use usercom::{Cancel, Error, Status, Update};

use crate::support::{Exchange, Server, Then};

fn is_get(x: &Exchange<'_>) -> bool {
    x.request.line().starts_with("GET ")
}

/// Responds to reads as said, to updates with success.
fn reads(read: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static) -> Server {
    Server::start(move |x| if is_get(x) { read(x) } else { x.ok() })
}

fn lines(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.line().to_owned()).collect()
}

const PAGE: &str = "<html><title>Log in</title></html>";

#[test]
fn no_failure_of_a_read_changes_a_run() {
    type Read = fn(&mut Exchange<'_>) -> Then;
    let failures: [(&str, Read); 10] = [
        ("401", |x| x.reply(401, r#"{"detail":"Invalid token."}"#)),
        ("403", |x| x.reply(403, r#"{"detail":"no"}"#)),
        ("404", |x| x.reply(404, r#"{"detail":"Not found."}"#)),
        ("500", |x| x.reply(500, PAGE)),
        ("a page", |x| x.reply_with(200, "Content-Type: text/html\r\n", PAGE)),
        ("not JSON", |x| x.reply(200, "{")),
        ("another shape", |x| x.reply(200, "[[]]")),
        ("a redirect", |x| x.reply_with(302, "Location: /elsewhere/\r\n", "")),
        ("cut off", |x| {
            x.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
            Then::Close
        }),
        ("reset", |_| Then::Reset),
    ];
    crate::support::side_by_side(&failures, |(name, read)| {
        let server = reads(*read);
        let client = server.client();
        for round in 0..2 {
            let run = client.run(Update::new("plan", "pro")).ids(&[1, 2, 3]).preflight().verify(3);
            let report = run.send().unwrap();
            assert_eq!((report.status(), report.confirmed()), (Status::Ok, 3), "{name}: {report}");
            assert_eq!((report.requests(), report.retries()), (1, 0), "{name} {round}: {report}");
            assert_eq!((report.verified(), report.mismatched()), (0, 0), "{name}: {report}");
            assert!(report.notes().iter().any(|note| note.starts_with("verify: ")), "{name}: {report}");
        }
        let reads = lines(&server).iter().filter(|line| line.starts_with("GET ")).count();
        assert!(reads <= 8, "{name}: {reads}");
    });
}

/// A success of a read is no success of the run: the first 401 of an update is final all the same.
#[test]
fn a_read_does_not_vouch_for_the_token() {
    let server = Server::start(|x| match is_get(x) {
        true => x.reply(200, r#"{"value_type":"string"}"#),
        false => x.reply(401, r#"{"detail":"Invalid token."}"#),
    });
    let report = server.client().run(Update::new("plan", "pro")).ids(&[1]).preflight().send().unwrap();
    assert_eq!((report.status(), report.requests()), (Status::Unauthorized, 1), "{report}");
}

/// An outage that a run left behind keeps nobody from looking.
#[test]
fn a_check_works_in_an_outage() {
    let server = Server::start(|x| match is_get(x) {
        true => x.reply(200, r#"{"next":null,"results":[]}"#),
        false => x.reply(503, "away"),
    });
    let client = server.client();
    let run = client.run(Update::new("plan", "pro")).ids(&[1]).stall_timeout(Duration::from_secs(1));
    assert_eq!(run.send().unwrap().status(), Status::Server);
    let check = client.check(None, &[]).unwrap();
    assert!(check.passed(), "{check}");
}

#[test]
fn a_wait_that_a_read_is_asked_for_is_kept_by_all() {
    let asked = AtomicUsize::new(0);
    let server = reads(move |x| match asked.fetch_add(1, SeqCst) {
        0 => x.reply_with(429, "Retry-After: 1\r\n", r#"{"detail":"Request was throttled."}"#),
        _ => x.reply(200, r#"{"next":null,"results":[{"id":1,"attributes":[]}]}"#),
    });
    let client = server.client();
    assert_eq!(client.users().map(Result::unwrap).map(|user| user.id()).collect::<Vec<_>>(), [1]);
    assert!(client.mass_update(&[1], "plan", "pro").unwrap().status() == Status::Ok);
    let at: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
    assert_eq!(at.len(), 3);
    assert!(at[1] - at[0] >= Duration::from_secs(1), "{:?}", at[1] - at[0]);
}

#[test]
fn a_page_that_fails_is_tried_again_and_an_error_is_not_the_end() {
    let asked = AtomicUsize::new(0);
    let server = reads(move |x| match asked.fetch_add(1, SeqCst) {
        0 => x.reply(503, PAGE),
        1 => {
            x.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"next\":null,");
            Then::Close
        }
        2 => x.reply(200, r#"{"next":"/?page=2","results":[{"id":1,"attributes":[]}]}"#),
        // What stays is said at once.
        3 => x.reply(400, r#"{"detail":"no"}"#),
        _ => x.reply(200, r#"{"next":null,"results":[{"id":2,"attributes":[]}]}"#),
    });
    let mut users = server.client().users();
    assert_eq!(users.next().unwrap().unwrap().id(), 1);
    let error = users.next().unwrap().unwrap_err();
    assert!(matches!(error, Error::Read { status: Status::BadResponse, .. }), "{error}");
    assert!(error.to_string().contains("http 400: no"), "{error}");
    assert_eq!(users.next().unwrap().unwrap().id(), 2, "the same page once more");
    assert!(users.next().is_none() && users.next().is_none());
}

#[test]
fn the_token_follows_neither_a_next_page_nor_a_redirect() {
    let elsewhere = Server::untouched();
    let target = elsewhere.url();
    let server = reads(move |x| match x.request.line().contains("page=2") {
        false => x.reply(
            200,
            &format!(r#"{{"next":"{target}/steal/?page=2","results":[{{"id":1,"attributes":[]}}]}}"#),
        ),
        true => x.reply_with(307, &format!("Location: {target}/\r\n"), ""),
    });
    let mut users = server.client().users();
    assert_eq!(users.next().unwrap().unwrap().id(), 1);
    let error = users.next().unwrap().unwrap_err();
    assert!(matches!(error, Error::Read { status: Status::WrongEndpoint, .. }), "{error}");
    assert_eq!(lines(&server), ["GET /api/public/users/ HTTP/1.1", "GET /api/public/users/?page=2 HTTP/1.1"]);
    assert!(elsewhere.requests().is_empty() && elsewhere.connections() == 0);
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), Some(format!("Token {}", server.token)));
    assert_eq!((request.header("content-length"), request.header("content-type")), (None, None));
    assert!(request.body.is_empty());
}

#[test]
fn lists_that_do_not_end() {
    let pages = AtomicUsize::new(0);
    let server = reads(move |x| {
        let next = pages.fetch_add(1, SeqCst) % 3;
        x.reply(200, &format!(r#"{{"next":"http://x/?page={next}","results":[{{"id":1,"attributes":[]}}]}}"#))
    });
    assert_eq!(server.client().users().map(Result::unwrap).count(), 4, "each page once");
    let pages = AtomicUsize::new(0);
    let server = reads(move |x| {
        let next = pages.fetch_add(1, SeqCst);
        x.reply(200, &format!(r#"{{"next":"?page={next}","results":[]}}"#))
    });
    let error = server.client().users().next().unwrap().unwrap_err();
    assert!(error.to_string().contains("were empty"), "{error}");
    let server = reads(|x| x.reply(200, r#"{"next":null,"results":[{"name":"no id"}]}"#));
    let error = server.client().users().next().unwrap().unwrap_err();
    assert!(error.to_string().contains("no id"), "{error}");
}

#[test]
fn a_cancel_ends_a_read_that_hangs() {
    let server = reads(|_| {
        thread::sleep(Duration::from_secs(30));
        Then::Close
    });
    let cancel = Cancel::new();
    let mut users = server.client().users().cancel(&cancel);
    thread::scope(|scope| {
        scope.spawn(|| {
            while server.requests().is_empty() {
                thread::sleep(Duration::from_millis(5));
            }
            cancel.request();
        });
        let error = users.next().unwrap().unwrap_err();
        assert!(matches!(error, Error::Read { status: Status::Cancelled, .. }), "{error}");
    });
}

/// Every read of a run listens to its cancel, progress and deadline.
#[test]
fn a_run_that_is_cancelled_while_it_reads_back_keeps_its_outcome() {
    let server = reads(|x| x.reply(200, r#"{"id":1,"attributes":[]}"#));
    let client = server.client();
    // The value is not there, so it is read again after two seconds; the third call is made while that is waited for.
    let calls = AtomicUsize::new(0);
    let run = client.run(Update::new("plan", "pro")).ids(&[1]).verify(1).progress(|progress| {
        let read = server.requests().iter().any(|request| request.line().starts_with("GET "));
        calls.fetch_add(usize::from(read && progress.done == 1), SeqCst);
        match calls.load(SeqCst) {
            0..3 => std::ops::ControlFlow::Continue(()),
            _ => std::ops::ControlFlow::Break(()),
        }
    });
    let report = run.send().unwrap();
    assert_eq!((report.status(), report.confirmed(), report.mismatched()), (Status::Ok, 1, 1), "{report}");
    assert!(report.notes()[0].contains("read once"), "{report}");
}

#[test]
fn a_preflight_that_hangs_is_done_without() {
    let server = reads(|_| {
        thread::sleep(Duration::from_secs(60));
        Then::Close
    });
    let report = server.client().run(Update::new("plan", "pro")).ids(&[1]).preflight().send().unwrap();
    assert_eq!(report.status(), Status::Ok, "{report}");
    assert!(report.notes()[0].contains("no response in time"), "{report}");
}

#[test]
fn the_token_is_in_no_message() {
    let server = Server::start(|x| {
        let token = x.request.header("authorization").unwrap().replace("Token ", "");
        x.reply(400, &format!(r#"{{"detail":"what is {token}?"}}"#))
    });
    let client = server.client();
    let error = client.users().next().unwrap().unwrap_err().to_string();
    let check = client.check("plan", &[]).unwrap();
    let said = format!("{error}\n{check}\n{}\n{:?}", check.to_json(), client.users());
    assert!(!said.contains(&server.token) && said.contains("(token)"), "{said}");
}
