//! Taking over what an existing SkillMeat database knows: projects with their profiles, groups, deployment sets; and
//! deployments, where it is right about them.
//!
//! What is deployed where the projects' own manifests say. A deployment that only the database names is a hint: it gets a
//! record where the artifact's own content lies at its place, and is told otherwise. A group whose name is there, and a set
//! whose id is there, are left as they are, so that asking again changes nothing.

mod profiles;
mod sets;

use super::Engine;
use super::write::Request;
use crate::cache::{Deployed, SkillMeatDatabase, read_skillmeat};
use crate::deploy::Outcome;
use crate::error::{Code, Problem, Result, Severity};
use crate::id::ArtifactRef;
use crate::manifest::DEFAULT_PROFILE;
use crate::plan::{Action, DeployRequest};
use crate::platform::Profile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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

/// A profile of a project's own that the database knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DatabaseProfile {
    /// The project's folder.
    pub project_path: String,
    /// Its id.
    pub profile_id: String,
    /// Its root, relative to the project.
    pub root_dir: String,
    /// Kinds that it takes there and that are not taken over.
    pub left_out: Vec<String>,
    /// Whether the project has one of that id; it is left as it is then.
    pub known: bool,
    /// Why it is not, or cannot be, taken over.
    pub problem: Option<Problem>,
}

/// A group or set that the database knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DatabaseItem {
    /// Its name; a set whose name is taken gets another one.
    pub name: String,
    /// The collection that it comes into.
    pub collection: String,
    /// Its members, without those that are left out.
    pub members: u64,
    /// Members, and parts of its look, that are not taken over, each by name.
    pub left_out: Vec<String>,
    /// Whether it was there before; it is left as it is then.
    pub known: bool,
    /// Why it is not, or cannot be, taken over.
    pub problem: Option<Problem>,
}

/// A deployment that the database knows and no manifest does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DatabaseDeployment {
    /// The artifact, as the database has it.
    pub artifact_id: String,
    /// The project's folder.
    pub project_path: String,
    /// The profile.
    pub deployment_profile_id: String,
    /// Why it gets no record; without it, it gets one.
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
    /// Its projects' own profiles.
    pub profiles: Vec<DatabaseProfile>,
    /// Its groups.
    pub groups: Vec<DatabaseItem>,
    /// Its deployment sets.
    pub sets: Vec<DatabaseItem>,
    /// Its deployments that have no record.
    pub deployments: Vec<DatabaseDeployment>,
    /// Its deployments that have one.
    pub recorded: u64,
    /// Entries that could not be read, each by what it belongs to.
    pub skipped: Vec<String>,
    /// The operations that wrote groups, sets and records; each can be undone.
    pub operations: Vec<String>,
}

impl Engine {
    /// What [`Engine::import_database`] would take over. The database is only read; without a file it is the one in our
    /// home.
    ///
    /// # Errors
    /// `invalid-request` when it is no database of SkillMeat's; `config-invalid`; `io` and its relatives, also when there
    /// is none.
    pub fn plan_import_database(&self, file: Option<&str>) -> Result<DatabaseImport> {
        self.take_over(file, false)
    }

    /// Takes over what a SkillMeat database knows. What cannot be taken over is told, the rest goes on.
    ///
    /// # Errors
    /// As [`Engine::plan_import_database`].
    pub fn import_database(&self, file: Option<&str>) -> Result<DatabaseImport> {
        self.take_over(file, true)
    }

    fn take_over(&self, file: Option<&str>, really: bool) -> Result<DatabaseImport> {
        let home = &self.options.home;
        let file = file.map_or_else(|| home.join("cache/cache.db"), |file| Path::new(file).to_owned());
        let found = read_skillmeat(&file, &home.join("desktop"))?;
        let mut import = DatabaseImport {
            file: file.display().to_string(),
            projects: self.database_projects(&found)?,
            profiles: Vec::new(),
            groups: Vec::new(),
            sets: Vec::new(),
            deployments: Vec::new(),
            recorded: 0,
            skipped: found.skipped.clone(),
            operations: Vec::new(),
        };
        if really {
            for project in import.projects.iter_mut().filter(|one| !one.known && one.problem.is_none()) {
                project.problem = self.add_project(&project.project_path).err().map(Problem::from);
            }
        }
        let coming = self.database_profiles(&found, really, &mut import);
        self.database_sets(&found, really, &mut import)?;
        self.database_deployments(&found.deployments, (really, &coming), &mut import);
        Ok(import)
    }

    fn database_projects(&self, found: &SkillMeatDatabase) -> Result<Vec<DatabaseProject>> {
        let known = self.known_projects()?.projects;
        let look = |(path, (name, deployments)): (&String, &(String, u64))| {
            let opened = self.open_project(path);
            let real = opened.as_ref().map_or(path.as_str(), |project| project.path.as_str()).to_owned();
            DatabaseProject {
                known: known.iter().any(|known| known.path == real),
                project_path: real,
                project_name: name.clone(),
                deployments: *deployments,
                problem: opened.err().map(Problem::from),
            }
        };
        Ok(found.projects.iter().map(look).collect())
    }

    /// Records deployments that the database names, where the artifact's content proves them. Profiles that are `coming`
    /// count as there in a plan.
    fn database_deployments(
        &self,
        deployed: &[Deployed],
        (really, coming): (bool, &[(String, Profile)]),
        import: &mut DatabaseImport,
    ) {
        let mut places = BTreeMap::<(&str, &str), Vec<&str>>::new();
        for one in deployed {
            let profile = one.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
            places.entry((&one.project, profile)).or_default().push(&one.artifact);
        }
        for ((project, profile), artifacts) in places {
            let unusable = |one: &&DatabaseProject| one.project_path == project && one.problem.is_some();
            // Why is told of the project already.
            if import.projects.iter().any(|one| unusable(&one)) {
                continue;
            }
            let coming = profiles::of_project(coming, project);
            let place = (project, profile);
            if let Err(problem) = self.database_place(place, &artifacts, (really, &coming), import) {
                let each = artifacts.iter().map(|id| hint(place, id, Some(problem.clone().or_about(id))));
                import.deployments.extend(each);
            }
        }
    }

    /// The deployments of one profile of a project.
    fn database_place(
        &self,
        place: (&str, &str),
        artifacts: &[&str],
        (really, coming): (bool, &[Profile]),
        import: &mut DatabaseImport,
    ) -> Result<(), Problem> {
        let project = place.0.to_owned();
        let own = [self.look_at(&project)?.own.as_slice(), coming].concat();
        let profile = crate::platform::find(&own, place.1)?.id.clone();
        let rows = self.status(std::slice::from_ref(&project))?.deployments;
        let leaf = |id: &str| id.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        let has_record = |artifact: &str| {
            let kind = artifact.split(':').next();
            rows.iter().any(|row| {
                let same = row.artifact_id == artifact
                    || row.artifact_id.split(':').next() == kind && leaf(&row.artifact_id) == leaf(artifact);
                same && row.deployment_profile_id == profile
            })
        };
        let (recorded, hints): (Vec<&str>, Vec<&str>) = artifacts.iter().partition(|id| has_record(id));
        import.recorded += recorded.len() as u64;
        if hints.is_empty() {
            return Ok(());
        }
        let mut request = DeployRequest {
            artifacts: hints.iter().map(|id| asked(id)).collect(),
            projects: vec![project],
            profiles: vec![profile.clone()],
            ..DeployRequest::default()
        };
        let plan = self.plan_with(Request::Deploy(&request), coming)?;
        let (mut proven, mut told) = (Vec::new(), Vec::new());
        for (id, item) in hints.iter().zip(&plan.items) {
            match (item.action, &item.problem) {
                (Action::Adopted, None) => proven.push(*id),
                // Of a profile that is coming, where a manifest knows it before we do.
                (Action::Unchanged, None) => import.recorded += 1,
                (_, Some(problem)) => told.push(hint(place, id, Some(problem.clone()))),
                _ => told.push(hint(place, id, Some(unproven(id, item.conflict.is_some())))),
            }
        }
        import.deployments.extend(told);
        if really && !proven.is_empty() {
            request.artifacts = proven.iter().map(|id| asked(id)).collect();
            // With its plan agreed to nothing but records can be written.
            request.plan = Some(self.plan_deploy(&request)?.id);
            let receipt = self.deploy(&request)?;
            import.operations.push(receipt.operation);
            for (id, result) in proven.iter().zip(receipt.results) {
                let failed = result.problem.filter(|_| result.status == Outcome::Failed);
                let failed = failed.map(|problem| problem.or_about(id));
                import.deployments.push(hint(place, id, failed));
            }
        } else {
            import.deployments.extend(proven.iter().map(|id| hint(place, id, None)));
        }
        Ok(())
    }
}

fn asked(id: &str) -> ArtifactRef {
    ArtifactRef { artifact_id: id.to_owned(), collection: None }
}

fn hint((project, profile): (&str, &str), id: &str, problem: Option<Problem>) -> DatabaseDeployment {
    DatabaseDeployment {
        artifact_id: id.to_owned(),
        project_path: project.to_owned(),
        deployment_profile_id: profile.to_owned(),
        problem,
    }
}

/// No record without content that proves it.
fn unproven(id: &str, other: bool) -> Problem {
    let what = if other { "what lies there is something else" } else { "nothing lies there" };
    let message = format!("The database says that {id} is deployed here, but {what}, so it gets no record.");
    Problem::new(Code::DeploymentNotFound, Severity::Notice, message).about(id)
}
