//! What [`api`](super::api) asks for, through the C functions.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use super::api::{Ask, Log, Setting, Targets, number};
use super::capi::*;
use super::oracle::{Failed, Outcome};

fn text(text: impl Into<Vec<u8>>) -> CString {
    CString::new(text).unwrap()
}

fn pointers(texts: &[CString]) -> Vec<*const c_char> {
    texts.iter().map(|text| text.as_ptr()).collect()
}

/// # Safety
/// A live string that ends with a NUL.
unsafe fn said(text: *const c_char) -> String {
    // SAFETY: the caller promises it.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
}

fn ok(status: c_int) {
    assert_eq!(status, 0);
}

/// Whose option it is.
#[derive(Clone, Copy)]
enum Of {
    Client(*mut uc_options),
    Run(*mut uc_run_options),
}

/// # Safety
/// A live handle.
unsafe fn set(of: Of, (name, json): &Setting) {
    let (name, json) = (text(*name), text(json.to_string()));
    // SAFETY: the caller promises it; strings end with a NUL.
    ok(unsafe {
        match of {
            Of::Client(options) => uc_options_set(options, name.as_ptr(), json.as_ptr()),
            Of::Run(options) => uc_run_options_set(options, name.as_ptr(), json.as_ptr()),
        }
    });
}

pub struct Cancel(*mut uc_cancel);

// SAFETY: any thread may use it, the header says.
unsafe impl Send for Cancel {}
// SAFETY: as above.
unsafe impl Sync for Cancel {}

impl Cancel {
    pub fn new() -> Cancel {
        Cancel(uc_cancel_new())
    }

    pub fn request(&self) {
        // SAFETY: a live handle.
        unsafe { uc_cancel_request(self.0) };
    }
}

impl Drop for Cancel {
    fn drop(&mut self) {
        // SAFETY: the runs that were given it have borrowed it.
        unsafe { uc_cancel_free(self.0) };
    }
}

pub struct Client {
    handle: *mut uc_client,
    /// The log's userdata.
    _log: Option<Box<Log>>,
}

// SAFETY: any number of threads may use it at once, the header says.
unsafe impl Send for Client {}
// SAFETY: as above.
unsafe impl Sync for Client {}

unsafe extern "C" fn write(log: *mut c_void, _: c_int, line: *const c_char) {
    // SAFETY: the box that the client keeps, and a text for the time of the call.
    unsafe { (*log.cast::<Log>())(&said(line)) };
}

impl Client {
    /// Or why its options are invalid.
    pub fn of(ask: &Ask<'_>) -> Result<Client, String> {
        let (url, token) = (text(ask.server.url()), text(ask.server.token.as_str()));
        let log = ask.log.clone().map(Box::new);
        // SAFETY: live handles, and strings that end with a NUL.
        unsafe {
            let options = uc_options_new();
            ok(uc_options_set_base_url(options, url.as_ptr()));
            ok(uc_options_set_rate_limit(options, 0, 0));
            ask.client_settings.iter().for_each(|setting| set(Of::Client(options), setting));
            if let Some(log) = &log {
                let userdata = (&raw const **log).cast_mut().cast();
                ok(uc_options_set_log(options, Some(write), userdata, 4));
            }
            let mut handle = null_mut();
            let status = uc_client_new(c"acme".as_ptr(), token.as_ptr(), options, &mut handle);
            uc_options_free(options);
            assert_eq!(status == 0, !handle.is_null());
            if status == 0 { Ok(Client { handle, _log: log }) } else { Err(said(uc_last_error())) }
        }
    }

    pub fn run(&self, ask: &Ask<'_>) -> Outcome {
        // SAFETY: live handles.
        unsafe {
            let run = uc_run_options_new();
            ask.run_settings.iter().for_each(|setting| set(Of::Run(run), setting));
            ask.cancel.inspect(|cancel| ok(uc_run_options_set_cancel(run, cancel.c.0)));
            let (status, report) = self.update(ask, run);
            uc_run_options_free(run);
            let told = told(report);
            assert_eq!(status, told.status, "{told}");
            let error = said(uc_last_error());
            assert!(status == 0 || told.message.starts_with(&error), "{error}");
            uc_report_free(report);
            told
        }
    }

    /// # Safety
    /// Live run options.
    unsafe fn update(&self, ask: &Ask<'_>, run: *const uc_run_options) -> (c_int, *mut uc_report) {
        let json = |value: &str| text(serde_json::to_string(value).unwrap());
        let value = json(ask.value);
        let (client, attr, value, mut report) = (self.handle, c"plan".as_ptr(), value.as_ptr(), null_mut());
        // SAFETY: live handles, strings that end with a NUL, and as many ids and values as said.
        let status = unsafe {
            match ask.targets {
                Targets::Ids(ids) => {
                    let (ids, n) = (ids.as_ptr(), ids.len());
                    uc_client_mass_update(client, ids, n, attr, value, run, &mut report)
                }
                Targets::Custom(ids) => {
                    let texts: Vec<CString> = ids.iter().map(|id| text(id.as_str())).collect();
                    let (ids, n) = (pointers(&texts), texts.len());
                    let ids = ids.as_ptr();
                    uc_client_mass_update_custom_ids(client, ids, n, attr, value, run, &mut report)
                }
                Targets::Rows(ids, values, index) => {
                    assert_eq!(ids.len(), index.len());
                    let texts: Vec<CString> = values.iter().map(|value| json(value)).collect();
                    let (values, of) = (pointers(&texts), texts.len());
                    let (ids, index, values, n) = (ids.as_ptr(), index.as_ptr(), values.as_ptr(), ids.len());
                    uc_client_mass_update_rows(client, ids, index, n, values, of, attr, run, &mut report)
                }
            }
        };
        (status, report)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: a live handle; what borrowed it is over.
        unsafe { uc_client_free(self.handle) };
    }
}

/// # Safety
/// A live report.
unsafe fn told(report: *const uc_report) -> Outcome {
    // SAFETY: the caller promises it; there is room for all states.
    unsafe {
        let (message, json) = (said(uc_report_message(report)), said(uc_report_json(report)));
        let mut states = vec![0; uc_report_total(report)];
        ok(uc_report_states(report, states.as_mut_ptr(), states.len()));
        Outcome {
            status: uc_report_status(report),
            requests: uc_report_requests(report) as u64,
            retries: serde_json::from_str::<serde_json::Value>(&json).unwrap()["retries"].as_u64().unwrap(),
            counts: [
                uc_report_not_attempted(report),
                uc_report_confirmed(report),
                uc_report_rejected(report),
                uc_report_unknown(report),
            ],
            states,
            failures: (0..uc_report_failure_count(report)).map(|k| failed(report, k)).collect(),
            texts: format!("{message}\n{json}"),
            message,
        }
    }
}

/// # Safety
/// A live report with more than `k` failures.
unsafe fn failed(report: *const uc_report, k: usize) -> Failed {
    let (mut index, mut http_status, mut message) = (0, 0, null());
    // SAFETY: the caller promises it; there is room for each.
    unsafe {
        ok(uc_report_failure(report, k, &mut index, &mut http_status, &mut message));
        let http_status = (http_status != 0).then_some(http_status as u16);
        Failed { index, http_status, message: said(message) }
    }
}
