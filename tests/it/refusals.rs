//! Bad input: each has a code of its own, and nothing is written.

use crate::call::{artifact, artifact_in, assert_done, assert_failed, deploy, deploy_request};
use crate::mounted;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::error::Code;
use skillmeat_engine::plan::{Action, DeployRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, link, tree};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn refused(sandbox: &Sandbox, request: &DeployRequest) -> Code {
    sandbox.engine().deploy(request).unwrap_err().code()
}

#[test]
fn projects_that_cannot_be_one() {
    let sandbox = Sandbox::new();
    tree!(sandbox.path() => { "projects/file": "x" });
    let path = |below: &str| sandbox.path().join(below).to_str().unwrap().to_owned();
    for (project, code) in [
        (path("projects/nowhere"), Code::ProjectNotFound),
        (path("projects/file"), Code::ProjectInvalid),
        (path("projects/file/below"), Code::ProjectInvalid),
        ("/".to_owned(), Code::ProjectInvalid),
        (path("person"), Code::ProjectInvalid),
        ("~".to_owned(), Code::ProjectInvalid),
        (path("person/.skillmeat/collections/default"), Code::ProjectInvalid),
    ] {
        assert_eq!(refused(&sandbox, &deploy_request(&["code-review"], &project)), code, "{project}");
        assert_eq!(sandbox.engine().add_project(&project).unwrap_err().code(), code, "{project}");
    }
}

#[test]
fn profiles_and_sub_folders_that_cannot_be_used() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let request = |profile: Option<&str>, dest: Option<&str>| DeployRequest {
        profiles: profile.map(str::to_owned).into_iter().collect(),
        dest: dest.map(str::to_owned),
        ..deploy_request(&["code-review"], &project)
    };
    assert_eq!(refused(&sandbox, &request(Some("git"), None)), Code::ProfileNotFound);
    for dest in ["..", "a/../..", "/etc", "a//b", "."] {
        assert_eq!(refused(&sandbox, &request(None, Some(dest))), Code::PathEscapesRoot, "{dest}");
    }
    for dest in [".git", "con", "a/x."] {
        assert_eq!(refused(&sandbox, &request(None, Some(dest))), Code::InvalidName, "{dest}");
    }
    assert!(DiskSnapshot::of(&folder).paths().is_empty());

    let agent = DeployRequest { profiles: vec!["codex".into()], ..deploy_request(&["prd-writer"], &project) };
    assert_failed(&sandbox.engine().deploy(&agent).unwrap(), Code::UnsupportedKind);
    assert!(DiskSnapshot::of(&folder).paths().is_empty());
}

#[test]
fn requests_without_sense() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    for request in [
        DeployRequest { projects: vec![project.clone()], ..DeployRequest::default() },
        DeployRequest { artifacts: vec![artifact("code-review")], ..DeployRequest::default() },
        DeployRequest { all: true, ..deploy_request(&["code-review"], &project) },
    ] {
        assert_eq!(refused(&sandbox, &request), Code::InvalidRequest);
    }
}

#[test]
fn an_unknown_and_an_ambiguous_artifact_do_not_stop_the_others() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    skillmeat_tests::agent(&sandbox.collection(), "docs/prd-writer");
    let receipt = deploy(&sandbox.engine(), &["skill:nothing", "prd-writer", "code-review"], &project);
    let codes: Vec<_> =
        receipt.results.iter().map(|result| result.problem.as_ref().map(|problem| problem.code)).collect();
    assert_eq!(codes, [Some(Code::ArtifactNotFound), Some(Code::AmbiguousArtifact), None]);
    assert_eq!((receipt.totals.failed, receipt.totals.succeeded), (2, 1));
    assert!(receipt.results[1].error.as_ref().unwrap().contains("agent:docs/prd-writer"));
}

#[test]
fn two_artifacts_with_one_target_are_a_clash() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    tree!(sandbox.home() => { "collections/other/skills/Code-Review/SKILL.md": "---\nname: x\n---\n" });
    let receipt = deploy(&sandbox.engine(), &["skill:code-review", "skill:Code-Review"], &project);
    assert_eq!(receipt.results[0].status, Outcome::Success);
    assert_eq!(receipt.results[1].problem.as_ref().unwrap().code, Code::NameClash);
}

#[test]
fn sources_that_cannot_be_deployed() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let collection = sandbox.collection();
    tree!(collection => {
        "skills/leaky/SKILL.md": "x",
        "skills/leaky/secret": link("../../../../../.ssh/id_rsa"),
        "skills/piped/SKILL.md": "x",
    });
    rustix::fs::mkfifoat(rustix::fs::CWD, collection.join("skills/piped/pipe"), rustix::fs::Mode::RWXU)
        .unwrap();
    let engine = sandbox.engine();
    assert_failed(&deploy(&engine, &["leaky"], &project), Code::LinkLeavesArtifact);
    assert_failed(&deploy(&engine, &["piped"], &project), Code::SourceInvalid);
    assert!(DiskSnapshot::of(&folder).paths().is_empty());
}

#[test]
fn a_source_that_became_empty_never_replaces_a_good_copy() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let before = DiskSnapshot::of(&folder);
    let source = sandbox.collection().join("skills/code-review");
    std::fs::remove_dir_all(&source).unwrap();
    std::fs::create_dir(&source).unwrap();
    let receipt = deploy(&engine, &["code-review"], &project);
    assert_eq!(receipt.totals.failed, 1, "{receipt:?}");
    before.assert_same(&DiskSnapshot::of(&folder));
}

#[test]
fn a_manifest_that_does_not_parse_stops_its_profile_and_nothing_else() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let manifest = folder.join(".claude/.skillmeat-deployed.toml");
    std::fs::write(&manifest, "[[deployed]\nbroken").unwrap();
    let before = DiskSnapshot::of(&folder);

    assert_failed(&deploy(&engine, &["release-notes"], &project), Code::ManifestInvalid);
    assert_failed(&crate::call::undeploy(&engine, &["code-review"], &project), Code::ManifestInvalid);
    before.assert_same(&DiskSnapshot::of(&folder));

    let report = engine.status(std::slice::from_ref(&project)).unwrap();
    assert_eq!(report.problems[0].code, Code::ManifestInvalid);
    assert!(report.problems[0].message.contains("line 1"), "{}", report.problems[0].message);
    assert_eq!(report.deployments[0].status, Status::Unknown, "what was known is not shown as gone");

    let other = sandbox.project_text("web");
    assert_done(&deploy(&engine, &["release-notes"], &other), Action::Created);
    let codex =
        DeployRequest { profiles: vec!["codex".into()], ..deploy_request(&["release-notes"], &project) };
    assert_done(&engine.deploy(&codex).unwrap(), Action::Created);
}

#[test]
fn one_bad_record_is_told_and_the_good_ones_work() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let manifest = folder.join(".claude/.skillmeat-deployed.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let bad = "\n[[deployed]]\nartifact_name = \"out\"\nartifact_type = \"skill\"\nartifact_path = \"../../x\"\n\
               content_hash = \"97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e\"\n";
    std::fs::write(&manifest, text + bad).unwrap();
    let report = engine.status(std::slice::from_ref(&project)).unwrap();
    assert_eq!(report.deployments.len(), 1);
    assert_eq!(report.problems[0].code, Code::RecordInvalid);
    assert_failed(&crate::call::undeploy(&engine, &["skill:out"], &project), Code::DeploymentNotFound);
    assert_done(&crate::call::undeploy(&engine, &["code-review"], &project), Action::Removed);
    assert!(std::fs::read_to_string(&manifest).unwrap().contains("\"../../x\""));
}

#[test]
fn a_profile_folder_that_leads_out_of_the_project_is_not_followed() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let outside = sandbox.path().join("outside");
    tree!(outside => { "skills/code-review/SKILL.md": "somebody else's" });
    std::os::unix::fs::symlink(&outside, folder.join(".claude")).unwrap();
    let before = DiskSnapshot::of(&outside);
    let receipt = deploy(&sandbox.engine(), &["code-review"], &project);
    assert_eq!(receipt.totals.failed, 1, "{receipt:?}");
    before.assert_same(&DiskSnapshot::of(&outside));
}

/// What cannot be read or written is only refused to somebody who is not root.
fn as_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_cannot_be_read_and_a_project_that_cannot_be_written() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    if as_root() {
        return crate::unprivileged::run("a_file_that_cannot_be_read_and_a_project_that_cannot_be_written");
    }
    let secret = sandbox.collection().join("skills/code-review/references/guide.md");
    set_mode(&secret, 0o000);
    let engine = sandbox.engine();
    assert_failed(&deploy(&engine, &["code-review"], &project), Code::PermissionDenied);
    assert!(DiskSnapshot::of(&sandbox.project("api")).paths().is_empty(), "nothing is left behind");

    set_mode(&sandbox.project("api"), 0o555);
    assert_failed(&deploy(&engine, &["release-notes"], &project), Code::PermissionDenied);
    set_mode(&sandbox.project("api"), 0o755);
    assert_done(&deploy(&engine, &["release-notes"], &project), Action::Created);
}

#[test]
fn a_project_without_space_gets_nothing_and_the_others_go_on() {
    if !mounted::as_root("a_project_without_space_gets_nothing_and_the_others_go_on") {
        return;
    }
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("small"), sandbox.project_text("small"));
    tree!(sandbox.collection() => { "skills/big/SKILL.md": "x".repeat(400_000) });
    let _small = mounted::Mounted::new(&folder, "128k");
    let engine = sandbox.engine();
    assert_failed(&deploy(&engine, &["big"], &project), Code::DiskFull);
    assert!(DiskSnapshot::of(&folder).paths().is_empty(), "nothing is left behind");
    let receipt = deploy(&engine, &["big", "code-review"], &project);
    assert_eq!((receipt.totals.failed, receipt.totals.succeeded), (1, 1), "{receipt:?}");
    assert_eq!(crate::call::status(&engine, &project)[0].status, Status::Synced);
}

#[test]
fn a_project_on_a_read_only_disk_is_refused_and_can_be_looked_at() {
    if !mounted::as_root("a_project_on_a_read_only_disk_is_refused_and_can_be_looked_at") {
        return;
    }
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("fixed"), sandbox.project_text("fixed"));
    let disk = mounted::Mounted::new(&folder, "1m");
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    disk.make_read_only();
    assert_failed(&deploy(&engine, &["release-notes"], &project), Code::ReadOnly);
    assert_failed(&crate::call::undeploy(&engine, &["code-review"], &project), Code::ReadOnly);
    assert_eq!(crate::call::status(&engine, &project)[0].status, Status::Synced);
}

#[test]
fn an_artifact_of_too_many_files_is_refused() {
    let sandbox = Sandbox::new();
    let (folder, project) = (sandbox.project("api"), sandbox.project_text("api"));
    let many = sandbox.collection().join("skills/many");
    tree!(many => { "SKILL.md": "x" });
    for number in 0..skillmeat_engine::fs::MAX_FILES {
        std::fs::File::create(many.join(number.to_string())).unwrap();
    }
    assert_failed(&deploy(&sandbox.engine(), &["many"], &project), Code::SourceTooLarge);
    assert!(DiskSnapshot::of(&folder).paths().is_empty());
}

#[test]
fn files_of_settings_and_collections_that_do_not_parse_are_told_and_left_alone() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    tree!(sandbox.home() => {
        "desktop/projects.toml": "[[projects]\n",
        "collections/default/collection.toml": "= no",
    });
    let engine = sandbox.engine();
    assert_eq!(
        engine.deploy(&deploy_request(&["code-review"], &project)).unwrap_err().code(),
        Code::ConfigInvalid
    );
    assert_eq!(engine.add_project(&project).unwrap_err().code(), Code::ConfigInvalid);
    let codes: Vec<_> =
        engine.library_snapshot().unwrap().problems.iter().map(|problem| problem.code).collect();
    assert!(codes.contains(&Code::ConfigInvalid), "{codes:?}");
    let kept = std::fs::read_to_string(sandbox.home().join("desktop/projects.toml")).unwrap();
    assert_eq!(kept, "[[projects]\n");

    std::fs::remove_file(sandbox.home().join("desktop/projects.toml")).unwrap();
    engine.resync(skillmeat_engine::feed::Origin::Resync).unwrap();
    let snapshot = engine.library_snapshot().unwrap();
    assert_eq!(snapshot.collections[0].problems[0].code, Code::CollectionInvalid);
    assert_eq!(snapshot.artifacts.len(), 4, "what lies on disk is listed all the same");
    let elsewhere = artifact_in("code-review", "nowhere");
    let request = DeployRequest { artifacts: vec![elsewhere], ..deploy_request(&[], &project) };
    assert_failed(&engine.deploy(&request).unwrap(), Code::CollectionNotFound);
}
