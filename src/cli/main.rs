//! The `usercom` program: the library for people with a shell and a CSV.

mod account;
mod ask;
mod bounds;
mod commands;
mod config;
mod exit;
#[rustfmt::skip]
mod flags;
mod input;
mod invalid;
mod output;
mod parse;
mod plan;
mod run;
mod say;
mod signals;
mod state;
mod stdout;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Parser};

use crate::account::AccountArgs;
#[cfg(feature = "sync")]
use crate::commands::sync;
use crate::commands::{check, config as configs, demo, docs, resume, runs, sandbox, update, users};
use crate::config::Config;
use crate::say::say;
use crate::signals::Signals;

/// Set one attribute of many User.com users; the report says what is known of each id
#[derive(Parser)]
#[command(version, max_term_width = 100)]
enum Usercom {
    Update(Box<update::UpdateArgs>),
    Apply(Box<update::ApplyArgs>),
    #[cfg(feature = "sync")]
    Sync(Box<sync::SyncArgs>),
    Runs(runs::RunsArgs),
    Resume(resume::ResumeArgs),
    Check(Box<check::CheckArgs>),
    Users(Box<users::UsersArgs>),
    Config(configs::ConfigArgs),
    Sandbox(Box<sandbox::SandboxArgs>),
    Demo(demo::DemoArgs),
    #[command(hide = true)]
    GenerateDocs(docs::DocsArgs),
}

fn main() -> ExitCode {
    let command = bounds::with_negative_numbers(Usercom::command());
    let words: Vec<OsString> = std::env::args_os().collect();
    let outcome = match parse(&command, &words) {
        Ok(parsed) => {
            let (config, given) = (parsed.config.clone(), parsed.given.clone());
            run(parsed, &command).map_err(|message| config.renamed(message, &given))
        }
        Err(ended) => ended,
    };
    ExitCode::from(outcome.unwrap_or_else(|message| {
        say(message);
        exit::REFUSED
    }))
}

/// What was asked for.
struct Parsed {
    arguments: Usercom,
    /// Of the subcommand, with the configuration behind them.
    given: ArgMatches,
    described: Command,
    config: Config,
}

/// Parses the words twice: the configuration, which gives the flags their defaults, depends on the profile.
fn parse(command: &Command, words: &[OsString]) -> Result<Parsed, Result<u8, String>> {
    let ended = |command: &Command, error: &clap::Error| match bounds::message(error, command) {
        Some(message) => Err(message),
        None => Ok(print(error)),
    };
    let found = command.clone().try_get_matches_from(words).map_err(|error| ended(command, &error))?;
    let config = match leaf(&found, command) {
        (given, described) if described.get_arguments().any(|arg| arg.get_id() == "profile") => {
            Config::load(given).map_err(Err)?
        }
        _ => Config::default(),
    };
    let command = config.defaults(command.clone()).map_err(Err)?;
    let found = command.clone().try_get_matches_from(words).map_err(|error| ended(&command, &error))?;
    let mut arguments = Usercom::from_arg_matches(&found).map_err(|error| ended(&command, &error))?;
    if let Some(account) = arguments.account() {
        account.configured = config.token().map_err(Err)?;
    }
    let (given, described) = leaf(&found, &command);
    Ok(Parsed { arguments, given: given.clone(), described: described.clone(), config })
}

/// The innermost subcommand.
fn leaf<'a>(found: &'a ArgMatches, command: &'a Command) -> (&'a ArgMatches, &'a Command) {
    let inner = found.subcommand().and_then(|(name, inner)| Some((inner, command.find_subcommand(name)?)));
    inner.map_or((found, command), |(found, command)| leaf(found, command))
}

impl Usercom {
    fn account(&mut self) -> Option<&mut AccountArgs> {
        match self {
            Usercom::Update(args) => Some(args.account()),
            Usercom::Apply(args) => Some(args.account()),
            #[cfg(feature = "sync")]
            Usercom::Sync(args) => Some(args.apply.account()),
            Usercom::Check(args) => Some(&mut args.account),
            Usercom::Users(args) => Some(&mut args.account),
            Usercom::Config(args) => args.account(),
            _ => None,
        }
    }
}

fn run(parsed: Parsed, command: &Command) -> Result<u8, String> {
    match parsed.arguments {
        Usercom::Update(args) => update::update(*args, &Signals::listen()?),
        Usercom::Apply(args) => update::apply(*args, &Signals::listen()?),
        #[cfg(feature = "sync")]
        Usercom::Sync(args) => sync::run(*args, &Signals::listen()?),
        Usercom::Runs(args) => runs::run(&args),
        Usercom::Resume(args) => resume(&args, command),
        Usercom::Check(args) => check::run(&args),
        Usercom::Users(args) => users::run(&args, &Signals::listen()?),
        Usercom::Config(args) => args.run(&parsed.given, &parsed.described, &parsed.config),
        Usercom::Sandbox(args) => sandbox::run(*args),
        Usercom::Demo(args) => demo::run(args),
        Usercom::GenerateDocs(args) => docs::run(&args, command),
    }
}

/// Gives the command of the run again.
fn resume(args: &resume::ResumeArgs, command: &Command) -> Result<u8, String> {
    let record = resume::find(args)?;
    let words = std::iter::once("usercom").chain(record.arguments.iter().map(String::as_str));
    let words: Vec<OsString> = words.map(OsString::from).collect();
    match parse(command, &words).map(|parsed| parsed.arguments) {
        Ok(Usercom::Update(mut args)) => {
            args.resume(record);
            update::update(*args, &Signals::listen()?)
        }
        Ok(Usercom::Apply(mut args)) => {
            args.resume(record);
            update::apply(*args, &Signals::listen()?)
        }
        Err(Err(message)) => Err(message),
        _ => Err("the run's command is not one of this version's; run it again".to_owned()),
    }
}

/// Prints the help, the version, or what is wrong with the arguments.
fn print(error: &clap::Error) -> u8 {
    let printed = error.print();
    if error.use_stderr() {
        exit::REFUSED
    } else if printed.is_err() || stdout::was_closed() {
        exit::NOT_REPORTED
    } else {
        0
    }
}
