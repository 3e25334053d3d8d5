//! Starts the program for a sandbox, and looks at what it said.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use usercom::sandbox::{Options, Sandbox, TOKEN, UnknownIds};

/// What is read costs time at the default rate; `reading.rs` has the tests of that.
const BLIND: &[&str] = &["--no-preflight", "--verify", "0"];

/// The same, as fast as it can be, for a whole command.
pub const FAST: &[&str] = &["--no-preflight", "--verify", "0", "--rate-limit", "1000"];

/// A sandbox and a folder of its own for a test.
pub struct Setup {
    pub sandbox: Sandbox,
    pub folder: tempfile::TempDir,
    home: tempfile::TempDir,
}

impl Setup {
    pub fn new() -> Setup {
        Setup::with(Options::default())
    }

    pub fn with(options: Options) -> Setup {
        let folder = || tempfile::tempdir().unwrap();
        Setup { sandbox: Sandbox::start(options).unwrap(), folder: folder(), home: folder() }
    }

    /// The user's home, beside the folder.
    pub fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    /// Where the program's state is.
    pub fn state(&self) -> PathBuf {
        self.home().join("state")
    }

    /// What the program keeps of runs that have not finished.
    pub fn unfinished(&self) -> Vec<String> {
        let runs = self.state().join("usercom/runs");
        if runs.exists() { names(&runs) } else { Vec::new() }
    }

    /// Writes a file into the folder.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The text of a file in the folder.
    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program for the sandbox's account, in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usercom"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("USERCOM_SUBDOMAIN", "acme")
            .env("USERCOM_BASE_URL", self.sandbox.url())
            .env("USERCOM_TOKEN", TOKEN)
            .env("HOME", self.home())
            .env("XDG_STATE_HOME", self.state())
            .env("XDG_CONFIG_HOME", self.home().join("config"))
            .env_remove("USERCOM_TOKEN_FILE")
            .env_remove("USERCOM_PROFILE");
        command
    }

    /// The same, started by a shell: `script` ends with `exec "$0" "$@"`, perhaps with redirections.
    pub fn by_shell(&self, script: &str, arguments: &[&str]) -> Command {
        let plain = self.command(arguments);
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(plain.get_program()).args(plain.get_args());
        command.current_dir(self.folder.path());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// `usercom apply` for a file with this text, in a new file `rows.csv`. Reads nothing before and after.
    pub fn apply(&self, attribute: &str, text: impl AsRef<[u8]>, more: &[&str]) -> Outcome {
        self.file("rows.csv", text);
        self.run(&[&["apply", "rows.csv", "--attribute", attribute], BLIND, more].concat())
    }

    /// `usercom update` to plan = "pro" for a file with this text, `ids.csv`. Reads nothing before and after.
    pub fn update(&self, text: impl AsRef<[u8]>, more: &[&str]) -> Outcome {
        self.file("ids.csv", text);
        self.run(
            &[&["update", "--attribute", "plan", "--value", "pro", "--ids", "ids.csv"], BLIND, more].concat(),
        )
    }

    /// The same with the text on standard input, through a pipe.
    pub fn piped(&self, text: &str, arguments: &[&str]) -> Outcome {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that refuses its arguments doesn't read.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        Outcome::of(child.wait_with_output().unwrap())
    }

    /// The same on a terminal, where somebody types `answers`.
    pub fn typed(&self, answers: &str, arguments: &[&str]) -> Outcome {
        let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap().replace('\'', "'\\''"));
        let plain = self.command(arguments);
        let words = std::iter::once(plain.get_program()).chain(plain.get_args());
        let line = words.map(quoted).collect::<Vec<_>>().join(" ");
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(self.folder.path());
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(answers.as_bytes()).unwrap();
        let outcome = Outcome::of(child.wait_with_output().unwrap());
        drop(input);
        outcome
    }

    /// What the sandbox holds, by id.
    pub fn held(&self, attribute: &str) -> Vec<(i64, String)> {
        self.sandbox.ledger(attribute).iter().map(|entry| (entry.id, entry.value.to_string())).collect()
    }

    /// Refused with these words, and nothing was sent.
    #[track_caller]
    pub fn refused(&self, outcome: &Outcome, words: &str) {
        assert_eq!(outcome.code, Some(2), "{words:?}: {outcome:?}");
        assert!(outcome.stderr.contains(words), "{words:?} is not in: {}", outcome.stderr);
        assert!(outcome.stdout.is_empty() && !outcome.stderr.contains("panicked"), "{outcome:?}");
        assert_eq!(self.sandbox.total(), 0, "{words:?}: something was sent");
    }
}

/// A sandbox in which the users 1 to 9 exist; others are rejected.
pub fn nine() -> (Setup, tempfile::NamedTempFile) {
    with_users(1..10)
}

/// The same with these users. Their file goes away with the second value.
pub fn with_users(ids: impl IntoIterator<Item = u32>) -> (Setup, tempfile::NamedTempFile) {
    let users = tempfile::NamedTempFile::new().unwrap();
    let ids: String = ids.into_iter().map(|id| format!("{id},x\n")).collect();
    std::fs::write(users.path(), format!("id,plan\n{ids}")).unwrap();
    let options = Options {
        users: Some(users.path().to_owned()),
        unknown_ids: UnknownIds::Reject,
        ..Options::default()
    };
    (Setup::with(options), users)
}

/// What a process left behind.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn of(output: Output) -> Outcome {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    pub fn ok(&self) -> &Outcome {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
