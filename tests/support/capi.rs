//! The C functions, with the types that they have in Rust.
// Each test binary uses a part of this.
#![allow(unused_imports)]

pub use usercom::ffi::*;
