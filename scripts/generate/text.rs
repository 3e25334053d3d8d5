//! Texts of the description, rewritten for a language and wrapped for its comments.

use std::fmt::Write as _;

use super::interface::{CLIENT, Opt, Preset, RUN, Status};

/// How a language names options and statuses.
pub struct Names {
    pub option: fn(&Opt, client: bool) -> String,
    pub status: fn(Status) -> String,
}

/// The text with its names in backticks as this language has them.
pub fn localized(text: &str, names: &Names) -> String {
    text.split('`').enumerate().fold(String::new(), |mut out, (at, part)| {
        if at % 2 == 0 {
            out.push_str(part);
        } else {
            out.push_str(&name(part, names).unwrap_or_else(|| format!("`{part}`")));
        }
        out
    })
}

fn name(text: &str, names: &Names) -> Option<String> {
    let of = |rows: &'static [Opt], client| {
        rows.iter().find(|option| option.name == text).map(|option| (names.option)(option, client))
    };
    let status = || Status::ALL.iter().find(|status| constant(**status) == text).map(|s| (names.status)(*s));
    of(CLIENT, true).or_else(|| of(RUN, false)).or_else(status)
}

/// `RATE_LIMITED`
pub fn constant(status: Status) -> String {
    status.name().to_uppercase()
}

/// `stallTimeout`
pub fn camel_case(name: &str) -> String {
    name.split('_').enumerate().fold(String::new(), |out, (at, word)| {
        let (first, rest) = word.split_at(1.min(word.len()));
        out + &if at == 0 { first.to_owned() } else { first.to_uppercase() } + rest
    })
}

/// `stall-timeout`
pub fn kebab_case(name: &str) -> String {
    name.replace('_', "-")
}

/// The program's flag: one that is on by default is switched off.
pub fn flag(option: &Opt) -> String {
    let no = if is_on(option) { "no-" } else { "" };
    format!("--{no}{}", kebab_case(option.name))
}

/// Whether the program has it on by default.
pub fn is_on(option: &Opt) -> bool {
    matches!(option.program, Some(Preset::On))
}

/// Lines of at most `width` characters, each with `prefix`.
pub fn wrapped(text: &str, prefix: &str, width: usize) -> String {
    let (mut out, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty()
            && prefix.chars().count() + line.chars().count() + 1 + word.chars().count() > width
        {
            out.push_str(&format!("{prefix}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out + &format!("{prefix}{line}\n")
}

/// What an option is, its bounds and its default, as sentences.
pub fn explained(option: &Opt, names: &Names) -> String {
    let mut text = localized(option.about, names);
    let bounds = option.bounds();
    if !bounds.is_empty() {
        text.push_str(&format!(" Range: {bounds}."));
    }
    text + &format!(" Default: {}.", option.default.words(option.kind))
}

/// The statuses that have an error.
pub fn raised() -> impl Iterator<Item = Status> {
    Status::ALL.iter().copied().filter(|status| !status.exception().is_empty())
}

/// The errors of a language as a table; these are the titles of its first two columns.
pub fn error_table(error: &str, status: &str, name: fn(Status) -> String) -> String {
    raised().fold(format!("| {error} | {status} | meaning |\n|---|---|---|\n"), |mut out, status| {
        let _ = writeln!(out, "| `{}` | `{}` | {} |", status.exception(), name(status), status.about());
        out
    })
}

/// All options as two tables, with the first sentence of what each does. `kind` is the type of a value, in words.
pub fn option_table(names: &Names, kind: fn(&Opt) -> &'static str) -> String {
    let mut tables = Vec::new();
    for (title, options) in [("client", CLIENT), ("run", RUN)] {
        let mut out = format!("| option of a {title} | value | default | meaning |\n|---|---|---|---|\n");
        for option in options {
            let first = option.about.split_inclusive(". ").next().unwrap_or_default().trim_end();
            let (name, meaning) = ((names.option)(option, title == "client"), localized(first, names));
            let default = option.default.words(option.kind);
            let _ = writeln!(out, "| {name} | {} | {default} | {meaning} |", kind(option));
        }
        tables.push(out);
    }
    tables.join("\n")
}
