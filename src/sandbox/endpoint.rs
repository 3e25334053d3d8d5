//! The paths under `/api/public/`, and the methods that each of them allows.
use super::{Methods, Options, query::decoded, store::Id};
use axum::http::Method;

/// What a path refers to.
pub(super) enum Endpoint {
    MassUpdate {
        custom_ids: bool,
        standard: bool,
    },
    User(Id),
    /// All users, in pages.
    Users,
    /// Users with this e-mail address, telephone number or key.
    Search,
    /// All attributes, in pages.
    Attributes,
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
            ["users", ""] => Some(Endpoint::Users),
            ["users", "search", ""] => Some(Endpoint::Search),
            ["users", id, ""] => id.parse().ok().map(|id| Endpoint::User(Id::Number(id))),
            ["users-by-id", custom_id, ""] => Some(Endpoint::User(Id::Custom(decoded(custom_id)))),
            ["attributes", ""] => Some(Endpoint::Attributes),
            ["attribute-type", name, "users", ""] => Some(Endpoint::AttributeType(decoded(name))),
            _ => None,
        }
    }

    /// Whether it only shows something.
    pub(super) fn is_read(&self) -> bool {
        !matches!(self, Endpoint::MassUpdate { .. })
    }

    pub(super) fn methods(&self, options: &Options) -> &'static [Method] {
        match (self, options.methods) {
            _ if self.is_read() => &[Method::GET],
            (_, Methods::Both) => &[Method::PUT, Method::POST],
            (_, Methods::Put) => &[Method::PUT],
            (_, Methods::Post) => &[Method::POST],
        }
    }
}
