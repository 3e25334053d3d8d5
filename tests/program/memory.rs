//! How much memory a long file takes. The file is not held: ids and distinct values are.

use std::fmt::Write;

use crate::support::Setup;

/// The peak of a process in KiB, which the command of `--on-finish` asks for.
fn peak(setup: &Setup, arguments: &[&str]) -> u64 {
    let ask = "sh -c 'grep VmHWM /proc/$PPID/status >peak'";
    let fixed = ["--no-preflight", "--verify", "0", "--rate-limit", "0", "--yes", "--on-finish", ask];
    setup.run(&[arguments, &fixed].concat()).ok();
    setup.text("peak").split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// At most 40 bytes a line for one value, and 60 for rows, above what a run of a single line takes.
fn bytes_per_line(lines: u64) {
    let setup = Setup::new();
    let (mut ids, mut rows) = ("id\n".to_owned(), "id,name,plan,city\n".to_owned());
    for id in 1_000_000..1_000_000 + lines {
        let plan = ["free", "basic", "pro", "max", "vip"][(id * 7 % 5) as usize];
        writeln!(ids, "{id}").unwrap();
        writeln!(rows, "{id},user {id},{plan},Warsaw").unwrap();
    }
    setup.file("ids.csv", ids);
    setup.file("rows.csv", rows);
    setup.file("one.csv", "id,plan\n1,pro\n");
    for (file, command, most) in
        [("ids.csv", &["update", "--value", "pro", "--ids"][..], 40), ("rows.csv", &["apply"], 60)]
    {
        let of = |file| peak(&setup, &[command, &[file, "--attribute", "plan"]].concat());
        let (short, long) = (of("one.csv"), of(file));
        let bytes = (long - short) * 1024;
        assert!(bytes <= most * lines, "{file}: {bytes} bytes for {lines} lines, above {short} KiB");
    }
}

#[test]
fn two_hundred_thousand_lines() {
    bytes_per_line(200_000);
}

#[test]
#[ignore = "takes a minute: a part of make torture"]
fn a_million_lines() {
    bytes_per_line(1_000_000);
}
