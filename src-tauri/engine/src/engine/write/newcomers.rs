//! The projects of a deploy or an import that nobody has registered yet.
//!
//! They are registered all at once, and before anything is changed in one of them: whoever is cut off may leave a project
//! in the list that nothing was deployed into, never copies in a project that nobody knows of. Where nothing came of it,
//! they are taken out of the list again.

use super::Request;
use crate::deploy::{Outcome, TargetResult};
use crate::engine::Engine;
use crate::engine::project::{Ground, Project};
use crate::error::Result;
use crate::id::ProjectPath;
use std::collections::HashSet;

#[derive(Default)]
pub(super) struct Newcomers(HashSet<ProjectPath>);

impl Newcomers {
    /// Registers those among the projects, which are then as they are listed.
    pub(super) fn register(engine: &Engine, request: Request<'_>, projects: &mut [Project]) -> Result<Self> {
        let mut new: Vec<&mut Project> = match request {
            Request::Deploy(_) | Request::Import(_) => {
                projects.iter_mut().filter(|one| is_new(one)).collect()
            }
            _ => Vec::new(),
        };
        if new.is_empty() {
            return Ok(Self::default());
        }
        let listed = engine.list(&new.iter().map(|project| &**project).collect::<Vec<_>>())?;
        let newcomers = Self(new.iter().map(|project| project.path.clone()).collect());
        for (project, listed) in new.iter_mut().zip(&listed) {
            **project = engine.open_known(listed)?;
        }
        Ok(newcomers)
    }

    pub(super) fn contains(&self, project: &Project) -> bool {
        self.0.contains(&project.path)
    }

    /// Takes those out of the list again for which nothing was done.
    ///
    /// # Errors
    /// Why they are still in it; the cache does not know them then.
    pub(super) fn forget_unused(&self, engine: &Engine, results: &[TargetResult]) -> Result<()> {
        let used: HashSet<&ProjectPath> = results
            .iter()
            .filter(|result| result.status == Outcome::Success)
            .map(|result| &result.project_path)
            .collect();
        let unused: Vec<&ProjectPath> = self.0.iter().filter(|path| !used.contains(path)).collect();
        if unused.is_empty() { Ok(()) } else { engine.unlist(unused) }
    }
}

fn is_new(project: &Project) -> bool {
    project.ground == Ground::Project && project.added_at.is_none()
}
