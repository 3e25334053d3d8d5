//! How a run is started. A method for each option is in `setters.rs`.

use std::ops::ControlFlow;

use super::Client;
use crate::error::{Error, Result};
use crate::journal::JobJournal;
use crate::options::{Given, Options, RunOptions};
use crate::report::Report;
use crate::run::{Cancel, Hooks, Progress};
use crate::update::{Ids, Update};

/// One run with options of its own; [`Run::send`] starts it.
#[must_use]
pub struct Run<'a> {
    client: Client,
    update: Update,
    ids: Ids<'a>,
    options: RunOptions,
    hooks: Hooks<'a>,
    invalid: Option<Error>,
}

impl<'a> Run<'a> {
    /// As they were set.
    #[cfg(fuzzing)]
    pub(crate) fn options(&self) -> std::result::Result<&RunOptions, String> {
        self.invalid.as_ref().map_or(Ok(&self.options), |invalid| Err(invalid.to_string()))
    }

    pub(super) fn new(client: Client, update: Update) -> Run<'a> {
        let (options, hooks) = (RunOptions::default(), Hooks::default());
        Run { client, update, ids: Ids::Numeric(&[]), options, hooks, invalid: None }
    }

    /// User.com's own ids.
    pub fn ids(mut self, ids: &'a [i64]) -> Run<'a> {
        self.ids = Ids::Numeric(ids);
        self
    }

    /// The customer's own ids.
    pub fn custom_ids<S: AsRef<str>>(mut self, custom_ids: &'a [S]) -> Run<'a> {
        self.ids = Ids::Custom(custom_ids.iter().map(AsRef::as_ref).collect());
        self
    }

    pub(super) fn set(mut self, name: &str, given: Given<'_>) -> Self {
        let outcome = self.options.set(name, given);
        self.invalid = self.invalid.or(outcome.err());
        self
    }

    /// A handle that cancels the run from elsewhere.
    pub fn cancel(mut self, cancel: &Cancel) -> Run<'a> {
        self.hooks.cancel = Some(cancel.clone());
        self
    }

    /// Called on this thread about ten times a second while the run lasts, and once at its end. `Break` cancels the
    /// run.
    pub fn progress(mut self, progress: impl FnMut(&Progress) -> ControlFlow<()> + 'a) -> Run<'a> {
        self.hooks.progress = Some(Box::new(progress));
        self
    }

    /// Leaves the journal of a finished job to the caller, who removes it when a job of several runs is done.
    #[doc(hidden)]
    pub fn keep_journal(mut self) -> Run<'a> {
        self.hooks.keeps_journal = true;
        self
    }

    /// Where the journal of this run would be; none without the option `journal_dir`. Sends nothing.
    ///
    /// # Errors
    /// As [`Run::send`].
    #[doc(hidden)]
    pub fn journal(self) -> Result<Option<JobJournal>> {
        match self.invalid {
            Some(invalid) => Err(invalid),
            None => self.client.journal(&self.update, self.ids, &self.options),
        }
    }

    /// Runs until the update is complete or there is a reason to stop early.
    ///
    /// # Errors
    /// If an argument or an option is invalid; nothing was sent then.
    pub fn send(self) -> Result<Report> {
        match self.invalid {
            Some(invalid) => Err(invalid),
            None => self.client.execute(&self.update, self.ids, &self.options, self.hooks),
        }
    }
}
