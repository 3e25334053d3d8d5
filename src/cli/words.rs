//! Numbers and texts as messages show them.

use std::time::Duration;

use indicatif::HumanCount;

/// At most as much of a text as a message can hold.
pub fn shorten(text: &str) -> String {
    const LENGTH: usize = 60;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// "1 row", "12,000 rows".
pub fn counted(n: usize, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// "1,234,567".
pub fn thousands(n: usize) -> String {
    HumanCount(n as u64).to_string()
}

/// "45 s", "3 min", "1 h 20 min".
pub fn time(time: std::time::Duration) -> String {
    let seconds = time.as_secs_f64().round().min(1e15) as u64;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h {} min", thousands((seconds / 3600) as usize), seconds % 3600 / 60),
    }
}

/// "12 minutes ago".
pub fn ago(age: Duration) -> String {
    let seconds = age.as_secs();
    let (n, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{} ago", counted(n as usize, unit))
}

/// What a copied cell may carry along: control characters, a byte order mark, blanks without width.
pub fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_that_fits() {
        for (seconds, text) in
            [(0, "0 s"), (119, "119 s"), (150, "3 min"), (4800, "80 min"), (9000, "2 h 30 min")]
        {
            assert_eq!(time(std::time::Duration::from_secs(seconds)), text);
        }
        assert!(time(std::time::Duration::MAX).ends_with(" min"));
    }
}
