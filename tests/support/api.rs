//! One update through both APIs: that of Rust, and the C functions as a C program sees them. Side by side each has a
//! server of its own that does the same, and both must come to the same result.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use usercom::{Cancel, Client, ClientBuilder, Report, Run, Update};

#[cfg(feature = "capi")]
use super::c_api;
use super::oracle::{Outcome, check_custom};
use super::{Server, Watchdog, ms, named, s, texts};

#[derive(Clone, Copy, Debug)]
pub enum Api {
    Rust,
    #[cfg(feature = "capi")]
    C,
}

pub const APIS: &[Api] = &[
    Api::Rust,
    #[cfg(feature = "capi")]
    Api::C,
];

/// Each scenario through each API.
pub fn through_each<S>(scenarios: &[S]) -> Vec<(Api, &S)> {
    APIS.iter().flat_map(|api| scenarios.iter().map(|scenario| (*api, scenario))).collect()
}

/// Receives lines up to debug.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// An option by its name in C, with its value as JSON.
pub type Setting = (&'static str, Value);

/// Sets `plan` to `pro`. What isn't set is the library's default, but there is no rate limit.
#[derive(Clone)]
pub struct Ask<'a> {
    pub(super) server: &'a Server,
    pub(super) targets: Targets<'a>,
    pub(super) value: &'a str,
    pub(super) client_settings: Vec<Setting>,
    pub(super) run_settings: Vec<Setting>,
    pub(super) log: Option<Log>,
    pub(super) cancel: Option<&'a AnyCancel>,
    uneven: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Targets<'a> {
    Ids(&'a [i64]),
    Custom(&'a [String]),
    /// The values, and which of them each id gets.
    Rows(&'a [i64], &'a [&'a str], &'a [u32]),
}

impl Server {
    pub fn ask<'a>(&'a self, ids: &'a [i64]) -> Ask<'a> {
        Ask::new(self, Targets::Ids(ids))
    }

    pub fn ask_custom<'a>(&'a self, ids: &'a [String]) -> Ask<'a> {
        Ask::new(self, Targets::Custom(ids))
    }

    pub fn ask_rows<'a>(&'a self, ids: &'a [i64], values: &'a [&'a str], index: &'a [u32]) -> Ask<'a> {
        Ask::new(self, Targets::Rows(ids, values, index))
    }
}

/// Setters of an [`Ask`]: in which list each goes, under which name, and as what.
macro_rules! setters {
    ($($list:ident { $($name:ident($given:ident: $type:ty) = $key:literal, $value:expr;)* })*) => {
        $($(pub fn $name(mut self, $given: $type) -> Self {
            self.$list.push(($key, $value.into()));
            self
        })*)*
    };
}

impl<'a> Ask<'a> {
    fn new(server: &'a Server, targets: Targets<'a>) -> Ask<'a> {
        let (client_settings, run_settings) = (Vec::new(), Vec::new());
        let (value, log, cancel, uneven) = ("pro", None, None, false);
        Ask { server, targets, value, client_settings, run_settings, log, cancel, uneven }
    }

    setters! {
        client_settings {
            batch_size(ids: usize) = "batch_size", ids;
            workers(number: usize) = "workers", number;
            max_attempts(number: u32) = "max_attempts", number;
            request_timeout(time: Duration) = "request_timeout_ms", time.as_millis() as u64;
            proxy(url: String) = "proxy", url;
            ca_file(path: PathBuf) = "ca_file", path.to_str().unwrap();
        }
        run_settings {
            stall_timeout(time: Duration) = "stall_timeout_ms", time.as_millis() as u64;
            deadline(time: Duration) = "deadline_ms", time.as_millis() as u64;
            max_requests(number: u64) = "max_requests", number;
            journal_dir(path: PathBuf) = "journal_dir", path.to_str().unwrap();
        }
    }

    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    pub fn log(mut self, log: Log) -> Self {
        self.log = Some(log);
        self
    }

    pub fn cancel(mut self, cancel: &'a AnyCancel) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// With the shortest stall timeout that a run may have.
    pub fn impatient(self) -> Self {
        self.stall_timeout(s(1))
    }

    /// What becomes of which id depends on timing: only the status must be the same.
    pub fn uneven(mut self) -> Self {
        self.uneven = true;
        self
    }

    /// Runs through both APIs, checks what must hold of either, and gives the report of the Rust one.
    pub fn send(self) -> Report {
        let (_watchdog, twin) = (Watchdog::new(), self.server.twin());
        std::thread::scope(|scope| {
            let c = APIS.get(1).map(|api| {
                named().spawn_scoped(scope, || Ask { server: &twin, ..self.clone() }.through(*api)).unwrap()
            });
            let report = self.update(&self.client().unwrap());
            check_custom(&report, &self.ids(), self.server);
            if let Some(c) = c.map(|c| c.join().unwrap()) {
                let rust = Outcome::of(&report);
                c.check(&self.ids(), &twin);
                assert_eq!(c.status, rust.status, "C: {c}\nRust: {rust}");
                if !self.uneven {
                    assert!(c.states == rust.states, "C: {c}\nRust: {rust}");
                    let http =
                        |told: &Outcome| told.failures.iter().map(|f| f.http_status).collect::<Vec<_>>();
                    assert!(http(&c) == http(&rust), "C: {c}\nRust: {rust}");
                }
            }
            report
        })
    }

    fn ids(&self) -> Vec<String> {
        match self.targets {
            Targets::Ids(ids) | Targets::Rows(ids, ..) => texts(ids),
            Targets::Custom(ids) => ids.to_vec(),
        }
    }

    /// Runs through one API; what the server has seen is left to the test.
    pub fn through(&self, api: Api) -> Outcome {
        self.any_client(api).unwrap().run(self)
    }

    /// A client for it, or why its options are invalid.
    pub fn any_client(&self, api: Api) -> Result<AnyClient, String> {
        match api {
            Api::Rust => self.client().map(AnyClient::Rust).map_err(|error| error.to_string()),
            #[cfg(feature = "capi")]
            Api::C => c_api::Client::of(self).map(AnyClient::C),
        }
    }

    fn client(&self) -> usercom::Result<Client> {
        let client = self.client_settings.iter().fold(self.server.builder(), set_of_client);
        match self.log.clone() {
            Some(log) => client.log(log::LevelFilter::Debug, move |_, line| log(line)).build(),
            None => client.build(),
        }
    }

    fn update(&self, client: &Client) -> Report {
        let update = match self.targets {
            Targets::Rows(_, values, index) => {
                Update::rows("plan", values.iter().map(|value| (*value).into()).collect(), index.to_vec())
            }
            _ => Update::new("plan", self.value),
        };
        let mut run = self.run_settings.iter().fold(client.run(update), set_of_run);
        if let Some(cancel) = self.cancel {
            run = run.cancel(&cancel.rust);
        }
        match self.targets {
            Targets::Ids(ids) | Targets::Rows(ids, ..) => run.ids(ids).send().unwrap(),
            Targets::Custom(ids) => run.custom_ids(ids).send().unwrap(),
        }
    }
}

pub(super) fn number(json: &Value) -> u64 {
    json.as_u64().unwrap()
}

fn set_of_client(client: ClientBuilder, (name, json): &Setting) -> ClientBuilder {
    match *name {
        "batch_size" => client.batch_size(number(json) as usize),
        "workers" => client.workers(number(json) as usize),
        "max_attempts" => client.max_attempts(number(json) as u32),
        "request_timeout_ms" => client.request_timeout(ms(number(json))),
        "proxy" => client.proxy(json.as_str().unwrap()),
        "ca_file" => client.ca_file(json.as_str().unwrap()),
        _ => panic!("{name}"),
    }
}

fn set_of_run<'a>(run: Run<'a>, (name, json): &Setting) -> Run<'a> {
    match *name {
        "stall_timeout_ms" => run.stall_timeout(ms(number(json))),
        "deadline_ms" => run.deadline(ms(number(json))),
        "max_requests" => run.max_requests(number(json)),
        "journal_dir" => run.journal_dir(json.as_str().unwrap()),
        _ => panic!("{name}"),
    }
}

/// A client of one API.
pub enum AnyClient {
    Rust(Client),
    #[cfg(feature = "capi")]
    C(c_api::Client),
}

impl AnyClient {
    /// Runs an update with it; the client's own options were for [`Ask::any_client`].
    pub fn run(&self, ask: &Ask<'_>) -> Outcome {
        match self {
            AnyClient::Rust(client) => Outcome::of(&ask.update(client)).record(Api::Rust),
            #[cfg(feature = "capi")]
            AnyClient::C(client) => client.run(ask).record(Api::C),
        }
    }
}

/// Cancels runs through either API.
pub struct AnyCancel {
    rust: Cancel,
    #[cfg(feature = "capi")]
    pub(super) c: c_api::Cancel,
}

impl AnyCancel {
    pub fn new() -> AnyCancel {
        AnyCancel {
            rust: Cancel::new(),
            #[cfg(feature = "capi")]
            c: c_api::Cancel::new(),
        }
    }

    pub fn request(&self) {
        self.rust.request();
        #[cfg(feature = "capi")]
        self.c.request();
    }
}
