//! What a TLS failure means: a verdict, and a sentence with a way out. The library's errors are names for programmers.

use chrono::{DateTime, Timelike};
use rustls::AlertDescription as Alert;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, InvalidMessage, PeerIncompatible};

use super::message::Message;
use super::peer::Peer;
use super::verdict::{Fatal, Verdict};

/// The verdict on a TLS failure before a byte of the request's body was sent.
pub(super) fn tls_failure(error: &rustls::Error, peer: &Peer) -> Verdict {
    fatal(&sentence(error, peer))
}

/// A TLS failure that the HTTP library describes itself. Nothing was sent.
pub(super) fn tls_setup_failure(why: &str) -> Verdict {
    fatal(why)
}

fn fatal(message: &str) -> Verdict {
    Verdict::Fatal { fatal: Fatal::Tls, status: None, message: Message::new(message) }
}

fn sentence(error: &rustls::Error, peer: &Peer) -> String {
    let who = peer.secured();
    match error {
        rustls::Error::InvalidCertificate(problem) => certificate(problem, &who, peer),
        rustls::Error::NoCertificatesPresented => {
            format!("{who} sent no certificate; check the host and the port")
        }
        rustls::Error::AlertReceived(alert) => alert_received(*alert, &who),
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired,
        ) => too_old(&who),
        rustls::Error::PeerIncompatible(why) => {
            format!(
                "{who} and this library have no TLS settings in common ({}); {UPDATE}",
                words(&format!("{why:?}"))
            )
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => format!(
            "{who} sent something other than TLS; the server there may not speak TLS: check https:// and the port"
        ),
        rustls::Error::General(_) | rustls::Error::Other(_) => peer.trust.nothing(&[]),
        rustls::Error::FailedToGetCurrentTime => "this machine's clock can't be read; set it".into(),
        other => format!(
            "TLS with {who} broke off ({}); something between here and there may change the data: try another network",
            words(&format!("{other:?}"))
        ),
    }
}

/// What helps where the other side is too old.
const UPDATE: &str = "the server, or a firewall or proxy that inspects TLS, must be updated";

fn too_old(who: &str) -> String {
    format!("{who} speaks no TLS version from 1.2 on; {UPDATE}")
}

fn certificate(problem: &CertificateError, who: &str, peer: &Peer) -> String {
    let why = match problem {
        CertificateError::UnknownIssuer => {
            return format!(
                "the certificate of {who} is signed by itself or by an authority {}",
                peer.trust.advice()
            );
        }
        CertificateError::ExpiredContext { time, not_after } => format!(
            "expired on {}; the server must renew it (this machine's clock says {}: if that is wrong, set it)",
            moment(*not_after),
            moment(*time)
        ),
        CertificateError::Expired => {
            "has expired; the server must renew it, or this machine's clock is wrong".into()
        }
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "is valid from {} only; this machine's clock says {}: if that is wrong, set the clock",
            moment(*not_before),
            moment(*time)
        ),
        CertificateError::NotValidYet => "is not valid yet; check this machine's clock".into(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("{}; check the subdomain or base_url", names(presented))
        }
        CertificateError::NotValidForName => "is not for this host; check the subdomain or base_url".into(),
        CertificateError::Revoked => "was revoked by its authority; the server needs a new one".into(),
        CertificateError::BadSignature => {
            "has a signature that can't be verified: the trusted authority of this name has another key, or an RSA key \
             below 2048 bits; the server or the trusted certificates must be renewed"
                .into()
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { signature_algorithm_id, .. } => {
            unsupported(signature_algorithm_id, &[])
        }
        CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id,
            public_key_algorithm_id,
        } => unsupported(signature_algorithm_id, public_key_algorithm_id),
        CertificateError::BadEncoding => "can't be read: it is malformed; the server needs a new one".into(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "is not meant for a server (its extended key usage); the server needs another one".into()
        }
        CertificateError::Other(other) => of_verifier(&other.to_string()),
        other => {
            format!("is not accepted ({}); the server needs another one", words(&format!("{other:?}")))
        }
    };
    format!("the certificate of {who} {why}")
}

/// Problems that the verifier has under its own names.
fn of_verifier(name: &str) -> String {
    match name {
        "CaUsedAsEndEntity" => {
            "is that of an authority, made by itself, and not a server's; the server needs one that an \
                                authority has signed for its host name"
                .into()
        }
        "EndEntityUsedAsCa" => {
            "is signed with another server's certificate, which is no authority's; the server needs \
                                another chain of certificates"
                .into()
        }
        // How the platform's verifier words a wrong extended key usage.
        "certificate had invalid extensions" => {
            "is not meant for a server (its extended key usage); the server needs another one".into()
        }
        other => format!("is not accepted ({}); the server needs another one", words(other)),
    }
}

fn unsupported(signature: &[u8], key: &[u8]) -> String {
    let known = |id: &[u8]| {
        let found = ALGORITHMS.iter().find(|(oid, _)| id.windows(oid.len()).any(|part| part == *oid));
        found.map(|(_, name)| *name)
    };
    let names: Vec<&str> = [known(signature), known(key)].into_iter().flatten().collect();
    let with = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    format!(
        "is signed with an algorithm that this library does not support{with}; use one signed with ECDSA P-256 or P-384, \
         Ed25519, or RSA of 2048 bits or more"
    )
}

/// Object identifiers in DER, of what is not supported (RFC 5480, 5758, 8017, 8410).
const ALGORITHMS: [(&[u8], &str); 8] = [
    (b"\x2b\x81\x04\x00\x23", "the key is on the curve P-521"),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x04", "ECDSA with SHA-512"),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x01", "ECDSA with SHA-224"),
    (b"\x2a\x86\x48\xce\x3d\x04\x01", "ECDSA with SHA-1"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "RSA with SHA-1"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "RSA with MD5"),
    (b"\x2b\x65\x71", "Ed448"),
    (b"\x2a\x86\x48\xce\x38\x04", "DSA"),
];

fn alert_received(alert: Alert, who: &str) -> String {
    match alert {
        Alert::ProtocolVersion => too_old(who),
        Alert::HandshakeFailure | Alert::InsufficientSecurity => format!(
            "{who} rejected the handshake: no cipher or signature in common (it may have a key on the curve P-521), or it \
             wants a certificate of the client; check host and port"
        ),
        Alert::UnrecognisedName => {
            format!("{who} does not know this host name; check the subdomain or base_url")
        }
        Alert::CertificateRequired
        | Alert::NoCertificate
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied => format!(
            "{who} wants a certificate of the client, which this library does not send ({}); check host and port",
            words(&format!("{alert:?}"))
        ),
        other => format!(
            "{who} ended TLS with the alert \"{}\"; try again later, or check host and port",
            words(&format!("{other:?}"))
        ),
    }
}

/// Whose certificate it is. The names come as `DnsName("acme.user.com")` or `IpAddress(127.0.0.1)`.
fn names(presented: &[String]) -> String {
    let name = |text: &String| {
        let (kind, inner) = text.strip_suffix(')')?.split_once('(')?;
        ["DnsName", "IpAddress"].contains(&kind).then(|| inner.trim_matches('"').to_owned())
    };
    let names: Vec<String> = presented.iter().filter_map(name).collect();
    match names.as_slice() {
        [] => "names no host at all".into(),
        names @ ([_] | [_, _] | [_, _, _]) => format!("is not for this host but for {}", names.join(", ")),
        [first, second, rest @ ..] => {
            format!("is not for this host but for {first}, {second} and {} others", rest.len())
        }
    }
}

fn moment(time: UnixTime) -> String {
    let time = i64::try_from(time.as_secs()).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.map_or_else(
        || "an unknown day".into(),
        |time| format!("{} {:02}:{:02} UTC", time.date_naive(), time.hour(), time.minute()),
    )
}

/// `UnhandledCriticalExtension` as words. What a name carries in brackets is left out.
fn words(name: &str) -> String {
    let innermost = name.trim_end_matches([')', '"']).rsplit(['(', '"']).next().unwrap_or(name);
    let mut words = String::new();
    for c in innermost.chars().take_while(|c| c.is_alphanumeric() || *c == ' ') {
        if c.is_uppercase() && words.ends_with(|before: char| before.is_lowercase()) {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests;
