//! What it means that there was no response: the HTTP library's errors, as verdicts and in words.

use std::io;

use ureq::Timeout;

use super::message::Message;
use super::peer::Peer;
use super::proxy::{Proxy, connect_status};
use super::tls::{tls_failure, tls_setup_failure};
use super::verdict::{Fatal, Fault, Verdict};

/// The system buffers about this much of a body at once. Smaller requests are sent whole, so an early response is read.
const LARGE: usize = 64 * 1024;

/// How far a request got.
#[derive(Clone, Copy)]
pub(super) struct Sent {
    /// The length of its body.
    pub body: usize,
    /// Whether a byte of the body was on its way. Before that the service can't have applied anything.
    pub begun: bool,
}

/// The verdict on a request that failed.
pub(super) fn failure(error: &ureq::Error, sent: Sent, peer: &Peer) -> Verdict {
    match cause(error, sent.body, sent.begun, peer) {
        Verdict::Transient { fault, message, .. }
            if fault.was_sent() && !sent.begun && peer.has_handshake() =>
        {
            let why = format!(
                "it ended before the request was sent; check host and port, a firewall or the proxy may have closed it ({})",
                message.as_str()
            );
            unreached(peer, &why)
        }
        // TLS 1.3 tells some failures of its handshake when the request may be on its way; TLS may also break later.
        Verdict::Fatal { fatal: Fatal::Tls, status, message } if sent.begun => {
            Verdict::Fatal { fatal: Fatal::TlsBroken, status, message }
        }
        verdict => verdict,
    }
}

fn cause(error: &ureq::Error, body: usize, begun: bool, peer: &Peer) -> Verdict {
    let no_host = |why: &str| {
        let why = format!("this host can't be found by its name; check the name and the network ({why})");
        unreached(peer, &why)
    };
    match error {
        ureq::Error::HostNotFound => no_host("it has no address"),
        ureq::Error::Io(io) if is_look_up(io) => no_host(&io.to_string()),
        ureq::Error::ConnectionFailed => unreached(peer, "connection failed"),
        ureq::Error::ConnectProxyFailed(why) => connect_failure(why, peer),
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => unreached(peer, "timed out after 10 s"),
        ureq::Error::Timeout(Timeout::PerRead) => transient(Fault::TimedOut, "timed out: receive response"),
        ureq::Error::Timeout(Timeout::PerWrite) => transient(Fault::TimedOut, "timed out: send request"),
        ureq::Error::Timeout(phase) => transient(Fault::TimedOut, &format!("timed out: {phase}")),
        ureq::Error::Rustls(why) => tls_failure(why, peer),
        ureq::Error::Tls(why) => tls_setup_failure(why),
        ureq::Error::Io(io) => match io.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            Some(why) => tls_failure(why, peer),
            None => match io_fault(io, body) {
                // An established connection can end so, too.
                Fault::Unreached | Fault::NoResources if begun => transient(Fault::Dropped, &io.to_string()),
                Fault::Unreached => unreached(peer, &io.to_string()),
                fault => transient(fault, &io.to_string()),
            },
        },
        other => transient(Fault::Unreadable, &other.to_string()),
    }
}

/// The proxy gave no connection to the service. What it rejects it rejects again, a 5xx may pass.
fn connect_failure(why: &str, peer: &Peer) -> Verdict {
    let status = connect_status(why);
    let rejection = |proxy: &Proxy| proxy.rejection(status?);
    match (peer.proxy.as_ref().and_then(rejection), status) {
        (Some(message), _) => {
            Verdict::Fatal { fatal: Fatal::Proxy, status: None, message: Message::new(&message) }
        }
        (None, Some(status)) => unreached(peer, &format!("the proxy responded with status {status}")),
        (None, None) => unreached(peer, "the proxy closed the connection without a response"),
    }
}

fn unreached(peer: &Peer, why: &str) -> Verdict {
    transient(Fault::Unreached, &format!("no connection to {}: {why}", peer.name()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::BaseUrl;
    use crate::wire::trust::Trust;

    #[test]
    fn each_error_of_the_system_is_its_fault() {
        use io::ErrorKind::*;
        for (kinds, small, large) in [
            (&[OutOfMemory][..], Fault::NoResources, Fault::NoResources),
            (
                &[
                    ConnectionRefused,
                    HostUnreachable,
                    NetworkUnreachable,
                    NetworkDown,
                    AddrNotAvailable,
                    PermissionDenied,
                ],
                Fault::Unreached,
                Fault::Unreached,
            ),
            (&[TimedOut, WouldBlock], Fault::TimedOut, Fault::TimedOut),
            (&[ConnectionReset, ConnectionAborted, BrokenPipe], Fault::Dropped, Fault::DroppedLarge),
            (&[UnexpectedEof, NotConnected], Fault::Dropped, Fault::Dropped),
            (&[InvalidData, Other], Fault::Unreadable, Fault::Unreadable),
        ] {
            for kind in kinds {
                let fault = |sent| io_fault(&(*kind).into(), sent);
                assert_eq!((fault(LARGE), fault(LARGE + 1)), (small, large), "{kind:?}");
            }
        }
        #[cfg(unix)]
        for code in [libc::EMFILE, libc::ENFILE] {
            assert_eq!(io_fault(&io::Error::from_raw_os_error(code), 0), Fault::NoResources);
        }
    }

    #[test]
    fn each_failure_names_what_failed() {
        let peer = Peer::new(&BaseUrl::parse("https://acme.user.com").unwrap(), None, Trust::Machine);
        let look_up = io::Error::other("failed to lookup address information: Temporary failure");
        for (error, fault, words) in [
            (ureq::Error::HostNotFound, Fault::Unreached, "can't be found by its name"),
            (ureq::Error::Io(look_up), Fault::Unreached, "can't be found by its name"),
            (ureq::Error::ConnectionFailed, Fault::Unreached, "connection failed"),
            (ureq::Error::Timeout(Timeout::Connect), Fault::Unreached, "timed out after 10 s"),
            (ureq::Error::Timeout(Timeout::Resolve), Fault::Unreached, "timed out after 10 s"),
            (ureq::Error::Timeout(Timeout::PerRead), Fault::TimedOut, "timed out: receive response"),
            (ureq::Error::Timeout(Timeout::PerWrite), Fault::TimedOut, "timed out: send request"),
            (ureq::Error::Timeout(Timeout::Global), Fault::TimedOut, "timed out: "),
        ] {
            let verdict = cause(&error, 100, false, &peer);
            let Verdict::Transient { fault: is, message, .. } = verdict else { panic!("{verdict:?}") };
            assert_eq!(is, fault, "{message:?}");
            assert!(message.as_str().contains(words), "{message:?}");
        }
    }

    /// TLS 1.3 may fail when the request is on its way.
    #[test]
    fn tls_that_broke_off() {
        let peer = Peer::new(&BaseUrl::parse("https://acme.user.com").unwrap(), None, Trust::Machine);
        for (begun, expected) in [(false, Fatal::Tls), (true, Fatal::TlsBroken)] {
            let error = ureq::Error::Rustls(rustls::Error::DecryptError);
            let verdict = failure(&error, Sent { body: 100, begun }, &peer);
            assert!(matches!(verdict, Verdict::Fatal { fatal, .. } if fatal == expected), "{verdict:?}");
        }
    }

    /// What the system says of an established connection is no proof that nothing was sent.
    #[test]
    fn what_was_begun_may_be_applied() {
        let peer = Peer::new(&BaseUrl::parse("https://acme.user.com").unwrap(), None, Trust::Machine);
        use io::ErrorKind::{
            HostUnreachable, NetworkDown, NetworkUnreachable, OutOfMemory, PermissionDenied,
        };
        for kind in [HostUnreachable, NetworkDown, NetworkUnreachable, OutOfMemory, PermissionDenied] {
            for begun in [true, false] {
                let verdict = failure(&ureq::Error::Io(kind.into()), Sent { body: 100, begun }, &peer);
                let Verdict::Transient { fault, .. } = verdict else { panic!("{kind:?}: {verdict:?}") };
                assert_eq!(fault.was_sent(), begun, "{kind:?}");
            }
        }
    }
}
