//! Runs with bad ids and bad values.

use std::collections::BTreeSet;

use super::play::{Fate, check, play};
use super::service::{Names, Weather};
use super::support::{RULES, fine, ids, limits, one_value, random, usually};
use crate::interface::Status;
use crate::run::engine::Limits;
use crate::update::{Ids, Job, Update, Value};

#[test]
fn bad_ids_are_found_exactly_and_the_good_ones_confirmed() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    let bad: BTreeSet<usize> = [0, 1, 2, 777, 5000, 19_999].into();
    for (names, most) in
        [(Names::None, 6 * 2 * 8), (Names::First, 40), (Names::All, 20), (Names::Wrong, 6 * 2 * 8 + 40)]
    {
        let weather = Weather { bad: bad.clone(), names, ..fine() };
        let played = play(&job, weather, &limits(), 7, Fate::default());
        assert_eq!(played.report.status(), Status::Partial);
        let rejected: BTreeSet<usize> = played.report.failures().map(|f| f.index).collect();
        assert_eq!(rejected, bad, "{names:?}");
        assert_eq!(played.report.confirmed(), 20_000 - 6);
        assert!(played.requests <= 200 + most, "{names:?}: {} requests", played.requests);
    }
}

#[test]
fn a_rejected_value_costs_four_requests_or_little_more_among_rows() {
    let ids = ids(50_000);
    let job = one_value(&ids);
    let played = play(&job, Weather { rejected_value: Some(0), ..fine() }, &limits(), 8, Fate::default());
    assert_eq!((played.report.status(), played.requests), (Status::Rejected, 4));
    assert_eq!(played.report.confirmed() + played.report.unknown(), 0);

    let update =
        Update::rows("plan", (0..3).map(Value::from).collect(), (0..50_000).map(|i| i % 3).collect());
    let rows = Job::new(&update, Ids::Numeric(&ids), RULES).unwrap();
    let played = play(&rows, Weather { rejected_value: Some(1), ..fine() }, &limits(), 9, Fate::default());
    assert_eq!(played.report.status(), Status::Partial);
    let wrong = &rows.groups()[1];
    assert_eq!(played.report.confirmed(), 50_000 - wrong.len());
    let clean: u64 = [0, 2].iter().map(|g: &usize| rows.groups()[*g].len().div_ceil(100) as u64).sum();
    let spent = played.requests - clean;
    assert!(spent <= limits().workers as u64 + 3, "{spent} requests for the rejected value");
}

#[test]
fn a_list_whose_first_part_was_purged_is_not_given_up() {
    let ids = ids(10_000);
    let job = one_value(&ids);
    let weather = Weather { bad: (0..8000).collect(), ..fine() };
    let played =
        play(&job, weather, &Limits { max_requests: Some(100_000), ..limits() }, 10, Fate::default());
    assert_eq!(played.report.confirmed(), 2000, "{}", played.report);
}

#[test]
fn a_list_of_which_most_was_purged_is_worked_off_where_the_service_names_the_ids() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    for seed in 0..usually(10, 50) {
        let bad = random(20_000, 0.8, seed);
        let weather = Weather { bad: bad.clone(), names: Names::All, ..fine() };
        let played = play(&job, weather.clone(), &limits(), seed, Fate::default());
        check(&job, &weather, &limits(), &played, &Fate::default());
        assert_eq!(played.report.confirmed(), 20_000 - bad.len(), "{}", played.report);
        assert_eq!(played.report.rejected(), bad.len());
        assert!(played.requests <= 2 * 200 + 9, "{} requests", played.requests);
    }
}

#[test]
fn a_list_of_which_nothing_exists_is_found_out_soon() {
    let ids = ids(20_000);
    let job = one_value(&ids);
    for (names, most) in [(Names::None, 4), (Names::First, 12), (Names::All, 12)] {
        let weather = Weather { bad: (0..20_000).collect(), names, ..fine() };
        let played = play(&job, weather, &limits(), 1, Fate::default());
        assert_eq!(played.report.status(), Status::Rejected);
        assert!(played.requests <= most, "{names:?}: {} requests", played.requests);
        assert_eq!(played.report.confirmed() + played.report.unknown(), 0);
    }
}

/// How often a list of 200 is given up falsely.
#[test]
fn a_short_list_of_bad_ids_is_rarely_given_up() {
    let ids = ids(200);
    let job = one_value(&ids);
    let lists = usually(30, 100);
    let given_up = |share: f64, names: Names| {
        let ends = (0..lists).filter(|seed| {
            let weather = Weather { bad: random(200, share, *seed), names, ..fine() };
            let played = play(&job, weather, &limits(), *seed, Fate::default());
            played.report.status() == Status::Rejected
        });
        100 * ends.count() / lists as usize
    };
    for (share, unnamed, first) in [(0.5, 20, 1), (0.8, 65, 25)] {
        let counts = [Names::None, Names::First, Names::All].map(|names| given_up(share, names));
        println!("{share}: {counts:?} %");
        assert!(counts[0] <= unnamed && counts[1] <= first && counts[2] == 0, "{share}: {counts:?}");
    }
}
