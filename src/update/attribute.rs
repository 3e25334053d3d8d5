//! The attribute's name: its length, and the list of the standard attributes.

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

/// An attribute name that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute(String);

impl Attribute {
    /// 1 to 255 characters, as the vendor's page says; standard ones must be on its list.
    pub fn parse(name: &str, kind: AttributeKind) -> Result<Attribute> {
        let characters = name.chars().count();
        if !(1..=255).contains(&characters) {
            return Err(Error::invalid("attribute", format!("has {characters} characters; use 1 to 255")));
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
        Ok(Attribute(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn standard_attributes_are_on_a_list() {
        assert!(Attribute::parse("first_name", AttributeKind::Standard).is_ok());
        let message = Attribute::parse("plan", AttributeKind::Standard).unwrap_err().to_string();
        assert!(message.contains("\"plan\"") && message.contains("first_name"), "{message}");
    }
}
