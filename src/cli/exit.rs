//! The exit codes, for scripts.

/// Some ids were not confirmed.
pub const PARTIAL: u8 = 1;
/// Nothing was sent: an argument or a file is invalid.
pub const REFUSED: u8 = 2;
/// The run stopped early, or did not start.
pub const STOPPED_EARLY: u8 = 3;
/// The run ended, but its report could not be printed or written.
pub const NOT_REPORTED: u8 = 4;
/// The same update is running: EX_TEMPFAIL of sysexits.h, with which mailers and supervisors try again later.
pub const BUSY: u8 = 75;

/// As shells have it for a process that a signal ended.
pub fn of_signal(signal: i32) -> u8 {
    128 + signal as u8
}

/// For `--help`: examples, the codes, and the variables.
pub fn help(examples: &[&str]) -> String {
    let examples: String = examples.iter().map(|example| format!("  {example}\n")).collect();
    format!("Examples:\n{examples}\n{HELP}")
}

const HELP: &str = "\
Exit codes:
  0    every id is confirmed; also for an empty list and for a dry run
  1    the run completed, some ids are rejected or unknown; with --verify-strict, also if a value
       that was read back differs
  2    an argument or a file is invalid: nothing was sent, no file was touched
  3    the run stopped early, or did not start; the report says why
  4    the run ended, but its report could not be printed or written, or --on-finish failed
  75   nothing was sent: the same update is running, and its journal is in use; try again later
  129, 130, 143
       cancelled by SIGHUP, SIGINT (Ctrl-C) or SIGTERM; the report says how far it came

Environment: USERCOM_TOKEN or USERCOM_TOKEN_FILE, USERCOM_SUBDOMAIN, USERCOM_PROFILE, and
USERCOM_BASE_URL, which may name a loopback address only (a sandbox). Options can also be set in
config.toml: see usercom config show --help";
