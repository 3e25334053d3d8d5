//! One test of this binary as a process of its own, for what belongs to a process: environment, limits, signals.
//! Its role says which server and API to use.

use std::process::Command;

use usercom::ClientBuilder;

use super::api::{APIS, Api};
use super::process::again;
use super::server::Server;

const ROLE: &str = "USERCOM_TEST_CHILD";

/// In the child: what the parent said. The test then does the work and returns.
pub fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// A role that names a server, for [`server_of`].
pub fn of(server: &Server) -> String {
    format!("{} {}", server.url(), server.token)
}

/// The same, and through which API to use it, for [`api_of`].
pub fn through(api: Api, server: &Server) -> String {
    format!("{} {api:?}", of(server))
}

/// In the child: the server that the first two words of its role name.
pub fn server_of(role: &str) -> Server {
    let mut words = role.split(' ');
    Server::elsewhere(words.next().unwrap(), words.next().unwrap())
}

/// In the child: the API that the third word names.
pub fn api_of(role: &str) -> Api {
    let word = role.split(' ').nth(2).unwrap();
    *APIS.iter().find(|api| format!("{api:?}") == word).unwrap()
}

/// In the child: a client for that server, without a rate limit.
pub fn client_of(role: &str) -> ClientBuilder {
    server_of(role).builder()
}

/// In the parent: this binary, to run only `test` in this role.
pub fn command<F: Fn()>(test: F, role: &str) -> Command {
    command_under(&[], test, role)
}

/// The same, started by a tool with these arguments.
pub fn command_under<F: Fn()>(tool: &[&str], test: F, role: &str) -> Command {
    let mut command = again(test, tool);
    command.env(ROLE, role);
    command
}
