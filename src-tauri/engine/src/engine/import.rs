//! Importing: what was found comes into a collection, and what lies in a project becomes a deployment of it.
//!
//! One operation of two parts. The collection's comes first: copies, entries, the lock file. Then the project's: a
//! record for each copy that the collection now has, so that it is deployed and in the state `synced`. A crash between
//! the two leaves artifacts in the collection that are not recorded yet; the operation is listed and can be undone, and
//! importing once more records what is left, because the content is the same then. No byte in the project is written
//! but the manifest.
//!
//! | choice | collection | record |
//! |---|---|---|
//! | (new) | copied | written |
//! | `adopt` | stays; the default where the content is the same | written |
//! | `skip` | stays | – |
//! | `keep-both` | copied under another name | names that one, at the old path |
//! | `replace` | replaced, the old content to the trash | written |
//!
//! Without a choice something that differs fails with the reason `already_exists`, and the others go on.

mod decide;
mod result;

pub use decide::{Clash, ImportChoice, ImportRequest};
pub use result::{ImportReceipt, ImportResult, ImportTotals};

use super::Engine;
use super::discover::DiscoverRequest;
use super::write::Request;
use crate::deploy::{CacheState, Receipt};
use crate::error::{Error, Problem, Result};
use crate::id::ArtifactId;
use crate::path::RelPath;
use crate::plan::CollectionRequest;
use decide::Decided;

/// What an import does, decided.
#[derive(Debug)]
pub(super) struct Import {
    /// The collection's part.
    pub(super) collect: CollectionRequest,
    /// The project's folder, if it is one.
    pub(super) project: Option<String>,
    /// The records to write in it.
    pub(super) records: Vec<NewRecord>,
}

/// A record of a copy that lies in a project already.
#[derive(Debug, Clone)]
pub(super) struct NewRecord {
    /// The artifact, as it is called in the collection.
    pub(super) artifact: ArtifactId,
    /// The profile root.
    pub(super) root: RelPath,
    /// The copy, relative to the root.
    pub(super) path: RelPath,
    /// The profile that a copy without a record is read by.
    pub(super) profile: String,
}

impl Engine {
    /// What an import would do, in the form of its answer. Writes nothing but the cache.
    ///
    /// # Errors
    /// As [`Engine::discover`], and `artifact-not-found` or `ambiguous-artifact` for what is asked for by name.
    pub fn plan_import(&self, request: &ImportRequest) -> Result<ImportReceipt> {
        let decided = self.decided(request)?;
        let plan = self.plan(Request::Collect(&decided.import.collect))?;
        let refused =
            plan.items.iter().filter_map(|item| Some((item.artifact_id.clone(), item.problem.clone()?)));
        Ok(result::planned(decided, &refused.collect::<Vec<_>>()))
    }

    /// Imports. When it answers, everything that the receipt calls done is on disk and survives power loss.
    ///
    /// # Errors
    /// As [`Engine::plan_import`], and `plan-stale`; nothing was written then.
    pub fn import(&self, request: &ImportRequest) -> Result<ImportReceipt> {
        let _own = self.own_commits();
        let decided = self.decided(request)?;
        if request.plan.as_ref().is_some_and(|agreed| *agreed != decided.plan) {
            return Err(Error::PlanStale);
        }
        let import = &decided.import;
        if import.collect.edits.is_empty() && import.records.is_empty() {
            return Ok(result::nothing(decided));
        }
        let receipt = self.run(Request::Import(import))?;
        Ok(result::done(decided, &receipt))
    }

    fn decided(&self, request: &ImportRequest) -> Result<Decided> {
        let looked = self.look_for(&DiscoverRequest {
            project: request.project.clone(),
            folder: request.folder.clone(),
            collection: request.collection.clone(),
        })?;
        decide::decide(request, looked, &self.now())
    }
}
