//! nginx: TLS, limits of connections, bodies and rates, reloads, and a service behind it that is killed.

use super::*;

struct Nginx(Part);

/// What nginx writes of each request.
struct Answered {
    /// In seconds.
    at: f64,
    status: u16,
    /// Which request of its connection it was, from 1.
    on_connection: usize,
    pid: u32,
}

impl Nginx {
    /// One process in front of this address, with these directives more.
    fn start(upstream: SocketAddr, http: &str, inside: &str) -> Nginx {
        Nginx::start_as("master_process off;", &[], upstream, http, inside)
    }

    fn start_as(
        main: &str,
        certificate: &[(&str, String)],
        upstream: SocketAddr,
        http: &str,
        inside: &str,
    ) -> Nginx {
        Nginx(Part::start(|dir, port| {
            let at = dir.display();
            certificate.iter().for_each(|(name, text)| fs::write(dir.join(name), text).unwrap());
            let ssl = if certificate.is_empty() { "" } else { " ssl" };
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|of| format!("{of}_temp_path {at}/{of};"))
                .join(" ");
            let config = format!(
                "daemon off; {main} pid {at}/pid; error_log {at}/error.log notice;\nevents {{ worker_connections 256; }}\nhttp {{\n\
                 log_format answered '$msec $status $connection_requests $pid'; access_log {at}/access.log answered;\n\
                 {temporary}\n{http}\nserver {{ listen 127.0.0.1:{port}{ssl};\n{inside}\n\
                 location / {{ proxy_pass http://{upstream}; }} }}\n}}\n"
            );
            fs::write(dir.join("nginx.conf"), config).unwrap();
            let file = |name: &str| format!("{at}/{name}");
            words(&["nginx", "-p", &file(""), "-c", &file("nginx.conf"), "-e", &file("error.log")])
        }))
    }

    /// With `limit_req`.
    fn limiting(status: u16, rate: u32, burst: u32, server: &Server) -> Nginx {
        let burst = if burst > 0 { format!("burst={burst} nodelay") } else { String::new() };
        let http = format!(
            "limit_req_zone $http_authorization zone=one:1m rate={rate}r/s; limit_req_status {status}; \
             limit_req_log_level info; limit_req zone=one {burst};"
        );
        Nginx::start(server.address(), &http, "")
    }

    fn client(&self, server: &Server) -> usercom::ClientBuilder {
        self.0.to(server).builder().batch_size(1)
    }

    fn answered(&self) -> Vec<Answered> {
        let line = |line: &str| {
            let mut words = line.split(' ');
            let mut next = || words.next().unwrap();
            Answered {
                at: next().parse().unwrap(),
                status: next().parse().unwrap(),
                on_connection: next().parse().unwrap(),
                pid: next().parse().unwrap(),
            }
        };
        self.0.text("access.log").lines().map(line).collect()
    }

    fn count(&self, status: u16) -> usize {
        self.answered().iter().filter(|answered| answered.status == status).count()
    }
}

/// Row 10: through TLS; nginx announces it, so nothing is lost.
#[test]
fn nginx_closes_connections_after_three_requests() {
    let authority = support::tls::Authority::new();
    with_ids(60, |api, ids| {
        let server = Server::start(|x| x.ok());
        let tls = "keepalive_requests 3; ssl_certificate cert.pem; ssl_certificate_key key.pem;";
        let (certificate, key) = authority.pem(&["127.0.0.1"]);
        let files = [("cert.pem", certificate), ("key.pem", key)];
        let nginx = Nginx::start_as("master_process off;", &files, server.address(), "", tls);
        let front = nginx.0.to(&server).asked_through_tls();
        let told = front.ask(ids).batch_size(1).workers(4).ca_file(authority.file()).through(api);
        all_confirmed(&told, ids, &server);
        assert_eq!(told.retries, 0, "{told}");
        let on_connections = nginx.answered().iter().map(|answered| answered.on_connection).max();
        assert_eq!(on_connections, Some(3), "as many as nginx allows");
    });
}

/// Rows 29, 30: a body that is larger than nginx takes is split, and a single id that needs one is rejected.
#[test]
fn nginx_takes_small_bodies_only() {
    with_ids(600, |api, ids| {
        let server = Server::start(|x| x.ok());
        let nginx = Nginx::start(server.address(), "client_max_body_size 1k;", "");
        let front = nginx.0.to(&server);
        let told = front.ask(ids).through(api);
        all_confirmed(&told, ids, &server);
        assert!(nginx.count(413) > 0 && told.requests < ids.len() as u64 / 20, "{told}");

        let large = "x".repeat(2000);
        let told = front.ask(&[1_000_001, 1_000_002]).value(&large).through(api);
        told.check(&texts(&[1_000_001, 1_000_002]), &server);
        assert!(told.is(Status::Partial) && told.count(IdState::Rejected) == 2, "{told}");
        assert!(told.failures.iter().all(|failure| failure.http_status == Some(413)), "{told}");
    });
}

/// Row 25: nginx's own status for a limit is 503, and it says nothing of a wait.
#[test]
fn nginx_limits_with_503() {
    with_ids(30, |api, ids| {
        let server = Server::start(|x| {
            thread::sleep(ms(50));
            x.ok()
        });
        let nginx = Nginx::limiting(503, 20, 2, &server);
        let told = nginx.0.to(&server).ask(ids).batch_size(1).workers(2).max_attempts(20).through(api);
        all_confirmed(&told, ids, &server);
        println!("{} of {} requests got 503", nginx.count(503), told.requests);
    });
}

/// Row 10: the old workers end when they have responded, and close their idle connections.
#[test]
fn nginx_is_reloaded_under_load() {
    with_ids(150, |api, ids| {
        let gate = Gate::every(25);
        let server = gate.server();
        let nginx = Nginx::start_as("worker_processes 1;", &[], server.address(), "", "");
        let ended = || nginx.0.text("error.log").matches("gracefully shutting down").count();
        let told = gate.run(api, &nginx.0, &server, ids, |_| {
            let before = ended();
            nginx.0.signal(libc::SIGHUP);
            until(|| ended() > before);
        });
        let pids: BTreeSet<u32> = nginx.answered().iter().map(|answered| answered.pid).collect();
        assert!(pids.len() > 2, "{pids:?}");
        println!("{} workers of nginx, {} retries", pids.len(), told.retries);
    });
}

/// Rows 9, 25: killed and started again behind nginx, which says 502.
#[test]
fn what_is_behind_nginx_is_killed() {
    with_ids(100, |api, ids| {
        let gate = Gate::every(25);
        let server = gate.server();
        let mut behind = Nginx::start(server.address(), "", "");
        let nginx = Nginx::start(behind.0.address(), "", "");
        let told = gate.run(api, &nginx.0, &server, ids, |_| {
            let before = nginx.count(502);
            behind.0.kill();
            until(|| nginx.count(502) > before);
            behind.0.start_again();
        });
        println!("{} of {} requests got 502", nginx.count(502), told.requests);
    });
}

/// Row 101. Counts only: on a busy machine there are fewer requests a second, and fewer 429s.
#[test]
fn a_limit_of_nginx_is_found_and_kept() {
    let server = Server::start(|x| x.ok());
    let nginx = Nginx::limiting(429, 10, 5, &server);
    let unlimited = nginx.client(&server).no_rate_limit().build().unwrap();
    let mut before = 0;
    let mut run = |client: &Client, n: i64, most: usize| {
        let report = client.mass_update(&ids(n), "plan", "pro").unwrap();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, n as usize), "{report}");
        let throttled = nginx.count(429) - before;
        println!("{n} requests: {throttled} throttled");
        assert!(throttled <= most, "{throttled} of {n} throttled: {}", nginx.0.text("access.log"));
        before += throttled;
    };
    // As many as are in flight at once are throttled together, while the limit is looked for.
    run(&unlimited, 70, 35);
    run(&unlimited, 50, 8);
    // Half of what nginx allows. The run before may have left nothing of the burst for its first request.
    run(&nginx.client(&server).rate_limit(5, s(1)).build().unwrap(), 15, 1);
}

/// What is kept of nginx's rate from ten seconds after the start on, and how many 429s there are.
#[test]
#[ignore = "takes minutes, and measures"]
fn limits_of_nginx_measured() {
    let mut cases = Vec::new();
    for rate in [1, 5, 10, 50, 200] {
        cases.extend([0, 5].into_iter().flat_map(|burst| [20, 200].map(|latency| (rate, burst, latency))));
    }
    for four in cases.chunks(4) {
        thread::scope(|scope| {
            for (rate, burst, latency) in four.iter().copied() {
                scope.spawn(move || measure(rate, burst, latency));
            }
        });
    }
}

fn measure(rate: u32, burst: u32, latency: u64) {
    let server = Server::start(move |x| {
        thread::sleep(ms(latency));
        x.ok()
    });
    let nginx = Nginx::limiting(429, rate, burst, &server);
    let client = nginx.client(&server).no_rate_limit().build().unwrap();
    let workers = 8.0;
    let deadline = s(71);
    let n = i64::from(rate) * 100 + 100;
    let report = client.run(Update::new("plan", "pro")).ids(&ids(n)).deadline(deadline).send().unwrap();
    assert_eq!(report.rejected() + report.unknown(), 0, "{report}");
    let answered = nginx.answered();
    let start = answered[0].at;
    let window: Vec<_> = answered.iter().filter(|a| (10.0..70.0).contains(&(a.at - start))).collect();
    let accepted = window.iter().filter(|answered| answered.status == 200).count();
    let throttled = window.len() - accepted;
    let possible = f64::from(rate).min(0.9 * workers / (latency as f64 / 1000.0));
    let before = answered.iter().filter(|a| a.at - start < 10.0 && a.status == 429).count();
    println!(
        "{rate}/s, burst {burst}, {latency} ms: {:.1} % of {possible:.1}/s, {throttled} of {} throttled ({before} in the first 10 s)",
        accepted as f64 / 60.0 / possible * 100.0,
        window.len()
    );
}
