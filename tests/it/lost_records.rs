//! Records that a writer without a lock dropped: noticed, and put back by choice.

use crate::call::status;
use crate::manifest_armour::Scene;
use skillmeat_engine::engine::Repair;
use skillmeat_engine::error::{Code, Remedy, Severity};
use skillmeat_engine::feed::Event;
use skillmeat_engine::status::Status;
use skillmeat_tests::tree;

const ALL: [&str; 3] = ["commands/changelog.md", "skills/code-review", "skills/release-notes"];

/// Takes the record with this path out, as a writer without a lock does.
fn drop_record(scene: &Scene, path: &str) {
    let text = scene.text();
    let at = text.find(path).unwrap();
    let start = text[..at].rfind("[[deployed]]").unwrap();
    let end = text[at..].find("\n[").map_or(text.len(), |end| at + end + 1);
    scene.write(format!("{}{}", &text[..start], &text[end..]));
}

#[test]
fn records_that_another_writer_dropped_are_noticed_and_put_back() {
    let scene = Scene::new();
    let good = scene.text();
    drop_record(&scene, "skills/code-review");
    scene.resync();
    let project = scene.engine.projects().unwrap().remove(0);
    let problem = &project.problems[0];
    assert_eq!((problem.code, problem.severity), (Code::RecordLost, Severity::Notice), "{project:?}");
    assert_eq!(problem.remedy, Some(Remedy::Repair));
    assert!(problem.message.contains("skills/code-review"), "{}", problem.message);
    let rows = status(&scene.engine, &scene.project());
    assert!(rows.len() == 2 && rows.iter().all(|row| row.status == Status::Synced), "{rows:?}");
    assert_eq!(scene.findings()[0].repairs, [Repair::RestoreRecords, Repair::ForgetRecords]);

    let dropped = scene.text();
    let events = scene.engine.subscribe();
    let repaired = scene.repair(Repair::RestoreRecords).unwrap();
    assert_eq!((repaired.records, repaired.problems.as_slice()), (3, &[][..]));
    assert!(events.try_iter().any(|event| matches!(event, Event::LibraryChanged(_))), "it is told");
    assert_eq!(scene.trashed(), [dropped.clone().into_bytes()]);
    assert!(scene.text().starts_with(&dropped), "what is there stays: {}", scene.text());
    let record = &good[good.find("[[deployed]]").unwrap()..];
    let record = record.split("\n\n").next().unwrap();
    assert!(record.contains("skills/code-review") && scene.text().contains(record), "{}", scene.text());
    assert_eq!(scene.text().matches("# of the team").count(), 1, "{}", scene.text());
    assert_eq!(scene.paths(), ALL);
    assert_eq!(scene.engine.projects().unwrap()[0].problems, []);
}

#[test]
fn a_manifest_that_vanished_is_noticed() {
    let scene = Scene::new();
    let good = scene.text();
    std::fs::remove_file(scene.manifest()).unwrap();
    scene.resync();
    assert_eq!(scene.findings()[0].problem.code, Code::RecordLost);
    let repaired = scene.repair(Repair::RestoreRecords).unwrap();
    assert_eq!((repaired.records, repaired.trashed), (3, false));
    assert_eq!(scene.paths(), ALL);
    assert!(good.contains("[other]") && scene.text().starts_with("# of the team"), "{}", scene.text());
}

#[test]
fn a_manifest_that_vanished_from_a_folder_of_another_tools_choice_is_noticed_too() {
    let scene = Scene::new();
    let (from, to) = (scene.folder().join(".claude"), scene.folder().join(".house"));
    std::fs::rename(from, &to).unwrap();
    let manifest = to.join(".skillmeat-deployed.toml");
    let text = std::fs::read_to_string(&manifest).unwrap().replace("\".claude\"", "\".house\"");
    std::fs::write(&manifest, text).unwrap();
    scene.resync();
    assert_eq!((scene.paths().len(), scene.findings().len()), (3, 0));
    std::fs::remove_file(manifest).unwrap();
    scene.resync();
    let finding = scene.findings().remove(0);
    assert_eq!(finding.problem.code, Code::RecordLost);
    assert_eq!(finding.profile_root_dir.unwrap().as_str(), ".house");
}

#[test]
fn what_another_tool_undeployed_is_not_lost() {
    let scene = Scene::new();
    drop_record(&scene, "skills/code-review");
    std::fs::remove_dir_all(scene.folder().join(".claude/skills/code-review")).unwrap();
    scene.resync();
    assert_eq!(scene.findings(), []);
    // The copy follows: content that comes later is not taken for the lost one.
    let source = scene.sandbox.collection().join("skills/code-review");
    let again = scene.folder().join(".claude/skills/code-review");
    for file in ["SKILL.md", "references/guide.md", "scripts/run.sh"] {
        std::fs::create_dir_all(again.join(file).parent().unwrap()).unwrap();
        std::fs::copy(source.join(file), again.join(file)).unwrap();
    }
    scene.resync();
    assert_eq!(scene.findings(), []);
}

#[test]
fn an_edited_copy_without_a_record_is_not_claimed() {
    let scene = Scene::new();
    drop_record(&scene, "skills/code-review");
    tree!(scene.folder() => { ".claude/skills/code-review/SKILL.md": "mine now" });
    scene.resync();
    assert_eq!(scene.findings(), []);
    assert_eq!(scene.repair(Repair::RestoreRecords).unwrap_err().code(), Code::InvalidRequest);
}

#[test]
fn a_loss_stays_noticed_until_it_is_answered() {
    let scene = Scene::new();
    drop_record(&scene, "skills/code-review");
    for _ in 0..2 {
        scene.resync();
        scene.engine.add_project(&scene.project()).unwrap();
        assert_eq!(scene.findings()[0].problem.code, Code::RecordLost);
    }
    let text = scene.text();
    let repaired = scene.repair(Repair::ForgetRecords).unwrap();
    assert_eq!((repaired.records, repaired.trashed, repaired.problems.len()), (2, false, 0));
    assert_eq!(scene.text(), text);
    assert!(scene.folder().join(".claude/skills/code-review/SKILL.md").exists());
    scene.resync();
    assert_eq!(scene.findings(), []);
}
