//! The state of the command that runs: whether it resumes an earlier one, and what is left when it has ended.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use usercom::Kept;

use super::record::{JobRecord, RecordFile};
use super::{Folder, InputRecord, Record, StateArgs, create_private};
use crate::ask::{self, Terminal};
use crate::run::{Outcome, RunJournal};
use crate::say::say;
use crate::words::{ago, counted, thousands};

/// A command that can be resumed.
pub struct KeptRun {
    pub folder: PathBuf,
    id: String,
    input: InputRecord,
    file: RecordFile,
    /// Whether it resumes one that has gone on after its canaries.
    pub has_passed_canaries: bool,
}

/// How a command begins.
pub enum Begun {
    /// It can be resumed.
    Kept(KeptRun),
    /// It can't, or the library says why not.
    Unkept,
    /// One of its jobs is running: the library's report says so, when it looks here.
    JobRunning(PathBuf),
    /// The same command is running, between two of its jobs.
    Running,
}

impl StateArgs {
    /// Where journals are kept; `None` if they are not.
    pub fn folder(&self, given: Option<&Path>) -> Result<Option<Folder>, String> {
        if self.no_journal {
            return Ok(None);
        }
        match Folder::of_runs(given) {
            Ok(folder) => Ok(Some(folder)),
            Err(problem) => {
                say(without(&problem));
                Ok(None)
            }
        }
    }

    /// Decides whether to resume, and writes down what is about to run.
    pub fn begin(
        &self,
        folder: Folder,
        runs: Vec<RunJournal>,
        input: InputRecord,
        max_age: Duration,
        terminal: Option<Terminal>,
    ) -> Result<Begun, String> {
        let job = |run: &RunJournal| JobRecord {
            attribute: run.attribute.clone(),
            ids: run.journal.ids(),
            journal: run.journal.name().to_owned(),
        };
        let mut record = Record {
            arguments: std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect(),
            directory: std::env::current_dir().unwrap_or_default(),
            input,
            began: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            max_age: max_age.as_secs(),
            jobs: runs.iter().map(job).collect(),
        };
        let id = record.id();
        if let Some(resumed) = &self.resumed {
            if resumed.id() != id {
                return Err(
                    "the command would send something else now: the account, the method or the values are not those \
                     of the run that ended early; run it again instead"
                        .to_owned(),
                );
            }
            record = resumed.clone();
        }
        if let Err(error) = create_private(&folder.path) {
            return Ok(unkept(&folder, &error));
        }
        if !folder.is_given {
            Record::prune(&folder.path);
        }
        let earlier = Record::all(&folder.path)?.into_iter().find(|earlier| earlier.id() == id);
        // An earlier run keeps its age: the journals have theirs, too.
        let (mut settled, mut found, mut after_canaries) = (0, false, false);
        for run in &runs {
            match run.journal.look(max_age) {
                Ok(Kept::Running) => return Ok(Begun::JobRunning(folder.path)),
                Ok(Kept::Resumable { confirmed, rejected }) => {
                    found = true;
                    after_canaries |= run.follows_canaries;
                    settled += confirmed + rejected;
                }
                Ok(Kept::Nothing | Kept::Unfit(_)) => {}
                Err(error) => return Err(unreadable(&folder, &error)),
            }
        }
        let is_resumed = found && self.resumes(settled, &runs, earlier.as_ref(), terminal)?;
        if let (true, Some(earlier)) = (is_resumed, &earlier) {
            record.began = earlier.began;
        }
        let file = match record.write(&folder.path) {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(Begun::Running),
            Err(error) => return Ok(unkept(&folder, &error)),
        };
        if found && !is_resumed {
            for run in &runs {
                match run.journal.put_away() {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        return Ok(Begun::JobRunning(folder.path));
                    }
                    Err(error) => return Err(unreadable(&folder, &error)),
                    Ok(()) => {}
                }
            }
        }
        let has_passed_canaries = is_resumed && after_canaries;
        Ok(Begun::Kept(KeptRun { folder: folder.path, id, input: record.input, file, has_passed_canaries }))
    }

    /// Whether what an earlier run has settled is left out. Never without a word: meanwhile another run may have written
    /// something else.
    fn resumes(
        &self,
        settled: usize,
        runs: &[RunJournal],
        earlier: Option<&Record>,
        terminal: Option<Terminal>,
    ) -> Result<bool, String> {
        let ids: usize = runs.iter().map(|run| run.journal.ids()).sum();
        let began = earlier.map_or(String::new(), |earlier| format!(" that began {}", ago(earlier.age())));
        let what = format!(
            "a run of this update{began} ended early, after {} of {}",
            thousands(settled),
            counted(ids, "id")
        );
        if self.resume || self.resumed.is_some() {
            say(format_args!("{what}; resuming it"));
            return Ok(true);
        }
        if let Some(terminal) = terminal {
            say(format_args!("{what}; if other updates changed the attribute since, do not resume"));
            return ask::confirm(&terminal, "resume it? (no starts afresh)");
        }
        say(format_args!("{what}; starting afresh; --resume would resume it"));
        Ok(false)
    }
}

/// Of a directory that was named the library says what is wrong.
fn unkept(folder: &Folder, error: &io::Error) -> Begun {
    if !folder.is_given {
        say(without(&format!("{}: {error}", folder.path.display())));
    }
    Begun::Unkept
}

fn unreadable(folder: &Folder, error: &io::Error) -> String {
    format!("journal_dir: {}: {error}", folder.path.display())
}

fn without(problem: &str) -> String {
    format!(
        "no journal can be kept, so that this run can't be resumed if it ends early: {problem}; name another directory \
         with --journal-dir, or give --no-journal"
    )
}

impl KeptRun {
    /// Removes everything of a command that has nothing left to do, else says how to resume it.
    pub fn end(self, outcomes: &[Outcome<'_, '_>]) {
        let reports = || outcomes.iter().flat_map(|outcome| &outcome.parts).map(|part| &part.report);
        let is_done =
            outcomes.iter().all(Outcome::is_complete) && reports().all(|report| report.unknown() == 0);
        let nothing = reports().all(|report| report.confirmed() + report.rejected() + report.unknown() == 0);
        if is_done || nothing {
            return self.file.remove();
        }
        self.tell();
    }

    /// The same when the library has refused the run.
    pub fn refused(self) {
        match self.file.is_resumable() {
            true => self.tell(),
            false => self.file.remove(),
        }
    }

    fn tell(&self) {
        match &self.input {
            InputRecord::StandardInput => {
                say("to resume, run the same command again with the same input and --resume");
            }
            _ => say(format_args!("to resume, run: usercom resume {}{}", self.id, self.elsewhere())),
        }
    }

    /// The option that names another directory than the default.
    fn elsewhere(&self) -> String {
        match Folder::of_runs(None) {
            Ok(default) if default.path == self.folder => String::new(),
            _ => format!(" --journal-dir {}", self.folder.display()),
        }
    }
}
