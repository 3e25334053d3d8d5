//! A test again in a process of its own, with variables of its own.

use std::process::Command;

const ROLE: &str = "USERCOM_EDGES_ROLE";

/// What this process is to do, if a test has started it.
pub fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// Runs the test of this name with a role and these variables, and none about proxies and certificates but them.
pub fn run(test: &str, role: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env(ROLE, role);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_ascii_lowercase());
    }
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").envs(variables.iter().copied());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{role} {variables:?}: {said}");
}
