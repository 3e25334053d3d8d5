//! Looks at everything that an update needs, in order, and says what it found. Writes nothing.

use std::fmt;
use std::net::{IpAddr, ToSocketAddrs};
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::attribute::{Attribute, LIST, list, nearest};
use super::fit::{Fit, fit};
use super::reader::{Clock, Reader, Unhurried, Unread, Why};
use crate::account::BaseUrl;
use crate::interface::Status;
use crate::update::{self, AttributeKind, JsonText};
use crate::wire::Http;

/// The longest wait for one response, the rate limit included.
const LONGEST: Duration = Duration::from_secs(30);
/// More than that is not the way of a message.
const CLOCK: Duration = Duration::from_secs(300);

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// As it should be.
    Ok,
    /// It may be a problem, or can't be known.
    Warning,
    /// An update can't work so.
    Failed,
}

impl Finding {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Finding::Ok => "ok",
            Finding::Warning => "warning",
            Finding::Failed => "failed",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CheckLine {
    /// What was looked at: `name`, `connection`, `tls`, `clock`, `token`, `scope`, `attribute`, `type` or `choices`.
    pub about: &'static str,
    /// What was found.
    #[serde(serialize_with = "finding_name")]
    pub finding: Finding,
    /// In a sentence, with what to do.
    pub text: String,
}

fn finding_name<S: Serializer>(finding: &Finding, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(finding.name())
}

/// The result of [`Client::check`](crate::Client::check): a line for each thing that was looked at. The first one that
/// failed is the last of those that it needs.
#[derive(Clone, Debug)]
pub struct Check {
    lines: Vec<CheckLine>,
    status: Status,
}

impl Check {
    /// What was looked at, in order.
    pub fn lines(&self) -> &[CheckLine] {
        &self.lines
    }

    /// [`Status::Ok`] if nothing failed, otherwise what an update would probably end with.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether nothing failed; there may be warnings.
    pub fn passed(&self) -> bool {
        self.status == Status::Ok
    }

    /// The lines as JSON, for programs.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn say(&mut self, about: &'static str, finding: Finding, text: impl Into<String>) {
        self.lines.push(CheckLine { about, finding, text: text.into() });
    }

    fn ok(&mut self, about: &'static str, text: impl Into<String>) {
        self.say(about, Finding::Ok, text);
    }

    fn warn(&mut self, about: &'static str, text: impl Into<String>) {
        self.say(about, Finding::Warning, text);
    }

    fn fail(&mut self, about: &'static str, status: Status, text: impl Into<String>) {
        self.say(about, Finding::Failed, text);
        if self.status == Status::Ok {
            self.status = status;
        }
    }
}

/// Each line with its finding in front.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for CheckLine { about, finding, text } in &self.lines {
            writeln!(f, "{:<7}  {about}: {text}", finding.name())?;
        }
        Ok(())
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Check", 4)?;
        out.serialize_field("status", self.status.name())?;
        out.serialize_field("code", &self.status.code())?;
        out.serialize_field("passed", &self.passed())?;
        out.serialize_field("lines", &self.lines)?;
        out.end()
    }
}

/// Looks at everything that an update of this attribute with these values needs.
pub(crate) fn check(
    base: &BaseUrl,
    http: &Http,
    mut reader: Reader<'_>,
    attribute: Option<&str>,
    values: &[JsonText],
) -> Check {
    let mut check = Check { lines: Vec::new(), status: Status::Ok };
    if !name(&mut check, base, http) {
        return check;
    }
    let by = reader.now() + LONGEST;
    let found = reader.read(LIST, by, &mut Unhurried);
    if !connection(&mut check, http, &reader, &found) {
        return check;
    }
    clock(&mut check, &reader);
    let can_read = token(&mut check, &found);
    if let Some(name) = attribute.filter(|_| check.passed()) {
        match can_read {
            true => of_attribute(&mut check, &mut reader, name, values),
            false => check.warn(
                "attribute",
                format!("\"{}\" can't be looked up: see above; neither can its type", name.escape_debug()),
            ),
        }
    }
    check
}

fn name(check: &mut Check, base: &BaseUrl, http: &Http) -> bool {
    let host = base.host();
    let peer = http.peer();
    if peer.starts_with("the proxy") {
        check.ok("name", format!("{host} is looked up by {peer}"));
        return true;
    }
    if host.parse::<IpAddr>().is_ok() {
        check.ok("name", format!("{host} is an address"));
        return true;
    }
    let port = if base.is_https() { 443 } else { 80 };
    let problem = match (host, port).to_socket_addrs() {
        Ok(mut addresses) => match addresses.next() {
            Some(first) => {
                check.ok("name", format!("{host} has the address {}", first.ip()));
                return true;
            }
            None => "it has no address".to_owned(),
        },
        Err(error) => error.to_string(),
    };
    let text =
        format!("{host} can't be found ({problem}); check the subdomain, the network and its name server");
    check.fail("name", Status::Transport, text);
    false
}

/// Whether there was a response at all.
fn connection(check: &mut Check, http: &Http, reader: &Reader<'_>, found: &Result<Vec<u8>, Unread>) -> bool {
    match found {
        Err(unread) if !reader.responded => {
            let about = if unread.status == Status::Tls { "tls" } else { "connection" };
            check.fail(about, unread.status, &unread.message);
            return false;
        }
        _ => check.ok("connection", format!("{} responds", http.peer())),
    }
    match http.trusted() {
        Some(trust) => check.ok("tls", format!("the certificate is trusted by {trust}")),
        None => check.ok("tls", "not used: plain http to this machine"),
    }
    true
}

fn clock(check: &mut Check, reader: &Reader<'_>) {
    let Some((server, here)) = reader.dated else {
        return check.ok("clock", "not known: the response has no readable Date");
    };
    let (apart, ahead) = match here.duration_since(server) {
        Ok(apart) => (apart, true),
        Err(error) => (error.duration(), false),
    };
    let minutes = apart.as_secs() / 60;
    match apart > CLOCK {
        true => check.warn(
            "clock",
            format!(
                "this machine's clock is {minutes} minutes {} the server's; set it: certificates, dates in Retry-After and \
                 the age of a journal depend on it",
                if ahead { "ahead of" } else { "behind" }
            ),
        ),
        false => check.ok("clock", format!("{} s from the server's", apart.as_secs())),
    }
}

/// Whether the key can read.
fn token(check: &mut Check, found: &Result<Vec<u8>, Unread>) -> bool {
    const WRITING: &str = "whether it may write can't be known without writing";
    let unread = match found {
        Ok(_) => {
            check.ok("token", "the service accepts it");
            check.ok("scope", format!("the key can read; {WRITING}"));
            return true;
        }
        Err(unread) => unread,
    };
    let said = &unread.message;
    match (unread.why, unread.status) {
        (Why::Denied, _) if said.starts_with("http 401") => check.fail(
            "token",
            Status::Unauthorized,
            format!(
                "the service does not accept it for reading ({said}); check its 64 characters, its expiry day and whether \
                 this address is on the workspace's list. What a key with the scope Write Only gets is not documented: if \
                 yours has it, an update may still work"
            ),
        ),
        (Why::Denied, _) => {
            check.warn("token", format!("the service responds, but does not let this key read ({said})"));
            check.warn(
                "scope",
                format!(
                    "if the key's scope is Write Only, that is expected, and it is all that an update needs; {WRITING}. \
                     Attribute and type can't be checked"
                ),
            );
        }
        (_, Status::WrongEndpoint) => check.fail(
            "service",
            Status::WrongEndpoint,
            format!("this is not User.com's API ({said}); check the subdomain or the base URL"),
        ),
        (_, status) => check.fail("service", status, format!("it does not show its attributes ({said}); try later")),
    }
    false
}

fn of_attribute(check: &mut Check, reader: &mut Reader<'_>, name: &str, values: &[JsonText]) {
    let shown = name.escape_debug();
    let by = reader.now() + LONGEST;
    let all = match list(reader, by, &mut Unhurried, |_| false) {
        Ok(all) => all,
        Err(unread) => {
            return check.warn("attribute", format!("the attributes could not be read: {}", unread.message));
        }
    };
    let Some(attribute) = all.iter().find(|known| known.is_named(name)) else {
        if update::Attribute::parse(name, AttributeKind::Standard).is_ok() {
            let text = format!("\"{shown}\" is a standard attribute: set the option standard_attributes");
            return check.warn("attribute", text);
        }
        let names = all.iter().flat_map(|known| [known.name.as_str(), known.name_std.as_str()]);
        let meant = nearest(name, names).map(|meant| format!("; did you mean \"{}\"?", meant.escape_debug()));
        let text = format!(
            "the service lists {} of users, but no \"{shown}\"{}; correct the name or create it in User.com: the \
             vendor's pages disagree on whether an update creates it",
            if all.len() == 1 { "1 attribute".to_owned() } else { format!("{} attributes", all.len()) },
            meant.unwrap_or_default()
        );
        return check.fail("attribute", Status::Rejected, text);
    };
    check.ok("attribute", format!("\"{shown}\" exists"));
    of_values(check, attribute, values);
}

fn of_values(check: &mut Check, attribute: &Attribute, values: &[JsonText]) {
    let kind = attribute.value_type.as_str();
    let about = if kind == "fixed" { "choices" } else { "type" };
    let choices = match attribute.choices() {
        Some(choices) if kind == "fixed" => format!(": {}", choices.join(", ")),
        _ => String::new(),
    };
    let several = if kind == "fixed" && !attribute.has_one_choice() { ", several are allowed" } else { "" };
    let fits: Vec<Fit> = values.iter().map(|value| fit(value.as_str(), attribute)).collect();
    let impossible =
        fits.iter().find_map(|fit| if let Fit::Impossible(why) = fit { Some(why) } else { None });
    let doubtful = fits.iter().find_map(|fit| if let Fit::Doubtful(why) = fit { Some(why) } else { None });
    match (impossible, doubtful, values.len()) {
        (Some(why), ..) => check.fail(about, Status::InvalidArgument, format!("{why}; correct the value")),
        (None, Some(why), _) => {
            check.warn(
                about,
                format!("{why}; the service may convert or ignore such a value: send one of its type"),
            );
        }
        (None, None, 0) => check.ok(about, format!("{kind}{choices}{several}")),
        (None, None, n) => {
            let fit = if n == 1 { "the value fits" } else { "the values fit" };
            check.ok(about, format!("{kind}{choices}{several}; {fit}"));
        }
    }
}
