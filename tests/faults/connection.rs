//! Connections that can't be made, or are closed or reset at any moment.

use super::*;

/// A port that is taken, and on which nobody listens yet.
pub fn silent_port() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// Row 1: the third attempt finds a server.
#[test]
fn connection_refused_at_first() {
    side_by_side(APIS, |api| {
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
        let told = Server::nobody(address).ask(&ids(10)).log(log).through(*api);
        assert!(told.is(Status::Ok) && told.count(IdState::Confirmed) == 10, "{told}");
        assert_eq!((told.requests, told.retries), (3, 2), "{told}");
        told.check(&texts(&ids(10)), started.lock().unwrap().as_ref().unwrap());
    });
}

/// Row 2: the stall timeout ends it, and nothing counts as sent.
#[test]
fn connection_refused_for_ever() {
    let (_socket, address) = silent_port();
    let start = Instant::now();
    let report = Server::nobody(address).ask(&ids(3000)).impatient().send();
    assert_eq!((report.status(), report.not_attempted()), (Status::Transport, 3000), "{report}");
    let error = format!("last error: no connection to {address}: Connection refused");
    assert!(report.message().contains(&error), "{report}");
    assert!(start.elapsed() >= s(1), "{:?}", start.elapsed());
    assert!(report.requests() < 20, "one probe at a time: {report}");
    let report = Server::nobody(address).ask(&ids(3000)).deadline(s(1)).send();
    assert_eq!(report.status(), Status::Deadline, "{report}");
    assert!(report.message().contains(&error), "why it is not complete: {report}");
}

/// Row 3: NXDOMAIN, with the name in the message.
#[test]
fn no_such_host() {
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

/// Row 3: nothing can abort a look-up: what waits for one waits on a thread that is there anyway, and no longer.
#[test]
fn a_slow_resolver() {
    if let Some(role) = child::role() {
        let (before, watched) = (threads(), AtomicUsize::new(0));
        let (server, ids, cancel) = (child::server_of(&role), ids(60), AnyCancel::new());
        let ask = server.ask(&ids).batch_size(5).workers(4).impatient().cancel(&cancel);
        let start = Instant::now();
        let told = thread::scope(|scope| {
            let run = scope.spawn(|| ask.through(child::api_of(&role)));
            while !run.is_finished() {
                watched.fetch_max(threads(), SeqCst);
                // One thread for the run, one for its worker, which looks the name up.
                if role.ends_with("cancel") && threads() > before + 1 {
                    thread::sleep(ms(500));
                    cancel.request();
                }
                thread::sleep(ms(5));
            }
            run.join().unwrap()
        });
        let (took, most) = (start.elapsed(), watched.into_inner() - before - 1);
        // No thread outlives its run; the system shows one for a moment after it was joined.
        until(|| threads() <= before);
        println!("{took:?}, {most} workers: {told}");
        match role.rsplit(' ').next().unwrap() {
            "succeeds" => {
                assert!(told.is(Status::Ok) && told.count(IdState::Confirmed) == 60, "{told}");
                assert!(most <= 4, "{most}");
            }
            "fails" => {
                assert!(told.is(Status::Transport) && told.count(IdState::NotAttempted) == 60, "{told}");
                assert!(told.message.contains("can't be found by its name"), "{told}");
                assert!(told.message.contains("Temporary failure in name resolution"), "{told}");
                assert!(most == 1, "one at a time: {most}");
            }
            _ => {
                // Aborted while it still looked for the address, so that it never connects.
                assert!(told.is(Status::Cancelled) && told.count(IdState::NotAttempted) == 55, "{told}");
                assert!(took > s(9) && most == 1, "{took:?}, {most}");
            }
        }
        return;
    }
    let shim = preload("support/net.c");
    // The look-up's own time in ms, and what it gives: EAI_AGAIN or an address.
    let cases = [("succeeds", "100", "0"), ("fails", "600", "-3"), ("cancel", "9000", "0")];
    side_by_side(&through_each(&cases), |(api, (what, takes, gives))| {
        let server = Server::start(|x| x.ok());
        let url = format!("http://localhost:{}", server.address().port());
        let role = format!("{} {what}", child::through(*api, &Server::elsewhere(&url, &server.token)));
        let mut command = child::command(a_slow_resolver, &role);
        succeed_as_test(
            command.env("LD_PRELOAD", &shim).env("NET_DNS_MS", takes).env("NET_DNS_GIVES", gives),
        );
        assert_eq!(server.applied().len(), if *what == "succeeds" { 60 } else { 0 });
    });
}

/// The system takes connections off our hands until its queue is full; then it drops every SYN.
pub fn fill_the_queue(address: SocketAddr) -> Vec<Socket> {
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

/// Row 4: SYNs are dropped, as a full backlog does.
#[test]
fn a_black_hole_ends_at_the_connect_timeout() {
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
    assert!(start.elapsed() > s(9) && start.elapsed() < s(30), "{:?}", start.elapsed());
}

/// Rows 8, 9: each for ever, then two times only.
#[test]
fn closed_and_reset_connections() {
    type Script = fn(&mut Exchange<'_>) -> Then;
    let scripts: &[(&str, Script)] = &[
        ("no byte", |_| Then::Close),
        ("reset at once", |_| Then::Reset),
        ("part of the status line", |x| x.end("HTTP/1.1 20", Then::Close)),
        ("part of the head", |x| x.end("HTTP/1.1 200 OK\r\nContent-Le", Then::Reset)),
        ("reset within the body", |x| {
            x.end("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\"", Then::Reset)
        }),
        ("reset before the body", |x| x.end("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n", Then::Reset)),
    ];
    side_by_side(scripts, |(what, script)| {
        let script = *script;
        let server = Server::start(move |x| {
            x.apply();
            script(x)
        });
        let report = server.ask(&ids(10)).impatient().send();
        assert_eq!((report.confirmed(), report.unknown()), (0, 10), "{what}: {report}");
        let expected = [Status::Transport, Status::BadResponse];
        assert!(expected.contains(&report.status()), "{what}: {report}");
        assert!(report.requests() < 20, "{what}: {report}");

        let server = Server::start(move |x| if x.request.number < 2 { script(x) } else { x.ok() });
        let report = server.ask(&ids(10)).send();
        assert_eq!((report.status(), report.requests()), (Status::Ok, 3), "{what}: {report}");
    });
}

/// Row 9: while a large body is sent.
#[test]
fn reset_in_the_middle_of_a_request() {
    let server = Server::hasty(|_, _| Some(Then::Reset), |x| x.ok());
    let report = server.ask_custom(&bulky()).impatient().send();
    all_unknown(&report, 1000);
}

/// Row 10: servers close idle connections when they like; a request that meets that moment is sent again.
#[test]
fn idle_connections_that_close_at_the_wrong_moment() {
    let server = Server::start(|x| {
        x.ok();
        let pause = x.request.number as u64 * 7919 % 401;
        thread::sleep(Duration::from_micros(pause));
        Then::Close
    });
    let report = server.ask(&ids(3000)).batch_size(1).workers(4).send();
    assert_eq!((report.status(), report.confirmed()), (Status::Ok, 3000), "{report}");
    // What a closed connection spoils is the next request on it, and that was never read.
    assert!(report.requests() <= 2 * 3000, "{report}");
    assert_eq!(server.requests().len(), 3000, "none was applied twice");
}

/// Row 11: requests on it get no response; a new connection does.
#[test]
fn an_idle_connection_that_a_firewall_dropped() {
    let server = Server::start(|x| match (x.request.connection, x.request.on_connection) {
        (0, 1..) => x.until_client_closes(),
        _ => x.ok(),
    });
    let report = server.ask(&ids(5)).batch_size(1).workers(1).request_timeout(s(2)).send();
    assert_eq!((report.status(), report.requests(), report.retries()), (Status::Ok, 6, 1), "{report}");
    assert_eq!(server.connections(), 2);
}

/// Row 37: the update is done; sending it again does no harm and is the only proof.
#[test]
fn applied_but_the_response_is_lost() {
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

/// Row 9: five responses, then resets.
#[test]
fn a_server_that_dies_in_the_middle() {
    let server = Server::start(|x| if x.request.number < 5 { x.ok() } else { Then::Reset });
    let report = server.ask(&ids(400)).batch_size(10).workers(4).impatient().uneven().send();
    assert_eq!((report.status(), report.confirmed()), (Status::Transport, 50), "{report}");
    // What was in flight, and the probes of a second.
    assert!((1..=120).contains(&report.unknown()), "what was sent in vain: {report}");
    assert!(report.not_attempted() >= 230, "{report}");
}
