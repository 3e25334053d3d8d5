//! The tables in README.md and the page on options.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::Generated;
use super::c::setter_name;
use super::interface::{CLIENT, IdState, Opt, RUN, Status};
use super::text::{Names, camel_case, constant, kebab_case, localized, wrapped};

const NAMES: Names = Names {
    option: |option, _| format!("`{}`", option.name),
    status: |status| format!("`{}`", constant(status)),
};

pub fn files(root: &Path) -> io::Result<Vec<Generated>> {
    let readme = Generated::regions(root, "README.md", &[("statuses", statuses()), ("options", options())])?;
    Ok(vec![readme, Generated::new("docs/options.md", page())])
}

fn statuses() -> String {
    let mut out = String::from("| number | status | meaning |\n|---|---|---|\n");
    for status in Status::ALL {
        let _ = writeln!(out, "| {} | `{}` | {} |", status.code(), constant(*status), status.about());
    }
    out
}

fn options() -> String {
    let mut out = String::from("| option | default | bounds |\n|---|---|---|\n");
    for option in CLIENT.iter().chain(RUN) {
        let _ = writeln!(
            out,
            "| [`{}`](docs/options.md#{}) | {} | {} |",
            option.name,
            option.name,
            defaults(option),
            option.bounds()
        );
    }
    out
}

fn defaults(option: &Opt) -> String {
    let default = option.default.words(option.kind);
    match option.program {
        Some(program) => format!("{default} (the program: {})", program.words(option.kind)),
        None => default,
    }
}

fn page() -> String {
    let mut out = String::from(
        "# Options\n\n<!-- Generated from src/interface by `make generate`; do not edit. -->\n\n\
         Each option has one name. C adds the unit to it, PHP writes it in camelCase, the program with hyphens. Times\n\
         are `Duration` in Rust, `std::chrono` in C++, whole milliseconds in C, and seconds in Python, PHP and the\n\
         program. In C an option can also be set by name and JSON, with `uc_options_set` and `uc_run_options_set`; the\n\
         file `usercom.json`, beside the header, lists them for programs.\n",
    );
    for (title, client, options) in [("a client", true, CLIENT), ("one run", false, RUN)] {
        let _ = writeln!(out, "\n## Options of {title}");
        for option in options {
            let _ = write!(out, "\n### {}\n\n", option.name);
            out.push_str(&wrapped(&localized(option.about, &NAMES), "", 118));
            let bounds = option.bounds();
            let bounds = if bounds.is_empty() { String::new() } else { format!("Range: {bounds}. ") };
            let _ = write!(out, "\n{bounds}Default: {}.\n\n", defaults(option));
            let _ = writeln!(
                out,
                "| Rust, C++, Python | C | C by name | PHP | program |\n|---|---|---|---|---|\n\
                 | `{}` | `{}` | `{}` | `{}` | `--{}` |",
                option.name,
                setter_name(option, client),
                option.c_name(),
                camel_case(option.name),
                kebab_case(option.name)
            );
        }
    }
    out.push_str("\n## States of an id\n\n| number | state | meaning |\n|---|---|---|\n");
    for state in IdState::ALL {
        let _ =
            writeln!(out, "| {} | {} | {} |", *state as u8, state.name().replace('_', " "), state.about());
    }
    out
}
