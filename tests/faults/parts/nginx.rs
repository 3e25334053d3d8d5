//! Runs behind a real nginx that limits their rate with `limit_req`.

use std::path::Path;
use std::process::{Child, Command};

use super::*;

struct Nginx {
    process: Child,
    dir: tempfile::TempDir,
    port: u16,
}

/// A request that nginx answered: when, in seconds, and whether it was accepted.
type Answered = (f64, bool);

impl Nginx {
    /// In front of this server. nginx chooses no port itself, so a free one is looked for.
    fn start(rate: u32, burst: u32, server: &Server) -> Nginx {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let config = config(dir.path(), rate, burst, port, server.address());
            std::fs::write(dir.path().join("nginx.conf"), config).unwrap();
            let program =
                ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists());
            let mut command = Command::new(program.expect("nginx is missing: scripts/setup installs it"));
            command.arg("-p").arg(dir.path()).arg("-c").arg(dir.path().join("nginx.conf"));
            let mut process = command.arg("-e").arg(dir.path().join("error.log")).spawn().unwrap();
            // Ended: somebody else took the port.
            loop {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() && process.try_wait().unwrap().is_none() {
                    return Nginx { process, dir, port };
                }
                if process.try_wait().unwrap().is_some() {
                    break;
                }
                thread::sleep(ms(20));
            }
        }
        panic!("nginx did not start: {:?}", std::fs::read_to_string(dir.path().join("error.log")));
    }

    fn client(&self, server: &Server) -> usercom::ClientBuilder {
        Client::builder("acme", &server.token)
            .base_url(&format!("http://127.0.0.1:{}", self.port))
            .batch_size(1)
    }

    fn answered(&self) -> Vec<Answered> {
        let log = std::fs::read_to_string(self.dir.path().join("access.log")).unwrap_or_default();
        let line = |line: &str| {
            let (at, status) = line.split_once(' ').unwrap();
            (at.parse().unwrap(), status != "429")
        };
        log.lines().map(line).collect()
    }

    fn throttled(&self) -> usize {
        self.answered().iter().filter(|(_, accepted)| !accepted).count()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // One process only, so this leaves no other.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn config(dir: &Path, rate: u32, burst: u32, port: u16, server: SocketAddr) -> String {
    let dir = dir.display();
    let burst = if burst > 0 { format!("burst={burst} nodelay") } else { String::new() };
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|of| format!("{of}_temp_path {dir}/{of};"));
    format!(
        "daemon off; master_process off; pid {dir}/pid;\nevents {{ worker_connections 256; }}\nhttp {{\n\
         log_format answered '$msec $status'; access_log {dir}/access.log answered; {}\n\
         limit_req_zone $http_authorization zone=one:1m rate={rate}r/s; limit_req_status 429; limit_req_log_level info;\n\
         server {{ listen 127.0.0.1:{port}; location / {{ limit_req zone=one {burst}; proxy_pass http://{server}; }} }}\n}}\n",
        temporary.join(" ")
    )
}

/// Row 101. Counts only: on a busy machine there are fewer requests a second, and fewer 429s.
#[test]
fn a_limit_of_nginx_is_found_and_kept() {
    let server = Server::start(|x| x.ok());
    let nginx = Nginx::start(10, 5, &server);
    let unlimited = nginx.client(&server).no_rate_limit().build().unwrap();
    let mut before = 0;
    let mut run = |client: &Client, n: i64, most: usize| {
        let report = client.mass_update(&ids(n), "plan", "pro").unwrap();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, n as usize), "{report}");
        let throttled = nginx.throttled() - before;
        println!("{n} requests: {throttled} throttled");
        assert!(throttled <= most, "{throttled} of {n} throttled: {:?}", nginx.answered());
        before += throttled;
    };
    // As many as are in flight at once are throttled together, while the limit is looked for.
    run(&unlimited, 70, 35);
    run(&unlimited, 50, 8);
    // Half of what nginx allows.
    run(&nginx.client(&server).rate_limit(5, s(1)).build().unwrap(), 15, 0);
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
    let nginx = Nginx::start(rate, burst, &server);
    let client = nginx.client(&server).no_rate_limit().build().unwrap();
    let workers = 8.0;
    let deadline = s(71);
    let n = i64::from(rate) * 100 + 100;
    let report = client.run(Update::new("plan", "pro")).ids(&ids(n)).deadline(deadline).send().unwrap();
    assert_eq!(report.rejected() + report.unknown(), 0, "{report}");
    let answered = nginx.answered();
    let start = answered[0].0;
    let window: Vec<_> = answered.iter().filter(|(at, _)| (10.0..70.0).contains(&(at - start))).collect();
    let accepted = window.iter().filter(|(_, accepted)| *accepted).count();
    let throttled = window.len() - accepted;
    let possible = f64::from(rate).min(0.9 * workers / (latency as f64 / 1000.0));
    let before = answered.iter().filter(|(at, accepted)| at - start < 10.0 && !accepted).count();
    println!(
        "{rate}/s, burst {burst}, {latency} ms: {:.1} % of {possible:.1}/s, {throttled} of {} throttled ({before} in the first 10 s)",
        accepted as f64 / 60.0 / possible * 100.0,
        window.len()
    );
}
