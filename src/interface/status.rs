//! How a run ended: every status with its number and its name.

/// How a run ended. The numbers are those of the C header and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum Status {
    /// Ran to its end, every id confirmed.
    Ok = 0,
    /// Ran to its end, some ids rejected or unknown.
    Partial = 1,
    /// Stopped because it was asked to.
    Cancelled = 2,
    /// Stopped because its time was up.
    Deadline = 3,
    /// Nothing was sent: the report says what would have been.
    DryRun = 4,
    /// Stopped: the token was refused.
    Unauthorized = 20,
    /// Stopped: the service asked for a longer wait than the run's patience.
    RateLimited = 21,
    /// Stopped: attribute or value refused, or none of the ids exist.
    Rejected = 22,
    /// Stopped: the service kept failing.
    Server = 23,
    /// Stopped: this is not the service, or not with this method.
    WrongEndpoint = 24,
    /// Stopped: more requests than a job of this size should need.
    RequestLimit = 25,
    /// Stopped: no connection, or none that lasted.
    Transport = 30,
    /// Stopped: answers that can't be understood.
    BadResponse = 31,
    /// Stopped: the certificate or the handshake failed.
    Tls = 32,
    /// Stopped: the journal can't be written.
    Journal = 40,
    /// Nothing was sent: the same update is running already.
    Busy = 42,
    /// A bug in this library; the ids that it concerns are unknown.
    Internal = 99,
}

impl Status {
    /// The number that the C interface returns.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// One word, as in the report's JSON.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Partial => "partial",
            Status::Cancelled => "cancelled",
            Status::Deadline => "deadline",
            Status::DryRun => "dry_run",
            Status::Unauthorized => "unauthorized",
            Status::RateLimited => "rate_limited",
            Status::Rejected => "rejected",
            Status::Server => "server",
            Status::WrongEndpoint => "wrong_endpoint",
            Status::RequestLimit => "request_limit",
            Status::Transport => "transport",
            Status::BadResponse => "bad_response",
            Status::Tls => "tls",
            Status::Journal => "journal",
            Status::Busy => "busy",
            Status::Internal => "internal",
        }
    }

    /// Whether the run completed: every id was tried as often as it may be.
    pub fn completed(self) -> bool {
        matches!(self, Status::Ok | Status::Partial | Status::DryRun)
    }
}
