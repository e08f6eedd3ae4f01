//! What the collections hold, and which artifact a person means.

use crate::cache::CollectionRow;
use crate::collection::{self, Collection, Found};
use crate::error::{Code, Error, Problem, Result};
use crate::fs::{Root, canonical_folder};
use crate::id::{ArtifactId, ArtifactKind, ArtifactRef};
use crate::manifest::Record;
use crate::path::RelPath;
use crate::settings::{self, LinkedCollection};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The artifacts of every collection, by place; nothing of their content was read.
#[derive(Debug, Default)]
pub(super) struct Library {
    pub(super) shelves: Vec<Shelf>,
    /// Collections that are there, or are linked, and cannot be opened, with why.
    pub(super) unreadable: Vec<CollectionRow>,
    /// Why nobody knows which collections are linked.
    pub(super) links: Option<Problem>,
    default_collection: Option<String>,
    /// Canonical folders that hold what is deployed and what we know: never a place to deploy to.
    reserved: Vec<PathBuf>,
    /// Collection and id → shelf and place on it.
    index: HashMap<(String, String), (usize, usize)>,
    /// Collection and stable identity → the same.
    by_uuid: HashMap<(String, String), (usize, usize)>,
}

/// One collection with what was found in it.
#[derive(Debug)]
pub(super) struct Shelf {
    /// What is told about it.
    pub(super) row: CollectionRow,
    pub(super) collection: Collection,
    pub(super) root: Arc<Root>,
    pub(super) artifacts: Vec<Found>,
    /// Leaf names that artifacts of different namespaces share.
    shared_names: HashSet<(ArtifactKind, String)>,
}

/// One artifact of a shelf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Artifact<'a> {
    pub(super) shelf: &'a Shelf,
    pub(super) found: &'a Found,
}

impl Artifact<'_> {
    pub(super) fn id(&self) -> &ArtifactId {
        &self.found.id
    }

    pub(super) fn collection(&self) -> &str {
        self.shelf.collection.name()
    }

    pub(super) fn path(&self) -> &RelPath {
        &self.found.path
    }

    pub(super) fn uuid(&self) -> Option<&str> {
        self.found.entry.as_ref()?.uuid.as_deref()
    }
}

impl Library {
    /// Lists every collection below `home`, and every linked one. One that cannot be opened is told and does not stop the others.
    ///
    /// # Errors
    /// `io` and its relatives when the folder of collections cannot be read.
    pub(super) fn open(home: &Path) -> Result<Self> {
        let Some(root) = Root::open_existing(home)? else { return Ok(Self::default()) };
        // A config that cannot be read is told elsewhere; here it only means that no collection is preferred.
        let default_collection = settings::default_collection(home).ok();
        let names = collection::names(&root)?;
        let (linked, links) = match settings::collections(home) {
            Ok(linked) => (linked.collections, None),
            Err(error) => (Vec::new(), Some(error.to_problem())),
        };
        let mut library = Self { default_collection, links, ..Self::default() };
        library.reserve(home);
        for problem in names.problems {
            let collection = problem.subject.clone().unwrap_or_default();
            let path = home.join("collections").join(&collection);
            library.unreadable.push(unreadable(managed(collection, &path), problem));
        }
        for name in names.names {
            let path = collection::path(&root, &name)?;
            let opened = Collection::open(&root, &name);
            library.add(managed(name, &path), opened);
        }
        for linked in linked {
            library.link(linked);
        }
        Ok(library)
    }

    /// Adds a linked collection, unless one of our home has its name.
    fn link(&mut self, linked: LinkedCollection) {
        let path = PathBuf::from(&linked.path);
        let taken = |name: &str| name.to_lowercase() == linked.name.to_lowercase();
        if let Some(other) = self.shelves.iter_mut().find(|shelf| taken(&shelf.row.collection)) {
            let (first, second) = (other.row.path.clone(), linked.path);
            let clash = Error::NameClash { first, second, target: format!("the collection {}", linked.name) };
            other.row.problems.push(clash.to_problem());
            return;
        }
        let opened = Collection::open_linked(&linked.name, &path, linked.layout);
        self.add(linked_row(linked), opened);
        self.reserve(&path);
    }

    /// Puts a collection on a shelf; one that cannot be opened is told.
    fn add(&mut self, mut row: CollectionRow, opened: Result<Collection>) {
        let opened = opened.and_then(|collection| {
            let root = Arc::new(Root::open(collection.root().path())?);
            Ok((collection, root))
        });
        let (collection, root) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.unreadable.push(unreadable(row, error.to_problem())),
        };
        self.reserve(root.path());
        let listing = collection.list();
        let shelf = self.shelves.len();
        for (place, found) in listing.artifacts.iter().enumerate() {
            self.index.insert((row.collection.clone(), found.id.to_string()), (shelf, place));
            if let Some(uuid) = found.entry.as_ref().and_then(|entry| entry.uuid.clone()) {
                self.by_uuid.entry((row.collection.clone(), uuid)).or_insert((shelf, place));
            }
        }
        row.problems = listing.problems;
        let shared_names = shared_names(&listing.artifacts);
        self.shelves.push(Shelf { row, collection, root, artifacts: listing.artifacts, shared_names });
    }

    /// Our home, for messages.
    pub(super) fn home(&self) -> &Path {
        self.reserved.first().map_or(Path::new(""), PathBuf::as_path)
    }

    fn reserve(&mut self, folder: &Path) {
        self.reserved.extend(canonical_folder(folder).ok().map(PathBuf::from));
    }

    /// Whether a place lies in a collection or in our home, or holds one.
    pub(super) fn is_reserved(&self, place: &Path) -> bool {
        self.reserved.iter().any(|folder| place.starts_with(folder) || folder.starts_with(place))
    }

    /// Whether a collection is there and could not be read, or not all of it, so that what it seems to lack may be
    /// there.
    pub(super) fn is_unreadable(&self, collection: &str) -> bool {
        let failed = |problem: &Problem| {
            matches!(problem.code, Code::Io | Code::PermissionDenied | Code::SourceTooLarge)
        };
        let in_part = |shelf: &Shelf| shelf.row.problems.iter().any(failed);
        let shelf = self.shelves.iter().find(|shelf| shelf.collection.name() == collection);
        self.unreadable.iter().any(|row| row.collection == collection)
            || shelf.map_or(self.links.is_some(), in_part)
    }

    /// Every artifact, by collection and id.
    pub(super) fn artifacts(&self) -> impl Iterator<Item = Artifact<'_>> {
        self.shelves
            .iter()
            .flat_map(|shelf| shelf.artifacts.iter().map(move |found| Artifact { shelf, found }))
    }

    /// The artifact with exactly this id in this collection.
    pub(super) fn get(&self, collection: &str, id: &ArtifactId) -> Option<Artifact<'_>> {
        self.at(*self.index.get(&(collection.to_owned(), id.to_string()))?)
    }

    fn at(&self, (shelf, place): (usize, usize)) -> Option<Artifact<'_>> {
        let shelf = self.shelves.get(shelf)?;
        Some(Artifact { shelf, found: shelf.artifacts.get(place)? })
    }

    /// The artifact of this kind that `collection.toml` gives this stable identity.
    fn identified(&self, collection: &str, kind: ArtifactKind, uuid: &str) -> Option<Artifact<'_>> {
        let place = *self.by_uuid.get(&(collection.to_owned(), uuid.to_owned()))?;
        self.at(place).filter(|artifact| artifact.id().kind() == kind)
    }

    /// The artifact that a person means.
    ///
    /// # Errors
    /// `artifact-not-found`, `ambiguous-artifact`, `collection-not-found`.
    pub(super) fn find(&self, wanted: &ArtifactRef, home: &Path) -> Result<Artifact<'_>> {
        let query = Query::parse(&wanted.artifact_id);
        let collection = wanted.collection.as_deref();
        if let Some(name) = collection
            && !self.shelves.iter().any(|shelf| shelf.collection.name() == name)
        {
            if let Some(row) = self.unreadable.iter().find(|row| row.collection == name) {
                return Err(Error::CollectionGone { name: name.to_owned(), path: PathBuf::from(&row.path) });
            }
            let home = home.join("collections");
            return Err(Error::CollectionNotFound { name: name.to_owned(), home });
        }
        let inside = |artifact: &Artifact<'_>| collection.is_none_or(|name| artifact.collection() == name);
        let matching = |exact| {
            let hits = self.artifacts().filter(inside).filter(|artifact| query.matches(artifact.id(), exact));
            hits.collect::<Vec<_>>()
        };
        let exact = matching(true);
        let hits = if exact.is_empty() { matching(false) } else { exact };
        let preferred: Vec<_> = hits
            .iter()
            .filter(|hit| Some(hit.collection()) == self.default_collection.as_deref())
            .copied()
            .collect();
        match (hits.as_slice(), preferred.as_slice()) {
            ([only], _) | (_, [only]) => Ok(*only),
            ([], _) => Err(Error::ArtifactNotFound {
                query: wanted.artifact_id.clone(),
                place: collection
                    .map_or("any collection".to_owned(), |name| format!("the collection {name}")),
            }),
            (several, _) => Err(Error::AmbiguousArtifact {
                query: wanted.artifact_id.clone(),
                candidates: several
                    .iter()
                    .map(|hit| format!("{} in {}", hit.id(), hit.collection()))
                    .collect(),
            }),
        }
    }

    /// What a record calls an artifact: its leaf name, and with the namespace where its place would not tell it from
    /// another skill of its collection.
    pub(super) fn name_in_records<'a>(&self, artifact: &Artifact<'a>) -> &'a str {
        let id = &artifact.found.id;
        let shared = || artifact.shelf.shared_names.contains(&(id.kind(), id.name().to_owned()));
        if id.kind().is_folder() && shared() { id.path() } else { id.name() }
    }

    /// The artifact that a record came from: by its stable identity, else by a name with a namespace, else by the longest part of its place that
    /// is an artifact's path, else by its name, else by a leaf name that only one artifact has.
    pub(super) fn of_record(&self, record: &Record) -> Option<Artifact<'_>> {
        let in_collection = || {
            self.artifacts().filter(|artifact| {
                artifact.id().kind() == record.kind && artifact.collection() == record.from_collection
            })
        };
        if let Some(uuid) = record.artifact_uuid.as_deref()
            && let Some(hit) = self.identified(&record.from_collection, record.kind, uuid)
        {
            return Some(hit);
        }
        if record.artifact_name.contains('/')
            && let Ok(id) = ArtifactId::new(record.kind, &record.artifact_name)
            && let Some(hit) = self.get(&record.from_collection, &id)
        {
            return Some(hit);
        }
        let place = record.path_id().ok()?;
        let mut path = place.path();
        loop {
            let hit =
                ArtifactId::new(record.kind, path).ok().and_then(|id| self.get(&record.from_collection, &id));
            match (hit, path.split_once('/')) {
                (Some(hit), _) => return Some(hit),
                (None, Some((_, rest))) => path = rest,
                (None, None) => break,
            }
        }
        let mut leaves = in_collection().filter(|artifact| artifact.id().name() == place.name());
        let first = leaves.next()?;
        leaves.next().is_none().then_some(first)
    }
}

/// The row of a collection of our home.
pub(super) fn managed(collection: String, path: &Path) -> CollectionRow {
    let path = path.display().to_string();
    CollectionRow { collection, path, linked: false, layout: None, problems: Vec::new() }
}

/// The row of a linked collection.
pub(super) fn linked_row(linked: LinkedCollection) -> CollectionRow {
    let LinkedCollection { name, path, layout } = linked;
    CollectionRow { collection: name, path, linked: true, layout, problems: Vec::new() }
}

pub(super) fn unreadable(row: CollectionRow, problem: Problem) -> CollectionRow {
    CollectionRow { problems: vec![problem], ..row }
}

/// An artifact as a person writes it: `type:ns/name`, `ns/name` or `name`, with or without a file's ending.
pub(super) struct Query<'a> {
    kind: Option<ArtifactKind>,
    name: &'a str,
}

impl<'a> Query<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let (kind, name) = match text.split_once(':') {
            Some((kind, name)) if ArtifactKind::parse(kind).is_some() => (ArtifactKind::parse(kind), name),
            _ => (None, text),
        };
        let ending =
            [".md", ".txt", ".json", ".yaml", ".yml"].into_iter().find_map(|end| name.strip_suffix(end));
        Self { kind, name: ending.unwrap_or(name) }
    }

    /// Whether it means this artifact: by its whole path, or by its leaf name only.
    pub(super) fn matches(&self, id: &ArtifactId, exact: bool) -> bool {
        let name = if exact { id.path() } else { id.name() };
        self.kind.is_none_or(|kind| kind == id.kind()) && name == self.name
    }
}

fn shared_names(artifacts: &[Found]) -> HashSet<(ArtifactKind, String)> {
    let mut seen = HashSet::with_capacity(artifacts.len());
    let name = |found: &Found| (found.id.kind(), found.id.name().to_owned());
    artifacts.iter().map(name).filter(|name| !seen.insert(name.clone())).collect()
}
