//! tinyproxy as HTTPS_PROXY: with and without a password, and killed.

use std::path::PathBuf;

use super::*;

fn start(more: &str) -> Part {
    Part::start(|dir, port| {
        let config = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nLogLevel Connect\nLogFile \"{}/log\"\n{more}\n",
            dir.display()
        );
        fs::write(dir.join("tinyproxy.conf"), config).unwrap();
        words(&["tinyproxy", "-d", "-c", dir.join("tinyproxy.conf").to_str().unwrap()])
    })
}

/// Rows 42, 82: the child's role: the server, the API, the authority's file, and what the message must say, if the run is
/// to fail.
#[test]
fn tinyproxy_of_the_environment() {
    match child::role() {
        Some(role) => with_this_proxy(&role),
        None => side_by_side(APIS, |api| through_tinyproxy(*api)),
    }
}

fn with_this_proxy(role: &str) {
    let [_, _, _, ca, says] = role.splitn(5, ' ').collect::<Vec<_>>()[..] else { panic!("{role}") };
    let ids = ids(200);
    let front = child::server_of(role);
    let told = front.ask(&ids).batch_size(10).ca_file(PathBuf::from(ca)).through(child::api_of(role));
    if says.is_empty() {
        assert!(told.is(Status::Ok) && told.retries == 0, "{told}");
    } else {
        assert!(told.is(Status::Transport) && told.count(IdState::NotAttempted) == 200, "{told}");
        assert!(told.message.contains(says) && told.requests == 1, "{told}");
    }
    assert!(!told.texts.contains("s3cret") && !told.texts.contains(&front.token), "{}", told.texts);
}

fn through_tinyproxy(api: Api) {
    let authority = support::tls::Authority::new();
    let server = support::tls::server(authority.config(&["127.0.0.1"], |_| {}), |x| x.ok());
    let (open, closed, other) = (start(""), start("BasicAuth me s3cret"), start("ConnectPort 443"));
    for (proxy, user, says) in [
        (&open, "", ""),
        (&closed, "me:s3cret@", ""),
        (&closed, "me:s3cret2@", "does not accept the user or the password"),
        (&closed, "", "wants a user and a password"),
        (&other, "", "does not allow this connection"),
    ] {
        let before = server.received();
        let role = format!("{} {} {says}", child::through(api, &server), authority.file().display());
        let mut command = child::command(tinyproxy_of_the_environment, &role);
        succeed_as_test(command.env("HTTPS_PROXY", format!("http://{user}{}", proxy.address())));
        assert_eq!(server.received() - before, if says.is_empty() { 20 } else { 0 });
    }
    assert_eq!(server.accepted().len(), 200);
    for proxy in [&open, &closed] {
        let log = proxy.text("log");
        assert!(log.contains(&format!("CONNECT {}", server.address())), "{log}");
        assert!(!log.contains(&server.token), "{log}");
    }
}

/// Rows 9, 82: all tunnels end, and there is no proxy for a while.
#[test]
fn tinyproxy_is_killed() {
    let authority = support::tls::Authority::new();
    let config = authority.config(&["127.0.0.1"], |_| {});
    with_ids(100, |api, ids| {
        let gate = Gate::every(30);
        let held = gate.clone();
        let server = support::tls::server(config.clone(), move |x| held.respond(x));
        let mut proxy = start("");
        let ask = server.ask(ids).batch_size(1).ca_file(authority.file());
        let ask = ask.proxy(format!("http://{}", proxy.address()));
        let told = during(api, &ask, || {
            gate.each(&server, ids, |release| {
                proxy.kill();
                release();
                thread::sleep(ms(200));
                proxy.start_again();
            });
        });
        all_confirmed(&told, ids, &server);
        assert!(told.retries > 0, "{told}");
        println!("{} requests, {} retries", told.requests, told.retries);
    });
}
