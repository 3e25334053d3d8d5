//! A program that is measured: it is told how many calls to make, and says how long they took it.

use std::io::{BufRead, BufReader, Error, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

/// What calls took, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Took {
    pub wall: f64,
    pub cpu: f64,
}

impl Took {
    pub fn per(self, n: usize) -> Took {
        Took { wall: self.wall / n as f64, cpu: self.cpu / n as f64 }
    }
}

pub struct Contender {
    child: Child,
    orders: ChildStdin,
    responses: BufReader<ChildStdout>,
    warm: usize,
    calls: usize,
    pub rounds: Vec<Took>,
}

impl Contender {
    /// Starts the program. A round of it has so many calls, and so many before, which are not measured.
    pub fn start(
        words: &[&str],
        environment: &[(&str, String)],
        warm: usize,
        calls: usize,
    ) -> Result<Contender> {
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .envs(environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(orders), Some(responses)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::other("no pipes"));
        };
        Ok(Contender { child, orders, responses: BufReader::new(responses), warm, calls, rounds: Vec::new() })
    }

    fn go(&mut self, n: usize) -> Result<Took> {
        writeln!(self.orders, "{n}")?;
        let mut line = String::new();
        self.responses.read_line(&mut line)?;
        let mut numbers = line.split_whitespace().map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(wall)), Some(Ok(cpu))) => Ok(Took { wall, cpu }.per(n)),
            _ => Err(Error::other(format!("a contender said {line:?}"))),
        }
    }

    /// One round. The first calls warm the connection: an idle one may have been given up between rounds. Gives how
    /// many calls that were.
    pub fn round(&mut self) -> Result<usize> {
        if self.warm > 0 {
            self.go(self.warm)?;
        }
        let took = self.go(self.calls)?;
        self.rounds.push(took);
        Ok(self.warm + self.calls)
    }

    /// The most memory that the program ever had, in bytes.
    pub fn peak(&self) -> Result<u64> {
        peak(&self.child.id().to_string())
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other end, for contenders in Rust.
pub fn obey(mut call: impl FnMut() -> Result<()>) -> Result<()> {
    for line in std::io::stdin().lines() {
        let n: usize = line?.trim().parse().map_err(Error::other)?;
        let took = measure(|| (0..n).try_for_each(|_| call()))?;
        println!("{} {}", took.wall, took.cpu);
    }
    Ok(())
}

/// What `work` takes of the clock and of the processor, all threads together.
pub fn measure(work: impl FnOnce() -> Result<()>) -> Result<Took> {
    let (wall, cpu) = (Instant::now(), processor_time());
    work()?;
    Ok(Took { wall: wall.elapsed().as_nanos() as f64, cpu: processor_time() - cpu })
}

/// The most memory that a process ever had, in bytes; `self` for this one.
pub fn peak(process: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib = line.split_whitespace().next().unwrap_or_default();
    kib.parse::<u64>().map(|kib| kib * 1024).map_err(Error::other)
}

/// Nanoseconds of processor that this process has used, also by threads that are gone and by programs that it ran.
// The standard library has no such clock.
#[allow(unsafe_code)]
fn processor_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the time is this function's own.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    // SAFETY: zeros are a valid `rusage`.
    let mut programs: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the usage is this function's own.
    unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &mut programs) };
    let of_programs =
        [programs.ru_utime, programs.ru_stime].map(|t| t.tv_sec as f64 * 1e9 + t.tv_usec as f64 * 1e3);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64 + of_programs.iter().sum::<f64>()
}
