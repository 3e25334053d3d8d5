//! `usercom demo`: the main job against a sandbox in this process, for a first look without an account.

use std::process::ExitCode;
use std::time::Duration;

use usercom::Client;
use usercom::sandbox::{Options, Sandbox, TOKEN, UnknownIds};

/// Update 5,000 made-up users against a sandbox in this process, and show what came of each
#[derive(clap::Args)]
pub struct DemoArgs {}

pub fn run(_: DemoArgs) -> Result<ExitCode, String> {
    let users = std::env::temp_dir().join(format!("usercom-demo-{}.csv", std::process::id()));
    let rows: String = (1..=5000).filter(|id| !GONE.contains(id)).map(|id| format!("{id},free\n")).collect();
    std::fs::write(&users, format!("id,plan\n{rows}")).map_err(|e| format!("{}: {e}", users.display()))?;
    let options =
        Options { users: Some(users.clone()), unknown_ids: UnknownIds::Reject, ..Options::default() };
    let started = Sandbox::start(options);
    let _ = std::fs::remove_file(&users);
    let sandbox = started.map_err(|e| e.to_string())?;
    println!("A sandbox with 4,998 users listens on {}; users 1234 and 4321 do not exist.\n", sandbox.url());
    println!("client.mass_update(ids 1 to 5000, \"plan\", \"pro\")\n");
    let report = update(&sandbox.url()).map_err(|e| e.to_string())?;
    print!("{report}");
    let held = sandbox.ledger("plan").iter().filter(|entry| &*entry.value == "\"pro\"").count();
    println!("\nThe sandbox holds plan = \"pro\" for {held} users.");
    if held != report.confirmed() {
        return Err(format!(
            "the sandbox holds {held} of {} confirmed ids: please report this",
            report.confirmed()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

const GONE: [i64; 2] = [1234, 4321];

fn update(url: &str) -> usercom::Result<usercom::Report> {
    let ids: Vec<i64> = (1..=5000).collect();
    let client =
        Client::builder("acme", TOKEN).base_url(url).rate_limit(20, Duration::from_secs(1)).build()?;
    client.mass_update(&ids, "plan", "pro")
}
