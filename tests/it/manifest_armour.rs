//! Manifests that are damaged: never written, told, and mended by choice.

use crate::call::{assert_done, assert_failed, deploy, status, undeploy};
use skillmeat_engine::engine::{Finding, Options, Repair, RepairRequest, Repaired};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::Action;
use skillmeat_engine::status::Status;
use skillmeat_engine::{Engine, Result};
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};
use std::path::PathBuf;

const MANIFEST: &str = ".claude/.skillmeat-deployed.toml";
const LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";

/// A project with three deployments and a manifest that was read well once.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) engine: Engine,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        let engine = sandbox.engine();
        let scene = Self { sandbox, engine };
        deploy(&scene.engine, &["code-review", "release-notes", "changelog"], &scene.project());
        let text = scene.text();
        scene.write(format!("# of the team\n{text}\n[other]\nx = 1\n"));
        scene.resync();
        scene
    }

    pub(crate) fn project(&self) -> String {
        self.sandbox.project_text("api")
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.sandbox.project("api")
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.folder().join(MANIFEST)
    }

    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(self.manifest()).unwrap()
    }

    pub(crate) fn write(&self, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.manifest(), bytes).unwrap();
    }

    pub(crate) fn resync(&self) {
        self.engine.resync(Origin::Resync).unwrap();
    }

    pub(crate) fn repair(&self, repair: Repair) -> Result<Repaired> {
        self.engine.repair(&RepairRequest {
            project_path: Some(self.project()),
            profile_root_dir: Some(RelPath::new(".claude")?),
            subject: None,
            repair,
        })
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.engine.findings().unwrap()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        status(&self.engine, &self.project()).into_iter().map(|row| row.artifact_path.to_string()).collect()
    }

    /// Everything in the project but the manifest and its lock.
    fn others(&self) -> DiskSnapshot {
        DiskSnapshot::of(&self.folder()).without(MANIFEST).without(LOCK)
    }

    /// What the trash holds.
    pub(crate) fn trashed(&self) -> Vec<Vec<u8>> {
        let files = walkdir::WalkDir::new(self.sandbox.home().join("desktop/trash")).into_iter().flatten();
        let contents = files.filter(|entry| entry.file_name() == "0");
        contents.map(|entry| std::fs::read(entry.path()).unwrap()).collect()
    }
}

/// Texts that are no manifest, each made of the good one.
fn damage(good: &str) -> Vec<(&'static str, Vec<u8>)> {
    let middle = good.find("skills/release-notes").unwrap();
    let mut not_text = good.as_bytes().to_vec();
    not_text[middle] = 0xff;
    let large = format!("{good}\n# {}\n", "x".repeat(17 * 1024 * 1024));
    let merge = good.replacen("[other]", "<<<<<<< HEAD\n[other]\n=======\n>>>>>>> theirs", 1);
    vec![
        ("zero bytes", Vec::new()),
        ("torn in the middle", good.as_bytes()[..middle].to_vec()),
        ("zeros after a power cut", vec![0; good.len()]),
        ("not UTF-8", not_text),
        ("17 MiB", large.into_bytes()),
        ("a merge conflict", merge.into_bytes()),
        ("another file", b"{\"deployed\": []}\n".to_vec()),
    ]
}

#[test]
fn a_damaged_manifest_is_never_written_and_each_repair_works() {
    let good = Scene::new().text();
    for (name, bytes) in damage(&good) {
        for repair in [Repair::RestoreManifest, Repair::RebuildManifest] {
            let scene = Scene::new();
            scene.write(&bytes);
            let before = DiskSnapshot::of(&scene.folder());
            assert_failed(
                &deploy(&scene.engine, &["pm/prd-writer"], &scene.project()),
                Code::ManifestInvalid,
            );
            assert_failed(
                &undeploy(&scene.engine, &["code-review"], &scene.project()),
                Code::ManifestInvalid,
            );
            scene.resync();
            assert!(status(&scene.engine, &scene.project()).iter().all(|row| row.status == Status::Unknown));
            before.assert_same(&DiskSnapshot::of(&scene.folder()));

            let findings = scene.findings();
            assert_eq!(findings.len(), 1, "{name}: {findings:?}");
            assert_eq!(findings[0].problem.code, Code::ManifestInvalid, "{name}");
            assert_eq!(findings[0].repairs, [Repair::RestoreManifest, Repair::RebuildManifest], "{name}");

            let others = scene.others();
            let repaired = scene.repair(repair).unwrap();
            assert_eq!((repaired.records, repaired.trashed), (3, true), "{name}, {repair:?}");
            assert_eq!(repaired.problems, [], "{name}, {repair:?}");
            assert_eq!(scene.trashed(), std::slice::from_ref(&bytes), "{name}, {repair:?}");
            others.assert_same(&scene.others());
            let rows = status(&scene.engine, &scene.project());
            assert_eq!(rows.len(), 3, "{name}, {repair:?}: {rows:?}");
            assert!(rows.iter().all(|row| row.status == Status::Synced), "{name}, {repair:?}: {rows:?}");
            assert_eq!(scene.findings(), [], "{name}, {repair:?}");
            if repair == Repair::RestoreManifest {
                assert_eq!(scene.text(), good, "{name}");
            }
            assert_done(&deploy(&scene.engine, &["pm/prd-writer"], &scene.project()), Action::Created);
        }
    }
}

#[test]
fn a_manifest_is_made_anew_from_the_disk_alone() {
    let scene = Scene::new();
    // Without a copy, a cache or a word of the old text: a clone on another machine, say.
    std::fs::remove_dir_all(scene.sandbox.home().join("desktop")).unwrap();
    let project = scene.project();
    let agent = scene.sandbox.collection().join("agents/pm/prd-writer.md");
    let agent = std::fs::read_to_string(agent).unwrap();
    let command = scene.sandbox.collection().join("commands/changelog.md");
    let command = std::fs::read_to_string(command).unwrap();
    tree!(scene.folder() => {
        ".claude/skills/release-notes/SKILL.md": "edited here",
        ".claude/skills/my-own/SKILL.md": "never deployed",
        ".claude/agents/team/pm/prd-writer.md": agent,
        ".claude/commands/renamed.md": command,
    });
    scene.write("");
    let engine = scene.sandbox.engine();
    engine.add_project(&project).unwrap();
    let findings = engine.findings().unwrap();
    assert_eq!(findings[0].repairs, [Repair::RebuildManifest], "there is no copy to restore");
    let request = RepairRequest {
        project_path: Some(project.clone()),
        profile_root_dir: Some(RelPath::new(".claude").unwrap()),
        subject: None,
        repair: Repair::RestoreManifest,
    };
    assert_eq!(engine.repair(&request).unwrap_err().code(), Code::InvalidRequest);
    let others = scene.others();
    let request = RepairRequest { repair: Repair::RebuildManifest, ..request };
    assert_eq!(engine.repair(&request).unwrap().records, 3);
    others.assert_same(&scene.others());
    let rows = status(&engine, &project);
    let paths: Vec<&str> = rows.iter().map(|row| row.artifact_path.as_str()).collect();
    assert_eq!(paths, ["agents/team/pm/prd-writer.md", "commands/changelog.md", "skills/code-review"]);
    assert!(rows.iter().all(|row| row.status == Status::Synced), "{rows:?}");
    assert_done(&undeploy(&engine, &["code-review"], &project), Action::Removed);
    assert!(!scene.folder().join(".claude/skills/code-review").exists());
    assert!(scene.folder().join(".claude/skills/my-own").exists());
}

#[test]
fn nothing_to_find_leaves_no_manifest() {
    let sandbox = Sandbox::empty();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    tree!(folder => { ".claude/.skillmeat-deployed.toml": "not a manifest", ".claude/skills/x/SKILL.md": "mine" });
    let engine = sandbox.engine();
    engine.add_project(&project).unwrap();
    let request = RepairRequest {
        project_path: Some(project),
        profile_root_dir: Some(RelPath::new(".claude").unwrap()),
        subject: None,
        repair: Repair::RebuildManifest,
    };
    let repaired = engine.repair(&request).unwrap();
    assert_eq!((repaired.records, repaired.trashed), (0, true));
    assert!(!folder.join(MANIFEST).exists());
    assert!(folder.join(".claude/skills/x/SKILL.md").exists());
    assert_eq!(engine.findings().unwrap(), []);
}

#[test]
fn a_manifest_that_is_fine_is_not_repaired() {
    let scene = Scene::new();
    let before = DiskSnapshot::of(&scene.folder());
    for repair in [
        Repair::RestoreManifest,
        Repair::RebuildManifest,
        Repair::RestoreRecords,
        Repair::ForgetRecords,
        Repair::SetAside,
    ] {
        assert_eq!(scene.repair(repair).unwrap_err().code(), Code::InvalidRequest, "{repair:?}");
    }
    for (project, root) in [(None, None), (Some(scene.project()), None), (Some(scene.project()), Some("src"))]
    {
        let request = RepairRequest {
            project_path: project,
            profile_root_dir: root.map(|root| RelPath::new(root).unwrap()),
            subject: None,
            repair: Repair::RebuildManifest,
        };
        assert_eq!(scene.engine.repair(&request).unwrap_err().code(), Code::InvalidRequest);
    }
    before.assert_same(&DiskSnapshot::of(&scene.folder()));
    assert_eq!(scene.trashed(), Vec::<Vec<u8>>::new());
}

#[test]
fn bad_records_and_broken_state_files_are_findings() {
    let scene = Scene::new();
    let text = scene.text();
    scene.write(format!("{text}\n[[deployed]]\nartifact_name = \"half\"\n"));
    let findings = scene.findings();
    assert_eq!((findings.len(), findings[0].problem.code), (1, Code::RecordInvalid));
    assert_eq!((findings[0].repairs.len(), findings[0].profile_root_dir.is_some()), (0, true));

    tree!(scene.sandbox.home() => { "desktop/settings.toml": "= no", "desktop/projects.toml": "[[projects]\n" });
    let findings = scene.findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
    for finding in &findings {
        assert_eq!(finding.problem.code, Code::ConfigInvalid);
        assert_eq!((finding.repairs.as_slice(), &finding.project_path), (&[Repair::SetAside][..], &None));
    }
}

#[test]
fn a_repair_is_refused_while_another_program_holds_the_manifest() {
    let scene = Scene::new();
    scene.write("");
    let held = scene.folder().join(LOCK);
    let file = std::fs::File::options().read(true).write(true).open(held).unwrap();
    file.lock().unwrap();
    assert_eq!(scene.repair(Repair::RestoreManifest).unwrap_err().code(), Code::ProjectBusy);
    assert_eq!(scene.text(), "");
    drop(file);
    scene.repair(Repair::RestoreManifest).unwrap();
}

#[test]
fn a_repair_is_refused_while_another_process_holds_the_project() {
    let scene = Scene::new();
    scene.write("");
    let locks = std::fs::read_dir(scene.sandbox.home().join("desktop/locks")).unwrap();
    let lock = locks.map(|entry| entry.unwrap().path()).next().unwrap();
    let file = std::fs::File::options().read(true).write(true).open(lock).unwrap();
    file.lock().unwrap();
    assert_eq!(scene.repair(Repair::RebuildManifest).unwrap_err().code(), Code::ProjectBusy);
    assert_eq!(scene.text(), "");
}

#[test]
fn a_collection_that_a_kind_folder_links_to_is_not_recorded() {
    let sandbox = Sandbox::empty();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let home = folder.join("home");
    skillmeat_tests::skill(&home.join("collections/default"), "code-review");
    tree!(folder => { ".claude/.skillmeat-deployed.toml": "broken" });
    std::os::unix::fs::symlink("../home/collections/default/skills", folder.join(".claude/skills")).unwrap();
    let engine = Engine::open(Options { home, ..sandbox.options() }).unwrap();
    let request = RepairRequest {
        project_path: Some(project),
        profile_root_dir: Some(RelPath::new(".claude").unwrap()),
        subject: None,
        repair: Repair::RebuildManifest,
    };
    assert_eq!(engine.repair(&request).unwrap().records, 0);
}
