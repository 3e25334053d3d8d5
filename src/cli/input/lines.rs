//! Where the lines of a text begin, so that a byte of it can be called by the number that an editor shows.

/// The offsets at which lines begin.
pub struct Lines(Vec<usize>);

impl Lines {
    /// A line ends with a line feed, a carriage return, or both.
    pub fn of(text: &[u8]) -> Lines {
        let ends = (0..text.len()).filter(|at| match text[*at] {
            b'\n' => true,
            b'\r' => text.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        Lines(std::iter::once(0).chain(ends.map(|at| at + 1)).collect())
    }

    /// The line, counted from 1, that the byte at `offset` is on.
    pub fn at(&self, offset: usize) -> u64 {
        self.0.partition_point(|start| *start <= offset) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let text = b"a\nb\r\nc\rd\n\n\r\ne";
        let lines = Lines::of(text);
        let line = |byte| lines.at(text.iter().position(|b| *b == byte).unwrap());
        assert_eq!([line(b'a'), line(b'b'), line(b'c'), line(b'd'), line(b'e')], [1, 2, 3, 4, 7]);
        assert_eq!(Lines::of(b"").at(0), 1);
    }
}
