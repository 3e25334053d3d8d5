//! The control path `/_sandbox/`: shows the users and the requests, and resets both.
use super::{Kind, Request, Shared, raw::Raw, response::Response};
use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    http::{Response as HttpResponse, StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, atomic::Ordering},
};

/// How many distinct values of an attribute are listed, the most frequent first.
const VALUES_SHOWN: usize = 1_000;

type Shown = HttpResponse<Body>;

/// All paths of this file.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_sandbox/", get(summary))
        .route("/_sandbox/attributes/{name}", get(attribute))
        .route("/_sandbox/users/{id}", get(user))
        .route("/_sandbox/requests", get(requests))
        .route("/_sandbox/refused", get(refused))
        .route("/_sandbox/ledger", get(ledger))
        .route("/_sandbox/reset", post(reset))
}

fn show(body: &impl Serialize) -> Shown {
    Response::json(StatusCode::OK, body).into_http()
}

fn not_found(text: &str) -> Shown {
    Response::detail(StatusCode::NOT_FOUND, text).into_http()
}

async fn summary(State(shared): State<Arc<Shared>>) -> Shown {
    #[derive(Serialize)]
    struct Attribute {
        r#type: Kind,
        users: usize,
    }
    #[derive(Serialize)]
    struct Requests<'a> {
        total: u64,
        by_status: &'a BTreeMap<u16, u64>,
        peak_per_second: usize,
    }
    #[derive(Serialize)]
    struct Summary<'a> {
        users: usize,
        any_id_exists: bool,
        attributes: BTreeMap<&'a str, Attribute>,
        requests: Requests<'a>,
        connections: u64,
    }
    let state = shared.lock();
    let columns = state.store.columns();
    show(&Summary {
        users: state.store.users(),
        any_id_exists: state.store.has_anybody(),
        attributes: columns
            .iter()
            .map(|(name, column)| (name.as_str(), Attribute { r#type: column.kind, users: column.users() }))
            .collect(),
        requests: Requests {
            total: state.log.total(),
            by_status: state.log.by_status(),
            peak_per_second: state.traffic.peak(),
        },
        connections: shared.connections.load(Ordering::Relaxed),
    })
}

async fn attribute(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Shown {
    #[derive(Serialize)]
    struct Count<'a> {
        value: Raw<'a>,
        users: usize,
    }
    #[derive(Serialize)]
    struct Attribute<'a> {
        name: &'a str,
        r#type: Kind,
        users: usize,
        distinct: usize,
        values: Vec<Count<'a>>,
    }
    let state = shared.lock();
    let Some(column) = state.store.columns().get(&name) else {
        return not_found("no attribute has this name");
    };
    let counts = column.counts();
    show(&Attribute {
        name: &name,
        r#type: column.kind,
        users: column.users(),
        distinct: counts.len(),
        values: counts
            .iter()
            .take(VALUES_SHOWN)
            .map(|&(json, users)| Count { value: Raw(json), users })
            .collect(),
    })
}

async fn user(State(shared): State<Arc<Shared>>, Path(id): Path<i64>) -> Shown {
    #[derive(Serialize)]
    struct User<'a> {
        id: i64,
        attributes: BTreeMap<&'a str, Raw<'a>>,
    }
    let state = shared.lock();
    let attributes: BTreeMap<_, _> =
        state.store.attributes_of(id).map(|(name, json)| (name, Raw(json))).collect();
    match attributes.is_empty() {
        true => not_found("nothing is known of this user"),
        false => show(&User { id, attributes }),
    }
}

#[derive(Serialize)]
struct Requests<'a> {
    total: u64,
    requests: Vec<&'a Request>,
}

async fn requests(State(shared): State<Arc<Shared>>) -> Shown {
    let log = &shared.lock().log;
    show(&Requests { total: log.total(), requests: log.requests().collect() })
}

async fn refused(State(shared): State<Arc<Shared>>) -> Shown {
    let log = &shared.lock().log;
    show(&Requests { total: log.total(), requests: log.refused().collect() })
}

#[derive(Deserialize)]
struct Which {
    attribute: String,
}

async fn ledger(State(shared): State<Arc<Shared>>, Query(which): Query<Which>) -> Shown {
    let ledger = shared.lock().store.ledger(&which.attribute);
    let rows =
        ledger.iter().map(|(id, json, applied)| [id.to_string(), json.to_string(), applied.to_string()]);
    match as_csv(["id", "value", "applied"], rows) {
        Ok(text) => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response(),
        Err(error) => Response::detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()).into_http(),
    }
}

fn as_csv(names: [&str; 3], rows: impl Iterator<Item = [String; 3]>) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

async fn reset(State(shared): State<Arc<Shared>>) -> Shown {
    match shared.reset() {
        Ok(()) => Response::ok().into_http(),
        Err(error) => Response::detail(StatusCode::CONFLICT, &error.to_string()).into_http(),
    }
}
