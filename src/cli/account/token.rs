//! The REST API key as it comes out of a file or a variable, and what people put there by mistake.

use std::env::VarError;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The key from a file, or from the variable USERCOM_TOKEN.
pub fn read(file: Option<&Path>) -> Result<String, String> {
    let (place, text) = match file {
        Some(path) => (path.display().to_string(), read_file(path)?),
        None => ("USERCOM_TOKEN".to_owned(), read_variable()?),
    };
    // An editor ends the line, which is not part of the key.
    let token = text.strip_suffix('\n').unwrap_or(&text);
    let token = token.strip_suffix('\r').unwrap_or(token);
    match mistake(token) {
        Some(mistake) => Err(format!("token: {place} {mistake}")),
        None => Ok(token.to_owned()),
    }
}

fn read_variable() -> Result<String, String> {
    std::env::var("USERCOM_TOKEN").map_err(|error| match error {
        VarError::NotPresent => {
            "token: is missing; put the 64-character REST API key into USERCOM_TOKEN, or into a \
                                 file that --token-file names"
                .to_owned()
        }
        VarError::NotUnicode(_) => format!("token: USERCOM_TOKEN {NOT_TEXT}"),
    })
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
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(ENOUGH).read_to_end(&mut bytes))
        .map_err(|error| format!("token_file: {}: {error}", path.display()))?;
    String::from_utf8(bytes).map_err(|_| format!("token: {} {NOT_TEXT}", path.display()))
}

const NOT_TEXT: &str = "is not plain text; it should hold nothing but the 64-character REST API key";

/// What is wrong, in words that show nothing of the key.
fn mistake(text: &str) -> Option<&'static str> {
    let starts_with =
        |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let quotes = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}'];
    let name = text
        .trim_start()
        .strip_prefix("export ")
        .unwrap_or(text)
        .split_once('=')
        .map(|(name, _)| name.trim());
    let is_assignment = name
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
    Some(match text {
        "" => "is empty; put the 64-character REST API key into it",
        _ if text.trim().is_empty() => "holds nothing but blanks; put the 64-character REST API key into it",
        _ if text.starts_with('\u{feff}') => {
            "begins with a byte order mark; save it as plain ASCII or UTF-8 without one"
        }
        _ if is_assignment => {
            "holds a whole line like USERCOM_TOKEN=…; leave only the key that follows the ="
        }
        _ if starts_with("Authorization:") => {
            "holds a whole header; leave only the key that follows \"Token\""
        }
        _ if starts_with("Token ") => {
            "begins with the word \"Token\", which is added by itself; leave only the key"
        }
        _ if starts_with("Bearer ") => "begins with the word \"Bearer\"; leave only the key",
        _ if text.contains(['\n', '\r']) => "has more than one line; leave only the key",
        _ if text.contains('\0') => NOT_TEXT,
        _ if text.trim() != text => "has blanks before or after the key; remove them",
        _ if text.starts_with(quotes) || text.ends_with(quotes) => {
            "has quotes around the key; remove them (docker --env-file keeps quotes, a shell does not)"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_has_its_sentence() {
        let key = "k".repeat(64);
        assert_eq!(mistake(&key), None);
        assert_eq!(mistake("too short: the library says so"), None);
        for (text, says) in [
            (String::new(), "is empty"),
            ("  ".to_owned(), "nothing but blanks"),
            (format!("\"{key}\""), "quotes around"),
            (format!("'{key}'"), "quotes around"),
            (format!("{key}\""), "quotes around"),
            (format!("\u{201c}{key}\u{201d}"), "quotes around"),
            (format!("Token {key}"), "the word \"Token\""),
            (format!("token {key}"), "the word \"Token\""),
            (format!("Bearer {key}"), "the word \"Bearer\""),
            (format!("Authorization: Token {key}"), "a whole header"),
            (format!("USERCOM_TOKEN={key}"), "a whole line"),
            (format!("export USERCOM_TOKEN=\"{key}\""), "a whole line"),
            (format!("{key}\n{key}"), "more than one line"),
            (format!(" {key}"), "blanks before or after"),
            (format!("{key}\t"), "blanks before or after"),
            (format!("\u{feff}{key}"), "byte order mark"),
        ] {
            let said = mistake(&text).unwrap_or("nothing");
            assert!(said.contains(says) && !said.contains("kkk"), "{text}: {said}");
        }
    }
}
