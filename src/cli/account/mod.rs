//! Whose account it is: from the environment, files, the configuration or a prompt, never from the command line, where
//! other users of the machine could read the token.

mod command;
mod token;
pub mod trust;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::builder::OsStringValueParser;
use log::LevelFilter;
use usercom::{Client, Error};

pub use self::command::words;
use self::token::{Place, Token};
use crate::flags::ClientFlags;

/// Which account, and how to talk to the service
#[derive(clap::Args)]
#[command(next_help_heading = "Account")]
pub struct AccountArgs {
    /// The `acme` of https://acme.user.com
    #[arg(long, env = "USERCOM_SUBDOMAIN")]
    subdomain: Option<String>,
    /// File with the 64-character REST API key; without it the key is taken from USERCOM_TOKEN
    #[arg(long, env = "USERCOM_TOKEN_FILE", hide_env_values = true, value_name = "FILE", value_parser = OsStringValueParser::new())]
    token_file: Option<OsString>,
    /// Command that prints the key, such as "pass show user.com". It runs without a shell; for one, write sh -c '…'
    #[arg(long, value_name = "COMMAND", conflicts_with = "token_file")]
    token_command: Option<String>,
    /// The profile of config.toml with the account and its options
    #[arg(long, env = "USERCOM_PROFILE", value_name = "NAME")]
    profile: Option<String>,
    #[command(flatten)]
    flags: ClientFlags,
    /// What the configuration says of the token.
    #[arg(skip)]
    pub configured: Configured,
}

/// Where the configuration has the token.
#[derive(Clone, Debug, Default)]
pub enum Configured {
    #[default]
    Nowhere,
    File(PathBuf),
    /// The program and its arguments.
    Command(Vec<String>),
}

/// The client's last warning: what a wait is for.
pub type LastWarning = Arc<Mutex<String>>;

impl AccountArgs {
    /// The client, which keeps its last warning in `last_warning`. `USERCOM_BASE_URL` may name a loopback address.
    pub fn client(&self, last_warning: &LastWarning) -> Result<Client, String> {
        let last_warning = last_warning.clone();
        let Some(subdomain) = &self.subdomain else {
            return Err("subdomain: is missing; give --subdomain or USERCOM_SUBDOMAIN, or set it in config.toml: the \
                        acme of https://acme.user.com"
                .to_owned());
        };
        let Token { place, text } = token::find(self.place()?)?;
        let builder = Client::builder(subdomain, &text).loopback_from_environment().log(
            LevelFilter::Warn,
            move |_, line| {
                *last_warning.lock().unwrap_or_else(PoisonError::into_inner) = line.to_owned();
            },
        );
        self.flags.apply(builder).build().map_err(|error| match error {
            Error::InvalidArgument { argument: "token", problem } => format!("token: {place}: {problem}"),
            other => crate::invalid::argument(other),
        })
    }

    /// The subdomain, for what is kept of an account.
    #[cfg(feature = "sync")]
    pub fn subdomain(&self) -> &str {
        self.subdomain.as_deref().unwrap_or_default()
    }

    /// The files that are read: the token's and the certificates'.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let token = match (&self.token_file, &self.configured) {
            (Some(file), _) => Some(Path::new(file)),
            (None, Configured::File(path)) => Some(path.as_path()),
            _ => None,
        };
        token.into_iter().chain(self.flags.ca_file.as_deref())
    }

    /// What was said on the command line comes first, then the environment, then the configuration.
    fn place(&self) -> Result<Place, String> {
        Ok(match (&self.token_file, &self.token_command) {
            (Some(file), _) => Place::File(PathBuf::from(file)),
            (None, Some(command)) => Place::Command(command::words(command)?),
            (None, None) if std::env::var_os("USERCOM_TOKEN").is_some() => Place::Variable,
            (None, None) => match &self.configured {
                Configured::File(path) => Place::File(path.clone()),
                Configured::Command(words) => Place::Command(words.clone()),
                Configured::Nowhere => Place::Nowhere,
            },
        })
    }
}
