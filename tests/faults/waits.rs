//! Servers that read or reply too slowly or not at all: every phase of an attempt is bounded.

use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}";

/// A server with the smallest of windows that reads nothing at all.
fn reads_nothing() -> Server {
    reads_slowly(0, s(160))
}

/// The same, but it reads so many bytes now and then.
fn reads_slowly(bytes: usize, pause: Duration) -> Server {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(1).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(16).unwrap();
    Server::bare(TcpListener::from(socket), move |mut tcp, _| {
        let mut buffer = vec![0; bytes];
        thread::sleep(pause);
        while matches!(tcp.read(&mut buffer), Ok(1..)) {
            thread::sleep(pause);
        }
    })
}

/// As much as one request may carry.
pub fn bulky() -> Vec<String> {
    (0..1000).map(|i| format!("{i:0>250}")).collect()
}

pub fn all_unknown(report: &Report, n: i64) {
    assert_eq!(report.unknown() as i64, n, "{report}");
    assert_eq!(report.status(), Status::Transport, "{report}");
}

/// Row 5: a window of zero; also with a deadline.
#[test]
fn accepts_and_never_reads() {
    let server = reads_nothing();
    let report = server.ask(&ids(10)).request_timeout(ms(200)).impatient().send();
    all_unknown(&report, 10);

    let server = reads_nothing();
    let start = Instant::now();
    let report = server.ask_custom(&bulky()).deadline(s(1)).send();
    assert_eq!((report.status(), report.unknown()), (Status::Deadline, 1000), "{report}");
    // And not in the 30 s that sending may take.
    assert!(start.elapsed() < s(25), "{:?}", start.elapsed());
}

/// Row 5: the buffers are small, so that the sender waits for the reader.
#[test]
#[ignore = "takes 50 s: sending may take 30 s, and is looked at after each piece of 16 KiB"]
fn a_request_that_is_hardly_read_ends_at_the_send_timeout() {
    if let Some(role) = child::role() {
        let (server, start) = (child::server_of(&role), Instant::now());
        let told = server.ask_custom(&bulky()).impatient().through(child::api_of(&role));
        assert!(told.is(Status::Transport) && told.count(IdState::Unknown) == 1000, "{told}");
        assert!(told.failures[0].message.contains("timed out: send"), "{told}");
        // At a kilobyte a second the whole takes 250 s.
        assert!(start.elapsed() > s(29) && start.elapsed() < s(100), "{:?}", start.elapsed());
        return;
    }
    let shim = preload("support/net.c");
    side_by_side(&through_each(&["nothing", "little"]), |(api, what)| {
        let server = if **what == "nothing" { reads_nothing() } else { reads_slowly(1000, s(1)) };
        let mut command = child::command(
            a_request_that_is_hardly_read_ends_at_the_send_timeout,
            &format!("{} {what}", child::through(*api, &server)),
        );
        succeed_as_test(command.env("LD_PRELOAD", &shim).env("NET_SNDBUF", "4096"));
        assert_eq!(server.connections(), 1);
    });
}

/// Row 6: timeouts and retries; the server has applied it.
#[test]
fn reads_all_and_never_replies() {
    let server = Server::start(|x| x.hang(""));
    let report = server.ask(&ids(10)).request_timeout(ms(200)).stall_timeout(s(3)).send();
    all_unknown(&report, 10);
    assert!(report.requests() > 1, "retried: {report}");
    assert!(report.message().contains("timed out"), "{report}");
}

/// Row 7: one byte at a time does not extend the timeout for the response's head.
#[test]
fn a_head_that_drips() {
    let head = |x: &mut Exchange<'_>| {
        x.apply();
        x.raw("HTTP/1.1 200 OK\r\nX-Slow: ");
        while x.drip(b"x", ms(20)) {}
        Then::Close
    };
    let first_byte_late = |x: &mut Exchange<'_>| {
        x.apply();
        x.drip(OK.as_bytes(), ms(20));
        Then::Keep
    };
    for server in [Server::start(head), Server::start(first_byte_late)] {
        // Without a timeout for the whole head the first one never ends, and the second one succeeds.
        let report = server.ask(&ids(10)).request_timeout(ms(400)).impatient().send();
        all_unknown(&report, 10);
    }
}

fn drips_its_body() -> Server {
    Server::start(|x| {
        x.apply();
        x.raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while x.drip(b" ", ms(20)) {}
        Then::Close
    })
}

/// Row 7: a body without an end.
#[test]
fn a_dripping_body_ends_with_the_deadline() {
    let (server, start) = (drips_its_body(), Instant::now());
    let report = server.ask(&[1]).deadline(s(1)).send();
    assert_eq!((report.status(), report.unknown()), (Status::Deadline, 1), "{report}");
    // And not in the 30 s that a body may take.
    assert!(start.elapsed() < s(25), "{:?}", start.elapsed());
}

/// Row 7: the same without a deadline.
#[test]
#[ignore = "takes 30 s, the time that a response's body may take"]
fn a_dripping_body_ends_at_its_timeout() {
    // The whole body takes 2,000 s.
    let server = drips_its_body();
    let report = server.ask(&[1]).impatient().send();
    assert_eq!((report.unknown(), report.requests()), (1, 1), "{report}");
}

/// Row 7: a head in time and a slow body.
#[test]
fn a_slow_response_is_accepted() {
    let server = Server::start(|x| {
        x.accept();
        x.raw("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n");
        x.drip(b"{\"status\":\"ok\"}", ms(200));
        Then::Keep
    });
    let report = server.ask(&[1]).request_timeout(s(2)).send();
    assert_eq!((report.status(), report.requests()), (Status::Ok, 1), "{report}");
}
