//! `usercom update` and `usercom apply`: read, check, print what will be sent, send, deliver the report.

use std::path::{Path, PathBuf};

use usercom::{Report, Status, Update};

use crate::account::{AccountArgs, LastWarning};
use crate::flags::RunFlags;
use crate::input::delimiter::Delimiter;
use crate::input::header::Wanted;
use crate::input::source::Source;
use crate::input::table::Table;
use crate::output::{self, OutputArgs};
use crate::plan::ids::Ids;
use crate::plan::kind::Kind;
use crate::plan::rows::Rows;
use crate::plan::summary::Summary;
use crate::plan::values::{self, Empty, Type, Values};
use crate::say::say;
use crate::signals::Signals;
use crate::{exit, invalid, progress};

/// Set an attribute of all ids in a file to one value
#[derive(clap::Args)]
#[command(after_help = exit::HELP)]
pub struct UpdateArgs {
    /// The attribute's name
    #[arg(long, value_parser = attribute)]
    attribute: String,
    /// What to set it to
    #[arg(long, allow_hyphen_values = true)]
    value: String,
    /// File with the ids: a CSV with a header, or one id per line; - is the standard input
    #[arg(long, value_name = "FILE")]
    ids: PathBuf,
    #[command(flatten)]
    job: JobArgs,
}

/// Set an attribute to a value for each row of a CSV; the last row of an id wins
#[derive(clap::Args)]
#[command(after_help = exit::HELP)]
pub struct ApplyArgs {
    /// A CSV with a header; - is the standard input
    file: PathBuf,
    /// The attribute's name
    #[arg(long, value_parser = attribute)]
    attribute: String,
    /// The column with the values [default: the attribute's name]
    #[arg(long, value_name = "NAME")]
    value_column: Option<String>,
    /// What to do with rows that have no value [default: they are invalid]
    #[arg(long, value_enum)]
    empty: Option<Empty>,
    #[command(flatten)]
    job: JobArgs,
}

/// What both have
#[derive(clap::Args)]
struct JobArgs {
    /// The column with the ids
    #[arg(long, default_value = "id", value_name = "NAME")]
    id_column: String,
    /// What separates the columns: , or ; or tab
    #[arg(long, default_value = ",", value_parser = Delimiter::parse)]
    delimiter: Delimiter,
    /// The ids are your own (1 to 1,024 bytes each), not User.com's
    #[arg(long)]
    custom_ids: bool,
    /// The type in which the values are sent
    #[arg(long = "type", value_enum, default_value_t = Kind::Auto, value_name = "TYPE")]
    kind: Kind,
    #[command(flatten)]
    flags: RunFlags,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub fn update(args: UpdateArgs, signals: &Signals) -> Result<u8, String> {
    let kind = values::type_of(&args.value, args.job.kind)?;
    let value = kind.kind.value(&args.value)?;
    let source = Source::read(&args.ids)?;
    let table = Table::read(&source, args.job.delimiter, &[args.job.id_column()])?;
    let all = (0..table.rows()).collect();
    let rows = Rows::new(table, all, args.job.custom_ids)?;
    let summary = Summary {
        rows: &rows,
        had_byte_order_mark: source.had_byte_order_mark,
        id_column: &args.job.id_column,
        value_column: None,
        kind,
        distinct: 1,
        empty: 0,
        on_empty: None,
    };
    args.job.send(Update::new(args.attribute, value), &summary, &source, &[], signals)
}

pub fn apply(args: ApplyArgs, signals: &Signals) -> Result<u8, String> {
    let name = args.value_column.as_deref().unwrap_or(&args.attribute);
    let source = Source::read(&args.file)?;
    let wanted = [args.job.id_column(), Wanted { name, option: "--value-column" }];
    let mut table = Table::read(&source, args.job.delimiter, &wanted)?;
    let column = table.columns.pop().unwrap_or_default();
    let values = Values::of(&table, &column, name, args.job.kind, args.empty)?;
    let rows = Rows::new(table, values.rows.clone(), args.job.custom_ids)?;
    let summary = Summary {
        rows: &rows,
        had_byte_order_mark: source.had_byte_order_mark,
        id_column: &args.job.id_column,
        value_column: Some(name),
        kind: values.kind,
        distinct: values.distinct.len(),
        empty: values.empty,
        on_empty: args.empty,
    };
    let update = Update::rows(args.attribute.clone(), values.distinct, values.index);
    args.job.send(update, &summary, &source, &values.firsts, signals)
}

impl JobArgs {
    fn id_column(&self) -> Wanted<'_> {
        Wanted { name: &self.id_column, option: "--id-column" }
    }

    /// Sends the update and delivers the report; `firsts` has the position at which each distinct value comes first.
    fn send(
        &self,
        update: Update,
        summary: &Summary<'_>,
        source: &Source,
        firsts: &[usize],
        signals: &Signals,
    ) -> Result<u8, String> {
        let rows = summary.rows;
        let ca_file = ca_file();
        let inputs: Vec<&Path> = self.account.token_file().into_iter().chain(ca_file.as_deref()).collect();
        let last_warning = LastWarning::default();
        let client = self.account.client(&last_warning)?;
        let report_file = self.output.report_file(source, &inputs)?;
        let prepare = |update| {
            let run = self.flags.apply(client.run(update));
            match &rows.ids {
                Ids::Numeric(ids) => run.ids(ids),
                Ids::Custom(ids) => run.custom_ids(ids),
            }
        };
        let place = |list: &str, at: usize| match list {
            "values" => rows.place(*firsts.get(at)?),
            "ids" | "custom_ids" | "rows" => rows.place(at),
            _ => None,
        };
        let refused = |error| invalid::entry(error, place);
        let dry_run = prepare(update.clone()).dry_run().send().map_err(refused)?;
        if !self.output.quiet {
            say(summary.text(&source.name, &dry_run));
        }
        if rows.ids.len() == 0 {
            say("the file has no ids; nothing to send");
        }
        let cancel = signals.cancel_run();
        let bar = progress::bar(last_warning, self.output.quiet);
        let report = prepare(update).cancel(&cancel).progress(bar).send().map_err(refused)?;
        // The file first: whoever reads standard output may be gone, or may never read on.
        let written = self.output.write(&report, rows, report_file);
        signals.run_ended();
        let printed = self.output.print(&report, rows);
        hint_at_type(&report, summary.kind);
        Ok(output::code(report.status(), signals.cancelled_by(), written && printed))
    }
}

/// The name of an attribute. With blanks around it, it would be another attribute, perhaps a new one.
fn attribute(text: &str) -> Result<String, &'static str> {
    if text.trim() == text { Ok(text.to_owned()) } else { Err("has blanks around it; remove them") }
}

/// When nothing was accepted, the type that was found out may be the reason.
fn hint_at_type(report: &Report, kind: Type) {
    let nothing_accepted = report.rejected() > 0 && report.confirmed() == 0;
    if kind.inferred && (report.status() == Status::Rejected || nothing_accepted) {
        say(format_args!(
            "the values were sent as {}, which was inferred from how they are written; if the attribute has another \
             type, choose it with --type",
            kind.kind.name()
        ));
    }
}

/// The file of `--ca-file`, which is one of the library's own options.
fn ca_file() -> Option<PathBuf> {
    let mut arguments = std::env::args_os();
    while let Some(argument) = arguments.next() {
        let argument = argument.to_string_lossy().into_owned();
        match argument.strip_prefix("--ca-file") {
            Some("") => return arguments.next().map(PathBuf::from),
            Some(rest) if rest.starts_with('=') => return Some(PathBuf::from(&rest[1..])),
            _ => {}
        }
    }
    None
}
