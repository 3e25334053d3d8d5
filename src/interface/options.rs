//! Every option: one row each. After a change run `make generate`.

use super::option::Integer::{Size, SmallSize, U32, U64};
use super::option::Kind::{BaseUrl, CaFile, Count, Directory, Flag, Method, Proxy, Rate, Scope, Time};
use super::option::{Opt, Preset};

const HOUR: u64 = 3_600_000;

/// The options of a client.
pub(crate) static CLIENT: &[Opt] = &[
    Opt::new(
        "base_url",
        BaseUrl,
        Preset::Unset("`https://SUBDOMAIN.user.com`"),
        "Another address for the service: scheme, host and port only. Plain http is accepted for loopback addresses \
         only. One-shot calls and the `usercom` command also read a loopback address from USERCOM_BASE_URL; a client \
         that you make does not.",
    ),
    Opt::new(
        "method",
        Method,
        Preset::Text("PUT"),
        "The HTTP method. The vendor's page says PUT, its code samples send POST. The library never changes from one \
         to the other on its own.",
    ),
    Opt::new(
        "api_version",
        Count { integer: U32, min: 0, max: u32::MAX as u64, unit: "version" },
        Preset::Unset("none (0)"),
        "The version of the API to ask for in the Accept header.",
    ),
    Opt::new(
        "request_timeout",
        Time { min: 1, max: HOUR },
        Preset::Time(60_000),
        "Maximum wait for the first byte of a response. The other phases of a request have fixed limits: 10 s to \
         connect, 30 s to send, 30 s for the rest of the response.",
    ),
    Opt::new(
        "batch_size",
        Count { integer: Size, min: 1, max: 10_000, unit: "ids" },
        Preset::Count(1000),
        "Maximum number of ids per request. A request body is never larger than 256 KiB.",
    ),
    Opt::new(
        "workers",
        Count { integer: SmallSize, min: 1, max: 32, unit: "workers" },
        Preset::Count(8),
        "Maximum number of requests in flight at once. Threads start only when they are needed and end with the run.",
    ),
    Opt::new(
        "rate_limit",
        Rate,
        // Half of the 10 requests per second that are quoted for the service: the rest is for the customer's other
        // integrations.
        Preset::Rate(5, 1000),
        "Maximum number of requests per unit of time, evenly spaced. All clients and threads of the process that use \
         the same host and token share it. A wait that the service asks for is obeyed in any case; \
         one longer than the stall timeout ends the run with `RATE_LIMITED` after a 429, else with `SERVER`.",
    ),
    Opt::new(
        "rate_limit_scope",
        Scope,
        Preset::Text("process"),
        "Who shares the rate limit and the waits that the service asks for: with `process` this process, with `host` \
         all processes of this user on this machine that use the same host and token. They share a small file. If it \
         can't be used, a note in the report says why, and the process keeps the rate limit alone.",
    )
    .program_default(Preset::Text("host"))
    .php_default(Preset::Text("host")),
    Opt::new(
        "rate_limit_dir",
        Directory,
        Preset::Unset("/run/user/UID/usercom if /run/user/UID exists, else /tmp/usercom-UID"),
        "The directory of the shared file when the rate limit scope is `host`. It must belong to this user alone, mode \
         0700; it is created if its parent exists.",
    ),
    Opt::new(
        "max_attempts",
        Count { integer: U32, min: 1, max: 20, unit: "attempts" },
        Preset::Count(8),
        "Maximum number of attempts per batch. Failures while the whole service is down are not counted. Batches that \
         have used up their attempts get the same number once more at the end of the run.",
    ),
    Opt::new(
        "proxy",
        Proxy,
        Preset::Unset("https_proxy or HTTPS_PROXY, except for the hosts in no_proxy or NO_PROXY"),
        "The proxy for https requests: `http://[user:password@]host:port`. An empty string connects directly.",
    ),
    Opt::new(
        "ca_file",
        CaFile,
        Preset::Unset("the certificates of this machine"),
        "A PEM file with the certificates to trust instead of this machine's. It is read when the option is set.",
    ),
];

/// The options of one run.
pub(crate) static RUN: &[Opt] = &[
    Opt::new(
        "deadline",
        Time { min: 0, max: u64::MAX },
        Preset::Unset("no limit"),
        "Maximum duration of the whole call, waits and retries included. Requests in flight then get up to 5 s more. \
         Looking up a host name, for which the system sets the limit, and connecting, up to 10 s, can't be interrupted. \
         The run ends with `DEADLINE`.",
    ),
    Opt::new(
        "stall_timeout",
        Time { min: 1000, max: 24 * HOUR },
        Preset::Time(120_000),
        "The run stops early after this long without progress: no batch was confirmed or rejected. The status is that \
         of the last error: `TRANSPORT`, `SERVER`, `BAD_RESPONSE`, `RATE_LIMITED` or `UNAUTHORIZED`. Requests in flight \
         are waited for, each within its own limits. A value below the time of 21 requests at the configured rate is \
         raised to that time, 4.2 s at 5 per second.",
    )
    .program_default(Preset::Time(600_000)),
    Opt::new(
        "max_requests",
        Count { integer: U64, min: 1, max: u64::MAX, unit: "requests" },
        Preset::Unset("what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least 1,000"),
        "Maximum number of requests of the run. A run that reaches it stops early with `REQUEST_LIMIT`. The message says \
         about how many ids are bad and what the rest would take.",
    ),
    Opt::new(
        "max_rejected",
        Count { integer: U64, min: 0, max: u32::MAX as u64, unit: "ids" },
        Preset::Unset("no limit (0)"),
        "The run stops early with `TOO_MANY_REJECTED` as soon as more ids than this are rejected. Use it where many bad \
         ids mean that the list is wrong. Up to `workers` requests are in flight then: their ids count, too.",
    )
    .own_flag(),
    Opt::new(
        "journal_dir",
        Directory,
        Preset::Unset("no journal"),
        "Keeps a journal in this directory: repeating the identical call after a crash, a full disk or a cancel \
         resumes the run. The journal is removed when every id is confirmed or rejected. The directory is created if it \
         does not exist. While another process or thread runs the identical job, the run ends with `BUSY`; if the \
         journal can't be used, with `JOURNAL`.",
    )
    .program_default(Preset::Unset("usercom/runs in $XDG_STATE_HOME, which is ~/.local/state"))
    .program_about(
        "Keeps the journal in this directory: a run that ended early can be resumed with `usercom resume`, or with \
         --resume and the identical command. The journal is removed when every id is confirmed or rejected. The directory \
         is created if it does not exist. While another process runs the identical update, the run ends with `BUSY`; if \
         the journal can't be used, with `JOURNAL`.",
    ),
    Opt::new(
        "journal_max_age",
        Time { min: 1000, max: 30 * 24 * HOUR },
        Preset::Time(12 * HOUR),
        "Maximum age of an unfinished journal. An older one is renamed and the run starts from the beginning, because \
         another run may have written newer values since.",
    ),
    Opt::new(
        "standard_attributes",
        Flag,
        Preset::Off,
        "The attribute is one that every profile has, such as first_name, and not a custom one.",
    ),
    Opt::new(
        "allow_null",
        Flag,
        Preset::Off,
        "Allows the value null. The vendor does not document what null does.",
    ),
    Opt::new(
        "dry_run",
        Flag,
        Preset::Off,
        "Checks the arguments and reports the requests, bytes and seconds of the run, but sends nothing. The run ends \
         with `DRY_RUN`.",
    ),
    Opt::new(
        "preflight",
        Flag,
        Preset::Off,
        "Before the first request, looks up the attribute's type and compares the values with it. A value that can't be \
         right ends the call with `INVALID_ARGUMENT`: a text that can't be read as the attribute's type, or a value that \
         is not one of a fixed attribute's choices. Doubts are notes in the report. It costs one request, of a fixed \
         attribute one more for each 100 attributes, and at most 5 s. A key that can't read costs a note. Standard \
         attributes are not looked up.",
    )
    .program_default(Preset::On),
    Opt::new(
        "verify",
        Count { integer: Size, min: 0, max: 1000, unit: "ids" },
        Preset::Count(0),
        "How many confirmed ids to read back after a completed run, spread evenly. Each is compared with the value that was \
         sent, as the attribute's type means it. One that differs is read again for 30 s before it counts as a mismatch, \
         since the service may apply values later. The report has the numbers and the first mismatches; states and status \
         don't change. A key that can't read costs a note. 0 is none.",
    )
    .program_default(Preset::Count(5)),
    Opt::new(
        "verify_strict",
        Flag,
        Preset::Off,
        "A completed run in which `verify` finds a mismatch ends with `MISMATCH`.",
    ),
];
