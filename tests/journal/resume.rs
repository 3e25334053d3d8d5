//! The identical call again: after a cancel, a deadline, a stop, a finished run, or too late.

use super::*;

pub fn slow() -> Options {
    Options { latency: Duration::from_millis(20), ..Options::default() }
}

/// What was confirmed once is not sent again, and the second report covers the whole job.
fn check_resumes(place: &Place, first: &Report, status: Status) {
    assert_eq!(first.status(), status, "{first}");
    assert!(first.confirmed() > 0 && first.confirmed() < place.ids.len(), "{first}");
    assert!(place.dir.journal().exists());
    let second = place.run();
    place.check_finished(&second);
    let said = format!("resumed: {} ids were confirmed or rejected", first.confirmed() + first.rejected());
    assert!(note(&second, &said).is_some(), "{second}");
    let applied = place.applied();
    for (at, id) in place.ids.iter().enumerate() {
        if first.states()[at] == IdState::Confirmed {
            assert_eq!(applied[id], 1, "id {id} was confirmed and sent again");
        }
    }
    assert!(place.sent_again() <= place.workers * place.batch);
}

/// Row 44.
#[test]
fn after_a_cancel() {
    for workers in [1, 4] {
        let mut place = Place::with(2000, [], slow());
        place.workers = workers;
        let cancel = Cancel::new();
        let first = thread::scope(|scope| {
            scope.spawn(|| {
                while place.sandbox.total() < 7 {
                    thread::sleep(Duration::from_millis(2));
                }
                cancel.request();
            });
            place.run_with(|run| run.cancel(&cancel))
        });
        check_resumes(&place, &first, Status::Cancelled);
    }
}

/// Row 45.
#[test]
fn after_a_deadline() {
    let place = Place::with(2000, [], slow());
    let first = place.run_with(|run| run.deadline(Duration::from_secs(1)));
    check_resumes(&place, &first, Status::Deadline);
}

#[test]
fn after_a_stop() {
    let mut place = Place::new(2000);
    place.workers = 4;
    let first = place.interrupted(9);
    check_resumes(&place, &first, Status::RequestLimit);
}

/// Row 51.
#[test]
fn again_and_again_a_batch_at_a_time() {
    let place = Place::new(95);
    for round in 1..=10 {
        let report = place.run_with(|run| run.max_requests(1));
        assert_eq!(resumed(&report), round > 1, "{report}");
        assert_eq!((report.confirmed(), report.requests()), ((round * 10).min(95), 1), "{report}");
    }
    assert_eq!(place.sent_again(), 0);
    assert!(place.dir.names().is_empty());
}

#[test]
fn what_was_rejected_stays_so_with_its_status() {
    let bad = [11, 12, 57, 58, 59, 91];
    let mut place = Place::with(100, bad, Options::default());
    place.batch = 8;
    let mut runs = 1;
    let mut rejected_before = 0;
    let last = loop {
        let report = place.run_with(|run| run.max_requests(6));
        assert!(report.rejected() >= rejected_before, "{report}");
        let early =
            report.failures().filter(|failure| failure.message.contains("rejected by an earlier run"));
        assert_eq!(early.count(), rejected_before, "{report}");
        rejected_before = report.rejected();
        if report.status() != Status::RequestLimit {
            break report;
        }
        runs += 1;
        assert!(runs < 50, "it never ends");
    };
    assert!(runs > 2, "one run was enough: nothing was shown");
    place.check_finished(&last);
    assert_eq!(place.sent_again(), 0);
}

#[test]
fn dense_bad_ids_and_stops_at_random() {
    let bad: Vec<i64> = (1..=600).filter(|id| id * id % 7 == 2).collect();
    let mut place = Place::with(600, bad, Options::default());
    place.batch = 25;
    place.workers = 3;
    let mut runs = 0;
    loop {
        runs += 1;
        let report = place.run_with(|run| run.max_requests(5 + 3 * (runs % 5)));
        if report.status() != Status::RequestLimit {
            break place.check_finished(&report);
        }
        assert!(runs < 200, "it never ends");
    }
    assert!(runs > 3, "{runs} runs were enough: nothing was shown");
}

/// Row 51.
#[test]
fn a_finished_run_leaves_nothing_and_the_next_is_a_new_one() {
    let place = Place::new(35);
    for round in 1..=3 {
        let report = place.run();
        place.check_finished(&report);
        assert!(!resumed(&report) && report.requests() == 4, "{report}");
        assert!(place.applied().values().all(|times| *times == round));
        assert!(place.dir.names().is_empty());
    }
}

#[test]
fn an_empty_job_leaves_nothing() {
    let place = Place::new(0);
    assert_eq!(place.run().status(), Status::Ok);
    assert!(place.dir.names().is_empty());
}

#[test]
fn a_dry_run_touches_nothing() {
    let place = Place::new(50);
    assert_eq!(place.run_with(|run| run.dry_run()).status(), Status::DryRun);
    assert!(!place.dir.journals().exists());
    place.interrupted(2);
    let before = std::fs::read(place.dir.journal()).unwrap();
    place.run_with(|run| run.dry_run());
    assert_eq!(std::fs::read(place.dir.journal()).unwrap(), before);
}

/// Row 51.
#[test]
fn too_old_is_quarantined_reported_and_started_afresh() {
    let place = Place::new(100);
    place.interrupted(3);
    let (path, before) = (place.dir.journal(), std::fs::read(place.dir.journal()).unwrap());
    thread::sleep(Duration::from_millis(2100));
    place.log.lock().unwrap().clear();
    let report = place.run_with(|run| run.journal_max_age(Duration::from_secs(1)));
    place.check_finished(&report);
    assert!(!resumed(&report), "{report}");
    let stale = format!("{}.stale", path.display());
    let said = note(&report, "an earlier journal was not used").expect("no note");
    assert!(said.contains("age limit") && said.contains("newer values") && said.contains(&stale), "{said}");
    assert!(place.log.lock().unwrap().contains(&said), "not logged");
    assert_eq!(std::fs::read(stale).unwrap(), before);
    let once_more = place.applied().values().filter(|times| **times == 2).count();
    assert_eq!(once_more, 30, "afresh means from the start");
}

#[test]
fn young_enough_is_resumed() {
    let place = Place::new(100);
    place.interrupted(3);
    thread::sleep(Duration::from_millis(1100));
    let report = place.run_with(|run| run.journal_max_age(Duration::from_secs(60)));
    place.check_finished(&report);
    assert!(resumed(&report) && place.sent_again() == 0);
}

/// The age counts from the first line: resuming again and again does not extend it.
#[test]
fn resuming_does_not_make_it_younger() {
    let place = Place::new(100);
    place.interrupted(3);
    thread::sleep(Duration::from_millis(1100));
    place.interrupted(3);
    thread::sleep(Duration::from_millis(1100));
    let report = place.run_with(|run| run.journal_max_age(Duration::from_secs(1)));
    assert!(!resumed(&report), "{report}");
}

/// Starts a job that stops after two requests, and counts the journals.
fn journals_after(place: &Place, run: Run<'_>) -> usize {
    let report = run.journal_dir(place.dir.journals()).max_requests(2).send().unwrap();
    assert_eq!(report.status(), Status::RequestLimit, "{report}");
    assert!(!resumed(&report), "taken for another job: {report}");
    place.dir.names().len()
}

/// Row 51.
#[test]
fn every_other_job_has_another_journal() {
    let place = Place::new(60);
    let elsewhere = Sandbox::start(Options::default()).unwrap();
    let client = place.client();
    let ids = &place.ids[..];
    let reversed: Vec<i64> = ids.iter().rev().copied().collect();
    let others: Vec<i64> = (2..=61).collect();
    let names: Vec<String> = ids.iter().map(i64::to_string).collect();
    let update = || Update::new("plan", "pro");
    let rows = |values: [i64; 3], by: usize| {
        let index = (0..60).map(|at| (at / by % 3) as u32).collect();
        Update::rows("plan", values.map(Into::into).to_vec(), index)
    };
    let post = place.builder().method(Method::Post).build().unwrap();
    let there = place.builder().base_url(&elsewhere.url()).build().unwrap();
    let all: Vec<Run<'_>> = vec![
        client.run(update()).ids(ids),
        client.run(Update::new("plan", "free")).ids(ids),
        client.run(Update::new("plam", "pro")).ids(ids),
        client.run(update()).ids(&reversed),
        client.run(update()).ids(&others),
        client.run(update()).ids(&ids[..59]),
        client.run(update()).custom_ids(&names),
        client.run(Update::new("score", 1)).ids(ids),
        client.run(Update::new("score", 1)).ids(ids).standard_attributes(),
        client.run(rows([1, 2, 3], 20)).ids(ids),
        client.run(rows([1, 2, 4], 20)).ids(ids),
        client.run(rows([1, 3, 2], 20)).ids(ids),
        client.run(rows([1, 2, 3], 10)).ids(ids),
        client.run(rows([1, 2, 3], 20)).ids(&reversed),
        post.run(update()).ids(ids),
        there.run(update()).ids(ids),
    ];
    for (at, run) in all.into_iter().enumerate() {
        assert_eq!(journals_after(&place, run), at + 1);
    }
    // Other numbers, same texts, and 12|3 is not 1|23.
    let ids = [12, 3, 1, 23, 4, 5];
    let texts = ["12", "3", "1", "23", "4", "5"];
    let joined = ["1", "23", "12", "3", "4", "5"];
    let small = place.builder().batch_size(1).build().unwrap();
    let before = place.dir.names().len();
    assert_eq!(journals_after(&place, small.run(update()).ids(&ids)), before + 1);
    assert_eq!(journals_after(&place, small.run(update()).custom_ids(&texts)), before + 2);
    assert_eq!(journals_after(&place, small.run(update()).custom_ids(&joined)), before + 3);
}

#[test]
fn options_of_sending_may_change_between_runs() {
    let mut place = Place::new(200);
    place.interrupted(4);
    (place.batch, place.workers) = (7, 5);
    let report = place.run_with(|run| run.stall_timeout(Duration::from_secs(9)));
    place.check_finished(&report);
    assert!(resumed(&report) && place.sent_again() == 0, "{report}");
}

#[test]
fn repeated_ids_share_their_outcome() {
    let mut place = Place::with(30, [15], Options::default());
    place.batch = 5;
    place.ids = place.ids.iter().chain(&place.ids.clone()).copied().collect();
    let first = place.interrupted(3);
    assert_eq!(first.confirmed() % 2, 0, "{first}");
    let second = place.run();
    place.check(&second);
    assert!(resumed(&second));
    assert_eq!((second.confirmed(), second.rejected()), (58, 2), "{second}");
    assert_eq!(place.sent_again(), 0);
}

#[test]
fn rows_are_resumed_too() {
    let place = Place::new(90);
    let client = place.client();
    let run = || {
        let index = (0..90).map(|at| at % 3).collect();
        let update = Update::rows("plan", vec![1.into(), 2.into(), 3.into()], index);
        client.run(update).ids(&place.ids).journal_dir(place.dir.journals())
    };
    let first = run().max_requests(4).send().unwrap();
    assert_eq!((first.status(), first.confirmed()), (Status::RequestLimit, 40));
    let second = run().send().unwrap();
    place.check_finished(&second);
    assert!(resumed(&second) && place.sent_again() == 0);
    for id in 1..=90 {
        assert_eq!(place.sandbox.value(id, "plan"), Some(((id - 1) % 3 + 1).to_string()));
    }
}

/// Batches that were rejected and not yet bisected are forgotten with the run, and come first in the next: that must
/// not be all that a short run gets to.
#[test]
fn short_runs_get_through_many_bad_ids() {
    let mut place = Place::with(400, (0..30).map(|k| 11 + 10 * k), Options::default());
    place.batch = 10;
    for _ in 0..150 {
        let report = place.run_with(|run| run.max_requests(9));
        if report.status() != Status::RequestLimit {
            return place.check_finished(&report);
        }
    }
    panic!(
        "150 runs of nine requests are not enough for 400 ids: {}",
        place.run_with(|run| run.max_requests(1))
    );
}
