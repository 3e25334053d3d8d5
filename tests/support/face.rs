//! One update through both faces: Rust's own, and the C functions as a C program sees them. Side by side each has a
//! server of its own that does the same, and both must come to the same end.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use usercom::{Cancel, Client, Report, Update};

#[cfg(feature = "capi")]
use super::c_face;
use super::oracle::{Told, check_custom};
use super::{Server, s, texts};

#[derive(Clone, Copy, Debug)]
pub enum Face {
    Rust,
    #[cfg(feature = "capi")]
    C,
}

pub const FACES: &[Face] = &[
    Face::Rust,
    #[cfg(feature = "capi")]
    Face::C,
];

/// Each scenario through each face.
pub fn through_each<S>(scenarios: &[S]) -> Vec<(Face, &S)> {
    FACES.iter().flat_map(|face| scenarios.iter().map(|scenario| (*face, scenario))).collect()
}

/// Receives lines up to debug.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Sets `plan` to `pro`. What isn't said is the library's default, but for the pace: there is none.
#[derive(Clone)]
pub struct Ask<'a> {
    pub(super) server: &'a Server,
    pub(super) whom: Whom<'a>,
    pub(super) value: Option<&'a str>,
    pub(super) batch_size: Option<usize>,
    pub(super) workers: Option<usize>,
    pub(super) request_timeout: Option<Duration>,
    pub(super) max_attempts: Option<u32>,
    pub(super) proxy: Option<String>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) log: Option<Log>,
    pub(super) patience: Option<Duration>,
    pub(super) deadline: Option<Duration>,
    pub(super) max_requests: Option<u64>,
    pub(super) cancel: Option<&'a Stop>,
    uneven: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Whom<'a> {
    Ids(&'a [i64]),
    Custom(&'a [String]),
    /// The values, and which of them each id gets.
    Rows(&'a [i64], &'a [&'a str], &'a [u32]),
}

macro_rules! setters {
    ($($name:ident: $type:ty),*) => {
        $(pub fn $name(mut self, value: $type) -> Self {
            self.$name = Some(value);
            self
        })*
    };
}

impl Server {
    pub fn ask<'a>(&'a self, ids: &'a [i64]) -> Ask<'a> {
        Ask::new(self, Whom::Ids(ids))
    }

    pub fn ask_custom<'a>(&'a self, ids: &'a [String]) -> Ask<'a> {
        Ask::new(self, Whom::Custom(ids))
    }

    pub fn ask_rows<'a>(&'a self, ids: &'a [i64], values: &'a [&'a str], index: &'a [u32]) -> Ask<'a> {
        Ask::new(self, Whom::Rows(ids, values, index))
    }
}

impl<'a> Ask<'a> {
    fn new(server: &'a Server, whom: Whom<'a>) -> Ask<'a> {
        Ask {
            server,
            whom,
            value: None,
            batch_size: None,
            workers: None,
            request_timeout: None,
            max_attempts: None,
            proxy: None,
            ca_file: None,
            log: None,
            patience: None,
            deadline: None,
            max_requests: None,
            cancel: None,
            uneven: false,
        }
    }

    setters! {
        value: &'a str, batch_size: usize, workers: usize, request_timeout: Duration, max_attempts: u32,
        proxy: String, ca_file: PathBuf, log: Log, patience: Duration, deadline: Duration, max_requests: u64,
        cancel: &'a Stop
    }

    /// With as little patience as a run may have.
    pub fn impatient(self) -> Self {
        self.patience(s(1))
    }

    /// What becomes of which id is a matter of time: only the end must be the same.
    pub fn uneven(mut self) -> Self {
        self.uneven = true;
        self
    }

    /// Runs through both faces, checks what must hold of either, and gives the report of the Rust one.
    pub fn send(self) -> Report {
        let twin = self.server.twin();
        std::thread::scope(|scope| {
            let c =
                FACES.get(1).map(|face| scope.spawn(|| Ask { server: &twin, ..self.clone() }.through(*face)));
            let report = self.update(&self.client().unwrap());
            check_custom(&report, &self.ids(), self.server);
            if let Some(c) = c.map(|c| c.join().unwrap()) {
                let rust = Told::of(&report);
                c.check(&self.ids(), &twin);
                assert_eq!(c.status, rust.status, "C: {c}\nRust: {rust}");
                if !self.uneven {
                    assert!(c.states == rust.states, "C: {c}\nRust: {rust}");
                    let http = |told: &Told| told.failures.iter().map(|f| f.http_status).collect::<Vec<_>>();
                    assert!(http(&c) == http(&rust), "C: {c}\nRust: {rust}");
                }
            }
            report
        })
    }

    fn ids(&self) -> Vec<String> {
        match self.whom {
            Whom::Ids(ids) | Whom::Rows(ids, ..) => texts(ids),
            Whom::Custom(ids) => ids.to_vec(),
        }
    }

    /// Runs through one face; what the server has seen is left to the test.
    pub fn through(&self, face: Face) -> Told {
        self.account(face).unwrap().run(self)
    }

    /// A client for it, or why it was refused.
    pub fn account(&self, face: Face) -> Result<Account, String> {
        match face {
            Face::Rust => self.client().map(Account::Rust).map_err(|error| error.to_string()),
            #[cfg(feature = "capi")]
            Face::C => c_face::Client::of(self).map(Account::C),
        }
    }

    fn client(&self) -> usercom::Result<Client> {
        let mut client = self.server.builder();
        if let Some(ids) = self.batch_size {
            client = client.batch_size(ids);
        }
        if let Some(workers) = self.workers {
            client = client.workers(workers);
        }
        if let Some(timeout) = self.request_timeout {
            client = client.request_timeout(timeout);
        }
        if let Some(attempts) = self.max_attempts {
            client = client.max_attempts(attempts);
        }
        if let Some(url) = &self.proxy {
            client = client.proxy(url);
        }
        if let Some(file) = &self.ca_file {
            client = client.ca_file(file);
        }
        if let Some(log) = self.log.clone() {
            client = client.log(log::LevelFilter::Debug, move |_, line| log(line));
        }
        client.build()
    }

    fn update(&self, client: &Client) -> Report {
        let mut run = client.run(match self.whom {
            Whom::Rows(_, values, index) => {
                Update::rows("plan", values.iter().map(|value| (*value).into()).collect(), index.to_vec())
            }
            _ => Update::new("plan", self.value.unwrap_or("pro")),
        });
        if let Some(patience) = self.patience {
            run = run.patience(patience);
        }
        if let Some(deadline) = self.deadline {
            run = run.deadline(deadline);
        }
        if let Some(requests) = self.max_requests {
            run = run.max_requests(requests);
        }
        if let Some(stop) = self.cancel {
            run = run.cancel(&stop.rust);
        }
        match self.whom {
            Whom::Ids(ids) | Whom::Rows(ids, ..) => run.ids(ids).send().unwrap(),
            Whom::Custom(ids) => run.custom_ids(ids).send().unwrap(),
        }
    }
}

/// A client, through one face.
pub enum Account {
    Rust(Client),
    #[cfg(feature = "capi")]
    C(c_face::Client),
}

impl Account {
    /// Runs an update with it; what that says of the client itself was for [`Ask::account`].
    pub fn run(&self, ask: &Ask<'_>) -> Told {
        match self {
            Account::Rust(client) => Told::of(&ask.update(client)),
            #[cfg(feature = "capi")]
            Account::C(client) => client.run(ask),
        }
    }
}

/// Cancels runs, through whichever face.
pub struct Stop {
    rust: Cancel,
    #[cfg(feature = "capi")]
    pub(super) c: c_face::Cancel,
}

impl Stop {
    pub fn new() -> Stop {
        Stop {
            rust: Cancel::new(),
            #[cfg(feature = "capi")]
            c: c_face::Cancel::new(),
        }
    }

    pub fn request(&self) {
        self.rust.request();
        #[cfg(feature = "capi")]
        self.c.request();
    }
}
