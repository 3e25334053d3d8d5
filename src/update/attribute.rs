//! The attribute's name: its length, and the list of the standard attributes.

use super::JsonText;
use crate::error::{Error, Result};

/// Whether an attribute is custom or standard: each kind has its own call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttributeKind {
    /// An attribute that the workspace defined itself. The default.
    #[default]
    Custom,
    /// An attribute that every profile has, such as `first_name`.
    Standard,
}

/// What the vendor's page "Update attribute for multiple users" lists as allowed.
const STANDARD: [&str; 21] = [
    "assigned_to",
    "city",
    "company_id",
    "country",
    "email",
    "facebook_url",
    "first_name",
    "gender",
    "google_url",
    "gravatar_url",
    "last_name",
    "linkedin_url",
    "notifications",
    "phone_number",
    "region",
    "score",
    "status",
    "timezone",
    "twitter_url",
    "unsubscribed",
    "custom_id",
];

/// Standard attributes that the service keeps in a column of limited length, and how many characters fit. The first
/// two are documented by the vendor, the others seen in another public client.
const LONGEST: [(&str, usize); 4] =
    [("first_name", 40), ("last_name", 40), ("city", 64), ("phone_number", 64)];

/// An attribute name that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    name: String,
    /// How many characters a text may have.
    longest: Option<usize>,
}

impl Attribute {
    /// 1 to 255 characters, as the vendor's page says, and not blanks only; standard ones must be on its list.
    pub fn parse(name: &str, kind: AttributeKind) -> Result<Attribute> {
        let characters = name.chars().count();
        if !(1..=255).contains(&characters) {
            return Err(Error::invalid(
                "attribute",
                format!("has {characters} characters; use its name in User.com, 1 to 255 characters"),
            ));
        }
        // No form of the service can make such a name; a program that reads it from a file can.
        if let Some(control) = name.chars().find(|c| c.is_control()) {
            let problem = format!(
                "has a line break or another control character ({:?}); use its name in User.com",
                control
            );
            return Err(Error::invalid("attribute", problem));
        }
        if name.trim().is_empty() {
            return Err(Error::invalid("attribute", "has only blanks; use its name in User.com"));
        }
        if kind == AttributeKind::Standard && !STANDARD.contains(&name) {
            return Err(Error::invalid(
                "attribute",
                format!(
                    "\"{}\" is not a standard attribute; those are: {}",
                    name.escape_debug(),
                    STANDARD.join(", ")
                ),
            ));
        }
        let longest = LONGEST.iter().find(|(limited, _)| kind == AttributeKind::Standard && *limited == name);
        Ok(Attribute { name: name.to_owned(), longest: longest.map(|(_, longest)| *longest) })
    }

    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Checks that a text is no longer than the service keeps. Values of other types are the service's to judge.
    pub fn check(&self, value: &JsonText) -> Result<()> {
        let Some(longest) = self.longest else { return Ok(()) };
        match value.characters() {
            Some(characters) if characters > longest => Err(Error::invalid(
                "value",
                format!(
                    "has {characters} characters; the service takes at most {longest} for {}; shorten it",
                    self.name
                ),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::update::Value;

    #[test]
    fn length_is_in_characters() {
        for good in ["a", &"é".repeat(255), "with space", "\u{1F600}"] {
            assert_eq!(Attribute::parse(good, AttributeKind::Custom).unwrap().as_str(), good);
        }
        for bad in ["", &"é".repeat(256)] {
            let message = Attribute::parse(bad, AttributeKind::Custom).unwrap_err().to_string();
            assert!(message.starts_with("attribute: has ") && message.contains("1 to 255"), "{message}");
        }
    }

    /// Row 100.
    #[test]
    fn texts_of_standard_attributes_have_a_length() {
        let said = |name: &str, kind, json: &str| {
            let value = JsonText::of(&Value::json(json).unwrap(), false).unwrap();
            Attribute::parse(name, kind)
                .unwrap()
                .check(&value)
                .map_or_else(|e| e.to_string(), |()| "fits".into())
        };
        let text = |c: &str, n: usize| format!("\"{}\"", c.repeat(n));
        for (name, longest) in [("first_name", 40), ("last_name", 40), ("city", 64), ("phone_number", 64)] {
            // Characters, not bytes; an escape is one character.
            for c in ["x", "ż", "\u{1F600}", "\\u017c", "\\n", "\\ud83d\\ude00"] {
                assert_eq!(said(name, AttributeKind::Standard, &text(c, longest)), "fits", "{name} {c}");
                assert_eq!(
                    said(name, AttributeKind::Standard, &text(c, longest + 1)),
                    format!(
                        "value: has {} characters; the service takes at most {longest} for {name}; shorten it",
                        longest + 1
                    )
                );
            }
            assert_eq!(
                said(name, AttributeKind::Custom, &text("x", 100)),
                "fits",
                "a custom one of this name"
            );
            let number = "1".repeat(100);
            for other in [number.as_str(), "true", "[\"a\"]", "{}"] {
                assert_eq!(said(name, AttributeKind::Standard, other), "fits", "{name} {other}");
            }
        }
        assert_eq!(said("region", AttributeKind::Standard, &text("x", 1000)), "fits");
    }

    #[test]
    fn standard_attributes_are_on_a_list() {
        assert!(Attribute::parse("first_name", AttributeKind::Standard).is_ok());
        let message = Attribute::parse("plan", AttributeKind::Standard).unwrap_err().to_string();
        assert!(message.contains("\"plan\"") && message.contains("first_name"), "{message}");
    }
}
