//! The account and its address: subdomain, token and base URL, each checked once, when it comes in.

mod token;

use std::net::IpAddr;

pub(crate) use token::Token;

use crate::error::{Error, Result};

/// The `acme` of `https://acme.user.com`: one DNS label (RFC 1035 §2.3.1, RFC 1123 §2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subdomain(String);

impl Subdomain {
    pub fn parse(text: &str) -> Result<Subdomain> {
        let invalid = |problem: String| Err(Error::invalid("subdomain", problem));
        if text.is_empty() {
            return invalid("is empty; use the `acme` of https://acme.user.com".into());
        }
        let label = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if let Some(first) = pasted_label(text).filter(|first| *first != text) {
            return invalid(format!("use only the first part of the address: \"{first}\""));
        }
        if !text.chars().all(label) {
            return invalid(
                "may contain only letters, digits and hyphens; use the `acme` of https://acme.user.com"
                    .into(),
            );
        }
        if text.len() > 63 || text.starts_with('-') || text.ends_with('-') {
            return invalid("is 1 to 63 characters and neither starts nor ends with a hyphen".into());
        }
        Ok(Subdomain(text.to_ascii_lowercase()))
    }
}

/// The label that is meant by `acme.user.com` or `https://acme.user.com/…`.
fn pasted_label(text: &str) -> Option<&str> {
    let host = text.trim().split_once("://").map_or(text.trim(), |(_, rest)| rest);
    let host = host.split(['/', '?', '#', ':']).next()?;
    let first = host.split('.').next()?;
    let clean = !first.is_empty() && first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    // A longer one is no label: perhaps a token, which must not be shown.
    (clean && first.len() <= 63).then_some(first)
}

/// Scheme, host and port of the service: `https://acme.user.com`, or the option `base_url`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    url: String,
    https: bool,
    loopback: bool,
}

impl BaseUrl {
    pub fn of(subdomain: &Subdomain) -> BaseUrl {
        BaseUrl { url: format!("https://{}.user.com", subdomain.0), https: true, loopback: false }
    }

    /// Not left to the HTTP library, which accepts userinfo and silently turns port 99999 into 80.
    pub fn parse(text: &str) -> Result<BaseUrl> {
        let invalid = |problem: &str| Err(Error::invalid("base_url", problem));
        let (https, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            _ => return invalid("must start with https:// (or http:// for a loopback address)"),
        };
        if rest.contains(['?', '#']) {
            return invalid("must not have a query or a fragment; use scheme, host and port only");
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return invalid("must not contain a user name or password; pass the token as its own argument");
        }
        if authority.contains('/') {
            return invalid("must not have a path; use scheme, host and port only");
        }
        let (host, port) = match split_port(authority) {
            Some(parts) => parts,
            None => return invalid("has an IPv6 address without brackets; write http://[::1]:8080"),
        };
        let address = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            Some(inner) => match inner.parse() {
                Ok(v6) => Some(IpAddr::V6(v6)),
                Err(_) => return invalid("has brackets around something that is not an IPv6 address"),
            },
            None => host.parse().ok().map(IpAddr::V4),
        };
        if address.is_none() && !is_host_name(host) {
            return invalid(
                "has a host that is neither a name of letters, digits, hyphens and dots nor an IP address; write other letters in punycode (xn--…)",
            );
        }
        if !port.is_none_or(|p| {
            p.len() <= 5 && p.parse::<u16>().is_ok_and(|p| p > 0) && p.bytes().all(|b| b.is_ascii_digit())
        }) {
            return invalid("has a port outside 1 to 65535");
        }
        let loopback = address.map_or(host.eq_ignore_ascii_case("localhost"), |a| a.is_loopback());
        if !https && !loopback {
            return invalid(
                "must be https: plain http would send the token unencrypted and is allowed for loopback addresses only",
            );
        }
        let url = format!("{}://{}", if https { "https" } else { "http" }, authority.to_ascii_lowercase());
        Ok(BaseUrl { url, https, loopback })
    }

    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Host and, where there is one, port.
    pub fn authority(&self) -> &str {
        self.url.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The host alone; an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        let host = split_port(self.authority()).map_or("", |(host, _)| host);
        host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host)
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// `host` and the text after its colon; `None` for a bare IPv6 address, whose colons are its own.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let after_host = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after_host..].find(':') {
        None => Some((authority, None)),
        Some(at) => {
            let (host, port) = authority.split_at(after_host + at);
            (!port[1..].contains(':')).then_some((host, Some(&port[1..])))
        }
    }
}

/// Letters, digits, hyphens and single dots. A last label of digits would be a malformed address.
fn is_host_name(host: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    host.len() <= 253
        && host.split('.').all(label)
        && !host.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
}

/// Where requests go, and with which token.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub base: BaseUrl,
    pub token: Token,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subdomains() {
        for good in ["acme", "a", "ACME", "a-1", &"a".repeat(63)] {
            assert!(Subdomain::parse(good).is_ok(), "{good}");
        }
        assert_eq!(BaseUrl::of(&Subdomain::parse("ACME").unwrap()).as_str(), "https://acme.user.com");
        for (bad, says) in [
            ("", "is empty"),
            ("acme.user.com", "\"acme\""),
            ("https://acme.user.com/api/public/", "\"acme\""),
            ("https://acme.user.com:443", "\"acme\""),
            (" acme ", "\"acme\""),
            ("acme/", "\"acme\""),
            ("-acme", "hyphen"),
            ("acme-", "hyphen"),
            (&"a".repeat(64), "63"),
            ("żółw", "letters, digits"),
            ("a_b", "letters, digits"),
            ("a\r\nb", "letters, digits"),
            ("user@evil", "letters, digits"),
            ("..", "letters, digits"),
        ] {
            let message = Subdomain::parse(bad).unwrap_err().to_string();
            assert!(message.starts_with("subdomain: ") && message.contains(says), "{bad:?}: {message}");
        }
    }

    #[test]
    fn base_urls() {
        for (good, url, loopback) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", true),
            ("http://127.9.9.9", "http://127.9.9.9", true),
            ("http://localhost:8080/", "http://localhost:8080", true),
            ("http://[::1]:8080", "http://[::1]:8080", true),
            ("HTTPS://Eu.Example.COM", "https://eu.example.com", false),
            ("https://eu.example.com:8443/", "https://eu.example.com:8443", false),
        ] {
            let base = BaseUrl::parse(good).unwrap();
            assert_eq!((base.as_str(), base.is_loopback()), (url, loopback), "{good}");
        }
        for (url, host) in [
            ("http://[::1]:8080", "::1"),
            ("http://[::1]", "::1"),
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("https://Eu.Example.com/", "eu.example.com"),
        ] {
            assert_eq!(BaseUrl::parse(url).unwrap().host(), host);
        }
        for (bad, says) in [
            ("", "https://"),
            ("ftp://x", "https://"),
            ("acme.user.com", "https://"),
            ("http://acme.user.com", "must be https"),
            ("http://127.0.0.1.evil.com", "must be https"),
            ("http://localhost.evil.com", "must be https"),
            ("https://user:pw@acme.user.com", "user name"),
            ("http://evil@127.0.0.1", "user name"),
            ("https://acme.user.com/api", "path"),
            ("https://acme.user.com/../x", "path"),
            ("https://acme.user.com?x", "query"),
            ("https://acme.user.com#x", "fragment"),
            ("https://acme.user.com:0", "port"),
            ("https://acme.user.com:65536", "port"),
            ("https://acme.user.com:99999", "port"),
            ("https://acme.user.com:", "port"),
            ("https://acme.user.com:+80", "port"),
            ("https://acme.user.com:000080", "port"),
            ("http://::1:8080", "brackets"),
            ("http://[::1", "brackets"),
            ("http://[zz]:1", "brackets"),
            ("https://", "host"),
            ("https:///", "host"),
            ("https://a b", "host"),
            ("https://żółw.pl", "punycode"),
            ("https://1.2.3", "host"),
            ("https://a..b", "host"),
            ("https://a\r\nb", "host"),
        ] {
            let message = BaseUrl::parse(bad).map(|b| b.url).unwrap_err().to_string();
            assert!(message.starts_with("base_url: ") && message.contains(says), "{bad:?}: {message}");
        }
    }
}
