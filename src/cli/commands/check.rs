//! `usercom check`: looks at everything that an update needs, and says what it found.

use usercom::Value;

use crate::account::{AccountArgs, LastWarning};
use crate::plan::kind::Kind;
use crate::plan::values::{self, Reading};
use crate::say::say;
use crate::{exit, invalid, stdout};

/// Look at everything that an update needs: name, connection, certificate, clock, token, attribute and values
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub struct CheckArgs {
    /// An attribute: does it exist, and which type does it have?
    #[arg(long)]
    attribute: Option<String>,
    /// A value for it: does it fit the type? Can be given more than once
    #[arg(long = "value", requires = "attribute", allow_hyphen_values = true)]
    values: Vec<String>,
    /// The type in which the values are sent
    #[arg(long = "type", value_enum, default_value_t = Kind::Auto, value_name = "TYPE")]
    kind: Kind,
    /// Print JSON instead of lines for people
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub account: AccountArgs,
}

const HELP: &str = "\
Only reads, in a few requests. What it can't know is a warning: for example whether a key may write.

Exit codes:
  0    nothing failed; there may be warnings
  2    an argument is invalid
  3    something failed: the line says what to do
  4    the result could not be printed

Environment: USERCOM_TOKEN or USERCOM_TOKEN_FILE, USERCOM_SUBDOMAIN, and USERCOM_BASE_URL, which
may name a loopback address only (a sandbox)";

pub fn run(args: &CheckArgs) -> Result<u8, String> {
    let reading = Reading { kind: args.kind, decimal_comma: false, is_json: false };
    let value = |text: &String| Ok(values::one(text, reading)?.1);
    let values: Vec<Value> = args.values.iter().map(value).collect::<Result<_, String>>()?;
    let client = args.account.client(&LastWarning::default())?;
    let check = client.check(args.attribute.as_deref(), &values).map_err(invalid::argument)?;
    let text = if args.json { check.to_json() + "\n" } else { check.to_string() };
    if let Err(error) = stdout::print(&text) {
        say(format_args!("can't print the result: {error}"));
        return Ok(exit::NOT_REPORTED);
    }
    Ok(if check.passed() { 0 } else { exit::STOPPED_EARLY })
}
