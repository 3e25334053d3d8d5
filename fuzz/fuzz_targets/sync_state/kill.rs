//! What a process leaves behind that is killed at any of its system calls, or within one that writes.

use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::ffi;

/// The files of a directory.
pub type Image = BTreeMap<PathBuf, Vec<u8>>;

/// The process that may be killed.
static PROCESS: Mutex<Option<Process>> = Mutex::new(None);

struct Process {
    dir: PathBuf,
    /// After so many more system calls it is dead.
    calls: u32,
    left: Option<Image>,
}

/// From now on SQLite's system calls go through here.
pub fn watch() {
    let set = |name: &std::ffi::CStr, function: *const ()| {
        // SAFETY: the functions have the types of those that they replace; SQLite keeps the pointers for ever.
        unsafe {
            let vfs = ffi::sqlite3_vfs_find(std::ptr::null());
            let set = (*vfs).xSetSystemCall.expect("SQLite lets its calls be replaced");
            let function: ffi::sqlite3_syscall_ptr = std::mem::transmute(function);
            assert_eq!(set(vfs, name.as_ptr(), function), ffi::SQLITE_OK, "{name:?}");
        }
    };
    set(c"pwrite64", pwrite as *const ());
    set(c"pwrite", pwrite as *const ());
    set(c"ftruncate", ftruncate as *const ());
    set(c"unlink", unlink as *const ());
}

/// Begins a process that dies at this system call.
pub fn begin(dir: &Path, calls: u32) {
    *PROCESS.lock().expect("one thread") = Some(Process { dir: dir.to_owned(), calls, left: None });
}

/// Whether it is dead.
pub fn is_dead() -> bool {
    PROCESS.lock().expect("one thread").as_ref().is_some_and(|process| process.left.is_some())
}

/// What it has left behind, if it is dead.
pub fn end() -> Option<Image> {
    PROCESS.lock().expect("one thread").take().and_then(|process| process.left)
}

pub fn image(dir: &Path) -> Image {
    let Ok(entries) = std::fs::read_dir(dir) else { return Image::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter_map(|path| std::fs::read(&path).ok().map(|bytes| (path, bytes))).collect()
}

pub fn restore(dir: &Path, image: &Image) {
    for path in self::image(dir).into_keys() {
        let _ = std::fs::remove_file(path);
    }
    for (path, bytes) in image {
        std::fs::write(path, bytes).expect("a file is written");
    }
}

fn called() {
    let mut process = PROCESS.lock().expect("one thread");
    let Some(process) = process.as_mut().filter(|process| process.left.is_none()) else { return };
    match process.calls {
        0 => process.left = Some(image(&process.dir)),
        _ => process.calls -= 1,
    }
}

extern "C" fn pwrite(file: c_int, bytes: *const c_void, n: usize, at: i64) -> isize {
    called();
    let half = n / 2;
    // SAFETY: SQLite gives its own file and `n` bytes.
    unsafe {
        let first = libc::pwrite64(file, bytes, half, at);
        if first != half as isize {
            return first;
        }
        called();
        let second = libc::pwrite64(file, bytes.byte_add(half), n - half, at + half as i64);
        if second < 0 { second } else { first + second }
    }
}

extern "C" fn ftruncate(file: c_int, length: i64) -> c_int {
    called();
    // SAFETY: SQLite gives its own file.
    unsafe { libc::ftruncate64(file, length) }
}

extern "C" fn unlink(path: *const libc::c_char) -> c_int {
    called();
    // SAFETY: SQLite gives a string.
    unsafe { libc::unlink(path) }
}
