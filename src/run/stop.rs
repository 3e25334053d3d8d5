//! Why a run ended, and the message about it.

use std::time::Duration;

use crate::interface::Status;
use crate::wire::{Fatal, Fault, Message};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub status: Status,
    pub message: String,
}

impl Stop {
    pub fn new(status: Status, message: impl Into<String>) -> Stop {
        Stop { status, message: message.into() }
    }

    /// A 401 that is final.
    pub fn unauthorized(had_succeeded: bool, message: &Message) -> Stop {
        let said = message.as_str();
        let message = if had_succeeded {
            format!(
                "the token worked before but is now rejected, also after three waits: {said}; check whether it has \
                 expired or was revoked"
            )
        } else {
            format!(
                "the token was rejected: {said}; check it; if another program has just sent many requests with it, try \
                 again in a minute: the service may respond with 401 for a short time after a burst"
            )
        };
        Stop::new(Status::Unauthorized, message)
    }

    /// A failure that no later request can repair.
    pub fn fatal(fatal: Fatal, status: Option<u16>, message: &Message) -> Stop {
        let said = said(status, message);
        let wrong_endpoint = |message| Stop::new(Status::WrongEndpoint, message);
        match fatal {
            Fatal::Forbidden => {
                Stop::new(Status::Unauthorized, format!("the token has no permission for this: {said}"))
            }
            Fatal::WrongEndpoint => wrong_endpoint(match status {
                Some(300..=399) => format!(
                    "the server sent a redirect, which is never followed because it would lose or leak the token: \
                     {said}; check the subdomain"
                ),
                Some(404 | 410) => format!("{said}; check the subdomain"),
                _ => said,
            }),
            Fatal::Proxy => Stop::new(Status::Transport, said),
            Fatal::Tls | Fatal::TlsBroken => Stop::new(Status::Tls, format!("no trusted connection: {said}")),
        }
    }

    /// The service asks for a longer delay than the stall timeout.
    pub fn delay_too_long(status: u16, delay: Duration, stall_timeout: Duration) -> Stop {
        let message = format!(
            "the service asks to wait {} s, longer than the stall timeout of {} s; run it again later",
            delay.as_secs(),
            stall_timeout.as_secs()
        );
        Stop::new(when_throttled(status), message)
    }

    /// No progress for so long; `last` is the last error.
    pub fn stalled(stall_timeout: Duration, last: &Stop) -> Stop {
        let message = format!("no progress for {} s; last error: {}", stall_timeout.as_secs(), last.message);
        Stop::new(last.status, message)
    }

    /// The last error of a run that stalls while the service makes it wait.
    pub fn throttled(status: u16, message: &Message) -> Stop {
        Stop::new(when_throttled(status), said(Some(status), message))
    }

    /// The last error of a run that stalls over transient failures.
    pub fn transient(fault: Fault, status: Option<u16>, message: &Message) -> Stop {
        let why = match fault {
            Fault::Unreached
            | Fault::NoResources
            | Fault::Dropped
            | Fault::DroppedLarge
            | Fault::TimedOut => Status::Transport,
            Fault::Server => Status::Server,
            Fault::Unreadable => Status::BadResponse,
        };
        Stop::new(why, said(status, message))
    }
}

fn when_throttled(status: u16) -> Status {
    if status == 429 { Status::RateLimited } else { Status::Server }
}

fn said(status: Option<u16>, message: &Message) -> String {
    match status {
        Some(status) => format!("http {status}: {}", message.as_str()),
        None => message.as_str().to_owned(),
    }
}
