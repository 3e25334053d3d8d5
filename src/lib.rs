//! Set one attribute of many User.com users, and know of every single id whether it was updated.
#[cfg(feature = "sandbox")]
pub mod sandbox;
