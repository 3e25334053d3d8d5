//! The same update through the C functions, with its options set by name.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::ptr::null_mut;

use usercom::ffi::*;

fn text(text: String) -> CString {
    CString::new(text).unwrap()
}

/// The status, the state of each id, and everything that is said.
pub fn update(
    url: &str,
    token: &str,
    ids: &[i64],
    client: &[(&str, String)],
    run: &[(&str, String)],
) -> (i32, Vec<u8>, String) {
    let (url, token) = (text(format!("{url:?}")), text(token.to_owned()));
    // SAFETY: live handles, strings that end with a NUL, and as many ids and states as said.
    unsafe {
        let (options, run_options) = (uc_options_new(), uc_run_options_new());
        assert_eq!(uc_options_set(options, c"base_url".as_ptr(), url.as_ptr()), 0);
        assert_eq!(uc_options_set_rate_limit(options, 0, 0), 0);
        for (name, json) in client {
            let (name, json) = (text((*name).to_owned()), text(json.clone()));
            assert_eq!(uc_options_set(options, name.as_ptr(), json.as_ptr()), 0);
        }
        for (name, json) in run {
            let (name, json) = (text((*name).to_owned()), text(json.clone()));
            assert_eq!(uc_run_options_set(run_options, name.as_ptr(), json.as_ptr()), 0);
        }
        let (mut client, mut report) = (null_mut(), null_mut());
        assert_eq!(uc_client_new(c"acme".as_ptr(), token.as_ptr(), options, &mut client), 0);
        let (plan, pro) = (c"plan".as_ptr(), c"\"pro\"".as_ptr());
        let status =
            uc_client_mass_update(client, ids.as_ptr(), ids.len(), plan, pro, run_options, &mut report);
        let mut states = vec![0; ids.len()];
        assert_eq!(uc_report_states(report, states.as_mut_ptr(), states.len()), 0);
        let said = CStr::from_ptr(uc_report_text(report)).to_str().unwrap().to_owned();
        let message = CStr::from_ptr(uc_report_message(report)).to_str().unwrap();
        assert!(said.contains(message) && status == uc_report_status(report), "{said}");
        uc_report_free(report);
        uc_client_free(client);
        uc_options_free(options);
        uc_run_options_free(run_options);
        (status, states, said)
    }
}
