//! A client's own log, besides that of the `log` crate.

use std::sync::Arc;

/// Called on the thread of each run.
pub(crate) type LogFn = dyn Fn(log::Level, &str) + Send + Sync;

/// Where a client's own log lines go, and up to which level.
#[derive(Clone)]
pub(crate) struct Log {
    pub level: log::LevelFilter,
    pub write: Arc<LogFn>,
}
