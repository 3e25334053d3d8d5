//! The bench itself: starts contenders, has them measure, and compares.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Error, Result, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use super::contender::{Contender, Took};
use super::report::Kind::{Counted, Timed};
use super::report::Table;
use super::server::Seen;
use super::{MILLION, SMALL, builder, increasing};
use crate::floor::PATH;

const ROUNDS: usize = 11;

pub fn all() -> Result<()> {
    let tools = Tools::build()?;
    let mut table = Table::default();
    println!("medians of {ROUNDS} interleaved rounds; wall / CPU as ratios within a round");
    small_calls(&tools, &mut table)?;
    instructions(&tools, &mut table)?;
    million(&tools, &mut table)?;
    rendering(&mut table)?;
    latency(&tools, &mut table)?;
    rate_limit(&tools, &mut table)?;
    cold_start(&tools, &mut table)?;
    size(&tools, &mut table)?;
    if table.failed() { Err(Error::other("a counted goal was missed")) } else { Ok(()) }
}

/// The programs that take part.
struct Tools {
    /// This program.
    this: String,
    library: String,
    abi: String,
    libcurl: String,
}

impl Tools {
    fn build() -> Result<Tools> {
        let library = std::env::var("USERCOM_LIBRARY").unwrap_or_default();
        if !Path::new(&library).exists() {
            return Err(Error::other("USERCOM_LIBRARY names no library: run this with make bench"));
        }
        let this = std::env::current_exe()?.to_string_lossy().into_owned();
        Ok(Tools { this, library, abi: compile("abi", "-ldl")?, libcurl: compile("libcurl", "-lcurl")? })
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn compile(name: &str, library: &str) -> Result<String> {
    let program = temporary(&format!("bench-{name}")).to_string_lossy().into_owned();
    let mut command = Command::new("cc");
    command.args(["-O2", "-Wall", "-o", &program]).arg(root().join(format!("benches/peers/{name}.c")));
    run(command.arg("-I").arg(root().join("include")).arg(library))?;
    Ok(program)
}

/// Runs a program until it ends. Gives what it printed, both ways.
fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.output().map_err(|error| Error::other(format!("{name}: {error}: run make setup")))?;
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said) } else { Err(Error::other(format!("{name}: {said}"))) }
}

/// A command on a processor of its own, so that client and server don't push each other around.
fn on<'a>(processor: &'static str, words: &[&'a str]) -> Vec<&'a str> {
    let several = std::thread::available_parallelism().is_ok_and(|n| n.get() > 1);
    let pin: &[&str] = if several { &["taskset", "-c", processor] } else { &[] };
    [pin, words].concat()
}

/// The server, as a process of its own.
struct Serving {
    child: Child,
    orders: ChildStdin,
    responses: BufReader<ChildStdout>,
    address: String,
}

impl Serving {
    fn start(tools: &Tools, pinned: bool, delay: Duration, rate: u32) -> Result<Serving> {
        let (delay, rate) = (delay.as_micros().to_string(), rate.to_string());
        let words = [&tools.this[..], "server", &delay, &rate];
        let words = if pinned { on("1", &words) } else { words.to_vec() };
        let mut child =
            Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(orders), Some(responses)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::other("no pipes"));
        };
        let mut serving =
            Serving { child, orders, responses: BufReader::new(responses), address: String::new() };
        serving.address = serving.line()?;
        Ok(serving)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.responses.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }

    fn seen(&mut self) -> Result<Seen> {
        writeln!(self.orders)?;
        match numbers(&self.line()?)?[..] {
            [connections, requests, limited, longest] => Ok(Seen {
                connections: connections as u64,
                requests: requests as u64,
                limited: limited as u64,
                longest: longest as u64,
            }),
            _ => Err(Error::other("the server said something else")),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn numbers(text: &str) -> Result<Vec<f64>> {
    text.split_whitespace().map(|word| word.parse().map_err(Error::other)).collect()
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of the rounds' ratios.
fn ratio(one: &[Took], other: &[Took], of: impl Fn(&Took) -> f64) -> f64 {
    median(one.iter().zip(other).map(|(one, other)| of(one) / of(other)))
}

fn wall(took: &Took) -> f64 {
    took.wall
}

fn cpu(took: &Took) -> f64 {
    took.cpu
}

fn small_calls(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let (address, base) = (&server.address[..], format!("http://{}", server.address));
    let url = format!("{base}{PATH}");
    let python = root().join(".venv/bin/python").to_string_lossy().into_owned();
    let peer = |name: &str| root().join("benches/peers").join(name).to_string_lossy().into_owned();
    let (requests, curl) = (peer("requests_calls.py"), peer("curl_calls.php"));
    let programs: [(&str, usize, Vec<&str>); 8] = [
        ("floor: rendered beforehand, one kept socket", 3000, vec![&tools.this, "floor", address]),
        ("usercom, Rust", 3000, vec![&tools.this, "rust", address]),
        ("usercom, C interface", 3000, vec![&tools.abi, &tools.library, &base]),
        ("libcurl in C, one handle", 3000, vec![&tools.libcurl, &url]),
        ("PHP curl, one handle", 1000, vec!["php", &curl, "reused", &url]),
        ("PHP curl, the vendor's sample", 500, vec!["php", &curl, "sample", &url]),
        ("Python requests, one Session", 200, vec![&python, &requests, "session", &url]),
        ("Python requests, the vendor's sample", 200, vec![&python, &requests, "sample", &url]),
    ];
    let mut contenders: Vec<Contender> = Vec::new();
    for (_, calls, words) in &programs {
        contenders.push(Contender::start(&on("0", words), *calls)?);
    }
    for _ in 0..ROUNDS {
        contenders.iter_mut().try_for_each(Contender::round)?;
    }
    let rounds = |at: usize| &contenders[at].rounds[..];
    table.head("A small call (4 ids) on a warm connection: wall, CPU in µs; as a multiple of usercom's");
    for (at, (name, ..)) in programs.iter().enumerate() {
        let mut figures = String::new();
        for of in [wall, cpu] {
            let micros = median(rounds(at).iter().map(of)) / 1000.0;
            // Writing into memory can't fail.
            let _ = write!(figures, "{micros:8.1} {:6.2} x", ratio(rounds(at), rounds(1), of));
        }
        table.line(name, &figures);
    }
    let mut goal = |what: &str, one: usize, other: usize, of: fn(&Took) -> f64, most: f64| {
        table.at_most(what, ratio(rounds(one), rounds(other), of), most, " x", Timed);
    };
    goal("Rust / floor, wall", 1, 0, wall, 1.4);
    goal("Rust / floor, CPU", 1, 0, cpu, 2.0);
    goal("Rust / libcurl, CPU", 1, 3, cpu, 1.0);
    goal("C interface / Rust, wall", 2, 1, wall, 1.03);
    goal("C interface / Rust, CPU", 2, 1, cpu, 1.03);
    for (name, at, least) in
        [("requests Session", 6, 6.0), ("vendor's Python sample", 7, 8.0), ("vendor's PHP sample", 5, 2.0)]
    {
        table.at_least(
            &format!("{name} / Rust, wall"),
            ratio(rounds(at), rounds(1), wall),
            least,
            " x",
            Timed,
        );
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

fn million(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let this = &tools.this[..];
    let address = &server.address[..];
    let programs: [(&str, &[&str]); 4] = [
        ("floor with rendering", &["million", "floor", address]),
        ("usercom, 1 worker", &["million", "increasing", "1", address]),
        ("usercom, 8 workers", &["million", "increasing", "8", address]),
        ("usercom, 8 workers, ids in no order", &["million", "unsorted", "8", address]),
    ];
    let mut rounds: [Vec<Took>; 4] = Default::default();
    let mut peaks = [0.0f64; 4];
    for _ in 0..ROUNDS {
        for (at, (_, words)) in programs.iter().enumerate() {
            let words = on("0", &[&[this], *words].concat());
            let said = run(Command::new(words[0]).args(&words[1..]))?;
            if let [wall, cpu, peak] = numbers(&said)?[..] {
                rounds[at].push(Took { wall, cpu });
                peaks[at] = peaks[at].max(peak / 1e6);
            }
        }
    }
    table.head("1,000,000 ids in batches of 1,000, unpaced: wall, CPU in ms; most memory with the ids");
    for (at, (name, _)) in programs.iter().enumerate() {
        let [wall, cpu] = [wall, cpu].map(|of| median(rounds[at].iter().map(of)) / 1e6);
        table.line(name, &format!("{wall:8.1} {cpu:8.1} {:6.1} MB", peaks[at]));
    }
    table.at_most("1 worker / floor, CPU", ratio(&rounds[1], &rounds[0], cpu), 2.0, " x", Timed);
    table.at_most("8 workers / floor, CPU", ratio(&rounds[2], &rounds[0], cpu), 2.0, " x", Timed);
    table.at_most("most memory, 1 worker", peaks[1], 13.0, " MB", Counted);
    // A connection's buffers and a thread's own heap.
    table.at_most("each further worker: more memory", (peaks[2] - peaks[1]) / 7.0, 0.5, " MB", Counted);
    table.at_most("unsorted ids: more memory", peaks[3] - peaks[2], 8.0, " MB", Counted);
    Ok(())
}

/// A dry run checks and counts, but sends nothing.
fn rendering(table: &mut Table) -> Result<()> {
    let client = builder("127.0.0.1:9").build().map_err(Error::other)?;
    let ids = increasing();
    let mut nanos = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let update = usercom::Update::new("plan", "pro");
        client.run(update).ids(&ids).dry_run().send().map_err(Error::other)?;
        nanos.push(start.elapsed().as_nanos() as f64 / MILLION as f64);
    }
    table.head("Rendering");
    table.at_most("check, split, render and report (7 digits), an id", median(nanos), 12.0, " ns", Timed);
    Ok(())
}

const DELAY: Duration = Duration::from_millis(20);

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

/// A process that loads the library and makes one call, against one that does nothing.
fn cold_start(tools: &Tools, table: &mut Table) -> Result<()> {
    let server = Serving::start(tools, true, Duration::ZERO, 0)?;
    let base = format!("http://{}", server.address);
    let timed = |words: &[&str]| -> Result<f64> {
        let words = on("0", words);
        let start = Instant::now();
        let status = Command::new(words[0]).args(&words[1..]).stdout(Stdio::null()).status()?;
        let took = start.elapsed().as_secs_f64() * 1e3;
        if status.success() { Ok(took) } else { Err(Error::other(format!("{words:?}: {status}"))) }
    };
    let (mut nothing, mut more) = (Vec::new(), Vec::new());
    for _ in 0..20 * ROUNDS {
        let empty = timed(&["/bin/true"])?;
        nothing.push(empty);
        more.push(timed(&[&tools.abi, &tools.library, &base, "1"])? - empty);
    }
    table.head(&format!("Cold start: dlopen, client, {} ids, exit", SMALL.len()));
    table.line("/bin/true", &format!("{:.2} ms", median(nothing)));
    table.at_most("over /bin/true", median(more), 1.0, " ms", Timed);
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
