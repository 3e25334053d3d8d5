//! One account, ready to be used: the client, how it is made, and how a run is started.

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ring::digest;

use crate::account::{Account, BaseUrl, Subdomain, Token};
use crate::error::{Error, Result};
use crate::options::{Options, RunOptions};
use crate::report::Report;
use crate::run::{self, Cancel, Hooks, Log, Progress};
use crate::throttle::{Key, PerProcess, Throttle};
use crate::update::{AttributeKind, Ids, Job, JsonText, Rules, Update, Value};
use crate::wire::{Call, Http, Method};

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
    options: Options,
    http: Http,
    throttle: Arc<Throttle>,
}

impl Client {
    /// A client with all defaults.
    ///
    /// `subdomain` is the `acme` of `https://acme.user.com`; `token` is the 64-character REST API key.
    ///
    /// # Errors
    /// When subdomain or token can't be right, or when this machine has no trusted certificates.
    pub fn new(subdomain: &str, token: &str) -> Result<Client> {
        Client::builder(subdomain, token).build()
    }

    /// A client with settings of its own.
    pub fn builder(subdomain: &str, token: &str) -> ClientBuilder {
        let account = Subdomain::parse(subdomain).and_then(|s| Ok((s, Token::parse(token)?)));
        ClientBuilder { account, options: Options::default(), refused: None }
    }

    /// The process-wide client with all defaults that one-shot calls share: they keep connections and pace.
    ///
    /// Honours `USERCOM_BASE_URL` for a loopback address, so that a program can be tried against a sandbox.
    /// At most eight are kept, by endpoint and token.
    ///
    /// # Errors
    /// As [`Client::new`], and when `USERCOM_BASE_URL` is not a loopback address.
    pub fn shared(subdomain: &str, token: &str) -> Result<Client> {
        const KEPT: usize = 8;
        let (account, options) = Client::builder(subdomain, token).loopback_from_environment().checked()?;
        let key = key(&account);
        let mut shared = SHARED.lock();
        if let Some(at) = shared.iter().position(|(k, _)| *k == key) {
            // The most recently used one last.
            let kept = shared.remove(at);
            shared.push(kept.clone());
            return Ok(kept.1);
        }
        let client = Client::connect(account, options)?;
        if shared.len() >= KEPT {
            shared.remove(0);
        }
        shared.push((key, client.clone()));
        Ok(client)
    }

    /// Drops the shared clients and their tokens. Runs that use one go on.
    pub fn shutdown_shared() {
        SHARED.lock().clear();
    }

    pub(crate) fn connect(account: Account, options: Options) -> Result<Client> {
        let http = Http::new(&account, &options.http)?;
        let throttle = Throttle::shared(key(&account));
        Ok(Client { inner: Arc::new(Inner { account, options, http, throttle }) })
    }

    /// Sets `attribute` of these users to `value`.
    ///
    /// # Errors
    /// When an argument is refused; nothing was sent then. Everything else, also a run that stopped, is in
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

    /// Sets `attribute` to a value for each user. Equal values go out together; the last value of an id wins.
    ///
    /// # Errors
    /// As [`Client::mass_update`], and when there are more than 50,000 distinct values.
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

    /// A run with settings of its own.
    pub fn run<'a>(&self, update: Update) -> Run<'a> {
        Run {
            client: self.clone(),
            update,
            ids: Ids::Numeric(&[]),
            options: RunOptions::default(),
            progress: None,
            refused: None,
        }
    }

    pub(crate) fn execute(
        &self,
        update: &Update,
        ids: Ids<'_>,
        options: &RunOptions,
        progress: Option<Box<run::ProgressFn<'_>>>,
    ) -> Result<Report> {
        let inner = &self.inner;
        let rules = Rules {
            kind: options.kind,
            allow_null: options.allow_null,
            requests_per_second: inner.options.requests_per_second(),
        };
        let job = Job::new(update, ids, rules)?;
        let limits = inner.options.limits(options.patience, options.max_requests);
        if options.dry_run {
            return Ok(run::dry_run(&job, &limits));
        }
        let session = inner.http.session(Call::of(&job));
        let mut hooks = Hooks::default();
        hooks.progress = progress;
        hooks.cancel = options.cancel.clone();
        hooks.deadline = options.deadline.and_then(|d| Instant::now().checked_add(d));
        hooks.log = inner.options.log.clone();
        Ok(run::run(&job, session, limits, inner.throttle.clone(), options.journal().as_ref(), hooks))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.inner.account.base.as_str()).finish_non_exhaustive()
    }
}

static SHARED: PerProcess<(Key, Client)> = PerProcess::new();

/// `USERCOM_BASE_URL`, which may only name this machine: a variable must not send the token elsewhere.
pub(crate) fn base_url_from_environment() -> Result<Option<BaseUrl>> {
    const NAME: &str = "USERCOM_BASE_URL";
    let Some(url) = std::env::var(NAME).ok().filter(|url| !url.is_empty()) else { return Ok(None) };
    let base = BaseUrl::parse(&url).map_err(|error| match error {
        Error::InvalidArgument { problem, .. } => Error::invalid(NAME, problem),
        other => other,
    })?;
    if !base.is_loopback() {
        return Err(Error::invalid(
            NAME,
            "is taken for loopback addresses only, such as http://127.0.0.1:8080",
        ));
    }
    Ok(Some(base))
}

/// Endpoint and token as a digest: the token itself is kept nowhere else.
fn key(account: &Account) -> Key {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(account.base.as_str().as_bytes());
    context.update(b"\0");
    context.update(account.token.authorization().as_bytes());
    let mut key = Key::default();
    key.copy_from_slice(context.finish().as_ref());
    key
}

/// Settings of a client. A refused setting is reported by [`ClientBuilder::build`].
#[must_use]
pub struct ClientBuilder {
    account: Result<(Subdomain, Token)>,
    options: Options,
    refused: Option<Error>,
}

impl ClientBuilder {
    fn set(mut self, set: impl FnOnce(&mut Options) -> Result<()>) -> ClientBuilder {
        let outcome = set(&mut self.options);
        self.refused = self.refused.or(outcome.err());
        self
    }

    /// Another address than `https://<subdomain>.user.com`: scheme, host and port, `http` for loopback only.
    pub fn base_url(self, url: &str) -> ClientBuilder {
        self.set(|o| o.set_base_url(Some(url)))
    }

    /// Honours `USERCOM_BASE_URL`, which may only name a loopback address, so that a program can be tried
    /// against a sandbox. Defaults to not looking at it.
    pub fn loopback_from_environment(self) -> ClientBuilder {
        self.set(|o| {
            o.base_url = base_url_from_environment()?.or(o.base_url.take());
            Ok(())
        })
    }

    /// The HTTP method. Defaults to PUT, as the vendor's page says; its samples send POST.
    pub fn method(self, method: Method) -> ClientBuilder {
        self.set(|o| o.set_method(method.as_str()))
    }

    /// Asks for a version of the API in the `Accept` header. Defaults to none, as the vendor's page for
    /// this call shows none.
    pub fn api_version(self, version: u32) -> ClientBuilder {
        self.set(|o| {
            o.http.api_version = Some(version);
            Ok(())
        })
    }

    /// How long the first byte of an answer may take: 1 ms to 1 h. Defaults to 60 s. The other phases of a request
    /// are fixed: 10 s to connect, 30 s to send, 30 s for the rest of the answer.
    pub fn request_timeout(self, timeout: Duration) -> ClientBuilder {
        self.set(|o| o.set_request_timeout(timeout))
    }

    /// Ids per request: 1 to 10,000. Defaults to 1,000; a body is never larger than 256 KiB.
    pub fn batch_size(self, ids: usize) -> ClientBuilder {
        self.set(|o| o.set_batch_size(ids))
    }

    /// Most requests under way at once: 1 to 32. Defaults to 8.
    pub fn workers(self, workers: usize) -> ClientBuilder {
        self.set(|o| o.set_workers(workers))
    }

    /// At most `requests` in `per`, evenly spaced: 0.1 to 1000 a second. Defaults to 5 a second, half of the
    /// limit that is quoted for the service. Everything in this process that uses the same endpoint and
    /// token shares the pace.
    pub fn rate_limit(self, requests: u32, per: Duration) -> ClientBuilder {
        self.set(|o| o.set_rate_limit(requests, per))
    }

    /// Sends as fast as it goes. Waits that the service asks for are still obeyed.
    pub fn no_rate_limit(self) -> ClientBuilder {
        self.set(|o| o.set_rate_limit(0, Duration::from_secs(1)))
    }

    /// How often a batch is tried while others succeed: 1 to 20. Defaults to 8.
    pub fn max_attempts(self, attempts: u32) -> ClientBuilder {
        self.set(|o| o.set_max_attempts(attempts))
    }

    /// A proxy, `http://[user:password@]host:port`, or `""` for none. Defaults to `HTTPS_PROXY` and
    /// `NO_PROXY` of the environment, for https only.
    pub fn proxy(self, url: &str) -> ClientBuilder {
        self.set(|o| o.set_proxy(Some(url)))
    }

    /// A PEM file with the certificates to trust instead of this machine's. It is read here and now.
    pub fn ca_file(self, path: impl AsRef<Path>) -> ClientBuilder {
        self.set(|o| o.set_ca_file(Some(path.as_ref())))
    }

    /// Log lines up to `level`, besides those of the `log` crate. Called on the thread of each run.
    pub fn log(
        self,
        level: log::LevelFilter,
        write: impl Fn(log::Level, &str) + Send + Sync + 'static,
    ) -> ClientBuilder {
        self.set(|o| {
            o.log = Some(Log { level, write: Arc::new(write) });
            Ok(())
        })
    }

    /// All settings at once, for a face that has collected them itself.
    #[cfg(feature = "capi")]
    pub(crate) fn options(mut self, options: Options) -> ClientBuilder {
        self.options = options;
        self
    }

    fn checked(self) -> Result<(Account, Options)> {
        let (subdomain, token) = self.account?;
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let base = self.options.base_url.clone().unwrap_or_else(|| BaseUrl::of(&subdomain));
        Ok((Account { base, token }, self.options))
    }

    /// The client.
    ///
    /// # Errors
    /// When the subdomain, the token or a setting is refused, or when this machine has no trusted
    /// certificates.
    pub fn build(self) -> Result<Client> {
        let (account, options) = self.checked()?;
        Client::connect(account, options)
    }
}

/// One run with settings of its own; [`Run::send`] starts it.
#[must_use]
pub struct Run<'a> {
    client: Client,
    update: Update,
    ids: Ids<'a>,
    options: RunOptions,
    progress: Option<Box<run::ProgressFn<'a>>>,
    refused: Option<Error>,
}

impl<'a> Run<'a> {
    /// User.com's own ids.
    pub fn ids(mut self, ids: &'a [i64]) -> Run<'a> {
        self.ids = Ids::Numeric(ids);
        self
    }

    /// The customer's own ids.
    pub fn custom_ids<S: AsRef<str>>(mut self, custom_ids: &'a [S]) -> Run<'a> {
        self.ids = Ids::Custom(custom_ids.iter().map(AsRef::as_ref).collect());
        self
    }

    fn set(mut self, set: impl FnOnce(&mut RunOptions) -> Result<()>) -> Run<'a> {
        let outcome = set(&mut self.options);
        self.refused = self.refused.or(outcome.err());
        self
    }

    /// How long the whole call may take, waits and retries included. Requests that are under way then get
    /// up to 5 s more. Defaults to no limit.
    pub fn deadline(self, deadline: Duration) -> Run<'a> {
        self.set(|o| {
            o.deadline = Some(deadline);
            Ok(())
        })
    }

    /// Stops when no batch was confirmed or refused for so long: 1 s to 24 h. Defaults to 2 min; never less than 21
    /// requests take at the pace that is set, 4.2 s at 5 a second.
    ///
    /// As with every stop but a cancel or a deadline, nothing more is sent then, and requests under way are waited
    /// for within the limits of [`ClientBuilder::request_timeout`]: their answers say what became of their ids.
    pub fn patience(self, patience: Duration) -> Run<'a> {
        self.set(|o| o.set_patience(patience))
    }

    /// Most requests of the run. Defaults to twenty times what the job needs when all goes well, at least
    /// 1,000.
    pub fn max_requests(self, requests: u64) -> Run<'a> {
        self.set(|o| o.set_max_requests(requests))
    }

    /// Keeps a journal in this directory: **the very same call, made again** after a crash, a full disk or a
    /// cancel, goes on where this one stopped. A finished run removes its journal. The directory is made if it
    /// isn't there. Defaults to no journal.
    pub fn journal_dir(self, dir: impl Into<PathBuf>) -> Run<'a> {
        self.set(|o| o.set_journal_dir(Some(dir.into())))
    }

    /// How old an unfinished journal may be to be gone on with: 1 s to 30 days. Defaults to 12 h. An older one
    /// is set aside, because another run may have written newer values since.
    pub fn journal_max_age(self, age: Duration) -> Run<'a> {
        self.set(|o| o.set_journal_max_age(age))
    }

    /// Means an attribute that every profile has, such as `first_name`. Defaults to custom attributes.
    pub fn standard_attributes(self) -> Run<'a> {
        self.set(|o| {
            o.kind = AttributeKind::Standard;
            Ok(())
        })
    }

    /// Sends null, about which the vendor documents nothing. Defaults to refusing it.
    pub fn allow_null(self) -> Run<'a> {
        self.set(|o| {
            o.allow_null = true;
            Ok(())
        })
    }

    /// Does everything but the network, and reports requests, bytes and seconds.
    pub fn dry_run(self) -> Run<'a> {
        self.set(|o| {
            o.dry_run = true;
            Ok(())
        })
    }

    /// A handle that stops the run from elsewhere.
    pub fn cancel(self, cancel: &Cancel) -> Run<'a> {
        self.set(|o| {
            o.cancel = Some(cancel.clone());
            Ok(())
        })
    }

    /// Called on this thread at least four times a second, also while waiting. `Break` cancels the run.
    pub fn progress(mut self, progress: impl FnMut(&Progress) -> ControlFlow<()> + 'a) -> Run<'a> {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Runs to the end, or to the reason to stop.
    ///
    /// # Errors
    /// When an argument or setting is refused; nothing was sent then.
    pub fn send(self) -> Result<Report> {
        match self.refused {
            Some(refused) => Err(refused),
            None => self.client.execute(&self.update, self.ids, &self.options, self.progress),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_shared_clients_used_last_are_kept() {
        let use_client = |n: usize| Client::shared("acme", &format!("{n:064}")).unwrap().inner;
        let first: Vec<_> = (0..8).map(use_client).collect();
        assert!(Arc::ptr_eq(&first[0], &use_client(0)));
        use_client(8);
        assert_eq!(SHARED.lock().len(), 8);
        assert!(Arc::ptr_eq(&first[0], &use_client(0)));
        assert!(!Arc::ptr_eq(&first[1], &use_client(1)));
        Client::shutdown_shared();
        assert_eq!(SHARED.lock().len(), 0);
    }
}
