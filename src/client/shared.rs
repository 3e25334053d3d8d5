//! The clients that one-shot calls share, and `USERCOM_BASE_URL`, which only they and the program read.

use ring::digest;

use super::{Client, ClientBuilder};
use crate::account::{Account, BaseUrl};
use crate::error::{Error, Result};
use crate::options::RateLimitScope;
use crate::throttle::{Key, PerProcess};

/// More clients than this are not kept.
const KEPT: usize = 8;

static SHARED: PerProcess<(Key, RateLimitScope, Client)> = PerProcess::new();

pub(super) fn get(builder: ClientBuilder) -> Result<Client> {
    let (account, options) = builder.loopback_from_environment().checked()?;
    let scope = options.rate_limit_scope;
    let key = key(&account);
    let mut shared = SHARED.lock();
    if let Some(at) = shared.iter().position(|(k, s, _)| (*k, *s) == (key, scope)) {
        // The most recently used one last.
        let kept = shared.remove(at);
        shared.push(kept.clone());
        return Ok(kept.2);
    }
    let client = Client::connect(account, options, None)?;
    if shared.len() >= KEPT {
        shared.remove(0);
    }
    shared.push((key, scope, client.clone()));
    Ok(client)
}

pub(super) fn clear() {
    SHARED.lock().clear();
}

/// `USERCOM_BASE_URL`, which may only name this machine: a variable must not send the token elsewhere.
pub(super) fn base_url_from_environment() -> Result<Option<BaseUrl>> {
    const NAME: &str = "USERCOM_BASE_URL";
    let Some(url) = std::env::var(NAME).ok().filter(|url| !url.is_empty()) else { return Ok(None) };
    let base = BaseUrl::parse(&url).map_err(|error| match error {
        Error::InvalidArgument { problem, .. } => Error::invalid(NAME, problem),
        other => other,
    })?;
    if !base.is_loopback() {
        return Err(Error::invalid(
            NAME,
            "is accepted for loopback addresses only, such as http://127.0.0.1:8080",
        ));
    }
    Ok(Some(base))
}

/// Endpoint and token as a digest: the token itself is kept nowhere else.
pub(super) fn key(account: &Account) -> Key {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(account.base.as_str().as_bytes());
    context.update(b"\0");
    context.update(account.token.authorization().as_bytes());
    let mut key = Key::default();
    key.copy_from_slice(context.finish().as_ref());
    key
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_eight_shared_clients_used_last_are_kept() {
        let use_client = |n: usize| Client::shared("acme", &format!("{n:064}")).unwrap().inner;
        let first: Vec<_> = (0..8).map(use_client).collect();
        assert!(Arc::ptr_eq(&first[0], &use_client(0)));
        use_client(8);
        assert_eq!(SHARED.lock().len(), 8);
        assert!(Arc::ptr_eq(&first[0], &use_client(0)));
        assert!(!Arc::ptr_eq(&first[1], &use_client(1)));
        let of_host =
            Client::shared_with_scope("acme", &format!("{:064}", 8), RateLimitScope::Host.as_str()).unwrap();
        assert!(!Arc::ptr_eq(&of_host.inner, &use_client(8)));
        assert_eq!(of_host.inner.options.rate_limit_scope, RateLimitScope::Host);
        Client::shutdown_shared();
        assert_eq!(SHARED.lock().len(), 0);
    }
}
