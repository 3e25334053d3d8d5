//! What reading shows: users, attributes and pages of both, in the forms that other clients of the service have seen.
use super::{
    Options, api::is_standard, column::Column, kind::Kind, query, raw::Raw, response::Response, store::Store,
};
use axum::http::{StatusCode, header, request::Parts};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

#[derive(Serialize)]
struct Page<T> {
    next: Option<String>,
    results: Vec<T>,
}

/// One page of a list, with the address of the next one. A page behind the last one does not exist.
fn page<T: Serialize>(
    options: &Options,
    head: &Parts,
    all: usize,
    item: impl Fn(usize) -> T,
) -> Result<Response, Response> {
    let number = match query::field(head.uri.query(), "page") {
        None => 1,
        Some(text) => text.parse().ok().filter(|number| *number > 0).ok_or_else(no_page)?,
    };
    let start = (number - 1) * options.page_size;
    if start >= all && number > 1 {
        return Err(no_page());
    }
    let end = all.min(start + options.page_size);
    let is_last = end == all && !options.next_after_last;
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // Behind a proxy that ends TLS the service thinks that it is asked through http.
    let next = format!("http://{host}{}?page={}", head.uri.path(), number + 1);
    let page = Page { next: (!is_last).then_some(next), results: (start..end).map(item).collect() };
    Ok(Response::json(StatusCode::OK, &page))
}

fn no_page() -> Response {
    Response::detail(StatusCode::NOT_FOUND, "Invalid page.")
}

/// All users, by id.
pub(super) fn users(options: &Options, store: &Store, head: &Parts) -> Result<Response, Response> {
    let ids = store.sorted_ids();
    page(options, head, ids.len(), |at| User { id: ids[at], store })
}

/// The two that have a place of their own in a user.
fn has_its_place(name: &str) -> bool {
    matches!(name, "email" | "custom_id")
}

/// All attributes: in here a name is one attribute, whichever call has set it.
pub(super) fn attributes(options: &Options, store: &Store, head: &Parts) -> Result<Response, Response> {
    let all: Vec<Value> = store
        .columns()
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| !has_its_place(name))
        .map(|(at, (name, column))| attribute(at, name, column))
        .collect();
    page(options, head, all.len(), |at| &all[at])
}

fn attribute(at: usize, name: &str, column: &Column) -> Value {
    let mut shown = json!({
        "id": at + 1, "content_type": "clientuser", "name": name, "name_std": name_std(name),
        "value_type": column.kind, "description": "",
    });
    if column.kind == Kind::Fixed {
        shown["choices"] = json!(column.choices);
        shown["allow_multiple_choices"] = json!(column.several);
    }
    shown
}

/// The type of the attribute with this name, in either form.
pub(super) fn attribute_type(store: &Store, name: &str) -> Result<Response, Response> {
    let mut columns = store.columns().iter();
    let (name, column) = columns
        .find(|(known, _)| *known == name || name_std(known) == name)
        .ok_or_else(Response::not_found)?;
    Ok(Response::json(StatusCode::OK, &json!({"name": name, "value_type": column.kind})))
}

/// One user.
pub(super) fn user(store: &Store, id: i64) -> Response {
    Response::json(StatusCode::OK, &User { id, store })
}

/// The first user whose field of the query is that; all of them with `many=true`. The form of the latter is not known.
pub(super) fn search(store: &Store, head: &Parts) -> Result<Response, Response> {
    let query = head.uri.query();
    let fields = [("email", "email"), ("phone_number", "phone_number"), ("key", "user_key")];
    let asked = fields.iter().find_map(|(field, column)| Some((*column, query::field(query, field)?)));
    let (column, text) = asked.ok_or_else(Response::not_found)?;
    let wanted = json!(text).to_string();
    let has = |id: &i64| store.get(*id, column).is_some_and(|(json, _)| **json == *wanted);
    let found: Vec<User> = store.sorted_ids().into_iter().filter(has).map(|id| User { id, store }).collect();
    match query::field(query, "many").as_deref() {
        Some("true") => Ok(Response::json(StatusCode::OK, &found)),
        _ => found.first().map(|user| Response::json(StatusCode::OK, user)).ok_or_else(Response::not_found),
    }
}

struct User<'a> {
    id: i64,
    store: &'a Store,
}

#[derive(Serialize)]
struct Attribute<'a> {
    id: usize,
    name: &'a str,
    name_std: String,
    value: Raw<'a>,
    value_type: Kind,
    description: &'static str,
}

impl Serialize for User<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut user = serializer.serialize_map(None)?;
        user.serialize_entry("id", &self.id)?;
        user.serialize_entry("user_id", &self.store.custom_id(self.id))?;
        let email = self.store.get(self.id, "email").map_or("null", |(json, _)| json);
        user.serialize_entry("email", &Raw(email))?;
        let mut attributes = Vec::new();
        let values: Vec<(usize, &str, Kind, String)> = self
            .store
            .columns()
            .iter()
            .enumerate()
            .filter_map(|(at, (name, column))| {
                let (json, _) = self.store.get(self.id, name)?;
                Some((at, name.as_str(), column.kind, shown(column.kind, json)))
            })
            .collect();
        for (at, name, kind, value) in &values {
            if has_its_place(name) {
                continue;
            }
            if is_standard(name) {
                user.serialize_entry(name, &Raw(value))?;
            }
            attributes.push(Attribute {
                id: at + 1,
                name,
                name_std: name_std(name),
                value: Raw(value),
                value_type: *kind,
                description: "",
            });
        }
        user.serialize_entry("attributes", &attributes)?;
        user.end()
    }
}

/// A value as it is read: choices are a list, moments are in UTC to the second.
fn shown(kind: Kind, json: &str) -> String {
    let text = || serde_json::from_str::<String>(json).ok();
    match kind {
        Kind::Fixed if json.starts_with('"') => format!("[{json}]"),
        Kind::Datetime => text().and_then(|text| in_utc(&text)).unwrap_or_else(|| json.to_owned()),
        _ => json.to_owned(),
    }
}

fn in_utc(text: &str) -> Option<String> {
    let naive = |format| NaiveDateTime::parse_from_str(text, format).ok().map(|naive| naive.and_utc());
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.with_timezone(&Utc));
    let moment =
        moment.or_else(|| naive("%Y-%m-%dT%H:%M:%S%.f")).or_else(|| naive("%Y-%m-%d %H:%M:%S%.f"))?;
    Some(format!("\"{}\"", moment.to_rfc3339_opts(SecondsFormat::Secs, true)))
}

/// A name as it is in paths: small letters and digits, everything else an underscore.
fn name_std(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
    name.to_lowercase().chars().map(plain).collect()
}
