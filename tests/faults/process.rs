//! What belongs to the whole process: cancel and deadline, threads, limits, signals, environment, memory, pace.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::support::{
    Exchange, FACES, Face, Server, Stop, Then, Told, Watchdog, cancelled, check, child, ids, impatient, ms,
    s, server, side_by_side, texts, through_each, undisturbed,
};
use usercom::{Client, IdState, Report, Status, Update};

type Script = fn(&mut Exchange<'_>) -> Then;

fn swallow(x: &mut Exchange<'_>) -> Then {
    x.apply();
    x.until_client_closes()
}

/// Where a run may be when it is told to stop, once its first batch is through, and how long it may take to return.
const PHASES: &[(&str, Script, u64)] = &[
    ("waiting for an answer", swallow, 5500),
    (
        "reading a head",
        |x| {
            x.apply();
            x.raw("HTTP/1.1 200 OK\r\n");
            x.until_client_closes()
        },
        5500,
    ),
    (
        "reading a body",
        |x| {
            x.apply();
            x.raw("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{");
            x.until_client_closes()
        },
        5500,
    ),
    (A_WAIT_FOR_ALL, |x| x.reply_with(429, "Retry-After: 60\r\n", ""), 300),
    ("in backoff", |x| x.reply(503, ""), 300),
    ("dropped again and again", |_| Then::Reset, 300),
    (
        "isolating",
        |x| {
            thread::sleep(ms(30));
            if x.request.ids().len() > 1 { x.reply(400, "{}") } else { x.ok() }
        },
        300,
    ),
    (
        "sending one batch after the other",
        |x| {
            thread::sleep(ms(30));
            x.ok()
        },
        300,
    ),
];

const A_WAIT_FOR_ALL: &str = "in a long wait that was asked for";

/// In its phase with all but the first batch; another value is served well.
fn in_phase(script: Script) -> Server {
    Server::start(move |x| match x.request.json()["value"] == "other" {
        true => {
            thread::sleep(ms(20));
            x.ok()
        }
        false if x.request.has(1) => x.ok(),
        false => script(x),
    })
}

fn ends_in_time(what: &str, told: &Told, took: Duration, limit: u64) {
    assert!(took < ms(limit + 600), "{what}: {took:?}: {told}");
    assert!((1..3000).contains(&told.count(IdState::Confirmed)), "{what}: {told}");
}

#[test]
fn cancelled_in_every_phase() {
    side_by_side(s(15), &through_each(PHASES), |(face, (what, script, limit))| {
        let (server, ids) = (in_phase(*script), ids(3000));
        let ask = server.ask(&ids).batch_size(10);
        let account = ask.account(*face).unwrap();
        let run = || cancelled(&account, &ask, ms(400));
        // What the service asks of one, it asks of all.
        let (told, took) = if *what == A_WAIT_FOR_ALL { run() } else { undisturbed(&account, &server, run) };
        told.check(&texts(&ids), &server);
        ends_in_time(what, &told, took, *limit);
    });
}

#[test]
fn a_deadline_in_every_phase() {
    side_by_side(s(15), PHASES, |(what, script, limit)| {
        let server = in_phase(*script);
        let start = Instant::now();
        let report = server.ask(&ids(3000)).batch_size(10).deadline(ms(400)).uneven().send();
        assert_eq!(report.status(), Status::Deadline, "{what}: {report}");
        ends_in_time(what, &Told::of(&report), start.elapsed() - ms(400), *limit);
    });
}

#[test]
fn a_deadline_or_cancel_that_is_over_before_the_start() {
    let server = Server::untouched();
    let stop = Stop::new();
    stop.request();
    let report = server.ask(&[1, 2]).cancel(&stop).send();
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
    // Who stops a run that has nothing left to do stops nothing.
    let report = run().progress(|_| ControlFlow::Break(())).ids(&[1, 2]).send().unwrap();
    assert_eq!((report.status(), report.confirmed()), (Status::Ok, 2), "{report}");
}

#[test]
fn progress_is_told_while_waiting_and_from_the_callers_thread() {
    let _watchdog = Watchdog::new(s(10));
    let server = Server::start(|x| {
        thread::sleep(ms(1000));
        x.ok()
    });
    let (here, client) = (thread::current().id(), server.client());
    let mut told = Vec::new();
    let report = client
        .run(Update::new("plan", "pro"))
        .ids(&[1])
        .progress(|p| {
            assert_eq!(thread::current().id(), here);
            told.push(*p);
            ControlFlow::Continue(())
        })
        .send()
        .unwrap();
    assert_eq!(report.status(), Status::Ok);
    assert!(told.len() >= 5, "at least four times a second: {}", told.len());
    let last = told.last().unwrap();
    assert_eq!((last.done, last.total, last.confirmed, last.requests), (1, 1, 1, 1));
    assert!(told.windows(2).all(|two| two[0].done <= two[1].done));
}

#[test]
fn a_callback_that_panics_harms_nobody_else() {
    let _watchdog = Watchdog::new(s(10));
    let server = Server::start(|x| x.ok());
    let client = server.builder().batch_size(1).build().unwrap();
    let run = || {
        let run = client.run(Update::new("plan", "pro")).progress(|p| {
            assert!(p.requests < 3, "on purpose");
            ControlFlow::Continue(())
        });
        thread::scope(|_| run.ids(&ids(200)).send())
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    assert!(outcome.is_err(), "the caller's panic is the caller's");
    let report = client.mass_update(&ids(20), "plan", "pro").unwrap();
    assert_eq!(report.status(), Status::Ok, "{report}");
}

#[test]
fn one_client_in_eight_threads_and_runs_within_runs() {
    let _watchdog = Watchdog::new(s(30));
    let server = Server::start(|x| if x.request.has(13) { x.reply(400, "{}") } else { x.ok() });
    let client = server.builder().batch_size(50).build().unwrap();
    thread::scope(|scope| {
        for n in 0..8 {
            let (client, server) = (client.clone(), &server);
            scope.spawn(move || {
                let mine: Vec<i64> = if n == 0 { ids(500) } else { (n * 1000..n * 1000 + 500).collect() };
                let report = client.mass_update(&mine, "plan", n).unwrap();
                check(&report, &mine, server);
                assert_eq!(report.rejected(), usize::from(n == 0), "{report}");
                assert_eq!(report.confirmed(), 500 - report.rejected(), "{report}");
            });
        }
    });
    let mut inner = Vec::new();
    let outer = client
        .run(Update::new("plan", "outer"))
        .ids(&[1, 2, 3])
        .progress(|_| {
            inner.push(client.mass_update(&[5, 6], "plan", "inner").unwrap().status());
            ControlFlow::Continue(())
        })
        .send()
        .unwrap();
    assert_eq!(outer.status(), Status::Ok);
    assert!(!inner.is_empty() && inner.iter().all(|status| *status == Status::Ok));
    thread::spawn(move || drop(client)).join().unwrap();
}

/// Eight threads call the one-shots' shared client in a loop.
#[test]
fn shared_clients_share_their_connections() {
    const ME: &str = "shared_clients_share_their_connections";
    if let Some(token) = child::role() {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for n in 1..=5 {
                        let client = Client::shared("acme", &token).unwrap();
                        let report = client.mass_update(&[n], "plan", n).unwrap();
                        assert_eq!(report.status(), Status::Ok, "{report}");
                    }
                });
            }
        });
        return;
    }
    let _watchdog = Watchdog::new(s(40));
    let server = Server::start(|x| x.ok());
    child::run(child::command(ME, &server.token).env("USERCOM_BASE_URL", server.url()));
    assert_eq!(server.requests().len(), 40);
    // One for each thread; some are too old by the time the pace lets their thread go again.
    assert!(server.connections() <= 16, "{}", server.connections());
    paced(&server, 5);
}

/// No window of a second holds more than `rate` + 1 requests, none of ten seconds more than 10 `rate` + 1. A request
/// that is read late has others closer behind it, so a tenth of a second is left for that.
fn paced(server: &Server, rate: usize) {
    let at: Vec<Instant> = server.requests().iter().map(|r| r.at).collect();
    for (window, most) in [(s(1), rate + 1), (s(10), 10 * rate + 1)] {
        for (i, first) in at.iter().enumerate() {
            let within = at[i..].iter().take_while(|t| **t - *first + ms(100) < window).count();
            assert!(within <= most, "{within} requests within {window:?}");
        }
    }
}

/// Eight threads, two clients, one token, the default pace, and so many requests of each thread.
fn one_pace(each: i64) {
    let ideal = (8 * each - 1) as f64 / 5.0;
    let _watchdog = Watchdog::new(Duration::from_secs_f64(3.0 * ideal));
    let server = Server::start(|x| x.ok());
    let client =
        || Client::builder("acme", &server.token).base_url(&server.url()).batch_size(1).build().unwrap();
    let clients = [client(), client()];
    let start = Instant::now();
    thread::scope(|scope| {
        for n in 0..8 {
            let (client, server) = (&clients[n % 2], &server);
            scope.spawn(move || {
                let mine: Vec<i64> = (1..=each).map(|i| n as i64 * 1000 + i).collect();
                let report = client.mass_update(&mine, "plan", "pro").unwrap();
                check(&report, &mine, server);
                assert_eq!(report.status(), Status::Ok, "{report}");
            });
        }
    });
    assert_eq!(server.requests().len() as i64, 8 * each);
    assert!((ideal - 0.1..ideal + 2.0).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
    paced(&server, 5);
}

#[test]
fn one_pace_for_all() {
    one_pace(7);
}

#[test]
#[ignore = "takes a minute: the same for so long"]
fn one_pace_for_a_minute() {
    one_pace(38);
}

/// A process is killed in the middle and the same call made again at once.
#[test]
fn a_resumed_run_keeps_the_pace() {
    const ME: &str = "a_resumed_run_keeps_the_pace";
    if let Some(role) = child::role() {
        let client = child::client_of(&role).rate_limit(5, s(1)).batch_size(1).build().unwrap();
        let journal = role.rsplit(' ').next().unwrap();
        let report =
            client.run(Update::new("plan", "pro")).ids(&ids(24)).journal_dir(journal).send().unwrap();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 24), "{report}");
        assert!(report.to_string().contains("resumed"), "{report}");
        return;
    }
    let _watchdog = Watchdog::new(s(30));
    let (server, dir) = (Server::start(|x| x.ok()), tempfile::tempdir().unwrap());
    let role = format!("{} {}", child::of(&server), dir.path().display());
    let mut killed = child::command(ME, &role).stdout(Stdio::null()).spawn().unwrap();
    while server.requests().len() < 12 {
        thread::sleep(ms(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    child::run(&mut child::command(ME, &role));
    assert!((24..=25).contains(&server.requests().len()), "{}", server.requests().len());
    // The second life knows nothing of when the first one sent last.
    paced(&server, 6);
}

/// A child's work: a run of 40 batches.
fn work_of(role: &str, workers: usize) -> Report {
    let client = child::client_of(role).batch_size(5).workers(workers).build().unwrap();
    let report = client.mass_update(&ids(200), "plan", "pro").unwrap();
    println!("{report}");
    report
}

/// Slow enough that several workers are wanted.
fn unhurried() -> Server {
    Server::start(|x| {
        thread::sleep(ms(20));
        x.ok()
    })
}

/// From now on this process may open so many files more.
fn leave_descriptors(free: u64) {
    let number = |n: u64| std::path::Path::new(&format!("/proc/self/fd/{n}")).exists();
    let mut limit = 0;
    let mut left = free + 1;
    while left > 0 {
        left -= u64::from(!number(limit));
        limit += 1;
    }
    let limit = libc::rlimit { rlim_cur: limit - 1, rlim_max: limit - 1 };
    // SAFETY: a plain struct of this thread.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
}

#[test]
fn few_file_descriptors() {
    if let Some(role) = child::role() {
        leave_descriptors(2);
        let report = work_of(&role, 8);
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 200), "{report}");
        return;
    }
    let _watchdog = Watchdog::new(s(60));
    let server = unhurried();
    child::run(&mut child::command("few_file_descriptors", &child::of(&server)));
    assert!(server.connections() <= 4, "{}", server.connections());
    assert_eq!(server.accepted().len(), 200);
}

#[test]
fn no_file_descriptor_at_all() {
    if let Some(role) = child::role() {
        leave_descriptors(0);
        let report = impatient(&child::client_of(&role).build().unwrap(), &ids(10));
        assert_eq!((report.status(), report.not_attempted()), (Status::Transport, 10), "{report}");
        assert!(report.message().contains("open files"), "{report}");
        return;
    }
    let server = Server::untouched();
    child::run(&mut child::command("no_file_descriptor_at_all", &child::of(&server)));
    assert_eq!(server.connections(), 0);
}

/// Without a thread of its own a run does its work on the caller's.
#[test]
fn no_thread_to_be_had() {
    if let Some(role) = child::role() {
        let none = libc::rlimit { rlim_cur: 1, rlim_max: 1 };
        // SAFETY: plain numbers and a struct of this thread. Root has no limit, so it stops being root.
        unsafe {
            assert_eq!(libc::setrlimit(libc::RLIMIT_NPROC, &none), 0);
            if libc::getuid() == 0 {
                assert_eq!(libc::setuid(54_321), 0);
            }
        }
        assert!(thread::Builder::new().spawn(|| {}).is_err(), "the limit works");
        let report = work_of(&role, 8);
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 200), "{report}");
        return;
    }
    let _watchdog = Watchdog::new(s(60));
    let server = unhurried();
    child::run(&mut child::command("no_thread_to_be_had", &child::of(&server)));
    assert_eq!(server.connections(), 1);
}

extern "C" fn nothing(_: libc::c_int) {}

/// Every system call of every thread is interrupted a thousand times a second; SIGPIPE kills, as it does in
/// a C program.
#[test]
fn a_storm_of_signals() {
    if let Some(role) = child::role() {
        // SAFETY: a handler that does nothing, without SA_RESTART.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
            assert_eq!(libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()), 0);
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        }
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = sent.clone();
        thread::spawn(move || {
            loop {
                for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
                    let thread: libc::c_long = task.file_name().to_string_lossy().parse().unwrap();
                    // SAFETY: signals a thread of this process, or fails.
                    unsafe {
                        if libc::syscall(libc::SYS_gettid) != thread {
                            libc::syscall(
                                libc::SYS_tgkill,
                                libc::c_long::from(libc::getpid()),
                                thread,
                                libc::c_long::from(libc::SIGUSR1),
                            );
                        }
                    }
                    counted.fetch_add(1, SeqCst);
                }
                thread::sleep(ms(1));
            }
        });
        let report = work_of(&role, 4);
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 200), "{report}");
        assert!(sent.load(SeqCst) > 100, "there was a storm: {}", sent.load(SeqCst));
        return;
    }
    let _watchdog = Watchdog::new(s(60));
    // Some connections are reset while a request is written: EPIPE.
    let server = Server::hasty(
        {
            let n = AtomicUsize::new(0);
            move |_, _| (n.fetch_add(1, SeqCst) % 7 == 3).then_some(Then::Reset)
        },
        |x| {
            thread::sleep(ms(20));
            x.ok()
        },
    );
    child::run(&mut child::command("a_storm_of_signals", &child::of(&server)));
    assert_eq!(server.accepted().len(), 200);
}

/// Peak memory of this process in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Answers without an end cost neither memory nor patience.
#[test]
fn endless_answers() {
    if let Some(role) = child::role() {
        let (server, before, start) = (child::server_of(&role), peak(), Instant::now());
        let ask = server.ask(&[1, 2]).request_timeout(ms(700)).impatient().deadline(s(2));
        let told = ask.through(child::face_of(&role));
        // The last chunk has come before the trailers: whether that is believed makes no difference.
        let whole = role.ends_with("endless trailers");
        let proven = told.count(IdState::Unknown) == 2 || whole && told.count(IdState::Confirmed) == 2;
        assert!(proven, "{told}");
        assert!(start.elapsed() < ms(7700), "{:?}", start.elapsed());
        assert!(peak() - before < 24 * 1024, "{} KiB more", peak() - before);
        return;
    }
    let cases: &[(&str, &[u8], &[u8])] = &[
        ("1 GB", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", b"{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("1 GB of spaces", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", b"                              "),
        ("until it closes", b"HTTP/1.1 200 OK\r\n\r\n", b"                              "),
        ("endless chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\n    \r\n"),
        ("an endless chunk extension", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;", b"xxxxxxxxxxxxxx"),
        ("endless trailers", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: yyyyyyyyyyyyyyyyy\r\n"),
        ("endless headers", b"HTTP/1.1 200 OK\r\n", b"X: yyyyyyyyyyyyyyyyyyyyyyyy\r\n"),
        ("an endless header", b"HTTP/1.1 200 OK\r\nX: ", b"yyyyyyyyyyyyyyyyyyyyyyyyyyyyy"),
        ("an endless status line", b"HTTP/1.1 200 ", b"OOOOOOOOOOOOOOOOOOOOOOOOOOOOO"),
        ("endless interim answers", b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("endless hints", b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"),
        ("an error of 1 GB", b"HTTP/1.1 500 Oops\r\nContent-Length: 1000000000\r\n\r\n", b"<html><title>"),
        (
            "a gzip bomb",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000000000\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff",
            b"\xec\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee\x08\x0a\0\0",
        ),
    ];
    side_by_side(s(60), &through_each(cases), |(face, (what, head, part))| {
        let (head, part) = (*head, part.repeat(1000));
        let server = Server::start(move |x| {
            x.raw(head);
            let until = Instant::now() + s(9);
            while Instant::now() < until && x.stream.write_all(&part).is_ok() {
                thread::sleep(ms(1));
            }
            Then::Close
        });
        println!("{what}");
        let role = format!("{} {what}", child::through(*face, &server));
        child::run(&mut child::command("endless_answers", &role));
    });
}

/// A proxy that tunnels, and remembers what it was asked for.
struct Proxy {
    address: std::net::SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(allow: bool) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = heads.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let kept = kept.clone();
                thread::spawn(move || tunnel(client, &kept, allow));
            }
        });
        Proxy { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn tunnel(mut client: TcpStream, heads: &Mutex<Vec<String>>, allow: bool) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match client.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    heads.lock().unwrap().push(head.clone());
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).map(str::to_owned);
    let Some(target) = target.filter(|_| allow) else {
        let _ = client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        return;
    };
    let Ok(mut server) = TcpStream::connect(target) else { return };
    let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    let _ = std::io::copy(&mut server, &mut client);
}

/// The child's role: `url token face ca-file`, and what it expects.
#[test]
fn proxies_of_the_environment() {
    match child::role() {
        Some(role) => with_these_proxies(&role),
        None => side_by_side(s(80), FACES, |face| through_proxies(*face)),
    }
}

fn with_these_proxies(role: &str) {
    let [.., ca, expected] = role.split(' ').collect::<Vec<_>>()[..] else { panic!("{role}") };
    let server = child::server_of(role);
    let ask = server.ask(&[1]).ca_file(ca.into()).impatient();
    let face = child::face_of(role);
    match expected {
        "refused" => {
            let Err(message) = ask.account(face) else { panic!("taken") };
            assert!(message.to_lowercase().starts_with("https_proxy: "), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
        "unreached" => {
            let told = ask.through(face);
            assert!(told.is(Status::Transport) && told.count(IdState::NotAttempted) == 1, "{told}");
            assert!(told.message.contains("proxy"), "{told}");
        }
        _ => {
            let told = ask.through(face);
            assert!(told.is(Status::Ok), "{told}");
        }
    }
}

fn through_proxies(face: Face) {
    let authority = super::support::tls::Authority::new();
    let config = authority.config(&["127.0.0.1", "localhost"], |_| {});
    let ca = authority.file();
    let ask = |expected: &str, server: &Server, set: &[(&str, &str)]| {
        let role = format!("{} {} {expected}", child::through(face, server), ca.display());
        child::run(child::command("proxies_of_the_environment", &role).envs(set.iter().copied()));
    };
    let good = Proxy::start(true);
    let bad = Proxy::start(false);
    let good_url = format!("http://{}", good.address);
    let with_password = format!("http://user:s3cret%40@{}", good.address);
    let bad_url = format!("http://{}", bad.address);
    let nobody = "http://127.0.0.1:1";
    let secure = || super::support::tls::server(config.clone(), |x| x.ok());

    // HTTP_PROXY and ALL_PROXY are ignored, for both schemes.
    for server in [secure(), Server::start(|x| x.ok())] {
        ask(
            "direct",
            &server,
            &[
                ("HTTP_PROXY", &bad_url),
                ("http_proxy", &bad_url),
                ("ALL_PROXY", &bad_url),
                ("all_proxy", &bad_url),
            ],
        );
        assert_eq!((server.requests().len(), bad.heads().len()), (1, 0));
    }
    // HTTPS_PROXY is used, in both spellings, and sees no token.
    for (n, (name, url)) in
        [("HTTPS_PROXY", &good_url), ("https_proxy", &with_password)].into_iter().enumerate()
    {
        let server = secure();
        ask("proxied", &server, &[(name, url)]);
        let heads = good.heads();
        assert_eq!((server.requests().len(), heads.len()), (1, n + 1));
        assert!(heads[n].starts_with(&format!("CONNECT {} HTTP/1.1", server.address())), "{}", heads[n]);
        assert!(!heads[n].contains(&server.token), "{}", heads[n]);
        // user:s3cret@ as Base64
        assert_eq!(heads[n].contains("Basic dXNlcjpzM2NyZXRA"), n == 1, "{}", heads[n]);
    }
    // Not for plain http, which goes to this machine only.
    let server = Server::start(|x| x.ok());
    ask("direct", &server, &[("HTTPS_PROXY", &bad_url)]);
    assert_eq!((server.requests().len(), bad.heads().len()), (1, 0));
    // NO_PROXY is obeyed.
    for except in ["127.0.0.1", "example.com, 127.0.0.1", "*"] {
        let server = secure();
        ask("direct", &server, &[("HTTPS_PROXY", nobody), ("NO_PROXY", except)]);
        assert_eq!(server.requests().len(), 1, "{except}");
    }
    let server = secure();
    ask("proxied", &server, &[("HTTPS_PROXY", &good_url), ("NO_PROXY", "example.com")]);
    assert_eq!(good.heads().len(), 3);
    // A proxy that refuses, one that isn't there, and what is none.
    let server = secure();
    ask("unreached", &server, &[("HTTPS_PROXY", &bad_url)]);
    ask("unreached", &server, &[("HTTPS_PROXY", "http://127.0.0.1:1")]);
    for malformed in [
        "http://u:s3cret@",
        "socks5://u:s3cret@127.0.0.1:1",
        "http://u:s3cret@127.0.0.1:99999",
        "::s3cret",
        "http://127.0.0.1:s3cret",
    ] {
        ask("refused", &server, &[("HTTPS_PROXY", malformed)]);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_proxy_by_option() {
    let authority = super::support::tls::Authority::new();
    let config = authority.config(&["127.0.0.1"], |_| {});
    side_by_side(s(20), FACES, |face| {
        let through = |server: &Server| {
            let (proxy, ids) = (Proxy::start(true), ids(3));
            let ask = server.ask(&ids).ca_file(authority.file()).impatient();
            let told = ask.proxy(format!("http://{}", proxy.address)).through(*face);
            told.check(&texts(&ids), server);
            (told, proxy.heads())
        };
        let (told, heads) = through(&super::support::tls::server(config.clone(), |x| x.ok()));
        assert!(told.is(Status::Ok), "{told}");
        assert_eq!((told.count(IdState::Confirmed), heads.len()), (3, 1), "{told}");

        // A proxy between us and a plain server on this machine must not read the token either.
        let plain = Server::start(|x| x.ok());
        let (_, heads) = through(&plain);
        assert!(heads.iter().all(|head| !head.contains(&plain.token)), "{heads:?}");
    });
}

/// An empty trust store is told at once, with what to install; loopback needs none.
#[test]
fn no_trust_store() {
    if child::role().is_some() {
        let error = Client::new("acme", &server::fresh_token()).unwrap_err().to_string();
        assert!(error.contains("install ca-certificates or set ca_file"), "{error}");
        let server = Server::start(|x| x.ok());
        assert_eq!(server.client().mass_update(&[1], "plan", 1).unwrap().status(), Status::Ok);
        return;
    }
    let nothing = tempfile::tempdir().unwrap();
    let file = nothing.path().join("empty.pem");
    std::fs::write(&file, "").unwrap();
    let mut command = child::command("no_trust_store", "x");
    child::run(command.env("SSL_CERT_FILE", file).env("SSL_CERT_DIR", nothing.path()));
}
