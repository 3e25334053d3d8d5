//! In which order a request to the API is checked, and what is then done.
use super::{
    Options, Request, State, UnknownAttributes, UnknownIds,
    answer::Answer,
    endpoint::Endpoint,
    log::{self, Note},
    raw::Raw,
    store::{Id, Store},
    update::Update,
};
use axum::http::{Method, StatusCode, header, request::Parts};
use serde::Serialize;
use serde_json::{Map, json};
use std::time::Instant;

/// The attributes that the sibling for standard attributes takes, from the vendor's page.
const STANDARD: &str = "assigned_to city company_id country email facebook_url first_name gender \
     google_url gravatar_url last_name linkedin_url notifications phone_number region score status \
     timezone twitter_url unsubscribed custom_id";

/// A body that came to its end.
pub(super) enum Body {
    Whole(Vec<u8>),
    TooLarge,
}

/// Answers a request and writes it down.
pub(super) fn answer(options: &Options, state: &mut State, head: &Parts, body: &Body) -> Answer {
    let mut note = Note::default();
    let answer = respond(options, state, head, body, &mut note).unwrap_or_else(|refusal| refusal);
    state.log.add(Request {
        number: 0,
        method: head.method.to_string(),
        path: head.uri.to_string().replace(&options.token, "…"),
        headers: log::headers(&head.headers, &options.token),
        status: answer.status.as_u16(),
        reason: answer.reason().map(|reason| reason.replace(&options.token, "…")),
        ids: note.ids,
        ignored: note.ignored,
        attribute: note.attribute,
        value: note.value,
    });
    answer
}

/// The order is that of nginx, then Django, then Django REST framework.
fn respond(
    options: &Options,
    state: &mut State,
    head: &Parts,
    body: &Body,
    note: &mut Note,
) -> Result<Answer, Answer> {
    let now = Instant::now();
    state.gate.arrive(now);
    let Body::Whole(body) = body else {
        return Err(Answer::too_large());
    };
    let endpoint = Endpoint::of(head.uri.path()).ok_or_else(|| nowhere(head))?;
    authenticate(options, head)?;
    if let Some(limit) = options.burst_401
        && state.gate.burst(now, limit)
    {
        return Err(unauthorized("Invalid token."));
    }
    if let Some(rate) = options.rate {
        state.gate.throttle(now, rate).map_err(throttled)?;
    }
    let allowed = endpoint.methods(options);
    if !allowed.contains(&head.method) {
        let text = format!("Method \"{}\" not allowed.", head.method);
        let allow: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        return Err(
            Answer::detail(StatusCode::METHOD_NOT_ALLOWED, &text).with(header::ALLOW, allow.join(", "))
        );
    }
    match endpoint {
        Endpoint::User(id) => user(&state.store, id),
        Endpoint::AttributeType(name) => attribute_type(&state.store, &name),
        Endpoint::MassUpdate { custom_ids, standard } => {
            must_be_json(head, body)?;
            let update = Update::parse(body, custom_ids, options.max_ids)?;
            note.ids = update.ids.len();
            note.attribute = Some(update.attribute.clone());
            note.value = Some(Note::value_of(update.value));
            mass_update(options, &mut state.store, &update, standard, note)
        }
    }
}

/// A path that is only without its slash is sent there, as Django does it; any other is a page.
fn nowhere(head: &Parts) -> Answer {
    let slashed = format!("{}/", head.uri.path());
    if Endpoint::of(&slashed).is_none() {
        return Answer::no_page();
    }
    let location = match head.uri.query() {
        Some(query) => format!("{slashed}?{query}"),
        None => slashed,
    };
    Answer::page(StatusCode::MOVED_PERMANENTLY, "").with(header::LOCATION, location)
}

fn authenticate(options: &Options, head: &Parts) -> Result<(), Answer> {
    let header = text_of(head, header::AUTHORIZATION);
    let mut words = header.split_whitespace();
    let scheme = words.next().unwrap_or_default();
    let complaint = match (words.next(), words.next()) {
        _ if !scheme.eq_ignore_ascii_case("token") => "Authentication credentials were not provided.",
        (None, _) => "Invalid token header. No credentials provided.",
        (_, Some(_)) => "Invalid token header. Token string should not contain spaces.",
        (Some(token), None) if token == options.token => return Ok(()),
        (Some(_), None) => "Invalid token.",
    };
    Err(unauthorized(complaint))
}

fn unauthorized(text: &str) -> Answer {
    Answer::detail(StatusCode::UNAUTHORIZED, text).with(header::WWW_AUTHENTICATE, "Token")
}

fn throttled(seconds: u64) -> Answer {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let text = format!("Request was throttled. Expected available in {seconds} {unit}.");
    Answer::detail(StatusCode::TOO_MANY_REQUESTS, &text).with(header::RETRY_AFTER, seconds)
}

fn must_be_json(head: &Parts, body: &[u8]) -> Result<(), Answer> {
    let given = text_of(head, header::CONTENT_TYPE);
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let text = format!("Unsupported media type \"{given}\" in request.");
    Err(Answer::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, &text))
}

/// A header's text; empty where it is missing or no text.
fn text_of(head: &Parts, name: header::HeaderName) -> &str {
    let value = head.headers.get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Checks all, then does all: a refused request changes nothing.
fn mass_update(
    options: &Options,
    store: &mut Store,
    update: &Update<'_>,
    standard: bool,
    note: &mut Note,
) -> Result<Answer, Answer> {
    let name = &update.attribute;
    let kind = store.kind(name);
    if standard && !STANDARD.split(' ').any(|allowed| allowed == name) {
        let text = format!("\"{name}\" is not a valid choice.");
        return Err(Answer::field("attribute", &text));
    }
    if !standard && kind.is_none() && options.unknown_attributes == UnknownAttributes::Reject {
        let text = format!("Object with name={name} does not exist.");
        return Err(Answer::field("attribute", &text));
    }
    if let Some(kind) = kind.filter(|_| options.check_types) {
        kind.check(update.value).map_err(|text| Answer::field("value", text))?;
    }
    let ids = update.ids.iter().enumerate();
    let unknown: Vec<(usize, &Id)> = ids.filter(|(_, id)| !store.exists(id)).collect();
    match options.unknown_ids {
        UnknownIds::Reject if !unknown.is_empty() => Err(invalid_pks(unknown)),
        UnknownIds::NotFound if !unknown.is_empty() => Err(Answer::not_found()),
        _ => {
            note.ignored = unknown.len();
            store.apply(&update.ids, name, update.value);
            Ok(Answer::ok())
        }
    }
}

/// Names each id that does not exist by its position.
fn invalid_pks(unknown: Vec<(usize, &Id)>) -> Answer {
    let mut complaints = Map::new();
    for (index, id) in unknown {
        let text = format!("Invalid pk \"{id}\" - object does not exist.");
        complaints.insert(index.to_string(), json!([text]));
    }
    Answer::json(StatusCode::BAD_REQUEST, &json!({"ids": complaints}))
}

fn attribute_type(store: &Store, name: &str) -> Result<Answer, Answer> {
    let kind = store.kind(name).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(StatusCode::OK, &json!({"name": name, "value_type": kind})))
}

fn user(store: &Store, id: i64) -> Result<Answer, Answer> {
    if !store.exists(&Id::Number(id)) {
        return Err(Answer::not_found());
    }
    #[derive(Serialize)]
    struct Attribute<'a> {
        name: &'a str,
        value: Raw<'a>,
    }
    #[derive(Serialize)]
    struct User<'a> {
        id: i64,
        attributes: Vec<Attribute<'a>>,
    }
    let attributes =
        store.attributes_of(id).map(|(name, value)| Attribute { name, value: Raw(value) }).collect();
    Ok(Answer::json(StatusCode::OK, &User { id, attributes }))
}
