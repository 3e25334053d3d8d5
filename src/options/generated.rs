//! The options as the core uses them. Generated from src/interface by `make generate`; do not edit.

use std::path::PathBuf;
use std::time::Duration;

use super::{Method, Options, Proxying, RateLimitScope, Roots, Setting};
use crate::account::BaseUrl;
use crate::error::Result;
use crate::interface::{CLIENT, Opt, RUN};

/// The options of a client.
#[derive(Clone, Debug)]
pub(crate) struct ClientOptions {
    pub base_url: Option<BaseUrl>,
    pub method: Method,
    pub api_version: Option<u32>,
    pub request_timeout: Duration,
    pub batch_size: usize,
    pub workers: usize,
    pub rate_limit: Option<(u32, Duration)>,
    pub rate_limit_scope: RateLimitScope,
    pub rate_limit_dir: Option<PathBuf>,
    pub max_attempts: u32,
    pub proxy: Proxying,
    pub ca_file: Option<Roots>,
}

impl Default for ClientOptions {
    fn default() -> ClientOptions {
        ClientOptions {
            base_url: None,
            method: Method::default(),
            api_version: None,
            request_timeout: Duration::from_millis(60_000),
            batch_size: 1_000,
            workers: 8,
            rate_limit: Some((5, Duration::from_millis(1_000))),
            rate_limit_scope: RateLimitScope::default(),
            rate_limit_dir: None,
            max_attempts: 8,
            proxy: Proxying::default(),
            ca_file: None,
        }
    }
}

impl Options for ClientOptions {
    const ROWS: &'static [Opt] = CLIENT;

    fn store(&mut self, setting: Setting<'_>) -> Result<()> {
        match setting.option.name {
            "base_url" => self.base_url = setting.base_url()?,
            "method" => self.method = setting.method()?.unwrap_or_default(),
            "api_version" => self.api_version = setting.count()?.filter(|n| *n > 0),
            "request_timeout" => self.request_timeout = setting.time()?.unwrap_or(Duration::from_millis(60_000)),
            "batch_size" => self.batch_size = setting.count()?.unwrap_or(1_000),
            "workers" => self.workers = setting.count()?.unwrap_or(8),
            "rate_limit" => self.rate_limit = setting.rate()?.unwrap_or(Some((5, Duration::from_millis(1_000)))),
            "rate_limit_scope" => self.rate_limit_scope = setting.scope()?.unwrap_or_default(),
            "rate_limit_dir" => self.rate_limit_dir = setting.directory()?,
            "max_attempts" => self.max_attempts = setting.count()?.unwrap_or(8),
            "proxy" => self.proxy = setting.proxy()?.unwrap_or_default(),
            "ca_file" => self.ca_file = setting.ca_file()?,
            _ => {}
        }
        Ok(())
    }
}

/// The options of one run.
#[derive(Clone, Debug)]
pub(crate) struct RunOptions {
    pub deadline: Option<Duration>,
    pub stall_timeout: Duration,
    pub max_requests: Option<u64>,
    pub max_rejected: Option<u64>,
    pub journal_dir: Option<PathBuf>,
    pub journal_max_age: Duration,
    pub standard_attributes: bool,
    pub allow_null: bool,
    pub dry_run: bool,
    pub preflight: bool,
    pub verify: usize,
    pub verify_strict: bool,
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions {
            deadline: None,
            stall_timeout: Duration::from_millis(120_000),
            max_requests: None,
            max_rejected: None,
            journal_dir: None,
            journal_max_age: Duration::from_millis(43_200_000),
            standard_attributes: false,
            allow_null: false,
            dry_run: false,
            preflight: false,
            verify: 0,
            verify_strict: false,
        }
    }
}

impl Options for RunOptions {
    const ROWS: &'static [Opt] = RUN;

    fn store(&mut self, setting: Setting<'_>) -> Result<()> {
        match setting.option.name {
            "deadline" => self.deadline = setting.time()?,
            "stall_timeout" => self.stall_timeout = setting.time()?.unwrap_or(Duration::from_millis(120_000)),
            "max_requests" => self.max_requests = setting.count()?,
            "max_rejected" => self.max_rejected = setting.count()?.filter(|n| *n > 0),
            "journal_dir" => self.journal_dir = setting.directory()?,
            "journal_max_age" => self.journal_max_age = setting.time()?.unwrap_or(Duration::from_millis(43_200_000)),
            "standard_attributes" => self.standard_attributes = setting.flag()?.unwrap_or_default(),
            "allow_null" => self.allow_null = setting.flag()?.unwrap_or_default(),
            "dry_run" => self.dry_run = setting.flag()?.unwrap_or_default(),
            "preflight" => self.preflight = setting.flag()?.unwrap_or_default(),
            "verify" => self.verify = setting.count()?.unwrap_or(0),
            "verify_strict" => self.verify_strict = setting.flag()?.unwrap_or_default(),
            _ => {}
        }
        Ok(())
    }
}
