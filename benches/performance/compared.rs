//! usercom and other HTTP clients with the same work: all of them in each round.

use std::fmt::Write as _;
use std::io::{Error, Result};
use std::time::Duration;

use serde_json::{Value, json};

use super::contender::{Contender, Took};
use super::report::Kind::Timed;
use super::report::Table;
use super::tools::{
    AXIOS, C, LIBCURL, PHP_SAMPLE, PYTHON_SAMPLE, PYTHON_SESSION, RUST, SAMPLES, Serving, Tools,
};
use super::tools::{cpu, median, on, ratio, rounds, texts, wall};
use super::work::{Kind, SMALL, Work};

pub const DELAY: Duration = Duration::from_millis(20);
pub const SMALL_CALL: Work = Work { kind: Kind::Ids, ids: SMALL.len(), batch: SMALL.len() };
const FLOOR: &str = "a raw socket, body prepared beforehand";

/// A table of the page.
struct Compared<'a> {
    tools: &'a Tools,
    server: Serving,
    work: Work,
    programs: Vec<(&'static str, Contender)>,
}

impl<'a> Compared<'a> {
    /// Starts all contenders with this work.
    fn new(tools: &'a Tools, server: Serving, work: Work) -> Result<Compared<'a>> {
        let mut compared = Compared { tools, server, work, programs: Vec::new() };
        for (name, words) in tools.all(&compared.server, work) {
            compared.add(name, &words)?;
        }
        Ok(compared)
    }

    fn add(&mut self, name: &'static str, words: &[String]) -> Result<()> {
        let calls = if self.work == SMALL_CALL { calls(name, &self.server) } else { 1 };
        let contender =
            Contender::start(&on("0", &texts(words)), &self.server.environment, calls.min(200) / 10, calls)?;
        self.programs.push((name, contender));
        Ok(())
    }

    fn add_program(&mut self) -> Result<()> {
        let words = [&self.tools.this, "program", &self.tools.program, &self.server.url].map(str::to_owned);
        self.add("usercom, the program", &[&words[..], &self.work.words()].concat())
    }

    fn measure(&mut self, rounds: usize) -> Result<()> {
        for _ in 0..rounds {
            for (name, contender) in &mut self.programs {
                let calls = contender.round().map_err(|error| Error::other(format!("{name}: {error}")))?;
                self.server.check(name, self.work, calls)?;
            }
        }
        Ok(())
    }

    fn rounds(&self, name: &str) -> Result<&[Took]> {
        let found = self.programs.iter().find(|(program, _)| *program == name);
        found.map(|(_, contender)| &contender.rounds[..]).ok_or_else(|| Error::other(format!("no {name}")))
    }

    /// How many times as much as another one.
    fn ratio(&self, one: &str, other: &str, of: fn(&Took) -> f64) -> Result<f64> {
        Ok(ratio(self.rounds(one)?, self.rounds(other)?, of))
    }

    fn report(&self, table: &mut Table, key: &str, title: &str) -> Result<()> {
        table.head(&format!("{title}: wall, CPU in µs; as a multiple of usercom's from Rust"));
        let mut rows: Vec<Value> = Vec::new();
        for (name, contender) in &self.programs {
            let mut figures = String::new();
            let mut row = json!({"name": name});
            for (unit, of) in [("wall", wall as fn(&Took) -> f64), ("cpu", cpu)] {
                let micros = median(contender.rounds.iter().map(of)) / 1000.0;
                let ratio = self.ratio(name, RUST, of)?;
                // Writing into memory can't fail.
                let _ = write!(figures, "{micros:10.1} {ratio:6.2} x");
                row[format!("{unit}_us")] = micros.into();
                row[unit] = ratio.into();
            }
            table.line(name, &figures);
            rows.push(row);
        }
        table.figures(key, rows.into());
        Ok(())
    }
}

/// How many small calls a round has: the slower the client, the fewer.
fn calls(name: &str, server: &Serving) -> usize {
    // A handshake for each call.
    if server.url.starts_with("https:") && SAMPLES.contains(&name) {
        return 20;
    }
    let calls = [("Python", 200), ("Node.js", 200), ("PHP", 500)];
    calls.into_iter().find(|(language, _)| name.contains(language)).map_or(3000, |(_, calls)| calls)
}

pub fn small_calls(tools: &Tools, table: &mut Table) -> Result<()> {
    let mut compared = Compared::new(tools, Serving::checking(tools, Duration::ZERO)?, SMALL_CALL)?;
    let floor = [&tools.this, "floor", &compared.server.address].map(str::to_owned);
    compared.add(FLOOR, &floor)?;
    compared.measure(rounds())?;
    compared.report(table, "small", "A small call (4 ids) on a warm connection")?;
    for (what, one, other, of, most) in [
        ("Rust / floor, wall", RUST, FLOOR, wall as fn(&Took) -> f64, 1.4),
        ("Rust / floor, CPU", RUST, FLOOR, cpu, 2.0),
        ("Rust / libcurl, CPU", RUST, LIBCURL, cpu, 1.0),
        ("C interface / Rust, wall", C, RUST, wall, 1.03),
        ("C interface / Rust, CPU", C, RUST, cpu, 1.03),
    ] {
        table.at_most(what, compared.ratio(one, other, of)?, most, " x", Timed);
    }
    for (name, least) in [(PYTHON_SESSION, 6.0), (AXIOS, 6.0), (PYTHON_SAMPLE, 8.0), (PHP_SAMPLE, 2.0)] {
        let times = compared.ratio(name, RUST, wall)?;
        table.at_least(&format!("{name} / Rust, wall"), times, least, " x", Timed);
    }
    Ok(())
}

pub fn small_calls_with_tls(tools: &Tools, table: &mut Table) -> Result<()> {
    let mut compared = Compared::new(tools, Serving::checking_with_tls(tools)?, SMALL_CALL)?;
    compared.measure(rounds())?;
    compared.report(table, "tls", "A small call over TLS")
}

pub fn rows(tools: &Tools, table: &mut Table) -> Result<()> {
    job(tools, table, "rows", "100,000 rows with 100 values", Kind::Rows)
}

pub fn custom_ids(tools: &Tools, table: &mut Table) -> Result<()> {
    job(tools, table, "custom", "100,000 custom ids", Kind::Custom)
}

fn job(tools: &Tools, table: &mut Table, key: &str, title: &str, kind: Kind) -> Result<()> {
    let work = Work { kind, ids: 100_000, batch: 1000 };
    let mut compared = Compared::new(tools, Serving::checking(tools, Duration::ZERO)?, work)?;
    compared.add_program()?;
    if kind == Kind::Rows {
        let told = [vec![compared.server.url.clone()], work.words().into()].concat();
        compared.add("usercom, Python: rows of a DataFrame", &[tools.data_frame(), told].concat())?;
    }
    compared.measure(rounds())?;
    compared.report(table, key, title)
}

/// One round: the service's delay is nearly all of it.
pub fn far_away(tools: &Tools, table: &mut Table) -> Result<()> {
    let work = Work { kind: Kind::Ids, ids: 200 * SMALL.len(), batch: SMALL.len() };
    let mut compared = Compared::new(tools, Serving::checking(tools, DELAY)?, work)?;
    compared.add_program()?;
    // Without TLS a new connection costs them nothing that is like the cost of one far away.
    compared.programs.retain(|(name, _)| !SAMPLES.contains(name));
    compared.measure(1)?;
    compared.report(table, "far", "200 requests to a service 20 ms away")
}
