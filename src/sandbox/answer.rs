//! The shapes of answers: Django REST framework's JSON, Django's pages and nginx's.
use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use serde::Serialize;
use serde_json::json;

/// An answer, before it is put into HTTP.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    header: Option<(header::HeaderName, String)>,
    content_type: &'static str,
    body: String,
}

impl Answer {
    pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Answer {
        Answer {
            status,
            header: None,
            content_type: "application/json",
            // What is kept is valid JSON, so that nothing can fail here.
            body: serde_json::to_string(body).unwrap_or_default(),
        }
    }

    /// What the service answers to an update that it has made.
    pub(super) fn ok() -> Answer {
        Answer::json(StatusCode::OK, &json!({"status": "ok"}))
    }

    /// A refusal in one sentence.
    pub(super) fn detail(status: StatusCode, text: &str) -> Answer {
        Answer::json(status, &json!({"detail": text}))
    }

    /// A refusal of one field of the body.
    pub(super) fn field(name: &str, text: &str) -> Answer {
        Answer::json(StatusCode::BAD_REQUEST, &json!({name: [text]}))
    }

    /// What is not there, said by the API and not by a page.
    pub(super) fn not_found() -> Answer {
        Answer::detail(StatusCode::NOT_FOUND, "Not found.")
    }

    /// A page for people.
    pub(super) fn page(status: StatusCode, body: &str) -> Answer {
        Answer { status, header: None, content_type: "text/html; charset=utf-8", body: body.to_owned() }
    }

    /// Django's page for a path that leads nowhere.
    pub(super) fn no_page() -> Answer {
        let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n\
                    <body>\n  <h1>Not Found</h1>\n  \
                    <p>The requested resource was not found on this server.</p>\n</body>\n</html>\n";
        Answer::page(StatusCode::NOT_FOUND, page)
    }

    /// nginx's page for a body that it does not pass on.
    pub(super) fn too_large() -> Answer {
        let page = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n\
                    <center><h1>413 Request Entity Too Large</h1></center>\r\n\
                    <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
        Answer::page(StatusCode::PAYLOAD_TOO_LARGE, page).with(header::CONNECTION, "close")
    }

    pub(super) fn with(mut self, name: header::HeaderName, value: impl ToString) -> Answer {
        self.header = Some((name, value.to_string()));
        self
    }

    /// Why it is no success, for the log.
    pub(super) fn reason(&self) -> Option<String> {
        if self.status.is_success() {
            return None;
        }
        match self.content_type {
            "application/json" => Some(self.body.chars().take(500).collect()),
            _ => self.status.canonical_reason().map(str::to_owned),
        }
    }

    pub(super) fn into_http(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
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
