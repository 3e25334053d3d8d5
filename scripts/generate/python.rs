//! What Python sees of the description: the declarations for ctypes, the enums, the exceptions, and the options.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::Generated;
use super::functions::{self, Function};
use super::interface::{CLIENT, IdState, Kind, Opt, RUN, Status};
use super::text::{Names, constant, error_table, explained, option_table, raised, wrapped};

const WIDTH: usize = 110;
const README: &str = "bindings/python/README.md";

const NAMES: Names = Names {
    option: |option, _| format!("`{}`", option.name),
    status: |status| format!("`Status.{}`", constant(status)),
};

pub fn files(root: &Path) -> io::Result<Vec<Generated>> {
    let regions = [
        ("exceptions", error_table("exception", "status", |status| format!("Status.{}", constant(status)))),
        ("options", option_table(&NAMES, |option| kind(option.kind).2)),
    ];
    Ok(vec![
        Generated::new("bindings/python/usercom/_generated.py", interface(root)?),
        Generated::new("bindings/python/usercom/_exceptions.py", exceptions()),
        Generated::regions(root, README, &regions)?,
    ])
}

/// `_generated.py`: no other module of the package is imported in there.
fn interface(root: &Path) -> io::Result<String> {
    let c = functions::read(root)?;
    let mut out = head("The C functions, the statuses, the states of an id, and the options.");
    out.push_str(
        "import enum\nimport os\nfrom collections.abc import Mapping\n\
         from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p\n\
         from datetime import timedelta\n\
         from typing import Any, Optional, SupportsFloat, SupportsIndex, TypedDict, Union\n\n",
    );
    for constant in c.constants {
        let name = constant.name.trim_start_matches("UC_");
        let _ = writeln!(out, "{name} = {}", constant.value);
    }
    out.push('\n');
    for callback in &c.callbacks {
        let (name, result, parameters) = (ctype(&callback.name), ctype(&callback.returns), types(callback));
        let _ = writeln!(out, "{name} = CFUNCTYPE({result}, {parameters})");
    }
    out.push_str(
        "\n# An undeclared function would take and return int, which truncates pointers.\n\
         FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {\n",
    );
    c.functions.iter().for_each(|function| out.push_str(&declaration(function)));
    out.push_str("}\n");
    out.push_str(&status_enum());
    out.push_str(&id_state_enum());
    for (class, whose, options) in [("ClientOptions", "a client", CLIENT), ("RunOptions", "one run", RUN)] {
        out.push_str(&typed_dict(class, whose, options));
    }
    out.push_str("\n\n# The C name and the kind of each option.\n");
    for (name, options) in [("CLIENT_OPTIONS", CLIENT), ("RUN_OPTIONS", RUN)] {
        let _ = writeln!(out, "{name}: Mapping[str, tuple[str, str]] = {{");
        for option in options {
            let _ =
                writeln!(out, "    {:?}: ({:?}, {:?}),", option.name, option.c_name(), kind(option.kind).0);
        }
        out.push_str("}\n");
    }
    Ok(out)
}

fn head(what: &str) -> String {
    format!(
        "\"\"\"{what}\n\nGenerated from src/interface and src/ffi by `make generate`; do not edit.\n\"\"\"\n\n"
    )
}

/// What ctypes says for a type of C. Handles and arrays of ids are addresses.
fn ctype(c_type: &str) -> String {
    let plain = c_type.replace("const", "").replace(' ', "");
    match plain.as_str() {
        "void" => "None".into(),
        "char*" => "c_char_p".into(),
        "char**" => "POINTER(c_char_p)".into(),
        "int64_t*" => "c_void_p".into(),
        "int" | "int64_t" | "size_t" | "uint8_t" | "uint32_t" | "uint64_t" => {
            format!("c_{}", plain.trim_end_matches("_t").replace("size", "size_t"))
        }
        number @ ("int*" | "size_t*" | "uint8_t*" | "uint32_t*" | "uint64_t*") => {
            format!("POINTER({})", ctype(number.trim_end_matches('*')))
        }
        handle if handle.ends_with("**") => "POINTER(c_void_p)".into(),
        handle if handle.ends_with('*') => "c_void_p".into(),
        callback => callback.trim_start_matches("uc_").trim_end_matches("_fn").to_uppercase(),
    }
}

fn types(function: &Function) -> String {
    let types: Vec<String> = function.parameters.iter().map(|parameter| ctype(&parameter.c_type)).collect();
    types.join(", ")
}

fn declaration(function: &Function) -> String {
    let (name, result, parameters) = (&function.name, ctype(&function.returns), types(function));
    let line = format!("    {name:?}: ({result}, [{parameters}]),\n");
    if line.len() <= WIDTH + 1 {
        return line;
    }
    let mut list = format!("        [{parameters}],\n");
    if list.len() > WIDTH + 1 {
        list =
            format!("        [\n            {},\n        ],\n", parameters.replace(", ", ",\n            "));
    }
    format!("    {name:?}: (\n        {result},\n{list}    ),\n")
}

fn status_enum() -> String {
    let mut out = String::from(
        "\n\nclass Status(enum.IntEnum):\n    \
         \"\"\"How a run ended. The numbers never change; those of a later library get a made-up name.\"\"\"\n\n",
    );
    for status in Status::ALL {
        let _ = writeln!(out, "    {} = {}", constant(*status), status.code());
        out.push_str(&docstring(status.about()));
    }
    let completed = Status::ALL.iter().filter(|status| status.completed());
    let completed: Vec<_> = completed.map(|status| format!("Status.{}", constant(*status))).collect();
    out + "\n    @property\n    def completed(self) -> bool:\n        \
           \"\"\"Whether every id was tried as often as it may be.\"\"\"\n        \
           return self in ("
        + &completed.join(", ")
        + ")\n\n    \
           @classmethod\n    def _missing_(cls, value: object) -> \"Optional[Status]\":\n        \
           if not isinstance(value, int):\n            return None\n        \
           later = int.__new__(cls, value)\n        \
           later._name_, later._value_ = f\"STATUS_{value}\", value\n        return later\n\n    \
           # By number: some versions of Python pickle the name, which a status of a later library does not have.\n    \
           def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:\n        \
           return type(self), (int(self),)\n"
}

fn id_state_enum() -> String {
    let mut out = String::from("\n\nclass IdState(enum.IntEnum):\n    \"\"\"What became of an id.\"\"\"\n\n");
    for state in IdState::ALL {
        let _ = writeln!(out, "    {} = {}", state.name().to_uppercase(), *state as u8);
        out.push_str(&docstring(state.about()));
    }
    out
}

fn docstring(text: &str) -> String {
    wrapped(&format!("\"\"\"{text}\"\"\""), "    ", WIDTH)
}

/// `_exceptions.py`: one class for each status that has one.
fn exceptions() -> String {
    let mut out = head("The exception of each status.");
    out.push_str("from ._error_base import Error\nfrom ._generated import Status\n\n__all__ = [\n");
    raised().for_each(|status| out.push_str(&format!("    {:?},\n", status.exception())));
    out.push_str("]\n");
    for status in raised() {
        let bases = if status == Status::InvalidArgument { "Error, ValueError" } else { "Error" };
        let _ = write!(out, "\n\nclass {}({bases}):\n{}", status.exception(), docstring(status.about()));
        let _ = writeln!(out, "\n    status = Status.{}", constant(status));
    }
    out
}

/// The name of a kind, the type of its values, and that type in words.
fn kind(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::BaseUrl | Kind::Method | Kind::Proxy | Kind::Scope => ("text", "str", "str"),
        Kind::CaFile | Kind::Directory => ("path", "Union[str, os.PathLike[str]]", "path"),
        Kind::Flag => ("flag", "bool", "bool"),
        Kind::Count { .. } => ("count", "SupportsIndex", "int"),
        Kind::Time { .. } => ("time", "Union[SupportsFloat, timedelta]", "seconds or timedelta"),
        Kind::Rate => (
            "rate",
            "Union[SupportsFloat, tuple[SupportsIndex, Union[SupportsFloat, timedelta]]]",
            "requests per second, or (requests, seconds)",
        ),
    }
}

fn typed_dict(class: &str, whose: &str, options: &[Opt]) -> String {
    let mut out = format!(
        "\n\nclass {class}(TypedDict, total=False):\n    \"\"\"The options of {whose}. None is the default.\n\n"
    );
    for option in options {
        let text = format!("- `{}` ({}): {}", option.name, kind(option.kind).2, explained(option, &NAMES));
        // The lines after the first are indented by two more, as in a list.
        out.push_str(&wrapped(&text, "      ", WIDTH).replacen("      - ", "    - ", 1));
    }
    out.push_str("    \"\"\"\n\n");
    for option in options {
        let _ = writeln!(out, "    {}: Optional[{}]", option.name, kind(option.kind).1);
    }
    out
}
