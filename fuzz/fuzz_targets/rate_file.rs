//! The file by which processes share their rate limit, with anything in it at any time: no panic, no wait of more than a
//! day, and never more requests than the limit allows.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use usercom::fuzzing::{Process, Sent};

/// What a file begins with: its version and the boot.
const HEAD: usize = 32;
const SUM: usize = 4;
const DAY: Duration = Duration::from_secs(24 * 3600);

static DIR: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    dir.expect("a directory")
});
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fuzz_target!(|bytes: &[u8]| {
    let _ = play(&mut Unstructured::new(bytes));
});

fn play(u: &mut Unstructured<'_>) -> Result<()> {
    let dir = DIR.path().join("rate");
    let _ = std::fs::remove_dir_all(&dir);
    // The rates that can be configured, and none.
    let interval = match u.int_in_range(0..=4)? {
        0 => None,
        1 => Some(Duration::from_millis(u.int_in_range(1..=10_000)?)),
        _ => Some(*u.choose(&[
            Duration::from_millis(200),
            Duration::from_secs(10),
            Duration::from_millis(1),
        ])?),
    };
    let mut processes = Vec::new();
    for seed in 0..u.int_in_range(1..=3)? {
        let process = Process::new(Some(&dir), *START, seed);
        assert_eq!(process.problem(), None);
        processes.push(process);
    }
    let file = std::fs::read_dir(&dir).ok().and_then(|mut files| files.next()).expect("one file");
    let file = file.expect("one file").path();
    let mut game = Game { file, interval, now: Duration::ZERO, sent: Vec::new(), in_flight: Vec::new() };
    for _ in 0..u.int_in_range(1..=60)? {
        let who = u.choose_index(processes.len())?;
        game.step(u, &mut processes[who], who)?;
    }
    game.check();
    Ok(())
}

struct Game {
    file: PathBuf,
    interval: Option<Duration>,
    now: Duration,
    /// When requests were sent, since the file was changed last.
    sent: Vec<Duration>,
    in_flight: Vec<(usize, Sent)>,
}

impl Game {
    fn step(&mut self, u: &mut Unstructured<'_>, process: &mut Process, who: usize) -> Result<()> {
        match u.int_in_range(0..=9)? {
            0 => self.write(u)?,
            1 => self.now += Duration::from_millis(u.int_in_range(0..=100_000)?),
            2 => self.now += Duration::from_micros(u.int_in_range(0..=3000)?),
            3 | 4 => {
                let own = self.in_flight.iter().position(|(of, _)| *of == who);
                let Some(at) = own else { return Ok(()) };
                let (_, sent) = self.in_flight.remove(at);
                match u.int_in_range(0..=3)? {
                    0 => process.succeeded(self.now, sent),
                    1 => drop(sent),
                    how => {
                        let asked = u.arbitrary::<Option<u32>>()?.map(|s| Duration::from_secs(s.into()));
                        process.throttled(self.now, sent, if how == 2 { 429 } else { 503 }, asked);
                    }
                }
            }
            _ => match process.send(self.now, self.interval) {
                Ok(sent) => {
                    self.sent.push(self.now);
                    self.in_flight.push((who, sent));
                }
                Err(until) => {
                    let wait = until.saturating_sub(self.now);
                    assert!(wait <= DAY + Duration::from_secs(2), "waits for {wait:?}");
                    // Nobody else sends, so that it is its turn.
                    self.now = self.now.max(until);
                    let sent = process.send(self.now, self.interval);
                    // A delay may have hidden the limit.
                    let again = sent.or_else(|until| {
                        let wait = until.saturating_sub(self.now);
                        assert!(wait <= Duration::from_secs(31), "waits again for {wait:?}");
                        self.now = until;
                        process.send(self.now, self.interval)
                    });
                    let sent = again.ok().expect("its turn after two waits");
                    self.sent.push(self.now);
                    self.in_flight.push((who, sent));
                }
            },
        }
        assert_eq!(process.problem(), None);
        Ok(())
    }

    /// Anything at all, or what another process would write but for its numbers.
    fn write(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        self.check();
        self.sent.clear();
        let mut bytes = std::fs::read(&self.file).unwrap_or_default();
        if u.ratio(1, 4)? || bytes.len() <= HEAD + SUM {
            bytes = u.arbitrary::<Vec<u8>>()?;
        } else {
            let end = bytes.len() - SUM;
            for number in bytes[HEAD..end].chunks_exact_mut(8) {
                let new = match u.int_in_range(0..=4)? {
                    0 | 1 => continue,
                    2 => u.arbitrary::<u64>()?,
                    3 => u.arbitrary::<f64>()?.to_bits(),
                    _ => u.arbitrary::<u32>()?.into(),
                };
                number.copy_from_slice(&new.to_le_bytes());
            }
            let sum = crc32fast::hash(&bytes[..end]);
            bytes[end..].copy_from_slice(&sum.to_le_bytes());
            if u.ratio(1, 16)? {
                bytes.truncate(u.choose_index(bytes.len())?);
            }
        }
        std::fs::write(&self.file, bytes).expect("the file is written");
        Ok(())
    }

    /// No more than the limit since the last change, with what late requests may catch up.
    fn check(&self) {
        let Some(interval) = self.interval else { return };
        let catch_up = Duration::from_millis(50);
        for (first, start) in self.sent.iter().enumerate() {
            for (last, end) in self.sent.iter().enumerate().skip(first + 1) {
                let least = (interval * (last - first) as u32).saturating_sub(catch_up + interval / 20);
                let time = *end - *start;
                assert!(time >= least, "{} requests in {time:?} at one in {interval:?}", last - first);
            }
            if let Some(next) = self.sent.get(first + 1) {
                assert!(*next - *start >= interval / 2, "two requests in {:?}", *next - *start);
            }
        }
    }
}
