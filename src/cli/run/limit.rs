//! `--max-rejected`: how many bad ids end a run, as a number or a share.

use usercom::Run;

/// How many rejected ids are too many
#[derive(clap::Args)]
#[command(next_help_heading = "Run")]
pub struct LimitArgs {
    /// Stop early, with status too_many_rejected, as soon as more ids than this are rejected: a number such as 100, or a
    /// share of the ids such as 2% [default: no limit (0)]
    ///
    /// Use it where many bad ids mean that the list is wrong. Requests in flight are waited for: their ids count, too. A
    /// share is rounded down to whole ids, at least one. Attributes after the one that stopped are not attempted.
    #[arg(long, value_name = "N|P%", value_parser = parse, allow_hyphen_values = true)]
    max_rejected: Option<Limit>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    Ids(u64),
    Percent(f64),
}

impl LimitArgs {
    /// Sets it for a run, `rejected` ids of whose job of `ids` are rejected already.
    pub fn apply<'a>(&self, to: Run<'a>, ids: usize, rejected: usize) -> Run<'a> {
        match self.most(ids) {
            None => to,
            Some(most) => to.max_rejected(most.saturating_sub(rejected as u64).max(1)),
        }
    }

    fn most(&self, ids: usize) -> Option<u64> {
        match self.max_rejected? {
            Limit::Ids(0) => None,
            Limit::Ids(most) => Some(most),
            Limit::Percent(share) => Some(((ids as f64 * share / 100.0).floor() as u64).max(1)),
        }
    }
}

fn parse(text: &str) -> Result<Limit, String> {
    let Some(share) = text.strip_suffix('%') else {
        let most =
            text.parse::<u32>().map_err(|_| "is neither a number of ids such as 100 nor a share such as 2%");
        return Ok(Limit::Ids(most?.into()));
    };
    let share: f64 =
        crate::parse::decimal(share.trim_end()).ok_or("is no share; write it like 2% or 0.5%")?;
    if share <= 0.0 || share > 100.0 {
        return Err("is a share outside of what there is: above 0% and at most 100%".to_owned());
    }
    Ok(Limit::Percent(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_or_a_share() {
        for (text, ids, most) in [
            ("100", 10, Some(100)),
            ("0", 10, None),
            ("1%", 1_000, Some(10)),
            ("0.5%", 1_000, Some(5)),
            ("2 %", 199, Some(3)),
            ("1%", 50, Some(1)),
            ("100%", 7, Some(7)),
        ] {
            let limit = LimitArgs { max_rejected: Some(parse(text).unwrap()) };
            assert_eq!(limit.most(ids), most, "{text} of {ids}");
        }
        for bad in ["", "-1", "1.5", "x", "%", "-1%", "0%", "101%", "1,5%", "4294967296", "nan%"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
