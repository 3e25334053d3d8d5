//! How a kept value is written into a response: byte for byte as it was received.
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::sync::Arc;

/// A JSON text that is written as it is.
pub(super) struct Raw<'a>(pub(super) &'a str);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(self.0).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// For fields that may have none.
pub(super) fn option<S: Serializer>(json: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    json.as_deref().map(Raw).serialize(serializer)
}
