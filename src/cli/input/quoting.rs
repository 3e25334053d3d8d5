//! Whether the quotes of a CSV are those of RFC 4180. A reader that forgives would turn a missing quote into other rows.

/// What is wrong, and the offset of the quote that it begins with.
pub type Mistake = (usize, &'static str);

enum State {
    CellStart,
    Plain,
    Quoted,
    AfterQuote,
}

/// Checks every cell of every column. Returns where the quoted cells begin that span lines.
pub fn check(text: &[u8], delimiter: u8) -> Result<Vec<usize>, Mistake> {
    let (mut state, mut opened, mut long) = (State::CellStart, 0, Vec::new());
    for (at, byte) in text.iter().copied().enumerate() {
        let ends_cell = byte == delimiter || byte == b'\n' || byte == b'\r';
        state = match (state, byte) {
            (State::CellStart, b'"') => {
                opened = at;
                State::Quoted
            }
            (State::Quoted, b'"') => State::AfterQuote,
            (State::AfterQuote, b'"') => State::Quoted,
            (State::Quoted, b'\n' | b'\r') => {
                if long.last() != Some(&opened) {
                    long.push(opened);
                }
                State::Quoted
            }
            (State::Quoted, _) => State::Quoted,
            _ if ends_cell => State::CellStart,
            (State::AfterQuote, _) => {
                return Err((
                    opened,
                    "a cell opens with a quote here and has more text after the closing one; a quote within a cell \
                     is written twice, and nothing but a separator may follow the closing quote",
                ));
            }
            (State::Plain, b'"') => {
                return Err((
                    at,
                    "has a quote in a cell that does not begin with one; put the whole cell into quotes and write \
                     the quote within it twice",
                ));
            }
            (State::CellStart | State::Plain, _) => State::Plain,
        };
    }
    match state {
        State::Quoted => {
            Err((opened, "a quote opens here and is never closed; close it at the end of its cell"))
        }
        _ => Ok(long),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_in_rfc_4180() {
        for (good, long) in [
            ("", vec![]),
            ("a,b\n\"\",\"\"\"\"\n", vec![]),
            ("\"a\",\"b, c\"\r\n\"1\",\"2\"", vec![]),
            ("a\n\"x\r\ny\nz\",\n", vec![2]),
        ] {
            assert_eq!(check(good.as_bytes(), b','), Ok(long), "{good:?}");
        }
        for (bad, at) in [
            ("10,basic\n15,\"pro\n22,basic\n", 12),
            ("1,\"pro\" \n", 2),
            ("1,\"pro\"x,\"y\"\n", 2),
            ("1,\"a\n2,\"b\"\n", 2),
            ("1,5\" pipe\n", 3),
            ("1, \"pro\"\n", 3),
            ("1,\"\"\"", 2),
            ("\"", 0),
            ("1;\"a\";2", 2),
        ] {
            assert_eq!(check(bad.as_bytes(), b',').map_err(|(at, _)| at), Err(at), "{bad:?}");
        }
        assert!(check(b"1;\"a,\";2", b';').is_ok());
    }
}
