//! The structures of the Arrow C data and stream interfaces, and owners that release each of them once.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface.html>

use std::ffi::{CStr, c_char, c_int, c_void};

use super::super::Failure;
use super::super::pointers::array;

#[repr(C)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub private_data: *mut c_void,
}

/// A structure of the interface. All zero is a released one.
pub(super) trait Releasable {
    fn release(&mut self);
    fn is_released(&self) -> bool;
    fn released() -> Self;
}

macro_rules! releasable {
    ($($t:ident)*) => {$(
        impl Releasable for $t {
            fn release(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the producer gave this function for this structure, which was not released.
                    unsafe { release(self) };
                    // Once, whatever the producer has left in here.
                    self.release = None;
                }
            }

            fn is_released(&self) -> bool {
                self.release.is_none()
            }

            fn released() -> $t {
                // SAFETY: integers, pointers and optional functions, all of which may be zero.
                unsafe { std::mem::zeroed() }
            }
        }
    )*};
}
releasable!(ArrowSchema ArrowArray ArrowArrayStream);

/// Owns a structure. It stays where it is: a producer may hold its address between two calls.
pub(super) struct Owned<T: Releasable>(Box<T>);

impl<T: Releasable> Owned<T> {
    pub fn empty() -> Owned<T> {
        Owned(Box::new(T::released()))
    }
}

impl<T: Releasable> std::ops::Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Releasable> Drop for Owned<T> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// A stream that was moved out of the caller's structure.
pub(super) struct Stream(Owned<ArrowArrayStream>);

impl Stream {
    /// Moves it: the caller's structure is a released one afterwards, whatever comes next.
    ///
    /// # Safety
    /// `stream` is NULL or points to a stream of the Arrow C stream interface, or to a released one.
    pub unsafe fn take(stream: *mut ArrowArrayStream) -> Result<Stream, Failure> {
        if stream.is_null() || !stream.is_aligned() {
            return Err(Failure::invalid("stream", "is NULL or not aligned"));
        }
        // SAFETY: not NULL; the caller of the exported function promises a stream there.
        let moved = unsafe { std::ptr::replace(stream, ArrowArrayStream::released()) };
        if moved.is_released() {
            return Err(Failure::invalid("stream", "was released already; a stream can be read once"));
        }
        Ok(Stream(Owned(Box::new(moved))))
    }

    pub fn schema(&mut self) -> Result<Owned<ArrowSchema>, Failure> {
        let mut schema = Owned::empty();
        let Some(get_schema) = self.0.get_schema else { return Err(incomplete("get_schema")) };
        // SAFETY: the producer gave this function for this stream, and there is room for a schema.
        let code = unsafe { get_schema(&mut *self.0.0, &mut *schema.0) };
        self.check(code, "its schema")?;
        if schema.is_released() {
            return Err(Failure::invalid("stream", "has no schema"));
        }
        Ok(schema)
    }

    /// The next array, or `None` at the end.
    pub fn next(&mut self) -> Result<Option<Owned<ArrowArray>>, Failure> {
        let mut array = Owned::empty();
        let Some(get_next) = self.0.get_next else { return Err(incomplete("get_next")) };
        // SAFETY: as above, for an array.
        let code = unsafe { get_next(&mut *self.0.0, &mut *array.0) };
        self.check(code, "its next rows")?;
        Ok((!array.is_released()).then_some(array))
    }

    fn check(&mut self, code: c_int, what: &str) -> Result<(), Failure> {
        if code == 0 {
            return Ok(());
        }
        let said = match self.0.get_last_error {
            // SAFETY: the producer gave this function for this stream, after an error of it.
            Some(get_last_error) => unsafe { get_last_error(&mut *self.0.0) },
            None => std::ptr::null(),
        };
        let words = if said.is_null() {
            String::new()
        } else {
            // SAFETY: not NULL, and the interface promises that it ends with a NUL.
            let text = unsafe { CStr::from_ptr(said) }.to_string_lossy();
            let first: String = text.trim().chars().take(200).collect();
            format!(": {}", first.escape_debug())
        };
        Err(Failure::invalid("stream", format!("failed to give {what} (error {code}){words}")))
    }
}

fn incomplete(function: &str) -> Failure {
    Failure::invalid("stream", format!("has no function {function}"))
}

/// Child `k` of a structure.
///
/// # Safety
/// As [`array`], and each pointer is NULL or points to a structure that lives as long as `'a`.
unsafe fn child<'a, T>(children: *mut *mut T, k: usize) -> Result<&'a T, Failure> {
    // SAFETY: the caller promises it.
    let pointers = unsafe { array(children.cast_const(), k + 1, "stream") }?;
    let child = pointers.get(k).filter(|pointer| pointer.is_aligned());
    // SAFETY: as above.
    child
        .and_then(|pointer| unsafe { pointer.as_ref() })
        .ok_or_else(|| Failure::invalid("stream", "has NULL for a column"))
}

impl ArrowSchema {
    /// Child `k`, which must be below `n_children`.
    pub(super) fn child(&self, k: usize) -> Result<&ArrowSchema, Failure> {
        // SAFETY: the producer promises `n_children` schemas, which live as long as this one.
        unsafe { child(self.children, k) }
    }

    pub(super) fn dictionary(&self) -> Option<&ArrowSchema> {
        // SAFETY: NULL or a schema that lives as long as this one.
        unsafe { self.dictionary.as_ref() }
    }

    pub(super) fn format(&self) -> Result<&str, Failure> {
        // SAFETY: NULL or a string that lives as long as this schema.
        unsafe { super::super::pointers::text(self.format, "stream") }
    }

    /// The value of a key in the metadata.
    pub(super) fn metadata(&self, key: &str) -> Option<&[u8]> {
        let mut at = 0;
        let mut next = |length: usize| {
            if self.metadata.is_null() {
                return None;
            }
            // SAFETY: the interface has no length of the whole: as many pairs as its first number says, each text
            // with its length before it. Nothing beyond them is read.
            let bytes = unsafe { array(self.metadata.cast::<u8>().wrapping_add(at), length, "stream") };
            at += length;
            bytes.ok()
        };
        let number = |bytes: &[u8]| Some(i32::from_ne_bytes(bytes.try_into().ok()?));
        for _ in 0..number(next(4)?)? {
            let length = usize::try_from(number(next(4)?)?).ok()?;
            let found = next(length)? == key.as_bytes();
            let length = usize::try_from(number(next(4)?)?).ok()?;
            let value = next(length)?;
            if found {
                return Some(value);
            }
        }
        None
    }
}

impl ArrowArray {
    /// Child `k`, which must be below `n_children`.
    pub(super) fn child(&self, k: usize) -> Result<&ArrowArray, Failure> {
        // SAFETY: the producer promises `n_children` arrays, which live as long as this one.
        unsafe { child(self.children, k) }
    }

    pub(super) fn dictionary(&self) -> Option<&ArrowArray> {
        // SAFETY: NULL or an array that lives as long as this one.
        unsafe { self.dictionary.as_ref() }
    }

    /// The first `bytes` of a buffer. The interface does not say how many it has: the producer promises as many as its
    /// lengths and offsets need. `None` for NULL.
    pub(super) fn buffer(&self, k: usize, bytes: usize) -> Result<Option<&[u8]>, Failure> {
        if usize::try_from(self.n_buffers).is_ok_and(|n| n <= k) || self.n_buffers < 0 {
            let problem = format!("is malformed: a column has {} buffers and needs more", self.n_buffers);
            return Err(Failure::invalid("stream", problem));
        }
        // SAFETY: the producer promises `n_buffers` pointers.
        let buffers = unsafe { array(self.buffers.cast_const(), k + 1, "stream") }?;
        match buffers.get(k) {
            None => Ok(None),
            Some(first) if first.is_null() => Ok(None),
            // SAFETY: the producer promises this many bytes, as above.
            Some(first) => unsafe { array(first.cast::<u8>(), bytes, "stream") }.map(Some),
        }
    }
}
