//! The REST API key: where it is looked for, and what is said when it isn't there. What is wrong with a key the library
//! says.

use std::env::VarError;
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{command, trust};
use crate::say::say;

/// A person may have to unlock something first.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// Where the key is.
pub enum Place {
    File(PathBuf),
    Command(Vec<String>),
    /// USERCOM_TOKEN.
    Variable,
    Nowhere,
}

/// The key, and where it was, for messages about it.
pub struct Token {
    pub place: String,
    pub text: String,
}

pub fn find(place: Place) -> Result<Token, String> {
    let (place, text) = match place {
        Place::File(path) => (path.display().to_string(), read_file(&path)?),
        Place::Command(words) => {
            let printed = command::output(&words, COMMAND_LIMIT)?;
            let place = format!("token_command {}", words.first().map_or("", String::as_str));
            let text = String::from_utf8(printed).map_err(|_| format!("token: {place} {NOT_TEXT}"))?;
            (place, text)
        }
        Place::Variable => ("USERCOM_TOKEN".to_owned(), read_variable()?),
        Place::Nowhere => ("what was typed".to_owned(), prompt()?),
    };
    // An editor ends the line, which is not part of the key.
    let token = text.strip_suffix('\n').unwrap_or(&text);
    let token = token.strip_suffix('\r').unwrap_or(token);
    Ok(Token { place, text: token.to_owned() })
}

const MISSING: &str = "token: is missing; put the 64-character REST API key into USERCOM_TOKEN or into a file that \
                       --token-file names, or name a command that prints it with --token-command";

fn read_variable() -> Result<String, String> {
    std::env::var("USERCOM_TOKEN").map_err(|error| match error {
        VarError::NotPresent => MISSING.to_owned(),
        VarError::NotUnicode(_) => format!("token: USERCOM_TOKEN {NOT_TEXT}"),
    })
}

/// Asks for it if somebody is there; what is typed is not shown.
fn prompt() -> Result<String, String> {
    if !std::io::stderr().is_terminal() {
        return Err(MISSING.to_owned());
    }
    rpassword::prompt_password("usercom: REST API key (not shown): ").map_err(|_| MISSING.to_owned())
}

fn read_file(path: &Path) -> Result<String, String> {
    // A key is short: a wrong file need not be read to its end.
    const ENOUGH: u64 = 64 * 1024;
    if path.as_os_str().is_empty() {
        return Err(
            "token_file: is empty; name a file in --token-file or USERCOM_TOKEN_FILE, or unset the variable"
                .into(),
        );
    }
    // Somebody took the one variable for the other: the name is the key, and must not be shown.
    let name = path.as_os_str().as_encoded_bytes();
    if name.len() == 64 && name.iter().all(u8::is_ascii_alphanumeric) && !path.exists() {
        return Err(
            "token_file: is the key itself; put the key into USERCOM_TOKEN, or name a file that holds it"
                .into(),
        );
    }
    let fail = |problem: String| format!("token_file: {}: {problem}", path.display());
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    trust::only_ours(path, &file).map_err(fail)?;
    if trust::others_can_read(&file) {
        say(format_args!("token_file: other users can read {}; run: chmod 600 FILE", path.display()));
    }
    let mut bytes = Vec::new();
    file.take(ENOUGH).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| format!("token: {} {NOT_TEXT}", path.display()))
}

const NOT_TEXT: &str = "is not plain text; it should hold nothing but the 64-character REST API key";
