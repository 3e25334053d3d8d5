//! What C sees of the description: the numbers, and a setter for each option. The header follows from that.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::interface::{CLIENT, IdState, Integer, Kind, Opt, Preset, RUN, Status, grouped};
use super::text::{Names, constant, localized, wrapped};
use super::{Generated, functions};

const WIDTH: usize = 110;

pub const NAMES: Names = Names {
    option: |option, client| format!("`{}`", setter_name(option, client)),
    status: |status| format!("`UC_STATUS_{}`", constant(status)),
};

/// `uc_run_options_set_deadline_ms`
pub fn setter_name(option: &Opt, client: bool) -> String {
    format!("uc_{}options_set_{}", if client { "" } else { "run_" }, option.c_name())
}

pub fn files(_: &Path) -> io::Result<Vec<Generated>> {
    let mut out = String::from(
        "//! The numbers that C sees, and a setter for each option. Generated from src/interface by `make generate`; do \
         not edit.\n\nuse std::ffi::{CStr, c_char, c_int};\nuse std::time::Duration;\n\n\
         use super::options::{set, set_path, set_text, uc_options};\nuse super::run_options::uc_run_options;\n\
         use crate::options::Given;\n\n\
         /// What a function returns. Functions return `int`: later versions may add numbers, none ever changes.\n\
         #[repr(C)]\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub enum uc_status {\n",
    );
    for status in Status::ALL {
        out.push_str(&wrapped(status.about(), "    /// ", WIDTH));
        let _ = writeln!(out, "    UC_STATUS_{} = {},", constant(*status), status.code());
    }
    out.push_str(
        "}\n\n/// What became of an id.\n#[repr(C)]\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n\
         pub enum uc_id_state {\n",
    );
    for state in IdState::ALL {
        out.push_str(&wrapped(state.about(), "    /// ", WIDTH));
        let _ = writeln!(out, "    UC_ID_{} = {},", state.name().to_uppercase(), *state as u8);
    }
    out.push_str(
        "}\n\n/// The sentence of a status.\npub(super) fn message(status: c_int) -> &'static CStr {\n    match status {\n",
    );
    for status in Status::ALL {
        let _ = writeln!(out, "        {} => c{:?},", status.code(), status.about());
    }
    out.push_str("        _ => c\"A status of a later version of usercom.\",\n    }\n}\n");
    for (client, options) in [(true, CLIENT), (false, RUN)] {
        for option in options {
            out.push('\n');
            out.push_str(&setter(option, client));
        }
    }
    Ok(vec![Generated::new("src/ffi/generated.rs", out)])
}

/// The header, of src/ffi as it is on the disk.
pub fn header(root: &Path) -> io::Result<Vec<Generated>> {
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).map_err(io::Error::other)?;
    let files = functions::FILES.iter().map(|name| root.join(format!("src/ffi/{name}.rs")));
    let builder =
        files.fold(cbindgen::Builder::new().with_config(config), |builder, file| builder.with_src(file));
    let mut header = Vec::new();
    builder.generate().map_err(io::Error::other)?.write(&mut header);
    let header = String::from_utf8(header).map_err(io::Error::other)?;
    Ok(vec![Generated::new("include/usercom.h", header)])
}

fn setter(option: &Opt, client: bool) -> String {
    let handle = if client { "options" } else { "run_options" };
    let (arguments, call) = match option.kind {
        Kind::BaseUrl | Kind::Proxy => text("set_text", "url"),
        Kind::Method => text("set_text", "method"),
        Kind::Scope => text("set_text", "scope"),
        Kind::CaFile => text("set_path", "pem_path"),
        Kind::Directory => text("set_path", "dir"),
        Kind::Flag => value("on: c_int", "Given::Flag(on != 0)"),
        Kind::Rate => {
            value("requests: u32, per_ms: u64", "Given::Rate(requests, Duration::from_millis(per_ms))")
        }
        Kind::Time { min: 0, .. } => {
            value("ms: u64", "if ms == 0 { Given::Default } else { Given::Time(Duration::from_millis(ms)) }")
        }
        Kind::Time { .. } => value("ms: u64", "Given::Time(Duration::from_millis(ms))"),
        Kind::Count { integer, unit, .. } => {
            let (of, as_u64) = match integer {
                Integer::Size => ("usize", format!("{unit} as u64")),
                Integer::SmallSize | Integer::U32 => ("u32", format!("{unit}.into()")),
                Integer::U64 => ("u64", unit.to_owned()),
            };
            value(&format!("{unit}: {of}"), &format!("Given::Integer({as_u64})"))
        }
    };
    let promise =
        if call.contains(".set") || call.starts_with("set_") { " and a string or NULL" } else { "" };
    let name = setter_name(option, client);
    let mut out = wrapped(&explained(option), "/// ", WIDTH);
    let _ = write!(
        out,
        "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {name}({handle}: *mut uc_{handle}, {arguments}) -> c_int {{\n    \
         // SAFETY: the caller gives a live handle{promise}.\n    unsafe {{ {} }}\n}}\n",
        call.replace("HANDLE", handle).replace("NAME", option.name)
    );
    out
}

fn text(set: &str, argument: &str) -> (String, String) {
    (format!("{argument}: *const c_char"), format!("{set}(HANDLE, \"NAME\", {argument})"))
}

fn value(arguments: &str, given: &str) -> (String, String) {
    (arguments.to_owned(), format!("set(HANDLE, \"NAME\", {given})"))
}

/// What the option is, its bounds and its default, in C's units.
fn explained(option: &Opt) -> String {
    let about = localized(option.about, &NAMES);
    let default = option.default.words(option.kind);
    match (option.kind, option.default) {
        (Kind::Flag, _) => format!("{about} Non-zero is on, 0 is off (default)."),
        (Kind::Time { min, max }, Preset::Time(ms)) => format!(
            "{about} Range in milliseconds: {} to {} ({}). Default: {} ({default}).",
            grouped(min),
            grouped(max),
            option.bounds(),
            grouped(ms)
        ),
        (Kind::Time { .. }, _) => format!(
            "{about} In milliseconds. 0 is the default: {default}. Set by name, 0 has passed at once, and `null` is {default}."
        ),
        (Kind::Count { min: 0, .. }, Preset::Unset(_)) => format!("{about} Default: 0."),
        (Kind::Count { .. } | Kind::Rate, _) => {
            format!("{about} Range: {}. Default: {default}.", option.bounds())
        }
        (Kind::Method, _) => format!("{about} \"PUT\" or \"POST\". NULL is the default: \"PUT\"."),
        (Kind::Scope, _) => format!("{about} \"process\" or \"host\". NULL is the default: \"process\"."),
        _ => format!("{about} NULL is the default: {default}."),
    }
}
