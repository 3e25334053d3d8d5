//! The four calls of the service that set one attribute of many users, and their paths.

use crate::update::{AttributeKind, Ids, Job};

/// Which call a job is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Custom,
    Standard,
    CustomById,
    StandardById,
}

impl Call {
    /// All of them, in the order of their numbers.
    pub const ALL: [Call; 4] = [Call::Custom, Call::Standard, Call::CustomById, Call::StandardById];

    pub fn of(job: &Job<'_>) -> Call {
        match (&job.ids, job.kind) {
            (Ids::Numeric(_), AttributeKind::Custom) => Call::Custom,
            (Ids::Numeric(_), AttributeKind::Standard) => Call::Standard,
            (Ids::Custom(_), AttributeKind::Custom) => Call::CustomById,
            (Ids::Custom(_), AttributeKind::Standard) => Call::StandardById,
        }
    }

    /// The path. Its trailing slash is mandatory: without it the service redirects.
    pub fn path(self) -> &'static str {
        match self {
            Call::Custom => "/api/public/users/mass_update_custom_attributes/",
            Call::Standard => "/api/public/users/mass_update_standard_attributes/",
            Call::CustomById => "/api/public/users-by-id/mass_update_custom_attributes/",
            Call::StandardById => "/api/public/users-by-id/mass_update_standard_attributes/",
        }
    }
}
