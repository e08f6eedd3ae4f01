//! Finding what lies in a project or a folder, and importing it.

use crate::call::status;
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::engine::{
    Clash, DiscoverReport, DiscoverRequest, ImportChoice, ImportReceipt, ImportRequest, Match,
};
use skillmeat_engine::error::Code;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{Action, UndoRequest};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};

const REVIEW: &str = "---\nname: review\ndescription: Reviews.\ntags: [a, b]\nversion: 1.2\n---\nmine\n";

/// A project with something new, something that differs and something that is the same, nested and in two roots.
pub(crate) fn scene() -> Sandbox {
    let sandbox = Sandbox::empty();
    tree!(sandbox.collection() => {
        "collection.toml": "# theirs\nartifacts = []\n\n[collection]\nname = \"default\"\nversion = \"1.0.0\"\n",
        "skills/tidy/SKILL.md": "---\nname: tidy\ndescription: d\n---\nthe collection's\n",
        "agents/same.md": "---\nname: same\ndescription: d\n---\n",
    });
    tree!(sandbox.project("api") => {
        "src/main.rs": "fn main() {}",
        ".claude/skills/review/SKILL.md": REVIEW,
        ".claude/skills/tidy/SKILL.md": "---\nname: tidy\ndescription: d\n---\nthe project's\n",
        ".claude/commands/git/commit.md": "---\ndescription: git\n---\n",
        ".claude/commands/gh/commit.md": "---\ndescription: gh\n---\n",
        ".claude/commands/README.md": "no command",
        ".claude/hooks/tidy/hook.sh": "#!/bin/sh\n",
        ".cursor/agents/same.md": "---\nname: same\ndescription: d\n---\n",
    });
    sandbox
}

fn discover(sandbox: &Sandbox) -> DiscoverReport {
    let project = Some(sandbox.project_text("api"));
    sandbox.engine().discover(&DiscoverRequest { project, ..DiscoverRequest::default() }).unwrap()
}

pub(crate) fn everything(sandbox: &Sandbox, on_clash: Clash) -> ImportRequest {
    ImportRequest {
        project: Some(sandbox.project_text("api")),
        all: true,
        on_clash,
        ..ImportRequest::default()
    }
}

fn told(receipt: &ImportReceipt) -> Vec<String> {
    let line = |result: &skillmeat_engine::engine::ImportResult| {
        let name = result.collection_artifact.as_deref().unwrap_or("-");
        let reason = result.reason_code.as_deref().unwrap_or("-");
        format!(
            "{} {:?} {:?} {name} {} {reason}",
            result.artifact_id, result.status, result.action, result.recorded
        )
    };
    receipt.results.iter().map(line).collect()
}

fn undo(sandbox: &Sandbox) {
    let receipt = sandbox.engine().undo(&UndoRequest::default()).unwrap();
    assert!(receipt.results.iter().all(|result| result.status == Outcome::Success), "{receipt:?}");
}

#[test]
fn finds_are_matched_and_nothing_is_written() {
    let sandbox = scene();
    let before = DiskSnapshot::of(&sandbox.project("api"));
    let report = discover(&sandbox);
    let found: Vec<_> =
        report.artifacts.iter().map(|one| (one.artifact_id.as_str(), one.r#match, one.recorded)).collect();
    assert_eq!(
        found,
        [
            ("command:gh/commit", Match::New, false),
            ("command:git/commit", Match::New, false),
            ("skill:review", Match::New, false),
            ("skill:tidy", Match::Differs, false),
            ("agent:same", Match::Same, false),
        ]
    );
    assert_eq!(report.problems[0].code, Code::UnsupportedKind);
    before.assert_same(&DiskSnapshot::of(&sandbox.project("api")));
}

#[test]
fn an_import_copies_enters_and_records_and_is_undone_as_one() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let before = (DiskSnapshot::of(&sandbox.collection()), DiskSnapshot::of(&sandbox.project("api")));
    let plan = engine.plan_import(&everything(&sandbox, Clash::Stop)).unwrap();
    assert!(plan.dry_run && !plan.plan.is_empty());
    let request = ImportRequest { plan: Some(plan.plan.clone()), ..everything(&sandbox, Clash::Stop) };
    let receipt = engine.import(&request).unwrap();
    assert_eq!(told(&plan), told(&receipt), "the plan says what is done");
    assert_eq!(
        told(&receipt),
        [
            "command:gh/commit Success Created command:gh/commit true -",
            "command:git/commit Success Created command:git/commit true -",
            "skill:review Success Created skill:review true -",
            "skill:tidy Failed None skill:tidy false already_exists",
            "agent:same Success Adopted agent:same true -",
        ]
    );
    assert_eq!((receipt.totals.imported, receipt.totals.recorded, receipt.totals.failed), (3, 4, 1));

    let index = std::fs::read_to_string(sandbox.collection().join("collection.toml")).unwrap();
    let table: toml::Table = index.parse().unwrap();
    let review =
        table["artifacts"].as_array().unwrap().iter().find(|entry| entry["name"].as_str() == Some("review"));
    let review = review.unwrap();
    assert_eq!(review["metadata"]["description"].as_str(), Some("Reviews."));
    assert_eq!(review["tags"][1].as_str(), Some("b"));
    let names: Vec<_> =
        table["artifacts"].as_array().unwrap().iter().filter_map(|entry| entry["name"].as_str()).collect();
    assert_eq!(names, ["commit", "git-commit", "review"], "two names of one kind would be one to SkillMeat");
    assert_eq!(review["uuid"].as_str().map(str::len), Some(32));

    let rows = status(&engine, &sandbox.project_text("api"));
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.artifact_id.as_str(), row.deployment_profile_id.as_str(), row.status))
        .collect();
    assert_eq!(
        rows,
        [
            ("command:gh/commit", "claude_code", Status::Synced),
            ("command:git/commit", "claude_code", Status::Synced),
            ("skill:review", "claude_code", Status::Synced),
            ("agent:same", "cursor", Status::Synced),
        ]
    );
    let listed = engine.library_snapshot().unwrap();
    assert_eq!(listed.projects.len(), 1, "the project is registered");
    assert_eq!(listed.artifacts.iter().map(|row| row.deployments.len()).sum::<usize>(), 4);
    assert!(discover(&sandbox).artifacts.iter().filter(|one| one.recorded).count() == 4);

    undo(&sandbox);
    let after = DiskSnapshot::of(&sandbox.project("api"));
    let lock = |root: &str| format!("{root}/..skillmeat-deployed.toml.skillmeat-lock");
    before.1.assert_same(&after.without(&lock(".claude")).without(&lock(".cursor")));
    before.0.assert_same(&DiskSnapshot::of(&sandbox.collection()));
    assert_eq!(status(&sandbox.engine(), &sandbox.project_text("api")), []);
}

#[test]
fn each_clash_has_its_choice() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let path = RelPath::new(".claude/skills/tidy").unwrap();
    let choose = |choice, name: Option<&str>| ImportRequest {
        project: Some(sandbox.project_text("api")),
        paths: vec![path.clone()],
        choices: vec![ImportChoice { path: path.clone(), choice, name: name.map(str::to_owned) }],
        ..ImportRequest::default()
    };
    let before = DiskSnapshot::of(&sandbox.collection());
    assert_eq!(
        told(&engine.import(&choose(Clash::Skip, None)).unwrap()),
        ["skill:tidy Skipped None skill:tidy false skipped"]
    );
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));

    assert_eq!(
        told(&engine.import(&choose(Clash::KeepBoth, None)).unwrap()),
        ["skill:tidy Success Created skill:tidy-2 true -"]
    );
    let rows = status(&engine, &sandbox.project_text("api"));
    assert_eq!(
        (rows[0].artifact_id.as_str(), rows[0].artifact_path.as_str()),
        ("skill:tidy-2", "skills/tidy")
    );
    assert_eq!(rows[0].status, Status::Synced);
    undo(&sandbox);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));

    let named = engine.import(&choose(Clash::KeepBoth, Some("tidy-api"))).unwrap();
    assert_eq!(named.results[0].collection_artifact.as_deref(), Some("skill:tidy-api"));
    undo(&sandbox);
    let taken = engine.import(&choose(Clash::KeepBoth, Some("TIDY"))).unwrap();
    assert_eq!(taken.results[0].status, Outcome::Failed, "a name that differs in case only is taken");

    assert_eq!(
        told(&engine.import(&choose(Clash::Replace, None)).unwrap()),
        ["skill:tidy Success Updated skill:tidy true -"]
    );
    let text = std::fs::read_to_string(sandbox.collection().join("skills/tidy/SKILL.md")).unwrap();
    assert!(text.ends_with("the project's\n"));
    undo(&sandbox);
    before.assert_same(&DiskSnapshot::of(&sandbox.collection()));
}

#[test]
fn what_changes_after_the_plan_is_refused() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let plan = engine.plan_import(&everything(&sandbox, Clash::Replace)).unwrap().plan;
    tree!(sandbox.collection() => { "skills/tidy/SKILL.md": "---\nname: tidy\ndescription: d\n---\nlater\n" });
    let request = ImportRequest { plan: Some(plan), ..everything(&sandbox, Clash::Replace) };
    assert_eq!(engine.import(&request).unwrap_err().code(), Code::PlanStale);
}

#[test]
fn two_finds_of_one_name_are_never_one() {
    let sandbox = scene();
    tree!(sandbox.project("api") => {
        ".cursor/skills/review/SKILL.md": "---\nname: review\ndescription: Another.\n---\n",
        ".gemini/skills/review/SKILL.md": REVIEW,
    });
    let receipt = sandbox.engine().import(&everything(&sandbox, Clash::Stop)).unwrap();
    let of = |path: &str| receipt.results.iter().find(|result| result.path.as_str() == path).unwrap();
    assert_eq!(of(".claude/skills/review").action, Action::Created);
    assert_eq!(of(".cursor/skills/review").reason_code.as_deref(), Some("duplicate"));
    assert_eq!(
        (of(".gemini/skills/review").action, of(".gemini/skills/review").recorded),
        (Action::Adopted, true)
    );
}

#[test]
fn what_is_skipped_is_not_offered_and_a_broken_list_is_never_written() {
    let sandbox = scene();
    let (engine, project) = (sandbox.engine(), sandbox.project_text("api"));
    engine.skip_discovered(&project, &["skill:review".to_owned()], true).unwrap();
    let skipped = |report: &DiscoverReport| report.artifacts.iter().filter(|one| one.skipped).count();
    assert_eq!(skipped(&discover(&sandbox)), 1);
    let plan = engine.plan_import(&everything(&sandbox, Clash::Skip)).unwrap();
    assert!(!plan.results.iter().any(|result| result.artifact_id == "skill:review"));
    engine.skip_discovered(&project, &["skill:review".to_owned()], false).unwrap();
    assert_eq!(skipped(&discover(&sandbox)), 0);
    let file = sandbox.project("api").join(".claude/.skillmeat_skip_prefs.toml");
    std::fs::write(&file, "skips = nonsense").unwrap();
    let refused = engine.skip_discovered(&project, &["skill:review".to_owned()], true).unwrap_err();
    assert_eq!(refused.code(), Code::ConfigInvalid);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "skips = nonsense");
    assert!(discover(&sandbox).problems.iter().any(|problem| problem.code == Code::ConfigInvalid));
}

#[test]
fn a_folder_is_imported_without_records_and_bad_finds_fail_alone() {
    let sandbox = scene();
    let folder = sandbox.project("market");
    tree!(folder => {
        "plugins/python/skills/async/SKILL.md": "---\nname: async\ndescription: d\n---\n",
        "plugins/python/agents/pro.md": "---\nname: pro\ndescription: d\n---\n",
        "plugins/broken/skills/none/notes.md": "no skill",
        "skills/empty/SKILL.md": "",
    });
    std::os::unix::fs::symlink("/etc/passwd", folder.join("plugins/python/skills/async/out")).unwrap();
    let request =
        ImportRequest { folder: Some(folder.display().to_string()), all: true, ..ImportRequest::default() };
    let receipt = sandbox.engine().import(&request).unwrap();
    let of = |id: &str| receipt.results.iter().find(|result| result.artifact_id == id).unwrap();
    assert_eq!(of("skill:python/async").reason_code.as_deref(), Some("invalid_structure"));
    assert_eq!(of("skill:broken/none").status, Outcome::Failed);
    assert_eq!((of("agent:python/pro").action, of("agent:python/pro").recorded), (Action::Created, false));
    assert!(sandbox.collection().join("agents/python/pro.md").is_file());
    assert_eq!(sandbox.engine().library_snapshot().unwrap().projects, []);
}

#[test]
fn the_command_line_asks_the_same() {
    let sandbox = scene();
    let project = sandbox.project_text("api");
    let found = sandbox.skm(["discover", "--project", &project, "--json"]).ok().json();
    let finds = found["data"]["artifacts"].as_array().unwrap();
    let tidy = finds.iter().find(|one| one["artifact_id"] == "skill:tidy").unwrap();
    assert_eq!((&tidy["match"], &tidy["collection_artifact"]), (&"differs".into(), &"skill:tidy".into()));
    let refused = sandbox.skm(["import", "--all", "--project", &project, "--json"]);
    assert_eq!(refused.code, 3);
    assert_eq!(refused.json()["data"]["totals"]["imported"], 3);
    let kept = sandbox.skm(["import", "tidy", "--project", &project, "--on-clash", "keep-both", "--json"]);
    assert_eq!(kept.ok().json()["data"]["results"][0]["collection_artifact"], "skill:tidy-2");
    let skipped = sandbox.skm(["discover", "--project", &project, "--skip", "agent:same", "--json"]).ok();
    assert!(skipped.json()["data"]["artifacts"].as_array().unwrap().iter().any(|one| one["skipped"] == true));
}
