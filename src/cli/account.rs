//! Whose account it is: from the environment or files, never from the command line, where other users of
//! the machine could read the token.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use log::LevelFilter;
use usercom::Client;

use crate::flags::ClientFlags;
use crate::output::{LastWarning, invalid};

/// Which account, and how to talk to the service
#[derive(clap::Args)]
#[command(next_help_heading = "Account")]
pub struct AccountArgs {
    /// The `acme` of https://acme.user.com
    #[arg(long, env = "USERCOM_SUBDOMAIN")]
    subdomain: String,
    /// File with the 64-character REST API key; without it the key is taken from USERCOM_TOKEN
    #[arg(long, env = "USERCOM_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    flags: ClientFlags,
}

impl AccountArgs {
    /// The client, which keeps its last warning in `last_warning`. `USERCOM_BASE_URL` may name a loopback address.
    pub fn client(&self, last_warning: &LastWarning) -> Result<Client, String> {
        let last_warning = last_warning.clone();
        let token = match &self.token_file {
            Some(path) => read_token(path)?,
            None => std::env::var("USERCOM_TOKEN").map_err(|_| {
                "token: is missing; put the 64-character REST API key into USERCOM_TOKEN, or into a file that \
                 --token-file names"
            })?,
        };
        let builder = Client::builder(&self.subdomain, &token).loopback_from_environment().log(
            LevelFilter::Warn,
            move |_, line| {
                *last_warning.lock().unwrap_or_else(PoisonError::into_inner) = line.to_owned();
            },
        );
        self.flags.apply(builder).build().map_err(invalid)
    }
}

/// The first line of the file: editors end it with a line end, which is not part of the key.
fn read_token(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("token_file: {}: {e}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
