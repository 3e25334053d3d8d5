//! Servers on loopback: one that speaks TLS, one that says fixed bytes, and a proxy.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::certificates;

/// A server that keeps the head of each request.
pub struct Server {
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Handles each connection on a thread of its own.
    fn start(serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (serve, heads) = (Arc::new(serve), Arc::new(Mutex::new(Vec::new())));
        let kept = heads.clone();
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                let (serve, kept) = (serve.clone(), kept.clone());
                let _ = tcp.set_read_timeout(Some(Duration::from_secs(60)));
                thread::spawn(move || serve(tcp, &kept));
            }
        });
        Server { address, heads }
    }

    /// Responds to each request with success, through TLS.
    pub fn tls(config: Arc<ServerConfig>) -> Server {
        Server::start(move |tcp, heads| {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, tcp);
            while let Some(head) = read_head(&mut stream) {
                let length = head.lines().find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
                });
                let mut body = vec![0; length.unwrap()];
                if stream.read_exact(&mut body).is_err() {
                    return;
                }
                heads.lock().unwrap().push(head);
                let ok = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}";
                let _ = stream.write_all(ok.as_bytes()).and_then(|()| stream.flush());
            }
        })
    }

    /// Says these bytes to whatever comes, and waits for the client to go.
    pub fn says(bytes: &'static [u8]) -> Server {
        Server::start(move |mut tcp, heads| {
            say(&mut tcp, heads, bytes);
            let mut buffer = [0; 4096];
            while matches!(tcp.read(&mut buffer), Ok(1..)) {}
        })
    }

    /// Says these bytes and closes.
    pub fn cuts_after(bytes: &'static [u8]) -> Server {
        Server::start(move |mut tcp, heads| say(&mut tcp, heads, bytes))
    }

    /// A proxy: `respond` gets the number of the connection, from 0, and gives the response to CONNECT, or nothing for a
    /// tunnel. After a response it closes.
    pub fn proxy(respond: impl Fn(usize) -> Option<Vec<u8>> + Send + Sync + 'static) -> Server {
        Server::start(move |mut tcp, heads| {
            let Some(head) = read_head(&mut tcp) else { return };
            let number = {
                let mut heads = heads.lock().unwrap();
                heads.push(head.clone());
                heads.len() - 1
            };
            match respond(number) {
                Some(bytes) => drop(tcp.write_all(&bytes)),
                None => tunnel(tcp, &head),
            }
        })
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub fn https(&self) -> String {
        format!("https://{}", self.address)
    }

    pub fn http(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn say(tcp: &mut TcpStream, heads: &Mutex<Vec<String>>, bytes: &[u8]) {
    let mut buffer = [0; 4096];
    let read = tcp.read(&mut buffer).unwrap_or(0);
    heads.lock().unwrap().push(String::from_utf8_lossy(&buffer[..read]).into_owned());
    let _ = tcp.write_all(bytes);
}

fn tunnel(mut client: TcpStream, head: &str) {
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap();
    // Whatever the name is, it is on this machine.
    let port = target.rsplit(':').next().unwrap();
    let mut server = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || io::copy(&mut from, &mut to));
    let _ = io::copy(&mut server, &mut client);
}

fn read_head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A server's settings from a chain and a key in PEM.
pub fn config(chain: &str, key: &str) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    certificates::config(chain, key)
}
