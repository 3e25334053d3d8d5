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
mod concurrent;
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

// What most of the files use.
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString, c_int, c_void};
use std::fs;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use host::{Host, Outcome, check_completed, completes};
use process::Running;
use shim::{Call, Fault, calls};
use support::{ATTRIBUTE, Dir, Place, Rng, line, note, resumed};
use usercom::sandbox::{Options, Sandbox, TOKEN, UnknownIds};
use usercom::{Cancel, Client, ClientBuilder, IdState, Method, Progress, Report, Run, Status, Update};
