//! `config.toml` and its profiles.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use usercom::sandbox::TOKEN;

use crate::support::{Outcome, Setup};

const UPDATE: &[&str] = &["update", "--attribute", "plan", "--value", "pro", "--ids", "1,2,3"];

fn write(setup: &Setup, text: &str) -> std::path::PathBuf {
    let folder = setup.home().join("config/usercom");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
    folder.join("config.toml")
}

/// Without the variables that the tests have.
fn bare(setup: &Setup, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = setup.command(arguments);
    command.env_remove("USERCOM_SUBDOMAIN").env_remove("USERCOM_TOKEN").env_remove("USERCOM_BASE_URL");
    command.envs(variables.iter().copied());
    Outcome::of(command.output().unwrap())
}

#[test]
fn an_account_from_a_profile() {
    let setup = Setup::new();
    let url = setup.sandbox.url();
    let text = format!(
        "rate_limit = 0\nverify = 0\npreflight = false\nbase_url = \"{url}\"\n\n[profiles.shop-a]\nsubdomain = \"acme\"\n\
         token_file = \"key\"\nbatch_size = 1\nstall_timeout = \"2 m\"\n"
    );
    let file = write(&setup, &text);
    fs::write(file.with_file_name("key"), TOKEN).unwrap();
    fs::set_permissions(file.with_file_name("key"), fs::Permissions::from_mode(0o600)).unwrap();
    bare(&setup, &[UPDATE, &["--profile", "shop-a"]].concat(), &[]).ok();
    assert_eq!(setup.sandbox.requests().len(), 3, "one id per request, and no reads");
    bare(&setup, UPDATE, &[("USERCOM_PROFILE", "shop-a")]).ok();
    bare(&setup, &[UPDATE, &["--profile", "shop-a", "--batch-size", "3"]].concat(), &[]).ok();
    assert_eq!(setup.sandbox.requests().len(), 7, "a flag comes first");

    let refused = |arguments: &[&str], variables: &[(&str, &str)], words: &str| {
        let outcome = bare(&setup, &[UPDATE, arguments].concat(), variables);
        assert!(outcome.code == Some(2) && outcome.stderr.contains(words), "{words}: {outcome:?}");
    };
    refused(
        &[],
        &[],
        "subdomain: is missing; give --subdomain or USERCOM_SUBDOMAIN, or set it in config.toml",
    );
    refused(&["--subdomain", "acme"], &[], "token: is missing");
    refused(&["--profile", "shop-b"], &[], "there is no profile \"shop-b\"; did you mean \"shop-a\"?");
    // Left over from another account.
    let (other, token) = (("USERCOM_SUBDOMAIN", "other"), ("USERCOM_TOKEN", TOKEN));
    refused(
        &["--profile", "shop-a"],
        &[other],
        "USERCOM_SUBDOMAIN is set, and profile \"shop-a\" has another one",
    );
    refused(
        &["--profile", "shop-a"],
        &[token],
        "USERCOM_TOKEN is set, and profile \"shop-a\" has a token of its own",
    );
    bare(&setup, &[UPDATE, &["--profile", "shop-a"]].concat(), &[("USERCOM_SUBDOMAIN", "acme")]).ok();

    // Other commands have it, too; those without an account do not read it.
    bare(&setup, &["check", "--profile", "shop-a"], &[]).ok();
    bare(&setup, &["users", "--profile", "shop-a"], &[]).ok();
    write(&setup, "nonsense");
    bare(&setup, &["runs"], &[]).ok();
}

#[test]
fn where_each_value_comes_from() {
    let setup = Setup::new();
    write(
        &setup,
        "rate_limit = 2\ndry_run = true\nproxy = \"http://user:secret@proxy:1\"\n[profiles.a]\nsubdomain = \"shop\"\n\
         deadline = \"12 h\"\ntoken_command = [\"pass\", \"show\", \"x\"]\n",
    );
    let show = |more: &[&str], variables: &[(&str, &str)]| {
        let outcome = bare(&setup, &[&["config", "show"], more].concat(), variables);
        outcome.ok();
        outcome.stdout.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let shown = show(&["--profile", "a", "--batch-size", "7"], &[]);
    for line in [
        "profile a --profile",
        "token token_command pass show x config.toml line 7, profile a",
        "subdomain shop config.toml line 5, profile a",
        "deadline 43200 config.toml line 6, profile a",
        "rate_limit 2 config.toml line 1",
        "dry_run on config.toml line 2",
        "proxy http://…@proxy:1 config.toml line 3",
        "batch_size 7 --batch-size",
        "workers 8 workers default",
        "preflight on default",
        "max_requests what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least 1,000 default",
    ] {
        assert!(shown.iter().any(|shown| shown == line), "{line:?} is not in {shown:#?}");
    }
    let shown = show(&[], &[("USERCOM_SUBDOMAIN", "acme"), ("USERCOM_TOKEN", TOKEN)]);
    for line in ["profile none default", "subdomain acme USERCOM_SUBDOMAIN", "token hidden USERCOM_TOKEN"] {
        assert!(shown.iter().any(|shown| shown == line), "{line:?} is not in {shown:#?}");
    }
    assert!(!shown.concat().contains(&TOKEN[..8]) && !shown.concat().contains("secret"));
}

#[test]
fn the_profiles_are_listed() {
    let setup = Setup::new();
    assert_eq!(setup.run(&["config", "profiles"]).ok().stdout, "");
    write(&setup, "[profiles.warsaw]\n[profiles.shop-a]\n");
    assert_eq!(setup.run(&["config", "profiles"]).ok().stdout, "shop-a\nwarsaw\n");
}

#[test]
fn each_mistake_is_named_with_its_line() {
    let setup = Setup::new();
    for (text, words) in [
        ("\nrate_limt = 5", "config.toml line 2: rate_limt: is no option; did you mean rate_limit?"),
        ("token = \"x\"", "line 1: token: the token does not belong here"),
        ("batch_size = 20000", "config.toml line 1: batch_size: is outside 1 to 10,000 ids"),
        ("batch_size = \"many\"", "config.toml line 1: batch_size: \"many\" is not a whole number"),
        ("deadline = \"soon\"", "config.toml line 1: deadline: is a time, such as \"30 s\""),
        ("dry_run = 1", "config.toml line 1: dry_run: is true or false"),
        ("workers = true", "config.toml line 1: workers: is neither true nor false but a value"),
        ("method = \"GET\"", "config.toml line 1: method: "),
        ("base_url = \"https://evil.example\"", "line 1: base_url: may name a loopback address only"),
        ("a = ", "config.toml line 1: "),
    ] {
        write(&setup, text);
        let outcome = setup.run(UPDATE);
        setup.refused(&outcome, words);
    }
}

/// Nobody else may decide where the token comes from or goes.
#[test]
fn only_the_user_can_change_it() {
    let setup = Setup::new();
    let file = write(&setup, "verify = 0\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    setup.refused(&setup.run(UPDATE), "config.toml: can be changed by others (mode 0664); run: chmod go-w");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(file.parent().unwrap(), fs::Permissions::from_mode(0o777)).unwrap();
    setup.refused(&setup.run(UPDATE), "is in a directory in which others can replace it");
    fs::set_permissions(file.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    setup.run(UPDATE).ok();
}
