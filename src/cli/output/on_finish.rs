//! `--on-finish`: another program gets the report on its standard input. No shell takes the command apart.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::process::{Command, Stdio};

#[derive(Clone, Debug)]
pub struct OnFinish {
    text: String,
    words: Vec<String>,
}

impl OnFinish {
    pub fn parse(text: &str) -> Result<OnFinish, String> {
        let words = shlex::split(text).ok_or("has a quote or a backslash at its end that is not closed")?;
        if words.first().is_none_or(String::is_empty) {
            return Err("names no program".to_owned());
        }
        Ok(OnFinish { text: text.to_owned(), words })
    }

    /// Runs it to its end. What it prints goes to standard error: standard output is for the report.
    pub fn run(&self, report: &str) -> Result<(), String> {
        let failed = |problem: String| format!("on_finish: {}: {problem}", self.text.escape_debug());
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).stdin(Stdio::piped()).stdout(io::stderr());
        for (name, _) in env::vars_os().filter(|(name, _)| is_secret(name)) {
            command.env_remove(name);
        }
        let mut child = command.spawn().map_err(|error| failed(format!("can't be started: {error}")))?;
        let written = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(report.as_bytes()));
        let status = child.wait().map_err(|error| failed(error.to_string()))?;
        match written {
            // It need not read what it does not want to know.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(failed(error.to_string())),
            _ if !status.success() => Err(failed(format!("ended with {status}"))),
            _ => Ok(()),
        }
    }
}

/// A variable that other programs must not get.
fn is_secret(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("USERCOM_TOKEN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_a_shell_has_them_but_nothing_more() {
        let words = |text: &str| OnFinish::parse(text).map(|command| command.words);
        assert_eq!(
            words("mail -s 'All done' \"$USER\" a\\ b;c").unwrap(),
            ["mail", "-s", "All done", "$USER", "a b;c"]
        );
        for bad in ["", " ", "''", "echo 'x", "echo \\"] {
            assert!(words(bad).is_err(), "{bad:?}");
        }
    }
}
