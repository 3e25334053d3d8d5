//! `usercom update` and `usercom apply`: read, plan, say what will be sent, send, deliver the report.

use std::path::{Path, PathBuf};
use std::time::Duration;

use usercom::{Client, Status};

use crate::account::{AccountArgs, LastWarning};
use crate::ask::{self, Terminal};
use crate::exit;
use crate::flags::RunFlags;
use crate::input::{self, Input, InputArgs, Wanted};
use crate::output::{self, OutputArgs};
use crate::parse::count;
#[cfg(feature = "sync")]
use crate::plan::InvalidRows;
use crate::plan::kind::Kind;
use crate::plan::mapping::{self, Mapping};
use crate::plan::values::{Empty, Reading};
use crate::plan::{Job, Table, summary};
use crate::run::{CanaryArgs, Journals, LimitArgs, Outcome, Pause, Runner};
use crate::say::say;
use crate::signals::Signals;
use crate::state::{Begun, InputRecord, Record, StateArgs};
use crate::words::thousands;

/// Set an attribute of all ids in a file to one value
#[derive(clap::Args)]
#[command(after_help = exit::help(&UPDATE_EXAMPLES))]
pub struct UpdateArgs {
    /// The attribute's name; with the type of the value, if you like: points:int
    #[arg(long, value_name = "NAME[:TYPE]", value_parser = mapping::parse_without_column)]
    attribute: Mapping,
    /// What to set it to
    #[arg(long, allow_hyphen_values = true)]
    value: String,
    /// The ids: a file with a header, or with one id per line; - is the standard input; or a list such as 10,15,22
    #[arg(long, value_name = "FILE|LIST")]
    ids: PathBuf,
    #[command(flatten)]
    job: JobArgs,
}

/// Set attributes to a value for each row of a file; the last row of an id wins
#[derive(clap::Args)]
#[command(after_help = exit::help(&APPLY_EXAMPLES))]
pub struct ApplyArgs {
    /// A file with a header: CSV, TSV, NDJSON or .xlsx, also with gzip or zstd; - is the standard input
    file: PathBuf,
    /// The attribute, and the column and type of its values if they have others: points=score:int. Give it several times
    /// to set several attributes; each has a run of its own
    #[arg(long, required = true, value_name = "NAME[=COLUMN][:TYPE]", value_parser = mapping::parse)]
    attribute: Vec<Mapping>,
    /// The column with the values, for a single attribute [default: the attribute's name]
    #[arg(long, value_name = "NAME")]
    value_column: Option<String>,
    /// What to do with rows that have no value [default: they are invalid]
    #[arg(long, value_enum)]
    empty: Option<Empty>,
    #[command(flatten)]
    pub job: JobArgs,
}

/// What both have
#[derive(clap::Args)]
pub struct JobArgs {
    /// The column with the ids
    #[arg(long, default_value = "id", value_name = "NAME")]
    id_column: String,
    /// The ids are your own (1 to 1,024 bytes each), not User.com's
    #[arg(long)]
    pub custom_ids: bool,
    /// The type in which the values are sent
    #[arg(long = "type", value_enum, default_value_t = Kind::Auto, value_name = "TYPE")]
    kind: Kind,
    /// Numbers have a comma for the decimal point: 1,5
    #[arg(long)]
    decimal_comma: bool,
    /// Use only the first N rows
    #[arg(long, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    limit: Option<u64>,
    /// Do not ask before a run of more than 10,000 ids
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    canary: CanaryArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    pub flags: RunFlags,
    #[command(flatten)]
    rejected: LimitArgs,
    #[command(flatten)]
    state: StateArgs,
    #[command(flatten)]
    pub account: AccountArgs,
    #[command(flatten)]
    output: OutputArgs,
}

const UPDATE_EXAMPLES: [&str; 4] = [
    "usercom update --subdomain acme --attribute plan --value pro --ids 10,15,22",
    "usercom update --subdomain acme --attribute plan --value pro --ids ids.csv --dry-run",
    "usercom update --profile shop-a --attribute plan --value pro --ids ids.csv --canary 5 --report states.csv",
    "usercom update --profile shop-a --attribute points:int --value 0 --ids - --yes < ids.txt",
];

const APPLY_EXAMPLES: [&str; 4] = [
    "usercom apply scores.csv --subdomain acme --attribute score --dry-run",
    "usercom apply scores.csv --profile shop-a --attribute points=score:int --attribute plan --failed failed.csv",
    "usercom apply scores.xlsx --profile shop-a --id-column user --attribute score --empty skip --html report.html",
    "psql --csv -c 'select id, plan from users' | usercom apply - --profile shop-a --attribute plan",
];

/// What a run tells to whoever keeps a state of its own.
pub trait Around {
    /// Nothing was sent yet.
    fn before(&mut self) -> Result<(), String>;
    /// The report is still to be delivered.
    fn after(&mut self, outcomes: &[Outcome<'_, '_>]);
}

pub fn update(mut args: UpdateArgs, signals: &Signals) -> Result<u8, String> {
    args.job.journal();
    let table = args.job.table(args.ids()?, 0)?;
    let reading = args.job.reading(args.attribute.kind, &table);
    let job = Job::one_value(&table, args.attribute.attribute, &args.value, reading)?;
    let last_warning = LastWarning::default();
    let client = args.job.account.client(&last_warning)?;
    args.job.send(client, last_warning, &table, &[job], signals, None)
}

pub fn apply(mut args: ApplyArgs, signals: &Signals) -> Result<u8, String> {
    args.job.journal();
    let planned = args.plan()?;
    let jobs = planned.jobs(&args)?;
    let last_warning = LastWarning::default();
    let client = args.job.account.client(&last_warning)?;
    args.job.send(client, last_warning, &planned.table, &jobs, signals, None)
}

/// A file with a column for each attribute.
pub struct Planned {
    pub table: Table,
    /// The ids' first.
    columns: Vec<Wanted>,
    /// Of each attribute. Two may have the same.
    wanted: Vec<Wanted>,
}

impl Planned {
    pub fn jobs(&self, args: &ApplyArgs) -> Result<Vec<Job<'_>>, String> {
        self.of_each(args, |attribute, column, reading| {
            Job::of_column(&self.table, attribute, column, reading, args.empty)
        })
    }

    /// The same without the rows that are invalid, and what is wrong with each of those.
    #[cfg(feature = "sync")]
    pub fn valid_jobs(&self, args: &ApplyArgs) -> Result<Vec<(Job<'_>, InvalidRows)>, String> {
        self.of_each(args, |attribute, column, reading| {
            Job::of_valid_rows(&self.table, attribute, column, reading, args.empty)
        })
    }

    fn of_each<T>(
        &self,
        args: &ApplyArgs,
        make: impl Fn(String, (usize, &str), Reading) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let job = |(mapping, column): (&Mapping, &Wanted)| {
            let at = self.columns[1..].iter().position(|other| other.name == column.name).unwrap_or_default();
            make(mapping.attribute.clone(), (at, &column.name), args.job.reading(mapping.kind, &self.table))
        };
        args.attribute.iter().zip(&self.wanted).map(job).collect()
    }
}

impl UpdateArgs {
    pub fn account(&mut self) -> &mut AccountArgs {
        &mut self.job.account
    }

    /// Resume this run.
    pub fn resume(&mut self, record: Record) {
        self.job.state.resumed = Some(record);
    }

    /// A file or a list: what is both is neither.
    fn ids(&self) -> Result<Input, String> {
        let text = self.ids.to_string_lossy();
        if !input::is_list(&text) {
            return Input::open(
                &self.ids,
                &self.job.input,
                &[self.job.id_column()],
                self.job.output.reads_again(),
            );
        }
        if self.ids.exists() {
            return Err(format!("ids: {text} is a list and the name of a file; write ./{text} for the file"));
        }
        Ok(input::list(&text, "--ids"))
    }
}

impl ApplyArgs {
    pub fn account(&mut self) -> &mut AccountArgs {
        &mut self.job.account
    }

    /// Resume this run.
    pub fn resume(&mut self, record: Record) {
        self.job.state.resumed = Some(record);
    }

    /// Reads the file.
    pub fn plan(&self) -> Result<Planned, String> {
        let wanted = self.wanted()?;
        // Two attributes may have the same column.
        let mut columns = vec![self.job.id_column()];
        columns.extend(
            wanted
                .iter()
                .enumerate()
                .filter(|(at, column)| !wanted[..*at].iter().any(|other| other.name == column.name))
                .map(|(_, column)| column.clone()),
        );
        let input = Input::open(&self.file, &self.job.input, &columns, self.job.output.reads_again())?;
        let table = self.job.table(input, columns.len() - 1)?;
        Ok(Planned { table, columns, wanted })
    }

    /// The column of each attribute.
    fn wanted(&self) -> Result<Vec<Wanted>, String> {
        let several = self.attribute.len() > 1;
        if let (Some(_), true) = (&self.value_column, several || self.attribute[0].column.is_some()) {
            return Err("value_column: is for a single attribute without a column; write --attribute ATTRIBUTE=COLUMN".into());
        }
        if let Some(twice) = (1..self.attribute.len()).find(|at| {
            self.attribute[..*at].iter().any(|other| other.attribute == self.attribute[*at].attribute)
        }) {
            let name = self.attribute[twice].attribute.escape_debug();
            return Err(format!("attribute: \"{name}\" is given twice; each can have one column"));
        }
        let wanted = self.attribute.iter().map(|mapping| {
            let name = self.value_column.as_ref().or(mapping.column.as_ref()).unwrap_or(&mapping.attribute);
            match several || mapping.column.is_some() {
                true => Wanted::new(name, &format!("--attribute {}=", mapping.attribute)),
                false => Wanted::new(name, "--value-column "),
            }
        });
        Ok(wanted.collect())
    }
}

impl JobArgs {
    /// --no-journal comes before a directory in the configuration.
    fn journal(&mut self) {
        if self.state.no_journal {
            self.flags.journal_dir = None;
        }
    }

    fn id_column(&self) -> Wanted {
        Wanted::new(&self.id_column, "--id-column ")
    }

    fn table(&self, input: Input, columns: usize) -> Result<Table, String> {
        let limit = self.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        Table::read(input, columns, self.custom_ids, limit)
    }

    fn reading(&self, kind: Option<Kind>, table: &Table) -> Reading {
        Reading { kind: kind.unwrap_or(self.kind), decimal_comma: self.decimal_comma, is_json: table.is_json }
    }

    /// No journal is kept, whatever the configuration says of its directory.
    #[cfg(feature = "sync")]
    pub fn without_journal(&mut self) -> Result<(), String> {
        if self.state.resume {
            return Err("resume: sync always sends what is not confirmed; remove the option".to_owned());
        }
        self.state.no_journal = true;
        self.journal();
        Ok(())
    }

    /// Says what will be sent, sends it, and delivers the report.
    pub fn send(
        &self,
        client: Client,
        last_warning: LastWarning,
        table: &Table,
        jobs: &[Job<'_>],
        signals: &Signals,
        mut around: Option<&mut dyn Around>,
    ) -> Result<u8, String> {
        let inputs: Vec<&Path> = self.account.files().collect();
        let mut delivery = self.output.prepare(table, &inputs)?;
        let mut pause = self.canary.pause(table.source.is_standard_input).filter(|_| !self.flags.dry_run);
        // A run that is resumed has perhaps asked already.
        if let Some(pause) = pause.as_ref().filter(|_| !self.state.resume && self.state.resumed.is_none()) {
            pause.check()?;
        }
        let mut runner = Runner {
            client,
            flags: &self.flags,
            limit: &self.rejected,
            signals,
            journals: None,
            last_warning,
            audience: self.output.audience(),
        };
        let costs = jobs.iter().map(|job| runner.dry_run(job)).collect::<Result<Vec<_>, _>>()?;
        if !self.output.quiet {
            let jobs: Vec<_> = jobs.iter().zip(&costs).collect();
            say(summary::paragraph(table, &self.id_column, &jobs));
        }
        if jobs.iter().all(|job| job.len() == 0) {
            say("there are no ids; nothing to send");
        }
        if !self.flags.dry_run {
            self.confirm(table, jobs)?;
        }
        let begun = self.begin(&runner, table, jobs, pause.as_ref())?;
        runner.journals = match &begun {
            Begun::Kept(kept) => {
                if let Some(pause) = pause.as_mut().filter(|_| kept.has_passed_canaries) {
                    pause.go_on();
                }
                Some(Journals { dir: kept.folder.clone(), stay: true })
            }
            Begun::JobRunning(dir) => Some(Journals { dir: dir.clone(), stay: false }),
            Begun::Unkept => None,
            Begun::Running => {
                say("the same update is running already; nothing was sent");
                return Ok(exit::BUSY);
            }
        };
        if let Some(around) = around.as_mut().filter(|_| !self.flags.dry_run) {
            around.before()?;
        }
        delivery.has_journal = matches!(begun, Begun::Kept(_));
        let checked = pause.as_ref().map_or(Ok(()), Pause::check);
        let outcomes = match checked.and_then(|()| runner.run(jobs, pause.as_ref())) {
            Ok(outcomes) => outcomes,
            Err(refusal) => {
                if let Begun::Kept(kept) = begun {
                    kept.refused();
                }
                return Err(refusal);
            }
        };
        if let Some(around) = around.filter(|_| !self.flags.dry_run) {
            around.after(&outcomes);
        }
        let delivered = delivery.deliver(&outcomes);
        outcomes.iter().for_each(hint_at_type);
        if let Begun::Kept(kept) = begun {
            kept.end(&outcomes);
        }
        Ok(output::code(&outcomes, signals.cancelled_by(), delivered))
    }

    /// Writes down what is about to run, so that it can be resumed.
    fn begin(
        &self,
        runner: &Runner<'_>,
        table: &Table,
        jobs: &[Job<'_>],
        pause: Option<&Pause>,
    ) -> Result<Begun, String> {
        let folder = self.state.folder(self.flags.journal_dir.as_deref())?;
        let Some(folder) = folder.filter(|_| !self.flags.dry_run && jobs.iter().any(|job| job.len() > 0))
        else {
            return Ok(Begun::Unkept);
        };
        let journals = runner.journals(jobs, pause, &folder.path)?;
        let input = match &table.source.path {
            _ if table.source.is_standard_input => InputRecord::StandardInput,
            Some(path) => {
                InputRecord::of_file(path).map_err(|error| format!("{}: {error}", path.display()))?
            }
            None => InputRecord::Arguments,
        };
        let terminal = if self.yes { None } else { Terminal::open(table.source.is_standard_input) };
        let max_age = self.flags.journal_max_age.unwrap_or(Duration::from_secs(12 * 3600));
        self.state.begin(folder, journals, input, max_age, terminal)
    }

    /// Asks before many ids are changed, if there is somebody to ask.
    fn confirm(&self, table: &Table, jobs: &[Job<'_>]) -> Result<(), String> {
        const MANY: usize = 10_000;
        let ids = jobs.iter().map(Job::len).max().unwrap_or(0);
        if self.yes || self.state.resumed.is_some() || ids <= MANY {
            return Ok(());
        }
        let Some(terminal) = Terminal::open(table.source.is_standard_input) else { return Ok(()) };
        match ask::confirm(&terminal, &format!("update {} ids?", thousands(ids)))? {
            true => Ok(()),
            false => Err("nothing was sent; --yes answers the question".to_owned()),
        }
    }
}

/// When nothing was accepted, the type that was found out may be the reason.
fn hint_at_type(outcome: &Outcome<'_, '_>) {
    let kind = outcome.job.kind;
    let nothing_accepted = outcome.rejected() > 0 && outcome.confirmed() == 0;
    if kind.inferred && (outcome.status() == Some(Status::Rejected) || nothing_accepted) {
        say(format_args!(
            "the values were sent as {}, which was inferred from how they are written; if the attribute has another \
             type, choose it with --type",
            kind.kind.name()
        ));
    }
}
