//! The one error type, and the form every refusal has: which argument, what was wrong, what to do.

use crate::run::Report;

/// Why a call did not do, or did not finish, what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument was refused before the run began. Nothing was sent.
    #[error("{argument}: {problem}")]
    InvalidArgument {
        /// The argument's name, such as `token` or `ids`.
        argument: &'static str,
        /// What was wrong with it and what to do; never holds a secret.
        problem: String,
    },
    /// No TLS connection can be made from this machine: there is no trust store. Nothing was sent.
    #[error("tls: {0}")]
    Tls(String),
    /// A run that did not confirm every id, from [`Report::into_result`].
    #[error("{}", .0.message())]
    Incomplete(Box<Report>),
}

impl Error {
    /// A refusal of `argument`.
    pub(crate) fn invalid(argument: &'static str, problem: impl Into<String>) -> Error {
        Error::InvalidArgument { argument, problem: problem.into() }
    }

    /// The same refusal, of one entry of a list.
    pub(crate) fn of_entry(self, list: &'static str, at: usize) -> Error {
        match self {
            Error::InvalidArgument { problem, .. } => {
                Error::invalid(list, format!("entry {at} (counted from 0): {problem}"))
            }
            other => other,
        }
    }
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
