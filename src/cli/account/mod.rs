//! Whose account it is: from the environment or files, never from the command line, where other users of
//! the machine could read the token.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use clap::builder::OsStringValueParser;
use log::LevelFilter;
use usercom::Client;

use crate::flags::ClientFlags;
mod token;

/// Which account, and how to talk to the service
#[derive(clap::Args)]
#[command(next_help_heading = "Account")]
pub struct AccountArgs {
    /// The `acme` of https://acme.user.com
    #[arg(long, env = "USERCOM_SUBDOMAIN")]
    subdomain: String,
    /// File with the 64-character REST API key; without it the key is taken from USERCOM_TOKEN
    #[arg(long, env = "USERCOM_TOKEN_FILE", hide_env_values = true, value_name = "FILE", value_parser = OsStringValueParser::new())]
    token_file: Option<OsString>,
    #[command(flatten)]
    flags: ClientFlags,
}

/// The client's last warning: what a wait is for.
pub type LastWarning = Arc<Mutex<String>>;

impl AccountArgs {
    /// The client, which keeps its last warning in `last_warning`. `USERCOM_BASE_URL` may name a loopback address.
    pub fn client(&self, last_warning: &LastWarning) -> Result<Client, String> {
        let last_warning = last_warning.clone();
        let token = token::read(self.token_file())?;
        let builder = Client::builder(&self.subdomain, &token).loopback_from_environment().log(
            LevelFilter::Warn,
            move |_, line| {
                *last_warning.lock().unwrap_or_else(PoisonError::into_inner) = line.to_owned();
            },
        );
        self.flags.apply(builder).build().map_err(crate::invalid::argument)
    }

    /// The files that are read: the token's and the certificates'.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.token_file().into_iter().chain(self.flags.ca_file.as_deref())
    }

    fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref().map(Path::new)
    }
}
