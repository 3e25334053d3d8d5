//! The `usercom` program: the library for people with a shell and a CSV.

mod account;
mod ask;
mod bounds;
mod commands;
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

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::commands::{check, demo, docs, resume, runs, sandbox, update, users};
use crate::say::say;
use crate::signals::Signals;

/// Set one attribute of many User.com users; the report says what is known of each id
#[derive(Parser)]
#[command(version, max_term_width = 100)]
enum Usercom {
    Update(Box<update::UpdateArgs>),
    Apply(Box<update::ApplyArgs>),
    Runs(runs::RunsArgs),
    Resume(resume::ResumeArgs),
    Check(check::CheckArgs),
    Users(users::UsersArgs),
    Sandbox(sandbox::SandboxArgs),
    Demo(demo::DemoArgs),
    #[command(hide = true)]
    GenerateDocs(docs::DocsArgs),
}

fn main() -> ExitCode {
    let command = bounds::with_negative_numbers(Usercom::command());
    let parsed = command.clone().try_get_matches().and_then(|found| Usercom::from_arg_matches(&found));
    let outcome = match parsed {
        Ok(arguments) => run(arguments, &command),
        Err(error) => match bounds::message(&error, &command) {
            Some(message) => Err(message),
            None => Ok(print(&error)),
        },
    };
    ExitCode::from(outcome.unwrap_or_else(|message| {
        say(message);
        exit::REFUSED
    }))
}

fn run(arguments: Usercom, command: &clap::Command) -> Result<u8, String> {
    match arguments {
        Usercom::Update(args) => update::update(*args, &Signals::listen()?),
        Usercom::Apply(args) => update::apply(*args, &Signals::listen()?),
        Usercom::Runs(args) => runs::run(&args),
        Usercom::Resume(args) => resume(&args, command),
        Usercom::Check(args) => check::run(&args),
        Usercom::Users(args) => users::run(&args, &Signals::listen()?),
        Usercom::Sandbox(args) => sandbox::run(args),
        Usercom::Demo(args) => demo::run(args),
        Usercom::GenerateDocs(args) => docs::run(&args, command),
    }
}

/// Gives the command of the run again.
fn resume(args: &resume::ResumeArgs, command: &clap::Command) -> Result<u8, String> {
    let record = resume::find(args)?;
    let words = std::iter::once("usercom").chain(record.arguments.iter().map(String::as_str));
    let found = command.clone().try_get_matches_from(words);
    match found.and_then(|found| Usercom::from_arg_matches(&found)) {
        Ok(Usercom::Update(mut args)) => {
            args.resume(record);
            update::update(*args, &Signals::listen()?)
        }
        Ok(Usercom::Apply(mut args)) => {
            args.resume(record);
            update::apply(*args, &Signals::listen()?)
        }
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
