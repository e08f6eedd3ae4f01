//! Which folders are watched, and for whom.

use crate::engine::Engine;
use crate::engine::project::{Project, roots_of};
use crate::error::Result;
use crate::id::ProjectPath;
use crate::manifest;
use crate::path::RelPath;
use crate::settings;
use crate::watch::{Reach, Spec, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Folders of a profile root in which products and SkillMeat keep artifacts.
const KIND_FOLDERS: [&str; 5] = ["skills", "commands", "agents", "hooks", "mcp"];

impl Engine {
    /// Everything that is to be followed: registered projects, collections, and which collections there are.
    ///
    /// # Errors
    /// `cache-stale`; what reading the list of projects says.
    pub(super) fn subjects(&self) -> Result<BTreeSet<Subject>> {
        let cache = self.cache();
        let projects =
            self.projects_to_look_at(&cache)?.into_iter().map(|known| Subject::Project(known.path));
        let collections = cache.collections()?.into_iter().map(|row| Subject::Collection(row.collection));
        Ok(projects.chain(collections).chain([Subject::Collections]).collect())
    }

    /// The folders that are watched for a subject.
    pub(super) fn places(&self, subject: &Subject) -> Vec<Spec> {
        let collections = self.options.home.join("collections");
        match subject {
            Subject::Project(path) => self.project_places(path),
            Subject::Collections => vec![Spec { folder: collections, reach: Reach::Folders }],
            Subject::Collection(name) => {
                let rows = self.cache().collections().unwrap_or_default();
                let row = rows.into_iter().find(|row| row.collection == *name);
                let folder = row.map_or_else(|| collections.join(name), |row| PathBuf::from(row.path));
                vec![Spec { folder, reach: Reach::Tree }]
            }
        }
    }

    /// A project's own folder, its profile roots, and in them the folders that hold artifacts.
    fn project_places(&self, path: &str) -> Vec<Spec> {
        let known = self.known_projects().map(|known| known.projects).unwrap_or_default();
        let known = known.iter().find(|known| known.path == path);
        let opened = known.and_then(|known| self.open_known(known).ok());
        let own = known.map_or(&[][..], |known| &known.own);
        let mut roots = roots_of(own);
        roots.extend(opened.as_ref().and_then(|project| project.known_roots().ok()).unwrap_or_default());
        let first = |root: &RelPath| root.components().next().unwrap_or_default().to_owned();
        let folder = PathBuf::from(path);
        let names = Reach::NamesAndHidden(roots.iter().map(first).collect());
        let mut specs = vec![Spec { folder: folder.clone(), reach: names }];
        let Some(project) = opened else { return specs };
        let recorded = self.recorded_folders(&project);
        for root in roots.iter().filter(|root| project.root.is_folder(root).unwrap_or(false)) {
            let at = folder.join(root);
            let mut names: BTreeSet<String> = KIND_FOLDERS.iter().map(|&name| name.to_owned()).collect();
            let targets =
                own.iter().flat_map(|profile| &profile.targets).filter(|target| target.root == *root);
            names.extend(targets.map(|target| target.folder.to_string()));
            names.extend(recorded.get(root).into_iter().flatten().cloned());
            let trees = names.iter().map(|name| Spec { folder: at.join(name), reach: Reach::Tree });
            specs.extend(trees.filter(|spec| crate::fs::is_there(&spec.folder)));
            names.extend(
                [manifest::FILE_NAME, manifest::LEGACY_NAME, settings::PROJECT_FILE_NAME].map(str::to_owned),
            );
            specs.push(Spec { folder: at, reach: Reach::Names(names) });
        }
        specs
    }

    /// The first folders of what is deployed, by profile root: a record may name others than the usual ones.
    fn recorded_folders(&self, project: &Project) -> BTreeMap<RelPath, BTreeSet<String>> {
        let path = ProjectPath::from_canonical(project.path.as_str().to_owned());
        let rows = self.cache().deployments_of(&path).unwrap_or_default();
        let mut found = BTreeMap::<RelPath, BTreeSet<String>>::new();
        for row in rows {
            let first = row.artifact_path.components().next().unwrap_or_default().to_owned();
            found.entry(row.profile_root_dir).or_default().insert(first);
        }
        found
    }
}
