//! Cancel and deadline in every phase of a run.

use super::*;

type Script = fn(&mut Exchange<'_>) -> Then;

/// Where a run may be when it is to stop, once its first batch is confirmed.
const PHASES: &[(&str, Script)] = &[
    ("waiting for a response", |x| x.hang("")),
    ("reading a head", |x| x.hang("HTTP/1.1 200 OK\r\n")),
    ("reading a body", |x| x.hang("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{")),
    (A_WAIT_FOR_ALL, |x| x.reply_with(429, "Retry-After: 60\r\n", "")),
    ("in backoff", |x| x.reply(503, "")),
    ("reset again and again", |_| Then::Reset),
    ("bisecting", |x| {
        thread::sleep(ms(100));
        if x.request.ids().len() > 1 { x.reply(400, "{}") } else { x.ok() }
    }),
    ("sending one batch after the other", |x| {
        thread::sleep(ms(100));
        x.ok()
    }),
];

const A_WAIT_FOR_ALL: &str = "in a long wait that the service asked for";

/// In its phase with all but the first batch, and how many of those requests have come; another value always succeeds.
fn in_phase(script: Script) -> (Server, Arc<AtomicUsize>) {
    let in_phase = Arc::new(AtomicUsize::new(0));
    let counted = in_phase.clone();
    let server = Server::start(move |x| match x.request.json()["value"] == "other" {
        true => {
            thread::sleep(ms(20));
            x.ok()
        }
        false if x.request.has(1) => x.ok(),
        false => {
            counted.fetch_add(1, SeqCst);
            script(x)
        }
    });
    (server, in_phase)
}

/// In 5 s and not in the 30 or 60 s that the phases of an attempt may take; and it was neither too early nor too late.
fn ends_in_time(what: &str, told: &Outcome, took: Duration) {
    assert!(took < s(25), "{what}: {took:?}: {told}");
    assert!((1..3000).contains(&told.count(IdState::Confirmed)), "{what}: {told}");
}

/// Row 44: the run returns, and other runs with the same client are not affected.
#[test]
fn cancelled_in_every_phase() {
    side_by_side(&through_each(PHASES), |(api, (what, script))| {
        let ((server, in_phase), ids) = (in_phase(*script), ids(3000));
        let ask = server.ask(&ids).batch_size(10);
        let client = ask.any_client(*api).unwrap();
        let run = || {
            let (told, requested) = cancelled(&client, &ask, || {
                until(|| in_phase.load(SeqCst) > 0);
                thread::sleep(ms(200));
            });
            (told, requested, requested.elapsed())
        };
        // What the service asks of one, it asks of all.
        let (told, requested, took) =
            if *what == A_WAIT_FOR_ALL { run() } else { undisturbed(&client, &server, run) };
        told.check(&texts(&ids), &server);
        ends_in_time(what, &told, took);
        let is_later = |r: &&Request| r.at > requested && r.json()["value"] == "pro";
        let later = server.requests().iter().filter(is_later).count();
        assert!(later <= 2 * 8, "{what}: {later} requests after it was cancelled");
    });
}

/// Row 45: attempts in flight are aborted.
#[test]
fn a_deadline_in_every_phase() {
    side_by_side(PHASES, |(what, script)| {
        let (server, _) = in_phase(*script);
        let start = Instant::now();
        let report = server.ask(&ids(3000)).batch_size(10).deadline(s(2)).uneven().send();
        assert_eq!(report.status(), Status::Deadline, "{what}: {report}");
        ends_in_time(what, &Outcome::of(&report), start.elapsed() - s(2));
    });
}

/// Rows 44, 45: nothing is sent.
#[test]
fn cancelled_or_past_the_deadline_before_the_start() {
    let server = Server::untouched();
    let cancel = AnyCancel::new();
    cancel.request();
    let report = server.ask(&[1, 2]).cancel(&cancel).send();
    assert_eq!((report.status(), report.not_attempted()), (Status::Cancelled, 2), "{report}");
    let client = server.client();
    let run = || client.run(Update::new("plan", "pro"));
    // Only Rust has this one: from C, 0 is no deadline.
    let report = run().deadline(Duration::ZERO).ids(&[1, 2]).send().unwrap();
    check(&report, &[1, 2], &server);
    assert_eq!((report.status(), report.not_attempted()), (Status::Deadline, 2), "{report}");
    let report = run().deadline(Duration::MAX).ids(&[1, 2]).send().unwrap();
    assert_eq!(report.status(), Status::Ok, "{report}");
    assert_eq!(server.requests().len(), 1);
    // A run that has nothing left to do can't be cancelled.
    let report = run().progress(|_| ControlFlow::Break(())).ids(&[1, 2]).send().unwrap();
    assert_eq!((report.status(), report.confirmed()), (Status::Ok, 2), "{report}");
}

/// Row 44: connecting can't be aborted, and doesn't affect a run that is connected.
#[test]
fn cancelled_while_connecting() {
    side_by_side(APIS, |api| {
        let (socket, address) = silent_port();
        socket.listen(0).unwrap();
        let server = Server::busy_with_one(TcpListener::from(socket), |x| {
            thread::sleep(ms(250));
            x.ok()
        });
        let fifty = ids(50);
        let connected = server.ask(&fifty).batch_size(1).workers(1);
        let client = connected.any_client(*api).unwrap();
        thread::scope(|scope| {
            let other = scope.spawn(|| client.run(&connected));
            until(|| !server.requests().is_empty());
            let _fill = fill_the_queue(address);
            let (told, _) = cancelled(&client, &server.ask(&[1001, 1002]), || thread::sleep(ms(400)));
            assert_eq!(told.count(IdState::NotAttempted), 2, "{told}");
            assert!(told.requests <= 1, "no second attempt: {told}");
            let other = other.join().unwrap();
            assert!(other.is(Status::Ok), "{other}");
            assert_eq!((other.requests, other.retries), (50, 0), "{other}");
            other.check(&texts(&fifty), &server);
        });
    });
}

/// Row 44: the buffers are small, and of a large body the other side reads nothing.
#[test]
fn cancelled_while_sending() {
    if let Some(role) = child::role() {
        let (server, ids) = (child::server_of(&role), bulky());
        let ask = server.ask_custom(&ids).workers(4);
        let client = ask.any_client(child::api_of(&role)).unwrap();
        let (told, took) = undisturbed(&client, &server, || {
            let (told, requested) = cancelled(&client, &ask, || thread::sleep(ms(1500)));
            (told, requested.elapsed())
        });
        assert_eq!(told.count(IdState::Unknown), 1000, "{told}");
        assert!(took > ms(4900) && took < s(25), "{took:?}");
        return;
    }
    let shim = preload("support/net.c");
    side_by_side(APIS, |api| {
        let reads_little = |head: &str, _: &mut TcpStream| {
            (content_length(head) > 100_000).then(|| {
                thread::sleep(s(60));
                Then::Reset
            })
        };
        let server = Server::hasty(reads_little, |x| {
            thread::sleep(ms(20));
            x.ok()
        });
        let mut command = child::command(cancelled_while_sending, &child::through(*api, &server));
        succeed_as_test(command.env("LD_PRELOAD", &shim).env("NET_SNDBUF", "4096"));
        assert_eq!(server.accepted().len(), 60);
    });
}
