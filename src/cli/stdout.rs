//! Standard output: what is written to it has arrived, or it is an error.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use same_file::Handle;

/// Prints in one piece.
pub fn print(text: &str) -> io::Result<()> {
    if was_closed() {
        return Err(io::Error::new(io::ErrorKind::BrokenPipe, "standard output is closed"));
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints an event with these fields, an object, while a run lasts. A failure is told at the end: no run is stopped for
/// it.
pub fn print_event(event: &str, fields: &serde_json::Value) {
    let fields = fields.to_string();
    let text = format!("{{\"event\":\"{event}\",{}\n", fields.trim_start_matches('{'));
    if print(&text).is_err() {
        EVENT_LOST.store(true, Ordering::Relaxed);
    }
}

/// Whether one of the events could not be printed.
pub fn lost_event() -> bool {
    EVENT_LOST.load(Ordering::Relaxed)
}

static EVENT_LOST: AtomicBool = AtomicBool::new(false);

/// The file that it goes to, if it goes to one.
pub fn file() -> Option<Handle> {
    let handle = Handle::stdout().ok()?;
    handle.as_file().metadata().is_ok_and(|found| found.is_file()).then_some(handle)
}

/// Whether the program was started without one (`>&-`).
pub fn was_closed() -> bool {
    WAS_CLOSED.load(Ordering::Relaxed)
}

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Rust's runtime puts /dev/null in the place of a closed standard output before `main`, where everything that is
/// printed would seem to arrive.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "no safe code runs before Rust's runtime")]
mod before_main {
    use std::sync::atomic::Ordering;

    #[used]
    // SAFETY: the loader calls every pointer in this section as a C function.
    #[unsafe(link_section = ".init_array")]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: only asks for the flags of a descriptor, which need not exist.
        let flags = unsafe { libc::fcntl(1, libc::F_GETFD) };
        super::WAS_CLOSED.store(flags == -1, Ordering::Relaxed);
    }
}
