//! Runs one test of this binary again in a process of its own, for what belongs to a process: environment,
//! limits, signals.

use std::process::{Command, Output};

use usercom::{Client, ClientBuilder};

use super::Server;

const ROLE: &str = "USERCOM_TEST_CHILD";

/// In the child: what the parent said. The test then does the work and returns.
pub fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// A role that names a server, for [`client_of`].
pub fn of(server: &Server) -> String {
    format!("{} {}", server.url(), server.token)
}

/// In the child: a client for the server that the first two words of its role name; it doesn't pace itself.
pub fn client_of(role: &str) -> ClientBuilder {
    let mut words = role.split(' ');
    let (url, token) = (words.next().unwrap(), words.next().unwrap());
    Client::builder("acme", token).base_url(url).no_rate_limit()
}

/// In the parent: this binary, to run only `test`, with `say` as its role.
pub fn command(test: &str, say: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]).env(ROLE, say);
    for name in
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY"]
    {
        command.env_remove(name);
    }
    command.env_remove("no_proxy");
    command
}

/// Runs it; a child that fails, or that ran no test, fails the parent.
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}\n{said}\n{complained}", output.status);
    assert!(said.contains("1 passed"), "the child ran no test: {said}");
    output
}
