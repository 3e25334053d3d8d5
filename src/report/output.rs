//! How a report is written out: as text for people and as JSON for programs.

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeSeq, SerializeStruct, Serializer};

use super::{Mismatch, Report};
use crate::interface::IdState;

pub(super) fn state_name<S: Serializer>(state: &IdState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.name())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.status().name(), self.message())?;
        writeln!(
            f,
            "{} id{}: {} confirmed, {} rejected, {} unknown, {} not attempted; requests: {}, retries: {}",
            self.total(),
            if self.total() == 1 { "" } else { "s" },
            self.confirmed(),
            self.rejected(),
            self.unknown(),
            self.not_attempted(),
            self.requests(),
            self.retries(),
        )?;
        if self.verification.sampled > 0 {
            writeln!(
                f,
                "read back {}: {} as sent, {} otherwise",
                self.verification.sampled,
                self.verified(),
                self.mismatched()
            )?;
        }
        for note in self.notes() {
            writeln!(f, "note: {note}")?;
        }
        for mismatch in self.mismatches() {
            writeln!(f, "{mismatch}")?;
        }
        const SHOWN: usize = 10;
        for failure in (0..SHOWN).filter_map(|k| self.failure(k)) {
            let state = failure.state.name();
            let http = failure.http_status.map(|s| format!(" (http {s})")).unwrap_or_default();
            writeln!(
                f,
                "id {} at position {}: {state}{http}: {}",
                failure.id, failure.index, failure.message
            )?;
        }
        match self.failure_count().checked_sub(SHOWN) {
            Some(more) if more > 0 => writeln!(f, "and {more} more"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { index, id, sent, stored } = self;
        write!(f, "id {id} at position {index}: sent {sent}, stored {stored}")
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Report", 18)?;
        out.serialize_field("status", self.status().name())?;
        out.serialize_field("code", &self.status().code())?;
        out.serialize_field("message", self.message())?;
        out.serialize_field("total", &self.total())?;
        out.serialize_field("confirmed", &self.confirmed())?;
        out.serialize_field("rejected", &self.rejected())?;
        out.serialize_field("unknown", &self.unknown())?;
        out.serialize_field("not_attempted", &self.not_attempted())?;
        out.serialize_field("requests", &self.requests())?;
        out.serialize_field("retries", &self.retries())?;
        out.serialize_field("waited_for_rate_limit_ms", &(self.waited_for_rate_limit().as_millis() as u64))?;
        out.serialize_field("waited_for_service_ms", &(self.waited_for_service().as_millis() as u64))?;
        out.serialize_field("verified", &self.verified())?;
        out.serialize_field("mismatched", &self.mismatched())?;
        out.serialize_field("mismatches", self.mismatches())?;
        out.serialize_field("notes", self.notes())?;
        out.serialize_field("failure_count", &self.failure_count())?;
        out.serialize_field("failures", &FirstFailures(self))?;
        out.end()
    }
}

/// The failures that fit into a JSON report.
struct FirstFailures<'a>(&'a Report);

impl Serialize for FirstFailures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = self.0.failure_count().min(1000);
        let mut list = serializer.serialize_seq(Some(shown))?;
        for failure in (0..shown).filter_map(|k| self.0.failure(k)) {
            list.serialize_element(&failure)?;
        }
        list.end()
    }
}
