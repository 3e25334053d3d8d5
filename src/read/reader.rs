//! One read: waits for the rate limit, sends the GET, says what came of it. The caller's thread is free meanwhile.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::interface::Status;
use crate::throttle::{Interval, Rng, Throttle};
use crate::wire::{Call, Fatal, Got, Http, Look, Message, Session};

/// How often the caller is asked whether to go on.
const STEP: Duration = Duration::from_millis(100);

/// Who waits for a read, and may want it to stop.
pub(crate) trait Watch {
    /// A reason to stop, if there is one. Called about every 100 ms.
    fn reason_to_stop(&mut self, now: Instant) -> Option<Status>;
}

/// Somebody who waits as long as it takes.
pub(crate) struct Unhurried;

impl Watch for Unhurried {
    fn reason_to_stop(&mut self, _: Instant) -> Option<Status> {
        None
    }
}

/// Reads and waits. Tests have one with a clock of their own.
pub(crate) trait Clock {
    fn now(&self) -> Instant;

    /// The JSON at a path. `by` is when the response must have come.
    fn read(&mut self, path: &str, by: Instant, watch: &mut dyn Watch) -> Result<Vec<u8>, Unread>;

    /// Waits until then; an error if the caller wants to stop.
    fn wait(&mut self, until: Instant, watch: &mut dyn Watch) -> Result<(), Unread>;
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    pub why: Why,
    /// As a run would have it.
    pub status: Status,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// 401 or 403: this key may not read, or nothing at all.
    Denied,
    /// The API says that there is no such thing.
    Missing,
    /// It may pass.
    Passing,
    /// The caller wants to stop, or the time is over.
    Stopped,
    /// It stays so.
    Lasting,
}

impl Unread {
    pub fn new(why: Why, status: Status, message: impl Into<String>) -> Unread {
        Unread { why, status, message: message.into() }
    }

    pub fn odd(message: impl Into<String>) -> Unread {
        Unread::new(Why::Lasting, Status::BadResponse, message)
    }

    fn stopped(status: Status) -> Unread {
        let message =
            if status == Status::Cancelled { "cancelled on request" } else { "the deadline passed" };
        Unread::new(Why::Stopped, status, message)
    }
}

/// The connections, the rate limit, and what the last response said of the time.
pub(crate) struct Reader<'a> {
    http: &'a Http,
    /// None after an abort, which leaves a session dead.
    session: Option<Session<'a>>,
    throttle: Arc<Throttle>,
    interval: Interval,
    rng: Rng,
    /// The server's clock, and this machine's at that moment.
    pub dated: Option<(SystemTime, SystemTime)>,
    /// Whether there was any HTTP response.
    pub responded: bool,
}

impl<'a> Reader<'a> {
    pub fn new(http: &'a Http, throttle: Arc<Throttle>, interval: Interval) -> Reader<'a> {
        let rng = Rng::random();
        Reader { http, session: None, throttle, interval, rng, dated: None, responded: false }
    }

    /// Waits until a request may be sent. A delay that ends after `by` is not waited for.
    fn admitted(&mut self, by: Instant, watch: &mut dyn Watch) -> Result<crate::throttle::Permit, Unread> {
        loop {
            let now = Instant::now();
            match self.throttle.admit_read(now, self.interval) {
                Ok(permit) => return Ok(permit),
                Err(delay) if delay.until > by => {
                    let seconds = (delay.until - now).as_secs_f64();
                    let message = format!("the next request may be sent in {seconds:.0} s only");
                    return Err(Unread::new(Why::Passing, Status::RateLimited, message));
                }
                Err(delay) => self.wait(delay.until, watch)?,
            }
        }
    }

    /// Sends it on a thread of its own, so that this one can be told to stop.
    fn exchange(&mut self, path: &str, by: Instant, watch: &mut dyn Watch) -> Result<Look, Unread> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.http.session(Call::Custom),
        };
        let mut stopped = None;
        let look = thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            let (session, path) = (&session, path);
            let work = move || drop(sender.send(session.get(path)));
            let spawned = thread::Builder::new().name("usercom".into()).spawn_scoped(scope, work);
            let Ok(thread) = spawned else { return session.get(path) };
            loop {
                match receiver.recv_timeout(STEP) {
                    Ok(look) => {
                        drop(thread.join());
                        return look;
                    }
                    // It panicked; joining it keeps the panic from this thread.
                    Err(mpsc::RecvTimeoutError::Disconnected) => {
                        drop(thread.join());
                        let message = Message::new("a bug in usercom; please report it");
                        return Look { got: Got::Nothing { fatal: None, message }, date: None };
                    }
                    Err(mpsc::RecvTimeoutError::Timeout) => {}
                }
                let now = Instant::now();
                let late =
                    (now >= by).then(|| Unread::new(Why::Passing, Status::Transport, "no response in time"));
                if stopped.is_none() {
                    stopped = watch.reason_to_stop(now).map(Unread::stopped).or(late);
                    if stopped.is_some() {
                        session.abort();
                    }
                }
            }
        });
        match stopped {
            Some(unread) => Err(unread),
            None => {
                self.session = Some(session);
                Ok(look)
            }
        }
    }
}

impl Clock for Reader<'_> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn read(&mut self, path: &str, by: Instant, watch: &mut dyn Watch) -> Result<Vec<u8>, Unread> {
        if let Some(status) = watch.reason_to_stop(Instant::now()) {
            return Err(Unread::stopped(status));
        }
        let permit = self.admitted(by, watch)?;
        let look = self.exchange(path, by, watch)?;
        self.responded |= !matches!(look.got, Got::Nothing { .. });
        self.dated = look.date.map(|date| (date, SystemTime::now())).or(self.dated);
        if let Got::Other { status: status @ 429, retry_after, .. } = look.got {
            // The service asks everybody to wait, whoever asked too often.
            permit.throttled(Instant::now(), status, retry_after, &mut self.rng);
        }
        found(look.got)
    }

    fn wait(&mut self, until: Instant, watch: &mut dyn Watch) -> Result<(), Unread> {
        loop {
            let now = Instant::now();
            if let Some(status) = watch.reason_to_stop(now) {
                return Err(Unread::stopped(status));
            }
            match until.saturating_duration_since(now) {
                Duration::ZERO => return Ok(()),
                left => thread::sleep(left.min(STEP)),
            }
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            session.keep_connections();
        }
    }
}

/// The JSON, or what there is instead.
fn found(got: Got) -> Result<Vec<u8>, Unread> {
    let (status, own, message) = match got {
        Got::Json(body) => return Ok(body),
        Got::Nothing { fatal, message } => {
            let (why, status) = match fatal {
                Some(Fatal::Tls | Fatal::TlsBroken) => (Why::Lasting, Status::Tls),
                Some(Fatal::WrongEndpoint) => (Why::Lasting, Status::BadResponse),
                Some(_) => (Why::Lasting, Status::Transport),
                None => (Why::Passing, Status::Transport),
            };
            return Err(Unread::new(why, status, message.as_str()));
        }
        Got::Other { status, own, message, .. } => (status, own, message),
    };
    let (why, becomes) = match status {
        401 => (Why::Denied, Status::Unauthorized),
        403 if own => (Why::Denied, Status::Unauthorized),
        404 if own => (Why::Missing, Status::Rejected),
        429 => (Why::Passing, Status::RateLimited),
        408 | 425 | 500..=599 => (Why::Passing, Status::Server),
        200..=299 if own => (Why::Lasting, Status::BadResponse),
        200..=399 | 403 | 404 | 406 => (Why::Lasting, Status::WrongEndpoint),
        _ => (Why::Lasting, Status::BadResponse),
    };
    Err(Unread::new(why, becomes, format!("http {status}: {}", message.as_str())))
}
