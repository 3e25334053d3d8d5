//! The parts of the program's state that are fuzzed.

#[path = "../../../src/cli/state/folder.rs"]
mod folder;
#[path = "../../../src/cli/state/sent.rs"]
pub mod sent;

pub use folder::{create_private, state_dir};
