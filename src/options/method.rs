//! The HTTP method of an update.

/// PUT as the vendor's page says, or POST as its code samples send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// `PUT`. The default.
    #[default]
    Put,
    /// `POST`.
    Post,
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Method::Put => "PUT",
            Method::Post => "POST",
        }
    }
}
