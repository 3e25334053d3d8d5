//! Which proxies are used, and that none reads the token.

use super::support::tls;
use super::*;

/// A proxy that tunnels, and keeps the heads of the requests that it got.
struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(allow: bool) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = heads.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let kept = kept.clone();
                thread::spawn(move || tunnel(client, &kept, allow));
            }
        });
        Proxy { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn tunnel(mut client: TcpStream, heads: &Mutex<Vec<String>>, allow: bool) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match client.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    heads.lock().unwrap().push(head.clone());
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).map(str::to_owned);
    let Some(target) = target.filter(|_| allow) else {
        let _ = client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        return;
    };
    let Ok(mut server) = TcpStream::connect(target) else { return };
    let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    let _ = std::io::copy(&mut server, &mut client);
}

/// Row 42: HTTP_PROXY and ALL_PROXY are ignored, HTTPS_PROXY and NO_PROXY obeyed. The child's role: `url token api
/// ca-file`, and what it expects.
#[test]
fn proxies_of_the_environment() {
    match child::role() {
        Some(role) => with_these_proxies(&role),
        None => side_by_side(APIS, |api| through_proxies(*api)),
    }
}

fn with_these_proxies(role: &str) {
    let [.., ca, expected] = role.split(' ').collect::<Vec<_>>()[..] else { panic!("{role}") };
    let server = child::server_of(role);
    let ask = server.ask(&[1]).ca_file(ca.into()).stall_timeout(s(3));
    let api = child::api_of(role);
    match expected {
        "invalid" => {
            let Err(message) = ask.any_client(api) else { panic!("accepted") };
            assert!(message.to_lowercase().starts_with("https_proxy: "), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
        "unreached" => {
            let told = ask.through(api);
            assert!(told.is(Status::Transport) && told.count(IdState::NotAttempted) == 1, "{told}");
            assert!(told.message.contains("proxy"), "{told}");
        }
        _ => {
            let told = ask.through(api);
            assert!(told.is(Status::Ok), "{told}");
        }
    }
}

fn through_proxies(api: Api) {
    let authority = tls::Authority::new();
    let config = authority.config(&["127.0.0.1", "localhost"], |_| {});
    let ca = authority.file();
    let ask = |expected: &str, server: &Server, set: &[(&str, &str)]| {
        let role = format!("{} {} {expected}", child::through(api, server), ca.display());
        succeed_as_test(child::command(proxies_of_the_environment, &role).envs(set.iter().copied()));
    };
    let good = Proxy::start(true);
    let bad = Proxy::start(false);
    let good_url = format!("http://{}", good.address);
    let with_password = format!("http://user:s3cret%40@{}", good.address);
    let bad_url = format!("http://{}", bad.address);
    let nobody = "http://127.0.0.1:1";
    let secure = || tls::server(config.clone(), |x| x.ok());

    // HTTP_PROXY and ALL_PROXY are ignored, for both schemes.
    for server in [secure(), Server::start(|x| x.ok())] {
        ask(
            "direct",
            &server,
            &[
                ("HTTP_PROXY", &bad_url),
                ("http_proxy", &bad_url),
                ("ALL_PROXY", &bad_url),
                ("all_proxy", &bad_url),
            ],
        );
        assert_eq!((server.requests().len(), bad.heads().len()), (1, 0));
    }
    // HTTPS_PROXY is used, in both spellings, and sees no token.
    for (n, (name, url)) in
        [("HTTPS_PROXY", &good_url), ("https_proxy", &with_password)].into_iter().enumerate()
    {
        let server = secure();
        ask("proxied", &server, &[(name, url)]);
        let heads = good.heads();
        assert_eq!((server.requests().len(), heads.len()), (1, n + 1));
        assert!(heads[n].starts_with(&format!("CONNECT {} HTTP/1.1", server.address())), "{}", heads[n]);
        assert!(!heads[n].contains(&server.token), "{}", heads[n]);
        // user:s3cret@ as Base64
        assert_eq!(heads[n].contains("Basic dXNlcjpzM2NyZXRA"), n == 1, "{}", heads[n]);
    }
    // Not for plain http, which goes to this machine only.
    let server = Server::start(|x| x.ok());
    ask("direct", &server, &[("HTTPS_PROXY", &bad_url)]);
    assert_eq!((server.requests().len(), bad.heads().len()), (1, 0));
    // NO_PROXY is obeyed.
    for except in ["127.0.0.1", "example.com, 127.0.0.1", "*"] {
        let server = secure();
        ask("direct", &server, &[("HTTPS_PROXY", nobody), ("NO_PROXY", except)]);
        assert_eq!(server.requests().len(), 1, "{except}");
    }
    let server = secure();
    ask("proxied", &server, &[("HTTPS_PROXY", &good_url), ("NO_PROXY", "example.com")]);
    assert_eq!(good.heads().len(), 3);
    // A proxy that denies the tunnel, one that isn't there, and invalid ones.
    let server = secure();
    ask("unreached", &server, &[("HTTPS_PROXY", &bad_url)]);
    ask("unreached", &server, &[("HTTPS_PROXY", "http://127.0.0.1:1")]);
    for malformed in [
        "http://u:s3cret@",
        "socks5://u:s3cret@127.0.0.1:1",
        "http://u:s3cret@127.0.0.1:99999",
        "::s3cret",
        "http://127.0.0.1:s3cret",
    ] {
        ask("invalid", &server, &[("HTTPS_PROXY", malformed)]);
    }
    assert_eq!(server.connections(), 0);
}

/// Row 42: it tunnels and never reads the token.
#[test]
fn a_proxy_by_option() {
    let authority = tls::Authority::new();
    let config = authority.config(&["127.0.0.1"], |_| {});
    side_by_side(APIS, |api| {
        let through = |server: &Server| {
            let (proxy, ids) = (Proxy::start(true), ids(3));
            let ask = server.ask(&ids).ca_file(authority.file()).stall_timeout(s(3));
            let told = ask.proxy(format!("http://{}", proxy.address)).through(*api);
            told.check(&texts(&ids), server);
            (told, proxy.heads())
        };
        let (told, heads) = through(&tls::server(config.clone(), |x| x.ok()));
        assert!(told.is(Status::Ok), "{told}");
        assert_eq!((told.count(IdState::Confirmed), heads.len()), (3, 1), "{told}");

        // A proxy between us and a plain server on this machine must not read the token either.
        let plain = Server::start(|x| x.ok());
        let (_, heads) = through(&plain);
        assert!(heads.iter().all(|head| !head.contains(&plain.token)), "{heads:?}");
    });
}
