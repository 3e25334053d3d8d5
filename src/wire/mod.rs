//! One request and its response: how it is rendered, sent and read, and what the response means.

mod body;
mod call;
mod ciphers;
mod content;
mod failure;
mod get;
mod json;
mod judge;
mod meaning;
mod message;
mod peer;
mod proxy;
mod quote;
mod redact;
mod reply;
mod retry_after;
mod session;
mod tls;
mod trust;
mod verdict;

pub(crate) use body::{Request, fitting, render};
pub(crate) use call::Call;
pub(crate) use content::Unreadable;
pub(crate) use get::{Got, Look};
#[cfg(fuzzing)]
pub(crate) use judge::judge;
pub(crate) use message::Message;
#[cfg(fuzzing)]
pub(crate) use reply::{MAX_BODY, read_reply};
#[cfg(fuzzing)]
pub(crate) use retry_after::retry_after;
pub(crate) use session::{Http, Session, longest_request};
pub(crate) use verdict::{Fatal, Fault, RejectedId, Remark, Verdict};
#[cfg(fuzzing)]
pub(crate) use verdict::{Framing, Reply};
