//! Looking at the service with a client: the check, all users, and who waits for a read during a run.

use std::time::Instant;

use super::{Client, Inner};
use crate::error::Result;
use crate::interface::Status;
use crate::read::{self, Check, Reader, Start, Users, Watch};
use crate::report::Report;
use crate::run::{Cancel, Hooks, Progress};
use crate::update::{Job, JsonText, Value};

impl Client {
    /// Looks at everything that an update needs, in order: name, connection, certificate, clock, token, what the key may
    /// do, and with an attribute whether it exists and whether these values fit its type. Only reads, in a few requests
    /// at the client's rate limit. Nothing is an error that can be said in a line of the [`Check`].
    ///
    /// ```no_run
    /// # fn main() -> usercom::Result<()> {
    /// # let client = usercom::Client::new("acme", "")?;
    /// let check = client.check("score", &[5.into()])?;
    /// print!("{check}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If a value can't be sent at all, such as NaN.
    pub fn check<'a>(&self, attribute: impl Into<Option<&'a str>>, values: &[Value]) -> Result<Check> {
        let text = |(at, value)| JsonText::of(value, true).map_err(|error| error.of_entry("values", at));
        let values: Vec<JsonText> = values.iter().enumerate().map(text).collect::<Result<_>>()?;
        let inner = &self.inner;
        Ok(read::check(&inner.account.base, &inner.http, inner.reader(), attribute.into(), &values))
    }

    /// All users, read page by page as the iterator needs them.
    ///
    /// ```no_run
    /// # fn main() -> usercom::Result<()> {
    /// # let client = usercom::Client::new("acme", "")?;
    /// for user in client.users() {
    ///     let user = user?;
    ///     println!("{} {}", user.id(), user.email().unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn users(&self) -> Users {
        Users::new(self.inner.clone())
    }
}

impl Inner {
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader::new(&self.http, self.throttle(), self.options.interval())
    }
}

impl Start for Inner {
    fn reader(&self) -> Reader<'_> {
        Inner::reader(self)
    }
}

impl Users {
    /// A handle that ends a wait from elsewhere; the iterator then gives an error.
    #[must_use]
    pub fn cancel(mut self, cancel: &Cancel) -> Users {
        self.watch = Box::new(Cancelled(cancel.clone()));
        self
    }
}

struct Cancelled(Cancel);

impl Watch for Cancelled {
    fn reason_to_stop(&mut self, _: Instant) -> Option<Status> {
        self.0.is_requested().then_some(Status::Cancelled)
    }
}

/// Keeps progress, cancel and deadline of a run alive while something is read.
pub(super) struct Watching<'h, 'a> {
    pub hooks: &'h mut Hooks<'a>,
    /// What progress shows once the run is over.
    pub done: Option<Progress>,
}

impl Watch for Watching<'_, '_> {
    fn reason_to_stop(&mut self, now: Instant) -> Option<Status> {
        if let Some(done) = self.done {
            self.hooks.progress(now, || done);
        }
        self.hooks.reason_to_stop(now).map(|stop| stop.status)
    }
}

/// The progress of a run that is over.
pub(super) fn done(job: &Job<'_>, report: &Report) -> Progress {
    let settled = |state| {
        let states = report.states();
        (0..job.slots()).filter(|slot| states[job.position(*slot)] == state).count()
    };
    let (confirmed, rejected) =
        (settled(crate::interface::IdState::Confirmed), settled(crate::interface::IdState::Rejected));
    Progress {
        done: confirmed + rejected,
        total: job.slots(),
        confirmed,
        rejected,
        unknown: settled(crate::interface::IdState::Unknown),
        requests: report.requests(),
        expected_rejected: rejected,
        requests_left: 0,
        time_left: std::time::Duration::ZERO,
        waiting: std::time::Duration::ZERO,
    }
}
