//! Every error has a sentence for people.

use std::sync::Arc;
use std::time::Duration;

use rustls::{CertificateError as Certificate, Error, OtherError, PeerMisbehaved};

use super::*;
use crate::account::BaseUrl;
use crate::wire::trust::Trust;

fn said(error: &Error) -> String {
    let peer = Peer::new(&BaseUrl::parse("https://acme.user.com").unwrap(), None, Trust::Machine);
    let Verdict::Fatal { message, .. } = tls_failure(error, &peer) else { panic!("{error:?}") };
    message.as_str().to_owned()
}

/// Row 84.
#[test]
fn no_name_of_a_program() {
    let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let other = |text: &str| OtherError(Arc::from(Box::from(text)));
    let oid = |bytes: &[u8]| bytes.to_vec();
    let unsupported =
        |signature: &[u8], key: &[u8]| Certificate::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: oid(signature),
            public_key_algorithm_id: oid(key),
        };
    let certificates = [
        (
            Certificate::UnknownIssuer,
            "by itself or by an authority that this machine does not trust; install",
        ),
        (
            Certificate::ExpiredContext { time: at(1_800_000_000), not_after: at(1_700_000_000) },
            "expired on 2023-11-14 22:13 UTC; the server must renew it (this machine's clock says 2027-01-15 08:00 UTC",
        ),
        (Certificate::Expired, "has expired"),
        (
            Certificate::NotValidYetContext { time: at(1_700_000_000), not_before: at(1_800_000_000) },
            "is valid from 2027-01-15 08:00 UTC only; this machine's clock says 2023-11-14 22:13 UTC",
        ),
        (Certificate::NotValidYet, "is not valid yet"),
        (Certificate::NotValidForName, "is not for this host"),
        (Certificate::Revoked, "was revoked by its authority"),
        (Certificate::BadSignature, "an RSA key below 2048 bits"),
        (Certificate::BadEncoding, "is malformed"),
        (Certificate::InvalidPurpose, "is not meant for a server"),
        (Certificate::UnhandledCriticalExtension, "is not accepted (unhandled critical extension)"),
        (Certificate::UnknownRevocationStatus, "is not accepted (unknown revocation status)"),
        (Certificate::ApplicationVerificationFailure, "(application verification failure)"),
        (Certificate::InvalidOcspResponse, "(invalid ocsp response)"),
        (Certificate::Other(other("CaUsedAsEndEntity")), "is that of an authority, made by itself"),
        (Certificate::Other(other("EndEntityUsedAsCa")), "is signed with another server's certificate"),
        (Certificate::Other(other("PathLenConstraintViolated")), "(path len constraint violated)"),
        (Certificate::Other(other("certificate had invalid extensions")), "is not meant for a server"),
        (unsupported(b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04", b""), "(ECDSA with SHA-512)"),
        (unsupported(b"\x06\x03\x2b\x65\x71", b""), "(Ed448)"),
        (unsupported(b"\x06\x01\x01", b"\x06\x05\x2b\x81\x04\x00\x23"), "(the key is on the curve P-521)"),
        (unsupported(b"\x06\x01\x01", b"\x06\x01\x02"), "does not support; use one"),
    ];
    let certificates = certificates.into_iter().map(|(error, says)| (Error::InvalidCertificate(error), says));
    let others = [
        (Error::NoCertificatesPresented, "sent no certificate"),
        (Error::AlertReceived(Alert::ProtocolVersion), "no TLS version from 1.2 on"),
        (Error::AlertReceived(Alert::HandshakeFailure), "no cipher or signature in common"),
        (Error::AlertReceived(Alert::UnrecognisedName), "does not know this host name"),
        (Error::AlertReceived(Alert::CertificateRequired), "(certificate required)"),
        (Error::AlertReceived(Alert::InternalError), "the alert \"internal error\""),
        (Error::AlertReceived(Alert::Unknown(200)), "the alert \"0xc8\""),
        (
            Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
            "no TLS version from 1.2 on",
        ),
        (Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon), "(no kx groups in common)"),
        (Error::PeerMisbehaved(PeerMisbehaved::MissingKeyShare), "broke off (missing key share)"),
        (Error::InvalidMessage(InvalidMessage::InvalidContentType), "check https:// and the port"),
        (Error::InvalidMessage(InvalidMessage::MissingData("Random")), "broke off ("),
        (Error::DecryptError, "broke off (decrypt error)"),
        (Error::PeerSentOversizedRecord, "(peer sent oversized record)"),
        (Error::General("No CA certificates".into()), "install ca-certificates or set ca_file"),
        (Error::FailedToGetCurrentTime, "clock"),
    ];
    for (error, says) in certificates.chain(others) {
        let said = said(&error);
        assert!(said.contains(says), "{error:?}: {said}");
        assert!(!said.contains(['{', '[', '\\']), "{error:?}: {said}");
        // At most 256 are shown, and other hosts have longer names.
        assert!(said.chars().count() < 225, "{} {error:?}: {said}", said.len());
        let name = |word: &str| {
            let known = ["OpenSSL", "TLS"].contains(&word);
            !known
                && word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase())
        };
        assert!(!said.split(|c: char| !c.is_alphanumeric()).any(name), "{error:?}: {said}");
    }
}

#[test]
fn names_of_a_certificate() {
    let names = |list: &[&str]| names(&list.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(names(&[]), "names no host at all");
    assert_eq!(names(&["DirectoryName", "Unsupported(0x01)"]), "names no host at all");
    assert_eq!(
        names(&["DnsName(\"a.example\")", "IpAddress(10.1.2.3)"]),
        "is not for this host but for a.example, 10.1.2.3"
    );
    assert_eq!(names(&["DnsName(\"a\")"; 5]), "is not for this host but for a, a and 3 others");
}

#[test]
fn names_as_words() {
    for (name, said) in [
        ("UnhandledCriticalExtension", "unhandled critical extension"),
        ("Other(OtherError(CaUsedAsEndEntity))", "ca used as end entity"),
        ("MissingData(\"Random\")", "random"),
        ("certificate had invalid extensions", "certificate had invalid extensions"),
        ("Unknown { code: 7 }", "unknown "),
    ] {
        assert_eq!(words(name), said);
    }
}
