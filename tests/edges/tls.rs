//! Row 84: what is wrong with a server's certificate, or with its TLS, in a sentence with a way out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
};
use rustls::ServerConfig;
use usercom::{Client, Report, Status};

use super::servers::{Server, config};
use super::{child, client, run, run_for, states, token};

/// A certificate authority, its certificate in a file.
pub struct Authority {
    name: String,
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: tempfile::TempDir,
}

impl Authority {
    pub fn new() -> Authority {
        Authority::named(&token())
    }

    /// One of the same name that has another key.
    fn twin(&self) -> Authority {
        Authority::named(&self.name)
    }

    fn named(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("ca.pem"), issuer.pem()).unwrap();
        Authority { name: name.to_owned(), issuer, directory }
    }

    pub fn file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A server with a certificate for these names.
    pub fn server(&self, names: &[&str]) -> Arc<ServerConfig> {
        self.server_with(names, KeyPair::generate().unwrap(), |_| {})
    }

    fn server_with(
        &self,
        names: &[&str],
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Arc<ServerConfig> {
        let mut params =
            CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        change(&mut params);
        config(&params.signed_by(&key, &self.issuer).unwrap().pem(), &key.serialize_pem())
    }
}

/// A certificate that is signed with its own key.
fn self_signed(is_ca: IsCa) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = is_ca;
    config(&params.self_signed(&key).unwrap().pem(), &key.serialize_pem())
}

/// The run was stopped by one connection, over which no id was sent, and every part of `says` is in its message.
fn stopped(what: &str, report: &Report, says: &[&str]) {
    assert_eq!((report.status(), report.requests()), (Status::Tls, 1), "{what}: {report}");
    assert_eq!(states(report), [0, 0, 0, 3], "{what}: {report}");
    worded(what, report, says);
}

/// A sentence: complete, and without the names that a library's errors have.
fn worded(what: &str, report: &Report, says: &[&str]) {
    let message = report.message();
    assert!(says.iter().all(|part| message.contains(part)), "{what}: {says:?} not in: {message}");
    assert!(message.starts_with("no trusted connection: ") && !message.ends_with('…'), "{what}: {message}");
    let of_a_programmer = |word: &str| {
        // A path is whatever it is.
        if word.contains('/') {
            return false;
        }
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let mut letters = word.chars().zip(word.chars().skip(1));
        !word.starts_with("Open") && letters.any(|(a, b)| a.is_lowercase() && b.is_uppercase())
    };
    assert!(!message.split([' ', '(', '{', ':']).any(of_a_programmer), "{what}: {message}");
    assert!(!message.contains(['{', '[', '\\']), "{what}: {message}");
}

#[test]
fn certificates_that_are_not_accepted() {
    let authority = Authority::new();
    let day = Duration::from_secs(86_400);
    let (now, host) = (SystemTime::now(), "127.0.0.1");
    let made = |change: &dyn Fn(&mut CertificateParams)| {
        authority.server_with(&[host], KeyPair::generate().unwrap(), |params| change(params))
    };
    let cases: Vec<(&str, Arc<ServerConfig>, &[&str])> = vec![
        (
            "unknown issuer",
            Authority::new().server(&[host]),
            &["by an authority that is not in ca_file", "add its certificate to that file"],
        ),
        ("self-signed", self_signed(IsCa::NoCa), &["is signed by itself", "not in ca_file"]),
        (
            "self-signed authority",
            self_signed(IsCa::Ca(BasicConstraints::Unconstrained)),
            &["is that of an authority, made by itself", "the server needs one"],
        ),
        (
            "expired",
            made(&|p| {
                p.not_before = (now - 20 * day).into();
                p.not_after = (now - 10 * day).into();
            }),
            &["expired on 20", " UTC; the server must renew it", "this machine's clock says 20"],
        ),
        (
            "not yet valid",
            made(&|p| p.not_before = (now + 10 * day).into()),
            &["is valid from 20", "only; this machine's clock says 20", "set the clock"],
        ),
        (
            "another host",
            authority.server(&["acme.user.com"]),
            &["is not for this host but for acme.user.com;", "check the subdomain or base_url"],
        ),
        ("another address", authority.server(&["10.1.2.3"]), &["but for 10.1.2.3;"]),
        (
            "other hosts",
            authority.server(&["a.example", "b.example", "c.example", "*.d.example"]),
            &["but for a.example, b.example and 2 others"],
        ),
        ("no host", authority.server(&[]), &["names no host at all;"]),
        (
            "a client's",
            made(&|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            &["is not meant for a server"],
        ),
        (
            "another key of the same authority",
            authority.twin().server(&[host]),
            &["a signature that can't be verified", "the trusted authority of this name has another key"],
        ),
    ];
    for (what, config, says) in cases {
        let server = Server::tls(config);
        let report = run(client(&server.https()).ca_file(authority.file()), 3);
        stopped(what, &report, says);
        assert!(report.message().contains(&format!("the certificate of {} ", server.address)), "{report}");
        assert_eq!(server.heads().len(), 0, "{what}");
    }
}

/// Keys and signatures that the library for ciphers does not know are named; the others work.
#[test]
fn algorithms() {
    for (name, says) in [
        ("rsa2048-sha512", None),
        ("p384-sha384", None),
        ("rsa1024", Some(&["an RSA key below 2048 bits", "must be renewed"])),
        ("rsa2048-sha1", Some(&["RSA with SHA-1", "RSA of 2048 bits or more"])),
        ("p256-sha512", Some(&["ECDSA with SHA-512", "use one signed with"])),
        ("p521-sha256", Some(&["the key is on the curve P-521", "ECDSA P-256 or P-384"])),
        ("p521-sha512", Some(&["ECDSA with SHA-512", "ECDSA P-256 or P-384"])),
    ] {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/edges/certificates");
        let read = |file: &str| std::fs::read_to_string(format!("{directory}/{file}.pem")).unwrap();
        let server = Server::tls(config(&read(&format!("{name}.server")), &read("server.key")));
        let report = run(client(&server.https()).ca_file(format!("{directory}/{name}.ca.pem")), 3);
        match says {
            None => assert_eq!(report.status(), Status::Ok, "{name}: {report}"),
            Some(says) => stopped(name, &report, says),
        }
    }
    let authority = Authority::new();
    for algorithm in [&PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let server = Server::tls(authority.server_with(&["127.0.0.1"], key, |_| {}));
        let report = run(client(&server.https()).ca_file(authority.file()), 3);
        assert_eq!(report.status(), Status::Ok, "{algorithm:?}: {report}");
    }
}

#[test]
fn tls_that_can_not_be_agreed_on() {
    let authority = Authority::new();
    let cases: &[(&str, &'static [u8], &[&str])] = &[
        (
            "alert protocol_version",
            b"\x15\x03\x01\x00\x02\x02\x46",
            &["no TLS version from 1.2 on", "updated"],
        ),
        (
            "a server hello of TLS 1.0",
            b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x00\x00\x2f\x00",
            &["no TLS version from 1.2 on", "updated"],
        ),
        (
            "alert handshake_failure",
            b"\x15\x03\x03\x00\x02\x02\x28",
            &["rejected the handshake: no cipher or signature in common", "P-521", "check host and port"],
        ),
        (
            "alert insufficient_security",
            b"\x15\x03\x03\x00\x02\x02\x47",
            &["no cipher or signature in common"],
        ),
        (
            "alert unrecognized_name",
            b"\x15\x03\x03\x00\x02\x02\x70",
            &["does not know this host name", "check the subdomain"],
        ),
        (
            "alert certificate_required",
            b"\x15\x03\x03\x00\x02\x02\x74",
            &["wants a certificate of the client"],
        ),
        ("alert access_denied", b"\x15\x03\x03\x00\x02\x02\x31", &["(access denied)"]),
        ("alert user_canceled", b"\x15\x03\x03\x00\x02\x02\x5a", &["the alert \"user canceled\""]),
    ];
    for (what, bytes, says) in cases {
        let server = Server::says(bytes);
        let report = run(client(&server.https()).ca_file(authority.file()), 3);
        stopped(what, &report, says);
        assert!(report.message().contains(&server.address.to_string()), "{what}: {report}");
    }
    for (what, bytes) in [
        ("plain HTTP", &b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"[..]),
        ("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n"),
    ] {
        let server = Server::says(bytes);
        let report = run(client(&server.https()).ca_file(authority.file()), 3);
        assert_eq!(
            (report.status(), report.confirmed(), report.requests()),
            (Status::Tls, 0, 1),
            "{what}: {report}"
        );
        let says = ["sent something other than TLS", "check https:// and the port"];
        worded(what, &report, &says);
    }
}

/// Nothing was sent, so nothing is unknown; the network may be better the next time.
#[test]
fn a_handshake_that_is_cut() {
    let authority = Authority::new();
    for (what, server) in [
        ("at once", Server::cuts_after(b"")),
        ("in the head of a record", Server::cuts_after(b"\x16\x03\x03\x00\x40")),
    ] {
        let client = client(&server.https()).ca_file(authority.file());
        let report = run_for(client, 3, Duration::from_secs(1));
        assert_eq!((report.status(), states(&report)), (Status::Transport, [0, 0, 0, 3]), "{what}: {report}");
        let start = format!("no connection to {}: it ended before the request was sent", server.address);
        assert!(
            report.message().contains(&start) && report.message().contains("check host and port"),
            "{report}"
        );
        assert!(report.requests() > 1, "{what}: {report}");
    }
}

/// A certificate of the client is asked for when the request is on its way.
#[test]
fn a_client_certificate_that_is_missed_late() {
    let authority = Authority::new();
    let roots = {
        use rustls::pki_types::pem::PemObject;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(rustls::pki_types::CertificateDer::from_pem_file(authority.file()).unwrap()).unwrap();
        Arc::new(roots)
    };
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let chain = vec![params.signed_by(&key, &authority.issuer).unwrap().der().clone()];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        rustls::server::WebPkiClientVerifier::builder_with_provider(roots, provider.clone()).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key.serialize_der().try_into().unwrap())
        .unwrap();
    let server = Server::tls(Arc::new(config));
    let client = client(&server.https()).ca_file(authority.file());
    // The reset of the connection may overtake the alert.
    let report = run_for(client, 3, Duration::from_secs(1));
    assert_eq!((report.confirmed(), report.rejected(), server.heads().len()), (0, 0, 0), "{report}");
    if report.status() == Status::Tls {
        worded(
            "client certificate",
            &report,
            &["wants a certificate of the client", "(certificate required)"],
        );
        assert_eq!(report.unknown(), 3, "{report}");
    }
}

/// What decides which certificates are trusted is named. A role is what is expected, and an address.
#[cfg(all(unix, not(target_vendor = "apple")))]
#[test]
fn the_variable_that_decides_is_named() {
    if let Some(role) = child::role() {
        return with_these_certificates(&role);
    }
    let authority = Authority::new();
    let server = Server::tls(authority.server(&["127.0.0.1"]));
    let empty = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = empty.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (nothing, damaged) =
        (file("nothing.pem", b""), file("damaged.pem", b"-----BEGIN CERTIFICATE-----\nAAA"));
    let end = "-----END CERTIFICATE-----";
    let good_but_damaged = file("noise.pem", format!("-----BEGIN CERTIFICATE-----\n!!!\n{end}\n").as_bytes());
    let good = authority.file().to_str().unwrap().to_owned();
    let other = Authority::new();
    let other = other.file().to_str().unwrap().to_owned();
    let ask = |expected: &str, variables: &[(&str, &str)]| {
        let role = format!("{expected} {}", server.https());
        child::run("tls::the_variable_that_decides_is_named", &role, variables);
    };
    ask("none", &[("SSL_CERT_FILE", "/nope")]);
    ask("none", &[("SSL_CERT_DIR", "/nope")]);
    ask("none", &[("SSL_CERT_FILE", "/nope"), ("SSL_CERT_DIR", "/nope/either")]);
    ask("none", &[("SSL_CERT_FILE", &nothing)]);
    ask("none", &[("SSL_CERT_FILE", &damaged)]);
    ask("none", &[("SSL_CERT_FILE", &good_but_damaged)]);
    ask("none", &[("SSL_CERT_FILE", "")]);
    ask("ok", &[("SSL_CERT_FILE", &good)]);
    ask("untrusted", &[("SSL_CERT_FILE", &other)]);
    ask("machine", &[]);
}

#[cfg(all(unix, not(target_vendor = "apple")))]
fn with_these_certificates(role: &str) {
    let (expected, url) = role.split_once(' ').unwrap();
    let set: Vec<String> = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .into_iter()
        .filter_map(|name| Some(format!("{name}={}", std::env::var(name).ok()?)))
        .collect();
    match expected {
        "none" => {
            let message = Client::new("acme", &token()).err().unwrap().to_string();
            assert!(set.iter().all(|variable| message.contains(variable)), "{set:?}: {message}");
            assert!(
                message.contains("correct or unset this variable") && message.contains("set ca_file"),
                "{message}"
            );
            assert!(
                !message.contains("Error") && !message.contains("Pem") && !message.contains('['),
                "{message}"
            );
        }
        "ok" => assert_eq!(run(client(url), 3).status(), Status::Ok),
        "untrusted" => {
            let says = [
                &format!("or correct {}", set[0]),
                "by an authority that is not trusted; set ca_file to its certificate",
            ];
            stopped(role, &run(client(url), 3), &says);
        }
        "machine" => {
            let report = client(url).build().map(|_| run(client(url), 3));
            // A machine without certificates says so at once.
            if let Ok(report) = report {
                stopped(
                    role,
                    &report,
                    &["an authority that this machine does not trust", "set ca_file to it"],
                );
            }
        }
        _ => panic!("{role}"),
    }
}
