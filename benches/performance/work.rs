//! What every contender has to send: the same ids and values for all.

use std::io::{Error, Result};

/// The ids of the vendor's sample.
pub const SMALL: [i64; 4] = [10, 15, 22, 23];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ids that all get one value.
    Ids,
    /// Custom ids that all get one value.
    Custom,
    /// Ids with a value each, a hundred different ones.
    Rows,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Ids => "ids",
            Kind::Custom => "custom",
            Kind::Rows => "rows",
        }
    }
}

/// What one call has to send: so many ids, in requests of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    pub kind: Kind,
    pub ids: usize,
    pub batch: usize,
}

impl Work {
    /// The arguments that tell a contender.
    pub fn words(self) -> [String; 3] {
        [self.kind.word().to_owned(), self.ids.to_string(), self.batch.to_string()]
    }

    pub fn of_words(words: [&str; 3]) -> Result<Work> {
        let [kind, ids, batch] = words;
        let kind = [Kind::Ids, Kind::Custom, Kind::Rows].into_iter().find(|k| k.word() == kind);
        let number = |text: &str| text.parse::<usize>().map_err(Error::other);
        let kind = kind.ok_or_else(|| Error::other("ids, custom or rows?"))?;
        Ok(Work { kind, ids: number(ids)?, batch: number(batch)? })
    }

    pub fn ids(self) -> Vec<i64> {
        if self.ids == SMALL.len() { SMALL.into() } else { (1_000_000..).take(self.ids).collect() }
    }

    /// None unless they are the work: they would be in the memory that is measured.
    pub fn custom_ids(self) -> Vec<String> {
        self.ids().iter().filter(|_| self.kind == Kind::Custom).map(|id| format!("u-{id}")).collect()
    }

    /// The same.
    pub fn rows(self) -> Vec<(i64, String)> {
        self.ids().iter().filter(|_| self.kind == Kind::Rows).map(|id| (*id, value(*id))).collect()
    }
}

/// The value that an id gets, where each has its own.
pub fn value(id: i64) -> String {
    format!("plan {}", id % 100)
}
