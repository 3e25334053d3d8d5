//! JSON as it was written: a name that appears twice in an object stays there twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// One JSON value. [`serde_json::Value`] keeps only the last of several fields with the same name, so a failure could
/// hide behind a success.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// `None` if it is not exactly one JSON value in UTF-8.
    pub fn parse(bytes: &[u8]) -> Option<Json> {
        serde_json::from_slice(bytes).ok()
    }

    /// The fields of an object; none of anything else.
    pub fn fields(&self) -> &[(String, Json)] {
        match self {
            Json::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The first field with this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.fields().iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number, also one that is written as a string.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Json::Number(number) => Some(*number),
            Json::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// All texts in it as one, for people.
    pub fn plain(&self) -> String {
        let joined =
            |items: &mut dyn Iterator<Item = &Json>| items.map(Json::plain).collect::<Vec<_>>().join(" ");
        match self {
            Json::Null => "null".to_owned(),
            Json::Bool(yes) => yes.to_string(),
            Json::Number(number) => number.to_string(),
            Json::Text(text) => text.clone(),
            Json::List(items) => joined(&mut items.iter()),
            Json::Object(fields) => joined(&mut fields.iter().map(|(_, value)| value)),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Json, E> {
        Ok(Json::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = entries.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost() {
        let json =
            Json::parse(br#"{"a":1,"a":[null,true,"x",-2.5],"$serde_json::private::RawValue":"7"}"#).unwrap();
        let names: Vec<&str> = json.fields().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "a", "$serde_json::private::RawValue"]);
        assert_eq!(json.get("a"), Some(&Json::Number(1.0)));
        assert_eq!(json.fields()[1].1.plain(), "null true x -2.5");
        for broken in [&b"{"[..], b"{} {}", b"", b"\"\xff\"", b"1e999", "[".repeat(20_000).as_bytes()] {
            assert_eq!(Json::parse(broken), None);
        }
    }
}
