//! What must hold of every report, whatever the other side did.

use std::fmt;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use usercom::{IdState, Report, Status};

use super::{Api, Server, texts};

/// What a report says, through either API.
#[derive(Debug)]
pub struct Outcome {
    pub status: i32,
    pub message: String,
    pub requests: u64,
    pub retries: u64,
    /// By state's number.
    pub counts: [usize; 4],
    pub states: Vec<u8>,
    pub failures: Vec<Failed>,
    /// Everything that it can show.
    pub texts: String,
}

#[derive(Debug)]
pub struct Failed {
    pub index: usize,
    pub http_status: Option<u16>,
    pub message: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}, {} requests)", self.message, self.counts, self.requests)
    }
}

impl Outcome {
    pub fn of(report: &Report) -> Outcome {
        let failures = report.failures().map(|failure| Failed {
            index: failure.index,
            http_status: failure.http_status,
            message: failure.message.to_owned(),
        });
        Outcome {
            status: report.status().code(),
            message: report.message().to_owned(),
            requests: report.requests(),
            retries: report.retries(),
            counts: [report.not_attempted(), report.confirmed(), report.rejected(), report.unknown()],
            states: report.states().iter().map(|state| *state as u8).collect(),
            failures: failures.collect(),
            texts: format!("{report}\n{report:?}\n{}", report.to_json()),
        }
    }

    /// Tells scripts/reliability how a run of this test ended.
    pub fn record(self, api: Api) -> Outcome {
        if let Some(folder) = std::env::var_os("USERCOM_OUTCOMES") {
            let path = Path::new(&folder).join(format!("{}.outcomes", std::process::id()));
            let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
            let thread = std::thread::current();
            let test = thread.name().unwrap_or_default().rsplit("::").next().unwrap_or_default();
            // In one write: threads share the file.
            file.write_all(format!("{test}\t{api:?}\t{}\n", self.status).as_bytes()).unwrap();
        }
        self
    }

    pub fn is(&self, status: Status) -> bool {
        self.status == status.code()
    }

    pub fn count(&self, state: IdState) -> usize {
        self.counts[state as usize]
    }

    /// The states partition the input, no id is reported confirmed that the server did not accept, none is
    /// reported untouched that the server applied, every failure has a reason, and the token is nowhere.
    pub fn check(&self, ids: &[String], server: &Server) {
        let said = &self.message;
        assert_eq!(self.states.len(), ids.len(), "a state for each: {said}");
        let (accepted, applied) = (server.accepted(), server.applied());
        let mut counts = [0; 4];
        for (id, state) in ids.iter().zip(&self.states) {
            counts[usize::from(*state)] += 1;
            let confirmed = *state == IdState::Confirmed as u8;
            assert!(
                !confirmed || accepted.contains_key(id),
                "id {id} is confirmed, but never accepted: {said}"
            );
            let untouched = *state == IdState::NotAttempted as u8;
            assert!(!untouched || !applied.contains_key(id), "id {id} is not attempted, but applied: {said}");
        }
        assert_eq!(counts, self.counts, "the states partition the input: {said}");
        let failed = |state: u8| state == IdState::Rejected as u8 || state == IdState::Unknown as u8;
        let failed: Vec<usize> = (0..ids.len()).filter(|i| failed(self.states[*i])).collect();
        let told: Vec<usize> = self.failures.iter().map(|failure| failure.index).collect();
        assert_eq!(told, failed, "a failure for each, in input order: {said}");
        assert!(self.failures.iter().all(|failure| !failure.message.is_empty()), "no reason: {said}");
        assert!(!said.is_empty());
        assert!(!self.texts.contains(&server.token), "the token is in the report");
    }
}

/// [`Outcome::check`], and the failures' own ids.
pub fn check(report: &Report, ids: &[i64], server: &Server) {
    check_custom(report, &texts(ids), server);
}

/// The same for custom ids.
pub fn check_custom(report: &Report, ids: &[String], server: &Server) {
    assert_eq!(report.total(), ids.len());
    Outcome::of(report).record(Api::Rust).check(ids, server);
    assert!(report.failures().all(|failure| failure.id == ids[failure.index]));
}
