//! The cases from Rust.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::Value as Json;
use usercom::{Cancel, Client, ClientBuilder, Error, IdState, Method, Report, Run, Status, Update, Value};

use crate::case::{self, Call, Function, Hook};
use crate::{Face, Told, every_case};

struct Rust;

impl Face for Rust {
    const NAME: &str = "rust";

    fn call(&mut self, url: &str, call: &Call) -> Told {
        catch_unwind(AssertUnwindSafe(|| run(url, call, None))).unwrap_or_default()
    }
}

#[test]
fn rust() {
    every_case(Rust);
}

/// Makes the call; `cancel` ends it.
pub fn run(url: &str, call: &Call, cancel: Option<&Cancel>) -> Told {
    match report(url, call, cancel) {
        Ok(report) => told(&report),
        Err(error) => {
            let status = if matches!(error, Error::Tls(_)) { Status::Tls } else { Status::InvalidArgument };
            Told { status: Some(status as i32), message: error.to_string(), ..Told::default() }
        }
    }
}

fn report(url: &str, call: &Call, cancel: Option<&Cancel>) -> usercom::Result<Report> {
    let client = match call.function {
        // The one-shot's client: it reads the address from the environment, which belongs to all tests of this process.
        Function::OneShot => Client::builder(&call.subdomain, &call.token).base_url(url).build()?,
        _ => {
            let mut client = Client::builder(&call.subdomain, &call.token);
            if !url.is_empty() {
                client = client.base_url(url);
            }
            call.client.iter().try_fold(client, set_of_client)?.build()?
        }
    };
    let update = if call.function.has_rows() {
        let values = call.values.iter().map(value).collect::<usercom::Result<Vec<Value>>>()?;
        let index = (0..values.len() as u32).collect();
        Update::rows(&call.attribute, values, index)
    } else {
        Update::new(&call.attribute, value(&call.value)?)
    };
    let mut run = call.run.iter().fold(client.run(update), set_of_run);
    let before = Cancel::new();
    match call.hook {
        Some(Hook::CancelBefore) => {
            before.request();
            run = run.cancel(&before);
        }
        Some(Hook::StopInProgress) => run = run.progress(|_| ControlFlow::Break(())),
        Some(Hook::ThrowInProgress) => run = run.progress(|_| panic!("thrown by the callback")),
        None => {}
    }
    if let Some(cancel) = cancel {
        run = run.cancel(cancel);
    }
    if call.function.has_custom_ids() {
        run.custom_ids(&call.ids).send()
    } else {
        let ids: Vec<i64> = call.ids.iter().map(|id| id.parse().unwrap()).collect();
        run.ids(&ids).send()
    }
}

fn set_of_client(client: ClientBuilder, (name, json): (&String, &Json)) -> usercom::Result<ClientBuilder> {
    let (text, number) = (json.as_str().unwrap_or_default(), json.as_u64().unwrap_or_default());
    Ok(match name.as_str() {
        "base_url" => client.base_url(text),
        "method" => client.method(if text == "POST" { Method::Post } else { Method::Put }),
        "api_version" => client.api_version(number as u32),
        "request_timeout_ms" => client.request_timeout(Duration::from_millis(number)),
        "batch_size" => client.batch_size(number as usize),
        "workers" => client.workers(number as usize),
        "rate_limit" => {
            let part = |name: &str| json[name].as_u64().unwrap();
            client.rate_limit(part("requests") as u32, Duration::from_millis(part("per_ms")))
        }
        "max_attempts" => client.max_attempts(number as u32),
        "proxy" => client.proxy(text),
        "ca_file" => client.ca_file(text),
        _ => panic!("an option that this driver does not know: {name}"),
    })
}

fn set_of_run<'a>(run: Run<'a>, (name, json): (&String, &Json)) -> Run<'a> {
    let (text, number) = (json.as_str().unwrap_or_default(), json.as_u64().unwrap_or_default());
    match (name.as_str(), json) {
        ("deadline_ms", _) => run.deadline(Duration::from_millis(number)),
        ("stall_timeout_ms", _) => run.stall_timeout(Duration::from_millis(number)),
        ("max_requests", _) => run.max_requests(number),
        ("max_rejected", _) => run.max_rejected(number),
        ("verify", _) => run.verify(number as usize),
        ("verify_strict", Json::Bool(true)) => run.verify_strict(),
        ("preflight", Json::Bool(true)) => run.preflight(),
        ("journal_dir", _) => run.journal_dir(text),
        ("journal_max_age_ms", _) => run.journal_max_age(Duration::from_millis(number)),
        ("standard_attributes", Json::Bool(true)) => run.standard_attributes(),
        ("allow_null", Json::Bool(true)) => run.allow_null(),
        ("dry_run", Json::Bool(true)) => run.dry_run(),
        _ => panic!("an option that this driver does not know: {name}: {json}"),
    }
}

fn value(value: &case::Value) -> usercom::Result<Value> {
    let text = value.text();
    Ok(match value.r#type.as_str() {
        "boolean" => (text == "true").into(),
        "integer" => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => text.parse::<u64>().unwrap().into(),
        },
        "float" => text.parse::<f64>().unwrap().into(),
        "float32" => text.parse::<f32>().unwrap().into(),
        "text" => text.into(),
        "date" => {
            let part: Vec<i32> = text.split('-').map(|part| part.parse().unwrap()).collect();
            Value::date(part[0], part[1] as u32, part[2] as u32)?
        }
        "datetime" => chrono::DateTime::parse_from_rfc3339(text).unwrap().into(),
        "choices" => serde_json::from_value::<Vec<String>>(value.value.clone()).unwrap().into(),
        "json" => Value::json(text)?,
        "null" => Value::json("null")?,
        other => panic!("no such type: {other}"),
    })
}

fn told(report: &Report) -> Told {
    let letter = |state: &IdState| match state {
        IdState::Confirmed => 'C',
        IdState::Rejected => 'R',
        IdState::Unknown => 'U',
        _ => 'N',
    };
    let failures = report.failures().map(|f| (f.index, f.http_status.unwrap_or(0), f.message.to_owned()));
    Told {
        status: Some(report.status() as i32),
        message: report.message().to_owned(),
        states: report.states().iter().map(letter).collect(),
        failures: failures.collect(),
        raised: String::new(),
    }
}
