//! Reading everything from disk, and correcting every row of the cache.

use super::gate::Gate;
use super::library::{self, Artifact, Library, Shelf};
use super::sets::{self, SetRows};
use super::{Engine, ResyncReport, scan};
use crate::cache::{
    ArtifactRow, Cache, CollectionRow, DeploymentRow, ProjectRow, TreeRow, Writer, is_corrupt,
};
use crate::clock::iso;
use crate::collection;
use crate::error::{Problem, Result, Severity};
use crate::feed::{AttentionRaised, Event, OperationProgressed, Origin, Phase, ResyncRequired};
use crate::fs::is_gone;
use crate::id::{OperationId, ProjectPath};
use crate::path::RelPath;
use crate::settings::KnownProject;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

/// What was found of one collection.
pub(super) struct Shelved {
    pub(super) row: CollectionRow,
    /// How many artifacts it has.
    artifacts: u64,
    /// Those whose row is to be another one, or new.
    changed: Vec<ArtifactRow>,
    /// Ids of those that are gone.
    gone: Vec<String>,
    index: Index,
}

/// What was found of one project.
struct Scanned {
    scan: scan::Scan,
    /// How many deployments it has. Their rows are in the scan only where they are `news`: what is as it was known
    /// is most of a large library, and is neither held nor written.
    deployments: u64,
    news: bool,
}

/// What the cache is to remember of a `collection.toml`: together with the rows that it speaks of and not before,
/// or these would be taken for current.
pub(super) struct Index {
    /// It says what it said when the rows were written.
    same: bool,
    learned: Vec<TreeRow>,
    /// Its path, when it was there and is gone.
    gone: Option<String>,
}

/// Everything, as it was read from disk.
struct Found {
    /// The cache's revision when the reading began, and its projects then.
    since: u64,
    known: Vec<ProjectRow>,
    /// Collections that cannot be opened.
    unreadable: Vec<CollectionRow>,
    shelves: Vec<Shelved>,
    sets: SetRows,
    scans: Vec<Scanned>,
    learned: Vec<TreeRow>,
    hashed_files: u64,
}

/// How often everything is read when others keep committing meanwhile.
const TRIES: u32 = 3;

impl Engine {
    /// Reads everything from disk and corrects every row of the cache: rows that no longer exist go, content is
    /// read only where a stat changed, and one event tells what was corrected.
    ///
    /// # Errors
    /// `io` and its relatives; `cache-stale`. A list of projects that cannot be read is one of the snapshot's problems;
    /// the projects that the cache knows are read then.
    pub fn resync(&self, origin: Origin) -> Result<ResyncReport> {
        let operation = OperationId::generate();
        let report = match self.resync_once(origin, &operation) {
            Err(error) if is_corrupt(&error) => {
                self.replace_cache();
                self.resync_once(origin, &operation)
            }
            other => other,
        };
        // After a failure too: whoever shows how far it is must see it end.
        self.progress(&operation, Phase::Done, (1, 1), None);
        report
    }

    fn resync_once(&self, origin: Origin, operation: &OperationId) -> Result<ResyncReport> {
        let cache = self.cache();
        let mut found = self.read_everything(&cache, operation)?;
        let mut hashed_files = found.hashed_files;
        let _own = self.own_commits();
        for tries_left in (0..TRIES).rev() {
            if write_everything(&cache, &found, tries_left == 0)? {
                break;
            }
            found = self.read_everything(&cache, operation)?;
            hashed_files += found.hashed_files;
        }
        let corrected = cache.changes_since(found.since)?.map_or(0, |(_, changes)| changes.len() as u64);
        self.filled();
        self.publish(&cache, origin, Some(operation.as_str()))?;
        for Scanned { scan, .. } in &found.scans {
            self.raise(&scan.row, &found.known);
            self.keep_copies(scan);
        }
        let report = ResyncReport {
            collections: found.shelves.len() as u64,
            artifacts: found.shelves.iter().map(|shelf| shelf.artifacts).sum(),
            projects: found.scans.len() as u64,
            deployments: found.scans.iter().map(|scanned| scanned.deployments).sum(),
            corrected,
            hashed_files,
        };
        // Each of these is one tree; more than that are remembered only of places that are gone, or not ours.
        forget_vanished(&cache, report.collections + report.artifacts + report.deployments);
        Ok(report)
    }

    fn read_everything(&self, cache: &Cache, operation: &OperationId) -> Result<Found> {
        let (since, known) = (cache.revision()?, cache.projects()?);
        let library = Library::open(&self.options.home)?;
        let gate = Gate::new(Some(cache), self.options.clock.as_ref());
        let shelved = |shelf| {
            let index = index(shelf, Gate::new(Some(cache), self.options.clock.as_ref()))?;
            shelved(shelf, index, &gate, cache)
        };
        let shelves = library.shelves.iter().map(shelved).collect::<Result<Vec<_>>>()?;
        let sets = SetRows::read(&library);
        let scans = self.scan_projects(&library, &gate, cache, operation, scanned)?;
        let hashed_files = gate.hashed_files();
        let mut unreadable = library.unreadable;
        if let Some(problem) = library.links {
            // Which collections are linked is not known, so those that were are.
            let known = cache.collections()?.into_iter().filter(|row| row.linked);
            unreadable.extend(known.map(|row| library::unreadable(row, problem.clone())));
        }
        Ok(Found {
            since,
            known,
            unreadable,
            shelves,
            sets,
            scans,
            hashed_files,
            learned: gate.into_learned(),
        })
    }

    /// The cache tells everything again. Whoever was told that it does not needs to be told otherwise.
    fn filled(&self) {
        self.unfilled.store(false, Ordering::Relaxed);
        if self.cache_stale.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            let reason = "The cache follows the files again.".to_owned();
            self.feed.publish(&Event::ResyncRequired(ResyncRequired { reason }));
        }
    }

    /// Every registered project as it is on disk. `finish` gets each with the rows that were known before.
    pub(super) fn scan_projects<T: Send>(
        &self,
        library: &Library,
        gate: &Gate<'_>,
        cache: &Cache,
        operation: &OperationId,
        finish: impl Fn(scan::Scan, &[DeploymentRow]) -> T + Sync,
    ) -> Result<Vec<T>> {
        let known = self.projects_to_look_at(cache)?;
        let (done, total) = (AtomicU64::new(0), known.len() as u64);
        let scan = |known: &KnownProject| {
            let (scanned, before) = self.scan_one(known, library, gate, cache)?;
            gate.save_much();
            let count = done.fetch_add(1, Ordering::Relaxed) + 1;
            self.progress(operation, Phase::Scan, (count, total), Some(&known.path));
            Ok(finish(scanned, &before))
        };
        known.par_iter().map(scan).collect()
    }

    /// A registered project as it is on disk, and the rows that were known before. One that cannot be read is told, and
    /// keeps what was known.
    pub(super) fn scan_one(
        &self,
        known: &KnownProject,
        library: &Library,
        gate: &Gate<'_>,
        cache: &Cache,
    ) -> Result<(scan::Scan, Vec<DeploymentRow>)> {
        let path = ProjectPath::from_canonical(known.path.clone());
        let before = cache.deployments_of(&path)?;
        gate.fetch(Path::new(&known.path));
        let scanned = self.open_known(known).and_then(|project| scan::scan(&project, library, gate, &before));
        let scanned = scanned.unwrap_or_else(|error| {
            scan::unavailable(&path, &known.name, (&known.added_at, &known.own), &before, &error)
        });
        Ok((scanned, before))
    }

    /// Tells about problems of a project that were not there before.
    pub(super) fn raise(&self, row: &ProjectRow, before: &[ProjectRow]) {
        let known = before.iter().find(|other| other.project_path == row.project_path);
        for problem in &row.problems {
            if problem.severity != Severity::Notice
                && !known.is_some_and(|known| known.problems.contains(problem))
            {
                self.feed.publish(&Event::AttentionRaised(AttentionRaised {
                    problem: problem.clone(),
                    project: Some(row.project_path.clone()),
                }));
            }
        }
    }

    pub(super) fn progress(
        &self,
        operation: &OperationId,
        phase: Phase,
        (done, total): (u64, u64),
        subject: Option<&str>,
    ) {
        self.feed.publish(&Event::OperationProgressed(OperationProgressed {
            operation: operation.to_string(),
            phase,
            done,
            total,
            subject: subject.map(str::to_owned),
        }));
    }
}

impl Shelved {
    /// Ids of artifacts whose row changed, that are new or gone.
    pub(super) fn news(&self) -> impl Iterator<Item = &str> {
        let changed = self.changed.iter().map(|row| row.artifact_id.as_str());
        changed.chain(self.gone.iter().map(String::as_str))
    }

    /// Writes the rows of the artifacts, and what is to be remembered with them.
    pub(super) fn write(&self, writer: &mut Writer<'_>) -> Result<()> {
        let collection = &self.row.collection;
        self.changed.iter().try_for_each(|row| writer.upsert_artifact(row).map(drop))?;
        self.gone.iter().try_for_each(|id| writer.remove_artifact(collection, id).map(drop))?;
        self.index.gone.iter().try_for_each(|path| writer.forget_tree(path))?;
        self.index.learned.iter().try_for_each(|tree| writer.put_tree(tree))
    }
}

/// Corrects every row, unless somebody committed since the reading began: what was read may then be older than
/// what the cache holds, and would undo it. `whatever` writes nevertheless. Tells whether it wrote.
fn write_everything(cache: &Cache, found: &Found, whatever: bool) -> Result<bool> {
    cache.write(|writer| {
        // Hashes are true of their signatures at any time, and make the next reading short.
        found.learned.iter().try_for_each(|tree| writer.put_tree(tree))?;
        if writer.since() != found.since && !whatever {
            return Ok(false);
        }
        // The artifacts of a collection that cannot be opened stay as they were known.
        let rows = found.shelves.iter().map(|shelf| &shelf.row).chain(&found.unreadable).cloned();
        writer.replace_collections(&rows.collect::<Vec<_>>())?;
        found.shelves.iter().try_for_each(|shelf| shelf.write(writer))?;
        found.sets.write(writer)?;
        let rows: Vec<_> = found.scans.iter().map(|scanned| scanned.scan.row.clone()).collect();
        writer.replace_projects(&rows)?;
        for Scanned { scan, .. } in found.scans.iter().filter(|scanned| scanned.news) {
            writer.replace_deployments(&scan.row.project_path, None, &scan.deployments)?;
        }
        Ok(true)
    })
}

/// Forgets the hashes of trees that are no longer there, when more are remembered than there are places. Failing in
/// that costs nothing but space.
fn forget_vanished(cache: &Cache, places: u64) {
    let forgotten = cache.trees_beyond(places).and_then(|paths| {
        let vanished: Vec<String> = paths.into_iter().filter(|path| is_gone(Path::new(path))).collect();
        if vanished.is_empty() {
            return Ok(());
        }
        cache.write_if_free(|writer| vanished.iter().try_for_each(|path| writer.forget_tree(path)))
    });
    if let Err(error) = forgotten {
        tracing::warn!(%error, "hashes of what is gone stay in the cache");
    }
}

/// The rows of one collection that are not as they were known.
pub(super) fn shelved(shelf: &Shelf, index: Index, gate: &Gate<'_>, cache: &Cache) -> Result<Shelved> {
    let rows = cache.artifacts_of(shelf.collection.name())?;
    let known: HashMap<&str, &ArtifactRow> = rows.iter().map(|row| (row.artifact_id.as_str(), row)).collect();
    gate.fetch(shelf.root.path());
    let changed = |found| {
        let known = known.get(found_id(found).as_str()).copied();
        let row = artifact_row(Artifact { shelf, found }, gate, known.filter(|_| index.same));
        gate.save_much();
        (known != Some(&row)).then_some(row)
    };
    let changed = shelf.artifacts.par_iter().filter_map(changed).collect();
    let found: HashSet<String> = shelf.artifacts.iter().map(found_id).collect();
    let gone = known.into_keys().filter(|id| !found.contains(*id)).map(str::to_owned).collect();
    let (mut row, artifacts) = (shelf.row.clone(), shelf.artifacts.len() as u64);
    row.problems.extend(sets::problems(shelf));
    Ok(Shelved { row, artifacts, changed, gone, index })
}

fn found_id(found: &collection::Found) -> String {
    found.id.to_string()
}

/// Lets go of rows that are as they were known.
fn scanned(mut scan: scan::Scan, before: &[DeploymentRow]) -> Scanned {
    let (deployments, news) = (scan.deployments.len() as u64, scan.deployments != before);
    if !news {
        scan.deployments = Vec::new();
    }
    Scanned { scan, deployments, news }
}

/// Looks whether a `collection.toml` changed, came or went. `gate` is its own.
pub(super) fn index(shelf: &Shelf, gate: Gate<'_>) -> Result<Index> {
    let file = RelPath::new(collection::FILE_NAME)?;
    let (same, gone) = match shelf.root.survey(&file) {
        Ok(None) => {
            let gone = gate.remembered(&shelf.root, &file);
            (gone.is_none(), gone)
        }
        Ok(Some(survey)) => {
            let same = gate.known(&shelf.root, &file, &survey).is_some();
            // Learns the new one. A file that cannot be read is the listing's problem.
            let _ = gate.hash(&shelf.root, &file, &survey);
            (same, None)
        }
        Err(_) => (false, None),
    };
    Ok(Index { same, learned: gate.into_learned(), gone })
}

/// The row of one artifact. One whose content is what its `known` row says keeps that row, unread; without a known row,
/// or where `collection.toml` may say something new of it, its main file is read.
pub(super) fn artifact_row(
    artifact: Artifact<'_>,
    gate: &Gate<'_>,
    known: Option<&ArtifactRow>,
) -> ArtifactRow {
    let (root, path) = (&artifact.shelf.root, artifact.path());
    let (survey, hash, problem) = match root.survey(path) {
        Ok(Some(survey)) => match gate.hash(root, path, &survey) {
            Ok(hash) => {
                let problem = survey.check_source(&root.absolute(path)).err().map(Problem::from);
                gate.note_source(root, path, &hash);
                (Some(survey), Some(hash), problem)
            }
            Err(error) => (Some(survey), None, Some(error.to_problem())),
        },
        Ok(None) => (None, None, None),
        Err(error) => (None, None, Some(error.to_problem())),
    };
    let modified_at = survey.as_ref().and_then(crate::fs::Survey::modified_at).map(iso);
    if let (Some(hash), Some(known)) = (&hash, known)
        && known.content_hash.as_deref() == Some(hash.as_str())
        && known.path == root.absolute(path).display().to_string()
    {
        return ArtifactRow { modified_at, ..known.clone() };
    }
    let described = artifact.shelf.collection.describe(artifact.found);
    let mut problems = described.problems;
    problems.extend(problem);
    ArtifactRow {
        collection: artifact.collection().to_owned(),
        artifact_id: artifact.id().to_string(),
        kind: artifact.id().kind(),
        namespace: artifact.id().namespace().map(str::to_owned),
        name: artifact.id().name().to_owned(),
        title: described.title,
        description: described.description,
        tags: described.tags,
        version: described.version,
        author: described.author,
        license: described.license,
        origin: described.origin,
        uuid: described.uuid,
        path: root.absolute(path).display().to_string(),
        content_hash: hash.map(|hash| hash.to_string()),
        files: survey.as_ref().map_or(0, crate::fs::Survey::files),
        bytes: survey.as_ref().map_or(0, crate::fs::Survey::bytes),
        modified_at,
        problems,
    }
}
