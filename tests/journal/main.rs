//! The journal through the public faces: whatever ends a run, and whatever its file holds then, the same call
//! made again goes on, never believes what was not confirmed and never leaves an id out.
//!
//! The oracle is the sandbox's ledger, which counts how often each user was set.
#![cfg(all(feature = "sandbox", feature = "capi", target_os = "linux"))]
// Processes that are to be killed call the C interface, and umask, fork and mkfifo have no safe face.
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
#[path = "../support/preload.rs"]
mod preload;
mod resume;
mod shim;
mod strace;
mod support;
