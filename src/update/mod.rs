//! What to set and for whom. Everything becomes a checked type here, so that nothing else checks it again.

mod attribute;
mod ids;
mod job;
mod value;

pub(crate) use attribute::Attribute;
pub use attribute::AttributeKind;
pub(crate) use ids::Ids;
pub(crate) use job::{Job, Rules};
pub(crate) use value::JsonText;
pub use value::Value;

/// One attribute and what to set it to: one [`Value`] for every id, or rows with a value each.
#[derive(Clone, Debug)]
pub struct Update {
    pub(crate) attribute: String,
    pub(crate) values: Vec<Value>,
    pub(crate) value_index: Option<Vec<u32>>,
}

impl Update {
    /// The same value for every id.
    pub fn new(attribute: impl Into<String>, value: impl Into<Value>) -> Update {
        Update { attribute: attribute.into(), values: vec![value.into()], value_index: None }
    }

    /// A value for each id: the id at position `i` gets `values[value_index[i]]`.
    ///
    /// Ids are grouped by value, so that there are as few requests as possible.
    pub fn rows(attribute: impl Into<String>, values: Vec<Value>, value_index: Vec<u32>) -> Update {
        Update { attribute: attribute.into(), values, value_index: Some(value_index) }
    }
}
