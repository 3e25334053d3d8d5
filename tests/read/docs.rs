//! The commands of docs/ids.md and docs/check.md, run in order in an empty folder.

use std::path::Path;
use std::process::Command;

use usercom::sandbox::{Options, TOKEN};

use crate::Shop;

/// A block of a page, and the comment before it.
struct Block {
    mark: String,
    language: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let (mut blocks, mut mark) = (Vec::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let text = body.join("\n") + "\n";
            blocks.push(Block { mark: std::mem::take(&mut mark), language: language.to_owned(), text });
        } else {
            mark = line.trim_start_matches("<!-- ").trim_end_matches(" -->").to_owned();
        }
    }
    blocks
}

/// Writes the files, runs the commands and compares what they print.
fn follow(page: &str, shop: &Shop) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_usercom"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let (mut printed, mut ran) = (String::new(), 0);
    for block in blocks(page) {
        match (block.mark.as_str(), block.language.as_str()) {
            (_, "sh") => {
                let mut command = Command::new("sh");
                command.args(["-euc", &block.text]).current_dir(folder.path()).env("PATH", &path);
                command.env("USERCOM_TOKEN", TOKEN).env("USERCOM_BASE_URL", shop.sandbox.url());
                command.env("HOME", folder.path()).env("XDG_STATE_HOME", folder.path().join("state"));
                command.env("XDG_CONFIG_HOME", folder.path().join("config")).env_remove("USERCOM_PROFILE");
                let output = command.output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{page}: {}\n{said}", block.text);
                printed = String::from_utf8(output.stdout).unwrap();
                ran += 1;
            }
            ("printed", _) => {
                let port = shop.sandbox.url().rsplit(':').next().unwrap().to_owned();
                assert_eq!(printed.replace(&format!(":{port}"), ":8080"), block.text, "{page}");
            }
            (mark, _) => {
                let name =
                    mark.strip_prefix("file ").unwrap_or_else(|| panic!("{page}: a block without a mark"));
                std::fs::write(folder.path().join(name), &block.text).unwrap();
            }
        }
    }
    ran
}

fn shop() -> Shop {
    let users = "id,custom_id,email,score\n\
                 1,u-1,ann@shop.example,1\n\
                 2,u-2,bob@shop.example,1\n\
                 3,MTIz,cy@shop.example,1\n\
                 4,MTI0,dee@shop.example,1\n";
    Shop::new(users, Options::default())
}

fn scores(shop: &Shop) -> Vec<String> {
    (1..=4).map(|id| shop.sandbox.value(id, "score").unwrap()).collect()
}

#[test]
fn the_page_on_ids() {
    let shop = shop();
    assert_eq!(follow("ids.md", &shop), 5);
    // By address, then overwritten by the shop's own ids; the last two by what the Magento plugin makes of them.
    assert_eq!(scores(&shop), ["5", "6", "5", "6"]);
    let values: Vec<String> =
        shop.sandbox.requests().into_iter().filter_map(|r| Some(r.value?.to_string())).collect();
    assert!(values.contains(&"12".to_owned()) && values.contains(&"7".to_owned()), "{values:?}");
    assert!(!values.contains(&"3".to_owned()), "nobody has that address");
}

#[test]
fn the_page_on_checks() {
    let shop = shop();
    assert_eq!(follow("check.md", &shop), 2);
    assert_eq!(scores(&shop)[..2], ["12", "7"]);
}
