//! What the server has got, held against what a contender had to send.

use std::io::{Error, Result};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::work::{Kind, Work, value};

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    ids: Vec<&'a RawValue>,
    attribute: &'a str,
    value: &'a str,
}

/// Fails unless these bodies, one after another, have all of the work so many times, and nothing else.
pub fn check(work: Work, times: usize, bodies: &[u8]) -> Result<()> {
    let mut arrived = Vec::with_capacity(work.ids * times);
    for body in serde_json::Deserializer::from_slice(bodies).into_iter::<Body<'_>>() {
        let body = body.map_err(Error::other)?;
        if body.ids.len() > work.batch || body.attribute != "plan" {
            return Err(Error::other(format!("{} ids, attribute {}", body.ids.len(), body.attribute)));
        }
        for id in body.ids {
            let id = number(work.kind, id.get())?;
            let right = if work.kind == Kind::Rows { body.value == value(id) } else { body.value == "pro" };
            if !right {
                return Err(Error::other(format!("id {id} has got {}", body.value)));
            }
            arrived.push(id);
        }
    }
    let mut expected = work.ids().repeat(times);
    expected.sort_unstable();
    arrived.sort_unstable();
    if arrived == expected { Ok(()) } else { Err(Error::other(format!("{} ids arrived", arrived.len()))) }
}

fn number(kind: Kind, text: &str) -> Result<i64> {
    let digits = if kind == Kind::Custom {
        text.strip_prefix("\"u-").and_then(|text| text.strip_suffix('"'))
    } else {
        Some(text)
    };
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| Error::other(format!("what is id {text}?")))
}
