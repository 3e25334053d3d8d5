//! `usercom sandbox`: the switches, and what is printed when it listens.
use std::{
    io::{self, Write},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};
use usercom::sandbox::{Methods, Options, Sandbox, UnknownAttributes, UnknownIds};

/// Run a look-alike of the service on 127.0.0.1, for tests and for trying things out
#[derive(clap::Args)]
pub struct SandboxArgs {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 8080, allow_negative_numbers = true)]
    port: u16,
    /// API key that requests must carry: any 64 visible ASCII characters
    #[arg(long, env = "USERCOM_TOKEN", hide_env_values = true, value_name = "64 CHARACTERS")]
    token: String,
    /// CSV file of the users that exist: a column id, every other column an attribute [default: any id exists]
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Methods that a mass update may use
    #[arg(long, default_value = "both", value_name = "both|put|post")]
    methods: Methods,
    /// What becomes of a request with ids that do not exist
    #[arg(long, default_value = "ignore", value_name = "ignore|reject|404")]
    unknown_ids: UnknownIds,
    /// What becomes of a request with an attribute that does not exist
    #[arg(long, default_value = "create", value_name = "create|reject")]
    unknown_attributes: UnknownAttributes,
    /// Answer 400 to a value that has not its attribute's type
    #[arg(long)]
    check_types: bool,
    /// Answer 400 to more ids in a request
    #[arg(long, value_name = "N", value_parser = above_zero::<usize>, allow_negative_numbers = true)]
    max_ids: Option<usize>,
    /// Answer 413 to a larger body
    #[arg(long, value_name = "BYTES", value_parser = above_zero::<usize>, allow_negative_numbers = true)]
    max_body: Option<usize>,
    /// Answer 429 to more requests in a second
    #[arg(long, value_name = "N", value_parser = above_zero::<u32>, allow_negative_numbers = true)]
    rate: Option<u32>,
    /// Answer 401 for three seconds to more requests in a second
    #[arg(long, value_name = "N", value_parser = above_zero::<u32>, allow_negative_numbers = true)]
    burst_401: Option<u32>,
    /// Hold every answer back for so long
    #[arg(long, default_value_t = 0, value_name = "MS", allow_negative_numbers = true)]
    latency: u64,
}

/// Runs until a signal ends it: SIGTERM, SIGINT or SIGHUP.
pub fn run(args: SandboxArgs) -> Result<u8, String> {
    let fail = |error: io::Error| format!("sandbox: {error}");
    let wait_for_end = crate::signals::wait_for_end().map_err(fail)?;
    let sandbox = Sandbox::start(args.into_options()).map_err(fail)?;
    // Whoever started it may have stopped reading: that is no reason to stop serving.
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
See what it holds, which requests came and which were refused:
  curl {url}/_sandbox/
  curl {url}/_sandbox/attributes/plan
  curl {url}/_sandbox/users/10
  curl {url}/_sandbox/requests
  curl {url}/_sandbox/refused
  curl "{url}/_sandbox/ledger?attribute=plan"
Start afresh:
  curl -X POST {url}/_sandbox/reset"#
    )?;
    out.flush()
}

impl SandboxArgs {
    fn into_options(self) -> Options {
        Options {
            port: self.port,
            token: self.token,
            users: self.users,
            methods: self.methods,
            unknown_ids: self.unknown_ids,
            unknown_attributes: self.unknown_attributes,
            check_types: self.check_types,
            max_ids: self.max_ids,
            max_body: self.max_body,
            rate: self.rate,
            burst_401: self.burst_401,
            latency: Duration::from_millis(self.latency),
        }
    }
}

fn above_zero<T: FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, &'static str> {
    let number = text.parse().ok().filter(|number| *number >= T::from(1));
    number.ok_or("give a whole number above 0, or leave it out for no limit")
}
