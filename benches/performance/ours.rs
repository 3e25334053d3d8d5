//! usercom as a contender: from Rust, and as the program.

use std::fs;
use std::io::{Error, Result};
use std::process::Command;

use usercom::Report;

use super::contender::obey;
use super::tools::{run, temporary};
use super::work::{Kind, Work};
use super::{TOKEN, builder};

pub fn from_rust(url: &str, work: Work) -> Result<()> {
    let client = builder(url).batch_size(work.batch).build().map_err(Error::other)?;
    let (ids, custom_ids, rows) = (work.ids(), work.custom_ids(), work.rows());
    obey(|| match work.kind {
        Kind::Ids => all_confirmed(client.mass_update(&ids, "plan", "pro")),
        Kind::Custom => all_confirmed(client.mass_update_custom_ids(&custom_ids, "plan", "pro")),
        Kind::Rows => {
            let rows = rows.iter().map(|(id, value)| (*id, value.as_str()));
            all_confirmed(client.mass_update_rows(rows, "plan"))
        }
    })
}

pub fn all_confirmed(report: usercom::Result<Report>) -> Result<()> {
    let report = report.map_err(Error::other)?;
    if report.confirmed() == report.total() { Ok(()) } else { Err(Error::other(report.message().to_owned())) }
}

/// A call is a process that reads a CSV file.
pub fn program(program: &str, url: &str, work: Work) -> Result<()> {
    let home = temporary("bench-program");
    fs::create_dir_all(&home)?;
    let file = home.join(format!("{}.csv", work.kind.word()));
    let (arguments, text): (&[&str], String) = match work.kind {
        Kind::Ids => (&["update", "--value", "pro", "--ids"], lines("id", work.ids())),
        Kind::Custom => {
            (&["update", "--value", "pro", "--custom-ids", "--ids"], lines("id", work.custom_ids()))
        }
        Kind::Rows => {
            (&["apply"], lines("id,plan", work.rows().iter().map(|(id, value)| format!("{id},{value}"))))
        }
    };
    fs::write(&file, text)?;
    let batch = work.batch.to_string();
    obey(|| {
        let mut command = Command::new(program);
        command.args(arguments).arg(&file).args(["--attribute", "plan", "--batch-size", &batch, "--yes"]);
        command.args(["--subdomain", "acme", "--base-url", url, "--rate-limit", "0"]);
        run(command.env("USERCOM_TOKEN", TOKEN).env("HOME", &home)).map(drop)
    })
}

fn lines<T: ToString>(head: &str, lines: impl IntoIterator<Item = T>) -> String {
    let lines = lines.into_iter().map(|line| line.to_string());
    [head.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n") + "\n"
}
