//! One connection of a scripted server: reads requests to the byte, responds as a test says, and remembers what came, what
//! was applied, and what was accepted.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What becomes of the connection after an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Keep,
    Close,
    /// FIN without close_notify; differs from `Close` under TLS only.
    Truncate,
    /// RST instead of FIN.
    Reset,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Counted from 0 over all connections.
    pub number: usize,
    pub connection: usize,
    pub on_connection: usize,
    /// When its last byte was read.
    pub at: Instant,
    /// Request line and headers with their line ends.
    pub head: String,
    pub body: Vec<u8>,
}

impl Request {
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// Names in lower case, values trimmed, in order.
    pub fn headers(&self) -> Vec<(String, String)> {
        let fields = self.head.lines().skip(1).filter_map(|l| l.split_once(':'));
        fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.headers().into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// The ids as the text that they have in JSON.
    pub fn ids(&self) -> Vec<String> {
        let json = serde_json::from_slice(&self.body).unwrap_or(serde_json::Value::Null);
        let ids = json["ids"].as_array().cloned().unwrap_or_default();
        ids.iter().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).collect()
    }

    pub fn has(&self, id: i64) -> bool {
        self.ids().contains(&id.to_string())
    }
}

/// Bytes both ways, plain or through TLS.
pub trait Stream: Read + Write + Send {
    fn tcp(&self) -> &TcpStream;
    /// Ends the stream in good order.
    fn finish(&mut self) {}
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

/// One request and the means to respond to it.
pub struct Exchange<'a> {
    pub request: &'a Request,
    pub stream: &'a mut dyn Stream,
    pub shared: &'a Shared,
}

impl Exchange<'_> {
    /// The service has done it, whatever the client is told.
    pub fn apply(&self) {
        count(&mut self.shared.state().applied, self.request.ids());
    }

    /// A well-framed response on a connection that is kept. A 2xx counts as accepted.
    pub fn reply(&mut self, status: u16, body: &str) -> Then {
        self.reply_with(status, "Content-Type: application/json\r\n", body)
    }

    /// The same with more header lines.
    pub fn reply_with(&mut self, status: u16, headers: &str, body: &str) -> Then {
        if (200..300).contains(&status) {
            self.accept();
        }
        let length =
            if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        self.raw(format!("HTTP/1.1 {status} Status\r\n{headers}{length}\r\n{body}"));
        Then::Keep
    }

    /// What the service is thought to respond.
    pub fn ok(&mut self) -> Then {
        self.reply(200, "{\"status\":\"ok\"}")
    }

    /// What follows is a whole 2xx that the client is right to believe.
    pub fn accept(&self) {
        self.apply();
        count(&mut self.shared.state().accepted, self.request.ids());
    }

    /// Bytes as they are. The client may be gone.
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref()).and_then(|()| self.stream.flush());
    }

    /// The same, and then the end.
    pub fn end(&mut self, bytes: impl AsRef<[u8]>, then: Then) -> Then {
        self.raw(bytes);
        then
    }

    /// Applies the request and begins a response that never ends.
    pub fn hang(&mut self, bytes: &str) -> Then {
        self.apply();
        self.raw(bytes);
        self.until_client_closes()
    }

    /// One byte at a time. False when the client has gone.
    pub fn drip(&mut self, bytes: &[u8], pause: Duration) -> bool {
        bytes.iter().all(|byte| {
            thread::sleep(pause);
            self.stream.write_all(&[*byte]).and_then(|()| self.stream.flush()).is_ok()
        })
    }

    /// Waits until the client closes, at most 40 s.
    pub fn until_client_closes(&mut self) -> Then {
        let _ = self.stream.tcp().set_read_timeout(Some(Duration::from_secs(40)));
        let mut byte = [0];
        while matches!(self.stream.read(&mut byte), Ok(1..)) {}
        Then::Close
    }
}

fn count(of: &mut BTreeMap<String, usize>, ids: Vec<String>) {
    ids.into_iter().for_each(|id| *of.entry(id).or_default() += 1);
}

/// What has come, and how often each id was applied and accepted.
#[derive(Default)]
pub struct State {
    pub requests: Vec<Request>,
    pub applied: BTreeMap<String, usize>,
    pub accepted: BTreeMap<String, usize>,
}

#[derive(Default)]
pub struct Shared {
    state: Mutex<State>,
    pub connections: AtomicUsize,
    pub closed: AtomicBool,
}

impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn converse(
    stream: &mut dyn Stream,
    connection: usize,
    shared: &Shared,
    early: &impl Fn(&str, &TcpStream) -> Option<Then>,
    script: &impl Fn(&mut Exchange<'_>) -> Then,
) {
    for on_connection in 0.. {
        let Some((head, begun)) = read_head(stream) else { return };
        if let Some(then) = early(&head, stream.tcp()) {
            if then == Then::Reset {
                reset(stream.tcp());
            }
            return;
        }
        let Some(body) = read_body(stream, &head, begun) else { return };
        let request = {
            let mut state = shared.state();
            let number = state.requests.len();
            let request = Request { number, connection, on_connection, at: Instant::now(), head, body };
            state.requests.push(request.clone());
            request
        };
        match script(&mut Exchange { request: &request, stream, shared }) {
            Then::Keep => {}
            Then::Close => return stream.finish(),
            Then::Truncate => return,
            Then::Reset => return reset(stream.tcp()),
        }
    }
}

/// Makes closing send RST.
pub fn reset(tcp: &TcpStream) {
    let _ = socket2::SockRef::from(tcp).set_linger(Some(Duration::ZERO));
}

/// The head, and what came of the body with it.
fn read_head(stream: &mut dyn Stream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(at) = find(&bytes, b"\r\n\r\n") {
            let begun = bytes.split_off(at + 4);
            return Some((String::from_utf8_lossy(&bytes).into_owned(), begun));
        }
        match stream.read(&mut buffer) {
            Ok(n @ 1..) => bytes.extend_from_slice(&buffer[..n]),
            _ => return None,
        }
    }
}

fn read_body(stream: &mut dyn Stream, head: &str, mut body: Vec<u8>) -> Option<Vec<u8>> {
    let mut buffer = [0; 16 * 1024];
    while body.len() < content_length(head) {
        match stream.read(&mut buffer) {
            Ok(n @ 1..) => body.extend_from_slice(&buffer[..n]),
            _ => return None,
        }
    }
    Some(body)
}

pub fn content_length(head: &str) -> usize {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.find_map(|(_, value)| value.trim().parse().ok()).unwrap_or(0)
}

pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
