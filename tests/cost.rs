//! What a call may cost, counted rather than timed, so that a busy machine changes nothing.
//!
//! Each cost is the difference between two runs of a child process, one with twice the calls of the other:
//! what a process costs just by starting falls out. The child is this test program, started anew. What is the same in
//! each run has its figures in cost.baseline, and may not get 3 % worse.
#![cfg(all(feature = "capi", target_os = "linux"))]
// The C functions are called as a C program calls them.
#![allow(unsafe_code)]

#[path = "support/capi.rs"]
mod capi;
#[path = "support/process.rs"]
mod process;
#[path = "../benches/performance/server.rs"]
#[allow(dead_code, reason = "the bench uses more of it")]
mod server;

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::{BTreeMap, HashMap};
use std::ffi::CString;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::ptr::null_mut;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use process::{ROOT, again, peak_memory, succeed, succeed_as_test, temporary};
use server::{Behaviour, Server};
use usercom::{Client, ClientBuilder};

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const SMALL: [i64; 4] = [10, 15, 22, 23];
const MIB: u64 = 1024 * 1024;

fn server() -> Server {
    Server::start(Behaviour::default()).unwrap()
}

fn builder(address: &str) -> ClientBuilder {
    Client::builder("acme", TOKEN).base_url(&format!("http://{address}")).no_rate_limit()
}

/// The system's allocator, which counts.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// ---- the child --------------------------------------------------------------------------------------

/// Not a test of its own: what the others start in a process apart.
#[test]
#[ignore = "the other tests start it"]
fn child() {
    let task = std::env::var("COST_TASK").unwrap();
    let [name, address, n] = task.split(' ').collect::<Vec<_>>()[..] else { panic!("{task}") };
    let n: usize = n.parse().unwrap();
    match name {
        "rust" => rust_calls(address, n),
        "c" => c_calls(address, n),
        "increasing" => million(address, (1..=n as i64).map(|i| 1_000_000 + i)),
        // An odd multiplier visits every residue once: all ids are there, in no order.
        "unsorted" => million(address, (0..n as i64).map(|i| 1 + i * 7_368_787 % n as i64)),
        _ => panic!("{task}"),
    }
    println!("\nallocations {}", ALLOCATIONS.load(Relaxed));
}

fn rust_calls(address: &str, n: usize) {
    let client = builder(address).build().unwrap();
    for _ in 0..n {
        client.mass_update(&SMALL, "plan", "pro").unwrap().into_result().unwrap();
    }
}

fn c_calls(address: &str, n: usize) {
    let text = |text: &str| CString::new(text).unwrap();
    let (subdomain, token, url) = (text("acme"), text(TOKEN), text(&format!("http://{address}")));
    let (attribute, value) = (text("plan"), text("\"pro\""));
    let mut client = null_mut();
    // SAFETY: live handles and strings, and an array of as many ids as it says; all outlive the calls.
    unsafe {
        let options = capi::uc_options_new();
        assert_eq!(capi::uc_options_set_base_url(options, url.as_ptr()), 0);
        assert_eq!(capi::uc_options_set_rate_limit(options, 0, 1000), 0);
        assert_eq!(capi::uc_client_new(subdomain.as_ptr(), token.as_ptr(), options, &mut client), 0);
        for _ in 0..n {
            let (ids, n) = (SMALL.as_ptr(), SMALL.len());
            let (attribute, value) = (attribute.as_ptr(), value.as_ptr());
            assert_eq!(
                capi::uc_client_mass_update(client, ids, n, attribute, value, null_mut(), null_mut()),
                0
            );
        }
        capi::uc_client_free(client);
        capi::uc_options_free(options);
    }
}

fn million(address: &str, ids: impl Iterator<Item = i64>) {
    let ids: Vec<i64> = ids.collect();
    let client = builder(address).workers(4).build().unwrap();
    let before = peak_memory();
    let report = client.mass_update(&ids, "plan", "pro").unwrap();
    assert_eq!(report.confirmed(), ids.len());
    println!("\ngrown {}", peak_memory() - before);
}

/// Runs the child, under `tool` where there is one, and gives what it printed.
fn run_child(tool: &[&str], task: &str, server: &Server, n: usize) -> String {
    let task = format!("{task} {} {n}", server.address());
    succeed_as_test(again(child, tool).env("COST_TASK", task)).stdout
}

// ---- system calls and threads -----------------------------------------------------------------------

/// How often each system call was made, by name.
type Calls = HashMap<String, u64>;

fn system_calls(task: &str, server: &Server, n: usize) -> Calls {
    let file = temporary(format!("cost_{task}_{n}"));
    let file = file.to_str().unwrap();
    run_child(&["strace", "-f", "-c", "-U", "name,calls", "-o", file], task, server, n);
    let table = std::fs::read_to_string(file).unwrap();
    let row = |line: &str| {
        let (name, calls) = line.trim().split_once(' ')?;
        Some((name.to_owned(), calls.trim().parse().ok()?))
    };
    table.lines().filter_map(row).filter(|(name, _)| name != "total").collect()
}

const N: u64 = 1000;

/// What N more small calls cost.
fn more(task: &'static str) -> &'static Calls {
    static RUST: OnceLock<Calls> = OnceLock::new();
    static C: OnceLock<Calls> = OnceLock::new();
    (if task == "rust" { &RUST } else { &C }).get_or_init(|| {
        let server = server();
        let once = system_calls(task, &server, N as usize);
        let mut twice = system_calls(task, &server, 2 * N as usize);
        assert_eq!(server.seen().requests, 3 * N);
        assert_eq!(server.seen().connections, 2, "one connection for each child");
        twice.iter_mut().for_each(|(name, calls)| *calls -= (*calls).min(*once.get(name).unwrap_or(&0)));
        twice.retain(|_, calls| *calls > 0);
        twice
    })
}

fn assert_system_calls(task: &'static str, most: u64) {
    let calls = more(task);
    // Half a call for what the allocator or a timer does now and then.
    let per_request = calls.values().sum::<u64>() as f64 / N as f64;
    assert!(per_request < most as f64 + 0.5, "{per_request} system calls a small request: {calls:?}");
    assert!(per_request > 2.0, "strace has seen nothing: {calls:?}");
}

fn assert_no_thread_each(task: &'static str) {
    let calls = more(task);
    let threads = ["clone", "clone3", "fork", "vfork"].iter().filter_map(|name| calls.get(*name));
    assert_eq!(threads.sum::<u64>(), 0, "threads for {N} small requests: {calls:?}");
}

#[test]
fn nine_system_calls_a_small_request() {
    assert_system_calls("rust", 9);
    assert_system_calls("c", 9);
}

#[test]
fn no_thread_for_a_small_request() {
    assert_no_thread_each("rust");
    assert_no_thread_each("c");
}

// ---- the baseline -----------------------------------------------------------------------------------

fn allocations(task: &str, server: &Server, n: usize) -> u64 {
    said(&run_child(&[], task, server, n), "allocations")
}

fn instructions(task: &str, server: &Server, n: usize) -> u64 {
    let log = temporary(format!("cost_{task}_{n}.instructions"));
    let log_option = format!("--log-file={}", log.display());
    let quiet = ["--cache-sim=no", "--cachegrind-out-file=/dev/null"];
    run_child(&[&["valgrind", "--tool=cachegrind", &log_option][..], &quiet].concat(), task, server, n);
    let log = std::fs::read_to_string(log).unwrap();
    let line = log.lines().find(|line| line.contains("I   refs:")).unwrap_or_else(|| panic!("{log}"));
    line.rsplit(' ').next().unwrap().replace(',', "").parse().unwrap()
}

/// What a small call costs once everything is warm.
fn each(task: &str, cost: fn(&str, &Server, usize) -> u64) -> f64 {
    const CALLS: usize = 100;
    let server = server();
    let once = cost(task, &server, CALLS);
    (cost(task, &server, 2 * CALLS) - once) as f64 / CALLS as f64
}

/// Instructions depend on the compiler, too.
fn compiler() -> String {
    succeed(Command::new("rustc").arg("-V")).stdout.trim().to_owned()
}

/// `USERCOM_WRITE=1` writes what it measures.
#[test]
fn no_cost_is_3_percent_over_the_baseline() {
    let mut is = BTreeMap::new();
    for task in ["rust", "c"] {
        let calls = more(task).values().sum::<u64>() as f64 / N as f64;
        is.insert(format!("{task} system-calls"), calls);
        is.insert(format!("{task} allocations"), each(task, allocations));
    }
    // The C functions call what Rust programs call. valgrind takes two seconds to start.
    is.insert("c instructions".to_owned(), each("c", instructions));
    let file = Path::new(ROOT).join("tests/cost.baseline");
    if std::env::var_os("USERCOM_WRITE").is_some() {
        let mut text = format!("# A small call in a test build, per call: see cost.rs.\n# {}\n", compiler());
        is.iter().for_each(|(name, figure)| writeln!(text, "{name} {figure:.2}").unwrap());
        std::fs::write(&file, text).unwrap();
    }
    let text = std::fs::read_to_string(file).unwrap();
    let same = text.contains(&compiler());
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').unwrap());
    let was: BTreeMap<String, f64> = rows.map(|(name, n)| (name.to_owned(), n.parse().unwrap())).collect();
    assert!(was.keys().eq(is.keys()), "cost.baseline has other rows than {is:?}");
    let mut worse = String::new();
    for (name, is) in &is {
        let most = if same || !name.ends_with("instructions") { 1.03 } else { 1.3 };
        if *is > most * was[name] {
            writeln!(worse, "{name} a call: {is}; the baseline has {}", was[name]).unwrap();
        }
    }
    assert!(
        worse.is_empty(),
        "{worse}If this is worth it: USERCOM_WRITE=1 cargo test --features cli,capi --test cost baseline"
    );
}

// ---- connections ------------------------------------------------------------------------------------

#[test]
fn as_many_connections_as_workers() {
    let server = server();
    let client = builder(&server.address().to_string()).workers(8).batch_size(10).build().unwrap();
    let ids: Vec<i64> = (1..=2000).collect();
    for _ in 0..5 {
        client.mass_update(&ids, "plan", "pro").unwrap().into_result().unwrap();
    }
    assert_eq!(server.seen().requests, 5 * 200);
    assert!(server.seen().connections <= 8, "{:?}", server.seen());
}

// ---- memory -----------------------------------------------------------------------------------------

/// The number in the line of the output that begins with `name`.
fn said(output: &str, name: &str) -> u64 {
    let number = output.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next_back());
    number.unwrap_or_else(|| panic!("no {name} in {output}")).parse().unwrap()
}

fn growth(task: &str) -> u64 {
    said(&run_child(&[], task, &server(), 1_000_000), "grown")
}

#[test]
fn a_million_increasing_ids_take_less_than_24_mib() {
    let grown = growth("increasing");
    assert!(grown < 24 * MIB, "the process grew by {grown} bytes");
}

/// A sorted copy shows that no id is there twice: 8 bytes an id while it lasts.
#[test]
fn a_million_unsorted_ids_take_8_mb_more() {
    let grown = growth("unsorted");
    assert!(grown < 24 * MIB + 8_000_000, "the process grew by {grown} bytes");
}

// ---- bodies -----------------------------------------------------------------------------------------

#[test]
fn a_body_is_never_over_256_kib() {
    let server = server();
    let client = builder(&server.address().to_string()).batch_size(10_000).build().unwrap();
    let ids: Vec<i64> = (0..30_000).map(|i| i64::MAX - 30_000 + i).collect();
    client.mass_update(&ids, "plan", "pro").unwrap().into_result().unwrap();
    let numbers = server.seen().longest;
    // A control character takes one byte here and six as JSON.
    let long: Vec<String> = (0..600).map(|i| format!("{i:0>4}{}", "\u{1}".repeat(1020))).collect();
    client.mass_update_custom_ids(&long, &"\u{e9}".repeat(255), "\"".repeat(1000)).unwrap();
    let longest = server.seen().longest;
    assert!(longest <= 256 * 1024, "{longest} bytes");
    assert!(numbers > 128 * 1024 && longest > 240 * 1024, "not put to the test: {numbers}, {longest}");
}
