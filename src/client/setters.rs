//! A method for each option. Generated from src/interface by `make generate`; do not edit.

use std::path::PathBuf;
use std::time::Duration;

use super::{ClientBuilder, Run};
use crate::options::{Given, Method, RateLimitScope};

impl ClientBuilder {
    /// Another address for the service: scheme, host and port only. Plain http is accepted for loopback
    /// addresses only. One-shot calls and the `usercom` command also read a loopback address from
    /// USERCOM_BASE_URL; a client that you make does not. Default: `https://SUBDOMAIN.user.com`.
    pub fn base_url(self, url: &str) -> Self {
        self.set("base_url", Given::Text(url.into()))
    }

    /// The HTTP method. The vendor's page says PUT, its code samples send POST. The library never changes
    /// from one to the other on its own. Range: PUT or POST. Default: PUT.
    pub fn method(self, method: Method) -> Self {
        self.set("method", Given::Text(method.as_str().into()))
    }

    /// The version of the API to ask for in the Accept header. Range: 0 to 4,294,967,295. Default: none (0).
    pub fn api_version(self, version: u32) -> Self {
        self.set("api_version", Given::Integer(version.into()))
    }

    /// Maximum wait for the first byte of a response. The other phases of a request have fixed limits: 10 s
    /// to connect, 30 s to send, 30 s for the rest of the response. Range: 1 ms to 1 h. Default: 60 s.
    pub fn request_timeout(self, time: Duration) -> Self {
        self.set("request_timeout", Given::Time(time))
    }

    /// Maximum number of ids per request. A request body is never larger than 256 KiB. Range: 1 to 10,000
    /// ids. Default: 1,000 ids.
    pub fn batch_size(self, ids: usize) -> Self {
        self.set("batch_size", Given::Integer(ids as u64))
    }

    /// Maximum number of requests in flight at once. Threads start only when they are needed and end with the
    /// run. Range: 1 to 32 workers. Default: 8 workers.
    pub fn workers(self, workers: usize) -> Self {
        self.set("workers", Given::Integer(workers as u64))
    }

    /// Maximum number of requests per unit of time, evenly spaced. All clients and threads of the process
    /// that use the same host and token share it. A wait that the service asks for is obeyed in any case; one
    /// longer than the stall timeout ends the run with [`Status::RateLimited`](crate::Status::RateLimited)
    /// after a 429, else with [`Status::Server`](crate::Status::Server). Range: 0.1 to 1,000 requests per
    /// second; 0 is no limit. Default: 5 requests per second.
    pub fn rate_limit(self, requests: u32, per: Duration) -> Self {
        self.set("rate_limit", Given::Rate(requests, per))
    }

    /// Who shares the rate limit and the waits that the service asks for: with `process` this process, with
    /// `host` all processes of this user on this machine that use the same host and token. They share a small
    /// file. If it can't be used, a note in the report says why, and the process keeps the rate limit alone.
    /// Range: process or host. Default: process.
    pub fn rate_limit_scope(self, scope: RateLimitScope) -> Self {
        self.set("rate_limit_scope", Given::Text(scope.as_str().into()))
    }

    /// The directory of the shared file when the rate limit scope is `host`. It must belong to this user
    /// alone, mode 0700; it is created if its parent exists. Default: /run/user/UID/usercom if /run/user/UID
    /// exists, else /tmp/usercom-UID.
    pub fn rate_limit_dir(self, dir: impl Into<PathBuf>) -> Self {
        self.set("rate_limit_dir", Given::Path(dir.into().into()))
    }

    /// Maximum number of attempts per batch. Failures while the whole service is down are not counted.
    /// Batches that have used up their attempts get the same number once more at the end of the run. Range: 1
    /// to 20 attempts. Default: 8 attempts.
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.set("max_attempts", Given::Integer(attempts.into()))
    }

    /// The proxy for https requests: `http://[user:password@]host:port`. An empty string connects directly.
    /// Default: https_proxy or HTTPS_PROXY, except for the hosts in no_proxy or NO_PROXY.
    pub fn proxy(self, url: &str) -> Self {
        self.set("proxy", Given::Text(url.into()))
    }

    /// A PEM file with the certificates to trust instead of this machine's. It is read when the option is
    /// set. Default: the certificates of this machine.
    pub fn ca_file(self, path: impl Into<PathBuf>) -> Self {
        self.set("ca_file", Given::Path(path.into().into()))
    }
}

impl Run<'_> {
    /// Maximum duration of the whole call, waits and retries included. Requests in flight then get up to 5 s
    /// more. Looking up a host name, for which the system sets the limit, and connecting, up to 10 s, can't
    /// be interrupted. The run ends with [`Status::Deadline`](crate::Status::Deadline). Default: no limit.
    pub fn deadline(self, time: Duration) -> Self {
        self.set("deadline", Given::Time(time))
    }

    /// The run stops early after this long without progress: no batch was confirmed or rejected. The status
    /// is that of the last error: [`Status::Transport`](crate::Status::Transport),
    /// [`Status::Server`](crate::Status::Server), [`Status::BadResponse`](crate::Status::BadResponse),
    /// [`Status::RateLimited`](crate::Status::RateLimited) or
    /// [`Status::Unauthorized`](crate::Status::Unauthorized). Requests in flight are waited for, each within
    /// its own limits. A value below the time of 21 requests at the configured rate is raised to that time,
    /// 4.2 s at 5 per second. Range: 1 s to 24 h. Default: 120 s.
    pub fn stall_timeout(self, time: Duration) -> Self {
        self.set("stall_timeout", Given::Time(time))
    }

    /// Maximum number of requests of the run. A run that reaches it stops early with
    /// [`Status::RequestLimit`](crate::Status::RequestLimit). The message says about how many ids are bad and
    /// what the rest would take. Range: 1 and more requests. Default: what finding 5 % of bad ids takes: 38
    /// for 100 ids and 4 per batch, at least 1,000.
    pub fn max_requests(self, requests: u64) -> Self {
        self.set("max_requests", Given::Integer(requests))
    }

    /// The run stops early with [`Status::TooManyRejected`](crate::Status::TooManyRejected) as soon as more
    /// ids than this are rejected. Use it where many bad ids mean that the list is wrong. Up to
    /// [`workers`](crate::ClientBuilder::workers) requests are in flight then: their ids count, too. Range: 0
    /// to 4,294,967,295. Default: no limit (0).
    pub fn max_rejected(self, ids: u64) -> Self {
        self.set("max_rejected", Given::Integer(ids))
    }

    /// Keeps a journal in this directory: repeating the identical call after a crash, a full disk or a cancel
    /// resumes the run. The journal is removed when every id is confirmed or rejected. The directory is
    /// created if it does not exist. While another process or thread runs the identical job, the run ends
    /// with [`Status::Busy`](crate::Status::Busy); if the journal can't be used, with
    /// [`Status::Journal`](crate::Status::Journal). Default: no journal.
    pub fn journal_dir(self, dir: impl Into<PathBuf>) -> Self {
        self.set("journal_dir", Given::Path(dir.into().into()))
    }

    /// Maximum age of an unfinished journal. An older one is renamed and the run starts from the beginning,
    /// because another run may have written newer values since. Range: 1 s to 30 days. Default: 12 h.
    pub fn journal_max_age(self, time: Duration) -> Self {
        self.set("journal_max_age", Given::Time(time))
    }

    /// The attribute is one that every profile has, such as first_name, and not a custom one. Default: off.
    pub fn standard_attributes(self) -> Self {
        self.set("standard_attributes", Given::Flag(true))
    }

    /// Allows the value null. The vendor does not document what null does. Default: off.
    pub fn allow_null(self) -> Self {
        self.set("allow_null", Given::Flag(true))
    }

    /// Checks the arguments and reports the requests, bytes and seconds of the run, but sends nothing. The
    /// run ends with [`Status::DryRun`](crate::Status::DryRun). Default: off.
    pub fn dry_run(self) -> Self {
        self.set("dry_run", Given::Flag(true))
    }

    /// Before the first request, looks up the attribute's type and compares the values with it. A value that
    /// can't be right ends the call with [`Status::InvalidArgument`](crate::Status::InvalidArgument): a text
    /// that can't be read as the attribute's type, or a value that is not one of a fixed attribute's choices.
    /// Doubts are notes in the report. It costs one request, of a fixed attribute one more for each 100
    /// attributes, and at most 5 s. A key that can't read costs a note. Standard attributes are not looked
    /// up. Default: off.
    pub fn preflight(self) -> Self {
        self.set("preflight", Given::Flag(true))
    }

    /// How many confirmed ids to read back after a completed run, spread evenly. Each is compared with the
    /// value that was sent, as the attribute's type means it. One that differs is read again for 30 s before
    /// it counts as a mismatch, since the service may apply values later. The report has the numbers and the
    /// first mismatches; states and status don't change. A key that can't read costs a note. 0 is none.
    /// Range: 0 to 1,000. Default: 0 ids.
    pub fn verify(self, ids: usize) -> Self {
        self.set("verify", Given::Integer(ids as u64))
    }

    /// A completed run in which [`verify`](crate::Run::verify) finds a mismatch ends with
    /// [`Status::Mismatch`](crate::Status::Mismatch). Default: off.
    pub fn verify_strict(self) -> Self {
        self.set("verify_strict", Given::Flag(true))
    }
}
