//! A sandbox: a replacement of the service on loopback, for tests and for first steps.
//!
//! It was written from the vendor's documentation and shares no code with the rest of this crate, so that a misreading
//! on one side is not repeated on the other. Nobody has compared it with the live service. The calls and their bodies
//! are documented (those under `users-by-id/` for custom attributes: seen in other clients only), and so is the response
//! `{"status":"ok"}`, for standard attributes. Rejections have the words of Django REST framework, which the service is
//! thought to use. What is not known, and what can go wrong on the way, is an option: see [`Options`].
//!
//! ```
//! use usercom::sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default())?;
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//! // … requests to `sandbox.url()` …
//! assert_eq!(sandbox.value(10, "plan"), None);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Its responses
//! - `PUT` or `POST /api/public/users/mass_update_custom_attributes/`, and under `users-by-id/` with custom ids;
//!   `…/mass_update_standard_attributes/` likewise. Both calls write into one set of attributes: a name is one attribute
//!   whichever call has set it.
//! - `GET /api/public/users/<id>/`, `users-by-id/<custom id>/`, `users/search/?email=<address>` and, in pages, `users/`
//!   and `attributes/`; `attribute-type/<name>/users/`. They were seen in other clients of the service.
//! - The control path `/_sandbox/`, which needs no token and is not logged: `GET /_sandbox/`, `attributes/<name>`,
//!   `users/<id>`, `requests`, `refused`, `ledger?attribute=<name>`, and `POST /_sandbox/reset`.
//!
//! # Who exists
//! With a file of users: those users only. Without one: every id above 0. A user's custom id is its column `custom_id`;
//! without such a column it is the id written as text. Without a file any other text is a custom id, too: its user is
//! invented, with an id from 1000000000001 on.
mod api;
mod column;
mod control;
mod endpoint;
mod kind;
mod log;
mod options;
mod query;
mod raw;
mod response;
mod server;
mod show;
mod store;
mod table;
mod traffic;
mod update;

pub use kind::Kind;
pub use log::Request;
pub use options::{
    AttributeType, Methods, Options, Scope, SuccessBody, TOKEN, UnknownAttributes, UnknownIds,
};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};
use store::Store;
use tokio::sync::oneshot;

/// A running sandbox; dropping it stops it and closes its connections.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the server's thread and the callers share.
struct Shared {
    options: Options,
    state: Mutex<State>,
    connections: AtomicU64,
}

/// What a reset forgets.
struct State {
    store: Store,
    traffic: traffic::Traffic,
    log: log::Log,
    /// How many updates failed because the first ones are to fail.
    failed: u64,
}

/// One line of an attribute's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The user's id.
    pub id: i64,
    /// The value as JSON, byte for byte as it was received.
    pub value: Arc<str>,
    /// How many accepted requests have set it; 0 for a value of the file of users.
    pub applied: u32,
}

impl Sandbox {
    /// Starts a sandbox on 127.0.0.1.
    ///
    /// # Errors
    /// If an option is invalid, the file of users can't be read or the port is in use: the message says which and what
    /// to do.
    pub fn start(options: Options) -> io::Result<Sandbox> {
        options.check()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(&options)?),
            connections: AtomicU64::new(0),
            options,
        });
        let (address, stop, thread) = server::start(shared.clone())?;
        Ok(Sandbox { shared, address, stop: Some(stop), thread: Some(thread) })
    }

    /// Its address, as `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// A user's value as JSON, byte for byte as it was received.
    pub fn value(&self, id: i64, attribute: &str) -> Option<String> {
        self.shared.lock().store.get(id, attribute).map(|(json, _)| json.to_string())
    }

    /// The id of the user who has this custom id.
    pub fn id_of(&self, custom_id: &str) -> Option<i64> {
        self.shared.lock().store.number_of(custom_id)
    }

    /// The type of an attribute.
    pub fn kind(&self, attribute: &str) -> Option<Kind> {
        self.shared.lock().store.kind(attribute)
    }

    /// The users who have a value of the attribute, by id.
    pub fn ledger(&self, attribute: &str) -> Vec<Entry> {
        let ledger = self.shared.lock().store.ledger(attribute);
        ledger.into_iter().map(|(id, value, applied)| Entry { id, value, applied }).collect()
    }

    /// How many users it knows: those of the file, or those that were set.
    pub fn users(&self) -> usize {
        self.shared.lock().store.users()
    }

    /// The last 10,000 requests to the API, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.lock().log.requests().cloned().collect()
    }

    /// Those of [`Sandbox::requests`] that were rejected or redirected.
    pub fn refused(&self) -> Vec<Request> {
        self.shared.lock().log.refused().cloned().collect()
    }

    /// How many requests the API received.
    pub fn total(&self) -> u64 {
        self.shared.lock().log.total()
    }

    /// The most requests that the API received in any second.
    pub fn peak_per_second(&self) -> usize {
        self.shared.lock().traffic.peak()
    }

    /// How many TCP connections were accepted.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Forgets all requests and reads the file of users again.
    ///
    /// # Errors
    /// If the file can't be read any more; nothing is forgotten then.
    pub fn reset(&self) -> io::Result<()> {
        self.shared.reset()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// A panic elsewhere leaves nothing half done in here, so a poisoned lock is fine.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reset(&self) -> io::Result<()> {
        let fresh = State::new(&self.options)?;
        *self.lock() = fresh;
        self.connections.store(0, Ordering::Relaxed);
        Ok(())
    }
}

impl State {
    fn new(options: &Options) -> io::Result<State> {
        let mut store = options.users.as_deref().map_or_else(|| Ok(Store::of_anybody()), table::load)?;
        for attribute in &options.attributes {
            let invalid =
                |problem| io::Error::new(io::ErrorKind::InvalidInput, format!("attribute: {problem}"));
            store.declare(attribute).map_err(invalid)?;
        }
        Ok(State { store, traffic: traffic::Traffic::default(), log: log::Log::default(), failed: 0 })
    }
}
