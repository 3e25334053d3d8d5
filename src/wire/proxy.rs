//! The proxy of a client's connections: the option, or what the environment says, and what its responses mean.

use std::env;
use std::ffi::OsString;

use crate::account::BaseUrl;
use crate::error::{Error, Result};
use crate::options::{Proxying, is_excluded, parse_proxy};

/// A proxy, and what set it, for messages: a proxy may be set without anybody knowing.
pub(super) struct Proxy {
    proxy: ureq::Proxy,
    set_by: &'static str,
}

/// The proxy for requests to `base`.
pub(super) fn proxy(option: &Proxying, base: &BaseUrl) -> Result<Option<Proxy>> {
    match option {
        Proxying::Direct => Ok(None),
        Proxying::Through(proxy) => Ok(Some(Proxy { proxy: proxy.clone(), set_by: "the option proxy" })),
        Proxying::Environment => of_environment(base, |name| env::var_os(name)),
    }
}

/// Only for https. Lower case first, and an empty variable is none, as in curl.
fn of_environment(base: &BaseUrl, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Proxy>> {
    if !base.is_https() {
        return Ok(None);
    }
    let first = |names: [&'static str; 2]| {
        let set = |name| Some((name, variable(name).filter(|value| !value.is_empty())?));
        names.into_iter().find_map(set)
    };
    let except = first(["no_proxy", "NO_PROXY"]);
    if except.is_some_and(|(_, list)| is_excluded(base.host(), &list.to_string_lossy())) {
        return Ok(None);
    }
    let Some((set_by, url)) = first(["https_proxy", "HTTPS_PROXY"]) else { return Ok(None) };
    let url = url.into_string().map_err(|_| Error::invalid(set_by, "is not UTF-8"))?;
    Ok(Some(Proxy { proxy: parse_proxy(&url, set_by)?, set_by }))
}

impl Proxy {
    /// For the HTTP library.
    pub fn settings(&self) -> ureq::Proxy {
        self.proxy.clone()
    }

    pub fn is_https(&self) -> bool {
        self.proxy.protocol() == ureq::ProxyProtocol::Https
    }

    /// Host and port, without user and password, and where the setting comes from.
    pub fn name(&self) -> String {
        format!("the proxy {}:{} (set by {})", self.proxy.host(), self.proxy.port(), self.set_by)
    }

    /// What a status means with which it rejects a connection, and what to do. `None` for one that may pass.
    pub fn rejection(&self, status: u16) -> Option<String> {
        let has_user = self.proxy.username().is_some();
        let advice = match status {
            // 401 from tinyproxy, for a wrong password.
            401 | 407 if has_user => {
                "it does not accept the user or the password in the proxy URL; check both, and write special characters \
                 in percent-encoding, such as %40 for @"
            }
            401 | 407 => {
                "it wants a user and a password; write http://user:password@host:port as the proxy URL"
            }
            300..=399 => {
                "it redirects, perhaps to a page to log in at; log in there, or ask its administrator"
            }
            400 | 404 | 405 | 410 | 411 | 426 => {
                "it may be no proxy but a web server; check its host and port"
            }
            402..=499 => {
                "it does not allow this connection; ask its administrator, or name the host in NO_PROXY"
            }
            _ => return None,
        };
        Some(format!("{} rejected the connection with status {status}: {advice}", self.name()))
    }
}

/// The status of a rejected connection. The HTTP library has it in this text only.
pub(super) fn connect_status(why: &str) -> Option<u16> {
    why.strip_prefix("proxy server responded ")?.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 83.
    #[test]
    fn variables_in_curls_order() {
        for (set, want) in [
            (&[][..], "none"),
            (&[("HTTPS_PROXY", "http://a:1")], "the proxy a:1 (set by HTTPS_PROXY)"),
            (&[("https_proxy", "http://a:1")], "the proxy a:1 (set by https_proxy)"),
            (
                &[("HTTPS_PROXY", "http://a:1"), ("https_proxy", "http://b:2")],
                "the proxy b:2 (set by https_proxy)",
            ),
            (&[("HTTPS_PROXY", "http://a:1"), ("https_proxy", "")], "the proxy a:1 (set by HTTPS_PROXY)"),
            (&[("HTTPS_PROXY", "")], "none"),
            (&[("HTTPS_PROXY", "a:1")], "the proxy a:1 (set by HTTPS_PROXY)"),
            (
                &[("HTTP_PROXY", "http://a:1"), ("ALL_PROXY", "http://a:1"), ("all_proxy", "http://a:1")],
                "none",
            ),
            (&[("HTTPS_PROXY", "http://a:1"), ("NO_PROXY", "user.com")], "none"),
            (&[("HTTPS_PROXY", "http://a:1"), ("no_proxy", "user.com")], "none"),
            (
                &[("HTTPS_PROXY", "http://a:1"), ("no_proxy", "x.example"), ("NO_PROXY", "user.com")],
                "the proxy a:1 (set by HTTPS_PROXY)",
            ),
            (&[("HTTPS_PROXY", "http://a:1"), ("no_proxy", ""), ("NO_PROXY", "user.com")], "none"),
            // It is not used, so it may be anything.
            (&[("HTTPS_PROXY", "socks5://a:1"), ("NO_PROXY", "user.com")], "none"),
            (&[("https_proxy", "nonsense://"), ("HTTPS_PROXY", "http://a:1")], "https_proxy: "),
        ] {
            let variable = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v));
            let base = BaseUrl::parse("https://acme.user.com").unwrap();
            let loopback = BaseUrl::parse("http://127.0.0.1:8080").unwrap();
            assert!(of_environment(&loopback, variable).is_ok_and(|proxy| proxy.is_none()), "{set:?}");
            let got = match of_environment(&base, variable) {
                Ok(proxy) => proxy.map_or("none".into(), |proxy| proxy.name()),
                Err(error) => error.to_string(),
            };
            assert!(got.starts_with(want), "{set:?}: {got}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf_8_is_not_passed_over() {
        use std::os::unix::ffi::OsStringExt;
        let variable =
            |name: &str| (name == "HTTPS_PROXY").then(|| OsString::from_vec(b"http://a\xff:1".into()));
        let error =
            of_environment(&BaseUrl::parse("https://acme.user.com").unwrap(), variable).err().unwrap();
        assert_eq!(error.to_string(), "HTTPS_PROXY: is not UTF-8");
    }

    /// Row 82.
    #[test]
    fn a_rejected_connection() {
        let proxy = |url| Proxy { proxy: parse_proxy(url, "proxy").unwrap(), set_by: "the option proxy" };
        for (status, says) in [
            (302, Some("redirects")),
            (399, Some("redirects")),
            (400, Some("no proxy but a web server")),
            (401, Some("wants a user and a password")),
            (403, Some("administrator")),
            (404, Some("no proxy but a web server")),
            (405, Some("no proxy but a web server")),
            (407, Some("wants a user and a password")),
            (429, Some("administrator")),
            (451, Some("administrator")),
            (204, None),
            (500, None),
            (502, None),
            (503, None),
            (999, None),
        ] {
            let said = proxy("http://127.0.0.1:3128").rejection(status);
            assert_eq!(said.is_some(), says.is_some(), "{status}");
            let (said, says) = (said.unwrap_or_default(), says.unwrap_or_default());
            assert!(said.contains(says) && said.chars().count() < 230, "{status}: {said}");
            if !said.is_empty() {
                let start = format!(
                    "the proxy 127.0.0.1:3128 (set by the option proxy) rejected the connection with status {status}: "
                );
                assert!(said.starts_with(&start), "{said}");
            }
        }
        for status in [401, 407] {
            let said = proxy("http://me:s3cret@127.0.0.1:3128").rejection(status).unwrap();
            assert!(said.contains("does not accept the user or the password"), "{said}");
            assert!(!said.contains("s3cret") && !said.contains("me:"), "{said}");
        }
        assert_eq!(connect_status("proxy server responded 407/407"), Some(407));
        assert_eq!(connect_status("proxy server did not respond"), None);
    }
}
