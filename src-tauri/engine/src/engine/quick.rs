//! What is at hand for deploying quickly, without a window: projects that were worked in, what was deployed lately and
//! what is pinned, what can be done again and what can be undone.
//!
//! The rows come from the cache, the order from the history. Nothing is read from the collections, so this is quick
//! enough to be asked after every change; what is deployed then is planned from the disk like everything else.

use super::Engine;
use super::history::{OperationEntry, Undone};
use super::live::WatchState;
use super::sets::SetDeploy;
use crate::cache::{Cache, LibrarySnapshot, ProjectRow};
use crate::clock::parse_iso;
use crate::error::{Result, Severity};
use crate::fs::Root;
use crate::id::{ArtifactId, ArtifactKind, ProjectPath};
use crate::journal::OperationKind;
use crate::plan::SetTarget;
use crate::settings::Pin;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// How many operations are looked back at.
const LOOKED_BACK: usize = 50;
/// How many things that were neither pinned nor deployed are offered at most.
const OTHERS: usize = 20;

/// What is at hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quick {
    /// The registered projects, the one that was worked in or added last first, then by name.
    pub projects: Vec<QuickProject>,
    /// What is pinned and there, in order.
    pub pinned: Vec<QuickItem>,
    /// What was deployed lately, newest first, without what is pinned.
    pub recent: Vec<QuickItem>,
    /// Some of the rest, so that there is something to begin with: sets, then artifacts, by name.
    pub others: Vec<QuickItem>,
    /// How many artifacts and sets there are in all.
    pub count: usize,
    /// What was deployed last.
    pub last: Option<QuickDeploy>,
    /// What would be undone next.
    pub undo: Option<QuickUndo>,
    /// Whether changes on disk are followed.
    pub watching: WatchState,
}

/// A project to deploy into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickProject {
    /// Its folder.
    pub path: ProjectPath,
    /// Its name.
    pub name: String,
    /// Whether the folder is there.
    pub available: bool,
    /// How many of its deployments need attention, and how much else is wrong with it.
    pub attention: usize,
    /// The kinds that at least one of its profiles takes.
    pub kinds: Vec<ArtifactKind>,
    /// The profiles that something is deployed to, by id; none: a deploy goes to the project's default.
    pub profiles: Vec<String>,
}

/// An artifact or a set to deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickItem {
    /// What it is.
    pub what: Pin,
    /// What to call it: an artifact's path in its kind, a set's name.
    pub name: String,
    /// An artifact's kind.
    pub kind: Option<ArtifactKind>,
}

/// What was deployed, so that it can be deployed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickDeploy {
    /// The operation.
    pub operation: String,
    /// The set, where it was one that is still there.
    pub set: Option<QuickItem>,
    /// The targets that were written, each with its project and profile.
    pub targets: Vec<SetTarget>,
    /// The names of the projects, each once, in order.
    pub projects: Vec<String>,
    /// With a set: the profiles that were asked for.
    pub profiles: Vec<String>,
    /// With a set: whether every profile was asked for.
    pub all_profiles: bool,
}

/// An operation that can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickUndo {
    /// The operation.
    pub operation: String,
    /// What kind.
    pub kind: OperationKind,
    /// The artifacts that it was about, each once, in order.
    pub artifacts: Vec<String>,
    /// The names of the projects or collections, each once, in order.
    pub places: Vec<String>,
}

impl Engine {
    /// What is at hand for deploying quickly, from the cache and the history.
    ///
    /// # Errors
    /// `cache-stale`, `config-invalid`; `io` and its relatives.
    pub fn quick(&self) -> Result<Quick> {
        let pins = self.settings()?.pins;
        let snapshot = self.ask(Cache::snapshot)?;
        let shelf = Shelf::of(&snapshot, self.shows_sets());
        let history = self.history(Some(LOOKED_BACK))?.operations;
        let desktop = self.desktop()?;
        let deployed: Vec<_> = history.iter().filter(|entry| entry.kind == OperationKind::Deploy).collect();
        let noted = |entry: &OperationEntry| set_of(desktop.as_ref(), &entry.operation);
        let pinned: Vec<QuickItem> = pins.iter().filter_map(|pin| shelf.item(pin)).collect();
        let mut recent: Vec<QuickItem> = Vec::new();
        for entry in &deployed {
            let items = match noted(entry).and_then(|note| shelf.item(&note.pin())) {
                Some(set) => vec![set],
                None => entry.items.iter().filter_map(|item| shelf.item(&pin_of(item))).collect(),
            };
            for item in items {
                if !pinned.contains(&item) && !recent.contains(&item) {
                    recent.push(item);
                }
            }
        }
        let known = |item: &QuickItem| pinned.contains(item) || recent.contains(item);
        let others = shelf.in_order.iter().filter(|item| !known(item)).take(OTHERS).cloned().collect();
        Ok(Quick {
            projects: projects(&snapshot, &history),
            others,
            count: shelf.in_order.len(),
            last: deployed.first().map(|entry| again(entry, noted(entry), &shelf)),
            undo: history.iter().find(|entry| can_be_undone(entry)).map(undo),
            watching: self.watch_status().state,
            pinned,
            recent,
        })
    }
}

/// What there is to deploy.
struct Shelf {
    /// Sets, then artifacts, each by name.
    in_order: Vec<QuickItem>,
    at: HashMap<Pin, usize>,
}

impl Shelf {
    fn of(snapshot: &LibrarySnapshot, with_sets: bool) -> Self {
        // What comes to nothing cannot be deployed.
        let sets = snapshot.sets.iter().filter(|set| with_sets && set.resolved > set.missing);
        let sets = sets.map(|set| QuickItem {
            what: Pin::Set { collection: set.collection.clone(), set_id: set.set_id.clone() },
            name: set.name.clone(),
            kind: None,
        });
        let artifacts = snapshot.artifacts.iter().map(|listed| &listed.artifact);
        let artifacts = artifacts.map(|row| QuickItem {
            what: Pin::Artifact { collection: row.collection.clone(), artifact_id: row.artifact_id.clone() },
            name: name_of(&row.artifact_id),
            kind: Some(row.kind),
        });
        let mut in_order: Vec<QuickItem> = sets.chain(artifacts).collect();
        in_order.sort_by_key(|item| (item.kind.is_some(), item.name.to_lowercase(), item.kind));
        let at = in_order.iter().enumerate().map(|(at, item)| (item.what.clone(), at)).collect();
        Self { in_order, at }
    }

    fn item(&self, what: &Pin) -> Option<QuickItem> {
        self.at.get(what).and_then(|at| self.in_order.get(*at)).cloned()
    }
}

/// The part of an id behind its kind.
fn name_of(artifact_id: &str) -> String {
    ArtifactId::parse(artifact_id).map_or_else(|_| artifact_id.to_owned(), |id| id.path().to_owned())
}

fn set_of(desktop: Option<&Root>, operation: &str) -> Option<SetDeploy> {
    SetDeploy::read(desktop?, operation)
}

fn pin_of(item: &super::OperationItem) -> Pin {
    Pin::Artifact { collection: item.collection.clone(), artifact_id: item.artifact_id.clone() }
}

/// The projects, those that operations were about last, or that were added last, first.
fn projects(snapshot: &LibrarySnapshot, history: &[OperationEntry]) -> Vec<QuickProject> {
    // When, and how many operations ago, because several may share a moment.
    let mut used: HashMap<&ProjectPath, (Option<DateTime<Utc>>, Reverse<usize>)> = HashMap::new();
    for (ago, entry) in history.iter().enumerate() {
        for item in &entry.items {
            used.entry(&item.project_path).or_insert_with(|| (parse_iso(&entry.at), Reverse(ago)));
        }
    }
    let mut attention: HashMap<&ProjectPath, usize> = HashMap::new();
    let copies = snapshot.artifacts.iter().flat_map(|listed| &listed.deployments).chain(&snapshot.orphans);
    let mut profiles: HashMap<&ProjectPath, BTreeSet<&String>> = HashMap::new();
    for row in copies {
        profiles.entry(&row.project_path).or_default().insert(&row.deployment_profile_id);
        *attention.entry(&row.project_path).or_default() += usize::from(row.status.needs_attention());
    }
    let mut rows: Vec<&ProjectRow> = snapshot.projects.iter().collect();
    rows.sort_by_key(|row| {
        let added = (parse_iso(&row.added_at), Reverse(usize::MAX));
        let last = used.get(&row.project_path).copied().max(Some(added));
        (Reverse(last), row.project_name.to_lowercase(), &row.project_path)
    });
    let project = |row: &ProjectRow| QuickProject {
        path: row.project_path.clone(),
        name: row.project_name.clone(),
        available: row.available,
        attention: attention.get(&row.project_path).copied().unwrap_or_default()
            + row.problems.iter().filter(|problem| problem.severity != Severity::Notice).count(),
        kinds: ArtifactKind::ALL
            .into_iter()
            .filter(|kind| row.profiles.iter().any(|profile| profile.kinds.contains(kind)))
            .collect(),
        profiles: profiles.get(&row.project_path).into_iter().flatten().map(|id| (*id).clone()).collect(),
    };
    rows.into_iter().map(project).collect()
}

fn again(entry: &OperationEntry, note: Option<SetDeploy>, shelf: &Shelf) -> QuickDeploy {
    let target = |item: &super::OperationItem| SetTarget {
        project_path: item.project_path.clone(),
        artifact_id: item.artifact_id.clone(),
        collection: item.collection.clone(),
        profile_id: item.deployment_profile_id.clone(),
    };
    let set = note.as_ref().and_then(|note| shelf.item(&note.pin()));
    let (profiles, all_profiles) =
        note.filter(|_| set.is_some()).map(|note| (note.profiles, note.all_profiles)).unwrap_or_default();
    QuickDeploy {
        operation: entry.operation.clone(),
        set,
        targets: entry.items.iter().map(target).collect(),
        projects: each_once(entry.items.iter().map(|item| &item.project_name)),
        profiles,
        all_profiles,
    }
}

fn can_be_undone(entry: &OperationEntry) -> bool {
    entry.kind != OperationKind::Undo && entry.undone != Undone::Yes && entry.undoable
}

fn undo(entry: &OperationEntry) -> QuickUndo {
    QuickUndo {
        operation: entry.operation.clone(),
        kind: entry.kind,
        artifacts: each_once(entry.items.iter().map(|item| &item.artifact_id)),
        places: each_once(entry.items.iter().map(|item| &item.project_name)),
    }
}

fn each_once<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(*text)).cloned().collect()
}
