//! Moves free users who ordered within the last 30 days to the plan `basic`: the Rust part of `make demo`.
use serde::Deserialize;
use std::{env, error::Error, fs};
use usercom::Client;

/// Thirty days before the last day of the data. Dates in ISO 8601 compare as text.
const SINCE: &str = "2026-10-24";

#[derive(Deserialize)]
struct User {
    id: i64,
    plan: String,
    last_order: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().collect();
    let [_, users_csv, confirmed_txt] = args.as_slice() else {
        return Err("usage: demo_plan users.csv confirmed.txt".into());
    };
    let mut ids: Vec<i64> = Vec::new();
    for user in csv::Reader::from_path(users_csv)?.deserialize() {
        let user: User = user?;
        if user.plan == "free" && user.last_order.as_str() >= SINCE {
            ids.push(user.id);
        }
    }
    println!("{} free users ordered within the last 30 days", ids.len());

    let token = env::var("USERCOM_TOKEN")?;
    let report = Client::shared("demo", &token)?.mass_update(&ids, "plan", "basic")?;

    println!("{} of {} ids confirmed", report.confirmed(), ids.len());
    report.into_result()?; // an error unless every single id is confirmed
    let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
    Ok(fs::write(confirmed_txt, lines)?)
}
