//! The second column as values, equal ones once.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta};

use super::super::Failure;
use super::Missing;
use super::column::Column;
use super::decimal;
use super::types::Type;
use crate::error::Error;
use crate::update::Value;

/// The distinct values of a column.
#[derive(Default)]
pub(super) struct ColumnValues<'a> {
    pub values: Vec<Value>,
    /// For each row, which of them it has.
    pub index: Vec<u32>,
    /// For each of them, the first row that has it.
    pub first: Vec<u32>,
    /// The rows without one.
    pub missing: Vec<u32>,
    known: HashMap<&'a [u8], u32>,
    null: Option<u32>,
}

impl<'a> ColumnValues<'a> {
    pub fn read(
        columns: &[Column<'a>],
        ty: &Type,
        missing: Missing,
        allow_null: bool,
    ) -> Result<ColumnValues<'a>, Failure> {
        if let Type::MomentWithoutZone = ty {
            let problem =
                "the values are timestamps without a time zone; say which it is, or convert them to UTC";
            return Err(Failure::invalid("rows", problem));
        }
        if let Type::Other(words) = ty {
            let problem = format!("the values are {words}; use booleans, numbers, text, dates or timestamps");
            return Err(Failure::invalid("rows", problem));
        }
        let mut all = ColumnValues::default();
        all.index.reserve(columns.iter().map(|column| column.len).sum());
        for column in columns {
            all.add(column, ty, missing, allow_null)?;
        }
        if all.values.is_empty() {
            // Rows without any value: something for their index to point to. Nothing is sent.
            all.values.push(Value::Bool(false));
        }
        Ok(all)
    }

    fn add(
        &mut self,
        column: &Column<'a>,
        ty: &Type,
        missing: Missing,
        allow_null: bool,
    ) -> Result<(), Failure> {
        let mut of_entry: Vec<Option<u32>> = vec![None; column.dictionary_len().unwrap_or_default()];
        for i in 0..column.len {
            let row = self.index.len();
            let number = if missing.is_missing(column, i) {
                match (allow_null, missing) {
                    (true, _) => self.null(row)?,
                    (false, Missing::Skip) => {
                        self.missing.push(row as u32);
                        0
                    }
                    (false, _) => {
                        let problem = "is null; a missing value is not sent: leave the row out, or set na to \
                                       \"skip\"; null itself is not allowed without allow_null";
                        return Err(of_row(row, problem));
                    }
                }
            } else {
                let entry = column.entry(i);
                match of_entry.get(entry) {
                    Some(Some(known)) => *known,
                    slot => {
                        let of_dictionary = slot.is_some();
                        let number = self.number(column, entry, ty, row)?;
                        if of_dictionary {
                            of_entry[entry] = Some(number);
                        }
                        number
                    }
                }
            };
            self.index.push(number);
        }
        Ok(())
    }

    fn number(&mut self, column: &Column<'a>, entry: usize, ty: &Type, row: usize) -> Result<u32, Failure> {
        let raw = column.raw(entry)?;
        if let Some(known) = self.known.get(raw) {
            return Ok(*known);
        }
        let number = self.push(value(column, entry, raw, ty).map_err(|error| error.of_row(row))?, row);
        self.known.insert(raw, number);
        Ok(number)
    }

    fn null(&mut self, row: usize) -> Result<u32, Failure> {
        if let Some(known) = self.null {
            return Ok(known);
        }
        let null = Value::json("null")?;
        let number = self.push(null, row);
        self.null = Some(number);
        Ok(number)
    }

    fn push(&mut self, value: Value, row: usize) -> u32 {
        self.values.push(value);
        self.first.push(row as u32);
        self.values.len() as u32 - 1
    }
}

fn of_row(row: usize, problem: impl std::fmt::Display) -> Failure {
    Failure::invalid("rows", format!("the value of row {row} (counted from 0): {problem}"))
}

fn value(column: &Column<'_>, entry: usize, raw: &[u8], ty: &Type) -> Result<Value, Error> {
    let integer = || column.integer(entry);
    let invalid = |problem: &str| Error::invalid("value", problem);
    let text = || {
        std::str::from_utf8(raw).map_err(|error| Error::invalid("value", format!("is not UTF-8: {error}")))
    };
    Ok(match ty {
        Type::Bool => Value::Bool(raw == [1]),
        Type::Integer(..) => Value::Integer(integer()),
        Type::Float32 => Value::from(column.float(entry).unwrap_or(f64::NAN) as f32),
        Type::Float64 => Value::Float(column.float(entry).unwrap_or(f64::NAN)),
        Type::Decimal(_, scale) => Value::json(&decimal::text(raw, *scale))?,
        Type::Text(_) | Type::TextView => Value::String(text()?.to_owned()),
        Type::Json(_) => Value::json(text()?)?,
        Type::Days => Value::Date(day(integer()).ok_or_else(|| invalid("is outside the years 1 to 9999"))?),
        Type::DayMilliseconds => {
            let (days, rest) = (integer().div_euclid(86_400_000), integer().rem_euclid(86_400_000));
            if rest != 0 {
                return Err(invalid("is a date with a time of day; use timestamps with a time zone"));
            }
            Value::Date(day(days).ok_or_else(|| invalid("is outside the years 1 to 9999"))?)
        }
        Type::Moment(per_second) => {
            let per_second = i128::from(*per_second);
            let (seconds, rest) = (integer().div_euclid(per_second), integer().rem_euclid(per_second));
            let nanoseconds = (rest * (1_000_000_000 / per_second)) as u32;
            let moment = i64::try_from(seconds).ok().and_then(|s| DateTime::from_timestamp(s, nanoseconds));
            Value::DateTime(moment.ok_or_else(|| invalid("is outside the years 1 to 9999 in UTC"))?)
        }
        // Refused before, or never there.
        Type::Null | Type::MomentWithoutZone | Type::Other(_) => return Err(invalid("can't be sent")),
    })
}

fn day(since_1970: i128) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(TimeDelta::try_days(since_1970.try_into().ok()?)?)
}
