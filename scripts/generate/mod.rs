//! `make generate`: everything that is written from the description in `src/interface`.
//!
//! `build.rs` writes the files when the crate is built with the feature `generate`; `tests/generated.rs` compares them
//! with what is committed.

mod c;
mod conformance;
mod cpp;
mod docs;
mod functions;
mod json;
mod node;
mod php;
mod program;
mod python;
mod rust;
mod text;
mod values;

#[path = "../../src/interface/mod.rs"]
#[allow(dead_code, reason = "the crate uses more of it than the generator")]
mod interface;

use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file, below the root of the repository, and what must be in it.
pub struct Generated {
    pub path: PathBuf,
    pub text: String,
}

/// A step of the generator.
type Step = fn(&Path) -> io::Result<Vec<Generated>>;

/// The Rust files come first: the header and the lists of functions are read from them.
const STEPS: &[Step] = &[
    rust::files,
    c::files,
    c::header,
    json::files,
    program::files,
    python::files,
    php::files,
    node::files,
    cpp::files,
    docs::files,
    values::files,
    conformance::files,
];

/// Everything that is not what it would be.
#[allow(dead_code, reason = "build.rs only writes")]
pub fn outdated(root: &Path) -> io::Result<Vec<Generated>> {
    let mut outdated = Vec::new();
    for step in STEPS {
        outdated.extend(step(root)?.into_iter().filter(|file| !file.is_current(root)));
    }
    Ok(outdated)
}

/// Writes everything that is not what it would be.
#[allow(dead_code, reason = "the test only compares")]
pub fn write(root: &Path) -> io::Result<()> {
    for step in STEPS {
        for file in step(root)?.into_iter().filter(|file| !file.is_current(root)) {
            let path = root.join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            fs::write(path, file.text)?;
        }
    }
    Ok(())
}

impl Generated {
    fn new(path: &str, text: String) -> Generated {
        Generated { path: path.into(), text }
    }

    /// A file that is written by hand but for the regions between `BEGIN name` and `END name` lines.
    fn regions(root: &Path, path: &str, regions: &[(&str, String)]) -> io::Result<Generated> {
        let mut text = fs::read_to_string(root.join(path))?;
        for (name, inner) in regions {
            text = replace_region(&text, name, inner)
                .ok_or_else(|| io::Error::other(format!("{path} has no region \"{name}\"")))?;
        }
        Ok(Generated::new(path, text))
    }

    fn is_current(&self, root: &Path) -> bool {
        fs::read_to_string(root.join(&self.path)).is_ok_and(|current| current == self.text)
    }
}

/// Puts `inner` between each pair of lines that contain `generated: name` and `end of name`.
fn replace_region(text: &str, name: &str, inner: &str) -> Option<String> {
    let (begins, ends) = (format!("generated: {name}"), format!("end of {name}"));
    let (mut out, mut inside, mut found) = (String::new(), false, false);
    for line in text.split_inclusive('\n') {
        inside &= !line.contains(&ends);
        if !inside {
            out.push_str(line);
        }
        if line.contains(&begins) {
            (inside, found) = (true, true);
            out.push_str(inner);
        }
    }
    (found && !inside).then_some(out)
}
