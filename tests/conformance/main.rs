//! The same value is the same bytes from every language: the cases of `values.json` from Rust, from C, and from the
//! program. C++, Python and PHP run the same file: `bindings/cpp/tests/conformance.py`,
//! `bindings/python/tests/test_conformance.py`, `bindings/php/tests/ConformanceTest.php`.
#![cfg(all(feature = "cli", feature = "capi"))]
#![allow(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::process::Command;
use std::ptr::null_mut;

use serde::Deserialize;
use support::capi::*;
use support::{Server, Watchdog};
use usercom::{Client, Update, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// How `value` is to be read.
    r#type: String,
    value: serde_json::Value,
    /// The bytes of the value in the request.
    sent: Option<String>,
    /// Or the argument that is named as invalid,
    invalid: Option<String>,
    /// and the languages in which that is another one.
    #[serde(default)]
    invalid_in: BTreeMap<String, String>,
    /// The languages that have no such value, each with the reason.
    #[serde(default)]
    not_in: BTreeMap<String, String>,
    #[serde(default)]
    allow_null: bool,
}

impl Case {
    fn text(&self) -> &str {
        self.value.as_str().unwrap_or_else(|| panic!("{}: the value is a text", self.name))
    }

    /// As a person writes it who writes JSON.
    fn json(&self) -> &str {
        match (&self.sent, self.r#type.as_str()) {
            (Some(sent), _) => sent,
            (None, "null") => "null",
            (None, _) => self.text(),
        }
    }
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("values.json")).unwrap()
}

/// Sends each case that the language has, and compares what arrives, or what is said.
fn every_case(language: &str, send: impl Fn(&Server, &Case) -> Result<(), String>) {
    let _watchdog = Watchdog::new();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in cases().iter().filter(|case| !case.not_in.contains_key(language)) {
        let server = Server::start(|exchange| exchange.ok());
        let outcome = send(&server, case);
        let bodies: Vec<String> = server
            .requests()
            .iter()
            .map(|request| String::from_utf8(request.body.clone()).unwrap())
            .collect();
        let (expected, said) = match (&case.sent, &case.invalid) {
            (Some(sent), None) => (
                format!("[{:?}]", format!(r#"{{"ids":[1],"attribute":"v","value":{sent}}}"#)),
                format!("{bodies:?}"),
            ),
            (None, Some(argument)) => {
                let argument = case.invalid_in.get(language).unwrap_or(argument);
                assert!(bodies.is_empty(), "{}: {bodies:?}", case.name);
                let said = outcome.clone().unwrap_err();
                let named =
                    said.trim_start_matches("usercom: ").split(": ").next().unwrap_or_default().to_owned();
                (argument.clone(), named)
            }
            _ => panic!("{}: either sent or invalid", case.name),
        };
        compared += 1;
        if said != expected {
            wrong.push(format!("{}: {said}, not {expected}; {outcome:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{language}:\n{}", wrong.join("\n"));
    assert!(compared >= 45, "{compared}");
}

#[test]
fn rust() {
    every_case("rust", |server, case| {
        let client: Client = server.client();
        let value = rust_value(case).map_err(|error| error.to_string())?;
        let run = client.run(Update::new("v", value)).ids(&[1]);
        let run = if case.allow_null { run.allow_null() } else { run };
        run.send().map(drop).map_err(|error| error.to_string())
    });
}

fn rust_value(case: &Case) -> usercom::Result<Value> {
    Ok(match case.r#type.as_str() {
        "boolean" => (case.text() == "true").into(),
        "integer" => match case.text().parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => case.text().parse::<u64>().unwrap().into(),
        },
        "float" => case.text().parse::<f64>().unwrap().into(),
        "float32" => case.text().parse::<f32>().unwrap().into(),
        "text" => case.text().into(),
        "date" => {
            let part: Vec<i32> = case.text().split('-').map(|part| part.parse().unwrap()).collect();
            Value::date(part[0], part[1] as u32, part[2] as u32)?
        }
        "datetime" => chrono::DateTime::parse_from_rfc3339(case.text()).unwrap().into(),
        "choices" => serde_json::from_value::<Vec<String>>(case.value.clone()).unwrap().into(),
        "json" => Value::json(case.text())?,
        "null" => Value::json("null")?,
        other => panic!("{}: no such type: {other}", case.name),
    })
}

#[test]
fn c() {
    every_case("c", |server, case| {
        let text = |text: &str| CString::new(text).unwrap();
        let (url, token, value) = (text(&server.url()), text(&server.token), text(case.json()));
        // SAFETY: live handles, and strings that end with a NUL.
        unsafe {
            let (options, run, mut client) = (uc_options_new(), uc_run_options_new(), null_mut());
            assert_eq!(uc_options_set_base_url(options, url.as_ptr()), 0);
            assert_eq!(uc_run_options_set_allow_null(run, case.allow_null.into()), 0);
            assert_eq!(uc_client_new(c"acme".as_ptr(), token.as_ptr(), options, &mut client), 0);
            let (id, attribute) = (1, c"v".as_ptr());
            let status = uc_client_mass_update(client, &id, 1, attribute, value.as_ptr(), run, null_mut());
            uc_client_free(client);
            uc_run_options_free(run);
            uc_options_free(options);
            let said = CStr::from_ptr(uc_last_error()).to_str().unwrap().to_owned();
            if status == 0 { Ok(()) } else { Err(said) }
        }
    });
}

#[test]
fn program() {
    every_case("program", |server, case| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ids.csv"), "id\n1\n").unwrap();
        let (kind, value) = match case.r#type.as_str() {
            "text" => ("string", case.text()),
            "null" => ("json", "null"),
            // As written.
            "float" | "float32" => ("float", case.json()),
            kind => (kind, case.text()),
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_usercom"));
        command.args(["update", "--attribute", "v", "--type", kind, "--ids", "ids.csv", "--value", value]);
        command.args(case.allow_null.then_some("--allow-null"));
        command.current_dir(folder.path()).env("USERCOM_SUBDOMAIN", "acme");
        command.env("USERCOM_BASE_URL", server.url()).env("USERCOM_TOKEN", &server.token);
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        if output.status.success() { Ok(()) } else { Err(said) }
    });
}
