//! The `usercom` program.
fn main() {}
