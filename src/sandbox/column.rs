//! The values of one attribute: each distinct value is kept once, a user has its index.
use super::Kind;
use std::{collections::HashMap, sync::Arc};

/// One attribute.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) kind: Kind,
    /// What a fixed attribute may be; anything if there are none.
    pub(super) choices: Vec<String>,
    /// Whether a user may have several of them.
    pub(super) several: bool,
    values: Vec<Value>,
    index: HashMap<Arc<str>, u32>,
    cells: Vec<Cell>,
}

#[derive(Clone)]
struct Value {
    json: Arc<str>,
    users: usize,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    /// One above the index of the value; 0 is unset.
    value: u32,
    /// How many requests have set it.
    applied: u32,
}

impl Column {
    pub(super) fn new(kind: Kind) -> Column {
        Column {
            kind,
            choices: Vec::new(),
            several: true,
            values: Vec::new(),
            index: HashMap::new(),
            cells: Vec::new(),
        }
    }

    /// What Django REST framework would say to this value; nothing if it has the attribute's type.
    pub(super) fn check(&self, json: &str) -> Result<(), &'static str> {
        self.kind.check(json)?;
        if self.kind != Kind::Fixed || self.choices.is_empty() || json == "null" {
            return Ok(());
        }
        let one = serde_json::from_str::<String>(json).map(|choice| vec![choice]);
        let given = one.or_else(|_| serde_json::from_str::<Vec<String>>(json)).unwrap_or_default();
        let known = given.iter().all(|choice| self.choices.contains(choice));
        if known && (given.len() < 2 || self.several) { Ok(()) } else { Err("Not a valid choice.") }
    }

    /// The value as an attribute of this type keeps it; nothing if it can't be converted.
    pub(super) fn converted(&self, json: &str) -> Option<String> {
        match self.check(json) {
            Ok(()) => Some(json.to_owned()),
            Err(_) => self.kind.converted(json).filter(|converted| self.check(converted).is_ok()),
        }
    }

    /// The index of a value, kept from now on.
    pub(super) fn intern(&mut self, json: &str) -> u32 {
        if let Some(&known) = self.index.get(json) {
            return known;
        }
        let json: Arc<str> = json.into();
        let index = self.values.len() as u32;
        self.index.insert(json.clone(), index);
        self.values.push(Value { json, users: 0 });
        index
    }

    /// Sets a user's value; `applied` is 1 for a request's, 0 for one of the file of users.
    pub(super) fn set(&mut self, row: u32, value: u32, applied: u32) {
        let row = row as usize;
        if self.cells.len() <= row {
            self.cells.resize(row + 1, Cell::default());
        }
        let cell = &mut self.cells[row];
        if cell.value > 0 {
            self.values[cell.value as usize - 1].users -= 1;
        }
        cell.value = value + 1;
        cell.applied = cell.applied.saturating_add(applied);
        self.values[value as usize].users += 1;
    }

    /// A user's value as JSON, and how many requests have set it.
    pub(super) fn get(&self, row: u32) -> Option<(&Arc<str>, u32)> {
        let cell = self.cells.get(row as usize)?;
        let value = cell.value.checked_sub(1)?;
        Some((&self.values[value as usize].json, cell.applied))
    }

    /// Each value that somebody has, with the number of its users, the most frequent first.
    pub(super) fn counts(&self) -> Vec<(&str, usize)> {
        let mut counts: Vec<_> = self
            .values
            .iter()
            .filter(|value| value.users > 0)
            .map(|value| (&*value.json, value.users))
            .collect();
        counts.sort_by(|(a, more), (b, less)| less.cmp(more).then(a.cmp(b)));
        counts
    }

    /// How many users have a value.
    pub(super) fn users(&self) -> usize {
        self.values.iter().map(|value| value.users).sum()
    }
}
