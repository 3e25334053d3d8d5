//! What must hold of every report, whatever the other side did.

use std::collections::BTreeSet;

use usercom::{IdState, Report};

use super::Server;

/// The states partition the input, nothing is called confirmed that the server did not accept, nothing is
/// called untouched that the server applied, every failure has a reason, and the token is nowhere.
pub fn check(report: &Report, ids: &[i64], server: &Server) {
    let texts: Vec<String> = ids.iter().map(i64::to_string).collect();
    check_texts(report, &texts, server);
}

/// The same for custom ids.
pub fn check_custom(report: &Report, ids: &[String], server: &Server) {
    check_texts(report, ids, server);
}

fn check_texts(report: &Report, ids: &[String], server: &Server) {
    assert_eq!(report.total(), ids.len());
    assert_eq!(report.states().len(), ids.len());
    let sum = report.confirmed() + report.rejected() + report.unknown() + report.not_attempted();
    assert_eq!(sum, ids.len(), "the states partition the input: {report}");
    let (accepted, applied) = (server.accepted(), server.applied());
    for (state, of) in [
        (IdState::Confirmed, report.confirmed()),
        (IdState::Rejected, report.rejected()),
        (IdState::Unknown, report.unknown()),
        (IdState::NotAttempted, report.not_attempted()),
    ] {
        let these: Vec<&String> =
            ids.iter().zip(report.states()).filter(|(_, s)| **s == state).map(|(id, _)| id).collect();
        assert_eq!(these.len(), of, "{state:?}");
        for id in these {
            match state {
                IdState::Confirmed => {
                    assert!(
                        accepted.contains_key(id),
                        "id {id} is called confirmed, the server never accepted it: {report}"
                    );
                }
                IdState::NotAttempted => {
                    assert!(
                        !applied.contains_key(id),
                        "id {id} is called not attempted, the server applied it: {report}"
                    );
                }
                _ => {}
            }
        }
    }
    let failed: BTreeSet<usize> = (0..ids.len())
        .filter(|i| matches!(report.states()[*i], IdState::Rejected | IdState::Unknown))
        .collect();
    let told: Vec<usize> = report.failures().map(|f| f.index).collect();
    assert_eq!(told, failed.into_iter().collect::<Vec<_>>(), "a failure for each, in input order");
    for failure in report.failures() {
        assert_eq!(failure.id, ids[failure.index]);
        assert!(!failure.message.is_empty(), "no reason for id {}", failure.id);
    }
    assert!(!report.message().is_empty());
    let all = format!("{report}\n{report:?}\n{}", report.to_json());
    assert!(!all.contains(&server.token), "the token is in the report");
}
