//! Rows 82 and 83: proxies that reject a connection, and which proxy is used for which host.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use usercom::{Report, Status};

use super::servers::Server;
use super::tls::Authority;
use super::{child, client, run, run_for, states};

/// 2,500 ids, in three batches, through this proxy to a server that nothing must reach.
fn through(proxy: &str, authority: &Authority, server: &Server) -> Report {
    run(client(&server.https()).proxy(proxy).ca_file(authority.file()), 2500)
}

/// Row 82.
#[test]
fn a_proxy_that_rejects_the_connection_stops_the_run_at_once() {
    let authority = Authority::new();
    let server = Server::tls(authority.server(&["127.0.0.1"]));
    for (status, advice) in [
        ("407 Proxy Authentication Required", "write http://user:password@host:port as the proxy URL"),
        ("403 Forbidden", "ask its administrator"),
        ("401 Unauthorized", "wants a user and a password"),
        ("429 Too Many Requests", "ask its administrator"),
        ("404 Not Found", "check its host and port"),
        ("405 Method Not Allowed", "check its host and port"),
        ("302 Found\r\nLocation: http://127.0.0.1:1/login", "log in there"),
        ("307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/", "log in there"),
    ] {
        let response = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno").into_bytes();
        let proxy = Server::proxy(move |_| Some(response.clone()));
        let report = through(&proxy.http(), &authority, &server);
        assert_eq!(report.status(), Status::Transport, "{status}: {report}");
        assert_eq!(states(&report), [0, 0, 0, 2500], "{status}: {report}");
        assert_eq!((proxy.heads().len(), report.requests()), (1, 1), "{status}: {report}");
        let start = format!(
            "the proxy {} (set by the option proxy) rejected the connection with status {}: ",
            proxy.address,
            &status[..3]
        );
        assert!(report.message().starts_with(&start) && report.message().contains(advice), "{report}");
    }
    assert_eq!(server.heads().len(), 0);
}

/// Row 82.
#[test]
fn a_password_is_sent_once_and_never_shown() {
    let authority = Authority::new();
    let server = Server::tls(authority.server(&["127.0.0.1"]));
    let proxy = Server::proxy(|_| {
        Some(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n".into())
    });
    let report = through(&format!("http://me:s3cret%40@{}", proxy.address), &authority, &server);
    assert_eq!((report.status(), states(&report)), (Status::Transport, [0, 0, 0, 2500]), "{report}");
    assert!(report.message().contains("does not accept the user or the password"), "{report}");
    let heads = proxy.heads();
    // me:s3cret@ in Base64.
    assert!(heads.len() == 1 && heads[0].contains("Basic bWU6czNjcmV0QA=="), "{heads:?}");
    let told = format!("{report}{report:?}{}", report.to_json());
    assert!(!told.contains("s3cret") && !told.contains("me:"), "{told}");
}

/// Row 82.
#[test]
fn trouble_of_a_proxy_that_may_pass_is_tried_again() {
    let authority = Authority::new();
    let server = Server::tls(authority.server(&["127.0.0.1"]));
    let cases: [(&str, Option<&[u8]>); 7] = [
        ("502", Some(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")),
        ("503", Some(b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")),
        ("garbage", Some(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
        ("binary", Some(b"\0\xff\x01\x02\r\n\r\n")),
        ("half a head", Some(b"HTTP/1.1 407 Pro")),
        ("nothing", Some(b"")),
        ("a long head", None),
    ];
    let tried = |(what, response): (&str, Option<&[u8]>)| {
        let long = || format!("HTTP/1.1 502 No\r\n{}\r\n", "X: y\r\n".repeat(50)).into_bytes();
        let response = response.map_or_else(long, <[u8]>::to_vec);
        let also = response.clone();
        let proxy = Server::proxy(move |number| (number == 0).then(|| response.clone()));
        let report = through(&proxy.http(), &authority, &server);
        assert_eq!((report.status(), states(&report)), (Status::Ok, [2500, 0, 0, 0]), "{what}: {report}");

        let proxy = Server::proxy(move |_| Some(also.clone()));
        let client = client(&server.https()).proxy(&proxy.http()).ca_file(authority.file());
        let report = run_for(client, 2500, Duration::from_secs(1));
        assert_eq!(
            (report.status(), states(&report)),
            (Status::Transport, [0, 0, 0, 2500]),
            "{what}: {report}"
        );
        assert!(
            report.requests() > 1 && report.message().contains("no connection to the proxy "),
            "{report}"
        );
        assert!(report.message().contains(&proxy.address.to_string()), "{what}: {report}");
    };
    thread::scope(|scope| {
        for case in cases {
            let tried = &tried;
            scope.spawn(move || tried(case));
        }
    });
}

/// Row 82: also in the middle of a run, where tunnels that are open go on.
#[test]
fn a_proxy_that_changes_its_mind() {
    let authority = Authority::new();
    let server = Server::tls(authority.server(&["127.0.0.1"]));
    let proxy = Server::proxy(|number| {
        (number > 0).then(|| b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_vec())
    });
    let report =
        run(client(&server.https()).proxy(&proxy.http()).ca_file(authority.file()).batch_size(10), 1000);
    assert_eq!((report.status(), report.unknown()), (Status::Transport, 0), "{report}");
    assert!(report.confirmed() >= 10 && report.message().contains("status 403"), "{report}");
}

/// Row 84: a proxy has a certificate of its own if its URL says https.
#[test]
fn an_https_proxy_that_is_not_trusted() {
    let authority = Authority::new();
    let service = Server::tls(authority.server(&["127.0.0.1"]));
    let proxy = Server::tls(Authority::new().server(&["127.0.0.1"]));
    // Also where the service needs no TLS, since it is on this machine.
    for url in [service.https(), service.http()] {
        let report = run(client(&url).proxy(&proxy.https()).ca_file(authority.file()), 3);
        assert_eq!((report.status(), states(&report)), (Status::Tls, [0, 0, 0, 3]), "{url}: {report}");
        let who = format!("or of the proxy {} (set by the option proxy) is signed", proxy.address);
        assert!(report.message().contains(&who), "{url}: {report}");
    }
    let report = client(&service.http())
        .proxy(&proxy.https())
        .build()
        .map(|_| run(client(&service.http()).proxy(&proxy.https()), 3));
    // A machine without certificates says so at once.
    if let Ok(report) = report {
        assert_eq!((report.status(), states(&report)), (Status::Tls, [0, 0, 0, 3]), "{report}");
    }
    assert_eq!((service.heads().len(), proxy.heads().len()), (0, 0));
}

/// Row 83, with the variables of a process. A role is the address, the file of the authority, and what is expected.
#[test]
fn variables_decide_which_hosts_are_proxied() {
    if let Some(role) = child::role() {
        return with_these_variables(&role);
    }
    let authority = Authority::new();
    let server = Server::tls(authority.server(&["127.0.0.1", "localhost", "api.localhost"]));
    let (good, bad) = (Server::proxy(|_| None), Server::proxy(|_| Some(b"HTTP/1.1 407 No\r\n\r\n".into())));
    let (good_url, bad_url) = (good.http(), bad.http());
    let (good_url, bad_url) = (good_url.as_str(), bad_url.as_str());
    let ask = |expected: &str, host: &str, variables: &[(&str, &str)]| {
        let role = format!("{host}:{} {} {expected}", server.address.port(), authority.file().display());
        child::run("proxies::variables_decide_which_hosts_are_proxied", &role, variables);
    };
    for list in ["127.0.0.1", "10.0.0.0/8 127.0.0.0/8", "a.example, 127.0.0.1", "*"] {
        ask("ok", "127.0.0.1", &[("HTTPS_PROXY", bad_url), ("NO_PROXY", list)]);
    }
    for list in ["localhost", ".localhost", "LOCALHOST.", "a.example,localhost"] {
        ask("ok", "localhost", &[("https_proxy", bad_url), ("no_proxy", list)]);
    }
    assert_eq!(bad.heads().len(), 0);

    let before = good.heads().len();
    for list in ["127.0.0.1:443", "127.0.0.2", "0.0.1", "*.0.0.1", "localhost", "2001:db8::/32"] {
        ask("ok", "127.0.0.1", &[("HTTPS_PROXY", good_url), ("NO_PROXY", list)]);
    }
    // A name below an entry; the tunnel is what resolves it.
    ask("ok", "api.localhost", &[("HTTPS_PROXY", good_url), ("NO_PROXY", "host")]);
    assert_eq!(good.heads().len(), before + 7);
    // Lower case first, for both variables.
    ask("ok", "127.0.0.1", &[("HTTPS_PROXY", bad_url), ("https_proxy", good_url)]);
    ask(
        "ok",
        "127.0.0.1",
        &[("https_proxy", good_url), ("NO_PROXY", "127.0.0.1"), ("no_proxy", "a.example")],
    );
    assert_eq!((good.heads().len(), bad.heads().len()), (before + 9, 0));
    ask("rejected https_proxy", "127.0.0.1", &[("https_proxy", bad_url), ("HTTPS_PROXY", good_url)]);
    ask("rejected HTTPS_PROXY", "127.0.0.1", &[("https_proxy", ""), ("HTTPS_PROXY", bad_url)]);
    ask(
        "invalid https_proxy",
        "127.0.0.1",
        &[("https_proxy", "socks5://u:s3cret@a:1"), ("HTTPS_PROXY", good_url)],
    );
    ask("ok", "127.0.0.1", &[("https_proxy", "socks5://u:s3cret@a:1"), ("NO_PROXY", "127.0.0.1")]);
    assert_eq!((good.heads().len(), bad.heads().len()), (before + 9, 2));
}

fn with_these_variables(role: &str) {
    let [address, ca_file, expected @ ..] = &role.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{role}")
    };
    let client = client(&format!("https://{address}")).ca_file(PathBuf::from(ca_file));
    match expected {
        ["ok"] => {
            let report = run(client, 3);
            assert_eq!((report.status(), report.requests()), (Status::Ok, 1), "{report}");
        }
        ["rejected", variable] => {
            let report = run(client, 3);
            assert_eq!((report.status(), states(&report)), (Status::Transport, [0, 0, 0, 3]), "{report}");
            assert!(report.message().contains(&format!("(set by {variable})")), "{report}");
        }
        ["invalid", variable] => {
            let message = client.build().err().unwrap().to_string();
            assert!(
                message.starts_with(&format!("{variable}: ")) && !message.contains("s3cret"),
                "{message}"
            );
        }
        _ => panic!("{role}"),
    }
}
