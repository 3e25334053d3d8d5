//! The `usercom` program as a shell sees it: what it sends, what it refuses, what it tells, what it does to files.
#![cfg(all(feature = "cli", target_os = "linux"))]

mod account;
mod after;
mod attributes;
mod before;
mod completions;
mod config;
mod failed;
mod files;
mod header;
mod ids;
mod input;
mod lines;
mod memory;
mod numbers;
mod page;
mod quoting;
mod reading;
mod resume;
mod signals;
mod summary;
mod support;
mod sync;
mod telling;
mod terminal;
mod types;
