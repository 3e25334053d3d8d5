//! Looking at the service: attributes and users, with GET only. Nothing in here changes what becomes of an update: a
//! read waits for the same rate limit and obeys the same delays, but no failure of it reaches the outage state, the
//! counters or the outcome of a run.

mod attribute;
mod check;
mod compare;
mod fit;
mod page;
mod preflight;
mod reader;
#[cfg(test)]
mod tests;
mod user;
mod users;
mod verify;

pub(crate) use check::check;
pub use check::{Check, CheckLine, Finding};
pub(crate) use preflight::preflight;
pub(crate) use reader::{Reader, Watch};
pub use user::User;
pub(crate) use users::Start;
pub use users::Users;
pub(crate) use verify::verify;
