//! The option for certificates: those of a PEM file instead of this machine's.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem};

use crate::error::{Error, Result};

/// Certificates to trust instead of this machine's.
#[derive(Clone)]
pub(crate) struct Roots(Arc<Vec<Certificate<'static>>>);

impl Roots {
    /// From a PEM file.
    pub fn read(path: &Path) -> Result<Roots> {
        let invalid = |why: String| Error::invalid("ca_file", format!("{}: {why}", path.display()));
        let pem = std::fs::read(path).map_err(|e| invalid(e.to_string()))?;
        let items: Vec<PemItem<'_>> =
            ureq::tls::parse_pem(&pem).collect::<Result<_, _>>().map_err(|e| invalid(e.to_string()))?;
        let certificates: Vec<_> = items
            .into_iter()
            .filter_map(|item| match item {
                PemItem::Certificate(certificate) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(invalid(
                "contains no certificate; use a PEM file, with BEGIN CERTIFICATE lines".into(),
            ));
        }
        Ok(Roots(Arc::new(certificates)))
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
