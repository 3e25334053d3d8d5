//! The cases through the program. It has no callbacks; its options are flags, its ids and rows are files.

use std::fs;
use std::process::Command;

use serde_json::Value as Json;

use crate::case::{Call, Value};
use crate::{Face, Told, all_statuses, every_case};

struct Program;

impl Face for Program {
    const NAME: &str = "program";

    fn call(&mut self, url: &str, call: &Call) -> Told {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_usercom"));
        if call.function.has_rows() {
            let rows = call.ids.iter().zip(&call.values).map(|(id, value)| [id.clone(), cell(value)]);
            write(
                &folder.path().join("rows.csv"),
                std::iter::once(["id".into(), "value".into()]).chain(rows),
            );
            // A file has one type for all its values.
            let mut kinds: Vec<&str> = call.values.iter().map(kind).collect();
            kinds.dedup();
            let kind = if let [kind] = kinds[..] { kind } else { "json" };
            command.args(["apply", "rows.csv", "--value-column", "value", "--type", kind]);
        } else {
            let ids = call.ids.iter().map(|id| [id.clone()]);
            write(&folder.path().join("ids.csv"), std::iter::once(["id".into()]).chain(ids));
            command
                .args(["update", "--ids", "ids.csv", "--type", kind(&call.value), "--value"])
                .arg(cell(&call.value));
        }
        command.args(["--attribute", &call.attribute, "--quiet", "--json", "--report", "states.csv"]);
        command.args(call.function.has_custom_ids().then_some("--custom-ids"));
        // What only the program does by default.
        command.args(["--rate-limit-scope", "process"]);
        // Without it the program starts afresh.
        let has_journal = call.run.iter().any(|(name, _)| name == "journal_dir");
        command.arg(if has_journal { "--resume" } else { "--no-journal" });
        for (name, json) in call.client.iter().chain(&call.run) {
            flag(&mut command, name, json);
        }
        // On by default in the program alone.
        command.args((!call.run.contains_key("preflight")).then_some("--no-preflight"));
        command.args(if call.run.contains_key("verify") { [].as_slice() } else { &["--verify", "0"] });
        command
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("XDG_STATE_HOME", folder.path().join("state"))
            .env("XDG_CONFIG_HOME", folder.path().join("config"))
            .env("USERCOM_SUBDOMAIN", &call.subdomain)
            .env("USERCOM_TOKEN", &call.token);
        command.env_remove("USERCOM_PROFILE").env_remove("USERCOM_TOKEN_FILE").env_remove("USERCOM_BASE_URL");
        if !url.is_empty() {
            command.env("USERCOM_BASE_URL", url);
        }
        let output = command.output().unwrap();
        if output.status.code() == Some(2) {
            let message = String::from_utf8(output.stderr).unwrap();
            return Told { status: Some(10), message, ..Told::default() };
        }
        let report: Json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        let failures = report["failures"].as_array().unwrap().iter().map(|failure| {
            let number = |name: &str| failure[name].as_u64().unwrap_or(0);
            (number("index") as usize, number("http_status") as u16, text(&failure["message"]))
        });
        Told {
            status: status(&text(&report["status"])),
            message: text(&report["message"]),
            // Without a request the file is not written.
            states: fs::read_to_string(folder.path().join("states.csv"))
                .map_or_else(|_| "N".repeat(call.ids.len()), |csv| letters(&csv)),
            failures: failures.collect(),
            raised: String::new(),
        }
    }
}

#[test]
fn program() {
    every_case(Program);
}

fn write(path: &std::path::Path, rows: impl Iterator<Item = impl IntoIterator<Item = String>>) {
    let mut csv = csv::Writer::from_path(path).unwrap();
    for row in rows {
        csv.write_record(row).unwrap();
    }
    csv.flush().unwrap();
}

fn kind(value: &Value) -> &str {
    match value.r#type.as_str() {
        "text" => "string",
        "null" => "json",
        "float32" => "float",
        other => other,
    }
}

/// The value as a person writes it. A float is sent as it is written.
fn cell(value: &Value) -> String {
    match value.r#type.as_str() {
        "float" | "float32" | "null" => value.json.clone(),
        _ => value.text().to_owned(),
    }
}

fn flag(command: &mut Command, name: &str, json: &Json) {
    let flag = format!("--{}", name.trim_end_matches("_ms").replace('_', "-"));
    let seconds = |ms: &Json| (ms.as_f64().unwrap() / 1000.0).to_string();
    match json {
        Json::Bool(true) if name == "preflight" => command,
        Json::Bool(true) => command.arg(flag),
        Json::Bool(false) => command,
        Json::String(text) => command.arg(flag).arg(text),
        Json::Object(rate) => {
            let per_second = rate["requests"].as_f64().unwrap() * 1000.0 / rate["per_ms"].as_f64().unwrap();
            command.arg(flag).arg(per_second.to_string())
        }
        time if name.ends_with("_ms") => command.arg(flag).arg(seconds(time)),
        number => command.arg(flag).arg(number.to_string()),
    };
}

fn status(name: &str) -> Option<i32> {
    all_statuses().iter().find(|status| status.name.eq_ignore_ascii_case(name)).map(|status| status.number)
}

fn letters(csv: &str) -> String {
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    rows.records().map(|row| row.unwrap()[1].chars().next().unwrap().to_ascii_uppercase()).collect()
}
