//! What a survey sees, and what its signature stands for.

use super::*;

fn survey(folder: &Path) -> Survey {
    Root::open(folder).unwrap().survey(&RelPath::new("a").unwrap()).unwrap().unwrap()
}

#[test]
fn entries_come_in_the_order_of_the_hash() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["a/a-b/x", "a/a/x", "a/a.md"] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "1").unwrap();
    }
    let paths: Vec<_> = survey(folder.path()).entries.into_iter().map(|entry| entry.path).collect();
    assert_eq!(paths, ["a", "a/x", "a-b", "a-b/x", "a.md"]);
}

#[test]
fn ignored_entries_are_noted_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("a/node_modules/x")).unwrap();
    std::fs::write(folder.path().join("a/SKILL.md"), "1").unwrap();
    let before = survey(folder.path());
    std::fs::write(folder.path().join("a/.DS_Store"), "1").unwrap();
    let after = survey(folder.path());
    assert_eq!(after.ignored, [".DS_Store", "node_modules"]);
    assert_eq!(before.signature(), after.signature());
    assert_eq!((after.files(), after.bytes()), (1, 1));
}

#[test]
fn a_change_of_the_same_size_changes_the_signature() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("a")).unwrap();
    std::fs::write(folder.path().join("a/SKILL.md"), "1").unwrap();
    let before = survey(folder.path());
    std::thread::sleep(std::time::Duration::from_millis(30));
    std::fs::write(folder.path().join("a/SKILL.md"), "2").unwrap();
    assert_ne!(before.signature(), survey(folder.path()).signature());
}

#[test]
fn a_file_younger_than_two_seconds_is_not_trusted_unless_it_is_our_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "1").unwrap();
    let survey = survey(folder.path());
    let changed = survey.entries[0].changed;
    let at = |nanos: i128| DateTime::from_timestamp_nanos(i64::try_from(changed + nanos).unwrap());
    assert!(survey.is_racy(at(1_900_000_000)) && !survey.is_racy(at(2_000_000_000)));
    assert!(survey.is_racy_copy(at(19_000_000)) && !survey.is_racy_copy(at(20_000_000)));
    let mut coarse = survey;
    coarse.entries[0].changed -= changed % 1_000_000_000;
    assert!(coarse.is_racy_copy(at(900_000_000)), "a clock of whole seconds proves less");
}

#[test]
fn a_name_that_comes_into_a_folder_shows_in_a_stat_of_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("a/below")).unwrap();
    std::fs::write(folder.path().join("a/below/SKILL.md"), "1").unwrap();
    let before = survey(folder.path());
    let again = || {
        let root = Root::open(&folder.path().join("a")).unwrap();
        before.again(&root.dir, |path| folder.path().join(path))
    };
    assert_eq!(again().unwrap(), before);
    // The kernel counts in steps.
    std::thread::sleep(std::time::Duration::from_millis(20));
    std::fs::write(folder.path().join("a/below/late"), "1").unwrap();
    assert_ne!(again().unwrap(), before);
    std::fs::remove_file(folder.path().join("a/below/SKILL.md")).unwrap();
    assert!(again().is_err());
}

#[test]
fn a_folder_touched_right_before_it_was_listed_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("a/below")).unwrap();
    std::fs::write(folder.path().join("a/SKILL.md"), "1").unwrap();
    let survey = survey(folder.path());
    let folders = survey.entries.iter().filter(|entry| entry.kind == EntryKind::Folder);
    let touched = folders.map(|entry| entry.changed).max().unwrap().max(i128::from(survey.changed));
    let made = |changed| Survey { changed: i64::try_from(changed).unwrap(), ..survey.clone() };
    assert!(!survey.lists_before(&survey) && !survey.lists_before(&made(touched + RACY_NANOS)));
    assert!(survey.lists_before(&made(touched + RACY_NANOS + 1)));
}
