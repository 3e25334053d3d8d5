//! The completions in the shells of this machine: somebody presses Tab.

use std::fs;

use crate::support::Setup;
use crate::terminal::Terminal;

/// What `make install` installs, and a configuration with two profiles.
fn installed() -> Setup {
    let setup = Setup::new();
    let share = setup.path("share").display().to_string();
    setup.run(&["generate-docs", &share]).ok();
    let folder = setup.home().join("config/usercom");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[profiles.shop-a]\n[profiles.warsaw]\n").unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_usercom")).parent().unwrap();
    let path = format!("PATH='{}':$PATH; PS1='> '; export XDG_DATA_DIRS='{share}'\n", program.display());
    let bash = format!("{path}. /usr/share/bash-completion/bash_completion\n");
    // Without checks of who owns the folders, and without a file in the home directory.
    let zsh = format!(
        "{path}fpath=('{share}/zsh/site-functions' $fpath)\nautoload -U compinit && compinit -u -D\n"
    );
    fs::write(setup.path("bashrc"), bash).unwrap();
    fs::write(setup.path(".zshrc"), zsh).unwrap();
    setup
}

/// Types the start of each word, and Tab, which ends it. zsh takes its blank after a word away when another one is typed.
fn complete(setup: &Setup, shell: &str, blank: &str) {
    let terminal = Terminal::open(setup, shell);
    terminal.wait_for("> ");
    for (typed, line) in [
        ("usercom upd", "> usercom update"),
        ("--ids i", "> usercom update --ids ids.csv"),
        ("--attri", "> usercom update --ids ids.csv --attribute"),
        ("plan --type bool", " --attribute plan --type boolean"),
        ("--profile w", " --type boolean --profile warsaw"),
    ] {
        terminal.press(&format!("{}{typed}", if typed.starts_with('u') { "" } else { blank }));
        terminal.press("Tab");
        terminal.wait_for(line);
    }
    terminal.press("C-u");
    terminal.press("usercom config ");
    terminal.press("Tab");
    terminal.press("Tab");
    let shown = terminal.wait_for("profiles");
    assert!(shown.contains("show"), "{shown}");
}

#[test]
fn bash_completes() {
    let setup = installed();
    setup.file("ids.csv", "1\n");
    complete(&setup, "bash --noprofile --rcfile bashrc -i", "");
}

#[test]
fn zsh_completes() {
    let setup = installed();
    setup.file("ids.csv", "1\n");
    complete(&setup, "ZDOTDIR=. exec zsh -i", " ");
}
