//! `Retry-After` and `Date`, in whatever form: no panic, no overflow, and seconds are what they say.
#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use usercom::fuzzing::retry_after;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.split('\n').collect();
    let (date, values) = lines.split_first().map_or((None, &[][..]), |(date, values)| (Some(*date), values));
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    for now in [UNIX_EPOCH, UNIX_EPOCH + Duration::from_secs(1_800_000_000)] {
        let wait = retry_after(&values, date, now);
        assert_eq!(
            wait.is_some(),
            values.iter().any(|value| retry_after(&[value.clone()], date, now).is_some())
        );
        for value in &values {
            if let Ok(seconds) = value.parse::<u64>() {
                let plain = !value.starts_with('+');
                assert!(!plain || wait >= Some(Duration::from_secs(seconds)), "{value:?}: {wait:?}");
            }
        }
        // Whoever waits adds it to a clock.
        let _ = wait.map(|wait| now.checked_add(wait));
    }
});
