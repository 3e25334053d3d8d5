//! One user as the service shows it: its ids, and its attributes as the JSON text that was read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::reader::Unread;

/// One user. Values are JSON text, as the service sent it.
#[derive(Clone, Debug)]
pub struct User {
    id: i64,
    custom_id: Option<String>,
    email: Option<String>,
    fields: BTreeMap<String, Box<RawValue>>,
    attributes: Vec<Attribute>,
    /// Those that [`User::to_json`] shows; all of them if there are none.
    chosen: Vec<String>,
}

/// A custom attribute of a user.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Attribute {
    #[serde(default)]
    name: String,
    #[serde(default)]
    name_std: String,
    value: Option<Box<RawValue>>,
    #[serde(default)]
    pub value_type: Option<String>,
}

impl Attribute {
    pub fn json(&self) -> &str {
        self.value.as_deref().map_or("null", RawValue::get)
    }
}

impl User {
    pub(super) fn parse(json: &str) -> Result<User, Unread> {
        let odd = |why: String| {
            Unread::odd(format!("the response is no user as other clients have seen them: {why}"))
        };
        let mut fields: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(json).map_err(|error| odd(error.to_string()))?;
        let number = |field: &RawValue| field.get().trim_matches('"').parse().ok();
        let Some(id) = fields.get("id").and_then(|id| number(id)) else {
            return Err(odd("it has no id".into()));
        };
        let attributes = match fields.remove("attributes") {
            Some(list) => serde_json::from_str(list.get()).map_err(|error| odd(error.to_string()))?,
            None => return Err(odd("it has no list of attributes".into())),
        };
        // A custom id may come as a number.
        let text = |name: &str| match fields.get(name)?.get() {
            "null" | "\"\"" => None,
            json => Some(serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())),
        };
        Ok(User {
            id,
            custom_id: text("user_id"),
            email: text("email"),
            fields,
            attributes,
            chosen: Vec::new(),
        })
    }

    /// With these attributes in its JSON.
    pub(super) fn showing(mut self, names: &[String]) -> User {
        self.chosen = names.to_vec();
        self
    }

    /// User.com's own id.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The customer's own id.
    pub fn custom_id(&self) -> Option<&str> {
        self.custom_id.as_deref()
    }

    /// The e-mail address.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// An attribute's value as JSON: a custom attribute by either of its names, or a standard one. `None` if the user
    /// has none.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.custom(name).map(Attribute::json).or_else(|| self.standard(name)).filter(|json| *json != "null")
    }

    pub(super) fn custom(&self, name: &str) -> Option<&Attribute> {
        let by = |matches: fn(&Attribute, &str) -> bool| self.attributes.iter().find(|a| matches(a, name));
        by(|a, name| a.name == name).or_else(|| by(|a, name| a.name_std == name)).or_else(|| {
            by(|a, name| a.name.eq_ignore_ascii_case(name) || a.name_std.eq_ignore_ascii_case(name))
        })
    }

    pub(super) fn standard(&self, name: &str) -> Option<&str> {
        let name = if name == "custom_id" { "user_id" } else { name };
        self.fields.get(name).map(|json| json.get())
    }

    /// The user as one line of JSON: `id`, `custom_id`, `email`, and `attributes`, an object with the chosen attributes,
    /// or with all custom ones.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let null = serde_json::value::to_raw_value(&()).map_err(serde::ser::Error::custom)?;
        let mut attributes: BTreeMap<&str, &RawValue> = BTreeMap::new();
        if self.chosen.is_empty() {
            attributes.extend(
                self.attributes.iter().map(|a| (a.name.as_str(), a.value.as_deref().unwrap_or(&null))),
            );
        }
        for name in &self.chosen {
            let standard = if name == "custom_id" { "user_id" } else { name };
            let custom = self.custom(name).and_then(|attribute| attribute.value.as_deref());
            let value = custom.or_else(|| self.fields.get(standard).map(|json| &**json));
            attributes.insert(name, value.unwrap_or(&null));
        }
        let mut user = serializer.serialize_map(Some(4))?;
        user.serialize_entry("id", &self.id)?;
        user.serialize_entry("custom_id", &self.custom_id)?;
        user.serialize_entry("email", &self.email)?;
        user.serialize_entry("attributes", &attributes)?;
        user.end()
    }
}
