//! Looking at collections, artifacts and their copies.

use crate::background::Background;
use skillmeat_engine::cache::{CollectionRow, LibrarySnapshot};
use skillmeat_engine::engine::{
    ArtifactDetail, ArtifactHistory, DeploymentDiff, DeploymentRef, FileContent, LinkRequest, ResyncReport,
    Unlinked, WatchStatus,
};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::id::ArtifactRef;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::{Engine, Problem};
use tauri::State;

/// Everything the window lists, at one revision, from the cache.
#[tauri::command]
#[specta::specta]
pub(crate) async fn library_snapshot(background: State<'_, Background>) -> Result<LibrarySnapshot, Problem> {
    background.read("library_snapshot", Engine::library_snapshot).await
}

/// One artifact, read from disk now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn artifact_detail(
    background: State<'_, Background>,
    artifact: ArtifactRef,
) -> Result<ArtifactDetail, Problem> {
    background.read("artifact_detail", move |engine| engine.artifact_detail(&artifact)).await
}

/// One file of an artifact.
#[tauri::command]
#[specta::specta]
pub(crate) async fn artifact_file(
    background: State<'_, Background>,
    artifact: ArtifactRef,
    path: RelPath,
) -> Result<FileContent, Problem> {
    background.read("artifact_file", move |engine| engine.artifact_file(&artifact, &path)).await
}

/// The versions of one artifact, from upstream to its copies.
#[tauri::command]
#[specta::specta]
pub(crate) async fn artifact_history(
    background: State<'_, Background>,
    artifact: ArtifactRef,
) -> Result<ArtifactHistory, Problem> {
    background.read("artifact_history", move |engine| engine.artifact_history(&artifact)).await
}

/// A deployment compared with the collection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn diff_deployment(
    background: State<'_, Background>,
    deployment: DeploymentRef,
) -> Result<DeploymentDiff, Problem> {
    background.read("diff_deployment", move |engine| engine.diff_deployment(&deployment)).await
}

/// Makes an empty managed collection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_collection(
    background: State<'_, Background>,
    name: String,
) -> Result<CollectionRow, Problem> {
    background.write("create_collection", move |engine| engine.create_collection(&name)).await
}

/// Links a folder as a collection, which is then only read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn link_collection(
    background: State<'_, Background>,
    request: LinkRequest,
) -> Result<CollectionRow, Problem> {
    background.write("link_collection", move |engine| engine.link_collection(&request)).await
}

/// What `unlink_collection` would mean.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_unlink(
    background: State<'_, Background>,
    name: String,
) -> Result<Unlinked, Problem> {
    background.read("plan_unlink", move |engine| engine.plan_unlink(&name)).await
}

/// Forgets a linked collection. Its files and all copies stay; deployments become orphaned.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlink_collection(
    background: State<'_, Background>,
    name: String,
) -> Result<Unlinked, Problem> {
    background.write("unlink_collection", move |engine| engine.unlink_collection(&name)).await
}

/// Reads everything from disk and corrects what the window shows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resync(background: State<'_, Background>) -> Result<ResyncReport, Problem> {
    background.read("resync", |engine| engine.resync(Origin::Resync)).await
}

/// How changes by other programs are followed now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_status(background: State<'_, Background>) -> Result<WatchStatus, Problem> {
    background.read("watch_status", |engine| Ok(engine.watch_status())).await
}

/// Stops following changes by other programs, or follows them again and catches up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pause_watching(
    background: State<'_, Background>,
    paused: bool,
) -> Result<WatchStatus, Problem> {
    background.read("pause_watching", move |engine| Ok(engine.pause_watching(paused))).await
}
