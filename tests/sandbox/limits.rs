//! The switches that limit: how many, how large, how often, how fast.
use super::*;
use std::time::{Duration, Instant};

#[test]
fn max_ids() {
    let sandbox = start(Options { max_ids: Some(2), ..Options::default() });
    let response = set(&sandbox, "[1, 2, 3]", "plan", "1");
    let complaint = json!({"ids": ["Ensure this field has no more than 2 elements."]});
    assert_eq!((response.status, response.json()), (400, complaint));
    assert_eq!(sandbox.users(), 0);
    assert_eq!(set(&sandbox, "[1, 2]", "plan", "1").status, 200);
}

#[test]
fn max_body() {
    let sandbox = start(Options { max_body: Some(100), ..Options::default() });
    for length in [101, 1 << 20] {
        let response = put(&sandbox, CUSTOM, &" ".repeat(length));
        assert_eq!(
            (response.status, response.header("content-type")),
            (413, Some("text/html; charset=utf-8"))
        );
        assert!(response.body.contains("<center>nginx</center>"));
    }
    let body = format!("{:100}", r#"{"ids": [1], "attribute": "plan", "value": 1}"#);
    assert_eq!(put(&sandbox, CUSTOM, &body).status, 200);
}

#[test]
fn max_body_is_checked_before_the_body_where_the_client_asks() {
    let sandbox = start(Options { max_body: Some(100), ..Options::default() });
    let mut stream = TcpStream::connect(sandbox.url().trim_start_matches("http://")).unwrap();
    let head = authorized() + "Host: sandbox\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n";
    stream.write_all(format!("PUT {CUSTOM} HTTP/1.1\r\n{head}\r\n").as_bytes()).unwrap();
    assert_eq!(read(stream).status, 413);
}

#[test]
fn rate() {
    let sandbox = start(Options { rate: Some(3), ..Options::default() });
    let began = Instant::now();
    // Each for a user of its own.
    let responses: Vec<(i64, Response)> =
        (1..=50).map(|id| (id, set(&sandbox, &format!("[{id}]"), "plan", "1"))).collect();
    let accepted = responses.iter().filter(|(_, response)| response.status == 200).count() as u64;
    assert!((3..=3 * (began.elapsed().as_secs() + 1)).contains(&accepted), "{accepted}");
    let (id, limited) = responses.iter().find(|(_, response)| response.status != 200).unwrap();
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("1")));
    assert_eq!(limited.json()["detail"], "Request was throttled. Expected available in 1 second.");
    assert_eq!(sandbox.value(*id, "plan"), None);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(set(&sandbox, "[2]", "plan", "1").status, 200);
}

#[test]
fn burst_401() {
    let sandbox = start(Options { burst_401: Some(3), ..Options::default() });
    let status = || set(&sandbox, "[1]", "plan", "1").status;
    // Until four of them come within a second.
    let (mut asked, mut accepted) = (Instant::now(), 0);
    while status() == 200 {
        (asked, accepted) = (Instant::now(), accepted + 1);
    }
    assert!(accepted >= 3, "{accepted}");
    let response = set(&sandbox, "[2]", "plan", "1");
    assert_eq!((response.status, response.json()), (401, json!({"detail": "Invalid token."})));
    assert_eq!(sandbox.value(2, "plan"), None);
    while status() != 200 {
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(asked.elapsed() >= Duration::from_secs(3), "{:?}", asked.elapsed());
}

#[test]
fn latency_delays_the_response_and_not_the_update() {
    let sandbox = start(Options { latency: Duration::from_secs(3), ..Options::default() });
    let began = Instant::now();
    std::thread::scope(|scope| {
        let response = scope.spawn(|| set(&sandbox, "[1]", "plan", "1"));
        while sandbox.value(1, "plan").is_none() {
            assert!(began.elapsed() < Duration::from_secs(2), "not done before the response");
            std::thread::yield_now();
        }
        assert_eq!(response.join().unwrap().status, 200);
    });
    assert!(began.elapsed() >= Duration::from_secs(3));
}
