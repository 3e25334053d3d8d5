//! Runs through the real programs that stand between people and the service: nginx, HAProxy, tinyproxy, dnsmasq, and a link
//! that goes down. Each runs on loopback, as nobody where the tests run as root, and is killed when its test ends.
//!
//! What is accepted is known by the scripted server behind them. `USERCOM_PARTS=10` makes the runs ten times as long, as
//! `make torture` does.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};

use support::{Ask, named};

use super::*;

mod haproxy;
mod namespaces;
mod nginx;
mod tinyproxy;

/// Nobody, on every Debian.
const NOBODY: u32 = 65534;

/// A program that listens on loopback, with a folder of its own for its configuration and its logs.
struct Part {
    process: Child,
    /// Before the folder goes, the process must have ended: see `drop`.
    dir: tempfile::TempDir,
    port: u16,
    words: Vec<String>,
}

impl Part {
    /// None of them chooses a port itself, so a free one is looked for. `command` writes the configuration and gives the
    /// program with its arguments.
    fn start(command: impl Fn(&Path, u16) -> Vec<String>) -> Part {
        let dir = tempfile::tempdir().unwrap();
        if is_root() {
            std::os::unix::fs::chown(dir.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let words = command(dir.path(), port);
            // If it ended, somebody else took the port.
            if let Some(process) = spawn(&words, dir.path(), port) {
                return Part { process, dir, port, words };
            }
        }
        let told = ["output", "error.log"].map(|name| fs::read_to_string(dir.path().join(name)));
        panic!("{:?} did not start: {told:?}", command(dir.path(), 0));
    }

    /// kill -9, to all of its processes.
    fn kill(&mut self) {
        self.signal_group(libc::SIGKILL);
        self.process.wait().unwrap();
    }

    /// After [`Part::kill`], on the same port.
    fn start_again(&mut self) {
        // Until the system has taken the port from the one that was killed.
        loop {
            match spawn(&self.words, self.dir.path(), self.port) {
                Some(process) => return self.process = process,
                None => thread::sleep(ms(20)),
            }
        }
    }

    /// To its first process.
    fn signal(&self, signal: i32) {
        // SAFETY: a process that nobody has waited for.
        assert_eq!(unsafe { libc::kill(self.process.id() as i32, signal) }, 0);
    }

    fn signal_group(&self, signal: i32) {
        // SAFETY: its group, which `spawn` made.
        unsafe { libc::kill(-(self.process.id() as i32), signal) };
    }

    /// What is in one of its files.
    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.dir.path().join(name)).unwrap_or_default()
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// The way through it to this server.
    fn to(&self, server: &Server) -> Server {
        Server::elsewhere(&format!("http://{}", self.address()), &server.token)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.signal_group(libc::SIGKILL);
        drop(self.process.wait());
    }
}

fn is_root() -> bool {
    // SAFETY: it can't fail.
    unsafe { libc::geteuid() == 0 }
}

/// Started and listening, or None if it ended at once.
fn spawn(words: &[String], dir: &Path, port: u16) -> Option<Child> {
    let output = fs::OpenOptions::new().create(true).append(true).open(dir.join("output")).unwrap();
    let mut command = Command::new(program(&words[0]));
    command.args(&words[1..]).current_dir(dir).stdin(Stdio::null());
    command.stdout(output.try_clone().unwrap()).stderr(output).process_group(0);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let mut process = command.spawn().unwrap();
    loop {
        if listens(process.id(), port) {
            return Some(process);
        }
        if process.try_wait().unwrap().is_some() {
            return None;
        }
        thread::sleep(ms(5));
    }
}

/// Whether this process listens on this port of 127.0.0.1. Whether a connection succeeds would not say whose port it is.
fn listens(pid: u32, port: u16) -> bool {
    let sockets = fs::read_to_string(format!("/proc/{pid}/net/tcp")).unwrap_or_default();
    let (address, listening) = (format!("0100007F:{port:04X}"), "0A");
    let inode = sockets.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        (words[1] == address && words[3] == listening).then(|| format!("socket:[{}]", words[9]))
    });
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let mut links = files.filter_map(|file| fs::read_link(file.path()).ok());
    inode.is_some_and(|inode| links.any(|link| link.as_os_str() == inode.as_str()))
}

/// Daemons are in folders that are not on everybody's PATH.
fn program(name: &str) -> String {
    let paths =
        ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"].map(|dir| format!("{dir}/{name}"));
    let found = paths.into_iter().find(|path| Path::new(path).exists());
    found.unwrap_or_else(|| panic!("{name} is missing: scripts/setup installs it"))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// How much longer than usual a run is to be.
fn longer(n: usize) -> usize {
    let times =
        std::env::var("USERCOM_PARTS").map_or(1, |text| text.parse().expect("USERCOM_PARTS is a number"));
    n * times
}

/// Ids, each a request of its own, through both APIs at once, each through parts of its own.
fn with_ids(n: usize, run: impl Fn(Api, &[i64]) + Sync) {
    let ids = ids(longer(n) as i64);
    side_by_side(APIS, |api| run(*api, &ids));
}

/// The run completed, and as the server behind knows, all of it was accepted.
#[track_caller]
fn all_confirmed(told: &Outcome, ids: &[i64], server: &Server) {
    told.check(&texts(ids), server);
    assert!(told.is(Status::Ok) && told.count(IdState::Confirmed) == ids.len(), "{told}");
}

/// The outcome of a run during which something happens to what is in between.
fn during(api: Api, ask: &Ask<'_>, work: impl FnOnce()) -> Outcome {
    thread::scope(|scope| {
        let run = named().spawn_scoped(scope, || ask.through(api)).unwrap();
        work();
        run.join().unwrap()
    })
}

/// Holds requests until something has happened to what is in between: so it happens while they are in flight, however
/// busy the machine is.
struct Gate {
    every: usize,
    first_held: AtomicUsize,
}

impl Gate {
    /// Holds the request of this number, and later ones.
    fn every(requests: usize) -> Arc<Gate> {
        Arc::new(Gate { every: requests, first_held: AtomicUsize::new(requests) })
    }

    /// Responds after as long as a service takes, and not while the gate holds it.
    fn respond(&self, x: &mut Exchange<'_>) -> Then {
        until(|| x.request.number < self.first_held.load(SeqCst));
        thread::sleep(ms(10));
        x.ok()
    }

    fn server(self: &Arc<Gate>) -> Server {
        let gate = self.clone();
        Server::start(move |x| gate.respond(x))
    }

    fn hold_from(&self, request: usize) {
        self.first_held.store(request, SeqCst);
    }

    /// Does something each time that a request is held, before so many ids are through. What is given to `work` releases
    /// those that are held earlier than at its end.
    fn each(&self, server: &Server, ids: &[i64], mut work: impl FnMut(&dyn Fn())) {
        let parts = ids.len() / self.every;
        for part in 1..parts {
            until(|| server.received() > part * self.every);
            let next = if part + 1 < parts { (part + 1) * self.every } else { usize::MAX };
            let release = || self.hold_from(next);
            work(&release);
            release();
        }
    }

    /// A run through what is in between, a request for each id, with [`Gate::each`]; all of it is confirmed.
    #[track_caller]
    fn run(
        &self,
        api: Api,
        part: &Part,
        server: &Server,
        ids: &[i64],
        work: impl FnMut(&dyn Fn()),
    ) -> Outcome {
        let front = part.to(server);
        let ask = front.ask(ids).batch_size(1);
        let told = during(api, &ask, || self.each(server, ids, work));
        all_confirmed(&told, ids, server);
        told
    }
}
