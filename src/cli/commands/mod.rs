//! The subcommands: arguments in, exit code out.

pub mod demo;
pub mod sandbox;
pub mod update;
