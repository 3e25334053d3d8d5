//! What the plots show: how the cost grows with ids and workers, and the rate over time at a service that limits it.

use std::io::{Error, Result};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usercom::Update;

use super::builder;
use super::compared::DELAY;
use super::contender::Took;
use super::report::Table;
use super::rounds::run_ids;
use super::tools::{Serving, Tools, cpu, median, rounds, wall};

/// One line of a plot: what it is, and how to run it. Its points are filled in.
struct Line<'a> {
    name: &'a str,
    order: &'a str,
    address: &'a str,
    points: Vec<Value>,
}

impl<'a> Line<'a> {
    fn new(name: &'a str, order: &'a str, address: &'a str) -> Line<'a> {
        Line { name, order, address, points: Vec::new() }
    }

    fn point(&mut self, x: usize, rounds: &[(Took, f64)]) {
        let [wall, cpu] = [wall, cpu].map(|of| median(rounds.iter().map(|(took, _)| of(took))) / 1e6);
        let peak = median(rounds.iter().map(|(_, peak)| *peak));
        self.points.push(json!({"x": x, "wall_ms": wall, "cpu_ms": cpu, "peak_mb": peak}));
    }

    fn json(self) -> Value {
        json!({"name": self.name, "points": self.points})
    }
}

/// As many as needed to see the shape.
fn few() -> usize {
    rounds().min(5)
}

pub fn ids(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let mut lines = [
        (1, Line::new("a raw socket", "floor", &server.address)),
        (1, Line::new("usercom, 1 worker", "increasing", &server.address)),
        (8, Line::new("usercom, 8 workers", "increasing", &server.address)),
    ];
    table.head("From 100 to 10,000,000 ids");
    for power in 2..=7 {
        let n = 10usize.pow(power);
        let mut took: [Vec<(Took, f64)>; 3] = Default::default();
        for _ in 0..few() {
            for (at, (workers, line)) in lines.iter().enumerate() {
                took[at].push(run_ids(tools, n, line.order, *workers, line.address)?);
            }
        }
        lines.iter_mut().zip(&took).for_each(|((_, line), took)| line.point(n, took));
        table.line(&format!("{n} ids"), "measured");
    }
    table.figures("ids", lines.into_iter().map(|(_, line)| line.json()).collect());
    Ok(())
}

pub fn workers(tools: &Tools, table: &mut Table) -> Result<()> {
    const IDS: usize = 200_000;
    let near = Serving::start(tools, true, Duration::ZERO, 0)?;
    let far = Serving::start(tools, false, DELAY, 0)?;
    let mut lines = [
        Line::new("service on the same machine", "increasing", &near.address),
        Line::new("service 20 ms away", "increasing", &far.address),
    ];
    table.head("From 1 to 32 workers");
    for workers in [1, 2, 4, 8, 16, 32] {
        let mut took: [Vec<(Took, f64)>; 2] = Default::default();
        for _ in 0..few().min(3) {
            for (line, took) in lines.iter().zip(&mut took) {
                took.push(run_ids(tools, IDS, line.order, workers, line.address)?);
            }
        }
        lines.iter_mut().zip(&took).for_each(|(line, took)| line.point(workers, took));
        table.line(&format!("{workers} workers"), "measured");
    }
    let lines: Value = lines.into_iter().map(Line::json).collect();
    table.figures("workers", json!({"ids": IDS, "delay_ms": DELAY.as_millis() as u64, "lines": lines}));
    Ok(())
}

/// What the server sees in each second, at two rate limits of the client.
pub fn rate(tools: &Tools, table: &mut Table) -> Result<()> {
    const ALLOWED: u32 = 50;
    const SECONDS: u64 = 30;
    let mut lines = Vec::new();
    table.head(&format!("A service that allows {ALLOWED} requests a second"));
    for limit in [ALLOWED, 2 * ALLOWED] {
        let mut server = Serving::start(tools, false, DELAY, ALLOWED)?;
        let client = builder(&server.url)
            .batch_size(1)
            .rate_limit(limit, Duration::from_secs(1))
            .build()
            .map_err(Error::other)?;
        let ids: Vec<i64> = (1..=2 * SECONDS as i64 * i64::from(ALLOWED)).collect();
        // It stops at the deadline: what counts is what the server has seen by then.
        let run = std::thread::spawn(move || {
            let run = client.run(Update::new("plan", "pro")).ids(&ids).deadline(Duration::from_secs(SECONDS));
            run.send().map(drop)
        });
        let (start, mut before, mut points) = (Instant::now(), server.seen()?, Vec::new());
        for second in 1..=SECONDS {
            std::thread::sleep(
                (start + Duration::from_secs(second)).saturating_duration_since(Instant::now()),
            );
            let seen = server.seen()?;
            let limited = seen.limited - before.limited;
            points.push(
                json!({"x": second, "taken": seen.requests - before.requests - limited, "limited": limited}),
            );
            before = seen;
        }
        run.join().map_err(|_| Error::other("the run panicked"))?.map_err(Error::other)?;
        let taken = before.requests - before.limited;
        let all = format!("{taken} taken, {} got 429 in {SECONDS} s", before.limited);
        table.line(&format!("rate limit of the client: {limit} a second"), &all);
        lines.push(json!({"limit": limit, "points": points}));
    }
    table.figures("rate", json!({"allowed": ALLOWED, "lines": lines}));
    Ok(())
}
