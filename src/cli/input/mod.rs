//! From files to rows of texts, each with its place in the file. Knows nothing of what is to be sent.

pub mod delimiter;
pub mod header;
mod lines;
mod quoting;
pub mod source;
pub mod table;
