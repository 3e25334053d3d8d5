//! Finding, reading and parsing the file. Nobody else may be able to change it: it decides where the token comes from.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::PathBuf;

use etcetera::BaseStrategy;
use toml::de::{DeTable, DeValue};

use super::{ACCOUNT, Setting, Value, similar};
use crate::account::trust;
use crate::flags::OPTIONS;

/// What the file says.
#[derive(Debug, Default)]
pub struct File {
    pub settings: BTreeMap<String, Setting>,
    pub profiles: BTreeMap<String, BTreeMap<String, Setting>>,
}

/// The file in the user's directory for configuration; `None` if there is none.
pub fn read() -> Result<Option<(PathBuf, File)>, String> {
    // Without a home there is no file.
    let Ok(base) = etcetera::choose_base_strategy() else { return Ok(None) };
    let path = base.config_dir().join("usercom").join("config.toml");
    let fail = |problem: String| format!("{}: {problem}", path.display());
    let mut file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(fail(error.to_string())),
    };
    trust::only_ours(&path, &file).map_err(fail)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| fail(error.to_string()))?;
    let file =
        parse(&text).map_err(|(line, problem)| format!("{} line {line}: {problem}", path.display()))?;
    Ok(Some((path, file)))
}

type Problem = (usize, String);

fn parse(text: &str) -> Result<File, Problem> {
    let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let table = DeTable::parse(text).map_err(|error| {
        (error.span().map_or(1, |span| line(span.start)), error.message().replace('\n', "; "))
    })?;
    let mut file = File::default();
    for (key, value) in table.get_ref() {
        let (name, at) = (key.get_ref().as_ref(), line(key.span().start));
        match (name, value.get_ref()) {
            ("profiles", DeValue::Table(profiles)) => {
                for (profile, value) in profiles {
                    let name: &str = profile.get_ref().as_ref();
                    let DeValue::Table(settings) = value.get_ref() else {
                        let problem = format!("{name}: a profile is a table: [profiles.{name}]");
                        return Err((line(profile.span().start), problem));
                    };
                    let own = settings.iter().map(|(key, value)| {
                        let place = (line(key.span().start), Some(name.to_owned()));
                        Ok((key.get_ref().to_string(), setting(key.get_ref(), value.get_ref(), place)?))
                    });
                    let own = own.collect::<Result<BTreeMap<_, _>, Problem>>()?;
                    one_token(&own)?;
                    file.profiles.insert(name.to_owned(), own);
                }
            }
            ("profiles", _) => {
                return Err((at, "profiles: write each as a table: [profiles.NAME]".to_owned()));
            }
            (name, value) => {
                file.settings.insert(name.to_owned(), setting(name, value, (at, None))?);
            }
        }
    }
    one_token(&file.settings)?;
    Ok(file)
}

fn one_token(settings: &BTreeMap<String, Setting>) -> Result<(), Problem> {
    match (settings.get("token_file"), settings.get("token_command")) {
        (Some(_), Some(second)) => {
            Err((second.line, "token_command: token_file is set, too; keep one of them".to_owned()))
        }
        _ => Ok(()),
    }
}

fn setting(name: &str, value: &DeValue<'_>, place: (usize, Option<String>)) -> Result<Setting, Problem> {
    let (line, profile) = place;
    let fail = |problem: &str| Err((line, format!("{name}: {problem}")));
    if name == "token" {
        return fail("the token does not belong here; name a token_file or a token_command");
    }
    let mut known = OPTIONS.iter().chain(ACCOUNT).copied();
    if !known.clone().any(|known| known == name) {
        return match similar(name, known.by_ref()) {
            Some(other) => fail(&format!("is no option; did you mean {other}?")),
            None if name == "profile" => {
                fail("is no option; name a profile with --profile or USERCOM_PROFILE")
            }
            None => fail("is no option; docs/options.md lists them"),
        };
    }
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Value::Number(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(on) => Value::Switch(*on),
        DeValue::Array(list) if name == "token_command" => {
            let texts = list.iter().map(|entry| entry.get_ref().as_str().map(str::to_owned));
            match texts.collect::<Option<Vec<_>>>() {
                Some(texts) => Value::List(texts),
                None => return fail("is a list of texts: the program and its arguments"),
            }
        }
        _ => return fail("has a value of a kind that no option takes"),
    };
    Ok(Setting { value, line, profile })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_with_their_lines() {
        let file = parse(
            "rate_limit = 2.5\n\n[profiles.shop-a]\nsubdomain = \"a\"\ntoken_command = [\"pass\", \"a\"]\n",
        );
        let file = file.unwrap();
        assert_eq!(
            file.settings["rate_limit"],
            Setting { value: Value::Number("2.5".to_owned()), line: 1, profile: None }
        );
        let shop = &file.profiles["shop-a"];
        assert_eq!(shop["subdomain"].place(), "config.toml line 4, profile shop-a");
        assert_eq!(shop["token_command"].value, Value::List(vec!["pass".to_owned(), "a".to_owned()]));
    }

    #[test]
    fn each_mistake_has_its_line() {
        for (text, line, says) in [
            ("\nrate_limt = 5", 2, "rate_limt: is no option; did you mean rate_limit?"),
            ("rate-limit = 5", 1, "did you mean rate_limit?"),
            ("colour = 1", 1, "is no option; docs/options.md"),
            ("profile = \"x\"", 1, "--profile or USERCOM_PROFILE"),
            ("[profiles.a]\ntoken = \"k\"", 2, "does not belong here"),
            ("[profiles]\na = 1", 2, "a profile is a table: [profiles.a]"),
            ("profiles = 1", 1, "[profiles.NAME]"),
            ("deadline = 2026-01-01", 1, "of a kind that no option takes"),
            ("deadline = [1]", 1, "of a kind that no option takes"),
            ("workers = 0x10", 1, "of a kind that no option takes"),
            ("token_file = \"a\"\ntoken_command = \"b\"", 2, "keep one of them"),
            ("a = 1\nb", 2, ""),
            ("deadline = 1\ndeadline = 2", 2, "duplicate key"),
        ] {
            let (at, problem) = parse(text).unwrap_err();
            assert!(at == line && problem.contains(says), "{text}: {at}: {problem}");
        }
    }
}
