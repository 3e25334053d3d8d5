//! The examples of docs/program/*.md: the program prints what the pages show. Each page has a sandbox and, in
//! `docs/program/PAGE.in`, files of its own; it must have written those of `PAGE.out`. `TRYCMD=overwrite` writes what is
//! printed now into the pages.
#![cfg(all(feature = "cli", target_os = "linux"))]

use std::path::PathBuf;

use usercom::sandbox::{Options, Sandbox, TOKEN, UnknownIds};

#[test]
fn the_program_prints_what_the_pages_show() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/program"));
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    pages.sort();
    assert!(!pages.is_empty(), "{} has no pages", folder.display());
    for page in pages {
        let users = page.with_extension("users.csv");
        let options = Options {
            users: users.exists().then_some(users),
            unknown_ids: UnknownIds::Reject,
            ..Options::default()
        };
        let (sandbox, home) = (Sandbox::start(options).unwrap(), tempfile::tempdir().unwrap());
        let of_home = |name: &str| home.path().join(name).display().to_string();
        trycmd::TestCases::new()
            .env("USERCOM_BASE_URL", sandbox.url())
            .env("USERCOM_SUBDOMAIN", "acme")
            .env("USERCOM_TOKEN", TOKEN)
            .env("HOME", of_home("."))
            .env("XDG_CONFIG_HOME", of_home("config"))
            .env("XDG_STATE_HOME", of_home("state"))
            .case(&page)
            .run();
    }
}
