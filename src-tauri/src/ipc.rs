//! The one list of commands and events between window and engine, and the TypeScript made from it.

use crate::commands;
use crate::open::{self, OpenRequested};
use serde::Serialize;
use skillmeat_engine::feed::{AttentionRaised, LibraryChanged, OperationProgressed, ResyncRequired};
use skillmeat_engine::settings::Settings;
use specta::Types;
use specta::datatype::DataType;
use tauri::Runtime;
use tauri_specta::{Builder, Event, collect_commands, collect_events};

/// Makes every rejection a problem: the framework itself rejects with a text, for example when an argument
/// cannot be read.
const TYPED_ERROR: &str = r#"async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
    try {
        return { status: "ok", data: await result };
    } catch (rejection) {
        if (typeof rejection === "object" && rejection !== null && "code" in rejection) {
            return { status: "error", error: rejection as E };
        }
        const message = rejection instanceof Error ? rejection.message : String(rejection);
        return { status: "error", error: { code: "internal", severity: "fault", message } as E };
    }
}"#;

/// A payload of the engine's feed on its way to the window, under the name of its event.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct Told<T>(pub(crate) T);

impl<T: specta::Type> specta::Type for Told<T> {
    fn definition(types: &mut Types) -> DataType {
        T::definition(types)
    }
}

impl Event for Told<LibraryChanged> {
    const NAME: &'static str = "library-changed";
}

impl Event for Told<OperationProgressed> {
    const NAME: &'static str = "operation-progressed";
}

impl Event for Told<ResyncRequired> {
    const NAME: &'static str = "resync-required";
}

impl Event for Told<AttentionRaised> {
    const NAME: &'static str = "attention-raised";
}

impl Event for Told<Settings> {
    const NAME: &'static str = "settings-changed";
}

impl Event for Told<OpenRequested> {
    const NAME: &'static str = "open-requested";
}

/// Every command and event, for dispatch at run time and for the export of bindings.
#[allow(clippy::too_many_lines, reason = "one list of everything")]
pub(crate) fn builder<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .commands(collect_commands![
            commands::library::library_snapshot,
            commands::library::artifact_detail,
            commands::library::artifact_file,
            commands::library::artifact_history,
            commands::library::diff_deployment,
            commands::library::create_collection,
            commands::library::link_collection,
            commands::library::plan_unlink,
            commands::library::unlink_collection,
            commands::curate::plan_remove,
            commands::curate::remove_artifacts,
            commands::curate::tag_artifacts,
            commands::sets::resolve_set,
            commands::sets::create_set,
            commands::sets::update_set,
            commands::sets::delete_set,
            commands::sets::clone_set,
            commands::sets::change_set_members,
            commands::sets::order_set,
            commands::sets::create_group,
            commands::sets::update_group,
            commands::sets::delete_group,
            commands::sets::clone_group,
            commands::sets::change_group_members,
            commands::sets::order_group,
            commands::sets::order_groups,
            commands::sets::plan_set_deploy,
            commands::sets::deploy_set,
            commands::sets::plan_set_undeploy,
            commands::sets::undeploy_set,
            commands::library::resync,
            commands::library::watch_status,
            commands::library::pause_watching,
            commands::deploy::plan_deploy,
            commands::deploy::deploy,
            commands::deploy::plan_undeploy,
            commands::deploy::undeploy,
            commands::import::discover,
            commands::import::plan_import,
            commands::import::import,
            commands::import::skip_discovered,
            commands::update::plan_update,
            commands::update::update_deployments,
            commands::update::resolve_conflict,
            commands::update::plan_push,
            commands::update::push_to_collection,
            commands::update::propose_merge,
            commands::history::history,
            commands::history::plan_undo,
            commands::history::undo,
            commands::history::doctor,
            commands::history::repair,
            commands::project::add_project,
            commands::project::remove_project,
            commands::project::locate_project,
            commands::project::scan_for_projects,
            commands::project::recent_projects,
            commands::project::plan_import_database,
            commands::project::import_database,
            commands::project::cancel,
            commands::project::project_detail,
            commands::project::describe_project,
            commands::project::set_git_visibility,
            commands::profile::list_profiles,
            commands::profile::save_profile,
            commands::profile::delete_profile,
            commands::pins::pin,
            commands::pins::unpin,
            commands::settings::get_settings,
            commands::settings::update_settings,
            commands::place::open_in_editor,
            commands::place::reveal,
            commands::place::open_link,
            open::take_open_requests,
            commands::manners::desktop,
            commands::manners::set_autostart,
            commands::manners::leave_window,
            commands::support::diagnostics,
            commands::support::note_page_error,
        ])
        .events(collect_events![
            Told::<LibraryChanged>,
            Told::<OperationProgressed>,
            Told::<ResyncRequired>,
            Told::<AttentionRaised>,
            Told::<Settings>,
            Told::<OpenRequested>,
        ])
        .typed_error_impl(TYPED_ERROR)
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
}

#[cfg(test)]
mod tests {
    use super::*;
    use specta_typescript::Typescript;
    use std::path::Path;

    /// The generated helpers are not written to the rules of the user interface's own code.
    const HEADER: &str = "/* eslint-disable */\n// @ts-nocheck\n";

    #[test]
    fn bindings_are_current() {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        builder::<tauri::Wry>().export(Typescript::default().header(HEADER), &fresh).unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        if std::env::var_os("UPDATE_BINDINGS").is_some() {
            std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
            std::fs::write(&kept, &fresh).unwrap();
        }
        let kept = std::fs::read_to_string(&kept).unwrap_or_default();
        assert!(kept == fresh, "ui/src/ipc/bindings.ts is not what Rust says: run `cargo xtask bindings`");
    }
}
