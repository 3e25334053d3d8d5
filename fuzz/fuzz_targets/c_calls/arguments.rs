//! What a line of the input hands over.

use std::ffi::{CString, c_char};
use std::ptr::null;

/// What is left of a line. `~` is NULL, and so is what isn't there.
pub struct Arguments<'a>(pub &'a [u8]);

impl<'a> Arguments<'a> {
    fn word(&mut self) -> &'a [u8] {
        let Some(rest) = self.0.strip_prefix(b"|") else { return b"~" };
        let end = rest.iter().position(|byte| *byte == b'|').unwrap_or(rest.len());
        self.0 = &rest[end..];
        &rest[..end]
    }

    pub fn is_null(&mut self) -> bool {
        self.word() == b"~"
    }

    pub fn text(&mut self) -> Owned {
        Owned::of(self.word())
    }

    pub fn number(&mut self) -> u64 {
        number(self.word())
    }

    /// Texts with commas between them. `~7` is NULL, said to be 7; before others `!` says that they are more than
    /// memory holds, and `^` that they are at an odd address.
    pub fn list(&mut self) -> List<Owned> {
        let word = self.word();
        let (shape, rest) = match word.split_first() {
            Some((b'~', rest)) => {
                return List { items: Vec::new(), shape: Shape::Missing(number(rest) as usize) };
            }
            Some((b'!', rest)) => (Shape::Endless, rest),
            Some((b'^', rest)) => (Shape::Crooked, rest),
            _ => (Shape::Whole, word),
        };
        let items = rest.split(|byte| *byte == b',').map(Owned::of);
        List { items: if rest.is_empty() { Vec::new() } else { items.collect() }, shape }
    }
}

/// Any, also far outside of what the function takes.
pub fn number(word: &[u8]) -> u64 {
    let number = std::str::from_utf8(word).ok().and_then(|text| text.parse::<i128>().ok());
    number.unwrap_or_default() as u64
}

/// A string that the caller owns, or NULL.
pub struct Owned(Option<CString>);

impl Owned {
    pub fn none() -> Owned {
        Owned(None)
    }

    fn of(word: &[u8]) -> Owned {
        let end = word.iter().position(|byte| *byte == 0).unwrap_or(word.len());
        Owned((word != b"~").then(|| CString::new(&word[..end]).unwrap_or_default()))
    }

    pub fn is(&self, text: &str) -> bool {
        self.bytes() == text.as_bytes()
    }

    pub fn bytes(&self) -> &[u8] {
        self.0.as_ref().map_or(b"", |text| text.as_bytes())
    }

    pub fn ptr(&self) -> *const c_char {
        self.0.as_ref().map_or(null(), |text| text.as_ptr())
    }
}

/// An array that the caller owns.
pub struct List<T> {
    items: Vec<T>,
    shape: Shape,
}

#[derive(Clone, Copy)]
enum Shape {
    Whole,
    Missing(usize),
    Endless,
    Crooked,
}

impl<T> List<T> {
    pub fn none() -> List<T> {
        List { items: Vec::new(), shape: Shape::Missing(0) }
    }

    pub fn map<U>(&self, change: impl Fn(&T) -> U) -> List<U> {
        List { items: self.items.iter().map(change).collect(), shape: self.shape }
    }

    /// Where there is anything, something bad is there, too.
    pub fn spoil(&mut self, bad: T) {
        if !self.items.is_empty() {
            self.items.push(bad);
        }
    }

    pub fn ptr(&self) -> *const T {
        match self.shape {
            Shape::Missing(_) => null(),
            Shape::Crooked => self.items.as_ptr().wrapping_byte_add(1),
            Shape::Whole | Shape::Endless => self.items.as_ptr(),
        }
    }

    pub fn len(&self) -> usize {
        match self.shape {
            Shape::Whole => self.items.len(),
            // The other array of rows must be as long.
            Shape::Missing(n @ 0..64) => n,
            Shape::Missing(_) | Shape::Endless => usize::MAX,
            Shape::Crooked => self.items.len().saturating_sub(1),
        }
    }
}

impl List<u32> {
    /// As long as the other array of rows; what is missing is the same again.
    pub fn stretched(mut self, n: usize) -> List<u32> {
        if n < usize::MAX {
            let given = if self.items.is_empty() { vec![0] } else { self.items };
            // One more, for an odd address.
            self.items = given.iter().copied().cycle().take(n + 1).collect();
        }
        self
    }
}
