//! One line of the file.

/// What a name is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub value: Value,
    /// In the file, counted from 1.
    pub line: usize,
    pub profile: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// As it is written.
    Number(String),
    Switch(bool),
    /// Of texts.
    List(Vec<String>),
}

impl Setting {
    /// "config.toml line 3, profile shop-a".
    pub fn place(&self) -> String {
        match &self.profile {
            Some(profile) => format!("config.toml line {}, profile {profile}", self.line),
            None => format!("config.toml line {}", self.line),
        }
    }
}
