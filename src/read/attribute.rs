//! An attribute as the service lists it: its names, its type, the choices of a fixed one.

use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;

use super::page::{Page, Pages, encoded};
use super::reader::{Clock, Unread, Watch, Why};
use crate::interface::Status;

/// The list of attributes.
pub(super) const LIST: &str = "/api/public/attributes/";

/// More pages than this are no list of attributes.
const PAGES: usize = 1000;

/// What is known of an attribute.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Attribute {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub name_std: String,
    #[serde(default)]
    pub value_type: String,
    #[serde(default)]
    content_type: Option<String>,
    /// Texts, or objects that hold one.
    #[serde(default)]
    choices: Option<Vec<Value>>,
    #[serde(default)]
    allow_multiple_choices: Option<bool>,
}

impl Attribute {
    #[cfg(test)]
    pub fn of_type(name: &str, value_type: &str) -> Attribute {
        Attribute { name: name.to_owned(), value_type: value_type.to_owned(), ..Attribute::default() }
    }

    /// The choices of a fixed attribute, if they are known.
    pub fn choices(&self) -> Option<Vec<String>> {
        let text = |choice: &Value| {
            let held = ["value", "name"].iter().find_map(|key| choice.get(key)).unwrap_or(choice);
            held.as_str().map_or_else(|| held.to_string(), str::to_owned)
        };
        let choices: Vec<String> = self.choices.as_ref()?.iter().map(text).collect();
        (!choices.is_empty()).then_some(choices)
    }

    /// Whether a user has at most one of the choices.
    pub fn has_one_choice(&self) -> bool {
        self.allow_multiple_choices == Some(false)
    }

    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.name_std == name
    }
}

/// The type of the attribute with this name: one GET.
pub(super) fn type_of(
    name: &str,
    clock: &mut dyn Clock,
    by: Instant,
    watch: &mut dyn Watch,
) -> Result<Attribute, Unread> {
    let path = format!("/api/public/attribute-type/{}/users/", encoded(name));
    let body = clock.read(&path, by, watch)?;
    let known: Attribute = serde_json::from_slice(&body)
        .map_err(|why| Unread::odd(format!("the response is no attribute's type: {why}")))?;
    match known.value_type.is_empty() {
        true => Err(Unread::odd("the response has no value_type")),
        false => Ok(Attribute { name: name.to_owned(), ..known }),
    }
}

/// All attributes of users: a GET for each 100. Ends early once `enough` says so.
pub(super) fn list(
    clock: &mut dyn Clock,
    by: Instant,
    watch: &mut dyn Watch,
    enough: impl Fn(&Attribute) -> bool,
) -> Result<Vec<Attribute>, Unread> {
    let (mut pages, mut all) = (Pages::new(LIST, ""), Vec::new());
    for _ in 0..PAGES {
        let Some(path) = pages.next() else { return Ok(all) };
        let body = match clock.read(&path, by, watch) {
            Err(unread) if unread.why == Why::Missing && pages.end().is_ok() => return Ok(all),
            body => body?,
        };
        let page = Page::parse(&body)?;
        pages.advance(&page)?;
        for entry in page.results {
            let attribute: Attribute = serde_json::from_str(entry.get())
                .map_err(|why| Unread::odd(format!("the response has an odd attribute: {why}")))?;
            if attribute.content_type.as_deref().is_none_or(|of| of == "clientuser") {
                let found = enough(&attribute);
                all.push(attribute);
                if found {
                    return Ok(all);
                }
            }
        }
    }
    Err(Unread::new(
        Why::Lasting,
        Status::BadResponse,
        format!("the list of attributes has more than {PAGES} pages"),
    ))
}

/// The name that was most likely meant.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace([' ', '-'], "_");
    let name = plain(name);
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&name, &plain(known));
    let likely = names.filter(|known| likeness(known) >= 0.6);
    likely.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}
