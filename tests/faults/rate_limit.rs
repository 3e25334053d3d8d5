//! The rate limit, which all runs of a process share for one token. Single distances are tested on a
//! virtual clock, in the throttle's own tests: a busy machine makes requests late.

#[cfg(target_os = "linux")]
use std::{process::Command, sync::atomic::AtomicU64};

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

/// How late this machine wakes who sleeps, at worst, since the start: what it does to all processes in this time, it does
/// to their requests.
#[cfg(target_os = "linux")]
struct Lateness(Arc<AtomicU64>);

#[cfg(target_os = "linux")]
impl Lateness {
    fn watch() -> Lateness {
        let worst = Arc::new(AtomicU64::new(0));
        let weak = Arc::downgrade(&worst);
        thread::spawn(move || {
            while let Some(worst) = weak.upgrade() {
                let start = Instant::now();
                thread::sleep(ms(2));
                worst.fetch_max((start.elapsed() - ms(2)).as_millis() as u64, SeqCst);
            }
        });
        Lateness(worst)
    }

    fn worst(&self) -> Duration {
        ms(self.0.load(SeqCst))
    }
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
    let (start, lateness) = (Instant::now(), Lateness::watch());
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
    let most = |window: Duration| {
        let within =
            |from: &Request| requests.iter().filter(|r| r.at >= from.at && r.at < from.at + window).count();
        requests.iter().map(within).max().unwrap()
    };
    // A request that is sent or read late comes closer to the next ones.
    let late = 2 * lateness.worst() + ms(5);
    println!(
        "{} requests in {took:?}: {:.1} % of the rate; {killed} killed; at most {} in 1 s, {} in 10 s; up to {late:?} late",
        requests.len(),
        used * 100.0,
        most(s(1)),
        most(s(10))
    );
    for (window, allowed) in [(s(1), 6), (s(10), 51)] {
        let most = most(window.saturating_sub(late));
        assert!(most <= allowed, "{most} requests in {window:?} less {late:?}");
    }
    // The processes start, and a killed one may have had a turn.
    let (turns, first) = (requests.len() + killed, requests[0].at - start);
    assert!(
        late > ms(50) || turns as f64 >= 0.95 * 5.0 * (took - first).as_secs_f64(),
        "{:.1} %",
        used * 100.0
    );
}

/// Row 64: a cron job, a web server's worker and a login shell of one user, each with an environment and a mask of its
/// own, keep one rate.
#[cfg(target_os = "linux")]
#[test]
fn all_processes_of_a_user_find_one_file() {
    use usercom::RateLimitScope;
    if let Some(role) = child::role() {
        let builder = child::client_of(&role).rate_limit(5, s(1)).batch_size(1);
        let client = builder.rate_limit_scope(RateLimitScope::Host).build().unwrap();
        let report = client.mass_update(&ids(5), "plan", "pro").unwrap();
        assert_eq!((report.status(), report.notes().len()), (Status::Ok, 0), "{report}");
        return;
    }
    let (server, elsewhere) = (Server::start(|x| x.ok()), tempfile::tempdir().unwrap());
    let home = elsewhere.path().to_str().unwrap();
    let environments: [(&str, &[(&str, &str)]); 4] = [
        ("022", &[("PATH", "/usr/bin:/bin"), ("SHELL", "/bin/sh"), ("LOGNAME", "cron")]),
        ("077", &[("USER", "www-data"), ("HOME", "/var/www")]),
        ("002", &[("HOME", home), ("XDG_RUNTIME_DIR", home), ("XDG_STATE_HOME", home), ("TMPDIR", home)]),
        ("000", &[("TMPDIR", "/nowhere"), ("XDG_RUNTIME_DIR", "/nowhere")]),
    ];
    let start = Instant::now();
    thread::scope(|scope| {
        for (mask, variables) in environments {
            let server = &server;
            scope.spawn(move || {
                let test = child::command(all_processes_of_a_user_find_one_file, &child::of(server));
                let mut shell = Command::new("/bin/sh");
                shell.arg("-c").arg(format!("umask {mask}; exec \"$0\" \"$@\"")).arg(test.get_program());
                let role = test.get_envs().filter_map(|(name, value)| Some((name, value?)));
                shell.args(test.get_args()).env_clear().envs(role).envs(variables.iter().copied());
                succeed_as_test(&mut shell);
            });
        }
    });
    assert_eq!(server.requests().len(), 20);
    check_rate(&server.requests(), start, 5);
}

/// Row 64: a place that can't be used is noted, and the run keeps the rate by itself.
#[cfg(target_os = "linux")]
#[test]
fn a_rate_limit_dir_that_cannot_be_used_is_noted() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use usercom::RateLimitScope;
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| dir.path().join(name);
    std::fs::create_dir(place("open")).unwrap();
    std::fs::set_permissions(place("open"), std::fs::Permissions::from_mode(0o777)).unwrap();
    std::fs::create_dir(place("good")).unwrap();
    symlink(place("good"), place("link")).unwrap();
    std::fs::write(place("file"), "").unwrap();
    let places = [place("open"), place("link"), place("file"), place("no/parent"), "/proc/self".into()];
    side_by_side(&places, |dir| {
        let server = Server::start(|x| x.ok());
        let builder = server.builder().rate_limit(5, s(1)).batch_size(1);
        let client = builder
            .rate_limit_scope(RateLimitScope::Host)
            .rate_limit_dir(dir.to_str().unwrap())
            .build()
            .unwrap();
        let start = Instant::now();
        let report = client.mass_update(&ids(4), "plan", "pro").unwrap();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 4), "{report}");
        let notes = report.notes();
        assert!(notes.len() == 1 && notes[0].contains(dir.to_str().unwrap()), "{notes:?}");
        check_rate(&server.requests(), start, 5);
    });
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
