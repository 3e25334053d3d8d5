//! The token, as the program reads it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use usercom::sandbox::TOKEN;

use crate::support::{Outcome, Setup};

const UPDATE: &[&str] = &["update", "--attribute", "plan", "--value", "pro", "--ids", "ids.csv"];

/// Row 75: each wrong token has its own sentence, from the variable and from a file, and shows nothing of it.
#[test]
fn each_wrong_token_has_its_sentence() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    for (token, words) in [
        (String::new(), "is empty"),
        ("   ".to_owned(), "holds nothing but blanks"),
        (format!("\"{TOKEN}\""), "because of the quotes around it"),
        (format!("'{TOKEN}'"), "because of the quotes around it"),
        (format!("{TOKEN}\""), "because of the quotes around it"),
        (format!("\u{201e}{TOKEN}\u{201d}"), "because of the quotes around it"),
        (format!("Token {TOKEN}"), "starts with the word Token"),
        (format!("Bearer {TOKEN}"), "starts with the word Bearer"),
        (format!("Authorization: Token {TOKEN}"), "is a whole Authorization header"),
        (format!("USERCOM_TOKEN={TOKEN}"), "starts with the variable's name, USERCOM_TOKEN="),
        (format!("export USERCOM_TOKEN='{TOKEN}'"), "starts with the variable's name, USERCOM_TOKEN="),
        (format!("{TOKEN}\n{TOKEN}"), "has more than one line"),
        (format!("{TOKEN} "), "character 65 is a space; remove it"),
        (format!("\u{feff}{TOKEN}"), "a byte order mark"),
        ("abc123".to_owned(), "app key"),
    ] {
        let outcome = Outcome::of(setup.command(UPDATE).env("USERCOM_TOKEN", &token).output().unwrap());
        setup.refused(&outcome, "usercom: token: USERCOM_TOKEN: ");
        assert!(
            outcome.stderr.contains(words) && !outcome.stderr.contains(&TOKEN[..8]),
            "{token}: {outcome:?}"
        );
        setup.file("token", &token);
        let outcome = setup.run(&[UPDATE, &["--token-file", "token"]].concat());
        setup.refused(&outcome, "usercom: token: ");
        assert!(
            outcome.stderr.contains(words) && !outcome.stderr.contains(&TOKEN[..8]),
            "{token}: {outcome:?}"
        );
    }
    let outcome = Outcome::of(setup.command(UPDATE).env_remove("USERCOM_TOKEN").output().unwrap());
    setup.refused(
        &outcome,
        "usercom: token: is missing; put the 64-character REST API key into USERCOM_TOKEN",
    );
    let binary = OsStr::from_bytes(b"\xff\xfek");
    let outcome = Outcome::of(setup.command(UPDATE).env("USERCOM_TOKEN", binary).output().unwrap());
    setup.refused(&outcome, "usercom: token: USERCOM_TOKEN is not plain text");
    setup.file("token", b"\xff\xfek\0k\0");
    let outcome = setup.run(&[UPDATE, &["--token-file", "token"]].concat());
    setup.refused(&outcome, "usercom: token: token is not plain text");
    let outcome = setup.run(&[UPDATE, &["--token-file", "nowhere"]].concat());
    setup.refused(&outcome, "usercom: token_file: nowhere: No such file");
    let outcome = Outcome::of(setup.command(UPDATE).env("USERCOM_TOKEN_FILE", "").output().unwrap());
    setup.refused(
        &outcome,
        "usercom: token_file: is empty; name a file in --token-file or USERCOM_TOKEN_FILE",
    );
    let outcome = setup.run(&[UPDATE, &["--token-file", "."]].concat());
    setup.refused(&outcome, "usercom: token_file: .: Is a directory");
}

/// Row 75: the end of a line, which editors add, is no mistake.
#[test]
fn a_token_file_may_end_its_line() {
    let setup = Setup::new();
    for end in ["", "\n", "\r\n"] {
        setup.file("token", format!("{TOKEN}{end}"));
        setup.file("ids.csv", "1\n");
        let mut command = setup.command(&[UPDATE, &["--token-file", "token"]].concat());
        Outcome::of(command.env("USERCOM_TOKEN", "ignored").output().unwrap()).ok();
    }
    assert_eq!(setup.held("plan").len(), 1);
}

/// A file that others can read is used, with a warning; one that others can change is not.
#[test]
fn who_can_change_the_file_with_the_token() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    std::fs::create_dir(setup.path("folder")).unwrap();
    let token = setup.file("folder/token", TOKEN);
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let run = || setup.run(&[UPDATE, &["--token-file", "folder/token", "--dry-run"]].concat());
    for (file, folder, words) in [
        (0o622, 0o755, "folder/token: can be changed by others (mode 0622); run: chmod go-w FILE"),
        (0o660, 0o755, "can be changed by others (mode 0660)"),
        (0o600, 0o777, "is in a directory in which others can replace it"),
        (0o600, 0o770, "is in a directory in which others can replace it"),
    ] {
        mode(&token, file);
        mode(&setup.path("folder"), folder);
        setup.refused(&run(), words);
    }
    for (file, folder, warned) in [(0o600, 0o755, false), (0o644, 0o700, true), (0o640, 0o1777, true)] {
        mode(&token, file);
        mode(&setup.path("folder"), folder);
        let outcome = run();
        assert_eq!(outcome.ok().stderr.contains("other users can read folder/token"), warned, "{outcome:?}");
    }
}

/// A password manager prints the key; it runs without a shell and does not read the standard input.
#[test]
fn a_command_prints_the_token() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    setup.file("key", format!("{TOKEN}\n"));
    let run = |command: &str, more: &[&str]| {
        let arguments = [UPDATE, &["--token-command", command], more].concat();
        Outcome::of(setup.command(&arguments).env_remove("USERCOM_TOKEN").output().unwrap())
    };
    run("cat key", &[]).ok();
    run("sh -c 'cat key | cat'", &[]).ok();
    assert_eq!(setup.held("plan").len(), 1);
    let before = setup.sandbox.total();
    for (command, words) in [
        ("echo x", "token: token_command echo: has 1 characters"),
        ("printf '%s\\n\\n' k", "token: token_command printf: character 2 is a line end; remove it"),
        ("cat nothing", "token_command: cat: failed (exit status: 1); its messages are above"),
        ("cat key | cat", "token_command: cat: failed"),
        ("no-such-thing", "there is no such program; it is not run by a shell"),
        ("", "token_command: is empty"),
    ] {
        let outcome = run(command, &[]);
        assert!(outcome.code == Some(2) && outcome.stderr.contains(words), "{command}: {outcome:?}");
        assert!(!outcome.stderr.contains(&TOKEN[..8]), "{outcome:?}");
    }
    let outcome = run("cat key", &["--token-file", "key"]);
    assert!(outcome.code == Some(2) && outcome.stderr.contains("cannot be used with"), "{outcome:?}");
    assert_eq!(setup.sandbox.total(), before);
}

/// On a terminal it is asked for, and what is typed is not shown.
#[test]
fn a_terminal_asks_for_the_token() {
    let setup = Setup::new();
    setup.file("ids.csv", "1\n");
    let line = format!("env -u USERCOM_TOKEN {} {}", env!("CARGO_BIN_EXE_usercom"), UPDATE.join(" "));
    let plain = setup.command(UPDATE);
    let mut command = std::process::Command::new("script");
    command.args(["-qefc", &line, "/dev/null"]).current_dir(setup.folder.path());
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = Vec::new();
    let mut buffer = [0; 1024];
    // What is typed before the echo is off would be shown by the terminal itself.
    while !String::from_utf8_lossy(&shown).contains("(not shown): ") {
        let n = std::io::Read::read(&mut output, &mut buffer).unwrap();
        assert!(n > 0, "{}", String::from_utf8_lossy(&shown));
        shown.extend_from_slice(&buffer[..n]);
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
    std::io::Write::write_all(&mut input, format!("{TOKEN}\n").as_bytes()).unwrap();
    std::io::Read::read_to_end(&mut output, &mut shown).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("ok: ") && !shown.contains(&TOKEN[..8]), "{shown}");
}
