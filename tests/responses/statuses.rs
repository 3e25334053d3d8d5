//! Statuses other than 2xx: which stop a run, which pass, and which are rejections.

use std::time::Instant;

use usercom::Status;

use super::server::{Server, ok, status};
use super::{s, side_by_side};

const PAGE: &str = "<html><title>Blocked</title></html>";
const JSON: &str = "{\"detail\":\"why\"}";

#[test]
fn something_in_front_of_the_service() {
    let mut cases: Vec<(u16, &str)> = Vec::new();
    for code in [301, 302, 303, 307, 308, 403, 404, 406] {
        cases.extend([(code, PAGE), (code, "")]);
    }
    side_by_side(&cases, |(code, body)| {
        let (code, body) = (*code, *body);
        let report = Server::always(status(code, "", body)).update(100, 10, 4, s(20));
        assert_eq!((report.status(), report.requests()), (Status::WrongEndpoint, 1), "{code}: {report}");
        assert_eq!(report.not_attempted(), 100, "{code}: {report}");
        let said = report.message();
        assert!(
            said.contains("something in front of the service") && said.contains(&code.to_string()),
            "{said}"
        );
        assert!(said.contains("check the subdomain") && !said.contains("token has"), "{said}");

        let server =
            Server::start(move |r| if (3..6).contains(&r.number) { status(code, "", body) } else { ok() });
        let report = server.update(100, 10, 1, s(60));
        assert_eq!((report.status(), report.requests()), (Status::Ok, 13), "{code}: {report}");

        let server = Server::start(move |r| if r.number >= 3 { status(code, "", body) } else { ok() });
        let report = server.update(100, 10, 1, s(2));
        assert_eq!((report.status(), report.confirmed()), (Status::WrongEndpoint, 30), "{code}: {report}");
        assert!(report.message().contains("no progress for 2 s"), "{report}");
    });
}

#[test]
fn the_apis_own_words_stop_a_run_in_the_middle_too() {
    let cases = [
        (402, "plan"),
        (403, "read-only"),
        (405, "set method POST"),
        (406, "API version"),
        (410, "gone"),
        (415, "JSON"),
        (418, "subdomain"),
        (431, "headers"),
        (451, "legal"),
    ];
    side_by_side(&cases, |(code, says)| {
        let code = *code;
        let server = Server::start(move |r| if r.number >= 3 { status(code, "", JSON) } else { ok() });
        let report = server.update(100, 10, 1, s(20));
        assert_eq!((report.requests(), report.confirmed()), (4, 30), "{code}: {report}");
        let stopped = if code == 403 { Status::Unauthorized } else { Status::WrongEndpoint };
        assert_eq!(report.status(), stopped, "{code}: {report}");
        assert!(report.message().contains(says) && report.message().contains("why"), "{code}: {report}");
    });
}

#[test]
fn what_passes() {
    let codes = [408, 423, 424, 425, 449, 460, 499, 500, 501, 502, 503, 507, 520, 530, 599];
    side_by_side(&codes, |code| {
        let code = *code;
        let server =
            Server::start(move |r| if (3..6).contains(&r.number) { status(code, "", PAGE) } else { ok() });
        let report = server.update(100, 10, 2, s(60));
        assert_eq!(report.status(), Status::Ok, "{code}: {report}");
        let report = Server::always(status(code, "", PAGE)).update(100, 10, 2, s(2));
        assert_eq!((report.status(), report.confirmed()), (Status::Server, 0), "{code}: {report}");
        // One probe at a time, of which every fourth is another batch.
        assert!((10..=30).contains(&report.unknown()), "{code}: {report}");
        assert!(report.message().contains("Blocked"), "{code}: {report}");
    });
}

#[test]
fn a_conflict_passes_or_is_a_rejection() {
    let cases = [(409, JSON), (409, ""), (400, PAGE), (400, ""), (400, "Bad Request")];
    side_by_side(&cases, |(code, body)| {
        let (code, body) = (*code, *body);
        let begun = Instant::now();
        let server =
            Server::start(move |_| if begun.elapsed() < s(5) { status(code, "", body) } else { ok() });
        let report = server.update(10, 10, 1, s(60));
        assert_eq!(report.status(), Status::Ok, "{code} {body}: {report}");

        let server = Server::start(move |r| if r.has(7) { status(code, "", body) } else { ok() });
        let report = server.update(40, 4, 2, s(60));
        assert_eq!((report.confirmed(), report.rejected()), (39, 1), "{code} {body}: {report}");
        let with_it = server.requests().into_iter().filter(|r| r.has(7) && r.ids.len() == 4);
        let at: Vec<Instant> = with_it.map(|r| r.at).collect();
        assert!(at.len() >= 4 && at[3] - at[0] >= s(6), "{code}: {} times in {:?}", at.len(), at[3] - at[0]);
    });
}

#[test]
fn rejections_at_once() {
    side_by_side(&[(400, JSON), (422, JSON), (422, PAGE), (422, ""), (404, JSON)], |(code, body)| {
        let report = Server::always(status(*code, "", body)).update(1000, 100, 4, s(20));
        assert_eq!((report.status(), report.requests()), (Status::Rejected, 4), "{code} {body}: {report}");
        assert_eq!((report.confirmed(), report.unknown()), (0, 0), "{code} {body}: {report}");
        let said = report.message();
        assert!(said.contains("attribute or value rejected") && said.contains("sent as a string"), "{said}");
        assert!(said.contains("ids 167, 501, 834"), "{said}");
    });
}
