use std::io;
use std::path::Path;

use super::Generated;

pub fn files(_: &Path) -> io::Result<Vec<Generated>> {
    Ok(vec![])
}
