//! All users, page by page.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::page::{Page, Pages, is_query};
use super::reader::{Clock, Reader, Unhurried, Unread, Watch, Why};
use super::user::User;
use crate::error::Error;
use crate::interface::Status;
use crate::throttle::{Rng, backoff};

const LIST: &str = "/api/public/users/";
/// How often a page is tried.
const ATTEMPTS: u32 = 8;
/// How long a page may take, waits and attempts included.
const LONGEST: Duration = Duration::from_secs(120);

/// Where readers come from.
pub(crate) trait Start: Send + Sync {
    fn reader(&self) -> Reader<'_>;
}

/// All users of a workspace, from [`Client::users`](crate::Client::users): an iterator that reads a page when it needs
/// one. It waits for the rate limit that runs use, too. A page that fails is tried again, up to 8 times within two
/// minutes; then it gives an error, and calling `next` again tries that page once more.
///
/// Users that are added or removed meanwhile may be missing or come twice: the service numbers its pages.
pub struct Users {
    start: Arc<dyn Start>,
    pages: Pages,
    ready: VecDeque<User>,
    chosen: Vec<String>,
    pub(crate) watch: Box<dyn Watch + Send>,
}

impl Users {
    pub(crate) fn new(start: Arc<dyn Start>) -> Users {
        let pages = Pages::new(LIST, "");
        Users { start, pages, ready: VecDeque::new(), chosen: Vec::new(), watch: Box::new(Unhurried) }
    }

    /// Only these attributes appear in [`User::to_json`], custom or standard ones, also those that a user does not have.
    #[must_use]
    pub fn attributes<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Users {
        self.chosen = names.into_iter().map(Into::into).collect();
        self
    }

    /// Continues where another one stopped: `cursor` is what [`Users::cursor`] gave there.
    ///
    /// # Errors
    /// If it can't be such a text.
    pub fn resume(mut self, cursor: &str) -> Result<Users, Error> {
        if !cursor.is_empty() && !is_query(cursor) {
            let problem = "is no cursor; use what an earlier reading gave, such as page=17";
            return Err(Error::invalid("cursor", problem));
        }
        self.pages = Pages::new(LIST, cursor);
        Ok(self)
    }

    /// From where another iterator can continue: the page after the one that was read last; `None` at the end. Users of
    /// a page that are not taken yet are not in it.
    pub fn cursor(&self) -> Option<&str> {
        self.pages.query()
    }

    /// The users of the next page, for those who keep a cursor; `None` at the end.
    pub fn next_page(&mut self) -> Option<Result<Vec<User>, Error>> {
        if !self.ready.is_empty() {
            return Some(Ok(self.ready.drain(..).collect()));
        }
        let path = self.pages.next()?;
        match self.page(&path) {
            Ok(users) => Some(Ok(users)),
            // The last page has been seen to name a next one that does not exist.
            Err(unread) if unread.why == Why::Missing && self.pages.end().is_ok() => None,
            Err(unread) => Some(Err(in_words(unread))),
        }
    }

    fn page(&mut self, path: &str) -> Result<Vec<User>, Unread> {
        let mut rng = Rng::random();
        let by = Instant::now() + LONGEST;
        let mut reader = self.start.reader();
        let watch = self.watch.as_mut();
        let mut attempt = 1;
        let body = loop {
            match reader.read(path, by, watch) {
                Ok(body) => break body,
                Err(unread) if unread.why == Why::Passing && attempt < ATTEMPTS && reader.now() < by => {
                    reader.wait(by.min(reader.now() + backoff(attempt, &mut rng)), watch)?;
                    attempt += 1;
                }
                Err(unread) => return Err(unread),
            }
        };
        let page = Page::parse(&body)?;
        let user = |json: &str| User::parse(json).map(|user| user.showing(&self.chosen));
        let users = page.results.iter().map(|entry| user(entry.get())).collect::<Result<_, _>>()?;
        self.pages.advance(&page)?;
        Ok(users)
    }
}

impl Iterator for Users {
    type Item = Result<User, Error>;

    fn next(&mut self) -> Option<Result<User, Error>> {
        while self.ready.is_empty() {
            match self.next_page()? {
                Ok(users) => self.ready.extend(users),
                Err(error) => return Some(Err(error)),
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

impl std::fmt::Debug for Users {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Users").field("pages", &self.pages).finish_non_exhaustive()
    }
}

fn in_words(unread: Unread) -> Error {
    let Unread { why, status, message } = unread;
    let message = match (why, status) {
        (Why::Stopped, Status::Cancelled) => message,
        (Why::Denied, _) => format!(
            "the users can't be read with this key ({message}); use a key whose scope is Read Only or All, and check that \
             it has not expired and that this address is on the workspace's list"
        ),
        _ => format!("the users could not be read: {message}"),
    };
    Error::Read { status, message }
}
