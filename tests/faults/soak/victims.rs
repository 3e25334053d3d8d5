//! Processes that are killed at any moment and resume: this binary, which uses the C functions, and the program.

use std::os::unix::process::ExitStatusExt;
use std::process::Child;

use super::support::process::usercom;
use super::*;

/// A process that runs a job, and where it says what came of it.
pub trait Victim {
    fn start(&self) -> Child;
    /// Whether the job is done, as a process says that has ended.
    fn hear(&self, child: &mut Child, ledger: &mut Ledger, alone: bool) -> bool;
}

/// Runs a job again and again, killed at any moment, until no id is left.
pub fn kill_and_resume(ids: &[i64], ledger: &Mutex<Ledger>, victim: &impl Victim) {
    // One that was killed may have done all, removed its journal, and said nothing.
    let mut alone = true;
    for time in 0.. {
        let mut child = Running(victim.start());
        if time < 8 && random(0..4) > 0 {
            thread::sleep(ms(random(1..1200)));
            // A few are only asked to end.
            let signal = if random(0..4) > 0 { libc::SIGKILL } else { libc::SIGINT };
            if child.0.try_wait().unwrap().is_none() {
                // SAFETY: a child that nobody has waited for.
                unsafe { libc::kill(child.0.id() as i32, signal) };
            }
        }
        let status = child.0.wait().unwrap();
        let mut ledger = lock(ledger);
        ledger.figures.killed += u64::from(status.signal().is_some());
        ledger.figures.cancelled += u64::from(status.code() == Some(130));
        if victim.hear(&mut child.0, &mut ledger, alone) {
            return ledger.done(ids);
        }
        alone &= status.signal().is_none();
        assert!(time < 100, "the job from id {} on does not end: {status:?}", ids[0]);
    }
}

/// This binary, which runs the job through the C functions.
pub struct ThroughC<'a> {
    pub role: &'a str,
}

impl Victim for ThroughC<'_> {
    fn start(&self) -> Child {
        child::command(soak, self.role).stdout(Stdio::piped()).spawn().unwrap()
    }

    fn hear(&self, child: &mut Child, ledger: &mut Ledger, alone: bool) -> bool {
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // A killed one may have said it before, but not to its end.
        let lines: Vec<String> = lines.filter(|line| line.ends_with("requests)")).collect();
        lines.iter().any(|line| ledger.hear(line, alone))
    }
}

pub struct Program<'a> {
    pub server: Server,
    pub folder: &'a Path,
}

impl Program<'_> {
    fn report(&self) -> PathBuf {
        self.folder.join("report.csv")
    }
}

impl Victim for Program<'_> {
    fn start(&self) -> Child {
        drop(fs::remove_file(self.report()));
        let mut command =
            usercom(&["update", "--attribute", "plan", "--value", "pro", "--ids", "ids.csv", "--resume"]);
        command.args([
            "--report",
            "report.csv",
            "--batch-size",
            "20",
            "--workers",
            "2",
            "--request-timeout",
            "1",
        ]);
        command.args([
            "--stall-timeout",
            "60",
            "--rate-limit",
            "0",
            "--no-preflight",
            "--verify",
            "0",
            "--yes",
        ]);
        command.current_dir(self.folder).env("HOME", self.folder).env("XDG_STATE_HOME", self.folder);
        command.env("USERCOM_SUBDOMAIN", "acme").env("USERCOM_BASE_URL", self.server.url());
        command.env("USERCOM_TOKEN", &self.server.token).args(["--rate-limit-scope", "process"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn hear(&self, child: &mut Child, ledger: &mut Ledger, alone: bool) -> bool {
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(!said.contains(&self.server.token), "the token is in what it says: {said}");
        // One that was killed has none.
        let Ok(report) = fs::read_to_string(self.report()) else { return false };
        assert!(!report.contains(&self.server.token), "the token is in the report: {report}");
        let state = |name: &str| {
            let all = [IdState::NotAttempted, IdState::Confirmed, IdState::Rejected, IdState::Unknown];
            all.into_iter().find(|state| state.name() == name).unwrap_or_else(|| panic!("{report}"))
        };
        let rows = report.lines().skip(1).map(|row| {
            let mut cells = row.split(',');
            (cells.next().unwrap().parse::<i64>().unwrap(), state(cells.next().unwrap()) as u8)
        });
        let (ids, states): (Vec<i64>, Vec<u8>) = rows.unzip();
        ledger.check(&ids, &states, alone, Moment::now(), &said);
        states.iter().all(|state| *state == IdState::Confirmed as u8 || *state == IdState::Rejected as u8)
    }
}
