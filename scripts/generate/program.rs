//! The program's flags, one for each option.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::Generated;
use super::interface::{CLIENT, Integer, Kind, Opt, Preset, RUN, grouped};
use super::text::{Names, flag, is_on, localized, wrapped};

const NAMES: Names =
    Names { option: |option, _| flag(option), status: |status| format!("status {}", status.name()) };

pub fn files(_: &Path) -> io::Result<Vec<Generated>> {
    let mut out = String::from(
        "//! A flag for each option. Generated from src/interface by `make generate`; do not edit.\n\n\
         use std::path::PathBuf;\nuse std::time::Duration;\n\nuse usercom::{ClientBuilder, Method, RateLimitScope, Run};\n\n\
         use crate::parse::{rate, seconds};\n",
    );
    out.push_str(&flags("ClientFlags", "Requests", "ClientBuilder", "", CLIENT));
    out.push_str(&flags("RunFlags", "Run", "Run<'a>", "<'a>", RUN));
    let names: Vec<String> =
        CLIENT.iter().chain(RUN).map(|option| format!("    {:?},\n", option.name)).collect();
    let _ = write!(
        out,
        "\n/// The options' names, as the library's messages have them.\npub const OPTIONS: &[&str] = &[\n{}];\n",
        names.concat()
    );
    Ok(vec![Generated::new("src/cli/flags.rs", out)])
}

fn flags(name: &str, about: &str, target: &str, lifetime: &str, options: &[Opt]) -> String {
    let mut out = format!(
        "\n/// {about}\n#[derive(clap::Args)]\n#[command(next_help_heading = {about:?})]\npub struct {name} {{\n"
    );
    for option in options.iter().filter(|option| !option.own_flag) {
        let about = option.program_about.unwrap_or(option.about);
        let (first, rest) = match about.split_once(". ") {
            Some((first, rest)) => (first, rest),
            None => (about.trim_end_matches('.'), ""),
        };
        let first = if is_on(option) {
            format!("Skip what is done by default: {}", lower_first(first))
        } else {
            first.to_owned()
        };
        let default = match option.kind {
            Kind::Flag => String::new(),
            kind => format!(" [default: {}]", option.program.unwrap_or(option.default).words(kind)),
        };
        out.push_str(&wrapped(
            &format!("{}{default}", localized(&first, &NAMES)).replace('`', ""),
            "    /// ",
            110,
        ));
        let bounds = option.bounds();
        let bounds = if bounds.is_empty() { bounds } else { format!("Range: {bounds}.") };
        let rest = format!("{} {bounds}", localized(rest, &NAMES)).replace('`', "").trim().to_owned();
        if !rest.is_empty() {
            out.push_str("    ///\n");
            out.push_str(&wrapped(&rest, "    /// ", 110));
        }
        let (attributes, of) = argument(option);
        let _ = writeln!(out, "    #[arg(long{attributes})]\n    pub {}: {of},", field(option));
    }
    let _ = write!(
        out,
        "}}\n\nimpl {name} {{\n    /// Sets what was given.\n    pub fn apply{lifetime}(&self, mut to: {target}) -> {target} {{\n"
    );
    for option in options.iter().filter(|option| !option.own_flag) {
        out.push_str(&set(option));
    }
    out + "        to\n    }\n}\n"
}

/// The name of the field, from which clap makes the flag.
fn field(option: &Opt) -> String {
    flag(option).trim_start_matches('-').replace('-', "_")
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

/// What clap is told of a flag, and the type of its field.
fn argument(option: &Opt) -> (String, &'static str) {
    match option.kind {
        Kind::BaseUrl | Kind::Proxy => (", value_name = \"URL\"".into(), "Option<String>"),
        Kind::Method => {
            (", value_name = \"METHOD\", value_parser = [\"PUT\", \"POST\"]".into(), "Option<String>")
        }
        Kind::Scope => {
            (", value_name = \"SCOPE\", value_parser = [\"process\", \"host\"]".into(), "Option<String>")
        }
        Kind::CaFile => (", value_name = \"FILE\"".into(), "Option<PathBuf>"),
        Kind::Directory => (", value_name = \"DIR\"".into(), "Option<PathBuf>"),
        Kind::Flag => (String::new(), "bool"),
        Kind::Rate => {
            (", value_name = \"PER_SECOND\", value_parser = rate".into(), "Option<(u32, Duration)>")
        }
        Kind::Time { .. } => {
            (", value_name = \"SECONDS\", value_parser = seconds".into(), "Option<Duration>")
        }
        Kind::Count { integer, unit, .. } => {
            let of = match integer {
                Integer::Size | Integer::SmallSize => "Option<usize>",
                Integer::U32 => "Option<u32>",
                Integer::U64 => "Option<u64>",
            };
            (format!(", value_name = {:?}", unit.to_uppercase()), of)
        }
    }
}

fn set(option: &Opt) -> String {
    let name = option.name;
    match option.kind {
        Kind::Flag => format!(
            "        if {}self.{} {{\n            to = to.{name}();\n        }}\n",
            if is_on(option) { "!" } else { "" },
            field(option)
        ),
        Kind::Method => format!(
            "        if let Some(method) = &self.{name} {{\n            \
             to = to.{name}(if method == \"POST\" {{ Method::Post }} else {{ Method::Put }});\n        }}\n"
        ),
        Kind::Scope => format!(
            "        let process = self.{name}.as_deref() == Some(\"process\");\n        \
             to = to.{name}(if process {{ RateLimitScope::Process }} else {{ RateLimitScope::Host }});\n"
        ),
        Kind::Rate => format!(
            "        if let Some((requests, per)) = self.{name} {{\n            to = to.{name}(requests, per);\n        }}\n"
        ),
        Kind::Time { .. } | Kind::Count { .. } => {
            let default = match option.program {
                Some(Preset::Time(ms)) => {
                    format!(".or(Some(Duration::from_millis({})))", grouped(ms).replace(',', "_"))
                }
                Some(Preset::Count(n)) => format!(".or(Some({n}))"),
                _ => String::new(),
            };
            format!(
                "        if let Some(value) = self.{name}{default} {{\n            to = to.{name}(value);\n        }}\n"
            )
        }
        _ => format!(
            "        if let Some(value) = &self.{name} {{\n            to = to.{name}(value);\n        }}\n"
        ),
    }
}
