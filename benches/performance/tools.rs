//! The programs that take part, and how they are started and compared.

use std::io::{BufRead, BufReader, Error, Result, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::contender::Took;
use crate::floor::{CUSTOM_PATH, PATH};
use crate::server::Seen;
use crate::work::{Kind, Work};

pub const RUST: &str = "usercom, Rust";
pub const C: &str = "usercom, C";
pub const LIBCURL: &str = "C: libcurl, one handle";
pub const PHP_SAMPLE: &str = "PHP: curl, the vendor's sample";
pub const PYTHON_SESSION: &str = "Python: requests, one Session";
pub const PYTHON_SAMPLE: &str = "Python: requests, the vendor's sample";
pub const AXIOS: &str = "Node.js: axios, one agent";
/// They make a new connection for each call.
pub const SAMPLES: [&str; 2] = [PHP_SAMPLE, PYTHON_SAMPLE];

/// How often everything is measured in turn; BENCH_ROUNDS for a quick look.
pub fn rounds() -> usize {
    std::env::var("BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(11)
}

/// The machine's authorities and the one of the server with TLS. A client that reads them for each call reads as many
/// as it would for the service.
pub fn authorities() -> String {
    temporary("bench-authorities.pem").to_string_lossy().into_owned()
}

/// The programs that take part.
pub struct Tools {
    /// This program.
    pub this: String,
    pub library: String,
    pub program: String,
    pub abi: String,
    pub libcurl: String,
    pub reqwest: String,
}

impl Tools {
    pub fn build() -> Result<Tools> {
        let library = std::env::var("USERCOM_LIBRARY").unwrap_or_default();
        if !Path::new(&library).exists() {
            return Err(Error::other("USERCOM_LIBRARY names no library: run this with make bench"));
        }
        let program = std::env::var("USERCOM_PROGRAM").map_err(Error::other)?;
        let this = std::env::current_exe()?.to_string_lossy().into_owned();
        let (abi, libcurl) = (compile("abi", "-ldl")?, compile("libcurl", "-lcurl")?);
        Ok(Tools { this, library, program, abi, libcurl, reqwest: reqwest()? })
    }

    /// usercom from each language, with the name that the tables have for it. Each is told the base URL and the work.
    pub fn ours(&self) -> Vec<(&'static str, Vec<String>)> {
        vec![
            (RUST, vec![self.this.clone(), "rust".to_owned()]),
            (C, vec![self.abi.clone(), self.library.clone()]),
            ("usercom, Python", python(".venv", "usercom")),
            ("usercom, PHP", php("usercom")),
            ("usercom, Node.js", node("usercom")),
        ]
    }

    /// usercom with pandas. The environment of the other clients doesn't have it.
    pub fn data_frame(&self) -> Vec<String> {
        python(".venv", "usercom-frame")
    }

    /// The HTTP clients to compare with. Each is told the URL of the call and the work.
    pub fn peers(&self) -> Vec<(&'static str, Vec<String>)> {
        let python = |which| python(".venv-bench", which);
        vec![
            (LIBCURL, vec![self.libcurl.clone()]),
            ("Rust: reqwest, one client", vec![self.reqwest.clone()]),
            ("PHP: curl, one handle", php("reused")),
            (PHP_SAMPLE, php("sample")),
            ("PHP: Guzzle, one client", php("guzzle")),
            ("Python: pycurl, one handle", python("pycurl")),
            ("Python: aiohttp, one session", python("aiohttp")),
            ("Python: httpx, one client", python("httpx")),
            (PYTHON_SESSION, python("session")),
            (PYTHON_SAMPLE, python("sample")),
            ("Node.js: undici", node("undici")),
            ("Node.js: fetch", node("fetch")),
            (AXIOS, node("axios")),
        ]
    }

    /// The same, told what to do.
    pub fn all(&self, server: &Serving, work: Work) -> Vec<(&'static str, Vec<String>)> {
        let url = server.url.clone() + if work.kind == Kind::Custom { CUSTOM_PATH } else { PATH };
        let ours = self.ours().into_iter().map(|(name, words)| (name, words, server.url.clone()));
        let peers = self.peers().into_iter().map(|(name, words)| (name, words, url.clone()));
        let told = |(name, mut words, url): (_, Vec<String>, String)| {
            words.push(url);
            words.extend(work.words());
            (name, words)
        };
        ours.chain(peers).map(told).collect()
    }
}

fn python(environment: &str, which: &str) -> Vec<String> {
    vec![path(&format!("{environment}/bin/python")), path("benches/peers/python_calls.py"), which.to_owned()]
}

fn php(which: &str) -> Vec<String> {
    // PHP's curl has no variable of the environment for the authorities.
    let trust = format!("-dcurl.cainfo={}", authorities());
    vec!["php".to_owned(), trust, path("benches/peers/php_calls.php"), which.to_owned()]
}

fn node(which: &str) -> Vec<String> {
    vec!["node".to_owned(), path("benches/peers/node/calls.js"), which.to_owned()]
}

fn path(name: &str) -> String {
    root().join(name).to_string_lossy().into_owned()
}

/// It is a crate of its own. Cargo builds it anew only when it has changed.
fn reqwest() -> Result<String> {
    let folder = root().join("benches/peers/reqwest");
    let out = temporary("bench-reqwest");
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--release", "--locked", "--quiet"]).current_dir(folder);
    run(command.arg("--target-dir").arg(&out))?;
    Ok(out.join("release/usercom-bench-reqwest").to_string_lossy().into_owned())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn compile(name: &str, library: &str) -> Result<String> {
    let program = temporary(&format!("bench-{name}")).to_string_lossy().into_owned();
    let mut command = Command::new("cc");
    command.args(["-O2", "-Wall", "-o", &program]).arg(root().join(format!("benches/peers/{name}.c")));
    run(command.arg("-I").arg(root().join("include")).arg(library))?;
    Ok(program)
}

/// Runs a program until it ends. Gives what it printed, both ways.
pub fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.output().map_err(|error| Error::other(format!("{name}: {error}: run make setup")))?;
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said) } else { Err(Error::other(format!("{name}: {said}"))) }
}

/// A command on a processor of its own, so that client and server don't push each other around.
pub fn on<'a>(processor: &'static str, words: &[&'a str]) -> Vec<&'a str> {
    let several = std::thread::available_parallelism().is_ok_and(|n| n.get() > 1);
    let pin: &[&str] = if several { &["taskset", "-c", processor] } else { &[] };
    [pin, words].concat()
}

/// The server, as a process of its own.
pub struct Serving {
    child: Child,
    orders: ChildStdin,
    responses: BufReader<ChildStdout>,
    pub address: String,
    pub url: String,
    /// What the clients of this server need in their environment.
    pub environment: Vec<(&'static str, String)>,
}

impl Serving {
    pub fn start(tools: &Tools, pinned: bool, delay: Duration, rate: u32) -> Result<Serving> {
        Serving::with(tools, pinned, &[&delay.as_micros().to_string(), &rate.to_string()])
    }

    /// One that knows what a contender has to send; see [`Serving::check`].
    pub fn checking(tools: &Tools, delay: Duration) -> Result<Serving> {
        Serving::with(tools, delay.is_zero(), &[&delay.as_micros().to_string(), "0", "keeps"])
    }

    /// The same, with TLS. All clients verify its certificate.
    pub fn checking_with_tls(tools: &Tools) -> Result<Serving> {
        let mut serving = Serving::with(tools, true, &["0", "0", "keeps", "tls"])?;
        serving.url = format!("https://{}", serving.address);
        let variables = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
        serving.environment.extend(variables.map(|variable| (variable, authorities())));
        Ok(serving)
    }

    fn with(tools: &Tools, pinned: bool, words: &[&str]) -> Result<Serving> {
        let words = [&[&tools.this[..], "server"], words].concat();
        let words = if pinned { on("1", &words) } else { words };
        let mut child =
            Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(orders), Some(responses)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::other("no pipes"));
        };
        let (address, url, responses) = (String::new(), String::new(), BufReader::new(responses));
        let environment = vec![("NO_PROXY", "127.0.0.1".to_owned()), ("PYTHONPATH", path("bindings/python"))];
        let mut serving = Serving { child, orders, responses, address, url, environment };
        serving.address = serving.line()?;
        serving.url = format!("http://{}", serving.address);
        Ok(serving)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.responses.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }

    pub fn seen(&mut self) -> Result<Seen> {
        writeln!(self.orders)?;
        match numbers(&self.line()?)?[..] {
            [connections, requests, limited, longest] => Ok(Seen {
                connections: connections as u64,
                requests: requests as u64,
                limited: limited as u64,
                longest: longest as u64,
            }),
            _ => Err(Error::other("the server said something else")),
        }
    }

    /// Fails unless the work has arrived so many times since the last look, whole and with the right values.
    pub fn check(&mut self, name: &str, work: Work, times: usize) -> Result<()> {
        writeln!(self.orders, "{} {times}", work.words().join(" "))?;
        match &self.line()?[..] {
            "right" => Ok(()),
            wrong => Err(Error::other(format!("{name} sent something else: {wrong}"))),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn texts(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

pub fn numbers(text: &str) -> Result<Vec<f64>> {
    text.split_whitespace().map(|word| word.parse().map_err(Error::other)).collect()
}

pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of the rounds' ratios.
pub fn ratio(one: &[Took], other: &[Took], of: impl Fn(&Took) -> f64) -> f64 {
    median(one.iter().zip(other).map(|(one, other)| of(one) / of(other)))
}

pub fn wall(took: &Took) -> f64 {
    took.wall
}

pub fn cpu(took: &Took) -> f64 {
    took.cpu
}
