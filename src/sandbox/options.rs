//! What can be chosen: how the service behaves in what is not known of it, and what goes wrong on the way to it.
use super::Kind;
use std::{convert::Infallible, io, ops::RangeInclusive, path::PathBuf, str::FromStr, time::Duration};

/// The token that [`Options::default`] expects, for tests that do not care.
pub const TOKEN: &str = "sandbox-token-only-for-loopback-0123456789abcdef0123456789abcdef";

/// How the sandbox behaves.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 picks a free one. Defaults to 0.
    pub port: u16,
    /// The API key that requests must have: 64 visible ASCII characters. Defaults to [`TOKEN`].
    pub token: String,
    /// A CSV file of the users that exist: a column `id`, every other column an attribute.
    /// Defaults to none: every id above 0 exists.
    pub users: Option<PathBuf>,
    /// The methods that a mass update may use. Defaults to both.
    pub methods: Methods,
    /// How to respond to a request with ids that do not exist. Defaults to ignoring those ids.
    pub unknown_ids: UnknownIds,
    /// How to respond to a request with an attribute that does not exist. Defaults to creating it.
    pub unknown_attributes: UnknownAttributes,
    /// Whether a value must have its attribute's type. Defaults to false.
    pub check_types: bool,
    /// Whether a value that does not have its attribute's type is converted if possible, and otherwise ignored: the
    /// response is that of a success. Defaults to false. Has no effect together with `check_types`.
    pub ignore_bad_values: bool,
    /// Attributes that exist from the start, with their types. Defaults to none.
    pub attributes: Vec<AttributeType>,
    /// What the token may be used for. Defaults to everything.
    pub scope: Scope,
    /// How many users or attributes a page has. Defaults to 100.
    pub page_size: usize,
    /// Whether the last page names a next one, which then does not exist. Defaults to false.
    pub next_after_last: bool,
    /// How many ids one request may have; with more the response is 400. Defaults to any number.
    pub max_ids: Option<usize>,
    /// How many bytes a request's body may have; with more the response is 413. Defaults to 64 MiB.
    pub max_body: Option<usize>,
    /// How many requests are accepted in any second; to more the response is 429. Defaults to any number.
    pub rate: Option<u32>,
    /// How many requests may arrive in any second; after one more every response is 401 for three seconds.
    /// Defaults to any number.
    pub burst_401: Option<u32>,
    /// How long each response is delayed; the update is applied before. Defaults to zero.
    pub latency: Duration,
    /// The status of an update that was applied, 200 to 299. Defaults to 200.
    pub success_status: u16,
    /// The body of an update that was applied. Defaults to `{"status":"ok"}`.
    pub success_body: SuccessBody,
    /// How many updates fail at first, counted over all clients; none of them is applied. Defaults to 0.
    pub fail_first: u64,
    /// The status of an update that fails, 400 to 599. Defaults to 503.
    pub fail_status: u16,
    /// The `Retry-After` of an update that fails, sent as it is. Defaults to none.
    pub fail_retry_after: Option<String>,
    /// Which request, from 1, is rejected with a firewall's page: 403 and HTML. Defaults to none.
    pub firewall_once: Option<u64>,
    /// To how many bytes each response of the API is padded with blanks. Defaults to 0.
    pub pad_response: usize,
    /// Whether each response of the API is compressed with gzip, whatever the client accepts. Defaults to false.
    pub gzip: bool,
    /// The status, 300 to 599, with which CONNECT is rejected, as by a proxy. Defaults to none: then CONNECT is an
    /// unknown path.
    pub refuse_connect: Option<u16>,
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
            ignore_bad_values: false,
            attributes: Vec::new(),
            scope: Scope::All,
            page_size: 100,
            next_after_last: false,
            max_ids: None,
            max_body: None,
            rate: None,
            burst_401: None,
            latency: Duration::ZERO,
            success_status: 200,
            success_body: SuccessBody::Ok,
            fail_first: 0,
            fail_status: 503,
            fail_retry_after: None,
            firewall_once: None,
            pad_response: 0,
            gzip: false,
            refuse_connect: None,
        }
    }
}

/// More would only fill the memory.
const MAX_PADDING: usize = 1 << 30;

impl Options {
    /// Rejects what can't be used; the message names the option, never the token.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.token.len() != 64 || !self.token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let count = self.token.chars().count();
            return invalid(&format!(
                "token: give 64 visible ASCII characters, as the service's API keys have; these are {count}"
            ));
        }
        let at_least_one = [
            ("max-ids", self.max_ids == Some(0)),
            ("max-body", self.max_body == Some(0)),
            ("page-size", self.page_size == 0),
            ("rate", self.rate == Some(0)),
            ("burst-401", self.burst_401 == Some(0)),
            ("firewall-once", self.firewall_once == Some(0)),
        ];
        if let Some((name, _)) = at_least_one.iter().find(|(_, zero)| *zero) {
            return invalid(&format!("{name}: give at least 1, or leave it out for no limit"));
        }
        in_range("success-status", self.success_status, 200..=299)?;
        in_range("fail-status", self.fail_status, 400..=599)?;
        in_range("refuse-connect", self.refuse_connect.unwrap_or(407), 300..=599)?;
        if self.pad_response > MAX_PADDING {
            return invalid(&format!("pad-response: give at most {MAX_PADDING} bytes"));
        }
        match self.fail_retry_after.as_deref() {
            Some(text) if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) => {
                invalid("fail-retry-after: give visible ASCII characters, such as 5")
            }
            _ => Ok(()),
        }
    }
}

fn in_range(name: &str, status: u16, allowed: RangeInclusive<u16>) -> io::Result<()> {
    match allowed.contains(&status) {
        true => Ok(()),
        false => invalid(&format!("{name}: give a status from {} to {}", allowed.start(), allowed.end())),
    }
}

fn invalid(message: &str) -> io::Result<()> {
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

/// How to respond to a request with ids that do not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownIds {
    /// They are ignored, the others updated: 200.
    Ignore,
    /// Nothing is updated: 400, which names each of them.
    Reject,
    /// Nothing is updated: 404 with a JSON body.
    NotFound,
    /// Nothing is updated: 500 with a page, as by a database error that nothing caught.
    ServerError,
}

/// How to respond to a request with an attribute that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownAttributes {
    /// It is created with the type of the value.
    Create,
    /// Nothing is updated: 400.
    Reject,
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read Only: an update is 403.
    Read,
    /// Write Only: reading is 403. What the service responds is not documented.
    Write,
    /// Both.
    All,
}

/// An attribute with its type. As text: `score:integer`, `plan:fixed:free|pro`, `tags:fixed+:new|vip`; the `+` allows
/// several choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeType {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// What a fixed attribute may be; anything if there are none.
    pub choices: Vec<String>,
    /// Whether a user may have several of them.
    pub several: bool,
}

/// The body of an update that was applied. A status without a body, 204, has none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuccessBody {
    /// `{"status":"ok"}`, which is documented for a similar call. As text: `ok`.
    Ok,
    /// No body. As text: `empty`.
    Empty,
    /// `{"updated":N}`, the number of users that were updated. As text: `count`.
    Count,
    /// A page to log in, in HTML. As text: `page`.
    Page,
    /// `{"status":"ok"}` behind a byte order mark. As text: `bom`.
    Bom,
    /// This text. HTML if it starts with `<`, otherwise called JSON.
    Text(String),
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
            "500" => Ok(UnknownIds::ServerError),
            _ => Err("give ignore, reject or 404, or 500"),
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

impl FromStr for Scope {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Scope, &'static str> {
        match text {
            "read" => Ok(Scope::Read),
            "write" => Ok(Scope::Write),
            "all" => Ok(Scope::All),
            _ => Err("give read, write or all"),
        }
    }
}

impl FromStr for AttributeType {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<AttributeType, &'static str> {
        const FORMS: &str = "give name:type, such as score:integer or plan:fixed:free|pro; the types are boolean, date, \
                             datetime, fixed, float, integer, json and string";
        let mut parts = text.splitn(3, ':');
        let (Some(name), Some(kind), choices) = (parts.next(), parts.next(), parts.next()) else {
            return Err(FORMS);
        };
        let several = kind.ends_with('+');
        let kind = serde_json::Value::from(kind.trim_end_matches('+'));
        let kind: Kind = serde_json::from_value(kind).map_err(|_| FORMS)?;
        if name.is_empty() || (kind != Kind::Fixed && (several || choices.is_some())) {
            return Err(FORMS);
        }
        let choices = choices.map(|list| list.split('|').map(str::to_owned).collect()).unwrap_or_default();
        Ok(AttributeType { name: name.to_owned(), kind, choices, several })
    }
}

impl FromStr for SuccessBody {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<SuccessBody, Infallible> {
        Ok(match text {
            "ok" => SuccessBody::Ok,
            "empty" => SuccessBody::Empty,
            "count" => SuccessBody::Count,
            "page" => SuccessBody::Page,
            "bom" => SuccessBody::Bom,
            text => SuccessBody::Text(text.to_owned()),
        })
    }
}
