//! A flag for each option. Generated from src/interface by `make generate`; do not edit.

use std::path::PathBuf;
use std::time::Duration;

use usercom::{ClientBuilder, Method, RateLimitScope, Run};

use crate::parse::{rate, seconds};

/// Requests
#[derive(clap::Args)]
#[command(next_help_heading = "Requests")]
pub struct ClientFlags {
    /// Another address for the service: scheme, host and port only [default: https://SUBDOMAIN.user.com]
    ///
    /// Plain http is accepted for loopback addresses only. One-shot calls and the usercom command also read a
    /// loopback address from USERCOM_BASE_URL; a client that you make does not.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// The HTTP method [default: PUT]
    ///
    /// The vendor's page says PUT, its code samples send POST. The library never changes from one to the
    /// other on its own. Range: PUT or POST.
    #[arg(long, value_name = "METHOD", value_parser = ["PUT", "POST"])]
    pub method: Option<String>,
    /// The version of the API to ask for in the Accept header [default: none (0)]
    ///
    /// Range: 0 to 4,294,967,295.
    #[arg(long, value_name = "VERSION")]
    pub api_version: Option<u32>,
    /// Maximum wait for the first byte of a response [default: 60 s]
    ///
    /// The other phases of a request have fixed limits: 10 s to connect, 30 s to send, 30 s for the rest of
    /// the response. Range: 1 ms to 1 h.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub request_timeout: Option<Duration>,
    /// Maximum number of ids per request [default: 1,000 ids]
    ///
    /// A request body is never larger than 256 KiB. Range: 1 to 10,000 ids.
    #[arg(long, value_name = "IDS")]
    pub batch_size: Option<usize>,
    /// Maximum number of requests in flight at once [default: 8 workers]
    ///
    /// Threads start only when they are needed and end with the run. Range: 1 to 32 workers.
    #[arg(long, value_name = "WORKERS")]
    pub workers: Option<usize>,
    /// Maximum number of requests per unit of time, evenly spaced [default: 5 requests per second]
    ///
    /// All clients and threads of the process that use the same host and token share it. A wait that the
    /// service asks for is obeyed in any case; one longer than the stall timeout ends the run with status
    /// rate_limited after a 429, else with status server. Range: 0.1 to 1,000 requests per second; 0 is no
    /// limit.
    #[arg(long, value_name = "PER_SECOND", value_parser = rate)]
    pub rate_limit: Option<(u32, Duration)>,
    /// Who shares the rate limit and the waits that the service asks for: with process this process, with
    /// host all processes of this user on this machine that use the same host and token [default: host]
    ///
    /// They share a small file. If it can't be used, a note in the report says why, and the process keeps the
    /// rate limit alone. Range: process or host.
    #[arg(long, value_name = "SCOPE", value_parser = ["process", "host"])]
    pub rate_limit_scope: Option<String>,
    /// The directory of the shared file when the rate limit scope is host [default: /run/user/UID/usercom if
    /// /run/user/UID exists, else /tmp/usercom-UID]
    ///
    /// It must belong to this user alone, mode 0700; it is created if its parent exists.
    #[arg(long, value_name = "DIR")]
    pub rate_limit_dir: Option<PathBuf>,
    /// Maximum number of attempts per batch [default: 8 attempts]
    ///
    /// Failures while the whole service is down are not counted. Batches that have used up their attempts get
    /// the same number once more at the end of the run. Range: 1 to 20 attempts.
    #[arg(long, value_name = "ATTEMPTS")]
    pub max_attempts: Option<u32>,
    /// The proxy for https requests: http://[user:password@]host:port [default: https_proxy or HTTPS_PROXY,
    /// except for the hosts in no_proxy or NO_PROXY]
    ///
    /// An empty string connects directly.
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// A PEM file with the certificates to trust instead of this machine's [default: the certificates of this
    /// machine]
    ///
    /// It is read when the option is set.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

impl ClientFlags {
    /// Sets what was given.
    pub fn apply(&self, mut to: ClientBuilder) -> ClientBuilder {
        if let Some(value) = &self.base_url {
            to = to.base_url(value);
        }
        if let Some(method) = &self.method {
            to = to.method(if method == "POST" { Method::Post } else { Method::Put });
        }
        if let Some(value) = self.api_version {
            to = to.api_version(value);
        }
        if let Some(value) = self.request_timeout {
            to = to.request_timeout(value);
        }
        if let Some(value) = self.batch_size {
            to = to.batch_size(value);
        }
        if let Some(value) = self.workers {
            to = to.workers(value);
        }
        if let Some((requests, per)) = self.rate_limit {
            to = to.rate_limit(requests, per);
        }
        let process = self.rate_limit_scope.as_deref() == Some("process");
        to = to.rate_limit_scope(if process { RateLimitScope::Process } else { RateLimitScope::Host });
        if let Some(value) = &self.rate_limit_dir {
            to = to.rate_limit_dir(value);
        }
        if let Some(value) = self.max_attempts {
            to = to.max_attempts(value);
        }
        if let Some(value) = &self.proxy {
            to = to.proxy(value);
        }
        if let Some(value) = &self.ca_file {
            to = to.ca_file(value);
        }
        to
    }
}

/// Run
#[derive(clap::Args)]
#[command(next_help_heading = "Run")]
pub struct RunFlags {
    /// Maximum duration of the whole call, waits and retries included [default: no limit]
    ///
    /// Requests in flight then get up to 5 s more. Looking up a host name, for which the system sets the
    /// limit, and connecting, up to 10 s, can't be interrupted. The run ends with status deadline.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub deadline: Option<Duration>,
    /// The run stops early after this long without progress: no batch was confirmed or rejected [default: 600
    /// s]
    ///
    /// The status is that of the last error: status transport, status server, status bad_response, status
    /// rate_limited or status unauthorized. Requests in flight are waited for, each within its own limits. A
    /// value below the time of 21 requests at the configured rate is raised to that time, 4.2 s at 5 per
    /// second. Range: 1 s to 24 h.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub stall_timeout: Option<Duration>,
    /// Maximum number of requests of the run [default: what finding 5 % of bad ids takes: 38 for 100 ids and
    /// 4 per batch, at least 1,000]
    ///
    /// A run that reaches it stops early with status request_limit. The message says about how many ids are
    /// bad and what the rest would take. Range: 1 and more requests.
    #[arg(long, value_name = "REQUESTS")]
    pub max_requests: Option<u64>,
    /// Keeps the journal in this directory: a run that ended early can be resumed with usercom resume, or
    /// with --resume and the identical command [default: usercom/runs in $XDG_STATE_HOME, which is
    /// ~/.local/state]
    ///
    /// The journal is removed when every id is confirmed or rejected. The directory is created if it does not
    /// exist. While another process runs the identical update, the run ends with status busy; if the journal
    /// can't be used, with status journal.
    #[arg(long, value_name = "DIR")]
    pub journal_dir: Option<PathBuf>,
    /// Maximum age of an unfinished journal [default: 12 h]
    ///
    /// An older one is renamed and the run starts from the beginning, because another run may have written
    /// newer values since. Range: 1 s to 30 days.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub journal_max_age: Option<Duration>,
    /// The attribute is one that every profile has, such as first_name, and not a custom one
    #[arg(long)]
    pub standard_attributes: bool,
    /// Allows the value null
    ///
    /// The vendor does not document what null does.
    #[arg(long)]
    pub allow_null: bool,
    /// Checks the arguments and reports the requests, bytes and seconds of the run, but sends nothing
    ///
    /// The run ends with status dry_run.
    #[arg(long)]
    pub dry_run: bool,
    /// Skip what is done by default: before the first request, looks up the attribute's type and compares the
    /// values with it
    ///
    /// A value that can't be right ends the call with status invalid_argument: a text that can't be read as
    /// the attribute's type, or a value that is not one of a fixed attribute's choices. Doubts are notes in
    /// the report. It costs one request, of a fixed attribute one more for each 100 attributes, and at most 5
    /// s. A key that can't read costs a note. Standard attributes are not looked up.
    #[arg(long)]
    pub no_preflight: bool,
    /// How many confirmed ids to read back after a completed run, spread evenly [default: 5 ids]
    ///
    /// Each is compared with the value that was sent, as the attribute's type means it. One that differs is
    /// read again for 30 s before it counts as a mismatch, since the service may apply values later. The
    /// report has the numbers and the first mismatches; states and status don't change. A key that can't read
    /// costs a note. 0 is none. Range: 0 to 1,000.
    #[arg(long, value_name = "IDS")]
    pub verify: Option<usize>,
    /// A completed run in which --verify finds a mismatch ends with status mismatch
    #[arg(long)]
    pub verify_strict: bool,
}

impl RunFlags {
    /// Sets what was given.
    pub fn apply<'a>(&self, mut to: Run<'a>) -> Run<'a> {
        if let Some(value) = self.deadline {
            to = to.deadline(value);
        }
        if let Some(value) = self.stall_timeout.or(Some(Duration::from_millis(600_000))) {
            to = to.stall_timeout(value);
        }
        if let Some(value) = self.max_requests {
            to = to.max_requests(value);
        }
        if let Some(value) = &self.journal_dir {
            to = to.journal_dir(value);
        }
        if let Some(value) = self.journal_max_age {
            to = to.journal_max_age(value);
        }
        if self.standard_attributes {
            to = to.standard_attributes();
        }
        if self.allow_null {
            to = to.allow_null();
        }
        if self.dry_run {
            to = to.dry_run();
        }
        if !self.no_preflight {
            to = to.preflight();
        }
        if let Some(value) = self.verify.or(Some(5)) {
            to = to.verify(value);
        }
        if self.verify_strict {
            to = to.verify_strict();
        }
        to
    }
}

/// The options' names, as the library's messages have them.
pub const OPTIONS: &[&str] = &[
    "base_url",
    "method",
    "api_version",
    "request_timeout",
    "batch_size",
    "workers",
    "rate_limit",
    "rate_limit_scope",
    "rate_limit_dir",
    "max_attempts",
    "proxy",
    "ca_file",
    "deadline",
    "stall_timeout",
    "max_requests",
    "max_rejected",
    "journal_dir",
    "journal_max_age",
    "standard_attributes",
    "allow_null",
    "dry_run",
    "preflight",
    "verify",
    "verify_strict",
];
