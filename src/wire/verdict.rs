//! What one attempt can come to: the response as it was read, and the verdict on it. Types only.

use std::time::Duration;

use super::content::Unreadable;
use super::message::Message;

/// How the end of a response's body is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By its length, its last chunk, or a status that has no body: nothing can be missing.
    Complete,
    /// By closing the connection: a truncated body looks like a whole one.
    CloseDelimited,
    /// Something is missing.
    Truncated,
    /// It is longer than what is read.
    TooLong,
}

/// A response as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub framing: Framing,
    /// Whether the server calls it HTML.
    pub html: bool,
    /// How the body is compressed, by its header.
    pub coding: Option<&'static str>,
    /// `Retry-After`, if there is one.
    pub retry_after: Option<Duration>,
    /// At most 1 MiB.
    pub body: Vec<u8>,
}

/// An id that a response names as the reason for a rejection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RejectedId {
    /// By its place in the request's `ids`: `{"ids": {"<index>": […]}}`.
    Index(usize, Message),
    /// By the id itself: `Invalid pk "<id>"`.
    Id(String, Message),
}

/// Something worth noting about a response that confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// 202: accepted, to be applied later.
    Queued,
    /// A response of an unknown form, whose message is quoted once for each shape.
    Unfamiliar { shape: String, message: Message },
    /// How many of the ids that were sent the server counted.
    Counted { counted: u64, sent: usize },
}

/// Why an attempt proved nothing. A later one may succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection: nothing was sent.
    Unreached,
    /// This machine is out of file descriptors or memory: nothing was sent.
    NoResources,
    /// The connection ended before the first byte of a response.
    Dropped,
    /// The same with a large body: a server that finds it too large may respond and close before all is sent. Its
    /// response is lost then.
    DroppedLarge,
    /// A phase timed out, or a proxy in front of the service says so (504).
    TimedOut,
    /// The server reports a failure.
    Server,
    /// Something in front of the service refused the request.
    Foreign,
    /// What came back can't be read as a response.
    Unreadable,
}

impl Fault {
    /// Whether the request may have reached the service.
    pub fn was_sent(self) -> bool {
        !matches!(self, Fault::Unreached | Fault::NoResources)
    }
}

/// Why nothing more should be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fatal {
    Forbidden,
    WrongEndpoint,
    /// The proxy rejected the connection: nothing was sent.
    Proxy,
    /// The handshake failed: nothing was sent.
    Tls,
    /// TLS broke, perhaps after the request was sent.
    TlsBroken,
}

/// What one attempt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A complete, understood 2xx.
    Confirmed(Vec<Remark>),
    /// Not applied because of its content.
    Rejected { status: u16, message: Message, rejected_ids: Vec<RejectedId> },
    /// 409, or a 400 that is not the API's own: it may pass. If it stays, it is a rejection.
    PerhapsRejected {
        status: u16,
        retry_after: Option<Duration>,
        message: Message,
        rejected_ids: Vec<RejectedId>,
    },
    /// Not applied because it is too large.
    TooLarge { retry_after: Option<Duration>, message: Message },
    /// Everybody must wait: 429, which applies nothing, or another status with `Retry-After`.
    Throttled { status: u16, retry_after: Option<Duration>, message: Message },
    /// 401: not applied. The token is wrong, or the service responds to a burst.
    Unauthorized { message: Message },
    /// A 2xx with a web page: as the first response of a run it means that this is not the service.
    Html { status: u16, message: Message },
    /// A redirect, 403, 404 or 406 that is not the API's own: something in front of the service refused the request.
    Foreign { status: u16, message: Message },
    /// A complete 2xx that says neither that it was applied nor that it was not.
    Ambiguous { status: u16, message: Message },
    /// A complete 2xx that can't be read.
    Unreadable { status: u16, what: Unreadable },
    /// Not applied, and no other request will be.
    Fatal { fatal: Fatal, status: Option<u16>, message: Message },
    /// No proof either way.
    Transient { fault: Fault, status: Option<u16>, message: Message },
    /// This library failed while it handled the request.
    Panicked,
}

impl Verdict {
    /// Whether there was an HTTP response.
    pub fn is_response(&self) -> bool {
        !matches!(
            self,
            Verdict::Panicked | Verdict::Transient { status: None, .. } | Verdict::Fatal { status: None, .. }
        )
    }

    /// One word for the log.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Confirmed(_) => "confirmed",
            Verdict::Rejected { .. } => "rejected",
            Verdict::PerhapsRejected { .. } => "rejected for now",
            Verdict::TooLarge { .. } => "too large",
            Verdict::Throttled { .. } => "throttled",
            Verdict::Unauthorized { .. } => "unauthorized",
            Verdict::Html { .. } => "a web page",
            Verdict::Foreign { .. } => "not from the service",
            Verdict::Ambiguous { .. } => "ambiguous",
            Verdict::Unreadable { .. } => "unreadable",
            Verdict::Fatal { .. } => "stopping",
            Verdict::Transient { .. } => "failed",
            Verdict::Panicked => "panicked",
        }
    }

    /// Status and message of everything but a confirmation.
    pub fn problem(&self) -> Option<(Option<u16>, Message)> {
        match self {
            Verdict::Confirmed(_) | Verdict::Panicked => None,
            Verdict::Rejected { status, message, .. }
            | Verdict::PerhapsRejected { status, message, .. }
            | Verdict::Throttled { status, message, .. }
            | Verdict::Foreign { status, message }
            | Verdict::Ambiguous { status, message }
            | Verdict::Html { status, message } => Some((Some(*status), message.clone())),
            Verdict::Unreadable { status, what } => Some((Some(*status), Message::new(&what.to_string()))),
            Verdict::TooLarge { message, .. } => Some((Some(413), message.clone())),
            Verdict::Unauthorized { message } => Some((Some(401), message.clone())),
            Verdict::Fatal { status, message, .. } | Verdict::Transient { status, message, .. } => {
                Some((*status, message.clone()))
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A whole response with this body.
    pub fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            framing: Framing::Complete,
            html: false,
            coding: None,
            retry_after: None,
            body: body.into(),
        }
    }
}
