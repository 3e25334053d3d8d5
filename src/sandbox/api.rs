//! In which order a request to the API is checked, and how it is applied.
use super::{
    Options, Request, State, SuccessBody, UnknownAttributes, UnknownIds,
    endpoint::Endpoint,
    log::{self, Note},
    options::Scope,
    response::Response,
    show,
    store::{Id, Store},
    update::Update,
};
use axum::http::{Method, StatusCode, header, request::Parts};
use serde_json::{Map, json};
use std::time::Instant;

/// The attributes that the call for standard attributes accepts, from the vendor's page.
const STANDARD: &str = "assigned_to city company_id country email facebook_url first_name gender \
     google_url gravatar_url last_name linkedin_url notifications phone_number region score status \
     timezone twitter_url unsubscribed custom_id";

/// Whether it is a standard attribute.
pub(super) fn is_standard(name: &str) -> bool {
    STANDARD.split_whitespace().any(|standard| standard == name)
}

/// A body that was read.
pub(super) enum Body {
    Whole(Vec<u8>),
    TooLarge,
}

/// Handles a request and logs it.
pub(super) fn handle(options: &Options, state: &mut State, head: &Parts, body: &Body) -> Response {
    let mut note = Note::default();
    let response = respond(options, state, head, body, &mut note).unwrap_or_else(|rejection| rejection);
    state.log.add(Request {
        number: 0,
        method: head.method.to_string(),
        path: head.uri.to_string().replace(&options.token, "…"),
        headers: log::headers(&head.headers, &options.token),
        status: response.status.as_u16(),
        reason: response.reason().map(|reason| reason.replace(&options.token, "…")),
        ids: note.ids,
        ignored: note.ignored,
        attribute: note.attribute,
        value: note.value,
    });
    delivered(options, response)
}

/// What becomes of a response on its way.
fn delivered(options: &Options, response: Response) -> Response {
    if response.status == StatusCode::NO_CONTENT {
        return response;
    }
    let response = response.padded(options.pad_response);
    match options.gzip {
        true => response
            .gzipped()
            .unwrap_or_else(|error| Response::detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())),
        false => response,
    }
}

/// The order is that of a proxy, a firewall, nginx, Django, and Django REST framework.
fn respond(
    options: &Options,
    state: &mut State,
    head: &Parts,
    body: &Body,
    note: &mut Note,
) -> Result<Response, Response> {
    let now = Instant::now();
    state.traffic.arrive(now);
    if let Some(status) = options.refuse_connect.filter(|_| head.method == Method::CONNECT) {
        return Err(Response::no_tunnel(status_of(status)));
    }
    if options.firewall_once == Some(state.log.total() + 1) {
        return Err(Response::firewall());
    }
    let Body::Whole(body) = body else {
        return Err(Response::too_large());
    };
    let endpoint = Endpoint::of(head.uri.path()).ok_or_else(|| no_endpoint(head))?;
    authenticate(options, head)?;
    if let Some(limit) = options.burst_401
        && state.traffic.burst(now, limit)
    {
        return Err(unauthorized("Invalid token."));
    }
    if let Some(rate) = options.rate {
        state.traffic.throttle(now, rate).map_err(throttled)?;
    }
    let allowed = endpoint.methods(options);
    if !allowed.contains(&head.method) {
        let text = format!("Method \"{}\" not allowed.", head.method);
        let allow: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        return Err(
            Response::detail(StatusCode::METHOD_NOT_ALLOWED, &text).with(header::ALLOW, allow.join(", "))
        );
    }
    if options.scope == if endpoint.is_read() { Scope::Write } else { Scope::Read } {
        let text = "You do not have permission to perform this action.";
        return Err(Response::detail(StatusCode::FORBIDDEN, text));
    }
    match endpoint {
        Endpoint::User(id) => {
            let id = state.store.id_of(&id).ok_or_else(Response::not_found)?;
            Ok(show::user(&state.store, id))
        }
        Endpoint::Users => show::users(options, &state.store, head),
        Endpoint::Search => show::search(&state.store, head),
        Endpoint::Attributes => show::attributes(options, &state.store, head),
        Endpoint::AttributeType(name) => show::attribute_type(&state.store, &name),
        Endpoint::MassUpdate { custom_ids, standard } => {
            if state.failed < options.fail_first {
                state.failed += 1;
                return Err(failure(options));
            }
            must_be_json(head, body)?;
            let update = Update::parse(body, custom_ids, options.max_ids)?;
            note.ids = update.ids.len();
            note.attribute = Some(update.attribute.clone());
            note.value = Some(Note::value_of(update.value));
            mass_update(options, &mut state.store, &update, standard, note)
        }
    }
}

/// Checked by [`Options::check`].
fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn failure(options: &Options) -> Response {
    let response = Response::failure(status_of(options.fail_status));
    match &options.fail_retry_after {
        Some(delay) => response.with(header::RETRY_AFTER, delay),
        None => response,
    }
}

/// A path that only lacks its trailing slash is redirected, as Django does; any other is a page.
fn no_endpoint(head: &Parts) -> Response {
    let slashed = format!("{}/", head.uri.path());
    if Endpoint::of(&slashed).is_none() {
        return Response::no_page();
    }
    let location = match head.uri.query() {
        Some(query) => format!("{slashed}?{query}"),
        None => slashed,
    };
    Response::page(StatusCode::MOVED_PERMANENTLY, "").with(header::LOCATION, location)
}

fn authenticate(options: &Options, head: &Parts) -> Result<(), Response> {
    let header = text_of(head, header::AUTHORIZATION);
    let mut words = header.split_whitespace();
    let scheme = words.next().unwrap_or_default();
    let message = match (words.next(), words.next()) {
        _ if !scheme.eq_ignore_ascii_case("token") => "Authentication credentials were not provided.",
        (None, _) => "Invalid token header. No credentials provided.",
        (_, Some(_)) => "Invalid token header. Token string should not contain spaces.",
        (Some(token), None) if token == options.token => return Ok(()),
        (Some(_), None) => "Invalid token.",
    };
    Err(unauthorized(message))
}

fn unauthorized(text: &str) -> Response {
    Response::detail(StatusCode::UNAUTHORIZED, text).with(header::WWW_AUTHENTICATE, "Token")
}

fn throttled(seconds: u64) -> Response {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let text = format!("Request was throttled. Expected available in {seconds} {unit}.");
    Response::detail(StatusCode::TOO_MANY_REQUESTS, &text).with(header::RETRY_AFTER, seconds)
}

fn must_be_json(head: &Parts, body: &[u8]) -> Result<(), Response> {
    let given = text_of(head, header::CONTENT_TYPE);
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let text = format!("Unsupported media type \"{given}\" in request.");
    Err(Response::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, &text))
}

/// A header's text; empty if it is missing or no text.
fn text_of(head: &Parts, name: header::HeaderName) -> &str {
    let value = head.headers.get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Checks everything, then applies everything: a rejected request changes nothing.
fn mass_update(
    options: &Options,
    store: &mut Store,
    update: &Update<'_>,
    standard: bool,
    note: &mut Note,
) -> Result<Response, Response> {
    let name = &update.attribute;
    let kind = store.kind(name);
    if standard && !is_standard(name) {
        let text = format!("\"{name}\" is not a valid choice.");
        return Err(Response::field("attribute", &text));
    }
    if !standard && kind.is_none() && options.unknown_attributes == UnknownAttributes::Reject {
        let text = format!("Object with name={name} does not exist.");
        return Err(Response::field("attribute", &text));
    }
    let column = store.columns().get(name);
    if let Some(column) = column.filter(|_| options.check_types) {
        column.check(update.value).map_err(|text| Response::field("value", text))?;
    }
    let value = match column.filter(|_| options.ignore_bad_values) {
        Some(column) => column.converted(update.value),
        None => Some(update.value.to_owned()),
    };
    let ids = update.ids.iter().enumerate();
    let unknown: Vec<(usize, &Id)> = ids.filter(|(_, id)| !store.exists(id)).collect();
    if !unknown.is_empty() {
        match options.unknown_ids {
            UnknownIds::Ignore => {}
            UnknownIds::Reject => return Err(invalid_pks(unknown)),
            UnknownIds::NotFound => return Err(Response::not_found()),
            UnknownIds::ServerError => return Err(Response::server_error()),
        }
    }
    note.ignored = unknown.len();
    let updated = value.map_or(0, |value| store.apply(&update.ids, name, &value));
    Ok(success(options, updated))
}

/// What follows an update of this many users.
fn success(options: &Options, updated: usize) -> Response {
    let status = status_of(options.success_status);
    if status == StatusCode::NO_CONTENT {
        return Response::success(status, "");
    }
    match &options.success_body {
        SuccessBody::Ok => Response::json(status, &json!({"status": "ok"})),
        SuccessBody::Empty => Response::success(status, ""),
        SuccessBody::Count => Response::json(status, &json!({"updated": updated})),
        SuccessBody::Page => {
            Response::success(status, "<!doctype html>\n<html><head><title>Log in</title></head></html>\n")
        }
        SuccessBody::Bom => Response::success(status, "\u{feff}{\"status\":\"ok\"}"),
        SuccessBody::Text(text) => Response::success(status, text),
    }
}

/// Names each id that does not exist by its position.
fn invalid_pks(unknown: Vec<(usize, &Id)>) -> Response {
    let mut messages = Map::new();
    for (index, id) in unknown {
        let text = format!("Invalid pk \"{id}\" - object does not exist.");
        messages.insert(index.to_string(), json!([text]));
    }
    Response::json(StatusCode::BAD_REQUEST, &json!({"ids": messages}))
}
