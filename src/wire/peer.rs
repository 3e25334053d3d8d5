//! The other side of a connection, in words, for the messages about it.

use super::proxy::Proxy;
use super::trust::Trust;
use crate::account::BaseUrl;

/// Who is at the other side, and whose certificates are trusted there.
pub(super) struct Peer {
    /// Host and port of the service.
    authority: String,
    https: bool,
    pub proxy: Option<Proxy>,
    pub trust: Trust,
}

impl Peer {
    pub fn new(base: &BaseUrl, proxy: Option<Proxy>, trust: Trust) -> Peer {
        Peer { authority: base.authority().to_owned(), https: base.is_https(), proxy, trust }
    }

    /// Where the connection goes.
    pub fn name(&self) -> String {
        self.proxy.as_ref().map_or_else(|| self.authority.clone(), Proxy::name)
    }

    /// Whose certificate it is. An error does not say whether it is the proxy's or the service's.
    pub fn secured(&self) -> String {
        match self.proxy.as_ref().filter(|proxy| proxy.is_https()) {
            Some(proxy) => format!("{} or of {}", self.authority, proxy.name()),
            None => self.authority.clone(),
        }
    }

    /// Whether certificates are needed.
    pub fn has_tls(&self) -> bool {
        self.https || self.proxy.as_ref().is_some_and(Proxy::is_https)
    }

    /// Whether there is something to agree on before the request is sent.
    pub fn has_handshake(&self) -> bool {
        self.https || self.proxy.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::proxy::proxy;
    use super::*;
    use crate::options::Proxying;

    #[test]
    fn who_is_at_the_other_side() {
        for (base, url, name, secured, has_tls, has_handshake) in [
            ("http://127.0.0.1:8080", "", "127.0.0.1:8080", "127.0.0.1:8080", false, false),
            ("https://acme.user.com", "", "acme.user.com", "acme.user.com", true, true),
            ("http://127.0.0.1:8080", "http://a:1", "the proxy a:1", "127.0.0.1:8080", false, true),
            (
                "http://127.0.0.1:8080",
                "https://a:1",
                "the proxy a:1",
                "127.0.0.1:8080 or of the proxy a:1",
                true,
                true,
            ),
            ("https://acme.user.com", "http://a:1", "the proxy a:1", "acme.user.com", true, true),
            (
                "https://acme.user.com",
                "https://a:1",
                "the proxy a:1",
                "acme.user.com or of the proxy a:1",
                true,
                true,
            ),
        ] {
            let base = BaseUrl::parse(base).unwrap();
            let proxy = proxy(&Proxying::parse(url).unwrap(), &base).unwrap();
            let set_by = if url.is_empty() { "" } else { " (set by the option proxy)" };
            let peer = Peer::new(&base, proxy, Trust::Machine);
            assert_eq!(peer.name(), format!("{name}{set_by}"));
            let set_by = if secured.contains("proxy") { set_by } else { "" };
            assert_eq!(peer.secured(), format!("{secured}{set_by}"));
            assert_eq!((peer.has_tls(), peer.has_handshake()), (has_tls, has_handshake), "{name} {secured}");
        }
    }
}
