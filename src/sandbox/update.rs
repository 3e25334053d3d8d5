//! The body of a mass update: its three keys, and what Django REST framework says if they are invalid.
use super::{response::Response, store::Id};
use axum::http::StatusCode;
use serde_json::{Map, Value, json, value::RawValue};
use std::collections::BTreeMap;

/// A mass update.
pub(super) struct Update<'a> {
    pub(super) ids: Vec<Id>,
    pub(super) attribute: String,
    /// JSON, byte for byte as it was received.
    pub(super) value: &'a str,
}

/// A field, or the messages about it.
type Field<T> = Result<T, Value>;

impl Update<'_> {
    /// Reads a body; `custom` says which kind of ids it must have.
    pub(super) fn parse(body: &[u8], custom: bool, max_ids: Option<usize>) -> Result<Update<'_>, Response> {
        let fields = fields(body)?;
        let field = |name| fields.get(name).copied().ok_or_else(|| json!(["This field is required."]));
        let ids = field("ids").and_then(|raw| ids(raw, custom, max_ids));
        let attribute = field("attribute").and_then(attribute);
        let value = field("value");
        match (ids, attribute, value) {
            (Ok(ids), Ok(attribute), Ok(value)) => Ok(Update { ids, attribute, value: value.get() }),
            (ids, attribute, value) => {
                let messages = [("ids", ids.err()), ("attribute", attribute.err()), ("value", value.err())];
                let messages: BTreeMap<&str, Value> =
                    messages.into_iter().filter_map(|(name, message)| Some((name, message?))).collect();
                Err(Response::json(StatusCode::BAD_REQUEST, &messages))
            }
        }
    }
}

/// The keys of the body; an empty body has none.
fn fields(body: &[u8]) -> Result<BTreeMap<String, &RawValue>, Response> {
    if body.is_empty() {
        return Ok(BTreeMap::new());
    }
    let not_json = |error: serde_json::Error| {
        Response::detail(StatusCode::BAD_REQUEST, &format!("JSON parse error - {error}"))
    };
    let whole: &RawValue = serde_json::from_slice(body).map_err(not_json)?;
    if !whole.get().starts_with('{') {
        let text = format!("Invalid data. Expected a dictionary, but got {}.", python_type(whole.get()));
        return Err(Response::field("non_field_errors", &text));
    }
    serde_json::from_str(whole.get()).map_err(not_json)
}

fn ids(raw: &RawValue, custom: bool, max: Option<usize>) -> Field<Vec<Id>> {
    let elements: Vec<&RawValue> = match serde_json::from_str(raw.get()) {
        Ok(elements) => elements,
        Err(_) if raw.get() == "null" => return Err(json!(["This field may not be null."])),
        Err(_) => {
            let text = format!("Expected a list of items but got type \"{}\".", python_type(raw.get()));
            return Err(json!([text]));
        }
    };
    if elements.is_empty() {
        return Err(json!(["This list may not be empty."]));
    }
    if let Some(max) = max.filter(|max| elements.len() > *max) {
        return Err(json!([format!("Ensure this field has no more than {max} elements.")]));
    }
    let read = if custom { custom_id } else { number };
    let mut ids = Vec::with_capacity(elements.len());
    let mut invalid = Map::new();
    for (index, element) in elements.iter().enumerate() {
        match read(element.get()) {
            Ok(id) => ids.push(id),
            Err(message) => {
                invalid.insert(index.to_string(), json!([message]));
            }
        }
    }
    if invalid.is_empty() { Ok(ids) } else { Err(invalid.into()) }
}

fn number(json: &str) -> Result<Id, &'static str> {
    match json.parse() {
        Ok(number) => Ok(Id::Number(number)),
        Err(_) if json == "null" => Err("This field may not be null."),
        Err(_) => Err("A valid integer is required."),
    }
}

fn custom_id(json: &str) -> Result<Id, &'static str> {
    text(json).map(Id::Custom)
}

fn attribute(raw: &RawValue) -> Field<String> {
    text(raw.get()).map_err(|message| json!([message]))
}

/// A string of 1 to 255 characters, as attributes and custom ids are.
fn text(json: &str) -> Result<String, &'static str> {
    match serde_json::from_str::<Option<String>>(json) {
        Ok(None) => Err("This field may not be null."),
        Ok(Some(text)) if text.trim().is_empty() => Err("This field may not be blank."),
        Ok(Some(text)) if text.chars().count() > 255 => {
            Err("Ensure this field has no more than 255 characters.")
        }
        Ok(Some(text)) => Ok(text),
        Err(_) => Err("Not a valid string."),
    }
}

/// What Python calls the type of a JSON value.
fn python_type(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "dict",
        Some(b'[') => "list",
        Some(b'"') => "str",
        Some(b't' | b'f') => "bool",
        Some(b'n') => "NoneType",
        _ if json.contains(['.', 'e', 'E']) => "float",
        _ => "int",
    }
}
