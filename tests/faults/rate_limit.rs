//! The rate limit, which all runs of a process share for one token. Single distances are tested on a
//! virtual clock, in the throttle's own tests: a busy machine makes requests late.

use super::*;

/// The first request may come at once after `start`, and each one more a `rate`-th of a second later. However late
/// requests are read, none can come sooner.
pub fn check_rate(requests: &[Request], start: Instant, rate: u32) {
    for (earlier, request) in (0..).zip(requests) {
        let (soonest, came) = (s(1) / rate * earlier, request.at - start);
        // Clocks have their grain.
        assert!(
            came + Duration::from_millis(1) >= soonest,
            "request {earlier} came after {came:?}: {soonest:?}"
        );
    }
}

/// Eight threads, two clients, one token, the default rate limit, and so many requests of each thread.
fn one_rate_limit(each: i64) {
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
    check_rate(&server.requests(), start, 5);
    assert!(start.elapsed() < s(3 * 8 * each as u64 / 5), "far too slow: {:?}", start.elapsed());
}

/// Row 64: eight threads, two clients, one token.
#[test]
fn one_rate_limit_for_all() {
    one_rate_limit(7);
}

/// Row 64: the same for a minute.
#[test]
#[ignore = "takes a minute: the same for so long"]
fn one_rate_limit_for_a_minute() {
    one_rate_limit(38);
}

/// Row 64: a process is killed in the middle, and the identical call is repeated at once.
#[test]
fn a_resumed_run_keeps_the_rate_limit() {
    if let Some(role) = child::role() {
        let client = child::client_of(&role).rate_limit(5, s(1)).batch_size(1).build().unwrap();
        let journal = role.rsplit(' ').next().unwrap();
        let report =
            client.run(Update::new("plan", "pro")).ids(&ids(24)).journal_dir(journal).send().unwrap();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 24), "{report}");
        assert!(report.to_string().contains("resumed"), "{report}");
        return;
    }
    let (server, dir) = (Server::start(|x| x.ok()), tempfile::tempdir().unwrap());
    let role = format!("{} {}", child::of(&server), dir.path().display());
    let command = || child::command(a_resumed_run_keeps_the_rate_limit, &role);
    let start = Instant::now();
    let mut killed = command().stdout(Stdio::null()).spawn().unwrap();
    until(|| server.requests().len() >= 12);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let (resumed, before) = (Instant::now(), server.requests().len());
    succeed_as_test(&mut command());
    let requests = server.requests();
    assert!((24..=25).contains(&requests.len()), "{}", requests.len());
    check_rate(&requests[..before], start, 5);
    // What the killed one had sent may have been read after its end: one request.
    check_rate(&requests[before + 1..], resumed, 5);
}
