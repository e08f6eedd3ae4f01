//! On a real disk, with the system's own events.
#![allow(clippy::expect_used, reason = "a test")]

use super::*;
use std::time::Instant;

fn project() -> Subject {
    Subject::Project("p".to_owned())
}

fn tree(folder: &Path) -> Vec<Spec> {
    vec![Spec { folder: folder.to_owned(), reach: Reach::Tree }]
}

/// What is touched within a moment.
fn touched(folders: &mut Folders) -> Touched {
    let until = Instant::now() + Duration::from_millis(300);
    let mut all = Touched::default();
    while Instant::now() < until {
        all.extend(folders.wait(Duration::from_millis(50)).expect("events"));
    }
    all
}

#[test]
fn a_tree_is_watched_as_it_grows_and_without_the_ignore_list() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("skills");
    std::fs::create_dir_all(root.join("a/node_modules/deep")).unwrap();
    let mut folders = Folders::new().unwrap();
    folders.follow(&project(), tree(&root));
    assert_eq!(folders.count(), 2, "skills and skills/a");

    std::fs::write(root.join("a/node_modules/deep/x"), "1").unwrap();
    assert!(touched(&mut folders).is_empty());
    std::fs::create_dir_all(root.join("b/c")).unwrap();
    assert_eq!(touched(&mut folders).subjects, BTreeSet::from([project()]));
    assert_eq!(folders.count(), 4);
    std::fs::write(root.join("b/c/new"), "1").unwrap();
    assert!(!touched(&mut folders).is_empty());
    std::fs::rename(root.join("b"), place.path().join("elsewhere")).unwrap();
    assert!(!touched(&mut folders).is_empty());
    assert_eq!(folders.count(), 2);
    std::fs::write(place.path().join("elsewhere/c/new"), "2").unwrap();
    assert!(touched(&mut folders).is_empty(), "what moved away is nobody's");
}

#[test]
fn what_comes_while_its_watch_changes_is_not_missed() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("skills");
    std::fs::create_dir(&root).unwrap();
    let mut folders = Folders::new().unwrap();
    folders.follow(&project(), tree(&root));
    assert!(touched(&mut folders).is_empty());
    std::fs::rename(&root, place.path().join("elsewhere")).unwrap();
    assert!(!touched(&mut folders).is_empty());
    folders.follow(&project(), tree(&root));
    assert!(!touched(&mut folders).is_empty(), "it may be back already");
    assert!(touched(&mut folders).is_empty(), "and is looked at once more, not for ever");

    // It comes back, which the folder above tells, and is followed anew before anybody listened.
    std::fs::rename(place.path().join("elsewhere"), &root).unwrap();
    folders.stale.insert(project());
    folders.follow(&project(), tree(&root));
    assert_eq!(touched(&mut folders).subjects, BTreeSet::from([project()]));
    assert!(touched(&mut folders).is_empty() && folders.stale().is_empty());
}

#[test]
fn a_folder_that_goes_is_waited_for_and_seen_when_it_is_back() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("above/skills");
    std::fs::create_dir_all(&root).unwrap();
    let mut folders = Folders::new().unwrap();
    folders.follow(&project(), tree(&root));
    std::fs::remove_dir_all(place.path().join("above")).unwrap();
    assert!(!touched(&mut folders).is_empty());
    assert!(!folders.stale().is_empty());
    folders.follow(&project(), tree(&root));
    assert!(folders.stale().is_empty() && folders.count() == 1);
    // Step by step, as each step is told by another folder.
    for folder in ["above", "above/skills"] {
        std::fs::create_dir(place.path().join(folder)).unwrap();
        assert!(!touched(&mut folders).is_empty(), "{folder}");
        folders.follow(&project(), tree(&root));
    }
    std::fs::write(root.join("new"), "1").unwrap();
    assert!(!touched(&mut folders).is_empty());
}

#[test]
fn only_the_wanted_names_of_a_folder_count() {
    let place = tempfile::tempdir().unwrap();
    let mut folders = Folders::new().unwrap();
    let names = BTreeSet::from([".claude".to_owned(), "record".to_owned()]);
    let spec = Spec { folder: place.path().to_owned(), reach: Reach::NamesAndHidden(names) };
    folders.follow(&project(), vec![spec]);
    std::fs::write(place.path().join("main.rs"), "1").unwrap();
    std::fs::write(place.path().join(".env"), "1").unwrap();
    std::fs::create_dir(place.path().join("src")).unwrap();
    assert!(touched(&mut folders).is_empty());
    std::fs::create_dir(place.path().join(".tool")).unwrap();
    assert!(!touched(&mut folders).is_empty());
    std::fs::write(place.path().join("record"), "1").unwrap();
    assert!(!touched(&mut folders).is_empty());
}

#[test]
fn two_subjects_share_a_folder_and_one_can_leave() {
    let place = tempfile::tempdir().unwrap();
    let other = Subject::Collection("c".to_owned());
    let mut folders = Folders::new().unwrap();
    folders.follow(&project(), tree(place.path()));
    folders.follow(&other, tree(place.path()));
    std::fs::write(place.path().join("x"), "1").unwrap();
    assert_eq!(touched(&mut folders).subjects, BTreeSet::from([project(), other.clone()]));
    folders.keep_only(&BTreeSet::from([other.clone()]));
    std::fs::write(place.path().join("x"), "2").unwrap();
    assert_eq!(touched(&mut folders).subjects, BTreeSet::from([other]));
    folders.keep_only(&BTreeSet::new());
    assert_eq!(folders.count(), 0);
}
