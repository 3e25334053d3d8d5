//! What a column can be, read from its schema.

use super::super::Failure;
use super::abi::ArrowSchema;

/// The type of a column's values, or of its dictionary's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Bool,
    /// Bytes, and whether it has a sign.
    Integer(usize, bool),
    Float32,
    Float64,
    /// Bytes and scale.
    Decimal(usize, i32),
    /// Whether its offsets have 64 bits.
    Text(bool),
    TextView,
    /// JSON text, by the extension type `arrow.json`: whether its offsets have 64 bits.
    Json(bool),
    Days,
    DayMilliseconds,
    /// How many of its units a second has.
    Moment(i64),
    MomentWithoutZone,
    /// What can't be sent, in words.
    Other(String),
}

/// The type of a column.
pub(super) struct ColumnType {
    pub of_values: Type,
    /// The bytes and sign of the indices, if it has a dictionary.
    pub index: Option<(usize, bool)>,
}

impl ColumnType {
    pub fn read(schema: &ArrowSchema) -> Result<ColumnType, Failure> {
        let Some(dictionary) = schema.dictionary() else {
            return Ok(ColumnType { of_values: Type::read(schema)?, index: None });
        };
        let Type::Integer(bytes, signed) = Type::stored(schema)? else {
            return Err(Failure::invalid("stream", "has a dictionary whose indices are no integers"));
        };
        let of_values = match dictionary.dictionary() {
            Some(_) => Type::Other("a dictionary in a dictionary".into()),
            // An extension of the whole column says what the values of its dictionary are, too.
            None => Type::read(dictionary)?.extended(schema),
        };
        Ok(ColumnType { of_values, index: Some((bytes, signed)) })
    }
}

impl Type {
    /// What the values are, for messages.
    pub fn words(&self) -> &str {
        match self {
            Type::Null => "missing",
            Type::Bool => "booleans",
            Type::Integer(..) => "integers",
            Type::Float32 | Type::Float64 => "floats",
            Type::Decimal(..) => "decimals",
            Type::Text(_) | Type::TextView => "text",
            Type::Json(_) => "JSON",
            Type::Days | Type::DayMilliseconds => "dates",
            Type::Moment(_) | Type::MomentWithoutZone => "timestamps",
            Type::Other(words) => words,
        }
    }

    fn read(schema: &ArrowSchema) -> Result<Type, Failure> {
        Ok(Type::stored(schema)?.extended(schema))
    }

    /// With what an extension type, if the schema has one, says of the values that are stored. The numbers and bytes of an
    /// unknown one mean something else: those of `pandas.period` count months or days.
    fn extended(self, schema: &ArrowSchema) -> Type {
        let name = schema.metadata("ARROW:extension:name").unwrap_or_default();
        match self {
            same if name.is_empty() => same,
            Type::Text(large) if name == b"arrow.json" => Type::Json(large),
            Type::TextView if name == b"arrow.json" => Type::Other("JSON as string views".into()),
            text @ (Type::Text(_) | Type::TextView) => text,
            _ => {
                let name: String = String::from_utf8_lossy(name).chars().take(100).collect();
                Type::Other(format!("of the extension type {}", name.escape_debug()))
            }
        }
    }

    /// What is stored, whatever it means.
    fn stored(schema: &ArrowSchema) -> Result<Type, Failure> {
        let format = schema.format()?;
        let other = |what: &str| Type::Other(format!("{what} (Arrow format \"{}\")", format.escape_debug()));
        Ok(match format {
            "n" => Type::Null,
            "b" => Type::Bool,
            "c" => Type::Integer(1, true),
            "C" => Type::Integer(1, false),
            "s" => Type::Integer(2, true),
            "S" => Type::Integer(2, false),
            "i" => Type::Integer(4, true),
            "I" => Type::Integer(4, false),
            "l" => Type::Integer(8, true),
            "L" => Type::Integer(8, false),
            "f" => Type::Float32,
            "g" => Type::Float64,
            "u" | "U" => Type::Text(format == "U"),
            "vu" => Type::TextView,
            "tdD" => Type::Days,
            "tdm" => Type::DayMilliseconds,
            "e" => other("16-bit floats"),
            "z" | "Z" | "vz" => other("binary data"),
            "+s" => other("structures"),
            _ if format.starts_with("w:") => other("binary data"),
            _ if format.starts_with("d:") => decimal(&format[2..]).unwrap_or_else(|| other("decimals")),
            _ if format.starts_with("+l") || format.starts_with("+L") => other("lists"),
            _ if format.starts_with("ts") => moment(format).unwrap_or_else(|| other("timestamps")),
            _ if format.starts_with("tt") => other("times of day"),
            _ if format.starts_with("tD") => other("durations"),
            _ => other("another type"),
        })
    }
}

/// `19,10` or `19,10,256`: precision, scale, bits.
fn decimal(numbers: &str) -> Option<Type> {
    let mut numbers = numbers.split(',');
    let (_precision, scale) = (numbers.next()?, numbers.next()?.parse().ok()?);
    let bits: usize = numbers.next().map_or(Some(128), |bits| bits.parse().ok())?;
    let fits = [32, 64, 128, 256].contains(&bits) && (-1000..=1000).contains(&scale);
    fits.then_some(Type::Decimal(bits / 8, scale))
}

/// `tsu:Europe/Warsaw`: the unit, and the zone after the colon. A value counts in UTC if there is a zone.
fn moment(format: &str) -> Option<Type> {
    let (unit, zone) = format[2..].split_once(':')?;
    let per_second = match unit {
        "s" => 1,
        "m" => 1_000,
        "u" => 1_000_000,
        "n" => 1_000_000_000,
        _ => return None,
    };
    Some(if zone.is_empty() { Type::MomentWithoutZone } else { Type::Moment(per_second) })
}
