//! One account, ready to use, and the update calls.

mod builder;
mod reading;
mod run;
#[rustfmt::skip]
mod setters;
mod shared;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

pub use self::builder::ClientBuilder;
use self::reading::{Watching, done};
pub use self::run::Run;
use self::shared::key;
use crate::account::Account;
use crate::error::Result;
use crate::interface::Status;
use crate::journal::{JobJournal, fingerprint};
#[cfg(any(test, feature = "capi"))]
use crate::options::Given;
use crate::options::{ClientOptions, RateLimitScope, RunOptions};
use crate::read::{preflight, verify};
use crate::report::Report;
use crate::run::{Hooks, Log, QUEUED};
use crate::throttle::Throttle;
use crate::update::{Ids, Job, JsonText, Rules, Update, Value};
use crate::wire::{Call, Http};

/// One User.com account, ready to be used from any thread. Clones share connections.
///
/// # Examples
/// ```no_run
/// # fn main() -> usercom::Result<()> {
/// # let token = "";
/// let client = usercom::Client::new("acme", token)?;
/// let report = client.mass_update(&[10, 15, 22, 23], "plan", "pro")?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    account: Account,
    options: ClientOptions,
    log: Option<Log>,
    http: Http,
    throttle: Arc<Throttle>,
}

impl Inner {
    /// What all requests to this account wait for; shared with other processes if that is wanted.
    fn throttle(&self) -> Arc<Throttle> {
        if self.options.rate_limit_scope == RateLimitScope::Host {
            self.throttle.share_with_host(self.options.rate_limit_dir.as_deref());
        }
        self.throttle.clone()
    }
}

impl Client {
    /// A client with all defaults.
    ///
    /// `subdomain` is the `acme` of `https://acme.user.com`; `token` is the 64-character REST API key.
    ///
    /// # Errors
    /// If subdomain or token can't be right, or if this machine has no trusted certificates.
    pub fn new(subdomain: &str, token: &str) -> Result<Client> {
        Client::builder(subdomain, token).build()
    }

    /// A client with options of its own.
    pub fn builder(subdomain: &str, token: &str) -> ClientBuilder {
        ClientBuilder::new(subdomain, token)
    }

    /// The process-wide client with all defaults that one-shot calls share: connections and rate limit.
    ///
    /// Accepts a loopback address in `USERCOM_BASE_URL`, so that a program can be tried against a sandbox.
    /// At most eight are kept, by endpoint and token.
    ///
    /// # Errors
    /// As [`Client::new`], and if `USERCOM_BASE_URL` is not a loopback address.
    pub fn shared(subdomain: &str, token: &str) -> Result<Client> {
        shared::get(Client::builder(subdomain, token))
    }

    /// The same, with another rate limit scope.
    #[cfg(any(test, feature = "capi"))]
    pub(crate) fn shared_with_scope(subdomain: &str, token: &str, scope: &str) -> Result<Client> {
        shared::get(Client::builder(subdomain, token).set("rate_limit_scope", Given::Text(scope.into())))
    }

    /// Drops the shared clients and their tokens. Runs that use one are not affected.
    pub fn shutdown_shared() {
        shared::clear();
    }

    fn connect(account: Account, options: ClientOptions, log: Option<Log>) -> Result<Client> {
        let http = Http::new(&account, &options)?;
        let throttle = Throttle::shared(key(&account));
        Ok(Client { inner: Arc::new(Inner { account, options, log, http, throttle }) })
    }

    /// Sets `attribute` of these users to `value`.
    ///
    /// # Errors
    /// If an argument is invalid; nothing was sent then. Everything else, also a run that stopped early, is in
    /// the [`Report`].
    pub fn mass_update(&self, ids: &[i64], attribute: &str, value: impl Into<Value>) -> Result<Report> {
        self.run(Update::new(attribute, value)).ids(ids).send()
    }

    /// The same for users that are known by the customer's own ids (`/users-by-id/`).
    ///
    /// # Errors
    /// As [`Client::mass_update`].
    pub fn mass_update_custom_ids<S: AsRef<str>>(
        &self,
        custom_ids: &[S],
        attribute: &str,
        value: impl Into<Value>,
    ) -> Result<Report> {
        self.run(Update::new(attribute, value)).custom_ids(custom_ids).send()
    }

    /// Sets `attribute` to a value for each user. Equal values are sent together; the last value of an id wins.
    ///
    /// # Errors
    /// As [`Client::mass_update`], and if there are more than 50,000 distinct values.
    pub fn mass_update_rows<V: Into<Value>>(
        &self,
        rows: impl IntoIterator<Item = (i64, V)>,
        attribute: &str,
    ) -> Result<Report> {
        let mut numbers: HashMap<JsonText, u32> = HashMap::new();
        let (mut ids, mut values, mut index) = (Vec::new(), Vec::new(), Vec::new());
        for (row, (id, value)) in rows.into_iter().enumerate() {
            let value = value.into();
            let text = JsonText::of(&value, false).map_err(|error| error.of_entry("rows", row))?;
            let number = *numbers.entry(text).or_insert_with(|| {
                values.push(value);
                values.len() as u32 - 1
            });
            ids.push(id);
            index.push(number);
        }
        self.run(Update::rows(attribute, values, index)).ids(&ids).send()
    }

    /// A run with options of its own.
    pub fn run<'a>(&self, update: Update) -> Run<'a> {
        Run::new(self.clone(), update)
    }

    fn job<'a>(&self, update: &Update, ids: Ids<'a>, options: &RunOptions) -> Result<Job<'a>> {
        let rules = Rules {
            kind: options.attribute_kind(),
            allow_null: options.allow_null,
            requests_per_second: self.inner.options.requests_per_second(),
        };
        Job::new(update, ids, rules)
    }

    /// Where the journal of this job is, if it has one.
    fn journal(&self, update: &Update, ids: Ids<'_>, options: &RunOptions) -> Result<Option<JobJournal>> {
        let Some(dir) = &options.journal_dir else { return Ok(None) };
        let job = self.job(update, ids, options)?;
        let session = self.inner.http.session(Call::of(&job));
        let fingerprint = fingerprint(&job, session.method(), &session.url());
        Ok(Some(JobJournal::of(dir, &fingerprint, job.slots())))
    }

    pub(crate) fn execute(
        &self,
        update: &Update,
        ids: Ids<'_>,
        options: &RunOptions,
        mut hooks: Hooks<'_>,
    ) -> Result<Report> {
        let inner = &self.inner;
        let job = self.job(update, ids, options)?;
        if options.dry_run {
            return Ok(crate::run::dry_run(&job, &inner.options));
        }
        hooks.deadline = options.deadline.and_then(|deadline| Instant::now().checked_add(deadline));
        hooks.log = inner.log.clone();
        let noticed = match options.preflight {
            true => preflight(&job, &mut inner.reader(), &mut Watching { hooks: &mut hooks, done: None })?,
            false => Vec::new(),
        };
        noticed.iter().for_each(|note| hooks.warn(note));
        let session = inner.http.session(Call::of(&job));
        let mut report =
            crate::run::run(&job, session, &inner.options, options, inner.throttle(), &mut hooks);
        report.noticed(noticed);
        // A run that stopped early has other worries, and one that was cancelled should end.
        if options.verify > 0 && matches!(report.status(), Status::Ok | Status::Partial) && job.slots() > 0 {
            let queued = report.notes().iter().any(|note| note == QUEUED);
            let mut watch = Watching { done: Some(done(&job, &report)), hooks: &mut hooks };
            let found = verify(&job, &report, options.verify, queued, &mut inner.reader(), &mut watch);
            found.notes.iter().for_each(|note| hooks.warn(note));
            report.verified_by(found, options.verify_strict);
        }
        Ok(report)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.inner.account.base.as_str()).finish_non_exhaustive()
    }
}
