//! What a push refuses, and what it does after one that was cut off.

use super::super::{Kit, MAIN, read};
use crate::call::{artifact, assert_done, assert_failed, deploy, only};
use rustix::io::Errno;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::engine::LinkRequest;
use skillmeat_engine::error::Code;
use skillmeat_engine::fs::fault::{Fault, arm};
use skillmeat_engine::plan::{Action, UpdateRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};
use std::path::Path;

#[test]
fn what_a_deploy_would_refuse_is_not_taken_in() {
    let kit = Kit::deployed();
    let outside = kit.sandbox.project("outside");
    tree!(outside => { "secret.md": "not for the collection" });
    let collection = DiskSnapshot::of(&kit.sandbox.collection());
    let refused = |code| {
        assert_failed(&kit.push(), code);
        assert_eq!(kit.plan_push().problem.unwrap().code, code);
        collection.assert_same(&DiskSnapshot::of(&kit.sandbox.collection()));
    };
    let link = kit.copy().join("leaves");
    std::os::unix::fs::symlink(&outside, &link).unwrap();
    refused(Code::LinkLeavesArtifact);
    std::fs::remove_file(&link).unwrap();
    let pipe = kit.copy().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    refused(Code::SourceInvalid);
    std::fs::remove_file(&pipe).unwrap();
    tree!(kit.copy() => { "A.md": "another spelling" });
    refused(Code::NameClash);
    std::fs::remove_file(kit.copy().join("A.md")).unwrap();
    std::fs::remove_file(kit.copy().join("SKILL.md")).unwrap();
    refused(Code::SourceInvalid);
    std::fs::remove_dir_all(kit.copy()).unwrap();
    refused(Code::SourceInvalid);
    std::fs::write(kit.copy(), "a file now").unwrap();
    refused(Code::SourceInvalid);
}

#[test]
fn names_that_clash_only_together_are_refused_before_anything_is_written() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "Notes.md": "theirs\n" });
    tree!(kit.copy() => { "notes.md": "mine\n" });
    let before = DiskSnapshot::of(&kit.sandbox.collection());
    assert_failed(&kit.push(), Code::NameClash);
    assert_eq!(kit.plan_push().problem.unwrap().code, Code::NameClash);
    before.assert_same(&DiskSnapshot::of(&kit.sandbox.collection()));
}

#[test]
fn a_linked_collection_takes_nothing() {
    let sandbox = Sandbox::empty();
    let team = sandbox.path().join("team");
    tree!(team => { "skills/pdf/SKILL.md": format!("{MAIN}one\n") });
    let (engine, project) = (sandbox.engine(), sandbox.project_text("api"));
    let path = team.display().to_string();
    engine.link_collection(&LinkRequest { path, ..LinkRequest::default() }).unwrap();
    assert_done(&deploy(&engine, &["pdf"], &project), Action::Created);
    tree!(sandbox.project("api") => { ".claude/skills/pdf/SKILL.md": format!("{MAIN}mine\n") });
    let before = DiskSnapshot::of(&team);
    let request = UpdateRequest {
        artifacts: vec![artifact("pdf")],
        projects: vec![project],
        ..UpdateRequest::default()
    };
    let receipt = engine.push_to_collection(&request).unwrap();
    assert_failed(&receipt, Code::InvalidRequest);
    assert!(only(&receipt).error.as_ref().unwrap().contains("linked"), "{receipt:?}");
    before.assert_same(&DiskSnapshot::of(&team));
}

#[test]
fn two_copies_with_other_edits_are_not_mixed() {
    let kit = Kit::deployed();
    let other = kit.sandbox.project_text("web");
    deploy(&kit.engine, &["skill:kit"], &other);
    let second = kit.sandbox.project("web").join(".claude/skills/kit");
    tree!(kit.copy() => { "a.md": "a mine\n" });
    tree!(second => { "b.md": "b mine\n" });
    let both =
        UpdateRequest { projects: vec![kit.project.clone(), other.clone()], ..kit.request(&["skill:kit"]) };
    let before = DiskSnapshot::of(&kit.sandbox.collection());
    let refused = kit.engine.push_to_collection(&both).unwrap();
    assert_eq!((refused.totals.failed, refused.totals.succeeded), (2, 0), "{refused:?}");
    before.assert_same(&DiskSnapshot::of(&kit.sandbox.collection()));
    // The same edits are one; a copy without any is no second.
    tree!(second => { "a.md": "a mine\n", "b.md": "b one\n" });
    let pushed = kit.engine.push_to_collection(&both).unwrap();
    let actions: Vec<_> = pushed.results.iter().map(|result| (result.status, result.action)).collect();
    assert_eq!(actions, [(Outcome::Success, Action::Updated), (Outcome::Success, Action::Adopted)]);
    assert!(kit.engine.status(&[]).unwrap().deployments.iter().all(|row| row.status == Status::Synced));
    tree!(second => { "a.md": "a again\n" });
    let pushed = kit.engine.push_to_collection(&both).unwrap();
    let actions: Vec<_> = pushed.results.iter().map(|result| result.action).collect();
    assert_eq!(actions, [Action::Unchanged, Action::Updated]);
    assert_eq!(kit.status(), Status::Outdated);
}

#[test]
fn a_plan_is_kept_to_or_refused() {
    let kit = Kit::deployed();
    tree!(kit.copy() => { "a.md": "a mine\n" });
    let plan = kit.engine.plan_push(&kit.request(&["skill:kit"])).unwrap();
    tree!(kit.copy() => { "a.md": "a mine, later\n" });
    let agreed = UpdateRequest { plan: Some(plan.id), ..kit.request(&["skill:kit"]) };
    assert_eq!(kit.engine.push_to_collection(&agreed).unwrap_err().code(), Code::PlanStale);
    assert_eq!(read(&kit.source().join("a.md")), "a one\n");
}

#[test]
fn what_cannot_be_read_is_not_written_over() {
    let kit = Kit::deployed();
    tree!(kit.copy() => { "a.md": "a mine\n" });
    let manifest = kit.sandbox.project("api").join(".claude/.skillmeat-deployed.toml");
    let (index, records) = (kit.sandbox.collection().join("collection.toml"), read(&manifest));
    for (file, text, code) in [
        (&index, "x =", Code::CollectionInvalid),
        (&index, "", Code::CollectionInvalid),
        (&manifest, "x =", Code::ManifestInvalid),
    ] {
        std::fs::write(file, text).unwrap();
        let before = DiskSnapshot::of(&kit.sandbox.collection());
        assert_failed(&kit.push(), code);
        before.assert_same(&DiskSnapshot::of(&kit.sandbox.collection()));
        assert_eq!(read(file), text);
        std::fs::remove_file(&index).unwrap_or_default();
    }
    std::fs::write(&manifest, records).unwrap();
    assert_done(&kit.push(), Action::Updated);
}

#[test]
fn links_lead_neither_out_of_the_project_nor_out_of_the_collection() {
    let kit = Kit::deployed();
    let outside = kit.sandbox.path().join("elsewhere");
    tree!(outside => { "sentinel": "stays" });
    tree!(kit.copy() => { "a.md": "a mine\n" });
    let swapped = |folder: &Path| {
        let (kept, place) = (folder.with_extension("kept"), outside.join("skills"));
        std::fs::rename(folder, &kept).unwrap();
        copied(&kept, &place);
        std::os::unix::fs::symlink(&place, folder).unwrap();
        let before = DiskSnapshot::of(&outside);
        let receipt = kit.push();
        assert_eq!(only(&receipt).status, Outcome::Failed, "{receipt:?}");
        before.assert_same(&DiskSnapshot::of(&outside));
        std::fs::remove_file(folder).unwrap();
        std::fs::rename(&kept, folder).unwrap();
        std::fs::remove_dir_all(&place).unwrap();
    };
    swapped(&kit.sandbox.project("api").join(".claude/skills"));
    swapped(&kit.sandbox.collection().join("skills"));
    assert_done(&kit.push(), Action::Updated);
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The same engine, at once: what was cut off is tidied up before anything is decided.
#[test]
fn a_push_after_one_that_was_cut_off_does_what_is_left() {
    let mut finished = 0;
    for at in (1..).step_by(25) {
        let kit = Kit::deployed();
        tree!(kit.source() => { "b.md": "b two\n" });
        tree!(kit.copy() => { "a.md": "a mine\n" });
        let armed = arm(kit.sandbox.path(), at, Fault::From(Errno::IO));
        let told = kit.engine.push_to_collection(&kit.request(&["skill:kit"]));
        if armed.hit().is_none() {
            break;
        }
        drop((armed, told));
        let receipt = kit.push();
        assert_eq!(only(&receipt).status, Outcome::Success, "at call {at}: {receipt:?}");
        finished += usize::from(only(&receipt).action != Action::Updated);
        assert_eq!(read(&kit.source().join("a.md")), "a mine\n", "at call {at}");
        assert_eq!(kit.left(), [("b.md".to_owned(), Status::Outdated)], "at call {at}");
        assert_done(&kit.push(), Action::Unchanged);
    }
    assert!(finished > 0, "no push was cut off after its commit");
}
