//! What `usercom sync` has sent: a digest of each id with its confirmed value, in an SQLite file per account, attribute and
//! kind of ids, which only the user may read.
//!
//! Ids are stored as they are, because those that vanish from the file are named; values are not. An id whose digest is
//! NULL may hold anything: it was about to be sent, and is sent again until it is confirmed. That is written, and on the
//! disk, before anything is sent; so a run that is killed at any moment can make ids be sent twice, never be left out.
//! Nor can a damaged file: what SQLite does not notice changes an id or a digest, and the one is part of the other.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, params};

use super::create_private;
use super::folder::state_dir;
use crate::plan::Job;
use crate::plan::ids::Ids;

/// A layout that this version does not know is not touched.
const VERSION: i64 = 1;

/// Whose values, of which attribute.
pub struct Key<'a> {
    pub endpoint: &'a str,
    pub subdomain: &'a str,
    pub attribute: &'a str,
    pub custom_ids: bool,
    pub standard: bool,
}

/// The state, which no other process can use meanwhile.
pub struct Sent {
    path: PathBuf,
    db: Connection,
    /// Of this file, so that its digests say nothing about those of another.
    salt: [u8; 16],
}

/// Why there is no state.
pub enum Unopened {
    /// The same sync is running.
    Busy,
    Unusable(String),
}

/// What a file has that the service has not.
pub struct Changes {
    /// The positions to send, in order: of each id the last.
    pub positions: Vec<usize>,
    /// How many distinct ids the file has.
    pub ids: usize,
    /// Ids that were sent before and are not in the file, and the first of them.
    pub vanished: usize,
    pub first_vanished: Vec<String>,
}

type Digest = [u8; 16];

impl Key<'_> {
    fn path(&self) -> Result<PathBuf, String> {
        let kind = format!("{} {}", self.custom_ids, self.standard);
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [self.endpoint, self.subdomain, self.attribute, &kind] {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part.as_bytes());
        }
        let mut name = String::new();
        for byte in &context.finish().as_ref()[..8] {
            let _ = write!(name, "{byte:02x}");
        }
        Ok(state_dir()?.join("sync").join(name + ".sqlite"))
    }
}

impl Sent {
    /// Opens the state. For a dry run nothing is created.
    pub fn open(key: &Key<'_>, dry_run: bool) -> Result<Sent, Unopened> {
        let path = key.path().map_err(Unopened::Unusable)?;
        let in_memory = dry_run && !path.exists();
        if !in_memory {
            private_file(&path)
                .map_err(|error| Unopened::Unusable(format!("{}: {error}", path.display())))?;
        }
        let opened = if in_memory { Connection::open_in_memory() } else { Connection::open(&path) };
        let named = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Unopened::Busy,
            _ => Unopened::Unusable(described(&path, &error)),
        };
        let db = opened.map_err(named)?;
        match prepare(&db).map_err(named)? {
            Prepared::Ours(salt) => Ok(Sent { path, db, salt }),
            Prepared::Others(problem) => {
                Err(Unopened::Unusable(format!("{}: {problem}; {REMOVE}", path.display())))
            }
        }
    }

    /// What of the job must be sent; everything if it is `full`.
    pub fn compare(&mut self, job: &Job<'_>, full: bool) -> Result<Changes, String> {
        self.compared(job, full).map_err(|error| self.failed(&error))
    }

    fn compared(&mut self, job: &Job<'_>, full: bool) -> rusqlite::Result<Changes> {
        let values = self.digests(job);
        let transaction = self.db.transaction()?;
        transaction.execute_batch(
            "DROP TABLE IF EXISTS temp.file;
             CREATE TEMP TABLE file (id PRIMARY KEY, digest BLOB, position INTEGER) WITHOUT ROWID;",
        )?;
        {
            let mut insert = transaction.prepare("INSERT OR REPLACE INTO temp.file VALUES (?1, ?2, ?3)")?;
            for position in 0..job.len() {
                let id = Id(job, job.row(position));
                let digest = id.with(&values[job.value_number(position)]);
                insert.execute(params![id, &digest[..], position as i64])?;
            }
        }
        let mut changed = transaction.prepare(
            "SELECT position FROM temp.file AS file LEFT JOIN sent ON sent.id = file.id
             WHERE ?1 OR sent.digest IS NOT file.digest ORDER BY position",
        )?;
        let positions = changed.query_map([full], |row| row.get::<_, i64>(0))?;
        let positions = positions.map(|at| at.map(|at| at as usize)).collect::<rusqlite::Result<_>>()?;
        drop(changed);
        let ids: i64 = transaction.query_row("SELECT count(*) FROM temp.file", [], |row| row.get(0))?;
        // A row that is there without a value has not vanished.
        {
            let mut insert =
                transaction.prepare("INSERT OR IGNORE INTO temp.file VALUES (?1, NULL, NULL)")?;
            for (row, position) in job.positions() {
                if position.is_none() {
                    insert.execute(params![Id(job, row)])?;
                }
            }
        }
        const VANISHED: &str = "FROM sent WHERE id NOT IN (SELECT id FROM temp.file)";
        let vanished: i64 =
            transaction.query_row(&format!("SELECT count(*) {VANISHED}"), [], |row| row.get(0))?;
        let mut first =
            transaction.prepare(&format!("SELECT CAST(id AS TEXT) {VANISHED} ORDER BY id LIMIT 10"))?;
        let first_vanished = first.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        drop(first);
        transaction.execute_batch("DROP TABLE temp.file")?;
        transaction.commit()?;
        Ok(Changes { positions, ids: ids as usize, vanished: vanished as usize, first_vanished })
    }

    /// Writes down that all ids of the job are about to be sent.
    pub fn sending(&mut self, job: &Job<'_>) -> Result<(), String> {
        self.each(job, "INSERT OR REPLACE INTO sent VALUES (?1, NULL)", false, |_| true)
    }

    /// Writes down which positions of the job were confirmed.
    pub fn confirm(&mut self, job: &Job<'_>, confirmed: impl Fn(usize) -> bool) -> Result<(), String> {
        self.each(job, "INSERT OR REPLACE INTO sent VALUES (?1, ?2)", true, confirmed)
    }

    fn each(
        &mut self,
        job: &Job<'_>,
        sql: &str,
        with_digest: bool,
        wanted: impl Fn(usize) -> bool,
    ) -> Result<(), String> {
        let values = if with_digest { self.digests(job) } else { Vec::new() };
        let mut write = || {
            let transaction = self.db.transaction()?;
            let mut statement = transaction.prepare(sql)?;
            for position in (0..job.len()).filter(|position| wanted(*position)) {
                let id = Id(job, job.row(position));
                match values.get(job.value_number(position)) {
                    Some(value) => statement.execute(params![id, &id.with(value)[..]])?,
                    None => statement.execute(params![id])?,
                };
            }
            drop(statement);
            transaction.commit()
        };
        write().map_err(|error| self.failed(&error))
    }

    /// Of each value. Another version may write values in another way: then they are sent once more.
    fn digests(&self, job: &Job<'_>) -> Vec<Digest> {
        let digest = |value: &usercom::Value| {
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(&self.salt);
            context.update(format!("{value:?}").as_bytes());
            shortened(&context.finish())
        };
        job.values().iter().map(digest).collect()
    }

    fn failed(&self, error: &rusqlite::Error) -> String {
        described(&self.path, error)
    }
}

const REMOVE: &str = "remove it, and the next sync sends everything";

/// What is wrong with the file, and what to do if it is damaged.
fn described(path: &Path, error: &rusqlite::Error) -> String {
    let is_of_the_system = matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::OutOfMemory
                | ErrorCode::FileLockingProtocolFailed
        )
    );
    let path = path.display();
    if is_of_the_system {
        format!("{path}: {error}")
    } else {
        format!("{path}: is damaged: {error}; {REMOVE}")
    }
}

/// The id in a row: an integer or a text.
struct Id<'a>(&'a Job<'a>, usize);

impl Id<'_> {
    /// The digest of this id with a value: it says nothing about another id.
    fn with(&self, value: &Digest) -> Digest {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(value);
        match self.0.table.ids() {
            Ids::Numeric(ids) => context.update(&ids[self.1].to_le_bytes()),
            Ids::Custom(ids) => context.update(ids[self.1].as_bytes()),
        }
        shortened(&context.finish())
    }
}

fn shortened(digest: &digest::Digest) -> Digest {
    let mut short = Digest::default();
    short.copy_from_slice(&digest.as_ref()[..16]);
    short
}

impl ToSql for Id<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0.table.ids() {
            Ids::Numeric(ids) => ToSqlOutput::from(ids[self.1]),
            Ids::Custom(ids) => ToSqlOutput::Borrowed(ValueRef::Text(ids[self.1].as_bytes())),
        })
    }
}

/// SQLite gives its other files the same mode.
fn private_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        create_private(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    }
    options.open(path).map(drop)
}

/// What a file is.
enum Prepared {
    /// It has this salt.
    Ours([u8; 16]),
    /// It is none of ours.
    Others(String),
}

/// The tables as this version writes them.
const TABLES: [(&str, &str); 2] = [
    ("salt", "CREATE TABLE salt (bytes BLOB)"),
    ("sent", "CREATE TABLE sent (id PRIMARY KEY, digest BLOB) WITHOUT ROWID"),
];

/// Takes the file for this process.
fn prepare(db: &Connection) -> rusqlite::Result<Prepared> {
    db.busy_timeout(std::time::Duration::ZERO)?;
    // No write-ahead log: what is committed stands in the file itself, and is not forgotten with another one.
    db.execute_batch(
        "PRAGMA trusted_schema = OFF;
         PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = DELETE;
         PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         BEGIN EXCLUSIVE;",
    )?;
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if tables(db)?.is_empty() && version == 0 {
        let mut salt = [0; 16];
        // Without randomness the digests are only those of every file.
        let _ = SystemRandom::new().fill(&mut salt);
        for (_, sql) in TABLES {
            db.execute(sql, [])?;
        }
        db.execute("INSERT INTO salt VALUES (?1)", [&salt[..]])?;
        db.pragma_update(None, "user_version", VERSION)?;
    } else if version != VERSION {
        return Ok(Prepared::Others("was written by another version of usercom".to_owned()));
    }
    db.execute_batch("COMMIT")?;
    if tables(db)? != TABLES.map(|(name, sql)| (name.to_owned(), Some(sql.to_owned()))) {
        return Ok(Prepared::Others("is damaged: it has other tables than usercom makes".to_owned()));
    }
    let problem: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if problem != "ok" {
        return Ok(Prepared::Others(format!(
            "is damaged: {}",
            problem.trim_start_matches("*** ").replace('\n', "; ")
        )));
    }
    db.query_row("SELECT bytes FROM salt", [], |row| row.get(0)).map(Prepared::Ours)
}

/// All that a file has, by name.
fn tables(db: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let mut all = db.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")?;
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
