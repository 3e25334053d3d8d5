//! The file of `--history`: lines are only ever added, each in one piece, also by several processes at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::report_file::ReportFile;

pub struct History {
    option: &'static str,
    path: PathBuf,
}

impl History {
    /// A file that was checked like any other: lines can be added to it.
    pub fn of(checked: ReportFile) -> Result<History, String> {
        let (option, path) = checked.append_to();
        let history = History { option, path: path.to_owned() };
        if path.exists() {
            history.open().map_err(|error| history.failed(&error))?;
        }
        Ok(history)
    }

    /// Adds a line.
    pub fn append(&self, line: &str) -> Result<(), String> {
        let added = || -> io::Result<()> {
            let mut file = self.open()?;
            let is_file = file.metadata()?.is_file();
            if is_file {
                file.lock()?;
                // What an earlier process was torn off in remains a line of its own.
                if file.seek(SeekFrom::End(0))? > 0 {
                    file.seek(SeekFrom::End(-1))?;
                    let mut last = [0];
                    file.read_exact(&mut last)?;
                    if last != *b"\n" {
                        file.write_all(b"\n")?;
                    }
                }
            }
            file.write_all(line.as_bytes())?;
            if is_file { file.sync_data() } else { Ok(()) }
        };
        added().map_err(|error| self.failed(&error))
    }

    fn open(&self) -> io::Result<File> {
        let is_stream = self.path.exists() && !self.path.is_file();
        let mut options = File::options();
        options.append(true).create(true).read(!is_stream);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.path)
    }

    fn failed(&self, error: &io::Error) -> String {
        format!("{}: {}: {error}", self.option, Path::display(&self.path))
    }
}
