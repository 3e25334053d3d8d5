//! The users and their attributes: users by both kinds of id, attributes by name.
use super::{AttributeType, Kind, column::Column};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

/// A user as a request names it.
pub(super) enum Id {
    /// The service's own id.
    Number(i64),
    /// The client's own id.
    Custom(String),
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Number(number) => write!(out, "{number}"),
            Id::Custom(text) => out.write_str(text),
        }
    }
}

/// The attribute with the custom ids.
const CUSTOM_ID: &str = "custom_id";
/// The ids of users that are invented for custom ids that are not numbers start here.
const FIRST_INVENTED: i64 = 1_000_000_000_001;

/// All users and attributes.
pub(super) struct Store {
    /// Whether every id above 0, and every custom id, exists.
    any: bool,
    /// Whether a user's id, written as text, is its custom id: where no column says otherwise.
    decimal: bool,
    ids: Vec<i64>,
    rows: HashMap<i64, u32>,
    custom: HashMap<String, u32>,
    columns: BTreeMap<String, Column>,
}

impl Store {
    /// Every user exists and has no attribute yet.
    pub(super) fn of_anybody() -> Store {
        Store {
            any: true,
            decimal: true,
            ids: Vec::new(),
            rows: HashMap::new(),
            custom: HashMap::new(),
            columns: BTreeMap::new(),
        }
    }

    /// Only these users exist; `rows` has the index of each id in `ids`.
    pub(super) fn of(ids: Vec<i64>, rows: HashMap<i64, u32>, columns: BTreeMap<String, Column>) -> Store {
        let mut custom = HashMap::new();
        if let Some(column) = columns.get(CUSTOM_ID) {
            for row in 0..ids.len() as u32 {
                if let Some((json, _)) = column.get(row) {
                    custom.insert(as_text(json), row);
                }
            }
        }
        Store { any: false, decimal: !columns.contains_key(CUSTOM_ID), ids, rows, custom, columns }
    }

    pub(super) fn exists(&self, id: &Id) -> bool {
        let possible = !matches!(id, Id::Number(number) if *number <= 0);
        self.row(id).is_some() || self.any && possible
    }

    /// Whether every user exists.
    pub(super) fn has_anybody(&self) -> bool {
        self.any
    }

    /// Adds an attribute that has no values yet; one of the file of users keeps its values.
    pub(super) fn declare(&mut self, attribute: &AttributeType) -> Result<(), String> {
        let AttributeType { name, kind, choices, several } = attribute;
        let column = self.columns.entry(name.clone()).or_insert_with(|| Column::new(*kind));
        (column.kind, column.choices, column.several) = (*kind, choices.clone(), *several);
        match column.counts().into_iter().find(|(json, _)| column.check(json).is_err()) {
            Some((json, _)) => {
                Err(format!("the file of users has the value {json}; give {name} another type"))
            }
            None => Ok(()),
        }
    }

    /// The id of this user, if it exists.
    pub(super) fn id_of(&self, id: &Id) -> Option<i64> {
        match (self.row(id), id) {
            (Some(row), _) => Some(self.ids[row as usize]),
            (None, Id::Number(number)) => self.exists(id).then_some(*number),
            (None, Id::Custom(text)) => self.decimal(text).filter(|_| self.any),
        }
    }

    /// The ids of all known users, in order.
    pub(super) fn sorted_ids(&self) -> Vec<i64> {
        let mut ids = self.ids.clone();
        ids.sort_unstable();
        ids
    }

    /// A user's custom id.
    pub(super) fn custom_id(&self, id: i64) -> Option<String> {
        match self.get(id, CUSTOM_ID) {
            Some((json, _)) => Some(as_text(json)),
            None if id >= FIRST_INVENTED => self
                .custom
                .iter()
                .find(|(_, row)| self.ids[**row as usize] == id)
                .map(|(text, _)| text.clone()),
            None => self.decimal.then(|| id.to_string()),
        }
    }

    /// Sets the attribute of these users as far as they exist, creates it if need be, and gives their number.
    pub(super) fn apply(&mut self, ids: &[Id], attribute: &str, json: &str) -> usize {
        let rows: Vec<u32> = ids.iter().filter_map(|id| self.row_or_new(id)).collect();
        if attribute == CUSTOM_ID {
            self.rename(&rows, json);
        }
        let column = self.columns.entry(attribute.to_owned()).or_insert_with(|| Column::new(Kind::of(json)));
        let value = column.intern(json);
        for &row in &rows {
            column.set(row, value, 1);
        }
        rows.len()
    }

    pub(super) fn kind(&self, attribute: &str) -> Option<Kind> {
        self.columns.get(attribute).map(|column| column.kind)
    }

    pub(super) fn columns(&self) -> &BTreeMap<String, Column> {
        &self.columns
    }

    pub(super) fn users(&self) -> usize {
        self.ids.len()
    }

    /// The number of the user who has this custom id.
    pub(super) fn number_of(&self, custom_id: &str) -> Option<i64> {
        self.row(&Id::Custom(custom_id.to_owned())).map(|row| self.ids[row as usize])
    }

    /// A user's value as JSON, and how many requests have set it.
    pub(super) fn get(&self, id: i64, attribute: &str) -> Option<(&Arc<str>, u32)> {
        self.columns.get(attribute)?.get(*self.rows.get(&id)?)
    }

    /// The attributes of a user, by name, as JSON.
    pub(super) fn attributes_of(&self, id: i64) -> impl Iterator<Item = (&str, &str)> {
        let row = self.rows.get(&id);
        self.columns.iter().filter_map(move |(name, column)| Some((name.as_str(), &**column.get(*row?)?.0)))
    }

    /// Who has a value of the attribute: id, value, how many requests have set it; by id.
    pub(super) fn ledger(&self, attribute: &str) -> Vec<(i64, Arc<str>, u32)> {
        let Some(column) = self.columns.get(attribute) else {
            return Vec::new();
        };
        let mut ledger: Vec<_> = (0..)
            .zip(&self.ids)
            .filter_map(|(row, &id)| column.get(row).map(|(json, applied)| (id, json.clone(), applied)))
            .collect();
        ledger.sort_unstable_by_key(|(id, ..)| *id);
        ledger
    }

    fn row(&self, id: &Id) -> Option<u32> {
        match id {
            Id::Number(number) => self.rows.get(number).copied(),
            Id::Custom(text) => {
                self.custom.get(text).copied().or_else(|| self.rows.get(&self.decimal(text)?).copied())
            }
        }
    }

    fn row_or_new(&mut self, id: &Id) -> Option<u32> {
        if let Some(row) = self.row(id) {
            return Some(row);
        }
        if !self.exists(id) {
            return None;
        }
        let row = self.ids.len() as u32;
        let number = match id {
            Id::Number(number) => *number,
            Id::Custom(text) => self.decimal(text).unwrap_or_else(|| {
                self.custom.insert(text.clone(), row);
                FIRST_INVENTED + i64::from(row)
            }),
        };
        self.ids.push(number);
        self.rows.insert(number, row);
        Some(row)
    }

    /// The number of a custom id that is one in plain decimal digits.
    fn decimal(&self, text: &str) -> Option<i64> {
        let number: i64 = text.parse().ok()?;
        (self.decimal && number > 0 && number.to_string() == text).then_some(number)
    }

    /// Gives users a new custom id: `custom_id` is an attribute like any other.
    fn rename(&mut self, rows: &[u32], json: &str) {
        for &row in rows {
            if let Some((old, _)) = self.columns.get(CUSTOM_ID).and_then(|column| column.get(row)) {
                self.custom.remove(&as_text(old));
            }
            self.custom.insert(as_text(json), row);
        }
    }
}

/// A string's text; anything else as it is written.
fn as_text(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}
