//! The C functions, called in any order with all that C can hand over: NULL, no UTF-8, numbers without sense, arrays
//! that aren't there. No crash, and what the header promises of statuses, out-parameters, reports and the last error.
//!
//! A line is a call: a letter for the function, then its arguments, each after a bar. There is one handle of each type,
//! and none at first. Nothing is sent: a run is a dry one, was cancelled before it began, or is invalid.
#![no_main]

mod arguments;
#[path = "../../../tests/support/capi.rs"]
mod capi;
mod promises;

use std::ffi::c_int;
use std::ptr::{null, null_mut};

use arguments::{Arguments, List, Owned, number};
use capi::*;
use libfuzzer_sys::fuzz_target;
use promises::{CANCELLED, DRY_RUN, INVALID, OK, TLS, call, said, set, silent, userdata};
// Its functions are called by name only.
use usercom as _;

/// Where nobody is: the only address for runs that aren't dry.
const NOWHERE: &str = "http://127.0.0.1:1";
/// Of one input, so that each is fast.
const MOST_CALLS: usize = 25;

// SAFETY: no other thread is there yet.
fuzz_target!(init: unsafe { std::env::set_var("USERCOM_BASE_URL", NOWHERE) }, |bytes: &[u8]| {
    let mut program = Program::new();
    for line in bytes.split(|byte| *byte == b'\n').take(MOST_CALLS) {
        let (function, rest) = line.split_first().unwrap_or((&0, b""));
        program.call(*function, &mut Arguments(rest));
    }
    program.end();
});

/// The program that makes the calls, with its handles.
///
/// Each is live or NULL. Strings end with a NUL or are NULL; arrays are as long as is said, NULL, or said to be longer
/// than any can be.
struct Program {
    options: *mut uc_options,
    client: *mut uc_client,
    run: *mut uc_run_options,
    cancel: *mut uc_cancel,
    report: *mut uc_report,
    /// Whether options and client have [`NOWHERE`] for their address.
    options_nowhere: bool,
    client_nowhere: bool,
    /// Whether runs have a journal.
    journal: bool,
    /// Whether runs have the handle to cancel them, and whether it was asked to.
    cancels: bool,
    cancelled: bool,
}

impl Program {
    fn new() -> Program {
        Program {
            options: null_mut(),
            client: null_mut(),
            run: null_mut(),
            cancel: null_mut(),
            report: null_mut(),
            options_nowhere: false,
            client_nowhere: false,
            journal: false,
            cancels: false,
            cancelled: false,
        }
    }

    fn call(&mut self, function: u8, words: &mut Arguments<'_>) {
        match function {
            b'a'..=b'l' => self.set_of_client(function, words),
            b'm'..=b'v' => self.set_of_run(function, words),
            b'A'..=b'L' => self.handle(function, words),
            b'1'..=b'5' => self.update(function, words),
            b'6' => self.look(words),
            b'7' => assert!(!silent(|| said(uc_status_message(words.number() as c_int))).is_empty()),
            _ => {}
        }
    }

    fn end(mut self) {
        for free in *b"BKEHLF" {
            self.call(free, &mut Arguments(b""));
        }
    }

    fn set_of_client(&mut self, function: u8, words: &mut Arguments<'_>) {
        let (options, text) =
            (self.options, if b"abij".contains(&function) { words.text() } else { Owned::none() });
        // SAFETY: as promised above.
        let taken = set(options, || unsafe {
            match function {
                b'a' => uc_options_set_base_url(options, text.ptr()),
                b'b' => uc_options_set_method(options, text.ptr()),
                b'c' => uc_options_set_api_version(options, words.number() as u32),
                b'd' => uc_options_set_request_timeout_ms(options, words.number()),
                b'e' => uc_options_set_batch_size(options, words.number() as usize),
                b'f' => uc_options_set_workers(options, words.number() as u32),
                b'g' => uc_options_set_rate_limit(options, words.number() as u32, words.number()),
                b'h' => uc_options_set_max_attempts(options, words.number() as u32),
                b'i' => uc_options_set_proxy(options, text.ptr()),
                b'j' => uc_options_set_ca_file(options, text.ptr()),
                b'k' => {
                    uc_options_set_log(options, Some(promises::log), userdata(0), words.number() as c_int)
                }
                _ => uc_options_set_log(options, None, null_mut(), words.number() as c_int),
            }
        });
        if taken && function == b'a' {
            self.options_nowhere = text.is(NOWHERE);
        }
    }

    fn set_of_run(&mut self, function: u8, words: &mut Arguments<'_>) {
        let (run, text) = (self.run, if function == b'p' { words.text() } else { Owned::none() });
        // SAFETY: as promised above.
        let taken = set(run, || unsafe {
            match function {
                b'm' => uc_run_options_set_deadline_ms(run, words.number()),
                b'n' => uc_run_options_set_stall_timeout_ms(run, words.number()),
                b'o' => uc_run_options_set_max_requests(run, words.number()),
                b'p' => uc_run_options_set_journal_dir(run, text.ptr()),
                b'q' => uc_run_options_set_journal_max_age_ms(run, words.number()),
                b'r' => uc_run_options_set_standard_attributes(run, words.number() as c_int),
                b's' => uc_run_options_set_allow_null(run, words.number() as c_int),
                b't' => uc_run_options_set_dry_run(run, words.number() as c_int),
                b'u' => uc_run_options_set_progress(run, Some(promises::progress), userdata(words.number())),
                _ => uc_run_options_set_cancel(run, self.cancel),
            }
        });
        match function {
            b'p' if taken => self.journal = !text.ptr().is_null(),
            b'v' if taken => self.cancels = !self.cancel.is_null(),
            _ => {}
        }
    }

    fn handle(&mut self, function: u8, words: &mut Arguments<'_>) {
        let none = &mut Arguments(b"");
        // SAFETY: as promised above; what is freed is forgotten.
        unsafe {
            match function {
                b'A' => {
                    self.call(b'B', none);
                    self.options = silent(|| uc_options_new());
                }
                b'B' => {
                    silent(|| uc_options_free(self.options));
                    (self.options, self.options_nowhere) = (null_mut(), false);
                }
                b'C' => {
                    let (options, subdomain, token) = (self.options, words.text(), words.text());
                    let new = |out| uc_client_new(subdomain.ptr(), token.ptr(), options, out);
                    self.client(&[OK, INVALID, TLS], self.options_nowhere, words.is_null(), new);
                }
                b'D' => {
                    let (subdomain, token) = (words.text(), words.text());
                    let new = |out| uc_client_shared(subdomain.ptr(), token.ptr(), out);
                    self.client(&[OK, INVALID], true, words.is_null(), new);
                }
                b'E' => {
                    silent(|| uc_client_free(self.client));
                    self.client = null_mut();
                }
                b'F' => silent(|| uc_shutdown()),
                b'G' => {
                    self.call(b'H', none);
                    self.run = silent(|| uc_run_options_new());
                }
                b'H' => {
                    silent(|| uc_run_options_free(self.run));
                    (self.run, self.journal, self.cancels) = (null_mut(), false, false);
                }
                b'I' => {
                    self.call(b'K', none);
                    self.cancel = silent(|| uc_cancel_new());
                }
                b'J' => {
                    silent(|| uc_cancel_request(self.cancel));
                    self.cancelled = !self.cancel.is_null();
                }
                b'K' => {
                    let cancel = std::mem::replace(&mut self.cancel, null_mut());
                    // It must live until the runs return that were given it.
                    self.call(b'v', none);
                    silent(|| uc_cancel_free(cancel));
                    self.cancelled = false;
                }
                _ => {
                    silent(|| uc_report_free(self.report));
                    self.report = null_mut();
                }
            }
        }
    }

    fn client(
        &mut self,
        expected: &[c_int],
        nowhere: bool,
        no_out: bool,
        new: impl FnOnce(*mut *mut uc_client) -> c_int,
    ) {
        self.call(b'E', &mut Arguments(b""));
        if no_out {
            call(&[INVALID], || new(null_mut()));
            return;
        }
        // Something that is to be overwritten.
        self.client = userdata(0).cast();
        let status = call(expected, || new(&mut self.client));
        assert_ne!(self.client, userdata(0).cast());
        assert_eq!(status == OK, !self.client.is_null());
        self.client_nowhere = nowhere;
    }

    fn update(&mut self, function: u8, words: &mut Arguments<'_>) {
        let account = if function == b'1' { Some((words.text(), words.text())) } else { None };
        let texts = words.list();
        let (mut ids, mut custom_ids) = (texts.map(|id| number(id.bytes()) as i64), texts.map(Owned::ptr));
        if self.run.is_null() || account.is_some() {
            // What is right would be sent.
            ids.spoil(0);
            custom_ids.spoil(null());
        }
        let n = ids.len();
        let rows = b"45".contains(&function);
        let (index, json_values) =
            if rows { (words.list(), words.list()) } else { (List::none(), List::none()) };
        let (index, values) =
            (index.map(|at| number(at.bytes()) as u32).stretched(n), json_values.map(Owned::ptr));
        let (attr, value) = (words.text(), if rows { Owned::none() } else { words.text() });
        let (ids, custom_ids, index) = (ids.ptr(), custom_ids.ptr(), index.ptr());
        let (values, n_values, attr, value) = (values.ptr(), values.len(), attr.ptr(), value.ptr());
        if let Some((subdomain, token)) = account {
            // SAFETY: as promised above.
            let one_shot = || unsafe { uc_mass_update(subdomain.ptr(), token.ptr(), ids, n, attr, value) };
            call(&[OK, INVALID], one_shot);
            return;
        }
        // SAFETY: as promised above.
        self.run(n, words.is_null(), |client, run, out| unsafe {
            match function {
                b'2' => uc_client_mass_update(client, ids, n, attr, value, run, out),
                b'3' => uc_client_mass_update_custom_ids(client, custom_ids, n, attr, value, run, out),
                b'4' => uc_client_mass_update_rows(client, ids, index, n, values, n_values, attr, run, out),
                _ => uc_client_mass_update_rows_custom_ids(
                    client, custom_ids, index, n, values, n_values, attr, run, out,
                ),
            }
        });
    }

    /// Runs an update in a way that sends nothing.
    fn run(
        &mut self,
        n: usize,
        no_report: bool,
        update: impl FnOnce(*const uc_client, *const uc_run_options, *mut *mut uc_report) -> c_int,
    ) {
        let harmless = self.client_nowhere && self.cancels && self.cancelled && !self.journal;
        if !self.run.is_null() && !harmless {
            self.call(b't', &mut Arguments(b"|1"));
        }
        let client = if self.client_nowhere || !self.run.is_null() { self.client } else { null_mut() };
        let expected: &[_] = if client.is_null() { &[INVALID] } else { &[OK, CANCELLED, DRY_RUN, INVALID] };
        self.call(b'L', &mut Arguments(b""));
        if no_report {
            call(expected, || update(client, self.run, null_mut()));
            return;
        }
        // Something that is to be overwritten.
        self.report = userdata(0).cast();
        let status = call(expected, || update(client, self.run, &mut self.report));
        assert_ne!(self.report, userdata(0).cast());
        // SAFETY: a live report.
        unsafe { promises::report(self.report, status, if status == INVALID { 0 } else { n }) };
    }

    fn look(&mut self, words: &mut Arguments<'_>) {
        let (report, index, n, k) = (self.report, words.number(), words.number(), words.number());
        // SAFETY: as promised above; a report takes as many states as it has and no other number.
        unsafe {
            let total = silent(|| uc_report_total(report));
            let state = silent(|| uc_report_state(report, index as usize));
            assert_eq!(state, if (index as usize) < total { 0 } else { -1 });
            let mut states = vec![7; total];
            let right = !report.is_null() && n as usize == total;
            let expected = if right { &[OK] } else { &[INVALID] };
            call(expected, || uc_report_states(report, states.as_mut_ptr(), n as usize));
            assert!(states.iter().all(|state| *state == if right { 0 } else { 7 }));
            let k = k as usize;
            call(&[INVALID], || uc_report_failure(report, k, null_mut(), null_mut(), null_mut()));
            let status = silent(|| uc_report_status(report));
            assert!([OK, CANCELLED, DRY_RUN, INVALID].contains(&status));
            assert_eq!(report.is_null(), silent(|| said(uc_report_message(report))).is_empty());
            let json = silent(|| said(uc_report_json(report)));
            assert!(json.starts_with('{') && json.ends_with('}'), "{json}");
        }
    }
}
