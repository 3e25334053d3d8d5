//! What was read back after a run.

/// An id whose value in User.com is not the one that was sent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Mismatch {
    /// Its position in the caller's list, counted from 0.
    pub index: usize,
    /// The id itself, as text.
    pub id: Box<str>,
    /// The value that was sent, as JSON, at most 256 characters with control characters escaped.
    pub sent: Box<str>,
    /// The value that was read back, likewise; `null` if there is none.
    pub stored: Box<str>,
}

/// What a verification found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verification {
    /// How many ids were to be read back.
    pub sampled: usize,
    pub verified: usize,
    pub mismatched: usize,
    pub mismatches: Vec<Mismatch>,
    /// For the notes of the report.
    pub notes: Vec<String>,
}
