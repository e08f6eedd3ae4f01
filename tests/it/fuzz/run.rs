//! Running a target over many texts.

use super::input::{Random, shrink, text};
use super::{Verdict, Vocabulary};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The seed of the short run.
const SEED: u64 = 0x51c1_11ea;
/// A text that takes longer than this is taken for one that never ends; a whole run of thousands takes seconds.
const HANGS: Duration = Duration::from_secs(120);

/// A folder of its own for a target, in memory where the system has such a place.
pub(super) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Self { folder: folder.unwrap() }
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file and the folders that lead to it.
    pub(super) fn put(&self, rel: &str, bytes: &[u8]) {
        let path = self.path().join(rel);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// What a file holds now.
    pub(super) fn get(&self, rel: &str) -> Vec<u8> {
        std::fs::read(self.path().join(rel)).unwrap_or_default()
    }
}

type Check = fn(&Place, &[u8]) -> Verdict;

/// Runs the corpus and then `count` texts, or texts for as long as `SKILLMEAT_FUZZ_SECONDS` says.
///
/// # Panics
/// When `check` panics, refuses a text or does not come back; the text is in `target/fuzz` then.
pub(super) fn run(name: &'static str, words: &'static Vocabulary, count: u64, check: Check) {
    let seed = variable("SKILLMEAT_FUZZ_SEED").unwrap_or(SEED);
    let seconds = variable("SKILLMEAT_FUZZ_SECONDS").map(Duration::from_secs);
    let done = Arc::new(AtomicU64::new(0));
    let worker = std::thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let (place, corpus, mut random) = (Place::new(), corpus(name), Random::new(seed));
            assert!(!corpus.is_empty(), "no corpus for {name}");
            corpus.iter().for_each(|text| judge(name, seed, &place, text, check));
            let begun = Instant::now();
            while seconds.map_or(done.load(Ordering::Relaxed) < count, |limit| begun.elapsed() < limit) {
                judge(name, seed, &place, &text(&mut random, &corpus, words), check);
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    watch(name, &worker, &done);
    if let Err(panic) = worker.join() {
        std::panic::resume_unwind(panic);
    }
    if seconds.is_some() {
        report(&format!("{name}: {} texts from seed {seed}, none failed", done.load(Ordering::Relaxed)));
    }
}

/// Waits for the end of the run, but not for a text without end.
fn watch(name: &str, worker: &std::thread::JoinHandle<()>, done: &AtomicU64) {
    let (mut last, mut since) = (0, Instant::now());
    while !worker.is_finished() {
        std::thread::sleep(Duration::from_millis(10));
        let now = done.load(Ordering::Relaxed);
        if now != last {
            (last, since) = (now, Instant::now());
        }
        assert!(since.elapsed() < HANGS, "{name} does not come back from {}", current(name).display());
    }
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

#[allow(clippy::print_stdout, reason = "a long run says what it did")]
fn report(line: &str) {
    println!("{line}");
}

/// Where results go: `target/fuzz`.
fn results() -> PathBuf {
    let folder = skillmeat_tests::target().join("fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The text that is being looked at: all that is left when a stack overflows.
fn current(name: &str) -> PathBuf {
    results().join(format!("{name}.current"))
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = skillmeat_tests::repository().join("tests/fixtures/fuzz").join(name);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn verdict(place: &Place, text: &[u8], check: Check) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| check(place, text))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
        Err(format!("panicked: {}", said.unwrap_or_default()))
    })
}

fn judge(name: &str, seed: u64, place: &Place, text: &[u8], check: Check) {
    std::fs::write(current(name), text).unwrap();
    if verdict(place, text, check).is_ok() {
        return;
    }
    let smallest = shrink(text.to_vec(), |text| verdict(place, text, check).is_err());
    let what = verdict(place, &smallest, check).err().unwrap_or_default();
    let file = results().join(format!("{name}-{seed}.input"));
    std::fs::write(&file, &smallest).unwrap();
    panic!(
        "{name}, seed {seed}: {what}\nThe smallest such text is in {}; to keep it, put it into tests/fixtures/fuzz/{name}:\n{}",
        file.display(),
        String::from_utf8_lossy(&smallest)
    );
}
