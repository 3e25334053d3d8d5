//! The proxy of a connection: the option, or what the environment says.

use crate::account::BaseUrl;
use crate::error::Result;
use crate::options::{Proxying, parse_proxy};

/// The proxy for requests to `base`.
pub(super) fn proxy(option: &Proxying, base: &BaseUrl) -> Result<Option<ureq::Proxy>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    match option {
        Proxying::Direct => Ok(None),
        Proxying::Through(proxy) => Ok(Some(proxy.clone())),
        Proxying::Environment if !base.is_https() => Ok(None),
        Proxying::Environment => {
            let found =
                ["HTTPS_PROXY", "https_proxy"].into_iter().find_map(|name| Some((name, variable(name)?)));
            let except = variable("NO_PROXY").or_else(|| variable("no_proxy"));
            found.map(|(name, url)| parse_proxy(&url, name, except.as_deref())).transpose()
        }
    }
}
