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
