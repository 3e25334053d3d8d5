//! The sandbox through its two APIs, HTTP and Rust: every response that it gives and every option that it has.
#![cfg(feature = "sandbox")]

mod control;
mod faults;
mod limits;
#[path = "../support/process.rs"]
mod process;
#[cfg(feature = "cli")]
mod program;
mod reading;
mod rejections;
mod responses;
mod switches;
mod users;

use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
};
use usercom::sandbox::{Options, Sandbox, TOKEN};

const CUSTOM: &str = "/api/public/users/mass_update_custom_attributes/";
const CUSTOM_BY_ID: &str = "/api/public/users-by-id/mass_update_custom_attributes/";
const STANDARD: &str = "/api/public/users/mass_update_standard_attributes/";
const STANDARD_BY_ID: &str = "/api/public/users-by-id/mass_update_standard_attributes/";

struct Response {
    status: u16,
    head: String,
    body: String,
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let line = |line: &'_ str| line.to_ascii_lowercase().starts_with(&format!("{name}: "));
        let line = self.head.lines().find(|text| line(text))?;
        Some(line[name.len() + 2..].trim())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

fn start(options: Options) -> Sandbox {
    Sandbox::start(options).unwrap()
}

/// Sends one request on a connection of its own: what is in `head` comes after the request line.
fn exchange(sandbox: &Sandbox, request_line: &str, head: &str, body: &[u8]) -> Response {
    exchange_at(&sandbox.url(), request_line, head, body)
}

fn exchange_at(url: &str, request_line: &str, head: &str, body: &[u8]) -> Response {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let length = body.len();
    let head = format!(
        "{request_line} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Length: {length}\r\n{head}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    read(stream)
}

fn read(mut stream: TcpStream) -> Response {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Response { status: head[9..12].parse().unwrap(), head: head.to_owned(), body: body.to_owned() }
}

fn authorized() -> String {
    format!("Authorization: Token {TOKEN}\r\nContent-Type: application/json\r\n")
}

/// Sends a well-formed update.
fn put(sandbox: &Sandbox, path: &str, body: &str) -> Response {
    exchange(sandbox, &format!("PUT {path}"), &authorized(), body.as_bytes())
}

fn get(sandbox: &Sandbox, path: &str) -> Response {
    exchange(sandbox, &format!("GET {path}"), &authorized(), b"")
}

/// Sends an update of a custom attribute; the value is JSON.
fn set(sandbox: &Sandbox, ids: &str, attribute: &str, value: &str) -> Response {
    let body = format!(r#"{{"ids": {ids}, "attribute": "{attribute}", "value": {value}}}"#);
    put(sandbox, CUSTOM, &body)
}

/// A file of users for one test, removed at its end.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str, content: impl AsRef<[u8]>) -> File {
        let path = process::temporary(name);
        std::fs::write(&path, content).unwrap();
        File(path)
    }

    fn options(&self) -> Options {
        Options { users: Some(self.0.clone()), ..Options::default() }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
