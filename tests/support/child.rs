//! Runs one test of this binary again in a process of its own, for what belongs to a process: environment,
//! limits, signals.

use std::process::{Command, Output};

use usercom::ClientBuilder;

use super::Server;
use super::face::{FACES, Face};

const ROLE: &str = "USERCOM_TEST_CHILD";

/// In the child: what the parent said. The test then does the work and returns.
pub fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// A role that names a server, for [`server_of`].
pub fn of(server: &Server) -> String {
    format!("{} {}", server.url(), server.token)
}

/// The same, and through which face it is to be asked, for [`face_of`].
pub fn through(face: Face, server: &Server) -> String {
    format!("{} {face:?}", of(server))
}

/// In the child: the server that the first two words of its role name.
pub fn server_of(role: &str) -> Server {
    let mut words = role.split(' ');
    Server::elsewhere(words.next().unwrap(), words.next().unwrap())
}

/// In the child: the face that the third word names.
pub fn face_of(role: &str) -> Face {
    let word = role.split(' ').nth(2).unwrap();
    *FACES.iter().find(|face| format!("{face:?}") == word).unwrap()
}

/// In the child: a client for that server; it doesn't pace itself.
pub fn client_of(role: &str) -> ClientBuilder {
    server_of(role).builder()
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
