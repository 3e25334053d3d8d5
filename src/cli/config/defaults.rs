//! Settings become the defaults of flags, after they were checked as the flags check them.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};

use super::{ACCOUNT, Config, Setting, Value};
use crate::{bounds, parse};

/// Sets them in every subcommand with a profile.
pub fn set(command: Command, config: &Config) -> Result<Command, String> {
    let mut found = Vec::new();
    for (name, setting) in config.settings.iter().filter(|(name, _)| is_flag(name)) {
        let Some(arg) = find(&command, name) else { continue };
        let fail = |problem: String| format!("{}: {name}: {problem}", setting.place());
        let text = text(name, &arg, setting, config.path.as_deref()).map_err(fail)?;
        check(&arg, &text).map_err(fail)?;
        found.push((arg.get_id().clone(), text));
    }
    Ok(with_defaults(command, &found))
}

/// Where the token comes from is asked for elsewhere: a variable would be behind a default.
fn is_flag(name: &str) -> bool {
    name == "subdomain" || !ACCOUNT.contains(&name)
}

fn with_defaults(command: Command, found: &[(clap::Id, String)]) -> Command {
    let has_profile = command.get_arguments().any(|arg| arg.get_id() == "profile");
    let command = command.mut_subcommands(|subcommand| with_defaults(subcommand, found));
    if !has_profile {
        return command;
    }
    command.mut_args(|arg| match found.iter().find(|(id, _)| id == arg.get_id()) {
        Some((_, text)) => {
            let is_switch = !arg.get_action().takes_values();
            let arg = arg.default_value(text.clone());
            if is_switch { arg } else { arg.hide_default_value(true) }
        }
        None => arg,
    })
}

/// The flag of an option, in whichever subcommand it is.
fn find(command: &Command, name: &str) -> Option<Arg> {
    let negated = format!("no_{name}");
    let here = command.get_arguments().any(|arg| arg.get_id() == "profile");
    let own = command
        .get_arguments()
        .find(|arg| here && (arg.get_id() == name || arg.get_id() == negated.as_str()));
    own.cloned().or_else(|| command.get_subcommands().find_map(|subcommand| find(subcommand, name)))
}

/// The value as it is written after the flag.
fn text(name: &str, arg: &Arg, setting: &Setting, file: Option<&Path>) -> Result<String, String> {
    let is_switch = !arg.get_action().takes_values();
    let takes = |what: &str| {
        arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.as_str() == what))
    };
    match &setting.value {
        Value::Switch(on) if is_switch => Ok((*on != arg.get_id().as_str().starts_with("no_")).to_string()),
        _ if is_switch => Err("is true or false".to_owned()),
        Value::Text(text) if takes("SECONDS") => {
            let time = parse::duration(text).map_err(|_| "is a time, such as \"30 s\", \"10 m\" or \"12 h\"")?;
            Ok(time.as_secs_f64().to_string())
        }
        Value::Text(text) if takes("FILE") || takes("DIR") => Ok(place(text, file)?.display().to_string()),
        Value::Text(text) if name == "base_url" && !is_loopback(text) => Err(
            "may name a loopback address only, such as http://127.0.0.1:8080: a file must not send the token elsewhere; \
             --base-url may"
                .to_owned(),
        ),
        Value::Text(text) | Value::Number(text) => Ok(text.clone()),
        Value::Switch(_) => Err("is neither true nor false but a value".to_owned()),
        Value::List(_) => Err("is one value, not a list".to_owned()),
    }
}

/// A path, from the home directory after `~/` and else from the file's own.
pub fn place(text: &str, file: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(rest) = text.strip_prefix("~/") {
        let home = etcetera::home_dir().map_err(|error| format!("there is no home directory: {error}"))?;
        return Ok(home.join(rest));
    }
    Ok(file.and_then(Path::parent).unwrap_or(Path::new("")).join(text))
}

/// The library parses it in full later.
fn is_loopback(url: &str) -> bool {
    let host = url.split_once("://").map_or("", |(_, rest)| rest.strip_suffix('/').unwrap_or(rest));
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or(""),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// As if it were given on the command line.
fn check(arg: &Arg, text: &str) -> Result<(), String> {
    if !arg.get_action().takes_values() {
        return Ok(());
    }
    let command = Command::new("usercom").subcommand(Command::new("try").arg(arg.clone().required(false)));
    let flag = format!("--{}={text}", arg.get_long().unwrap_or_default());
    let Err(error) = command.clone().try_get_matches_from(["usercom", "try", &flag]) else { return Ok(()) };
    let message = bounds::message(&error, &command);
    let message = message.and_then(|message| Some(message.split_once(": ")?.1.to_owned()));
    Err(message.unwrap_or_else(|| {
        let shown = error.to_string();
        let first = shown.lines().next().unwrap_or_default();
        first.trim_start_matches("error: ").to_owned()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses() {
        for url in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80/", "HTTP://LOCALHOST:1"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://acme.user.com",
            "http://127.0.0.1.evil.com",
            "http://127.0.0.1@evil.com",
            "http://localhost.evil.com:80",
            "http://[::2]",
            "127.0.0.1",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
