//! Lists in pages: where the next page is, and when the list ends.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::reader::Unread;

/// So many pages without an entry in a row are no list.
const EMPTY: usize = 10;

/// Where in a list a reader is.
#[derive(Debug)]
pub(super) struct Pages {
    path: &'static str,
    /// The query of the next page; `None` at the end.
    next: Option<String>,
    seen: HashSet<String>,
    empty: usize,
    /// Whether there was a page before this one.
    began: bool,
}

/// One page.
#[derive(Deserialize)]
pub(super) struct Page {
    next: Option<String>,
    pub results: Vec<Box<RawValue>>,
}

impl Pages {
    /// The list at this path, from the page with this query on; an empty one is the first page's.
    pub fn new(path: &'static str, query: &str) -> Pages {
        Pages { path, next: Some(query.to_owned()), seen: HashSet::new(), empty: 0, began: !query.is_empty() }
    }

    /// The path of the next page.
    pub fn next(&self) -> Option<String> {
        match self.next.as_deref()? {
            "" => Some(self.path.to_owned()),
            query => Some(format!("{}?{query}", self.path)),
        }
    }

    /// The query of the next page, from which another reader can continue.
    pub fn query(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Goes on to the page after this one.
    pub fn advance(&mut self, page: &Page) -> Result<(), Unread> {
        self.empty = if page.results.is_empty() { self.empty + 1 } else { 0 };
        if self.empty == EMPTY {
            return Err(Unread::odd(format!("the last {EMPTY} pages of {} were empty", self.path)));
        }
        self.began = true;
        self.seen.extend(self.next.take());
        // Only the query: the rest of this address is the server's text, and a token must not follow it elsewhere.
        let query = page.next.as_deref().and_then(query_of);
        self.next = query.filter(|query| !self.seen.contains(*query)).map(str::to_owned);
        Ok(())
    }

    /// The list has ended: a page that the one before had named does not exist.
    pub fn end(&mut self) -> Result<(), ()> {
        self.began.then(|| self.next = None).ok_or(())
    }
}

impl Page {
    pub fn parse(body: &[u8]) -> Result<Page, Unread> {
        match serde_json::from_slice::<Page>(body) {
            Ok(page) => Ok(page),
            Err(why) => match serde_json::from_slice(body) {
                // A list without pages.
                Ok(results) => Ok(Page { next: None, results }),
                Err(_) => Err(Unread::odd(format!("the response is no page of a list: {why}"))),
            },
        }
    }
}

/// What is between `?` and `#`; nothing if it can't be sent as it is.
fn query_of(url: &str) -> Option<&str> {
    let query = url.split('#').next()?.split_once('?')?.1;
    is_query(query).then_some(query)
}

/// Whether this can be sent as it is.
pub(super) fn is_query(query: &str) -> bool {
    let safe = |c: u8| c.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&c);
    !query.is_empty() && query.len() <= 2048 && query.bytes().all(safe)
}

/// A part of a path, percent-encoded.
pub(super) fn encoded(part: &str) -> String {
    part.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'~' => out.push(byte.into()),
            // Dots too: a path with a part `..` would be another one.
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advanced(pages: &mut Pages, body: &str) -> Result<(), Unread> {
        pages.advance(&Page::parse(body.as_bytes())?)
    }

    fn after(body: &str) -> Option<String> {
        let mut pages = Pages::new("/a/", "");
        advanced(&mut pages, body).unwrap();
        pages.next()
    }

    #[test]
    fn only_the_query_of_the_next_page_is_used() {
        let next = |url: &str| after(&format!(r#"{{"next":"{url}","results":[{{}}]}}"#));
        for url in
            ["http://evil.example/x/?page=2", "//evil.example?page=2", "/?page=2#x", "ftp://u:p@h?page=2"]
        {
            assert_eq!(next(url).as_deref(), Some("/a/?page=2"), "{url}");
        }
        for url in ["http://acme.user.com/a/", "x?", "?a b", "?a\\r\\nHost: x", "?\\u017c"] {
            assert_eq!(next(url), None, "{url}");
        }
        assert_eq!(after("[1,2]"), None);
        assert_eq!(after(r#"{"next":null,"results":[]}"#), None);
    }

    #[test]
    fn a_page_that_was_seen_ends_the_list() {
        let mut pages = Pages::new("/a/", "");
        let mut read = |next: &str| {
            advanced(&mut pages, &format!(r#"{{"next":"?{next}","results":[1]}}"#)).unwrap();
            pages.query().map(str::to_owned)
        };
        assert_eq!(read("p=2").as_deref(), Some("p=2"));
        assert_eq!(read("p=3").as_deref(), Some("p=3"));
        assert_eq!(read("p=2"), None);
    }

    #[test]
    fn empty_pages_do_not_go_on_for_ever() {
        let mut pages = Pages::new("/a/", "");
        let mut read = |n: usize| advanced(&mut pages, &format!(r#"{{"next":"?p={n}","results":[]}}"#));
        assert!((0..9).all(|n| read(n).is_ok()));
        assert!(read(9).unwrap_err().message.contains("empty"));
        assert!(Page::parse(b"{\"detail\":1}").is_err());
    }

    #[test]
    fn parts_of_paths() {
        assert_eq!(encoded("a/b ..ż?"), "a%2Fb%20%2E%2E%C5%BC%3F");
    }
}
