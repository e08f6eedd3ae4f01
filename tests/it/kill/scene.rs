//! What the killed processes work on, and what must be true after each restart.

use super::worker::{self, Told};
use crate::fuzz::input::Random;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::Value;
use skillmeat_engine::engine::{OperationEntry, Undone};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::UndoRequest;
use skillmeat_tests::{DiskSnapshot, Sandbox, exec, link, tree};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

pub(super) const PROJECTS: [&str; 3] = ["api", "lib", "web"];
/// Half of them are skills, half are commands.
const ARTIFACTS: usize = 50;
const MANIFEST: &str = ".claude/.skillmeat-deployed.toml";
const ADVISORY_LOCK: &str = ".claude/..skillmeat-deployed.toml.skillmeat-lock";

/// One of the two contents that every artifact has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

impl Version {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Two => "two",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::One, Self::Two].into_iter().find(|version| version.as_str() == text)
    }

    /// What the collection has now.
    pub(super) fn of_collection(sandbox: &Sandbox) -> Self {
        let text = std::fs::read_to_string(sandbox.collection().join("VERSION")).unwrap();
        Self::parse(&text).unwrap()
    }

    /// Puts the artifacts of this version into a collection's folder.
    fn lay_out(self, collection: &Path) {
        let text = self.as_str();
        tree!(collection => { "VERSION": text });
        for number in 0..ARTIFACTS / 2 {
            let head = format!("---\nname: s{number}\ndescription: Skill {number}.\n---\n{text}\n");
            let skill = collection.join(format!("skills/s{number}"));
            tree!(skill => { "SKILL.md": head.clone(), "references/guide.md": "the same in both\n" });
            match self {
                Self::One => {
                    tree!(skill => { "run.sh": exec("#!/bin/sh\n"), "old.md": "1", "latest": link("old.md") });
                }
                Self::Two => {
                    tree!(skill => { "run.sh": "#!/bin/sh\n", "new/new.md": "2", "latest": link("new/new.md") });
                }
            }
            let path = collection.join(format!("commands/c{number}.md"));
            skillmeat_tests::Node::from(head.replace("name: s", "name: c")).put(&path);
        }
    }
}

/// The other version's place, which changes places with the collection.
fn other(sandbox: &Sandbox) -> PathBuf {
    sandbox.path().join("other-version")
}

/// Gives every artifact its other content, in one step.
pub(super) fn exchange_versions(sandbox: &Sandbox) {
    renameat_with(CWD, sandbox.collection(), CWD, other(sandbox), RenameFlags::EXCHANGE).unwrap();
}

pub(super) fn projects(sandbox: &Sandbox) -> Vec<String> {
    PROJECTS.iter().map(|name| sandbox.project_text(name)).collect()
}

pub(super) fn ids() -> Vec<String> {
    let each = (0..ARTIFACTS / 2).flat_map(|n| [format!("skill:s{n}"), format!("command:c{n}")]);
    each.collect()
}

/// What a project holds of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Copies {
    skills: DiskSnapshot,
    commands: DiskSnapshot,
}

impl Copies {
    fn below(folder: &Path) -> Self {
        let commands = DiskSnapshot::of(&folder.join("commands")).without("mine.md");
        Self { skills: DiskSnapshot::of(&folder.join("skills")), commands }
    }
}

pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    /// What each version is in a project.
    one: Copies,
    two: Copies,
    none: Copies,
    /// What a project holds that is not ours.
    theirs: DiskSnapshot,
    random: std::cell::RefCell<Random>,
}

impl Scene {
    pub(super) fn new(random: &mut Random) -> Self {
        let sandbox = match std::env::var_os("SKILLMEAT_KILLS_AT") {
            Some(place) => Sandbox::below(Path::new(&place)),
            None => Sandbox::in_memory(),
        };
        Version::One.lay_out(&sandbox.collection());
        Version::Two.lay_out(&other(&sandbox));
        for name in PROJECTS {
            tree!(sandbox.project(name) => {
                "README.md": "mine",
                ".claude/settings.json": "{}",
                ".claude/commands/mine.md": exec("mine"),
            });
        }
        let (one, two) = (Copies::below(&sandbox.collection()), Copies::below(&other(&sandbox)));
        let none = Copies::below(&sandbox.path().join("nowhere"));
        let theirs = theirs(&sandbox.project(PROJECTS[0]));
        let random = Random::new(random.next()).into();
        Self { sandbox, one, two, none, theirs, random }
    }

    /// Milliseconds that a deploy of everything everywhere takes here and now. It is taken back.
    pub(super) fn time_of_an_operation(&self) -> usize {
        let engine = self.sandbox.engine();
        let begun = Instant::now();
        let receipt = worker::deploy(&engine, &self.sandbox);
        let took = usize::try_from(begun.elapsed().as_millis()).unwrap();
        assert_eq!(receipt.totals.succeeded, (ARTIFACTS * PROJECTS.len()) as u64, "{receipt:?}");
        worker::undeploy(&engine, &self.sandbox);
        took
    }

    /// What a project holds; nothing when that is half of something.
    fn held(&self, project: &str) -> Option<Option<Version>> {
        let now = Copies::below(&self.sandbox.project(project).join(".claude"));
        let known = [(&self.one, Some(Version::One)), (&self.two, Some(Version::Two)), (&self.none, None)];
        known.into_iter().find(|(copies, _)| **copies == now).map(|(_, version)| version)
    }

    /// In which step of the write path a kill came, from what lies there before anybody tidies up.
    pub(super) fn where_it_hit(&self, before: &[Option<Version>; 3], told: &[Told]) -> String {
        let running = parts(&self.sandbox);
        let Some(part) = running.first() else {
            let [began, ended] = [
                told.iter().filter(|line| matches!(line, Told::Began(_))).count(),
                told.iter().filter(|line| **line == Told::Ended).count(),
            ];
            let hit = match (told.contains(&Told::Ready), began > ended) {
                (false, _) => "while it started",
                (true, false) => "between operations",
                (true, true) => "in an operation, while no part was open",
            };
            return hit.to_owned();
        };
        let text = |key: &str| part[key].as_str().unwrap_or_default().to_owned();
        let project = PathBuf::from(text("project_path"));
        let stage = project.join(text("profile_root")).join(".skillmeat-stage").join(text("operation"));
        let name = project.file_name().unwrap().to_string_lossy().into_owned();
        let place = PROJECTS.iter().position(|project| *project == name).unwrap();
        let (before, _) = super::expected(before[place], told);
        let there = |name: &str| stage.join(name).symlink_metadata().is_ok();
        let committed =
            if part["manifest_after"].is_null() { there("manifest.gone") } else { !there("manifest") };
        let state = text("state");
        let hit = match state.as_str() {
            "staging" if !stage.is_dir() => "journal: before staging",
            "staging" => "stage: copies being made",
            "prepared" if committed => "after the commit",
            "prepared" if self.held(&name) == Some(before) => "prepared, no target swapped",
            "prepared" => "in swap",
            other => other,
        };
        hit.to_owned()
    }

    /// Restarts as a person would, and gives what is wrong then. `states` becomes what the projects hold now.
    pub(super) fn restarted(
        &self,
        states: &mut [Option<Version>; 3],
        told: &[Told],
        figures: &mut BTreeMap<String, u64>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        for line in told {
            if let Told::Failed(line) = line {
                wrong.push(format!("a worker {line}"));
            }
        }
        if !parts(&self.sandbox).is_empty() {
            let seen = self.sandbox.skm(["status", "--json"]).json()["problems"].to_string();
            if !seen.contains("recovery-needed") {
                wrong.push(format!("`skm status` says nothing of what was cut off: {seen}"));
            }
            self.kill_a_doctor(figures);
        }
        let doctor = self.sandbox.skm(["doctor", "--json"]);
        let report = doctor.json();
        for one in report["data"]["recovered"].as_array().unwrap() {
            *figures.entry(format!("recovered: {}", one["outcome"].as_str().unwrap())).or_default() += 1;
        }
        if doctor.code != 0 || report["data"]["findings"] != Value::Array(Vec::new()) {
            wrong.push(format!("the doctor has findings: {doctor:?}"));
        }
        self.projects(states, told, &mut wrong);
        self.status(states, &mut wrong);
        self.left_over(&mut wrong);
        self.engine(&mut wrong);
        wrong
    }

    /// Now and then what tidies up is killed as well.
    fn kill_a_doctor(&self, figures: &mut BTreeMap<String, u64>) {
        let mut random = self.random.borrow_mut();
        if !random.one_in(3) {
            return;
        }
        let mut command = self.sandbox.skm_command();
        command.args(["doctor", "--json"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut doctor = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.below(60) as u64));
        doctor.kill().unwrap();
        let ended = doctor.wait().unwrap().code().is_some();
        let open = !parts(&self.sandbox).is_empty();
        let hit = match (ended, open) {
            (true, _) => "doctor killed: too late",
            (false, true) => "doctor killed: with the part open",
            (false, false) => "doctor killed: after the part was closed",
        };
        *figures.entry(hit.to_owned()).or_default() += 1;
    }

    /// S1, S2: each project holds what was acknowledged last, or all of what was cut off, which went by project.
    fn projects(&self, states: &mut [Option<Version>; 3], told: &[Told], wrong: &mut Vec<String>) {
        let mut may_be_new = true;
        for (state, name) in states.iter_mut().zip(PROJECTS) {
            let (old, running) = super::expected(*state, told);
            let Some(held) = self.held(name) else {
                wrong.push(format!("{name} holds half of something, and not {old:?} or {running:?}"));
                continue;
            };
            if held != old && running.is_none_or(|new| held != new) {
                wrong.push(format!("{name} holds {held:?}, and not {old:?} or {running:?}"));
            }
            if held != old && !may_be_new {
                wrong.push(format!("{name} is new, and one before it is old"));
            }
            may_be_new = running.is_some_and(|new| held == new);
            *state = held;
            let folder = self.sandbox.project(name);
            let difference = self.theirs.difference(&theirs(&folder));
            if !difference.is_empty() {
                wrong.push(format!("{name}, not ours:\n{difference}"));
            }
            let records = records(&folder);
            let want = if held.is_some() { ARTIFACTS } else { 0 };
            if records != Ok(want) {
                wrong.push(format!("{name} holds {held:?}, and its manifest {records:?} records"));
            }
        }
    }

    /// Records and files agree, by what `skm` says of them.
    fn status(&self, states: &[Option<Version>; 3], wrong: &mut Vec<String>) {
        let status = self.sandbox.skm(["status", "--json"]).json();
        let now = Version::of_collection(&self.sandbox);
        let rows = status["data"]["deployments"].as_array().unwrap();
        for (state, name) in states.iter().zip(PROJECTS) {
            let here = rows.iter().filter(|row| row["project_name"] == name).collect::<Vec<_>>();
            let want = if state.is_none() || *state == Some(now) { "synced" } else { "outdated" };
            let odd = |row: &&&Value| row["status"] != want || row["local_modifications"] != false;
            if let Some(odd) = here.iter().find(odd) {
                wrong.push(format!("{name} holds {state:?}, the collection {now:?}: {odd}"));
            }
            let count = if state.is_some() { ARTIFACTS } else { 0 };
            if here.len() != count {
                wrong.push(format!("{name} holds {state:?}, and `skm status` tells {} rows", here.len()));
            }
        }
        if status["problems"] != Value::Array(Vec::new()) {
            wrong.push(format!("`skm status` has problems: {}", status["problems"]));
        }
    }

    /// S12: no stage, no temporary file, nothing in the journal.
    fn left_over(&self, wrong: &mut Vec<String>) {
        let trash = self.sandbox.home().join("desktop/trash");
        let walk = walkdir::WalkDir::new(self.sandbox.path()).into_iter();
        // What is in the trash is people's, whatever its names.
        let walk = walk.filter_entry(|entry| entry.path().parent() != Some(&trash));
        for entry in walk.map(Result::unwrap) {
            let name = entry.file_name().to_string_lossy();
            if name == ".skillmeat-stage" || name.ends_with(".tmp") {
                wrong.push(format!("left over: {}", entry.path().display()));
            }
        }
        let open = parts(&self.sandbox).len();
        if open > 0 {
            wrong.push(format!("{open} parts are open still"));
        }
    }

    /// The cache agrees after a start, and every operation on the list can be undone.
    fn engine(&self, wrong: &mut Vec<String>) {
        let engine = self.sandbox.engine();
        engine.resync(Origin::Startup).unwrap();
        let snapshot = engine.library_snapshot().unwrap();
        let listed = snapshot.artifacts.into_iter().flat_map(|artifact| artifact.deployments);
        let mut listed: Vec<_> = listed.chain(snapshot.orphans).collect();
        let mut found = engine.status(&[]).unwrap().deployments;
        for rows in [&mut listed, &mut found] {
            rows.sort_by(|a, b| {
                (&a.project_path, &a.artifact_path).cmp(&(&b.project_path, &b.artifact_path))
            });
        }
        if listed != found {
            wrong.push(format!(
                "the cache lists {} deployments, and there are {}",
                listed.len(),
                found.len()
            ));
        }
        let history = engine.history(Some(usize::MAX)).unwrap();
        wrong.extend(history.problems.iter().map(|problem| format!("history: {problem:?}")));
        for entry in history.operations.iter().filter(|entry| !entry.undoable) {
            wrong.push(format!("{} of {} cannot be undone", entry.operation, entry.at));
        }
    }

    /// The newest operations, whole or cut off and finished, can be undone, and each time each project is whole.
    pub(super) fn undo_some(&self) {
        let engine = self.sandbox.engine();
        let listed = engine.history(Some(usize::MAX)).unwrap().operations;
        let open = |entry: &&OperationEntry| entry.kind != OperationKind::Undo && entry.undone == Undone::No;
        for _ in listed.iter().filter(open).take(10) {
            let receipt = engine.undo(&UndoRequest::default()).unwrap();
            assert_eq!(receipt.totals.failed, 0, "{receipt:?}");
            for name in PROJECTS {
                assert!(self.held(name).is_some(), "{name} holds half of something after an undo");
            }
        }
    }
}

/// The parts in the journal, in order.
fn parts(sandbox: &Sandbox) -> Vec<Value> {
    let Ok(entries) = std::fs::read_dir(sandbox.home().join("desktop/journal")) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    // A name that starts with a dot is a file on its way.
    paths.retain(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
    paths.sort();
    paths.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
}

/// What a project holds that is not ours.
fn theirs(project: &Path) -> DiskSnapshot {
    let ours = |path: &Path| {
        let path = path.strip_prefix(project).unwrap().to_string_lossy().into_owned();
        let copy = path.starts_with(".claude/skills")
            || path.starts_with(".claude/commands/") && !path.ends_with("mine.md");
        copy || path == MANIFEST || path == ADVISORY_LOCK
    };
    DiskSnapshot::of_part(project, |path| !ours(path))
}

/// How many records a manifest has.
fn records(project: &Path) -> Result<usize, String> {
    let Ok(text) = std::fs::read_to_string(project.join(MANIFEST)) else { return Ok(0) };
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    Ok(table.get("deployed").and_then(toml::Value::as_array).map_or(0, Vec::len))
}
