//! Before a run: do the values fit the attribute's type? Only what can't be right ends the run; everything else, also a
//! key that can't read, is a note.

use std::time::{Duration, Instant};

use super::attribute::{Attribute, list, type_of};
use super::fit::{Fit, fit};
use super::reader::{Clock, Unread, Watch, Why};
use crate::error::{Error, Result};
use crate::update::{AttributeKind, Job};

/// It must not cost more than that.
const LONGEST: Duration = Duration::from_secs(5);

/// Checks the values of a job; returns what is doubtful.
pub(crate) fn preflight(job: &Job<'_>, clock: &mut dyn Clock, watch: &mut dyn Watch) -> Result<Vec<String>> {
    if job.kind == AttributeKind::Standard || job.slots() == 0 {
        return Ok(Vec::new());
    }
    let by = clock.now() + LONGEST;
    let note = |text: String| Ok(vec![format!("preflight: {text}")]);
    match look_up(job.attribute.as_str(), clock, by, watch) {
        Ok(attribute) => compare(job, &attribute),
        // The run notices that itself.
        Err(unread) if unread.why == Why::Stopped => Ok(Vec::new()),
        Err(unread) => note(unknown(job.attribute.as_str(), &unread)),
    }
}

/// One GET, and for the choices of a fixed attribute as many as the list of attributes takes.
pub(super) fn look_up(
    name: &str,
    clock: &mut dyn Clock,
    by: Instant,
    watch: &mut dyn Watch,
) -> std::result::Result<Attribute, Unread> {
    let attribute = type_of(name, clock, by, watch)?;
    if attribute.value_type != "fixed" || attribute.choices().is_some() {
        return Ok(attribute);
    }
    let listed = list(clock, by, watch, |listed| listed.is_named(name));
    let found = listed.ok().and_then(|all| all.into_iter().find(|listed| listed.is_named(name)));
    Ok(found.unwrap_or(attribute))
}

/// What can't be known, and why.
fn unknown(name: &str, unread: &Unread) -> String {
    let name = name.escape_debug();
    let why = &unread.message;
    match unread.why {
        Why::Denied => format!(
            "the type of \"{name}\" can't be looked up with this key ({why}); a key with the scope Write Only can't read"
        ),
        Why::Missing => format!(
            "the service knows no attribute \"{name}\" under this name ({why}); check the name: it may create one, reject \
             the update or ignore it"
        ),
        _ => format!("the type of \"{name}\" could not be looked up: {why}"),
    }
}

fn compare(job: &Job<'_>, attribute: &Attribute) -> Result<Vec<String>> {
    let mut impossible: Option<(usize, String)> = None;
    let mut doubtful: Option<(usize, usize, String)> = None;
    for (value, group) in job.values.iter().zip(job.groups()) {
        let first = || job.positions(group.clone()).min().unwrap_or_default();
        match fit(value.as_str(), attribute) {
            Fit::Fits => {}
            Fit::Impossible(why) => {
                let at = first();
                if impossible.as_ref().is_none_or(|(before, _)| at < *before) {
                    impossible = Some((at, why));
                }
            }
            Fit::Doubtful(why) => {
                let at = first();
                doubtful = Some(match doubtful {
                    Some((n, before, why)) if before < at => (n + group.len(), before, why),
                    Some((n, ..)) => (n + group.len(), at, why),
                    None => (group.len(), at, why),
                });
            }
        }
    }
    let name = attribute.name.escape_debug();
    if let Some((at, why)) = impossible {
        let problem =
            format!("{why} (\"{name}\", {}); correct it, or switch the preflight off", attribute.value_type);
        let error = Error::invalid("value", problem);
        return Err(if job.values.len() > 1 { error.of_entry("rows", at) } else { error });
    }
    let note = |(n, at, why): (usize, usize, String)| {
        let ids = if n == 1 { "1 id".to_owned() } else { format!("{n} ids") };
        format!(
            "preflight: {ids}, the first at position {at}: {why}; the service may convert or ignore such a value"
        )
    };
    Ok(doubtful.map(note).into_iter().collect())
}
