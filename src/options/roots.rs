//! The option for certificates: those of a PEM file instead of this machine's. A file that can't be used is reported when
//! the option is set, with what is wrong.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem};
use ureq::tls::{Certificate, PemItem};

use crate::error::{Error, Result};

/// Certificates to trust instead of this machine's.
#[derive(Clone)]
pub(crate) struct Roots(Arc<Vec<Certificate<'static>>>);

/// A device without an end must not fill the memory. A bundle of all public authorities has 250 KiB.
const MAX_FILE: u64 = 16 << 20;

impl Roots {
    /// From a PEM file.
    pub fn read(path: &Path) -> Result<Roots> {
        let invalid = |why: String| Error::invalid("ca_file", format!("{}: {why}", path.display()));
        if path.as_os_str().is_empty() {
            return Err(Error::invalid("ca_file", "is empty; name a PEM file"));
        }
        let content = read_file(path).map_err(invalid)?;
        certificates(&content).map(|certificates| Roots(Arc::new(certificates))).map_err(invalid)
    }

    /// The certificates.
    pub fn certificates(&self) -> Arc<Vec<Certificate<'static>>> {
        self.0.clone()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({} certificates)", self.0.len())
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    if path.is_dir() {
        return Err("is a directory; name a PEM file in it".into());
    }
    let mut content = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_FILE).read_to_end(&mut content).map_err(|error| error.to_string())?;
    if content.len() as u64 == MAX_FILE {
        return Err("is longer than 16 MiB; name a PEM file with certificates".into());
    }
    Ok(content)
}

fn certificates(content: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    // Windows editors write a byte order mark, and the first line is not recognised behind it.
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(content) {
        match item.map_err(|error| in_entry(certificates.len() + 1, &error))? {
            PemItem::Certificate(certificate) => certificates.push(certificate),
            _ => continue,
        }
    }
    if certificates.is_empty() {
        return Err(without_certificate(content));
    }
    for (at, certificate) in certificates.iter().enumerate() {
        let der = CertificateDer::from(certificate.der());
        RootCertStore::empty().add(der).map_err(|_| {
            format!(
                "certificate {} of {} is not a valid X.509 certificate; remove it or export it again",
                at + 1,
                certificates.len()
            )
        })?;
    }
    Ok(certificates)
}

fn in_entry(number: usize, error: &ureq::Error) -> String {
    match error {
        ureq::Error::Pem(error) => format!("entry {number} {}; copy the file again", malformed(error)),
        other => other.to_string(),
    }
}

/// What is wrong with an entry of a PEM file.
pub(crate) fn malformed(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "has no END line: the file is truncated",
        pem::Error::IllegalSectionStart { .. } => "has a malformed BEGIN line",
        pem::Error::Base64Decode(_) => "has damaged or missing text between its BEGIN and END lines",
        _ => "can't be read",
    }
}

/// What a file is that has no certificate in PEM.
fn without_certificate(content: &[u8]) -> String {
    let has = |text: &str| content.windows(text.len()).any(|window| window == text.as_bytes());
    const CONTAINER: &[u8] = b"\x02\x01\x03";
    let what = match content {
        _ if content.trim_ascii().is_empty() => "is empty",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "is UTF-16 text; save it as ASCII or UTF-8",
        // A DER sequence with a long length, and the version of PKCS #12 in it.
        [0x30, 0x82, _, _, rest @ ..] if rest.starts_with(CONTAINER) => {
            "is a PKCS #12 container (.p12, .pfx); extract the certificate: openssl pkcs12 -cacerts -nokeys -in FILE"
        }
        [0x30, 0x80..=0x84, ..] => {
            "is DER, not PEM; convert it: openssl x509 -inform der -in FILE -out ca.pem"
        }
        _ if has("PRIVATE KEY-----") => {
            "contains a private key and no certificate; name the file with the certificate of the authority"
        }
        _ if has("BEGIN CERTIFICATE REQUEST-----") || has("BEGIN NEW CERTIFICATE REQUEST-----") => {
            "contains a certificate request and no certificate; name the signed certificate of the authority"
        }
        _ if has("BEGIN TRUSTED CERTIFICATE-----") => {
            "is in OpenSSL's own form; convert it: openssl x509 -in FILE -out ca.pem"
        }
        _ if has("BEGIN PKCS7-----") => {
            "is a PKCS #7 container; extract the certificates: openssl pkcs7 -print_certs -in FILE"
        }
        _ => "contains no certificate",
    };
    format!("{what}; a PEM file has BEGIN CERTIFICATE lines")
}
