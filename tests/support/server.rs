//! A server on loopback that does with each request what a test says.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use super::Watchdog;
use super::exchange::{Exchange, Request, Shared, Stream, Then, converse};
use usercom::{Client, ClientBuilder};

type Serve = dyn Fn(TcpStream, usize, &Shared) + Send + Sync;

pub struct Server {
    pub token: String,
    url: String,
    shared: Arc<Shared>,
    /// None where another process serves, or nobody.
    here: Option<(SocketAddr, Arc<Serve>, Option<Watchdog>)>,
}

impl Server {
    /// Responds to each request as `script` says.
    pub fn start(script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static) -> Server {
        Server::on(TcpListener::bind("127.0.0.1:0").unwrap(), script)
    }

    /// The same on a listener that the test has made.
    pub fn on(
        listener: TcpListener,
        script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static,
    ) -> Server {
        Server::wrapped(listener, "http", |tcp| Ok(Box::new(tcp)), script)
    }

    /// Sees each head before its body is read, and may respond then.
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

    /// Serves the first connection only; later ones are not accepted, while the port stays open.
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

    /// An address that another process serves; this one sees nothing of it.
    pub fn elsewhere(url: &str, token: &str) -> Server {
        Server { token: token.to_owned(), url: url.to_owned(), shared: Arc::default(), here: None }
    }

    /// An address at which nobody serves.
    pub fn nobody(address: SocketAddr) -> Server {
        Server::elsewhere(&format!("http://{address}"), &fresh_token())
    }

    /// For a test that runs for longer than the watchdog waits; it needs one of its own.
    pub fn without_watchdog(mut self) -> Server {
        self.here.as_mut().unwrap().2 = None;
        self
    }

    /// Another one that does the same.
    pub fn twin(&self) -> Server {
        let Some((_, serve, _)) = &self.here else { return Server::elsewhere(&self.url, &fresh_token()) };
        let serve = serve.clone();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = self.url.split(':').next().unwrap();
        Server::accepting(listener, usize::MAX, scheme, move |tcp, number, shared| serve(tcp, number, shared))
    }

    /// Is asked through TLS, although it doesn't speak it.
    pub fn asked_through_tls(mut self) -> Server {
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
                if shared_too.closed.load(SeqCst) {
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
        Server { token: fresh_token(), url, shared, here: Some((address, serve, Some(Watchdog::new()))) }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn address(&self) -> SocketAddr {
        self.here.as_ref().unwrap().0
    }

    /// A client for this server, without a rate limit.
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

    /// How many requests have come.
    pub fn received(&self) -> usize {
        self.shared.state().requests.len()
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(SeqCst)
    }

    /// How often an id was in a request that the server acted on.
    pub fn applied(&self) -> BTreeMap<String, usize> {
        self.shared.state().applied.clone()
    }

    /// How often an id was in a request that got a whole 2xx.
    pub fn accepted(&self) -> BTreeMap<String, usize> {
        self.shared.state().accepted.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.closed.store(true, SeqCst);
        if let Some((address, ..)) = &self.here {
            // Wakes the thread that accepts.
            let _ = TcpStream::connect_timeout(address, Duration::from_millis(100));
        }
    }
}

/// A token for each server: the rate limit and the outages of one test must not reach another, even when the system
/// gives a port out again.
pub fn fresh_token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let words = (0..4).map(|n| format!("{:016x}", RandomState::new().hash_one(n)));
    words.collect()
}
