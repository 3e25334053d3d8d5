//! HAProxy: sessions that it cuts, its timeouts, its queue, and a service that it takes away.

use std::os::unix::net::UnixStream;

use super::*;

/// In front of this server, with these lines more for its defaults and these words for its server.
fn start(server: &Server, defaults: &str, words_of_server: &str) -> Part {
    Part::start(|dir, port| {
        let config = format!(
            "global\n    maxconn 256\n    noreuseport\n    stats socket {}/admin level admin\n    log stdout format raw local0\n\
             defaults\n    mode http\n    log global\n    log-format %ST\n    retries 0\n    timeout connect 5s\n\
             \x20   timeout client 60s\n    timeout server 60s\n    timeout queue 60s\n    {defaults}\n\
             listen front\n    bind 127.0.0.1:{port}\n    server app {} {words_of_server}\n",
            dir.display(),
            server.address()
        );
        fs::write(dir.join("haproxy.cfg"), config).unwrap();
        words(&["haproxy", "-db", "-f", dir.join("haproxy.cfg").to_str().unwrap()])
    })
}

/// A command of its administrator.
fn tell(haproxy: &Part, command: &str) {
    let mut admin = UnixStream::connect(haproxy.dir.path().join("admin")).unwrap();
    admin.write_all(format!("{command}\n").as_bytes()).unwrap();
    let mut told = String::new();
    admin.read_to_string(&mut told).unwrap();
    assert_eq!(told.trim(), "", "{command}");
}

/// How often it responded with this status.
fn count(haproxy: &Part, status: u16) -> usize {
    let status = status.to_string();
    haproxy.text("output").lines().filter(|line| *line == status).count()
}

/// Row 9.
#[test]
fn haproxy_cuts_sessions() {
    with_ids(100, |api, ids| {
        let gate = Gate::every(20);
        let server = gate.server();
        let haproxy = start(&server, "", "");
        let cut = |_: &dyn Fn()| tell(&haproxy, "shutdown sessions server front/app");
        let told = gate.run(api, &haproxy, &server, ids, cut);
        assert!(told.retries > 0, "nothing was cut: {told}");
        println!("{} requests, {} retries", told.requests, told.retries);
    });
}

/// Rows 25, 28: 504 for some requests, which the service does all the same.
#[test]
fn haproxy_does_not_wait_for_slow_responses() {
    with_ids(200, |api, ids| {
        let server = Server::start(|x| {
            if x.request.number % 8 == 3 {
                thread::sleep(s(1));
            }
            x.ok()
        });
        let haproxy = start(&server, "timeout server 400ms", "");
        let front = haproxy.to(&server);
        let told = front.ask(ids).batch_size(5).through(api);
        all_confirmed(&told, ids, &server);
        assert!(count(&haproxy, 504) > 0, "{told}");
        println!("{} of {} requests got 504", count(&haproxy, 504), told.requests);
    });
}

/// Row 10: it closes connections that are idle for 50 ms, which is about when the next request comes.
#[test]
fn haproxy_closes_idle_connections() {
    with_ids(30, |api, ids| {
        let server = Server::start(|x| x.ok());
        let haproxy = start(&server, "timeout http-keep-alive 50ms", "");
        let front = haproxy.to(&server);
        let client = front.ask(ids).any_client(api).unwrap();
        for (n, id) in (0..).zip(ids.chunks(1)) {
            all_confirmed(&client.run(&front.ask(id)), id, &server);
            thread::sleep(ms(40 + n % 20));
        }
    });
}

/// Row 25: one request at a time reaches the service, one waits for it, and a third one waits for too long and gets 503.
#[test]
fn haproxy_queues_what_is_too_much() {
    with_ids(40, |api, ids| {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let in_server = most.clone();
        let server = Server::start(move |x| {
            in_server.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            thread::sleep(ms(60));
            now.fetch_sub(1, SeqCst);
            x.ok()
        });
        let haproxy = start(&server, "timeout queue 90ms", "maxconn 1");
        let front = haproxy.to(&server);
        // On a busy machine two of three may wait for too long.
        let told = front.ask(ids).batch_size(1).workers(3).max_attempts(20).through(api);
        all_confirmed(&told, ids, &server);
        assert!(most.load(SeqCst) == 1 && count(&haproxy, 503) > 0, "{told}");
        println!("{} of {} requests got 503", count(&haproxy, 503), told.requests);
    });
}

/// Row 27: maintenance in the middle of a run.
#[test]
fn haproxy_takes_the_service_away() {
    with_ids(60, |api, ids| {
        let gate = Gate::every(20);
        let server = gate.server();
        let haproxy = start(&server, "", "");
        let told = gate.run(api, &haproxy, &server, ids, |release| {
            let before = count(&haproxy, 503);
            tell(&haproxy, "set server front/app state maint");
            release();
            // Some of them were on their way, the others are the probes of an outage.
            until(|| count(&haproxy, 503) >= before + 4);
            tell(&haproxy, "set server front/app state ready");
        });
        println!("{} of {} requests got 503", count(&haproxy, 503), told.requests);
    });
}
