//! What can be asked of the write path.

use crate::engine::Engine;
use crate::engine::import::Import;
use crate::engine::project::Project;
use crate::engine::push::{Key, Push};
use crate::engine::sets::{OtherSet, SetsRequest};
use crate::error::{Error, Result};
use crate::id::ArtifactRef;
use crate::journal::{OperationKind, Part, Place};
use crate::plan::{
    CollectionEdit, CollectionRequest, DeployRequest, UndeployRequest, UndoRequest, UpdateRequest,
};
use std::collections::BTreeSet;

/// Any request; the write path is the same for all.
#[derive(Clone, Copy)]
pub(in crate::engine) enum Request<'a> {
    Deploy(&'a DeployRequest),
    /// Of a set with the other sets, which may need something of it.
    Undeploy(&'a UndeployRequest, Option<&'a [OtherSet]>),
    Update(&'a UpdateRequest),
    /// With the parts of the operation that is undone.
    Undo(&'a UndoRequest, &'a [Part]),
    Collect(&'a CollectionRequest),
    /// Changes of groups and sets.
    Sets(&'a SetsRequest),
    /// A change of a collection, then records in the project that it came from.
    Import(&'a Import),
    /// A change of collections, then records in the projects that it came from.
    Push(&'a Push),
}

impl Request<'_> {
    /// Opens the folders that it works in.
    pub(in crate::engine) fn grounds(&self, engine: &Engine) -> Result<Vec<Project>> {
        let projects = |paths: &[String]| paths.iter().map(|path| engine.open_project(path)).collect();
        match self {
            Self::Deploy(request) => projects(&request.projects),
            Self::Undeploy(request, _) => projects(&request.projects),
            Self::Update(request) => {
                let single = request.deployments.iter().map(|wanted| wanted.project_path.as_str());
                let all = request.projects.iter().map(String::as_str).chain(single);
                all.map(|path| engine.open_project(path)).collect()
            }
            Self::Undo(_, parts) => {
                let open = |part| {
                    engine.open_ground(part).and_then(|ground| ground.check_part(part).map(|()| ground))
                };
                parts.iter().map(open).collect()
            }
            Self::Collect(request) => Ok(vec![engine.open_collection(&request.collection)?]),
            Self::Sets(request) => Ok(vec![engine.open_collection(&request.collection)?]),
            Self::Import(import) => {
                let copies = (!import.collect.edits.is_empty()).then_some(&import.collect.collection);
                let collection = copies.map(|name| engine.open_collection(name));
                let records = import.project.as_ref().filter(|_| !import.records.is_empty());
                let project = records.map(|path| engine.open_project(path));
                collection.into_iter().chain(project).collect()
            }
            Self::Push(push) => {
                let names: BTreeSet<_> = push.intakes.iter().map(|intake| &intake.artifact.0).collect();
                let paths: BTreeSet<_> = push.agreed.iter().map(|agreed| agreed.project.as_str()).collect();
                let collections = names.into_iter().map(|name| engine.open_collection(name));
                collections.chain(paths.into_iter().map(|path| engine.open_project(path))).collect()
            }
        }
    }

    pub(super) fn kind(&self) -> OperationKind {
        match self {
            Self::Deploy(_) => OperationKind::Deploy,
            Self::Undeploy(..) => OperationKind::Undeploy,
            Self::Update(_) => OperationKind::Update,
            Self::Undo(..) => OperationKind::Undo,
            Self::Collect(request) => request.kind,
            Self::Sets(request) => request.kind,
            Self::Import(import) => import.collect.kind,
            Self::Push(_) => OperationKind::Push,
        }
    }

    /// Whether it can be stopped between projects: where nothing in one project follows from another one.
    pub(super) fn can_be_stopped(&self) -> bool {
        matches!(self, Self::Deploy(_) | Self::Undeploy(..) | Self::Update(_))
    }

    /// The artifacts that are asked for by name; empty where everything is, or none is named.
    pub(super) fn artifacts(&self) -> Vec<ArtifactRef> {
        match self {
            Self::Deploy(request) => request.artifacts.clone(),
            Self::Undeploy(request, _) => request.artifacts.clone(),
            Self::Update(request) => request.artifacts.clone(),
            Self::Undo(..) | Self::Sets(_) => Vec::new(),
            Self::Collect(CollectionRequest { edits, .. })
            | Self::Import(Import { collect: CollectionRequest { edits, .. }, .. }) => {
                edits.iter().map(CollectionEdit::artifact_ref).collect()
            }
            Self::Push(push) => push.intakes.iter().map(|intake| of_collection(&intake.artifact)).collect(),
        }
    }

    /// What is undone in one place of a project, or in a collection.
    pub(super) fn undoes(&self, project: &Project, place: &Place) -> Option<&Part> {
        let Self::Undo(_, parts) = self else { return None };
        parts.iter().find(|part| part.project_path == project.path && part.place == *place)
    }

    pub(super) fn agreed(&self) -> Option<&str> {
        match self {
            Self::Deploy(request) => request.plan.as_deref(),
            Self::Undeploy(request, _) => request.plan.as_deref(),
            Self::Update(request) => request.plan.as_deref(),
            Self::Undo(request, _) => request.plan.as_deref(),
            Self::Collect(request) => request.plan.as_deref(),
            // It was compared before it was begun, or is decided as a whole under the lock.
            Self::Import(_) | Self::Push(_) | Self::Sets(_) => None,
        }
    }

    pub(in crate::engine) fn check(&self) -> Result<()> {
        let (projects, artifacts, all, both) = match self {
            Self::Deploy(request) => {
                let both = request.all_profiles && !request.profiles.is_empty();
                (&request.projects, &request.artifacts, request.all, both)
            }
            Self::Undeploy(request, _) => (&request.projects, &request.artifacts, request.all, false),
            Self::Update(request) if !request.decides_only_named() => {
                let reason = "There are answers for files of a deployment that is not named.".to_owned();
                return Err(Error::InvalidRequest { reason });
            }
            Self::Update(request) if !request.deployments.is_empty() => return Ok(()),
            Self::Update(request) => (&request.projects, &request.artifacts, request.all, false),
            Self::Undo(..) | Self::Collect(_) | Self::Sets(_) | Self::Import(_) | Self::Push(_) => {
                return Ok(());
            }
        };
        let reason = if projects.is_empty() {
            "Say which project."
        } else if artifacts.is_empty() && !all {
            "Say which artifacts, or ask for all of them."
        } else if !artifacts.is_empty() && all {
            "Either name artifacts or ask for all of them, not both."
        } else if both {
            "Either name profiles or ask for all of them, not both."
        } else {
            return Ok(());
        };
        Err(Error::InvalidRequest { reason: reason.to_owned() })
    }
}

fn of_collection((collection, id): &Key) -> ArtifactRef {
    ArtifactRef { artifact_id: id.to_string(), collection: Some(collection.clone()) }
}
