//! The API under `/api/public/`: its paths, and in which order a request is checked.
use super::{
    Methods, Options, Request, State, UnknownAttributes, UnknownIds,
    answer::Answer,
    log::{self, Note},
    raw::Raw,
    store::{Id, Store},
    update::Update,
};
use axum::http::{Method, StatusCode, header, request::Parts};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::time::Instant;

/// The attributes that the sibling for standard attributes takes, from the vendor's page.
const STANDARD: [&str; 21] = [
    "assigned_to",
    "city",
    "company_id",
    "country",
    "email",
    "facebook_url",
    "first_name",
    "gender",
    "google_url",
    "gravatar_url",
    "last_name",
    "linkedin_url",
    "notifications",
    "phone_number",
    "region",
    "score",
    "status",
    "timezone",
    "twitter_url",
    "unsubscribed",
    "custom_id",
];

/// A body that came to its end.
pub(super) enum Body {
    Whole(Vec<u8>),
    TooLarge,
}

enum Endpoint {
    MassUpdate { custom_ids: bool, standard: bool },
    User(i64),
    AttributeType(String),
}

impl Endpoint {
    fn of(path: &str) -> Option<Endpoint> {
        let parts: Vec<&str> = path.strip_prefix("/api/public/")?.split('/').collect();
        let update = |custom_ids, standard| {
            Some(Endpoint::MassUpdate {
                custom_ids,
                standard,
            })
        };
        match parts[..] {
            ["users", "mass_update_custom_attributes", ""] => update(false, false),
            ["users", "mass_update_standard_attributes", ""] => update(false, true),
            ["users-by-id", "mass_update_custom_attributes", ""] => update(true, false),
            ["users-by-id", "mass_update_standard_attributes", ""] => update(true, true),
            ["users", id, ""] => id.parse().ok().map(Endpoint::User),
            ["attribute-type", name, "users", ""] => Some(Endpoint::AttributeType(decoded(name))),
            _ => None,
        }
    }

    fn methods(&self, options: &Options) -> &'static [Method] {
        match (self, options.methods) {
            (Endpoint::User(_) | Endpoint::AttributeType(_), _) => &[Method::GET],
            (_, Methods::Both) => &[Method::PUT, Method::POST],
            (_, Methods::Put) => &[Method::PUT],
            (_, Methods::Post) => &[Method::POST],
        }
    }
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
        reason: answer
            .reason()
            .map(|reason| reason.replace(&options.token, "…")),
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
        let page = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n\
                    <center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n\
                    </body>\r\n</html>\r\n";
        return Err(
            Answer::page(StatusCode::PAYLOAD_TOO_LARGE, page).with(header::CONNECTION, "close")
        );
    };
    let endpoint = Endpoint::of(head.uri.path()).ok_or_else(|| nowhere(head))?;
    authenticate(options, head)?;
    if options
        .burst_401
        .is_some_and(|limit| state.gate.burst(now, limit))
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
        return Err(Answer::detail(StatusCode::METHOD_NOT_ALLOWED, &text)
            .with(header::ALLOW, allow.join(", ")));
    }
    match endpoint {
        Endpoint::User(id) => user(&state.store, id),
        Endpoint::AttributeType(name) => attribute_type(&state.store, &name),
        Endpoint::MassUpdate {
            custom_ids,
            standard,
        } => {
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
        let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n\
                    <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n";
        return Answer::page(StatusCode::NOT_FOUND, page);
    }
    let query = head
        .uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    Answer::page(StatusCode::MOVED_PERMANENTLY, "").with(header::LOCATION, slashed + &query)
}

fn authenticate(options: &Options, head: &Parts) -> Result<(), Answer> {
    let header = head
        .headers
        .get(header::AUTHORIZATION)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut words = header.as_deref().unwrap_or_default().split_whitespace();
    if !words
        .next()
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("token"))
    {
        return Err(unauthorized(
            "Authentication credentials were not provided.",
        ));
    }
    match (words.next(), words.next()) {
        (None, _) => Err(unauthorized(
            "Invalid token header. No credentials provided.",
        )),
        (Some(_), Some(_)) => Err(unauthorized(
            "Invalid token header. Token string should not contain spaces.",
        )),
        (Some(token), None) if token == options.token => Ok(()),
        (Some(_), None) => Err(unauthorized("Invalid token.")),
    }
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
    let given = head
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let text = format!("Unsupported media type \"{given}\" in request.");
    Err(Answer::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, &text))
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
    if standard && !STANDARD.contains(&name.as_str()) {
        return Err(Answer::field(
            "attribute",
            json!([format!("\"{name}\" is not a valid choice.")]),
        ));
    }
    if !standard && kind.is_none() && options.unknown_attributes == UnknownAttributes::Reject {
        return Err(Answer::field(
            "attribute",
            json!([format!("Object with name={name} does not exist.")]),
        ));
    }
    if let Some(kind) = kind.filter(|_| options.check_types) {
        kind.check(update.value)
            .map_err(|complaint| Answer::field("value", json!([complaint])))?;
    }
    let unknown: Vec<(usize, &Id)> = update
        .ids
        .iter()
        .enumerate()
        .filter(|(_, id)| !store.exists(id))
        .collect();
    note.ignored = unknown.len();
    match options.unknown_ids {
        UnknownIds::Reject if !unknown.is_empty() => {
            note.ignored = 0;
            Err(Answer::field(
                "ids",
                unknown
                    .into_iter()
                    .map(invalid_pk)
                    .collect::<Map<_, _>>()
                    .into(),
            ))
        }
        UnknownIds::NotFound if !unknown.is_empty() => {
            note.ignored = 0;
            Err(Answer::not_found())
        }
        _ => {
            store.apply(&update.ids, name, update.value);
            Ok(Answer::ok())
        }
    }
}

fn invalid_pk((index, id): (usize, &Id)) -> (String, Value) {
    let id = match id {
        Id::Number(number) => number.to_string(),
        Id::Custom(text) => text.clone(),
    };
    (
        index.to_string(),
        json!([format!("Invalid pk \"{id}\" - object does not exist.")]),
    )
}

fn attribute_type(store: &Store, name: &str) -> Result<Answer, Answer> {
    let kind = store.kind(name).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"name": name, "value_type": kind}),
    ))
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
    let attributes = store
        .attributes_of(id)
        .map(|(name, value)| Attribute {
            name,
            value: Raw(value),
        })
        .collect();
    Ok(Answer::json(StatusCode::OK, &User { id, attributes }))
}

/// A part of a path with its `%20` and the like undone.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match hex
            .filter(|_| first == b'%')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
