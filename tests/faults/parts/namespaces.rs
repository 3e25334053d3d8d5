//! What a machine has only once, in namespaces of a test's own: its resolver, served by dnsmasq, and a link that goes down.
//!
//! They need root or unprivileged user namespaces. Where a machine allows neither, these tests fail and say so, so `make
//! test` leaves them to `make torture`.

use super::support::process::{Running, finish, succeed};
use super::*;

/// Runs the test in a process of its own with an empty network and mounts of its own, through each API.
fn in_namespaces<F: Fn() + Copy>(test: F) {
    let root = ["unshare", "--net", "--mount", "--kill-child"];
    let tools = [root.to_vec(), [&root[..], &["--user", "--map-root-user"]].concat()];
    let tried = tools.each_ref().map(|tool| finish(Command::new(tool[0]).args(&tool[1..]).arg("true")));
    let Some(tool) = (0..2).find(|at| tried[*at].status.success()).map(|at| &tools[at]) else {
        panic!(
            "this machine allows no network namespaces, so this was not tested: run it as root or allow unprivileged \
             user namespaces; a container needs --cap-add SYS_ADMIN --cap-add NET_ADMIN: {tried:?}"
        )
    };
    for api in APIS {
        let told = succeed_as_test(&mut child::command_under(tool, test, &format!("- - {api:?}")));
        print!("{}", told.stdout);
    }
}

fn ip(arguments: &str) {
    succeed(Command::new(program("ip")).args(arguments.split(' ')));
}

/// dnsmasq on port 53 of this namespace, until it is dropped.
fn dnsmasq(more: &str) -> Running {
    // As who it is here: a user namespace may have no other user.
    let arguments = ["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file", more];
    let mut process = Running(Command::new(program("dnsmasq")).args(arguments).spawn().unwrap());
    until(|| {
        assert!(process.0.try_wait().unwrap().is_none(), "dnsmasq ended");
        TcpStream::connect("127.0.0.1:53").is_ok()
    });
    process
}

const ADDRESS: &str = "--address=/service.test/127.0.0.1";

/// Row 3: the service's name can't be looked up for a while: at the start, in the middle, and for ever.
#[test]
#[ignore = "needs namespaces, see make torture"]
fn dnsmasq_fails_and_recovers() {
    let Some(role) = child::role() else { return in_namespaces(dnsmasq_fails_and_recovers) };
    let api = child::api_of(&role);
    ip("link set lo up");
    let dir = tempfile::tempdir().unwrap();
    // The resolver tells of a lost question after a second.
    fs::write(dir.path().join("resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        .unwrap();
    fs::write(dir.path().join("nsswitch.conf"), "hosts: dns\n").unwrap();
    for name in ["resolv.conf", "nsswitch.conf"] {
        let file = dir.path().join(name);
        succeed(Command::new("mount").arg("--bind").arg(file).arg(format!("/etc/{name}")));
    }
    let authority = support::tls::Authority::new();
    // Each request needs a connection of its own, and so the name.
    let gate = Gate::every(10);
    let held = gate.clone();
    let server = support::tls::server(authority.config(&["service.test"], |_| {}), move |x| {
        held.respond(x);
        Then::Close
    });
    let port = server.address().port();
    let front = Server::elsewhere(&format!("https://service.test:{port}"), &server.token);
    let failures = Arc::new(AtomicUsize::new(0));
    let counting = failures.clone();
    let log = Arc::new(move |line: &str| {
        if line.contains("can't be found by its name") {
            counting.fetch_add(1, SeqCst);
        }
    });
    let fails_twice = || {
        let before = failures.load(SeqCst);
        until(|| failures.load(SeqCst) >= before + 2);
    };
    let ids = ids(longer(40) as i64);
    let ask = front.ask(&ids).batch_size(1).workers(2).ca_file(authority.file()).log(log);
    let told = during(api, &ask, || {
        fails_twice();
        let mut running = dnsmasq(ADDRESS);
        let mut killed = true;
        gate.each(&server, &ids, |release| {
            killed = !killed;
            if killed {
                running.0.kill().unwrap();
                release();
                fails_twice();
                running = dnsmasq(ADDRESS);
            } else {
                stop_and_continue(&running, || {
                    release();
                    fails_twice();
                });
            }
        });
        // Until the end of the run.
        until(|| server.received() >= ids.len());
    });
    all_confirmed(&told, &ids, &server);
    println!("{} requests, {} look-ups that failed", told.requests, failures.load(SeqCst));

    // It runs, and knows no such name.
    let _running = dnsmasq("--address=/service.test/");
    let ids: Vec<i64> = (1_000_001..=1_000_010).collect();
    let told = front.ask(&ids).ca_file(authority.file()).impatient().through(api);
    told.check(&texts(&ids), &server);
    assert!(told.is(Status::Transport) && told.count(IdState::NotAttempted) == 10, "{told}");
    assert!(told.message.contains("no connection to service.test"), "{told}");
}

/// It hears nothing until the work is done.
fn stop_and_continue(process: &Running, work: impl Fn()) {
    let signal = |signal| {
        // SAFETY: a process that nobody has waited for.
        assert_eq!(unsafe { libc::kill(process.0.id() as i32, signal) }, 0)
    };
    signal(libc::SIGSTOP);
    work();
    signal(libc::SIGCONT);
}

const NEAR: &str = "10.55.0.1";
const FAR: &str = "10.55.0.2";

/// A port in a network of its own, at the other end of a link from this one.
fn far_away() -> TcpListener {
    let here = format!("/proc/{}/ns/net", std::process::id());
    let listener = thread::spawn(move || {
        // SAFETY: no pointers. It concerns this thread alone, which ends; the listener keeps the network.
        assert_eq!(unsafe { libc::unshare(libc::CLONE_NEWNET) }, 0);
        ip(&format!("link add name far type veth peer name near netns {here}"));
        ip(&format!("address add {FAR}/24 dev far"));
        ip("link set far up");
        TcpListener::bind(format!("{FAR}:0")).unwrap()
    });
    let listener = listener.join().unwrap();
    ip(&format!("address add {NEAR}/24 dev near"));
    ip("link set near up");
    listener
}

/// Rows 2, 6: the link to the service goes down in the middle of a run, for a while and for ever.
#[test]
#[ignore = "needs namespaces, see make torture"]
fn a_link_goes_down() {
    let Some(role) = child::role() else { return in_namespaces(a_link_goes_down) };
    let api = child::api_of(&role);
    let authority = support::tls::Authority::new();
    let config = authority.config(&[FAR], |_| {});
    let gate = Gate::every(20);
    let held = gate.clone();
    let server = support::tls::server_on(far_away(), config, move |x| held.respond(x));
    until(|| TcpStream::connect(server.address()).is_ok());
    let ask = |ids| server.ask(ids).ca_file(authority.file()).batch_size(1).request_timeout(ms(500));
    let ids = ids(longer(60) as i64);
    let told = during(api, &ask(&ids), || {
        gate.each(&server, &ids, |release| {
            ip("link set near down");
            release();
            thread::sleep(ms(1500));
            ip("link set near up");
        });
    });
    all_confirmed(&told, &ids, &server);
    assert!(told.retries > 0, "{told}");
    println!("{} requests, {} retries", told.requests, told.retries);

    let ids: Vec<i64> = (1_000_001..=1_000_060).collect();
    let held = server.received() + 20;
    gate.hold_from(held);
    let told = during(api, &ask(&ids).stall_timeout(s(3)), || {
        until(|| server.received() > held);
        ip("link set near down");
        gate.hold_from(usize::MAX);
    });
    told.check(&texts(&ids), &server);
    assert!(told.is(Status::Transport) && told.count(IdState::Confirmed) > 0, "{told}");
    assert!(told.count(IdState::NotAttempted) > 0, "{told}");
}
