//! A process that makes the call through the C functions, to be killed or to meet faults.

use super::capi::*;
use super::process::again;
use super::*;

/// What the process is told; it lists the ids itself.
pub struct Host {
    program: Vec<String>,
    settings: Vec<(&'static str, String)>,
    fault: Option<Fault>,
    journals: PathBuf,
    report: PathBuf,
    log: PathBuf,
}

/// What the C functions reported.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub status: i32,
    pub requests: u64,
    pub states: Vec<u8>,
    /// The report as JSON.
    pub json: String,
}

pub struct Started {
    process: Running,
    report: PathBuf,
}

impl Host {
    pub fn of(place: &Place) -> Host {
        let report = place.dir.path().join("report");
        let log = place.dir.path().join("calls");
        let _ = (fs::remove_file(&report), fs::remove_file(&log));
        let settings = vec![
            ("HOST_URL", place.sandbox.url()),
            ("HOST_IDS", place.ids.len().to_string()),
            ("HOST_BATCH", place.batch.to_string()),
            ("HOST_WORKERS", place.workers.to_string()),
            ("HOST_REPORT", report.to_str().unwrap().to_owned()),
            ("HOST_JOURNALS", place.dir.journals().to_str().unwrap().to_owned()),
        ];
        Host { program: Vec::new(), settings, fault: None, journals: place.dir.journals(), report, log }
    }

    pub fn set(mut self, name: &'static str, value: impl ToString) -> Host {
        self.settings.retain(|(other, _)| *other != name);
        self.settings.push((name, value.to_string()));
        self
    }

    pub fn with(mut self, fault: Fault) -> Host {
        self.fault = Some(fault);
        self
    }

    /// Started by another program, such as strace with its arguments.
    pub fn under(mut self, program: Vec<String>) -> Host {
        self.program = program;
        self
    }

    pub fn start(&self) -> Started {
        let tool: Vec<&str> = self.program.iter().map(String::as_str).collect();
        let mut command = again(the_process, &tool);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        if let Some(fault) = &self.fault {
            fault.apply(&mut command, &self.journals, &self.log);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        Started { process: Running(command.spawn().unwrap()), report: self.report.clone() }
    }

    /// None where the process was killed.
    pub fn run(&self) -> Option<Outcome> {
        self.start().finish().1
    }

    /// The same where nothing kills it.
    pub fn report(&self) -> Outcome {
        self.run().expect("no report")
    }

    /// The calls on the journal that the shim has seen.
    pub fn calls(&self) -> Vec<Call> {
        calls(&self.log)
    }
}

impl Started {
    pub fn kill(&mut self) {
        let _ = self.process.0.kill();
    }

    pub fn finish(&mut self) -> (ExitStatus, Option<Outcome>) {
        let status = self.process.0.wait().unwrap();
        let told = fs::read_to_string(&self.report).ok().map(|text| {
            let mut lines = text.lines();
            let mut next = || lines.next().unwrap().to_owned();
            Outcome {
                status: next().parse().unwrap(),
                requests: next().parse().unwrap(),
                states: next().bytes().map(|digit| digit - b'0').collect(),
                json: next(),
            }
        });
        (status, told)
    }
}

/// Runs the job again without a fault: after so many kills it completes.
pub fn completes(place: &Place, kills: usize, what: &str) {
    check_completed(place, &Host::of(place).report(), kills, what);
}

/// What must hold after so many kills and a run that completed.
pub fn check_completed(place: &Place, told: &Outcome, kills: usize, what: &str) {
    place.check_states(&told.states, &told.json);
    let right = if place.bad.is_empty() { Status::Ok } else { Status::Partial };
    assert_eq!(told.status, right.code(), "{what}: {}", told.json);
    for (id, state) in place.ids.iter().zip(&told.states) {
        assert_eq!(*state, if place.bad.contains(id) { 2 } else { 1 }, "{what}: id {id}: {}", told.json);
    }
    place.check_everybody_was_set();
    let (again, most) = (place.sent_again(), kills * place.workers * place.batch);
    assert!(again <= most, "{what}: {again} ids sent again, {kills} kills: {}", told.json);
    assert!(place.dir.names().iter().all(|name| !name.ends_with(".journal")), "{what}: a journal is left");
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn number(name: &str) -> Option<u64> {
    setting(name).map(|text| text.parse().unwrap())
}

fn text(name: &str) -> CString {
    CString::new(setting(name).unwrap()).unwrap()
}

/// Leaves a process behind that shares all open files, once, while requests are in flight.
unsafe extern "C" fn fork_once(left_behind: *mut c_void, _: *const uc_progress) -> c_int {
    // SAFETY: points to a local that outlives the run; the child only sleeps and ends.
    unsafe {
        let left_behind = &mut *left_behind.cast::<libc::pid_t>();
        if *left_behind == 0 {
            *left_behind = libc::fork();
            if *left_behind == 0 {
                libc::close(1);
                libc::sleep(number("HOST_FORK_SECONDS").unwrap() as u32);
                libc::_exit(0);
            }
        }
    }
    0
}

/// Not a test by itself: what the other tests start as a process.
#[test]
fn the_process() {
    if setting("HOST_URL").is_none() {
        return;
    }
    if let Some(mask) = number("HOST_UMASK") {
        // SAFETY: takes any number.
        unsafe { libc::umask(mask as libc::mode_t) };
    }
    let ids: Vec<i64> = (1..=number("HOST_IDS").unwrap() as i64).collect();
    let (subdomain, token, attribute) =
        (c"acme", CString::new(TOKEN).unwrap(), CString::new(ATTRIBUTE).unwrap());
    let (url, journals) = (text("HOST_URL"), text("HOST_JOURNALS"));
    let mut left_behind: libc::pid_t = 0;
    // SAFETY: live handles, strings that end with a NUL, and as many ids as said.
    let told = unsafe {
        let options = uc_options_new();
        assert_eq!(uc_options_set_base_url(options, url.as_ptr()), 0);
        assert_eq!(uc_options_set_batch_size(options, number("HOST_BATCH").unwrap() as usize), 0);
        assert_eq!(uc_options_set_workers(options, number("HOST_WORKERS").unwrap() as u32), 0);
        assert_eq!(uc_options_set_rate_limit(options, 0, 0), 0);
        let mut client = null_mut();
        assert_eq!(uc_client_new(subdomain.as_ptr(), token.as_ptr(), options, &mut client), 0);
        let run = uc_run_options_new();
        assert_eq!(uc_run_options_set_journal_dir(run, journals.as_ptr()), 0);
        if let Some(most) = number("HOST_MAX_REQUESTS") {
            assert_eq!(uc_run_options_set_max_requests(run, most), 0);
        }
        if number("HOST_FORK_SECONDS").is_some() {
            uc_run_options_set_progress(run, Some(fork_once), (&raw mut left_behind).cast());
        }
        let cancel = uc_cancel_new();
        assert_eq!(uc_run_options_set_cancel(run, cancel), 0);
        let canceller = number("HOST_CANCEL_MS").map(|after| {
            let cancel = cancel as usize;
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(after));
                uc_cancel_request(cancel as *mut uc_cancel);
            })
        });
        let mut report = null_mut();
        let (attribute, value) = (attribute.as_ptr(), c"\"pro\"".as_ptr());
        let status =
            uc_client_mass_update(client, ids.as_ptr(), ids.len(), attribute, value, run, &mut report);
        let mut states = vec![0u8; uc_report_total(report)];
        assert_eq!(uc_report_states(report, states.as_mut_ptr(), states.len()), 0);
        let states: String = states.iter().map(|state| char::from(b'0' + state)).collect();
        let json = CStr::from_ptr(uc_report_json(report)).to_str().unwrap();
        let told = format!("{status}\n{}\n{states}\n{json}\n", uc_report_requests(report));
        if let Some(canceller) = canceller {
            canceller.join().unwrap();
        }
        uc_cancel_free(cancel);
        uc_report_free(report);
        uc_run_options_free(run);
        uc_client_free(client);
        uc_options_free(options);
        told
    };
    let report = PathBuf::from(setting("HOST_REPORT").unwrap());
    let unfinished = report.with_extension("part");
    fs::write(&unfinished, told).unwrap();
    fs::rename(unfinished, report).unwrap();
}
