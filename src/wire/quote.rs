//! The service's own words: what a message quotes from a response.

use super::content::{Content, trimmed};
use super::json::Json;
use super::message::Message;
use super::verdict::{RejectedId, Reply};

/// Enough of a body for any message.
const QUOTED: usize = 4 * 1024;
/// A title comes within so much of a page.
const HEAD: usize = 64 * 1024;

/// What the response says: a page's title, a `detail`, or the body as it is.
pub(super) fn server_message(reply: &Reply, content: &Content) -> Message {
    match content {
        Content::Empty => Message::new("(no body)"),
        Content::Html => match title(&reply.body) {
            Some(title) => Message::new(&format!("an HTML page titled \"{title}\"")),
            None => Message::new("an HTML page"),
        },
        Content::Unreadable(what) => Message::new(&what.to_string()),
        Content::Json(json) => match json.get("detail").and_then(Json::as_text) {
            Some(detail) if !detail.trim().is_empty() => Message::new(detail),
            _ => body(reply),
        },
        Content::Text => body(reply),
    }
}

/// The body as it is.
pub(super) fn body(reply: &Reply) -> Message {
    let text = trimmed(&reply.body);
    Message::new(&String::from_utf8_lossy(&text[..text.len().min(QUOTED)]))
}

fn title(page: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(&page[..page.len().min(HEAD)]).into_owned();
    // ASCII only, so that every byte stays where it is.
    let lower = page.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let words: Vec<&str> = page[start..end].split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The ids that a response names, in one of the two known shapes.
pub(super) fn rejected_ids(json: &Json) -> Vec<RejectedId> {
    if let Some(Json::Object(by_index)) = json.get("ids") {
        let named = by_index.iter().filter_map(|(index, why)| {
            let index = index.parse().ok()?;
            Some(RejectedId::Index(index, Message::new(&why.plain())))
        });
        return named.collect();
    }
    let mut found = Vec::new();
    invalid_pks(json, &mut found);
    found
}

fn invalid_pks(json: &Json, found: &mut Vec<RejectedId>) {
    match json {
        Json::Text(text) => {
            let named = text.split_once("Invalid pk \"").and_then(|(_, rest)| rest.split_once('"'));
            found.extend(named.map(|(id, _)| RejectedId::Id(id.to_owned(), Message::new(text))));
        }
        Json::List(items) => items.iter().for_each(|item| invalid_pks(item, found)),
        Json::Object(fields) => fields.iter().for_each(|(_, item)| invalid_pks(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::verdict::tests::reply;

    #[test]
    fn messages_are_quoted_from_the_response() {
        for (body, want) in [
            ("<html><title> Bad\n gateway </title>", "an HTML page titled \"Bad gateway\""),
            ("<HTML><TITLE lang=en>Log in</TITLE >", "an HTML page titled \"Log in\""),
            ("<html>", "an HTML page"),
            ("<html><title></title>", "an HTML page"),
            ("<html><title>no end", "an HTML page"),
            ("", "(no body)"),
            (" \u{feff} ", "(no body)"),
            (r#"{"detail":"Invalid token."}"#, "Invalid token."),
            (r#"{"detail":["a"]}"#, r#"{"detail":["a"]}"#),
            ("\u{feff}{\"detail\":\" \"}", r#"{"detail":" "}"#),
            ("plain\r\nwords", "plain\\r\\nwords"),
        ] {
            let reply = reply(502, body);
            assert_eq!(server_message(&reply, &Content::of(&reply)).as_str(), want, "{body}");
        }
        let long = reply(502, &"é".repeat(100_000));
        assert_eq!(server_message(&long, &Content::of(&long)).as_str().chars().count(), 256);
    }

    #[test]
    fn named_ids() {
        let named =
            |body: &str| Json::parse(body.as_bytes()).map(|json| rejected_ids(&json)).unwrap_or_default();
        let says = |text: &str| Message::new(text);
        assert_eq!(
            named(r#"{"ids":{"1":["A valid integer is required."],"x":["?"]}}"#),
            [RejectedId::Index(1, says("A valid integer is required."))]
        );
        assert_eq!(
            named(r#"{"ids":["Invalid pk \"17\" - object does not exist."]}"#),
            [RejectedId::Id("17".into(), says("Invalid pk \"17\" - object does not exist."))]
        );
        assert_eq!(named(r#"{"detail":"user 17 is unknown"}"#), []);
        assert_eq!(named(r#"{"ids":["Invalid pk 17"]}"#), []);
        assert_eq!(named("not json"), []);
    }
}
