//! Who shares the rate limit.

/// Who shares the rate limit and the waits that the service asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateLimitScope {
    /// All clients and threads of this process. The default.
    #[default]
    Process,
    /// All processes of this user on this machine.
    Host,
}

impl RateLimitScope {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            RateLimitScope::Process => "process",
            RateLimitScope::Host => "host",
        }
    }
}
