//! A server on loopback that does with each request what a test says, down to single bytes, and remembers
//! what came, what it did, and what it accepted.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use usercom::{Client, ClientBuilder};

/// What becomes of the connection after an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Keep,
    Close,
    /// FIN without a goodbye; differs from `Close` under TLS only.
    Cut,
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

/// One request and the means to answer it.
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

    /// A well-framed answer on a connection that is kept. A 2xx counts as accepted.
    pub fn reply(&mut self, status: u16, body: &str) -> Then {
        self.reply_with(status, "Content-Type: application/json\r\n", body)
    }

    /// The same with header lines of one's own.
    pub fn reply_with(&mut self, status: u16, headers: &str, body: &str) -> Then {
        if (200..300).contains(&status) {
            self.accept();
        }
        let length =
            if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        self.raw(format!("HTTP/1.1 {status} Status\r\n{headers}{length}\r\n{body}"));
        Then::Keep
    }

    /// What the service is thought to answer.
    pub fn ok(&mut self) -> Then {
        self.reply(200, "{\"status\":\"ok\"}")
    }

    /// What follows is a whole 2xx that the client is right to believe.
    pub fn accept(&self) {
        self.apply();
        count(&mut self.shared.state().accepted, self.request.ids());
    }

    /// Bytes as they are. The client may be gone; that is its own business.
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref()).and_then(|()| self.stream.flush());
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

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    applied: BTreeMap<String, usize>,
    accepted: BTreeMap<String, usize>,
}

#[derive(Default)]
pub struct Shared {
    state: Mutex<State>,
    connections: AtomicUsize,
    stopped: AtomicBool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Serve = dyn Fn(TcpStream, usize, &Shared) + Send + Sync;

pub struct Server {
    pub token: String,
    url: String,
    shared: Arc<Shared>,
    /// Nothing where it isn't this process that serves, if anybody does.
    here: Option<(SocketAddr, Arc<Serve>)>,
}

impl Server {
    /// Answers each request as `script` says.
    pub fn start(script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static) -> Server {
        Server::on(TcpListener::bind("127.0.0.1:0").unwrap(), script)
    }

    /// The same on a listener of one's own.
    pub fn on(
        listener: TcpListener,
        script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static,
    ) -> Server {
        Server::wrapped(listener, "http", |tcp| Ok(Box::new(tcp)), script)
    }

    /// Sees each head before its body is read, and may answer then.
    pub fn hasty(
        early: impl Fn(&str, &mut TcpStream) -> Option<Then> + Send + Sync + 'static,
        script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Server::accepting(listener, usize::MAX, "http", move |mut tcp, number, shared| {
            let early = |head: &str, tcp: &TcpStream| early(head, &mut tcp.try_clone().unwrap());
            converse(&mut tcp, number, shared, &early, &script);
        })
    }

    /// Hands out the bare connection, before anything is read, with its number.
    pub fn bare(listener: TcpListener, script: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Server {
        Server::accepting(listener, usize::MAX, "http", move |tcp, number, _| script(tcp, number))
    }

    /// Answers on the first connection; who comes later finds nobody at the door, which stays open.
    pub fn busy_with_one(
        listener: TcpListener,
        script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static,
    ) -> Server {
        Server::accepting(listener, 1, "http", move |mut tcp, number, shared| {
            converse(&mut tcp, number, shared, &|_: &str, _: &TcpStream| None, &script);
        })
    }

    /// Never called; for tests in which nothing may be sent.
    pub fn untouched() -> Server {
        Server::start(|x| x.ok())
    }

    pub fn wrapped(
        listener: TcpListener,
        scheme: &str,
        wrap: impl Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync + 'static,
        script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static,
    ) -> Server {
        Server::accepting(listener, usize::MAX, scheme, move |tcp, number, shared| {
            let _ = tcp.set_nodelay(true);
            if let Ok(mut stream) = wrap(tcp) {
                converse(stream.as_mut(), number, shared, &|_: &str, _: &TcpStream| None, &script);
            }
        })
    }

    /// What is at this address is another process's business, and it sees nothing of it.
    pub fn elsewhere(url: &str, token: &str) -> Server {
        Server { token: token.to_owned(), url: url.to_owned(), shared: Arc::default(), here: None }
    }

    /// An address at which nobody serves.
    pub fn nobody(address: SocketAddr) -> Server {
        Server::elsewhere(&format!("http://{address}"), &fresh_token())
    }

    /// Another one that does the same.
    pub fn twin(&self) -> Server {
        let Some((_, serve)) = self.here.clone() else { return Server::elsewhere(&self.url, &fresh_token()) };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = self.url.split(':').next().unwrap();
        Server::accepting(listener, usize::MAX, scheme, move |tcp, number, shared| serve(tcp, number, shared))
    }

    /// What is sent to it is to go through TLS, whatever it makes of that.
    pub fn taken_for_tls(mut self) -> Server {
        self.url = self.url.replace("http:", "https:");
        self
    }

    fn accepting(
        listener: TcpListener,
        most: usize,
        scheme: &str,
        serve: impl Fn(TcpStream, usize, &Shared) + Send + Sync + 'static,
    ) -> Server {
        let address = listener.local_addr().unwrap();
        let (serve, shared): (Arc<Serve>, Arc<Shared>) = (Arc::new(serve), Arc::default());
        let (of_thread, shared_too) = (serve.clone(), shared.clone());
        thread::spawn(move || {
            for tcp in listener.incoming().take(most) {
                if shared_too.stopped.load(SeqCst) {
                    return;
                }
                let Ok(tcp) = tcp else { continue };
                let number = shared_too.connections.fetch_add(1, SeqCst);
                let (serve, shared) = (of_thread.clone(), shared_too.clone());
                thread::spawn(move || serve(tcp, number, &shared));
            }
            thread::park();
        });
        let url = format!("{scheme}://{address}");
        Server { token: fresh_token(), url, shared, here: Some((address, serve)) }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn address(&self) -> SocketAddr {
        self.here.as_ref().unwrap().0
    }

    /// A client for this server that doesn't pace itself.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder("acme", &self.token).base_url(&self.url()).no_rate_limit()
    }

    pub fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// Whole requests, in the order in which they came.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(SeqCst)
    }

    /// How often an id was in a request that the server acted on.
    pub fn applied(&self) -> BTreeMap<String, usize> {
        self.shared.state().applied.clone()
    }

    /// How often an id was in a request that was answered with a whole 2xx.
    pub fn accepted(&self) -> BTreeMap<String, usize> {
        self.shared.state().accepted.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, SeqCst);
        if let Some((address, _)) = &self.here {
            // Wakes the one at the door.
            let _ = TcpStream::connect_timeout(address, Duration::from_millis(100));
        }
    }
}

/// A token of its own for each server: the pace and trouble of one test must not reach another, even when
/// the system gives a port out again.
pub fn fresh_token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let words = (0..4).map(|n| format!("{:016x}", RandomState::new().hash_one(n)));
    words.collect()
}

fn converse(
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
            Then::Cut => return,
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
