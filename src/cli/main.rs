//! The `usercom` program: the library for people with a shell and a CSV.

mod account;
mod demo;
#[rustfmt::skip]
mod flags;
mod input;
mod output;
mod parse;
mod sandbox;
mod typed;
mod update;

use std::process::ExitCode;

use clap::Parser;

/// Set one attribute of many User.com users, and know of every single id whether it was updated
#[derive(Parser)]
#[command(version, max_term_width = 100)]
enum Usercom {
    Update(update::UpdateArgs),
    Apply(update::ApplyArgs),
    Sandbox(sandbox::SandboxArgs),
    Demo(demo::DemoArgs),
}

fn main() -> ExitCode {
    let outcome = match Usercom::parse() {
        Usercom::Update(args) => update::update(args),
        Usercom::Apply(args) => update::apply(args),
        Usercom::Sandbox(args) => return sandbox::run(args),
        Usercom::Demo(args) => demo::run(args),
    };
    outcome.unwrap_or_else(|message| {
        eprintln!("usercom: {message}");
        ExitCode::from(output::REFUSED)
    })
}
