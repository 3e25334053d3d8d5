//! The ciphers of TLS: the program's own choice, or else ring without what signs, since no option gives a certificate of the
//! client.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider, ring};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

/// What connections use.
pub(super) fn ciphers() -> Arc<CryptoProvider> {
    let rings = || CryptoProvider { key_provider: &NoKeys, ..ring::default_provider() };
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(rings()))
}

#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this library has no private keys".into()))
    }
}
