//! Looking again at what was touched, and at nothing else: the projects, the collections, and the projects in which
//! something that changed there is deployed.

use super::Reconciled;
use crate::cache::Cache;
use crate::engine::gate::Gate;
use crate::engine::library::Library;
use crate::engine::recover::lock_file;
use crate::engine::resync::{self, Shelved};
use crate::engine::sets::SetRows;
use crate::engine::{Engine, scan};
use crate::error::Result;
use crate::feed::Origin;
use crate::fs::{FileLock, Root, canonical_folder};
use crate::id::ProjectPath;
use crate::path::RelPath;
use crate::settings::KnownProject;
use crate::watch::{Subject, Touched};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// How often it is read again when others keep committing meanwhile.
const TRIES: u32 = 3;
/// More changed artifacts than this are not looked up one by one: every project is looked at.
const FEW: usize = 200;

/// A project as it is now, and whether its deployments are news.
type Seen = (scan::Scan, bool);

impl Engine {
    /// Looks at what was touched and corrects its rows. What somebody holds the lock of is left for later.
    ///
    /// # Errors
    /// `io` and its relatives; `cache-stale`.
    pub(super) fn reconcile(&self, touched: &Touched) -> Result<Reconciled> {
        let cache = self.cache();
        let before = cache.revision()?;
        let busy = if touched.everything || touched.subjects.contains(&Subject::Collections) {
            self.resync(Origin::Watcher)?;
            BTreeSet::new()
        } else {
            self.reconcile_some(&cache, &touched.subjects)?
        };
        Ok(Reconciled { changed: self.cache().revision()? != before, busy })
    }

    fn reconcile_some(&self, cache: &Cache, touched: &BTreeSet<Subject>) -> Result<BTreeSet<Subject>> {
        let _own = self.own_commits();
        for tries_left in (0..TRIES).rev() {
            let (since, rows) = (cache.revision()?, cache.projects()?);
            let library = Library::open(&self.options.home)?;
            let gate = Gate::new(Some(cache), self.options.clock.as_ref());
            let mut busy = BTreeSet::new();
            let shelves = self.touched_shelves(&library, touched, &gate, cache, &mut busy)?;
            let seen = self.touched_projects(&library, touched, &shelves, (&gate, cache), &mut busy)?;
            let sets = SetRows::read(&library);
            let learned = gate.into_learned();
            let written = cache.write(|writer| {
                learned.iter().try_for_each(|tree| writer.put_tree(tree))?;
                if writer.since() != since && tries_left > 0 {
                    return Ok(false);
                }
                for shelf in &shelves {
                    writer.upsert_collection(&shelf.row)?;
                    shelf.write(writer)?;
                }
                sets.write(writer)?;
                for (scan, news) in &seen {
                    writer.upsert_project(&scan.row)?;
                    if *news {
                        writer.replace_deployments(&scan.row.project_path, None, &scan.deployments)?;
                    }
                }
                Ok(true)
            })?;
            if written {
                self.publish(cache, Origin::Watcher, None)?;
                for (scan, _) in &seen {
                    self.raise(&scan.row, &rows);
                    self.keep_copies(scan);
                }
                return Ok(busy);
            }
        }
        Ok(BTreeSet::new())
    }

    /// The collections that were touched. One that is gone, or that somebody is working in, is left as it is known.
    fn touched_shelves(
        &self,
        library: &Library,
        touched: &BTreeSet<Subject>,
        gate: &Gate<'_>,
        cache: &Cache,
        busy: &mut BTreeSet<Subject>,
    ) -> Result<Vec<Shelved>> {
        let mut found = Vec::new();
        for shelf in &library.shelves {
            let subject = Subject::Collection(shelf.collection.name().to_owned());
            if !touched.contains(&subject) {
                continue;
            }
            let path = canonical_folder(shelf.root.path()).unwrap_or_default();
            let Some(_lock) = self.look_lock(&path)? else {
                busy.insert(subject);
                continue;
            };
            let index = resync::index(shelf, Gate::new(Some(cache), self.options.clock.as_ref()))?;
            found.push(resync::shelved(shelf, index, gate, cache)?);
        }
        Ok(found)
    }

    /// The projects that were touched, and those in which something is deployed that changed.
    fn touched_projects(
        &self,
        library: &Library,
        touched: &BTreeSet<Subject>,
        shelves: &[Shelved],
        (gate, cache): (&Gate<'_>, &Cache),
        busy: &mut BTreeSet<Subject>,
    ) -> Result<Vec<Seen>> {
        let changed = changed(shelves);
        let all = changed.len() > FEW;
        let mut wanted = BTreeSet::new();
        for (collection, id) in changed.iter().take(FEW) {
            wanted.extend(cache.projects_with(collection, id)?);
        }
        let is_wanted = |known: &KnownProject| {
            let subject = Subject::Project(known.path.clone());
            all || wanted.contains(&known.path) || touched.contains(&subject)
        };
        let known: Vec<KnownProject> =
            self.projects_to_look_at(cache)?.into_iter().filter(is_wanted).collect();
        let look = |known: &KnownProject| -> Result<Option<Seen>> {
            let Some(_lock) = self.look_lock(&known.path)? else { return Ok(None) };
            let (scan, before) = self.scan_one(known, library, gate, cache)?;
            let news = scan.deployments != before;
            Ok(Some((scan, news)))
        };
        let looked = known.par_iter().map(look).collect::<Result<Vec<_>>>()?;
        let mut seen = Vec::new();
        for (known, look) in known.iter().zip(looked) {
            match look {
                Some(look) => seen.push(look),
                None => _ = busy.insert(Subject::Project(known.path.clone())),
            }
        }
        Ok(seen)
    }

    /// Keeps operations out of a folder while it is looked at, so that what is half done is not taken for drift. `None`
    /// while one is at work there.
    fn look_lock(&self, path: &str) -> Result<Option<FileLock>> {
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        desktop.create_folders(&RelPath::new("locks")?)?;
        let path = ProjectPath::from_canonical(path.to_owned());
        FileLock::shared(&desktop, &lock_file(&path)?)
    }
}

/// What changed in collections: artifacts whose rows are news, and those that are gone.
fn changed(shelves: &[Shelved]) -> Vec<(&str, &str)> {
    shelves.iter().flat_map(|shelf| shelf.news().map(|id| (shelf.row.collection.as_str(), id))).collect()
}
