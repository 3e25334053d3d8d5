//! How a client is made. A method for each option is in `setters.rs`.

use std::sync::Arc;
use std::time::Duration;

use super::Client;
use super::shared::base_url_from_environment;
use crate::account::{Account, BaseUrl, Subdomain, Token};
use crate::error::{Error, Result};
use crate::options::{ClientOptions, Given, Options};
use crate::run::Log;

/// Options of a client. An invalid one is reported by [`ClientBuilder::build`].
#[must_use]
pub struct ClientBuilder {
    account: Result<(Subdomain, Token)>,
    options: ClientOptions,
    log: Option<Log>,
    invalid: Option<Error>,
}

impl ClientBuilder {
    pub(super) fn new(subdomain: &str, token: &str) -> ClientBuilder {
        let account = Subdomain::parse(subdomain).and_then(|s| Ok((s, Token::parse(token)?)));
        ClientBuilder { account, options: ClientOptions::default(), log: None, invalid: None }
    }

    pub(super) fn set(mut self, name: &str, given: Given<'_>) -> Self {
        let outcome = self.options.set(name, given);
        self.invalid = self.invalid.or(outcome.err());
        self
    }

    /// Accepts `USERCOM_BASE_URL`, which may only name a loopback address, so that a program can be tried
    /// against a sandbox. Without this call the variable is not read.
    pub fn loopback_from_environment(mut self) -> ClientBuilder {
        match base_url_from_environment() {
            Ok(None) => {}
            Ok(base_url) => self.options.base_url = base_url,
            Err(error) => self.invalid = self.invalid.or(Some(error)),
        }
        self
    }

    /// No rate limit. Waits that the service asks for are still obeyed.
    pub fn no_rate_limit(self) -> ClientBuilder {
        self.rate_limit(0, Duration::from_secs(1))
    }

    /// Log lines up to `level`, besides those of the `log` crate. Called on the thread of each run.
    pub fn log(
        mut self,
        level: log::LevelFilter,
        write: impl Fn(log::Level, &str) + Send + Sync + 'static,
    ) -> ClientBuilder {
        self.log = Some(Log { level, write: Arc::new(write) });
        self
    }

    /// Everything at once, for an interface that has collected the options itself.
    #[cfg(feature = "capi")]
    pub(crate) fn with(mut self, options: ClientOptions, log: Option<Log>) -> ClientBuilder {
        (self.options, self.log) = (options, log);
        self
    }

    /// As they were set.
    #[cfg(fuzzing)]
    pub(crate) fn options(&self) -> std::result::Result<&ClientOptions, String> {
        self.invalid.as_ref().map_or(Ok(&self.options), |invalid| Err(invalid.to_string()))
    }

    pub(super) fn checked(self) -> Result<(Account, ClientOptions)> {
        let (subdomain, token) = self.account?;
        if let Some(invalid) = self.invalid {
            return Err(invalid);
        }
        let base = self.options.base_url.clone().unwrap_or_else(|| BaseUrl::of(&subdomain));
        Ok((Account { base, token }, self.options))
    }

    /// The client.
    ///
    /// # Errors
    /// If the subdomain, the token or an option is invalid, or if this machine has no trusted certificates.
    pub fn build(mut self) -> Result<Client> {
        let log = self.log.take();
        let (account, options) = self.checked()?;
        Client::connect(account, options, log)
    }
}
