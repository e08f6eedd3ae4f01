//! The SQLite cache: every artifact, project and deployment, ready to list. Holds nothing that exists only here.

mod row;

pub use row::{
    ArtifactRow, CollectionRow, DeploymentRow, LibrarySnapshot, ListedArtifact, ProfileRow, ProjectRow,
};
