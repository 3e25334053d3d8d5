//! What can be switched: the choices for all that is not known of the service.
use std::{io, path::PathBuf, str::FromStr, time::Duration};

/// The token that [`Options::default`] expects, for tests that do not care.
pub const TOKEN: &str = "sandbox-token-only-for-loopback-0123456789abcdef0123456789abcdef";

/// How the sandbox behaves.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 picks a free one. Defaults to 0.
    pub port: u16,
    /// The API key that requests must carry: 64 visible ASCII characters. Defaults to [`TOKEN`].
    pub token: String,
    /// A CSV file of the users that exist: a column `id`, every other column an attribute.
    /// Defaults to none: every id above 0 exists.
    pub users: Option<PathBuf>,
    /// The methods that a mass update may use. Defaults to both.
    pub methods: Methods,
    /// What becomes of a request with ids that do not exist. Defaults to ignoring those.
    pub unknown_ids: UnknownIds,
    /// What becomes of a request with an attribute that does not exist. Defaults to creating it.
    pub unknown_attributes: UnknownAttributes,
    /// Whether a value must have its attribute's type. Defaults to false.
    pub check_types: bool,
    /// How many ids one request may carry, answering 400 beyond. Defaults to any number.
    pub max_ids: Option<usize>,
    /// How many bytes a request's body may have, answering 413 beyond. Defaults to 64 MiB.
    pub max_body: Option<usize>,
    /// How many requests are let through in any second, answering 429 beyond. Defaults to any number.
    pub rate: Option<u32>,
    /// How many requests may come in any second; one more and everything is answered 401 for three seconds.
    /// Defaults to any number.
    pub burst_401: Option<u32>,
    /// How long an answer is held back; what was asked is done before. Defaults to zero.
    pub latency: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            port: 0,
            token: TOKEN.to_owned(),
            users: None,
            methods: Methods::Both,
            unknown_ids: UnknownIds::Ignore,
            unknown_attributes: UnknownAttributes::Create,
            check_types: false,
            max_ids: None,
            max_body: None,
            rate: None,
            burst_401: None,
            latency: Duration::ZERO,
        }
    }
}

impl Options {
    /// Refuses what cannot be meant; the message names the option, never the token.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.token.len() != 64 || !self.token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let count = self.token.chars().count();
            return refuse(&format!(
                "token: give 64 visible ASCII characters, as the service's API keys have; these are {count}"
            ));
        }
        let at_least_one = [
            ("max-ids", self.max_ids == Some(0)),
            ("max-body", self.max_body == Some(0)),
            ("rate", self.rate == Some(0)),
            ("burst-401", self.burst_401 == Some(0)),
        ];
        match at_least_one.iter().find(|(_, zero)| *zero) {
            Some((name, _)) => refuse(&format!("{name}: give at least 1, or leave it out for no limit")),
            None => Ok(()),
        }
    }
}

fn refuse(message: &str) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// The methods that a mass update may use: the vendor's page says PUT, its samples POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Methods {
    /// PUT and POST.
    Both,
    /// PUT only.
    Put,
    /// POST only.
    Post,
}

/// What becomes of a request with ids that do not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownIds {
    /// They are skipped, the others updated: 200.
    Ignore,
    /// Nothing is updated: 400, naming each of them.
    Reject,
    /// Nothing is updated: 404 with a JSON body.
    NotFound,
}

/// What becomes of a request with an attribute that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownAttributes {
    /// It is created with the type of the value.
    Create,
    /// Nothing is updated: 400.
    Reject,
}

impl FromStr for Methods {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Methods, &'static str> {
        match text {
            "both" => Ok(Methods::Both),
            "put" => Ok(Methods::Put),
            "post" => Ok(Methods::Post),
            _ => Err("give both, put or post"),
        }
    }
}

impl FromStr for UnknownIds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<UnknownIds, &'static str> {
        match text {
            "ignore" => Ok(UnknownIds::Ignore),
            "reject" => Ok(UnknownIds::Reject),
            "404" => Ok(UnknownIds::NotFound),
            _ => Err("give ignore, reject or 404"),
        }
    }
}

impl FromStr for UnknownAttributes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<UnknownAttributes, &'static str> {
        match text {
            "create" => Ok(UnknownAttributes::Create),
            "reject" => Ok(UnknownAttributes::Reject),
            _ => Err("give create or reject"),
        }
    }
}
