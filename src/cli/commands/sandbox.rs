//! `usercom sandbox`: its flags, and what is printed when it listens.
use clap::builder::RangedI64ValueParser;
use std::{
    io::{self, Write},
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
    time::Duration,
};
use usercom::sandbox::{
    AttributeType, Methods, Options, Sandbox, Scope, SuccessBody, UnknownAttributes, UnknownIds,
};

/// Run a sandbox on 127.0.0.1: a replacement of the service for tests and first steps
#[derive(clap::Args)]
pub struct SandboxArgs {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 8080, allow_negative_numbers = true)]
    port: u16,
    /// API key that requests must have: any 64 visible ASCII characters. Arguments are visible to all users of the
    /// machine: set the variable instead
    #[arg(long, env = "USERCOM_TOKEN", hide_env_values = true, value_name = "64 CHARACTERS")]
    token: Option<String>,
    /// CSV file of the users that exist: a column id, every other column an attribute [default: any id exists]
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Methods that a mass update may use
    #[arg(long, default_value = "both", value_name = "both|put|post")]
    methods: Methods,
    /// Response to ids that do not exist: ignore them, 400 naming each, 404, or a server error
    #[arg(long, default_value = "ignore", value_name = "ignore|reject|404|500")]
    unknown_ids: UnknownIds,
    /// Response to an attribute that does not exist: create it, or 400
    #[arg(long, default_value = "create", value_name = "create|reject")]
    unknown_attributes: UnknownAttributes,
    /// Respond with 400 to a value that does not have its attribute's type
    #[arg(long)]
    check_types: bool,
    /// Convert a value that does not have its attribute's type, or ignore it if that can't be: with success
    #[arg(long, conflicts_with = "check_types")]
    ignore_bad_values: bool,
    /// An attribute that exists from the start, such as score:integer, plan:fixed:free|pro or, for several choices,
    /// tags:fixed+:new|vip; can be given more than once
    #[arg(long = "attribute", value_name = "NAME:TYPE[:CHOICES]")]
    attributes: Vec<AttributeType>,
    /// What the token may be used for; anything else is 403
    #[arg(long, default_value = "all", value_name = "all|read|write")]
    scope: Scope,
    /// How many users or attributes a page has
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = above_zero::<usize>, allow_negative_numbers = true)]
    page_size: usize,
    /// Let the last page name a next one, which is 404
    #[arg(long)]
    next_after_last: bool,
    /// Respond with 400 if a request has more than N ids
    #[arg(long, value_name = "N", value_parser = above_zero::<usize>, allow_negative_numbers = true)]
    max_ids: Option<usize>,
    /// Respond with 413 if a body is larger than this
    #[arg(long, value_name = "BYTES", value_parser = above_zero::<usize>, allow_negative_numbers = true)]
    max_body: Option<usize>,
    /// Respond with 429 if there are more than N requests in a second
    #[arg(long, value_name = "N", value_parser = above_zero::<u32>, allow_negative_numbers = true)]
    rate: Option<u32>,
    /// Respond with 401 for three seconds if there are more than N requests in a second
    #[arg(long, value_name = "N", value_parser = above_zero::<u32>, allow_negative_numbers = true)]
    burst_401: Option<u32>,
    /// Delay every response by this time
    #[arg(long, default_value_t = 0, value_name = "MS", allow_negative_numbers = true)]
    latency: u64,
    /// Status of an update that was applied
    #[arg(long, default_value_t = 200, value_name = "200-299", value_parser = status(200..=299))]
    success_status: u16,
    /// Body of an update that was applied: one of these names, or a string that is sent as it is
    #[arg(long, default_value = "ok", value_name = "ok|empty|count|page|bom|TEXT")]
    success_body: SuccessBody,
    /// Let the first N updates fail; they are not applied
    #[arg(long, default_value_t = 0, value_name = "N", allow_negative_numbers = true)]
    fail_first: u64,
    /// Status of an update that fails, such as 409, 423 or 500
    #[arg(long, default_value_t = 503, value_name = "400-599", value_parser = status(400..=599))]
    fail_status: u16,
    /// Retry-After of an update that fails: seconds, a date, or any other string
    #[arg(long, value_name = "TEXT")]
    fail_retry_after: Option<String>,
    /// Respond to the N-th request as a firewall does: 403 and an HTML page
    #[arg(long, value_name = "N", value_parser = above_zero::<u64>, allow_negative_numbers = true)]
    firewall_once: Option<u64>,
    /// Pad every response with blanks to this length
    #[arg(long, default_value_t = 0, value_name = "BYTES", allow_negative_numbers = true)]
    pad_response: usize,
    /// Compress every response, whatever the client accepts
    #[arg(long)]
    gzip: bool,
    /// Respond to CONNECT with this status, as a proxy that rejects it: such as 407
    #[arg(long, value_name = "300-599", value_parser = status(300..=599))]
    refuse_connect: Option<u16>,
}

/// Runs until a signal ends it: SIGTERM, SIGINT or SIGHUP.
pub fn run(args: SandboxArgs) -> Result<u8, String> {
    let fail = |error: io::Error| format!("sandbox: {error}");
    let options = args.into_options()?;
    let wait_for_end = crate::signals::wait_for_end().map_err(fail)?;
    let sandbox = Sandbox::start(options).map_err(fail)?;
    // Whoever started it may have stopped reading: the sandbox goes on serving.
    let _ = greet(&sandbox.url());
    wait_for_end();
    Ok(0)
}

fn greet(url: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "usercom sandbox listening on {url}")?;
    out.flush()?;
    writeln!(
        out,
        r#"
Send an update (USERCOM_TOKEN is the token that it was started with):
  curl -X PUT -H "Authorization: Token $USERCOM_TOKEN" -H "Content-Type: application/json" \
    -d '{{"ids": [10, 15, 22, 23], "attribute": "plan", "value": "pro"}}' \
    {url}/api/public/users/mass_update_custom_attributes/
See its users, the requests that it received, and those that it rejected:
  curl {url}/_sandbox/
  curl {url}/_sandbox/attributes/plan
  curl {url}/_sandbox/users/10
  curl {url}/_sandbox/requests
  curl {url}/_sandbox/refused
  curl "{url}/_sandbox/ledger?attribute=plan"
Forget everything:
  curl -X POST {url}/_sandbox/reset"#
    )?;
    out.flush()
}

impl SandboxArgs {
    fn into_options(self) -> Result<Options, String> {
        const MISSING: &str = "token: is missing; put any 64 visible ASCII characters into USERCOM_TOKEN";
        Ok(Options {
            port: self.port,
            token: self.token.ok_or(MISSING)?,
            users: self.users,
            methods: self.methods,
            unknown_ids: self.unknown_ids,
            unknown_attributes: self.unknown_attributes,
            check_types: self.check_types,
            ignore_bad_values: self.ignore_bad_values,
            attributes: self.attributes,
            scope: self.scope,
            page_size: self.page_size,
            next_after_last: self.next_after_last,
            max_ids: self.max_ids,
            max_body: self.max_body,
            rate: self.rate,
            burst_401: self.burst_401,
            latency: Duration::from_millis(self.latency),
            success_status: self.success_status,
            success_body: self.success_body,
            fail_first: self.fail_first,
            fail_status: self.fail_status,
            fail_retry_after: self.fail_retry_after,
            firewall_once: self.firewall_once,
            pad_response: self.pad_response,
            gzip: self.gzip,
            refuse_connect: self.refuse_connect,
        })
    }
}

fn status(allowed: RangeInclusive<i64>) -> RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(allowed)
}

fn above_zero<T: FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, &'static str> {
    let number = text.parse().ok().filter(|number| *number >= T::from(1));
    number.ok_or("give a whole number above 0, or leave it out for no limit")
}
