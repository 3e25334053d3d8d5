//! The core's own structs for the options, and the setters of the Rust interface.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::Generated;
use super::interface::{CLIENT, Integer, Kind, Opt, Preset, RUN};
use super::text::{Names, explained, wrapped};

const WIDTH: usize = 110;

pub fn files(_: &Path) -> io::Result<Vec<Generated>> {
    Ok(vec![
        Generated::new("src/options/generated.rs", structs()),
        Generated::new("src/client/setters.rs", setters()),
    ])
}

fn head(what: &str) -> String {
    format!("//! {what} Generated from src/interface by `make generate`; do not edit.\n\n")
}

fn structs() -> String {
    let mut out = head("The options as the core uses them.");
    out.push_str(
        "use std::path::PathBuf;\nuse std::time::Duration;\n\n\
         use super::{Method, Options, Proxying, RateLimitScope, Roots, Setting};\nuse crate::account::BaseUrl;\n\
         use crate::error::Result;\nuse crate::interface::{CLIENT, Opt, RUN};\n",
    );
    out.push_str(&one_struct("ClientOptions", "CLIENT", "a client", CLIENT));
    out.push_str(&one_struct("RunOptions", "RUN", "one run", RUN));
    out
}

fn one_struct(name: &str, rows: &str, whose: &str, options: &[Opt]) -> String {
    let mut out =
        format!("\n/// The options of {whose}.\n#[derive(Clone, Debug)]\npub(crate) struct {name} {{\n");
    for option in options {
        let _ = writeln!(out, "    pub {}: {},", option.name, field(option));
    }
    let _ =
        write!(out, "}}\n\nimpl Default for {name} {{\n    fn default() -> {name} {{\n        {name} {{\n");
    for option in options {
        let _ = writeln!(out, "            {}: {},", option.name, default(option));
    }
    let _ = write!(
        out,
        "        }}\n    }}\n}}\n\nimpl Options for {name} {{\n    const ROWS: &'static [Opt] = {rows};\n\n    \
         fn store(&mut self, setting: Setting<'_>) -> Result<()> {{\n        match setting.option.name {{\n"
    );
    for option in options {
        let _ = writeln!(out, "            \"{0}\" => self.{0} = setting.{1},", option.name, parsed(option));
    }
    out + "            _ => {}\n        }\n        Ok(())\n    }\n}\n"
}

/// The type of the field.
fn field(option: &Opt) -> String {
    let plain = match option.kind {
        Kind::BaseUrl => "BaseUrl",
        Kind::Method => return "Method".into(),
        Kind::Scope => return "RateLimitScope".into(),
        Kind::Proxy => return "Proxying".into(),
        Kind::CaFile => "Roots",
        Kind::Directory => "PathBuf",
        Kind::Flag => "bool",
        Kind::Rate => "Option<(u32, Duration)>",
        Kind::Count { integer, .. } => integer_type(integer),
        Kind::Time { .. } => "Duration",
    };
    match option.default {
        Preset::Unset(_) => format!("Option<{plain}>"),
        _ => plain.to_owned(),
    }
}

fn integer_type(integer: Integer) -> &'static str {
    match integer {
        Integer::Size | Integer::SmallSize => "usize",
        Integer::U32 => "u32",
        Integer::U64 => "u64",
    }
}

fn default(option: &Opt) -> String {
    match (option.default, option.kind) {
        (_, Kind::Method) => "Method::default()".into(),
        (_, Kind::Scope) => "RateLimitScope::default()".into(),
        (_, Kind::Proxy) => "Proxying::default()".into(),
        (Preset::Unset(_), _) => "None".into(),
        (Preset::Off, _) => "false".into(),
        (Preset::On, _) => "true".into(),
        (Preset::Count(n), _) => number(n),
        (Preset::Time(ms), _) => format!("Duration::from_millis({})", number(ms)),
        (Preset::Rate(requests, ms), _) => {
            format!("Some(({requests}, Duration::from_millis({})))", number(ms))
        }
        (Preset::Text(text), _) => format!("{text:?}"),
    }
}

fn number(n: u64) -> String {
    super::interface::grouped(n).replace(',', "_")
}

/// From a setting to the field, or back to the default.
fn parsed(option: &Opt) -> String {
    let method = match option.kind {
        Kind::BaseUrl => "base_url",
        Kind::Method => "method",
        Kind::Scope => "scope",
        Kind::Proxy => "proxy",
        Kind::CaFile => "ca_file",
        Kind::Directory => "directory",
        Kind::Flag => "flag",
        Kind::Rate => "rate",
        Kind::Count { .. } => "count",
        Kind::Time { .. } => "time",
    };
    match (option.default, option.kind) {
        // 0 is as good as none.
        (Preset::Unset(_), Kind::Count { min: 0, .. }) => {
            format!("{method}()?.filter(|n| *n > 0)")
        }
        (_, Kind::Method | Kind::Scope | Kind::Proxy | Kind::Flag) => {
            format!("{method}()?.unwrap_or_default()")
        }
        (Preset::Unset(_), _) => format!("{method}()?"),
        _ => format!("{method}()?.unwrap_or({})", default(option)),
    }
}

const NAMES: Names = Names {
    option: |option, client| {
        format!("[`{0}`](crate::{1}::{0})", option.name, if client { "ClientBuilder" } else { "Run" })
    },
    status: |status| format!("[`Status::{status:?}`](crate::Status::{status:?})"),
};

fn setters() -> String {
    let mut out = head("A method for each option.");
    out.push_str(
        "use std::path::PathBuf;\nuse std::time::Duration;\n\nuse super::{ClientBuilder, Run};\n\
         use crate::options::{Given, Method, RateLimitScope};\n",
    );
    for (name, options) in [("ClientBuilder", CLIENT), ("Run<'_>", RUN)] {
        let _ = write!(out, "\nimpl {name} {{");
        for (at, option) in options.iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { "\n\n" });
            out.push_str(&wrapped(&explained(option, &NAMES), "    /// ", WIDTH));
            let (argument, given) = setter(option);
            let argument = if argument.is_empty() { String::new() } else { format!(", {argument}") };
            let _ = write!(
                out,
                "    pub fn {}(self{argument}) -> Self {{\n        self.set(\"{}\", {given})\n    }}",
                option.name, option.name
            );
        }
        out.push_str("\n}\n");
    }
    out
}

/// The parameters of a setter, and what becomes of them.
fn setter(option: &Opt) -> (String, String) {
    let (argument, given) = match option.kind {
        Kind::BaseUrl | Kind::Proxy => ("url: &str", "Given::Text(url.into())"),
        Kind::Method => ("method: Method", "Given::Text(method.as_str().into())"),
        Kind::Scope => ("scope: RateLimitScope", "Given::Text(scope.as_str().into())"),
        Kind::CaFile => ("path: impl Into<PathBuf>", "Given::Path(path.into().into())"),
        Kind::Directory => ("dir: impl Into<PathBuf>", "Given::Path(dir.into().into())"),
        Kind::Flag => ("", "Given::Flag(true)"),
        Kind::Rate => ("requests: u32, per: Duration", "Given::Rate(requests, per)"),
        Kind::Time { .. } => ("time: Duration", "Given::Time(time)"),
        Kind::Count { integer, unit, .. } => {
            let given = match integer {
                Integer::U64 => format!("Given::Integer({unit})"),
                Integer::U32 => format!("Given::Integer({unit}.into())"),
                Integer::Size | Integer::SmallSize => format!("Given::Integer({unit} as u64)"),
            };
            return (format!("{unit}: {}", integer_type(integer)), given);
        }
    };
    (argument.into(), given.into())
}
