//! The proxy option: which proxy to use, and how its URL is parsed.

use std::fmt;

use ureq::ProxyProtocol;
use ureq::http::Uri;

use crate::error::{Error, Result};

/// Which proxy to use, if any.
#[derive(Clone, Default)]
pub(crate) enum Proxying {
    /// `HTTPS_PROXY` and `NO_PROXY`, for https only. Not `HTTP_PROXY`, which a web server's visitor can
    /// set under CGI, and not `ALL_PROXY`.
    #[default]
    Environment,
    Direct,
    Through(ureq::Proxy),
}

impl Proxying {
    /// `http://[user:password@]host:port`; an empty text is no proxy.
    pub fn parse(url: &str) -> Result<Proxying> {
        if url.is_empty() {
            Ok(Proxying::Direct)
        } else {
            parse_proxy(url, "proxy", None).map(Proxying::Through)
        }
    }
}

impl fmt::Debug for Proxying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        f.write_str(match self {
            Proxying::Environment => "Environment",
            Proxying::Direct => "Direct",
            Proxying::Through(_) => "Through(hidden)",
        })
    }
}

/// Parses a proxy URL that comes from `named`. Hosts on the list `except` are connected to without the proxy. Errors
/// never show the URL, which may hold a password.
pub(crate) fn parse_proxy(url: &str, named: &'static str, except: Option<&str>) -> Result<ureq::Proxy> {
    let invalid = || Error::invalid(named, "is not a proxy URL of the form http://[user:password@]host:port");
    let parsed = ureq::Proxy::new(url).map_err(|_| invalid())?;
    // The library turns port 99999 into its default one.
    let authority = url.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned()).ok_or_else(invalid)?;
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port = host[host.rfind(']').unwrap_or(0)..].split_once(':').map(|(_, port)| port);
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Err(invalid());
    }
    if !matches!(parsed.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) || parsed.host().is_empty() {
        return Err(invalid());
    }
    let mut builder = ureq::Proxy::builder(parsed.protocol()).host(parsed.host()).port(parsed.port());
    if let Some(user) = parsed.username() {
        builder = builder.username(user);
    }
    if let Some(password) = parsed.password() {
        builder = builder.password(password);
    }
    for pattern in except.into_iter().flat_map(|list| list.split(',')) {
        builder = builder.no_proxy(pattern.trim());
    }
    builder.build().map_err(|_| invalid())
}
