//! A manifest made anew: from what still parses of the broken one, from its last good copy, and from the disk.

use crate::artifact::{Detected, detect};
use crate::engine::gate::Gate;
use crate::engine::library::{Artifact, Library};
use crate::engine::lost::is_there;
use crate::engine::project::Project;
use crate::id::{ArtifactKind, ContentHash};
use crate::manifest::{self, Manifest, Record};
use crate::path::RelPath;
use crate::platform::Profile;
use std::collections::HashMap;

/// How many folders may lie between a kind's folder and a copy, as in a collection.
const MAX_FOLDERS: usize = 4;

/// What a manifest is made anew with.
pub(super) struct Rebuild<'a> {
    pub(super) project: &'a Project,
    pub(super) root: &'a RelPath,
    pub(super) library: &'a Library,
    pub(super) gate: &'a Gate<'a>,
    pub(super) now: &'a str,
}

/// A copy on disk that could be an artifact's.
struct Copy<'p> {
    profile: &'p Profile,
    kind: ArtifactKind,
    /// Relative to the profile root.
    path: RelPath,
}

impl Rebuild<'_> {
    /// Every record that can be vouched for: those that still parse in `broken`, those of the last good copy whose
    /// files are as they were deployed, and one for each copy that equals an artifact of its name.
    pub(super) fn manifest(&self, broken: &str, good: Option<&Manifest>) -> Manifest {
        let there = |record: &Record| is_there(self.project, self.root, record, self.gate);
        let mut manifest = manifest::salvage(broken, self.root, there);
        if let Some(good) = good {
            let missing = good.missing_from(Some(&manifest)).into_iter();
            let there: Vec<Record> = missing.filter(|record| there(record)).cloned().collect();
            manifest.restore(&there, good);
        }
        for record in self.recognised(&manifest) {
            manifest.upsert(record);
        }
        self.small_enough(manifest)
    }

    /// A text that is too large to be read again is made of the records alone.
    fn small_enough(&self, manifest: Manifest) -> Manifest {
        if manifest.render().is_none_or(|text| text.len() as u64 <= manifest::MAX_BYTES) {
            return manifest;
        }
        let mut bare = Manifest::empty(self.root);
        manifest.records().cloned().for_each(|record| bare.upsert(record));
        bare
    }

    /// Records for copies that no record names and that equal an artifact of their name.
    fn recognised(&self, manifest: &Manifest) -> Vec<Record> {
        let free = |copy: &Copy<'_>| {
            let overlaps = |path: &RelPath| {
                *path == copy.path
                    || path.strip_prefix(&copy.path).is_some()
                    || copy.path.strip_prefix(path).is_some()
            };
            !manifest.records().any(|record| overlaps(&record.artifact_path))
        };
        let copies: Vec<Copy<'_>> = self.copies().into_iter().filter(free).collect();
        if copies.is_empty() {
            return Vec::new();
        }
        let known = self.known();
        copies.iter().filter_map(|copy| self.record(copy, &known)).collect()
    }

    fn record(&self, copy: &Copy<'_>, known: &HashMap<ContentHash, Vec<Artifact<'_>>>) -> Option<Record> {
        let target = self.root.join(&copy.path);
        let real = self.project.root.resolved(&target).ok()?;
        if self.library.is_reserved(&real) {
            return None;
        }
        let hash = self.gate.content(&self.project.root, &target).ok()??.hash;
        let mut record = Record {
            artifact_name: String::new(),
            kind: copy.kind,
            from_collection: String::new(),
            deployed_at: self.now.to_owned(),
            artifact_path: copy.path.clone(),
            content_hash: hash.clone(),
            profile_id: copy.profile.id.clone(),
            platform: Some(copy.profile.platform.clone()),
            artifact_uuid: None,
        };
        let place = record.path_id().ok()?;
        let mut named = known
            .get(&hash)?
            .iter()
            .filter(|artifact| artifact.id().kind() == copy.kind && artifact.id().name() == place.name());
        let first = *named.next()?;
        let artifact = named.find(|artifact| artifact.id() == &place).copied();
        let artifact = if first.id() == &place { first } else { artifact.unwrap_or(first) };
        artifact.id().name().clone_into(&mut record.artifact_name);
        artifact.collection().clone_into(&mut record.from_collection);
        record.artifact_uuid = artifact.uuid().map(str::to_owned);
        Some(record)
    }

    /// Every artifact by its content. One that cannot be read is nothing that a copy could be recognised by.
    fn known(&self) -> HashMap<ContentHash, Vec<Artifact<'_>>> {
        let mut known: HashMap<ContentHash, Vec<Artifact<'_>>> = HashMap::new();
        for artifact in self.library.artifacts() {
            if let Ok(Some(content)) = self.gate.content(&artifact.shelf.root, artifact.path()) {
                known.entry(content.hash).or_default().push(artifact);
            }
        }
        known
    }

    /// What lies in the kinds' folders of this profile root.
    fn copies(&self) -> Vec<Copy<'_>> {
        let mut copies = Vec::new();
        for profile in self.project.all_profiles() {
            for kind in profile.kinds() {
                if let Some((root, folder)) = profile.target(kind).filter(|(root, _)| root == self.root) {
                    let mut found = Vec::new();
                    self.walk(kind, &root.join(&folder), 0, &mut found);
                    let below = found.iter().filter_map(|path| path.strip_prefix(&root));
                    copies.extend(below.map(|path| Copy { profile, kind, path }));
                }
            }
        }
        copies
    }

    /// Looks for copies in a folder. What cannot be read is not recognised, and stays as it is.
    fn walk(&self, kind: ArtifactKind, folder: &RelPath, depth: usize, found: &mut Vec<RelPath>) {
        for entry in self.project.root.list(Some(folder)).unwrap_or_default() {
            let Ok(path) = folder.child(&entry.name) else { continue };
            match detect(&self.project.root, &path, &entry, kind) {
                Ok(Detected::Artifact { .. }) => found.push(path),
                Ok(Detected::Folder) if depth < MAX_FOLDERS => self.walk(kind, &path, depth + 1, found),
                _ => {}
            }
        }
    }
}
