//! The bench itself: starts contenders, has them measure, and compares.

use std::fmt::Write as _;
use std::io::{Error, Result, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::contender::{Contender, Took};
use super::report::Kind::{Counted, Timed};
use super::report::Table;
use super::tools::{AXIOS, PHP_SAMPLE, PYTHON_SAMPLE, PYTHON_SESSION, Serving, Tools};
use super::tools::{cpu, median, numbers, on, ratio, rounds, run, temporary, wall};
use super::{BATCH, MILLION, SMALL, builder, growth, increasing};
use crate::floor::PATH;

pub fn all() -> Result<()> {
    let tools = Tools::build()?;
    let mut table = Table::new(rounds());
    println!("medians of {} interleaved rounds; wall / CPU as ratios within a round", rounds());
    small_calls(&tools, &mut table)?;
    instructions(&tools, &mut table)?;
    million(&tools, &mut table)?;
    growth::ids(&tools, &mut table)?;
    growth::workers(&tools, &mut table)?;
    growth::rate(&tools, &mut table)?;
    rendering(&mut table)?;
    latency(&tools, &mut table)?;
    rate_limit(&tools, &mut table)?;
    cold_start(&tools, &mut table)?;
    size(&tools, &mut table)?;
    let failed = table.failed();
    table.save()?;
    if failed { Err(Error::other("a counted goal was missed")) } else { Ok(()) }
}

fn texts(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// How many small calls a round has: the slower the client, the fewer.
fn calls(name: &str) -> usize {
    match name.split(':').next() {
        Some("Python" | "Node.js") => 200,
        Some("PHP") => 500,
        _ => 3000,
    }
}

fn small_calls(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let (address, base) = (&server.address[..], format!("http://{}", server.address));
    let (url, size) = (format!("{base}{PATH}"), SMALL.len().to_string());
    let mut programs: Vec<(&str, Vec<&str>)> = vec![
        ("a raw socket, body prepared beforehand", vec![&tools.this, "floor", address]),
        ("usercom, Rust", vec![&tools.this, "rust", address]),
        ("usercom, C", vec![&tools.abi, &tools.library, &base]),
    ];
    let peers = tools.peers();
    programs.extend(peers.iter().map(|(name, words)| (*name, [&texts(words)[..], &[&url, &size]].concat())));
    let mut contenders: Vec<Contender> = Vec::new();
    for (name, words) in &programs {
        contenders.push(Contender::start(&on("0", words), calls(name))?);
    }
    for _ in 0..rounds() {
        contenders.iter_mut().try_for_each(Contender::round)?;
    }
    let rounds = |at: usize| &contenders[at].rounds[..];
    table.head("A small call (4 ids) on a warm connection: wall, CPU in µs; as a multiple of usercom's");
    let mut rows = Vec::new();
    for (at, (name, _)) in programs.iter().enumerate() {
        let mut figures = String::new();
        let mut row = json!({"name": name});
        for (unit, of) in [("wall", wall as fn(&Took) -> f64), ("cpu", cpu)] {
            let micros = median(rounds(at).iter().map(of)) / 1000.0;
            let ratio = ratio(rounds(at), rounds(1), of);
            // Writing into memory can't fail.
            let _ = write!(figures, "{micros:8.1} {ratio:6.2} x");
            row[format!("{unit}_us")] = micros.into();
            row[unit] = ratio.into();
        }
        table.line(name, &figures);
        rows.push(row);
    }
    table.figures("small", rows.into());
    let mut goal = |what: &str, one: usize, other: usize, of: fn(&Took) -> f64, most: f64| {
        table.at_most(what, ratio(rounds(one), rounds(other), of), most, " x", Timed);
    };
    goal("Rust / floor, wall", 1, 0, wall, 1.4);
    goal("Rust / floor, CPU", 1, 0, cpu, 2.0);
    goal("Rust / libcurl, CPU", 1, 3, cpu, 1.0);
    goal("C interface / Rust, wall", 2, 1, wall, 1.03);
    goal("C interface / Rust, CPU", 2, 1, cpu, 1.03);
    for (name, least) in [(PYTHON_SESSION, 6.0), (AXIOS, 6.0), (PYTHON_SAMPLE, 8.0), (PHP_SAMPLE, 2.0)] {
        let at = programs.iter().position(|program| program.0 == name);
        let at = at.ok_or_else(|| Error::other("a goal for nobody"))?;
        let times = ratio(rounds(at), rounds(1), wall);
        table.at_least(&format!("{name} / Rust, wall"), times, least, " x", Timed);
    }
    Ok(())
}

/// Counted by valgrind, as the difference of two runs.
fn instructions(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, false, Duration::ZERO, 0)?;
    let base = format!("http://{}", server.address);
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
    let rust = per_call(&[&tools.this, "calls", &server.address])?;
    let c = per_call(&[&tools.abi, &tools.library, &base])?;
    // 27 thousand of them are the HTTP library's.
    table.at_most("Rust", rust / 1000.0, 42.0, " k", Counted);
    table.at_most("C interface", c / 1000.0, 43.0, " k", Counted);
    table.at_most("C interface / Rust", c / rust, 1.03, " x", Counted);
    Ok(())
}

/// The product and the floor are started anew for each round; a peer makes a thousand calls with a thousand ids each.
fn million(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let address = &server.address[..];
    let (url, size) = (format!("http://{address}{PATH}"), BATCH.to_string());
    let ours = [
        ("a raw socket with the same rendering", "floor", 1),
        ("usercom, 1 worker", "increasing", 1),
        ("usercom, 8 workers", "increasing", 8),
        ("usercom, 8 workers, unsorted ids", "unsorted", 8),
    ];
    let mut peers: Vec<(&str, Contender)> = Vec::new();
    for (name, words) in tools.peers() {
        if ![PHP_SAMPLE, PYTHON_SAMPLE].contains(&name) {
            let words = [&texts(&words)[..], &[&url, &size]].concat();
            peers.push((name, Contender::start(&on("0", &words), MILLION / BATCH)?));
        }
    }
    let mut took: [Vec<Took>; 4] = Default::default();
    let mut peaks = [0.0f64; 4];
    for _ in 0..rounds() {
        for (at, (_, order, workers)) in ours.iter().enumerate() {
            let (once, peak) = run_ids(tools, MILLION, order, *workers, address)?;
            took[at].push(once);
            peaks[at] = peaks[at].max(peak);
        }
        peers.iter_mut().try_for_each(|(_, peer)| peer.round())?;
    }
    table.head("1,000,000 ids in batches of 1,000, unpaced: wall, CPU in ms; most memory with the ids");
    let mut rows: Vec<Value> = Vec::new();
    let mut row = |table: &Table, name: &str, rounds: &[Took], scale: f64, peak: f64| {
        let [wall_ms, cpu_ms] = [wall, cpu].map(|of| scale * median(rounds.iter().map(of)) / 1e6);
        table.line(name, &format!("{wall_ms:8.1} {cpu_ms:8.1} {peak:6.1} MB"));
        let [wall, cpu] = [wall, cpu].map(|of| scale * ratio(rounds, &took[1], of));
        rows.push(json!({
            "name": name, "wall_ms": wall_ms, "cpu_ms": cpu_ms, "peak_mb": peak, "wall": wall, "cpu": cpu,
        }));
    };
    for (at, (name, ..)) in ours.iter().enumerate() {
        row(table, name, &took[at], 1.0, peaks[at]);
    }
    for (name, peer) in &peers {
        // A peer's figures are for one call.
        row(table, name, &peer.rounds, (MILLION / BATCH) as f64, peer.peak()? as f64 / 1e6);
    }
    table.figures("million", rows.into());
    table.at_most("1 worker / floor, CPU", ratio(&took[1], &took[0], cpu), 2.0, " x", Timed);
    table.at_most("8 workers / floor, CPU", ratio(&took[2], &took[0], cpu), 2.0, " x", Timed);
    table.at_most("most memory, 1 worker", peaks[1], 13.0, " MB", Counted);
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
    let client = builder("127.0.0.1:9").build().map_err(Error::other)?;
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

pub const DELAY: Duration = Duration::from_millis(20);

fn latency(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, false, DELAY, 0)?;
    table.head("A service 20 ms away: wall / (requests / workers x 20 ms)");
    for (workers, requests) in [(8usize, 1000usize), (32, 4000)] {
        let ids: Vec<i64> = (1..=10 * requests as i64).collect();
        let client =
            builder(&server.address).workers(workers).batch_size(10).build().map_err(Error::other)?;
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
        let client = builder(&server.address)
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

/// A process that makes one call, against one that does nothing.
fn cold_start(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let base = format!("http://{}", server.address);
    let (url, size) = (format!("{base}{PATH}"), SMALL.len().to_string());
    let timed = |words: &[&str]| -> Result<f64> {
        let words = on("0", words);
        let start = Instant::now();
        let mut command = Command::new(words[0]);
        let mut child = command
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .env("NO_PROXY", "127.0.0.1")
            .spawn()?;
        if let Some(mut orders) = child.stdin.take() {
            // Who reads no order, needs none.
            let _ = writeln!(orders, "1");
        }
        let status = child.wait()?;
        let took = start.elapsed().as_secs_f64() * 1e3;
        if status.success() { Ok(took) } else { Err(Error::other(format!("{words:?}: {status}"))) }
    };
    let peers = tools.peers();
    let mut programs: Vec<(&str, Vec<&str>)> =
        vec![("usercom, C, loaded with dlopen", vec![&tools.abi, &tools.library, &base, "1"])];
    programs.extend(peers.iter().map(|(name, words)| (*name, [&texts(words)[..], &[&url, &size]].concat())));
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
    table.at_most("libusercom.so, stripped", bytes / 1e6, 2.8, " MB", Counted);
    Ok(())
}
