//! Whole jobs on a virtual clock against a simulated service.

mod bad_ids;
mod bad_ids_page;
mod before;
mod outages;
mod play;
mod random_runs;
mod recorded;
mod request_limit;
mod responses;
mod search;
mod server_errors;
mod service;
pub(super) mod support;
mod throttled;
