//! The setters of the C++ options, in the header that is otherwise written by hand.

use std::io;
use std::path::Path;

use super::Generated;
use super::c::setter_name;
use super::interface::{CLIENT, Kind, Opt, RUN};
use super::text::{Names, constant, explained, wrapped};

const WIDTH: usize = 119;

const NAMES: Names = Names {
    option: |option, client| format!("`{}::{}`", class(client), option.name),
    status: |status| format!("`UC_STATUS_{}`", constant(status)),
};

pub fn files(root: &Path) -> io::Result<Vec<Generated>> {
    let regions = [("client options", setters(CLIENT, true)), ("run options", setters(RUN, false))];
    Ok(vec![Generated::regions(root, "bindings/cpp/usercom.hpp", &regions)?])
}

fn class(client: bool) -> &'static str {
    if client { "Options" } else { "RunOptions" }
}

fn setters(options: &[Opt], client: bool) -> String {
    options.iter().map(|option| setter(option, client)).collect()
}

/// For an object with a name and for a temporary one, of which a reference would dangle.
fn setter(option: &Opt, client: bool) -> String {
    let (class, name) = (class(client), option.name);
    let (parameters, passed, given) = arguments(option);
    let mut about = explained(option, &NAMES);
    if let Kind::Time { min: 0, .. } = option.kind {
        about.push_str(" Zero or less has passed at once.");
    }
    let mut out = wrapped(&about, "    /// ", WIDTH);
    let function = match option.kind {
        Kind::Rate | Kind::Time { min: 0, .. } | Kind::Count { .. } if client => "uc_options_set".into(),
        Kind::Rate | Kind::Time { min: 0, .. } | Kind::Count { .. } => "uc_run_options_set".into(),
        _ => setter_name(option, client),
    };
    let set = format!("did({function}(options_.get(), {given}))");
    out.push_str(&method(&format!("{class}& {name}({parameters}) &"), &set));
    let moved = format!("std::move(this->{name}({passed}))");
    out.push_str(&method(&format!("{class} {name}({parameters}) &&"), &moved));
    out
}

fn method(head: &str, result: &str) -> String {
    let line = format!("    {head} {{ return {result}; }}\n");
    if line.len() <= WIDTH { line } else { format!("    {head} {{\n        return {result};\n    }}\n") }
}

/// The parameters, their names, and how the option is set. Counts are set by name: a parameter of C's type would be
/// converted without a word, -1 to a huge number. So is a time that may be 0, which is the default for C's setter.
fn arguments(option: &Opt) -> (String, String, String) {
    let c_name = option.c_name();
    let text = |name: &str| (format!("const Text& {name}"), name.into(), format!("{name}.c_str()"));
    let number = |of: &str, name: &str| {
        (format!("const detail::{of}& {name}"), name.into(), format!("\"{c_name}\", {name}.json()"))
    };
    match option.kind {
        Kind::BaseUrl | Kind::Proxy => text("url"),
        Kind::Method => text("method"),
        Kind::Scope => text("scope"),
        Kind::CaFile | Kind::Directory => text("path"),
        Kind::Flag => ("bool on = true".into(), "on".into(), "on".into()),
        Kind::Rate => (
            "const detail::Count& requests, const detail::Time& per = std::chrono::seconds(1)".into(),
            "requests, per".into(),
            format!("\"{c_name}\", detail::rate(requests, per).c_str()"),
        ),
        Kind::Time { min: 0, .. } => number("Time", "time"),
        Kind::Time { .. } => ("const detail::Time& time".into(), "time".into(), "time.ms()".into()),
        Kind::Count { unit, .. } => number("Count", unit),
    }
}
