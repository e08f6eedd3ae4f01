//! What was done, undoing it, and mending what is damaged.

use crate::background::Background;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::engine::{DoctorReport, History, RepairRequest, Repaired};
use skillmeat_engine::plan::{Plan, UndoRequest};
use skillmeat_engine::{Engine, Problem};
use tauri::State;

/// The newest operations, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn history(
    background: State<'_, Background>,
    limit: Option<usize>,
) -> Result<History, Problem> {
    background.read("history", move |engine| engine.history(limit)).await
}

/// What `undo` would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_undo(
    background: State<'_, Background>,
    request: UndoRequest,
) -> Result<Plan, Problem> {
    background.read("plan_undo", move |engine| engine.plan_undo(&request)).await
}

/// Undoes an operation. Changed rows arrive as `library-changed`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(
    background: State<'_, Background>,
    request: UndoRequest,
) -> Result<Receipt, Problem> {
    background.write("undo", move |engine| engine.undo(&request)).await
}

/// Finishes what was cut off, and tells what is damaged.
#[tauri::command]
#[specta::specta]
pub(crate) async fn doctor(background: State<'_, Background>) -> Result<DoctorReport, Problem> {
    background.write("doctor", Engine::doctor).await
}

/// Mends one file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn repair(
    background: State<'_, Background>,
    request: RepairRequest,
) -> Result<Repaired, Problem> {
    background.write("repair", move |engine| engine.repair(&request)).await
}
