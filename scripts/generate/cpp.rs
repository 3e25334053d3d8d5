//! The setters of the C++ options, in the header that is otherwise written by hand.

use std::io;
use std::path::Path;

use super::Generated;
use super::c::setter_name;
use super::interface::{CLIENT, Integer, Kind, Opt, RUN};
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
    let set = format!("did({}(options_.get(), {given}))", setter_name(option, client));
    out.push_str(&method(&format!("{class}& {name}({parameters}) &"), &set));
    let moved = format!("std::move(this->{name}({passed}))");
    out.push_str(&method(&format!("{class} {name}({parameters}) &&"), &moved));
    out
}

fn method(head: &str, result: &str) -> String {
    let line = format!("    {head} {{ return {result}; }}\n");
    if line.len() <= WIDTH { line } else { format!("    {head} {{\n        return {result};\n    }}\n") }
}

/// The parameters, their names, and the arguments for C.
fn arguments(option: &Opt) -> (String, String, String) {
    let all = |parameters: &str, passed: &str, given: &str| (parameters.into(), passed.into(), given.into());
    match option.kind {
        Kind::BaseUrl | Kind::Proxy => all("const Text& url", "url", "url.c_str()"),
        Kind::Method => all("const Text& method", "method", "method.c_str()"),
        Kind::CaFile | Kind::Directory => all("const Text& path", "path", "path.c_str()"),
        Kind::Flag => all("bool on = true", "on", "on"),
        Kind::Rate => all(
            "std::uint32_t requests, std::chrono::milliseconds per = std::chrono::seconds(1)",
            "requests, per",
            "requests, detail::count(per)",
        ),
        // 0 would be the default, which is no limit.
        Kind::Time { min: 0, .. } => all("std::chrono::milliseconds time", "time", "detail::count(time, 1)"),
        Kind::Time { .. } => all("std::chrono::milliseconds time", "time", "detail::count(time)"),
        Kind::Count { integer, unit, .. } => {
            let of = match integer {
                Integer::Size => "std::size_t",
                Integer::SmallSize | Integer::U32 => "std::uint32_t",
                Integer::U64 => "std::uint64_t",
            };
            all(&format!("{of} {unit}"), unit, unit)
        }
    }
}
