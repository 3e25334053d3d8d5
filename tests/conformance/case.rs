//! The cases: what is called, what the service does, and what must come out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A call, and what must come of it in every language.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    #[serde(flatten)]
    pub call: Call,
    /// What the service does with the first request, the second, … The last one is for all further ones.
    #[serde(default)]
    pub server: Vec<Step>,
    /// What is there before the call.
    #[serde(default)]
    pub before: Vec<Before>,
    pub expect: Expect,
    /// The identical call, made again, and again.
    #[serde(default)]
    pub then: Vec<Expect>,
    /// The languages that have no such case, each with the reason.
    #[serde(default)]
    pub not_in: BTreeMap<String, String>,
}

/// A call as a driver gets it.
#[derive(Clone, Deserialize, Serialize)]
pub struct Call {
    #[serde(default = "acme")]
    pub subdomain: String,
    /// Empty: that of the server.
    #[serde(default)]
    pub token: String,
    #[serde(default)]
    pub function: Function,
    /// Numbers are texts here, because some readers of JSON take them for floats.
    #[serde(default = "one_id", deserialize_with = "ids")]
    pub ids: Vec<String>,
    /// The value of each id, for the functions of rows.
    #[serde(default)]
    pub values: Vec<Value>,
    #[serde(default = "attribute")]
    pub attribute: String,
    #[serde(default)]
    pub value: Value,
    #[serde(default)]
    pub client: BTreeMap<String, Json>,
    #[serde(default)]
    pub run: BTreeMap<String, Json>,
    #[serde(default)]
    pub hook: Option<Hook>,
    /// The client is made before fork(), and used in the child.
    #[serde(default)]
    pub fork: bool,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    #[default]
    MassUpdate,
    MassUpdateCustomIds,
    MassUpdateRows,
    MassUpdateRowsCustomIds,
    /// The one-shot call, which has no options.
    OneShot,
}

impl Function {
    pub fn has_custom_ids(self) -> bool {
        matches!(self, Function::MassUpdateCustomIds | Function::MassUpdateRowsCustomIds)
    }

    pub fn has_rows(self) -> bool {
        matches!(self, Function::MassUpdateRows | Function::MassUpdateRowsCustomIds)
    }
}

/// A value, and the type that it has in the language.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    pub r#type: String,
    pub value: Json,
    /// For those who have no types but JSON.
    #[serde(default)]
    pub json: String,
}

impl Default for Value {
    fn default() -> Value {
        Value { r#type: "text".into(), value: "pro".into(), json: String::new() }
    }
}

impl Value {
    pub fn text(&self) -> &str {
        self.value.as_str().unwrap_or_default()
    }

    /// The value as a person writes it who writes JSON.
    pub fn with_json(mut self) -> Value {
        if self.json.is_empty() {
            self.json = match self.r#type.as_str() {
                "text" | "date" | "datetime" | "choices" => self.value.to_string(),
                "null" => "null".into(),
                _ => self.text().into(),
            };
        }
        self
    }
}

/// What a callback of the caller does.
#[derive(Clone, Copy, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hook {
    /// The run is cancelled before it begins.
    CancelBefore,
    /// The progress callback asks to stop.
    StopInProgress,
    /// The progress callback fails in the way of the language.
    ThrowInProgress,
}

/// What the service does with a request.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub headers: String,
    #[serde(default = "ok_body")]
    pub body: String,
    /// Only for requests with one of these ids; others get a 200.
    #[serde(default)]
    pub for_ids: Vec<String>,
    #[serde(default)]
    pub how: How,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum How {
    #[default]
    Respond,
    /// Applies the request and closes the connection.
    Drop,
    /// Sends a part of the response.
    Truncate,
    /// Never responds.
    Hang,
}

impl Default for Step {
    fn default() -> Step {
        Step { status: ok(), headers: String::new(), body: ok_body(), for_ids: Vec::new(), how: How::Respond }
    }
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Somebody else is running the identical job.
    Running,
    /// `$TEMP/file` is a file.
    File,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// A status of usercom.json. `callback`: the call fails as the callback did.
    pub status: String,
    /// A letter for each id: Confirmed, Rejected, Unknown, Not attempted. `1000C` are a thousand.
    #[serde(default)]
    pub states: String,
    /// The requests in the order in which they were sent: method, path below /api/public, body.
    #[serde(default)]
    pub requests: Vec<String>,
    /// Or how many ids each had.
    pub sizes: Option<Vec<usize>>,
    /// Or that they don't matter, since they depend on timing.
    #[serde(default)]
    pub any_requests: bool,
    /// Words of the message, in any case, without underscores.
    #[serde(default)]
    pub message: Vec<String>,
    /// Other words where a language calls it by another name.
    #[serde(default)]
    pub message_in: BTreeMap<String, Vec<String>>,
    /// Position, HTTP status and a word of the message of each failure.
    pub failures: Option<Vec<(usize, u16, String)>>,
}

impl Expect {
    /// The states, a letter each.
    pub fn letters(&self) -> String {
        let (mut letters, mut count) = (String::new(), String::new());
        for c in self.states.chars() {
            if c.is_ascii_digit() {
                count.push(c);
            } else {
                letters.extend(std::iter::repeat_n(c, count.parse().unwrap_or(1)));
                count.clear();
            }
        }
        letters
    }
}

/// A case of values.json: one value, and its bytes in the request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueCase {
    name: String,
    r#type: String,
    value: Json,
    sent: Option<String>,
    /// Or the argument that is named as invalid,
    invalid: Option<String>,
    /// and the languages in which that is another one.
    #[serde(default)]
    invalid_in: BTreeMap<String, String>,
    #[serde(default)]
    not_in: BTreeMap<String, String>,
    #[serde(default)]
    allow_null: bool,
}

impl ValueCase {
    fn case(self) -> Case {
        let value =
            Value { r#type: self.r#type, value: self.value, json: self.sent.clone().unwrap_or_default() };
        let run = if self.allow_null { [("allow_null".into(), true.into())].into() } else { BTreeMap::new() };
        let call = Call { value: value.with_json(), run, ..Call::default() };
        let body = |sent| {
            format!(
                r#"PUT /users/mass_update_custom_attributes/ {{"ids":[1],"attribute":"v","value":{sent}}}"#
            )
        };
        let named = |argument: String| vec![format!("{argument}:")];
        let expect = Expect {
            status: if self.sent.is_some() { "OK" } else { "INVALID_ARGUMENT" }.into(),
            states: if self.sent.is_some() { "C" } else { "" }.into(),
            requests: self.sent.into_iter().map(body).collect(),
            sizes: None,
            any_requests: false,
            message: self.invalid.into_iter().map(|argument| format!("{argument}:")).collect(),
            message_in: self
                .invalid_in
                .into_iter()
                .map(|(language, argument)| (language, named(argument)))
                .collect(),
            failures: None,
        };
        let name = format!("value: {}", self.name);
        Case { name, call, server: vec![], before: vec![], expect, then: vec![], not_in: self.not_in }
    }
}

impl Default for Call {
    fn default() -> Call {
        serde_json::from_str("{}").unwrap()
    }
}

/// Every case, in the order of the files.
pub fn cases() -> Vec<Case> {
    let values: Vec<ValueCase> = serde_json::from_str(include_str!("values.json")).unwrap();
    let mut cases: Vec<Case> = values.into_iter().map(ValueCase::case).collect();
    for text in [include_str!("arguments.json"), include_str!("runs.json")] {
        let of_file: Vec<Case> = serde_json::from_str(text).unwrap();
        cases.extend(of_file);
    }
    for case in &mut cases {
        let call = &mut case.call;
        for text in [&mut call.attribute, &mut call.token].into_iter().chain(&mut call.ids) {
            *text = expanded(text);
        }
        for value in call.values.iter_mut().chain([&mut call.value]) {
            if let Json::String(text) = &mut value.value {
                *text = expanded(text);
            }
        }
        case.call.value = std::mem::take(&mut case.call.value).with_json();
        case.call.values = std::mem::take(&mut case.call.values).into_iter().map(Value::with_json).collect();
    }
    cases
}

/// `$255` is a text of 255 letters.
fn expanded(text: &str) -> String {
    let mut parts = text.split('$');
    let mut long = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        long += &part[..digits].parse().map_or_else(|_| "$".into(), |count| "x".repeat(count));
        long += &part[digits..];
    }
    long
}

/// A list, or `{"from": 1, "to": 1000}`.
fn ids<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Ids {
        List(Vec<String>),
        Range { from: i64, to: i64 },
    }
    Ok(match Ids::deserialize(from)? {
        Ids::List(list) => list,
        Ids::Range { from, to } => (from..=to).map(|id| id.to_string()).collect(),
    })
}

fn acme() -> String {
    "acme".into()
}

fn attribute() -> String {
    "v".into()
}

fn one_id() -> Vec<String> {
    vec!["1".into()]
}

fn ok() -> u16 {
    200
}

fn ok_body() -> String {
    r#"{"status":"ok"}"#.into()
}
