//! A file of the report: never one of the inputs, and never half written. It is renamed to its name when it is
//! complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;
use tempfile::NamedTempFile;

use crate::input::source::Source;

/// Where a report will be written.
pub struct ReportFile {
    /// The option that names it.
    option: &'static str,
    /// As the user calls it.
    name: String,
    target: Target,
}

enum Target {
    /// A file, to be replaced when the report is complete.
    File { path: PathBuf, existed: bool },
    /// A pipe or a device: nothing in it can be lost, and a rename would take its place.
    Stream(File),
}

/// Why no file can be made beside this one.
fn not_there(path: &Path, error: &io::Error) -> String {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no directory {}; create it first", folder.display()),
        // The name of the file that was tried says nothing.
        kind => format!("can't write into the directory {}: {kind}", folder.display()),
    }
}

impl ReportFile {
    /// Checks that it can be written, and that no input would be lost. Changes nothing.
    pub fn check(
        option: &'static str,
        path: &Path,
        source: &Source,
        secrets: &[&Path],
    ) -> Result<ReportFile, String> {
        let name = path.display().to_string();
        let fail = |problem: String| format!("{option}: {name}: {problem}");
        let unusable = |error: io::Error| fail(error.to_string());
        if path == Path::new("-") {
            return Err(fail(
                "is no file name; the summary goes to standard output, this needs a file".into(),
            ));
        }
        if path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
            return Err(fail("names a directory; give the name of a file".into()));
        }
        let target = match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                return Err(fail("is a directory; give the name of a file".into()));
            }
            Ok(found) if found.is_file() => {
                let existing = Handle::from_path(path).map_err(unusable)?;
                refuse_input(path, &existing, source, secrets).map_err(fail)?;
                File::options().write(true).open(path).map_err(unusable)?;
                Target::File { path: fs::canonicalize(path).map_err(unusable)?, existed: true }
            }
            Ok(_) => Target::Stream(File::options().write(true).open(path).map_err(unusable)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Target::File { path: follow(path), existed: false }
            }
            Err(error) => return Err(unusable(error)),
        };
        if let Target::File { path, .. } = &target {
            // What is made here goes away at once; it shows that the real one can be made later.
            temporary(path).map_err(|error| fail(not_there(path, &error)))?;
        }
        Ok(ReportFile { option, name, target })
    }

    /// Writes it with `fill`, then renames it.
    pub fn write(self, fill: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        let fail = |error: &dyn std::fmt::Display| format!("{}: {}: {error}", self.option, self.name);
        let (path, existed) = match self.target {
            Target::Stream(mut file) => return fill(&mut file).map_err(|error| fail(&error)),
            Target::File { path, existed } => (path, existed),
        };
        let mut file = temporary(&path).map_err(|error| fail(&error))?;
        let written = fill(&mut file).and_then(|()| file.as_file().sync_all());
        written.map_err(|error| fail(&format!("{error}; the file is left as it was")))?;
        if let Ok(existing) = fs::metadata(&path) {
            let _ = file.as_file().set_permissions(existing.permissions());
        }
        // A file that came to be while the run lasted is somebody else's.
        let persisted = if existed { file.persist(&path) } else { file.persist_noclobber(&path) };
        persisted.map(drop).map_err(|failed| {
            let reason = failed.error.to_string();
            match failed.file.keep() {
                Ok((_, kept)) => {
                    fail(&format!("can't be replaced: {reason}; the report is in {}", kept.display()))
                }
                Err(_) => fail(&reason),
            }
        })
    }

    /// The file and its option, for a line that is appended to it and not renamed.
    pub fn append_to(&self) -> (&'static str, &Path) {
        match &self.target {
            Target::File { path, .. } => (self.option, path),
            Target::Stream(_) => (self.option, Path::new(&self.name)),
        }
    }

    /// How it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Beside the file, so that a rename can take its place.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".usercom-report-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less what the umask takes away, as for any new file.
        let ordinary = fs::Permissions::from_mode(0o666);
        builder.permissions(ordinary).tempfile_in(folder)
    }
    #[cfg(not(unix))]
    builder.tempfile_in(folder)
}

/// The file that a link to nothing names.
fn follow(path: &Path) -> PathBuf {
    match fs::read_link(path) {
        Ok(to) => path.parent().map_or_else(|| to.clone(), |folder| folder.join(&to)),
        Err(_) => path.to_owned(),
    }
}

/// A report must not take the place of what is read or of where the summary goes, whatever names they have.
fn refuse_input(path: &Path, report: &Handle, source: &Source, secrets: &[&Path]) -> Result<(), String> {
    let is = |handle: io::Result<Handle>| handle.is_ok_and(|handle| handle == *report);
    let same = |what: &str| Err(format!("is the same file as {what}; give another name"));
    if source.is_file(report) {
        return same(&format!("the input, {}", source.name));
    }
    // What came through a pipe has no name, but it is as easily lost.
    if source.is_standard_input && source.is_copy_of(path) {
        return same("the input, which came through a pipe");
    }
    if let Some(secret) = secrets.iter().find(|secret| secret.is_file() && is(Handle::from_path(secret))) {
        return same(&secret.display().to_string());
    }
    if is(Handle::stdout()) || is(Handle::stderr()) {
        return same("the one that standard output or standard error goes to");
    }
    Ok(())
}
