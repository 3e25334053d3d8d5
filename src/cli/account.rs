//! Whose account it is: from the environment or files, never from the command line, where other users of
//! the machine could read the token.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::Duration;

use log::LevelFilter;
use usercom::Client;

use crate::output::{Trouble, refusal};

/// Which account, and how to talk to the service
#[derive(clap::Args)]
pub struct AccountArgs {
    /// The `acme` of https://acme.user.com
    #[arg(long, env = "USERCOM_SUBDOMAIN")]
    subdomain: String,
    /// File with the 64-character REST API key; without it the key is taken from USERCOM_TOKEN
    #[arg(long, env = "USERCOM_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Requests a second, shared by all that this program sends; 0: as fast as it goes
    #[arg(long, default_value_t = 5.0, value_name = "N")]
    rate: f64,
    /// Ids per request
    #[arg(long, default_value_t = 1000, value_name = "N")]
    batch_size: usize,
    /// PUT, as the vendor's page says, or POST, as its samples send
    #[arg(long, default_value = "PUT", value_parser = ["PUT", "POST"])]
    method: String,
    /// PEM file with the certificates to trust instead of this machine's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

impl AccountArgs {
    /// The client, which tells its `trouble`. `USERCOM_BASE_URL` may name a loopback address.
    pub fn client(&self, trouble: &Trouble) -> Result<Client, String> {
        let trouble = trouble.clone();
        let token = match &self.token_file {
            Some(path) => read_token(path)?,
            None => std::env::var("USERCOM_TOKEN").map_err(|_| {
                "token: is missing; put the 64-character REST API key into USERCOM_TOKEN, or into a file that \
                 --token-file names"
            })?,
        };
        let mut builder = Client::builder(&self.subdomain, &token)
            .loopback_from_environment()
            .log(LevelFilter::Warn, move |_, line| {
                *trouble.lock().unwrap_or_else(PoisonError::into_inner) = line.to_owned();
            })
            .batch_size(self.batch_size)
            .method(if self.method == "POST" { usercom::Method::Post } else { usercom::Method::Put });
        builder = match self.rate {
            0.0 => builder.no_rate_limit(),
            rate if rate.is_finite() && rate > 0.0 => {
                builder.rate_limit(1, Duration::from_secs_f64(1.0 / rate))
            }
            rate => return Err(format!("rate: {rate} is not a number of requests a second")),
        };
        if let Some(path) = &self.ca_file {
            builder = builder.ca_file(path);
        }
        builder.build().map_err(refusal)
    }
}

/// The first line of the file: editors end it with a line end, which is not part of the key.
fn read_token(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("token_file: {}: {e}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
