//! The entries of one column in one array, with every length and offset checked.

use super::super::Failure;
use super::abi::ArrowArray;
use super::types::{ColumnType, Type};

/// One column of one array: its entries, and which of them are missing.
pub(super) struct Column<'a> {
    pub len: usize,
    missing: Vec<Validity<'a>>,
    entries: Entries<'a>,
    /// With a dictionary, the entries are those of it.
    dictionary: Option<Dictionary<'a>>,
}

struct Dictionary<'a> {
    /// Which entry each row has.
    index: Fixed<'a>,
    len: usize,
    missing: Vec<Validity<'a>>,
}

/// Bits, of which 0 is a missing value, from the `start`-th one on.
struct Validity<'a> {
    bits: &'a [u8],
    start: usize,
}

impl Validity<'_> {
    fn is_missing(&self, i: usize) -> bool {
        !bit(self.bits, self.start + i)
    }
}

fn bit(bits: &[u8], at: usize) -> bool {
    bits[at / 8] >> (at % 8) & 1 == 1
}

/// Integers of one width.
#[derive(Clone, Copy)]
struct Fixed<'a> {
    bytes: &'a [u8],
    width: usize,
    signed: bool,
}

enum Entries<'a> {
    /// Nothing but missing values.
    None,
    Bits(&'a [u8], usize),
    /// Entries of so many bytes.
    Fixed(Fixed<'a>),
    Floats(Fixed<'a>),
    /// Where each text starts, one more than there are texts, and the texts.
    Texts(Offsets<'a>, &'a [u8]),
    /// Views of 16 bytes, and the buffers that the long texts are in.
    Views(&'a [u8], Vec<&'a [u8]>),
}

/// Offsets of 32 or 64 bits.
struct Offsets<'a> {
    bytes: &'a [u8],
    large: bool,
}

impl Offsets<'_> {
    /// A negative one becomes larger than any buffer.
    fn at(&self, i: usize) -> usize {
        if self.large {
            u64::from_ne_bytes(taken(self.bytes, i)) as usize
        } else {
            i64::from(i32::from_ne_bytes(taken(self.bytes, i))) as usize
        }
    }
}

/// The `i`-th `N` bytes.
fn taken<const N: usize>(bytes: &[u8], i: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[i * N..(i + 1) * N]);
    out
}

impl<'a> Fixed<'a> {
    fn raw(&self, i: usize) -> &'a [u8] {
        &self.bytes[i * self.width..(i + 1) * self.width]
    }

    fn integer(&self, i: usize) -> i128 {
        match (self.width, self.signed) {
            (1, true) => i8::from_ne_bytes(taken(self.bytes, i)).into(),
            (1, false) => self.bytes[i].into(),
            (2, true) => i16::from_ne_bytes(taken(self.bytes, i)).into(),
            (2, false) => u16::from_ne_bytes(taken(self.bytes, i)).into(),
            (4, true) => i32::from_ne_bytes(taken(self.bytes, i)).into(),
            (4, false) => u32::from_ne_bytes(taken(self.bytes, i)).into(),
            (_, true) => i64::from_ne_bytes(taken(self.bytes, i)).into(),
            (_, false) => u64::from_ne_bytes(taken(self.bytes, i)).into(),
        }
    }
}

fn malformed(problem: impl std::fmt::Display) -> Failure {
    Failure::invalid("stream", format!("is malformed: {problem}"))
}

/// The length and the offset of an array, as far as they can be right.
fn extent(array: &ArrowArray) -> Result<(usize, usize), Failure> {
    let most = i64::from(u32::MAX);
    match (array.length, array.offset) {
        (length, _) if length > most => Err(too_many(length)),
        (length @ 0.., offset @ 0..) if offset <= most * 16 => Ok((length as usize, offset as usize)),
        (length, offset) => Err(malformed(format!("a column has length {length} and offset {offset}"))),
    }
}

pub(super) fn too_many(rows: i64) -> Failure {
    Failure::invalid("stream", format!("has {rows} rows or more; one run takes at most {}", u32::MAX))
}

/// A buffer that must be there.
fn buffer(array: &ArrowArray, k: usize, bytes: usize) -> Result<&[u8], Failure> {
    match array.buffer(k, bytes)? {
        Some(buffer) => Ok(buffer),
        None if bytes == 0 => Ok(&[]),
        None => Err(malformed(format!("buffer {k} of a column is NULL"))),
    }
}

fn validity<'a>(array: &'a ArrowArray, start: usize, len: usize) -> Result<Option<Validity<'a>>, Failure> {
    if array.null_count < -1 {
        return Err(malformed(format!("a column has {} missing values", array.null_count)));
    }
    if array.null_count == 0 || len == 0 {
        return Ok(None);
    }
    match array.buffer(0, (start + len).div_ceil(8))? {
        Some(bits) => Ok(Some(Validity { bits, start })),
        None if array.null_count < 1 => Ok(None),
        None => Err(malformed("a column has missing values, but does not say which")),
    }
}

/// How many rows an array has.
pub(super) fn rows(array: &ArrowArray) -> Result<usize, Failure> {
    Ok(extent(array)?.0)
}

impl<'a> Column<'a> {
    /// Column `child` of a record batch; without a number, the array itself.
    pub fn new(array: &'a ArrowArray, child: Option<usize>, ty: &ColumnType) -> Result<Column<'a>, Failure> {
        let (len, offset) = extent(array)?;
        let Some(child) = child else { return Column::of(array, offset, len, ty) };
        if usize::try_from(array.n_children).is_ok_and(|n| n <= child) || array.n_children < 0 {
            return Err(malformed(format!(
                "a batch has {} columns, fewer than its schema",
                array.n_children
            )));
        }
        let column = array.child(child)?;
        let (has, start) = extent(column)?;
        if has < offset + len {
            return Err(malformed(format!("a column of {} rows has {has}", offset + len)));
        }
        let mut column = Column::of(column, start + offset, len, ty)?;
        column.missing.extend(validity(array, offset, len)?);
        Ok(column)
    }

    fn of(array: &'a ArrowArray, start: usize, len: usize, ty: &ColumnType) -> Result<Column<'a>, Failure> {
        if len == 0 || ty.of_values == Type::Null {
            return Ok(Column { len, missing: Vec::new(), entries: Entries::None, dictionary: None });
        }
        let missing = Vec::from_iter(validity(array, start, len)?);
        let Some((width, signed)) = ty.index else {
            let entries = Entries::read(array, start, len, &ty.of_values)?;
            return Ok(Column { len, missing, entries, dictionary: None });
        };
        let Some(values) = array.dictionary() else { return Err(malformed("a dictionary is NULL")) };
        let index =
            Fixed { bytes: &buffer(array, 1, (start + len) * width)?[start * width..], width, signed };
        let (n, offset) = extent(values)?;
        let of_values = ColumnType { of_values: ty.of_values.clone(), index: None };
        let values = Column::of(values, offset, n, &of_values)?;
        let dictionary = Some(Dictionary { index, len: n, missing: values.missing });
        let column = Column { len, missing, entries: values.entries, dictionary };
        let present = |i: &usize| !column.missing.iter().any(|missing| missing.is_missing(*i));
        if let Some(outside) =
            (0..len).filter(present).map(|i| index.integer(i)).find(|e| !(0..n as i128).contains(e))
        {
            return Err(malformed(format!("an index into a dictionary of {n} entries is {outside}")));
        }
        Ok(column)
    }

    pub fn is_missing(&self, i: usize) -> bool {
        self.missing.iter().any(|missing| missing.is_missing(i))
            || matches!(self.entries, Entries::None)
            || self.dictionary.as_ref().is_some_and(|dictionary| {
                let entry = dictionary.index.integer(i) as usize;
                dictionary.missing.iter().any(|missing| missing.is_missing(entry))
            })
    }

    /// Where the entry of row `i`, which is not missing, is. Rows of the same entry have the same value.
    pub fn entry(&self, i: usize) -> usize {
        self.dictionary.as_ref().map_or(i, |dictionary| dictionary.index.integer(i) as usize)
    }

    /// How many entries its dictionary has.
    pub fn dictionary_len(&self) -> Option<usize> {
        self.dictionary.as_ref().map(|dictionary| dictionary.len)
    }

    /// The bytes of an entry: entries of the same type are equal if these are. Text as it is.
    pub fn raw(&self, entry: usize) -> Result<&'a [u8], Failure> {
        Ok(match &self.entries {
            Entries::None => &[],
            Entries::Bits(bits, start) => &[0, 1][usize::from(bit(bits, start + entry))..][..1],
            Entries::Fixed(fixed) | Entries::Floats(fixed) => fixed.raw(entry),
            Entries::Texts(offsets, bytes) => {
                let (from, to) = (offsets.at(entry), offsets.at(entry + 1));
                bytes.get(from..to).ok_or_else(|| malformed("the offsets of texts are out of order"))?
            }
            Entries::Views(views, buffers) => view(views, buffers, entry)?,
        })
    }

    /// An entry that is an integer of at most 64 bits.
    pub fn integer(&self, entry: usize) -> i128 {
        match &self.entries {
            Entries::Fixed(fixed) => fixed.integer(entry),
            _ => 0,
        }
    }

    /// An entry that is a float.
    pub fn float(&self, entry: usize) -> Option<f64> {
        match &self.entries {
            Entries::Floats(floats) if floats.width == 4 => {
                Some(f32::from_ne_bytes(taken(floats.bytes, entry)).into())
            }
            Entries::Floats(floats) => Some(f64::from_ne_bytes(taken(floats.bytes, entry))),
            _ => None,
        }
    }

    /// All entries as they are in memory, if they are aligned 64-bit integers without missing ones.
    pub fn as_i64(&self) -> Option<&'a [i64]> {
        let (Entries::Fixed(fixed), None, true) = (&self.entries, &self.dictionary, self.missing.is_empty())
        else {
            return None;
        };
        if (fixed.width, fixed.signed) != (8, true) {
            return None;
        }
        // SAFETY: every pattern of bits is an integer.
        let (before, ids, after) = unsafe { fixed.bytes.align_to::<i64>() };
        (before.is_empty() && after.is_empty()).then_some(ids)
    }
}

fn view<'a>(views: &'a [u8], buffers: &[&'a [u8]], entry: usize) -> Result<&'a [u8], Failure> {
    let view = &views[entry * 16..(entry + 1) * 16];
    let number = |k: usize| i32::from_ne_bytes(taken(view, k));
    let outside = || malformed("a text is outside of its buffer");
    let length = usize::try_from(number(0)).map_err(|_| outside())?;
    if length <= 12 {
        return Ok(&view[4..4 + length]);
    }
    let (k, from) = (usize::try_from(number(2)), usize::try_from(number(3)));
    let (Ok(k), Ok(from)) = (k, from) else { return Err(outside()) };
    buffers.get(k).and_then(|buffer| buffer.get(from..from + length)).ok_or_else(outside)
}

impl<'a> Entries<'a> {
    fn read(array: &'a ArrowArray, start: usize, len: usize, ty: &Type) -> Result<Entries<'a>, Failure> {
        let end = start + len;
        let fixed = |width: usize, signed| {
            let bytes = &buffer(array, 1, end * width)?[start * width..];
            Ok(Fixed { bytes, width, signed })
        };
        match ty {
            Type::Bool => Ok(Entries::Bits(buffer(array, 1, end.div_ceil(8))?, start)),
            Type::Integer(width, signed) => fixed(*width, *signed).map(Entries::Fixed),
            Type::Float32 => fixed(4, true).map(Entries::Floats),
            Type::Float64 => fixed(8, true).map(Entries::Floats),
            Type::Days => fixed(4, true).map(Entries::Fixed),
            Type::DayMilliseconds | Type::Moment(_) => fixed(8, true).map(Entries::Fixed),
            Type::Decimal(width, _) => fixed(*width, true).map(Entries::Fixed),
            Type::Text(large) | Type::Json(large) => {
                let width = if *large { 8 } else { 4 };
                let bytes = &buffer(array, 1, (end + 1) * width)?[start * width..];
                let offsets = Offsets { bytes, large: *large };
                let size = offsets.at(len);
                if size > isize::MAX as usize {
                    return Err(malformed("an offset of a text is negative"));
                }
                Ok(Entries::Texts(offsets, buffer(array, 2, size)?))
            }
            Type::TextView => {
                let views = &buffer(array, 1, end * 16)?[start * 16..];
                let Some(n) = usize::try_from(array.n_buffers).ok().and_then(|n| n.checked_sub(3)) else {
                    return Err(malformed("a column of text views has too few buffers"));
                };
                let sizes = buffer(array, n + 2, n * 8)?;
                let one = |k| {
                    let size = usize::try_from(i64::from_ne_bytes(taken(sizes, k)));
                    buffer(array, k + 2, size.map_err(|_| malformed("the size of a buffer is negative"))?)
                };
                Ok(Entries::Views(views, (0..n).map(one).collect::<Result<_, _>>()?))
            }
            Type::Null | Type::MomentWithoutZone | Type::Other(_) => Ok(Entries::None),
        }
    }
}
