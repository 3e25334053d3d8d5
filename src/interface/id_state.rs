//! What became of one id: every state with its number and its name.

/// What has become of an id. The numbers are those of the C header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum IdState {
    /// Never sent, or sent only in requests that were refused as a whole for another reason.
    #[default]
    NotAttempted = 0,
    /// In a batch that the service accepted with a complete 2xx. That does not prove that the user exists.
    Confirmed = 1,
    /// Rejected, with a reason.
    Rejected = 2,
    /// Sent at least once, and nothing proves that it was applied or that it wasn't.
    Unknown = 3,
}

impl IdState {
    /// One word, as in the report's JSON.
    pub fn name(self) -> &'static str {
        match self {
            IdState::NotAttempted => "not_attempted",
            IdState::Confirmed => "confirmed",
            IdState::Rejected => "rejected",
            IdState::Unknown => "unknown",
        }
    }
}
