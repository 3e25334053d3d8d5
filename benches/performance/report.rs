//! What was measured: printed as it comes, and as JSON, from which `benches/page` writes docs/performance.md.

use std::fs;
use std::io::{Error, Result};
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Map, Value, json};

/// Whether a missed goal fails the bench.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// Counted: the same on every machine.
    Counted,
    /// Timed: a busy machine can miss it.
    Timed,
}

pub struct Table {
    failed: bool,
    section: String,
    goals: Vec<Value>,
    figures: Map<String, Value>,
}

impl Table {
    pub fn new(rounds: usize) -> Table {
        let mut figures = Map::new();
        figures.insert("rounds".into(), rounds.into());
        figures.insert("machine".into(), machine());
        Table { failed: false, section: String::new(), goals: Vec::new(), figures }
    }

    pub fn head(&mut self, title: &str) {
        println!("\n{title}");
        title.clone_into(&mut self.section);
    }

    /// A figure without a goal.
    pub fn line(&self, what: &str, figure: &str) {
        println!("  {what:<58}{figure:>22}");
    }

    /// A figure that should be at most `goal`.
    pub fn at_most(&mut self, what: &str, figure: f64, goal: f64, unit: &str, kind: Kind) {
        self.goal(what, figure, "<=", goal, unit, kind, figure <= goal);
    }

    /// A figure that should be at least `goal`.
    pub fn at_least(&mut self, what: &str, figure: f64, goal: f64, unit: &str, kind: Kind) {
        self.goal(what, figure, ">=", goal, unit, kind, figure >= goal);
    }

    #[allow(clippy::too_many_arguments)] // One column each.
    fn goal(&mut self, what: &str, figure: f64, sign: &str, goal: f64, unit: &str, kind: Kind, met: bool) {
        let digits = if figure.abs() < 10.0 { 2 } else { 1 };
        let text = format!("{figure:.digits$}{unit}");
        println!("  {what:<58}{text:>10}  {sign} {goal}{unit:<6}{}", if met { "" } else { "  MISSED" });
        self.goals.push(json!({
            "section": self.section, "what": what, "figure": text, "goal": format!("{sign} {goal}{unit}"), "met": met,
            "counted": kind == Kind::Counted,
        }));
        self.failed |= !met && kind == Kind::Counted;
    }

    /// Figures for the page that have a form of their own.
    pub fn figures(&mut self, name: &str, figures: Value) {
        self.figures.insert(name.to_owned(), figures);
    }

    /// Whether a figure that is the same on every machine missed its goal.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Writes all figures into the folder that USERCOM_BENCH names.
    pub fn save(mut self) -> Result<()> {
        let Some(folder) = std::env::var_os("USERCOM_BENCH") else { return Ok(()) };
        if let Some(machine) = self.figures.get_mut("machine") {
            machine["load at the end"] = load();
        }
        self.figures.insert("goals".into(), self.goals.into());
        let text = serde_json::to_string_pretty(&self.figures).map_err(Error::other)?;
        fs::create_dir_all(&folder)?;
        fs::write(PathBuf::from(folder).join("performance.json"), text)
    }
}

/// What the figures depend on.
fn machine() -> Value {
    let first = |words: [&str; 2]| -> String {
        let output = Command::new(words[0]).arg(words[1]).output().map(|output| output.stdout);
        String::from_utf8_lossy(&output.unwrap_or_default()).lines().next().unwrap_or_default().to_owned()
    };
    let line = |file: &str, start: &str| -> String {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(start));
        line.unwrap_or_default().trim_matches([' ', '\t', ':', '=', '"']).to_owned()
    };
    json!({
        "processor": line("/proc/cpuinfo", "model name"),
        "processors": std::thread::available_parallelism().map_or(1, |n| n.get()),
        "system": line("/etc/os-release", "PRETTY_NAME"),
        "versions": [first(["rustc", "-V"]), first(["php", "-v"]), format!("Node.js {}", first(["node", "-v"])),
            first(["python3", "-V"])],
        "load at the start": load(),
    })
}

/// How many processes waited for a processor in the last minute.
fn load() -> Value {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|first| first.parse::<f64>().ok()).into()
}
