//! The first column as ids.

use super::super::Failure;
use super::Missing;
use super::column::Column;
use super::types::Type;
use crate::update::Ids;

/// Ids of a column. What is missing has 0 or an empty text.
pub(super) enum ColumnIds<'a> {
    InPlace(&'a [i64]),
    Numbers(Vec<i64>),
    Texts(Vec<&'a str>),
}

impl ColumnIds<'_> {
    /// The ids for one run. The list of texts moves out: it is larger than many a column.
    pub fn lend(&mut self) -> Ids<'_> {
        match self {
            ColumnIds::InPlace(ids) => Ids::Numeric(ids),
            ColumnIds::Numbers(ids) => Ids::Numeric(ids),
            ColumnIds::Texts(ids) => Ids::Custom(std::mem::take(ids)),
        }
    }
}

/// How messages call an id.
pub(super) struct Naming {
    pub custom: bool,
    pub rows: bool,
}

impl Naming {
    fn problem(&self, at: usize, problem: impl std::fmt::Display) -> Failure {
        match self.rows {
            true => Failure::invalid("rows", format!("the id of row {at} (counted from 0) {problem}")),
            false => {
                Failure::invalid(self.list(), format!("the id at position {at} (counted from 0) {problem}"))
            }
        }
    }

    fn list(&self) -> &'static str {
        match (self.rows, self.custom) {
            (true, _) => "rows",
            (false, true) => "custom_ids",
            (false, false) => "ids",
        }
    }
}

/// The ids, and the rows without one.
pub(super) fn ids<'a>(
    columns: &[Column<'a>],
    ty: &Type,
    missing: Missing,
    rows: bool,
) -> Result<(ColumnIds<'a>, Vec<u32>), Failure> {
    let custom = matches!(ty, Type::Text(_) | Type::TextView);
    let naming = Naming { custom, rows };
    match ty {
        Type::Integer(..)
            if let [column] = columns
                && let Some(ids) = column.as_i64() =>
        {
            Ok((ColumnIds::InPlace(ids), Vec::new()))
        }
        Type::Integer(..) => {
            let read = |column: &Column<'a>, entry| {
                i64::try_from(column.integer(entry))
                    .map_err(|_| "does not fit into 64 bits; use an id of User.com".into())
            };
            let (ids, without) = collect(columns, missing, &naming, 0, read)?;
            Ok((ColumnIds::Numbers(ids), without))
        }
        Type::Float32 | Type::Float64 if missing != Missing::NotNamed => {
            let read = |column: &Column<'a>, entry| whole(column.float(entry).unwrap_or(f64::NAN));
            let (ids, without) = collect(columns, missing, &naming, 0, read)?;
            Ok((ColumnIds::Numbers(ids), without))
        }
        Type::Null => {
            let (ids, without) = collect(columns, missing, &naming, 0, |_, _| Ok(0))?;
            Ok((ColumnIds::Numbers(ids), without))
        }
        Type::Text(_) | Type::TextView => {
            let (ids, without) = collect(columns, missing, &naming, "", text)?;
            Ok((ColumnIds::Texts(ids), without))
        }
        Type::Float32 | Type::Float64 => Err(Failure::invalid(
            naming.list(),
            "the ids are floats; use integers, or set na if they are integers that became floats because some are missing",
        )),
        _ => Err(Failure::invalid(
            naming.list(),
            format!("the ids are {}; use integers, or text for your own ids", ty.words()),
        )),
    }
}

/// All ids, `none` for those that are missing, and the rows of these.
fn collect<'a, T: Copy>(
    columns: &[Column<'a>],
    missing: Missing,
    naming: &Naming,
    none: T,
    read: impl Fn(&Column<'a>, usize) -> Result<T, String>,
) -> Result<(Vec<T>, Vec<u32>), Failure> {
    let mut ids = Vec::with_capacity(columns.iter().map(|column| column.len).sum());
    let mut without = Vec::new();
    for column in columns {
        for i in 0..column.len {
            let at = ids.len();
            let absent = missing.is_missing(column, i);
            if !absent {
                ids.push(read(column, column.entry(i)).map_err(|problem| naming.problem(at, problem))?);
            } else if missing == Missing::Skip {
                without.push(at as u32);
                ids.push(none);
            } else {
                let advice = "is null; a missing value is no id: leave it out, or set na to \"skip\"";
                return Err(naming.problem(at, advice));
            }
        }
    }
    Ok((ids, without))
}

/// Below 2^53 a float holds every integer.
fn whole(id: f64) -> Result<i64, String> {
    let fits = id.fract() == 0.0 && id.abs() < 9_007_199_254_740_992.0;
    fits.then_some(id as i64).ok_or_else(|| format!("is {id}, a float that is no integer below 2^53"))
}

fn text<'a>(column: &Column<'a>, entry: usize) -> Result<&'a str, String> {
    let bytes = column.raw(entry).map_err(|failure| failure.message)?;
    let id = std::str::from_utf8(bytes).map_err(|error| format!("is not UTF-8: {error}"))?;
    if id.ends_with(['\n', '\r']) {
        return Err("ends with a line break; take it out".into());
    }
    match id.find('\0') {
        Some(at) => {
            Err(format!("has a NUL character after {} others; take it out", id[..at].chars().count()))
        }
        None => Ok(id),
    }
}
