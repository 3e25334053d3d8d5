//! Whole responses with a meaning of their own: statuses, redirects, pages, and success that reports an error.

use super::*;

/// Row 17: as the first response; later it is a hiccup of a proxy.
#[test]
fn a_login_page_stops_the_run() {
    let length = HTML.len();
    let page = |headers: &str, body: &str| format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}");
    let responses = [
        ("as HTML", page(&format!("Content-Type: text/html\r\nContent-Length: {length}"), HTML)),
        ("as JSON", page(&format!("Content-Type: application/json\r\nContent-Length: {length}"), HTML)),
        ("in chunks", page("Transfer-Encoding: chunked", &format!("{length:x}\r\n{HTML}\r\n0\r\n\r\n"))),
        ("until it closes", page("Content-Type: text/html; charset=utf-8", HTML)),
        (
            "after blank lines",
            page(&format!("Content-Length: {}", length + 2), &format!("\n\n{HTML}"))
                .replacen("200", "203", 1),
        ),
    ];
    side_by_side(&responses, |(what, bytes)| {
        let bytes = bytes.clone();
        let server = Server::start(move |x| x.end(&bytes, Then::Close));
        let report = server.ask(&ids(3000)).send();
        assert_eq!((report.status(), report.requests()), (Status::WrongEndpoint, 1), "{what}: {report}");
        assert_eq!((report.confirmed(), report.not_attempted()), (0, 2000), "{what}: {report}");
        assert!(report.message().contains("Log in"), "{what}: {report}");
    });

    // In the middle of a run it is a hiccup of a proxy.
    let server = Server::start(|x| match x.request.number {
        3 | 5 => {
            x.raw(format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{HTML}",
                HTML.len()
            ));
            Then::Keep
        }
        _ => x.ok(),
    });
    let report = server.ask(&ids(100)).batch_size(10).workers(1).send();
    assert_eq!((report.status(), report.requests()), (Status::Ok, 12), "{report}");
}

/// Row 18: to the same host and to another.
#[test]
fn redirects_are_never_followed() {
    let cases: Vec<(u16, bool)> =
        [301, 302, 303, 307, 308].into_iter().flat_map(|status| [(status, true), (status, false)]).collect();
    side_by_side(&cases, |(status, elsewhere)| {
        let other = Server::untouched();
        let target = if *elsewhere { other.url() } else { String::new() };
        let status = *status;
        let server = Server::start(move |x| {
            let location = format!("Location: {target}/api/public/users/mass_update_custom_attributes\r\n");
            x.reply_with(status, &location, "")
        });
        let report = server.ask(&ids(3000)).send();
        assert_eq!((report.status(), report.requests()), (Status::WrongEndpoint, 1), "{status}: {report}");
        assert_eq!(report.not_attempted(), 3000, "{status}: {report}");
        assert!(report.message().contains(&status.to_string()), "{status}: {report}");
        assert!(report.message().contains("subdomain"), "says what to do: {report}");
        assert_eq!((server.requests().len(), other.connections()), (1, 0), "{status}");
    });
}

/// Rows 19, 20: as the first response, and after ten successes.
#[test]
fn statuses_that_stop_a_run() {
    let cases: &[(u16, &str, Status, &str)] = &[
        (401, "{\"detail\":\"Invalid token.\"}", Status::Unauthorized, "Invalid token."),
        (403, "{\"detail\":\"You do not have permission.\"}", Status::Unauthorized, "permission"),
        (403, HTML, Status::WrongEndpoint, "something in front of the service refused the request: http 403"),
        (404, HTML, Status::WrongEndpoint, "check the subdomain"),
        (404, "", Status::WrongEndpoint, "404"),
        (405, "{\"detail\":\"Method \\\"PUT\\\" not allowed.\"}", Status::WrongEndpoint, "set method POST"),
        (406, "{}", Status::WrongEndpoint, "406"),
        (402, "", Status::WrongEndpoint, "402"),
        (410, "", Status::WrongEndpoint, "410"),
        (418, "", Status::WrongEndpoint, "418"),
        (407, "", Status::WrongEndpoint, "407"),
        (451, HTML, Status::WrongEndpoint, "451"),
        (431, "", Status::WrongEndpoint, "431"),
    ];
    side_by_side(cases, |(status, body, expected, says)| {
        let (status, body) = (*status, *body);
        let server = Server::start(move |x| x.reply(status, body));
        let report = server.ask(&ids(5000)).send();
        assert_eq!((report.status(), report.requests()), (*expected, 1), "{status}: {report}");
        assert_eq!(report.not_attempted(), 5000, "{status}: {report}");
        assert!(report.message().contains(says), "{status}: {report}");

        // These are not the API's own responses, so they may pass: tests/responses/statuses.rs.
        if status == 401 || [(403, HTML), (404, HTML), (404, "")].contains(&(status, body)) {
            return;
        }
        let server =
            Server::start(move |x| if x.request.number < 10 { x.ok() } else { x.reply(status, body) });
        let report = server.ask(&ids(500)).batch_size(10).workers(4).uneven().send();
        assert_eq!((report.status(), report.confirmed()), (*expected, 100), "{status}: {report}");
        assert_eq!(report.not_attempted(), 400, "{status}: {report}");
        assert!(server.requests().len() <= 14, "{status}: at most workers more: {}", server.requests().len());
    });
}

/// Row 35: a 2xx with errors, with a status word, or of an unfamiliar shape.
#[test]
fn success_with_an_error_in_its_body() {
    let cases: &[(&str, Status)] = &[
        ("{\"errors\":[\"x\"]}", Status::Rejected),
        ("{\"error\":\"x\"}", Status::Rejected),
        ("{\"detail\":\"Not found.\"}", Status::Ok),
        ("{\"status\":\"error\"}", Status::Rejected),
        ("{\"status\":\"Failed\"}", Status::Rejected),
        ("{\"success\":false}", Status::Rejected),
        ("{\"status\":\"success\"}", Status::Ok),
        ("{\"updated\":4}", Status::Ok),
        ("[]", Status::Ok),
        ("null", Status::Ok),
        ("true", Status::Ok),
        ("{\"status\":\"ok\",\"errors\":[]}", Status::Ok),
    ];
    side_by_side(cases, |(body, status)| {
        let body = *body;
        let server = Server::start(move |x| x.reply(200, body));
        let report = server.ask(&ids(12)).batch_size(4).send();
        assert_eq!(report.status(), *status, "{body}: {report}");
        let text = report.to_string();
        match status {
            Status::Ok => {
                assert!(text.contains(&format!("taken as success: {body}")), "{body}: {text}");
                assert_eq!(text.matches("note: ").count(), 1, "only the first: {text}");
            }
            _ => {
                assert_eq!((report.confirmed(), report.unknown()), (0, 0), "{body}: {text}");
                assert!(report.requests() <= 4, "{body}: {text}");
            }
        }
    });
}

/// Row 36: a count lower than what was sent costs no further request.
#[test]
fn a_count_is_noted_and_nothing_else() {
    for counted in [0, 500] {
        let server = Server::start(move |x| x.reply(200, &format!("{{\"updated\":{counted}}}")));
        let report = server.ask(&ids(1000)).send();
        assert_eq!(
            (report.status(), report.confirmed(), report.requests()),
            (Status::Ok, 1000, 1),
            "{report}"
        );
        assert!(report.to_string().contains(&format!("server counted {counted} of 1000")), "{report}");
    }
}
