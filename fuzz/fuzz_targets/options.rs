//! Options that are set by name, as all languages but Rust do it. Any names and values: no panic; what is accepted reads
//! back as it was given and changes nothing else; what is refused changes nothing and is named in the message.
#![no_main]

use std::ffi::{CStr, CString, c_char, c_int};
use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use serde_json::Value as Json;
use usercom::ffi::*;
use usercom::fuzzing::options::{Settings, names, of_client, of_run};

static NAMES: LazyLock<(Vec<String>, Vec<String>)> = LazyLock::new(names);
const INVALID: c_int = 10;

fuzz_target!(|bytes: &[u8]| {
    let _ = play(&mut Unstructured::new(bytes));
});

fn play(u: &mut Unstructured<'_>) -> Result<()> {
    let handles = Handles { client: uc_options_new(), run: uc_run_options_new() };
    for _ in 0..u.int_in_range(1..=12)? {
        let is_client = u.arbitrary()?;
        let known = if is_client { &NAMES.0 } else { &NAMES.1 };
        let name = match u.int_in_range(0..=9)? {
            0 => text(u)?,
            1 => u.choose(if is_client { &NAMES.1 } else { &NAMES.0 })?.clone(),
            _ => u.choose(known)?.clone(),
        };
        let value = value(u)?;
        handles.set(is_client, &name, value.as_deref());
    }
    Ok(())
}

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(u.arbitrary::<&str>()?.replace('\0', ""))
}

/// A JSON text, mostly; `None` is NULL.
fn value(u: &mut Unstructured<'_>) -> Result<Option<String>> {
    let quoted = |text: &str| Json::from(text).to_string();
    Ok(Some(match u.int_in_range(0..=11)? {
        0 => return Ok(None),
        1 => text(u)?,
        2 => "null".to_owned(),
        3 => u.arbitrary::<bool>()?.to_string(),
        4 => u.arbitrary::<u64>()?.to_string(),
        5 => u.int_in_range(0..=12_000)?.to_string(),
        6 => u.arbitrary::<f64>()?.to_string(),
        7 => {
            let (requests, per) = (u.arbitrary::<u16>()?, u.arbitrary::<u16>()?);
            format!("{{\"requests\": {requests}, \"per_ms\": {per}}}")
        }
        8 => quoted(u.choose(&["PUT", "POST", "put", "process", "host", "", "/tmp", "."])?),
        9 => quoted(u.choose(&[
            "http://127.0.0.1:1",
            "https://A.user.com/",
            "http://[::1]:80",
            "http://u:p@h:1",
        ])?),
        10 => {
            let (user, host, port) = (text(u)?, text(u)?, u.arbitrary::<u16>()?);
            quoted(&format!("http://{user}@{host}:{port}"))
        }
        _ => quoted(&text(u)?),
    }))
}

struct Handles {
    client: *mut uc_options,
    run: *mut uc_run_options,
}

impl Handles {
    fn now(&self, is_client: bool) -> Settings {
        // SAFETY: both live until `self` is dropped, and there is one thread.
        unsafe { if is_client { of_client(&*self.client) } else { of_run(&*self.run) } }
    }

    fn call(&self, is_client: bool, name: &CStr, value: Option<&CStr>) -> c_int {
        let value: *const c_char = value.map_or(std::ptr::null(), CStr::as_ptr);
        // SAFETY: as above; the strings end with a NUL.
        unsafe {
            match is_client {
                true => uc_options_set(self.client, name.as_ptr(), value),
                false => uc_run_options_set(self.run, name.as_ptr(), value),
            }
        }
    }

    fn set(&self, is_client: bool, name: &str, value: Option<&str>) {
        // What the file system has decides about a file.
        if name == "ca_file" && value.is_some_and(|value| value.contains("/dev/")) {
            return;
        }
        let (c_name, c_value) = (CString::new(name), value.map(CString::new).transpose());
        let (Ok(c_name), Ok(c_value)) = (c_name, c_value) else { return };
        let before = self.now(is_client);
        let status = self.call(is_client, &c_name, c_value.as_deref());
        let after = self.now(is_client);
        if status != 0 {
            assert_eq!(status, INVALID, "{name} {value:?}");
            assert_eq!(before, after, "{name} {value:?} was refused");
            // SAFETY: the message lives until the next call of this thread.
            let said = unsafe { CStr::from_ptr(uc_last_error()) }.to_string_lossy().into_owned();
            let shown = name.escape_debug().to_string();
            assert!(said.starts_with(&format!("{shown}: ")), "{name:?}: {said}");
            return;
        }
        for (other, set) in &after {
            assert!(other == name || before.get(other) == Some(set), "{name} has changed {other}");
        }
        let read = after.get(name).unwrap_or_else(|| panic!("{name} is no option, and was accepted"));
        let json: Json = serde_json::from_str(value.unwrap_or("null")).expect("JSON was accepted");
        self.check(is_client, name, &json, read);
        // The same again is the same.
        assert_eq!(self.call(is_client, &c_name, c_value.as_deref()), 0);
        assert_eq!(self.now(is_client), after, "{name} {value:?} again");
    }

    /// Whether what was accepted is what is read.
    fn check(&self, is_client: bool, name: &str, json: &Json, read: &str) {
        let fresh = Handles { client: uc_options_new(), run: uc_run_options_new() };
        let default = &fresh.now(is_client)[name];
        match json {
            Json::Null => assert_eq!(read, default, "{name} is its default"),
            Json::Bool(on) => assert_eq!(read, on.to_string(), "{name}"),
            Json::Number(number) if name.ends_with("_ms") => {
                let ms = number.as_u64().expect("whole milliseconds");
                assert_eq!(read, (u128::from(ms) * 1_000_000).to_string(), "{name}");
            }
            Json::Number(number) => assert_eq!(read, number.to_string(), "{name}"),
            Json::Object(rate) => {
                let (requests, per) = (rate["requests"].as_u64(), rate["per_ms"].as_u64());
                let (requests, per) = (requests.expect("a number"), per.expect("a number"));
                let wanted = format!("{requests} in {}", u128::from(per) * 1_000_000);
                assert_eq!(read, if requests == 0 { "0" } else { &wanted }, "{name}");
            }
            Json::String(text) if name == "base_url" => {
                let read: String = serde_json::from_str(read).expect("a text");
                let given = text.trim_end_matches('/').to_ascii_lowercase();
                assert!(given.starts_with(&read) || read.starts_with(&given), "{text}: {read}");
            }
            Json::String(text) if name == "proxy" && !text.is_empty() => {
                let host = read.rsplit(' ').nth(1).expect("a host");
                assert!(
                    !host.is_empty() && text.to_lowercase().contains(&host.to_lowercase()),
                    "{text}: {read}"
                );
            }
            Json::String(_) if name == "ca_file" => {}
            Json::String(text) => assert_eq!(read, Json::from(text.as_str()).to_string(), "{name}"),
            Json::Array(_) => panic!("{name} is no list"),
        }
    }
}

impl Drop for Handles {
    fn drop(&mut self) {
        // SAFETY: both are freed once.
        unsafe {
            uc_options_free(self.client);
            uc_run_options_free(self.run);
        }
    }
}
