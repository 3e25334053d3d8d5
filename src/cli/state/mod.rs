//! What the program remembers of its runs, in a directory that only the user may read: the library's journals, and beside
//! them a [`Record`] of each command that has not finished.

mod folder;
mod kept;
mod record;
#[cfg(feature = "sync")]
pub mod sent;

pub use self::folder::{Folder, create_private};
pub use self::kept::Begun;
pub use self::record::{InputRecord, Record};

/// Resuming
#[derive(clap::Args)]
#[command(next_help_heading = "Resuming")]
pub struct StateArgs {
    /// Resume the same update if an earlier run of it ended early. Without it a terminal asks, and a job starts afresh
    #[arg(long, conflicts_with = "no_journal")]
    pub resume: bool,
    /// Keep no journal: a run that ends early can't be resumed
    #[arg(long, conflicts_with = "journal_dir")]
    pub no_journal: bool,
    /// What `usercom resume` resumes.
    #[arg(skip)]
    pub resumed: Option<Record>,
}
