//! After a run: a sample of confirmed ids is read back and compared with what was sent. States and status stay.

use std::time::Duration;

use super::compare::is_same;
use super::page::encoded;
use super::reader::{Clock, Unread, Watch, Why};
use super::user::User;
use crate::interface::{IdState, Status};
use crate::report::{Mismatch, Report, Verification};
use crate::update::{AttributeKind, Ids, Job};
use crate::wire::Message;

/// When what differs is read again, after the first reading: the service may apply values later.
const AGAIN: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(30)];
/// The longest wait for one response, the rate limit included.
const LONGEST: Duration = Duration::from_secs(30);
/// After so many failures in a row nothing more is read.
const FAILURES: usize = 3;
/// So many mismatches are kept.
const SHOWN: usize = 10;

/// What one reading came to.
enum Read {
    Same,
    Differs(String),
    /// Nothing to compare, and why.
    Not(Unread),
}

/// Reads back `sample` of the confirmed ids. `queued` is whether the service said that it applies the update later.
pub(crate) fn verify(
    job: &Job<'_>,
    report: &Report,
    sample: usize,
    queued: bool,
    clock: &mut dyn Clock,
    watch: &mut dyn Watch,
) -> Verification {
    let slots = sampled(job, report, sample);
    let mut verification = Verification { sampled: slots.len(), ..Verification::default() };
    let mut differing: Vec<(usize, String)> = Vec::new();
    let (mut unread, mut failures): (Vec<Unread>, usize) = (Vec::new(), 0);
    for slot in &slots {
        match read(job, *slot, clock, watch) {
            Read::Same => (verification.verified, failures) = (verification.verified + 1, 0),
            Read::Differs(stored) => {
                differing.push((*slot, stored));
                failures = 0;
            }
            Read::Not(why) => {
                failures = if why.why == Why::Missing { 0 } else { failures + 1 };
                let is_final =
                    matches!(why.why, Why::Denied | Why::Stopped) || why.status == Status::WrongEndpoint;
                unread.push(why);
                if is_final || failures == FAILURES {
                    break;
                }
            }
        }
    }
    if queued && !differing.is_empty() {
        verification.notes.push(format!(
            "verify: {} queued, not verified: the service responded with 202 and has not applied {} yet",
            ids(differing.len()),
            if differing.len() == 1 { "it" } else { "them" }
        ));
    } else {
        let (times, later) = read_again(job, &mut differing, clock, watch);
        verification.verified += later;
        mismatches(job, &mut verification, differing, times);
    }
    if let Some(first) = unread.first() {
        let missing = slots.len() - verification.verified - verification.mismatched;
        verification.notes.push(not_read(first, missing.max(1), slots.len(), &unread));
    }
    verification
}

/// Slots of confirmed ids, spread evenly over what was sent.
fn sampled(job: &Job<'_>, report: &Report, sample: usize) -> Vec<usize> {
    let states = report.states();
    let is_confirmed = |slot: &usize| states[job.position(*slot)] == IdState::Confirmed;
    let confirmed: Vec<usize> = (0..job.slots()).filter(is_confirmed).collect();
    let n = sample.min(confirmed.len());
    (0..n).map(|k| confirmed[(2 * k + 1) * confirmed.len() / (2 * n)]).collect()
}

fn value_of<'a>(job: &'a Job<'_>, slot: usize) -> &'a str {
    let group = job.groups().partition_point(|group| group.end <= slot);
    job.values.get(group).map_or("null", |value| value.as_str())
}

fn id_of(job: &Job<'_>, slot: usize) -> String {
    let mut id = String::new();
    job.ids.write(job.position(slot), &mut id);
    id
}

fn read(job: &Job<'_>, slot: usize, clock: &mut dyn Clock, watch: &mut dyn Watch) -> Read {
    let folder = if let Ids::Numeric(_) = job.ids { "users" } else { "users-by-id" };
    let by = clock.now() + LONGEST;
    let body = match clock.read(&format!("/api/public/{folder}/{}/", encoded(&id_of(job, slot))), by, watch) {
        Ok(body) => body,
        Err(unread) => return Read::Not(unread),
    };
    let user = match User::parse(&String::from_utf8_lossy(&body)) {
        Ok(user) => user,
        Err(unread) => return Read::Not(unread),
    };
    let name = job.attribute.as_str();
    let (stored, kind) = match job.kind {
        AttributeKind::Custom => {
            let attribute = user.custom(name);
            // Some names are those of both kinds.
            let stored = attribute.map(|a| a.json()).or_else(|| user.standard(name));
            (stored, attribute.and_then(|a| a.value_type.as_deref()))
        }
        AttributeKind::Standard => match user.standard(name) {
            None => return Read::Not(Unread::odd(format!("the service does not show {name} of a user"))),
            stored => (stored, None),
        },
    };
    // What a user does not have is not listed.
    let stored = stored.unwrap_or("null");
    if is_same(value_of(job, slot), stored, kind) { Read::Same } else { Read::Differs(stored.to_owned()) }
}

/// Reads what differs again until it is the same or has been read often enough. Returns how often, and how many became
/// the same.
fn read_again(
    job: &Job<'_>,
    differing: &mut Vec<(usize, String)>,
    clock: &mut dyn Clock,
    watch: &mut dyn Watch,
) -> (usize, usize) {
    let (first, all) = (clock.now(), differing.len());
    let mut times = 1;
    for after in AGAIN {
        if differing.is_empty() || clock.wait(first + after, watch).is_err() {
            break;
        }
        differing.retain_mut(|(slot, stored)| match read(job, *slot, clock, watch) {
            Read::Same => false,
            Read::Differs(now) => {
                *stored = now;
                true
            }
            Read::Not(_) => true,
        });
        times += 1;
    }
    (times, all - differing.len())
}

fn mismatches(job: &Job<'_>, verification: &mut Verification, differing: Vec<(usize, String)>, times: usize) {
    if differing.is_empty() {
        return;
    }
    verification.mismatched = differing.len();
    let mismatch = |(slot, stored): (usize, String)| {
        let text = |json: &str| Message::new(json).into_text();
        Mismatch {
            index: job.position(slot),
            id: id_of(job, slot).into(),
            sent: text(value_of(job, slot)),
            stored: text(&stored),
        }
    };
    verification.mismatches = differing.into_iter().take(SHOWN).map(mismatch).collect();
    let often = match times {
        1 => "read once, since the run had no time left".to_owned(),
        n => format!("read {n} times"),
    };
    verification.notes.push(format!(
        "verify: {} of {} read back {} another value than was sent, {often}: the service accepted the update, but may have \
         ignored or converted the value; compare it with the attribute's type in User.com",
        verification.mismatched,
        verification.sampled,
        if verification.mismatched == 1 { "has" } else { "have" }
    ));
}

fn not_read(first: &Unread, missing: usize, sampled: usize, all: &[Unread]) -> String {
    let why = &first.message;
    match first.why {
        Why::Denied => format!(
            "verify: nothing more was read back: this key can't read ({why}); a key with the scope Write Only can't"
        ),
        Why::Stopped => format!("verify: {} of {sampled} not read back: {why}", ids(missing)),
        _ => {
            let absent = all.iter().filter(|unread| unread.why == Why::Missing).count();
            let advice = if absent > 0 { "; the service may not have such a user" } else { "" };
            format!("verify: {} of {sampled} could not be read back: {why}{advice}", ids(missing))
        }
    }
}

fn ids(n: usize) -> String {
    if n == 1 { "1 id".to_owned() } else { format!("{n} ids") }
}
