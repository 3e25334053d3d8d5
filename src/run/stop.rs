//! Why a run stopped before its end, and how that is said.

use std::time::Duration;

use super::report::Status;
use crate::wire::{Fatal, Fault, Words};

/// Why a run stopped before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub status: Status,
    pub message: String,
}

impl Stop {
    pub fn new(status: Status, message: impl Into<String>) -> Stop {
        Stop { status, message: message.into() }
    }

    /// 401, and it is to be believed.
    pub fn unauthorized(had_succeeded: bool, words: &Words) -> Stop {
        let words = words.as_str();
        let message = if had_succeeded {
            format!("the token was accepted before and is refused now, also after three waits: {words}")
        } else {
            format!(
                "the token was refused: {words}; check it, or, if another program has just sent many requests with it, \
                 try again in a minute: the service is seen to answer 401 for a short time after a burst"
            )
        };
        Stop::new(Status::Unauthorized, message)
    }

    /// What nothing that is sent later can mend.
    pub fn fatal(fatal: Fatal, status: Option<u16>, words: &Words) -> Stop {
        let said = said(status, words);
        let wrong_endpoint = |message| Stop::new(Status::WrongEndpoint, message);
        match fatal {
            Fatal::Forbidden => Stop::new(Status::Unauthorized, format!("the token may not do this: {said}")),
            Fatal::WrongEndpoint => wrong_endpoint(match status {
                Some(300..=399) => format!(
                    "a redirect, which is never followed because it would lose or leak the token: {said}; check the \
                     subdomain"
                ),
                Some(404 | 410) => format!("{said}; check the subdomain"),
                _ => said,
            }),
            Fatal::Tls | Fatal::TlsBroken => Stop::new(Status::Tls, format!("no trusted connection: {said}")),
        }
    }

    /// The service asks for a longer wait than the run has patience for.
    pub fn asked_to_wait(status: u16, wait: Duration, patience: Duration) -> Stop {
        let message = format!(
            "the service asks to wait {} s, which is longer than this run's patience of {} s; run it again later",
            wait.as_secs(),
            patience.as_secs()
        );
        Stop::new(when_throttled(status), message)
    }

    /// What a run stops with that ran out of patience while the service had it wait.
    pub fn throttled(status: u16, words: &Words) -> Stop {
        Stop::new(when_throttled(status), said(Some(status), words))
    }

    /// What a run stops with that ran out of patience over this.
    pub fn trouble(fault: Fault, status: Option<u16>, words: &Words) -> Stop {
        let why = match fault {
            Fault::Unreached
            | Fault::NoResources
            | Fault::Dropped
            | Fault::DroppedLarge
            | Fault::TimedOut => Status::Transport,
            Fault::Server => Status::Server,
            Fault::Unreadable => Status::BadResponse,
        };
        Stop::new(why, said(status, words))
    }
}

fn when_throttled(status: u16) -> Status {
    if status == 429 { Status::RateLimited } else { Status::Server }
}

fn said(status: Option<u16>, words: &Words) -> String {
    match status {
        Some(status) => format!("http {status}: {}", words.as_str()),
        None => words.as_str().to_owned(),
    }
}
