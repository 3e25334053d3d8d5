//! Every default of the library and the bounds of every setting: of a client, and of one run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::account::BaseUrl;
use crate::error::{Error, Result};
use crate::journal::JournalOptions;
use crate::run::{Cancel, Limits, Log};
use crate::update::AttributeKind;
use crate::wire::{HttpOptions, Method, Proxying, Roots};

/// Settings of a client. Each setter checks at once.
#[derive(Clone)]
pub(crate) struct Options {
    pub base_url: Option<BaseUrl>,
    pub http: HttpOptions,
    pub batch_size: usize,
    pub max_attempts: u32,
    pub rate_limit: Option<(u32, Duration)>,
    pub log: Option<Log>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            base_url: None,
            http: HttpOptions {
                method: Method::Put,
                api_version: None,
                request_timeout: Duration::from_secs(60),
                proxy: Proxying::Environment,
                roots: None,
                workers: 8,
            },
            batch_size: 1000,
            max_attempts: 8,
            // Half of the 10 requests a second that are quoted for the service: the rest is for the
            // customer's other integrations.
            rate_limit: Some((5, Duration::from_secs(1))),
            log: None,
        }
    }
}

impl Options {
    pub fn set_base_url(&mut self, url: Option<&str>) -> Result<()> {
        self.base_url = url.map(BaseUrl::parse).transpose()?;
        Ok(())
    }

    pub fn set_method(&mut self, name: &str) -> Result<()> {
        self.http.method = match name {
            "PUT" => Method::Put,
            "POST" => Method::Post,
            _ => return Err(Error::invalid("method", "is neither \"PUT\" nor \"POST\"")),
        };
        Ok(())
    }

    pub fn set_request_timeout(&mut self, timeout: Duration) -> Result<()> {
        let range = Duration::from_millis(1)..=Duration::from_secs(3600);
        self.http.request_timeout = within("request_timeout", timeout, range, "1 ms to 1 h")?;
        Ok(())
    }

    pub fn set_batch_size(&mut self, ids: usize) -> Result<()> {
        self.batch_size = within("batch_size", ids, 1..=10_000, "1 to 10,000 ids")?;
        Ok(())
    }

    pub fn set_workers(&mut self, workers: usize) -> Result<()> {
        self.http.workers = within("workers", workers, 1..=32, "1 to 32")?;
        Ok(())
    }

    pub fn set_rate_limit(&mut self, requests: u32, per: Duration) -> Result<()> {
        if requests > 0 {
            let rate = f64::from(requests) / per.as_secs_f64();
            within("rate_limit", rate, 0.1..=1000.0, "0.1 to 1000 requests a second; 0 is no limit")?;
        }
        self.rate_limit = (requests > 0).then_some((requests, per));
        Ok(())
    }

    pub fn set_max_attempts(&mut self, attempts: u32) -> Result<()> {
        self.max_attempts = within("max_attempts", attempts, 1..=20, "1 to 20")?;
        Ok(())
    }

    /// `None`: what the environment says.
    pub fn set_proxy(&mut self, url: Option<&str>) -> Result<()> {
        self.http.proxy = url.map(Proxying::parse).transpose()?.unwrap_or_default();
        Ok(())
    }

    /// Reads the file; `None`: what this machine trusts.
    pub fn set_ca_file(&mut self, path: Option<&Path>) -> Result<()> {
        self.http.roots = path.map(Roots::read).transpose()?;
        Ok(())
    }

    pub fn requests_per_second(&self) -> Option<f64> {
        self.rate_limit.map(|(requests, per)| f64::from(requests) / per.as_secs_f64())
    }

    pub fn limits(&self, patience: Duration, max_requests: Option<u64>) -> Limits {
        Limits {
            batch_size: self.batch_size,
            workers: self.http.workers,
            interval: self.rate_limit.map(|(requests, per)| per / requests),
            max_attempts: self.max_attempts,
            stall_timeout: patience,
            max_requests,
        }
    }
}

fn within<T: PartialOrd>(
    name: &'static str,
    value: T,
    range: std::ops::RangeInclusive<T>,
    bounds: &str,
) -> Result<T> {
    if range.contains(&value) { Ok(value) } else { Err(Error::invalid(name, format!("is outside {bounds}"))) }
}

/// Settings of one run. Each setter checks at once.
#[derive(Clone)]
pub(crate) struct RunOptions {
    pub deadline: Option<Duration>,
    pub patience: Duration,
    pub max_requests: Option<u64>,
    pub kind: AttributeKind,
    pub allow_null: bool,
    pub dry_run: bool,
    pub cancel: Option<Cancel>,
    pub journal_dir: Option<PathBuf>,
    pub journal_max_age: Duration,
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions {
            deadline: None,
            patience: Duration::from_secs(120),
            max_requests: None,
            kind: AttributeKind::Custom,
            allow_null: false,
            dry_run: false,
            cancel: None,
            journal_dir: None,
            journal_max_age: Duration::from_secs(12 * 3600),
        }
    }
}

impl RunOptions {
    pub fn set_patience(&mut self, patience: Duration) -> Result<()> {
        let range = Duration::from_secs(1)..=Duration::from_secs(24 * 3600);
        self.patience = within("patience", patience, range, "1 s to 24 h")?;
        Ok(())
    }

    pub fn set_journal_max_age(&mut self, age: Duration) -> Result<()> {
        let range = Duration::from_secs(1)..=Duration::from_secs(30 * 24 * 3600);
        self.journal_max_age = within("journal_max_age", age, range, "1 s to 30 days")?;
        Ok(())
    }

    pub fn set_journal_dir(&mut self, dir: Option<PathBuf>) -> Result<()> {
        if dir.as_ref().is_some_and(|dir| dir.as_os_str().is_empty()) {
            return Err(Error::invalid("journal_dir", "is empty; use . for the working directory"));
        }
        self.journal_dir = dir;
        Ok(())
    }

    pub fn journal(&self) -> Option<JournalOptions> {
        let dir = self.journal_dir.clone()?;
        Some(JournalOptions { dir, max_age: self.journal_max_age })
    }

    pub fn set_max_requests(&mut self, requests: u64) -> Result<()> {
        self.max_requests = Some(within("max_requests", requests, 1..=u64::MAX, "1 and more")?);
        Ok(())
    }
}
