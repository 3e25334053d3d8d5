//! TLS: which certificates are trusted, and what a failure means.

use std::sync::atomic::{AtomicBool, Ordering};

use ureq::tls::{RootCerts, TlsConfig};

use super::message::Message;
use super::verdict::{Fatal, Verdict};
use crate::error::{Error, Result};
use crate::options::Roots;

/// How connections are secured. Without `https` nothing is.
pub(super) fn tls_config(roots: Option<&Roots>, https: bool) -> Result<TlsConfig> {
    let mut tls = TlsConfig::builder();
    if let Some(roots) = roots {
        tls = tls.root_certs(RootCerts::Specific(roots.certificates()));
    } else if https {
        check_trust_store()?;
        tls = tls.root_certs(RootCerts::PlatformVerifier);
    }
    Ok(tls.build())
}

/// The verdict on a TLS failure.
pub(super) fn tls_failure(error: &rustls::Error) -> Verdict {
    let no_tls = matches!(error, rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType));
    let hint = if no_tls { "; the server there may not speak TLS: check https:// and the port" } else { "" };
    fatal(tls_fatal(error), &format!("{error}{hint}"))
}

/// A TLS failure that the HTTP library describes itself. Nothing was sent.
pub(super) fn tls_setup_failure(why: &str) -> Verdict {
    fatal(Fatal::Tls, why)
}

fn fatal(fatal: Fatal, message: &str) -> Verdict {
    Verdict::Fatal { fatal, status: None, message: Message::new(message) }
}

/// A failed handshake has sent nothing. Unreadable bytes may have come after the request was sent.
fn tls_fatal(error: &rustls::Error) -> Fatal {
    use rustls::AlertDescription::{BadRecordMac, DecryptError, InternalError};
    match error {
        rustls::Error::AlertReceived(InternalError | BadRecordMac | DecryptError)
        | rustls::Error::DecryptError
        | rustls::Error::EncryptError
        | rustls::Error::InvalidMessage(_)
        | rustls::Error::PeerMisbehaved(_)
        | rustls::Error::PeerSentOversizedRecord => Fatal::TlsBroken,
        _ => Fatal::Tls,
    }
}

/// Fails at once if no certificate could ever be verified.
fn check_trust_store() -> Result<()> {
    #[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
    {
        // Not a `OnceLock`: a child that is forked while it is being set would wait for ever.
        static FOUND: AtomicBool = AtomicBool::new(false);
        if !FOUND.load(Ordering::Relaxed) {
            if rustls_native_certs::load_native_certs().certs.is_empty() {
                return Err(Error::Tls(
                    "this machine has no trusted certificates; install ca-certificates or set ca_file".into(),
                ));
            }
            FOUND.store(true, Ordering::Relaxed);
        }
    }
    Ok(())
}
