//! What calls cost, as ratios within one run: `make bench`.
//!
//! Absolute times of two runs differ by more than the contenders do, so every round measures all of them in
//! turn, and what counts is the median of the rounds' ratios. Without arguments this program is the bench;
//! with arguments it is one of its contenders, or the server.

mod contender;
mod floor;
mod growth;
mod report;
mod rounds;
mod server;
mod tools;

use std::io::{Error, Result};
use std::net::SocketAddr;
use std::time::Duration;

use contender::{measure, obey, peak};
use floor::Floor;
use server::{Behaviour, Server};
use usercom::{Client, ClientBuilder};

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const SMALL: [i64; 4] = [10, 15, 22, 23];
const MILLION: usize = 1_000_000;
const BATCH: usize = 1000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "--bench").collect();
    match words[..] {
        [] => rounds::all(),
        ["server", delay, rate] => serve(number(delay)? as u64, number(rate)? as u32),
        ["floor", address] => {
            let (mut floor, mut body) = (Floor::connect(address)?, Vec::new());
            floor.render(&SMALL, &mut body);
            obey(|| floor.call())
        }
        ["rust", address] => {
            let client = client(address)?;
            obey(|| small(&client))
        }
        ["calls", address, n] => {
            let client = client(address)?;
            (0..number(n)?).try_for_each(|_| small(&client))
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

fn builder(address: &str) -> ClientBuilder {
    Client::builder("acme", TOKEN).base_url(&format!("http://{address}")).no_rate_limit().batch_size(BATCH)
}

fn client(address: &str) -> Result<Client> {
    builder(address).build().map_err(Error::other)
}

fn small(client: &Client) -> Result<()> {
    update(client, &SMALL)
}

fn update(client: &Client, ids: &[i64]) -> Result<()> {
    let report = client.mass_update(ids, "plan", "pro").map_err(Error::other)?;
    if report.confirmed() == ids.len() { Ok(()) } else { Err(Error::other(report.message().to_owned())) }
}

/// Says where it listens, and what it has seen whenever a line comes in.
fn serve(delay: u64, rate: u32) -> Result<()> {
    let server = Server::start(Behaviour { delay: Duration::from_micros(delay), rate })?;
    let address: SocketAddr = server.address();
    println!("{address}");
    for line in std::io::stdin().lines() {
        line?;
        let seen = server.seen();
        println!("{} {} {} {}", seen.connections, seen.requests, seen.limited, seen.longest);
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
    let client = builder(address).workers(workers).build().map_err(Error::other)?;
    let took = measure(|| update(&client, ids))?;
    println!("{} {} {}", took.wall, took.cpu, peak("self")?);
    Ok(())
}
