//! What there is in a sandbox, and what must be there after a run that was disturbed.

use super::{Hit, Operation, restart};
use crate::{DiskSnapshot, Sandbox};
use skillmeat_engine::Engine;
use skillmeat_engine::cache::DeploymentRow;
use skillmeat_engine::deploy::{CacheState, Outcome, Receipt};
use skillmeat_engine::error::{Code, Problem};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::status::Status;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const MANIFEST: &str = ".skillmeat-deployed.toml";
/// Read where there is none of today, which it is copied to before anything else is done.
const OF_OLD: &str = "deployment-manifest.toml";
const ADVISORY_LOCK: &str = "..skillmeat-deployed.toml.skillmeat-lock";
/// What only we read and write.
const DESKTOP: &str = "person/.skillmeat/desktop";

/// Everything that belongs to the person, at one moment.
#[derive(Debug)]
pub(super) struct World {
    disk: DiskSnapshot,
    /// By path below the sandbox: the records, or why there are none.
    manifests: BTreeMap<String, Result<Manifest, String>>,
    /// Digests of what we keep for the person.
    kept: BTreeSet<String>,
    /// What there is in our own folder, by name.
    own: BTreeSet<String>,
}

#[derive(Debug, PartialEq)]
struct Manifest {
    text: String,
    /// Place and profile → the record.
    records: BTreeMap<(String, String), toml::Value>,
    of_old: bool,
}

impl World {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let whole = DiskSnapshot::of_part(sandbox.path(), |path| !is_cache(path));
        let named = |name: &str| -> Vec<String> {
            let found = whole.paths().into_iter().filter(|path| path.rsplit('/').next() == Some(name));
            found.map(str::to_owned).collect()
        };
        let manifests = named(MANIFEST)
            .into_iter()
            .map(|path| (path.clone(), Manifest::read(&sandbox.path().join(&path))));
        let mut manifests: BTreeMap<_, _> = manifests.collect();
        for path in named(OF_OLD) {
            let today = path.replace(OF_OLD, MANIFEST);
            let read =
                || Manifest::read(&sandbox.path().join(&path)).map(|read| Manifest { of_old: true, ..read });
            manifests.entry(today).or_insert_with(read);
        }
        let own = whole.below(DESKTOP);
        let kept = own.digests().into_iter().map(str::to_owned).collect();
        let own = own.paths().into_iter().map(str::to_owned).collect();
        let locks = named(ADVISORY_LOCK);
        let mut disk = whole.without(DESKTOP);
        for path in manifests.keys().chain(&locks) {
            disk = disk.without(path);
        }
        Self { disk, manifests, kept, own }
    }

    /// Whether nothing is different but the content of the cache and of lock files.
    fn is_same(&self, other: &Self) -> bool {
        self.disk == other.disk && self.manifests == other.manifests && self.own == other.own
    }

    /// Whether everything of the person's is the same. Folders that lead to nothing do not count.
    pub(super) fn is_as_found(&self, other: &Self) -> bool {
        let files = |world: &Self| world.disk.clone().without_folders();
        files(self) == files(other) && self.manifests == other.manifests
    }

    fn record(&self, target: &Target) -> Option<&toml::Value> {
        let manifest = self.manifests.get(&target.manifest)?.as_ref().ok()?;
        manifest.records.get(&(target.place.clone(), target.profile.clone()))
    }
}

fn is_cache(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("cache."))
}

impl Manifest {
    fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        let deployed = table.get("deployed").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let word = |record: &toml::Value, key: &str| {
            record.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
        };
        let key =
            |record: &toml::Value| (word(record, "artifact_path"), word(record, "deployment_profile_id"));
        let records = deployed.into_iter().map(|record| (key(&record), record)).collect();
        Ok(Self { text, records, of_old: false })
    }
}

/// One place that the operation is about.
#[derive(Debug)]
struct Target {
    /// Below the sandbox.
    path: String,
    manifest: String,
    /// As its record names it.
    place: String,
    profile: String,
    /// It is the same before and after.
    stays: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
    Neither,
}

/// The states before and after an undisturbed run.
#[derive(Debug)]
pub(super) struct Expected {
    old: World,
    new: World,
    targets: Vec<Target>,
    /// Digests of content that the operation takes away and keeps for the person.
    kept: BTreeSet<String>,
}

impl Expected {
    pub(super) fn new(sandbox: &Sandbox, old: World, receipt: &Receipt) -> Self {
        let new = World::of(sandbox);
        let mut targets = Vec::new();
        for result in &receipt.results {
            assert_eq!(result.status, Outcome::Success, "an undisturbed run: {result:?}");
            let (Some(path), project) = (&result.path, Path::new(result.project_path.as_str())) else {
                panic!("a result without a path: {result:?}");
            };
            let project = project.strip_prefix(sandbox.path()).expect("a project of this sandbox").display();
            // The file of groups, or of sets, lies in no profile root and has no record.
            let (root, place) = path.as_str().split_once('/').unwrap_or(("", path.as_str()));
            let path = format!("{project}/{path}");
            let stays = old.disk.below(&path) == new.disk.below(&path);
            let profile = result.deployment_profile_id.clone();
            let (manifest, place) = (format!("{project}/{root}/{MANIFEST}"), place.to_owned());
            targets.push(Target { path, manifest, place, profile, stays });
        }
        let gone = |digest: &&str| !new.disk.digests().contains(*digest) && new.kept.contains(*digest);
        let kept = old.disk.digests().into_iter().filter(|digest| gone(digest)).map(str::to_owned);
        let kept = kept.collect();
        Self { old, new, targets, kept }
    }

    /// What is wrong after a run, one line each. Where the operation says that it did nothing, and nothing at all is
    /// different, there is nothing more to look at, and the scene can serve again.
    pub(super) fn verdict(
        &self,
        operation: Operation,
        sandbox: &Sandbox,
        before: &World,
        hit: &Hit,
    ) -> Verdict {
        let mut wrong = Vec::new();
        if let Some(told) = &hit.told {
            let at_once = World::of(sandbox);
            if at_once.is_same(before) {
                self.told(told, &vec![Side::Old; self.targets.len()], &mut wrong);
                return Verdict { wrong, untouched: true };
            }
            if !hit.lasts {
                // One failure is taken back by whoever met it, not by the next start.
                let sides: Vec<_> =
                    self.targets.iter().map(|target| self.side(&at_once, target, &mut wrong)).collect();
                self.told(told, &sides, &mut wrong);
            }
        }
        let engine = restart(sandbox);
        let now = World::of(sandbox);
        let sides: Vec<_> = self.targets.iter().map(|target| self.side(&now, target, &mut wrong)).collect();
        self.foreign(&now, &mut wrong);
        self.manifests(&now, &mut wrong);
        for digest in &self.kept {
            if !now.disk.digests().contains(digest.as_str()) && !now.kept.contains(digest) {
                wrong.push(format!("content {} is lost", &digest[..12]));
            }
        }
        left_over(sandbox, hit, &mut wrong);
        if let Some(told) = &hit.told {
            self.told(told, &sides, &mut wrong);
        }
        cache(hit, &engine, &mut wrong);
        // What could not be read leaves nothing that another attempt could stumble over.
        let read = ["Open ", "Stat ", "List ", "Read "].iter().any(|call| hit.place.starts_with(call));
        if wrong.is_empty() && !(read && sides.iter().all(|side| *side == Side::Old)) {
            self.again(operation, sandbox, &engine, &mut wrong);
        }
        Verdict { wrong, untouched: false }
    }

    /// S1: a target is entirely old or entirely new, and its record says the same.
    fn side(&self, now: &World, target: &Target, wrong: &mut Vec<String>) -> Side {
        let at = |world: &World| world.disk.below(&target.path);
        let found = at(now);
        let side = if found == at(&self.old) {
            Side::Old
        } else if found == at(&self.new) {
            Side::New
        } else {
            Side::Neither
        };
        let (old, new, record) = (self.old.record(target), self.new.record(target), now.record(target));
        let fits = match side {
            Side::Old => record == old || target.stays && record == new,
            Side::New => record == new,
            Side::Neither => {
                wrong.push(format!("{} is half:\n{}", target.path, at(&self.old).difference(&found)));
                true
            }
        };
        if !fits {
            wrong.push(format!("{} is {side:?}, and its record is {record:?}", target.path));
        }
        // A target whose bytes stay is told apart by its record.
        if target.stays && record == new && old != new { Side::New } else { side }
    }

    /// S3: nothing but targets has changed. Folders that lead to targets may be there or not.
    fn foreign(&self, now: &World, wrong: &mut Vec<String>) {
        for line in now.disk.neither(&self.old.disk, &self.new.disk) {
            let at_target = |target: &Target| line.starts_with(&target.path);
            if !self.targets.iter().any(at_target) && !line.contains("/.skillmeat-stage") {
                wrong.push(format!("touched: {line}"));
            }
        }
    }

    /// S6: what we do not know is still there. Records of places that this is not about are as they were.
    fn manifests(&self, now: &World, wrong: &mut Vec<String>) {
        for (path, before) in &self.old.manifests {
            let before = before.as_ref().expect("a scene's manifest");
            let after = match now.manifests.get(path) {
                Some(Ok(manifest)) => manifest,
                Some(Err(reason)) => {
                    wrong.push(format!("{path}: {reason}"));
                    continue;
                }
                None if self.new.manifests.contains_key(path) => {
                    wrong.push(format!("{path} is gone"));
                    continue;
                }
                None => continue,
            };
            let ours = |key: &(String, String)| {
                self.targets.iter().any(|target| (&target.place, &target.profile) == (&key.0, &key.1))
            };
            for (key, record) in before.records.iter().filter(|(key, _)| !ours(key)) {
                if after.records.get(key) != Some(record) {
                    wrong.push(format!("{path}: the record of {} is not what it was", key.0));
                }
            }
            for comment in before.text.lines().filter(|line| line.contains("theirs")) {
                if !after.text.contains(comment) {
                    wrong.push(format!("{path}: lost {comment}"));
                }
            }
        }
        for (path, manifest) in &now.manifests {
            if let Err(reason) = manifest {
                wrong.push(format!("{path}: {reason}"));
            }
        }
    }

    /// What was answered is what is on disk, and a failure names a place.
    fn told(&self, told: &Result<Receipt, Problem>, sides: &[Side], wrong: &mut Vec<String>) {
        let receipt = match told {
            Ok(receipt) => receipt,
            Err(problem) => {
                names_a_place(problem, wrong);
                if sides.contains(&Side::New) {
                    wrong.push(format!("something was done, and the answer is {}", problem.message));
                }
                return;
            }
        };
        for result in &receipt.results {
            let path = result.path.as_ref().map(|path| format!("{}/{path}", result.project_path));
            let place = self.targets.iter().position(|target| {
                path.as_ref().is_some_and(|path| path.ends_with(&target.path))
                    && target.profile == result.deployment_profile_id
            });
            let side = place.map_or(Side::Old, |place| sides[place]);
            match (result.status, side) {
                (Outcome::Success, Side::New) | (Outcome::Failed, Side::Old) => {}
                (status, side) => {
                    wrong.push(format!("told {status:?} of {path:?}, which is {side:?}: {result:?}"));
                }
            }
            match (&result.problem, result.status) {
                (Some(problem), Outcome::Failed) => names_a_place(problem, wrong),
                (None, Outcome::Failed) => wrong.push(format!("a failure without a problem: {result:?}")),
                _ => {}
            }
        }
    }

    /// Asked once more, it does what was left to do.
    fn again(&self, operation: Operation, sandbox: &Sandbox, engine: &Engine, wrong: &mut Vec<String>) {
        let told = (operation.run)(sandbox, engine);
        let now = World::of(sandbox);
        let sides: Vec<_> = self.targets.iter().map(|target| self.side(&now, target, wrong)).collect();
        if sides.iter().any(|side| *side != Side::New) {
            wrong.push(format!("once more, and it is still {sides:?}: {told:?}"));
        }
        self.foreign(&now, wrong);
    }
}

/// What became of a run.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) wrong: Vec<String>,
    pub(super) untouched: bool,
}

/// S12: a problem says what it is about, and never that the program is to blame.
fn names_a_place(problem: &Problem, wrong: &mut Vec<String>) {
    if problem.subject.is_none() || problem.code == Code::Internal {
        wrong.push(format!("a problem without a place: {problem:?}"));
    }
}

/// S12: no temporary file, and no stage but one that a problem names because it holds what could not be moved on.
fn left_over(sandbox: &Sandbox, hit: &Hit, wrong: &mut Vec<String>) {
    let told = match &hit.told {
        Some(Ok(receipt)) => receipt.results.iter().filter_map(|result| result.problem.as_ref()).collect(),
        Some(Err(problem)) => vec![problem],
        None => Vec::new(),
    };
    let named = |path: &str| {
        let path = sandbox.path().join(path);
        let within = |subject: &String| Path::new(subject).starts_with(&path);
        told.iter().any(|problem| problem.subject.as_ref().is_some_and(within))
    };
    let whole = DiskSnapshot::of_part(sandbox.path(), |path| !is_cache(path));
    let temporary = |path: &&str| path.ends_with("/.skillmeat-stage") || path.ends_with(".tmp");
    let found = whole.paths().into_iter().filter(temporary).filter(|path| !named(path));
    wrong.extend(found.map(|path| format!("left over: {path}")));
}

/// The cache agrees with the disk: at once where the receipt says so, else after everything is read again.
fn cache(hit: &Hit, engine: &Engine, wrong: &mut Vec<String>) {
    let mut compare = |when: &str| {
        let snapshot = engine.library_snapshot().expect("a snapshot");
        // A manifest that could not be read at that moment: its project says so.
        let troubled = snapshot.projects.iter().filter(|row| !row.problems.is_empty());
        let troubled: BTreeSet<_> = troubled.map(|row| row.project_path.to_string()).collect();
        let listed = snapshot.artifacts.into_iter().flat_map(|artifact| artifact.deployments);
        let known = rows(listed.chain(snapshot.orphans));
        let found = rows(engine.status(&[]).expect("a status").deployments.into_iter());
        for key in known.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
            if troubled.contains(&key.0) {
                continue;
            }
            let (known, found) = (known.get(key), found.get(key));
            // What could not be read at that moment is not known, and the row says so.
            if known != found && known.is_none_or(|row| row.status != Status::Unknown) {
                let tell =
                    |row: Option<&DeploymentRow>| row.map(|row| (row.status, row.content_hash.clone()));
                let (known, found) = (tell(known), tell(found));
                wrong.push(format!("{when} the cache knows {known:?} of {key:?}, and there is {found:?}"));
            }
        }
    };
    if matches!(&hit.told, Some(Ok(receipt)) if receipt.cache == CacheState::Synced) {
        compare("at once");
    } else {
        engine.resync(Origin::Resync).expect("a resync");
        compare("after a resync");
    }
}

fn rows(rows: impl Iterator<Item = DeploymentRow>) -> BTreeMap<(String, String, String), DeploymentRow> {
    let key = |row: &DeploymentRow| {
        (row.project_path.to_string(), row.artifact_path.to_string(), row.deployment_profile_id.clone())
    };
    rows.map(|row| (key(&row), row)).collect()
}
