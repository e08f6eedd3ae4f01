//! What is disturbed: one line for each operation, and what there is before it.

use super::batch::{assembled, deploy_set, deployed_set, undeploy_set};
use super::curated::{changed, curated, more_members, rename_group, renamed};
use super::pushes::{contested, push, pushable, pushed};
use super::taken_over::{import_database, known_to_a_database, of_old};
use crate::call::{artifact, deploy_request, undeploy_request};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{Outcome, Receipt, TargetResult, Totals};
use skillmeat_engine::engine::{ImportRequest, RemoveRequest, TagRequest};
use skillmeat_engine::error::{Error, Problem};
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{
    Action, DeployRequest, DeploymentRef, FileChoice, NewContent, OnConflict, Replaces, ResolveRequest, Take,
    UndeployRequest, UndoRequest, UpdateRequest,
};
use skillmeat_tests::faults::Operation;
use skillmeat_tests::{Sandbox, exec, link, tree};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Every operation that writes people's files. A new one is one more line.
pub(crate) const OPERATIONS: [Operation; 33] = [
    Operation { name: "deploy", before: fresh, run: deploy },
    Operation { name: "update", before: outdated, run: deploy },
    Operation { name: "update-carrying", before: outdated_with_ignored, run: deploy },
    Operation { name: "overwrite", before: occupied, run: overwrite },
    Operation { name: "undeploy", before: deployed, run: undeploy },
    Operation { name: "undeploy-edited", before: edited, run: undeploy },
    Operation { name: "two-projects", before: fresh, run: deploy_to_both },
    Operation { name: "merge", before: drifted, run: update },
    Operation { name: "resolve", before: conflicting, run: resolve },
    Operation { name: "undo-merge", before: merged, run: undo },
    Operation { name: "undo-deploy", before: deployed, run: undo },
    Operation { name: "undo-overwrite", before: overwritten, run: undo },
    Operation { name: "undo-undeploy", before: undeployed, run: undo },
    Operation { name: "collect", before: collected, run: collect },
    Operation { name: "collect-replace", before: collected, run: collect_newer },
    Operation { name: "collect-remove", before: collected, run: collect_less },
    Operation { name: "undo-collect-replace", before: recollected, run: undo },
    Operation { name: "set", before: curated, run: more_members },
    Operation { name: "undo-set", before: changed, run: undo },
    Operation { name: "group-rename", before: curated, run: rename_group },
    Operation { name: "undo-group-rename", before: renamed, run: undo },
    Operation { name: "batch-deploy", before: assembled, run: deploy_set },
    Operation { name: "batch-undeploy", before: deployed_set, run: undeploy_set },
    Operation { name: "undo-batch", before: deployed_set, run: undo },
    Operation { name: "import", before: importable, run: import },
    Operation { name: "undo-import", before: imported, run: undo },
    Operation { name: "push", before: pushable, run: push },
    Operation { name: "push-kept", before: contested, run: push },
    Operation { name: "undo-push", before: pushed, run: undo },
    Operation { name: "remove", before: catalogued, run: remove },
    Operation { name: "tag", before: catalogued, run: tag },
    Operation { name: "take-over", before: of_old, run: deploy },
    Operation { name: "import-database", before: known_to_a_database, run: import_database },
];

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Operation {
    *OPERATIONS.iter().find(|operation| operation.name == name).unwrap()
}

pub(super) const WANTED: [&str; 2] = ["skill:review", "command:notes"];
/// Two profile roots of one project: `.claude` and `.cursor`.
pub(super) const PROFILES: [&str; 2] = ["claude_code", "cursor"];

/// A manifest that another program wrote, with what we do not know.
const THEIRS: &str = r#"# theirs: the head
theirs_version = 3

[[deployed]]
# theirs: inside
artifact_name = "foreign"
artifact_type = "skill"
from_collection = "elsewhere"
deployed_at = "2025-01-01T00:00:00"
artifact_path = "skills/foreign"
content_hash = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e"
deployment_profile_id = "claude_code"
theirs_extra = ["kept", { as = "it is" }]

[theirs]
table = true # theirs: behind
"#;

fn library(sandbox: &Sandbox) {
    tree!(sandbox.collection() => {
        "skills/review/SKILL.md": "---\nname: review\ndescription: Reviews.\n---\none\n",
        "skills/review/scripts/run.sh": exec("#!/bin/sh\necho one\n"),
        "skills/review/old.md": "only in the first version",
        "skills/review/latest.md": link("old.md"),
        "commands/notes.md": "---\ndescription: Notes.\n---\none\n",
    });
}

/// The same artifacts with other content, another link, other files and other permissions.
pub(super) fn newer_library(sandbox: &Sandbox) {
    std::fs::remove_dir_all(sandbox.collection().join("skills/review")).unwrap();
    tree!(sandbox.collection() => {
        "skills/review/SKILL.md": "---\nname: review\ndescription: Reviews.\n---\ntwo\n",
        "skills/review/scripts/run.sh": "#!/bin/sh\necho two\n",
        "skills/review/new.md": "only in the second version",
        "skills/review/latest.md": link("new.md"),
        "commands/notes.md": "---\ndescription: Notes.\n---\ntwo\n",
    });
}

fn project(sandbox: &Sandbox, name: &str) {
    tree!(sandbox.project(name) => {
        "README.md": "mine",
        ".claude/settings.json": "{}",
        ".claude/skills/foreign/SKILL.md": "theirs",
        ".claude/commands/mine.md": "mine",
        ".claude/.skillmeat-deployed.toml": THEIRS,
    });
}

pub(super) fn fresh(sandbox: &Sandbox) {
    library(sandbox);
    for name in ["api", "web"] {
        project(sandbox, name);
    }
    sandbox.engine().add_project(&sandbox.project_text("api")).unwrap();
}

pub(super) fn deployed(sandbox: &Sandbox) {
    fresh(sandbox);
    deploy(sandbox, &sandbox.engine()).unwrap();
}

fn outdated(sandbox: &Sandbox) {
    deployed(sandbox);
    newer_library(sandbox);
}

fn outdated_with_ignored(sandbox: &Sandbox) {
    outdated(sandbox);
    tree!(sandbox.project("api") => {
        ".claude/skills/review/.venv/bin/python": exec("an interpreter"),
        ".claude/skills/review/scripts/__pycache__/run.pyc": "compiled",
    });
}

fn occupied(sandbox: &Sandbox) {
    fresh(sandbox);
    tree!(sandbox.project("api") => {
        ".claude/skills/review/SKILL.md": "a skill of my own",
        ".claude/skills/review/notes/today.md": "my notes",
        ".cursor/commands/notes.md": "a command of my own",
    });
}

fn edited(sandbox: &Sandbox) {
    deployed(sandbox);
    tree!(sandbox.project("api") => {
        ".claude/skills/review/SKILL.md": "edited by me",
        ".cursor/commands/notes.md": "edited by me too",
    });
}

fn overwritten(sandbox: &Sandbox) {
    occupied(sandbox);
    overwrite(sandbox, &sandbox.engine()).unwrap();
}

fn undeployed(sandbox: &Sandbox) {
    edited(sandbox);
    undeploy(sandbox, &sandbox.engine()).unwrap();
}

/// Each side changed files that the other one did not.
pub(super) fn drifted(sandbox: &Sandbox) {
    deployed(sandbox);
    tree!(sandbox.collection() => {
        "skills/review/SKILL.md": "---\nname: review\ndescription: Reviews.\n---\ntwo\n",
        "skills/review/new.md": "only in the second version",
        "commands/notes.md": "---\ndescription: Notes.\n---\ntwo\n",
    });
    tree!(sandbox.project("api") => {
        ".claude/skills/review/scripts/run.sh": exec("#!/bin/sh\necho mine\n"),
        ".claude/skills/review/notes/own.md": "my notes",
        ".claude/skills/review/.venv/bin/python": exec("an interpreter"),
    });
    std::fs::remove_file(sandbox.project("api").join(".claude/skills/review/old.md")).unwrap();
    std::fs::remove_file(sandbox.project("api").join(".claude/skills/review/latest.md")).unwrap();
    let own = sandbox.project("api").join(".claude/skills/review/SKILL.md");
    std::fs::set_permissions(own, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// And both changed one file.
fn conflicting(sandbox: &Sandbox) {
    drifted(sandbox);
    tree!(sandbox.project("api") => { ".claude/skills/review/SKILL.md": "edited by me" });
}

fn merged(sandbox: &Sandbox) {
    drifted(sandbox);
    update(sandbox, &sandbox.engine()).unwrap();
}

fn request(projects: Vec<String>) -> DeployRequest {
    let profiles = PROFILES.iter().map(|&profile| profile.to_owned()).collect();
    DeployRequest { projects, profiles, ..deploy_request(&WANTED, "") }
}

fn deploy(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    engine.deploy(&request(vec![sandbox.project_text("api")]))
}

fn deploy_to_both(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    engine.deploy(&request(vec![sandbox.project_text("api"), sandbox.project_text("web")]))
}

fn overwrite(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let request = request(vec![sandbox.project_text("api")]);
    engine.deploy(&DeployRequest { on_conflict: OnConflict::Overwrite, ..request })
}

fn undeploy(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let request = undeploy_request(&WANTED, &sandbox.project_text("api"));
    let artifacts = WANTED.iter().map(|id| artifact(id)).collect();
    engine.undeploy(&UndeployRequest { artifacts, discard_edits: true, ..request })
}

/// A collection with an entry and what others wrote beside it.
pub(super) fn entered(sandbox: &Sandbox) {
    tree!(sandbox.collection() => {
        "collection.toml": "# theirs\n[collection]\nname = \"default\"\nversion = \"1.0.0\"\ntheirs = 1\n\n\
            [[artifacts]]\nname = \"review\"\ntype = \"skill\"\npath = \"skills/review\"\n\
            origin = \"local\"\nadded = \"2025-01-01T00:00:00\"\ntheirs = 2\n",
        "collection.lock": "# theirs\n[lock]\nversion = \"1.0.0\"\n",
    });
}

/// What a collection has and what could come into it.
pub(super) fn collected(sandbox: &Sandbox) {
    fresh(sandbox);
    entered(sandbox);
    tree!(sandbox.project("web") => {
        "found/review/SKILL.md": "---\nname: review\ndescription: Reviews.\n---\nfound\n",
        "found/review/run.sh": exec("#!/bin/sh\n"),
        "found/review/latest.md": link("run.sh"),
    });
}

fn recollected(sandbox: &Sandbox) {
    collected(sandbox);
    collect_newer(sandbox, &sandbox.engine()).unwrap();
}

fn change(engine: &Engine, id: &str, content: NewContent) -> Result<Receipt, Error> {
    engine.change_collection(&crate::collect::change(vec![crate::collect::edit(id, content)]))
}

fn collect(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let from = sandbox.project("web").join("found/review");
    change(engine, "skill:later/found", NewContent::From(from, Replaces::Nothing))
}

fn collect_newer(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let from = sandbox.project("web").join("found/review");
    change(engine, "skill:review", NewContent::From(from, Replaces::Anything))
}

fn collect_less(_: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    change(engine, "skill:review", NewContent::Gone(Replaces::Anything))
}

fn importable(sandbox: &Sandbox) {
    collected(sandbox);
    tree!(sandbox.project("api") => {
        ".claude/skills/mine/SKILL.md": "---\nname: mine\ndescription: Mine.\n---\n",
        ".claude/skills/mine/run.sh": exec("#!/bin/sh\n"),
    });
}

fn imported(sandbox: &Sandbox) {
    importable(sandbox);
    import(sandbox, &sandbox.engine()).unwrap();
}

/// Its answer, target by target: the artifact in the collection, then the copy that gets a record.
fn import(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let told = engine.import(&ImportRequest {
        project: Some(sandbox.project_text("api")),
        artifacts: vec!["skill:mine".to_owned()],
        ..ImportRequest::default()
    })?;
    let result = &told.results[0];
    let targets = [
        (sandbox.collection(), "skills/mine", "", result.action == Action::Created),
        (sandbox.project("api"), ".claude/skills/mine", "claude_code", result.recorded),
    ];
    let results = each(targets, result.action, result.problem.as_ref());
    let totals = Totals::of(&results);
    let (operation, cache) = (told.operation, told.cache);
    Ok(Receipt { operation, dry_run: false, cache, totals, results, notices: Vec::new() })
}

/// One result for each target: its folder and place, its profile, and whether it was done.
pub(super) fn each<const N: usize>(
    targets: [(PathBuf, &str, &str, bool); N],
    action: Action,
    problem: Option<&Problem>,
) -> Vec<TargetResult> {
    let result = |(folder, path, profile, done): (PathBuf, &str, &str, bool)| TargetResult {
        artifact_id: "skill:each".to_owned(),
        collection: "default".to_owned(),
        project_path: serde_json::from_value(folder.display().to_string().into()).unwrap(),
        deployment_profile_id: profile.to_owned(),
        status: if done { Outcome::Success } else { Outcome::Failed },
        action,
        path: Some(RelPath::new(path).unwrap()),
        files: 0,
        bytes: 0,
        error: None,
        problem: problem.cloned(),
    };
    targets.map(result).into()
}

fn update(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let projects = vec![sandbox.project_text("api")];
    engine.update_deployments(&UpdateRequest { all: true, projects, ..UpdateRequest::default() })
}

fn resolve(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let row =
        engine.find_deployments(&artifact(WANTED[0]), &sandbox.project_text("api"), Some(PROFILES[0]))?;
    let row = row.into_iter().next().unwrap();
    let deployment = DeploymentRef {
        project_path: row.project_path,
        deployment_profile_id: row.deployment_profile_id,
        profile_root_dir: row.profile_root_dir,
        artifact_path: row.artifact_path,
    };
    let text = Some("---\nname: review\ndescription: Reviews.\n---\nmerged\n".to_owned());
    let files = vec![FileChoice { file: RelPath::new("SKILL.md")?, take: Take::Text, text }];
    engine.resolve_conflict(&ResolveRequest { deployment, files, plan: None })
}

/// A collection with an entry, of which something is deployed.
fn catalogued(sandbox: &Sandbox) {
    entered(sandbox);
    deployed(sandbox);
}

fn remove(_: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    engine.remove_artifacts(&RemoveRequest { artifacts: vec![artifact(WANTED[0])], plan: None })
}

/// What it writes is the index.
fn tag(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let (artifacts, add) = (vec![artifact(WANTED[0])], vec!["later".to_owned()]);
    let told = engine.tag_artifacts(&TagRequest { artifacts, add, remove: Vec::new() })?;
    let failed = told.results.iter().find(|result| result.status != Outcome::Success);
    let folder = sandbox.collection().parent().unwrap().to_owned();
    let targets = [(folder, "default/collection.toml", "", failed.is_none())];
    let problem = failed.and_then(|result| result.problem.as_ref());
    let results = each(targets, Action::Adopted, problem);
    Ok(Receipt { totals: Totals::of(&results), results, ..told })
}

/// Undoes the last thing that was done and was not an undo itself.
fn undo(_: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let done = engine.history(None)?.operations;
    let newest = done.into_iter().find(|entry| entry.kind != OperationKind::Undo).unwrap();
    engine.undo(&UndoRequest { operation: Some(newest.operation), ..UndoRequest::default() })
}
