//! reqwest::blocking as one uses it well: one client for all calls. Arguments: the URL of the call, and its work. Talks
//! as protocol.h says.

#[path = "../../../performance/contender.rs"]
#[allow(dead_code)]
mod contender;
#[path = "../../../performance/work.rs"]
#[allow(dead_code)]
mod work;

use std::collections::HashMap;
use std::io::{Error, Result};

use serde::Serialize;
use work::{Kind, Work};

const TOKEN: &str = "Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[derive(Serialize)]
struct Body<'a, T> {
    ids: &'a [T],
    attribute: &'a str,
    value: &'a str,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, kind, ids, batch] = &arguments[..] else { return Err(Error::other("URL and work?")) };
    let work = Work::of_words([kind, ids, batch])?;
    let client = reqwest::blocking::Client::new();
    let (ids, custom_ids, rows) = (work.ids(), work.custom_ids(), work.rows());
    contender::obey(|| match work.kind {
        Kind::Ids => send(&client, url, &ids, work.batch, "pro"),
        Kind::Custom => send(&client, url, &custom_ids, work.batch, "pro"),
        Kind::Rows => {
            let mut groups: HashMap<&str, Vec<i64>> = HashMap::new();
            for (id, value) in &rows {
                groups.entry(value).or_default().push(*id);
            }
            groups.iter().try_for_each(|(value, ids)| send(&client, url, ids, work.batch, value))
        }
    })
}

fn send<T: Serialize>(
    client: &reqwest::blocking::Client,
    url: &str,
    ids: &[T],
    batch: usize,
    value: &str,
) -> Result<()> {
    for ids in ids.chunks(batch) {
        let body = Body { ids, attribute: "plan", value };
        let request = client.put(url).header("authorization", TOKEN).json(&body);
        let text = request.send().and_then(reqwest::blocking::Response::text).map_err(Error::other)?;
        if text != "{\"status\":\"ok\"}" {
            return Err(Error::other(text));
        }
    }
    Ok(())
}
