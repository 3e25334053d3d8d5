//! What it means that there was no response: the HTTP library's errors, as verdicts and in words.

use std::io;

use ureq::Timeout;

use super::message::Message;
use super::tls::{tls_failure, tls_setup_failure};
use super::verdict::{Fault, Verdict};

/// The system buffers about this much of a body at once. Smaller requests are sent whole, so an early response is read.
const LARGE: usize = 64 * 1024;

/// The verdict on a request with a body of `sent` bytes that failed. `peer` names the other side.
pub(super) fn failure(error: &ureq::Error, sent: usize, peer: impl Fn() -> String) -> Verdict {
    let unreached = |why: &str| transient(Fault::Unreached, &format!("no connection to {}: {why}", peer()));
    let no_host = |why: &str| {
        unreached(&format!("this host can't be found by its name; check the name and the network ({why})"))
    };
    match error {
        ureq::Error::HostNotFound => no_host("it has no address"),
        ureq::Error::Io(io) if is_look_up(io) => no_host(&io.to_string()),
        ureq::Error::ConnectionFailed => unreached("connection failed"),
        ureq::Error::ConnectProxyFailed(why) => {
            transient(Fault::Unreached, &format!("the proxy rejected the connection: {why}"))
        }
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => unreached("timed out after 10 s"),
        ureq::Error::Timeout(Timeout::PerRead) => transient(Fault::TimedOut, "timed out: receive response"),
        ureq::Error::Timeout(Timeout::PerWrite) => transient(Fault::TimedOut, "timed out: send request"),
        ureq::Error::Timeout(phase) => transient(Fault::TimedOut, &format!("timed out: {phase}")),
        ureq::Error::Rustls(why) => tls_failure(why),
        ureq::Error::Tls(why) => tls_setup_failure(why),
        ureq::Error::Io(io) => match io.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            Some(why) => tls_failure(why),
            None => match io_fault(io, sent) {
                Fault::Unreached => unreached(&io.to_string()),
                fault => transient(fault, &io.to_string()),
            },
        },
        other => transient(Fault::Unreadable, &other.to_string()),
    }
}

fn transient(fault: Fault, message: &str) -> Verdict {
    Verdict::Transient { fault, status: None, message: Message::new(message) }
}

/// The standard library gives such an error neither a kind nor a code, only this text.
fn is_look_up(error: &io::Error) -> bool {
    error.to_string().starts_with("failed to lookup address information")
}

fn io_fault(error: &io::Error, sent: usize) -> Fault {
    use io::ErrorKind::*;
    // EMFILE and ENFILE have no kind of their own.
    const TOO_MANY_FILES: [i32; 2] = [24, 23];
    match error.kind() {
        _ if error.raw_os_error().is_some_and(|code| cfg!(unix) && TOO_MANY_FILES.contains(&code)) => {
            Fault::NoResources
        }
        OutOfMemory => Fault::NoResources,
        ConnectionRefused | HostUnreachable | NetworkUnreachable | NetworkDown | AddrNotAvailable
        | PermissionDenied => Fault::Unreached,
        TimedOut | WouldBlock => Fault::TimedOut,
        ConnectionReset | ConnectionAborted | BrokenPipe if sent > LARGE => Fault::DroppedLarge,
        ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof | NotConnected => Fault::Dropped,
        _ => Fault::Unreadable,
    }
}
