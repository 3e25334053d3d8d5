//! Settings of a client and of a run. Each is checked once, when it is set, by its row in [`crate::interface`].

#[rustfmt::skip]
mod generated;
#[cfg(feature = "capi")]
mod json;
mod method;
mod no_proxy;
mod proxying;
mod roots;
mod scope;
mod setting;

use std::time::Duration;

pub(crate) use generated::{ClientOptions, RunOptions};
pub use method::Method;
pub(crate) use no_proxy::is_excluded;
pub(crate) use proxying::{Proxying, parse_proxy};
pub(crate) use roots::Roots;
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
pub(crate) use roots::malformed;
pub use scope::RateLimitScope;
pub(crate) use setting::{Given, Setting};

use crate::error::{Error, Result};
use crate::interface::Opt;
use crate::update::AttributeKind;

/// What clients and runs have in common: options that are set by name.
pub(crate) trait Options {
    const ROWS: &'static [Opt];

    /// Stores a setting of one of [`Options::ROWS`], if it is within the bounds.
    fn store(&mut self, setting: Setting<'_>) -> Result<()>;

    /// Sets the option with this name, as it is called in Rust.
    fn set(&mut self, name: &str, given: Given<'_>) -> Result<()> {
        match Self::ROWS.iter().find(|option| option.name == name) {
            Some(option) => self.store(Setting { option, given }),
            None => Err(Error::invalid("options", format!("there is no option \"{name}\""))),
        }
    }
}

impl ClientOptions {
    /// The rate limit as a rate; `None` for no limit.
    pub fn requests_per_second(&self) -> Option<f64> {
        self.rate_limit.map(|(requests, per)| rate(requests, per))
    }

    /// The time between two requests; `None` for no limit.
    pub fn interval(&self) -> Option<Duration> {
        self.rate_limit.map(|(requests, per)| per / requests)
    }
}

impl RunOptions {
    pub fn attribute_kind(&self) -> AttributeKind {
        if self.standard_attributes { AttributeKind::Standard } else { AttributeKind::Custom }
    }
}

fn rate(requests: u32, per: Duration) -> f64 {
    f64::from(requests) / per.as_secs_f64()
}
