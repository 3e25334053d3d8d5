//! From rows to what is to be sent: ids, types, values, and the paragraph that says so.

pub mod ids;
pub mod kind;
pub mod notation;
pub mod rows;
pub mod summary;
pub mod values;
