//! Where bytes come from: a file or the standard input, unpacked when they are compressed.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use same_file::Handle;

/// What is read, and from where.
pub struct Source {
    /// How it is called in messages.
    pub name: String,
    pub is_standard_input: bool,
    /// The file, if it is one.
    pub path: Option<PathBuf>,
    handle: Option<Handle>,
    passed: Rc<RefCell<Passed>>,
    /// From where it can be read once more.
    again: Option<Stored>,
}

enum Stored {
    File(PathBuf),
    /// What came through a pipe, in a file without a name that only this process can read.
    Copy(File),
}

/// What was read so far.
#[derive(Default)]
struct Passed {
    bytes: u64,
    digest: crc32fast::Hasher,
    ended: bool,
}

/// The bytes of a source as they are stored.
pub struct Bytes {
    from: Box<dyn Read>,
    passed: Rc<RefCell<Passed>>,
    copy: Option<File>,
}

impl Source {
    /// Opens it; `-` is the standard input. To be read `twice`, what comes through a pipe is copied.
    pub fn open(path: &Path, twice: bool) -> Result<(Source, Bytes), String> {
        let is_standard_input = path == Path::new("-");
        let name = if is_standard_input { "standard input".to_owned() } else { path.display().to_string() };
        let (from, handle): (Box<dyn Read>, _) = if is_standard_input {
            (Box::new(io::stdin().lock()), Handle::stdin().ok())
        } else {
            let unreadable = |error: io::Error| format!("{name}: {error}");
            let file = File::open(path).map_err(unreadable)?;
            let handle = file.try_clone().and_then(Handle::from_file).ok();
            (Box::new(file), handle)
        };
        let passed = Rc::<RefCell<Passed>>::default();
        let is_stored = !is_standard_input && path.is_file();
        let (again, copy) = match (twice, is_stored) {
            (false, _) => (None, None),
            (true, true) => (Some(Stored::File(path.to_owned())), None),
            (true, false) => {
                let copied = tempfile::tempfile().and_then(|file| Ok((file.try_clone()?, file)));
                let (again, copy) = copied.map_err(|error| format!("{name}: can't be copied: {error}"))?;
                (Some(Stored::Copy(again)), Some(copy))
            }
        };
        let path = (!is_standard_input).then(|| path.to_owned());
        let source = Source { name, is_standard_input, path, handle, passed: passed.clone(), again };
        Ok((source, Bytes { from, passed, copy }))
    }

    /// What was given on the command line, under the option's name.
    pub fn argument(name: &str) -> Source {
        Source {
            name: name.to_owned(),
            is_standard_input: false,
            path: None,
            handle: None,
            passed: Rc::default(),
            again: None,
        }
    }

    /// The same bytes once more; an error if the file has others now.
    pub fn reopen(&self) -> Result<Bytes, String> {
        let unreadable = |error: io::Error| error.to_string();
        let from: Box<dyn Read> = match &self.again {
            None => return Err("can't be read again".to_owned()),
            Some(Stored::File(path)) if self.is_copy_of(path) => {
                Box::new(File::open(path).map_err(unreadable)?)
            }
            Some(Stored::File(_)) => return Err("was changed while the run lasted".to_owned()),
            Some(Stored::Copy(file)) => {
                let mut file = file.try_clone().map_err(unreadable)?;
                file.rewind().map_err(unreadable)?;
                Box::new(file)
            }
        };
        Ok(Bytes { from, passed: Rc::default(), copy: None })
    }

    /// Whether it was read from this file, whatever the names.
    pub fn is_file(&self, handle: &Handle) -> bool {
        self.handle.as_ref() == Some(handle)
    }

    /// Whether a file holds the very bytes that were read.
    pub fn is_copy_of(&self, path: &Path) -> bool {
        let passed = self.passed.borrow();
        let Ok(file) = File::open(path) else { return false };
        let length = file.metadata().map_or(0, |found| found.len());
        if passed.ended && length > passed.bytes {
            return false;
        }
        let mut digest = crc32fast::Hasher::new();
        let (mut start, mut buffer) = (file.take(passed.bytes), vec![0; 64 * 1024]);
        while let Ok(n @ 1..) = start.read(&mut buffer) {
            digest.update(&buffer[..n]);
        }
        start.limit() == 0 && digest.finalize() == passed.digest.clone().finalize()
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        if let Some(copy) = &mut self.copy {
            copy.write_all(&buffer[..n])
                .map_err(|error| io::Error::new(error.kind(), format!("can't be copied: {error}")))?;
        }
        let mut passed = self.passed.borrow_mut();
        passed.bytes += n as u64;
        passed.digest.update(&buffer[..n]);
        passed.ended |= n == 0 && !buffer.is_empty();
        Ok(n)
    }
}

/// The first bytes, at most `n`, and all bytes.
pub fn peek(mut from: impl Read + 'static, n: usize) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut start = Vec::new();
    from.by_ref().take(n as u64).read_to_end(&mut start)?;
    Ok((start.clone(), Box::new(io::Cursor::new(start).chain(from))))
}

/// Unpacked, and what it was packed with.
pub fn unpack(bytes: impl Read + 'static) -> io::Result<(Option<&'static str>, Box<dyn Read>)> {
    let (start, bytes) = peek(bytes, 4)?;
    let (how, plain): (_, Box<dyn Read>) = match start.as_slice() {
        // A file may be several that were joined.
        [0x1f, 0x8b, ..] => ("gzip", Box::new(flate2::read::MultiGzDecoder::new(bytes))),
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
            ("zstd", Box::new(zstd::stream::read::Decoder::new(bytes)?))
        }
        _ => return Ok((None, bytes)),
    };
    Ok((Some(how), Box::new(Unpacked { plain, how })))
}

/// Says what a damaged file is.
struct Unpacked {
    plain: Box<dyn Read>,
    how: &'static str,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.plain.read(buffer).map_err(|error| {
            io::Error::other(format!(
                "is compressed with {} and can't be unpacked: {error}; is the file complete?",
                self.how
            ))
        })
    }
}

/// What other files begin with, what they are, and what to do.
const OTHER_FILES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "is a zip archive or a compressed workbook; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls); save it as .xlsx or as \"CSV UTF-8\" first"),
    (b"\x1f\x8b", "is compressed twice; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed twice; unpack it first"),
    (b"BZh", "is compressed with bzip2; unpack it first: bunzip2 -c FILE | usercom … -"),
    (b"\xfd7zXZ", "is compressed with xz; unpack it first: xz -dc FILE | usercom … -"),
    (b"%PDF", "is a PDF; give a CSV"),
    (b"PAR1", "is a Parquet file; give a CSV: duckdb -csv -c \"from 'FILE'\" | usercom … -"),
    (
        b"SQLite format 3\0",
        "is an SQLite database; give a CSV: sqlite3 -csv -header FILE \"select …\" | usercom … -",
    ),
    (b"[", "is a JSON array; give one object per line: jq -c '.[]' FILE | usercom … -"),
    (b"{\n", JSON),
    (b"{\r\n", JSON),
    (b"<!", MARKUP),
    (b"<html", MARKUP),
    (b"<?xml", MARKUP),
    (b"\xff\xfe\0\0", UTF_32),
    (b"\0\0\xfe\xff", UTF_32),
];
const JSON: &str = "is JSON of several lines; give one object per line: jq -c . FILE | usercom … -";
const MARKUP: &str = "is HTML or XML, perhaps an error page or a login page that was saved; give a CSV";
const UTF_32: &str = "is UTF-32; save it as UTF-8, or convert it: iconv -f UTF-32 -t UTF-8 FILE";

/// What a file is that is of none of the formats.
pub fn other_file(start: &[u8]) -> Option<&'static str> {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    OTHER_FILES.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_file_is() {
        for (start, says) in [
            (&b"PK\x03\x04"[..], "is a zip archive"),
            (b"\xef\xbb\xbf[1]", "is a JSON array"),
            (b"{\r\n", "is JSON of several lines"),
            (b"<?xml", "is HTML or XML"),
            (b"%PDF-1.7", "is a PDF"),
        ] {
            assert!(other_file(start).is_some_and(|what| what.starts_with(says)), "{says}");
        }
        assert_eq!(other_file(b"id,plan\n"), None);
    }

    /// A pipe is copied, since it has its bytes once only.
    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || std::fs::write(path, "id\n1\n").unwrap())
        };
        let (source, mut bytes) = Source::open(&path, true).unwrap();
        let mut text = String::new();
        bytes.read_to_string(&mut text).unwrap();
        writer.join().unwrap();
        std::fs::remove_file(&path).unwrap();
        let mut again = String::new();
        source.reopen().unwrap().read_to_string(&mut again).unwrap();
        assert_eq!((text.as_str(), again.as_str()), ("id\n1\n", "id\n1\n"));
    }

    #[test]
    fn a_file_by_another_name_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let (path, link, other) = (dir.path().join("a"), dir.path().join("b"), dir.path().join("c"));
        std::fs::write(&path, "id\n").unwrap();
        std::fs::write(&other, "id\n").unwrap();
        std::fs::hard_link(&path, &link).unwrap();
        let (source, _) = Source::open(&path, false).unwrap();
        assert!(source.reopen().is_err(), "it was not to be read twice");
        let is = |path: &Path| source.is_file(&Handle::from_path(path).unwrap());
        assert!(is(&path) && is(&link) && !is(&other));
        assert!(!Source::argument("--ids").is_file(&Handle::from_path(&path).unwrap()));
    }

    #[test]
    fn whether_a_file_is_still_the_one_that_was_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ids.csv");
        let text = "id\n".repeat(30_000);
        for (to_its_end, now, same) in [
            (true, text.clone(), true),
            (true, format!("{text}1\n"), false),
            (true, text[1..].to_owned(), false),
            (true, text.replacen("id", "ID", 1), false),
            (true, String::new(), false),
            // Of what was not read, nothing is known.
            (false, text.clone(), true),
            (false, format!("{text}1\n"), true),
            (false, text[..50_000].to_owned(), true),
            (false, text[..49_999].to_owned(), false),
            (false, text.replacen("id", "ID", 1), false),
        ] {
            std::fs::write(&path, &text).unwrap();
            let (source, mut bytes) = Source::open(&path, true).unwrap();
            match to_its_end {
                true => drop(bytes.read_to_end(&mut Vec::new()).unwrap()),
                false => bytes.read_exact(&mut vec![0; 50_000]).unwrap(),
            }
            std::fs::write(&path, &now).unwrap();
            assert_eq!(source.is_copy_of(&path), same, "{to_its_end} {}", now.len());
            assert_eq!(source.reopen().is_ok(), same);
        }
    }
}
