//! The one error type. An invalid argument is always reported in one form: its name, the problem, and what to do.

use crate::interface::Status;
use crate::report::Report;

/// Why a call failed, or did not confirm every id.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument is invalid. Nothing was sent.
    #[error("{argument}: {problem}")]
    InvalidArgument {
        /// The argument's name, such as `token` or `ids`.
        argument: &'static str,
        /// What is wrong with it and what to do. Never holds a secret.
        problem: String,
    },
    /// This machine has no trust store, so no TLS connection is possible. Nothing was sent.
    #[error("tls: {0}")]
    Tls(String),
    /// Something could not be read from the service.
    #[error("{message}")]
    Read {
        /// What a run would have ended with.
        status: Status,
        /// What happened and what to do.
        message: String,
    },
    /// A run that did not confirm every id, from [`Report::into_result`].
    #[error("{}", .0.message())]
    Incomplete(Box<Report>),
}

impl Error {
    /// `argument` is invalid.
    pub(crate) fn invalid(argument: &'static str, problem: impl Into<String>) -> Error {
        Error::InvalidArgument { argument, problem: problem.into() }
    }

    /// The same problem, for the value of one row of a table.
    pub(crate) fn of_row(self, row: usize) -> Error {
        match self {
            Error::InvalidArgument { problem, .. } => {
                Error::invalid("rows", format!("the value of row {row} (counted from 0): {problem}"))
            }
            other => other,
        }
    }

    /// The same problem, for one entry of a list.
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

impl Report {
    /// The report if every id was confirmed or there was nothing to send, otherwise an error that holds it.
    ///
    /// # Errors
    /// [`Error::Incomplete`] with this report for every status except [`Status::Ok`] and [`Status::DryRun`].
    pub fn into_result(self) -> Result<Report> {
        match self.status() {
            Status::Ok | Status::DryRun => Ok(self),
            _ => Err(Error::Incomplete(Box::new(self))),
        }
    }
}
