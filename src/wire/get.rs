//! A GET and its response. An update's verdicts don't apply: a read proves nothing about an update.

use std::time::{Duration, SystemTime};

use ureq::http::header;

use super::content::Content;
use super::failure::{Sent, failure};
use super::judge::is_json_of_the_api;
use super::message::Message;
use super::quote::server_message;
use super::redact::hide_token;
use super::reply::read_reply;
use super::session::{Http, Session};
use super::verdict::{Fatal, Framing, Verdict};

/// Longest body that is read: a page may have a hundred users with hundreds of attributes each.
const MAX_PAGE: u64 = 32 * 1024 * 1024;

/// What a GET came to.
#[derive(Debug)]
pub(crate) enum Got {
    /// A complete 200 with JSON in it.
    Json(Vec<u8>),
    /// Another complete response. `own` is whether the API itself seems to have sent it.
    Other { status: u16, retry_after: Option<Duration>, own: bool, message: Message },
    /// No response, or one that is cut off.
    Nothing { fatal: Option<Fatal>, message: Message },
}

/// A response to a GET, and the server's clock.
#[derive(Debug)]
pub(crate) struct Look {
    pub got: Got,
    /// The `Date` header.
    pub date: Option<SystemTime>,
}

impl Session<'_> {
    /// One GET. Blocks until there is a response or a phase times out. `path` starts with a slash and may have a query.
    pub fn get(&self, path: &str) -> Look {
        let update = self.request.uri();
        let (scheme, authority) = (update.scheme_str().unwrap_or_default(), update.authority());
        let url = format!("{scheme}://{}{path}", authority.map_or("", |authority| authority.as_str()));
        let Ok(uri) = url.parse() else {
            let message = Message::new(&format!("{path} is not a path"));
            return Look { got: Got::Nothing { fatal: Some(Fatal::WrongEndpoint), message }, date: None };
        };
        let mut request = self.request.clone();
        *request.method_mut() = ureq::http::Method::GET;
        *request.uri_mut() = uri;
        request.headers_mut().remove(header::CONTENT_TYPE);
        request.headers_mut().remove(header::CONTENT_LENGTH);
        let response = match self.agent.run(request) {
            Ok(response) => response,
            Err(error) => {
                // Nothing is sent after the head, so "begun" says whether the connection was there.
                let verdict = failure(&error, Sent { body: 0, begun: false }, &self.http.peer);
                return Look { got: no_response(verdict), date: None };
            }
        };
        let date = response.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
        let mut reply = read_reply(response, MAX_PAGE);
        hide_token(&mut reply.body, &self.http.authorization["Token ".len()..]);
        let content = Content::of(&reply);
        let message = server_message(&reply, &content);
        let got = match (reply.status, reply.framing, &content) {
            (_, Framing::Truncated, _) => {
                let message = Message::new(&format!("a response that is cut off: {}", message.as_str()));
                Got::Nothing { fatal: None, message }
            }
            (_, Framing::TooLong, _) => Got::Other {
                status: reply.status,
                retry_after: None,
                own: false,
                message: Message::new("a body of more than 32 MiB, which is more than usercom reads"),
            },
            (200, _, Content::Json(_)) => Got::Json(reply.body),
            (status, ..) => Got::Other {
                status,
                retry_after: reply.retry_after,
                own: is_json_of_the_api(&content),
                message,
            },
        };
        Look { got, date }
    }
}

impl Http {
    /// Whose certificates decide about the connection; `None` without TLS.
    pub fn trusted(&self) -> Option<String> {
        self.peer.has_tls().then(|| self.peer.trust.to_string())
    }

    /// Where connections go: the service or a proxy.
    pub fn peer(&self) -> String {
        self.peer.name()
    }
}

fn no_response(verdict: Verdict) -> Got {
    match verdict {
        Verdict::Fatal { fatal, message, .. } => Got::Nothing { fatal: Some(fatal), message },
        other => {
            let message = other.problem().map_or_else(|| Message::new("no response"), |(_, message)| message);
            Got::Nothing { fatal: None, message }
        }
    }
}
