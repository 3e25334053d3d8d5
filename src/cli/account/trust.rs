//! Who else can read or change a file. What decides about the token must be the user's alone.

use std::fs::File;
use std::path::Path;

/// Refused if somebody else can change the file, or put another in its place.
#[cfg(unix)]
pub fn only_ours(path: &Path, file: &File) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    const STICKY: u32 = 0o1000;
    let found = file.metadata().map_err(|error| error.to_string())?;
    if !found.is_file() {
        // A pipe or a device: nobody can have put it in a file's place.
        return Ok(());
    }
    let us = own_id();
    let is_strange = |owner: u32| owner != us && owner != 0 && us != 0;
    if is_strange(found.uid()) {
        return Err("belongs to another user; it must be yours, or root's".to_owned());
    }
    if found.mode() & 0o022 != 0 {
        return Err(format!(
            "can be changed by others (mode {:04o}); run: chmod go-w FILE",
            found.mode() & 0o7777
        ));
    }
    let real = std::fs::canonicalize(path).map_err(|error| error.to_string())?;
    let Some(folder) = real.parent() else { return Ok(()) };
    let of_folder = std::fs::metadata(folder).map_err(|error| error.to_string())?;
    let open = of_folder.mode() & 0o022 != 0 && of_folder.mode() & STICKY == 0;
    if open || is_strange(of_folder.uid()) {
        return Err(format!(
            "is in a directory in which others can replace it: {} (mode {:04o}); move the file, or run: chmod go-w \
             DIRECTORY",
            folder.display(),
            of_folder.mode() & 0o7777
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
pub fn only_ours(_: &Path, _: &File) -> Result<(), String> {
    Ok(())
}

/// Whether other users can read it.
pub fn others_can_read(file: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        file.metadata().is_ok_and(|found| found.is_file() && found.mode() & 0o044 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "the standard library has no function for it")]
fn own_id() -> u32 {
    // SAFETY: the call has no preconditions and can't fail.
    unsafe { libc::geteuid() }
}
