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

/// Twenty processes with one token share a directory. So often one of them is killed while it works.
#[cfg(target_os = "linux")]
fn one_rate_limit_for_twenty_processes(test: impl Fn() + Copy, killed: usize, requests_between: usize) {
    use usercom::RateLimitScope;
    if let Some(role) = child::role() {
        let dir = role.rsplit(' ').next().unwrap();
        let builder = child::client_of(&role).rate_limit(5, s(1)).batch_size(1);
        let client = builder.rate_limit_scope(RateLimitScope::Host).rate_limit_dir(dir).build().unwrap();
        let report = client.mass_update(&ids(10_000), "plan", "pro").unwrap();
        panic!("it should have been killed: {report}");
    }
    let (server, dir) = (Server::start(|x| x.ok()), tempfile::tempdir().unwrap());
    let shared = dir.path().join("rate");
    let role = format!("{} {}", child::of(&server), shared.display());
    let spawn = || child::command(test, &role).stdout(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    let mut processes: Vec<_> = (0..20).map(|_| spawn()).collect();
    for round in 0..killed {
        let before = server.requests().len();
        until(|| server.requests().len() >= before + requests_between);
        // Somewhere in the time between two requests.
        thread::sleep(ms(round as u64 * 37 % 200));
        let process = &mut processes[round * 7 % 20];
        process.kill().unwrap();
        process.wait().unwrap();
        *process = spawn();
    }
    let (requests, took) = (server.requests(), start.elapsed());
    for mut process in processes {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    check_rate(&requests, start, 5);
    assert_eq!(std::fs::read_dir(&shared).unwrap().count(), 1, "one file for all");
    let used = requests.len() as f64 / took.as_secs_f64() / 5.0;
    println!("{} requests in {took:?}: {:.1} % of the rate; {killed} killed", requests.len(), used * 100.0);
    let most = |window: Duration| {
        let within =
            |from: &Request| requests.iter().filter(|r| r.at >= from.at && r.at < from.at + window).count();
        requests.iter().map(within).max().unwrap()
    };
    println!("at most {} in 1 s, {} in 10 s", most(s(1)), most(s(10)));
}

/// Row 64: twenty processes, five of which are killed.
#[cfg(target_os = "linux")]
#[test]
fn one_rate_limit_on_this_host() {
    one_rate_limit_for_twenty_processes(one_rate_limit_on_this_host, 5, 4);
}

/// Row 64: the same with fifty.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes minutes: fifty processes are killed"]
fn fifty_killed_on_this_host() {
    one_rate_limit_for_twenty_processes(fifty_killed_on_this_host, 50, 10);
}
