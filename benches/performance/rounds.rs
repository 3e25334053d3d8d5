//! The bench itself: starts contenders, has them measure, and compares.

use std::io::{Error, Result, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::compared::{DELAY, SMALL_CALL};
use super::contender::{Contender, Took};
use super::report::Kind::{Counted, Timed};
use super::report::Table;
use super::tools::{C, RUST, SAMPLES, Serving, Tools};
use super::tools::{cpu, median, numbers, on, ratio, rounds, run, temporary, texts, wall};
use super::work::{Kind, SMALL, Work};
use super::{BATCH, MILLION, builder, compared, growth, increasing};

pub fn all() -> Result<()> {
    let tools = Tools::build()?;
    let mut table = Table::new(rounds());
    println!("medians of {} interleaved rounds; wall / CPU as ratios within a round", rounds());
    compared::small_calls(&tools, &mut table)?;
    compared::small_calls_with_tls(&tools, &mut table)?;
    instructions(&tools, &mut table)?;
    million(&tools, &mut table)?;
    compared::rows(&tools, &mut table)?;
    compared::custom_ids(&tools, &mut table)?;
    growth::ids(&tools, &mut table)?;
    growth::workers(&tools, &mut table)?;
    growth::rate(&tools, &mut table)?;
    rendering(&mut table)?;
    latency(&tools, &mut table)?;
    compared::far_away(&tools, &mut table)?;
    rate_limit(&tools, &mut table)?;
    cold_start(&tools, &mut table)?;
    size(&tools, &mut table)?;
    let failed = table.failed();
    table.save()?;
    if failed { Err(Error::other("a counted goal was missed")) } else { Ok(()) }
}

/// Counted by valgrind, as the difference of two runs.
fn instructions(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, false, Duration::ZERO, 0)?;
    let per_call = |words: &[&str]| -> Result<f64> {
        let count = |n: &str| -> Result<f64> {
            let quiet = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
            let said = run(Command::new("valgrind").args(quiet).args(words).arg(n))?;
            let collected = said.lines().find_map(|line| line.split_once("Collected :"));
            let (_, figure) = collected.ok_or_else(|| Error::other(said.clone()))?;
            figure.trim().parse().map_err(Error::other)
        };
        Ok((count("600")? - count("200")?) / 400.0)
    };
    table.head("User instructions a small call");
    let rust = per_call(&[&tools.this, "calls", &server.url])?;
    let c = per_call(&[&tools.abi, &tools.library, &server.url, "ids", "4", "4"])?;
    // 27 thousand of them are the HTTP library's.
    table.at_most("Rust", rust / 1000.0, 42.0, " k", Counted);
    table.at_most("C interface", c / 1000.0, 43.0, " k", Counted);
    table.at_most("C interface / Rust", c / rust, 1.03, " x", Counted);
    Ok(())
}

/// The Rust client and the floor are started anew for each round.
fn million(tools: &Tools, table: &mut Table) -> Result<()> {
    let work = Work { kind: Kind::Ids, ids: MILLION, batch: BATCH };
    let mut server = Serving::checking(tools, Duration::ZERO)?;
    let ours = [
        ("a raw socket with the same rendering", "floor", 1),
        ("usercom, Rust, 1 worker", "increasing", 1),
        ("usercom, Rust, 8 workers", "increasing", 8),
        ("usercom, Rust, 8 workers, unsorted ids", "unsorted", 8),
    ];
    let mut others: Vec<(&str, Contender)> = Vec::new();
    for (name, words) in tools.all(&server, work) {
        if name != RUST && !SAMPLES.contains(&name) {
            others.push((name, Contender::start(&on("0", &texts(&words)), &server.environment, 0, 1)?));
        }
    }
    let mut took: [Vec<Took>; 4] = Default::default();
    let mut peaks = [0.0f64; 4];
    for _ in 0..rounds() {
        for (at, (name, order, workers)) in ours.iter().enumerate() {
            let (once, peak) = run_ids(tools, MILLION, order, *workers, &server.address)?;
            server.check(name, work, 1)?;
            took[at].push(once);
            peaks[at] = peaks[at].max(peak);
        }
        for (name, other) in &mut others {
            let calls = other.round()?;
            server.check(name, work, calls)?;
        }
    }
    table.head("1,000,000 ids in batches of 1,000, unpaced: wall, CPU in ms; most memory with the ids");
    let mut rows: Vec<Value> = Vec::new();
    let mut row = |table: &Table, name: &str, rounds: &[Took], peak: f64| {
        let [wall_ms, cpu_ms] = [wall, cpu].map(|of| median(rounds.iter().map(of)) / 1e6);
        table.line(name, &format!("{wall_ms:8.1} {cpu_ms:8.1} {peak:6.1} MB"));
        let [wall, cpu] = [wall, cpu].map(|of| ratio(rounds, &took[1], of));
        rows.push(json!({
            "name": name, "wall_ms": wall_ms, "cpu_ms": cpu_ms, "peak_mb": peak, "wall": wall, "cpu": cpu,
        }));
    };
    for (at, (name, ..)) in ours.iter().enumerate() {
        row(table, name, &took[at], peaks[at]);
    }
    for (name, other) in &others {
        row(table, name, &other.rounds, other.peak()? as f64 / 1e6);
    }
    table.figures("million", rows.into());
    table.at_most("1 worker / floor, CPU", ratio(&took[1], &took[0], cpu), 2.0, " x", Timed);
    table.at_most("8 workers / floor, CPU", ratio(&took[2], &took[0], cpu), 2.0, " x", Timed);
    table.at_most("most memory, 1 worker", peaks[1], 14.0, " MB", Counted);
    // A connection's buffers and a thread's own heap.
    table.at_most("each further worker: more memory", (peaks[2] - peaks[1]) / 7.0, 0.5, " MB", Counted);
    table.at_most("unsorted ids: more memory", peaks[3] - peaks[2], 8.0, " MB", Counted);
    Ok(())
}

/// A process that updates so many ids: what the run took, and the most memory in MB.
pub fn run_ids(tools: &Tools, n: usize, order: &str, workers: usize, address: &str) -> Result<(Took, f64)> {
    let (n, workers) = (n.to_string(), workers.to_string());
    let words = on("0", &[&tools.this, "ids", &n, order, &workers, address]);
    let said = run(Command::new(words[0]).args(&words[1..]))?;
    match numbers(&said)?[..] {
        [wall, cpu, peak] => Ok((Took { wall, cpu }, peak / 1e6)),
        _ => Err(Error::other(said)),
    }
}

/// A dry run checks and counts, but sends nothing.
fn rendering(table: &mut Table) -> Result<()> {
    let client = builder("http://127.0.0.1:9").build().map_err(Error::other)?;
    let ids = increasing(MILLION);
    let mut nanos = Vec::new();
    for _ in 0..rounds() {
        let start = Instant::now();
        let update = usercom::Update::new("plan", "pro");
        client.run(update).ids(&ids).dry_run().send().map_err(Error::other)?;
        nanos.push(start.elapsed().as_nanos() as f64 / MILLION as f64);
    }
    table.head("Rendering");
    table.at_most("check, split, render and report (7 digits), an id", median(nanos), 12.0, " ns", Timed);
    Ok(())
}

fn latency(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, false, DELAY, 0)?;
    table.head("A service 20 ms away: wall / (requests / workers x 20 ms)");
    for (workers, requests) in [(8usize, 1000usize), (32, 4000)] {
        let ids: Vec<i64> = (1..=10 * requests as i64).collect();
        let client = builder(&server.url).workers(workers).batch_size(10).build().map_err(Error::other)?;
        let ideal = DELAY.as_secs_f64() * requests as f64 / workers as f64;
        let mut ratios = Vec::new();
        for _ in 0..3 {
            let start = Instant::now();
            super::update(&client, &ids)?;
            ratios.push(start.elapsed().as_secs_f64() / ideal);
        }
        let what = format!("{requests} requests, {workers} workers");
        table.at_most(&what, median(ratios), 1.04, " x", Timed);
    }
    Ok(())
}

fn rate_limit(tools: &Tools, table: &mut Table) -> Result<()> {
    table.head("A service that allows so many requests a second, two at once, 20 ms away");
    for (rate, requests) in [(10u32, 60usize), (50, 400), (200, 1600)] {
        let mut server = Serving::start(tools, false, DELAY, rate)?;
        let ids: Vec<i64> = (1..=requests as i64).collect();
        let client = builder(&server.url)
            .batch_size(1)
            .rate_limit(rate, Duration::from_secs(1))
            .build()
            .map_err(Error::other)?;
        let start = Instant::now();
        super::update(&client, &ids)?;
        let reached = (requests - 1) as f64 / (start.elapsed() - DELAY).as_secs_f64();
        let limited = server.seen()?.limited as f64;
        let what = format!("{rate} requests a second: reached");
        table.at_least(&what, 100.0 * reached / f64::from(rate), 98.0, " %", Timed);
        table.at_most(&format!("{rate} requests a second: got 429"), limited, 0.0, "", Timed);
    }
    Ok(())
}

const LOADED: &str = "usercom, C, loaded with dlopen";

/// A process that makes one call, against one that does nothing.
fn cold_start(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let timed = |words: &[&str]| -> Result<f64> {
        let words = on("0", words);
        let start = Instant::now();
        let mut command = Command::new(words[0]);
        let mut child = command
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .envs(server.environment.iter().cloned())
            .spawn()?;
        if let Some(mut orders) = child.stdin.take() {
            // Who reads no order, needs none.
            let _ = writeln!(orders, "1");
        }
        let status = child.wait()?;
        let took = start.elapsed().as_secs_f64() * 1e3;
        if status.success() { Ok(took) } else { Err(Error::other(format!("{words:?}: {status}"))) }
    };
    let all = tools.all(&server, SMALL_CALL);
    let mut programs: Vec<(&str, Vec<&str>)> =
        vec![(LOADED, vec![&tools.abi, &tools.library, &server.url, "ids", "4", "4", "1"])];
    programs.extend(all.iter().filter(|(name, _)| *name != C).map(|(name, words)| (*name, texts(words))));
    let mut nothing = Vec::new();
    let mut more = vec![Vec::new(); programs.len()];
    for _ in 0..rounds() {
        for (at, (_, words)) in programs.iter().enumerate() {
            // The shortest ones need the most repetitions.
            for _ in 0..if at == 0 { 20 } else { 1 } {
                let empty = timed(&["/bin/true"])?;
                nothing.push(empty);
                more[at].push(timed(words)? - empty);
            }
        }
    }
    table.head(&format!("Cold start: process, client, {} ids, exit; longer than /bin/true", SMALL.len()));
    table.line("/bin/true", &format!("{:.2} ms", median(nothing)));
    let more: Vec<f64> = more.into_iter().map(median).collect();
    let mut rows = Vec::new();
    for ((name, _), more) in programs.iter().zip(&more) {
        table.line(name, &format!("{more:.2} ms"));
        rows.push(json!({"name": name, "more_ms": more}));
    }
    table.figures("cold", rows.into());
    table.at_most("dlopen of usercom, over /bin/true", more[0], 1.0, " ms", Timed);
    Ok(())
}

fn size(tools: &Tools, table: &mut Table) -> Result<()> {
    let stripped = temporary("libusercom-stripped.so");
    run(Command::new("strip").arg("-o").arg(&stripped).arg(&tools.library))?;
    let bytes = std::fs::metadata(&stripped)?.len() as f64;
    table.head("The library");
    table.at_most("libusercom.so, stripped", bytes / 1e6, 3.1, " MB", Counted);
    Ok(())
}
