//! The table and the plot in docs/bad-ids.md, from the simulator.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::thread;

use super::search::{Cost, Place, cost};
use super::support::figure;

const SHARES: [f64; 8] = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const IDS: usize = 10_000;
const SEEDS: u64 = 50;

fn table(costs: &[Cost]) -> String {
    let mut table = String::from(
        "| bad ids | requests | requests per bad id | the theoretical minimum | minutes at 5 requests per second |\n\
         |---:|---:|---:|---:|---:|\n",
    );
    for (share, cost) in SHARES.iter().zip(costs) {
        let each = cost.mean / (share * IDS as f64);
        let (percent, minutes) = (100.0 * share, cost.mean / 300.0);
        writeln!(table, "| {percent} % | {:.0} | {each:.1} | {:.0} | {minutes:.1} |", cost.mean, cost.bits)
            .unwrap();
    }
    table
}

/// Requests by share: as measured, and the theoretical minimum.
fn plot(costs: &[Cost]) -> String {
    let x = |share: f64| 70.0 + 480.0 * (share / 0.001).ln() / 500f64.ln();
    let y = |requests: f64| 300.0 - 260.0 * requests / IDS as f64;
    let line = |requests: fn(&Cost) -> f64| -> String {
        let points = SHARES
            .iter()
            .zip(costs)
            .map(|(share, cost)| format!("{:.0},{:.0}", x(*share), y(requests(cost))));
        points.collect::<Vec<_>>().join(" ")
    };
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 360\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>Requests for 10,000 ids by the share of bad ids</title>\n\
         <rect width=\"600\" height=\"360\" fill=\"white\"/>\n",
    );
    for thousands in (0..=10).step_by(2) {
        let at = y(1000.0 * f64::from(thousands));
        writeln!(svg, "<path d=\"M70 {at:.0}H550\" stroke=\"#ddd\"/>").unwrap();
        writeln!(svg, "<text x=\"62\" y=\"{:.0}\" text-anchor=\"end\">{thousands},000</text>", at + 4.0)
            .unwrap();
    }
    for share in SHARES {
        let percent = 100.0 * share;
        writeln!(svg, "<text x=\"{:.0}\" y=\"320\" text-anchor=\"middle\">{percent} %</text>", x(share))
            .unwrap();
    }
    let minimum = line(|cost| cost.bits);
    writeln!(svg, "<polyline points=\"{minimum}\" fill=\"none\" stroke=\"#888\" stroke-dasharray=\"5 4\"/>")
        .unwrap();
    let measured = line(|cost| cost.mean);
    writeln!(svg, "<polyline points=\"{measured}\" fill=\"none\" stroke=\"#06c\" stroke-width=\"2\"/>")
        .unwrap();
    svg.push_str(
        "<text x=\"90\" y=\"60\" fill=\"#06c\">requests</text>\n\
         <text x=\"90\" y=\"80\" fill=\"#666\">theoretical minimum (dashed)</text>\n\
         <text x=\"310\" y=\"345\" text-anchor=\"middle\">share of bad ids, spread at random</text>\n</svg>\n",
    );
    svg
}

/// A few runs come near the page's figures.
#[test]
fn the_page_about_bad_ids_is_right() {
    let page = std::fs::read_to_string(docs().join("bad-ids.md")).unwrap();
    for share in &SHARES[..5] {
        let said: f64 = figure(&page, &format!("\n| {} % | ", 100.0 * share), " |");
        let is = cost(IDS, *share, Place::Random, 1, 30).mean;
        // By chance, the number of bad ids differs, too.
        let chance = 3.0 * (share * IDS as f64).sqrt() / (share * IDS as f64);
        assert!((is - said).abs() <= (0.05 + chance) * said, "{share}: {is} requests, not {said}");
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// `USERCOM_WRITE=1` writes them.
#[test]
#[ignore = "takes a minute"]
fn the_page_about_bad_ids_has_the_simulators_figures() {
    let costs: Vec<Cost> = thread::scope(|scope| {
        let cost = |share| scope.spawn(move || cost(IDS, share, Place::Random, SEEDS, 30));
        SHARES.map(cost).into_iter().map(|cost| cost.join().unwrap()).collect()
    });
    let docs = docs();
    let page = std::fs::read_to_string(docs.join("bad-ids.md")).unwrap();
    let (start, end) = ("<!-- table: generated -->\n", "<!-- end of table -->");
    let (before, rest) = page.split_once(start).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let new = format!("{before}{start}{}{end}{after}", table(&costs));
    for (name, text) in [("bad-ids.md", new), ("bad-ids.svg", plot(&costs))] {
        let file = docs.join(name);
        if std::env::var_os("USERCOM_WRITE").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let there = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            there == text,
            "{name} is outdated: USERCOM_WRITE=1 cargo test --lib bad_ids_page -- --ignored"
        );
    }
}
