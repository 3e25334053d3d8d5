//! One value for one option: as the caller gave it, and as the core uses it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

use super::rate;
use crate::account::BaseUrl;
use crate::error::{Error, Result};
use crate::interface::{Kind, Opt};
use crate::wire::{Method, Proxying, Roots};

/// A value as the caller gave it.
#[derive(Debug)]
pub(crate) enum Given<'a> {
    /// Back to the default.
    Default,
    Text(Cow<'a, str>),
    Path(Cow<'a, Path>),
    Integer(u64),
    Time(Duration),
    Flag(bool),
    /// 0 requests for no limit.
    Rate(u32, Duration),
}

/// A rate as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonRate {
    requests: u32,
    per_ms: u64,
}

impl Given<'static> {
    /// Reads a value of this kind from JSON; the error says what is wrong with it.
    pub fn from_json(kind: Kind, json: &str) -> Result<Given<'static>, String> {
        let json: Json = serde_json::from_str(json).map_err(|e| format!("is not JSON: {e}"))?;
        let wrong = |wanted: &str| Err(format!("is {}; use {wanted}", described(&json)));
        Ok(match (kind, &json) {
            (_, Json::Null) => Given::Default,
            (Kind::BaseUrl | Kind::Method | Kind::Proxy, Json::String(text)) => {
                Given::Text(text.clone().into())
            }
            (Kind::CaFile | Kind::Directory, Json::String(text)) if text.contains('\0') => {
                return Err("has a NUL character, which no path can have".into());
            }
            (Kind::CaFile | Kind::Directory, Json::String(text)) => {
                Given::Path(PathBuf::from(text).into())
            }
            (Kind::BaseUrl | Kind::Method | Kind::Proxy, _) => return wrong("a text"),
            (Kind::CaFile | Kind::Directory, _) => return wrong("the text of a path"),
            (Kind::Flag, Json::Bool(on)) => Given::Flag(*on),
            (Kind::Flag, _) => return wrong("true or false"),
            (Kind::Count { .. }, Json::Number(number)) => match number.as_u64() {
                Some(number) => Given::Integer(number),
                None => return wrong("a whole number from 0 on"),
            },
            (Kind::Count { .. }, _) => return wrong("a whole number"),
            (Kind::Time { .. }, Json::Number(number)) => match number.as_u64() {
                Some(ms) => Given::Time(Duration::from_millis(ms)),
                None => return wrong("whole milliseconds from 0 on"),
            },
            (Kind::Time { .. }, _) => return wrong("a number of milliseconds"),
            (Kind::Rate, Json::Object(_)) => {
                let rate = JsonRate::deserialize(&json).map_err(|e| format!("is no rate: {e}"))?;
                Given::Rate(rate.requests, Duration::from_millis(rate.per_ms))
            }
            (Kind::Rate, _) => return wrong("{\"requests\": 5, \"per_ms\": 1000}"),
        })
    }
}

/// The value in a message. Texts are left out: a proxy's holds a password.
fn described(json: &Json) -> String {
    match json {
        Json::Null => "null".into(),
        Json::Bool(on) => on.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(_) => "a text".into(),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "an object".into(),
    }
}

/// A value for an option, to be checked by the option's row. Each method gives `None` for the default.
pub(crate) struct Setting<'a> {
    pub option: &'static Opt,
    pub given: Given<'a>,
}

impl<'a> Setting<'a> {
    fn invalid<T>(&self, problem: impl Into<String>) -> Result<T> {
        Err(Error::invalid(self.option.name, problem))
    }

    /// Who sets an option takes the type from its row; another one is a bug in this crate.
    fn wrong_type<T>(&self) -> Result<T> {
        self.invalid("has a value of another type")
    }

    fn outside<T>(&self) -> Result<T> {
        self.invalid(format!("is outside {}", self.option.bounds()))
    }

    fn text(&self) -> Result<Option<&str>> {
        match &self.given {
            Given::Default => Ok(None),
            Given::Text(text) => Ok(Some(text)),
            _ => self.wrong_type(),
        }
    }

    fn path(&self) -> Result<Option<&Path>> {
        match &self.given {
            Given::Default => Ok(None),
            Given::Path(path) => Ok(Some(path)),
            _ => self.wrong_type(),
        }
    }

    pub fn base_url(self) -> Result<Option<BaseUrl>> {
        self.text()?.map(BaseUrl::parse).transpose()
    }

    pub fn method(self) -> Result<Option<Method>> {
        match self.text()? {
            None => Ok(None),
            Some("PUT") => Ok(Some(Method::Put)),
            Some("POST") => Ok(Some(Method::Post)),
            Some(_) => self.invalid("is neither \"PUT\" nor \"POST\""),
        }
    }

    pub fn proxy(self) -> Result<Option<Proxying>> {
        self.text()?.map(Proxying::parse).transpose()
    }

    pub fn ca_file(self) -> Result<Option<Roots>> {
        self.path()?.map(Roots::read).transpose()
    }

    pub fn directory(self) -> Result<Option<PathBuf>> {
        match self.path()? {
            Some(path) if path.as_os_str().is_empty() => {
                self.invalid("is empty; use . for the working directory")
            }
            path => Ok(path.map(Path::to_owned)),
        }
    }

    pub fn flag(self) -> Result<Option<bool>> {
        match self.given {
            Given::Default => Ok(None),
            Given::Flag(on) => Ok(Some(on)),
            _ => self.wrong_type(),
        }
    }

    pub fn count<T: TryFrom<u64>>(self) -> Result<Option<T>> {
        match (&self.given, self.option.kind) {
            (Given::Default, _) => Ok(None),
            (Given::Integer(n), Kind::Count { min, max, .. }) if (min..=max).contains(n) => {
                T::try_from(*n).map(Some).or_else(|_| self.outside())
            }
            (Given::Integer(_), Kind::Count { .. }) => self.outside(),
            _ => self.wrong_type(),
        }
    }

    pub fn time(self) -> Result<Option<Duration>> {
        match (&self.given, self.option.kind) {
            (Given::Default, _) => Ok(None),
            (Given::Time(time), Kind::Time { min, max }) => {
                let long = max < u64::MAX && *time > Duration::from_millis(max);
                if long || *time < Duration::from_millis(min) { self.outside() } else { Ok(Some(*time)) }
            }
            _ => self.wrong_type(),
        }
    }

    /// The inner `None` is no limit.
    pub fn rate(self) -> Result<Option<Option<(u32, Duration)>>> {
        match self.given {
            Given::Default => Ok(None),
            Given::Rate(0, _) => Ok(Some(None)),
            Given::Rate(requests, per) if (0.1..=1000.0).contains(&rate(requests, per)) => {
                Ok(Some(Some((requests, per))))
            }
            Given::Rate(..) => self.outside(),
            _ => self.wrong_type(),
        }
    }
}
