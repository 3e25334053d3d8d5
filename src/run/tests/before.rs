//! What is decided around the sending: by which thread, how it is aborted, and what a dry run says.

use std::io::Read;
use std::net::TcpListener;
use std::thread;

use super::support::{RULES, SECOND, ids, limits, one_value};
use crate::account::{Account, BaseUrl, Token};
use crate::interface::Status;
use crate::options::ClientOptions;
use crate::run::engine::Limits;
use crate::run::worker_pool::Attempt;
use crate::run::{Sender, dry_run, in_short, is_for_one_thread};
use crate::update::{Ids, Job, Update};
use crate::wire::{Call, Fault, Http, Request, Verdict};

/// The response never comes, and would be waited for until its time is over.
#[test]
fn an_abort_ends_a_request_in_flight() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let account = Account { base, token: Token::parse(&"t".repeat(64)).unwrap() };
    let options = ClientOptions { request_timeout: 3 * SECOND, ..ClientOptions::default() };
    let http = Http::new(&account, &options).unwrap();
    let (ids, session) = (ids(1), http.session(Call::Custom));
    let job = one_value(&ids);
    let sender = Sender { job: &job, session: &session };
    let verdict = thread::scope(|scope| {
        let attempt = scope.spawn(|| sender.attempt(&Request::single(0, 0), &mut Vec::new()));
        let (mut stream, _) = listener.accept().unwrap();
        let (mut seen, mut buffer) = (Vec::new(), [0; 1024]);
        while !seen.ends_with(b"\"pro\"}") {
            let n = stream.read(&mut buffer).unwrap();
            assert!(n > 0, "closed before the abort");
            seen.extend_from_slice(&buffer[..n]);
        }
        sender.abort();
        attempt.join().unwrap()
    });
    let Verdict::Transient { fault, message, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(message.as_str(), "aborted before a response came, because the run ended");
    assert!(fault.was_sent() && fault != Fault::TimedOut, "{fault:?}");
}

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
