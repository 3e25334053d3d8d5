//! What `usercom sync` remembers, through runs that are killed at any system call and files that are damaged or not its
//! own: no panic; what can't be used is refused with its name and what to do; and an id is left out only if the service
//! has its value.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program has more than is used here")]

#[path = "../../../src/cli/input/mod.rs"]
mod input;
mod kill;
#[path = "../../../src/cli/plan/mod.rs"]
mod plan;
#[path = "../input/reading.rs"]
mod reading;
mod state;
#[path = "../../../src/cli/words.rs"]
mod words;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Args, Command, FromArgMatches};
use input::{Input, InputArgs, Wanted};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use plan::kind::Kind;
use plan::values::Reading;
use plan::{Job, Table};
use state::sent::{Key, Sent, Unopened};

static ARGS: LazyLock<InputArgs> = LazyLock::new(|| {
    let command = InputArgs::augment_args(Command::new("usercom").no_binary_name(true));
    let found = command.try_get_matches_from(["--format", "csv"]).expect("arguments");
    InputArgs::from_arg_matches(&found).expect("arguments")
});

fuzz_target!(init: {
    // SAFETY: no other thread is there yet.
    unsafe { std::env::set_var("XDG_STATE_HOME", reading::DIR.path()) };
    kill::watch();
}, |bytes: &[u8]| {
    let _ = play(&mut Unstructured::new(bytes));
});

fn play(u: &mut Unstructured<'_>) -> Result<()> {
    let dir = state::state_dir().expect("a directory").join("sync");
    state::create_private(&dir).expect("a directory");
    kill::restore(&dir, &kill::Image::new());
    let mut game = Game {
        dir,
        custom: u.arbitrary()?,
        service: HashMap::new(),
        known: HashMap::new(),
        is_exact: true,
        is_damaged: false,
    };
    if u.ratio(1, 8)? {
        game.replace(u.arbitrary()?);
    }
    for _ in 0..u.int_in_range(1..=6)? {
        game.run(u)?;
        if u.ratio(1, 4)? {
            game.damage(u)?;
        }
    }
    Ok(())
}

struct Game {
    dir: PathBuf,
    custom: bool,
    /// What the service has, if it has anything.
    service: HashMap<String, String>,
    /// What a state that nothing has happened to knows.
    known: HashMap<String, Option<String>>,
    is_exact: bool,
    is_damaged: bool,
}

impl Game {
    fn key(&self) -> Key<'static> {
        let custom_ids = self.custom;
        Key { endpoint: "e", subdomain: "acme", attribute: "plan", custom_ids, standard: false }
    }

    /// A sync of some rows, which may be killed.
    fn run(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let rows = rows(u)?;
        let mut text = "id,plan\n".to_owned();
        for (id, value) in &rows {
            let prefix = if self.custom { "u" } else { "" };
            text += &format!("{prefix}{id},{value}\n");
        }
        let path = reading::DIR.path().join("rows.csv");
        std::fs::write(&path, text).expect("the file is written");
        let wanted = [Wanted::new("id", ""), Wanted::new("plan", "")];
        let input = Input::open(&path, &ARGS, &wanted, false).expect("a file");
        let table = Table::read(input, 1, self.custom, None).expect("rows");
        let reading = Reading { kind: Kind::String, decimal_comma: false, is_json: false };
        let job = Job::of_column(&table, "plan".to_owned(), (0, "plan"), reading, None).expect("a job");

        let is_killed = u.ratio(1, 2)?;
        let calls = if is_killed { u.int_in_range(0..=80)? } else { u32::MAX };
        kill::begin(&self.dir, calls);
        let before = if is_killed && u.ratio(1, 4)? { Some(u.int_in_range(0..=2)?) } else { None };
        let full = u.ratio(1, 8)?;
        let outcome = self.sync(u, job, full, before);
        let left = kill::end();
        if let Some(image) = left {
            kill::restore(&self.dir, &image);
            self.is_exact = false;
        }
        outcome
    }

    /// Until the process is dead; `stops` is between which steps it is killed otherwise.
    fn sync(
        &mut self,
        u: &mut Unstructured<'_>,
        mut job: Job<'_>,
        full: bool,
        stops: Option<u8>,
    ) -> Result<()> {
        let mut state = match Sent::open(&self.key(), false) {
            Ok(state) => state,
            Err(Unopened::Busy) => panic!("nobody else has it"),
            Err(Unopened::Unusable(problem)) => {
                self.refused(&problem);
                return Ok(());
            }
        };
        if kill::is_dead() {
            return Ok(());
        }
        let changes = match state.compare(&job, full) {
            Ok(changes) => changes,
            Err(problem) => {
                drop(state);
                self.refused(&problem);
                return Ok(());
            }
        };
        self.check(&job, &changes.positions, full);
        job.keep(&changes.positions);
        let dies = |step| kill::is_dead() || stops == Some(step);
        if job.len() == 0 || dies(0) {
            return Ok(self.dies(stops == Some(0), state));
        }
        if let Err(problem) = state.sending(&job) {
            drop(state);
            self.refused(&problem);
            return Ok(());
        }
        for position in 0..job.len() {
            self.known.insert(job.table.ids().text(job.row(position)), None);
        }
        if dies(1) {
            return Ok(self.dies(stops == Some(1), state));
        }
        let mut confirmed = HashSet::new();
        for position in 0..job.len() {
            let (id, value) = (job.table.ids().text(job.row(position)), value_of(&job, position));
            let outcome = u.int_in_range(0..=5)?;
            // It may have the value although nobody knows.
            if outcome != 0 {
                self.service.insert(id, value);
            }
            if outcome > 1 {
                confirmed.insert(position);
            }
        }
        if stops == Some(2) {
            return Ok(self.dies(true, state));
        }
        match state.confirm(&job, |position| confirmed.contains(&position)) {
            Ok(()) if !kill::is_dead() => {
                for position in confirmed {
                    let (id, value) = (job.table.ids().text(job.row(position)), value_of(&job, position));
                    self.known.insert(id, Some(value));
                }
            }
            Ok(()) => {}
            // The next sync sends the same again.
            Err(_) => self.is_exact = false,
        }
        Ok(())
    }

    /// The process is killed now, if it is not dead already: what it would still write is undone.
    fn dies(&mut self, now: bool, state: Sent) {
        let image = kill::image(&self.dir);
        drop(state);
        if now && !kill::is_dead() {
            kill::restore(&self.dir, &image);
        }
    }

    /// What is left out is what the service has.
    fn check(&self, job: &Job<'_>, positions: &[usize], full: bool) {
        let positions: HashSet<usize> = positions.iter().copied().collect();
        // Of an id that is there twice the last counts.
        let mut last = HashMap::new();
        for position in 0..job.len() {
            last.insert(job.table.ids().text(job.row(position)), position);
        }
        for (id, position) in last {
            let value = value_of(job, position);
            let is_sent = positions.contains(&position);
            assert!(
                is_sent || self.service.get(&id) == Some(&value),
                "{id} has not {value}, and is left out"
            );
            assert!(is_sent || !full, "{id} is left out of a full sync");
            if self.is_exact && !full {
                let known = self.known.get(&id).and_then(Option::as_ref) == Some(&value);
                assert_eq!(!is_sent, known, "{id} {value}");
            }
        }
    }

    /// The message names the file and says what to do. It is done; of a dead process nobody has a message.
    fn refused(&mut self, problem: &str) {
        if kill::is_dead() {
            return;
        }
        assert!(self.is_damaged, "nothing had happened to it: {problem}");
        let path = self.dir.display().to_string();
        assert!(problem.starts_with(&path), "{problem}");
        assert!(problem.contains("remove it, and the next sync sends everything"), "{problem}");
        assert!(!problem.contains('\n'), "{problem}");
        kill::restore(&self.dir, &kill::Image::new());
        (self.known, self.is_exact, self.is_damaged) = (HashMap::new(), true, false);
    }

    fn file(&self) -> Option<PathBuf> {
        kill::image(&self.dir).into_keys().find(|path| path.extension().is_some_and(|end| end == "sqlite"))
    }

    /// Another file in its place.
    fn replace(&mut self, bytes: Vec<u8>) {
        drop(Sent::open(&self.key(), false));
        let path = self.file().expect("a file");
        std::fs::write(path, bytes).expect("the file is written");
        (self.is_exact, self.is_damaged) = (false, true);
    }

    fn damage(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let mut image = kill::image(&self.dir);
        for bytes in image.values_mut().filter(|bytes| !bytes.is_empty()) {
            match u.int_in_range(0..=5)? {
                0..=2 => {
                    for _ in 0..u.int_in_range(1..=4)? {
                        let at = u.choose_index(bytes.len())?;
                        bytes[at] ^= u.int_in_range(1..=255)?;
                    }
                }
                3 => bytes.truncate(u.choose_index(bytes.len())?),
                4 => {
                    let (at, n) = (u.choose_index(bytes.len())?, u.int_in_range(1..=600)?);
                    let end = (at + n).min(bytes.len());
                    bytes[at..end].fill(u.arbitrary()?);
                }
                _ => {}
            }
        }
        kill::restore(&self.dir, &image);
        (self.is_exact, self.is_damaged) = (false, true);
        Ok(())
    }
}

fn rows(u: &mut Unstructured<'_>) -> Result<Vec<(u32, &'static str)>> {
    let n = if u.ratio(1, 16)? { u.int_in_range(200..=400)? } else { u.int_in_range(1..=8)? };
    // A long file is made of a few random bytes.
    let (first, step) = (u.int_in_range(1..=12)?, u.int_in_range(0..=3)?);
    (0..n).map(|at| Ok((first + step * at, *u.choose(&["a", "b", "basic"])?))).collect()
}

fn value_of(job: &Job<'_>, position: usize) -> String {
    format!("{:?}", job.values()[job.value_number(position)])
}
