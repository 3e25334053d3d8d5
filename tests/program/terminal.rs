//! What a person sees on a terminal while a run lasts: tmux is the terminal.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::Setup;

/// A terminal of its own server, which ends with it.
pub struct Terminal {
    socket: String,
}

impl Terminal {
    /// Runs a line in a shell there.
    pub fn open(setup: &Setup, line: &str) -> Terminal {
        let terminal = Terminal { socket: setup.path("tmux").display().to_string() };
        let plain = setup.command(&[]);
        let mut command =
            terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "30", line]);
        command.current_dir(setup.folder.path()).env("TERM", "xterm").env("LC_ALL", "C.UTF-8");
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = command.output().expect("tmux is missing: scripts/setup installs it");
        assert!(output.status.success(), "{output:?}");
        terminal
    }

    fn tmux(&self, words: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(&self.socket).args(words).stdin(Stdio::null()).env_remove("TMUX");
        command
    }

    pub fn press(&self, key: &str) {
        assert!(self.tmux(&["send-keys", "--", key]).status().unwrap().success());
    }

    /// What it shows, wrapped lines as one.
    fn shown(&self) -> String {
        let output = self.tmux(&["capture-pane", "-p", "-J", "-S", "-"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[track_caller]
    pub fn wait_for(&self, words: &str) -> String {
        let start = Instant::now();
        loop {
            let shown = self.shown();
            if shown.contains(words) {
                return shown;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{words:?} does not come:\n{shown}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]).output();
    }
}

const LINE: &str = "--attribute plan --value pro --ids ids.csv --batch-size 100 --no-preflight --verify 0";

fn start(setup: &Setup, more: &str) -> Terminal {
    start_with(setup, "", more)
}

fn start_with(setup: &Setup, before: &str, more: &str) -> Terminal {
    setup.file("ids.csv", (1..=10_000).map(|id| format!("{id}\n")).collect::<String>());
    let program = env!("CARGO_BIN_EXE_usercom");
    Terminal::open(setup, &format!("{before} '{program}' update {LINE} {more}; echo code=$?; exec cat"))
}

/// The bar counts; Ctrl-C ends the run, with the report and the command that resumes it.
#[test]
fn the_bar_counts_and_ctrl_c_resumes() {
    let setup = Setup::new();
    let terminal = start(&setup, "--journal-dir journals");
    let shown = terminal.wait_for("/s, about ");
    assert!(shown.contains(" of 10,000 ids, ") && shown.contains(" left"), "{shown}");
    terminal.press("C-c");
    let shown = terminal.wait_for("code=130");
    for words in
        ["press Ctrl-C again", "\ncancelled: ", "10,000 ids: ", "usercom: to resume, run: usercom resume "]
    {
        assert!(shown.contains(words), "{words:?} is not in:\n{shown}");
    }
    let held = setup.held("plan").len();
    assert!(held > 0 && held < 10_000, "{held}");
}

/// What it waits for is shown, and the second Ctrl-C does not wait.
#[test]
fn the_bar_tells_what_a_run_waits_for() {
    let options = usercom::sandbox::Options {
        fail_first: 1_000,
        fail_status: 503,
        fail_retry_after: Some("90".to_owned()),
        ..Default::default()
    };
    let setup = Setup::with(options);
    let terminal = start(&setup, "--no-journal");
    let shown = terminal.wait_for("waiting ");
    assert!(shown.contains("0 of 10,000 ids, waiting ") && shown.contains("503"), "{shown}");
    terminal.press("C-c");
    let shown = terminal.wait_for("code=130");
    assert!(
        shown.contains("usercom: without a journal a run can't be resumed; to start again, run: "),
        "{shown}"
    );
}

/// Ctrl-C at the question after the canaries: their report is there.
#[test]
fn ctrl_c_is_an_answer_after_canaries() {
    let setup = Setup::new();
    let terminal = start(&setup, "--canary 2");
    terminal.wait_for("update all others? [y/N]");
    terminal.press("C-c");
    let shown = terminal.wait_for("code=130");
    assert!(shown.contains("\nok: all 2 ids confirmed"), "{shown}");
    assert!(shown.contains("10,000 ids: 2 confirmed, 0 rejected, 0 unknown, 9,998 not attempted"), "{shown}");
    assert_eq!(setup.held("plan").len(), 2);
}

/// A narrow terminal has place for the numbers only.
#[test]
fn a_narrow_terminal_has_no_bar() {
    let setup = Setup::new();
    let terminal = start_with(&setup, "stty columns 40;", "--rate-limit 1 --no-journal");
    let shown = terminal.wait_for(" of 10,000 ids");
    assert!(!shown.contains('\u{2591}'), "{shown}");
}

/// A terminal that can't move its cursor gets the lines of a log.
#[test]
#[ignore = "waits for half a minute: a part of make torture"]
fn a_dumb_terminal_has_lines() {
    let setup = Setup::new();
    let terminal = start_with(&setup, "export TERM=dumb;", "--rate-limit 1 --no-journal");
    terminal.wait_for("usercom: attribute \"plan\": 3");
}
