//! Removes the token from what a server sends back.

const HIDDEN: &str = "(token)";

/// Replaces the token in a response's body: a server may echo what it was sent, and messages quote the body.
pub(super) fn hide_token(body: &mut Vec<u8>, token: &str) {
    hide_in_bytes(body, token.as_bytes());
    // JSON has other ways to write the same characters.
    if !body.contains(&b'\\') {
        return;
    }
    hide_in_strings(body, token);
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

/// Decodes each string of JSON and, if the token is in it, writes it anew. Everything else stays as it was, so that the
/// response means what it meant.
fn hide_in_strings(body: &mut Vec<u8>, token: &str) {
    let (mut hidden, mut copied, mut at) = (Vec::new(), 0, 0);
    while let Some(start) = body[at..].iter().position(|byte| *byte == b'"').map(|found| at + found) {
        let mut end = start + 1;
        while end < body.len() && body[end] != b'"' {
            end += if body[end] == b'\\' { 2 } else { 1 };
        }
        at = (end + 1).min(body.len());
        let text: Option<String> = serde_json::from_slice(&body[start..at]).ok();
        if let Some(text) = text.filter(|text| text.contains(token)) {
            hidden.extend_from_slice(&body[copied..start]);
            hidden.extend_from_slice(
                serde_json::Value::from(text.replace(token, HIDDEN)).to_string().as_bytes(),
            );
            copied = at;
        }
    }
    if copied > 0 {
        hidden.extend_from_slice(&body[copied..]);
        *body = hidden;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_written() {
        let token = "a/b".repeat(20);
        let escaped = token.replace('/', "\\/");
        for (body, becomes) in [
            (format!("{{\"detail\":\"bad {token}\"}}"), "{\"detail\":\"bad (token)\"}"),
            (
                format!("\u{feff}{{\"detail\":\"bad {escaped}!\"}} and more"),
                "\u{feff}{\"detail\":\"bad (token)!\"} and more",
            ),
            // The two fields of one name stay, or the failure would be gone.
            (
                format!("{{\"errors\":[1.50],\"errors\":[],\"{escaped}\":1}}"),
                "{\"errors\":[1.50],\"errors\":[],\"(token)\":1}",
            ),
            ("\\ \"never ends \\".into(), "\\ \"never ends \\"),
            ("\\ \"never ends".into(), "\\ \"never ends"),
            ("{\"never ends".into(), "{\"never ends"),
        ] {
            let mut bytes = body.clone().into_bytes();
            hide_token(&mut bytes, &token);
            assert_eq!(String::from_utf8(bytes).unwrap(), becomes, "{body}");
        }
    }
}
