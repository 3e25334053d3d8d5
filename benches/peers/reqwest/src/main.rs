//! reqwest::blocking as one uses it well: one client for all calls. Arguments: the URL of the call, and the ids of
//! each. Talks as protocol.h says.

#[path = "../../../performance/contender.rs"]
#[allow(dead_code)]
mod contender;

use std::io::{Error, Result};

const SMALL: [i64; 4] = [10, 15, 22, 23];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, size] = &arguments[..] else { return Err(Error::other("URL and size?")) };
    let size: usize = size.parse().map_err(Error::other)?;
    let ids: Vec<i64> = if size == SMALL.len() { SMALL.into() } else { (1_000_000..2_000_000).collect() };
    let mut batches = ids.chunks(size).cycle();
    let client = reqwest::blocking::Client::new();
    contender::obey(|| {
        let body = serde_json::json!({"ids": batches.next(), "attribute": "plan", "value": "pro"});
        let request = client
            .put(url)
            .header("authorization", "Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
            .json(&body);
        let text = request.send().and_then(reqwest::blocking::Response::text).map_err(Error::other)?;
        if text == "{\"status\":\"ok\"}" { Ok(()) } else { Err(Error::other(text)) }
    })
}
