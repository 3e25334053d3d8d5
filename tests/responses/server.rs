//! A server on loopback that sends the bytes that a test says, and remembers what it accepted.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use usercom::{Client, ClientBuilder, IdState, Report, Update};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Counted from 0.
    pub number: usize,
    pub at: Instant,
    pub head: String,
    pub ids: Vec<i64>,
}

impl Request {
    pub fn has(&self, id: i64) -> bool {
        self.ids.contains(&id)
    }
}

/// What is sent back. `closes`: the connection ends with it.
#[derive(Clone, Debug)]
pub struct Response {
    pub bytes: Vec<u8>,
    pub closes: bool,
    /// Whether the client is right to take it for a success.
    pub accepts: bool,
}

/// A well-framed response.
pub fn status(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Response {
    let body = body.as_ref();
    let length = if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("HTTP/1.1 {status} Status\r\n{headers}{length}\r\n");
    Response { bytes: [head.as_bytes(), body].concat(), closes: false, accepts: (200..300).contains(&status) }
}

/// What the service is thought to respond.
pub fn ok() -> Response {
    status(200, "Content-Type: application/json\r\n", "{\"status\":\"ok\"}")
}

/// The same body in each of the three ways to mark its end.
pub fn framings(code: u16, headers: &str, body: &[u8]) -> [Response; 3] {
    let plain = status(code, headers, body);
    let mut chunked =
        format!("HTTP/1.1 {code} Status\r\n{headers}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.chunks(4000) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let mut closed = format!("HTTP/1.1 {code} Status\r\n{headers}Connection: close\r\n\r\n").into_bytes();
    closed.extend_from_slice(body);
    [
        plain.clone(),
        Response { bytes: chunked, ..plain.clone() },
        Response { bytes: closed, closes: true, ..plain },
    ]
}

#[derive(Default)]
struct Seen {
    requests: Vec<Request>,
    accepted: BTreeSet<i64>,
}

pub struct Server {
    url: String,
    token: String,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub fn start(script: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, script) = (Arc::<Mutex<Seen>>::default(), Arc::new(script));
        let shared = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, script) = (shared.clone(), script.clone());
                thread::spawn(move || serve(stream, &seen, &*script));
            }
        });
        // One of its own: what is learned of one server must not reach another test.
        let token = (0..4).map(|n| format!("{:016x}", RandomState::new().hash_one(n))).collect();
        Server { url, token, seen }
    }

    /// The same response to every request.
    pub fn always(response: Response) -> Server {
        Server::start(move |_| response.clone())
    }

    pub fn builder(&self) -> ClientBuilder {
        Client::builder("acme", &self.token).base_url(&self.url).no_rate_limit()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().requests.clone()
    }

    /// Sets `plan` to `pro` for the ids 1 to `n`, and checks what must always hold.
    pub fn update(&self, n: i64, batch_size: usize, workers: usize, stall_timeout: Duration) -> Report {
        let client = self.builder().batch_size(batch_size).workers(workers).build().unwrap();
        let ids: Vec<i64> = (1..=n).collect();
        let run = client.run(Update::new("plan", "pro")).ids(&ids).stall_timeout(stall_timeout);
        let report = run.send().unwrap();
        let accepted = &self.seen.lock().unwrap().accepted;
        for (id, state) in ids.iter().zip(report.states()) {
            assert!(
                *state != IdState::Confirmed || accepted.contains(id),
                "id {id} was not accepted: {report}"
            );
        }
        assert!(
            !format!("{report:?}{report}{}", report.to_json()).contains(&self.token),
            "the token is shown"
        );
        report
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Seen>, script: &(dyn Fn(&Request) -> Response + Send + Sync)) {
    let _ = stream.set_nodelay(true);
    let mut bytes = Vec::new();
    loop {
        let Some((head, body)) = read(&mut stream, &mut bytes) else { return };
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let ids = json["ids"].as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect();
        let request = {
            let mut seen = seen.lock().unwrap();
            let request = Request { number: seen.requests.len(), at: Instant::now(), head, ids };
            seen.requests.push(request.clone());
            request
        };
        let response = script(&request);
        if response.accepts {
            seen.lock().unwrap().accepted.extend(&request.ids);
        }
        if stream.write_all(&response.bytes).is_err() || response.closes {
            return;
        }
    }
}

fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let mut buffer = [0; 16 * 1024];
    let mut more = |bytes: &mut Vec<u8>| match stream.read(&mut buffer) {
        Ok(n @ 1..) => {
            bytes.extend_from_slice(&buffer[..n]);
            Some(())
        }
        _ => None,
    };
    let end = loop {
        match bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            Some(at) => break at + 4,
            None => more(bytes)?,
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let length: usize = length.unwrap_or(0);
    while bytes.len() < end + length {
        more(bytes)?;
    }
    let body = bytes[end..end + length].to_vec();
    bytes.drain(..end + length);
    Some((head, body))
}
