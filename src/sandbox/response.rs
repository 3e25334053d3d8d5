//! The responses: Django REST framework's JSON, Django's pages, nginx's and a firewall's.
use axum::{
    body::Body,
    http::{HeaderValue, Response as HttpResponse, StatusCode, header},
};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};

/// A response, before it is put into HTTP.
pub(super) struct Response {
    pub(super) status: StatusCode,
    header: Option<(header::HeaderName, String)>,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Response {
    pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
        // What is kept is valid JSON, so nothing can fail here.
        Response::text(status, "application/json", serde_json::to_string(body).unwrap_or_default())
    }

    fn text(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Response {
        Response { status, header: None, content_type, body: body.into() }
    }

    /// The response to an update that was applied.
    pub(super) fn ok() -> Response {
        Response::json(StatusCode::OK, &json!({"status": "ok"}))
    }

    /// Success in another form.
    pub(super) fn success(status: StatusCode, body: &str) -> Response {
        let content_type = if body.starts_with('<') { HTML } else { "application/json" };
        Response::text(status, content_type, body)
    }

    /// A rejection in one sentence.
    pub(super) fn detail(status: StatusCode, text: &str) -> Response {
        Response::json(status, &json!({"detail": text}))
    }

    /// A rejection of one field of the body.
    pub(super) fn field(name: &str, text: &str) -> Response {
        Response::json(StatusCode::BAD_REQUEST, &json!({name: [text]}))
    }

    /// Something does not exist, said by the API and not by a page.
    pub(super) fn not_found() -> Response {
        Response::detail(StatusCode::NOT_FOUND, "Not found.")
    }

    /// A page for people.
    pub(super) fn page(status: StatusCode, body: &str) -> Response {
        Response::text(status, HTML, body)
    }

    /// Django's page for a path that does not exist.
    pub(super) fn no_page() -> Response {
        let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n\
                    <body>\n  <h1>Not Found</h1>\n  \
                    <p>The requested resource was not found on this server.</p>\n</body>\n</html>\n";
        Response::page(StatusCode::NOT_FOUND, page)
    }

    /// Django's page for an error that nothing caught.
    pub(super) fn server_error() -> Response {
        let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Server Error (500)</title>\n</head>\n\
                    <body>\n  <h1>Server Error (500)</h1><p></p>\n</body>\n</html>\n";
        Response::page(StatusCode::INTERNAL_SERVER_ERROR, page)
    }

    /// nginx's page for a body that it does not pass on.
    pub(super) fn too_large() -> Response {
        Response::nginx(StatusCode::PAYLOAD_TOO_LARGE, "413 Request Entity Too Large")
            .with(header::CONNECTION, "close")
    }

    /// The page of something in front of the service that takes the request for an attack.
    pub(super) fn firewall() -> Response {
        let page = "<html>\r\n<head><title>Attention Required!</title></head>\r\n<body>\r\n\
                    <h1>Sorry, you have been blocked</h1>\r\n<p>This website uses a security service to protect \
                    itself from online attacks.</p>\r\n</body>\r\n</html>\r\n";
        Response::page(StatusCode::FORBIDDEN, page)
    }

    /// A failure for a while: nginx's page if the service is away, otherwise the API's words.
    pub(super) fn failure(status: StatusCode) -> Response {
        let reason = status.canonical_reason().unwrap_or("Unknown");
        match status.is_server_error() {
            true => Response::nginx(status, &format!("{} {reason}", status.as_u16())),
            false => Response::detail(status, &format!("{reason}.")),
        }
    }

    /// A proxy's rejection of CONNECT.
    pub(super) fn no_tunnel(status: StatusCode) -> Response {
        let page = format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n");
        let response = Response::page(status, &page);
        match status {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                response.with(header::PROXY_AUTHENTICATE, "Basic realm=\"sandbox\"")
            }
            status if status.is_redirection() => response.with(header::LOCATION, "http://127.0.0.1:1/login"),
            _ => response,
        }
    }

    fn nginx(status: StatusCode, title: &str) -> Response {
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
             <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Response::page(status, &page)
    }

    pub(super) fn with(mut self, name: header::HeaderName, value: impl ToString) -> Response {
        self.header = Some((name, value.to_string()));
        self
    }

    /// With blanks at its end, up to this length.
    pub(super) fn padded(mut self, length: usize) -> Response {
        self.body.resize(self.body.len().max(length), b' ');
        self
    }

    /// Compressed, whatever the client accepts.
    pub(super) fn gzipped(mut self) -> io::Result<Response> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&self.body)?;
        self.body = encoder.finish()?;
        Ok(self.with(header::CONTENT_ENCODING, "gzip"))
    }

    /// Why it is no success, for the log.
    pub(super) fn reason(&self) -> Option<String> {
        if self.status.is_success() {
            return None;
        }
        match self.content_type {
            "application/json" => Some(String::from_utf8_lossy(&self.body).chars().take(500).collect()),
            _ => self.status.canonical_reason().map(str::to_owned),
        }
    }

    pub(super) fn into_http(self) -> HttpResponse<Body> {
        let mut response = HttpResponse::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::SERVER, HeaderValue::from_static("nginx"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::try_from(value)
        {
            headers.insert(name, value);
        }
        response
    }
}

const HTML: &str = "text/html; charset=utf-8";
