//! `usercom config`: which options apply, and where each was set; the names of the profiles.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::account::AccountArgs;
use crate::config::{Config, Value};
use crate::exit;
use crate::flags::{OPTIONS, RunFlags};
use crate::say::say;
use crate::stdout;

/// Show the options that config.toml, the environment and the flags set, and the profiles
#[derive(clap::Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    Show(Box<ShowArgs>),
    /// List the names of the profiles, one per line
    Profiles,
}

/// Show each option with the place where it is set
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub struct ShowArgs {
    #[command(flatten)]
    flags: RunFlags,
    #[command(flatten)]
    account: AccountArgs,
}

const HELP: &str = "\
Takes the flags of the other commands, and shows what they would do. A flag comes before a variable,
a variable before the profile, the profile before the rest of config.toml. The key is not shown.

config.toml is in $XDG_CONFIG_HOME/usercom, which is ~/.config/usercom:
  rate_limit = 3
  stall_timeout = \"20 m\"

  [profiles.shop-a]
  subdomain = \"shop-a\"
  token_command = [\"pass\", \"show\", \"user.com/shop-a\"]";

impl ConfigArgs {
    pub fn account(&mut self) -> Option<&mut AccountArgs> {
        match &mut self.action {
            Action::Show(args) => Some(&mut args.account),
            Action::Profiles => None,
        }
    }

    /// `given` are the arguments of the subcommand, which `command` describes.
    pub fn run(&self, given: &ArgMatches, command: &Command, config: &Config) -> Result<u8, String> {
        match self.action {
            Action::Show(_) => print(&show(given, command, config)),
            Action::Profiles => {
                print(&Config::profiles()?.into_iter().map(|name| name + "\n").collect::<String>())
            }
        }
    }
}

fn print(text: &str) -> Result<u8, String> {
    match stdout::print(text) {
        Ok(()) => Ok(0),
        Err(error) => {
            say(format_args!("can't print the options: {error}"));
            Ok(exit::NOT_REPORTED)
        }
    }
}

fn show(given: &ArgMatches, command: &Command, config: &Config) -> String {
    let mut rows = vec![
        [
            "file".to_owned(),
            config.path.as_ref().map_or("none".to_owned(), |path| path.display().to_string()),
            String::new(),
        ],
        [
            "profile".to_owned(),
            config.profile.clone().unwrap_or("none".to_owned()),
            source(given, "profile", None),
        ],
        token(given, config),
    ];
    for name in std::iter::once(&"subdomain").chain(OPTIONS) {
        let negated = format!("no_{name}");
        let arg =
            command.get_arguments().find(|arg| arg.get_id() == name || arg.get_id() == negated.as_str());
        let Some(arg) = arg else { continue };
        let id = arg.get_id().as_str();
        let from = source(given, id, config.settings.get(*name).map(|setting| setting.place()));
        let value = match arg.get_action().takes_values() {
            false => match given.get_flag(id) != id.starts_with("no_") {
                true => "on".to_owned(),
                false => "off".to_owned(),
            },
            true => given_text(given, id).unwrap_or_else(|| match *name {
                "subdomain" => "none".to_owned(),
                _ => default_words(&arg.get_help().map(ToString::to_string).unwrap_or_default()),
            }),
        };
        rows.push([(*name).to_owned(), without_password(&value), from]);
    }
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0).min(40);
    let (first, second) = (width(0), width(1));
    let lines = rows.iter().map(|[name, value, from]| {
        format!("{name:first$}  {value:second$}  {from}").trim_end().to_owned() + "\n"
    });
    lines.collect()
}

/// As the token is looked for.
fn token(given: &ArgMatches, config: &Config) -> [String; 3] {
    let configured = ["token_file", "token_command"].into_iter().find_map(|name| {
        let setting = config.settings.get(name)?;
        let shown = match &setting.value {
            Value::Text(text) => format!("{name} {text}"),
            Value::List(words) => format!("{name} {}", words.join(" ")),
            _ => name.to_owned(),
        };
        Some((shown, setting.place()))
    });
    let flag = |name: &str| {
        let text = given_text(given, name).filter(|_| given.value_source(name).is_some())?;
        Some((format!("{name} {text}"), source(given, name, None)))
    };
    let variable =
        || std::env::var_os("USERCOM_TOKEN").map(|_| ("hidden".to_owned(), "USERCOM_TOKEN".to_owned()));
    let found = flag("token_file").or_else(|| flag("token_command")).or_else(variable).or(configured);
    let (value, from) = found.unwrap_or(("none".to_owned(), "a terminal asks for it".to_owned()));
    ["token".to_owned(), value, from]
}

fn source(given: &ArgMatches, id: &str, setting: Option<String>) -> String {
    match given.value_source(id) {
        Some(ValueSource::CommandLine) => format!("--{}", id.replace('_', "-")),
        Some(ValueSource::EnvVariable) => format!("USERCOM_{}", id.to_uppercase()),
        _ => setting.unwrap_or("default".to_owned()),
    }
}

fn given_text(given: &ArgMatches, id: &str) -> Option<String> {
    let mut raw = given.try_get_raw(id).ok()??;
    Some(raw.next()?.to_string_lossy().into_owned())
}

/// What the help says of the default.
fn default_words(help: &str) -> String {
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = help.rsplit_once("[default: ").and_then(|(_, rest)| rest.strip_suffix(']'));
    words.unwrap_or("none").to_owned()
}

/// A proxy's password is nobody's business.
fn without_password(text: &str) -> String {
    match text.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
        Some((scheme, (_, host))) => format!("{scheme}://…@{host}"),
        None => text.to_owned(),
    }
}
