//! The options as the core keeps them, to be compared with what was set.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::client::{ClientBuilder, Run};
use crate::ffi::{uc_options, uc_run_options};
use crate::interface::{CLIENT, Opt, RUN};
use crate::options::{ClientOptions, Proxying, RunOptions};

/// What each option is set to, in the form of C's setters by name; times are in nanoseconds.
pub type Settings = BTreeMap<String, String>;

/// The names of a client's options and of a run's.
pub fn names() -> (Vec<String>, Vec<String>) {
    let names = |rows: &[Opt]| rows.iter().map(Opt::c_name).collect();
    (names(CLIENT), names(RUN))
}

/// Those of a C handle.
pub fn of_client(options: &uc_options) -> Settings {
    settings(CLIENT, |name| client(&options.options, name))
}

/// Those of a C handle.
pub fn of_run(options: &uc_run_options) -> Settings {
    settings(RUN, |name| run(&options.options, name))
}

/// Those that a program has collected; the error is the first refusal.
pub fn of_builder(builder: &ClientBuilder) -> Result<Settings, String> {
    let options = builder.options()?;
    Ok(settings(CLIENT, |name| client(options, name)))
}

/// The same of a run.
pub fn of_update(update: &Run<'_>) -> Result<Settings, String> {
    let options = update.options()?;
    Ok(settings(RUN, |name| run(options, name)))
}

fn settings(rows: &[Opt], of: impl Fn(&str) -> String) -> Settings {
    rows.iter().map(|row| (row.c_name(), of(row.name))).collect()
}

fn client(options: &ClientOptions, name: &str) -> String {
    match name {
        "base_url" => text(options.base_url.as_ref().map(|url| url.as_str())),
        "method" => text(Some(options.method.as_str())),
        "api_version" => options.api_version.unwrap_or(0).to_string(),
        "request_timeout" => time(Some(options.request_timeout)),
        "batch_size" => options.batch_size.to_string(),
        "workers" => options.workers.to_string(),
        "rate_limit" => match options.rate_limit {
            None => "0".to_owned(),
            Some((requests, per)) => format!("{requests} in {}", time(Some(per))),
        },
        "rate_limit_scope" => text(Some(options.rate_limit_scope.as_str())),
        "rate_limit_dir" => text(options.rate_limit_dir.as_ref().and_then(|dir| dir.to_str())),
        "max_attempts" => options.max_attempts.to_string(),
        "proxy" => match &options.proxy {
            Proxying::Environment => "null".to_owned(),
            Proxying::Direct => text(Some("")),
            Proxying::Through(proxy) => {
                format!("{:?} {:?} {} {}", proxy.username(), proxy.password(), proxy.host(), proxy.port())
            }
        },
        "ca_file" => options.ca_file.as_ref().map_or("null".to_owned(), |roots| format!("{roots:?}")),
        other => unread(other),
    }
}

fn run(options: &RunOptions, name: &str) -> String {
    match name {
        "deadline" => time(options.deadline),
        "stall_timeout" => time(Some(options.stall_timeout)),
        "max_requests" => number(options.max_requests),
        "max_rejected" => options.max_rejected.unwrap_or(0).to_string(),
        "journal_dir" => text(options.journal_dir.as_ref().and_then(|dir| dir.to_str())),
        "journal_max_age" => time(Some(options.journal_max_age)),
        "standard_attributes" => options.standard_attributes.to_string(),
        "allow_null" => options.allow_null.to_string(),
        "dry_run" => options.dry_run.to_string(),
        "preflight" => options.preflight.to_string(),
        "verify" => options.verify.to_string(),
        "verify_strict" => options.verify_strict.to_string(),
        other => unread(other),
    }
}

fn text(text: Option<&str>) -> String {
    serde_json::to_string(&text).unwrap_or_default()
}

fn number(number: Option<u64>) -> String {
    number.map_or("null".to_owned(), |number| number.to_string())
}

fn time(time: Option<Duration>) -> String {
    time.map_or("null".to_owned(), |time| time.as_nanos().to_string())
}

fn unread(name: &str) -> ! {
    panic!("add {name} to {}", file!())
}
