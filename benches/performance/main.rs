//! What calls cost, as ratios within one run: `make bench`.
//!
//! Absolute times of two runs differ by more than the contenders do, so every round measures all of them in
//! turn, and what counts is the median of the rounds' ratios. Without arguments this program is the bench;
//! with arguments it is one of its contenders, or the server.

mod arrived;
#[path = "../../tests/support/certificates.rs"]
#[allow(dead_code)]
mod certificates;
mod compared;
mod contender;
mod floor;
mod growth;
mod ours;
mod report;
mod rounds;
mod server;
mod tools;
mod work;

use std::io::{Error, Result};
use std::sync::Arc;
use std::time::Duration;

use contender::{measure, obey, peak};
use floor::Floor;
use rustls::ServerConfig;
use server::{Behaviour, Server};
use usercom::{Client, ClientBuilder};
use work::{SMALL, Work};

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const MILLION: usize = 1_000_000;
const BATCH: usize = 1000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "--bench").collect();
    match words[..] {
        [] => rounds::all(),
        ["server", delay, rate, ref more @ ..] => serve(Behaviour {
            delay: Duration::from_micros(number(delay)? as u64),
            rate: number(rate)? as u32,
            keeps: more.contains(&"keeps"),
            tls: more.contains(&"tls").then(certificate).transpose()?,
        }),
        ["floor", address] => {
            let (mut floor, mut body) = (Floor::connect(address)?, Vec::new());
            floor.render(&SMALL, &mut body);
            obey(|| floor.call())
        }
        ["rust", url, kind, ids, batch] => ours::from_rust(url, Work::of_words([kind, ids, batch])?),
        ["program", program, url, kind, ids, batch] => {
            ours::program(program, url, Work::of_words([kind, ids, batch])?)
        }
        ["calls", url, n] => {
            let client = builder(url).build().map_err(Error::other)?;
            (0..number(n)?).try_for_each(|_| update(&client, &SMALL))
        }
        ["ids", n, "floor", _, address] => by_hand(&increasing(number(n)?), address),
        ["ids", n, "unsorted", workers, address] => at_once(&unsorted(number(n)?), number(workers)?, address),
        ["ids", n, _, workers, address] => at_once(&increasing(number(n)?), number(workers)?, address),
        _ => Err(Error::other(format!("what is {words:?}?"))),
    }
}

fn number(text: &str) -> Result<usize> {
    text.parse().map_err(Error::other)
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder("acme", TOKEN).base_url(url).no_rate_limit().batch_size(BATCH)
}

fn update(client: &Client, ids: &[i64]) -> Result<()> {
    ours::all_confirmed(client.mass_update(ids, "plan", "pro"))
}

/// A new authority's, which is then among the authorities that the clients get.
fn certificate() -> Result<Arc<ServerConfig>> {
    let authority = certificates::Authority::new();
    let machine = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt")?;
    std::fs::write(tools::authorities(), machine + &std::fs::read_to_string(authority.file())?)?;
    Ok(authority.config(&["127.0.0.1"], |_| {}))
}

/// Says where it listens. To an empty line it says what it has seen, to a line with work and how often that was sent
/// whether it arrived.
fn serve(behaviour: Behaviour) -> Result<()> {
    let server = Server::start(behaviour)?;
    println!("{}", server.address());
    for line in std::io::stdin().lines() {
        let line = line?;
        let seen = server.seen();
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            [] => println!("{} {} {} {}", seen.connections, seen.requests, seen.limited, seen.longest),
            [kind, ids, batch, times] => {
                let work = Work::of_words([kind, ids, batch])?;
                match arrived::check(work, number(times)?, &server.take_bodies()) {
                    Ok(()) => println!("right"),
                    Err(error) => println!("{error}"),
                }
            }
            _ => return Err(Error::other(format!("what is {line:?}?"))),
        }
    }
    Ok(())
}

fn increasing(n: usize) -> Vec<i64> {
    (0..n as i64).map(|i| 1_000_000 + i).collect()
}

/// The same ids in no order.
fn unsorted(n: usize) -> Vec<i64> {
    let ids = increasing(n);
    // An odd multiplier that shares no factor with a power of ten visits every place once.
    (0..n).map(|i| ids[i * 7_368_787 % n]).collect()
}

/// What a raw socket takes for these ids. Says it, as [`at_once`] does.
fn by_hand(ids: &[i64], address: &str) -> Result<()> {
    let (mut floor, mut body) = (Floor::connect(address)?, Vec::new());
    let took = measure(|| {
        ids.chunks(BATCH).try_for_each(|batch| {
            floor.render(batch, &mut body);
            floor.call()
        })
    })?;
    println!("{} {} {}", took.wall, took.cpu, peak("self")?);
    Ok(())
}

/// Updates these ids in one run. Says the nanoseconds on the clock and on the processor, and the most memory.
fn at_once(ids: &[i64], workers: usize, address: &str) -> Result<()> {
    let client = builder(&format!("http://{address}")).workers(workers).build().map_err(Error::other)?;
    let took = measure(|| update(&client, ids))?;
    println!("{} {} {}", took.wall, took.cpu, peak("self")?);
    Ok(())
}
