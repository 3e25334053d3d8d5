//! Where the journal is, who may read it, what is in it, and what else may be in its place.

use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Where the place's job has its journal, which isn't there yet.
pub fn path_of(place: &Place) -> PathBuf {
    place.interrupted(1);
    let path = place.dir.journal();
    fs::remove_file(&path).unwrap();
    place.sandbox.reset().unwrap();
    path
}

fn nothing_was_sent(place: &Place, report: &Report) {
    assert_eq!(report.status(), Status::Journal, "{report}");
    assert_eq!((report.requests(), report.not_attempted()), (0, place.ids.len()), "{report}");
    assert!(report.message().contains("nothing was sent"), "{report}");
    assert_eq!(place.sandbox.total(), 0);
}

#[test]
fn a_missing_directory_is_made_for_its_owner_alone() {
    for umask in [0, 0o022, 0o077] {
        let place = Place::new(50);
        let deep = place.dir.path().join("a/b/c");
        let host = Host::of(&place).set("HOST_UMASK", umask).set("HOST_MAX_REQUESTS", 2);
        assert_eq!(host.set("HOST_JOURNALS", deep.display()).report().status, Status::RequestLimit.code());
        for dir in ["a", "a/b", "a/b/c"] {
            assert_eq!(mode(&place.dir.path().join(dir)), 0o700, "{dir} with umask {umask:o}");
        }
        let entry = fs::read_dir(&deep).unwrap().next().unwrap().unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "with umask {umask:o}");
    }
}

#[test]
fn a_directory_that_is_there_keeps_its_mode() {
    let place = Place::new(50);
    fs::create_dir(place.dir.journals()).unwrap();
    fs::set_permissions(place.dir.journals(), fs::Permissions::from_mode(0o2750)).unwrap();
    place.interrupted(2);
    assert_eq!(mode(&place.dir.journals()), 0o2750);
    assert_eq!(mode(&place.dir.journal()), 0o600);
}

/// Row 50.
#[test]
fn a_link_is_not_followed() {
    let place = Place::new(50);
    let path = path_of(&place);
    let target = place.dir.path().join("precious");
    // To nothing, to a file, and to what would be a fine journal.
    for content in [None, Some(&b"precious"[..]), Some(b"")] {
        let _ = fs::remove_file(&target);
        if let Some(content) = content {
            fs::write(&target, content).unwrap();
        }
        symlink(&target, &path).unwrap();
        nothing_was_sent(&place, &place.run());
        assert_eq!(fs::read(&target).ok().as_deref(), content, "the target was touched");
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        fs::remove_file(&path).unwrap();
    }
}

/// Row 50.
#[test]
fn a_directory_in_its_place() {
    let place = Place::new(50);
    let path = path_of(&place);
    fs::create_dir(&path).unwrap();
    nothing_was_sent(&place, &place.run());
    assert!(path.is_dir());
}

/// Row 50.
#[test]
fn a_fifo_or_a_socket_in_its_place() {
    let place = Place::new(50);
    let path = path_of(&place);
    let name = CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: a string that ends with a NUL.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    nothing_was_sent(&place, &place.run());
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
    fs::remove_file(&path).unwrap();
    // Bound from inside: a socket's path may only be about 100 bytes long.
    let short = std::env::temp_dir().join(format!("uc-{}", std::process::id()));
    let _socket = std::os::unix::net::UnixListener::bind(&short).unwrap();
    match fs::rename(&short, &path) {
        Ok(()) => nothing_was_sent(&place, &place.run()),
        Err(_) => fs::remove_file(&short).unwrap(), // another file system
    }
}

#[test]
fn no_directory_can_be_made() {
    let place = Place::new(50);
    let file = place.dir.path().join("file");
    fs::write(&file, "x").unwrap();
    for dir in [file.clone(), file.join("below"), PathBuf::from("/proc/nothing/journals")] {
        let report = place.run_with(|run| run.journal_dir(&dir));
        nothing_was_sent(&place, &report);
        assert!(report.message().contains(dir.to_str().unwrap()), "{report}");
        assert!(report.message().contains("its directory can't be made: "), "{report}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"x");
}

/// The program's working directory is nobody's wish.
#[test]
fn an_empty_name_is_no_directory() {
    let place = Place::new(20);
    let run = place.client().run(Update::new("plan", 1)).ids(&place.ids).journal_dir("");
    match run.send() {
        Err(error) => assert!(error.to_string().contains("journal_dir"), "{error}"),
        Ok(report) => panic!("not invalid: {report}"),
    }
    assert_eq!(place.sandbox.total(), 0);
    let left: Vec<PathBuf> = fs::read_dir(".").unwrap().map(|entry| entry.unwrap().path()).collect();
    let journals: Vec<&PathBuf> =
        left.iter().filter(|path| path.to_str().unwrap().contains(".journal")).collect();
    assert!(journals.is_empty(), "{journals:?}");
}

/// Row 50: tests may run as root, whom no mode keeps out; so the system call is made to fail.
#[test]
fn a_directory_that_can_not_be_written() {
    for error in [libc::EROFS, libc::EACCES, libc::EPERM, libc::ENOSPC, libc::EMFILE] {
        let place = Place::new(50);
        let host = Host::of(&place).with(Fault::new("open", 1, error));
        let told = host.report();
        assert_eq!((told.status, told.requests), (Status::Journal.code(), 0), "{}", told.json);
        assert_eq!(place.sandbox.total(), 0);
        assert!(place.dir.names().is_empty());
    }
}

/// Row 50.
#[test]
fn an_empty_file_is_a_new_journal() {
    let place = Place::new(50);
    let path = path_of(&place);
    fs::write(&path, "").unwrap();
    let report = place.run();
    place.check_finished(&report);
    assert!(!resumed(&report) && place.dir.names().is_empty(), "{report}");
}

/// Row 50.
#[test]
fn another_file_is_quarantined() {
    let place = Place::new(50);
    let path = path_of(&place);
    let job = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let other = job.replace(|c: char| c.is_ascii_digit(), "0");
    let first = |version: &str, job: &str, slots: usize, started: &str| {
        line(0, &format!("usercom-journal {version} {job} slots {slots} started {started}"))
    };
    let now = now.to_string();
    let all = line(1, "confirmed 0-39");
    let of = |first: String| format!("{first}{all}");
    let cases = [
        (of(first("1", &other, 50, &now)), "another job"),
        (of(first("1", &job, 49, &now)), "another job"),
        (of(first("1", &job.to_uppercase(), 50, &now)), "another job"),
        (of(first("2", &job, 50, &now)), "another version"),
        (of(first("01", &job, 50, &now)), "another version"),
        (of(first("1", &job, 50, "x")), "no time"),
        (of(first("1", &job, 50, "")), "no time"),
        (of(first("1", &job, 50, "18446744073709551615")), "no time"),
        (of(first("1", &job, 50, "99999999999")), "future"),
        (of(first("1", &job, 50, "0")), "age limit"),
        (of(line(0, "something else")), "not a journal"),
        (format!("{}{}", first("1", &job, 50, &now), line(1, "confirmed 0-50")), "line 2"),
        (format!("{}{}", first("1", &job, 50, &now), line(1, "confirmed 7-6")), "line 2"),
        (format!("{}{}", first("1", &job, 50, &now), line(1, "sent 0-9")), "line 2"),
        (format!("{}garbage\n{}", first("1", &job, 50, &now), line(1, "confirmed 0-9")), "line 2"),
        (format!("{}{}{}", first("1", &job, 50, &now), line(2, "confirmed 0-9"), line(3, "x")), "line 2"),
        ("a shopping list\nof two lines\n".to_owned(), "line 1"),
    ];
    for (content, why) in cases {
        fs::write(&path, &content).unwrap();
        let report = place.run();
        place.check_finished(&report);
        assert!(!resumed(&report), "{content}: {report}");
        assert_eq!(report.requests(), 5, "{content}");
        let said = note(&report, "an earlier journal was not used").expect(&content);
        assert!(said.contains(why), "{content}: {said}");
        assert_eq!(fs::read_to_string(place.dir.stale().unwrap()).unwrap(), content, "kept as it was");
        assert!(place.log.lock().unwrap().contains(&said), "not logged");
        place.sandbox.reset().unwrap();
    }
    // The good one of that form, so that the cases above fail for their own reason.
    fs::write(&path, of(first("1", &job, 50, &now))).unwrap();
    let run =
        place.client().run(Update::new("plan", "pro")).ids(&place.ids).journal_dir(place.dir.journals());
    let report = run.send().unwrap();
    assert!(resumed(&report) && report.requests() == 1, "{report}");
}

/// Everything that could tell whose data it was.
#[test]
fn no_id_value_or_token_is_in_it() {
    let place = Place::new(1);
    let ids: Vec<i64> = (0..40).map(|k| 987_654_321_000_000 + 7_919 * k).collect();
    let client = Client::builder("subdomain-of-somebody", TOKEN)
        .base_url(&place.sandbox.url())
        .no_rate_limit()
        .batch_size(3)
        .build()
        .unwrap();
    let customs: Vec<String> = ids.iter().map(|id| format!("customer-{id}")).collect();
    let update = || Update::new("attribute_of_somebody", "value-of-somebody");
    let runs = [client.run(update()).ids(&ids), client.run(update()).custom_ids(&customs)];
    for run in runs {
        let report = run.journal_dir(place.dir.journals()).max_requests(4).send().unwrap();
        assert_eq!(report.confirmed(), 12, "{report}");
        let text = fs::read_to_string(place.dir.journal()).unwrap();
        let url = place.sandbox.url();
        let port = url.rsplit(':').next().unwrap();
        for secret in ["987654321", "customer", "somebody", TOKEN, &TOKEN[..12], "127.0.0.1", "public", port]
        {
            let shown = text.to_lowercase();
            // A port of five digits may well be in a fingerprint.
            let shown = if secret == port { shown.split(' ').skip(4).collect() } else { shown };
            assert!(!shown.contains(secret), "{secret} is in it:\n{text}");
        }
        // Only these, and nothing that could hold anything else.
        for (at, line) in text.lines().enumerate() {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(words[0], at.to_string());
            assert_eq!(words[1].len(), 8);
            match &words[2..] {
                ["usercom-journal", "1", job, "slots", "40", "started", time] if at == 0 => {
                    assert_eq!((job.len(), time.len()), (64, 10));
                }
                ["sending" | "confirmed", range] if at > 0 => assert!(range.len() <= 5, "{line}"),
                _ => panic!("{line}"),
            }
        }
        fs::remove_file(place.dir.journal()).unwrap();
    }
}

#[test]
fn a_million_ids_take_less_than_300_kilobytes() {
    const MOST: u64 = 300 * 1000;
    let dir = Dir::new();
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let client = Client::builder("acme", TOKEN).base_url(&sandbox.url()).no_rate_limit().build().unwrap();
    let ids: Vec<i64> = (1..=1_000_000).collect();
    let run = client.run(Update::new("plan", "pro")).ids(&ids).journal_dir(dir.journals());
    let report = run.max_requests(999).send().unwrap();
    assert_eq!(report.confirmed(), 999_000, "{report}");
    let size = fs::metadata(dir.journal()).unwrap().len();
    println!("a journal of 999,000 ids: {size} bytes");
    assert!(size < MOST, "{size} bytes");
    let run = client.run(Update::new("plan", "pro")).ids(&ids).journal_dir(dir.journals());
    let report = run.send().unwrap();
    assert_eq!(
        (report.status(), report.confirmed(), report.requests()),
        (Status::Ok, 1_000_000, 1),
        "{report}"
    );
}
