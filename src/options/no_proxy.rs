//! `NO_PROXY`: which hosts are connected to without the proxy. Read as curl reads it, since that is what people try it
//! with (curl's `lib/noproxy.c` and its manual under NO_PROXY).

use std::net::IpAddr;

use ipnet::IpNet;

/// Whether `list` names this host, which is a name or an address without brackets.
///
/// An entry covers the name itself and everything below it, with or without a leading dot; an address covers itself, a
/// network (`10.0.0.0/8`) its addresses. A list that is just `*` covers everything. An entry with a port or with a `*`
/// beside other text covers nothing, as in curl.
pub(crate) fn is_excluded(host: &str, list: &str) -> bool {
    if list.trim() == "*" {
        return true;
    }
    let mut entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
    match host.parse::<IpAddr>() {
        Ok(address) => entries.any(|entry| covers_address(entry, address)),
        Err(_) => entries.any(|entry| covers_name(entry, host)),
    }
}

fn covers_address(entry: &str, host: IpAddr) -> bool {
    let bare = entry.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(entry);
    match bare.parse::<IpAddr>() {
        Ok(address) => address == host,
        Err(_) => bare.parse::<IpNet>().is_ok_and(|network| network.contains(&host)),
    }
}

fn covers_name(entry: &str, host: &str) -> bool {
    let without_dot = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let (entry, host) = (without_dot(entry), without_dot(host));
    let entry = entry.strip_prefix('.').unwrap_or(&entry);
    let above = host.strip_suffix(entry);
    !entry.is_empty() && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 83.
    #[test]
    fn as_curl_reads_it() {
        for (host, list, excluded) in [
            // Names.
            ("acme.user.com", "acme.user.com", true),
            ("acme.user.com", "user.com", true),
            ("acme.user.com", ".user.com", true),
            ("acme.user.com", ".acme.user.com", true),
            ("acme.user.com", "com", true),
            ("acme.user.com", "USER.Com", true),
            ("ACME.user.COM", "user.com", true),
            ("acme.user.com", "user.com.", true),
            ("acme.user.com.", "user.com", true),
            ("acme.user.com.", ".user.com.", true),
            ("acme.user.com", "ser.com", false),
            ("acme.user.com", "cme.user.com", false),
            ("acme.user.com", "x.acme.user.com", false),
            ("acme.user.com", "acme", false),
            ("acme.user.com", "user", false),
            ("acme.user.com", "acme.user.com.evil", false),
            ("localhost", "localhost", true),
            ("localhost", "local", false),
            // Separators.
            ("acme.user.com", "a.example,user.com", true),
            ("acme.user.com", "a.example, user.com ,b.example", true),
            ("acme.user.com", "a.example user.com", true),
            ("acme.user.com", "\ta.example\tuser.com\t", true),
            ("acme.user.com", ",,user.com,,", true),
            ("acme.user.com", "a.example;user.com", false),
            ("acme.user.com", "", false),
            ("acme.user.com", " ", false),
            ("acme.user.com", ",", false),
            ("acme.user.com", ".", false),
            ("acme.user.com", "..", false),
            // The asterisk.
            ("acme.user.com", "*", true),
            ("127.0.0.1", " * ", true),
            ("::1", "*", true),
            ("acme.user.com", "a.example,*", false),
            ("acme.user.com", "*.user.com", false),
            ("acme.user.com", "acme.*", false),
            // Ports and schemes.
            ("acme.user.com", "acme.user.com:443", false),
            ("acme.user.com", "user.com:443", false),
            ("acme.user.com", "https://user.com", false),
            ("10.1.2.3", "10.1.2.3:443", false),
            ("::1", "[::1]:443", false),
            // IPv4.
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "localhost", false),
            ("localhost", "127.0.0.1", false),
            ("127.0.0.1", "0.0.1", false),
            ("127.0.0.1", ".0.0.1", false),
            ("127.0.0.1", "127.0.0.1.", false),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("10.1.2.3", "10.9.9.9/8", true),
            ("11.1.2.3", "10.0.0.0/8", false),
            ("192.168.77.9", "192.168.76.0/23", true),
            ("192.168.78.9", "192.168.76.0/23", false),
            ("10.1.2.3", "10.1.2.3/32", true),
            ("10.1.2.3", "10.1.2.2/32", false),
            ("10.1.2.3", "10.0.0.0/33", false),
            ("10.1.2.3", "10.0.0.0/x", false),
            ("10.1.2.3", "10/8", false),
            ("10.1.2.3", "a.example 10.0.0.0/8,b.example", true),
            ("10.example", "10.0.0.0/8", false),
            // IPv6, bare as in curl and also in brackets.
            ("::1", "::1", true),
            ("::1", "0:0:0:0:0:0:0:1", true),
            ("::1", "[::1]", true),
            ("2001:db8::5", "2001:DB8::5", true),
            ("2001:db8::5", "2001:db8::6", false),
            ("2001:db8:1::5", "2001:db8::/32", true),
            ("2001:db9::5", "2001:db8::/32", false),
            ("2001:db8::8000:1", "2001:db8::8000:0/113", true),
            ("2001:db8::5", "10.0.0.0/8", false),
            ("::ffff:10.1.2.3", "10.0.0.0/8", false),
        ] {
            assert_eq!(is_excluded(host, list), excluded, "{host} in {list:?}");
        }
    }
}
