//! What signals do.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use usercom::sandbox::TOKEN;

use crate::support::{Outcome, Setup};

const SLOW: &[&str] = &[
    "update",
    "--attribute",
    "plan",
    "--value",
    "pro",
    "--ids",
    "ids.csv",
    "--batch-size",
    "1",
    "--report",
    "states.csv",
];

/// Sends a signal by its name, as the shell does.
fn kill(child: &Child, signal: &str) {
    let done = Command::new("sh").arg("-c").arg(format!("kill -{signal} {}", child.id())).status().unwrap();
    assert!(done.success());
}

/// Starts what takes 20 s, and waits until some of it was sent.
fn started(setup: &Setup, command: &mut Command) -> Child {
    setup.file("ids.csv", (1..=100).map(|id| format!("{id}\n")).collect::<String>());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| setup.sandbox.total() >= 2);
    child
}

fn wait_until(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(20), "it takes too long");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Row 72: SIGINT, SIGTERM and SIGHUP cancel the run; the report is printed and written.
#[test]
fn a_signal_cancels_with_a_report() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let setup = Setup::new();
        let child = started(&setup, &mut setup.command(SLOW));
        kill(&child, signal);
        let outcome = Outcome::of(child.wait_with_output().unwrap());
        assert_eq!(outcome.code, Some(code), "{outcome:?}");
        assert!(outcome.stdout.starts_with("cancelled: "), "{outcome:?}");
        assert!(outcome.stderr.contains("waiting up to 5 s for requests in flight"), "{outcome:?}");
        let states = fs::read_to_string(setup.path("states.csv")).unwrap();
        let held = setup.held("plan").len();
        assert!(states.matches(",confirmed,").count() <= held && held < 100, "{held}");
        assert!(states.contains(",not_attempted,") && states.lines().count() == 101);
    }
}

/// Row 72: a broken standard error or output doesn't stop a signal from cancelling.
#[test]
fn a_signal_is_heard_without_a_terminal() {
    let setup = Setup::new();
    let mut child = started(&setup, &mut setup.command(SLOW));
    drop((child.stdout.take(), child.stderr.take()));
    kill(&child, "HUP");
    assert_eq!(child.wait().unwrap().code(), Some(129));
    assert!(setup.path("states.csv").exists());
}

/// Row 72: a second signal quits at once.
#[test]
fn a_second_signal_quits() {
    let options = usercom::sandbox::Options { latency: Duration::from_secs(4), ..Default::default() };
    let setup = Setup::with(options);
    let mut child = started(&setup, &mut setup.command(SLOW));
    kill(&child, "TERM");
    let stderr = BufReader::new(child.stderr.take().unwrap());
    assert!(stderr.lines().map_while(Result::ok).any(|line| line.contains("waiting up to 5 s")));
    let start = Instant::now();
    kill(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

/// Row 72: what was ignored at the start stays ignored; the others are still heard.
#[test]
fn an_ignored_signal_stays_ignored() {
    for (ignored, heard, code) in [("HUP", "TERM", 143), ("INT", "HUP", 129), ("TERM", "INT", 130)] {
        let setup = Setup::new();
        let script = format!("trap '' {ignored}; exec \"$0\" \"$@\"");
        let mut command = setup.by_shell(&script, SLOW);
        let mut child = started(&setup, &mut command);
        kill(&child, ignored);
        let sent = setup.sandbox.total();
        wait_until(|| setup.sandbox.total() > sent + 2);
        assert!(child.try_wait().unwrap().is_none(), "{ignored} ended it");
        kill(&child, heard);
        let outcome = Outcome::of(child.wait_with_output().unwrap());
        assert_eq!(outcome.code, Some(code), "{outcome:?}");
    }
}

/// Row 72: when the run is over and nobody reads what is printed, a signal ends the program; the report file is there.
#[test]
fn a_signal_ends_a_program_that_can_not_print() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    // A pipe that is full and never read.
    let (_reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&[b'x'; 65_536]).unwrap();
    let arguments =
        ["update", "--attribute", "plan", "--value", "pro", "--ids", "ids.csv", "--report", "states.csv"];
    let mut child = setup.command(&arguments).arg("--quiet").stdout(writer).spawn().unwrap();
    wait_until(|| setup.path("states.csv").exists());
    std::thread::sleep(Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none());
    kill(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(fs::read_to_string(setup.path("states.csv")).unwrap().lines().count(), 2);
}

/// Row 72: before anything is sent a signal ends the program.
#[test]
fn a_signal_while_the_input_is_read_ends_it() {
    let setup = Setup::new();
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let arguments =
            ["update", "--attribute", "plan", "--value", "pro", "--ids", "-", "--report", "states.csv"];
        let mut child = setup.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
        // Waiting for the child would close it, and the end of the input is no signal.
        let _input = child.stdin.take();
        // When it sleeps in its read, its handlers are there.
        let stat = format!("/proc/{}/stat", child.id());
        let threads = format!("/proc/{}/task", child.id());
        wait_until(|| fs::read_dir(&threads).is_ok_and(|tasks| tasks.count() == 2));
        wait_until(|| fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") S ")));
        kill(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
    assert!(!setup.path("states.csv").exists());
    assert_eq!(setup.sandbox.total(), 0);
}

/// Row 72: the sandbox ends cleanly.
#[test]
fn the_sandbox_ends_on_a_signal() {
    for signal in ["TERM", "INT", "HUP"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usercom"));
        command.args(["sandbox", "--port", "0"]).env("USERCOM_TOKEN", TOKEN);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("usercom sandbox listening on http://").unwrap().to_owned();
        // An open connection must not hold it up.
        let connection = std::net::TcpStream::connect(&address).unwrap();
        kill(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(std::net::TcpStream::connect(&address).is_err(), "{signal}");
        drop(connection);
    }
}
