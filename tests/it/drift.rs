//! Three-way status, updates that keep edits, and conflicts that need an answer, file by file.

mod crowded;
mod history;
mod odd;
mod permissions;
mod push;
mod rounds;

use crate::call::{artifact, assert_done, deploy, only};
use skillmeat_engine::Engine;
use skillmeat_engine::cache::DeploymentRow;
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::engine::{DeploymentDiff, Undone};
use skillmeat_engine::error::Code;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{
    Action, DeploymentFiles, DeploymentRef, FileChoice, OnConflict, ResolveRequest, Take, UndoRequest,
    UpdateRequest,
};
use skillmeat_engine::status::{Known, SideChange, Status};
use skillmeat_tests::{DiskSnapshot, Sandbox, exec, tree};
use std::path::{Path, PathBuf};

const MAIN: &str = "---\nname: kit\ndescription: d\n---\n";

/// A skill of four files, deployed.
pub(crate) struct Kit {
    pub(crate) sandbox: Sandbox,
    pub(crate) engine: Engine,
    pub(crate) project: String,
}

impl Kit {
    fn deployed() -> Self {
        let sandbox = Sandbox::empty();
        tree!(sandbox.collection() => {
            "skills/kit/SKILL.md": format!("{MAIN}1\n2\n3\n4\n5\n"),
            "skills/kit/a.md": "a one\n",
            "skills/kit/b.md": "b one\n",
            "skills/kit/run.sh": exec("#!/bin/sh\n"),
            "commands/say.md": "say one\n",
        });
        let (engine, project) = (sandbox.engine(), sandbox.project_text("api"));
        assert_done(&deploy(&engine, &["skill:kit", "command:say"], &project), Action::Created);
        Self { sandbox, engine, project }
    }

    pub(crate) fn copy(&self) -> PathBuf {
        self.sandbox.project("api").join(".claude/skills/kit")
    }

    fn source(&self) -> PathBuf {
        self.sandbox.collection().join("skills/kit")
    }

    fn request(&self, ids: &[&str]) -> UpdateRequest {
        UpdateRequest {
            artifacts: ids.iter().map(|id| artifact(id)).collect(),
            projects: vec![self.project.clone()],
            ..UpdateRequest::default()
        }
    }

    fn update(&self) -> Receipt {
        self.engine.update_deployments(&self.request(&["skill:kit"])).unwrap()
    }

    fn named(&self, id: &str) -> DeploymentRef {
        let row = self.engine.find_deployments(&artifact(id), &self.project, None).unwrap().remove(0);
        DeploymentRef {
            project_path: row.project_path,
            deployment_profile_id: row.deployment_profile_id,
            profile_root_dir: row.profile_root_dir,
            artifact_path: row.artifact_path,
        }
    }

    fn diff(&self) -> DeploymentDiff {
        self.engine.diff_deployment(&self.named("skill:kit")).unwrap()
    }

    fn resolve(&self, files: Vec<FileChoice>) -> skillmeat_engine::Result<Receipt> {
        let deployment = self.named("skill:kit");
        self.engine.resolve_conflict(&ResolveRequest { deployment, files, plan: None })
    }

    fn status(&self) -> Status {
        // The cached row and a fresh look must say the same.
        let fresh = self.engine.find_deployments(&artifact("skill:kit"), &self.project, None).unwrap();
        let cached = self.engine.library_snapshot().unwrap().artifacts;
        let cached = cached.iter().flat_map(|entry| &entry.deployments);
        let of_kit = |row: &&DeploymentRow| {
            row.artifact_id == "skill:kit" && row.project_path.as_str() == self.project
        };
        let cached = cached.filter(of_kit).map(|row| row.status);
        let fresh = fresh[0].status;
        for status in cached {
            assert!(status == fresh || self.is_behind(), "cached {status:?}, on disk {fresh:?}");
        }
        fresh
    }

    /// Whether the disk was changed by hand since the last operation, so that the cache cannot know.
    fn is_behind(&self) -> bool {
        self.engine.resync(skillmeat_engine::feed::Origin::Resync).unwrap().corrected > 0
    }

    fn statuses(&self) -> Vec<(String, Status, SideChange, SideChange)> {
        let told = |file: skillmeat_engine::engine::FileDiff| {
            (file.path.to_string(), file.status, file.collection, file.project)
        };
        self.diff().files.into_iter().map(told).collect()
    }
}

fn choice(file: &str, take: Take) -> FileChoice {
    FileChoice { file: RelPath::new(file).unwrap(), take, text: None }
}

fn text(file: &str, text: &str) -> FileChoice {
    FileChoice { text: Some(text.to_owned()), ..choice(file, Take::Text) }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn each_file_says_which_side_changed_it() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n", "b.md": "b two\n", "new.md": "new\n" });
    tree!(kit.copy() => { "b.md": "b mine\n", "own.md": "own\n" });
    std::fs::remove_file(kit.copy().join("run.sh")).unwrap();
    use SideChange::{Added, Modified, Removed, Same};
    assert_eq!(
        kit.statuses(),
        [
            ("a.md".to_owned(), Status::Outdated, Modified, Same),
            ("b.md".to_owned(), Status::Conflict, Modified, Modified),
            ("new.md".to_owned(), Status::Outdated, Added, Same),
            ("own.md".to_owned(), Status::Modified, Same, Added),
            ("run.sh".to_owned(), Status::Modified, Same, Removed),
        ]
    );
    assert_eq!((kit.diff().known, kit.status()), (Known::Files, Status::Conflict));
}

#[test]
fn changes_of_different_files_are_no_conflict() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    tree!(kit.copy() => { "b.md": "b mine\n" });
    assert_eq!(kit.status(), Status::Modified);
    // What both made alike is synced, whatever was deployed.
    tree!(kit.copy() => { "a.md": "a two\n", "b.md": "b one\n" });
    assert_eq!(kit.status(), Status::Synced);
}

#[test]
fn an_update_brings_the_new_and_keeps_the_edited() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n", "sub/new.md": "new\n" });
    std::fs::remove_file(kit.source().join("run.sh")).unwrap();
    tree!(kit.copy() => {
        "b.md": exec("b mine\n"), "own/deep.md": "own\n", ".venv/bin/python": exec("an interpreter"),
    });
    std::fs::create_dir(kit.copy().join("empty")).unwrap();
    let before = DiskSnapshot::of(&kit.copy());

    let plan = kit.engine.plan_update(&kit.request(&["skill:kit"])).unwrap();
    assert_eq!(plan.items[0].action, Action::Updated);
    let edited: Vec<_> = plan.items[0].edited.iter().map(RelPath::as_str).collect();
    assert_eq!(edited, ["b.md", "own/deep.md"]);
    let receipt = kit
        .engine
        .update_deployments(&UpdateRequest { plan: Some(plan.id), ..kit.request(&["skill:kit"]) })
        .unwrap();
    assert_done(&receipt, Action::Updated);

    let want = DiskSnapshot::of(&kit.copy());
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
    assert_eq!(read(&kit.copy().join("sub/new.md")), "new\n");
    assert!(!kit.copy().join("run.sh").exists());
    assert_eq!(read(&kit.copy().join("own/deep.md")), "own\n");
    assert_eq!(read(&kit.copy().join(".venv/bin/python")), "an interpreter");
    assert!(kit.copy().join("empty").is_dir());
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(kit.copy().join("b.md")).unwrap().permissions().mode();
    assert_eq!((read(&kit.copy().join("b.md")).as_str(), mode & 0o777), ("b mine\n", 0o755));
    // The base is the collection's: only the edits are left.
    assert_eq!(kit.status(), Status::Modified);
    let left: Vec<_> = kit.statuses().into_iter().map(|(path, status, _, _)| (path, status)).collect();
    assert_eq!(left, [("b.md".to_owned(), Status::Modified), ("own/deep.md".to_owned(), Status::Modified)]);
    assert_done(&kit.update(), Action::Unchanged);

    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
    assert_eq!(kit.engine.history(None).unwrap().operations[1].undone, Undone::Yes);
    assert_done(&kit.update(), Action::Updated);
    want.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn what_was_only_outdated_is_synced_afterwards() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n" });
    tree!(kit.sandbox.collection() => { "commands/say.md": "say two\n" });
    let all = UpdateRequest { all: true, projects: vec![kit.project.clone()], ..UpdateRequest::default() };
    assert_done(&kit.engine.update_deployments(&all).unwrap(), Action::Updated);
    assert!(kit.engine.status(&[]).unwrap().deployments.iter().all(|row| row.status == Status::Synced));
    let again = kit.engine.update_deployments(&all).unwrap();
    assert_eq!(again.totals.unchanged, 2, "{again:?}");
}

#[test]
fn what_both_changed_needs_an_answer() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "a.md": "a two\n", "b.md": "b two\n" });
    tree!(kit.copy() => { "b.md": "b mine\n" });
    let before = DiskSnapshot::of(&kit.sandbox.project("api"));
    let refused = kit.update();
    let problem = only(&refused).problem.clone().unwrap();
    assert_eq!((only(&refused).status, problem.code), (Outcome::Failed, Code::LocalChanges));
    assert!(problem.message.contains("b.md") && !problem.message.contains("a.md"), "{problem:?}");
    before.assert_same(&DiskSnapshot::of(&kit.sandbox.project("api")));

    let skipped = UpdateRequest { on_conflict: OnConflict::Skip, ..kit.request(&["skill:kit"]) };
    let skipped = kit.engine.update_deployments(&skipped).unwrap();
    assert_eq!(only(&skipped).status, Outcome::Skipped);
    before.assert_same(&DiskSnapshot::of(&kit.sandbox.project("api")));

    let keep = UpdateRequest { on_conflict: OnConflict::Keep, ..kit.request(&["skill:kit"]) };
    assert_done(&kit.engine.update_deployments(&keep).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("b.md")), "b mine\n");
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
    assert_eq!(kit.status(), Status::Modified);
    kit.engine.undo(&UndoRequest::default()).unwrap();

    let overwrite = UpdateRequest { on_conflict: OnConflict::Overwrite, ..kit.request(&["skill:kit"]) };
    assert_done(&kit.engine.update_deployments(&overwrite).unwrap(), Action::Updated);
    assert_eq!((read(&kit.copy().join("b.md")).as_str(), kit.status()), ("b two\n", Status::Synced));
}

#[test]
fn keeping_all_that_both_changed_only_records_it() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "b.md": "b two\n" });
    tree!(kit.copy() => { "b.md": "b mine\n" });
    let before = DiskSnapshot::of(&kit.copy());
    assert_done(&kit.resolve(vec![choice("b.md", Take::Project)]).unwrap(), Action::Kept);
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
    assert_eq!(kit.status(), Status::Modified);
    tree!(kit.source() => { "a.md": "a two\n" });
    assert_done(&kit.update(), Action::Updated);
    assert_eq!(read(&kit.copy().join("b.md")), "b mine\n");
}

#[test]
fn a_conflict_is_resolved_file_by_file() {
    let kit = Kit::deployed();
    tree!(kit.source() => {
        "SKILL.md": format!("{MAIN}one\n2\n3\n4\n5\n"), "a.md": "a two\n", "b.md": "b two\n",
    });
    tree!(kit.copy() => {
        "SKILL.md": format!("{MAIN}1\n2\n3\n4\nfive\n"), "a.md": "a mine\n", "b.md": "b mine\n",
    });
    let refused = kit.resolve(vec![choice("a.md", Take::Collection)]).unwrap();
    assert_eq!(only(&refused).status, Outcome::Failed);

    let proposal =
        kit.engine.propose_merge(&kit.named("skill:kit"), &choice("SKILL.md", Take::Text).file).unwrap();
    let merged = format!("{MAIN}one\n2\n3\n4\nfive\n");
    assert_eq!((proposal.text.as_deref(), proposal.conflicts), (Some(merged.as_str()), 0));
    let marked = kit.engine.propose_merge(&kit.named("skill:kit"), &choice("b.md", Take::Text).file).unwrap();
    assert_eq!(marked.conflicts, 1);
    let answers = |b: FileChoice| vec![text("SKILL.md", &merged), choice("a.md", Take::Collection), b];
    let before = DiskSnapshot::of(&kit.copy());
    let marked = kit.resolve(answers(text("b.md", &marked.text.unwrap())));
    assert_eq!(only(&marked.unwrap()).problem.clone().unwrap().code, Code::InvalidRequest);
    let unknown = kit.resolve(vec![choice("c.md", Take::Project)]).unwrap();
    assert_eq!(only(&unknown).problem.clone().unwrap().code, Code::InvalidRequest);
    before.assert_same(&DiskSnapshot::of(&kit.copy()));

    assert_done(&kit.resolve(answers(choice("b.md", Take::Project))).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("SKILL.md")), merged);
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
    assert_eq!(read(&kit.copy().join("b.md")), "b mine\n");
    assert_eq!(kit.status(), Status::Modified);
    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.copy()));
}

#[test]
fn several_deployments_are_answered_for_file_by_file_in_one_operation() {
    let kit = Kit::deployed();
    let say = kit.sandbox.project("api").join(".claude/commands/say.md");
    tree!(kit.source() => { "a.md": "a two\n", "b.md": "b two\n" });
    tree!(kit.sandbox.collection() => { "commands/say.md": "say two\n" });
    tree!(kit.copy() => { "a.md": "a mine\n", "b.md": "b mine\n" });
    std::fs::write(&say, "say mine\n").unwrap();
    let before = DiskSnapshot::of(&kit.sandbox.project("api"));
    let (skill, command) = (kit.named("skill:kit"), kit.named("command:say"));
    let decided =
        |deployment: &DeploymentRef, files| DeploymentFiles { deployment: deployment.clone(), files };
    let answers = vec![choice("a.md", Take::Collection), choice("b.md", Take::Project)];
    let mut request = UpdateRequest {
        deployments: vec![skill.clone()],
        decided: vec![decided(&skill, answers), decided(&command, vec![text("say.md", "say both\n")])],
        ..UpdateRequest::default()
    };
    let refused = kit.engine.plan_update(&request).unwrap_err();
    assert_eq!(refused.to_problem().code, Code::InvalidRequest);

    request.deployments.push(command);
    let plan = kit.engine.plan_update(&request).unwrap();
    assert_eq!((plan.totals.updated, plan.totals.conflicts), (2, 0), "{plan:?}");
    let receipt = kit.engine.update_deployments(&UpdateRequest { plan: Some(plan.id), ..request }).unwrap();
    assert_eq!(receipt.totals.succeeded, 2, "{receipt:?}");
    assert_eq!(read(&kit.copy().join("a.md")), "a two\n");
    assert_eq!(read(&kit.copy().join("b.md")), "b mine\n");
    assert_eq!(read(&say), "say both\n");
    kit.engine.undo(&UndoRequest::default()).unwrap();
    before.assert_same(&DiskSnapshot::of(&kit.sandbox.project("api")));
}

#[test]
fn a_single_file_is_resolved_by_its_own_name() {
    let kit = Kit::deployed();
    let copy = kit.sandbox.project("api").join(".claude/commands/say.md");
    tree!(kit.sandbox.collection() => { "commands/say.md": "say two\n" });
    std::fs::write(&copy, "say mine\n").unwrap();
    let refused = kit.engine.update_deployments(&kit.request(&["command:say"])).unwrap();
    assert_eq!(only(&refused).status, Outcome::Failed);
    let deployment = kit.named("command:say");
    let files = vec![text("say.md", "say both\n")];
    let receipt = kit.engine.resolve_conflict(&ResolveRequest { deployment, files, plan: None }).unwrap();
    assert_done(&receipt, Action::Updated);
    assert_eq!(read(&copy), "say both\n");
}

#[test]
fn without_what_was_deployed_only_hashes_are_compared_and_that_is_said() {
    let kit = Kit::deployed();
    std::fs::remove_dir_all(kit.sandbox.home().join("desktop/objects")).unwrap();
    tree!(kit.source() => { "a.md": "a two\n" });
    // One side is what the record names, so it stands for what was deployed.
    assert_eq!((kit.diff().known, kit.status()), (Known::Files, Status::Outdated));
    tree!(kit.copy() => { "b.md": "b mine\n" });
    assert_eq!((kit.diff().known, kit.status()), (Known::Hash, Status::Conflict));
    let unknown = |path: &str| (path.to_owned(), Status::Conflict, SideChange::Unknown, SideChange::Unknown);
    assert_eq!(kit.statuses(), [unknown("a.md"), unknown("b.md")]);
    let problem = only(&kit.update()).problem.clone().unwrap();
    assert!(problem.message.contains("no longer kept"), "{problem:?}");
    let answers = vec![choice("a.md", Take::Collection), choice("b.md", Take::Project)];
    assert_done(&kit.resolve(answers).unwrap(), Action::Updated);
    assert_eq!((kit.diff().known, kit.status()), (Known::Files, Status::Modified));
}

#[test]
fn a_copy_that_was_removed_comes_back_only_on_wish() {
    let kit = Kit::deployed();
    std::fs::remove_dir_all(kit.copy()).unwrap();
    assert_eq!(only(&kit.update()).status, Outcome::Failed);
    let all = UpdateRequest { all: true, projects: vec![kit.project.clone()], ..UpdateRequest::default() };
    assert_eq!(kit.engine.update_deployments(&all).unwrap().results.len(), 1);
    let back = UpdateRequest { on_conflict: OnConflict::Overwrite, ..kit.request(&["skill:kit"]) };
    assert_done(&kit.engine.update_deployments(&back).unwrap(), Action::Created);
    assert_eq!(kit.status(), Status::Synced);
}

#[test]
fn a_file_in_the_place_of_a_folder_needs_both_from_one_side() {
    let kit = Kit::deployed();
    tree!(kit.source() => { "x/y.md": "theirs\n" });
    tree!(kit.copy() => { "x": "mine\n" });
    assert_eq!(only(&kit.update()).status, Outcome::Failed);
    let clash = vec![choice("x", Take::Project), choice("x/y.md", Take::Collection)];
    assert_eq!(only(&kit.resolve(clash).unwrap()).problem.clone().unwrap().code, Code::InvalidRequest);
    let mine = vec![choice("x", Take::Project), choice("x/y.md", Take::Project)];
    assert_done(&kit.resolve(mine).unwrap(), Action::Kept);
    assert_eq!(read(&kit.copy().join("x")), "mine\n");
    let theirs = vec![choice("x", Take::Collection), choice("x/y.md", Take::Collection)];
    assert_done(&kit.resolve(theirs).unwrap(), Action::Updated);
    assert_eq!(read(&kit.copy().join("x/y.md")), "theirs\n");
}

#[test]
fn an_orphan_cannot_be_updated() {
    let kit = Kit::deployed();
    std::fs::remove_dir_all(kit.source()).unwrap();
    let refused = kit.update();
    assert_eq!(only(&refused).problem.clone().unwrap().code, Code::ArtifactNotFound);
    assert!(kit.copy().join("SKILL.md").exists());
}
