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
        if url.is_empty() { Ok(Proxying::Direct) } else { parse_proxy(url, "proxy").map(Proxying::Through) }
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

/// Parses a proxy URL that comes from `named`. Errors never show the URL, which may hold a password.
pub(crate) fn parse_proxy(url: &str, named: &'static str) -> Result<ureq::Proxy> {
    const FORM: &str = "use http://[user:password@]host:port, with special characters in percent-encoding, such as %40 for @";
    let invalid = |problem: &str| Error::invalid(named, format!("{problem}; {FORM}"));
    let no_url = || invalid("is not a proxy URL");
    let parsed = ureq::Proxy::new(url).map_err(|_| no_url())?;
    if !matches!(parsed.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) {
        return Err(invalid("is the URL of a proxy of another kind than http and https"));
    }
    let uri = url.parse::<Uri>().map_err(|_| no_url())?;
    let authority = uri.authority().ok_or_else(no_url)?;
    if parsed.host().is_empty() {
        return Err(invalid("has no host"));
    }
    // The library turns port 99999 into its default one.
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port = host[host.rfind(']').unwrap_or(0)..].split_once(':').map(|(_, port)| port);
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Err(invalid("has a port outside 1 to 65535"));
    }
    // In `http://user:12/34@host` all up to the slash would be taken for host and port.
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || url.contains('#') {
        return Err(invalid("has something after host and port, or a special character in user or password"));
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxy_urls() {
        for (url, host, user, password) in [
            ("http://127.0.0.1:3128", "127.0.0.1:3128", None, None),
            ("http://127.0.0.1:3128/", "127.0.0.1:3128", None, None),
            ("127.0.0.1:3128", "127.0.0.1:3128", None, None),
            ("https://proxy.corp.example", "proxy.corp.example:443", None, None),
            ("HTTP://proxy:80", "proxy:80", None, None),
            ("http://[::1]:3128", "[::1]:3128", None, None),
            ("http://me:s3cret%40%2F@proxy:1", "proxy:1", Some("me"), Some("s3cret@/")),
            ("http://me@proxy:1", "proxy:1", Some("me"), None),
        ] {
            let proxy = parse_proxy(url, "proxy").unwrap();
            assert_eq!(format!("{}:{}", proxy.host(), proxy.port()), host, "{url}");
            assert_eq!((proxy.username(), proxy.password()), (user, password), "{url}");
        }
        for (url, says) in [
            ("words and words", "is not a proxy URL"),
            ("http://", "is not a proxy URL"),
            ("http://u:s3cret@", "is not a proxy URL"),
            ("http://:3128", "has no host"),
            ("::s3cret", "is not a proxy URL"),
            ("ftp://127.0.0.1:1", "is not a proxy URL"),
            ("socks5://u:s3cret@127.0.0.1:1", "another kind than http and https"),
            ("http://u:s3cret@127.0.0.1:99999", "port outside"),
            ("http://127.0.0.1:0", "port outside"),
            ("http://127.0.0.1:s3cret", ""),
            ("http://me:12/s3cret@proxy:1", "special character"),
            ("http://me:12?s3cret@proxy:1", "special character"),
            ("http://me:12#s3cret@proxy:1", "special character"),
            ("http://proxy:1/s3cret", "after host and port"),
            ("http://proxy:1 ", "is not a proxy URL"),
        ] {
            let error =
                parse_proxy(url, "HTTPS_PROXY").err().map(|e| e.to_string()).unwrap_or("accepted".into());
            assert!(error.starts_with("HTTPS_PROXY: ") && error.contains(says), "{url}: {error}");
            assert!(error.contains("use http://") && !error.contains("s3cret"), "{url}: {error}");
        }
    }
}
