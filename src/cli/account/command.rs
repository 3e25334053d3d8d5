//! A command that prints the key: a password manager's, or a vault's.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A key is short.
const ENOUGH: u64 = 64 * 1024;

/// The program and its arguments: words and quotes as a shell has them, but no shell.
pub fn words(command: &str) -> Result<Vec<String>, String> {
    match shlex::split(command) {
        Some(words) if !words.is_empty() => Ok(words),
        Some(_) => Err("token_command: is empty; write the command that prints the key".to_owned()),
        None => Err("token_command: has a quote that is not closed".to_owned()),
    }
}

/// What it prints. Its own messages go to standard error; there is nothing for it to read.
pub fn output(words: &[String], limit: Duration) -> Result<Vec<u8>, String> {
    let Some((program, arguments)) = words.split_first() else {
        return Err("token_command: is empty; write the command that prints the key".to_owned());
    };
    let fail = |problem: String| format!("token_command: {program}: {problem}");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => fail("there is no such program; it is not run by a shell".to_owned()),
        _ => fail(error.to_string()),
    })?;
    let Some(stdout) = child.stdout.take() else { return Err(fail("can't be read".to_owned())) };
    // What it has started may hold the pipe open when it has ended, or has been ended.
    let (sender, received) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(ENOUGH + 1).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    });
    let bytes = match received.recv_timeout(limit) {
        Ok(read) => read.map_err(|error| fail(error.to_string()))?,
        Err(_) => {
            let _ = child.kill();
            let _ = child.wait();
            return Err(fail(format!("has not ended after {} s", limit.as_secs())));
        }
    };
    if bytes.len() as u64 > ENOUGH {
        let _ = child.kill();
        let _ = child.wait();
        return Err(fail("prints more than a key".to_owned()));
    }
    let status = child.wait().map_err(|error| fail(error.to_string()))?;
    match status.success() {
        true => Ok(bytes),
        false => Err(fail(format!("failed ({status}); its messages are above"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(command: &str, limit: u64) -> Result<String, String> {
        output(&words(command)?, Duration::from_secs(limit))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn what_it_prints() {
        assert_eq!(run("printf '%s' 'a b'", 60), Ok("a b".to_owned()));
        assert_eq!(run("echo $HOME *", 60), Ok("$HOME *\n".to_owned()));
        assert_eq!(run("sh -c 'cat; echo x'", 60), Ok("x\n".to_owned()));
        for (command, says) in [
            ("", "is empty"),
            ("echo 'x", "quote that is not closed"),
            ("no-such-program-here x", "no such program; it is not run by a shell"),
            ("false", "failed (exit status: 1)"),
            ("yes", "prints more than a key"),
        ] {
            let problem = run(command, 60).unwrap_err();
            assert!(problem.contains(says), "{command}: {problem}");
        }
        let problem = run("sleep 600", 1).unwrap_err();
        assert!(problem.contains("has not ended after 1 s"), "{problem}");
    }
}
