//! Numbers that an option can't take, negative ones too, are refused with the option's range, which its help has.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

/// `--deadline -5` and `--rate-limit -1e-3` are wrong numbers and not unknown options.
pub fn with_negative_numbers(command: Command) -> Command {
    command.mut_subcommands(|subcommand| {
        subcommand.mut_args(|arg| {
            let is_number = range(&arg).is_some() || names_value(&arg, &["SECONDS", "VERSION"]);
            if is_number { arg.allow_hyphen_values(true) } else { arg }
        })
    })
}

fn names_value(arg: &Arg, names: &[&str]) -> bool {
    arg.get_value_names().is_some_and(|given| given.iter().any(|name| names.contains(&name.as_str())))
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
    // The parser of an integer says only which digit it stumbled over.
    let own = error.source().map(ToString::to_string).filter(|words| words.starts_with("is "));
    let words = own.unwrap_or_else(|| "is not a whole number that it takes".to_owned());
    Some(format!("{option}: \"{}\" {words}; {range}", value.escape_debug()))
}

/// The sentence "Range: …" of an option's help.
fn range(arg: &Arg) -> Option<String> {
    let help = arg.get_long_help()?.to_string();
    let range = &help[help.find("Range: ")?..];
    Some(range.trim_end().trim_end_matches('.').replacen("Range", "range", 1))
}
