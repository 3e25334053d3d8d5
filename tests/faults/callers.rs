//! Callers that use one client in many threads, run within a run, or panic in a callback.

use super::*;

#[test]
fn progress_is_reported_while_waiting_on_the_callers_thread() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    // There is no response before progress was reported so often.
    let server = Server::start(move |x| {
        until(|| counted.load(SeqCst) >= 10);
        x.ok()
    });
    let (here, client, start) = (thread::current().id(), server.client(), Instant::now());
    let mut told = Vec::new();
    let report = client
        .run(Update::new("plan", "pro"))
        .ids(&[1])
        .progress(|p| {
            assert_eq!(thread::current().id(), here);
            calls.fetch_add(1, SeqCst);
            told.push(*p);
            ControlFlow::Continue(())
        })
        .send()
        .unwrap();
    assert_eq!(report.status(), Status::Ok);
    assert!(start.elapsed() < s(20), "ten calls take 2.5 s: {:?}", start.elapsed());
    let last = told.last().unwrap();
    assert_eq!((last.done, last.total, last.confirmed, last.requests), (1, 1, 1, 1));
    assert!(told.windows(2).all(|two| two[0].done <= two[1].done));
}

/// Row 54: the panic is the caller's, the client stays usable.
#[test]
fn a_callback_that_panics_affects_no_other_run() {
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

/// Row 53: and it is dropped on another thread.
#[test]
fn one_client_in_eight_threads_and_a_run_within_a_run() {
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

/// Rows 53, 64: eight threads call the one-shots' shared client in a loop.
#[test]
fn shared_clients_share_their_connections() {
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
    let (server, start) = (Server::start(|x| x.ok()), Instant::now());
    let mut command = child::command(shared_clients_share_their_connections, &server.token);
    succeed_as_test(command.env("USERCOM_BASE_URL", server.url()));
    assert_eq!(server.requests().len(), 40);
    // One for each thread; some have been idle too long by the time of their thread's next turn.
    assert!(server.connections() <= 16, "{}", server.connections());
    check_rate(&server.requests(), start, 5);
}
