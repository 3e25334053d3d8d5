//! The program's options: on the command line, in the configuration, and in the environment, with any names and values.
//! No panic; what is accepted reads back as the same whichever way it was said, and changes nothing else; the command line
//! comes before the profile, and that before the rest of the file.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program has more than is used here")]

#[path = "../../../src/cli/account/mod.rs"]
mod account;
#[path = "../../../src/cli/bounds.rs"]
mod bounds;
#[path = "../../../src/cli/config/mod.rs"]
mod config;
#[rustfmt::skip]
#[path = "../../../src/cli/flags.rs"]
mod flags;
#[path = "../../../src/cli/invalid.rs"]
mod invalid;
#[path = "../../../src/cli/parse.rs"]
mod parse;
#[path = "../../../src/cli/say.rs"]
mod say;

use std::sync::LazyLock;

use clap::{Command, CommandFactory, FromArgMatches, Parser};
use config::Config;
use flags::{ClientFlags, OPTIONS, RunFlags};
use libfuzzer_sys::arbitrary::{Result as Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use usercom::fuzzing::options::{Settings, of_builder, of_update};
use usercom::{Client, Update};

/// As the program's commands are.
#[derive(Parser)]
#[command(name = "usercom")]
enum Usercom {
    Update(Box<UpdateArgs>),
}

#[derive(clap::Args)]
struct UpdateArgs {
    #[arg(long, env = "USERCOM_SUBDOMAIN")]
    subdomain: Option<String>,
    #[arg(long, env = "USERCOM_TOKEN_FILE")]
    token_file: Option<String>,
    #[arg(long, conflicts_with = "token_file")]
    token_command: Option<String>,
    #[arg(long, env = "USERCOM_PROFILE")]
    profile: Option<String>,
    #[command(flatten)]
    client: ClientFlags,
    #[command(flatten)]
    run: RunFlags,
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static HOME: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = std::path::Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    dir.expect("a directory")
});
static COMMAND: LazyLock<Command> = LazyLock::new(|| bounds::with_negative_numbers(Usercom::command()));
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let builder = Client::builder("acme", TOKEN).base_url("http://127.0.0.1:1");
    builder.build().expect("a client")
});

fuzz_target!(init: {
    // SAFETY: no other thread is there yet.
    unsafe {
        std::env::set_var("XDG_CONFIG_HOME", HOME.path());
        std::env::set_var("HOME", HOME.path());
        for name in ["USERCOM_SUBDOMAIN", "USERCOM_TOKEN", "USERCOM_TOKEN_FILE", "USERCOM_PROFILE", "USERCOM_BASE_URL"] {
            std::env::remove_var(name);
        }
    }
    std::fs::create_dir_all(HOME.path().join("usercom")).expect("a directory");
}, |bytes: &[u8]| {
    let _ = play(&mut Unstructured::new(bytes));
});

fn play(u: &mut Unstructured<'_>) -> Arbitrary<()> {
    if u.ratio(1, 4)? {
        anything(u)?;
        return Ok(());
    }
    let defaults = said("", &[]).expect("nothing was said");
    let (name, value) = (*u.choose(OPTIONS)?, value(u)?);
    let flag = said("", &[flag(name, &value)]);
    if let Ok(set) = &flag {
        nothing_else(name, &defaults, set);
    }
    let line = |value: &str| format!("{name} = {value}\n");
    let (own, quoted) = (toml(&value), toml_text(&value));
    let in_file = said(&line(&own), &[]);
    if let Ok(set) = &in_file {
        nothing_else(name, &defaults, set);
    }
    // A time in the file may have a unit, a path begins elsewhere, and switches are not texts.
    let is_same = !["deadline", "stall_timeout", "request_timeout", "journal_max_age"].contains(&name)
        && !["ca_file", "rate_limit_dir", "journal_dir"].contains(&name);
    if let (Ok(flag), Ok(file), true) = (&flag, &in_file, is_same && !is_switch(name)) {
        assert_eq!(flag, file, "{name} = {own}");
    }
    // In a profile it is the same, and comes before the rest of the file.
    let other = u.choose(&["1", "2", "true", "\"host\"", "\"POST\"", "7.5"])?;
    let in_profile =
        |rest: &str| said(&format!("{rest}[profiles.p]\n{}", line(&quoted)), &["--profile=p".to_owned()]);
    let alone = in_profile("");
    let beside = in_profile(&line(other));
    if let (Ok(alone), Ok(beside)) = (&alone, &beside) {
        assert_eq!(alone, beside, "{name} = {quoted} in a profile, {other} outside");
    }
    // The command line comes first.
    if let (Ok(flag), Ok(both), false) =
        (&flag, said(&line(other), &[self::flag(name, &value)]), is_switch(name))
    {
        assert_eq!(flag, &both, "--{name}={value}, and {other} in the file");
    }
    Ok(())
}

/// Words and files without any sense.
fn anything(u: &mut Unstructured<'_>) -> Arbitrary<()> {
    let mut words = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        words.push(match u.int_in_range(0..=2)? {
            0 => u.arbitrary::<&str>()?.to_owned(),
            1 => flag(u.choose(OPTIONS)?, u.arbitrary::<&str>()?),
            _ => format!("--profile={}", u.choose(&["p", "q", ""])?),
        });
    }
    let mut file = String::new();
    for _ in 0..u.int_in_range(0..=4)? {
        file += &match u.int_in_range(0..=4)? {
            0 => u.arbitrary::<&str>()?.to_owned(),
            1 => format!("[profiles.{}]", u.choose(&["p", "q", "\"\"", "a.b"])?),
            2 => format!(
                "{} = {}",
                u.choose(&["token_file", "token_command", "subdomain", "token"])?,
                toml(u.arbitrary()?)
            ),
            _ => format!("{} = {}", u.choose(OPTIONS)?, toml(u.arbitrary()?)),
        };
        file += "\n";
    }
    let variable = if u.arbitrary()? { Some(u.arbitrary::<&str>()?.replace('\0', "")) } else { None };
    // SAFETY: there is one thread.
    unsafe {
        match variable {
            Some(value) => std::env::set_var("USERCOM_SUBDOMAIN", value),
            None => std::env::remove_var("USERCOM_SUBDOMAIN"),
        }
    }
    if let Err(problem) = said(&file, &words) {
        assert!(!problem.is_empty());
    }
    // SAFETY: as above.
    unsafe { std::env::remove_var("USERCOM_SUBDOMAIN") };
    Ok(())
}

fn flag(name: &str, value: &str) -> String {
    match name {
        "preflight" => "--no-preflight".to_owned(),
        _ if is_switch(name) => format!("--{}", name.replace('_', "-")),
        _ => format!("--{}={value}", name.replace('_', "-")),
    }
}

fn is_switch(name: &str) -> bool {
    ["standard_attributes", "allow_null", "dry_run", "preflight", "verify_strict"].contains(&name)
}

fn value(u: &mut Unstructured<'_>) -> Arbitrary<String> {
    let known = [
        "PUT",
        "POST",
        "put",
        "host",
        "process",
        "",
        "0",
        "1",
        "-1",
        "1e3",
        "0.1",
        "1000",
        "1001",
        "10000",
        "1e-30",
        "NaN",
        "inf",
        "http://127.0.0.1:8080",
        "http://[::1]:80/",
        "https://acme.user.com",
        "http://user:p%40@proxy:3128",
        "/tmp",
        "~/x",
        "10m",
        "12 h",
        "true",
        "false",
        "18446744073709551615",
        "18446744073709551616",
    ];
    Ok(match u.int_in_range(0..=4)? {
        0 => u.arbitrary::<u32>()?.to_string(),
        1 => format!("{}.{}", u.arbitrary::<u8>()?, u.arbitrary::<u8>()?),
        2 => u.arbitrary::<&str>()?.replace('\0', ""),
        _ => (*u.choose(&known)?).to_owned(),
    })
}

/// A number or a switch as it is, else a text.
fn toml(value: &str) -> String {
    let is_number =
        !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit() || b".e-+".contains(&byte));
    if is_number || value == "true" || value == "false" { value.to_owned() } else { toml_text(value) }
}

fn toml_text(value: &str) -> String {
    let escaped = value.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

fn nothing_else(name: &str, before: &Settings, after: &Settings) {
    for (other, set) in after {
        let is_it = other == name || other.strip_suffix("_ms") == Some(name);
        assert!(is_it || before.get(other) == Some(set), "{name} has changed {other}");
    }
}

/// What the program would use with this file and these words.
fn said(file: &str, words: &[String]) -> Result<Settings, String> {
    let path = HOME.path().join("usercom").join("config.toml");
    std::fs::write(&path, file).expect("the file is written");
    let words: Vec<&str> =
        ["usercom", "update"].into_iter().chain(words.iter().map(String::as_str)).collect();
    let refused = |error: clap::Error, command: &Command| {
        bounds::message(&error, command).unwrap_or_else(|| error.to_string())
    };
    let found = COMMAND.clone().try_get_matches_from(&words).map_err(|error| refused(error, &COMMAND))?;
    let (_, given) = found.subcommand().ok_or("no command")?;
    let config = Config::load(given)?;
    let command = config.defaults(COMMAND.clone())?;
    let found = command.clone().try_get_matches_from(&words).map_err(|error| refused(error, &command))?;
    let Usercom::Update(args) = Usercom::from_arg_matches(&found).map_err(|error| error.to_string())?;
    let _ = config.token()?;
    let (_, given) = found.subcommand().ok_or("no command")?;
    let renamed = |message| config.renamed(message, given);
    let mut settings = of_builder(&args.client.apply(Client::builder("acme", TOKEN))).map_err(renamed)?;
    let run = args.run.apply(CLIENT.run(Update::new("plan", "pro")));
    settings.extend(of_update(&run).map_err(renamed)?);
    Ok(settings)
}
