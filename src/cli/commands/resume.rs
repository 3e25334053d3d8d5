//! `usercom resume`: which run, and whether the same can still be sent.

use std::path::PathBuf;

use crate::state::{Folder, Record};

/// Resume a run that ended early
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub struct ResumeArgs {
    /// Which one: its id, as `usercom runs` and the run's last message have it
    #[arg(required_unless_present = "last")]
    id: Option<String>,
    /// The latest one
    #[arg(long, conflicts_with = "id")]
    last: bool,
    /// Where the journals are, if the run had this option
    #[arg(long, value_name = "DIR")]
    journal_dir: Option<PathBuf>,
}

const HELP: &str = "\
Gives the command of the run again, in its directory; what was confirmed or rejected is not sent again.
Refused when the file has changed since, when the account or the values are others now, and for
standard input: give that command again with the same input and --resume.

Examples:
  usercom runs
  usercom resume 3f2a91bc
  usercom resume --last

Exit codes: as usercom apply --help has them";

/// The run, when its input is as it was; the program then is where the command was given.
pub fn find(args: &ResumeArgs) -> Result<Record, String> {
    let folder = Folder::of_runs(args.journal_dir.as_deref())?.path;
    let mut records = Record::all(&folder)?;
    if let Some(id) = &args.id {
        records.retain(|record| !id.is_empty() && record.id().starts_with(id.as_str()));
        if records.len() > 1 {
            return Err(format!("id: {id} is the beginning of several; usercom runs lists them"));
        }
    }
    let Some(record) = records.into_iter().next() else {
        return Err(match &args.id {
            Some(id) => {
                format!("id: there is no unfinished run {}; usercom runs lists them", id.escape_debug())
            }
            None => "there is no unfinished run".to_owned(),
        });
    };
    let id = record.id();
    record.check_owner(&folder)?;
    if record.is_too_old() {
        return Err(format!(
            "run {id} began {:.1} hours ago, and the age limit is {:.1}: another run may have written newer values \
             since; run the command again to send everything",
            record.age().as_secs_f64() / 3600.0,
            record.max_age as f64 / 3600.0
        ));
    }
    record.input.check().map_err(|problem| format!("run {id} can't be resumed: {problem}"))?;
    std::env::set_current_dir(&record.directory)
        .map_err(|error| format!("run {id} can't be resumed: {}: {error}", record.directory.display()))?;
    Ok(record)
}
