//! What Node.js sees of the description: declarations for koffi, statuses, id states, errors, options, and their types.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::functions::{Function, Interface};
use super::interface::{CLIENT, IdState, Kind, Opt, RUN, Status};
use super::text::{Names, camel_case, constant, error_table, explained, option_table, raised, wrapped};
use super::{Generated, functions};

const WIDTH: usize = 110;
const README: &str = "bindings/node/README.md";

const NAMES: Names = Names {
    option: |option, _| format!("`{}`", name(option)),
    status: |status| format!("`Status.{}`", constant(status)),
};

pub fn files(root: &Path) -> io::Result<Vec<Generated>> {
    let types = [
        ("statuses", typed_constants("Status", &statuses())),
        ("id states", typed_constants("IdState", &id_states())),
        ("errors", typed_errors()),
        ("client options", typed_options(CLIENT)),
        ("run options", typed_options(RUN)),
    ];
    let tables = [
        ("errors", error_table("error", "`code`", constant)),
        ("options", option_table(&NAMES, |option| kind(option).2)),
    ];
    Ok(vec![
        Generated::new("bindings/node/lib/generated.js", interface(&functions::read(root)?)),
        Generated::new("bindings/node/lib/errors.js", errors()),
        Generated::regions(root, "bindings/node/index.mjs", &[("errors", reexported_errors())])?,
        Generated::regions(root, "bindings/node/index.d.ts", &types)?,
        Generated::regions(root, README, &tables)?,
    ])
}

fn head(what: &str) -> String {
    format!(
        "'use strict';\n// {what}\n// Generated from src/interface and src/ffi by `make generate`; do not edit.\n\n"
    )
}

/// `lib/generated.js`
fn interface(c: &Interface) -> String {
    let mut out = head("The C functions, the statuses, the states of an id, and the options.");
    for constant in &c.constants {
        let _ = writeln!(out, "exports.{} = {};", constant.name.trim_start_matches("UC_"), constant.value);
    }
    out.push_str(
        "\n// As koffi reads them. Handles, ids and tables of texts are addresses or typed arrays.\n",
    );
    for (list, functions) in [("CALLBACKS", &c.callbacks), ("FUNCTIONS", &c.functions)] {
        let _ = writeln!(out, "exports.{list} = [");
        for function in functions {
            let _ = writeln!(out, "  '{}',", prototype(function));
        }
        out.push_str("];\n");
    }
    for (name, rows) in [("Status", statuses()), ("IdState", id_states())] {
        let _ = writeln!(out, "\nexports.{name} = Object.freeze({{");
        for (constant, number, _) in rows {
            let _ = writeln!(out, "  {constant}: {number},");
        }
        out.push_str("});\n");
    }
    let completed = Status::ALL.iter().filter(|status| status.completed());
    let completed: Vec<String> = completed.map(|status| status.code().to_string()).collect();
    let _ = writeln!(
        out,
        "\n// The statuses of a run that completed.\nexports.COMPLETED = [{}];",
        completed.join(", ")
    );
    out.push_str("\n// Each option: its name in C and its kind.\n");
    for (list, options) in [("CLIENT_OPTIONS", CLIENT), ("RUN_OPTIONS", RUN)] {
        let _ = writeln!(out, "exports.{list} = {{");
        for option in options {
            let _ = writeln!(out, "  {}: ['{}', '{}'],", name(option), option.c_name(), kind(option).0);
        }
        out.push_str("};\n");
    }
    out
}

/// A declaration that koffi parses. What it would convert or copy is a plain pointer instead.
fn prototype(function: &Function) -> String {
    let parameter = |parameter: &functions::Parameter| {
        let plain = parameter.c_type.replace("const", "").replace(' ', "");
        let c_type = match plain.as_str() {
            "char*" => "const char *".into(),
            // A text that is handed out; a table of texts comes in.
            "char**" if !parameter.c_type.contains("*const") => "_Out_ const char **".into(),
            "int*" | "size_t*" => format!("_Out_ {} *", plain.trim_end_matches('*')),
            handle if handle.ends_with("**") && handle.starts_with("uc_") => "_Out_ void **".into(),
            pointer if pointer.ends_with('*') => "void *".into(),
            callback if callback.ends_with("_fn") => format!("{callback} *"),
            number => format!("{number} "),
        };
        format!("{c_type}{}", parameter.name)
    };
    let parameters: Vec<String> = function.parameters.iter().map(parameter).collect();
    let returns = match function.returns.as_str() {
        text if text.contains("char") => "const char *".into(),
        handle if handle.ends_with('*') => "void *".into(),
        number => format!("{number} "),
    };
    format!("{returns}{}({})", function.name, parameters.join(", "))
}

type Row = (String, i64, &'static str);

fn statuses() -> Vec<Row> {
    Status::ALL.iter().map(|status| (constant(*status), i64::from(status.code()), status.about())).collect()
}

fn id_states() -> Vec<Row> {
    IdState::ALL.iter().map(|state| (state.name().to_uppercase(), *state as i64, state.about())).collect()
}

/// `lib/errors.js`: one class for each status that has one.
fn errors() -> String {
    let mut out = head("The error of each status.");
    out.push_str("const { UserComError } = require('./error');\n");
    for status in raised() {
        let (class, constant) = (status.exception(), constant(status));
        let _ = write!(
            out,
            "\n{}exports.{class} = class {class} extends UserComError {{\n  static status = {};\n  static code = '{constant}';\n}};\n",
            comment(status.about(), ""),
            status.code()
        );
    }
    out
}

fn reexported_errors() -> String {
    raised().fold(String::new(), |mut out, status| {
        let _ = writeln!(out, "export const {0} = usercom.{0};", status.exception());
        out
    })
}

/// A documentation comment of one paragraph, on one line if it fits.
fn comment(text: &str, indent: &str) -> String {
    let line = format!("{indent}/** {text} */\n");
    if line.chars().count() <= WIDTH + 1 {
        return line;
    }
    format!("{indent}/**\n{}{indent} */\n", wrapped(text, &format!("{indent} * "), WIDTH))
}

fn typed_constants(object: &str, rows: &[Row]) -> String {
    let mut out = format!("export const {object}: {{\n");
    for (constant, number, about) in rows {
        let _ = writeln!(out, "{}  readonly {constant}: {number};", comment(about, "  "));
    }
    out + "};\n"
}

fn typed_errors() -> String {
    raised().fold(String::new(), |mut out, status| {
        let about = comment(status.about(), "");
        let _ = writeln!(out, "{about}export class {} extends UserComError {{}}", status.exception());
        out
    })
}

/// In camelCase, and with the unit of a time.
fn name(option: &Opt) -> String {
    camel_case(&option.c_name())
}

/// The name of a kind, and the type of its values, in TypeScript and in words.
fn kind(option: &Opt) -> (&'static str, &'static str, &'static str) {
    match option.kind {
        Kind::BaseUrl | Kind::Proxy => ("text", "string | URL", "string or URL"),
        Kind::Method => ("text", "'PUT' | 'POST'", "string"),
        Kind::Scope => ("text", "'process' | 'host'", "string"),
        Kind::CaFile | Kind::Directory => ("path", "string | URL", "path"),
        Kind::Flag => ("flag", "boolean", "boolean"),
        Kind::Count { .. } => ("count", "number | bigint", "number"),
        Kind::Time { .. } => ("time", "number | bigint", "milliseconds"),
        Kind::Rate => (
            "rate",
            "number | { requests: number; perMs: number }",
            "requests per second, or `{ requests, perMs }`",
        ),
    }
}

fn typed_options(options: &[Opt]) -> String {
    options.iter().fold(String::new(), |mut out, option| {
        let text = explained(option, &NAMES);
        let text =
            if let Kind::Time { .. } = option.kind { format!("In milliseconds. {text}") } else { text };
        let _ = writeln!(
            out,
            "{}  {}?: {} | null | undefined;",
            comment(&text, "  "),
            name(option),
            kind(option).1
        );
        out
    })
}
