//! The CSV file of users: which columns it must have, how their types are found, and what can be wrong with it.
use super::{Kind, column::Column, store::Store};
use csv::{ErrorKind, Reader, StringRecord};
use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io,
    path::Path,
};

/// The users of a file, with their attributes.
pub(super) fn load(path: &Path) -> io::Result<Store> {
    let file = File::open(path).map_err(|error| {
        let text = format!("{}: {error}; give the path of a CSV file with a column \"id\"", path.display());
        io::Error::new(error.kind(), text)
    })?;
    read(file).map_err(|problem| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}, {problem}", path.display()))
    })
}

/// The cells of one column: each distinct text once.
#[derive(Default)]
struct Texts {
    /// Row and text, of the cells that are not empty.
    cells: Vec<(u32, u32)>,
    index: HashMap<String, u32>,
}

fn read(source: impl io::Read) -> Result<Store, String> {
    let mut reader = Reader::from_reader(source);
    let names = reader.headers().map_err(|error| in_words(&error))?.clone();
    let id_column = find_id(&names)?;
    let place = id_column + 1;
    let mut ids = Vec::new();
    let mut rows = HashMap::new();
    let mut columns: Vec<Texts> = names.iter().map(|_| Texts::default()).collect();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| in_words(&error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let row = u32::try_from(ids.len()).map_err(|_| format!("line {line}: that is one user too many"))?;
        let id = number(&record[id_column])
            .map_err(|problem| format!("line {line}, column {place} (id): {problem}"))?;
        if rows.insert(id, row).is_some() {
            return Err(format!(
                "line {line}, column {place} (id): {id} is there a second time; remove one of the two lines"
            ));
        }
        ids.push(id);
        for (texts, cell) in columns.iter_mut().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
            let next = texts.index.len() as u32;
            let text = match texts.index.get(cell) {
                Some(&known) => known,
                None => *texts.index.entry(cell.to_owned()).or_insert(next),
            };
            texts.cells.push((row, text));
        }
    }
    let columns: BTreeMap<String, Column> = names
        .iter()
        .zip(columns)
        .enumerate()
        .filter(|(index, _)| *index != id_column)
        .map(|(_, (name, texts))| (name.to_owned(), column(&texts)))
        .collect();
    Ok(Store::of(ids, rows, columns))
}

/// The column of the ids, in a header without empty or repeated names.
fn find_id(names: &StringRecord) -> Result<usize, String> {
    for (index, name) in names.iter().enumerate() {
        let place = index + 1;
        if name.trim().is_empty() {
            return Err(format!("line 1, column {place}: it has no name; give it that of an attribute"));
        }
        if names.iter().take(index).any(|earlier| earlier == name) {
            return Err(format!("line 1, column {place}: \"{name}\" is there a second time; rename one"));
        }
    }
    names.iter().position(|name| name == "id").ok_or_else(|| {
        "line 1: no column is called \"id\"; name the columns in the first line, separated by commas"
            .to_owned()
    })
}

fn number(cell: &str) -> Result<i64, String> {
    match cell.parse() {
        Ok(id) if id > 0 => Ok(id),
        _ => Err(format!("\"{cell}\" is not a whole number above 0; put the user's numeric id there")),
    }
}

/// The column with its type, which all its cells have in common.
fn column(texts: &Texts) -> Column {
    let kinds = texts.index.keys().map(|text| Kind::of_cell(text));
    let kind = kinds.reduce(Kind::join).unwrap_or(Kind::String);
    let mut column = Column::new(kind);
    let mut values = vec![0; texts.index.len()];
    for (text, index) in &texts.index {
        values[*index as usize] = column.intern(&kind.json_of_cell(text));
    }
    for (row, text) in &texts.cells {
        column.set(*row, values[*text as usize], 0);
    }
    column
}

fn in_words(error: &csv::Error) -> String {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!(
                "line {line}: it has {len} columns, the first line has {expected_len}; quote texts with commas"
            )
        }
        ErrorKind::Utf8 { err, .. } => {
            format!("line {line}, column {}: it is not UTF-8; save the file as UTF-8", err.field() + 1)
        }
        _ => format!("line {line}: {error}"),
    }
}
