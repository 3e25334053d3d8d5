//! What a row of the list of options says, and how it is said in words.

/// One option of a client or of a run.
#[derive(Debug)]
pub(crate) struct Opt {
    /// In `snake_case`. C adds the unit (`deadline_ms`), the program writes hyphens, PHP `camelCase`.
    pub name: &'static str,
    pub kind: Kind,
    pub default: Preset,
    /// The program's default, where it is another one than the library's.
    pub program: Option<Preset>,
    /// The same of PHP.
    pub php: Option<Preset>,
    /// Whether the program has a flag for it that is not generated, since it takes more than the library does.
    pub own_flag: bool,
    /// What the program's help says instead of `about`, where the program does something else by itself.
    pub program_about: Option<&'static str>,
    /// The first sentence says what the option is. Names of options and statuses in backticks are rewritten for each
    /// language. Bounds and default are not repeated here.
    pub about: &'static str,
}

/// The type of an option's value, and its bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Scheme, host and port.
    BaseUrl,
    /// `PUT` or `POST`.
    Method,
    /// The URL of a proxy, or an empty string for none.
    Proxy,
    /// The path of a PEM file, which is read when the option is set.
    CaFile,
    /// The path of a directory.
    Directory,
    /// On or off.
    Flag,
    /// `process` or `host`.
    Scope,
    /// Requests per unit of time: 0.1 to 1,000 per second, or 0 requests for no limit.
    Rate,
    /// A whole number of something.
    Count { integer: Integer, min: u64, max: u64, unit: &'static str },
    /// A time in milliseconds.
    Time { min: u64, max: u64 },
}

/// The integer types that C and Rust take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Integer {
    /// `size_t` and `usize`
    Size,
    /// `uint32_t` and `usize`
    SmallSize,
    /// `uint32_t` and `u32`
    U32,
    /// `uint64_t` and `u64`
    U64,
}

/// The value of an option that nobody has set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Preset {
    /// There is none; in words, what happens then.
    Unset(&'static str),
    Text(&'static str),
    Off,
    On,
    Count(u64),
    /// In milliseconds.
    Time(u64),
    /// Requests, and the milliseconds in which they may be sent.
    Rate(u32, u64),
}

impl Opt {
    pub const fn new(name: &'static str, kind: Kind, default: Preset, about: &'static str) -> Opt {
        Opt { name, kind, default, program: None, php: None, own_flag: false, program_about: None, about }
    }

    /// The program has another default.
    pub const fn program_default(mut self, default: Preset) -> Opt {
        self.program = Some(default);
        self
    }

    /// The program says something else.
    pub const fn program_about(mut self, about: &'static str) -> Opt {
        self.program_about = Some(about);
        self
    }

    /// PHP has another default.
    pub const fn php_default(mut self, default: Preset) -> Opt {
        self.php = Some(default);
        self
    }

    /// The program has a flag of its own for it.
    pub const fn own_flag(mut self) -> Opt {
        self.own_flag = true;
        self
    }

    /// The name in C and in `usercom.json`, which tells the unit.
    pub fn c_name(&self) -> String {
        match self.kind {
            Kind::Time { .. } => format!("{}_ms", self.name),
            _ => self.name.to_owned(),
        }
    }

    /// What is wrong with a number, and which ones it may be.
    #[cfg_attr(not(feature = "capi"), allow(dead_code, reason = "only C sets options by name"))]
    pub fn with_bounds(&self, problem: String) -> String {
        match (self.kind, self.bounds()) {
            (Kind::Count { .. } | Kind::Time { .. } | Kind::Rate, bounds) if !bounds.is_empty() => {
                format!("{problem} ({bounds})")
            }
            _ => problem,
        }
    }

    /// What a value may be, such as "1 to 10,000 ids"; empty where the kind says it all.
    pub fn bounds(&self) -> String {
        match self.kind {
            Kind::Count { min: 0, max, .. } => format!("0 to {}", grouped(max)),
            Kind::Count { min, max: u64::MAX, unit, .. } => format!("{min} and more {unit}"),
            Kind::Count { min, max, unit, .. } => format!("{min} to {} {unit}", grouped(max)),
            Kind::Time { min: 0, .. } => String::new(),
            Kind::Time { min, max } => format!("{} to {}", time(min), time(max)),
            Kind::Rate => "0.1 to 1,000 requests per second; 0 is no limit".into(),
            Kind::Method => "PUT or POST".into(),
            Kind::Scope => "process or host".into(),
            _ => String::new(),
        }
    }
}

impl Preset {
    /// In words, such as "5 requests per second".
    pub fn words(self, kind: Kind) -> String {
        match (self, kind) {
            (Preset::Unset(words), _) => words.to_owned(),
            (Preset::Text(text), _) => text.to_owned(),
            (Preset::Off, _) => "off".to_owned(),
            (Preset::On, _) => "on".to_owned(),
            (Preset::Count(n), Kind::Count { unit, .. }) => format!("{} {unit}", grouped(n)),
            (Preset::Count(n), _) => grouped(n),
            (Preset::Time(ms), _) => time(ms),
            (Preset::Rate(requests, 1000), _) => format!("{requests} requests per second"),
            (Preset::Rate(requests, ms), _) => format!("{requests} requests in {}", time(ms)),
        }
    }
}

/// A time as people write it: the largest unit that needs no fraction.
fn time(ms: u64) -> String {
    const SECOND: u64 = 1000;
    const HOUR: u64 = 3600 * SECOND;
    const DAY: u64 = 24 * HOUR;
    match ms {
        _ if ms.is_multiple_of(DAY) && ms > DAY => format!("{} days", ms / DAY),
        _ if ms.is_multiple_of(HOUR) && ms > 0 => format!("{} h", ms / HOUR),
        _ if ms.is_multiple_of(SECOND) => format!("{} s", ms / SECOND),
        _ => format!("{} ms", grouped(ms)),
    }
}

/// A number with commas between the thousands.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
