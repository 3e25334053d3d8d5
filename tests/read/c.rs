//! The C functions for reading, as a C program sees them.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::{null, null_mut};

use usercom::ffi::*;
use usercom::sandbox::{Options, TOKEN};

use crate::{Shop, USERS};

const INVALID: c_int = 10;

/// # Safety
/// A live string that ends with a NUL.
unsafe fn said(text: *const c_char) -> String {
    // SAFETY: the caller promises it.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
}

fn last_error() -> String {
    // SAFETY: the buffer always ends with a NUL.
    unsafe { said(uc_last_error()) }
}

/// A client for a shop, freed at its end.
struct Client(*mut uc_client);

impl Client {
    fn new(shop: &Shop) -> Client {
        let (token, url) = (CString::new(TOKEN).unwrap(), CString::new(shop.sandbox.url()).unwrap());
        let mut client = null_mut();
        // SAFETY: live handles, strings that end with a NUL, room for a pointer.
        unsafe {
            let options = uc_options_new();
            assert_eq!(uc_options_set_base_url(options, url.as_ptr()), 0);
            assert_eq!(uc_options_set_rate_limit(options, 0, 1), 0);
            assert_eq!(uc_client_new(c"acme".as_ptr(), token.as_ptr(), options, &mut client), 0);
            uc_options_free(options);
        }
        Client(client)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: from `uc_client_new`.
        unsafe { uc_client_free(self.0) };
    }
}

#[test]
fn a_check() {
    let shop = Shop::new(USERS, Options::default());
    let client = Client::new(&shop);
    let values = [c"5".as_ptr(), c"\"many\"".as_ptr()];
    // SAFETY: live handles, strings that end with a NUL, room for what is written.
    unsafe {
        let mut check = null_mut();
        assert_eq!(uc_client_check(client.0, c"visits".as_ptr(), values.as_ptr(), 2, &mut check), 0);
        assert_eq!((uc_check_status(check), uc_check_count(check)), (INVALID, 8));
        let (mut finding, mut about, mut text) = (-1, null(), null());
        assert_eq!(uc_check_line(check, 0, &mut finding, &mut about, null_mut()), 0);
        assert_eq!((finding, said(about)), (0, "name".to_owned()));
        assert_eq!(uc_check_line(check, 7, &mut finding, &mut about, &mut text), 0);
        assert_eq!((finding, said(about)), (2, "type".to_owned()));
        assert!(said(text).contains("can't be read as integer"), "{}", said(text));
        assert_eq!(uc_check_line(check, 8, &mut finding, &mut about, &mut text), INVALID);
        assert_eq!(last_error(), "k: there is no line 8 (counted from 0)");
        assert_eq!(said(uc_check_text(check)).lines().count(), 8);
        let json: serde_json::Value = serde_json::from_str(&said(uc_check_json(check))).unwrap();
        assert_eq!((&json["passed"], &json["code"]), (&false.into(), &INVALID.into()));
        assert_eq!(json["lines"][7]["finding"], "failed");
        uc_check_free(check);

        assert_eq!(uc_client_check(client.0, null(), null(), 0, &mut check), 0);
        assert_eq!((uc_check_status(check), uc_check_count(check)), (0, 6));
        uc_check_free(check);

        for (status, says) in [
            (uc_client_check(client.0, c"a".as_ptr(), null(), 1, &mut check), "values: is NULL"),
            (uc_client_check(null(), null(), null(), 0, &mut check), "client: is NULL"),
            (uc_client_check(client.0, null(), null(), 0, null_mut()), "out: is NULL"),
            (uc_client_check(client.0, null(), [c"x".as_ptr()].as_ptr(), 1, &mut check), "values: entry 0"),
        ] {
            assert_eq!(status, INVALID, "{says}");
        }
        assert!(check.is_null() && last_error().starts_with("values: entry 0"), "{}", last_error());
        assert_eq!((uc_check_status(null()), uc_check_count(null())), (INVALID, 0));
        assert_eq!((said(uc_check_text(null())).as_str(), said(uc_check_json(null())).as_str()), ("", "{}"));
        uc_check_free(null_mut());
    }
}

#[test]
fn all_users() {
    let shop = Shop::new(USERS, Options { page_size: 2, ..Options::default() });
    let client = Client::new(&shop);
    let names = [c"plan".as_ptr()];
    // SAFETY: as above.
    unsafe {
        let (mut users, mut json) = (null_mut(), null());
        let begun = uc_client_users(client.0, names.as_ptr(), 1, null(), null(), &mut users);
        assert_eq!((begun, shop.sandbox.total()), (0, 0), "nothing is sent yet");
        assert_eq!(said(uc_users_cursor(users)), "");
        let mut all = Vec::new();
        loop {
            assert_eq!(uc_users_next(users, &mut json), 0);
            if json.is_null() {
                break;
            }
            all.push(said(json));
            let (id, email, plan) =
                (uc_users_id(users), uc_users_email(users), uc_users_attribute(users, names[0]));
            let user: serde_json::Value = serde_json::from_str(&all[all.len() - 1]).unwrap();
            assert_eq!((&user["id"], &user["email"]), (&id.into(), &said(email).into()));
            assert_eq!(user["custom_id"], said(uc_users_custom_id(users)));
            let plan = if plan.is_null() { "null".to_owned() } else { said(plan) };
            assert_eq!(user["attributes"]["plan"].to_string(), plan);
            assert!(uc_users_attribute(users, c"nothing".as_ptr()).is_null());
            if all.len() == 1 {
                assert_eq!(said(uc_users_cursor(users)), "page=2");
            }
        }
        assert_eq!(all.len(), 3);
        assert_eq!(
            all[0],
            r#"{"id":1,"custom_id":"u/1","email":"a@x.example","attributes":{"plan":"free"}}"#
        );
        assert!(uc_users_cursor(users).is_null());
        assert_eq!((uc_users_next(users, &mut json), json.is_null()), (0, true), "the end stays");
        uc_users_free(users);

        let cancel = uc_cancel_new();
        assert_eq!(uc_client_users(client.0, null(), 0, c"page=2".as_ptr(), cancel, &mut users), 0);
        assert_eq!(uc_users_next(users, &mut json), 0);
        let third: serde_json::Value = serde_json::from_str(&said(json)).unwrap();
        assert_eq!((&third["id"], &third["attributes"]), (&3.into(), &serde_json::json!({"plan": "free"})));
        uc_users_free(users);
        uc_cancel_request(cancel);
        assert_eq!(uc_client_users(client.0, null(), 0, null(), cancel, &mut users), 0);
        assert_eq!((uc_users_next(users, &mut json), json.is_null()), (2, true));
        assert_eq!(last_error(), "cancelled on request");
        assert_eq!((uc_users_next(users, null_mut()), last_error()), (INVALID, "json: is NULL".to_owned()));
        uc_users_free(users);
        uc_cancel_free(cancel);

        assert_eq!(uc_client_users(client.0, null(), 0, c"a b".as_ptr(), null(), &mut users), INVALID);
        assert!(users.is_null() && last_error().starts_with("cursor: "), "{}", last_error());
        assert_eq!(uc_client_users(null(), null(), 0, null(), null(), &mut users), INVALID);
        assert_eq!(uc_client_users(client.0, null(), 0, null(), null(), null_mut()), INVALID);
        assert_eq!(uc_users_next(null_mut(), &mut json), INVALID);
        assert!(uc_users_cursor(null_mut()).is_null());
        uc_users_free(null_mut());
    }
}

#[test]
fn a_run_that_is_checked_and_verified() {
    let shop = Shop::new(USERS, Options { ignore_bad_values: true, ..Options::default() });
    let client = Client::new(&shop);
    let update = |options, value: &CStr| {
        let (ids, mut report) = ([1_i64, 2, 3], null_mut());
        // SAFETY: as above.
        let status = unsafe {
            let (attribute, value) = (c"visits".as_ptr(), value.as_ptr());
            uc_client_mass_update(client.0, ids.as_ptr(), 3, attribute, value, options, &mut report)
        };
        (status, report)
    };
    // SAFETY: as above.
    unsafe {
        let options = uc_run_options_new();
        assert_eq!(uc_run_options_set_verify(options, 2), 0);
        assert_eq!(uc_run_options_set_preflight(options, 1), 0);
        let (status, report) = update(options, c"9");
        assert_eq!((status, uc_report_verified(report), uc_report_mismatched(report)), (0, 2, 0));
        uc_report_free(report);

        let (status, report) = update(options, c"\"many\"");
        assert_eq!((status, uc_report_total(report), uc_report_verified(report)), (INVALID, 0, 0));
        assert!(last_error().starts_with("value: \"many\" can't be read as integer"), "{}", last_error());
        uc_report_free(report);

        assert_eq!(uc_run_options_set(options, c"preflight".as_ptr(), c"false".as_ptr()), 0);
        assert_eq!(uc_run_options_set(options, c"verify_strict".as_ptr(), c"true".as_ptr()), 0);
        // For the waits before a mismatch is read again.
        assert_eq!(uc_run_options_set_deadline_ms(options, 3000), 0);
        let (status, report) = update(options, c"\"many\"");
        assert_eq!((status, uc_report_confirmed(report), uc_report_mismatched(report)), (5, 3, 2));
        assert_eq!(uc_report_status(report), 5);
        assert!(last_error().starts_with("2 of 2 ids read back"), "{}", last_error());
        let (mut index, mut sent, mut stored) = (9, null(), null());
        assert_eq!(uc_report_mismatch(report, 1, &mut index, &mut sent, &mut stored), 0);
        assert_eq!((index, said(sent), said(stored)), (2, "\"many\"".into(), "9".into()));
        assert_eq!(uc_report_mismatch(report, 1, null_mut(), null_mut(), null_mut()), 0);
        assert_eq!(uc_report_mismatch(report, 2, &mut index, &mut sent, &mut stored), INVALID);
        assert_eq!((index, last_error()), (2, "k: there is no mismatch 2 (counted from 0)".to_owned()));
        assert_eq!(uc_report_mismatch(null(), 0, &mut index, &mut sent, &mut stored), INVALID);
        let json: serde_json::Value = serde_json::from_str(&said(uc_report_json(report))).unwrap();
        assert_eq!((&json["status"], &json["mismatches"][1]["stored"]), (&"mismatch".into(), &"9".into()));
        uc_report_free(report);
        assert_eq!(uc_run_options_set_verify(options, 1001), INVALID);
        assert!(last_error().contains("0 to 1,000"), "{}", last_error());
        assert_eq!((uc_report_verified(null()), uc_report_mismatched(null())), (0, 0));
        uc_run_options_free(options);
    }
}
