//! One request and its response: how it is rendered, sent and read, and what the response means.

mod body;
mod call;
mod failure;
mod judge;
mod message;
mod method;
mod proxy;
mod proxying;
mod redact;
mod reply;
mod retry_after;
mod roots;
mod session;
mod tls;
mod verdict;

pub(crate) use body::{Request, fitting, render};
pub(crate) use call::Call;
#[cfg(fuzzing)]
pub(crate) use judge::judge;
pub(crate) use message::Message;
pub use method::Method;
pub(crate) use proxying::Proxying;
#[cfg(fuzzing)]
pub(crate) use retry_after::retry_after;
pub(crate) use roots::Roots;
pub(crate) use session::{Http, HttpOptions, Session};
pub(crate) use verdict::{Fatal, Fault, RejectedId, Remark, Verdict};
#[cfg(fuzzing)]
pub(crate) use verdict::{Framing, Reply};
