//! Row 84: a `ca_file` that can't be used is reported when it is set, with what is wrong.

use std::fs;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair};

use super::client;
use super::tls::Authority;

fn said(path: impl AsRef<Path>) -> String {
    let client = client("https://127.0.0.1:1").ca_file(path.as_ref()).build();
    client.map_or_else(|error| error.to_string(), |_| "accepted".into())
}

#[test]
fn files_that_are_no_certificates() {
    let authority = Authority::new();
    let pem = fs::read_to_string(authority.file()).unwrap();
    let key = KeyPair::generate().unwrap();
    let der = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().der().to_vec();
    let request = CertificateParams::new(Vec::new()).unwrap().serialize_request(&key).unwrap().pem().unwrap();
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(pem.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let lines: Vec<&str> = pem.lines().collect();
    let without_a_line = [&lines[..2], &lines[3..]].concat().join("\n");
    let damaged = pem.replacen('M', "!", 1);
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let key = key.serialize_pem();
    let p12 = [&[0x30, 0x82, 9, 0, 2, 1, 3][..], &[0; 100]].concat();
    let cases: &[(&str, &[u8], &str)] = &[
        ("an empty file", b"", "is empty"),
        ("blanks", b" \r\n\n", "is empty"),
        ("text", b"[package]\nname = \"x\"\n", "contains no certificate"),
        ("der", &der, "is DER, not PEM; convert it: openssl x509 -inform der"),
        ("pkcs12", &p12, "PKCS #12"),
        ("a key", key.as_bytes(), "contains a private key and no certificate"),
        ("an encrypted key", encrypted.as_bytes(), "contains a private key and no certificate"),
        ("a request", request.as_bytes(), "contains a certificate request and no certificate"),
        ("utf-16", &utf16, "is UTF-16 text; save it as ASCII or UTF-8"),
        (
            "the first half",
            &pem.as_bytes()[..pem.len() / 2],
            "entry 1 has no END line: the file is truncated",
        ),
        ("the second half", &pem.as_bytes()[pem.len() / 2..], "contains no certificate"),
        ("damaged Base64", damaged.as_bytes(), "entry 1 has damaged or missing text"),
        (
            "a line is missing",
            without_a_line.as_bytes(),
            "certificate 1 of 1 is not a valid X.509 certificate",
        ),
        ("no certificate inside", no_certificate.as_bytes(), "certificate 1 of 1 is not a valid X.509"),
        (
            "the second is none",
            &[pem.as_bytes(), no_certificate.as_bytes()].concat(),
            "certificate 2 of 2 is not",
        ),
        ("the second is cut", &[pem.as_bytes(), &pem.as_bytes()[..60]].concat(), "entry 2 has no END line"),
    ];
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file.pem");
    for (what, content, says) in cases {
        fs::write(&path, content).unwrap();
        let message = said(&path);
        let start = format!("ca_file: {}: ", path.display());
        assert!(message.starts_with(&start) && message.contains(says), "{what}: {message}");
        assert!(!message.contains("AAAA") && !message.contains('\n'), "{what}: {message}");
    }
    assert!(said(directory.path()).contains("is a directory; name a PEM file in it"));
    assert!(said(directory.path().join("none.pem")).contains("none.pem: No such file"));
    assert_eq!(said(""), "ca_file: is empty; name a PEM file");
    #[cfg(unix)]
    assert!(said("/dev/zero").contains("is longer than 16 MiB"));
    assert!(said("/dev/null").contains("is empty"));
}

#[test]
fn files_that_are() {
    let authority = Authority::new();
    let pem = fs::read_to_string(authority.file()).unwrap();
    let key = KeyPair::generate().unwrap().serialize_pem();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file.pem");
    for content in [
        pem.clone(),
        format!("{pem}{pem}"),
        format!("\u{feff}{pem}"),
        pem.replace('\n', "\r\n"),
        format!("# a comment\n\n{pem}\nanother\n"),
        format!("{key}{pem}"),
    ] {
        fs::write(&path, &content).unwrap();
        assert_eq!(said(&path), "accepted", "{content:?}");
    }
}
