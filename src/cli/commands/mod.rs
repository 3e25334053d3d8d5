//! The subcommands: arguments in, exit code out.

pub mod check;
pub mod config;
pub mod demo;
pub mod docs;
pub mod resume;
pub mod runs;
pub mod sandbox;
#[cfg(feature = "sync")]
pub mod sync;
pub mod update;
pub mod users;
