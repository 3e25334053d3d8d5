//! Removes the token from what a server sends back.

use serde_json::Value as Json;

const HIDDEN: &str = "(token)";

/// Replaces the token in a response's body: a server may echo what it was sent, and messages quote the body.
pub(super) fn hide_token(body: &mut Vec<u8>, token: &str) {
    hide_in_bytes(body, token.as_bytes());
    // JSON has other ways to write the same characters.
    if !body.contains(&b'\\') {
        return;
    }
    if let Ok(mut json) = serde_json::from_slice(body)
        && hide_in_json(&mut json, token)
    {
        *body = json.to_string().into_bytes();
    }
}

/// In one pass, since the body may be long and full of tokens.
fn hide_in_bytes(body: &mut Vec<u8>, token: &[u8]) {
    let next = |from: usize| body[from..].windows(token.len()).position(|window| window == token);
    let (mut hidden, mut from) = (Vec::new(), 0);
    while let Some(at) = next(from) {
        hidden.extend_from_slice(&body[from..from + at]);
        hidden.extend_from_slice(HIDDEN.as_bytes());
        from += at + token.len();
    }
    if from > 0 {
        hidden.extend_from_slice(&body[from..]);
        *body = hidden;
    }
}

/// Whether there was something to hide.
fn hide_in_json(json: &mut Json, token: &str) -> bool {
    match json {
        Json::String(text) if text.contains(token) => {
            *text = text.replace(token, HIDDEN);
            true
        }
        Json::Array(items) => items.iter_mut().fold(false, |hid, item| hide_in_json(item, token) | hid),
        Json::Object(fields) => {
            let before = fields.len();
            fields.retain(|name, _| !name.contains(token));
            let dropped = fields.len() < before;
            fields.values_mut().fold(dropped, |hid, item| hide_in_json(item, token) | hid)
        }
        _ => false,
    }
}
