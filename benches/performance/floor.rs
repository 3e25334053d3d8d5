//! The floor: what remains of a call when nothing is left to leave out. One kept socket, one write, no
//! parsing beyond the response's length.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;

pub const PATH: &str = "/api/public/users/mass_update_custom_attributes/";
pub const CUSTOM_PATH: &str = "/api/public/users-by-id/mass_update_custom_attributes/";

pub struct Floor {
    stream: TcpStream,
    address: String,
    request: Vec<u8>,
    digits: Vec<[u8; 4]>,
}

impl Floor {
    pub fn connect(address: &str) -> Result<Floor> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let digits = (0..10_000u16).map(|n| {
            let text = format!("{n:04}").into_bytes();
            [text[0], text[1], text[2], text[3]]
        });
        Ok(Floor { stream, address: address.to_owned(), request: Vec::new(), digits: digits.collect() })
    }

    /// Renders head and body of a request for these ids.
    pub fn render(&mut self, ids: &[i64], body: &mut Vec<u8>) {
        body.clear();
        body.extend_from_slice(b"{\"ids\":[");
        for id in ids {
            self.number(body, *id as usize);
            body.push(b',');
        }
        body.pop();
        body.extend_from_slice(b"],\"attribute\":\"plan\",\"value\":\"pro\"}");
        self.request.clear();
        // Writing into memory can't fail.
        let _ = write!(
            self.request,
            "PUT {PATH} HTTP/1.1\r\nauthorization: Token {}\r\ncontent-type: application/json\r\nuser-agent: floor\r\n\
             accept: */*\r\nhost: {}\r\ncontent-length: {}\r\n\r\n",
            super::TOKEN,
            self.address,
            body.len()
        );
        self.request.extend_from_slice(body);
    }

    fn number(&self, out: &mut Vec<u8>, mut n: usize) {
        let mut text = [0; 20];
        let mut at = 16;
        while n >= 10_000 {
            text[at..at + 4].copy_from_slice(&self.digits[n % 10_000]);
            n /= 10_000;
            at -= 4;
        }
        text[at..at + 4].copy_from_slice(&self.digits[n]);
        let zeros = text[at..19].iter().take_while(|digit| **digit == b'0').count();
        out.extend_from_slice(&text[at + zeros..]);
    }

    /// Sends what was rendered last, and waits for its response.
    pub fn call(&mut self) -> Result<()> {
        self.stream.write_all(&self.request)?;
        let mut response = [0; 1024];
        let mut filled = 0;
        while !response[..filled].ends_with(b"{\"status\":\"ok\"}") {
            match self.stream.read(&mut response[filled..])? {
                0 => return Err(Error::new(ErrorKind::UnexpectedEof, "another response")),
                n => filled += n,
            }
        }
        Ok(())
    }
}
