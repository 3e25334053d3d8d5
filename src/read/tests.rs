//! Verification and preflight on a virtual clock.

use std::time::{Duration, Instant};

use super::reader::{Clock, Unread, Watch, Why};
use super::{preflight, verify};
use crate::interface::{IdState, Status};
use crate::report::{FailureList, Report, Traffic, Verification};
use crate::update::{AttributeKind, Ids, Job, Rules, Update, Value};

/// A service whose clock moves only when somebody waits.
struct Service<F> {
    start: Instant,
    now: Instant,
    /// What is read: when, and the path.
    reads: Vec<(u64, String)>,
    respond: F,
}

impl<F: FnMut(u64, &str) -> Result<String, Unread>> Service<F> {
    fn new(respond: F) -> Service<F> {
        let start = Instant::now();
        Service { start, now: start, reads: Vec::new(), respond }
    }

    fn seconds(&self) -> Vec<u64> {
        self.reads.iter().map(|(at, _)| *at).collect()
    }

    fn paths(&self) -> Vec<&str> {
        self.reads.iter().map(|(_, path)| path.trim_start_matches("/api/public")).collect()
    }
}

impl<F: FnMut(u64, &str) -> Result<String, Unread>> Clock for Service<F> {
    fn now(&self) -> Instant {
        self.now
    }

    fn read(&mut self, path: &str, _: Instant, watch: &mut dyn Watch) -> Result<Vec<u8>, Unread> {
        self.wait(self.now, watch)?;
        let at = (self.now - self.start).as_secs();
        self.reads.push((at, path.to_owned()));
        (self.respond)(at, path).map(String::into_bytes)
    }

    fn wait(&mut self, until: Instant, watch: &mut dyn Watch) -> Result<(), Unread> {
        self.now = self.now.max(until);
        match watch.reason_to_stop(self.now) {
            Some(status) => Err(Unread::new(Why::Stopped, status, "the deadline passed")),
            None => Ok(()),
        }
    }
}

/// Somebody who stops at that moment, if there is one.
struct Until(Option<Instant>);

impl Watch for Until {
    fn reason_to_stop(&mut self, now: Instant) -> Option<Status> {
        self.0.filter(|end| now >= *end).map(|_| Status::Deadline)
    }
}

fn user(id: &str, value: &str, kind: &str) -> Result<String, Unread> {
    Ok(format!(
        r#"{{"id":{id},"attributes":[{{"name":"plan","name_std":"plan","value":{value},"value_type":"{kind}"}}]}}"#
    ))
}

fn id_in(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap()
}

fn job<'a>(update: &Update, ids: &'a [i64], kind: AttributeKind) -> Job<'a> {
    let rules = Rules { kind, allow_null: false, requests_per_second: None };
    Job::new(update, Ids::Numeric(ids), rules).unwrap()
}

fn report(states: Vec<IdState>) -> Report {
    let (failures, traffic) = (FailureList::default(), Traffic::default());
    Report::new(Status::Ok, String::new(), states, failures, Vec::new(), Vec::new(), traffic)
}

fn verified<F: FnMut(u64, &str) -> Result<String, Unread>>(
    service: &mut Service<F>,
    n: i64,
    sample: usize,
    queued: bool,
    stop_after: Option<u64>,
) -> Verification {
    let ids: Vec<i64> = (1..=n).collect();
    let job = job(&Update::new("plan", "pro"), &ids, AttributeKind::Custom);
    let mut watch = Until(stop_after.map(|seconds| service.start + Duration::from_secs(seconds)));
    verify(&job, &report(vec![IdState::Confirmed; ids.len()]), sample, queued, service, &mut watch)
}

#[test]
fn a_sample_is_spread_evenly_and_read_once_if_it_is_as_sent() {
    let mut service = Service::new(|_, path| user(id_in(path), "[\"pro\"]", "fixed"));
    let found = verified(&mut service, 1000, 5, false, None);
    assert_eq!((found.sampled, found.verified, found.mismatched), (5, 5, 0));
    assert!(found.notes.is_empty(), "{:?}", found.notes);
    assert_eq!(service.paths(), ["/users/101/", "/users/301/", "/users/501/", "/users/701/", "/users/901/"]);
    let mut service = Service::new(|_, path| user(id_in(path), "\"pro\"", "string"));
    assert_eq!(verified(&mut service, 3, 1000, false, None).verified, 3);
    assert_eq!(service.paths(), ["/users/1/", "/users/2/", "/users/3/"]);
}

#[test]
fn what_differs_is_read_again_before_it_counts() {
    let mut service = Service::new(|_, path| match id_in(path) {
        "2" => user("2", "\"free\"", "string"),
        id => user(id, "\"pro\"", "string"),
    });
    let found = verified(&mut service, 3, 3, false, None);
    assert_eq!((found.verified, found.mismatched), (2, 1));
    assert_eq!(service.seconds(), [0, 0, 0, 2, 10, 30]);
    let first = &found.mismatches[0];
    assert_eq!((first.index, &*first.id, &*first.sent, &*first.stored), (1, "2", "\"pro\"", "\"free\""));
    assert!(
        found.notes[0].contains("1 of 3") && found.notes[0].contains("read 4 times"),
        "{:?}",
        found.notes
    );
}

#[test]
fn a_value_that_is_applied_later_is_verified() {
    let mut service = Service::new(|at, path| match at {
        0..=9 => Ok(r#"{"id":1,"attributes":[]}"#.into()),
        _ => user(id_in(path), "\"pro\"", "string"),
    });
    let found = verified(&mut service, 1, 1, false, None);
    assert_eq!((found.verified, found.mismatched, service.seconds()), (1, 0, vec![0, 2, 10]));
    assert!(found.notes.is_empty());
}

#[test]
fn after_a_202_nothing_counts_as_a_mismatch() {
    let mut service = Service::new(|_, path| match id_in(path) {
        "1" => user("1", "\"pro\"", "string"),
        id => user(id, "null", "string"),
    });
    let found = verified(&mut service, 3, 3, true, None);
    assert_eq!((found.verified, found.mismatched, service.seconds()), (1, 0, vec![0, 0, 0]));
    assert!(found.notes[0].contains("2 ids queued, not verified"), "{:?}", found.notes);
}

#[test]
fn a_deadline_ends_the_waits() {
    let mut service = Service::new(|_, path| user(id_in(path), "\"free\"", "string"));
    let found = verified(&mut service, 2, 2, false, Some(5));
    assert_eq!((found.mismatched, service.seconds()), (2, vec![0, 0, 2, 2]));
    assert!(found.notes[0].contains("read 2 times"), "{:?}", found.notes);
    let mut service = Service::new(|_, path| user(id_in(path), "\"free\"", "string"));
    let found = verified(&mut service, 2, 2, false, Some(0));
    assert_eq!((found.verified, found.mismatched, service.reads.len()), (0, 0, 0));
    assert!(found.notes[0].contains("2 ids of 2 not read back: the deadline"), "{:?}", found.notes);
}

#[test]
fn a_key_that_cannot_read_costs_one_request_and_one_note() {
    let denied = || Unread::new(Why::Denied, Status::Unauthorized, "http 403: no");
    let mut service = Service::new(|_, _| Err(denied()));
    let found = verified(&mut service, 9, 5, false, None);
    assert_eq!((found.verified, found.mismatched, service.reads.len(), found.notes.len()), (0, 0, 1, 1));
    assert!(found.notes[0].contains("Write Only"), "{:?}", found.notes);
}

#[test]
fn failures_do_not_go_on() {
    let mut service = Service::new(|_, _| Err(Unread::new(Why::Passing, Status::Server, "http 503: away")));
    let found = verified(&mut service, 9, 5, false, None);
    assert_eq!((service.reads.len(), found.notes.len()), (3, 1));
    assert!(found.notes[0].contains("5 ids of 5 could not be read back: http 503"), "{:?}", found.notes);
    // Users that are not there are no failures of reading.
    let mut service = Service::new(|_, path| match id_in(path) {
        "9" => user("9", "\"pro\"", "string"),
        _ => Err(Unread::new(Why::Missing, Status::Rejected, "http 404: Not found.")),
    });
    let found = verified(&mut service, 9, 9, false, None);
    assert_eq!((found.verified, found.mismatched, service.reads.len()), (1, 0, 9));
    assert!(
        found.notes[0].contains("8 ids of 9") && found.notes[0].contains("such a user"),
        "{:?}",
        found.notes
    );
}

#[test]
fn only_confirmed_ids_are_read_and_rows_have_their_own_values() {
    let ids = [10, 20, 30, 40];
    let values = vec![Value::from("a"), Value::from("b")];
    let update = Update::rows("plan", values, vec![1, 0, 1, 0]);
    let job = job(&update, &ids, AttributeKind::Custom);
    use IdState::{Confirmed, Rejected, Unknown};
    let report = report(vec![Confirmed, Rejected, Unknown, Confirmed]);
    let mut service = Service::new(|_, path| match id_in(path) {
        "10" => user("10", "\"b\"", "string"),
        id => user(id, "\"b\"", "string"),
    });
    let found = verify(&job, &report, 9, false, &mut service, &mut Until(None));
    assert_eq!((found.sampled, found.verified, found.mismatched), (2, 1, 1));
    assert_eq!((found.mismatches[0].index, &*found.mismatches[0].sent), (3, "\"a\""));
}

#[test]
fn standard_attributes_are_compared_too() {
    let ids = [1];
    let job = job(&Update::new("custom_id", "u-1"), &ids, AttributeKind::Standard);
    let confirmed = report(vec![IdState::Confirmed]);
    let mut service = Service::new(|_, _| Ok(r#"{"id":1,"user_id":"u-1","attributes":[]}"#.into()));
    assert_eq!(verify(&job, &confirmed, 1, false, &mut service, &mut Until(None)).verified, 1);
}

fn looked_up(
    update: &Update,
    ids: &[i64],
    respond: impl FnMut(u64, &str) -> Result<String, Unread>,
) -> (String, usize) {
    let job = job(update, ids, AttributeKind::Custom);
    let mut service = Service::new(respond);
    let said = match preflight(&job, &mut service, &mut Until(None)) {
        Ok(notes) => notes.join("\n"),
        Err(error) => format!("error: {error}"),
    };
    (said, service.reads.len())
}

fn of_type(kind: &str) -> impl Fn(u64, &str) -> Result<String, Unread> {
    let kind = kind.to_owned();
    move |_, path| {
        assert_eq!(path, "/api/public/attribute-type/plan/users/");
        Ok(format!(r#"{{"value_type":"{kind}"}}"#))
    }
}

#[test]
fn only_what_cannot_be_right_is_refused() {
    let one = |value: Value, kind| looked_up(&Update::new("plan", value), &[1, 2], of_type(kind));
    assert_eq!(one("pro".into(), "string"), (String::new(), 1));
    let (said, _) = one("many".into(), "integer");
    assert!(said.starts_with("error: value: \"many\" can't be read as integer"), "{said}");
    let (said, _) = one("123".into(), "integer");
    assert!(said.starts_with("preflight: 2 ids, the first at position 0: \"123\" is a string"), "{said}");
    let values = vec![1.into(), "many".into(), "some".into()];
    let rows = Update::rows("plan", values, vec![0, 2, 1]);
    let (said, _) = looked_up(&rows, &[1, 2, 3], of_type("integer"));
    assert!(said.starts_with("error: rows: entry 1 (counted from 0): \"some\""), "{said}");
}

#[test]
fn the_choices_of_a_fixed_attribute_are_looked_up() {
    let respond = |_: u64, path: &str| {
        match path.contains("attribute-type") {
        true => Ok(r#"{"value_type":"fixed"}"#.to_owned()),
        false => Ok(r#"{"next":null,"results":[
            {"name":"plan","content_type":"company","value_type":"string"},
            {"name":"plan","content_type":"clientuser","value_type":"fixed","choices":["free",{"value":"pro"}]}]}"#
            .to_owned()),
    }
    };
    let (said, reads) = looked_up(&Update::new("plan", "gold"), &[1], respond);
    assert!(said.contains("\"gold\" is not one of the attribute's choices: \"free\", \"pro\""), "{said}");
    assert_eq!(reads, 2);
    assert_eq!(looked_up(&Update::new("plan", "pro"), &[1], respond).0, "");
}

#[test]
fn what_cannot_be_known_is_a_note() {
    for (why, status, says) in [
        (Why::Denied, Status::Unauthorized, "Write Only"),
        (Why::Missing, Status::Rejected, "check the name"),
        (Why::Passing, Status::Server, "could not be looked up"),
        (Why::Lasting, Status::WrongEndpoint, "could not be looked up"),
    ] {
        let fail = |_: u64, _: &str| Err(Unread::new(why, status, "why"));
        let (said, reads) = looked_up(&Update::new("plan", "pro"), &[1], fail);
        assert!(said.starts_with("preflight: ") && said.contains(says) && !said.contains('\n'), "{said}");
        assert_eq!(reads, 1);
    }
    let odd = |_: u64, _: &str| Ok("[1]".to_owned());
    assert!(looked_up(&Update::new("plan", "pro"), &[1], odd).0.contains("could not be looked up"));
    let never = |_: u64, _: &str| panic!("nothing to look up");
    assert_eq!(looked_up(&Update::new("plan", "pro"), &[], never), (String::new(), 0));
}
