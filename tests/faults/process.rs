//! Limits of the process: file descriptors, threads, signals, memory, trust store.

use super::*;

/// A child's work: a run of 40 batches.
fn run_of(role: &str, workers: usize) -> Report {
    let client = child::client_of(role).batch_size(5).workers(workers).build().unwrap();
    let report = client.mass_update(&ids(200), "plan", "pro").unwrap();
    println!("{report}");
    report
}

/// Slow enough that several workers are wanted.
fn takes_20_ms() -> Server {
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

/// Row 58: the run gets by with fewer connections.
#[test]
fn few_file_descriptors() {
    if let Some(role) = child::role() {
        leave_descriptors(2);
        let report = run_of(&role, 8);
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 200), "{report}");
        return;
    }
    let server = takes_20_ms();
    succeed_as_test(&mut child::command(few_file_descriptors, &child::of(&server)));
    assert!(server.connections() <= 4, "{}", server.connections());
    assert_eq!(server.accepted().len(), 200);
}

/// Row 58: a clear error, and nothing is sent.
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
    succeed_as_test(&mut child::command(no_file_descriptor_at_all, &child::of(&server)));
    assert_eq!(server.connections(), 0);
}

/// Row 58: without a thread of its own a run does its work on the caller's.
#[test]
fn no_thread_can_be_spawned() {
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
        let report = run_of(&role, 8);
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 200), "{report}");
        return;
    }
    let server = takes_20_ms();
    succeed_as_test(&mut child::command(no_thread_can_be_spawned, &child::of(&server)));
    assert_eq!(server.connections(), 1);
}

extern "C" fn nothing(_: libc::c_int) {}

/// Row 57: every system call of every thread is interrupted a thousand times a second; SIGPIPE kills, as it does in
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
        // Until there was a storm.
        while sent.load(SeqCst) <= 100 {
            let report = run_of(&role, 4);
            assert_eq!((report.status(), report.confirmed()), (Status::Ok, 200), "{report}");
        }
        return;
    }
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
    succeed_as_test(&mut child::command(a_storm_of_signals, &child::of(&server)));
    assert_eq!(server.accepted().len(), 200);
}

/// Row 40: responses without an end take neither memory nor time without a bound.
#[test]
fn endless_responses() {
    if let Some(role) = child::role() {
        let (server, before, start) = (child::server_of(&role), peak_memory(), Instant::now());
        let ask = server.ask(&[1, 2]).request_timeout(ms(700)).impatient().deadline(s(2));
        let told = ask.through(child::api_of(&role));
        // The last chunk has come before the trailers: whether that is believed makes no difference.
        let whole = role.ends_with("endless trailers");
        let proven = told.count(IdState::Unknown) == 2 || whole && told.count(IdState::Confirmed) == 2;
        assert!(proven, "{told}");
        // The server sends for 60 s.
        assert!(start.elapsed() < s(40), "{:?}", start.elapsed());
        let more = peak_memory() - before;
        assert!(more < 24 * 1024 * 1024, "{more} bytes more");
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
        ("endless interim responses", b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("endless hints", b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"),
        ("an error of 1 GB", b"HTTP/1.1 500 Oops\r\nContent-Length: 1000000000\r\n\r\n", b"<html><title>"),
        (
            "a gzip bomb",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000000000\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff",
            b"\xec\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee\x08\x0a\0\0",
        ),
    ];
    side_by_side(&through_each(cases), |(api, (what, head, part))| {
        let (head, part) = (*head, part.repeat(1000));
        let server = Server::start(move |x| {
            x.raw(head);
            let until = Instant::now() + s(60);
            while Instant::now() < until && x.stream.write_all(&part).is_ok() {
                thread::sleep(ms(1));
            }
            Then::Close
        });
        println!("{what}");
        let role = format!("{} {what}", child::through(*api, &server));
        succeed_as_test(&mut child::command(endless_responses, &role));
    });
}

/// Row 38: an empty trust store is an error at once, which says what to install; loopback needs none.
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
    let mut command = child::command(no_trust_store, "x");
    succeed_as_test(command.env("SSL_CERT_FILE", file).env("SSL_CERT_DIR", nothing.path()));
}
