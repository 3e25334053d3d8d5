//! How a first line is read, and which rows are refused.

use super::*;

fn wanted(names: &[&str]) -> Vec<Wanted> {
    names.iter().map(|name| Wanted::new(name, "--value-column ")).collect()
}

/// The separator, whether there is a header, and where the columns are; or what is wrong.
fn layout(start: &str, given: Option<Delimiter>, names: &[&str], columns: Option<&str>) -> String {
    let columns = columns.map(|columns| Columns::parse(columns).unwrap());
    Layout::of(start, given, &wanted(names), columns.as_ref()).map_or_else(
        |problem| problem,
        |layout| {
            let header = if layout.has_header { ", header" } else { "" };
            let mysql = if layout.is_mysql_like { ", like mysql" } else { "" };
            format!("{}{header}{mysql}: {:?}", layout.delimiter.name(), layout.columns)
        },
    )
}

#[test]
fn the_separator_is_the_one_with_which_the_columns_are_there() {
    let both = &["id", "plan"][..];
    for (start, given, names, expected) in [
        ("id,plan\n1,a\n", None, both, "comma, header: [0, 1]"),
        ("plan;id\n", None, both, "semicolon, header: [1, 0]"),
        ("id|x|plan\n", None, both, "pipe, header: [0, 2]"),
        ("id\tplan\n", None, both, "tab, header, like mysql: [0, 1]"),
        ("id\tplan\n", Some(Delimiter::TAB), both, "tab, header: [0, 1]"),
        ("id,a;b\n", None, &["id"], "comma, header: [0]"),
        // A list of ids needs no header, but nothing else does without.
        ("10\n15\n", None, &["id"], "comma: [0]"),
        ("10;5\n", None, &["id"], "has no column \"id\"; its first line names \"10\", \"5\""),
        ("u-1\n", None, &["id"], "has no column \"id\"; its first line names \"u-1\""),
        ("10\n", None, both, "has no column"),
        ("", None, both, "is empty"),
        // What is wrong is said of the line as it was most likely meant, and if it may be two ways, as comma-separated.
        ("id;tariff\n", None, both, "has no column \"plan\"; its first line names \"id\", \"tariff\""),
        ("x;y\n", None, &["id"], "has no column \"id\"; its first line names \"x\", \"y\""),
        ("x,y;z\n", None, &["id"], "has no column \"id\"; its first line names \"x\", \"y;z\""),
        ("id;plan\n", Some(Delimiter::COMMA), both, "columns are separated by semicolons, not by commas"),
        ("sep=;\nid;plan\n", None, both, "line 1: is \"sep=;\", which only spreadsheets understand"),
        (" id | plan\n----+------\n", None, both, "is a table that is drawn"),
        ("+----+\n| id |\n", None, both, "is a table that is drawn"),
        ("┌────┬──────┐\n│ id │ plan │\n", None, both, "is a table that is drawn"),
        ("id,plan\n1,a--b\n", None, both, "comma, header: [0, 1]"),
        ("id,plan\n1,│\n", None, both, "comma, header: [0, 1]"),
    ] {
        let is = layout(start, given, names, None);
        assert!(is.starts_with(expected), "{start:?}: {is}");
    }
}

#[test]
fn columns_that_are_named_on_the_command_line() {
    let (both, only) = (("id,plan", &["id", "plan"][..]), ("id", &["id"][..]));
    for (start, given, (columns, names), expected) in [
        ("10,pro\n", None, both, "comma: [0, 1]"),
        ("10;pro\n", None, both, "semicolon: [0, 1]"),
        ("10\tpro\n", None, both, "tab, like mysql: [0, 1]"),
        ("10\tpro\n", Some(Delimiter::TAB), both, "tab: [0, 1]"),
        ("id,plan\n10,pro\n", None, both, "comma, header: [0, 1]"),
        // With the wrong separator the id has more in it, but an id of one's own may have anything in it.
        ("10,x;y\n", None, both, "comma: [0, 1]"),
        ("10;x,y\n", None, both, "semicolon: [0, 1]"),
        ("u-1,x;y\n", None, both, "line 1: has 2 columns with commas and with semicolons between them"),
        ("u-1,x\n", None, both, "comma: [0, 1]"),
        ("10,pro,x\n", None, both, "line 1: has 3 columns, and --columns names 2"),
        // A single column has no separator in it.
        ("10\n", None, only, "comma: [0]"),
        ("u-1\n", None, only, "comma: [0]"),
        ("10,5\n", None, only, "line 1: has 2 columns, and --columns names 1"),
        ("a,b;c\td\n", None, only, "line 1: has 2 columns, and --columns names 1"),
        ("", None, both, "is empty"),
    ] {
        let is = layout(start, given, names, Some(columns));
        assert!(is.starts_with(expected), "{start:?}: {is}");
    }
}

/// The lines of all rows with their ids, or what is wrong.
fn read(text: &str, given: Option<Delimiter>) -> Result<Vec<(u64, String)>, String> {
    let layout = Layout::of(text, given, &wanted(&["id", "plan"]), None)?;
    let mut rows = CsvRows::new(text.as_bytes(), layout)?;
    let mut found = Vec::new();
    while let Some(line) = rows.advance()? {
        found.push((line, rows.cell(0).to_owned()));
    }
    Ok(found)
}

#[test]
fn rows_that_are_not_what_they_seem() {
    for (text, says) in [
        ("id,plan\n10,a\n15,b,c\n", "line 3: has 3 columns, the first line has 2; what has a separator"),
        ("id,plan\n10,\"a\"x\n", "line 2: a cell opens with a quote"),
        ("id,plan\n10,a\nid,plan\n", "line 3: names the columns again"),
        ("id,plan\n10,a\n ID ,x\n", "line 3: names the columns again"),
        ("plan,id\na,10\nid,plan\n", "line 3: names the columns again"),
        ("id\tplan\n10\tNULL\n", "line 2: has \"NULL\" between tabs"),
        ("id\tplan\n10\ta\\nb\n", "line 2: has \"a\\nb\" between tabs"),
        ("id\tplan\n10\ta\\\\b\n", "line 2: has \"a\\\\b\" between tabs"),
    ] {
        let problem = read(text, None).unwrap_err();
        assert!(problem.starts_with(says), "{text:?}: {problem}");
    }
    for (line, refused) in [("id,x", true), ("USER,x", true), ("Plan,user", true), ("plan,x", false)] {
        let text = format!("user,plan\nu-1,a\n{line}\n");
        let layout = Layout::of(&text, None, &wanted(&["user", "plan"]), None).unwrap();
        let mut rows = CsvRows::new(text.as_bytes(), layout).unwrap();
        assert_eq!(rows.advance(), Ok(Some(2)));
        assert_eq!(rows.advance().is_err(), refused, "{line}");
    }
    for (text, given) in [
        ("id\tplan\n10\tNULL\n", Some(Delimiter::TAB)),
        ("id\tplan\n10\tNULLS\n", None),
        ("id,plan\n10,NULL\n", None),
        ("id,plan\n10,plan\n", None),
        ("id,plan\n10,a\\nb\n", None),
    ] {
        assert_eq!(read(text, given), Ok(vec![(2, "10".to_owned())]), "{text:?}");
    }
}
