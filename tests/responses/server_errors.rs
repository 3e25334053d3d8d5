//! One bad id that makes the service respond with 500, and an outage that looks like it.

use std::time::Instant;

use usercom::{IdState, Status};

use super::server::{Server, ok, status};
use super::{s, side_by_side};

const PAGE: &str = "<html><title>Server Error (500)</title></html>";

/// Responds with 500 to every request with one of these ids.
fn poisoned(ids: &'static [i64]) -> Server {
    Server::start(move |r| if ids.iter().any(|id| r.has(*id)) { status(500, "", PAGE) } else { ok() })
}

fn isolates(n: i64, batch_size: usize, ids: &'static [i64], most: u64) {
    let begun = Instant::now();
    let report = poisoned(ids).update(n, batch_size, 4, s(120));
    println!("{ids:?} of {n}: {} requests in {:?}", report.requests(), begun.elapsed());
    assert_eq!(report.status(), Status::Partial, "{ids:?}: {report}");
    let unknown: Vec<i64> =
        (1..=n).filter(|id| report.states()[*id as usize - 1] == IdState::Unknown).collect();
    assert_eq!(unknown, ids, "{report}");
    assert_eq!(report.confirmed(), n as usize - ids.len(), "{report}");
    assert!(report.requests() <= most, "{ids:?}: {report}");
    let failure = report.failure(0).unwrap();
    assert_eq!(failure.http_status, Some(500));
    assert!(
        failure.message.contains("Server Error (500)") && report.message().contains("Server Error"),
        "{report}"
    );
}

#[test]
fn among_other_batches() {
    let cases: [(i64, usize, &'static [i64], u64); 4] = [
        (2000, 100, &[5], 20 + 40),
        (2000, 100, &[950], 20 + 40),
        (2000, 100, &[2000], 20 + 40),
        (2000, 100, &[5, 6, 950, 2000], 20 + 120),
    ];
    side_by_side(&cases, |(n, batch_size, ids, most)| isolates(*n, *batch_size, ids, *most));
}

#[test]
fn in_the_only_batch() {
    let cases: [(&'static [i64], u64); 3] = [(&[450], 50), (&[1], 50), (&[1, 450, 900], 120)];
    side_by_side(&cases, |(ids, most)| isolates(900, 1000, ids, *most));
}

#[test]
fn an_outage_is_survived() {
    let begun = Instant::now();
    let server = Server::start(move |_| if begun.elapsed() < s(14) { status(500, "", PAGE) } else { ok() });
    let report = server.update(900, 1000, 4, s(120));
    assert_eq!(report.status(), Status::Ok, "{report}");
    assert!(report.requests() < 40, "{report}");
}
