//! Batches that the service rejects: which ids are found, with how many requests, and when a value is given up.

use super::*;

/// Rejects requests with one of `bad` in them.
fn rejects(bad: &[i64]) -> Server {
    let bad: Vec<String> = bad.iter().map(i64::to_string).collect();
    Server::start(move |x| match x.request.ids().iter().any(|id| bad.contains(id)) {
        true => x.reply(400, "{\"detail\":\"bad id\"}"),
        false => x.ok(),
    })
}

pub fn rejected(report: &Report, ids: &[i64]) -> BTreeSet<i64> {
    let is = |state: &IdState| *state == IdState::Rejected;
    ids.iter().zip(report.states()).filter(|(_, state)| is(state)).map(|(id, _)| *id).collect()
}

/// The bound of bisection, with the batch itself and the three canaries.
fn bound(n: usize, k: usize) -> u64 {
    let log = |x: usize| x.next_power_of_two().trailing_zeros() as usize;
    (2 * k * (log(n) - k.ilog2() as usize + 1) + 4) as u64
}

/// Rows 31, 32: one, several, adjacent, spread, all; within the bound of bisection.
#[test]
fn rejected_ids_are_found() {
    let spread: Vec<i64> = (1..=20).map(|n| n * 47).collect();
    let cases: &[(&str, Vec<i64>)] = &[
        ("one", vec![617]),
        ("the first", vec![1]),
        ("the last", vec![1000]),
        ("the canaries", vec![167, 168, 501, 502, 834, 835]),
        ("adjacent", (400..410).collect()),
        ("spread", spread),
        ("the first half", (1..=500).collect()),
        ("all but one", (1..=999).collect()),
        ("all", (1..=1000).collect()),
    ];
    side_by_side(cases, |(what, bad)| {
        let server = rejects(bad);
        let report = server.ask(&ids(1000)).max_requests(100_000).send();
        if ["all", "all but one", "the canaries"].contains(what) {
            // The canaries speak against the value; the message says that ids may be meant. Nothing stays unknown.
            assert_eq!((report.status(), report.unknown()), (Status::Rejected, 0), "{what}: {report}");
            return;
        }
        assert_eq!(report.status(), Status::Partial, "{what}: {report}");
        assert_eq!(rejected(&report, &ids(1000)), bad.iter().copied().collect(), "{what}");
        assert_eq!(report.confirmed(), 1000 - bad.len(), "{what}: {report}");
        assert!(report.requests() <= bound(1000, bad.len()), "{what}: {}", report.requests());
        let failure = report.failure(0).unwrap();
        assert_eq!((failure.http_status, failure.message), (Some(400), "bad id"), "{what}");
    });
}

/// Row 32: where few batches are rejected, these are searched after the others were sent.
#[test]
fn clean_batches_go_first() {
    let server = rejects(&[5, 505]);
    let report = server.ask(&ids(1000)).batch_size(100).workers(1).send();
    assert_eq!(rejected(&report, &ids(1000)), [5, 505].into());
    let requests = server.requests();
    let last_batch = requests.iter().position(|r| r.has(1000)).unwrap();
    let first_group = requests.iter().position(|r| (2..90).contains(&r.ids().len())).unwrap();
    assert!(last_batch < first_group, "{last_batch} {first_group}");
}

/// Row 32: every third id is rejected.
#[test]
fn the_request_limit_stops_a_hopeless_bisection() {
    let bad: Vec<i64> = (1..=1000).filter(|id| id % 3 == 0).collect();
    let server = rejects(&bad);
    let report = server.ask(&ids(1000)).batch_size(100).max_requests(60).uneven().send();
    assert_eq!((report.status(), report.requests()), (Status::RequestLimit, 60), "{report}");
    assert!(report.message().contains("would take") && report.message().contains('%'), "{report}");
    assert!(rejected(&report, &ids(1000)).is_subset(&bad.into_iter().collect()));
}

/// Row 33: every batch is rejected.
#[test]
fn a_wrong_attribute_is_found_with_four_requests() {
    for body in ["{\"attribute\":[\"Unknown attribute.\"]}", "{\"detail\":\"Not found.\"}", ""] {
        let status = if body.contains("Not found") { 404 } else { 400 };
        let server = Server::start(move |x| x.reply(status, body));
        let report = server.ask(&ids(50_000)).send();
        assert_eq!(report.status(), Status::Rejected, "{report}");
        // A 400 without a body may pass: each of the four is sent again three times.
        assert!(report.requests() <= if body.is_empty() { 16 } else { 4 }, "{report}");
        assert_eq!((report.confirmed(), report.unknown()), (0, 0), "{report}");
        assert!(report.message().contains("attribute or value rejected"), "{report}");
    }
}

/// Row 33: the other values are not affected.
#[test]
fn one_wrong_value_among_rows() {
    side_by_side(APIS, |api| {
        let server = Server::start(|x| match x.request.json()["value"] == "bad" {
            true => x.reply(400, "{\"value\":[\"Not a valid choice.\"]}"),
            false => x.ok(),
        });
        let (ids, values) = (ids(6000), ["a", "bad", "c"]);
        let index: Vec<u32> = ids.iter().map(|id| *id as u32 % 3).collect();
        let told = server.ask_rows(&ids, &values, &index).batch_size(100).workers(4).through(*api);
        told.check(&texts(&ids), &server);
        assert!(told.is(Status::Partial) && told.count(IdState::Confirmed) == 4000, "{told}");
        for (value, state) in index.iter().map(|n| values[*n as usize]).zip(&told.states) {
            assert_eq!(value != "bad", *state == IdState::Confirmed as u8, "{value} {state}");
            assert_ne!(*state, IdState::Unknown as u8);
        }
        let wrong = server.requests().iter().filter(|r| r.json()["value"] == "bad").count();
        assert!(wrong <= 4 + 3, "{wrong} requests with the wrong value");
    });
}

/// Row 33: the first 80 % of the list do not exist.
#[test]
fn a_list_with_a_purged_beginning_is_not_given_up() {
    let bad = ids(160);
    let server = rejects(&bad);
    let report = server.ask(&ids(200)).batch_size(10).send();
    assert_eq!((report.status(), report.confirmed()), (Status::Partial, 40), "{report}");
    assert_eq!(rejected(&report, &ids(200)), bad.into_iter().collect());
}

/// The response blames one id; the bad one is `bad`.
fn blames(says: &'static str, bad: i64) -> (Server, Report) {
    let server = Server::start(move |x| if x.request.has(bad) { x.reply(400, says) } else { x.ok() });
    let report = server.ask(&[5, 7, 1, 9, 11, 13]).send();
    (server, report)
}

/// Row 34: by position or by key; a name that is wrong costs requests, never an id.
#[test]
fn ids_named_in_a_response_are_believed_after_the_rest_was_confirmed() {
    let cases: &[(&str, &str, i64, u64)] = &[
        ("a position", "{\"ids\":{\"1\":[\"A valid integer is required.\"]}}", 7, 5),
        ("a wrong position", "{\"ids\":{\"2\":[\"A valid integer is required.\"]}}", 5, 14),
        ("a key", "{\"ids\":[\"Invalid pk \\\"7\\\" - object does not exist.\"]}", 7, 5),
        ("a wrong key", "{\"ids\":[\"Invalid pk \\\"7\\\" - object does not exist.\"]}", 9, 14),
        ("a number in prose", "{\"detail\":\"user 7 is bad\"}", 9, 12),
        ("a key that was not sent", "{\"ids\":[\"Invalid pk \\\"999\\\" - object does not exist.\"]}", 9, 12),
        ("a position that was not sent", "{\"ids\":{\"50\":[\"?\"]}}", 9, 12),
        ("a negative position", "{\"ids\":{\"-1\":[\"?\"]}}", 9, 12),
        (
            "everybody",
            "{\"ids\":{\"0\":[\"?\"],\"1\":[\"?\"],\"2\":[\"?\"],\"3\":[\"?\"],\"4\":[\"?\"],\"5\":[\"?\"]}}",
            9,
            14,
        ),
        ("twice the same", "{\"ids\":[\"Invalid pk \\\"7\\\"\",\"Invalid pk \\\"7\\\"\"]}", 7, 5),
    ];
    side_by_side(cases, |(what, says, bad, most)| {
        let (_, report) = blames(says, *bad);
        assert_eq!(report.status(), Status::Partial, "{what}: {report}");
        assert_eq!(rejected(&report, &[5, 7, 1, 9, 11, 13]), [*bad].into(), "{what}: {report}");
        assert!(report.requests() <= *most, "{what}: {} requests: {report}", report.requests());
    });
    let server = Server::start(|x| match x.request.ids().iter().position(|id| id == "1") {
        Some(at) => x.reply(400, &format!("{{\"ids\":{{\"{at}\":[\"A valid integer is required.\"]}}}}")),
        None => x.ok(),
    });
    let report = server.client().mass_update(&[5, 7, 1, 9, 11, 13], "plan", "pro").unwrap();
    let failure: Failure<'_> = report.failure(0).unwrap();
    assert_eq!((failure.id, failure.message), ("1", "A valid integer is required."));
}

/// Row 34: not even where the canaries are; a list of which no id exists is still given up soon.
#[test]
fn ids_rejected_by_name_do_not_speak_against_the_value() {
    let by_name = |bad: Vec<i64>| {
        let bad: BTreeSet<String> = bad.iter().map(i64::to_string).collect();
        Server::start(move |x| match x.request.ids().iter().find(|id| bad.contains(*id)) {
            Some(id) => {
                x.reply(400, &format!("{{\"ids\":[\"Invalid pk \\\"{id}\\\" - object does not exist.\"]}}"))
            }
            None => x.ok(),
        })
    };
    let bad = vec![167, 168, 501, 502, 834, 835];
    let server = by_name(bad.clone());
    let report = server.ask(&ids(1000)).send();
    assert_eq!((report.status(), report.confirmed()), (Status::Partial, 994), "{report}");
    assert_eq!(rejected(&report, &ids(1000)), bad.into_iter().collect());
    // Six rounds that leave one out, and all but the last are asked by themselves; six for canaries.
    assert!(report.requests() <= 1 + 6 + 5 + 6, "{report}");

    for n in [1, 2, 3, 4, 50, 5000] {
        let server = by_name(ids(n));
        let report = server.ask(&ids(n)).send();
        assert_eq!((report.status(), report.confirmed()), (Status::Rejected, 0), "{n}: {report}");
        assert_eq!((report.unknown(), report.requests() <= 12), (0, true), "{n}: {report}");
    }
}

/// Row 34: the response names position 2 whatever it is; once that is the bad one, by chance.
#[test]
fn a_wrong_id_is_named_before_the_right_one() {
    let (_, report) = blames("{\"ids\":{\"2\":[\"A valid integer is required.\"]}}", 9);
    assert_eq!(rejected(&report, &[5, 7, 1, 9, 11, 13]), [9].into(), "{report}");
}
