//! The paths under `/api/public/`, and the methods that each of them allows.
use super::{Methods, Options};
use axum::http::Method;

/// What a path refers to.
pub(super) enum Endpoint {
    MassUpdate { custom_ids: bool, standard: bool },
    User(i64),
    AttributeType(String),
}

impl Endpoint {
    pub(super) fn of(path: &str) -> Option<Endpoint> {
        let parts: Vec<&str> = path.strip_prefix("/api/public/")?.split('/').collect();
        let update = |custom_ids, standard| Some(Endpoint::MassUpdate { custom_ids, standard });
        match parts[..] {
            ["users", "mass_update_custom_attributes", ""] => update(false, false),
            ["users", "mass_update_standard_attributes", ""] => update(false, true),
            ["users-by-id", "mass_update_custom_attributes", ""] => update(true, false),
            ["users-by-id", "mass_update_standard_attributes", ""] => update(true, true),
            ["users", id, ""] => id.parse().ok().map(Endpoint::User),
            ["attribute-type", name, "users", ""] => Some(Endpoint::AttributeType(decoded(name))),
            _ => None,
        }
    }

    pub(super) fn methods(&self, options: &Options) -> &'static [Method] {
        match (self, options.methods) {
            (Endpoint::User(_) | Endpoint::AttributeType(_), _) => &[Method::GET],
            (_, Methods::Both) => &[Method::PUT, Method::POST],
            (_, Methods::Put) => &[Method::PUT],
            (_, Methods::Post) => &[Method::POST],
        }
    }
}

/// A part of a path with its percent-encoding decoded.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
