//! `--html`: the page for a browser.

use std::fs;

use crate::support::{FAST, nine};

/// The page loads and runs nothing, and shows a server's text as text.
#[test]
fn the_page_is_inert() {
    let (setup, _users) = nine();
    let name = "<script>alert(1)<b>&.csv";
    setup.file(name, "id,plan\n1,a\n99,a\n98,a\n");
    let outcome = setup.run(
        &[&["apply", name, "--attribute", "\"><img src\\=x>=plan", "--html", "page.html"], FAST].concat(),
    );
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let page = setup.text("page.html");
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, style.as_bytes());
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest);
    let policy = format!("content=\"default-src 'none'; style-src 'sha256-{hash}'\"");
    assert!(page.contains(&policy), "{policy} is not in: {page}");
    for never in ["<script", "<img", " style=", "http://", "https://", "url(", "@import"] {
        assert!(!page.contains(never), "{never}: {page}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("<polyline class=\"done\""), "{page}");
    assert!(page.contains("<td>99</td>") && page.contains("partial"), "{page}");
    // Every tag that opens is closed.
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        assert!(![" src=", " href=", " on"].iter().any(|loads| tag.contains(loads)), "{tag}");
        let word = tag.split_whitespace().next().unwrap();
        match word.strip_prefix('/') {
            Some(word) => assert_eq!(open.pop(), Some(word), "{tag}"),
            None if tag.starts_with('!') || tag.ends_with('/') || word == "meta" => {}
            None => open.push(word),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// Chromium shows the page in light, in dark and on paper, and its policy forbids nothing of it.
#[test]
#[ignore = "needs Debian's chromium; make torture"]
fn chromium_shows_the_page() {
    const FORBIDDEN: &str = "Content Security Policy";
    let (setup, _users) = nine();
    let outcome = setup.update("1\n99\n2\n", &["--rate-limit", "1000", "--html", "page.html"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let chromium = |action: &[&str]| {
        let profile = tempfile::tempdir().unwrap();
        let output = std::process::Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--window-size=1000,1200", "--enable-logging=stderr"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(action)
            .arg(format!("file://{}", setup.path("page.html").display()))
            .current_dir(setup.folder.path())
            .output()
            .expect("chromium is missing: scripts/setup torture installs it");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    const DARK: &str = "--blink-settings=preferredColorScheme=0";
    for action in
        [&["--screenshot=light.png"][..], &[DARK, "--screenshot=dark.png"], &["--print-to-pdf=page.pdf"]]
    {
        let said = chromium(action);
        assert!(!said.contains(FORBIDDEN), "{said}");
    }
    let file = |name: &str| fs::read(setup.path(name)).unwrap();
    assert!(file("light.png").starts_with(b"\x89PNG") && file("page.pdf").starts_with(b"%PDF"));
    assert_ne!(file("light.png"), file("dark.png"), "the dark page is the light one");
    // With another style the policy forbids it: else the words above prove nothing.
    setup.file("page.html", setup.text("page.html").replace("<style>", "<style>b { color: red; }"));
    let said = chromium(&["--screenshot=other.png"]);
    assert!(said.contains(FORBIDDEN), "{said}");
}
