//! `config.toml`: options that a user has set once, for all accounts or in a profile for one.

mod defaults;
mod file;
mod setting;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::account::{self, Configured};

pub use self::setting::{Setting, Value};

/// Names that are no options of the library.
const ACCOUNT: &[&str] = &["subdomain", "token_file", "token_command"];

/// What is set, and where.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, if there is one.
    pub path: Option<PathBuf>,
    pub profile: Option<String>,
    /// By name; those of the profile come before the others.
    pub settings: BTreeMap<String, Setting>,
}

impl Config {
    /// Reads the file for a command with these arguments.
    pub fn load(given: &ArgMatches) -> Result<Config, String> {
        let profile = given.get_one::<String>("profile").filter(|name| !name.is_empty()).cloned();
        let (path, file) = match file::read()? {
            Some((path, file)) => (Some(path), file),
            None => (None, file::File::default()),
        };
        let mut settings = file.settings;
        if let Some(name) = &profile {
            let Some(own) = file.profiles.get(name) else {
                return Err(no_profile(name, file.profiles.keys()));
            };
            check_environment(name, own, given)?;
            // The other source of the token is not meant.
            if own.keys().any(|key| key.starts_with("token_")) {
                settings.retain(|key, _| !key.starts_with("token_"));
            }
            settings.extend(own.clone());
        }
        Ok(Config { path, profile, settings })
    }

    /// The names of all profiles.
    pub fn profiles() -> Result<Vec<String>, String> {
        Ok(file::read()?.map_or_else(Vec::new, |(_, file)| file.profiles.into_keys().collect()))
    }

    /// A refusal of an option that the file has set names its line, and not a flag that nobody has given.
    pub fn renamed(&self, message: String, given: &ArgMatches) -> String {
        let option = message.strip_prefix("--").and_then(|rest| rest.split_once(": "));
        let Some((flag, problem)) = option else { return message };
        let name = flag.replace('-', "_");
        let is_default = given.try_contains_id(&name).is_ok()
            && given.value_source(&name) == Some(ValueSource::DefaultValue);
        match self.settings.get(&name).filter(|_| is_default) {
            Some(setting) => format!("{}: {name}: {problem}", setting.place()),
            None => message,
        }
    }

    /// Where it has the token.
    pub fn token(&self) -> Result<Configured, String> {
        let setting = ["token_file", "token_command"].into_iter().find_map(|name| self.settings.get(name));
        let Some(setting) = setting else { return Ok(Configured::Nowhere) };
        let is_file = self.settings.contains_key("token_file");
        match &setting.value {
            Value::Text(path) if is_file => {
                Ok(Configured::File(defaults::place(path, self.path.as_deref())?))
            }
            Value::Text(command) => Ok(Configured::Command(account::words(command)?)),
            Value::List(words) => Ok(Configured::Command(words.clone())),
            _ => Err(format!("{}: token_file and token_command are texts", setting.place())),
        }
    }

    /// The command with what is set as its defaults.
    pub fn defaults(&self, command: Command) -> Result<Command, String> {
        defaults::set(command, self)
    }
}

fn no_profile<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> String {
    let known: Vec<&str> = known.map(String::as_str).collect();
    let hint = match similar(name, known.iter().copied()) {
        Some(other) => format!("; did you mean \"{other}\"?"),
        None if known.is_empty() => "; config.toml has no profiles: add [profiles.NAME]".to_owned(),
        None => format!("; config.toml has: {}", known.join(", ")),
    };
    format!("profile: there is no profile \"{}\"{hint}", name.escape_debug())
}

/// A variable that is left over from another account must not come before the profile, nor be ignored.
fn check_environment(name: &str, own: &BTreeMap<String, Setting>, given: &ArgMatches) -> Result<(), String> {
    let from = |id| given.value_source(id);
    let is_left = |id| from(id) == Some(ValueSource::EnvVariable);
    if let (Some(Setting { value: Value::Text(subdomain), .. }), true) =
        (own.get("subdomain"), is_left("subdomain"))
        && given.get_one::<String>("subdomain") != Some(subdomain)
    {
        return Err(format!(
            "subdomain: USERCOM_SUBDOMAIN is set, and profile \"{name}\" has another one; unset the variable, or give \
             --subdomain"
        ));
    }
    let is_flag = |id| from(id) == Some(ValueSource::CommandLine);
    if own.keys().any(|key| key.starts_with("token_")) && !is_flag("token_file") && !is_flag("token_command")
    {
        let set =
            ["USERCOM_TOKEN", "USERCOM_TOKEN_FILE"].into_iter().find(|name| std::env::var_os(name).is_some());
        if let Some(variable) = set {
            return Err(format!(
                "token: {variable} is set, and profile \"{name}\" has a token of its own; unset the variable"
            ));
        }
    }
    Ok(())
}

/// The known name that was perhaps meant.
fn similar<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase().replace('-', "_");
    known
        .map(|other| (strsim::jaro_winkler(&name, &other.replace('-', "_")), other))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, other)| other)
}
