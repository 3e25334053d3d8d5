//! Other runs and processes at the same time: the lock, and a journal that is removed or replaced in the middle of a run.

use std::os::unix::fs::MetadataExt;

use super::file::path_of;
use super::resume::slow;
use super::*;

/// A child that the caller forked shares its open files, and with them its lock.
#[test]
fn a_forked_child_does_not_keep_the_job_busy() {
    let options = Options { latency: Duration::from_millis(20), ..Options::default() };
    let place = Place::with(100, [], options);
    let host = Host::of(&place).set("HOST_FORK_SECONDS", 3).set("HOST_MAX_REQUESTS", 3);
    assert_eq!(host.report().status, Status::RequestLimit.code());
    place.check_finished(&place.run());
}

/// A clean-up job has taken the file away under a run: it ends as it would have.
#[test]
fn a_journal_that_is_gone_at_the_end_is_as_good_as_removed() {
    let place = Place::new(100);
    let report = place.run_with(|run| {
        let dir = place.dir.journals();
        run.progress(move |_| {
            for entry in fs::read_dir(&dir).unwrap() {
                let _ = fs::remove_file(entry.unwrap().path());
            }
            std::ops::ControlFlow::Continue(())
        })
    });
    place.check_finished(&report);
}

/// … and another run of the same job has begun with a journal of its own, which isn't ours to remove.
#[test]
fn the_journal_of_another_run_is_left_alone() {
    let place = Place::new(100);
    let path = path_of(&place);
    let theirs = path.clone();
    let report = place.run_with(|run| {
        run.progress(move |_| {
            let _ = fs::remove_file(&theirs);
            fs::write(&theirs, "theirs").unwrap();
            std::ops::ControlFlow::Continue(())
        })
    });
    assert_eq!(report.confirmed(), 100, "{report}");
    assert_eq!(fs::read(&path).ok().as_deref(), Some(&b"theirs"[..]), "removed");
}

/// Row 50.
#[test]
fn the_lock_is_on_the_file_and_waits_for_nobody() {
    let place = Place::new(30);
    let path = path_of(&place);
    let file = fs::OpenOptions::new().create_new(true).write(true).open(&path).unwrap();
    file.lock().unwrap();
    // One that waits for it never returns.
    let report = place.run();
    assert_eq!((report.status(), report.requests()), (Status::Busy, 0), "{report}");
    let inode = fs::metadata(&path).unwrap().ino();
    drop(file);
    let report = place.run_with(|run| run.max_requests(1));
    assert_eq!(report.status(), Status::RequestLimit);
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
}

fn is_busy(place: &Place, report: &Report) {
    assert_eq!(report.status(), Status::Busy, "{report}");
    assert_eq!((report.requests(), report.not_attempted()), (0, place.ids.len()), "{report}");
    let message = report.message();
    assert!(message.contains("the same update is running already"), "{message}");
    assert!(message.contains("nothing was sent"), "{message}");
    assert!(message.contains(place.dir.journal().to_str().unwrap()), "{message}");
}

fn until_it_sends(place: &Place) {
    let start = Instant::now();
    while place.sandbox.total() < 2 {
        assert!(start.elapsed() < Duration::from_secs(20), "nothing is sent");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Row 50.
#[test]
fn one_that_runs_in_another_thread_is_busy() {
    let place = Place::with(200, [], slow());
    let first = thread::scope(|scope| {
        let over = Arc::new(AtomicBool::new(false));
        let released = over.clone();
        let held = move |progress: &Progress| {
            while progress.requests >= 2 && !released.load(SeqCst) {
                thread::sleep(Duration::from_millis(2));
            }
            ControlFlow::Continue(())
        };
        let first = scope.spawn(|| place.run_with(|run| run.progress(held)));
        until_it_sends(&place);
        for _ in 0..3 {
            is_busy(&place, &place.run());
        }
        // Another job in the same directory has nothing to do with it.
        let other: Client = place.client();
        let report =
            other.run(Update::new("other", 1)).ids(&place.ids[..10]).journal_dir(place.dir.journals());
        assert_eq!(report.send().unwrap().status(), Status::Ok);
        over.store(true, SeqCst);
        first.join().unwrap()
    });
    place.check_finished(&first);
    assert_eq!(place.sent_again(), 0);
}

/// Row 50.
#[test]
fn one_that_runs_in_another_process_is_busy() {
    let place = Place::with(2000, [], slow());
    let mut host = Host::of(&place).start();
    until_it_sends(&place);
    is_busy(&place, &place.run());
    let (status, _) = host.finish();
    assert!(status.success());
    assert_eq!(place.sent_again(), 0);
    place.check_everybody_was_set();
}

/// A run that ended with a request in flight leaves ids that may have been applied: the next one reports them.
#[test]
fn what_an_earlier_run_may_have_sent_is_reported() {
    let mut place =
        Place::with(400, [], Options { latency: Duration::from_millis(300), ..Options::default() });
    place.workers = 2;
    let mut host = Host::of(&place).start();
    while place.sandbox.total() < 3 {
        thread::sleep(Duration::from_millis(2));
    }
    host.kill();
    host.finish();
    let cancel = Cancel::new();
    cancel.request();
    let report = place.run_with(|run| run.cancel(&cancel));
    assert!(report.unknown() > 0 && resumed(&report), "{report}");
    let applied = place.applied();
    assert!(applied.len() > report.confirmed(), "nothing was in flight");
    for (id, state) in place.ids.iter().zip(report.states()) {
        assert!(*state != IdState::NotAttempted || !applied.contains_key(id), "id {id}: {report}");
    }
    assert!(
        report.failures().all(|failure| failure.message.starts_with("sent by an earlier run")),
        "{report}"
    );
}
