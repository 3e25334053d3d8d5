//! The token, and what may have been pasted along with it.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The 64-character REST API key. Shown nowhere; wiped from memory when dropped.
#[derive(Clone)]
pub(crate) struct Token(Zeroizing<String>);

const TOKEN_LENGTH: usize = 64;

impl Token {
    /// Names the mistake, since a token is mostly pasted with something around it. Never shows the text.
    pub fn parse(text: &str) -> Result<Token> {
        match token_problem(text) {
            Some(problem) => Err(Error::invalid("token", problem)),
            None => Ok(Token(Zeroizing::new(text.to_owned()))),
        }
    }

    /// The value of the `Authorization` header, the only place where the token is sent.
    pub fn authorization(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Token {}", self.0.as_str()))
    }
}

/// What is wrong with a token and what to do.
fn token_problem(text: &str) -> Option<String> {
    let length = text.chars().count();
    if text.is_empty() {
        return Some("is empty; use the 64-character REST API key".into());
    }
    if text.trim().is_empty() {
        return Some("holds nothing but blanks; use the 64-character REST API key".into());
    }
    if length > TOKEN_LENGTH && text.trim().contains(['\n', '\r']) {
        return Some("has more than one line; use only the key".into());
    }
    if is_quoted(text) {
        return Some(format!(
            "has {length} characters because of the quotes around it, and a REST API key has 64; remove the quotes: \
             `docker --env-file` and some other readers of such files keep them"
        ));
    }
    // What stands before the key, as pasted from a header or a file.
    let pasted = |prefix: &str| {
        text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && text.len() > prefix.len()
    };
    if pasted("Authorization:") {
        return Some("is a whole Authorization header; use only the key after the word Token".into());
    }
    if let Some(word) = ["Token", "Bearer"].into_iter().find(|word| pasted(&format!("{word} "))) {
        return Some(format!(
            "starts with the word {word}: character {} is a space; use only the key after it, the word is added when \
             it is sent",
            word.len() + 1
        ));
    }
    if let Some(name) = assigned(text).filter(|_| length != TOKEN_LENGTH) {
        return Some(format!("starts with the variable's name, {name}=; use only the key after the ="));
    }
    if text.starts_with(['$', '%', '<', '{'])
        && text.ends_with(|c: char| !c.is_ascii_digit())
        && length < TOKEN_LENGTH
    {
        return Some(format!(
            "has {length} characters and is the name of a variable or a placeholder, not its value; use the \
             64-character REST API key"
        ));
    }
    if length != TOKEN_LENGTH && (text.contains("://") || text.ends_with(".user.com")) {
        return Some(
            "is an address; use the 64-character REST API key, and the subdomain for the address".into(),
        );
    }
    if let Some((at, c)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic()) {
        return Some(format!("character {} {}", at + 1, misplaced(c, at + 1 == length || at == 0)));
    }
    match length {
        TOKEN_LENGTH => None,
        ..=12 => Some(format!(
            "has {length} characters, as the short app key of the tracking widget has; use the REST API key, which has \
             64: Workspace Settings, API & Integrations, Public API"
        )),
        _ => Some(format!(
            "has {length} characters, but a REST API key has 64; copy all of it, once (the short app key of the \
             tracking widget is another key and does not work here)"
        )),
    }
}

/// The name of a variable that the text gives a value.
fn assigned(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix("export ").unwrap_or(text).split_once('=')?;
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    // A name that is longer may be part of a key.
    (!name.is_empty() && name.len() <= 32 && is_name(name)).then_some(name)
}

/// Also quotes that a word processor made.
fn is_quoted(text: &str) -> bool {
    let mut characters = text.trim().chars();
    let pair = (characters.next(), characters.next_back());
    let is_quote = |c: char| "\"'`".contains(c);
    // A key with one quote too many.
    if text.chars().count() == TOKEN_LENGTH + 1 && (text.starts_with(is_quote) || text.ends_with(is_quote)) {
        return true;
    }
    matches!(pair, (Some(first), Some(last)) if first == last && is_quote(first))
        || matches!(pair, (Some('\u{201c}' | '\u{201e}'), Some('\u{201d}' | '\u{201c}')))
        || matches!(pair, (Some('\u{2018}' | '\u{201a}'), Some('\u{2019}' | '\u{2018}')))
}

/// Why this character can't be in a token, and what to do.
fn misplaced(c: char, outside: bool) -> String {
    let what = match c {
        '\n' | '\r' => "a line end",
        c if c.is_whitespace() => "a space",
        c if c.is_ascii_control() => "a control character",
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {
            "invisible and not ASCII (a byte order mark or the like)"
        }
        _ => {
            return "is not ASCII, even if it looks so: it comes from another alphabet or from a word processor; copy \
                    the key again from User.com's settings"
                .into();
        }
    };
    let advice = match outside {
        true => "remove it: a REST API key has neither spaces nor a line end",
        false => "copy the key again, without spaces or line ends",
    };
    format!("is {what}; {advice}")
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        let token = Token::parse(&"k".repeat(64)).unwrap();
        assert_eq!(token.authorization().as_str(), format!("Token {}", "k".repeat(64)));
        assert_eq!(format!("{token:?}"), "Token(hidden)");
        let key = "k".repeat(64);
        for (bad, says) in [
            (String::new(), "is empty"),
            ("abc123".into(), "short app key"),
            ("k".repeat(63), "has 63 characters, but"),
            ("k".repeat(65), "has 65 characters, but"),
            (format!("{key}{key}"), "once"),
            (format!("{key}\n"), "character 65 is a line end; remove it"),
            (format!("{key}\r\n"), "character 65 is a line end"),
            (format!("{}\n", "k".repeat(63)), "character 64 is a line end"),
            (format!(" {key}"), "character 1 is a space; remove it"),
            (format!("{key}\u{a0}"), "character 65 is a space"),
            (format!("{} {}", &key[..32], &key[..31]), "character 33 is a space; copy"),
            (format!("{}\0", &key[..63]), "character 64 is a control character"),
            (format!("\u{feff}{key}"), "character 1 is invisible"),
            (format!("{}\u{200b}{}", &key[..10], &key[..54]), "character 11 is invisible"),
            // A Cyrillic letter that looks like a k or a c.
            (format!("{}\u{43a}", &key[..63]), "character 64 is not ASCII"),
            (format!("\u{441}{}", &key[..63]), "character 1 is not ASCII"),
            (format!("\"{key}\""), "66 characters because of the quotes"),
            (format!("'{key}'"), "docker --env-file"),
            (format!("\"{key}\"\n"), "remove the quotes"),
            (format!("\u{201e}{key}\u{201d}"), "remove the quotes"),
            (format!("Token {key}"), "the word Token: character 6 is a space"),
            (format!("token {}", &key[..58]), "the word Token"),
            (format!("Bearer {key}"), "the word Bearer"),
            (format!("Authorization: Token {key}"), "whole Authorization header"),
            (format!("authorization:{key}"), "whole Authorization header"),
            (format!("USERCOM_TOKEN={key}"), "after the ="),
            (format!("export USERCOM_TOKEN={key}"), "after the ="),
            (format!("API_KEY=\"{key}\""), "the variable's name, API_KEY=; use"),
            (format!("{key}\""), "65 characters because of the quotes"),
            (" \t\n".into(), "nothing but blanks"),
            (format!("{key}\n{key}"), "more than one line"),
            ("$USERCOM_TOKEN".into(), "name of a variable"),
            ("${USERCOM_TOKEN}".into(), "name of a variable"),
            ("%USERCOM_TOKEN%".into(), "name of a variable"),
            ("<your token>".into(), "placeholder"),
            ("https://acme.user.com".into(), "is an address"),
            ("acme.user.com".into(), "is an address"),
        ] {
            let message = Token::parse(&bad).unwrap_err().to_string();
            assert!(message.starts_with("token: ") && message.contains(says), "{bad:?}: {message}");
            assert!(!message.contains("kkk"), "shows the token: {message}");
        }
        // Whatever looks odd and has the length of a key is the service's to judge.
        for odd in ["$", "%", "<", "=", "\"", "://"] {
            assert!(Token::parse(&format!("{odd}{}", &key[odd.len()..])).is_ok(), "{odd}");
        }
    }
}
