//! What is decided before anything is sent: by which thread, and what a dry run says.

use super::support::{RULES, ids, limits, one_value};
use crate::interface::Status;
use crate::options::ClientOptions;
use crate::run::engine::Limits;
use crate::run::{dry_run, in_short, is_for_one_thread};
use crate::update::{Ids, Job, Update};

#[test]
fn a_small_run_needs_no_other_thread() {
    let (one, many) = (ids(100), ids(101));
    let rows = Update::rows("plan", vec![1.into(), 2.into()], (0..100).map(|at| at % 2).collect());
    let rows = Job::new(&rows, Ids::Numeric(&one), RULES).unwrap();
    let (one, many) = (one_value(&one), one_value(&many));
    for (job, workers, may_block, has_proxy, expected) in [
        (&one, 4, true, false, true),
        (&one, 4, false, false, false),
        (&one, 4, true, true, false),
        (&many, 4, true, false, false),
        (&rows, 4, true, false, false),
        (&many, 1, true, false, true),
        (&many, 1, true, true, false),
        (&many, 1, false, false, false),
    ] {
        let limits = Limits { workers, ..limits() };
        assert_eq!(
            is_for_one_thread(job, &limits, may_block, has_proxy),
            expected,
            "{} {workers}",
            job.slots()
        );
    }
}

#[test]
fn a_time_in_short() {
    for (seconds, words) in [
        (0.0, "0.0 s"),
        (119.9, "119.9 s"),
        (120.0, "2 min"),
        (7199.0, "120 min"),
        (7200.0, "2.0 h"),
        (9000.0, "2.5 h"),
    ] {
        assert_eq!(in_short(seconds), words);
    }
}

#[test]
fn a_dry_run_counts() {
    for (n, says) in
        [(0, "0 requests with 0 bytes"), (1, "1 request with 44 bytes"), (3000, "3 requests with ")]
    {
        let ids = ids(n);
        let report = dry_run(&one_value(&ids), &ClientOptions::default());
        assert_eq!((report.status(), report.requests()), (Status::DryRun, n.div_ceil(1000) as u64));
        assert!(report.message().contains(says), "{}", report.message());
        let seconds = report.requests().saturating_sub(1) as f64 / 5.0;
        assert!(report.message().contains(&format!("at least {seconds:.1} s")), "{}", report.message());
    }
    let ids = ids(3000);
    let bytes: usize = ids.iter().map(|id| id.to_string().len() + 1).sum::<usize>() + 3 * 42;
    let said = dry_run(&one_value(&ids), &ClientOptions::default()).message().replace(',', "");
    assert!(said.contains(&format!("{bytes} bytes")), "{said}, not {bytes}");
}
