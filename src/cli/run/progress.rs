//! The bar that shows how far a run is.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::sync::PoisonError;

use indicatif::{ProgressBar, ProgressStyle};
use usercom::Progress;

use crate::account::LastWarning;

/// A bar on a terminal, nothing elsewhere.
pub fn bar(last_warning: LastWarning, quiet: bool) -> impl FnMut(&Progress) -> ControlFlow<()> {
    let shown = io::stderr().is_terminal() && !quiet;
    let bar = if shown { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} ids, {msg}, {eta} left{prefix}")
    {
        bar.set_style(style);
    }
    move |progress| {
        let waiting = progress.waiting.as_secs();
        let warning = last_warning.lock().unwrap_or_else(PoisonError::into_inner);
        bar.set_prefix(if waiting > 0 { format!("\nwaiting {waiting} s; {warning}") } else { String::new() });
        bar.set_message(format!("{} rejected, {} requests", progress.rejected, progress.requests));
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
        if progress.done == progress.total {
            bar.finish_and_clear();
        }
        ControlFlow::Continue(())
    }
}
