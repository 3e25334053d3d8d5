//! `usercom generate-docs`: the man pages and the shell completions, from the flags as they are. For packagers, and so
//! not in the help.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
use clap::builder::ValueHint;
use clap_complete::{Shell, generate_to};
use clap_mangen::Man;

/// Write man pages and shell completions
#[derive(clap::Args)]
pub struct DocsArgs {
    /// Directory such as /usr/share, where each gets the place in which its reader looks for it
    directory: PathBuf,
}

pub fn run(args: &DocsArgs, command: &Command) -> Result<u8, String> {
    let command = as_shown(command);
    write(&command, &args.directory).map_err(|e| format!("{}: {e}", args.directory.display()))?;
    Ok(0)
}

/// Without this command: a completion would offer it.
fn as_shown(command: &Command) -> Command {
    let shown = command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()).cloned();
    Command::new("usercom")
        .about(command.get_about().cloned().unwrap_or_default())
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .subcommands(shown)
}

/// What stands for the profiles of a user in a completion, and how a shell gets them.
const PROFILES: (&str, &str) = ("PROFILES", "$(usercom config profiles 2>/dev/null)");

/// With what a shell offers for a value.
fn with_hints(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        let name = arg.get_value_names().and_then(|names| Some(names.first()?.as_str().to_owned()));
        match name.as_deref().filter(|_| arg.get_action().takes_values()) {
            Some(_) if arg.get_id() == "profile" => arg.value_parser([PROFILES.0]),
            Some("FILE" | "FILE|LIST") => arg.value_hint(ValueHint::FilePath),
            Some("DIR") => arg.value_hint(ValueHint::DirPath),
            Some("COMMAND") => arg.value_hint(ValueHint::CommandString),
            // A word of a fixed list is followed by a blank, any other value perhaps by more of it.
            Some(_) if arg.get_possible_values().is_empty() => arg.value_hint(ValueHint::Other),
            _ => arg,
        }
    });
    command.mut_subcommands(with_hints)
}

/// A completion knows only what stands in the source: for the profiles it asks the program.
fn ask_for_profiles(file: &Path, shell: Shell) -> io::Result<()> {
    let list = if shell == Shell::Fish { PROFILES.1.trim_start_matches('$') } else { PROFILES.1 };
    fs::write(file, fs::read_to_string(file)?.replace(PROFILES.0, list))
}

fn write(command: &Command, directory: &Path) -> io::Result<()> {
    let man = folder(directory, "man/man1")?;
    let mut built = command.clone().disable_help_subcommand(true);
    built.build();
    for page in std::iter::once(&built).chain(built.get_subcommands()) {
        let source = concat!("usercom ", env!("CARGO_PKG_VERSION"));
        Man::new(page.clone()).source(source).manual("User Commands").generate_to(&man)?;
    }
    let mut command = with_hints(command.clone());
    for (shell, place) in [
        (Shell::Bash, "bash-completion/completions"),
        (Shell::Zsh, "zsh/site-functions"),
        (Shell::Fish, "fish/vendor_completions.d"),
    ] {
        let file = generate_to(shell, &mut command, "usercom", folder(directory, place)?)?;
        ask_for_profiles(&file, shell)?;
        if shell == Shell::Bash {
            // bash-completion looks for the name of the program.
            fs::rename(&file, file.with_file_name("usercom"))?;
        }
    }
    Ok(())
}

fn folder(directory: &Path, place: &str) -> io::Result<PathBuf> {
    let folder = directory.join(place);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
