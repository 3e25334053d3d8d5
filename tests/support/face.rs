//! One update through both faces, side by side: Rust's own, and the C functions as a C program sees them. Each has a
//! server of its own that does the same; both must come to the same end.

use std::path::PathBuf;
use std::time::Duration;

use usercom::{Report, Update};

use super::oracle::{Told, check, check_custom};
use super::{Server, s};

/// Sets `plan` to `pro`. What isn't said is the library's default, but for the pace: there is none.
#[derive(Clone)]
pub struct Ask<'a> {
    server: &'a Server,
    whom: Whom<'a>,
    batch_size: Option<usize>,
    workers: Option<usize>,
    request_timeout: Option<Duration>,
    max_attempts: Option<u32>,
    ca_file: Option<PathBuf>,
    patience: Option<Duration>,
    deadline: Option<Duration>,
    max_requests: Option<u64>,
    uneven: bool,
}

#[derive(Clone, Copy)]
enum Whom<'a> {
    Ids(&'a [i64]),
    Custom(&'a [String]),
}

macro_rules! setters {
    ($($name:ident: $type:ty),*) => {
        $(pub fn $name(mut self, value: $type) -> Self {
            self.$name = Some(value);
            self
        })*
    };
}

impl Server {
    pub fn ask<'a>(&'a self, ids: &'a [i64]) -> Ask<'a> {
        Ask::new(self, Whom::Ids(ids))
    }

    pub fn ask_custom<'a>(&'a self, ids: &'a [String]) -> Ask<'a> {
        Ask::new(self, Whom::Custom(ids))
    }
}

impl<'a> Ask<'a> {
    fn new(server: &'a Server, whom: Whom<'a>) -> Ask<'a> {
        Ask {
            server,
            whom,
            batch_size: None,
            workers: None,
            request_timeout: None,
            max_attempts: None,
            ca_file: None,
            patience: None,
            deadline: None,
            max_requests: None,
            uneven: false,
        }
    }

    setters! {
        batch_size: usize, workers: usize, request_timeout: Duration, max_attempts: u32, ca_file: PathBuf,
        patience: Duration, deadline: Duration, max_requests: u64
    }

    /// With as little patience as a run may have.
    pub fn impatient(self) -> Self {
        self.patience(s(1))
    }

    /// What becomes of which id is a matter of time: only the end must be the same.
    pub fn uneven(mut self) -> Self {
        self.uneven = true;
        self
    }

    /// Runs through both faces, checks what must hold of either, and gives the report of the Rust one.
    pub fn send(self) -> Report {
        let twin = self.server.twin();
        std::thread::scope(|scope| {
            let through_c = scope.spawn(|| through_c(&Ask { server: &twin, ..self.clone() }));
            let report = self.through_rust();
            match self.whom {
                Whom::Ids(ids) => check(&report, ids, self.server),
                Whom::Custom(ids) => check_custom(&report, ids, self.server),
            }
            if let Some(c) = through_c.join().unwrap() {
                let rust = Told::of(&report);
                c.check(&self.ids(), &twin);
                assert_eq!(c.status, rust.status, "C: {}\nRust: {}", c.message, rust.message);
                if !self.uneven {
                    assert!(c.states == rust.states, "C: {}\nRust: {}", c.message, rust.message);
                    let http = |told: &Told| told.failures.iter().map(|f| f.http_status).collect::<Vec<_>>();
                    assert!(http(&c) == http(&rust), "C: {}\nRust: {}", c.message, rust.message);
                }
            }
            report
        })
    }

    fn ids(&self) -> Vec<String> {
        match self.whom {
            Whom::Ids(ids) => ids.iter().map(i64::to_string).collect(),
            Whom::Custom(ids) => ids.to_vec(),
        }
    }

    fn through_rust(&self) -> Report {
        let mut client = self.server.builder();
        if let Some(ids) = self.batch_size {
            client = client.batch_size(ids);
        }
        if let Some(workers) = self.workers {
            client = client.workers(workers);
        }
        if let Some(timeout) = self.request_timeout {
            client = client.request_timeout(timeout);
        }
        if let Some(attempts) = self.max_attempts {
            client = client.max_attempts(attempts);
        }
        if let Some(file) = &self.ca_file {
            client = client.ca_file(file);
        }
        let mut run = client.build().unwrap().run(Update::new("plan", "pro"));
        if let Some(patience) = self.patience {
            run = run.patience(patience);
        }
        if let Some(deadline) = self.deadline {
            run = run.deadline(deadline);
        }
        if let Some(requests) = self.max_requests {
            run = run.max_requests(requests);
        }
        match self.whom {
            Whom::Ids(ids) => run.ids(ids).send().unwrap(),
            Whom::Custom(ids) => run.custom_ids(ids).send().unwrap(),
        }
    }
}

#[cfg(not(feature = "capi"))]
fn through_c(_: &Ask<'_>) -> Option<Told> {
    None
}

#[cfg(feature = "capi")]
use c::through_c;

#[cfg(feature = "capi")]
mod c {
    #![allow(unsafe_code)]

    use std::ffi::{CStr, CString, c_char, c_int, c_void};
    use std::os::unix::ffi::OsStrExt;
    use std::ptr::{null, null_mut};

    use super::super::oracle::{Failed, Told};
    use super::{Ask, Whom};

    #[allow(non_camel_case_types)]
    type ptr = *mut c_void;

    unsafe extern "C" {
        fn uc_options_new() -> ptr;
        fn uc_options_free(options: ptr);
        fn uc_options_set_base_url(options: ptr, url: *const c_char) -> c_int;
        fn uc_options_set_request_timeout_ms(options: ptr, ms: u64) -> c_int;
        fn uc_options_set_batch_size(options: ptr, ids: usize) -> c_int;
        fn uc_options_set_workers(options: ptr, workers: u32) -> c_int;
        fn uc_options_set_rate_limit(options: ptr, requests: u32, per_ms: u64) -> c_int;
        fn uc_options_set_max_attempts(options: ptr, attempts: u32) -> c_int;
        fn uc_options_set_ca_file(options: ptr, path: *const c_char) -> c_int;
        fn uc_client_new(s: *const c_char, t: *const c_char, options: ptr, out: *mut ptr) -> c_int;
        fn uc_client_free(client: ptr);
        fn uc_run_options_new() -> ptr;
        fn uc_run_options_free(options: ptr);
        fn uc_run_options_set_deadline_ms(options: ptr, ms: u64) -> c_int;
        fn uc_run_options_set_patience_ms(options: ptr, ms: u64) -> c_int;
        fn uc_run_options_set_max_requests(options: ptr, requests: u64) -> c_int;
        fn uc_client_mass_update(
            client: ptr,
            ids: *const i64,
            n: usize,
            attr: *const c_char,
            value: *const c_char,
            options: ptr,
            report: *mut ptr,
        ) -> c_int;
        fn uc_client_mass_update_custom_ids(
            client: ptr,
            ids: *const *const c_char,
            n: usize,
            attr: *const c_char,
            value: *const c_char,
            options: ptr,
            report: *mut ptr,
        ) -> c_int;
        fn uc_last_error() -> *const c_char;
        fn uc_report_status(report: ptr) -> c_int;
        fn uc_report_message(report: ptr) -> *const c_char;
        fn uc_report_total(report: ptr) -> usize;
        fn uc_report_confirmed(report: ptr) -> usize;
        fn uc_report_rejected(report: ptr) -> usize;
        fn uc_report_unknown(report: ptr) -> usize;
        fn uc_report_not_attempted(report: ptr) -> usize;
        fn uc_report_states(report: ptr, out: *mut u8, n: usize) -> c_int;
        fn uc_report_failure_count(report: ptr) -> usize;
        fn uc_report_failure(
            report: ptr,
            k: usize,
            index: *mut usize,
            http_status: *mut c_int,
            message: *mut *const c_char,
        ) -> c_int;
        fn uc_report_json(report: ptr) -> *const c_char;
        fn uc_report_free(report: ptr);
    }

    fn text(text: impl Into<Vec<u8>>) -> CString {
        CString::new(text).unwrap()
    }

    /// # Safety
    /// A live string that ends with a NUL.
    unsafe fn said(text: *const c_char) -> String {
        // SAFETY: the caller promises it.
        unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
    }

    pub fn through_c(ask: &Ask<'_>) -> Option<Told> {
        let (url, token) = (text(ask.server.url()), text(ask.server.token.as_str()));
        let taken = |status: c_int| assert_eq!(status, 0);
        // SAFETY: live handles, strings that end with a NUL, and as many ids as said.
        unsafe {
            let (options, run) = (uc_options_new(), uc_run_options_new());
            taken(uc_options_set_base_url(options, url.as_ptr()));
            taken(uc_options_set_rate_limit(options, 0, 0));
            ask.batch_size.inspect(|ids| taken(uc_options_set_batch_size(options, *ids)));
            ask.workers.inspect(|n| taken(uc_options_set_workers(options, *n as u32)));
            ask.max_attempts.inspect(|n| taken(uc_options_set_max_attempts(options, *n)));
            let ms = |time: &std::time::Duration| time.as_millis() as u64;
            ask.request_timeout.inspect(|t| taken(uc_options_set_request_timeout_ms(options, ms(t))));
            ask.patience.inspect(|t| taken(uc_run_options_set_patience_ms(run, ms(t))));
            ask.deadline.inspect(|t| taken(uc_run_options_set_deadline_ms(run, ms(t))));
            ask.max_requests.inspect(|n| taken(uc_run_options_set_max_requests(run, *n)));
            if let Some(file) = &ask.ca_file {
                taken(uc_options_set_ca_file(options, text(file.as_os_str().as_bytes()).as_ptr()));
            }
            let mut client = null_mut();
            taken(uc_client_new(c"acme".as_ptr(), token.as_ptr(), options, &mut client));
            uc_options_free(options);
            let (attribute, value, mut report) = (c"plan".as_ptr(), c"\"pro\"".as_ptr(), null_mut());
            let status = match ask.whom {
                Whom::Ids(ids) => {
                    let (ids, n) = (ids.as_ptr(), ids.len());
                    uc_client_mass_update(client, ids, n, attribute, value, run, &mut report)
                }
                Whom::Custom(ids) => {
                    let ids: Vec<CString> = ids.iter().map(|id| text(id.as_str())).collect();
                    let ids: Vec<*const c_char> = ids.iter().map(|id| id.as_ptr()).collect();
                    let n = ids.len();
                    uc_client_mass_update_custom_ids(
                        client,
                        ids.as_ptr(),
                        n,
                        attribute,
                        value,
                        run,
                        &mut report,
                    )
                }
            };
            uc_run_options_free(run);
            uc_client_free(client);
            let message = said(uc_report_message(report));
            assert_eq!(status, uc_report_status(report), "{message}");
            assert!(status == 0 || message.starts_with(&said(uc_last_error())), "{}", said(uc_last_error()));
            let told = Told {
                status,
                counts: [
                    uc_report_not_attempted(report),
                    uc_report_confirmed(report),
                    uc_report_rejected(report),
                    uc_report_unknown(report),
                ],
                states: states(report),
                failures: (0..uc_report_failure_count(report)).map(|k| failed(report, k)).collect(),
                texts: format!("{message}\n{}", said(uc_report_json(report))),
                message,
            };
            uc_report_free(report);
            Some(told)
        }
    }

    /// # Safety
    /// A live report.
    unsafe fn states(report: ptr) -> Vec<u8> {
        // SAFETY: the caller promises it; there is room for all.
        unsafe {
            let mut states = vec![0; uc_report_total(report)];
            assert_eq!(uc_report_states(report, states.as_mut_ptr(), states.len()), 0);
            states
        }
    }

    /// # Safety
    /// A live report with more than `k` failures.
    unsafe fn failed(report: ptr, k: usize) -> Failed {
        let (mut index, mut http_status, mut message) = (0, 0, null());
        // SAFETY: the caller promises it; there is room for each.
        unsafe {
            assert_eq!(uc_report_failure(report, k, &mut index, &mut http_status, &mut message), 0);
            let http_status = (http_status != 0).then_some(http_status as u16);
            Failed { index, http_status, message: said(message) }
        }
    }
}
