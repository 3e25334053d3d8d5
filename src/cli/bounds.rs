//! Numbers that an option can't take, negative ones too, are refused with the option's range, which its help has.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

/// `--deadline -5` is a wrong number and not an unknown option.
pub fn with_negative_numbers(command: Command) -> Command {
    command.mut_subcommands(|subcommand| {
        subcommand.mut_args(|arg| {
            let takes_values = arg.get_long().is_some() && arg.get_action().takes_values();
            if takes_values && !arg.is_allow_hyphen_values_set() {
                arg.allow_negative_numbers(true)
            } else {
                arg
            }
        })
    })
}

/// What is wrong with an option's value, and its range; `None` if the option has none.
pub fn message(error: &clap::Error, command: &Command) -> Option<String> {
    if !matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) {
        return None;
    }
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg)?.split_whitespace().next()?;
    let value = text(ContextKind::InvalidValue)?;
    let mut args = command.get_subcommands().flat_map(Command::get_arguments);
    let range = args.find_map(|arg| range(arg).filter(|_| arg.get_long() == option.strip_prefix("--")))?;
    let source = error.source().map(|source| format!(" {source};")).unwrap_or_default();
    Some(format!("{option}: \"{}\" can't be used:{source} {range}", value.escape_debug()))
}

/// The sentence "Range: …" of an option's help.
fn range(arg: &Arg) -> Option<String> {
    let help = arg.get_long_help()?.to_string();
    let range = &help[help.find("Range: ")?..];
    Some(range.trim_end().trim_end_matches('.').replacen("Range", "range", 1))
}
