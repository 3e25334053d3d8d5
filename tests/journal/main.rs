//! The journal through the public APIs: whatever ends a run, and whatever its file holds then, the identical call
//! resumes it, never believes what was not confirmed and never skips an id.
//!
//! The oracle is the sandbox, which counts how often each user was set.
#![cfg(all(feature = "sandbox", feature = "capi", target_os = "linux"))]
// Processes that are to be killed call the C functions, and umask, fork and mkfifo have no safe API.
#![allow(unsafe_code)]

#[path = "../support/capi.rs"]
mod capi;
mod clock;
mod crash;
mod damage;
mod faults;
mod file;
mod host;
mod measure;
#[path = "../support/process.rs"]
mod process;
mod resume;
mod shim;
mod strace;
mod support;
