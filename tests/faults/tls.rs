//! TLS is always verified: an invalid certificate stops the run, and nothing is sent.

use std::time::SystemTime;

use super::support::tls::{Authority, self_signed, server};
use super::*;
use rustls::ServerConfig;

#[test]
fn a_valid_certificate() {
    let authority = Authority::new();
    let server = server(authority.config(&["127.0.0.1", "localhost"], |_| {}), |x| x.ok());
    let report = server.ask(&ids(6)).ca_file(authority.file()).batch_size(2).workers(1).send();
    assert_eq!((report.status(), server.connections()), (Status::Ok, 1), "{report}");
    let url = format!("https://localhost:{}", server.address().port());
    let by_name = server.builder().base_url(&url).ca_file(authority.file()).build().unwrap();
    assert_eq!(by_name.mass_update(&[1], "plan", "pro").unwrap().status(), Status::Ok);
}

fn check_stopped(what: &str, report: &Report, server: &Server) {
    assert_eq!((report.status(), report.requests()), (Status::Tls, 1), "{what}: {report}");
    let no_tls = ["plain HTTP", "another protocol"].contains(&what);
    assert_eq!((report.unknown(), report.confirmed()), (0, 0), "{what}: {report}");
    assert_eq!(report.message().contains("check https:// and the port"), no_tls, "{what}: {report}");
    assert!(report.message().contains("no trusted connection"), "{what}: {report}");
    assert_eq!((server.requests().len(), server.connections()), (0, 1), "{what}");
}

/// Row 38: untrusted, self-signed, expired, not yet valid, for another host.
#[test]
fn invalid_certificates() {
    let authority = Authority::new();
    let day = std::time::Duration::from_secs(86_400);
    let (now, name) = (SystemTime::now(), "127.0.0.1");
    let cases: Vec<(&str, Arc<ServerConfig>)> = vec![
        ("an unknown authority", Authority::new().config(&[name], |_| {})),
        ("its own authority", self_signed(name)),
        (
            "expired",
            authority.config(&[name], |p| {
                p.not_before = (now - 20 * day).into();
                p.not_after = (now - 10 * day).into();
            }),
        ),
        ("not yet valid", authority.config(&[name], |p| p.not_before = (now + 10 * day).into())),
        ("another host", authority.config(&["acme.user.com"], |_| {})),
        ("no host", authority.config(&[], |_| {})),
    ];
    side_by_side(&cases, |(what, config)| {
        let server = server(config.clone(), |x| x.ok());
        let report = server.ask(&ids(3000)).ca_file(authority.file()).send();
        check_stopped(what, &report, &server);
    });
    // The platform's trust store doesn't know a test's authority.
    let server = server(authority.config(&[name], |_| {}), |x| x.ok());
    let report = server.ask(&ids(3000)).send();
    check_stopped("the platform's roots", &report, &server);
}

/// Replies to the first bytes of a handshake with these.
fn says(bytes: &'static [u8]) -> Server {
    use std::io::{Read, Write};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    Server::bare(listener, move |mut tcp, _| {
        let mut hello = [0; 4096];
        let _ = tcp.read(&mut hello);
        let _ = tcp.write_all(bytes);
        // Until the client has gone.
        while matches!(tcp.read(&mut hello), Ok(1..)) {}
    })
}

/// Row 38: TLS 1.0, alerts, plain HTTP, SSH.
#[test]
fn old_tls_and_other_protocols() {
    let cases: &[(&str, &'static [u8])] = &[
        ("TLS 1.0 only: alert protocol_version", b"\x15\x03\x01\x00\x02\x02\x46"),
        ("alert handshake_failure", b"\x15\x03\x03\x00\x02\x02\x28"),
        (
            "a server hello of TLS 1.0",
            b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x00\x00\x2f\x00",
        ),
        ("plain HTTP", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        ("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n"),
    ];
    let authority = Authority::new();
    side_by_side(cases, |(what, bytes)| {
        let plain = says(bytes).asked_through_tls();
        let report = plain.ask(&ids(3000)).ca_file(authority.file()).send();
        check_stopped(what, &report, &plain);
    });
}

/// Row 38: it is retried, unlike an invalid certificate.
#[test]
fn an_aborted_handshake_is_a_transport_error() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::bare(listener, |tcp, _| drop(tcp)).asked_through_tls();
    let report = server.ask(&ids(10)).ca_file(authority.file()).stall_timeout(s(3)).send();
    assert_eq!((report.status(), report.confirmed()), (Status::Transport, 0), "{report}");
    assert!(report.requests() > 1, "{report}");
}

/// Row 39: without TLS's close_notify the end of the stream may be an attacker's.
#[test]
fn truncated_without_close_notify() {
    let cases: &[(&str, &str, Then)] = &[
        ("in a body with a length", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"sta", Then::Truncate),
        (
            "in a body with a length, with close_notify",
            "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"sta",
            Then::Close,
        ),
        ("at the first byte", "HTTP/1.1 200 OK\r\n\r\n", Then::Truncate),
        ("reset", "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"", Then::Reset),
        ("in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sta", Then::Truncate),
        ("no byte", "", Then::Truncate),
    ];
    let authority = Authority::new();
    let config = authority.config(&["127.0.0.1"], |_| {});
    side_by_side(cases, |(what, bytes, then)| {
        let (bytes, then) = (*bytes, *then);
        let server = server(config.clone(), move |x| {
            x.apply();
            x.raw(bytes);
            then
        });
        let report = server.ask(&ids(3)).ca_file(authority.file()).stall_timeout(s(3)).send();
        assert_eq!((report.confirmed(), report.unknown()), (0, 3), "{what}: {report}");
    });
}

/// Row 39: JSON that closes its own brackets is whole, whoever ended the stream.
#[test]
fn whole_json_without_close_notify() {
    let authority = Authority::new();
    let server = server(authority.config(&["127.0.0.1"], |_| {}), |x| {
        x.accept();
        x.raw("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}");
        Then::Truncate
    });
    let report = server.ask(&ids(3)).ca_file(authority.file()).send();
    assert_eq!(report.status(), Status::Ok, "{report}");
}

/// Row 39: a record that was tampered with after the request was taken: the ids were sent.
#[test]
fn garbage_after_the_request() {
    let cases: &[(&str, &'static [u8])] = &[
        ("a forged record", b"\x17\x03\x03\x00\x20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("plain text", b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}"),
        ("a fatal alert in plain text", b"\x15\x03\x03\x00\x02\x02\x50"),
    ];
    let authority = Authority::new();
    let config = authority.config(&["127.0.0.1"], |_| {});
    side_by_side(cases, |(what, bytes)| {
        let bytes = *bytes;
        let server = server(config.clone(), move |x| {
            use std::io::Write;
            x.apply();
            let _ = x.stream.tcp().write_all(bytes);
            x.until_client_closes()
        });
        let report = server.ask(&ids(3)).ca_file(authority.file()).stall_timeout(s(3)).send();
        assert_eq!((report.confirmed(), report.unknown()), (0, 3), "{what}: {report}");
    });
}
