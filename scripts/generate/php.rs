//! What PHP sees of the description: declarations for FFI, statuses, id states, exceptions, and options as arguments.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::functions::{Function, Interface};
use super::interface::{CLIENT, IdState, Kind, Opt, Preset, RUN, Status};
use super::text::{Names, camel_case, constant, localized, raised, wrapped};
use super::{Generated, functions};

const WIDTH: usize = 119;

const NAMES: Names = Names {
    option: |option, _| camel_case(option.name),
    status: |status| match status.completed() {
        true => format!("{{@see Status::{}}}", constant(status)),
        false => format!("{{@see Error\\{}}}", status.exception()),
    },
};

pub fn files(root: &Path) -> io::Result<Vec<Generated>> {
    let mut files = vec![
        Generated::new("bindings/php/usercom.cdef.h", declarations(&functions::read(root)?)),
        Generated::new("bindings/php/src/Status.php", statuses()),
        Generated::new("bindings/php/src/IdState.php", id_states()),
        Generated::new("bindings/php/src/Internal/Options.php", table()),
        Generated::regions(
            root,
            "bindings/php/src/Client.php",
            &[
                ("documentation of client options", documentation(CLIENT)),
                ("client options", arguments(CLIENT)),
                ("documentation of run options", documentation(RUN)),
                ("run options", arguments(RUN)),
            ],
        )?,
        Generated::regions(root, "bindings/php/src/Error.php", &[("exceptions", exception_of_status())])?,
        Generated::regions(
            root,
            "bindings/php/README.md",
            &[("exceptions", readme_exceptions()), ("options", readme_options())],
        )?,
    ];
    files.extend(raised().map(exception));
    Ok(files)
}

/// The C interface without directives, which `FFI::cdef()` can't read.
fn declarations(c: &Interface) -> String {
    let mut out = String::from("/* Generated from src/ffi by `make generate`; do not edit. */\n");
    for constant in &c.constants {
        let _ = writeln!(out, "enum {{ {} = {} }};", constant.name, constant.value);
    }
    out.push_str("typedef enum uc_status {\n");
    for status in Status::ALL {
        let _ = writeln!(out, "  UC_STATUS_{} = {},", constant(*status), status.code());
    }
    out.push_str("} uc_status;\ntypedef enum uc_id_state {\n");
    for state in IdState::ALL {
        let _ = writeln!(out, "  UC_ID_{} = {},", state.name().to_uppercase(), *state as u8);
    }
    out.push_str("} uc_id_state;\n");
    for handle in &c.handles {
        let _ = writeln!(out, "typedef struct {0} {0};", handle.name);
    }
    for callback in &c.callbacks {
        let _ = writeln!(
            out,
            "typedef {};",
            declared(&callback.returns, &format!("(*{})({})", callback.name, parameters(callback)))
        );
    }
    for function in &c.functions {
        let _ = writeln!(
            out,
            "{};",
            declared(&function.returns, &format!("{}({})", function.name, parameters(function)))
        );
    }
    out
}

fn parameters(function: &Function) -> String {
    if function.parameters.is_empty() {
        return "void".into();
    }
    let one = |parameter: &functions::Parameter| declared(&parameter.c_type, &parameter.name);
    function.parameters.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `const char *name`, `size_t n`
fn declared(c_type: &str, name: &str) -> String {
    format!("{c_type}{}{name}", if c_type.ends_with('*') { "" } else { " " })
}

/// The beginning of a file.
fn head(namespace: &str) -> String {
    format!(
        "<?php\n\n// Generated from src/interface by `make generate`; do not edit.\n\ndeclare(strict_types=1);\n\n\
         namespace {namespace};\n\n"
    )
}

/// A documentation comment of one paragraph, on one line if it fits.
fn comment(text: &str, indent: &str) -> String {
    let line = format!("{indent}/** {text} */\n");
    if line.chars().count() <= WIDTH + 1 {
        return line;
    }
    format!("{indent}/**\n{}{indent} */\n", wrapped(text, &format!("{indent} * "), WIDTH))
}

fn statuses() -> String {
    let mut out = head("UserCom");
    out.push_str(
        "/**\n * How a run ended. Numbers never change, but later versions of the library may add some: that is why they \
         are not an\n * enum.\n */\nfinal class Status\n{\n",
    );
    for status in Status::ALL {
        out.push_str(&comment(status.about(), "    "));
        let _ = writeln!(out, "    public const {} = {};", constant(*status), status.code());
    }
    let completed = Status::ALL.iter().filter(|status| status.completed());
    let completed: Vec<String> = completed.map(|status| format!("self::{}", constant(*status))).collect();
    let _ = write!(
        out,
        "\n    /** Those of a run that completed: it returns its report. */\n    public const COMPLETED = [{}];\n",
        completed.join(", ")
    );
    out + "\n    private function __construct()\n    {\n    }\n}\n"
}

fn id_states() -> String {
    let mut out = head("UserCom");
    out.push_str("/** What became of an id. */\nenum IdState: int\n{\n");
    for state in IdState::ALL {
        out.push_str(&comment(state.about(), "    "));
        let _ = writeln!(out, "    case {state:?} = {};", *state as u8);
    }
    out + "}\n"
}

fn exception(status: Status) -> Generated {
    let name = status.exception();
    let text = format!(
        "{}use UserCom\\Error;\nuse UserCom\\Status;\n\n{}final class {name} extends Error\n{{\n    \
         protected const STATUS = Status::{};\n}}\n",
        head("UserCom\\Error"),
        comment(status.about(), ""),
        constant(status)
    );
    Generated::new(&format!("bindings/php/src/Error/{name}.php"), text)
}

fn exception_of_status() -> String {
    raised().fold(String::new(), |mut out, status| {
        let _ = writeln!(
            out,
            "            Status::{} => Error\\{}::class,",
            constant(status),
            status.exception()
        );
        out
    })
}

/// How the option setter finds an option, and how messages are rewritten.
fn table() -> String {
    let mut out = head("UserCom\\Internal");
    out.push_str("/**\n * The options: what they are called in C, and how their values are converted.\n *\n * @internal\n */\nfinal class Options\n{\n");
    for (name, about, options) in [("CLIENT", "a client", CLIENT), ("RUN", "one run", RUN)] {
        let _ = writeln!(
            out,
            "    /** Options of {about}: argument => [name in C, kind]. */\n    public const {name} = ["
        );
        for option in options {
            let argument = camel_case(option.name);
            let _ = writeln!(out, "        '{argument}' => ['{}', '{}'],", option.c_name(), kind(option));
        }
        out.push_str("    ];\n\n");
    }
    out.push_str(
        "    /** What the library's messages call the arguments. */\n    public const ARGUMENTS = [\n",
    );
    for option in CLIENT.iter().chain(RUN) {
        let argument = camel_case(option.name);
        let mut names = vec![option.name.to_owned(), option.c_name()];
        names.dedup();
        for name in names.iter().filter(|name| **name != argument) {
            let _ = writeln!(out, "        '{name}' => '{argument}',");
        }
    }
    out + "    ];\n}\n"
}

/// How PHP converts a value.
fn kind(option: &Opt) -> &'static str {
    match option.kind {
        Kind::BaseUrl | Kind::Method | Kind::Scope | Kind::Proxy | Kind::CaFile | Kind::Directory => "text",
        Kind::Flag => "flag",
        Kind::Rate => "per second",
        Kind::Count { .. } => "count",
        Kind::Time { .. } => "seconds",
    }
}

/// The type of the argument, without null.
fn php_type(option: &Opt) -> &'static str {
    match kind(option) {
        "text" => "string",
        "flag" => "bool",
        "count" => "int",
        _ => "float",
    }
}

/// Whether the argument has a value in any case, and not null for the library's default.
fn has_value(option: &Opt) -> bool {
    matches!(option.kind, Kind::Flag) || option.php.is_some()
}

/// `@param` for each option.
fn documentation(options: &[Opt]) -> String {
    options.iter().fold(String::new(), |out, option| {
        let or_null = if has_value(option) { "" } else { "|null" };
        let text =
            format!("@param {}{or_null} ${} {}", php_type(option), camel_case(option.name), about(option));
        out + &wrapped(&text, "     *     ", WIDTH).replacen("     *     @", "     * @", 1)
    })
}

/// What the option is, its unit, bounds and default, without Markdown.
fn about(option: &Opt) -> String {
    let mut text = localized(option.about, &NAMES);
    if let Kind::Time { .. } = option.kind {
        text.push_str(" In seconds.");
    }
    let bounds = option.bounds();
    if !bounds.is_empty() {
        let _ = write!(text, " Range: {bounds}.");
    }
    let _ = write!(text, " Default: {}.", option.php.unwrap_or(option.default).words(option.kind));
    text.replace('`', "")
}

/// A named argument for each option.
fn arguments(options: &[Opt]) -> String {
    options.iter().fold(String::new(), |mut out, option| {
        let secret = if let Kind::Proxy = option.kind { "#[\\SensitiveParameter] " } else { "" };
        let (or_null, default) = match option.php {
            Some(Preset::Text(text)) => ("", format!("'{text}'")),
            _ if has_value(option) => ("", "false".into()),
            _ => ("?", "null".into()),
        };
        let name = camel_case(option.name);
        let _ = writeln!(out, "        {secret}{or_null}{} ${name} = {default},", php_type(option));
        out
    })
}

fn readme_exceptions() -> String {
    raised().fold(String::from("| `UserCom\\Error\\…` | when |\n|---|---|\n"), |mut out, status| {
        let _ = writeln!(out, "| `{}` | {} |", status.exception(), status.about());
        out
    })
}

fn readme_options() -> String {
    let mut out = String::from("| argument | of | type | default | range |\n|---|---|---|---|---|\n");
    for (whose, options) in [("client", CLIENT), ("run", RUN)] {
        for option in options {
            let of = match kind(option) {
                "seconds" => "seconds",
                _ => php_type(option),
            };
            let _ = writeln!(
                out,
                "| [`{}`](../../docs/options.md#{}) | {whose} | {of} | {} | {} |",
                camel_case(option.name),
                option.name,
                option.php.unwrap_or(option.default).words(option.kind),
                option.bounds()
            );
        }
    }
    out
}
