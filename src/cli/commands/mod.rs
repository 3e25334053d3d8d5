//! The subcommands: arguments in, exit code out.

pub mod check;
pub mod demo;
pub mod docs;
pub mod resume;
pub mod runs;
pub mod sandbox;
pub mod update;
pub mod users;
