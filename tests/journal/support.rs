//! A sandbox with good and bad ids, a directory of its own, and what must hold of every report.

use super::*;

pub const ATTRIBUTE: &str = "plan";

/// A directory that goes with the test.
pub struct Dir(PathBuf);

impl Dir {
    /// In memory, where hundreds of runs need not wait for a disk.
    pub fn in_memory() -> Dir {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Dir::below(memory) } else { Dir::new() }
    }

    pub fn new() -> Dir {
        Dir::below(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    fn below(parent: &Path) -> Dir {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = parent.join(format!("usercom-journal-{}-{number}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        Dir(dir)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where journals go: not made yet.
    pub fn journals(&self) -> PathBuf {
        self.0.join("journals")
    }

    /// All files in there, by name.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.journals()).into_iter().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The only journal in there.
    pub fn journal(&self) -> PathBuf {
        let names = self.names();
        let live: Vec<&String> = names.iter().filter(|name| name.ends_with(".journal")).collect();
        assert_eq!(live.len(), 1, "{names:?}");
        self.journals().join(live[0])
    }

    pub fn stale(&self) -> Option<PathBuf> {
        let names = self.names();
        let stale: Vec<&String> = names.iter().filter(|name| name.ends_with(".journal.stale")).collect();
        assert!(stale.len() <= 1, "{names:?}");
        stale.first().map(|name| self.journals().join(name))
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A service, a job for it, and a directory for its journal.
pub struct Place {
    pub sandbox: Sandbox,
    pub dir: Dir,
    pub ids: Vec<i64>,
    pub bad: BTreeSet<i64>,
    pub batch: usize,
    pub workers: usize,
    pub log: Arc<Mutex<Vec<String>>>,
}

impl Place {
    /// `n` ids, all of them good.
    pub fn new(n: usize) -> Place {
        Place::with(n, [], Options::default())
    }

    /// Ids 1 to `n`, of which those in `bad` do not exist: a batch with one of them is rejected.
    pub fn with(n: usize, bad: impl IntoIterator<Item = i64>, options: Options) -> Place {
        Place::at(Dir::new(), n, bad, options)
    }

    /// Ids 1 to `n` in batches of four.
    pub fn small(n: usize, bad: &[i64], workers: usize) -> Place {
        Place { batch: 4, workers, ..Place::with(n, bad.iter().copied(), Options::default()) }
    }

    pub fn at(dir: Dir, n: usize, bad: impl IntoIterator<Item = i64>, mut options: Options) -> Place {
        let bad: BTreeSet<i64> = bad.into_iter().collect();
        let ids: Vec<i64> = (1..=n as i64).collect();
        if !bad.is_empty() {
            let users = dir.path().join("users.csv");
            let good = ids.iter().filter(|id| !bad.contains(id)).map(|id| format!("{id}\n"));
            fs::write(&users, std::iter::once("id\n".to_owned()).chain(good).collect::<String>()).unwrap();
            options.users = Some(users);
            options.unknown_ids = UnknownIds::Reject;
        }
        let sandbox = Sandbox::start(options).unwrap();
        Place { sandbox, dir, ids, bad, batch: 10, workers: 1, log: Arc::default() }
    }

    pub fn builder(&self) -> ClientBuilder {
        let log = self.log.clone();
        Client::builder("acme", TOKEN)
            .base_url(&self.sandbox.url())
            .no_rate_limit()
            .batch_size(self.batch)
            .workers(self.workers)
            .log(log::LevelFilter::Warn, move |_, line| log.lock().unwrap().push(line.to_owned()))
    }

    pub fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// The job, with a journal; `settings` may say more.
    pub fn run_with(&self, settings: impl for<'a> FnOnce(Run<'a>) -> Run<'a>) -> Report {
        let run = self.client().run(Update::new(ATTRIBUTE, "pro")).journal_dir(self.dir.journals());
        let report = settings(run.ids(&self.ids)).send().unwrap();
        self.check(&report);
        report
    }

    pub fn run(&self) -> Report {
        self.run_with(|run| run)
    }

    /// Interrupted after so many requests.
    pub fn interrupted(&self, requests: u64) -> Report {
        let report = self.run_with(|run| run.max_requests(requests));
        assert_eq!(report.status(), Status::RequestLimit, "{report}");
        report
    }

    /// How often the service set each user.
    pub fn applied(&self) -> BTreeMap<i64, u32> {
        self.sandbox.ledger(ATTRIBUTE).into_iter().map(|entry| (entry.id, entry.applied)).collect()
    }

    /// How many more ids were set than without any fault.
    pub fn sent_again(&self) -> usize {
        self.applied().values().map(|times| *times as usize - 1).sum()
    }

    /// What must hold of any report.
    pub fn check(&self, report: &Report) {
        let states: Vec<u8> = report.states().iter().map(|state| *state as u8).collect();
        self.check_states(&states, &report.to_string());
    }

    pub fn check_states(&self, states: &[u8], said: &str) {
        let applied = self.applied();
        assert_eq!(states.len(), self.ids.len(), "{said}");
        for (id, state) in self.ids.iter().zip(states) {
            match *state {
                s if s == IdState::Confirmed as u8 => {
                    assert!(applied.contains_key(id), "id {id}: a false confirmation: {said}")
                }
                s if s == IdState::Rejected as u8 => {
                    assert!(self.bad.contains(id), "id {id}: a good id rejected: {said}")
                }
                _ => {}
            }
        }
    }

    /// What must hold of the last run's report: every id confirmed or rejected as it should be.
    pub fn check_finished(&self, report: &Report) {
        self.check(report);
        let right = if self.bad.is_empty() { Status::Ok } else { Status::Partial };
        assert_eq!(report.status(), right, "{report}");
        assert_eq!(report.rejected(), self.bad.len(), "{report}");
        assert_eq!(report.confirmed(), self.ids.len() - self.bad.len(), "{report}");
        for failure in report.failures() {
            assert_eq!(failure.http_status, Some(400), "{failure:?}");
        }
        self.check_everybody_was_set();
        assert_eq!(self.dir.names().iter().filter(|name| name.ends_with(".journal")).count(), 0);
    }

    pub fn check_everybody_was_set(&self) {
        let applied = self.applied();
        let skipped: Vec<i64> = self
            .ids
            .iter()
            .copied()
            .filter(|id| !self.bad.contains(id) && !applied.contains_key(id))
            .collect();
        assert!(skipped.is_empty(), "skipped: {skipped:?}");
    }
}

pub fn note(report: &Report, start: &str) -> Option<String> {
    report.notes().iter().find(|note| note.starts_with(start)).cloned()
}

pub fn resumed(report: &Report) -> bool {
    note(report, "resumed").is_some()
}

/// A journal's line with this number, as it is written.
pub fn line(number: u64, content: &str) -> String {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&number.to_le_bytes());
    crc.update(content.as_bytes());
    format!("{number} {:08x} {content}\n", crc.finalize())
}

/// Random numbers that a seed replays (SplitMix64).
pub struct Rng(pub u64);

impl Rng {
    pub fn below(&mut self, range: Range<u64>) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        range.start + (z ^ (z >> 31)) % (range.end - range.start)
    }
}
