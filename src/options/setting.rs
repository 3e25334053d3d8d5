//! One value for one option: as the caller gave it, and as the core uses it. The row of the option has the bounds.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::method::Method;
use super::proxying::Proxying;
use super::rate;
use super::roots::Roots;
use super::scope::RateLimitScope;
use crate::account::BaseUrl;
use crate::error::{Error, Result};
use crate::interface::{Kind, Opt};

/// A value as the caller gave it.
#[derive(Debug)]
pub(crate) enum Given<'a> {
    /// Back to the default.
    #[cfg_attr(not(feature = "capi"), allow(dead_code, reason = "Rust has no setter for it"))]
    Default,
    Text(Cow<'a, str>),
    Path(Cow<'a, Path>),
    Integer(u64),
    Time(Duration),
    Flag(bool),
    /// 0 requests for no limit.
    Rate(u32, Duration),
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

    pub fn scope(self) -> Result<Option<RateLimitScope>> {
        match self.text()? {
            None => Ok(None),
            Some("process") => Ok(Some(RateLimitScope::Process)),
            Some("host") => Ok(Some(RateLimitScope::Host)),
            Some(_) => self.invalid("is neither \"process\" nor \"host\""),
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

#[cfg(test)]
mod tests {
    use super::super::{ClientOptions, Options, RunOptions};
    use super::*;

    fn said<O: Options>(options: &mut O, name: &str, given: Given<'_>) -> String {
        options.set(name, given).map_or_else(|error| error.to_string(), |()| "ok".into())
    }

    #[test]
    fn bounds_are_those_of_the_rows() {
        for option in ClientOptions::ROWS.iter().chain(RunOptions::ROWS) {
            let is_client = ClientOptions::ROWS.iter().any(|row| row.name == option.name);
            let set = |given| match is_client {
                true => said(&mut ClientOptions::default(), option.name, given),
                false => said(&mut RunOptions::default(), option.name, given),
            };
            let outside = format!("{}: is outside {}", option.name, option.bounds());
            match option.kind {
                Kind::Count { min, max, .. } => {
                    assert_eq!(set(Given::Integer(min)), "ok", "{option:?}");
                    assert_eq!(set(Given::Integer(max)), "ok", "{option:?}");
                    (min > 0).then(|| assert_eq!(set(Given::Integer(min - 1)), outside));
                    (max < u64::MAX).then(|| assert!(set(Given::Integer(max + 1)).starts_with(option.name)));
                }
                Kind::Time { min, max } => {
                    let nanosecond = Duration::from_nanos(1);
                    let (shortest, longest) = (Duration::from_millis(min), Duration::from_millis(max));
                    assert_eq!(set(Given::Time(shortest)), "ok", "{option:?}");
                    assert_eq!(set(Given::Time(longest)), "ok", "{option:?}");
                    (min > 0).then(|| assert_eq!(set(Given::Time(shortest - nanosecond)), outside));
                    (max < u64::MAX).then(|| assert_eq!(set(Given::Time(longest + nanosecond)), outside));
                }
                Kind::Rate => {
                    let second = Duration::from_secs(1);
                    assert_eq!(set(Given::Rate(1000, second)), "ok");
                    assert_eq!(set(Given::Rate(1, 10 * second)), "ok");
                    assert_eq!(set(Given::Rate(0, Duration::ZERO)), "ok");
                    assert_eq!(set(Given::Rate(1001, second)), outside);
                    assert_eq!(set(Given::Rate(1, 11 * second)), outside);
                    assert_eq!(set(Given::Rate(1, Duration::ZERO)), outside);
                }
                Kind::Flag => assert_eq!(set(Given::Flag(true)), "ok"),
                Kind::Method => {
                    assert_eq!(set(Given::Text("POST".into())), "ok");
                    assert_eq!(set(Given::Text("GET".into())), "method: is neither \"PUT\" nor \"POST\"");
                }
                Kind::Scope => {
                    assert_eq!(set(Given::Text("host".into())), "ok");
                    let problem = "rate_limit_scope: is neither \"process\" nor \"host\"";
                    assert_eq!(set(Given::Text("machine".into())), problem);
                }
                Kind::BaseUrl | Kind::Proxy => assert!(set(Given::Text("http://x y".into())).contains(": ")),
                Kind::CaFile => assert!(set(Given::Path(Path::new("/nowhere").into())).contains("/nowhere")),
                Kind::Directory => assert!(set(Given::Path(Path::new("").into())).contains("is empty")),
            }
            assert_eq!(set(Given::Default), "ok");
        }
    }

    #[test]
    fn a_default_that_is_set_is_the_one_that_was_there() {
        let mut client = ClientOptions::default();
        let mut run = RunOptions::default();
        let before = format!("{client:?} {run:?}");
        client.set("batch_size", Given::Integer(7)).unwrap();
        client.set("rate_limit", Given::Rate(0, Duration::ZERO)).unwrap();
        run.set("dry_run", Given::Flag(true)).unwrap();
        run.set("stall_timeout", Given::Time(Duration::from_secs(9))).unwrap();
        assert_eq!((client.batch_size, client.rate_limit, run.dry_run), (7, None, true));
        ClientOptions::ROWS.iter().for_each(|row| client.set(row.name, Given::Default).unwrap());
        RunOptions::ROWS.iter().for_each(|row| run.set(row.name, Given::Default).unwrap());
        assert_eq!(format!("{client:?} {run:?}"), before);
    }

    #[test]
    fn names_and_types_that_are_not_known() {
        let mut options = RunOptions::default();
        assert!(said(&mut options, "patience", Given::Default).contains("\"patience\""));
        assert!(said(&mut options, "dry_run", Given::Integer(1)).starts_with("dry_run: "));
        assert!(said(&mut options, "max_requests", Given::Flag(true)).starts_with("max_requests: "));
    }
}
