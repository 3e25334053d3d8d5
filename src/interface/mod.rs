//! What callers see in every language: how a run ended, and what became of each id.

mod id_state;
mod status;

pub use id_state::IdState;
pub use status::Status;
