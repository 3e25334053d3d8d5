//! Sends one request and reads its answer. The only file that names the HTTP library.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use ureq::http::{HeaderValue, Request, Uri, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::{Agent, ProxyProtocol, Timeout};

use super::call::Call;
use super::retry_after::retry_after;
use super::verdict::{Fatal, Fault, Framing, Reply, Verdict, Words, judge};
use crate::account::{Account, BaseUrl};
use crate::error::{Error, Result};

/// Longest answer that is read. The service's own are a few bytes; a maintenance page is not worth more.
const MAX_ANSWER: u64 = 64 * 1024;
const CONNECT: Duration = Duration::from_secs(10);
const SEND: Duration = Duration::from_secs(30);
const ANSWER_BODY: Duration = Duration::from_secs(30);

/// Up to about so many bytes the system takes off our hands at once, so that an early answer finds its reader.
const LARGE: usize = 64 * 1024;

/// What a phase may take longer than a single read or write of it.
const REST: Duration = Duration::from_secs(1);

/// Bytes that are written at once: as much as a TLS record holds.
const PIECE: usize = 16 * 1024;

const USER_AGENT: &str = concat!("usercom/", env!("CARGO_PKG_VERSION"));

/// Servers commonly close idle connections after five seconds; using one at that moment loses the request.
const IDLE: Duration = Duration::from_secs(4);

/// PUT as the vendor's page says, or POST as its code samples send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// `PUT`. The default.
    #[default]
    Put,
    /// `POST`.
    Post,
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Method::Put => "PUT",
            Method::Post => "POST",
        }
    }
}

/// Which proxy, if any.
#[derive(Clone, Default)]
pub(crate) enum Proxying {
    /// `HTTPS_PROXY` and `NO_PROXY`, for https only. Not `HTTP_PROXY`, which a web server's visitor can
    /// set under CGI, and not `ALL_PROXY`.
    #[default]
    Environment,
    Direct,
    Through(ureq::Proxy),
}

impl Proxying {
    /// `http://[user:password@]host:port`, or nothing for none.
    pub fn parse(url: &str) -> Result<Proxying> {
        if url.is_empty() {
            Ok(Proxying::Direct)
        } else {
            parse_proxy(url, "proxy", None).map(Proxying::Through)
        }
    }
}

impl fmt::Debug for Proxying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        f.write_str(match self {
            Proxying::Environment => "Environment",
            Proxying::Direct => "Direct",
            Proxying::Through(_) => "Through(hidden)",
        })
    }
}

/// Certificates to trust instead of this machine's.
#[derive(Clone)]
pub(crate) struct Roots(Arc<Vec<Certificate<'static>>>);

impl Roots {
    /// From a PEM file.
    pub fn read(path: &Path) -> Result<Roots> {
        let refuse = |why: String| Error::invalid("ca_file", format!("{}: {why}", path.display()));
        let pem = std::fs::read(path).map_err(|e| refuse(e.to_string()))?;
        let items: Vec<PemItem<'_>> =
            ureq::tls::parse_pem(&pem).collect::<Result<_, _>>().map_err(|e| refuse(e.to_string()))?;
        let certificates: Vec<_> = items
            .into_iter()
            .filter_map(|item| match item {
                PemItem::Certificate(certificate) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(refuse("holds no certificate; it must be PEM, with BEGIN CERTIFICATE lines".into()));
        }
        Ok(Roots(Arc::new(certificates)))
    }
}

/// How to talk to the service.
#[derive(Clone)]
pub(crate) struct HttpOptions {
    pub method: Method,
    pub api_version: Option<u32>,
    /// How long the first byte of an answer may take.
    pub request_timeout: Duration,
    pub proxy: Proxying,
    /// `None`: this machine's.
    pub roots: Option<Roots>,
    pub workers: usize,
}

/// A way to the service: settings, and the connections that earlier runs left open.
pub(crate) struct Http {
    token: zeroize::Zeroizing<String>,
    /// By [`Call`]: all but the body, which is all that changes from one to the next.
    requests: Vec<Request<()>>,
    config: ureq::config::Config,
    /// And since when they are.
    idle: Mutex<Vec<(Instant, Agent)>>,
}

impl Http {
    pub fn new(account: &Account, options: &HttpOptions) -> Result<Http> {
        let mut tls = TlsConfig::builder();
        if let Some(Roots(certificates)) = &options.roots {
            tls = tls.root_certs(RootCerts::Specific(certificates.clone()));
        } else if account.base.is_https() {
            check_trust_store()?;
            tls = tls.root_certs(RootCerts::PlatformVerifier);
        }
        // What is left of a phase is never the same twice, and telling the system costs a call each time. A limit
        // for a single read or write that is a little lower is always the same, so it is told once a connection.
        // Where it would cut the phase of the answer's body short there is none. A write that took a part is
        // followed by another, so that two of them make the phase; one that takes a little now and then is
        // noticed after a piece, so pieces are small.
        let first_byte = options.request_timeout;
        let (read, head) = match first_byte >= ANSWER_BODY {
            true => (Some(first_byte), first_byte + REST),
            false => (None, first_byte),
        };
        // No overall timeout and none on name resolution: either costs a thread per request.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(proxy(&options.proxy, &account.base)?)
            .tls_config(tls.build())
            // For a proxy, too.
            .user_agent(USER_AGENT)
            .accept_encoding("")
            .max_idle_connections(options.workers)
            .max_idle_connections_per_host(options.workers)
            .max_idle_age(IDLE)
            .timeout_connect(Some(CONNECT))
            .output_buffer_size(PIECE)
            .timeout_per_write(Some(SEND / 2))
            .timeout_send_request(Some(SEND))
            .timeout_send_body(Some(SEND))
            .timeout_per_read(read)
            .timeout_recv_response(Some(head))
            .timeout_recv_body(Some(ANSWER_BODY))
            .build();
        let token = account.token.authorization();
        let mut authorization = HeaderValue::from_str(&token)
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
                .body(())
        };
        let requests = Call::ALL.into_iter().map(request).collect::<Result<_, _>>();
        let requests = requests.map_err(|_| Error::invalid("base_url", "is not a URL"))?;
        Ok(Http { token, requests, config, idle: Mutex::default() })
    }

    /// Lends the connections of an earlier run, or none yet, to a run of its own.
    pub fn line(&self, call: Call) -> Line<'_> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let agent = idle.map_or_else(|| self.config.new_agent(), |(_, agent)| agent);
        Line { http: self, agent, request: &self.requests[call as usize], was_cut: AtomicBool::new(false) }
    }

    /// Takes back what a run has no more use for.
    pub fn give_back(&self, agent: Agent) {
        let now = Instant::now();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of a time when more runs went on at once: their connections won't be used again.
        idle.retain(|(since, _)| now - *since < IDLE);
        idle.push((now, agent));
    }
}

/// One run's connections.
pub(crate) struct Line<'a> {
    http: &'a Http,
    agent: Agent,
    request: &'a Request<()>,
    was_cut: AtomicBool,
}

impl Line<'_> {
    /// One attempt. Blocks until there is an answer or a phase has taken too long.
    pub fn send(&self, body: &[u8], ids: usize) -> Verdict {
        match self.exchange(body) {
            Ok(reply) => judge(&reply, ids),
            Err(error) => match failure(&error, body.len(), || self.peer()) {
                // Whatever the error says, it was us.
                Verdict::Transient { fault, status, .. }
                    if fault.was_sent() && self.was_cut.load(Ordering::Relaxed) =>
                {
                    let words = Words::new("cut off before an answer came, because the run was to end");
                    Verdict::Transient { fault, status, words }
                }
                verdict => verdict,
            },
        }
    }

    /// Who is connected to, for messages: a proxy may have been set where nobody thinks of it.
    fn peer(&self) -> String {
        match self.http.config.proxy().filter(|proxy| !proxy.is_no_proxy(self.request.uri())) {
            Some(proxy) => format!("the proxy {}:{}", proxy.host(), proxy.port()),
            None => self.request.uri().authority().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// `PUT` or `POST`.
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// Where requests go.
    pub fn url(&self) -> String {
        self.request.uri().to_string()
    }

    /// Ends every request that is under way. The line is of no use afterwards.
    pub fn cut(&self) {
        self.was_cut.store(true, Ordering::Relaxed);
        self.agent.clone().shutdown();
    }

    /// Leaves the connections to the next run.
    pub fn keep(self) {
        self.http.give_back(self.agent);
    }

    fn exchange(&self, body: &[u8]) -> Result<Reply, ureq::Error> {
        let mut response = self.agent.run(self.request.clone().map(|()| body))?;
        let headers = response.headers();
        let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        let waits: Vec<String> = headers
            .get_all(header::RETRY_AFTER)
            .iter()
            .filter_map(|v| v.to_str().ok().map(str::to_owned))
            .collect();
        let mut reply = Reply {
            status: response.status().as_u16(),
            framing: framing(&response),
            html: text(header::CONTENT_TYPE).is_some_and(names_html),
            retry_after: retry_after(&waits, text(header::DATE), SystemTime::now()),
            // Room for what the service says, so that it need not grow.
            body: Vec::with_capacity(512),
        };
        // To its end, or the connection can't be used again.
        let read = response.body_mut().as_reader().take(MAX_ANSWER).read_to_end(&mut reply.body);
        if read.is_err() || reply.body.len() as u64 == MAX_ANSWER {
            reply.framing = Framing::Cut;
        }
        self.hide_token(&mut reply.body);
        Ok(reply)
    }

    /// A server may echo what it was sent; the token must not come out again in a message.
    fn hide_token(&self, body: &mut Vec<u8>) {
        let token = &self.http.token["Token ".len()..];
        let bytes = token.as_bytes();
        while let Some(at) = body.windows(bytes.len()).position(|window| window == bytes) {
            body.splice(at..at + bytes.len(), HIDDEN.bytes());
        }
        // JSON has other ways to write the same characters.
        if !body.contains(&b'\\') {
            return;
        }
        if let Ok(mut json) = serde_json::from_slice(body)
            && hide_in_json(&mut json, token)
        {
            *body = json.to_string().into_bytes();
        }
    }
}

const HIDDEN: &str = "(token)";

/// Whether there was something to hide.
fn hide_in_json(json: &mut serde_json::Value, token: &str) -> bool {
    use serde_json::Value as Json;
    match json {
        Json::String(text) if text.contains(token) => {
            *text = text.replace(token, HIDDEN);
            true
        }
        Json::Array(items) => items.iter_mut().fold(false, |hid, item| hide_in_json(item, token) | hid),
        Json::Object(fields) => {
            let before = fields.len();
            fields.retain(|name, _| !name.contains(token));
            let dropped = fields.len() < before;
            fields.values_mut().fold(dropped, |hid, item| hide_in_json(item, token) | hid)
        }
        _ => false,
    }
}

fn names_html(content_type: &str) -> bool {
    content_type.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"html"))
}

/// How the end of this answer's body will be known (RFC 9112 §6.3).
fn framing<T>(response: &ureq::http::Response<T>) -> Framing {
    let headers = response.headers();
    let first_two = |name| {
        let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
        [values.next(), values.next()]
    };
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let since_1_1 = response.version() >= ureq::http::Version::HTTP_11;
    let (encodings, lengths) = (first_two(header::TRANSFER_ENCODING), first_two(header::CONTENT_LENGTH));
    match (response.status().as_u16(), encodings, lengths) {
        (204 | 304, ..) => Framing::Complete,
        (_, [None, _], [None, _]) => Framing::CloseDelimited,
        (_, [None, _], [Some(length), None]) if is_number(length) => Framing::Complete,
        (_, [Some(how), None], [None, _]) if how.eq_ignore_ascii_case(b"chunked") && since_1_1 => {
            Framing::Complete
        }
        // Two lengths, a length and chunks, or something else: who reads it may see another end than we do.
        _ => Framing::Cut,
    }
}

/// What it means that there was no answer.
fn failure(error: &ureq::Error, sent: usize, peer: impl Fn() -> String) -> Verdict {
    let transient = |fault, words: &str| Verdict::Transient { fault, status: None, words: Words::new(words) };
    let unreached = |why: &str| transient(Fault::Unreached, &format!("no connection to {}: {why}", peer()));
    let no_host = |why: &str| {
        let why = format!("this host can't be found by its name; check the name and the network ({why})");
        unreached(&why)
    };
    let tls = |why: &rustls::Error| {
        let plain = matches!(why, rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType));
        let hint =
            if plain { "; what answers there may speak no TLS: check https:// and the port" } else { "" };
        Verdict::Fatal { fatal: tls_fatal(why), status: None, words: Words::new(&format!("{why}{hint}")) }
    };
    match error {
        ureq::Error::HostNotFound => no_host("it has no address"),
        ureq::Error::Io(io) if is_look_up(io) => no_host(&io.to_string()),
        ureq::Error::ConnectionFailed => unreached("connection failed"),
        ureq::Error::ConnectProxyFailed(why) => {
            transient(Fault::Unreached, &format!("the proxy refused: {why}"))
        }
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => unreached("none within 10 s"),
        ureq::Error::Timeout(Timeout::PerRead) => transient(Fault::TimedOut, "timed out: receive response"),
        ureq::Error::Timeout(Timeout::PerWrite) => transient(Fault::TimedOut, "timed out: send request"),
        ureq::Error::Timeout(phase) => transient(Fault::TimedOut, &format!("timed out: {phase}")),
        ureq::Error::Rustls(why) => tls(why),
        ureq::Error::Tls(why) => Verdict::Fatal { fatal: Fatal::Tls, status: None, words: Words::new(why) },
        ureq::Error::Io(io) => match io.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            Some(why) => tls(why),
            None => match io_fault(io, sent) {
                Fault::Unreached => unreached(&io.to_string()),
                fault => transient(fault, &io.to_string()),
            },
        },
        other => transient(Fault::Unreadable, &other.to_string()),
    }
}

/// A handshake that failed has sent nothing; of bytes that can't be read nobody knows when they came.
fn tls_fatal(error: &rustls::Error) -> Fatal {
    use rustls::AlertDescription::{BadRecordMac, DecryptError, InternalError};
    match error {
        rustls::Error::AlertReceived(InternalError | BadRecordMac | DecryptError)
        | rustls::Error::DecryptError
        | rustls::Error::EncryptError
        | rustls::Error::InvalidMessage(_)
        | rustls::Error::PeerMisbehaved(_)
        | rustls::Error::PeerSentOversizedRecord => Fatal::TlsBroken,
        _ => Fatal::Tls,
    }
}

/// The standard library gives such an error neither a kind nor a code, only these words.
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

fn proxy(option: &Proxying, base: &BaseUrl) -> Result<Option<ureq::Proxy>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    match option {
        Proxying::Direct => Ok(None),
        Proxying::Through(proxy) => Ok(Some(proxy.clone())),
        Proxying::Environment if !base.is_https() => Ok(None),
        Proxying::Environment => {
            let found =
                ["HTTPS_PROXY", "https_proxy"].into_iter().find_map(|name| Some((name, variable(name)?)));
            let except = variable("NO_PROXY").or_else(|| variable("no_proxy"));
            found.map(|(name, url)| parse_proxy(&url, name, except.as_deref())).transpose()
        }
    }
}

/// The message never shows the URL, which may hold a password.
fn parse_proxy(url: &str, named: &'static str, except: Option<&str>) -> Result<ureq::Proxy> {
    let refuse = || Error::invalid(named, "is not a proxy URL of the form http://[user:password@]host:port");
    let parsed = ureq::Proxy::new(url).map_err(|_| refuse())?;
    // The library turns port 99999 into its default one.
    let authority = url.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned()).ok_or_else(refuse)?;
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port = host[host.rfind(']').unwrap_or(0)..].split_once(':').map(|(_, port)| port);
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Err(refuse());
    }
    if !matches!(parsed.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) || parsed.host().is_empty() {
        return Err(refuse());
    }
    let mut builder = ureq::Proxy::builder(parsed.protocol()).host(parsed.host()).port(parsed.port());
    if let Some(user) = parsed.username() {
        builder = builder.username(user);
    }
    if let Some(password) = parsed.password() {
        builder = builder.password(password);
    }
    for pattern in except.into_iter().flat_map(|list| list.split(',')) {
        builder = builder.no_proxy(pattern.trim());
    }
    builder.build().map_err(|_| refuse())
}

/// Says so at once where no certificate could ever be verified.
fn check_trust_store() -> Result<()> {
    #[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
    {
        // Not a `OnceLock`: in a child that was forked while it is being set it would wait for ever.
        static FOUND: AtomicBool = AtomicBool::new(false);
        if !FOUND.load(Ordering::Relaxed) {
            if rustls_native_certs::load_native_certs().certs.is_empty() {
                return Err(Error::Tls(
                    "this machine has no trusted certificates; install ca-certificates or set ca_file".into(),
                ));
            }
            FOUND.store(true, Ordering::Relaxed);
        }
    }
    Ok(())
}
