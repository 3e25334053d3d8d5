//! Which certificates are trusted, and who decided that: an option, a variable of the environment, or this machine.

use std::env;

use ureq::tls::{RootCerts, TlsConfig};

use super::ciphers::ciphers;
use crate::error::Result;
use crate::options::Roots;

/// The variables that replace this machine's certificates, as in OpenSSL.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Who decided which certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    CaFile,
    /// Name and value.
    Variables(Vec<(&'static str, String)>),
    Machine,
}

impl Trust {
    pub fn of(roots: Option<&Roots>) -> Trust {
        match roots {
            Some(_) => Trust::CaFile,
            // Other systems keep their own store.
            None if cfg!(any(not(unix), target_vendor = "apple", target_os = "android")) => Trust::Machine,
            None => Trust::of_environment(|name| env::var_os(name).map(|v| v.to_string_lossy().into_owned())),
        }
    }

    fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Trust {
        // An empty list of directories is none, but an empty name of a file is one that can't be read.
        let decides = |name: &str, value: &str| name == "SSL_CERT_FILE" || !value.is_empty();
        let value = |name| variable(name).filter(|value| decides(name, value));
        let set: Vec<_> = VARIABLES.into_iter().filter_map(|name| Some((name, value(name)?))).collect();
        if set.is_empty() { Trust::Machine } else { Trust::Variables(set) }
    }

    /// Where an authority is missing that should be trusted, and what to do.
    pub fn advice(&self) -> String {
        match self {
            Trust::CaFile => "that is not in ca_file; add its certificate to that file".into(),
            Trust::Variables(_) => {
                format!("that is not trusted; set ca_file to its certificate, or correct {self}")
            }
            Trust::Machine => {
                "that this machine does not trust; install its certificate or set ca_file to it (a network \
                               that inspects TLS has one of its own)"
                    .into()
            }
        }
    }

    /// There is nothing to trust at all. `why` is what went wrong with the files, if anything did.
    pub fn nothing(&self, why: &[String]) -> String {
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
        match self {
            Trust::Machine | Trust::CaFile => {
                format!(
                    "this machine has no trusted certificates{why}; install ca-certificates or set ca_file"
                )
            }
            Trust::Variables(_) => format!(
                "there are no trusted certificates in {self}{why}; correct or unset this variable, or else install \
                 ca-certificates or set ca_file"
            ),
        }
    }
}

impl std::fmt::Display for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trust::CaFile => f.write_str("ca_file"),
            Trust::Variables(set) => {
                let set: Vec<String> = set.iter().map(|(name, value)| format!("{name}={value}")).collect();
                f.write_str(&set.join(" and "))
            }
            Trust::Machine => f.write_str("this machine's certificates"),
        }
    }
}

/// How connections are secured. Without `tls` none is.
pub(super) fn tls_config(roots: Option<&Roots>, trust: &Trust, tls: bool) -> Result<TlsConfig> {
    let certificates = match roots {
        Some(roots) => RootCerts::Specific(roots.certificates()),
        None => RootCerts::PlatformVerifier,
    };
    if roots.is_none() && tls {
        check_trust_store(trust)?;
    }
    Ok(TlsConfig::builder().root_certs(certificates).unversioned_rustls_crypto_provider(ciphers()).build())
}

/// Fails at once if no certificate could ever be verified.
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
fn check_trust_store(trust: &Trust) -> Result<()> {
    use std::sync::atomic::{AtomicBool, Ordering};

    // Not a `OnceLock`: a child that is forked while it is being set would wait for ever.
    static FOUND: AtomicBool = AtomicBool::new(false);
    if !FOUND.load(Ordering::Relaxed) {
        let found = rustls_native_certs::load_native_certs();
        if found.certs.is_empty() {
            let why: Vec<String> = found.errors.iter().map(|error| problem(&error.kind)).collect();
            return Err(crate::error::Error::Tls(trust.nothing(&why)));
        }
        FOUND.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// What is wrong with a file or directory of certificates.
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
fn problem(kind: &rustls_native_certs::ErrorKind) -> String {
    use crate::options::malformed;
    use rustls_native_certs::ErrorKind;

    match kind {
        ErrorKind::Io { inner, path } => format!("{}: {inner}", path.display()),
        ErrorKind::Pem(error) => format!("a certificate {}", malformed(error)),
        ErrorKind::Os(error) => error.to_string(),
        _ => "the certificates can't be read".into(),
    }
}

#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
fn check_trust_store(_: &Trust) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_that_decides_is_named() {
        let of = |set: &[(&str, &str)]| {
            Trust::of_environment(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string()))
        };
        assert_eq!(of(&[]), Trust::Machine);
        assert_eq!(of(&[("SSL_CERT_DIR", "")]), Trust::Machine);
        let both = of(&[("SSL_CERT_DIR", "/b"), ("SSL_CERT_FILE", "/a")]);
        assert_eq!(both.to_string(), "SSL_CERT_FILE=/a and SSL_CERT_DIR=/b");
        let said = of(&[("SSL_CERT_FILE", "/nope")]).nothing(&["No such file".into()]);
        assert!(said.contains("SSL_CERT_FILE=/nope (No such file)") && said.contains("unset"), "{said}");
        assert!(of(&[("SSL_CERT_FILE", "")]).nothing(&[]).contains("SSL_CERT_FILE=;"));
    }

    #[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
    #[test]
    fn what_is_wrong_with_the_files() {
        use rustls::pki_types::pem;
        use rustls_native_certs::ErrorKind;

        let inner = std::io::ErrorKind::NotFound.into();
        let said = problem(&ErrorKind::Io { inner, path: "/nope.pem".into() });
        assert!(said.starts_with("/nope.pem: ") && said.contains("not found"), "{said}");
        let said = problem(&ErrorKind::Pem(pem::Error::MissingSectionEnd { end_marker: Vec::new() }));
        assert_eq!(said, "a certificate has no END line: the file is truncated");
        assert_eq!(problem(&ErrorKind::Os("out of order".into())), "out of order");
    }

    #[test]
    fn whose_certificates_are_used() {
        // Without TLS none are looked for.
        let machine = tls_config(None, &Trust::Machine, false).unwrap();
        assert!(matches!(machine.root_certs(), RootCerts::PlatformVerifier));
    }
}
