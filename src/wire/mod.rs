//! One request and its answer: how it is rendered, sent and read, and what the answer means.

mod body;
mod call;
mod http;
mod retry_after;
mod verdict;

pub(crate) use body::{Request, fitting, render};
pub(crate) use call::Call;
pub use http::Method;
pub(crate) use http::{Http, HttpOptions, Line, Proxying, Roots};
#[cfg(fuzzing)]
pub(crate) use retry_after::retry_after;
pub(crate) use verdict::{Culprit, Fatal, Fault, Remark, Verdict, Words};
#[cfg(fuzzing)]
pub(crate) use verdict::{Framing, Reply, judge};
