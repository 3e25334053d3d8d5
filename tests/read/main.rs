//! Reading: check, users, preflight and verify, through Rust and C, with the sandbox and with servers that misbehave.
#![cfg(feature = "cli")]

#[cfg(feature = "capi")]
mod c;
#[cfg(target_os = "linux")]
mod docs;
mod hostile;
mod sandbox;
#[path = "../support/mod.rs"]
mod support;

use std::io::Write;

use usercom::sandbox::{Options, Sandbox, TOKEN};
use usercom::{Client, ClientBuilder};

/// A sandbox with these users.
struct Shop {
    sandbox: Sandbox,
    _users: tempfile::NamedTempFile,
}

impl Shop {
    fn new(users: &str, options: Options) -> Shop {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(users.as_bytes()).unwrap();
        let users = Some(file.path().to_owned());
        Shop { sandbox: Sandbox::start(Options { users, ..options }).unwrap(), _users: file }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder("acme", TOKEN).base_url(&self.sandbox.url()).no_rate_limit()
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// The requests that the sandbox has seen, such as "GET /api/public/users/1/".
    fn seen(&self) -> Vec<String> {
        let requests = self.sandbox.requests();
        requests
            .iter()
            .map(|r| format!("{} {}", r.method, r.path.trim_start_matches("/api/public")))
            .collect()
    }
}

const USERS: &str = "id,custom_id,email,plan,visits,since\n\
                     1,u/1,a@x.example,free,5,2026-01-02\n\
                     2,ü 2,b@x.example,pro,6,2026-01-03\n\
                     3,..,\"c,d@x.example\",free,,\n";
