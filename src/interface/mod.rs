//! What is public, described once: every option, every status and every state of an id.
//!
//! The core checks bounds and takes names and messages from these rows. `make generate` writes everything else of the
//! kind from them: the C setters and enums, the header, `usercom.json`, the options and exceptions of every language,
//! the program's flags and the tables in the documentation. Only the standard library is used in here, because the
//! generator compiles this module without the rest of the crate.

mod id_state;
mod option;
mod options;
mod status;

pub use id_state::IdState;
pub(crate) use option::{Integer, Kind, Opt, Preset, grouped};
pub(crate) use options::{CLIENT, RUN};
pub use status::Status;
