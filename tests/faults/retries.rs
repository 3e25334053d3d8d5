//! Responses after which a batch is sent again: as it is, later, or in smaller parts.

use super::*;

const INVALID_TOKEN: &str = "{\"detail\":\"Invalid token.\"}";

/// How many requests came less than `within` after the one with this number.
fn followers(server: &Server, number: usize, within: Duration) -> usize {
    let requests = server.requests();
    requests[number + 1..].iter().filter(|r| r.at < requests[number].at + within).count()
}

/// Rejects request number `first` and all that come less than `window` after it, so that each worker gets to know of it.
fn rejects_for(window: Duration, first: usize, rejects: fn(&mut Exchange<'_>) -> Then) -> Server {
    let began = OnceLock::new();
    Server::start(move |x| match x.request.number {
        number if number < first => x.ok(),
        _ if x.request.at < *began.get_or_init(|| x.request.at) + window => rejects(x),
        _ => x.ok(),
    })
}

/// Row 19: the service responds 401 for a short time after a burst; the first of three probes comes after 5 s.
#[test]
fn a_401_in_the_middle_is_survived() {
    side_by_side(APIS, |api| {
        let server = rejects_for(s(3), 30, |x| x.reply(401, INVALID_TOKEN));
        let told = server.ask(&ids(60)).batch_size(1).workers(4).through(*api);
        assert!(told.is(Status::Ok), "{told}");
        told.check(&texts(&ids(60)), &server);
        assert!(followers(&server, 30, s(5)) <= 3, "only what was in flight");
    });
}

/// Row 19: the run stops, and what was confirmed stays so.
#[test]
fn a_401_in_the_middle_outlasts_the_stall_timeout() {
    let server = Server::start(|x| match x.request.number {
        0..30 => x.ok(),
        _ => x.reply(401, INVALID_TOKEN),
    });
    let report = server.ask(&ids(60)).batch_size(1).workers(4).impatient().uneven().send();
    assert_eq!((report.confirmed(), report.not_attempted()), (30, 30), "{report}");
    assert_eq!(report.status(), Status::Unauthorized, "{report}");
}

/// Row 19: three probes, then the run stops.
#[test]
#[ignore = "takes 50 s, the time of the three probes"]
fn a_401_in_the_middle_for_ever() {
    let server = Server::start(|x| match x.request.number {
        0..30 => x.ok(),
        _ => x.reply(401, INVALID_TOKEN),
    });
    let report = server.ask(&ids(60)).batch_size(1).workers(4).uneven().send();
    assert_eq!(report.status(), Status::Unauthorized, "{report}");
    assert_eq!((report.confirmed(), report.not_attempted()), (30, 30), "{report}");
    assert!(report.requests() <= 30 + 4 + 3, "{report}");
}

/// Row 25: 5xx and other transient statuses three times, then success.
#[test]
fn a_few_server_errors_are_retried() {
    side_by_side(&[500, 502, 503, 504, 520, 408, 425], |status| {
        let status = *status;
        let server = Server::start(move |x| match x.request.number {
            0..3 => x.reply(status, HTML),
            _ => x.ok(),
        });
        let report = server.ask(&ids(10)).send();
        assert_eq!(report.status(), Status::Ok, "{status}: {report}");
        // Two 504 split the batch.
        assert_eq!(report.requests(), if status == 504 { 5 } else { 4 }, "{status}: {report}");
    });
    let server = Server::start(|x| x.reply(503, HTML));
    let report = server.ask(&ids(10)).impatient().send();
    assert_eq!((report.status(), report.unknown()), (Status::Server, 10), "{report}");
}

/// Row 21: with one attempt for each batch; nobody sends for as long as the service asks.
#[test]
fn a_429_is_waited_out_and_costs_no_attempt() {
    side_by_side(APIS, |api| {
        let server = rejects_for(ms(1500), 5, |x| {
            x.reply_with(429, "Retry-After: 2\r\n", "{\"detail\":\"Request was throttled.\"}")
        });
        let told = server.ask(&ids(20)).batch_size(1).workers(2).max_attempts(1).through(*api);
        told.check(&texts(&ids(20)), &server);
        let rejected = 1 + followers(&server, 5, ms(1500)) as u64;
        assert!(told.is(Status::Ok) && told.requests == 20 + rejected, "{rejected} rejected: {told}");
        assert!(followers(&server, 5, s(2)) <= 1, "only what was in flight");
    });
}

/// Rows 23, 24: the next run stops, too, and need not send a request for it.
#[test]
fn a_wait_beyond_the_stall_timeout_stops_a_run() {
    let waits = ["3600", "9223372036854775807", "18446744073709551615", "99999999999999999999999"];
    side_by_side(&through_each(&waits), |(api, asked)| {
        let headers = format!("Retry-After: {asked}\r\n");
        let server = Server::start(move |x| x.reply_with(429, &headers, ""));
        let ids = ids(20);
        let ask = server.ask(&ids).impatient();
        // While one client lives, the next one shares its throttle, however many others this process has used.
        let _client = ask.any_client(*api).unwrap();
        for requests in [1, 0] {
            let told = ask.through(*api);
            told.check(&texts(&ids), &server);
            assert!(told.is(Status::RateLimited) && told.requests == requests, "{told}");
            assert_eq!(told.count(IdState::NotAttempted), 20, "{told}");
            let said = "longer than the stall timeout of 1 s; run it again later";
            assert!(told.message.contains(said), "{told}");
        }
    });
}

/// Does something else with requests of more than `most` ids.
fn at_most(most: usize, otherwise: fn(&mut Exchange<'_>) -> Then) -> Server {
    Server::start(move |x| if x.request.ids().len() > most { otherwise(x) } else { x.ok() })
}

/// Row 28: 413, and what a body that is too large often looks like: 504 and timeouts.
#[test]
fn a_batch_that_is_too_large_is_split_and_the_size_stays_small() {
    type Script = fn(&mut Exchange<'_>) -> Then;
    let cases: &[(&str, Script, usize)] = &[
        ("413", |x| x.reply(413, HTML), 2),
        ("504", |x| x.reply(504, HTML), 4),
        ("timeout", |x| x.until_client_closes(), 4),
    ];
    side_by_side(cases, |(what, script, in_vain)| {
        let server = at_most(300, *script);
        let report = server.ask(&ids(4000)).workers(1).request_timeout(ms(1500)).send();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 4000), "{what}: {report}");
        let large = server.requests().iter().filter(|r| r.ids().len() > 300).count();
        // Only the first batch and its two halves; and, where a timeout may be an outage, one fresh batch that
        // tells the two apart.
        assert!(large <= 2 * in_vain, "{what}: {large} in vain");
        assert!(report.requests() <= 16 + large as u64 + 2, "{what}: {report}");
    });
}

/// Row 29: what a server says before it has read the body may get lost with the connection.
#[test]
fn a_413_before_the_body_was_read() {
    let responses: &[&str] =
        &["HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ""];
    side_by_side(responses, |says| {
        let says = *says;
        let server = Server::hasty(
            move |head, tcp| {
                use std::io::Write;
                (content_length(head) > 100_000).then(|| {
                    let _ = tcp.write_all(says.as_bytes());
                    Then::Reset
                })
            },
            |x| x.ok(),
        );
        let ids: Vec<String> = (0..2000).map(|i| format!("{i:0>240}")).collect();
        let report = server.ask_custom(&ids).stall_timeout(s(20)).send();
        assert_eq!((report.status(), report.confirmed()), (Status::Ok, 2000), "{says}: {report}");
        assert!(report.requests() < 60, "{says}: {} requests", report.requests());
    });
}

/// Row 30: it is rejected, alone and among others.
#[test]
fn a_413_for_a_single_id() {
    let server = Server::start(|x| x.reply(413, ""));
    let report = server.ask(&[7]).send();
    assert_eq!((report.rejected(), report.requests()), (1, 1), "{report}");
    assert_eq!(report.failure(0).unwrap().http_status, Some(413));

    let server = Server::start(|x| if x.request.has(3) { x.reply(413, "") } else { x.ok() });
    let report = server.ask(&ids(8)).send();
    assert_eq!((report.status(), report.confirmed(), report.rejected()), (Status::Partial, 7, 1), "{report}");
    assert_eq!(report.states()[2], IdState::Rejected);
}
