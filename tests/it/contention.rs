//! Many writers of one project: nothing that was acknowledged is lost, and whoever only looks waits for nobody.

use crate::call::{deploy, status};
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_tests::Sandbox;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const PROCESSES: usize = 8;
const DEPLOYS: usize = 50;
/// Records that each foreign writer writes, and writes again.
const FOREIGN: usize = 20;

/// A command of one small file for each deploy.
fn commands(sandbox: &Sandbox) -> Vec<Vec<String>> {
    let name = |process: usize, deploy: usize| format!("c{process}-{deploy}");
    let all: Vec<Vec<String>> =
        (0..PROCESSES).map(|process| (0..DEPLOYS).map(|deploy| name(process, deploy)).collect()).collect();
    all.iter().flatten().for_each(|name| skillmeat_tests::command(&sandbox.collection(), name));
    all
}

/// Deploys every command, each by a call of `skm` of its own, so many at a time as there are lists.
fn deploy_all(sandbox: &Sandbox, commands: &[Vec<String>]) {
    let project = &sandbox.project_text("api");
    std::thread::scope(|scope| {
        for names in commands {
            scope.spawn(move || {
                for name in names {
                    sandbox.skm(["deploy", &format!("command:{name}"), "--project", project, "-q"]).ok();
                }
            });
        }
    });
}

fn root(sandbox: &Sandbox) -> PathBuf {
    sandbox.project("api").join(".claude")
}

fn manifest(root: &Path) -> toml::Table {
    let text = std::fs::read_to_string(root.join(".skillmeat-deployed.toml")).unwrap();
    text.parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The places that the manifest names, each once.
#[track_caller]
fn recorded(sandbox: &Sandbox) -> BTreeSet<String> {
    let manifest = manifest(&root(sandbox));
    let records = manifest["deployed"].as_array().unwrap();
    let places: BTreeSet<String> =
        records.iter().map(|record| record["artifact_path"].as_str().unwrap().to_owned()).collect();
    assert_eq!(places.len(), records.len(), "a place is named twice");
    places
}

#[track_caller]
fn assert_all_there(sandbox: &Sandbox, commands: &[Vec<String>], more: &BTreeSet<String>) {
    let ours: BTreeSet<String> =
        commands.iter().flatten().map(|name| format!("commands/{name}.md")).collect();
    assert_eq!(ours.len(), PROCESSES * DEPLOYS);
    for place in &ours {
        let source = std::fs::read(sandbox.collection().join(place)).unwrap();
        assert!(std::fs::read(root(sandbox).join(place)).unwrap() == source, "{place}");
    }
    let want: BTreeSet<String> = ours.union(more).cloned().collect();
    let lost: Vec<_> = want.symmetric_difference(&recorded(sandbox)).cloned().collect();
    assert_eq!(lost, Vec::<String>::new(), "lost, or nobody's");
    assert!(!root(sandbox).join(".skillmeat-stage").exists(), "something was left behind");
}

#[test]
fn no_record_of_many_processes_is_lost() {
    let sandbox = Sandbox::new();
    let commands = commands(&sandbox);
    let window = sandbox.engine();
    deploy_all(&sandbox, &commands);
    assert_all_there(&sandbox, &commands, &BTreeSet::new());

    let project = sandbox.project_text("api");
    assert_eq!(status(&window, &project).len(), PROCESSES * DEPLOYS);
    window.poll_external().unwrap();
    window.resync(Origin::Resync).unwrap();
    let snapshot = window.library_snapshot().unwrap();
    let listed: usize = snapshot.artifacts.iter().map(|one| one.deployments.len()).sum();
    assert_eq!((listed, snapshot.projects.len()), (PROCESSES * DEPLOYS, 1));
}

/// As SkillMeat 0.74 writes: its advisory lock across the whole read-modify-write, the file written by a library that
/// keeps no comments, a temporary file renamed over it.
fn foreign_edit(root: &Path, writer: usize, edit: impl FnOnce(&mut toml::Table)) {
    let lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap())
        .open(root.join("..skillmeat-deployed.toml.skillmeat-lock"))
        .unwrap();
    lock.lock().unwrap();
    let file = root.join(".skillmeat-deployed.toml");
    let mut table: toml::Table = match std::fs::read_to_string(&file) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{error}: {text}")),
        Err(_) => toml::Table::new(),
    };
    edit(&mut table);
    let temporary = root.join(format!(".foreign-{writer}.tmp"));
    std::fs::write(&temporary, toml::to_string(&table).unwrap()).unwrap();
    std::fs::rename(&temporary, &file).unwrap();
}

fn foreign_place(writer: usize, number: usize) -> String {
    format!("commands/foreign-{writer}-{number}.md")
}

fn foreign_record(writer: usize, number: usize) -> toml::Table {
    let text = format!(
        "artifact_name = \"foreign-{writer}-{number}\"\nartifact_type = \"command\"\n\
         from_collection = \"elsewhere\"\ndeployed_at = \"2026-02-11T10:30:00.123456\"\n\
         artifact_path = \"{}\"\ncontent_hash = \"{}\"\nlocal_modifications = false\nrewritten = 0\n",
        foreign_place(writer, number),
        "ab".repeat(32),
    );
    text.parse().unwrap()
}

/// One foreign writer: adds its records one by one, and with each rewrites one that it has added before.
fn foreign_writer(root: &Path, writer: usize) {
    for number in 0..FOREIGN {
        foreign_edit(root, writer, |table| {
            let records = table.entry("deployed").or_insert(toml::Value::Array(Vec::new()));
            let records = records.as_array_mut().unwrap();
            records.push(foreign_record(writer, number).into());
            let place = foreign_place(writer, number / 2);
            let again = records.iter_mut().find(|record| record["artifact_path"].as_str() == Some(&place));
            let again = again.unwrap().as_table_mut().unwrap();
            let count = again["rewritten"].as_integer().unwrap();
            again.insert("rewritten".to_owned(), (count + 1).into());
        });
    }
}

#[test]
fn no_record_of_ours_or_of_foreign_writers_with_the_lock_is_lost() {
    let sandbox = Sandbox::new();
    let commands = commands(&sandbox);
    let root = root(&sandbox);
    std::fs::create_dir_all(&root).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let root = &root;
            scope.spawn(move || foreign_writer(root, writer));
        }
        deploy_all(&sandbox, &commands);
    });
    let foreign = (0..2).flat_map(|writer| (0..FOREIGN).map(move |number| foreign_place(writer, number)));
    assert_all_there(&sandbox, &commands, &foreign.collect());
    for record in manifest(&root)["deployed"].as_array().unwrap() {
        let Some(count) = record.get("rewritten") else { continue };
        let place = record["artifact_path"].as_str().unwrap();
        let number: usize = place.rsplit(['-', '.']).nth(1).unwrap().parse().unwrap();
        let want = if number < FOREIGN / 2 { 2 } else { 0 };
        assert_eq!(count.as_integer(), Some(want), "{place}: an edit was lost");
    }
}

/// The lock of the only project that was deployed to.
fn project_lock(sandbox: &Sandbox) -> PathBuf {
    let mut locks = std::fs::read_dir(sandbox.home().join("desktop/locks")).unwrap();
    locks.next().unwrap().unwrap().path()
}

#[test]
fn a_held_project_is_busy_for_writers_and_open_to_readers() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let lock = project_lock(&sandbox);
    let held = File::options().read(true).write(true).open(&lock).unwrap();
    held.lock().unwrap();
    std::fs::write(&lock, "the window (process 4711)").unwrap();

    for arguments in [
        vec!["status", "--project", &project],
        vec!["list"],
        vec!["diff", "code-review", "--project", &project],
        vec!["deploy", "release-notes", "--project", &project, "--dry-run"],
        vec!["resync"],
    ] {
        sandbox.skm(&arguments).ok();
    }
    let busy = sandbox.skm(["deploy", "release-notes", "--project", &project, "--json"]);
    assert_eq!(busy.code, 3, "{busy:?}");
    let problem = &busy.json()["data"]["results"][0]["problem"];
    assert_eq!((problem["code"].as_str(), problem["remedy"].as_str()), (Some("project-busy"), Some("retry")));
    assert!(problem["message"].as_str().unwrap().contains("the window (process 4711)"), "{problem}");
    assert!(!root(&sandbox).join("skills/release-notes").exists());
    drop(held);

    let receipt = deploy(&engine, &["release-notes"], &project);
    assert_eq!(receipt.results[0].status, Outcome::Success);
}

#[test]
fn a_manifest_that_another_program_keeps_locked_is_busy_and_read_all_the_same() {
    let sandbox = Sandbox::new();
    let project = sandbox.project_text("api");
    let engine = sandbox.engine();
    deploy(&engine, &["code-review"], &project);
    let held = File::open(root(&sandbox).join("..skillmeat-deployed.toml.skillmeat-lock")).unwrap();
    held.lock().unwrap();
    assert_eq!(status(&engine, &project).len(), 1);
    engine.resync(Origin::Resync).unwrap();
    let receipt = deploy(&engine, &["release-notes"], &project);
    let problem = receipt.results[0].problem.as_ref().unwrap();
    assert_eq!((receipt.results[0].status, problem.code), (Outcome::Failed, Code::ProjectBusy));
    assert!(!root(&sandbox).join("skills/release-notes").exists(), "nothing is left half done");
}
