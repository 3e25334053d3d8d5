//! What to break in a process: settings of `shim.c`, which is compiled once.

use super::process::preload;
use super::*;

/// A fault, as the shim takes it.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    pub call: &'static str,
    pub nth: u32,
    /// As `JSHIM_DO`.
    pub what: String,
    pub always: bool,
    /// Seconds by which the wall clock is wrong, after so many writes.
    pub clock: (i64, u32),
}

impl Fault {
    pub fn new(call: &'static str, nth: u32, what: impl ToString) -> Fault {
        Fault { call, nth, what: what.to_string(), ..Fault::default() }
    }

    /// Breaks nothing and notes everything.
    pub fn none() -> Fault {
        Fault::new("", 0, "")
    }

    pub fn apply(&self, command: &mut Command, dir: &Path, log: &Path) {
        command
            .env("LD_PRELOAD", library())
            .env("JSHIM_DIR", dir)
            .env("JSHIM_LOG", log)
            .env("JSHIM_CALL", self.call)
            .env("JSHIM_NTH", self.nth.to_string())
            .env("JSHIM_DO", &self.what)
            .env("JSHIM_CLOCK", self.clock.0.to_string())
            .env("JSHIM_CLOCK_AFTER", self.clock.1.to_string());
        if self.always {
            command.env("JSHIM_ALWAYS", "1");
        }
    }
}

/// A call on the journal or its directory, as the shim noted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    pub outcome: String,
}

pub fn calls(log: &Path) -> Vec<Call> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let call = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        words.next();
        Call { name: words.next().unwrap(), outcome: words.next().unwrap() }
    };
    text.lines().map(call).collect()
}

fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| preload("journal/shim.c"))
}
