//! HTTP: the one thread that listens on loopback, reads requests and writes responses.
use super::{Shared, api, control, response::Response};
use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{Response as HttpResponse, StatusCode, header, request::Parts},
    serve::ListenerExt,
};
use std::{
    future::poll_fn,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    thread::{self, JoinHandle},
};
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot, time::sleep};

/// The largest body that is read if no limit is set.
const MAX_BODY: usize = 64 << 20;
/// This much of a body that is too large is read, so that the client gets the response and not a reset connection.
const MAX_SWALLOWED: usize = 16 << 20;

/// Listens, and serves on a thread of its own until `stop` is used or dropped.
pub(super) fn start(shared: Arc<Shared>) -> io::Result<(SocketAddr, oneshot::Sender<()>, JoinHandle<()>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let port = shared.options.port;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port))).map_err(|error| {
        let text = format!("port {port} of 127.0.0.1: {error}; choose another, or 0 for a free one");
        io::Error::new(error.kind(), text)
    })?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let thread = thread::Builder::new().name("usercom-sandbox".to_owned()).spawn(move || {
        serve(&runtime, listener, shared, stopped);
    })?;
    Ok((address, stop, thread))
}

/// Open connections end with the runtime.
fn serve(runtime: &Runtime, listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let counting = shared.clone();
    let listener = listener.tap_io(move |connection| {
        counting.connections.fetch_add(1, Ordering::Relaxed);
        // Without it small responses wait for the client's acknowledgement.
        let _ = connection.set_nodelay(true);
    });
    let router = control::router().fallback(exchange).with_state(shared);
    let service = axum::serve(listener, router);
    runtime.spawn(async move { service.await });
    // An error here means that the other end is gone, which is a reason to stop, too.
    let _ = runtime.block_on(stopped);
}

/// One request to the API. It is applied at once, also if the client does not wait for the response.
async fn exchange(State(shared): State<Arc<Shared>>, request: Request) -> HttpResponse<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = read(&head, body, shared.options.max_body.unwrap_or(MAX_BODY)).await else {
        // Nobody is left to read this.
        return Response::detail(StatusCode::BAD_REQUEST, "the request was truncated").into_http();
    };
    let response = api::handle(&shared.options, &mut shared.lock(), &head, &body);
    if !shared.options.latency.is_zero() {
        sleep(shared.options.latency).await;
    }
    response.into_http()
}

/// Reads a body to its end. With `Expect: 100-continue` a body that is too large is rejected before it is sent.
async fn read(head: &Parts, mut body: Body, limit: usize) -> Result<api::Body, axum::Error> {
    if head.headers.contains_key(header::EXPECT) && body.size_hint().lower() > limit as u64 {
        return Ok(api::Body::TooLarge);
    }
    let mut whole = Vec::new();
    let mut length = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        length += data.len();
        if length <= limit {
            whole.extend_from_slice(data);
        } else if length > limit.max(MAX_SWALLOWED) {
            break;
        }
    }
    Ok(if length <= limit { api::Body::Whole(whole) } else { api::Body::TooLarge })
}
