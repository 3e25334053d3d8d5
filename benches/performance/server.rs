//! A server that does as little as one can: what is measured against it is the client.
//!
//! One thread a connection, one fixed response, and counters. With a delay it is a far-away service, with a
//! rate a strict one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

const OK: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}";
const TOO_FAST: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";

/// How the server is. The default responses at once whatever comes.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// From the request's last byte to the response.
    pub delay: Duration,
    /// Requests a second that are taken, two at once at the most; 0 for all.
    pub rate: u32,
    /// Whether it keeps the bodies, for [`Server::take_bodies`].
    pub keeps: bool,
    /// With a certificate it speaks TLS.
    pub tls: Option<Arc<ServerConfig>>,
}

/// What the server has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub connections: u64,
    pub requests: u64,
    pub limited: u64,
    /// The longest body, in bytes.
    pub longest: u64,
}

#[derive(Default)]
struct Counters {
    connections: AtomicU64,
    requests: AtomicU64,
    limited: AtomicU64,
    longest: AtomicU64,
    bodies: Mutex<Vec<u8>>,
}

/// A running server. It ends with its process.
pub struct Server {
    address: SocketAddr,
    counters: Arc<Counters>,
}

impl Server {
    pub fn start(behaviour: Behaviour) -> std::io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = Server { address: listener.local_addr()?, counters: Arc::default() };
        let counters = server.counters.clone();
        let bucket = Arc::new(Mutex::new(Bucket::new(behaviour.rate)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counters.connections.fetch_add(1, Relaxed);
                let (behaviour, counters, bucket) = (behaviour.clone(), counters.clone(), bucket.clone());
                // A client that goes away is no failure of the server.
                std::thread::spawn(move || {
                    stream.set_nodelay(true).ok()?;
                    match behaviour.tls.clone() {
                        None => serve(stream, &behaviour, &counters, &bucket),
                        Some(config) => {
                            let tls = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
                            serve(tls, &behaviour, &counters, &bucket)
                        }
                    }
                });
            }
        });
        Ok(server)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn seen(&self) -> Seen {
        let Counters { connections, requests, limited, longest, .. } = &*self.counters;
        Seen {
            connections: connections.load(Relaxed),
            requests: requests.load(Relaxed),
            limited: limited.load(Relaxed),
            longest: longest.load(Relaxed),
        }
    }

    /// The bodies of all requests since the last time, one after another.
    pub fn take_bodies(&self) -> Vec<u8> {
        let Ok(mut bodies) = self.counters.bodies.lock() else { return Vec::new() };
        let taken = bodies.clone();
        // It keeps its memory: getting that anew would look like the client's time.
        bodies.clear();
        taken
    }
}

/// Answers requests until the client closes the connection or sends what isn't HTTP.
fn serve(
    mut stream: impl Read + Write,
    behaviour: &Behaviour,
    counters: &Counters,
    bucket: &Mutex<Bucket>,
) -> Option<()> {
    let mut buffer = vec![0; 512 * 1024];
    let mut filled = 0;
    loop {
        let (head, body) = loop {
            if let Some(sizes) = sizes(&buffer[..filled]) {
                break sizes;
            }
            filled += read(&mut stream, &mut buffer[filled..])?;
        };
        while filled < head + body {
            filled += read(&mut stream, &mut buffer[filled..])?;
        }
        let taken = behaviour.rate == 0 || bucket.lock().ok()?.take(Instant::now());
        counters.requests.fetch_add(1, Relaxed);
        counters.longest.fetch_max(body as u64, Relaxed);
        if behaviour.keeps {
            counters.bodies.lock().ok()?.extend_from_slice(&buffer[head..head + body]);
        }
        if !taken {
            counters.limited.fetch_add(1, Relaxed);
        }
        if behaviour.delay > Duration::ZERO {
            wait(behaviour.delay);
        }
        stream.write_all(if taken { OK } else { TOO_FAST }).ok()?;
        stream.flush().ok()?;
        buffer.copy_within(head + body..filled, 0);
        filled -= head + body;
    }
}

fn read(stream: &mut impl Read, into: &mut [u8]) -> Option<usize> {
    stream.read(into).ok().filter(|n| *n > 0)
}

/// The lengths of a request's head and body, once the head is there.
fn sizes(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((head, length.unwrap_or(0)))
}

/// A sleep that ends in time: the system's comes back some 60 µs late, which would look like the client's.
fn wait(delay: Duration) {
    let end = Instant::now() + delay;
    std::thread::sleep(delay.saturating_sub(Duration::from_micros(100)));
    while Instant::now() < end {
        std::thread::yield_now();
    }
}

/// A token bucket with room for two.
struct Bucket {
    rate: f64,
    level: f64,
    at: Option<Instant>,
}

impl Bucket {
    fn new(rate: u32) -> Bucket {
        Bucket { rate: f64::from(rate), level: 2.0, at: None }
    }

    fn take(&mut self, now: Instant) -> bool {
        let passed = self.at.replace(now).map_or(0.0, |at| (now - at).as_secs_f64());
        self.level = (self.level + passed * self.rate).min(2.0);
        let taken = self.level >= 1.0;
        self.level -= f64::from(u8::from(taken));
        taken
    }
}
