//! What must be true after each step.

use super::run::{Run, Wrong};
use super::tree::Tree;
use super::world::{ARTIFACTS, FOLDERS, PLACES, PROFILES, PROJECTS, ROOTS, target};
use skillmeat_engine::cache::DeploymentRow;
use skillmeat_engine::status::Status;
use std::collections::BTreeMap;

type Rows = BTreeMap<(String, String, String), (Status, bool)>;

fn rows(rows: impl Iterator<Item = DeploymentRow>) -> Rows {
    let key = |row: &DeploymentRow| {
        let at = format!("{}/{}", row.profile_root_dir, row.artifact_path);
        (row.project_path.to_string(), at, row.deployment_profile_id.clone())
    };
    rows.map(|row| (key(&row), (row.status, row.local_modifications))).collect()
}

impl Run {
    /// Compares everything that somebody could notice.
    pub(super) fn compare(&self) -> Result<(), Wrong> {
        self.files()?;
        self.records()?;
        self.left_over()?;
        self.rows()?;
        self.listed()
    }

    fn files(&self) -> Result<(), Wrong> {
        for (index, name) in PROJECTS.iter().enumerate() {
            let mut want = self.world.projects[index].disk.clone();
            ROOTS.iter().for_each(|root| _ = want.0.remove(*root));
            let wrong = want.difference(&self.disk(index));
            if !wrong.is_empty() {
                return Err(format!("{name}:\n{}", wrong.join("\n")));
            }
        }
        for (index, artifact) in ARTIFACTS.iter().enumerate() {
            let found = Tree::read(&self.sandbox.collection().join(FOLDERS[index]), |_| true);
            if found != self.world.sources[index] {
                return Err(format!("the collection's {artifact} was touched"));
            }
        }
        for (path, text) in [("outside/sentinel", "stays"), ("person/.config/agent", "stays too")] {
            if std::fs::read(self.sandbox.path().join(path)).ok().as_deref() != Some(text.as_bytes()) {
                return Err(format!("{path} was touched"));
            }
        }
        Ok(())
    }

    fn records(&self) -> Result<(), Wrong> {
        for (index, name) in PROJECTS.iter().enumerate() {
            let mut found = BTreeMap::new();
            for root in ROOTS {
                let path = self.folder(index).join(root).join(".skillmeat-deployed.toml");
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let table: toml::Table = text.parse().map_err(|error| format!("{name}, {root}: {error}"))?;
                for record in table.get("deployed").and_then(toml::Value::as_array).into_iter().flatten() {
                    let word = |key: &str| record[key].as_str().unwrap().to_owned();
                    found.insert(format!("{root}/{}", word("artifact_path")), word("content_hash"));
                }
            }
            let known = &self.world.projects[index].records;
            let want: BTreeMap<_, _> = known.iter().map(|(at, rec)| (at.clone(), rec.hash.clone())).collect();
            if found != want {
                return Err(format!("records of {name}: want {want:?}, found {found:?}"));
            }
        }
        Ok(())
    }

    fn left_over(&self) -> Result<(), Wrong> {
        let trash = self.sandbox.home().join("desktop/trash");
        let walk = walkdir::WalkDir::new(self.sandbox.path()).into_iter();
        for entry in walk.filter_entry(|entry| entry.path().parent() != Some(&trash)).map(Result::unwrap) {
            let name = entry.file_name().to_string_lossy();
            let in_journal = entry.path().parent().is_some_and(|folder| folder.ends_with("desktop/journal"));
            if name == ".skillmeat-stage" || name.ends_with(".tmp") || in_journal {
                return Err(format!("left over: {}", entry.path().display()));
            }
        }
        Ok(())
    }

    /// The three-way status of every record, and the same from the cache where somebody told it.
    fn rows(&self) -> Result<(), Wrong> {
        let mut want = Rows::new();
        for project in 0..PROJECTS.len() {
            let folder = self.folder(project).to_str().unwrap().to_owned();
            for place in PLACES {
                if let Some(status) = self.world.status(project, place) {
                    let at = (folder.clone(), target(place.0, place.1), PROFILES[place.0].to_owned());
                    want.insert(at, status);
                }
            }
        }
        let projects: Vec<_> = PROJECTS.iter().map(|name| self.sandbox.project_text(name)).collect();
        let report = self.engine().status(&projects).map_err(|error| error.to_string())?;
        if !report.problems.is_empty() {
            return Err(format!("status has problems: {:?}", report.problems));
        }
        let mut found = rows(report.deployments.into_iter());
        self.loosen(&mut found, &want);
        if found != want {
            return Err(format!("status: want {want:?}, found {found:?}"));
        }
        if self.is_stale {
            return Ok(());
        }
        let known = |key: &(String, String, String)| {
            (0..PROJECTS.len()).any(|project| {
                self.world.projects[project].registered && self.folder(project).to_str() == Some(&key.0)
            })
        };
        want.retain(|key, _| known(key));
        let snapshot = self.engine().library_snapshot().map_err(|error| error.to_string())?;
        let listed = snapshot.artifacts.into_iter().flat_map(|artifact| artifact.deployments);
        let mut listed = rows(listed.chain(snapshot.orphans));
        self.loosen(&mut listed, &want);
        if listed != want {
            return Err(format!("the cache: want {want:?}, found {listed:?}"));
        }
        Ok(())
    }

    /// Once something was cut off, what was deployed may not be kept, and then nobody knows whose change is whose.
    fn loosen(&self, found: &mut Rows, want: &Rows) {
        for (key, row) in found.iter_mut().filter(|_| self.world.was_cut) {
            let one_sided = matches!(want.get(key), Some((Status::Modified | Status::Outdated, true)));
            if row.0 == Status::Conflict && one_sided {
                row.0 = want[key].0;
            }
        }
    }

    /// The history has every operation, what of it was undone, and that it can be.
    fn listed(&self) -> Result<(), Wrong> {
        let history = self.engine().history(Some(usize::MAX)).map_err(|error| error.to_string())?;
        let found: Vec<_> =
            history.operations.iter().rev().map(|entry| (&entry.operation, entry.undone)).collect();
        let want: Vec<_> =
            self.world.history.iter().map(|operation| &operation.id).zip(self.world.undone()).collect();
        if found != want {
            return Err(format!("the history: want {want:?}, found {found:?}"));
        }
        if let Some(entry) = history.operations.iter().find(|entry| !entry.undoable) {
            return Err(format!("cannot be undone: {entry:?}"));
        }
        match history.problems.first() {
            Some(problem) => Err(format!("the history has a problem: {problem:?}")),
            None => Ok(()),
        }
    }
}
