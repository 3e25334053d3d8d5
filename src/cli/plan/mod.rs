//! From rows to what is to be sent. A [`Table`] has the checked ids and the columns of a file; a [`Job`] is one attribute
//! of it; [`summary`] says in a paragraph what will happen.

pub mod ids;
mod job;
pub mod kind;
pub mod mapping;
mod notation;
pub mod summary;
mod table;
pub mod values;

#[cfg(feature = "sync")]
pub use self::job::InvalidRows;
pub use self::job::Job;
pub use self::table::Table;
