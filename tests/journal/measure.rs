//! What a journal costs. Only figures of an optimized build mean anything.

use super::*;

/// Side by side, in turn, so that both see the same machine. The median of the ratios counts.
#[test]
#[ignore = "a measurement: cargo test --release"]
fn the_cost_of_a_journal() {
    const IDS: i64 = 1_000_000;
    let ids: Vec<i64> = (1..=IDS).collect();
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let client = Client::builder("acme", TOKEN).base_url(&sandbox.url()).no_rate_limit().build().unwrap();
    let dir = Dir::new();
    let run = |journal: bool| -> Duration {
        sandbox.reset().unwrap();
        let run = client.run(Update::new("plan", "pro")).ids(&ids);
        let run = if journal { run.journal_dir(dir.journals()) } else { run };
        let started = Instant::now();
        let report = run.send().unwrap();
        let took = started.elapsed();
        assert_eq!(report.status(), Status::Ok, "{report}");
        took
    };
    run(false);
    let mut ratios: Vec<f64> = (0..15)
        .map(|round| {
            let (with, without) = if round % 2 == 0 {
                let with = run(true);
                (with, run(false))
            } else {
                let without = run(false);
                (run(true), without)
            };
            println!("{without:>10.1?} without, {with:>10.1?} with");
            with.as_secs_f64() / without.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("with / without: median {:.3}, {:.3} to {:.3}", ratios[7], ratios[0], ratios[14]);
    // A job that sends nothing but opens its journal: fingerprint, file and three fsyncs.
    let opened = |ids: &[i64], journal: bool| -> f64 {
        let cancel = usercom::Cancel::new();
        cancel.request();
        let mut times: Vec<f64> = (0..15)
            .map(|_| {
                let run = client.run(Update::new("plan", "pro")).ids(ids).cancel(&cancel);
                let run = if journal { run.journal_dir(dir.journals()) } else { run };
                let started = Instant::now();
                assert_eq!(run.send().unwrap().status(), Status::Cancelled);
                started.elapsed().as_secs_f64()
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times[7]
    };
    let many = opened(&ids, true) - opened(&ids, false);
    let few = opened(&ids[..1000], true) - opened(&ids[..1000], false);
    let whole = run(false).as_secs_f64();
    println!(
        "opening and closing: {:.2} % of the whole run for a million ids, {:.2} % for a thousand",
        100.0 * many / whole,
        100.0 * few / whole
    );
    println!("so the fingerprint: {:.2} %", 100.0 * (many - few) / whole);
}
