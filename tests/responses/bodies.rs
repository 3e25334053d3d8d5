//! Bodies of a 2xx: success, failure, neither, and what can't be read.

use usercom::Status;

use super::server::{Server, framings, ok, status};
use super::{s, side_by_side};

const JSON: &str = "Content-Type: application/json\r\n";
const MIB: usize = 1024 * 1024;

/// Four ids in two batches, with this body each.
fn update(server: &Server) -> usercom::Report {
    server.update(4, 2, 1, s(20))
}

#[test]
fn success() {
    let long = format!("{{\"status\":\"ok\",\"users\":[{}]}}", vec!["1234567"; 9000].join(","));
    let longest = format!("{{\"a\":\"{}\"}}", "x".repeat(MIB - 8));
    assert_eq!(longest.len(), MIB);
    let cases: &[(&str, &str)] = &[
        ("{\"status\":\"ok\"}", ""),
        ("\u{feff}{\"status\":\"ok\"}", ""),
        (" \r\n {\"status\" : \"OK\"} \n", ""),
        ("\u{feff}", ""),
        ("{\"status\":\"success\"}", "taken as success: {\"status\":\"success\"}"),
        ("{\"detail\":\"ok\"}", "ok"),
        ("{\"detail\":\"2 users were updated.\"}", "2 users were updated."),
        ("[]", "success: []"),
        ("[{\"id\":1},{\"id\":2}]", "success: [{"),
        ("\"ok\"", "success: \"ok\""),
        (&long, "success: {\"status\":\"ok\",\"users\""),
        (&longest, "success: {\"a\":\"xxx"),
    ];
    side_by_side(cases, |(body, note)| {
        for response in framings(200, JSON, body.as_bytes()) {
            // An empty body ends by closing, or is cut off.
            let (closes, empty) = (response.closes, body.trim_matches('\u{feff}').is_empty());
            if closes && empty {
                continue;
            }
            let server = Server::always(response);
            let report = update(&server);
            let (text, short) = (report.to_string(), &body[..body.len().min(60)]);
            assert_eq!((report.status(), report.requests()), (Status::Ok, 2), "{short}: {report}");
            assert_eq!(text.matches("note: ").count(), usize::from(!note.is_empty()), "{short}: {text}");
            assert!(text.contains(note), "{short}: {text}");
        }
    });
    let report = update(&Server::always(status(200, JSON, "true")));
    assert_eq!(report.status(), Status::Ok, "{report}");
}

#[test]
fn failure_in_a_success() {
    let cases = [
        "{\"ok\":false}",
        "{\"success\":\"false\"}",
        "{\"Success\":0}",
        "{\"status\":\"FAILED\"}",
        "{\"status\":\"error\",\"status\":\"ok\"}",
        "{\"status\":\"422\"}",
        "{\"result\":{\"error\":\"no such attribute\"}}",
        "[{\"id\":1},{\"id\":2,\"error\":\"gone\"}]",
        "{\"updated\":1,\"failed\":[2]}",
        "\u{feff}{\"errors\":{\"value\":[\"bad\"]}}",
    ];
    side_by_side(&cases, |body| {
        for response in framings(200, JSON, body.as_bytes()) {
            let report = update(&Server::always(response));
            assert_eq!(report.status(), Status::Rejected, "{body}: {report}");
            assert_eq!((report.confirmed(), report.unknown()), (0, 0), "{body}: {report}");
            assert!(report.requests() <= 4, "{body}: {report}");
            // The service's own words.
            let words = body.trim_start_matches('\u{feff}');
            assert!(report.message().contains(words), "{body}: {report}");
            assert!(report.message().contains("sent as a string"), "{body}: {report}");
        }
    });
}

#[test]
fn neither() {
    let ambiguous: Vec<(u16, &str)> = [203, 205, 206, 207, 208, 226, 299]
        .into_iter()
        .flat_map(|code| ["", "{\"status\":\"ok\"}", "[]"].map(|body| (code, body)))
        .chain(["false", "0", "7", "\"maybe\"", "{\"status\":\"partial\"}"].map(|body| (200, body)))
        .collect();
    side_by_side(&ambiguous, |(code, body)| {
        let server = Server::always(status(*code, JSON, body));
        let report = server.update(10, 2, 4, s(20));
        assert_eq!((report.status(), report.requests()), (Status::BadResponse, 3), "{code} {body}: {report}");
        assert_eq!((report.unknown(), report.not_attempted()), (6, 4), "{code} {body}: {report}");
        assert!(report.message().contains(&format!("http {code}")), "{report}");

        // In the middle it costs its own ids only.
        let odd = status(*code, JSON, body);
        let server = Server::start(move |r| if r.has(5) { odd.clone() } else { ok() });
        let report = server.update(10, 2, 1, s(20));
        assert_eq!((report.status(), report.requests()), (Status::Partial, 5), "{code} {body}: {report}");
        assert_eq!((report.confirmed(), report.unknown()), (8, 2), "{code} {body}: {report}");
    });
}

#[test]
fn what_can_never_be_read() {
    let utf16: Vec<u8> = "\u{feff}{\"status\":\"ok\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1 = b"{\"status\":\"ok\",\"caf\xe9\":1}".to_vec();
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\x56\x2a\x2e\x49\x2c\x29\x2d\x56\xb2\x52\xca\xcf\x56\xaa\x05\0\x49\x1d\xd0\x1b\x0f\0\0\0".to_vec();
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MIB)).into_bytes();
    let cases = [
        ("", utf16, "in UTF-16"),
        ("", latin1, "not in UTF-8"),
        ("Content-Encoding: gzip\r\n", gzip.clone(), "compressed with gzip"),
        ("", gzip, "compressed with gzip"),
        ("Content-Encoding: br\r\n", b"\x0b\x07\x80{\xff}\x03".to_vec(), "compressed with br"),
        ("", long, "more than 1 MiB"),
        ("", vec![b' '; 2 * MIB], "more than 1 MiB"),
    ];
    side_by_side(&cases, |(headers, body, says)| {
        for response in framings(200, headers, body) {
            let report = Server::always(response).update(4, 2, 4, s(30));
            assert_eq!((report.status(), report.requests()), (Status::BadResponse, 3), "{says}: {report}");
            assert!(report.message().contains(says), "{says}: {report}");
            assert_eq!(report.confirmed(), 0, "{says}: {report}");
        }
    });
}

#[test]
fn a_web_page_of_any_length() {
    let page = "<!DOCTYPE html><html><head><title>Log in</title></head></html>";
    let long = format!("{page}{}", "x".repeat(100 * 1024));
    let longest = format!("{page}{}", "x".repeat(2 * MIB));
    let blanks = format!("{}{page}", " \r\n\t".repeat(20_000));
    let cases = [
        page.to_owned(),
        long,
        longest,
        blanks,
        format!("\u{feff}\n<!-- {} -->{page}", "comment ".repeat(2000)),
        format!("<?xml version=\"1.0\"?>{page}"),
    ];
    side_by_side(&cases, |body| {
        for code in [200, 203] {
            for headers in ["", "Content-Type: text/html\r\n", JSON] {
                for response in framings(code, headers, body.as_bytes()) {
                    let server = Server::always(response.clone());
                    let report = update(&server);
                    assert_eq!((report.status(), report.requests()), (Status::WrongEndpoint, 1), "{report}");
                    assert_eq!(report.confirmed(), 0, "{report}");
                    let titled = report.message().contains("Log in");
                    assert!(titled || body.starts_with(' '), "{report}");
                }
            }
        }
    });
    let page = page.to_owned();
    let later = Server::start(move |r| if r.number == 1 { status(200, "", &page) } else { ok() });
    let report = update(&later);
    assert_eq!((report.status(), report.requests()), (Status::Ok, 3), "{report}");
}

#[test]
fn counts_are_summed_in_one_note() {
    let server = Server::start(|r| status(200, JSON, format!("{{\"updated\":{}}}", r.ids.len() / 2)));
    let report = server.update(58, 10, 4, s(20));
    assert_eq!((report.status(), report.requests()), (Status::Ok, 6), "{report}");
    let text = report.to_string();
    assert!(text.contains("the server counted 29 of 58"), "{text}");
    assert_eq!(text.matches("counted").count(), 1, "{text}");
}

#[test]
fn nobody_asks_for_compression() {
    let server = Server::always(ok());
    update(&server);
    for request in server.requests() {
        let head = request.head.to_ascii_lowercase();
        let lines: Vec<&str> = head.lines().filter(|line| line.starts_with("accept-encoding")).collect();
        assert_eq!(lines, ["accept-encoding: identity"]);
    }
}

#[test]
fn a_servers_words_are_cut_and_escaped() {
    let hostile = format!("{{\"detail\":\"\\u001b[2J\\u202e{}\"}}", "x".repeat(5000));
    let report = update(&Server::always(status(400, JSON, hostile)));
    assert_eq!(report.status(), Status::Rejected, "{report}");
    let said = report.message();
    assert!(said.contains("\\u{1b}[2J\\u{202e}xxx") && said.chars().count() < 600, "{said}");
    assert!(!said.chars().any(char::is_control), "{said:?}");
}
