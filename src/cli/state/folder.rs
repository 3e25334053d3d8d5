//! Where the state is.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// The directory with journals and records.
#[derive(Clone, Debug)]
pub struct Folder {
    pub path: PathBuf,
    /// Whether it was named, and not the default.
    pub is_given: bool,
}

impl Folder {
    /// The given one, else `usercom/runs` in the user's directory for state.
    pub fn of_runs(given: Option<&Path>) -> Result<Folder, String> {
        match given {
            Some(path) => {
                // Whoever resumes may stand elsewhere.
                let path = std::path::absolute(path).map_err(|e| format!("{}: {e}", path.display()))?;
                Ok(Folder { path, is_given: true })
            }
            None => Ok(Folder { path: state_dir()?.join("runs"), is_given: false }),
        }
    }
}

/// `~/.local/state/usercom`.
pub fn state_dir() -> Result<PathBuf, String> {
    let base =
        etcetera::choose_base_strategy().map_err(|error| format!("there is no home directory: {error}"))?;
    // Windows has no directory for state.
    Ok(base.state_dir().unwrap_or_else(|| base.data_dir()).join("usercom"))
}

/// Creates a directory and those above it, for the user only.
pub fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
