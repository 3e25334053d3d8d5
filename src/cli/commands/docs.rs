//! `usercom generate-docs`: the man pages and the shell completions, from the flags as they are. For packagers, and so
//! not in the help.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
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

fn write(command: &Command, directory: &Path) -> io::Result<()> {
    let man = folder(directory, "man/man1")?;
    let mut built = command.clone().disable_help_subcommand(true);
    built.build();
    for page in std::iter::once(&built).chain(built.get_subcommands()) {
        let source = concat!("usercom ", env!("CARGO_PKG_VERSION"));
        Man::new(page.clone()).source(source).manual("User Commands").generate_to(&man)?;
    }
    for (shell, place) in [
        (Shell::Bash, "bash-completion/completions"),
        (Shell::Zsh, "zsh/site-functions"),
        (Shell::Fish, "fish/vendor_completions.d"),
    ] {
        let file = generate_to(shell, &mut command.clone(), "usercom", folder(directory, place)?)?;
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
