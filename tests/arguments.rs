//! Everything is checked before the network: an error names the argument and says what to do, and nothing
//! is sent.

mod support;

use support::Server;
use usercom::{Client, ClientBuilder, Error, Report, Update, Value};

/// Names of the argument and words that must be in the message.
type Says = (&'static str, &'static [&'static str]);

/// Every case that is not invalid as it should be, so that one run shows them all.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn unless_invalid(&mut self, what: &str, outcome: Result<impl Sized, Error>, (argument, words): Says) {
        let Err(error) = outcome else { return self.0.push(format!("{what:?} was accepted")) };
        let message = error.to_string();
        let named = matches!(&error, Error::InvalidArgument { argument: named, .. } if *named == argument);
        let told = words.iter().all(|word| message.contains(word)) && message.starts_with(argument);
        if !named || !told || message.contains('\n') || message.len() > 700 {
            self.0.push(format!("{what:?}: not {words:?} in: {message}"));
        }
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        assert!(self.0.is_empty() || std::thread::panicking(), "{:#?}", self.0);
    }
}

fn good() -> String {
    "a1B2".repeat(16)
}

/// Row 61.
#[test]
fn subdomains() {
    let long = "x".repeat(64);
    let cases: &[(&str, &[&str])] = &[
        ("", &["empty", "acme"]),
        ("acme.user.com", &["\"acme\""]),
        ("https://acme.user.com", &["\"acme\""]),
        ("https://acme.user.com/", &["\"acme\""]),
        ("https://acme.user.com/api/public/users/", &["\"acme\""]),
        ("http://acme.user.com:443/x?y#z", &["\"acme\""]),
        ("acme.user.com/", &["\"acme\""]),
        ("ACME.user.com", &["\"ACME\""]),
        (" acme", &["\"acme\""]),
        ("acme ", &["\"acme\""]),
        ("acme\n", &["\"acme\""]),
        ("acme/", &["\"acme\""]),
        ("acme:443", &["\"acme\""]),
        ("acme#", &["\"acme\""]),
        ("acme?x", &["\"acme\""]),
        ("ac me", &["letters, digits and hyphens"]),
        ("acme_1", &["letters, digits and hyphens"]),
        ("user@acme", &["letters, digits and hyphens"]),
        ("ąćme", &["letters, digits and hyphens"]),
        ("..", &["letters, digits and hyphens"]),
        ("ac\u{0}me", &["letters, digits and hyphens"]),
        ("ac\r\nme", &["letters, digits and hyphens"]),
        ("ac%2eme", &["letters, digits and hyphens"]),
        ("-acme", &["hyphen"]),
        ("acme-", &["hyphen"]),
        (&long, &["63"]),
    ];
    let mut wrong = Wrong::default();
    for (bad, words) in cases {
        wrong.unless_invalid(bad, Client::new(bad, &good()), ("subdomain", words));
    }
    for fine in ["acme", "a", "ACME", "a-1", "7", &"x".repeat(63)] {
        assert!(Client::new(fine, &good()).is_ok(), "{fine}");
    }
}

/// Row 61.
#[test]
fn tokens() {
    let of = |n: usize| "x".repeat(n);
    let with = |bad: &str| format!("{}{bad}", &good()[..64 - bad.len()]);
    let cases: &[(String, &[&str])] = &[
        (of(0), &["is empty", "64-character REST API key"]),
        (of(6), &["6 characters", "64", "app key"]),
        (of(63), &["63 characters", "64", "app key"]),
        (of(65), &["65 characters", "64", "app key"]),
        (format!("Token {}", good()), &["character 6", "space"]),
        (format!("{}\n", good()), &["character 65", "line end"]),
        (format!("\"{}\"", good()), &["66 characters", "64"]),
        (with("\n"), &["character 64"]),
        (with("\r\nX: y"), &["character 59"]),
        (with(" "), &["character 64"]),
        (with("\t"), &["character 64"]),
        (with("\u{0}"), &["character 64"]),
        (with("\u{7f}"), &["character 64"]),
        (with("ż"), &["character 63", "ASCII"]),
    ];
    let mut wrong = Wrong::default();
    for (bad, words) in cases {
        wrong.unless_invalid(bad, Client::new("acme", bad), ("token", words));
        let message = Client::new("acme", bad).unwrap_err().to_string();
        assert!(bad.len() < 6 || !message.contains(bad.as_str()), "the message shows it: {message}");
    }
    assert!(Client::new("acme", &with("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")).is_ok());
}

/// Row 61.
#[test]
fn base_urls() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["https://"]),
        ("acme.user.com", &["https://"]),
        ("//acme.user.com", &["https://"]),
        ("ftp://acme.user.com", &["https://"]),
        ("file:///etc/passwd", &["https://"]),
        (" https://acme.user.com", &["https://"]),
        ("https:/acme.user.com", &["https://"]),
        ("http://acme.user.com", &["https", "loopback"]),
        ("http://10.0.0.1:8080", &["https", "loopback"]),
        ("http://0.0.0.0:8080", &["https", "loopback"]),
        ("http://localhost.evil.com", &["https", "loopback"]),
        ("http://127.0.0.1.evil.com", &["https", "loopback"]),
        ("http://[::2]:8080", &["https", "loopback"]),
        ("https://user:pass@acme.user.com", &["user name or password"]),
        ("https://acme.user.com@evil.com", &["user name or password"]),
        ("https://acme.user.com/api", &["path"]),
        ("https://acme.user.com//", &["path"]),
        ("https://acme.user.com/?x=1", &["query"]),
        ("https://acme.user.com?x", &["query"]),
        ("https://acme.user.com#x", &["fragment"]),
        ("https://acme.user.com:0", &["port", "1 to 65535"]),
        ("https://acme.user.com:65536", &["port", "1 to 65535"]),
        ("https://acme.user.com:99999", &["port", "1 to 65535"]),
        ("https://acme.user.com:", &["port", "1 to 65535"]),
        ("https://acme.user.com:+1", &["port", "1 to 65535"]),
        ("https://acme.user.com:8o", &["port", "1 to 65535"]),
        ("https://", &["host"]),
        ("https://:443", &["host"]),
        ("https://ac me.com", &["host"]),
        ("https://acme..com", &["host"]),
        ("https://..", &["host"]),
        ("https://acme.user.com\r\nX: y", &["host"]),
        ("https://acme\u{0}.com", &["host"]),
        ("https://żółw.pl", &["punycode"]),
        ("https://ac%6de.com", &["host"]),
        ("https://::1", &["brackets"]),
        ("https://[::1", &["brackets"]),
        ("https://[acme]", &["brackets"]),
        ("https://acme\\@evil.com", &["user name"]),
    ];
    let mut wrong = Wrong::default();
    for (bad, words) in cases {
        wrong.unless_invalid(
            bad,
            Client::builder("acme", &good()).base_url(bad).build(),
            ("base_url", words),
        );
    }
    for fine in
        ["https://x.user.com/", "HTTPS://X.user.com:443", "http://127.9.9.9:1", "http://LOCALHOST:65535"]
    {
        assert!(Client::builder("acme", &good()).base_url(fine).build().is_ok(), "{fine}");
    }
}

#[test]
fn settings_of_a_client() {
    type Set = fn(ClientBuilder) -> ClientBuilder;
    // The bounds of numbers and times are tested where they are checked, in src/options.
    let cases: &[(&str, Set, Says)] = &[
        ("proxy: words", |b| b.proxy("not a proxy"), ("proxy", &["http://"])),
        ("proxy: socks", |b| b.proxy("socks5://127.0.0.1:1080"), ("proxy", &["http://"])),
        ("proxy: ftp", |b| b.proxy("ftp://127.0.0.1:1080"), ("proxy", &["http://"])),
        ("proxy: no host", |b| b.proxy("http://"), ("proxy", &["http://"])),
        ("proxy: port", |b| b.proxy("http://127.0.0.1:99999"), ("proxy", &["http://"])),
        ("ca: none there", |b| b.ca_file("/nonexistent/ca.pem"), ("ca_file", &["/nonexistent/ca.pem"])),
        ("ca: a folder", |b| b.ca_file("/"), ("ca_file", &[])),
        ("ca: not PEM", |b| b.ca_file("Cargo.toml"), ("ca_file", &["BEGIN CERTIFICATE"])),
    ];
    let server = Server::untouched();
    let mut wrong = Wrong::default();
    for (what, set, says) in cases {
        let outcome = set(server.builder()).build();
        wrong.unless_invalid(what, outcome, *says);
    }
    assert_eq!(server.connections(), 0);
}

/// Rows 59, 60.
#[test]
fn what_to_set_and_for_whom() {
    type Call = fn(&Client) -> Result<Report, Error>;
    let cases: &[(&str, Call, Says)] = &[
        ("no attribute", |c| c.mass_update(&[1], "", 1), ("attribute", &["1 to 255"])),
        ("256 characters", |c| c.mass_update(&[1], &"ż".repeat(256), 1), ("attribute", &["256", "1 to 255"])),
        (
            "not standard",
            |c| c.run(Update::new("plan", 1)).ids(&[1]).standard_attributes().send(),
            ("attribute", &["\"plan\"", "first_name"]),
        ),
        ("id 0", |c| c.mass_update(&[5, 0], "plan", 1), ("ids", &["position 1", "above 0"])),
        ("id -1", |c| c.mass_update(&[-1], "plan", 1), ("ids", &["position 0", "-1"])),
        ("id MIN", |c| c.mass_update(&[1, 2, i64::MIN], "plan", 1), ("ids", &["position 2"])),
        (
            "an empty custom id",
            |c| c.mass_update_custom_ids(&["a", ""], "plan", 1),
            ("custom_ids", &["position 1", "1 to 1024"]),
        ),
        (
            "a long custom id",
            |c| c.mass_update_custom_ids(&["x".repeat(1025)], "plan", 1),
            ("custom_ids", &["position 0", "1025"]),
        ),
        ("NaN", |c| c.mass_update(&[1], "plan", f64::NAN), ("value", &["NaN", "JSON"])),
        ("inf", |c| c.mass_update(&[1], "plan", f64::INFINITY), ("value", &["inf", "JSON"])),
        ("-inf", |c| c.mass_update(&[1], "plan", f64::NEG_INFINITY), ("value", &["-inf", "JSON"])),
        ("null", |c| c.mass_update(&[1], "plan", Value::json("null")?), ("value", &["null", "allow_null"])),
        ("64 KiB + 1", |c| c.mass_update(&[1], "plan", "x".repeat(65_535)), ("value", &["65537", "65536"])),
        (
            "year 10000",
            |c| c.mass_update(&[1], "plan", Value::date(10_000, 1, 1)?),
            ("value", &["four digits"]),
        ),
        ("a row's id", |c| c.mass_update_rows([(1, 1), (0, 2)], "plan"), ("ids", &["position 1"])),
        (
            "a row's NaN",
            |c| c.mass_update_rows([(1, 1.0), (2, f64::NAN)], "plan"),
            ("rows", &["entry 1", "NaN"]),
        ),
        (
            "50,001 values",
            |c| c.mass_update_rows((1..=50_001).map(|i| (i, i)), "plan"),
            ("values", &["50001", "round the values", "hours at 5 requests"]),
        ),
        (
            "rows too short",
            |c| c.run(Update::rows("plan", vec![1.into()], vec![0])).ids(&[1, 2]).send(),
            ("value_index", &["1 entries for 2 ids"]),
        ),
        (
            "no such value",
            |c| c.run(Update::rows("plan", vec![1.into()], vec![1])).ids(&[1]).send(),
            ("value_index", &["entry 0"]),
        ),
    ];
    let server = Server::untouched();
    let client = Client::builder("acme", &server.token).base_url(&server.url()).build().unwrap();
    let mut wrong = Wrong::default();
    for (what, call, says) in cases {
        wrong.unless_invalid(what, call(&client), *says);
    }
    assert_eq!(server.connections(), 0, "something was sent");
}

/// Row 60.
#[test]
fn json_values() {
    let long = format!("\"{}\"", "x".repeat(65_535));
    let deep = "[".repeat(60_000);
    let cases: &[(&str, &[&str])] = &[
        ("", &["empty"]),
        (" \n", &["empty"]),
        ("pro", &["quotes"]),
        ("NaN", &["do not exist in JSON"]),
        ("Infinity", &["do not exist in JSON"]),
        ("-Infinity", &["do not exist in JSON"]),
        ("1 2", &["not one JSON value"]),
        ("1,", &["not one JSON value"]),
        ("{\"a\":1", &["not one JSON value"]),
        ("'a'", &["not one JSON value"]),
        ("\"\\ud800\"x", &["not one JSON value"]),
        ("01", &["not one JSON value"]),
        ("+1", &["not one JSON value"]),
        ("tru", &["not one JSON value"]),
        ("\u{feff}1", &["not one JSON value"]),
        (&deep, &["not one JSON value"]),
        (&long, &["65537", "65536"]),
    ];
    let mut wrong = Wrong::default();
    for (bad, words) in cases {
        wrong.unless_invalid(&bad[..bad.len().min(40)], Value::json(bad), ("value", words));
    }
    wrong.unless_invalid("no such day", Value::date(2026, 2, 30), ("value", &["2026-2-30"]));
}
