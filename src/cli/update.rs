//! `usercom update` and `usercom apply`: read, send, tell.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use usercom::{Update, Value};

use crate::account::AccountArgs;
use crate::flags::RunFlags;
use crate::input::{Ids, Table};
use crate::output::{LastWarning, OutputArgs, cancel_on_ctrl_c, invalid, progress_bar};
use crate::typed::Kind;

/// Set an attribute of all ids in a file to one value
#[derive(clap::Args)]
pub struct UpdateArgs {
    /// The attribute's name
    #[arg(long)]
    attribute: String,
    /// What to set it to
    #[arg(long, allow_hyphen_values = true)]
    value: String,
    /// File with the ids: a CSV with a header, or one number per line; - is the standard input
    #[arg(long, value_name = "FILE")]
    ids: PathBuf,
    #[command(flatten)]
    job: JobArgs,
}

/// Set an attribute to a value for each row of a CSV; the last row of an id wins
#[derive(clap::Args)]
pub struct ApplyArgs {
    /// A CSV with a header; - is the standard input
    file: PathBuf,
    /// The attribute's name
    #[arg(long)]
    attribute: String,
    /// The column with the values [default: the attribute's name]
    #[arg(long, value_name = "NAME")]
    value_column: Option<String>,
    #[command(flatten)]
    job: JobArgs,
}

/// What both have
#[derive(clap::Args)]
struct JobArgs {
    /// The column with the ids
    #[arg(long, default_value = "id", value_name = "NAME")]
    id_column: String,
    /// The ids are your own, not User.com's
    #[arg(long)]
    custom_ids: bool,
    /// What the values are taken for
    #[arg(long = "type", value_enum, default_value_t = Kind::Auto, value_name = "TYPE")]
    kind: Kind,
    #[command(flatten)]
    flags: RunFlags,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn update(args: UpdateArgs) -> Result<ExitCode, String> {
    let table = Table::read(&args.ids, &[&args.job.id_column])?;
    let kind = args.job.announce(std::iter::once(args.value.as_str()));
    let update = Update::new(args.attribute, kind.value(&args.value)?);
    send(update, table.ids(args.job.custom_ids)?, &args.job)
}

pub fn apply(args: ApplyArgs) -> Result<ExitCode, String> {
    let value_column = args.value_column.as_deref().unwrap_or(&args.attribute);
    let table = Table::read(&args.file, &[&args.job.id_column, value_column])?;
    let kind = args.job.announce(table.column(1));
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let (mut values, mut index): (Vec<Value>, Vec<u32>) = (Vec::new(), Vec::new());
    for (row, text) in table.column(1).enumerate() {
        if let Some(number) = numbers.get(text) {
            index.push(*number);
            continue;
        }
        let number = values.len() as u32;
        values.push(kind.value(text).map_err(|e| format!("{}: {e}", table.place(row)))?);
        numbers.insert(text, number);
        index.push(number);
    }
    let update = Update::rows(args.attribute, values, index);
    send(update, table.ids(args.job.custom_ids)?, &args.job)
}

impl JobArgs {
    /// The kind of the values, said aloud where it was found out and may not be what was meant.
    fn announce<'a>(&self, texts: impl Iterator<Item = &'a str> + Clone) -> Kind {
        if self.kind != Kind::Auto {
            return self.kind;
        }
        let kind = Kind::of(texts.clone());
        let looks_like = |text| Some(Kind::of(std::iter::once(text))).filter(|kind| *kind != Kind::String);
        if kind != Kind::String {
            eprintln!("usercom: values are sent as {}; for text give --type string", kind.name());
        } else if let Some(other) = texts.filter_map(looks_like).next() {
            eprintln!(
                "usercom: values are sent as string, as not all are written like {other}; --type {other} names the first \
                 that isn't",
                other = other.name()
            );
        }
        kind
    }
}

fn send(update: Update, ids: Ids, job: &JobArgs) -> Result<ExitCode, String> {
    if ids.len() == 0 {
        eprintln!("usercom: the file has no ids; nothing to send");
    }
    job.output.check()?;
    let cancel = cancel_on_ctrl_c()?;
    let last_warning = LastWarning::default();
    let run = job.account.client(&last_warning)?.run(update);
    let run = job.flags.apply(run).cancel(&cancel).progress(progress_bar(last_warning));
    let run = match &ids {
        Ids::Numeric(ids) => run.ids(ids),
        Ids::Custom(ids) => run.custom_ids(ids),
    };
    let report = run.send().map_err(invalid)?;
    job.output.tell(&report, &ids)
}
