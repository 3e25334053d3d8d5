//! Why a run ended, and the message about it.

use std::borrow::Cow;
use std::time::Duration;

use crate::interface::Status;
use crate::wire::{Fatal, Fault, Message, Unreadable};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub status: Status,
    pub message: Cow<'static, str>,
}

impl Stop {
    pub fn new(status: Status, message: impl Into<Cow<'static, str>>) -> Stop {
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
                "the token was rejected: {said}; check it, whether the key has expired, and whether this address is on \
                 the workspace's list; if another program has just sent many requests with it, try \
                 again in a minute: the service may respond with 401 for a short time after a burst"
            )
        };
        Stop::new(Status::Unauthorized, message)
    }

    /// A failure that no later request can repair.
    pub fn fatal(fatal: Fatal, status: Option<u16>, message: &Message) -> Stop {
        let said = said(status, message);
        match fatal {
            Fatal::Forbidden => Stop::new(
                Status::Unauthorized,
                format!(
                    "the token has no permission for this: {said}; check whether the key is read-only or expired, and \
                     whether this address is on the workspace's list"
                ),
            ),
            Fatal::WrongEndpoint => {
                Stop::new(Status::WrongEndpoint, format!("{said}; {}", advice(status.unwrap_or_default())))
            }
            Fatal::Proxy => Stop::new(Status::Transport, said),
            Fatal::Tls | Fatal::TlsBroken => Stop::new(Status::Tls, format!("no trusted connection: {said}")),
        }
    }

    /// A web page where the API's response should be.
    pub fn not_the_api(status: u16, message: &Message) -> Stop {
        let message = format!(
            "{} where the API's response should be: this is not the API; check the subdomain, and whether this network \
             asks for a login",
            said(Some(status), message)
        );
        Stop::new(Status::WrongEndpoint, message)
    }

    /// A response of a firewall, a proxy or another host.
    pub fn foreign(status: u16, message: &Message) -> Stop {
        let said = said(Some(status), message);
        let message = match status {
            300..=399 => format!(
                "a redirect, which is never followed because it would lose or leak the token: {said}; something in front \
                 of the service refused the request: check the subdomain, or a firewall or proxy on the way"
            ),
            _ => format!(
                "something in front of the service refused the request: {said}; check the subdomain, or a firewall or \
                 proxy on the way"
            ),
        };
        Stop::new(Status::WrongEndpoint, message)
    }

    /// Nothing is confirmed, and the responses say neither yes nor no.
    pub fn ambiguous(count: u32, status: u16, message: &Message) -> Stop {
        let message = format!(
            "{count} responses in a row say neither that the update was applied nor that it was not; the last: {}; check \
             what became of the unknown ids before you send them again",
            said(Some(status), message)
        );
        Stop::new(Status::BadResponse, message)
    }

    /// Nothing is confirmed, and no response can be read.
    pub fn unreadable(count: u32, status: u16, what: Unreadable) -> Stop {
        let message = format!(
            "{count} responses in a row can't be read: http {status} with {what}; check the subdomain, or a proxy on the \
             way; the ids that were sent are unknown"
        );
        Stop::new(Status::BadResponse, message)
    }

    /// The value is rejected with every id that was tried.
    pub fn rejected(
        status: Option<u16>,
        message: &str,
        attribute: &str,
        kind: &str,
        tried: &[String],
    ) -> Stop {
        let attribute = Message::new(attribute);
        let (ids, them) = if tried.len() == 1 { ("id", "it") } else { ("ids", "each of them") };
        let message = format!(
            "attribute or value rejected, or none of these ids exist: {}; attribute \"{}\", value sent as {kind}; tried \
             {ids} {}, {them} alone",
            http(status, message),
            attribute.as_str(),
            tried.join(", ")
        );
        Stop::new(Status::Rejected, message)
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
            Fault::Foreign => return Stop::foreign(status.unwrap_or_default(), message),
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
    http(status, message.as_str())
}

/// A message with the status that it came with.
pub(super) fn http(status: Option<u16>, message: &str) -> String {
    match status {
        Some(status) => format!("http {status}: {message}"),
        None => message.to_owned(),
    }
}

/// What to do about a status that stops a run.
fn advice(status: u16) -> &'static str {
    match status {
        402 => "the workspace's plan does not cover this call, or a payment is due",
        405 => "the server does not allow this method; set method POST (or PUT)",
        406 => "the server can't respond in this form; leave the API version out, or set another one",
        407 => "a proxy asks for a password; set the option proxy, with user and password",
        410 => {
            "this call is gone from this address; check the subdomain and look for a newer version of usercom"
        }
        411 | 412 | 417 | 428 => {
            "a proxy on the way asks for headers that usercom does not send; go around it"
        }
        414 | 421 => "this is not the service's own host; check the subdomain or the base URL",
        415 => "the server does not take JSON here; check the subdomain or the base URL",
        426 => "the server asks for another protocol; check the base URL",
        431 => "a server on the way finds the headers too large; check the token and the proxy",
        451 => "the service is not available here for legal reasons",
        _ => "this status has no meaning for this call; check the subdomain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_own_way_out() {
        let said = Message::new("why");
        let mut seen: Vec<&str> = vec![advice(444)];
        for (statuses, way_out) in [
            (&[402][..], "a payment is due"),
            (&[405], "set method POST"),
            (&[406], "leave the API version out"),
            (&[407], "set the option proxy"),
            (&[410], "a newer version of usercom"),
            (&[411, 412, 417, 428], "go around it"),
            (&[414, 421], "not the service's own host"),
            (&[415], "does not take JSON"),
            (&[426], "another protocol"),
            (&[431], "headers too large"),
            (&[451], "legal reasons"),
        ] {
            for status in statuses {
                assert!(advice(*status).contains(way_out), "{status}: {}", advice(*status));
            }
            assert!(!seen.contains(&advice(statuses[0])));
            seen.push(advice(statuses[0]));
        }
        for (status, redirect) in [(300, true), (399, true), (299, false), (403, false)] {
            let message = Stop::foreign(status, &said).message;
            assert_eq!(message.starts_with("a redirect, which is never followed"), redirect, "{message}");
        }
    }

    #[test]
    fn every_stop_has_the_services_words_and_a_way_out() {
        let said = Message::new("why\u{1b}");
        for status in [402, 405, 406, 407, 410, 411, 414, 415, 418, 426, 431, 444, 451] {
            let stop = Stop::fatal(Fatal::WrongEndpoint, Some(status), &said);
            let start = format!("http {status}: why\\u{{1b}}; ");
            assert_eq!(stop.status, Status::WrongEndpoint);
            assert!(
                stop.message.starts_with(&start) && stop.message.len() > start.len() + 20,
                "{}",
                stop.message
            );
        }
        for (stop, status) in [
            (Stop::foreign(302, &said), Status::WrongEndpoint),
            (Stop::foreign(403, &said), Status::WrongEndpoint),
            (Stop::not_the_api(200, &said), Status::WrongEndpoint),
            (Stop::fatal(Fatal::Forbidden, Some(403), &said), Status::Unauthorized),
            (Stop::unauthorized(false, &said), Status::Unauthorized),
            (Stop::unauthorized(true, &said), Status::Unauthorized),
            (Stop::ambiguous(3, 207, &said), Status::BadResponse),
            (Stop::transient(Fault::Foreign, Some(404), &said), Status::WrongEndpoint),
            (Stop::rejected(Some(400), said.as_str(), "plan", "a string", &["7".into()]), Status::Rejected),
        ] {
            assert_eq!(stop.status, status, "{}", stop.message);
            assert!(stop.message.contains("why\\u{1b}"), "{}", stop.message);
        }
        let rejected = Stop::rejected(None, "why", "a\u{1b}b", "a string", &["7".into(), "8".into()]).message;
        assert!(rejected.contains("ids 7, 8") && rejected.contains("a\\u{1b}b"), "{rejected}");
    }
}
