//! Every status: one row each. After a change run `make generate`.

/// What a status says of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Every id was tried as often as it may be.
    Completed,
    /// The run stopped before that; what was confirmed until then stays confirmed.
    StoppedEarly,
    /// The run did not begin. Nothing was sent.
    NotStarted,
}

macro_rules! statuses {
    ($($variant:ident = $code:literal, $name:literal, $end:ident, $exception:literal, $about:literal, $advice:literal;)*) => {
        /// How a run ended. The numbers are those of the C header.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Status {
            $(
                #[doc = $about]
                $variant = $code,
            )*
        }

        impl Status {
            #[allow(dead_code, reason = "for the generator, which compiles this module on its own")]
            pub(crate) const ALL: &[Status] = &[$(Status::$variant),*];

            /// One word, as in the report's JSON.
            pub fn name(self) -> &'static str {
                match self { $(Status::$variant => $name,)* }
            }

            pub(crate) fn end(self) -> End {
                match self { $(Status::$variant => End::$end,)* }
            }

            /// What the status means, in one sentence.
            pub fn about(self) -> &'static str {
                match self { $(Status::$variant => $about,)* }
            }

            /// What to do then, in one short sentence.
            #[allow(dead_code, reason = "for the generator, which compiles this module on its own")]
            pub(crate) fn advice(self) -> &'static str {
                match self { $(Status::$variant => $advice,)* }
            }

            /// The name of the exception in Python and PHP; empty where none is raised.
            #[allow(dead_code, reason = "for the generator, which compiles this module on its own")]
            pub(crate) fn exception(self) -> &'static str {
                match self { $(Status::$variant => $exception,)* }
            }
        }
    };
}

statuses! {
    Ok = 0, "ok", Completed, "", "Completed: every id is confirmed.", "Nothing.";
    Partial = 1, "partial", Completed, "PartialUpdate", "Completed: some ids are rejected or unknown.",
        "Read the failures: correct rejected ids, repeat the call for unknown ones.";
    Cancelled = 2, "cancelled", StoppedEarly, "Cancelled", "Stopped early: the caller cancelled the run.",
        "Repeat the call.";
    Deadline = 3, "deadline", StoppedEarly, "DeadlineExceeded", "Stopped early: the deadline passed.",
        "Repeat the call with more time, or use a journal.";
    DryRun = 4, "dry_run", Completed, "", "Dry run: nothing was sent. The report says what would be sent.",
        "Repeat the call without the dry run.";
    Mismatch = 5, "mismatch", Completed, "Mismatch",
        "Completed: the service holds other values than those that were sent, of ids that it accepted.",
        "Compare the values in the report with the attribute's type in User.com.";
    InvalidArgument = 10, "invalid_argument", NotStarted, "InvalidArgument",
        "Nothing was sent: an argument is invalid. The message says which one and what to do.", "Correct the call.";
    Unauthorized = 20, "unauthorized", StoppedEarly, "Unauthorized",
        "Stopped early: the service does not accept the token.",
        "Check the key: its 64 characters, its expiry day, its scope, the workspace's list of addresses.";
    RateLimited = 21, "rate_limited", StoppedEarly, "RateLimited",
        "Stopped early: the service limits requests for longer than the stall timeout.",
        "Repeat the call later, with a lower rate limit.";
    Rejected = 22, "rejected", StoppedEarly, "Rejected",
        "Stopped early: the service rejects the attribute or the value, or none of these ids exist.",
        "Read the service's message: correct the attribute, the value's type or the ids.";
    Server = 23, "server", StoppedEarly, "ServerError", "Stopped early: the service kept failing.",
        "Repeat the call later.";
    WrongEndpoint = 24, "wrong_endpoint", StoppedEarly, "WrongEndpoint",
        "Stopped early: this is not the service, or it does not take this method.",
        "Check the subdomain or the base URL; set the method if the message says so.";
    RequestLimit = 25, "request_limit", StoppedEarly, "RequestLimit",
        "Stopped early: the run reached its maximum number of requests.",
        "Remove the bad ids, or allow more requests; then repeat the call.";
    TooManyRejected = 26, "too_many_rejected", StoppedEarly, "TooManyRejected",
        "Stopped early: more ids were rejected than the run allows.",
        "Check the list: is it the right one for this workspace? Allow more rejected ids; then repeat the call.";
    Transport = 30, "transport", StoppedEarly, "TransportError",
        "Stopped early: no connection, or none that lasted.", "Check network and proxy; repeat the call.";
    BadResponse = 31, "bad_response", StoppedEarly, "BadResponse",
        "Stopped early: the responses can't be understood.", "Look at the response in the message; report it.";
    Tls = 32, "tls", StoppedEarly, "TlsError",
        "Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no trusted \
         certificates.",
        "Install ca-certificates, or name the right CA file.";
    Journal = 40, "journal", StoppedEarly, "JournalError",
        "Stopped early or nothing was sent: the journal can't be used.",
        "Free space or repair the directory; repeat the call.";
    Forked = 41, "forked", NotStarted, "Forked",
        "Nothing was sent: the client was made before fork() and this is the child process.",
        "Make the client in the child.";
    Busy = 42, "busy", NotStarted, "Busy",
        "Nothing was sent: another process or thread is running the identical job (only with a journal).",
        "Wait for the other run.";
    Internal = 99, "internal", StoppedEarly, "InternalError",
        "A bug in usercom. The ids that it concerns are unknown.", "Report it; repeat the call.";
}

impl Status {
    /// The number that the C interface returns.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// Whether the run completed: every id was tried as often as it may be.
    pub fn completed(self) -> bool {
        self.end() == End::Completed
    }
}
