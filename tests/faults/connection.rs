//! Connections that are refused, swallowed, cut or slow.
//!
//! The library's own waits are minutes; these runs have a second of patience and short timeouts.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::support::{
    FACES, Server, Stop, Then, Watchdog, cancelled, child, ids, ms, preload, s, server, side_by_side, texts,
    through_each, undisturbed,
};
use socket2::{Domain, Socket, Type};
use usercom::{IdState, Report, Status};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}";

/// A port that is taken, and on which nobody listens yet.
fn silent_port() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

fn all_unknown(report: &Report, n: i64) {
    assert_eq!(report.unknown() as i64, n, "{report}");
    assert_eq!(report.status(), Status::Transport, "{report}");
}

#[test]
fn refused_at_first() {
    side_by_side(s(20), FACES, |face| {
        let (socket, address) = silent_port();
        let (waiting, started) = (Mutex::new(Some(socket)), Arc::new(Mutex::new(None)));
        let running = started.clone();
        let log = Arc::new(move |line: &str| {
            if line.starts_with("request 3: ") && line.ends_with(" ids") {
                let socket = waiting.lock().unwrap().take().unwrap();
                socket.listen(16).unwrap();
                *running.lock().unwrap() = Some(Server::on(TcpListener::from(socket), |x| x.ok()));
            }
        });
        let start = Instant::now();
        let told = Server::nobody(address).ask(&ids(10)).log(log).through(*face);
        assert!(told.is(Status::Ok) && told.count(IdState::Confirmed) == 10, "{told}");
        assert_eq!((told.requests, told.retries), (3, 2), "{told}");
        assert!(start.elapsed() < ms(500 + 1000 + 500), "backoff within its bounds: {:?}", start.elapsed());
        told.check(&texts(&ids(10)), started.lock().unwrap().as_ref().unwrap());
    });
}

#[test]
fn refused_for_ever() {
    let _watchdog = Watchdog::new(s(10));
    let (_socket, address) = silent_port();
    let start = Instant::now();
    let report = Server::nobody(address).ask(&ids(3000)).impatient().send();
    assert_eq!((report.status(), report.not_attempted()), (Status::Transport, 3000), "{report}");
    let trouble = format!("last trouble: no connection to {address}: Connection refused");
    assert!(report.message().contains(&trouble), "{report}");
    assert!(start.elapsed() >= s(1) && start.elapsed() < s(3), "{:?}", start.elapsed());
    assert!(report.requests() < 20, "one probe at a time: {report}");
    let report = Server::nobody(address).ask(&ids(3000)).deadline(ms(300)).send();
    assert_eq!(report.status(), Status::Deadline, "{report}");
    assert!(report.message().contains(&trouble), "what kept it from its end: {report}");
}

#[test]
fn no_such_host() {
    let _watchdog = Watchdog::new(s(60));
    let nowhere = Server::elsewhere("https://no-such-host.invalid", &server::fresh_token());
    let report = nowhere.ask(&ids(10)).impatient().send();
    assert_eq!((report.status(), report.not_attempted()), (Status::Transport, 10), "{report}");
    assert!(report.message().contains("no connection to no-such-host.invalid"), "{report}");
    assert!(report.message().contains("can't be found by its name; check the name"), "{report}");
}

/// How many threads this process has now.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// The system shows a thread for a moment after it was joined.
fn threads_come_down_to(n: usize) -> bool {
    let start = Instant::now();
    while threads() > n && start.elapsed() < s(1) {
        thread::sleep(ms(1));
    }
    threads() == n
}

/// Nothing can end a look-up: what waits for one waits on a thread that is there anyway, and no longer.
#[test]
fn a_resolver_that_takes_its_time() {
    const ME: &str = "a_resolver_that_takes_its_time";
    if let Some(role) = child::role() {
        let (before, watched) = (threads(), AtomicUsize::new(0));
        let (server, ids, stop) = (child::server_of(&role), ids(60), Stop::new());
        let ask = server.ask(&ids).batch_size(5).workers(4).impatient().cancel(&stop);
        let start = Instant::now();
        let told = thread::scope(|scope| {
            let run = scope.spawn(|| ask.through(child::face_of(&role)));
            while !run.is_finished() {
                watched.fetch_max(threads(), SeqCst);
                if role.ends_with("cancel") && start.elapsed() > ms(300) {
                    stop.request();
                }
                thread::sleep(ms(5));
            }
            run.join().unwrap()
        });
        let (took, most) = (start.elapsed(), watched.into_inner() - before - 1);
        assert!(threads_come_down_to(before), "no thread outlives its run: {} of {before}", threads());
        println!("{took:?}, {most} workers: {told}");
        match role.rsplit(' ').next().unwrap() {
            "answers" => {
                assert!(told.is(Status::Ok) && told.count(IdState::Confirmed) == 60, "{told}");
                assert!(most <= 4, "{most}");
            }
            "fails" => {
                assert!(told.is(Status::Transport) && told.count(IdState::NotAttempted) == 60, "{told}");
                assert!(told.message.contains("can't be found by its name"), "{told}");
                assert!(told.message.contains("Temporary failure in name resolution"), "{told}");
                assert!(took < s(3) && most == 1, "one at a time: {took:?}, {most}");
            }
            _ => {
                // It was cut off while it still looked for the address, so that it never connects.
                assert!(told.is(Status::Cancelled) && told.count(IdState::NotAttempted) == 55, "{told}");
                assert!(took > ms(6500) && took < s(9) && most == 1, "{took:?}, {most}");
            }
        }
        return;
    }
    let shim = preload::library("support/net.c");
    // The look-up's own time in ms, and what it gives: EAI_AGAIN or an address.
    let cases = [("answers", "100", "0"), ("fails", "600", "-3"), ("cancel", "6500", "0")];
    side_by_side(s(30), &through_each(&cases), |(face, (what, takes, gives))| {
        let server = Server::start(|x| x.ok());
        let url = format!("http://localhost:{}", server.address().port());
        let role = format!("{} {what}", child::through(*face, &Server::elsewhere(&url, &server.token)));
        let mut command = child::command(ME, &role);
        child::run(command.env("LD_PRELOAD", &shim).env("NET_DNS_MS", takes).env("NET_DNS_GIVES", gives));
        assert_eq!(server.applied().len(), if *what == "answers" { 60 } else { 0 });
    });
}

/// The system takes connections off our hands until its queue is full; then it drops every SYN.
fn fill_the_queue(address: SocketAddr) -> Vec<Socket> {
    let fillers = (0..4).map(|_| {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        filler.set_nonblocking(true).unwrap();
        let _ = filler.connect(&address.into());
        filler
    });
    let fillers = fillers.collect();
    thread::sleep(ms(50));
    fillers
}

#[test]
fn a_black_hole_takes_ten_seconds() {
    let _watchdog = Watchdog::new(s(30));
    let (socket, address) = silent_port();
    socket.listen(0).unwrap();
    let _fill = fill_the_queue(address);
    let start = Instant::now();
    let report = Server::nobody(address).ask(&ids(10)).impatient().send();
    assert_eq!(
        (report.status(), report.not_attempted(), report.requests()),
        (Status::Transport, 10, 1),
        "{report}"
    );
    assert!(start.elapsed() > s(9) && start.elapsed() < s(12), "{:?}", start.elapsed());
}

/// Connecting can't be cut short, and is no business of a run that is connected.
#[test]
fn cancelled_while_connecting() {
    side_by_side(s(40), FACES, |face| {
        let (socket, address) = silent_port();
        socket.listen(0).unwrap();
        let server = Server::busy_with_one(TcpListener::from(socket), |x| {
            thread::sleep(ms(250));
            x.ok()
        });
        let fifty = ids(50);
        let connected = server.ask(&fifty).batch_size(1).workers(1);
        let account = connected.account(*face).unwrap();
        thread::scope(|scope| {
            let other = scope.spawn(|| account.run(&connected));
            thread::sleep(ms(100));
            let _fill = fill_the_queue(address);
            let (told, took) = cancelled(&account, &server.ask(&[1001, 1002]), ms(400));
            assert_eq!(told.count(IdState::NotAttempted), 2, "{told}");
            assert!(took < s(10), "{took:?}");
            let other = other.join().unwrap();
            assert!(other.is(Status::Ok), "{other}");
            assert_eq!((other.requests, other.retries), (50, 0), "{other}");
            other.check(&texts(&fifty), &server);
        });
    });
}

/// There is room for little but what the other side takes, and of what is large it takes nothing.
#[test]
fn cancelled_while_sending() {
    const ME: &str = "cancelled_while_sending";
    if let Some(role) = child::role() {
        let (server, ids) = (child::server_of(&role), bulky());
        let ask = server.ask_custom(&ids).workers(4);
        let account = ask.account(child::face_of(&role)).unwrap();
        let (told, took) = undisturbed(&account, &server, || cancelled(&account, &ask, ms(400)));
        assert_eq!(told.count(IdState::Unknown), 1000, "{told}");
        assert!(took > ms(4900) && took < ms(5900), "{took:?}");
        return;
    }
    let shim = preload::library("support/net.c");
    side_by_side(s(30), FACES, |face| {
        let deaf_to_much = |head: &str, _: &mut TcpStream| {
            (server::content_length(head) > 100_000).then(|| {
                thread::sleep(s(10));
                Then::Reset
            })
        };
        let server = Server::hasty(deaf_to_much, |x| {
            thread::sleep(ms(20));
            x.ok()
        });
        let mut command = child::command(ME, &child::through(*face, &server));
        child::run(command.env("LD_PRELOAD", &shim).env("NET_SNDBUF", "4096"));
        assert_eq!(server.accepted().len(), 60);
    });
}

/// A server with the smallest of windows that reads nothing at all.
fn deaf() -> Server {
    sips(0, s(160))
}

/// The same, but it takes so many bytes now and then.
fn sips(bytes: usize, pause: Duration) -> Server {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(1).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(16).unwrap();
    Server::bare(TcpListener::from(socket), move |mut tcp, _| {
        let mut sip = vec![0; bytes];
        thread::sleep(pause);
        while matches!(tcp.read(&mut sip), Ok(1..)) {
            thread::sleep(pause);
        }
    })
}

/// As much as one request may carry.
fn bulky() -> Vec<String> {
    (0..1000).map(|i| format!("{i:0>250}")).collect()
}

#[test]
fn accepts_and_never_reads() {
    let _watchdog = Watchdog::new(s(20));
    let server = deaf();
    let report = server.ask(&ids(10)).request_timeout(ms(200)).impatient().send();
    all_unknown(&report, 10);

    let server = deaf();
    let start = Instant::now();
    let report = server.ask_custom(&bulky()).deadline(ms(500)).send();
    assert_eq!((report.status(), report.unknown()), (Status::Deadline, 1000), "{report}");
    assert!(start.elapsed() < ms(6500), "{:?}", start.elapsed());
}

/// What the other side doesn't take stays with us, where there is little room for it.
#[test]
#[ignore = "takes 50 s: sending may take 30 s, and is looked at after each piece of 16 KiB"]
fn a_request_that_is_hardly_taken_is_given_up() {
    const ME: &str = "a_request_that_is_hardly_taken_is_given_up";
    if let Some(role) = child::role() {
        let (server, start) = (child::server_of(&role), Instant::now());
        let told = server.ask_custom(&bulky()).impatient().through(child::face_of(&role));
        assert!(told.is(Status::Transport) && told.count(IdState::Unknown) == 1000, "{told}");
        assert!(told.failures[0].message.contains("timed out: send"), "{told}");
        let most = if role.ends_with("nothing") { 33 } else { 50 };
        assert!(start.elapsed() > s(29) && start.elapsed() < s(most), "{:?}", start.elapsed());
        return;
    }
    let shim = preload::library("support/net.c");
    side_by_side(s(60), &through_each(&["nothing", "little"]), |(face, what)| {
        let server = if **what == "nothing" { deaf() } else { sips(1000, s(1)) };
        let mut command = child::command(ME, &format!("{} {what}", child::through(*face, &server)));
        child::run(command.env("LD_PRELOAD", &shim).env("NET_SNDBUF", "4096"));
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn reads_all_and_never_replies() {
    let _watchdog = Watchdog::new(s(10));
    let server = Server::start(|x| {
        x.apply();
        x.until_client_closes()
    });
    let start = Instant::now();
    let report = server.ask(&ids(10)).request_timeout(ms(200)).impatient().send();
    all_unknown(&report, 10);
    assert!(report.requests() > 1, "tried again: {report}");
    assert!(report.message().contains("timed out"), "{report}");
    assert!(start.elapsed() < s(3), "{:?}", start.elapsed());
}

#[test]
fn drips() {
    let head = |x: &mut super::support::Exchange<'_>| {
        x.apply();
        x.raw("HTTP/1.1 200 OK\r\nX-Slow: ");
        while x.drip(b"x", ms(20)) {}
        Then::Close
    };
    let first_byte_late = |x: &mut super::support::Exchange<'_>| {
        x.apply();
        x.drip(OK.as_bytes(), ms(20));
        Then::Keep
    };
    let _watchdog = Watchdog::new(s(20));
    for server in [Server::start(head), Server::start(first_byte_late)] {
        let start = Instant::now();
        let report = server.ask(&ids(10)).request_timeout(ms(400)).impatient().send();
        all_unknown(&report, 10);
        assert!(start.elapsed() < s(3), "{:?}", start.elapsed());
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

#[test]
fn a_dripping_body_ends_with_the_deadline() {
    let _watchdog = Watchdog::new(s(10));
    let (server, start) = (drips_its_body(), Instant::now());
    let report = server.ask(&[1]).deadline(ms(300)).send();
    assert_eq!((report.status(), report.unknown()), (Status::Deadline, 1), "{report}");
    assert!(start.elapsed() < ms(6300), "{:?}", start.elapsed());
}

#[test]
#[ignore = "takes 30 s, the time that an answer's body may take"]
fn a_dripping_body_is_given_up() {
    let _watchdog = Watchdog::new(s(50));
    let (server, start) = (drips_its_body(), Instant::now());
    let report = server.ask(&[1]).impatient().send();
    assert_eq!((report.unknown(), report.requests()), (1, 1), "{report}");
    assert!(start.elapsed() < s(33), "{:?}", start.elapsed());
}

#[test]
fn a_slow_answer_is_an_answer() {
    let _watchdog = Watchdog::new(s(10));
    let server = Server::start(|x| {
        x.accept();
        x.raw("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n");
        x.drip(b"{\"status\":\"ok\"}", ms(20));
        Then::Keep
    });
    let report = server.ask(&[1]).request_timeout(ms(200)).send();
    assert_eq!((report.status(), report.requests()), (Status::Ok, 1), "{report}");
}

/// Each for ever, then two times only.
#[test]
fn closed_and_reset_connections() {
    type Script = fn(&mut super::support::Exchange<'_>) -> Then;
    let scripts: &[(&str, Script)] = &[
        ("no byte", |_| Then::Close),
        ("reset at once", |_| Then::Reset),
        ("part of the status line", |x| {
            x.raw("HTTP/1.1 20");
            Then::Close
        }),
        ("part of the head", |x| {
            x.raw("HTTP/1.1 200 OK\r\nContent-Le");
            Then::Reset
        }),
        ("reset within the body", |x| {
            x.raw("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\"");
            Then::Reset
        }),
        ("reset before the body", |x| {
            x.raw("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n");
            Then::Reset
        }),
    ];
    side_by_side(s(15), scripts, |(what, script)| {
        let script = *script;
        let server = Server::start(move |x| {
            x.apply();
            script(x)
        });
        let report = server.ask(&ids(10)).impatient().send();
        assert_eq!((report.confirmed(), report.unknown()), (0, 10), "{what}: {report}");
        let stopped = [Status::Transport, Status::BadResponse];
        assert!(stopped.contains(&report.status()), "{what}: {report}");
        assert!(report.requests() < 20, "{what}: {report}");

        let server = Server::start(move |x| if x.request.number < 2 { script(x) } else { x.ok() });
        let report = server.ask(&ids(10)).send();
        assert_eq!((report.status(), report.requests()), (Status::Ok, 3), "{what}: {report}");
    });
}

#[test]
fn reset_in_the_middle_of_a_request() {
    let _watchdog = Watchdog::new(s(10));
    let server = Server::hasty(|_, _| Some(Then::Reset), |x| x.ok());
    let report = server.ask_custom(&bulky()).impatient().send();
    all_unknown(&report, 1000);
}

/// Servers close kept connections when they like; a request that meets that moment is sent again.
#[test]
fn kept_connections_that_close_at_the_wrong_moment() {
    let _watchdog = Watchdog::new(s(60));
    let server = Server::start(|x| {
        x.ok();
        let pause = x.request.number as u64 * 7919 % 401;
        thread::sleep(std::time::Duration::from_micros(pause));
        Then::Close
    });
    let start = Instant::now();
    let report = server.ask(&ids(3000)).batch_size(1).workers(4).send();
    assert_eq!((report.status(), report.confirmed()), (Status::Ok, 3000), "{report}");
    assert!(report.requests() < 4000, "{report}");
    assert!(start.elapsed() < s(20), "{:?}", start.elapsed());
}

#[test]
fn a_kept_connection_that_a_firewall_forgot() {
    let _watchdog = Watchdog::new(s(10));
    let server = Server::start(|x| match (x.request.connection, x.request.on_connection) {
        (0, 1..) => x.until_client_closes(),
        _ => x.ok(),
    });
    let report = server.ask(&ids(5)).batch_size(1).workers(1).request_timeout(ms(200)).send();
    assert_eq!((report.status(), report.requests(), report.retries()), (Status::Ok, 6, 1), "{report}");
    assert_eq!(server.connections(), 2);
}

/// The reply is lost, the update is done: sending it again does no harm and is the only proof.
#[test]
fn applied_and_the_reply_lost() {
    let _watchdog = Watchdog::new(s(20));
    let server = Server::start(|x| {
        x.apply();
        if x.request.number < 3 { Then::Reset } else { x.ok() }
    });
    let report = server.ask(&ids(10)).batch_size(5).workers(1).send();
    assert_eq!(report.status(), Status::Ok, "{report}");
    let bodies: Vec<Vec<u8>> = server.requests().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies[0], bodies[1], "the same again");
    assert!(server.applied()["1"] >= 2);
    assert!(
        bodies.iter().all(|b| String::from_utf8_lossy(b).ends_with(r#""attribute":"plan","value":"pro"}"#))
    );
}

#[test]
fn a_server_that_dies_in_the_middle() {
    let _watchdog = Watchdog::new(s(20));
    let server = Server::start(|x| if x.request.number < 5 { x.ok() } else { Then::Reset });
    let report = server.ask(&ids(200)).batch_size(10).workers(4).impatient().uneven().send();
    assert_eq!((report.status(), report.confirmed()), (Status::Transport, 50), "{report}");
    assert!(report.unknown() > 0 && report.unknown() <= 80, "what was sent in vain: {report}");
    assert!(report.not_attempted() >= 70, "{report}");
}
