//! Sends requests: the client's settings and idle connections, and the session of one run.

use std::cell::Cell;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::{HeaderValue, Request, header};
use ureq::{Agent, SendBody};
use zeroize::Zeroizing;

use super::call::Call;
use super::failure::{Sent, failure};
use super::judge::judge;
use super::message::Message;
use super::peer::Peer;
use super::proxy::{Proxy, proxy};
use super::redact::hide_token;
use super::reply::{MAX_BODY, read_reply};
use super::trust::{Trust, tls_config};
use super::verdict::{Reply, Verdict};
use crate::account::Account;
use crate::error::{Error, Result};
use crate::options::ClientOptions;

const CONNECT: Duration = Duration::from_secs(10);
const SEND: Duration = Duration::from_secs(30);
const RESPONSE_BODY: Duration = Duration::from_secs(30);

/// The limits of all phases of a request together, with room for a busy machine.
pub(crate) fn longest_request(request_timeout: Duration) -> Duration {
    CONNECT + SEND + request_timeout + RESPONSE_BODY + SEND
}

/// How much longer a phase may take than a single read or write of it.
const REST: Duration = Duration::from_secs(1);

/// Bytes that are written at once: as much as a TLS record holds.
const PIECE: usize = 16 * 1024;

/// Longest head of a response. It must fit into memory that every connection has.
const MAX_HEAD: usize = 64 * 1024;

const USER_AGENT: &str = concat!("usercom/", env!("CARGO_PKG_VERSION"));

/// Servers commonly close idle connections after five seconds; using one at that moment loses the request.
const IDLE: Duration = Duration::from_secs(4);

/// A client's connections to the service.
pub(crate) struct Http {
    /// The value of the `Authorization` header.
    pub(super) authorization: Zeroizing<String>,
    /// By [`Call`]: everything but the body, which is all that differs between requests.
    requests: Vec<Request<()>>,
    config: ureq::config::Config,
    pub(super) peer: Peer,
    /// Those that earlier runs left open, and since when.
    idle: Mutex<Vec<(Instant, Agent)>>,
}

impl Http {
    pub fn new(account: &Account, options: &ClientOptions) -> Result<Http> {
        let authorization = account.token.authorization();
        let peer = Peer::new(
            &account.base,
            proxy(&options.proxy, &account.base)?,
            Trust::of(options.ca_file.as_ref()),
        );
        Ok(Http {
            requests: requests(account, options, &authorization)?,
            authorization,
            config: config(options, &peer)?,
            peer,
            idle: Mutex::default(),
        })
    }

    /// A session for one run, with the connections of an earlier run if there are any.
    pub fn session(&self, call: Call) -> Session<'_> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let agent = idle.map_or_else(|| self.config.new_agent(), |(_, agent)| agent);
        Session { http: self, agent, request: &self.requests[call as usize], aborted: AtomicBool::new(false) }
    }

    fn give_back(&self, agent: Agent) {
        let now = Instant::now();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Runs that went on at the same time left more than are needed now; those connections are too old.
        idle.retain(|(since, _)| now - *since < IDLE);
        idle.push((now, agent));
    }
}

fn config(options: &ClientOptions, peer: &Peer) -> Result<ureq::config::Config> {
    // The time left in a phase always differs, and passing it to the system costs a call for each read and write. A
    // limit for a single read or write, a little lower than that of its phase, is constant and costs one call a
    // connection. If it would shorten the phase of the response's body, there is none. After a partial write there is
    // a second one, so two of them fill the phase; slow writes are noticed after a piece, so pieces are small.
    let first_byte = options.request_timeout;
    let (read, head) = match first_byte >= RESPONSE_BODY {
        true => (Some(first_byte), first_byte + REST),
        false => (None, first_byte),
    };
    // No overall timeout and none for name resolution: either costs a thread per request.
    Ok(Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(peer.proxy.as_ref().map(Proxy::settings))
        .tls_config(tls_config(options.ca_file.as_ref(), &peer.trust, peer.has_tls())?)
        // Proxies see it, too.
        .user_agent(USER_AGENT)
        .accept_encoding("identity")
        .max_idle_connections(options.workers)
        .max_idle_connections_per_host(options.workers)
        .max_idle_age(IDLE)
        .timeout_connect(Some(CONNECT))
        .input_buffer_size(MAX_HEAD + PIECE)
        .max_response_header_size(MAX_HEAD)
        .output_buffer_size(PIECE)
        .timeout_per_write(Some(SEND / 2))
        .timeout_send_request(Some(SEND))
        .timeout_send_body(Some(SEND))
        .timeout_per_read(read)
        .timeout_recv_response(Some(head))
        .timeout_recv_body(Some(RESPONSE_BODY))
        .build())
}

fn requests(account: &Account, options: &ClientOptions, authorization: &str) -> Result<Vec<Request<()>>> {
    let mut authorization = HeaderValue::from_str(authorization)
        .map_err(|_| Error::invalid("token", "can't be sent in an HTTP header"))?;
    authorization.set_sensitive(true);
    let accept = match options.api_version {
        None => "*/*".to_owned(),
        Some(version) => format!("*/*; version={version}"),
    };
    let request = |call: Call| {
        Request::builder()
            .method(options.method.as_str())
            .uri(format!("{}{}", account.base.as_str(), call.path()))
            .header(header::HOST, account.base.authority())
            .header(header::AUTHORIZATION, &authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::ACCEPT, &accept)
            // The place of the length, which each request fills in.
            .header(header::CONTENT_LENGTH, HeaderValue::from_static("0"))
            .body(())
    };
    let requests = Call::ALL.into_iter().map(request).collect::<Result<_, _>>();
    requests.map_err(|_| Error::invalid("base_url", "is not a URL"))
}

/// The connections of one run.
pub(crate) struct Session<'a> {
    pub(super) http: &'a Http,
    pub(super) agent: Agent,
    pub(super) request: &'a Request<()>,
    aborted: AtomicBool,
}

impl Session<'_> {
    /// One attempt. Blocks until there is a response or a phase times out.
    pub fn send(&self, body: &[u8], ids: usize) -> Verdict {
        let begun = Cell::new(false);
        match self.exchange(Outgoing { rest: body, begun: &begun }) {
            Ok(reply) => judge(&reply, ids),
            Err(error) => {
                let sent = Sent { body: body.len(), begun: begun.get() };
                match failure(&error, sent, &self.http.peer) {
                    // The abort is the cause, whatever the error says.
                    Verdict::Transient { fault, status, .. }
                        if fault.was_sent() && self.aborted.load(Ordering::Relaxed) =>
                    {
                        let message = Message::new("aborted before a response came, because the run ended");
                        Verdict::Transient { fault, status, message }
                    }
                    verdict => verdict,
                }
            }
        }
    }

    fn exchange(&self, mut body: Outgoing<'_>) -> Result<Reply, ureq::Error> {
        let mut request = self.request.clone();
        if let Some(length) = request.headers_mut().get_mut(header::CONTENT_LENGTH) {
            *length = HeaderValue::from(body.rest.len());
        }
        let response = self.agent.run(request.map(|()| SendBody::from_reader(&mut body)))?;
        let mut reply = read_reply(response, MAX_BODY);
        hide_token(&mut reply.body, &self.http.authorization["Token ".len()..]);
        Ok(reply)
    }

    /// Whether requests go through a proxy.
    pub fn has_proxy(&self) -> bool {
        self.http.peer.proxy.is_some()
    }

    /// `PUT` or `POST`.
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// Where requests go.
    pub fn url(&self) -> String {
        self.request.uri().to_string()
    }

    /// Aborts all requests in flight. The session can't be used afterwards.
    pub fn abort(&self) {
        self.aborted.store(true, Ordering::Relaxed);
        self.agent.clone().shutdown();
    }

    /// Leaves the connections to the next run.
    pub fn keep_connections(self) {
        self.http.give_back(self.agent);
    }
}

/// A body that tells whether it was begun: the HTTP library asks for it when the connection is ready and the head of the
/// request is sent.
struct Outgoing<'a> {
    rest: &'a [u8],
    begun: &'a Cell<bool>,
}

impl Read for Outgoing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.begun.set(true);
        self.rest.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::BaseUrl;
    use crate::options::Proxying;

    fn http(base: &str, options: &ClientOptions) -> Http {
        let token = crate::account::Token::parse(&"t".repeat(64)).unwrap();
        let base = BaseUrl::parse(base).unwrap();
        Http::new(&Account { base, token }, options).unwrap()
    }

    const LOOPBACK: &str = "http://127.0.0.1:8080";

    #[test]
    fn each_phase_has_a_limit() {
        assert_eq!(longest_request(Duration::from_secs(60)), Duration::from_secs(160));
        // With time to notice that a single read takes too long, where that has a limit of its own.
        for (request_timeout, head) in [(60, 61), (30, 31), (29, 29)] {
            let request_timeout = Duration::from_secs(request_timeout);
            let options = ClientOptions { request_timeout, ..ClientOptions::default() };
            let http = http(LOOPBACK, &options);
            // A whole head, and what comes with it.
            assert_eq!(http.config.input_buffer_size(), MAX_HEAD + PIECE);
            let limits = http.config.timeouts();
            assert_eq!(limits.recv_response, Some(Duration::from_secs(head)));
            assert_eq!((limits.send_body, limits.recv_body), (Some(SEND), Some(RESPONSE_BODY)));
        }
    }

    #[test]
    fn whether_there_is_a_proxy() {
        for (url, there) in [("", false), ("http://127.0.0.1:3128", true)] {
            let options = ClientOptions { proxy: Proxying::parse(url).unwrap(), ..ClientOptions::default() };
            assert_eq!(http(LOOPBACK, &options).session(Call::Custom).has_proxy(), there);
        }
    }

    #[test]
    fn who_is_asked_and_whom_that_trusts() {
        let plain = http(LOOPBACK, &ClientOptions::default());
        assert_eq!((plain.peer(), plain.trusted()), ("127.0.0.1:8080".into(), None));
        let options = ClientOptions { proxy: Proxying::Direct, ..ClientOptions::default() };
        let secured = http("https://acme.user.com", &options);
        assert_eq!(secured.peer(), "acme.user.com");
        assert_eq!(secured.trusted(), Some(secured.peer.trust.to_string()));
        assert!(!secured.peer.trust.to_string().is_empty());
    }

    #[test]
    fn idle_connections_are_kept_for_some_seconds() {
        let http = http(LOOPBACK, &ClientOptions::default());
        let sessions = [http.session(Call::Custom), http.session(Call::Custom)];
        sessions.into_iter().for_each(Session::keep_connections);
        let idle = || http.idle.lock().unwrap().len();
        assert_eq!(idle(), 2);
        // One is taken, the other one becomes too old.
        let session = http.session(Call::Custom);
        http.idle.lock().unwrap()[0].0 -= 2 * IDLE;
        session.keep_connections();
        assert_eq!(idle(), 1);
    }
}
