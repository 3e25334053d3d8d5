//! The verdict on a response. Whatever a server sends: no panic, no confirmation without a complete 2xx, and only
//! messages that are safe to show.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use usercom::fuzzing::judge_response;

fuzz_target!(|bytes: &[u8]| {
    let [a, b, how, sent, body @ ..] = bytes else { return };
    // Mostly statuses that exist.
    let any = u16::from_be_bytes([*a, *b]);
    let known = [200, 200, 200, 202, 204, 400, 404, 409, 413, 422, 401, 429, 500, 503];
    let status = if how & 0x80 == 0 { known[usize::from(any) % known.len()] } else { any };
    let framing = how & 3;
    let wait = (how & 4 != 0).then(|| Duration::from_secs(u64::from(any)));
    let judged = judge_response(status, framing, how & 8 != 0, wait, body, usize::from(*sent));
    if judged.confirmed {
        assert!((200..300).contains(&status), "confirmed by {status}");
        assert!(framing < 2, "confirmed by a truncated response");
        let empty = body.iter().all(u8::is_ascii_whitespace);
        assert!(framing == 0 || !empty, "confirmed by nothing");
        let first = body.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        assert!(first != Some(b'<'), "confirmed by a web page");
    }
    assert!(judged.message.chars().count() <= 256, "{} characters", judged.message.chars().count());
    assert!(!judged.message.chars().any(char::is_control), "{:?}", judged.message);
});
