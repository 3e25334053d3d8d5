//! What goes over the wire, to the byte: request line, headers, body, and nothing else.

mod support;

use mockito::Matcher;
use support::{Server, check, check_custom};
use usercom::{AttributeKind, Client, ClientBuilder, Method, Report, Run, Status, Update, Value};

const CUSTOM: &str = "/api/public/users/mass_update_custom_attributes/";
const TOKEN: &str = "contract0123456789contract0123456789contract0123456789contract01";

fn builder(mock: &mockito::Server) -> ClientBuilder {
    Client::builder("acme", TOKEN).base_url(&mock.url())
}

/// A mock of one call, which must come exactly once, with exactly this body.
fn expect(mock: &mut mockito::Server, method: &str, path: &str, body: &str) -> mockito::Mock {
    mock.mock(method, path)
        .match_header("authorization", &*format!("Token {TOKEN}"))
        .match_header("content-type", "application/json")
        .match_body(Matcher::from(body))
        .with_body("{\"status\":\"ok\"}")
        .expect(1)
        .create()
}

fn confirmed(report: &Report) {
    assert_eq!(report.status(), Status::Ok, "{report}");
}

#[test]
fn a_mass_update_of_custom_attributes() {
    let mut mock = mockito::Server::new();
    let body = r#"{"ids":[10,15,22,23],"attribute":"plan","value":"pro"}"#;
    let call = expect(&mut mock, "PUT", CUSTOM, body);
    confirmed(&builder(&mock).build().unwrap().mass_update(&[10, 15, 22, 23], "plan", "pro").unwrap());
    call.assert();
}

/// Row 59.
#[test]
fn custom_ids_are_strings_under_users_by_id() {
    let mut mock = mockito::Server::new();
    let body = r#"{"ids":["u-1","7","a\"b"],"attribute":"plan","value":true}"#;
    let call = expect(&mut mock, "PUT", "/api/public/users-by-id/mass_update_custom_attributes/", body);
    let client = builder(&mock).build().unwrap();
    confirmed(&client.mass_update_custom_ids(&["u-1", "7", "a\"b"], "plan", true).unwrap());
    call.assert();
}

#[test]
fn standard_attributes_have_calls_of_their_own() {
    let mut mock = mockito::Server::new();
    let body = r#"{"ids":[10],"attribute":"first_name","value":"Ada"}"#;
    let by_number = expect(&mut mock, "PUT", "/api/public/users/mass_update_standard_attributes/", body);
    let by_text = expect(
        &mut mock,
        "PUT",
        "/api/public/users-by-id/mass_update_standard_attributes/",
        r#"{"ids":["u-1"],"attribute":"first_name","value":"Ada"}"#,
    );
    let client = builder(&mock).build().unwrap();
    let run = || -> Run<'_> { client.run(Update::new("first_name", "Ada")).standard_attributes() };
    confirmed(&run().ids(&[10]).send().unwrap());
    confirmed(&run().custom_ids(&["u-1"]).send().unwrap());
    by_number.assert();
    by_text.assert();
    assert_eq!(AttributeKind::default(), AttributeKind::Custom);
}

#[test]
fn post_and_an_api_version_only_when_asked_for() {
    let mut mock = mockito::Server::new();
    let call = mock
        .mock("POST", CUSTOM)
        .match_header("accept", "*/*; version=2")
        .with_status(200)
        .expect(1)
        .create();
    let client = builder(&mock).method(Method::Post).api_version(2).build().unwrap();
    confirmed(&client.mass_update(&[1], "plan", "pro").unwrap());
    call.assert();
}

/// Row 60.
#[test]
fn values_arrive_as_written() {
    let date = Value::date(2026, 11, 23).unwrap();
    let moment = chrono::DateTime::parse_from_rfc3339("2026-01-02T00:30:00+01:00").unwrap();
    let json = |text: &str| Value::json(text).unwrap();
    let cases: Vec<(Value, &str)> = vec![
        (true.into(), "true"),
        (0.into(), "0"),
        (i64::MIN.into(), "-9223372036854775808"),
        (u64::MAX.into(), "18446744073709551615"),
        (9_007_199_254_740_993_i64.into(), "9007199254740993"),
        (0.1.into(), "0.1"),
        ("007".into(), "\"007\""),
        ("".into(), "\"\""),
        ("zażółć \u{1F600} \"\\\n\u{0}\u{2028}".into(), "\"zażółć \u{1F600} \\\"\\\\\\n\\u0000\u{2028}\""),
        (date, "\"2026-11-23\""),
        (moment.into(), "\"2026-01-01T23:30:00Z\""),
        (vec!["a", "b"].into(), r#"["a","b"]"#),
        (json("9007199254740993"), "9007199254740993"),
        (json("0.10"), "0.10"),
        (json("1e3"), "1e3"),
        (json("-0"), "-0"),
        (json("{\"b\": 1, \"a\": [ 2 ]}"), "{\"b\": 1, \"a\": [ 2 ]}"),
        (json("\"\\u00e9\""), "\"\\u00e9\""),
    ];
    let server = Server::start(|x| x.ok());
    let client = server.client();
    for (value, _) in &cases {
        confirmed(&client.mass_update(&[5], "ż \"1\"", value.clone()).unwrap());
    }
    for (request, (_, text)) in server.requests().iter().zip(&cases) {
        let expected = format!("{{\"ids\":[5],\"attribute\":\"ż \\\"1\\\"\",\"value\":{text}}}");
        assert_eq!(String::from_utf8_lossy(&request.body), expected);
    }
    let null = client.run(Update::new("plan", json("null"))).ids(&[5]).allow_null().send().unwrap();
    confirmed(&null);
    assert!(server.requests().last().unwrap().body.ends_with(b"\"value\":null}"));
}

#[test]
fn the_head_holds_these_lines_and_no_other() {
    let server = Server::start(|x| x.ok());
    let report = server.client().mass_update(&[10, 15], "plan", "pro").unwrap();
    check(&report, &[10, 15], &server);
    confirmed(&report);
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.line(), "PUT /api/public/users/mass_update_custom_attributes/ HTTP/1.1");
    let mut headers = request.headers();
    headers.sort();
    let body = r#"{"ids":[10,15],"attribute":"plan","value":"pro"}"#;
    let expected = [
        ("accept", "*/*"),
        ("accept-encoding", "identity"),
        ("authorization", &*format!("Token {}", server.token)),
        ("content-length", &*body.len().to_string()),
        ("content-type", "application/json"),
        ("host", &*server.address().to_string()),
        ("user-agent", concat!("usercom/", env!("CARGO_PKG_VERSION"))),
    ];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(request.body, body.as_bytes());
}

#[test]
fn a_host_may_have_a_name_and_an_ipv6_address() {
    for (bind, host) in [("127.0.0.1:0", "localhost"), ("[::1]:0", "[::1]")] {
        let listener = match std::net::TcpListener::bind(bind) {
            Ok(listener) => listener,
            // A machine without IPv6.
            Err(_) if bind.starts_with('[') => continue,
            Err(error) => panic!("{error}"),
        };
        let server = Server::on(listener, |x| x.ok());
        let url = format!("http://{host}:{}/", server.address().port());
        let client = Client::builder("acme", &server.token).base_url(&url).build().unwrap();
        confirmed(&client.mass_update(&[1], "plan", 1).unwrap());
        assert_eq!(
            server.requests()[0].header("host").unwrap(),
            format!("{host}:{}", server.address().port())
        );
        assert!(server.requests()[0].line().starts_with("PUT /api/public/users/"));
    }
}

#[test]
fn an_empty_list_and_a_dry_run_send_nothing() {
    let server = Server::untouched();
    let client = server.client();
    let report = client.mass_update(&[], "plan", "pro").unwrap();
    assert_eq!((report.status(), report.total(), report.requests()), (Status::Ok, 0, 0));
    let none: [&str; 0] = [];
    assert_eq!(client.mass_update_custom_ids(&none, "plan", "pro").unwrap().status(), Status::Ok);
    let no_rows: [(i64, i32); 0] = [];
    assert_eq!(client.mass_update_rows(no_rows, "plan").unwrap().status(), Status::Ok);
    let ids = support::ids(2500);
    let report = client.run(Update::new("plan", "pro")).ids(&ids).dry_run().send().unwrap();
    assert_eq!((report.status(), report.requests(), report.not_attempted()), (Status::DryRun, 3, 2500));
    check(&report, &ids, &server);
    assert_eq!(server.connections(), 0);
}

/// Row 59.
#[test]
fn batches_hold_a_thousand_ids_and_each_id_goes_out_once() {
    for n in [1, 999, 1000, 1001, 2000, 2001] {
        let server = Server::start(|x| x.ok());
        let ids = support::ids(n);
        let report = server.client().mass_update(&ids, "plan", "pro").unwrap();
        check(&report, &ids, &server);
        confirmed(&report);
        assert_eq!(server.requests().len() as i64, (n + 999) / 1000, "{n}");
        assert!(server.applied().values().all(|times| *times == 1));
        assert!(server.requests().iter().all(|r| r.ids().len() <= 1000));
    }
}

#[test]
fn duplicates_share_a_fate_and_rows_go_out_by_value() {
    let server = Server::start(|x| x.ok());
    let client = server.client();
    let ids = [7, 3, 7, 7, i64::MAX];
    let report = client.mass_update(&ids, "plan", "pro").unwrap();
    check(&report, &ids, &server);
    assert_eq!((report.status(), report.confirmed()), (Status::Ok, 5));
    assert_eq!(server.requests()[0].ids(), ["7", "3", "9223372036854775807"]);

    let server = Server::start(|x| x.ok());
    let rows = [(1, 10), (2, 20), (3, 10), (1, 20)];
    let report = server.client().mass_update_rows(rows, "score").unwrap();
    assert_eq!((report.confirmed(), report.not_attempted()), (3, 1), "{report}");
    let mut bodies: Vec<String> =
        server.requests().iter().map(|r| String::from_utf8_lossy(&r.body).into_owned()).collect();
    bodies.sort();
    assert_eq!(
        bodies,
        [r#"{"ids":[2,1],"attribute":"score","value":20}"#, r#"{"ids":[3],"attribute":"score","value":10}"#]
    );
}

/// As few requests as there can be: a last, smaller one for each value at the most.
#[test]
fn a_million_rows_with_five_values_cost_a_request_for_a_thousand() {
    let server = Server::untouched();
    let ids: Vec<i64> = (1..=1_000_000).collect();
    let values = (1..=5).map(Value::from).collect();
    let index = ids.iter().map(|id| (id * id % 11 % 5) as u32).collect();
    let update = Update::rows("score", values, index);
    let report = server.client().run(update).ids(&ids).dry_run().send().unwrap();
    assert!((1000..=1005).contains(&report.requests()), "{report}");
    assert_eq!((report.status(), report.not_attempted()), (Status::DryRun, 1_000_000));
}

#[test]
fn long_custom_ids_make_smaller_batches() {
    let server = Server::start(|x| x.ok());
    let ids: Vec<String> = (0..1000).map(|i| format!("{i:0>1024}")).collect();
    let report = server.client().mass_update_custom_ids(&ids, "plan", "pro").unwrap();
    check_custom(&report, &ids, &server);
    confirmed(&report);
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests.iter().all(|r| r.body.len() <= 256 * 1024));
}

#[test]
fn one_connection_serves_a_run_and_the_next() {
    let server = Server::start(|x| x.ok());
    let client = server.builder().workers(1).build().unwrap();
    let ids = support::ids(5000);
    for _ in 0..3 {
        confirmed(&client.mass_update(&ids, "plan", "pro").unwrap());
        confirmed(&client.mass_update(&[1], "plan", "pro").unwrap());
    }
    assert_eq!((server.requests().len(), server.connections()), (18, 1));
}
