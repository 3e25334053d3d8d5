//! `usercom demo`: the main job against a sandbox in this process, for a first look without an account.

use std::io::{self, Write};
use std::time::Duration;

use usercom::Client;
use usercom::sandbox::{Options, Sandbox, TOKEN, UnknownIds};

use crate::say::say;
use crate::{exit, stdout};

/// Update 5,000 made-up users against a sandbox in this process, and show what came of each
#[derive(clap::Args)]
pub struct DemoArgs {}

pub fn run(_: DemoArgs) -> Result<u8, String> {
    let fail = |error: io::Error| error.to_string();
    let rows: String = (1..=5000).filter(|id| !GONE.contains(id)).map(|id| format!("{id},free\n")).collect();
    let mut users = tempfile::NamedTempFile::with_prefix("usercom-demo-").map_err(fail)?;
    write!(users, "id,plan\n{rows}").map_err(fail)?;
    let path = Some(users.path().to_owned());
    let options = Options { users: path, unknown_ids: UnknownIds::Reject, ..Options::default() };
    let sandbox = Sandbox::start(options).map_err(fail)?;
    drop(users);
    let mut delivered = deliver(&format!(
        "A sandbox with 4,998 users listens on {}; users 1234 and 4321 do not exist.\n\n\
         client.mass_update(ids 1 to 5000, \"plan\", \"pro\")\n\n",
        sandbox.url()
    ));
    let report = update(&sandbox.url()).map_err(|e| e.to_string())?;
    let held = sandbox.ledger("plan").iter().filter(|entry| &*entry.value == "\"pro\"").count();
    delivered &= deliver(&format!("{report}\nThe sandbox holds plan = \"pro\" for {held} users.\n"));
    if held != report.confirmed() {
        say(format_args!(
            "the sandbox holds {held} of {} confirmed ids: please report this",
            report.confirmed()
        ));
        return Ok(exit::STOPPED_EARLY);
    }
    Ok(if delivered { 0 } else { exit::NOT_REPORTED })
}

/// Prints; false if nobody can read it.
fn deliver(text: &str) -> bool {
    stdout::print(text).inspect_err(|error| say(format_args!("can't print: {error}"))).is_ok()
}

const GONE: [i64; 2] = [1234, 4321];

fn update(url: &str) -> usercom::Result<usercom::Report> {
    let ids: Vec<i64> = (1..=5000).collect();
    let client =
        Client::builder("acme", TOKEN).base_url(url).rate_limit(20, Duration::from_secs(1)).build()?;
    client.mass_update(&ids, "plan", "pro")
}
