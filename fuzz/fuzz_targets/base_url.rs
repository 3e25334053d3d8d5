//! Base URLs and subdomains. A valid one has a scheme, a host and a port and nothing else, and parses to itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usercom::fuzzing::{base_url, subdomain_url};

fuzz_target!(|text: &str| {
    if let Some((url, https, loopback)) = base_url(text) {
        assert!(https || loopback, "{url}: the token would go over the network in plain text");
        let rest = url.strip_prefix(if https { "https://" } else { "http://" }).expect("a scheme");
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
        assert!(!rest.is_empty() && rest.chars().all(allowed), "{url}");
        assert_eq!(base_url(&url), Some((url.clone(), https, loopback)), "parsed again it is another");
    }
    if let Some(url) = subdomain_url(text) {
        assert_eq!(url, format!("https://{}.user.com", text.to_ascii_lowercase()));
        assert_eq!(base_url(&url), Some((url.clone(), true, false)));
    }
});
