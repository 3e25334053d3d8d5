//! The `usercom` program.
use clap::Parser;
use std::process::ExitCode;

mod sandbox;

#[derive(Parser)]
#[command(version, about)]
enum Usercom {
    Sandbox(sandbox::SandboxArgs),
}

fn main() -> ExitCode {
    match Usercom::parse() {
        Usercom::Sandbox(args) => sandbox::run(args),
    }
}
