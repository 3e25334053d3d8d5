//! Ids and values from a stream of Arrow: what data frames, databases and query engines have.

#[allow(missing_docs, reason = "Arrow's own pages document them")]
mod abi;
mod column;
mod decimal;
mod ids;
mod types;
mod values;

use std::ffi::{c_char, c_int};

pub use abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use abi::{Owned, Stream};
use column::Column;
use ids::ids;
use types::ColumnType;
use values::ColumnValues;

use super::Failure;
use super::client::{one_value, run, uc_client, update};
use super::pointers::{optional_text, text};
use super::report::uc_report;
use super::run_options::uc_run_options;
use crate::update::{TableRows, Update};

/// Sets `attribute` of the users in an Arrow stream, of the Arrow C stream interface: the form in which data frames,
/// databases and query engines give their columns to others, in any number of batches.
///
/// With a `json_value`, the stream has one column: the ids, which all get this value. With `json_value` NULL, it has two:
/// the ids and a value for each, which are grouped as by `uc_client_mass_update_rows`. The column may be the type of the
/// stream itself or a field of its structure. Ids are User.com's own if they are integers, and your own ids if they are
/// text (utf8, large_utf8, utf8_view). Values are booleans, integers, floats, decimals (every digit is sent), text, text
/// with the extension type arrow.json, which is sent as written, dates, or timestamps with a time zone. Both may be
/// dictionary-encoded. Other extension types are invalid, unless they are text.
///
/// `na` says what becomes of missing values. "error" refuses them. "skip" does not send their rows; each is not
/// attempted, and a note of the report counts them. With either, ids may be floats, as in a column of integers that
/// became floats because some are missing: they must be integers below 2^53, and NaN is a missing value. NULL is
/// "error", without floats as ids. A missing value, not id, is sent as null if `allow_null` is set.
///
/// The stream is moved and released, once, also if an argument is invalid: its `release` is NULL afterwards. It is read
/// to its end before anything is sent, on the thread of the call. `*report` has a state for each row. Messages call the
/// ids `ids` or `custom_ids`, and ids and values of two columns `rows`; both are counted from 0 over all batches.
/// Everything else is like `uc_client_mass_update`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uc_client_mass_update_arrow(
    client: *const uc_client,
    stream: *mut ArrowArrayStream,
    attribute: *const c_char,
    json_value: *const c_char,
    na: *const c_char,
    run_options: *const uc_run_options,
    report: *mut *mut uc_report,
) -> c_int {
    // SAFETY: the caller gives live handles, strings that end with a NUL or NULL, and a stream.
    let call = || unsafe {
        // First of all, as it must be released whatever else is wrong.
        let mut stream = Stream::take(stream)?;
        let missing = Missing::parse(optional_text(na, "na")?)?;
        let allow_null = run_options.as_ref().is_some_and(|handle| handle.options.allow_null);
        let one =
            optional_text(json_value, "value")?.map(|_| one_value(attribute, json_value)).transpose()?;
        let attribute = text(attribute, "attribute")?;

        let table = Table::read(&mut stream, if one.is_some() { 1 } else { 2 })?;
        drop(stream); // the batches live on without it
        let (mut ids, mut skipped) =
            ids(&table.column(0)?, &table.types[0].of_values, missing, one.is_none())?;
        let mut what = match one {
            Some(update) => update,
            None => {
                let of_values = &table.types[1].of_values;
                let values = ColumnValues::read(&table.column(1)?, of_values, missing, allow_null)?;
                skipped.extend(values.missing);
                skipped.sort_unstable();
                skipped.dedup();
                let update = Update::rows(attribute, values.values, values.index);
                Update { table: Some(TableRows { skipped: Vec::new(), first: values.first }), ..update }
            }
        };
        what.table.get_or_insert_default().skipped = skipped;
        update(client, what, ids.lend(), run_options)
    };
    run(report, call)
}

/// What becomes of missing values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// Refused; and so are floats that are ids.
    NotNamed,
    Error,
    Skip,
}

impl Missing {
    /// Whether row `i` has no value. NaN is one unless `na` was named.
    fn is_missing(self, column: &Column<'_>, i: usize) -> bool {
        column.is_missing(i)
            || self != Missing::NotNamed && column.float(column.entry(i)).is_some_and(f64::is_nan)
    }

    fn parse(na: Option<&str>) -> Result<Missing, Failure> {
        match na {
            None => Ok(Missing::NotNamed),
            Some("error") => Ok(Missing::Error),
            Some("skip") => Ok(Missing::Skip),
            Some(_) => Err(Failure::invalid("na", "use \"error\" or \"skip\", or NULL")),
        }
    }
}

/// The columns of a stream, in batches.
struct Table {
    types: Vec<ColumnType>,
    /// Whether the stream has structures, the fields of which are the columns.
    structures: bool,
    batches: Vec<Owned<ArrowArray>>,
}

impl Table {
    fn read(stream: &mut Stream, columns: usize) -> Result<Table, Failure> {
        let schema = stream.schema()?;
        let structures = schema.format()? == "+s";
        let found = if structures { schema.n_children } else { 1 };
        if found != columns as i64 {
            let wanted = match columns {
                1 => "with a value for all of them it must have one, the ids",
                _ => "without a value for all of them it must have two, the ids and the values",
            };
            return Err(Failure::invalid("stream", format!("has {found} columns; {wanted}")));
        }
        let types = match structures {
            true => (0..columns).map(|k| ColumnType::read(schema.child(k)?)).collect::<Result<_, _>>()?,
            false => vec![ColumnType::read(&schema)?],
        };
        let (mut batches, mut rows) = (Vec::new(), 0);
        while let Some(batch) = stream.next()? {
            rows += column::rows(&batch)? as i64;
            if rows > i64::from(u32::MAX) {
                return Err(column::too_many(rows));
            }
            if batch.length > 0 {
                batches.push(batch);
            }
        }
        Ok(Table { types, structures, batches })
    }

    /// One column of all batches.
    fn column(&self, k: usize) -> Result<Vec<Column<'_>>, Failure> {
        let child = self.structures.then_some(k);
        self.batches.iter().map(|batch| Column::new(batch, child, &self.types[k])).collect()
    }
}
