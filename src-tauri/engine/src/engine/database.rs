//! Taking over the projects of an existing SkillMeat database.
//!
//! What is deployed where the projects' own manifests say, so only the projects themselves are taken over; the deployments
//! that the database names are counted beside, and found by reading the manifests.

use super::Engine;
use crate::cache::read_skillmeat;
use crate::error::{Problem, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A project that the database knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DatabaseProject {
    /// Its folder.
    pub project_path: String,
    /// Its name in the database.
    pub project_name: String,
    /// How many deployments the database names there.
    pub deployments: u64,
    /// Whether it was registered before.
    pub known: bool,
    /// Why it is not, or cannot be, registered.
    pub problem: Option<Problem>,
}

/// What is taken over from a database, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DatabaseImport {
    /// The database.
    pub file: String,
    /// Its projects, by path.
    pub projects: Vec<DatabaseProject>,
    /// Entries that could not be read.
    pub skipped: u64,
    /// Groups in it, which are not taken over.
    pub groups: u64,
    /// Deployment sets in it, which are not taken over.
    pub sets: u64,
    /// Projects' own profiles in it, which are not taken over.
    pub profiles: u64,
}

impl Engine {
    /// What [`Engine::import_database`] would register. The database is only read; without a file it is the one in our
    /// home.
    ///
    /// # Errors
    /// `invalid-request` when it is no database of SkillMeat's; `config-invalid`; `io` and its relatives, also when there
    /// is none.
    pub fn plan_import_database(&self, file: Option<&str>) -> Result<DatabaseImport> {
        let home = &self.options.home;
        let file = file.map_or_else(|| home.join("cache/cache.db"), |file| Path::new(file).to_owned());
        let found = read_skillmeat(&file, &home.join("desktop"))?;
        let known = self.known_projects()?.projects;
        let look = |(path, (name, deployments)): (String, (String, u64))| {
            let opened = self.open_project(&path);
            let real = opened.as_ref().map_or(path.as_str(), |project| project.path.as_str()).to_owned();
            DatabaseProject {
                known: known.iter().any(|known| known.path == real),
                project_path: real,
                project_name: name,
                deployments,
                problem: opened.err().map(Problem::from),
            }
        };
        Ok(DatabaseImport {
            file: file.display().to_string(),
            projects: found.projects.into_iter().map(look).collect(),
            skipped: found.skipped,
            groups: found.groups,
            sets: found.sets,
            profiles: found.profiles,
        })
    }

    /// Registers the projects that a SkillMeat database knows. Those that cannot be are told, the others go on.
    ///
    /// # Errors
    /// As [`Engine::plan_import_database`].
    pub fn import_database(&self, file: Option<&str>) -> Result<DatabaseImport> {
        let mut import = self.plan_import_database(file)?;
        for project in import.projects.iter_mut().filter(|one| !one.known && one.problem.is_none()) {
            project.problem = self.add_project(&project.project_path).err().map(Problem::from);
        }
        Ok(import)
    }
}
