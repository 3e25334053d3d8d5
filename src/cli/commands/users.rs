//! `usercom users`: all users as CSV, page by page.

use std::path::PathBuf;

use serde_json::Value;
use usercom::{Error, Status, User, Users};

use crate::account::{AccountArgs, LastWarning};
use crate::output::partial::Partial;
use crate::say::say;
use crate::signals::Signals;
use crate::{exit, invalid, stdout};

/// Write id, custom id, e-mail address and chosen attributes of all users as CSV
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub struct UsersArgs {
    /// An attribute that becomes a column, custom or standard; can be given more than once
    #[arg(long = "attribute", value_name = "NAME")]
    attributes: Vec<String>,
    /// Write to this file, which only you may read, and not to standard output; it appears when it is complete
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Continue on standard output where an earlier run ended: what its message named; prints no header
    #[arg(long, value_name = "CURSOR", conflicts_with = "output")]
    from: Option<String>,
    #[command(flatten)]
    pub account: AccountArgs,
}

const HELP: &str = "\
The columns are id, custom_id, email and the chosen attributes. Several choices in one cell are
separated by |. The users are personal data: --output makes a file that only you may read.

After a failure or Ctrl-C, run the same command again: with --output it resumes after the last
complete page, from FILE.part, for 12 hours. Users that are added or removed meanwhile may be
missing or come twice.

Exit codes:
  0    all users are written
  2    an argument is invalid, or the file can't be used
  3    not all users could be read
  4    the users could not be written
  129, 130, 143
       cancelled by SIGHUP, SIGINT (Ctrl-C) or SIGTERM

Environment: USERCOM_TOKEN or USERCOM_TOKEN_FILE, USERCOM_SUBDOMAIN, and USERCOM_BASE_URL, which
may name a loopback address only (a sandbox)";

pub fn run(args: &UsersArgs, signals: &Signals) -> Result<u8, String> {
    let columns: Vec<&str> =
        ["id", "custom_id", "email"].into_iter().chain(args.attributes.iter().map(String::as_str)).collect();
    let client = args.account.client(&LastWarning::default())?;
    let cancel = signals.cancel_run();
    let mut users = client.users().attributes(args.attributes.clone()).cancel(&cancel);
    let header = csv_line(&columns)?;
    let Some(path) = &args.output else {
        let header = if args.from.is_some() { String::new() } else { header };
        if let Some(cursor) = &args.from {
            users = users
                .resume(cursor)
                .map_err(|error| invalid::argument(error).replace("cursor: ", "--from: "))?;
        }
        return Ok(to_stdout(users, &header, &args.attributes, signals));
    };
    // Another account's page must not end up in this file.
    let account = format!("{client:?}");
    let mut file = Partial::open(path, &columns, &account, &header)?;
    if let Some(cursor) = file.cursor() {
        users = users.resume(cursor).map_err(invalid::argument)?;
        say(format_args!("resuming after {} users", file.entries()));
    }
    while let Some(page) = users.next_page() {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                say(format_args!(
                    "{error}; {} users are read: run the same command again to resume",
                    file.entries()
                ));
                return Ok(code(&error, signals));
            }
        };
        let written =
            lines(&page, &args.attributes).and_then(|text| file.append(&text, page.len(), users.cursor()));
        if let Err(problem) = written {
            say(problem);
            return Ok(exit::NOT_REPORTED);
        }
    }
    let entries = file.entries();
    match file.complete() {
        Ok(()) => say(format_args!("{entries} users in {}", path.display())),
        Err(problem) => {
            say(problem);
            return Ok(exit::NOT_REPORTED);
        }
    }
    Ok(0)
}

fn to_stdout(mut users: Users, header: &str, attributes: &[String], signals: &Signals) -> u8 {
    let mut text = header.to_owned();
    loop {
        // Each page in one piece: what is printed can be continued.
        if let Err(error) = stdout::print(&text) {
            say(format_args!("can't print: {error}"));
            return exit::NOT_REPORTED;
        }
        match users.next_page() {
            None => return 0,
            Some(Ok(page)) => match lines(&page, attributes) {
                Ok(lines) => text = lines,
                Err(problem) => {
                    say(problem);
                    return exit::NOT_REPORTED;
                }
            },
            Some(Err(error)) => {
                let more = match users.cursor() {
                    None | Some("") => String::new(),
                    Some(cursor) => format!("; continue with --from \"{cursor}\""),
                };
                say(format_args!("{error}{more}"));
                return code(&error, signals);
            }
        }
    }
}

fn code(error: &Error, signals: &Signals) -> u8 {
    match (error, signals.cancelled_by()) {
        (Error::Read { status: Status::Cancelled, .. }, Some(signal)) => exit::of_signal(signal),
        _ => exit::STOPPED_EARLY,
    }
}

fn lines(users: &[User], attributes: &[String]) -> Result<String, String> {
    let mut text = String::new();
    for user in users {
        let id = user.id().to_string();
        let mut cells = vec![
            id,
            user.custom_id().unwrap_or_default().to_owned(),
            user.email().unwrap_or_default().to_owned(),
        ];
        cells.extend(attributes.iter().map(|name| user.attribute(name).map(cell).unwrap_or_default()));
        text += &csv_line(&cells)?;
    }
    Ok(text)
}

/// A value as it is written in a cell: texts without quotes, choices as the vendor's own import takes them.
fn cell(json: &str) -> String {
    match serde_json::from_str(json) {
        Ok(Value::String(text)) => text,
        Ok(Value::Array(list)) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|")
        }
        // Numbers as they are written.
        _ => json.to_owned(),
    }
}

fn csv_line<T: AsRef<[u8]>>(cells: &[T]) -> Result<String, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(|error| error.to_string())?;
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
